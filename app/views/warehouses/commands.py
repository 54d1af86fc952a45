"""What can be done with warehouses and bins, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "warehouses.open", "Warehouses and bins", "Set up warehouses, zones and bins.", "", "warehouse", opens=True
)
ADD: Final = Command("warehouse.add", "Add a warehouse", "Add a warehouse with its address.", "Ctrl+N", "plus")
CHANGE: Final = Command(
    "warehouse.change", "Change", "Change the warehouse's name, address or days.", "F2", "pencil", needs_selection=True
)
MAIN: Final = Command(
    "warehouse.make_main", "Make it the main one", "Goods come to it and leave from it first.", "", "check",
    needs_selection=True,
)  # fmt: skip
CLOSE: Final = Command(
    "warehouse.close",
    "Close or reopen",
    "Use an empty warehouse no longer, or again.",
    "",
    "lock",
    needs_selection=True,
)
RACK: Final = Command(
    "bin.add_rack", "Add bins", "Set up bins from ranges of aisles, bays and levels.", "Ctrl+B", "plus",
    needs_selection=True,
)  # fmt: skip
CHANGE_BIN: Final = Command("bin.change", "Change bin", "Change where a bin stands, or its kind.", "F4", "pencil")
CLOSE_BIN: Final = Command("bin.close", "Close or reopen bin", "Use an empty bin no longer, or again.", "", "lock")
LABELS: Final = Command(
    "bin.print_labels", "Print bin labels", "Print a label for each bin on show.", "Ctrl+P", "barcode"
)

COMMANDS: Final = (OPEN, ADD, CHANGE, MAIN, CLOSE, RACK, CHANGE_BIN, CLOSE_BIN, LABELS)
