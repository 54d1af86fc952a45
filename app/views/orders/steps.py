"""What each step of an order does in the window: at once, or after a small dialog."""

from __future__ import annotations

from collections.abc import Callable
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
from app.services import orders, picking, shipping
from app.services.overview import LineView, OrderOverview, PaperRow
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.bill import CreditDialog, PartInvoiceDialog, PostInvoiceDialog
from app.views.dialogs.give_back import FinishRepairDialog, ReceiveReturnDialog, ask_about, ask_return
from app.views.dialogs.pack import PackDialog
from app.views.dialogs.pay import PayDialog
from app.views.dialogs.pick import PickDialog
from app.views.dialogs.quantities import QuantityLine
from app.views.dialogs.ship import ShipDialog
from app.views.format import tr


class OrderSteps(QObject):
    """Takes the steps of the order on show; ``parent`` is the widget dialogs stand over."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._over = context, parent

    def take(self, overview: OrderOverview) -> None:
        """Take the order's next step."""
        steps: dict[str, Callable[[OrderOverview, UUID], None]] = {
            "order.confirm": self._confirm,
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
        self._context.run(
            self, "order.confirm", lambda tx: orders.confirm(tx, order_id), said=tr("Order {} is confirmed.")
        )

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


def _number(overview: OrderOverview, document_id: UUID) -> str:
    return next((one.number for one in overview.papers if one.id == document_id), "")


def _line(line: LineView, row_id: UUID, grains: int) -> QuantityLine:
    per = line.grains_per_unit or Fraction(GRAIN)
    quantity = grains / per
    return QuantityLine(row_id, line.name, line.sku, line.unit, quantity, per, quantity)
