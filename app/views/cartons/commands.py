"""What can be done with kinds of cartons and pallets, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "cartons.open",
    "Cartons and pallets",
    "Set up the cartons and pallets that shipments are packed in.",
    "",
    "package",
    opens=True,
)
ADD: Final = Command("carton.add", "Add a carton", "Add a kind of carton or pallet.", "Ctrl+N", "plus")
CHANGE: Final = Command(
    "carton.change", "Change", "Change the highlighted carton or pallet.", "F2", "pencil", needs_selection=True
)
RETIRE: Final = Command(
    "carton.retire",
    "In or out of use",
    "Take the highlighted one out of use, or into use again.",
    "Delete",
    "package-x",
    needs_selection=True,
)

COMMANDS: Final = (OPEN, ADD, CHANGE, RETIRE)
