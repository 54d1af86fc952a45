"""Backorders: which lines wait, why, what comes in next and how much of it would be theirs."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services import backorders, orders, unit_words
from app.services.backorders import Backorder, Substitute
from app.services.stock_outlook import Entry
from app.views import cells
from app.views import format as written
from app.views.backorders import commands
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.rows_table import RowsTable
from app.views.screen import Group, Place, Screen, Target, Waiting
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_frame import frame
from app.views.widgets.page_header import PageHeader
from app.views.widgets.search_field import SearchField
from app.views.widgets.side_panel import Section, SidePanel

READ_AFTER_MS: Final = 60
TABLES: Final = ("sales_order_line", "stock_level", "purchase_line", "work_order", "transfer_line", "peg")
COMES: Final = {"purchase": "purchase", "work order": "work order", "transfer": "transfer"}


class BackordersScreen(Screen):
    """The list in the order in which lines are served, and what is known of the highlighted one."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "backorders")
        self.bind_all(
            (commands.REBALANCE, self.rebalance),
            (commands.ORDER, self.show_order),
            (commands.AGAIN, self.serve),
        )
        self._all: list[Backorder] = []
        self._asked = 0
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._timer.timeout.connect(self._read_substitutes)
        context.tasks.changed.connect(self._changed)

    def visit(self, _target: Target) -> None:
        """Read the list."""
        self.reload()

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.setFocus()

    def reload(self) -> None:
        """Read what waits."""
        self._asked += 1
        read = partial(_waiting_lines, at=self.context.now())
        self.context.tasks.read(self, read, partial(self._show, self._asked))

    # commands ----------------------------------------------------------------------------------

    def rebalance(self) -> None:
        """Share short stock out anew."""
        self.context.open("rebalance")

    def show_order(self) -> None:
        """Show the order of the highlighted line."""
        row = self.view.current_row()
        if row is not None:
            self.context.open("order", row.order_id)

    def serve(self) -> None:
        """Promise the highlighted line's order what lies free by now."""
        row = self.view.current_row()
        if row is not None:
            order_id: UUID = row.order_id
            self.context.run(
                self,
                "order.reserve",
                lambda tx: orders.reserve(tx, order_id),
                said=self.tr("Order {} has what lies free."),
            )

    # inner -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.header = PageHeader(self.tr("Backorders"))
        self.header.add(ActionButton(self.context.commands[commands.REBALANCE.id], "arrow-up-down", Kind.PRIMARY))
        self.filter = SearchField(self.tr("Order, customer, product, reason…"), self.tr("Filter"))
        self.filter.textChanged.connect(self._filter)
        self.filter.leave_wanted.connect(self._to_list)
        self.rows: RowsTable[Backorder] = RowsTable(_columns(self.context.today))
        self.view = ListView(self.rows, "backorders", two_lines=True)
        self.view.setAccessibleName(self.tr("Backorders"))
        self.view.keep_columns_in(self.context.settings)
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.view.filter_wanted.connect(self.search)
        empty = EmptyState(
            "circle-check",
            self.tr("Nothing waits"),
            self.tr("Every confirmed order has its stock. Lines that are short stand here, with what comes in next."),
        )
        self.none = EmptyState("search", self.tr("Nothing matches"), self.tr("Escape in the filter shows all again."))
        self.stack = QStackedWidget()
        for widget in (self.view, empty, self.none):
            self.stack.addWidget(widget)
        bar = QHBoxLayout()
        bar.setContentsMargins(Space.PAGE, Space.SMALL, Space.PAGE, Space.SMALL)
        bar.addWidget(self.filter)
        bar.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.stack, 1)
        frame(self, self.header, column, self._side())

    def _side(self) -> QWidget:
        self.panel = SidePanel()
        self.panel.close_button.hide()
        about = Section()
        self.title = Label("", Type.CARD)
        self.reason = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.facts = Facts(2)
        for widget in (self.title, self.reason, self.facts):
            about.body.addWidget(widget)
        self.panel.add(about)
        instead = Section(self.tr("Could be sold instead"))
        self.substitutes = QVBoxLayout()
        instead.body.addLayout(self.substitutes)
        self.panel.add(instead)
        acts = Section()
        for command, icon in ((commands.ORDER, "file-text"), (commands.AGAIN, "package-check")):
            acts.body.addWidget(ActionButton(self.context.commands[command.id], icon))
        self.panel.add(acts, line=False)
        self.panel.hide()
        return self.panel

    def _show(self, asked: int, found: list[Backorder]) -> None:
        if asked != self._asked:
            return
        self._all = found
        lines = self.tr("1 line waits") if len(found) == 1 else self.tr("{} lines wait").format(len(found))
        self.header.set_title(self.tr("Backorders"), lines if found else "")
        self._filter()

    def _filter(self) -> None:
        wanted = self.filter.text().lower().split()
        rows = [row for row in self._all if all(word in _words(row) for word in wanted)]
        self.rows.set_rows(rows)
        self.stack.setCurrentIndex(0 if rows else 2 if self._all else 1)
        if rows and self.view.current_row() is None:
            self.view.pick(0)
        self._picked(self.view.current_row() if rows else None)

    def _to_list(self) -> None:
        self.view.setFocus()

    def _picked(self, row: Backorder | None) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)
        self.panel.setVisible(row is not None)
        if row is None:
            return
        today = self.context.today()
        self.title.setText(self.tr("{} of {} wait").format(_measured(row, row.waiting), row.sku))
        self.reason.setText(row.reason)
        comes = row.next_receipt
        self.facts.set_facts(
            [
                Fact(self.tr("Order"), row.order_number, code=True),
                Fact(self.tr("Class"), row.priority or "–"),
                Fact(self.tr("Promised"), written.full_day(row.promised_on) if row.promised_on else ""),
                Fact(self.tr("Ready"), written.full_day(row.ready_on) if row.ready_on else self.tr("not known")),
                Fact(self.tr("Next receipt"), _comes(comes, today) if comes else self.tr("none is on its way")),
                Fact(self.tr("Frees"), _measured(row, row.freed) if comes else ""),
            ]
        )
        self._show_substitutes(row, None)
        self._timer.start()

    def _read_substitutes(self) -> None:
        row = self.view.current_row()
        if row is not None:
            read = partial(_substitutes, product_id=row.product_id, at=self.context.now())
            self.context.tasks.read(self, read, partial(self._show_substitutes, row))

    def _show_substitutes(self, row: Backorder, found: list[Substitute] | None) -> None:
        if row is not self.view.current_row():
            return
        while (item := self.substitutes.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in found or ():
            text = self.tr("{} {}, {} free").format(one.sku, one.name, row.shown(one.available))
            link = Button(text, "package", Kind.LINK)
            link.clicked.connect(partial(self.context.open, "product", one.product_id))
            self.substitutes.addWidget(link)
        if not found:
            words = self.tr("No substitute is known.") if found is not None else ""
            self.substitutes.addWidget(Label(words, Type.BODY, Tone.FAINT))

    def _opened(self, _row: object) -> None:
        self.show_order()

    def _changed(self, changes: Any) -> None:
        if self.isVisible() and changes.touch(*TABLES):
            self.reload()


def _columns(today: Any) -> tuple[Column[Backorder], ...]:
    def due(row: Backorder) -> Cell:
        return cells.due(row.promised_on, today())

    def ready(row: Backorder) -> Cell:
        if row.ready_on is None:
            return Cell(tr("not known"), tone=Tone.BAD)
        late = row.promised_on is not None and row.ready_on > row.promised_on
        return Cell(written.day(row.ready_on, today()), tone=Tone.WARN if late else Tone.TEXT)

    def comes(row: Backorder) -> Cell:
        if row.next_receipt is None:
            return Cell("–", tone=Tone.FAINT)
        frees = tr("frees {}").format(_measured(row, row.freed))
        return Cell(_comes(row.next_receipt, today()), second=frees)

    return (
        Column[Backorder]("order", tr("Order"), _order, 170),
        Column[Backorder]("class", tr("Class"), lambda row: cells.text(row.priority, tone=Tone.SOFT), 56),
        Column[Backorder]("due", tr("Promised"), due, 92),
        Column[Backorder]("item", tr("Item"), lambda row: cells.two_lines(row.name, row.sku), 170, stretch=True),
        Column[Backorder]("waiting", tr("Waits for"), _waits, 84, right=True),
        Column[Backorder]("ready", tr("Ready"), ready, 92),
        Column[Backorder]("next", tr("Next receipt"), comes, 150),
    )


def _order(row: Backorder) -> Cell:
    return Cell(row.order_number, strong=True, code=True, second=row.customer_name)


def _waits(row: Backorder) -> Cell:
    return Cell(row.shown(row.waiting), strong=True, second=unit_words.of(row.unit, Fraction(row.waiting, row.grain)))


def _measured(row: Backorder, grains: int) -> str:
    return written.measured(Fraction(grains, row.grain), row.unit)


def _comes(entry: Entry, today: date) -> str:
    return f"{written.day(entry.on, today)}, {tr(COMES.get(entry.kind, entry.kind))}"


def _words(row: Backorder) -> str:
    return f"{row.order_number} {row.customer_name} {row.sku} {row.name} {row.reason} {row.priority}".lower()


def _waiting_lines(connection: Connection, at: datetime) -> list[Backorder]:
    return backorders.waiting(connection, at=at)


def _substitutes(connection: Connection, product_id: UUID, at: datetime) -> list[Substitute]:
    return backorders.substitutes(connection, product_id, at=at)


def _waiting(connection: Connection) -> Waiting:
    return Waiting(backorders.count(connection))


PLACE: Final = Place(
    "backorders",
    "Backorders",
    "package-x",
    Group.FULFIL,
    BackordersScreen,
    waiting=_waiting,
    tables=("sales_order_line",),
    commands=commands.COMMANDS,
)
