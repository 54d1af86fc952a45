"""What can be done with tax rules, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "tax_rules.open", "Tax rules", "Say which taxes a sale bears, and try it.", "", "percent", opens=True
)
NEW: Final = Command("tax_rules.new", "New rule", "Add a rule for the taxes of a place.", "Ctrl+N", "plus")
USUAL: Final = Command(
    "tax_rules.usual", "Add the usual rules", "Add what a seller in the EU usually needs.", "Ctrl+U", "check"
)
CHANGE: Final = Command(
    "tax_rules.change", "Change", "Change the highlighted rule.", "F2", "pencil", needs_selection=True
)
END: Final = Command(
    "tax_rules.end", "End", "Say on which day the highlighted rule ends.", "Ctrl+E", "calendar", needs_selection=True
)
REMOVE: Final = Command(
    "tax_rules.remove",
    "Remove",
    "Remove the highlighted rule; documents keep their taxes.",
    "Ctrl+Shift+Del",
    "trash-2",
    needs_selection=True,
)
REGISTRATIONS: Final = Command(
    "tax_rules.registrations", "Registrations", "Say where else we are registered for tax.", "Ctrl+R", "file-check"
)

COMMANDS: Final = (OPEN, NEW, USUAL, CHANGE, END, REMOVE, REGISTRATIONS)
