"""What can be done with suppliers, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEW: Final = Command("supplier.new", "New supplier", "Add whom you buy from.", "Ctrl+N", "plus", opens=True)
EDIT: Final = Command(
    "supplier.edit", "Change", "Change what is known of the supplier.", "F2", "pencil", needs_selection=True
)
ORDER: Final = Command(
    "supplier.order", "New purchase order", "Ask them for goods.", "Ctrl+Return", "plus", needs_selection=True
)
RETIRE: Final = Command(
    "supplier.retire", "Use no more", "Buy no more from them, or again.", "Ctrl+Shift+Del", "ban", needs_selection=True
)

COMMANDS: Final = (NEW, EDIT, ORDER, RETIRE)
