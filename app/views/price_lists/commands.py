"""What can be done with price lists, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "price_lists.open",
    "Price lists",
    "Say which prices apply to whom, from which quantity and when.",
    "",
    "tag",
    opens=True,
)
NEW: Final = Command("price_lists.new", "New price list", "Write another price list.", "Ctrl+N", "plus")
CHANGE: Final = Command(
    "price_lists.change",
    "Change",
    "Change the highlighted price list and its rules.",
    "F2",
    "pencil",
    needs_selection=True,
)
STOP: Final = Command(
    "price_lists.stop",
    "Put away or use again",
    "Let the highlighted price list give no more prices, or give them again; documents keep theirs.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)

COMMANDS: Final = (OPEN, NEW, CHANGE, STOP)
