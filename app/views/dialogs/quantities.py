"""A small table of lines with one quantity to type for each: what is picked, packed, invoiced, sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from app.errors import Invalid
from app.models.product import shown
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.painting import advance
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.list_view import ListView

ROWS_SHOWN: Final = 8
_CHOSEN: Final = 2
"""Place of the column that is typed into."""


@dataclass(frozen=True, slots=True)
class QuantityLine:
    """A line to choose a quantity of: ``most`` of its unit is possible; ``grains_per_unit`` turns it into grains."""

    id: UUID
    name: str
    sku: str
    unit: str
    most: Fraction
    grains_per_unit: Fraction
    chosen: Fraction
    second: Fraction = Fraction(0)


class QuantityTable(QWidget):
    """The table; :meth:`grains` gives what was typed, or raises Invalid and marks the cell.

    With ``second`` a further column takes another part of the same line, e.g. what came back broken.
    """

    def __init__(self, title: str, heading: str, lines: Sequence[QuantityLine], *, second: str = "") -> None:
        super().__init__()
        width = max(100, advance(heading, Type.META_STRONG) + 2 * Space.MEDIUM + 1)
        columns = [
            Column[QuantityLine]("item", self.tr("Item"), _item, 230, stretch=True),
            Column[QuantityLine]("most", self.tr("Of"), _most, 90, right=True),
            Column[QuantityLine]("chosen", heading, _chosen, width, right=True, edit=_edit_chosen),
        ]
        if second:
            columns.append(Column[QuantityLine]("second", second, _second, 100, right=True, edit=_edit_second))
        self.rows: RowsTable[QuantityLine] = RowsTable(columns)
        self.view = ListView(self.rows, "quantities", two_lines=True)
        self.view.setAccessibleName(title)
        self.view.setMinimumHeight(34 + 48 * min(ROWS_SHOWN, max(1, len(lines))) + 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._lines = list(lines)
        self._wrong: dict[tuple[int, str], str] = {}
        self.rows.set_rows(self._lines)
        self.rows.edited.connect(self._edited)
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        if lines:
            self.view.pick(0)
            self.view.setCurrentIndex(self.rows.index(0, _CHOSEN))  # a digit begins to edit it

    def set_lines(self, lines: Sequence[QuantityLine]) -> None:
        """Show the same lines with other quantities; what could not be read is forgotten."""
        self._lines = list(lines)
        self._wrong.clear()
        self.rows.set_rows(self._lines)
        self.rows.set_errors(self._wrong)

    @property
    def lines(self) -> Sequence[QuantityLine]:
        """The lines with what is chosen of each."""
        return self._lines

    def grains(self) -> dict[UUID, int]:
        """What was typed, in grains by line; lines with nothing are left out.

        Raises:
            Invalid: a cell holds no number, or more than there is.

        """
        self._refuse_wrong()
        return {one.id: self._in_grains(one, one.chosen) for one in self._lines if one.chosen}

    def second_grains(self) -> dict[UUID, int]:
        """As :meth:`grains`, of the second column."""
        self._refuse_wrong()
        return {one.id: self._in_grains(one, one.second) for one in self._lines if one.second}

    def _in_grains(self, one: QuantityLine, quantity: Fraction) -> int:
        whole = quantity * one.grains_per_unit
        if whole.denominator != 1:
            raise Invalid("quantity", self.tr("{}: use fewer decimals.").format(one.sku))
        return whole.numerator

    def _refuse_wrong(self) -> None:
        if self._wrong:
            raise Invalid("quantity", next(iter(self._wrong.values())))

    def _edited(self, number: int, column: str, typed: str) -> None:
        line = self._lines[number]
        value = written.number(typed) if typed.strip() else Decimal(0)
        reason = ""
        if value is None:
            reason = self.tr("“{}” is not a number.").format(typed)
        elif not 0 <= Fraction(value) <= line.most:
            reason = self.tr("{}: between 0 and {}.").format(line.sku or line.name, shown(line.most))
        self._wrong.pop((number, column), None)
        if reason:
            self._wrong[number, column] = reason
        else:
            taken = Fraction(value or 0)
            changed = replace(line, chosen=taken) if column == "chosen" else replace(line, second=taken)
            self._lines[number] = changed
            self.rows.set_row(number, self._lines[number])
        self.rows.set_errors(self._wrong)


def _item(line: QuantityLine) -> cells.Cell:
    return cells.two_lines(line.name, line.sku)


def _most(line: QuantityLine) -> cells.Cell:
    return cells.text(f"{shown(line.most)} {line.unit}".strip(), tone=Tone.SOFT)


def _chosen(line: QuantityLine) -> cells.Cell:
    return cells.text(shown(line.chosen), strong=True)


def _second(line: QuantityLine) -> cells.Cell:
    return cells.text(shown(line.second), strong=True)


def _edit_chosen(line: QuantityLine) -> str:
    return shown(line.chosen)


def _edit_second(line: QuantityLine) -> str:
    return shown(line.second)
