"""The tables of one product's stock: where it lies, what comes and goes, what moved."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.services.stock_sheet import Due, Lies, Moved, StockSheet
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context
from app.views.format import tr
from app.views.inventory import words
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.list_view import ListView


class SheetTables:
    """Three tables that show a sheet; those opened on a document tell the window."""

    def __init__(self, context: Context, scope: str) -> None:
        self._context = context
        self._sheet: StockSheet | None = None
        self.lies: RowsTable[Lies] = RowsTable(self._lies_columns())
        self.due: RowsTable[Due] = RowsTable(self._due_columns())
        self.moved: RowsTable[Moved] = RowsTable(self._moved_columns())
        self.lies_view = ListView(self.lies, f"{scope}_lies", two_lines=True)
        self.due_view = ListView(self.due, f"{scope}_due", two_lines=True)
        self.moved_view = ListView(self.moved, f"{scope}_moved", two_lines=True)
        for view, name in (
            (self.lies_view, tr("Where it lies")),
            (self.due_view, tr("What comes and goes")),
            (self.moved_view, tr("Stock movements")),
        ):
            view.setAccessibleName(name)
        self.due_view.opened.connect(self._open_due)
        self.moved_view.opened.connect(self._open_moved)

    def clear(self) -> None:
        """Show nothing, until another product's stock is read."""
        for table in (self.lies, self.due, self.moved):
            table.set_rows([])

    def show_sheet(self, sheet: StockSheet) -> None:
        """Show a product's stock."""
        self._sheet = sheet
        self.lies.set_rows(sheet.lies)
        self.due.set_rows(sheet.due)
        self.moved.set_rows(sheet.moved)

    @property
    def _grain(self) -> int:
        return self._sheet.product.grain if self._sheet else 1

    def _today(self) -> date:
        return self._context.today()

    def _lies_columns(self) -> tuple[Column[Lies], ...]:
        return (
            Column[Lies]("place", tr("Place"), words.place, 150),
            Column[Lies]("lot", tr("Lot, last day"), lambda one: words.lot(one, self._today()), 120, stretch=True),
            Column[Lies](
                "quantity", tr("Lies there"), lambda one: words.quantity(one.quantity, self._grain), 84, right=True
            ),
        )

    def _due_columns(self) -> tuple[Column[Due], ...]:
        return (
            Column[Due]("on", tr("Day"), lambda one: words.due_cell(one, self._today()), 98),
            Column[Due]("document", tr("What"), words.document, 130, stretch=True),
            Column[Due]("quantity", tr("Quantity"), lambda one: words.signed(one.grains, self._grain), 76, right=True),
            Column[Due]("balance", tr("Free"), lambda one: words.balance(one, self._grain), 78, right=True),
        )

    def _moved_columns(self) -> tuple[Column[Moved], ...]:
        return (
            Column[Moved]("at", tr("When"), lambda one: cells.text(written.moment(one.move.at), tone=Tone.SOFT), 184),
            Column[Moved](
                "quantity", tr("Quantity"), lambda one: words.moved_quantity(one, self._grain), 96, right=True
            ),
            Column[Moved]("way", tr("From and to"), words.way, 190),
            Column[Moved]("paper", tr("Document"), words.paper, 180, stretch=True),
        )

    def _open_due(self, one: Due) -> None:
        self._open(words.OPENS[one.kind], one.document_id, one.number)

    def _open_moved(self, one: Moved) -> None:
        if one.kind and one.document_id is not None:
            self._open(one.kind, one.document_id, one.number)

    def _open(self, kind: str, document_id: UUID, number: str) -> None:
        """Show a document, where it has a screen."""
        if self._context.navigator.can_open(kind):
            self._context.open(kind, document_id)
        else:
            self._context.messages.say(tr("{} has no screen of its own yet.").format(number))
