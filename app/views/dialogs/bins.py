"""Fields to choose a warehouse and a bin of it, by typing or scanning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QComboBox
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import warehouses
from app.services.warehouses import Warehouse
from app.views.context import Context
from app.views.format import tr
from app.views.widgets.record_field import Choice, RecordField


@dataclass
class _BinFinder:
    """Finds bins of the warehouse chosen."""

    location_id: UUID | None = None

    def __call__(self, connection: Connection, text: str) -> Sequence[Choice]:
        if self.location_id is None:
            return ()
        found = warehouses.find_bins(connection, self.location_id, text)
        return [Choice(one.id, one.code, one.zone) for one in found]


class BinField(RecordField):
    """Type or scan a bin's code; it is found in the warehouse that was set."""

    def __init__(self, name: str, context: Context) -> None:
        self._finder = _BinFinder()
        super().__init__(name, context.tasks, self._finder)
        self.setPlaceholderText(tr("Type or scan the bin"))

    def set_warehouse(self, location_id: UUID | None) -> None:
        """Look for bins of another warehouse."""
        if location_id != self._finder.location_id:
            self._finder.location_id = location_id
            self.set_choice(None)

    @property
    def typed(self) -> str:
        """A code that was typed and not picked from the list; the command looks it up."""
        return "" if self.choice() else self.text().strip()

    @property
    def bin_id(self) -> UUID | None:
        """The bin picked, or None."""
        choice = self.choice()
        return choice.id if choice else None


def bin_called(connection: Connection, location_id: UUID, bin_id: UUID | None, typed: str) -> UUID | None:
    """Give the bin that was picked or typed; None where the field was left empty.

    Raises:
        Invalid: the warehouse has no bin of that code.

    """
    if bin_id is not None or not typed:
        return bin_id
    known = warehouses.bins_by_code(connection, location_id, [typed, typed.upper()])
    found = known.get(typed) or known.get(typed.upper())
    if found is None:
        raise Invalid("bin", f"There is no bin {typed} in this warehouse. Nothing was booked; type another code.")
    return found.id


class WarehouseBox(QComboBox):
    """One of the warehouses, the main one first."""

    def __init__(self, known: Sequence[Warehouse]) -> None:
        super().__init__()
        self.setAccessibleName(tr("Warehouse"))
        for one in known:
            self.addItem(f"{one.name}", one.id)

    @property
    def location_id(self) -> UUID:
        """The warehouse chosen."""
        chosen: UUID = self.currentData()
        return chosen
