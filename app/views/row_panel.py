"""The detail panel of a list: it follows the highlighted row a moment later, so that scrolling stays light."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.views.context import Context
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import SidePanel

R = TypeVar("R")
S = TypeVar("S")

READ_AFTER_MS: Final = 60


class RowPanel(SidePanel, Generic[R, S]):
    """Shows what the list knows of a row at once and the rest when ``read`` has found it.

    Subclasses build their sections into :meth:`place`, and fill them in :meth:`show_head` (a row of the
    list) and :meth:`show_sheet` (what was read).  ``sheet`` is what is on show, None until it is read.
    """

    def __init__(
        self, context: Context, read: Callable[[Connection, UUID], S], tables: tuple[str, ...], hint: str
    ) -> None:
        super().__init__()
        self.context = context
        self.row: R | None = None
        self.sheet: S | None = None
        self._shown_id: UUID | None = None
        self._read_sheet, self._tables = read, tables
        self._timer = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._timer.timeout.connect(self._read)
        self._hint = Label(hint, Type.BODY, Tone.FAINT, wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setContentsMargins(Space.WIDE, Space.WIDE * 3, Space.WIDE, Space.WIDE)
        self._inner = QWidget()
        self._sections = QVBoxLayout(self._inner)
        self._sections.setContentsMargins(0, 0, 0, 0)
        self._sections.setSpacing(0)
        self._inner.hide()
        self.add(self._hint, line=False)
        self.add(self._inner, line=False)
        context.tasks.changed.connect(self._changed)

    def show_row(self, row: R | None) -> None:
        """Show what the list knows at once, the rest when it is read."""
        self.row = row
        self._hint.setVisible(row is None)
        self._inner.setVisible(row is not None)
        shown: Any = row
        if shown is None or shown.id != self._shown_id:
            self.sheet, self._shown_id = None, None if shown is None else shown.id
        if row is None:
            return
        self.show_head(row)
        self._timer.start()

    def place(self, section: QWidget, *, line: bool = True, table: bool = False) -> None:
        """Add a section below the others; ``line`` draws a hairline under it, a ``table`` is set in line with text."""
        if table:
            holder = QWidget()
            layout = QVBoxLayout(holder)
            layout.setContentsMargins(Space.SMALL, 0, Space.SMALL, 0)
            layout.addWidget(section)
            section = holder
        self._sections.addWidget(section)
        if line:
            self._sections.addWidget(Hairline())

    def show_head(self, row: R) -> None:
        """Fill in what the list's row tells."""
        raise NotImplementedError

    def show_sheet(self, sheet: S) -> None:
        """Fill in what was read."""
        raise NotImplementedError

    def _read(self) -> None:
        row: Any = self.row
        if row is None:
            return
        read, row_id = self._read_sheet, row.id
        self.context.tasks.read(self, lambda connection: (row_id, read(connection, row_id)), self._came)

    def _came(self, found: tuple[UUID, S]) -> None:
        row: Any = self.row
        if row is not None and row.id == found[0]:
            self.sheet = found[1]
            self.show_sheet(found[1])

    def _changed(self, changes: Any) -> None:
        if self.row is not None and changes.touch(*self._tables):
            self._timer.start()


def fit_rows(table: ListView, rows: int, row_height: int = 48, most: int = 8) -> None:
    """Make a table in a panel as tall as its rows, up to ``most`` of them."""
    table.setFixedHeight(34 + row_height * max(1, min(rows, most)) + 2)
