"""What can be done with shipments, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEXT: Final = Command(
    "shipment.next",
    "Next step",
    "Pack it, ship it, or note that it has arrived.",
    "Ctrl+Return",
    "play",
    needs_selection=True,
)
PACK: Final = Command(
    "shipment.pack", "Pack", "Put what is picked into packages.", "", "package-check", needs_selection=True
)
SHIP: Final = Command(
    "shipment.ship", "Ship", "Send it out: carrier, tracking number.", "", "truck", needs_selection=True
)
UNPACK: Final = Command(
    "shipment.unpack", "Unpack", "Open the packages; their labels are void.", "", "package-open", needs_selection=True
)
CALL_BACK: Final = Command(
    "shipment.call_back",
    "Take shipping back",
    "It has not left after all: its goods are promised and planned again.",
    "",
    "undo-2",
    needs_selection=True,
)
DELIVERED: Final = Command(
    "shipment.deliver", "Delivered", "Note that it has arrived.", "", "circle-check", needs_selection=True
)
NOTE: Final = Command(
    "shipment.print_note", "Print delivery note", "Print the delivery note.", "Ctrl+P", "printer", needs_selection=True
)
SLIP: Final = Command(
    "shipment.print_slip", "Print packing slip", "Print the packing slip.", "", "printer", needs_selection=True
)
NOTICE: Final = Command(
    "shipment.save_notice",
    "Save shipment notice",
    "Save what the receiver is told in advance: pallets, packages, lots, serial numbers (JSON or CSV).",
    "",
    "download",
    needs_selection=True,
)
LABEL: Final = Command(
    "shipment.print_label", "Print labels", "Print a label for each package.", "", "barcode", needs_selection=True
)
TRACK: Final = Command(
    "shipment.track", "Track", "Open the carrier's page for this shipment.", "", "external-link", needs_selection=True
)
LABELS: Final = Command(
    "label.buy",
    "Carrier and labels",
    "Compare carriers and make a label for each package.",
    "Ctrl+L",
    "barcode",
    needs_selection=True,
)
CHECK: Final = Command(
    "shipment.check",
    "Check at the door",
    "Scan, weigh and photograph the packages before they leave.",
    "",
    "scan-barcode",
    needs_selection=True,
)
VOID: Final = Command(
    "label.void", "Void labels", "Give the labels back to the carrier.", "", "undo-2", needs_selection=True
)
EVENT: Final = Command(
    "shipment.note_event",
    "Note an event",
    "Note what happened on its way, or when it is expected.",
    "",
    "map-pin",
    needs_selection=True,
)
FETCH: Final = Command(
    "shipment.fetch", "Fetch tracking", "Ask the carriers what happened on the way.", "", "refresh-cw"
)
CLOSE_DAY: Final = Command(
    "manifest.close",
    "Close a carrier's day",
    "List what a carrier was handed, for its driver to sign.",
    "",
    "clipboard-check",
)
ORDER: Final = Command(
    "shipment.order", "Show the order", "Show the order it belongs to.", "", "file-text", needs_selection=True
)

COMMANDS: Final = (
    NEXT,
    PACK,
    SHIP,
    UNPACK,
    CALL_BACK,
    DELIVERED,
    NOTE,
    SLIP,
    NOTICE,
    LABEL,
    TRACK,
    LABELS,
    CHECK,
    VOID,
    EVENT,
    FETCH,
    CLOSE_DAY,
    ORDER,
)
