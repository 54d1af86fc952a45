"""What all boards share: key figures that open their documents, charts, a table that can be saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar, Final, Generic, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services import spreadsheets
from app.services.analytics.spans import Span
from app.services.progress import Progress
from app.services.spreadsheets import Sheet
from app.views import list_saving
from app.views.cells import Column
from app.views.chart_card import ChartCard
from app.views.context import Context
from app.views.format import tr
from app.views.list_saving import RowValues
from app.views.tables import RowsTable
from app.views.tokens import Density, Space
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.cards import Card, OpeningFigure
from app.views.widgets.list_view import ListView

F = TypeVar("F")
"""The figures of a board, as they were read."""
R = TypeVar("R")

CHART_HEIGHT: Final = 268
TABLE_HEIGHT: Final = 320

Narrow = Sequence[tuple[str, str, Any]]
"""Filters that show what a figure is made of: (filter, words, value)."""


class TableCard(Card, Generic[R]):
    """A titled table in a card; what it shows can be saved as a workbook or CSV."""

    def __init__(self, context: Context, title: str, name: str, columns: Sequence[Column[R]]) -> None:
        super().__init__()
        self._context, self._title, self._columns = context, title, tuple(columns)
        self.setAccessibleName(title)
        self.head = QHBoxLayout()
        self.head.setSpacing(Space.SMALL)
        self.rows: RowsTable[R] = RowsTable(self._columns)
        self.view = ListView(self.rows, name, density=Density.COMPACT)
        self.view.setAccessibleName(title)
        self.view.keep_columns_in(context.settings)
        self.view.setMinimumHeight(TABLE_HEIGHT)
        self.save_button = Button(
            icon="download", kind=Kind.ICON, name=tr("Save {} as a table").format(title), small=True
        )
        self.save_button.clicked.connect(self.save)
        self.body.addLayout(self.head)
        self.body.addWidget(self.view, 1)

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows."""
        self._shown = list(rows)
        self.rows.set_rows(self._shown)

    def save(self) -> None:
        """Ask for a file and save the rows in it, exact."""
        path = list_saving.ask(self, self._title)
        if path is None:
            return
        values = RowValues(self._columns)
        sheet = Sheet(self._title, values.headings, [values(row) for row in self._shown], len(self._shown))
        said = partial(self._said, path.name)
        self._context.tasks.run_long(
            self, tr("Saving {}…").format(path.name), partial(_write, path, sheet), said, self._context.messages.error
        )

    def _said(self, name: str, count: int) -> None:
        self._context.messages.say(list_saving.said(name, count))

    _shown: list[R] = []


def _write(path: Any, sheet: Sheet, progress: Progress) -> int:
    return spreadsheets.write(path, sheet, progress)


class Board(QWidget, Generic[F]):
    """One tab: :meth:`reading` gives what is read off the GUI thread, :meth:`show_found` shows it.

    ``sums`` tells that it reads the kept sums of sales, which are brought up to date first where they are far behind.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    tables: ClassVar[tuple[str, ...]]
    sums: ClassVar[bool] = False
    takes_period: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setObjectName("canvas")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.PAGE)
        self.column.setSpacing(Space.MEDIUM)

    def reading(self, span: Span, now: datetime) -> Callable[[Connection], F]:
        """Give what reads the figures of a period; it holds plain values only."""
        raise NotImplementedError

    def show_found(self, found: F) -> bool:
        """Show the figures; tell whether there are any."""
        raise NotImplementedError

    def key_figures(self, *named: tuple[str, Callable[[], None]]) -> tuple[OpeningFigure, ...]:
        """Lay out a row of key figures: what each is called, and what opens its documents."""
        row, made = QHBoxLayout(), []
        row.setSpacing(Space.MEDIUM)
        for label, opens in named:
            figure = OpeningFigure(label)
            figure.opened.connect(opens)
            row.addWidget(figure, 1)
            made.append(figure)
        self.column.addLayout(row)
        return tuple(made)

    def charts(self, *shares: int) -> tuple[ChartCard, ...]:
        """Lay out a row of charts by their shares of the width."""
        row, made = QHBoxLayout(), []
        row.setSpacing(Space.MEDIUM)
        for share in shares:
            card = ChartCard(self.context)
            card.setMinimumHeight(CHART_HEIGHT)
            row.addWidget(card, share)
            made.append(card)
        self.column.addLayout(row, 1)
        return tuple(made)

    def invoices(self, *narrow: tuple[str, str, Any], tab: str = "all") -> None:
        """Show the invoices a figure is made of."""
        self.context.open("invoices", tab=tab, narrow=narrow)


def billed(first: date, last: date, words: str) -> tuple[str, str, Any]:
    """Narrow invoices to those of some days."""
    return "billed", words, (first, last)
