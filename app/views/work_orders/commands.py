"""What can be done with work orders, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEW: Final = Command(
    "work.new",
    "New work order",
    "Plan to make something.",
    "Ctrl+N",
    "plus",
    opens=True,
    record="product",
    record_text="Make {}",
)
NEXT: Final = Command(
    "work.next",
    "Next step",
    "Send the components, release it, or report what was made.",
    "Ctrl+Return",
    "play",
    needs_selection=True,
)
RELEASE: Final = Command(
    "work.release", "Release", "Give it to the shop floor; parts are promised to it.", "", "play", needs_selection=True
)
REPORT: Final = Command(
    "work.report", "Report output", "Say what was made and what was spoilt.", "Ctrl+R", "hammer", needs_selection=True
)
USE: Final = Command(
    "work.use",
    "Use more components",
    "Take components besides what the bill asks for, e.g. for a spoilt part.",
    "Ctrl+U",
    "package-open",
    needs_selection=True,
)
PUT_BACK: Final = Command(
    "work.put_back",
    "Put components back",
    "Put back on the shelf what was taken and not used.",
    "Ctrl+Shift+U",
    "undo-2",
    needs_selection=True,
)
MOVE: Final = Command(
    "work.move",
    "Reschedule",
    "Begin on another day; the orders it hits are shown first.",
    "Ctrl+M",
    "calendar",
    needs_selection=True,
)
SEND: Final = Command(
    "work.send",
    "Send components",
    "Send the components to the subcontractor.",
    "Ctrl+Shift+S",
    "truck",
    needs_selection=True,
)
ARRIVED: Final = Command(
    "work.arrived",
    "Components arrived",
    "Note that the subcontractor has the components.",
    "",
    "package-check",
    needs_selection=True,
)
FINISH: Final = Command(
    "work.finish",
    "Close",
    "End it: what was not made will not be, unused parts are free again.",
    "Ctrl+Shift+Return",
    "circle-check",
    needs_selection=True,
)
TAKE_BACK: Final = Command(
    "work.take_back", "Take back", "Take it back from the shop floor.", "", "undo-2", needs_selection=True
)
CANCEL: Final = Command(
    "work.cancel", "Cancel", "Nothing is made after all.", "Ctrl+Shift+Del", "ban", needs_selection=True
)
REOPEN: Final = Command(
    "work.reopen", "Reopen", "Make the rest after all, or plan it again.", "", "rotate-ccw", needs_selection=True
)
PRINT: Final = Command(
    "work.print", "Print the work order", "Print its components and route.", "Ctrl+P", "printer", needs_selection=True
)
ORDER: Final = Command(
    "work.order", "Show the order", "Show the customer's order it is for.", "", "file-text", needs_selection=True
)
PRODUCT: Final = Command(
    "work.product", "Show the product", "Show how the product may be had.", "", "tag", needs_selection=True
)

COMMANDS: Final = (
    NEW,
    NEXT,
    RELEASE,
    REPORT,
    USE,
    PUT_BACK,
    MOVE,
    SEND,
    ARRIVED,
    FINISH,
    TAKE_BACK,
    CANCEL,
    REOPEN,
    PRINT,
    ORDER,
    PRODUCT,
)
