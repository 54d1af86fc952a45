"""What each step of an order does in the window: at once, or after a small dialog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection, select

from app.models.invoice import invoice_line
from app.models.product import GRAIN
from app.models.shipment import pick_line
from app.services import order_stops, order_twins, orders, picking, recurring_orders, shipping
from app.services.order_twins import Twin
from app.services.overview import LineView, OrderOverview, PaperRow
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.bill import CreditDialog, PartInvoiceDialog, PostInvoiceDialog
from app.views.dialogs.deposit import DepositDialog
from app.views.dialogs.give_back import FinishRepairDialog, ReceiveReturnDialog, ask_about, ask_return
from app.views.dialogs.hold import DecideDialog, HoldDialog
from app.views.dialogs.milestones import MilestonesDialog
from app.views.dialogs.pack import PackDialog
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.pick import PickDialog
from app.views.dialogs.quantities import QuantityLine
from app.views.dialogs.repeat import Known, RepeatDialog
from app.views.dialogs.ship import ShipDialog
from app.views.format import tr
from app.views.messages import confirm


class OrderSteps(QObject):
    """Takes the steps of the order on show; ``parent`` is the widget dialogs stand over."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._over = context, parent
        self._confirming: UUID | None = None

    def take(self, overview: OrderOverview) -> None:
        """Take the order's next step."""
        steps: dict[str, Callable[[OrderOverview, UUID], None]] = {
            "order.confirm": self._confirm,
            "order.release": self._release,
            "order.decide": self._decide,
            "invoice.post": self.post_invoice,
            "payment.receive": self.pay,
            "pick.complete": self.pick,
            "shipment.pack": self.pack,
            "shipment.ship": self.ship,
            "return.receive": self.receive_return,
            "return.repair": self.finish_repair,
        }
        if overview.next_step and overview.next_id:
            steps[overview.next_step](overview, overview.next_id)

    def _confirm(self, overview: OrderOverview, order_id: UUID) -> None:
        """Confirm; an order that looks entered twice is asked about first."""
        self._confirming = order_id
        self._context.tasks.read(self, partial(_twins, order_id=order_id), self._ask_confirm)

    def _ask_confirm(self, twins: list[Twin]) -> None:
        if not twins:
            self._confirm_now()
            return
        ask_twins(self._over, twins, self._confirm_now)

    def _confirm_now(self) -> None:
        order_id = self._confirming
        assert order_id is not None
        self._context.run(
            self, "order.confirm", lambda tx: orders.confirm(tx, order_id), said=tr("Order {} is confirmed.")
        )

    def ask_deposit(self, overview: OrderOverview) -> None:
        """Ask how much is wanted before delivery."""
        order = overview.order
        if order.state not in {"draft", "confirmed"}:
            self._context.messages.say(
                tr("{} is {}; only an open order is asked for a deposit.").format(order.number, order.state)
            )
            return
        DepositDialog(self._context, overview, parent=self._over).open()

    def plan_milestones(self, overview: OrderOverview) -> None:
        """Show what is invoiced when."""
        MilestonesDialog(self._context, overview.order, parent=self._over).open()

    def hold(self, overview: OrderOverview) -> None:
        """Ask why the order is put on hold; one on hold is released."""
        order = overview.order
        if order.hold:
            self._release(overview, order.id)
            return
        if order.state != "confirmed":
            self._context.messages.say(
                tr("{} is {}; only a confirmed order is put on hold.").format(order.number, order.state)
            )
            return
        HoldDialog(self._context, order.id, order.number, parent=self._over).open()

    def _release(self, overview: OrderOverview, order_id: UUID) -> None:
        reason = overview.order.hold
        self._context.run(
            self,
            "order.release",
            lambda tx: order_stops.release(tx, order_id),
            said=tr("{} goes on."),
            inverse=Inverse("order.hold", lambda tx, _: order_stops.hold(tx, order_id, reason)),
        )

    def repeat(self, overview: OrderOverview) -> None:
        """Ask how the order is given again."""
        order = overview.order
        read = partial(_repeat, order_id=order.id)
        self._context.tasks.read(self, read, partial(self._ask_repeat, order.id, order.number))

    def _ask_repeat(self, order_id: UUID, number: str, known: Known | None) -> None:
        RepeatDialog(self._context, order_id, number, known, parent=self._over).open()

    def reopen(self, overview: OrderOverview) -> None:
        """Let what was cancelled be shipped after all."""
        order_id = overview.order.id
        self._context.run(
            self, "order.reopen", lambda tx: order_stops.reopen(tx, order_id), said=tr("{} is open again.")
        )

    def call_off(self, overview: OrderOverview) -> None:
        """Stop the planned shipment."""
        planned = overview.paper("shipment", "planned")
        if planned is None:
            self._context.messages.say(tr("No shipment of {} is planned.").format(overview.order.number))
            return
        shipment_id = planned.id
        self._context.run(
            self,
            "shipment.call_off",
            lambda tx: order_stops.call_off(tx, shipment_id),
            said=tr("Shipment {} is called off. Ctrl+Enter says what becomes of its lines."),
        )

    def _decide(self, overview: OrderOverview, _: UUID) -> None:
        DecideDialog(self._context, overview, parent=self._over).open()

    def cancel(self, overview: OrderOverview) -> None:
        """Call the order off."""
        order_id = overview.order.id
        self._context.run(
            self, "order.cancel", lambda tx: orders.cancel(tx, order_id), said=tr("Order {} is cancelled.")
        )

    def close(self, overview: OrderOverview) -> None:
        """Cancel what is not shipped."""
        order_id = overview.order.id
        self._context.run(self, "order.close", lambda tx: orders.close(tx, order_id), said=tr("Order {} is closed."))

    def put_back(self, overview: OrderOverview) -> None:
        """Put picked goods back on the shelf."""
        order_id = overview.order.id
        self._context.run(
            self,
            "pick.put_back",
            lambda tx: picking.put_back(tx, order_id),
            said=tr("The goods are back on the shelf."),
        )

    def unpack(self, overview: OrderOverview) -> None:
        """Open the packed shipment."""
        packed = overview.paper("shipment", "packed")
        if packed is None:
            self._context.messages.say(tr("Nothing is packed for this order."))
            return
        shipment_id = packed.id
        self._context.run(
            self,
            "shipment.unpack",
            lambda tx: shipping.unpack(tx, shipment_id),
            said=tr("The shipment is unpacked."),
            inverse=Inverse("shipment.pack", lambda tx, _: shipping.pack(tx, shipment_id)),
        )

    def pick(self, overview: OrderOverview, pick_id: UUID) -> None:
        """Ask what was picked."""
        number = _number(overview, pick_id)

        def read(connection: Connection) -> list[tuple[UUID, UUID, int]]:
            rows = connection.execute(
                select(pick_line.c.id, pick_line.c.order_line_id, pick_line.c.wanted)
                .where(pick_line.c.pick_id == pick_id, pick_line.c.wanted > 0)
                .order_by(pick_line.c.bin, pick_line.c.position)
            )
            return [(row.id, row.order_line_id, row.wanted) for row in rows]

        self._context.tasks.read(self, read, partial(self._ask_pick, overview, pick_id, number))

    def _ask_pick(
        self, overview: OrderOverview, pick_id: UUID, number: str, rows: list[tuple[UUID, UUID, int]]
    ) -> None:
        lines = {line.id: line for line in overview.lines}
        asked = [_line(lines[order_line], row_id, grains) for row_id, order_line, grains in rows]
        PickDialog(self._context, pick_id, number, asked, parent=self._over).open()

    def pack(self, overview: OrderOverview, shipment_id: UUID) -> None:
        """Ask what goes into which package."""
        PackDialog(self._context, shipment_id, _number(overview, shipment_id), parent=self._over).open()

    def ship(self, overview: OrderOverview, shipment_id: UUID) -> None:
        """Ask how it leaves."""
        ShipDialog(self._context, shipment_id, _number(overview, shipment_id), parent=self._over).open()

    def post_invoice(self, overview: OrderOverview, invoice_id: UUID) -> None:
        """Ask the date and post."""
        paper = next(one for one in overview.papers if one.id == invoice_id)
        amount = written.money(paper.amount or overview.order.total * 0, overview.order.currency)
        about = f"{overview.order.customer_name}, {amount}."
        PostInvoiceDialog(self._context, invoice_id, about, parent=self._over).open()

    def pay(self, overview: OrderOverview, invoice_id: UUID) -> None:
        """Ask what was paid."""
        order = overview.order
        PayDialog(
            self._context,
            order.customer_id,
            order.customer_name,
            currency=order.currency,
            invoice_id=invoice_id,
            parent=self._over,
        ).open()

    def invoice_part(self, overview: OrderOverview) -> None:
        """Ask what is invoiced now."""
        asked = []
        for line in overview.lines:
            if line.component:
                continue
            left = max(line.quantity - line.cancelled, line.shipped) - line.returned - line.invoiced
            if left > 0:
                ready = min(left, max(Fraction(0), line.shipped - line.returned - line.invoiced))
                asked.append(QuantityLine(line.id, line.name, line.sku, line.unit, left, line.grains_per_unit, ready))
        if not asked:
            self._context.messages.say(tr("Everything on this order is invoiced."))
            return
        order = overview.order
        PartInvoiceDialog(self._context, order.id, order.number, asked, parent=self._over).open()

    def give_back(self, overview: OrderOverview) -> None:
        """Ask what may come back."""
        order = overview.order
        ask_return(self._context, self._over, order.id, order.number)

    def receive_return(self, _: OrderOverview, return_id: UUID) -> None:
        """Ask what arrived."""
        ask_about(self._context, self._over, return_id, ReceiveReturnDialog)

    def finish_repair(self, _: OrderOverview, return_id: UUID) -> None:
        """Ask what was repaired."""
        ask_about(self._context, self._over, return_id, FinishRepairDialog)

    def credit(self, overview: OrderOverview, paper: PaperRow) -> None:
        """Ask what of an invoice is credited."""
        invoice_id = paper.id

        def read(connection: Connection) -> list[Any]:
            return list(
                connection.execute(
                    select(invoice_line)
                    .where(invoice_line.c.invoice_id == invoice_id)
                    .order_by(invoice_line.c.position)
                )
            )

        self._context.tasks.read(self, read, partial(self._ask_credit, paper))

    def _ask_credit(self, paper: PaperRow, rows: list[Any]) -> None:
        asked = []
        for row in rows:
            if row.grains and row.quantity:
                per = Fraction(row.grains) / Fraction(row.quantity)
                most = Fraction(row.quantity)
                asked.append(QuantityLine(row.id, row.name, row.sku, row.unit, most, per, Fraction(0)))
        CreditDialog(self._context, paper.id, paper.number, asked, parent=self._over).open()


