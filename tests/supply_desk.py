"""A company that buys, makes and moves: suppliers, ways of supply, bills and warehouses for tests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.base import new_id
from app.models.order import sales_order_line
from app.models.sourcing import Demand, Supply
from app.models.stock import Place, location, stock_level, stock_move
from app.models.supply import Way
from app.services import bills, calendars, orders, pegs, stock, stock_ledger, suppliers, supply_ways
from app.services.bills import Component, NewBill, Step
from app.services.calendars import NewCenter
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.suppliers import NewSupplier
from app.services.supply_ways import NewWay, PriceBreak
from tests.desk import Desk, unhurried

GRAIN = 3_600_000
MONDAY = date(2026, 11, 2)  # the day of the first commands
FRIDAY = date(2026, 11, 6)
NEXT_FRIDAY = date(2026, 11, 13)


class SupplyDesk(Desk):
    """One clerk who buys from Orbis and Lathe Works, and makes pumps of a housing and two sensors."""

    def open(self, **settings: Any) -> SupplyDesk:
        self.found(**{"delivery_steps": 1, **settings})
        self.order_of: dict[UUID, UUID] = {}
        self.main = self.read(stock_ledger.main_location)
        self.customer_id = self.customer()
        self.orbis = self.supplier("Orbis", lead_days=3)
        self.pump, self.housing, self.sensor = (self.product(sku) for sku in ("PUMP", "HOUSING", "SENSOR"))
        return self

    def supplier(self, name: str, **fields: Any) -> UUID:
        return self.do("supplier.add", lambda tx: suppliers.add(tx, NewSupplier(name, **fields)))

    def way(self, product_id: UUID, way: Way, price: str | None = None, **fields: Any) -> UUID:
        prices = (PriceBreak(Decimal(price)),) if price else ()
        if way in supply_ways.FROM_SUPPLIERS:
            fields = {"supplier_id": self.orbis, **fields}
        new = NewWay(product_id, way, **{"prices": prices, **fields})
        return self.do("supply.add", lambda tx: supply_ways.add(tx, new))

    def warehouse(self, code: str, **fields: Any) -> UUID:
        row = {"id": new_id(), "code": code, "name": f"Warehouse {code}", "owner": "HQ", "active": True, "rank": 5}
        self.do("location.add", lambda tx: tx.insert(location, {**row, **fields}))
        return row["id"]

    def center(self, code: str = "LATHE", minutes: int = 480) -> UUID:
        return self.do("center.add", lambda tx: calendars.add_center(tx, NewCenter(code, code.title(), minutes)))

    def bill(self, steps: tuple[Step, ...] = (), **fields: Any) -> UUID:
        """One pump: a housing, two sensors, and one manual's worth of sensor extra where asked for."""
        parts = fields.pop("parts", (Component(self.housing, Decimal(1)), Component(self.sensor, Decimal(2))))
        new = NewBill(self.pump, parts, steps, **fields)
        return self.do("bill.add", lambda tx: bills.add(tx, new))

    def receive(self, product_id: UUID, quantity: int, place: UUID | None = None) -> None:
        self.do(
            "stock.receive", lambda tx: stock.receive(tx, product_id, Decimal(quantity), location_id=place or self.main)
        )

    def order(self, product_id: UUID, quantity: int, **fields: Any) -> tuple[UUID, UUID]:
        """A confirmed order of one line that takes from stock alone, so that tests supply it by hand: ids of both."""
        lines = (LineInput(product_id, Decimal(quantity)),)
        order_id = self.do("order.create", lambda tx: orders.create(tx, NewOrder(self.customer_id, lines, **fields)))
        line_id = self.line(order_id).id
        self.do("line.way", lambda tx: tx.update(sales_order_line, line_id, way=str(Way.STOCK)))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        line_id = self.read(orders.lines, order_id)[0].id
        self.order_of[line_id] = order_id
        return order_id, line_id

    def line(self, order_id: UUID) -> Any:
        return self.read(orders.lines, order_id)[0]

    def peg(self, line_id: UUID, supply: Supply, supply_id: UUID, quantity: int, **fields: Any) -> UUID:
        demand = fields.pop("demand", Demand.ORDER_LINE)
        way = {Supply.PURCHASE_LINE: Way.BUY, Supply.WORK_ORDER: Way.MAKE, Supply.TRANSFER_LINE: Way.TRANSFER}[supply]
        fields = {"location_id": self.main, **fields}
        return self.do(
            "peg.make",
            lambda tx: pegs.make(tx, demand, line_id, way, supply, supply_id, quantity * GRAIN, **fields),
        )

    def level(self, product_id: UUID, place: UUID | None = None) -> tuple[int, int]:
        """Free and promised pieces of a product at a place."""
        statement = select(stock_level.c.free, stock_level.c.promised).where(
            stock_level.c.product_id == product_id, stock_level.c.location_id == (place or self.main)
        )
        row = self.read(lambda c: c.execute(statement).one_or_none())
        return (0, 0) if row is None else (row.free // GRAIN, row.promised // GRAIN)

    def moved(self, product_id: UUID, source: Place, target: Place) -> int:
        """Pieces of a product that ever went from one place to another."""
        statement = select(stock_move.c.quantity).where(
            stock_move.c.product_id == product_id, stock_move.c.source == source, stock_move.c.target == target
        )
        return sum(self.read(lambda c: c.execute(statement).scalars().all())) // GRAIN


def supply_desk(database: Any, **settings: Any) -> SupplyDesk:
    return SupplyDesk(unhurried(database)).open(**settings)
