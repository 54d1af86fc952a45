"""A table of rows that are all in memory, and may be edited in place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from app.views.cells import NOWHERE, Cell, CellRole, Column, Index, Role

R = TypeVar("R")


class RowsTable(QAbstractTableModel, Generic[R]):
    """A table of rows that are all in memory: the lines of a document, the result of a check.

    A column with ``edit`` can be edited in place: ``edited`` tells row, column id and the text typed;
    whoever listens decides and sets the row anew.
    """

    edited = Signal(int, str, str)

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: list[Column[R]] = list(columns)
        self.rows: list[R] = []
        self.errors: dict[tuple[int, str], str] = {}

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows; those in the same place are replaced without losing the selection."""
        new = list(rows)
        common = min(len(new), len(self.rows))
        self.rows[:common] = new[:common]
        if len(new) > common:
            self.beginInsertRows(NOWHERE, common, len(new) - 1)
            self.rows.extend(new[common:])
            self.endInsertRows()
        elif len(self.rows) > common:
            self.beginRemoveRows(NOWHERE, common, len(self.rows) - 1)
            del self.rows[common:]
            self.endRemoveRows()
        if common:
            self.dataChanged.emit(self.index(0, 0), self.index(common - 1, len(self.columns) - 1))

    def set_row(self, number: int, row: R) -> None:
        """Replace one row."""
        self.rows[number] = row
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))

    def redraw(self, column_id: str) -> None:
        """What a column is written from has changed, the rows have not."""
        place = next((n for n, column in enumerate(self.columns) if column.id == column_id), None)
        if self.rows and place is not None:
            self.dataChanged.emit(self.index(0, place), self.index(len(self.rows) - 1, place))

    def set_errors(self, errors: Mapping[tuple[int, str], str]) -> None:
        """Mark cells (row, column id) that cannot be taken as typed, with the reason."""
        self.errors = dict(errors)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))

    def row(self, number: int) -> R | None:
        """The row at place ``number``."""
        return self.rows[number] if 0 <= number < len(self.rows) else None

    def cell(self, number: int, column: int) -> Cell | None:
        """What stands in one cell."""
        row = self.row(number)
        return None if row is None else self.columns[column].cell(row)

    def check_state(self, _number: int) -> Qt.CheckState:
        """Rows in memory are not ticked."""
        return Qt.CheckState.Unchecked

    def error(self, number: int, column: int) -> str:
        """Why a cell cannot be taken; empty if it can."""
        return self.errors.get((number, self.columns[column].id), "")

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return column.title
        return column.alignment if role == Role.TextAlignmentRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        number, column = index.row(), self.columns[index.column()]
        if role == Role.EditRole:
            return column.edit(self.rows[number]) if column.edit else None
        if role == Role.TextAlignmentRole:
            return column.alignment
        cell = self.cell(number, index.column())
        if role == CellRole.CELL:
            return cell
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return cell.plain() if cell else None
        if role == Role.ToolTipRole:
            return self.error(number, index.column()) or (cell.hint if cell else None) or None
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.EditRole or self.columns[index.column()].edit is None:
            return False
        self.edited.emit(index.row(), self.columns[index.column()].id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.columns[index.column()].edit is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


class TickedRows(RowsTable[R]):
    """Rows in memory that can be ticked by a column :data:`app.views.cells.CHECK`; ``key`` tells rows apart.

    A tick stays with its row when other rows are set; ``ticks_changed`` tells after each change.
    """

    ticks_changed = Signal()

    def __init__(self, columns: Sequence[Column[R]], key: Callable[[R], Any], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._key = key
        self._ticked: set[Any] = set()

    def ticked(self) -> list[R]:
        """The ticked rows that are shown, in their order."""
        return [row for row in self.rows if self._key(row) in self._ticked]

    def check_state(self, number: int) -> Qt.CheckState:
        """Whether a row is ticked."""
        row = self.row(number)
        there = row is not None and self._key(row) in self._ticked
        return Qt.CheckState.Checked if there else Qt.CheckState.Unchecked

    def toggle(self, number: int) -> None:
        """Tick a row, or take its tick away."""
        row = self.row(number)
        if row is not None:
            self._ticked ^= {self._key(row)}
            self._redrawn()

    def check_all(self, *, checked: bool) -> None:
        """Tick all rows on show, or none."""
        self._ticked = {self._key(row) for row in self.rows} if checked else set()
        self._redrawn()

    def tick(self, keys: Collection[Any]) -> None:
        """Tick the rows of these keys, and no others."""
        self._ticked = {self._key(row) for row in self.rows} & set(keys)
        self._redrawn()

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows; ticks of those that are gone are dropped."""
        super().set_rows(rows)
        self._ticked &= {self._key(row) for row in self.rows}
        self.ticks_changed.emit()

    def _redrawn(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticks_changed.emit()
