"""What can be done with waves, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "wave.open",
    "Open the wave",
    "Put the ticked lists into one wave and give them their bins.",
    "Ctrl+Return",
    "check",
)
START: Final = Command(
    "wave.start",
    "Start picking",
    "Pick the highlighted wave with the scanner, full window.",
    "Ctrl+G",
    "scan-barcode",
    needs_selection=True,
)
PRINT: Final = Command(
    "wave.print", "Print the wave", "Print its stops in walking order.", "Ctrl+P", "printer", needs_selection=True
)
CANCEL: Final = Command(
    "wave.cancel",
    "Give the wave up",
    "Its lists stay open, in no wave; what was taken stays taken.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)
COMMANDS: Final = (OPEN, START, PRINT, CANCEL)
