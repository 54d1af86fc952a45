"""What can be done with invoices, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEW: Final = Command(
    "invoice.new",
    "New invoice",
    "Write an invoice that belongs to no order.",
    "Ctrl+N",
    "plus",
    record="customer",
    record_text="New invoice for {}",
    opens=True,
)
NEXT: Final = Command(
    "invoice.next",
    "Next step",
    "Post the draft, or record its payment.",
    "Ctrl+Return",
    "play",
    needs_selection=True,
)
POST: Final = Command(
    "invoice.post",
    "Post",
    "Give the drafts their numbers and book them; they never change again.",
    "",
    "receipt",
    needs_selection=True,
)
PAY: Final = Command(
    "invoice.pay", "Record payment", "Book what the customer paid.", "", "hand-coins", needs_selection=True
)
CREDIT: Final = Command(
    "invoice.credit", "Credit", "Take all or a part of it back with a credit note.", "", "undo-2", needs_selection=True
)
DISCARD: Final = Command(
    "invoice.discard",
    "Discard draft",
    "Call the draft off; it gets no number.",
    "Ctrl+Shift+Del",
    "trash-2",
    needs_selection=True,
)
PRINT: Final = Command(
    "invoice.print", "Print", "Show the invoices as they print.", "Ctrl+P", "printer", needs_selection=True
)
RESCHEDULE: Final = Command(
    "invoice.reschedule",
    "Agree on other days",
    "Let what is open be paid in instalments, or on another day.",
    "",
    "calendar",
    needs_selection=True,
)
ORDER: Final = Command(
    "invoice.order", "Show the order", "Show the order it bills.", "", "file-text", needs_selection=True
)
COLLECT: Final = Command(
    "invoice.collect",
    "Collective invoices",
    "Put what was delivered in a week or month on one invoice for each customer.",
    "Ctrl+L",
    "boxes",
)

EINVOICE: Final = Command(
    "invoice.einvoice",
    "E-invoice",
    "Check the e-invoice of this invoice, and save it.",
    "Ctrl+E",
    "file-check",
    needs_selection=True,
)

WRITE_OFF: Final = Command(
    "invoice.write_off",
    "Write off",
    "Give up what is open of it, or a part, with a reason.",
    "Ctrl+Shift+W",
    "ban",
    needs_selection=True,
)
TAKE_BACK: Final = Command(
    "deduction.take_back",
    "Take a deduction back",
    "What was written off or taken as a discount is open again.",
    "Ctrl+Shift+T",
    "undo-2",
    needs_selection=True,
)
USE_CREDIT: Final = Command(
    "credit.net",
    "Use for invoices",
    "Settle open invoices of the customer with this credit note.",
    "Ctrl+U",
    "check",
    needs_selection=True,
)
REFUND: Final = Command(
    "payment.refund",
    "Refund",
    "Pay the customer back what this credit note owes them.",
    "Ctrl+R",
    "hand-coins",
    needs_selection=True,
)

SETTLING: Final = (PAY, WRITE_OFF, TAKE_BACK, USE_CREDIT, REFUND)
"""What settles an invoice or a credit note, or takes that back."""
COMMANDS: Final = (
    NEW,
    NEXT,
    POST,
    PAY,
    CREDIT,
    DISCARD,
    PRINT,
    RESCHEDULE,
    ORDER,
    EINVOICE,
    WRITE_OFF,
    TAKE_BACK,
    USE_CREDIT,
    REFUND,
    COLLECT,
)

DONE: Final = Command("invoice.write", "Draft invoice", "Save these lines as a draft invoice.", "Ctrl+Return", "check")
