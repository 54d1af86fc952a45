"""A small table that is typed like a spreadsheet: texts in cells, always one empty row at the end, errors at cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views.cells import Cell, Column
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.list_view import ListView

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """A column: ``typed`` ones are typed into, the others only tell."""

    id: str
    title: str
    width: int
    right: bool = False
    stretch: bool = False
    typed: bool = True
    code: bool = False


class TypedTable(QWidget):
    """Rows of texts by column.  ``changed`` tells row and column after each cell; Ctrl+Del takes a row out.

    Who uses it reads :meth:`texts`, sets what it found with :meth:`put`, and marks cells with :meth:`mark`.
    """

    changed = Signal(int, str)

    def __init__(
        self, name: str, columns: Sequence[TypedColumn], rows: Sequence[Texts] = (), height: int = 170
    ) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._errors: dict[tuple[int, str], str] = {}
        self.rows: RowsTable[Texts] = RowsTable([_column(one) for one in columns])
        self.view = ListView(self.rows, name)
        self.view.setAccessibleName(name)
        self.view.setMinimumHeight(height)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # begin with just that
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._drop = Button(self.tr("Take the row out"), "trash-2", Kind.SECONDARY, small=True)
        self._drop.setToolTip(self.tr("Take the row out (Ctrl+Del)"))
        self._drop.clicked.connect(self.drop_row)
        foot = QHBoxLayout()
        foot.addWidget(self._drop)
        foot.addStretch(1)
        layout.addLayout(foot)
        self.rows.edited.connect(self._edited)
        QShortcut(
            QKeySequence("Ctrl+Del"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        ).activated.connect(self.drop_row)
        self.set_texts(rows)

    def set_texts(self, rows: Sequence[Texts]) -> None:
        """Show other rows, and an empty one below."""
        self._errors.clear()
        self.rows.set_rows([*rows, {}])
        self.rows.set_errors(self._errors)
        self.view.setCurrentIndex(self.rows.index(0, 0))

    def texts(self) -> list[tuple[int, Texts]]:
        """The rows with anything typed in them, with their places."""
        return [(place, row) for place, row in enumerate(self.rows.rows) if self._is_filled(row)]

    def put(self, row: int, values: Texts) -> None:
        """Set cells without telling about it."""
        if row < len(self.rows.rows):
            self.rows.set_row(row, {**self.rows.rows[row], **values})

    def mark(self, row: int, column: str, reason: str) -> None:
        """Mark a cell as wrong with the reason; an empty reason takes the mark away."""
        self._errors.pop((row, column), None)
        if reason:
            self._errors[row, column] = reason
            self.view.scrollTo(self.rows.index(row, 0))
        self.rows.set_errors(self._errors)

    def first_error(self) -> str:
        """The reason of the first wrong cell; empty where all can be taken."""
        return self._errors[min(self._errors)] if self._errors else ""

    def drop_row(self) -> None:
        """Take the highlighted row out."""
        place = self.view.currentIndex().row()
        if 0 <= place < len(self.rows.rows) - 1:
            kept = [row for number, row in enumerate(self.rows.rows) if number != place]
            moved = {
                (number - (number > place), column): reason
                for (number, column), reason in self._errors.items()
                if number != place
            }
            self.rows.set_rows(kept)
            self._errors = moved
            self.rows.set_errors(self._errors)

    def _is_filled(self, row: Texts) -> bool:
        return any(row.get(one.id, "").strip() for one in self._columns if one.typed)

    def _edited(self, place: int, column: str, text: str) -> None:
        self.mark(place, column, "")
        self.put(place, {column: text.strip()})
        if place == len(self.rows.rows) - 1 and self._is_filled(self.rows.rows[place]):
            self.rows.set_rows([*self.rows.rows, {}])
        self.changed.emit(place, column)


def _column(one: TypedColumn) -> Column[Texts]:
    edit = partial(_text, one.id) if one.typed else None
    return Column[Texts](
        one.id, one.title, partial(_cell, one), one.width, right=one.right, stretch=one.stretch, edit=edit
    )


def _cell(one: TypedColumn, row: Texts) -> Cell:
    tone = Tone.TEXT if one.typed else Tone.SOFT
    return Cell(row.get(one.id, ""), tone=tone, strong=one.typed, code=one.code)


def _text(name: str, row: Texts) -> str:
    return row.get(name, "")
