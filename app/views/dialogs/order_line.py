"""What can be said of one line of an order: from where it leaves, where it goes, by when, how much is reserved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection, select

from app.errors import Invalid
from app.models.stock import stock_level
from app.models.supply import Way
from app.services import reservations, routing, sourcing, stock_ledger, warehouses
from app.services.overview import LineView, OrderOverview
from app.services.parties import Address
from app.services.transaction import Transaction
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.way_names import WAY_NAMES
from app.views.widgets.fields import DateField, Field


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a warehouse could send of a line: what lies free there and what is promised to it from there (grains)."""

    place: UUID
    name: str
    code: str
    most: int
    chosen: int


class SendFromDialog(FormDialog):
    """Shares a line out over warehouses; what is left leaves from the order's own."""

    def __init__(
        self, context: Context, order: OrderOverview, line: LineView, shelves: Sequence[Shelf], parent: QWidget
    ) -> None:
        tr = context.messages.tr
        title = tr("Line {}: send {} from").format(line.position, line.sku)
        about = tr("Type how much leaves from each other warehouse; the rest leaves from the order's own.")
        super().__init__(context, title, tr("Send from there"), about=about, parent=parent)
        self._order_id, self._line = order.order.id, line
        self._before = {one.place: one.chosen for one in shelves if one.chosen}
        rows = [
            QuantityLine(
                one.place,
                one.name,
                one.code,
                line.unit,
                min(line.outstanding or line.quantity, line.in_unit(one.most)),
                line.grains_per_unit,
                line.in_unit(one.chosen),
            )
            for one in shelves
        ]
        self.table = QuantityTable(self.tr("Warehouses"), self.tr("Leaves from there"), rows)
        self.body.addWidget(self.table)

    def submit(self) -> None:
        """Move what is promised to where it leaves from."""
        try:
            shares = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        order_id, line_id, before = self._order_id, self._line.id, self._before
        self.run(
            "order.send_from",
            lambda tx: routing.send_from(tx, order_id, line_id, shares),
            self.tr("The line leaves from there."),
            inverse=Inverse("order.send_from", lambda tx, _: routing.send_from(tx, order_id, line_id, before)),
        )


class SendToDialog(FormDialog):
    """Sends a line to another address than its order."""

    def __init__(self, context: Context, order: OrderOverview, line: LineView, parent: QWidget) -> None:
        tr = context.messages.tr
        title = tr("Line {}: send {} to").format(line.position, line.sku)
        super().__init__(context, title, tr("Send there"), parent=parent)
        self._order_id, self._line = order.order.id, line
        self.known = QComboBox()
        self.known.addItem(self.tr("The order's address"), None)
        for _, one in order.customer.addresses:
            self.known.addItem(", ".join(part for part in (one.label, *one.lines()[:4]) if part), one)
        self.known.addItem(self.tr("Another one, typed below"), Address(country=self._country(order)))
        self.form.add("address", self.tr("Address"), self.known)
        self.name, self.street = Field(self.tr("Name")), Field(self.tr("Street"))
        self.postal_code, self.city, self.country = (
            Field(self.tr("Postal code"), code=True),
            Field(self.tr("City")),
            Field(self.tr("Country"), code=True),
        )
        for name, label, field in self._fields():
            self.form.add(name, label, field)
        self.known.currentIndexChanged.connect(self._chosen)
        now = Address.from_json(line.ship_to) if line.ship_to else None
        places = [n for n in range(self.known.count()) if self._same(self.known.itemData(n), now)]
        self.known.setCurrentIndex(places[0] if places else self.known.count() - 1)
        if now is not None and not places:
            self._write(now)
        self._enable()

    def submit(self) -> None:
        """Plan its shipment apart."""
        address: Address | None = None
        if self.known.currentIndex():
            address = Address(
                self.name.text().strip(),
                self.street.text().strip(),
                self.postal_code.text().strip(),
                self.city.text().strip(),
                country=self.country.text().strip().upper(),
            )
            if not address.street or not address.city:
                self.form.show_error(Invalid("city", self.tr("Type at least a street and a city.")))
                return
        order_id, line_id = self._order_id, self._line.id
        before = Address.from_json(self._line.ship_to) if self._line.ship_to else None
        self.run(
            "order.send_to",
            lambda tx: routing.send_to(tx, order_id, line_id, address),
            self.tr("The line goes there."),
            inverse=Inverse("order.send_to", lambda tx, _: routing.send_to(tx, order_id, line_id, before)),
        )

    def _fields(self) -> tuple[tuple[str, str, Field], ...]:
        return (
            ("name", self.tr("Name"), self.name),
            ("street", self.tr("Street"), self.street),
            ("postal_code", self.tr("Postal code"), self.postal_code),
            ("city", self.tr("City"), self.city),
            ("country", self.tr("Country"), self.country),
        )

    def _chosen(self, _: int) -> None:
        self._write(self.known.currentData() or Address())
        self._enable()

    def _write(self, address: Address) -> None:
        for name, _, field in self._fields():
            field.setText(getattr(address, name))

    def _enable(self) -> None:
        for _, _, field in self._fields():
            field.setEnabled(self.known.currentIndex() > 0)

    @staticmethod
    def _same(one: Address | None, other: Address | None) -> bool:
        return one is None if other is None else one is not None and one.lines() == other.lines()

    @staticmethod
    def _country(order: OrderOverview) -> str:
        return Address.from_json(order.order.shipping_address).country


