"""What can be done with blanket orders, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEW: Final = Command(
    "blanket.new", "New blanket order", "Agree on quantities and prices for a time.", "Ctrl+N", "plus", opens=True
)
CALL_OFF: Final = Command(
    "blanket.call_off", "Call off", "Write an order of a part of it.", "Ctrl+Return", "file-text", needs_selection=True
)
CLOSE: Final = Command(
    "blanket.close",
    "Close or open again",
    "Nothing more is called off of a closed one; orders that were go on.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)
COMMANDS: Final = (NEW, CALL_OFF, CLOSE)
