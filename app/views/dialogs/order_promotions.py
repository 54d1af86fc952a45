"""Promotions and coupons of an order: what it gets, what it misses and why, a coupon's code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.services import order_promotions
from app.services.order_promotions import OrderPromotions, Standing
from app.services.transaction import Transaction
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.tokens import Glyph, Hue, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.fields import Field
from app.views.widgets.labels import Row
from app.views.widgets.list_view import ListView


@dataclass(frozen=True, slots=True)
class _Shown:
    """A promotion in the dialog: on the order, or why not."""

    reason: str
    state: str
    amount: Decimal
    on: bool


class OrderPromotionsDialog(FormDialog):
    """Puts promotions on an order, with the coupon that is typed, or takes all of them back."""

    def __init__(self, context: Context, order_id: UUID, number: str, *, parent: QWidget) -> None:
        title = tr("Promotions of {}").format(number)
        super().__init__(context, title, tr("Put on the order"), parent=parent)
        self.setMinimumWidth(600)
        self._order_id = order_id
        self.code = Field(tr("Coupon"), code=True)
        self.form.add("code", tr("Coupon"), self.code, tr("Its code, if the customer has one."))
        self.rows: RowsTable[_Shown] = RowsTable(
            (
                Column[_Shown]("reason", tr("Promotion"), lambda one: cells.text(one.reason), 210, stretch=True),
                Column[_Shown]("state", tr("On the order"), _state, 220, stretch=True),
                Column[_Shown]("amount", tr("Takes off"), _amount, 100, right=True),
            )
        )
        self.view = ListView(self.rows, "order_promotions")
        self.view.setAccessibleName(tr("Promotions"))
        self.view.setMinimumHeight(150)
        self.body.addWidget(self.view)
        self.back = Button(tr("Take all back"), "undo-2", Kind.SECONDARY, small=True)
        self.back.clicked.connect(self.take_back)
        self.body.addWidget(Row(self.back, None))
        self.go.setEnabled(False)
        context.tasks.read(self, _reader(order_id), self._show)

    def submit(self) -> None:
        """Redeem the coupon that was typed, or put on what runs by itself."""
        order_id, code = self._order_id, self.code.text().strip()
        if code:
            said = tr("Coupon {} is on the order.").format(code.upper())
            self._change("order.redeem_coupon", lambda tx: order_promotions.redeem(tx, order_id, code), said)
            return
        said = tr("The promotions that run are on the order.")
        self._change("order.promote", lambda tx: order_promotions.apply(tx, order_id), said)

    def take_back(self) -> None:
        """Take all promotions and coupons off the order."""
        order_id, said = self._order_id, tr("The order is as it was typed.")
        self._change("order.take_promotions_back", lambda tx: order_promotions.take_back(tx, order_id), said)

    def _change(self, command: str, op: Callable[[Transaction], object], said: str) -> None:
        """Run a step; undoing it brings back what stood on the order just before."""
        order_id, before = self._order_id, list[Standing]()

        def step(tx: Transaction) -> object:
            before[:] = [order_promotions.standing(tx.connection, order_id)]
            return op(tx)

        inverse = Inverse("order.restore_promotions", lambda tx, _: order_promotions.restore(tx, order_id, before[0]))
        self.run(command, step, said, inverse=inverse)

    def _show(self, found: OrderPromotions) -> None:
        coupons = ", ".join(code for _, code in found.coupons)
        rows = [
            _Shown(one.reason, tr("goods given along") if one.added else coupons, one.amount, on=True)
            for one in found.applied
        ]
        rows += [
            _Shown(one.name, tr("can be put on") if one.applies else tr(one.reason), one.amount, on=False)
            for one in found.others
        ]
        self.rows.set_rows(rows)
        self.back.setEnabled(bool(found.applied or found.coupons))
        self.go.setEnabled(True)
        self.code.setFocus()


def _state(one: _Shown) -> Cell:
    return (
        cells.chip(one.state or tr("yes"), Hue.GREEN, Glyph.CHECK) if one.on else cells.text(one.state, tone=Tone.SOFT)
    )


def _amount(one: _Shown) -> Cell:
    return cells.amount(one.amount) if one.amount else cells.text("")


def _reader(order_id: UUID) -> Callable[[Connection], OrderPromotions]:
    return lambda connection: order_promotions.of_order(connection, order_id)
