"""What can be done with the highlighted line of the order on show."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.models.supply import Way
from app.services import reservations, sourcing, supply_ways
from app.services.overview import LineView, OrderOverview
from app.views.context import Context
from app.views.dialogs import order_line
from app.views.dialogs.order_line import (
    AskForDialog,
    ChooseWayDialog,
    ReserveDialog,
    SendFromDialog,
    SendToDialog,
    Shelf,
)
from app.views.format import tr


class LineSteps(QObject):
    """Takes them; ``parent`` is the widget dialogs stand over."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._over = context, parent

    def send_from(self, overview: OrderOverview, line: LineView) -> None:
        """Ask which warehouses it leaves from."""
        read = partial(_shelves, overview=overview, line=line)
        self._context.tasks.read(self, read, partial(self._ask_shelves, overview, line))

    def _ask_shelves(self, overview: OrderOverview, line: LineView, shelves: list[Shelf]) -> None:
        if shelves:
            SendFromDialog(self._context, overview, line, shelves, parent=self._over).open()
        else:
            self._context.messages.say(tr("There is only one warehouse; add others under Inventory."))

    def send_to(self, overview: OrderOverview, line: LineView) -> None:
        """Ask where it goes."""
        SendToDialog(self._context, overview, line, parent=self._over).open()

    def ask_for(self, overview: OrderOverview, line: LineView) -> None:
        """Ask when it is wanted."""
        AskForDialog(self._context, overview, line, parent=self._over).open()

    def choose_way(self, overview: OrderOverview, line: LineView) -> None:
        """Ask how it is to be had."""
        if line.product_id is not None:
            read = partial(_ways, product_id=line.product_id)
            self._context.tasks.read(self, read, partial(self._ask_way, overview, line))

    def _ask_way(self, overview: OrderOverview, line: LineView, ways: list[Way]) -> None:
        ChooseWayDialog(self._context, overview, line, ways, parent=self._over).open()

    def reserve(self, overview: OrderOverview, _line: LineView) -> None:
        """Ask how much is reserved by hand."""
        goods = [line for line in overview.lines if line.goods and line.outstanding]
        if goods:
            ReserveDialog(self._context, overview, goods, parent=self._over).open()
        else:
            self._context.messages.say(tr("Nothing of this order is to ship any more."))

    def release_part(self, _line: LineView, reservation_id: UUID) -> None:
        """Take a reservation by hand back."""
        self._context.run(
            self,
            "order.release",
            lambda tx: reservations.cancel(tx, reservation_id),
            said=tr("The reservation is taken back; others that wait are served."),
        )

    def let_go(self, overview: OrderOverview) -> None:
        """Let the order be promised all that is free again."""
        order_id = overview.order.id
        self._context.run(
            self,
            "order.reserve_all",
            lambda tx: reservations.automatic(tx, order_id),
            said=tr("The order is promised all that is free again."),
        )

    def source_again(self, overview: OrderOverview, line: LineView) -> None:
        """Give up sources in trouble and look for others."""
        order_id, line_id = overview.order.id, line.id
        self._context.run(
            self,
            "order.source_anew",
            lambda tx: sourcing.source_anew(tx, order_id, line_id),
            said=tr("Other sources are found."),
        )


def _ways(connection: Connection, product_id: UUID) -> list[Way]:
    return [Way.STOCK, *dict.fromkeys(one.way for one in supply_ways.of_product(connection, product_id) if one.active)]


def _shelves(connection: Connection, overview: OrderOverview, line: LineView) -> list[Shelf]:
    return order_line.shelves_of(connection, overview.order, line)
