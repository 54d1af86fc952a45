"""What goes on collective invoices: the groups of a run, the orders of each, and what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QWidget
from sqlalchemy import Connection

from app.services import collective_invoices, orders
from app.services.collective_invoices import Due, Run, Together
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.bulk import Bulk, run_each
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.rows_table import RowsTable, TickedRows
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import DateField
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

WIDTH: Final = 860
ROW: Final = 48
HEAD: Final = 34


class CollectDialog(FormDialog):
    """Shows what a run invoices; each ticked group becomes an invoice that is posted."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        tr_ = context.messages.tr
        about = tr_(
            "For customers who get their invoices weekly or monthly: what left until the last day of the week or month "
            "that is over. Each ticked row becomes one invoice, posted at once."
        )
        super().__init__(context, tr_("Collective invoices"), tr_("Post"), about=about, parent=parent)
        self.setMinimumWidth(WIDTH)
        self._owner = parent
        self._asked = 0
        self.on = DateField(self.tr("Invoice date"), context.today, context.today())
        self.on.changed.connect(self._read)
        self.form.add("on", self.tr("Invoice date"), self.on)
        self.early = QCheckBox(self.tr("Also of weeks and months that are not over"))
        self.early.toggled.connect(self._read)
        self.form.add("early", "", self.early)
        self.groups: TickedRows[Together] = TickedRows(_GROUPS, lambda group: group.order_ids)
        self.groups.ticks_changed.connect(self._count)
        self.view = self._table(self.groups, "collect_groups", self.tr("Go on one invoice"), 3)
        self.view.picked.connect(self._show_orders)
        self.orders: RowsTable[Due] = RowsTable(_ORDERS)
        self.orders_view = self._table(self.orders, "collect_orders", self.tr("Orders of the highlighted invoice"), 3)
        self.left: RowsTable[Due] = RowsTable(_LEFT)
        self.left_label = Label(self.tr("Left out"), Type.CARD)
        self.left_view = self._table(self.left, "collect_left", self.tr("Left out"), 2, self.left_label)
        self.nothing = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.body.addWidget(self.nothing)
        self._read()

    def submit(self) -> None:
        """Post the ticked ones, each by itself; what cannot be is reported at the end."""
        ticked = {group.order_ids[0]: group for group in self.groups.ticked()}
        on = self.on.value()
        if ticked and on is not None:
            run_each(self.context, self._owner, _posting(ticked, on), tuple(ticked))
            self.accept()

    # inner -------------------------------------------------------------------------------------

    def _table(self, rows: RowsTable[Any], key: str, name: str, most: int, label: Label | None = None) -> ListView:
        view = ListView(rows, key, two_lines=True)
        view.setAccessibleName(name)
        view.setFixedHeight(HEAD + ROW * most + 2)
        self.body.addWidget(label or Label(name, Type.CARD))
        self.body.addWidget(view)
        return view

    def _read(self, *_: object) -> None:
        on = self.on.value()
        self._asked += 1
        self.go.setEnabled(False)
        if on is None:
            return
        self.nothing.setText(self.tr("Looking at what was delivered…"))
        self.nothing.show()
        read = partial(_preview, on=on, early=self.early.isChecked())
        self.context.tasks.read(self, read, partial(self._show, self._asked))

    def _show(self, asked: int, run: Run) -> None:
        if asked != self._asked:
            return
        self.groups.set_rows(run.together)
        self.groups.check_all(checked=True)
        self.left.set_rows(run.left)
        for widget in (self.left_label, self.left_view):
            widget.setVisible(bool(run.left))
        self.nothing.setText("" if run.together else _why_nothing(run))
        self.nothing.setVisible(not run.together)
        if run.together:
            self.view.selectRow(0)
        else:
            self.orders.set_rows(())
        self._count()

    def _show_orders(self, *_: object) -> None:
        group = self.view.current_row()
        self.orders.set_rows(group.orders if group is not None else ())

    def _count(self) -> None:
        ticked = len(self.groups.ticked())
        self.go.setEnabled(ticked > 0)
        words = self.tr("Post {} invoices").format(ticked) if ticked != 1 else self.tr("Post 1 invoice")
        self.go.set_text(words if ticked else self.tr("Post"))


def _why_nothing(run: Run) -> str:
    if run.left:
        return tr("Nothing goes on a collective invoice now; below stands why.")
    return tr(
        "Nothing was delivered to customers who get collective invoices. A customer's page says for whom: "
        "Change customer, Invoices."
    )


def _posting(groups: Mapping[UUID, Together], on: date) -> Bulk:
    return Bulk(
        "invoice.collect",
        partial(_collect, groups=groups, on=on),
        _label,
        one=tr("The collective invoice is posted."),
        doing=tr("Posting {} invoices…"),
        done_one=tr("1 invoice is posted."),
        done=tr("{} invoices are posted."),
    )


def _collect(tx: Transaction, first: UUID, *, groups: Mapping[UUID, Together], on: date) -> UUID:
    group = groups[first]
    return collective_invoices.collect(tx, group.order_ids, group.until, on, total=group.total)


def _label(connection: Connection, order_id: UUID) -> str:
    head = orders.get(connection, order_id)
    return f"{head.customer_name} · {head.number}"


def _preview(connection: Connection, on: date, *, early: bool) -> Run:
    return collective_invoices.preview(connection, on, early=early)


def _customer(group: Together) -> Cell:
    second = tr("apart: other {}").format(group.apart) if group.apart else ""
    return Cell(group.customer_name, strong=True, second=second, second_tone=Tone.WARN)


def _numbers(group: Together) -> Cell:
    numbers = ", ".join(one.book.head.number for one in group.orders)
    shipments = sum(len(one.shipments) for one in group.orders)
    counts = (
        written.counted(len(group.orders), tr("1 order"), tr("{} orders")),
        written.counted(shipments, tr("1 shipment"), tr("{} shipments")),
    )
    return Cell(numbers, hint=numbers, second=", ".join(counts))


def _shipments(one: Due) -> Cell:
    text = ", ".join(f"{left.number} ({written.short_day(left.on)})" for left in one.shipments)
    return cells.text(text or tr("invoiced when ordered"), tone=Tone.SOFT)


_GROUPS: Final = (
    Column[Together](cells.CHECK, "", lambda _: Cell(), 34),
    Column[Together]("customer", "Customer", _customer, 210),
    Column[Together]("orders", "Orders", _numbers, 260, stretch=True),
    Column[Together]("until", "Left until", lambda group: cells.text(written.full_day(group.until)), 136),
    Column[Together](
        "total", "Total", lambda group: cells.text(written.money(group.total, group.currency)), 120, right=True
    ),
)
_ORDERS: Final = (
    Column[Due]("order", "Order", lambda one: cells.code(one.book.head.number), 120),
    Column[Due]("po", "PO number", lambda one: cells.text(one.book.head.customer_po), 130),
    Column[Due]("left", "Shipments", _shipments, 300, stretch=True),
    Column[Due]("amount", "Amount", lambda one: cells.amount(one.total), 110, right=True),
)
_LEFT: Final = (
    Column[Due]("order", "Order", lambda one: cells.two_lines(one.book.head.number, one.book.head.customer_name), 200),
    Column[Due]("why", "Why", lambda one: Cell(one.reason, tone=Tone.SOFT, hint=one.reason), 380, stretch=True),
    Column[Due]("amount", "Draft", lambda one: cells.amount(one.total), 110, right=True),
)
