"""What can be done with count lists, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command("counts.open", "Counts", "Count lists and what came of them.", "", "clipboard-check", opens=True)
NEW: Final = Command(
    "count.new", "New count list", "Choose what is counted by zone, class and last count.", "Ctrl+N", "plus", opens=True
)
ENTER: Final = Command(
    "count.enter", "Enter counts", "Count this list, with the scanner or by keyboard.", "", "scan-barcode",
    needs_selection=True,
)  # fmt: skip
FOUND: Final = Command(
    "count.found", "Found something else", "Note goods the list does not ask for.", "Ctrl+G", "package-plus"
)
DIFFERENCES: Final = Command(
    "count.differences", "Differences", "Compare what was counted with the books.", "Ctrl+D", "eye"
)
AGAIN: Final = Command("count.again", "Count again", "Have the highlighted line counted once more.", "F4", "refresh-cw")
BOOK: Final = Command("count.book", "Book the differences", "Make the books follow the shelf.", "Ctrl+Return", "check")
CANCEL: Final = Command(
    "count.cancel", "Call off", "Call the list off; nothing is booked.", "", "x", needs_selection=True
)
PRINT: Final = Command(
    "count.print",
    "Print count sheet",
    "Print what to count, with room to write.",
    "Ctrl+P",
    "printer",
    needs_selection=True,
)

LIST_COMMANDS: Final = (OPEN, NEW, ENTER, CANCEL, PRINT)
PAGE_COMMANDS: Final = (FOUND, DIFFERENCES, AGAIN, BOOK)