class AskForDialog(FormDialog):
    """Notes the day the customer wants one line."""

    def __init__(self, context: Context, order: OrderOverview, line: LineView, parent: QWidget) -> None:
        tr = context.messages.tr
        title = tr("Line {}: {} is wanted").format(line.position, line.sku)
        super().__init__(context, title, tr("Note the day"), parent=parent)
        self._order_id, self._line = order.order.id, line
        self.day = DateField(self.tr("Wanted on"), context.today)
        self.day.set_value(line.requested_on)
        self.form.add("requested_on", self.tr("Wanted on"), self.day, self.tr("Empty: the order's own day."))

    def submit(self) -> None:
        """Plan it for that day."""
        order_id, line_id, on, before = self._order_id, self._line.id, self.day.value(), self._line.requested_on
        self.run(
            "order.ask_for",
            lambda tx: routing.ask_for(tx, order_id, line_id, on),
            self.tr("The day is noted."),
            inverse=Inverse("order.ask_for", lambda tx, _: routing.ask_for(tx, order_id, line_id, before)),
        )


class ChooseWayDialog(FormDialog):
    """Says how a line is to be had; what was arranged for it and binds nobody is called off."""

    def __init__(
        self, context: Context, order: OrderOverview, line: LineView, ways: Sequence[Way], parent: QWidget
    ) -> None:
        tr = context.messages.tr
        title = tr("Line {}: {} is had").format(line.position, line.sku)
        about = tr("What was arranged for it and binds nobody is called off; what is under way comes in for others.")
        super().__init__(context, title, tr("Have it so"), about=about, parent=parent)
        self._order_id, self._line = order.order.id, line
        self.way = QComboBox()
        self.way.addItem(self.tr("By the best way"), "")
        for way in ways:
            self.way.addItem(self.tr(WAY_NAMES[way][0]), str(way))
        self.way.setCurrentIndex(max(0, self.way.findData(line.way)))
        self.form.add("way", self.tr("Way"), self.way)

    def submit(self) -> None:
        """Source the line anew."""
        order_id, line_id, way, before = self._order_id, self._line.id, str(self.way.currentData()), self._line.way
        self.run(
            "order.choose_way",
            lambda tx: sourcing.choose_way(tx, order_id, line_id, way),
            self.tr("The line is had that way."),
            inverse=Inverse("order.choose_way", lambda tx, _: sourcing.choose_way(tx, order_id, line_id, before)),
        )


class ReserveDialog(FormDialog):
    """Reserves parts of lines by hand; from then on they get no more than that by themselves."""

    def __init__(self, context: Context, order: OrderOverview, lines: Sequence[LineView], parent: QWidget) -> None:
        tr = context.messages.tr
        about = tr("Lines reserved by hand are promised, picked and shipped no more than that, until you let go of it.")
        title = tr("Reserve for {}").format(order.order.number)
        super().__init__(context, title, tr("Reserve"), about=about, parent=parent)
        self._order_id = order.order.id
        self._first = all(line.reserve_limit is None for line in order.lines)
        rows = []
        for line in lines:
            by_hand = line.in_unit(line.reserve_limit or 0)
            left = max(Fraction(0), line.quantity - line.cancelled - by_hand)
            rows.append(QuantityLine(line.id, line.name, line.sku, line.unit, left, line.grains_per_unit, Fraction(0)))
        self.table = QuantityTable(self.tr("Lines"), self.tr("Reserve"), rows)
        self.body.addWidget(self.table)

    def submit(self) -> None:
        """Reserve what was typed."""
        try:
            quantities = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        if not quantities:
            self.form.show_error(Invalid("quantity", self.tr("Type how much to reserve of at least one line.")))
            return
        order_id = self._order_id
        take_back = _all_automatic(order_id) if self._first else _cancel_parts
        self.run(
            "order.reserve",
            lambda tx: reservations.reserve(tx, order_id, quantities),
            self.tr("It is reserved."),
            inverse=Inverse("order.release", take_back),
        )


def _all_automatic(order_id: UUID) -> Any:
    return lambda tx, _: reservations.automatic(tx, order_id)


def _cancel_parts(tx: Transaction, made: Sequence[UUID]) -> None:
    for reservation_id in made:
        reservations.cancel(tx, reservation_id)


def shelves_of(connection: Connection, order: Any, line: LineView) -> list[Shelf]:
    """Read the other warehouses that have something of a line, or send something of it already."""
    free: Mapping[UUID, int] = {
        row.location_id: row.free
        for row in connection.execute(
            select(stock_level.c.location_id, stock_level.c.free).where(stock_level.c.product_id == line.product_id)
        )
    }
    chosen = {one.place: one.grains for one in line.sources if one.document_id is None}
    own = order.location_id or stock_ledger.main_location(connection)
    return [
        Shelf(one.id, one.name, one.code, free.get(one.id, 0) + chosen.get(one.id, 0), chosen.get(one.id, 0))
        for one in warehouses.all_of(connection)
        if one.id != own and one.kind == "warehouse"
    ]
