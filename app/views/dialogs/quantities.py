"""A small table of lines with one quantity to type for each: what is picked, packed, invoiced, sent back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
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
    more: Mapping[str, Fraction] = field(default_factory=dict)
    choice: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """What is typed of a line besides its quantity.

    ``more`` are further quantities of it (id, heading); ``choice`` is the heading of a word out of ``options`` (id,
    word; a line without one shows ``usual``), ``note`` that of free text.
    """

    more: Sequence[tuple[str, str]] = ()
    choice: str = ""
    options: Sequence[tuple[str, str]] = ()
    usual: str = ""
    note: str = ""


NO_EXTRAS: Final = Extras()


class QuantityTable(QWidget):
    """The table; :meth:`grains` gives what was typed, or raises Invalid and marks the cell.

    With ``extras`` further columns take other parts of the same line, e.g. what came back broken, or words of it.
    """

    def __init__(self, title: str, heading: str, lines: Sequence[QuantityLine], *, extras: Extras = NO_EXTRAS) -> None:
        super().__init__()
        self._extras = extras
        width = max(100, advance(heading, Type.META_STRONG) + 2 * Space.MEDIUM + 1)
        columns = [
            Column[QuantityLine]("item", self.tr("Item"), _item, 230, stretch=True),
            Column[QuantityLine]("most", self.tr("Of"), _most, 90, right=True),
            Column[QuantityLine]("chosen", heading, _chosen, width, right=True, edit=_edit_chosen),
        ]
        columns += self._more_columns(extras)
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

    def more_grains(self, column: str) -> dict[UUID, int]:
        """As :meth:`grains`, of a further column."""
        self._refuse_wrong()
        return {one.id: self._in_grains(one, one.more[column]) for one in self._lines if one.more.get(column)}

    def set_line(self, number: int, line: QuantityLine) -> None:
        """Show other figures or words of a line, e.g. after a scan, and highlight it."""
        self._lines[number] = line
        self._wrong = {place: reason for place, reason in self._wrong.items() if place[0] != number}
        self.rows.set_row(number, line)
        self.rows.set_errors(self._wrong)
        self.view.pick(number)

    def show_usual(self, word: str) -> None:
        """Let lines without a word of their own show another one."""
        self._extras = replace(self._extras, usual=word)
        self.rows.set_rows(self._lines)

    def _more_columns(self, extras: Extras) -> list[Column[QuantityLine]]:
        found = [
            Column[QuantityLine](name, title, partial(_more, name), 92, right=True, edit=partial(_edit_more, name))
            for name, title in extras.more
        ]
        if extras.choice:
            found.append(Column[QuantityLine]("choice", extras.choice, self._choice, 130, edit=self._edit_choice))
        if extras.note:
            found.append(Column[QuantityLine]("note", extras.note, _note, 150, edit=_edit_note))
        return found

    def _choice(self, line: QuantityLine) -> cells.Cell:
        word = dict(self._extras.options).get(line.choice)
        return cells.text(word) if word else cells.text(self._extras.usual, tone=Tone.FAINT)

    def _edit_choice(self, line: QuantityLine) -> str:
        return dict(self._extras.options).get(line.choice, "")

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
        if column in _WORDS:
            self._edited_word(number, column, typed.strip())
            return
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
            self._lines[number] = set_part(line, column, taken)
            self.rows.set_row(number, self._lines[number])
        self.rows.set_errors(self._wrong)

    def _edited_word(self, number: int, column: str, typed: str) -> None:
        """Take a note, or a choice by the beginning of its word; nothing typed means the usual one."""
        line = self._lines[number]
        self._wrong.pop((number, column), None)
        if column == "note":
            self._lines[number] = replace(line, note=typed)
        else:
            fits = [key for key, word in self._extras.options if word.casefold().startswith(typed.casefold())]
            if typed and not fits:
                words = ", ".join(word for _, word in self._extras.options)
                self._wrong[number, column] = self.tr("“{}” is none of: {}.").format(typed, words)
            else:
                self._lines[number] = replace(line, choice=fits[0] if typed else "")
        self.rows.set_row(number, self._lines[number])
        self.rows.set_errors(self._wrong)


_WORDS: Final = frozenset({"choice", "note"})


def set_part(line: QuantityLine, column: str, quantity: Fraction) -> QuantityLine:
    """Give a line with another quantity in a column."""
    if column == "chosen":
        return replace(line, chosen=quantity)
    return replace(line, more={**line.more, column: quantity})


def _item(line: QuantityLine) -> cells.Cell:
    return cells.two_lines(line.name, line.sku)


def _most(line: QuantityLine) -> cells.Cell:
    return cells.text(written.measured(line.most, line.unit), tone=Tone.SOFT)


def _chosen(line: QuantityLine) -> cells.Cell:
    return cells.text(shown(line.chosen), strong=True)


def _more(column: str, line: QuantityLine) -> cells.Cell:
    quantity = line.more.get(column, Fraction(0))
    return cells.text(shown(quantity), strong=True, tone=Tone.TEXT if quantity else Tone.FAINT)


def _note(line: QuantityLine) -> cells.Cell:
    return cells.text(line.note, tone=Tone.SOFT)


def _edit_chosen(line: QuantityLine) -> str:
    return shown(line.chosen)


def _edit_more(column: str, line: QuantityLine) -> str:
    return shown(line.more.get(column, Fraction(0)))


def _edit_note(line: QuantityLine) -> str:
    return line.note
