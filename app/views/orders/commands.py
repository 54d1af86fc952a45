"""What can be done with orders, declared once."""

from __future__ import annotations

from app.views.commands import Command

NEW = Command(
    "order.new",
    "New order",
    "Write a new sales order.",
    "Ctrl+N",
    "plus",
    record="customer",
    record_text="New order for {}",
    opens=True,
)
NEXT = Command(
    "order.next", "Next step", "Do the next thing this order needs.", "Ctrl+Return", "play", needs_selection=True
)
CONFIRM = Command(
    "order.confirm",
    "Confirm",
    "Make the order binding: reserve stock, plan its delivery.",
    "",
    "check",
    needs_selection=True,
)
CANCEL = Command(
    "order.cancel",
    "Cancel order",
    "Call the order off and free its stock.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)
CLOSE = Command(
    "order.close", "Close order", "Cancel what is not shipped; the rest is invoiced.", "", "check", needs_selection=True
)
RETURN = Command(
    "order.return", "Return goods", "Let the customer send goods back.", "", "undo-2", needs_selection=True
)
INVOICE = Command(
    "order.invoice", "Invoice a part", "Choose what is invoiced now.", "", "receipt", needs_selection=True
)
PUT_BACK = Command(
    "order.put_back",
    "Put picked goods back",
    "The goods stay promised to the order.",
    "",
    "rotate-ccw",
    needs_selection=True,
)
UNPACK = Command(
    "order.unpack", "Unpack", "Open the packed shipment; its labels are void.", "", "package-open", needs_selection=True
)
NOTE = Command("order.note", "Note", "Write an internal note; it is never printed.", "", "plus", needs_selection=True)
PRINT = Command("order.print", "Print", "Print the order confirmation.", "Ctrl+P", "printer", needs_selection=True)

FREIGHT = Command(
    "order.agree_freight",
    "Charge freight",
    "Put freight on the order by a weight table.",
    "",
    "truck",
    needs_selection=True,
)

COMMANDS = (NEW, NEXT, CONFIRM, CANCEL, CLOSE, RETURN, INVOICE, FREIGHT, PUT_BACK, UNPACK, NOTE, PRINT)
