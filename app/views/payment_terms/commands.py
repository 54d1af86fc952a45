"""What can be done with payment terms, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "payment_terms.open", "Payment terms", "Say what of an invoice is due when.", "", "hand-coins", opens=True
)
NEW: Final = Command("payment_terms.new", "New terms", "Agree other days or instalments.", "Ctrl+N", "plus")
CHANGE: Final = Command(
    "payment_terms.change", "Change", "Change the highlighted terms.", "F2", "pencil", needs_selection=True
)
REMOVE: Final = Command(
    "payment_terms.remove",
    "Remove",
    "Remove the highlighted terms, if nobody has them.",
    "Ctrl+Shift+Del",
    "trash-2",
    needs_selection=True,
)

COMMANDS: Final = (OPEN, NEW, CHANGE, REMOVE)
