"""What can be done with pick lists, and during a picking round; declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

START: Final = Command(
    "pick.start",
    "Start picking",
    "Pick this list with the scanner, full window.",
    "Ctrl+Return",
    "scan-barcode",
    needs_selection=True,
)
COMPLETE: Final = Command(
    "pick.complete",
    "Complete by hand",
    "Type what was picked without scanning.",
    "",
    "clipboard-check",
    needs_selection=True,
)
PRINT: Final = Command(
    "pick.print", "Print pick lists", "Print the ticked pick lists.", "Ctrl+P", "printer", needs_selection=True
)
ORDER: Final = Command(
    "pick.order", "Show the order", "Show the order this list is picked for.", "", "file-text", needs_selection=True
)

WAVES: Final = Command(
    "pick.waves",
    "Waves",
    "Choose lists that are walked together, and go on with open waves.",
    "Ctrl+Shift+W",
    "boxes",
    opens=True,
)

LIST_COMMANDS: Final = (START, COMPLETE, PRINT, ORDER, WAVES)

LEAVE: Final = Command("round.leave", "Leave", "Keep the progress and go back to the list.", "Esc", "arrow-left")
ALL: Final = Command(
    "round.all", "All", "Take all that is left here; finish the list at the end.", "Ctrl+Return", "check"
)
SHORT: Final = Command("round.short", "Short", "No more is found here: go on.", "F8", "package-x")
SKIP: Final = Command("round.skip", "Skip", "Come back to this bin at the end.", "F9", "skip-forward")
INSTEAD: Final = Command(
    "round.instead", "Take this instead", "Take the other lot, number or bin that was scanned.", "F6", "arrow-up-down"
)
UNDO_SCAN: Final = Command("round.undo", "Undo the last scan", "Take the last counted step back.", "F7", "undo-2")
FULL_SCREEN: Final = Command("round.full_screen", "Full screen", "Use the whole screen, or go back.", "F11", "eye")

ROUND_COMMANDS: Final = (LEAVE, ALL, SHORT, SKIP, INSTEAD, UNDO_SCAN, FULL_SCREEN)
