"""A company with a warehouse of bins, for tests of what is done there."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.shipment import pick, pick_line, pick_take, shipment
from app.models.stock import lot, stock_level, storage_bin
from app.services import allocation, orders, picking, shelves, shipping, stock, stock_ledger, warehouses
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.placing import Put
from app.services.warehouses import NewBin
from tests.desk import START, Desk

ONE = 3_600_000
SOON, LATER = START.date() + timedelta(days=30), START.date() + timedelta(days=90)


class Store(Desk):
    """A company with a warehouse of bins, and shorter words for what is done there."""

    def open(self) -> Store:
        self.found(delivery_steps=2)
        self.main: UUID = self.read(stock_ledger.main_location)
        codes = [NewBin(f"A-{n}", "A", 1, n) for n in range(1, 6)] + [NewBin("B-1", "B", 2, 1, kind="bulk")]
        self.bins = dict(
            zip(
                [one.code for one in codes],
                self.do("bin.add", lambda tx: warehouses.add_bins(tx, self.main, codes)),
                strict=True,
            )
        )
        self.buyer = self.customer()
        return self

    def put(self, product: UUID, quantity: int, bin_: str = "", lot_: str = "", last: date | None = None) -> None:
        put = Put(Decimal(quantity), self.bins.get(bin_), lot_, last)
        puts = [put] if bin_ or lot_ else []
        self.do("stock.receive", lambda tx: stock.receive(tx, product, Decimal(quantity), puts=puts))

    def order(self, product: UUID, quantity: int) -> UUID:
        new = NewOrder(self.buyer, (LineInput(product, Decimal(quantity)),))
        order = self.do("order.create", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order))
        return order

    def one(self, table: Any, order: UUID, state: str) -> UUID:
        statement = select(table.c.id).where(table.c.order_id == order, table.c.state == state)
        return self.read(lambda c: c.execute(statement).scalar_one())

    def release(self, order: UUID) -> UUID:
        pick_id = self.one(pick, order, "open")
        self.do("pick.release", lambda tx: allocation.release(tx, pick_id))
        return pick_id

    def takes(self, pick_id: UUID) -> list[tuple[str, str, int]]:
        """Bin, lot and pieces of each take of a list, in walking order."""

        statement = (
            select(storage_bin.c.code, lot.c.code, pick_take.c.wanted)
            .select_from(
                pick_take.join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
                .outerjoin(storage_bin, storage_bin.c.id == pick_take.c.bin_id)
                .outerjoin(lot, lot.c.id == pick_take.c.lot_id)
            )
            .where(pick_line.c.pick_id == pick_id, pick_take.c.wanted > 0)
            .order_by(pick_take.c.position)
        )
        rows = self.read(lambda c: c.execute(statement).all())
        return [(row[0] or "", row[1] or "", row[2] // ONE) for row in rows]

    def pick_all(self, order: UUID) -> None:
        pick_id = self.one(pick, order, "open")
        self.do("pick.complete", lambda tx: picking.complete(tx, pick_id))

    def ship(self, order: UUID) -> UUID:
        planned = self.one(shipment, order, "planned")
        self.do("shipment.pack", lambda tx: shipping.pack(tx, planned))
        self.do("shipment.ship", lambda tx: shipping.ship(tx, planned))
        return planned

    def lying(self, product: UUID) -> dict[tuple[str, str], tuple[int, int]]:
        """Pieces and pieces asked for, by bin and lot."""
        rows = self.read(shelves.of_product, product)
        return {(row.bin, row.lot): (row.quantity // ONE, row.allocated // ONE) for row in rows}

    def level(self, product: UUID) -> tuple[int, ...]:
        """Free, promised, picked, blocked, shelved, asked."""
        row = self.read(lambda c: c.execute(select(stock_level).where(stock_level.c.product_id == product)).one())
        return tuple(n // ONE for n in (row.free, row.promised, row.picked, row.blocked, row.shelved, row.asked))

    def lot(self, code: str) -> UUID:
        return self.read(lambda c: c.execute(select(lot.c.id).where(lot.c.code == code)).scalar_one())
