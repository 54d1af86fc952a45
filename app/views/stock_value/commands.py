"""What can be done with what stock is worth, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

DAY: Final = Command("value.day", "Choose the day", "Show what stock was worth at the end of another day.", "Ctrl+D")
EXPORT: Final = Command(
    "value.export", "Save as CSV", "Save the report of the day by product and warehouse.", "Ctrl+Shift+S", "download"
)
WORTH: Final = Command(
    "value.say_worth",
    "Say what it is worth",
    "Give goods that are here another unit cost from now on.",
    "Ctrl+T",
    "coins",
    needs_selection=True,
)
METHOD: Final = Command(
    "value.method",
    "Costing method",
    "Choose the moving average, or first in, first out.",
    "Ctrl+M",
    "sliders-horizontal",
    needs_selection=True,
)
START: Final = Command(
    "value.start", "Begin to keep stock value", "Say what goods are worth that are here, and book it.", "", "play"
)

COMMANDS: Final = (DAY, EXPORT, WORTH, METHOD, START)