def ask_twins(over: QWidget, twins: Sequence[Twin], act: Callable[[], None]) -> None:
    """Ask whether an order that looks entered twice is confirmed all the same."""
    first = twins[0]
    words = tr("{} bears the same PO number.") if first.same_po else tr("{} has the same goods for the same customer.")
    day = written.day_within(first.ordered_on, first.ordered_on)
    text = words.format(f"{first.number} ({day})")
    others = ", ".join(one.number for one in twins[1:4])
    more = tr("So do {}.").format(others) if others else ""
    detail = " ".join(part for part in (more, tr("It may have been entered twice. Nothing is confirmed yet.")) if part)
    confirm(over, text, detail, tr("Confirm all the same"), act)


def _repeat(connection: Connection, order_id: UUID) -> Known | None:
    return recurring_orders.of_order(connection, order_id)


def _twins(connection: Connection, order_id: UUID) -> list[Twin]:
    return order_twins.find(connection, order_id)


def _number(overview: OrderOverview, document_id: UUID) -> str:
    return next((one.number for one in overview.papers if one.id == document_id), "")


def _line(line: LineView, row_id: UUID, grains: int) -> QuantityLine:
    per = line.grains_per_unit or Fraction(GRAIN)
    quantity = grains / per
    return QuantityLine(row_id, line.name, line.sku, line.unit, quantity, per, quantity)
