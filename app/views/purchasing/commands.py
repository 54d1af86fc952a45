"""What can be done with purchase orders, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEW: Final = Command(
    "purchase.new",
    "New purchase order",
    "Ask a supplier for goods.",
    "Ctrl+N",
    "plus",
    opens=True,
    record="supplier",
    record_text="New purchase order to {}",
)
NEXT: Final = Command(
    "purchase.next",
    "Next step",
    "Send it, note what the supplier confirmed, or receive what came.",
    "Ctrl+Return",
    "play",
    needs_selection=True,
)
ADD: Final = Command(
    "purchase.add_line", "Add a line", "Ask for another product on this draft.", "Ctrl+L", "plus", needs_selection=True
)
EDIT: Final = Command(
    "purchase.edit",
    "Change lines",
    "Change quantities, prices and days; the orders it hits are shown first.",
    "F2",
    "pencil",
    needs_selection=True,
)
SEND: Final = Command("purchase.send", "Send", "Send it to the supplier.", "Ctrl+Shift+S", "mail", needs_selection=True)
CONFIRM: Final = Command(
    "purchase.confirm",
    "Confirm",
    "Note the days, prices and quantities the supplier confirmed.",
    "Ctrl+M",
    "circle-check",
    needs_selection=True,
)
RECEIVE: Final = Command(
    "purchase.receive",
    "Receive",
    "Book what came in, in part or all: bins, lots, serial numbers.",
    "Ctrl+R",
    "package-check",
    needs_selection=True,
)
SHIPPED: Final = Command(
    "purchase.shipped",
    "Shipped by supplier",
    "Note what the supplier sent to the customer, with its tracking number.",
    "",
    "truck",
    needs_selection=True,
)
COST: Final = Command(
    "purchase.correct_cost",
    "Correct the cost",
    "Say what goods that came really cost, by invoice or freight bill; what it does is shown first.",
    "Ctrl+Shift+C",
    "coins",
    needs_selection=True,
)
CLOSE: Final = Command(
    "purchase.close",
    "Close the rest",
    "What has not come will not come any more.",
    "Ctrl+Shift+Return",
    "package-x",
    needs_selection=True,
)
CANCEL: Final = Command(
    "purchase.cancel", "Cancel", "Call the purchase order off.", "Ctrl+Shift+Del", "ban", needs_selection=True
)
REOPEN: Final = Command(
    "purchase.reopen", "Reopen", "Wait for the rest after all.", "", "rotate-ccw", needs_selection=True
)
PRINT: Final = Command(
    "purchase.print", "Print or save", "Show it as PDF, to print or save.", "Ctrl+P", "printer", needs_selection=True
)
ORDER: Final = Command(
    "purchase.order", "Show the order", "Show the customer's order it is for.", "", "file-text", needs_selection=True
)
SUPPLIER: Final = Command(
    "purchase.supplier", "Show the supplier", "Show whom it is bought from.", "", "users", needs_selection=True
)

COMMANDS: Final = (
    NEW,
    NEXT,
    ADD,
    EDIT,
    SEND,
    CONFIRM,
    RECEIVE,
    SHIPPED,
    COST,
    CLOSE,
    CANCEL,
    REOPEN,
    PRINT,
    ORDER,
    SUPPLIER,
)
