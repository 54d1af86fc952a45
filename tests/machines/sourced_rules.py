"""What must hold whatever the sourced machine did: plain counts beside the books, and rules over the books' rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.order import sales_order, sales_order_line
from app.models.purchase import purchase_line, purchase_order
from app.models.shipment import package, package_line, shipment, shipment_line
from app.models.sourcing import Supply
from app.models.stock import stock_level
from app.models.transfer import transfer, transfer_line
from app.models.work import work_component, work_order
from app.services import integrity
from app.services.integrity.checking import PASSES
from tests.machines.promised import Promised
from tests.supply_desk import GRAIN, SupplyDesk

CHECKED = [
    one
    for one in PASSES
    if one.words
    in {
        "stock",
        "bins and lots",
        "order lines",
        "warehouses of order lines",
        "deliveries",
        "labels",
        "supply",
        "pegs",
        "what stock is worth",
        "the journal",
        "orders",
        "invoices",
        "payments",
    }
]


class Rules:
    """``came`` and ``sold`` are told what happened; ``hold`` compares the books with it."""

    def __init__(self, desk: SupplyDesk, goods: Sequence[UUID]) -> None:
        self.desk, self.goods = desk, goods
        self._came: dict[UUID, int] = defaultdict(int)
        self._sold: dict[UUID, int] = {}
        self._back: dict[UUID, int] = defaultdict(int)
        self._opened: dict[UUID, int] = defaultdict(int)
        self._advanced: dict[UUID, int] = defaultdict(int)
        self._promised = Promised(desk.main)

    # what happened -----------------------------------------------------------------------------

    def came(self, product_id: UUID, grains: int) -> None:
        """Goods came in from outside, were found, or (below zero) were lost."""
        self._came[product_id] += grains

    def sold(self, order_id: UUID, lines: Sequence[Any]) -> None:
        """An order was confirmed with these lines."""
        rows = self.sold_lines(order_id)
        assert len(rows) == len(lines)
        for row, line in zip(rows, lines, strict=True):
            self._sold[row.id] = int(line.quantity) * GRAIN

    def changed(self, line_id: UUID, pieces: int) -> None:
        """A line of an order was changed."""
        self._sold[line_id] = pieces * GRAIN

    def announced(self, line_id: UUID, grains: int, *, ahead: bool) -> None:
        """A customer may send goods back; ``ahead``: what replaces them leaves before they are here."""
        self._opened[line_id] += grains if ahead else 0
        self._advanced[line_id] += grains if ahead else 0

    def came_back(self, line_id: UUID, grains: int, opened: int) -> None:
        """Goods came back, or were mended; ``opened``: of these so many are to go out again, or others for them."""
        self._back[line_id] += grains
        self._opened[line_id] += opened

    def forgotten(self, line_id: UUID, grains: int, *, ahead: bool) -> None:
        """Goods that were announced are here, or not awaited any more."""
        self._opened[line_id] -= grains if ahead else 0
        self._advanced[line_id] -= grains if ahead else 0

    def sold_lines(self, order_id: UUID) -> list[Any]:
        """The lines of an order as they were sold: kits, not what is in them."""
        lines = sales_order_line.c
        found = select(sales_order_line).where(lines.order_id == order_id, lines.kit_line_id.is_(None))
        return list(self.desk.read(lambda c: c.execute(found.order_by(lines.position)).all()))

    def on_hand(self, product_id: UUID, place: UUID) -> int:
        """What lies at a place, blocked goods as well."""
        rows = self.rows(stock_level, stock_level.c.product_id == product_id, stock_level.c.location_id == place)
        return sum(row.free + row.promised + row.picked + row.blocked for row in rows)

    def rows(self, table: Any, *conditions: Any) -> list[Any]:
        return list(self.desk.read(lambda c: c.execute(select(table).where(*conditions)).all()))

    # what must hold ----------------------------------------------------------------------------

    def hold(self, pegs: Sequence[Any]) -> None:
        """Compare everything."""
        found = self.desk.read(lambda c: integrity.check(c, passes=CHECKED))
        assert not found, integrity.report(found)
        self._every_piece_is_somewhere()
        self._every_line_adds_up()
        self._no_more_is_pegged_than_comes(pegs)
        self._every_package_has_its_own_label()
        self.desk.read(lambda c: self._promised.hold(c, self.desk.now.date()))

    def hold_to_the_last(self) -> None:
        """Compare the books as a whole, the log with them."""
        found = self.desk.damages()
        assert not found, integrity.report(found)

    def _every_piece_is_somewhere(self) -> None:
        """Counted from the documents: what came, was made and sent back is on a shelf, on the road, used or gone."""
        there: dict[UUID, int] = defaultdict(int)
        for row in self.rows(stock_level):
            assert min(row.free, row.promised, row.picked, row.blocked) >= 0
            there[row.product_id] += row.free + row.promised + row.picked + row.blocked
        for row in self.rows(transfer_line):
            there[row.product_id] += row.shipped - row.received - row.lost
        for row in self.rows(work_component):
            there[row.product_id] += row.consumed
        own = select(shipment_line.c.product_id, shipment_line.c.shipped).join(
            shipment, shipment.c.id == shipment_line.c.shipment_id
        )
        for row in self.desk.read(lambda c: c.execute(own.where(shipment.c.kind != "drop_ship")).all()):
            there[row.product_id] += row.shipped
        made: dict[UUID, int] = defaultdict(int)
        for row in self.rows(work_order):
            made[row.product_id] += row.made
        for product_id in self.goods:
            assert there[product_id] == self._came[product_id] + made[product_id]

    def _every_line_adds_up(self) -> None:
        """Shipped, open and cancelled make up what was ordered; what left is what the shipments say."""
        states = {row.id: row.state for row in self.rows(sales_order)}
        gone: dict[UUID, int] = defaultdict(int)
        left = select(shipment_line.c.order_line_id, shipment_line.c.shipped)
        for row in self.desk.read(lambda c: c.execute(left).all()):
            gone[row.order_line_id] += row.shipped
        dropped: dict[UUID, int] = defaultdict(int)
        for row in self.rows(purchase_line, purchase_line.c.order_line_id.is_not(None)):
            dropped[row.order_line_id] += row.received
        for row in self.rows(sales_order_line):
            if row.id in self._sold:
                assert row.ordered == self._sold[row.id], "a line was ordered otherwise than was typed"
            left_open = row.ordered - row.cancelled - row.shipped + row.returned_open
            assert row.shipped == gone.get(row.id, row.shipped), f"{row.sku}: shipments say {gone[row.id]}: {row}"
            assert dropped[row.id] <= row.shipped
            back = (row.returned, row.returned_open, row.advanced)
            said = (self._back[row.id], self._opened[row.id], self._advanced[row.id])
            assert back == said or row.product_id not in self.goods, f"{row.sku}: {back} came back, not {said}"
            assert row.shipped >= row.returned + row.advanced, "more is back or announced than is out"
            if states[row.order_id] in {"closed", "cancelled"}:
                assert left_open <= 0
                assert row.reserved == row.picked == 0
            if left_open >= 0:
                assert row.reserved + row.picked <= left_open, "more is kept for a line than it waits for"

    def _no_more_is_pegged_than_comes(self, pegs: Sequence[Any]) -> None:
        """What is promised of a supply and not called in question comes, and not before its day."""
        comes = {}
        states = {row.id: row for row in self.rows(purchase_order)}
        for row in self.rows(purchase_line):
            ended = states[row.purchase_id].state in {"closed", "cancelled"}
            comes[row.id] = (0 if ended else row.ordered - row.cancelled - row.received, row.expected_on)
        for row in self.rows(work_order):
            ended = row.state in {"done", "cancelled"}
            comes[row.id] = (0 if ended else row.ordered - row.cancelled - row.made - row.scrapped, row.due_on)
        days = {row.id: row.expected_on for row in self.rows(transfer)}
        for row in self.rows(transfer_line):
            comes[row.id] = (row.wanted - row.cancelled - row.received - row.lost, days[row.transfer_id])
        wanted: dict[UUID, int] = defaultdict(int)
        for one in pegs:
            if one.supply == Supply.STOCK or one.quantity <= one.served:
                continue
            if not one.trouble:
                wanted[one.supply_id] += one.quantity - one.served
                day = comes[one.supply_id][1]
                assert day is None or one.ready_on is None or one.ready_on >= day, "promised before it comes"
        for supply_id, grains in wanted.items():
            assert grains <= comes[supply_id][0], "more is promised of a supply than comes"

    def _every_package_has_its_own_label(self) -> None:
        """One number for each package, and no piece in two of them."""
        codes = Counter(row.sscc for row in self.rows(package))
        assert max(codes.values(), default=1) == 1
        planned = {(row.shipment_id, row.order_line_id): row.planned for row in self.rows(shipment_line)}
        contents: dict[tuple[UUID, UUID], int] = defaultdict(int)
        joined = select(package.c.shipment_id, package_line.c.order_line_id, package_line.c.quantity)
        joined = joined.join(package, package.c.id == package_line.c.package_id)
        for row in self.desk.read(lambda c: c.execute(joined).all()):
            contents[row.shipment_id, row.order_line_id] += row.quantity
        for key, grains in contents.items():
            assert grains == planned[key]
