"""What can be done with returns."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEW: Final = Command(
    "return.new",
    "New return",
    "Let a customer send goods back.",
    "Ctrl+N",
    "plus",
    opens=True,
    record="order",
    record_text="Return from {}",
)
NEXT: Final = Command(
    "return.next", "Next step", "Take the return's next step.", "Ctrl+Return", "play", needs_selection=True
)
RECEIVE: Final = Command(
    "return.receive", "Receive", "Book what arrived, good or broken.", "", "package-plus", needs_selection=True
)
REPAIR: Final = Command(
    "return.repair",
    "Repair is done",
    "Say what was repaired and what could not be.",
    "",
    "package-check",
    needs_selection=True,
)
CREDIT: Final = Command(
    "return.credit",
    "Credit",
    "Write the credit note for what came back.",
    "Ctrl+Shift+K",
    "receipt",
    needs_selection=True,
)
SHIP: Final = Command(
    "return.ship",
    "Show the shipment",
    "Show what goes back to the customer, or in its place.",
    "",
    "truck",
    needs_selection=True,
)
STOP: Final = Command(
    "return.stop_waiting",
    "Await no more",
    "The rest does not come; what was replaced in advance is invoiced.",
    "",
    "ban",
    needs_selection=True,
)
CANCEL: Final = Command(
    "return.cancel", "Call off", "The goods do not come back after all.", "Ctrl+Shift+Del", "ban", needs_selection=True
)
PRINT: Final = Command(
    "return.print",
    "Return slip",
    "Print the slip with the label for the parcel.",
    "Ctrl+P",
    "printer",
    needs_selection=True,
)
ORDER: Final = Command(
    "return.order", "Show the order", "Show the order the goods belong to.", "", "file-text", needs_selection=True
)
ALL: Final = (NEW, NEXT, RECEIVE, REPAIR, CREDIT, SHIP, STOP, CANCEL, PRINT, ORDER)
