"""The buying, making and moving half of a busy company: supply documents of every kind and in every state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.models.base import new_id
from app.models.costing import Method
from app.models.order import sales_order_line
from app.models.sourcing import Demand, Supply
from app.models.stock import location
from app.models.supply import Way
from app.services import (
    bills,
    calendars,
    drop_shipping,
    order_book,
    orders,
    pegs,
    planning,
    production,
    purchasing,
    receiving,
    stock,
    stock_ledger,
    suppliers,
    supply_ways,
    transfers,
    valuation,
    work_orders,
)
from app.services.bills import Component, NewBill, Step
from app.services.calendars import NewCenter
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.shipping import Dispatch
from app.services.suppliers import NewSupplier
from app.services.supply_ways import NewWay, PriceBreak
from tests.desk import DAY

GRAIN = 3_600_000


class BusySupply:
    """Makes an engine of a frame and four bolts, buys gauges and has some sent to customers; names what it made."""

    def __init__(self, desk: Any) -> None:
        self.desk, self.ids = desk, desk.ids
        self.main = desk.read(stock_ledger.main_location)

    def work(self) -> None:
        self.masters()
        self.made_order()
        self.bought()
        self.dropped()
        self.moved()
        self.outsourced()

    def masters(self) -> None:
        ids, desk = self.ids, self.desk
        for name in ("engine", "frame", "bolt", "gauge"):
            ids[name] = desk.product(name.upper(), units={})
        desk.do("product.costing", lambda tx: valuation.choose_method(tx, ids["bolt"], Method.FIFO))
        for name in ("Orbis", "Lathe Works"):
            ids[name] = desk.do("supplier.add", lambda tx, n=name: suppliers.add(tx, NewSupplier(n, lead_days=3)))
        ids["center"] = desk.do("center.add", lambda tx: calendars.add_center(tx, NewCenter("LATHE", "Lathe", 480)))
        ids["calendar"] = desk.do("calendar.add", lambda tx: calendars.add_calendar(tx, "NL", "Netherlands"))
        desk.do("calendar.set", lambda tx: calendars.set_day(tx, ids["calendar"], DAY, working=False, note="Feast"))
        parts = (Component(ids["frame"], Decimal(1)), Component(ids["bolt"], Decimal(4)))
        steps = (Step("Turn", ids["center"], Decimal(10), Decimal("7.5")),)
        desk.do("bill.add", lambda tx: bills.add(tx, NewBill(ids["engine"], parts, steps)))
        for name, product, way, supplier in (
            ("make", "engine", Way.MAKE, None),
            ("outsource", "engine", Way.OUTSOURCE, "Lathe Works"),
            ("buy bolts", "bolt", Way.BUY, "Orbis"),
            ("buy gauges", "gauge", Way.BUY, "Orbis"),
            ("drop gauges", "gauge", Way.DROP_SHIP, "Orbis"),
        ):
            prices = (PriceBreak(Decimal("2.50")),) if supplier else ()
            new = NewWay(ids[product], way, supplier_id=ids[supplier] if supplier else None, prices=prices)
            ids[name] = desk.do("supply.add", lambda tx, new=new: supply_ways.add(tx, new))
        ids["branch"] = new_id()
        row = {"id": ids["branch"], "code": "SUP", "name": "Supply", "owner": "HQ", "active": True, "rank": 9}
        desk.do("location.add", lambda tx: tx.insert(location, row))

    def made_order(self) -> None:
        """Four engines for an order: one is made and one was spoilt, bolts for it are bought and came in part."""
        ids, desk = self.ids, self.desk
        ids["made order"], ids["made line"] = self.order("engine", 4)
        ids["work"] = self.plan("make", 4)
        self.peg(ids["made line"], Way.MAKE, Supply.WORK_ORDER, ids["work"], 4)
        parts = desk.read(work_orders.components, ids["work"])
        ids["frames"], ids["bolts"] = (row.id for row in parts)
        ids["bolt line"] = self.propose("buy bolts", 16)
        self.peg(ids["bolts"], Way.BUY, Supply.PURCHASE_LINE, ids["bolt line"], 16, Demand.COMPONENT)
        ids["purchase"] = self.purchase_of(ids["bolt line"])
        desk.do("purchase.send", lambda tx: purchasing.send(tx, ids["purchase"]))
        desk.do("purchase.confirm", lambda tx: purchasing.confirm(tx, ids["purchase"], expected_on=DAY))
        self.receive(ids["purchase"], {ids["bolt line"]: 9 * GRAIN})
        desk.do("stock.receive", lambda tx: stock.receive(tx, ids["frame"], Decimal(4), unit_cost=Decimal("31.99")))
        desk.do("work.release", lambda tx: work_orders.release(tx, ids["work"]))
        desk.do("work.report", lambda tx: production.report(tx, ids["work"], GRAIN, scrapped=GRAIN))
        ids["called off"] = self.plan("make", 2)
        desk.do("work.cancel", lambda tx: work_orders.cancel(tx, ids["called off"]))
        ids["waiting work"] = self.plan("make", 1)

    def bought(self) -> None:
        """Gauges: one purchase is closed, one cancelled, one a draft."""
        ids, desk = self.ids, self.desk
        for name in ("closed", "cancelled", "drafted"):
            ids[f"{name} line"] = self.propose("buy gauges", 3)
            ids[f"{name} purchase"] = purchase = self.purchase_of(ids[f"{name} line"])
            if name != "drafted":
                desk.do("purchase.send", lambda tx, p=purchase: purchasing.send(tx, p))
        self.receive(ids["closed purchase"], {ids["closed line"]: 2 * GRAIN})
        desk.do("purchase.close", lambda tx: purchasing.close(tx, ids["closed purchase"]))
        desk.do("purchase.cancel", lambda tx: purchasing.cancel(tx, ids["cancelled purchase"]))

    def dropped(self) -> None:
        """Five gauges sent to the customer by the supplier, two of them so far."""
        ids, desk = self.ids, self.desk
        order, line = self.order("gauge", 7)
        ids["drop order"] = order
        ids["drop line"] = self.propose("drop gauges", 5, order_line_id=line)
        self.peg(line, Way.DROP_SHIP, Supply.PURCHASE_LINE, ids["drop line"], 5)
        desk.do("order.settle", lambda tx: planning.settle(tx, order_book.load(tx, order)))
        ids["drop purchase"] = purchase = self.purchase_of(ids["drop line"])
        desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
        part = {ids["drop line"]: 2 * GRAIN}
        ids["dropped"] = desk.do(
            "purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, part, dispatch=Dispatch("DHL", "", "JD9"))
        )

    def moved(self) -> None:
        """Frames on their way from another place: of six, four left, two arrived and one was lost."""
        ids, desk = self.ids, self.desk
        cost = {"unit_cost": Decimal("30.01"), "location_id": ids["branch"]}
        desk.do("stock.receive", lambda tx: stock.receive(tx, ids["frame"], Decimal(6), **cost))
        places = {"from_location": ids["branch"], "to_location": self.main}
        for name, pieces in (("moved line", 6), ("unmoved line", 3)):
            ids[name] = desk.do(
                "transfer.plan",
                lambda tx, n=pieces: transfers.plan(tx, ids["frame"], n * GRAIN, needed_on=DAY, **places),
            )
            ids["transfer"] = self.transfer_of(ids["moved line"])
            if name == "moved line":
                desk.do("transfer.ship", lambda tx: transfers.ship(tx, ids["transfer"], {ids["moved line"]: 4 * GRAIN}))
        desk.do("transfer.receive", lambda tx: transfers.receive(tx, ids["transfer"], {ids["moved line"]: 2 * GRAIN}))
        desk.do("transfer.lose", lambda tx: transfers.lose(tx, ids["transfer"], {ids["moved line"]: GRAIN}))
        ids["unmoved"] = self.transfer_of(ids["unmoved line"])
        desk.do("transfer.cancel", lambda tx: transfers.cancel(tx, ids["unmoved"]))

    def outsourced(self) -> None:
        """An engine that a subcontractor makes; the components are on their way there."""
        ids, desk = self.ids, self.desk
        ids["outsourced"] = self.plan("outsource", 1)
        ids["yard"] = desk.read(suppliers.find_yard, ids["Lathe Works"])

    # shorter words ---------------------------------------------------------------------------

    def order(self, product: str, pieces: int) -> tuple[UUID, UUID]:
        """A confirmed order of one line that takes from stock alone, so that it is supplied by hand: ids of both."""
        new = NewOrder(self.ids["customer"], (LineInput(self.ids[product], Decimal(pieces)),))
        order_id = self.desk.do("order.create", lambda tx: orders.create(tx, new))
        line_id = self.desk.read(orders.lines, order_id)[0].id
        self.desk.do("line.way", lambda tx: tx.update(sales_order_line, line_id, way=str(Way.STOCK)))
        self.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id, line_id

    def plan(self, way: str, pieces: int) -> UUID:
        return self.desk.do(
            "work.plan",
            lambda tx: work_orders.plan(tx, self.ids[way], pieces * GRAIN, DAY, location_id=self.main),
        )

    def propose(self, way: str, pieces: int, **fields: Any) -> UUID:
        return self.desk.do(
            "purchase.propose",
            lambda tx: purchasing.propose(tx, self.ids[way], pieces * GRAIN, DAY, location_id=self.main, **fields),
        )

    def peg(
        self, demand_id: UUID, way: Way, supply: Supply, key: UUID, pieces: int, demand: Demand = Demand.ORDER_LINE
    ) -> None:
        self.desk.do(
            "peg.make",
            lambda tx: pegs.make(
                tx, demand, demand_id, way, supply, key, pieces * GRAIN, location_id=self.main, ready_on=DAY
            ),
        )

    def receive(self, purchase: UUID, quantities: dict[UUID, int]) -> None:
        self.desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, quantities))

    def purchase_of(self, line_id: UUID) -> UUID:
        rows = self.desk.read(lambda c: c.execute(purchasing.purchase_line.select()).all())
        return next(row.purchase_id for row in rows if row.id == line_id)

    def transfer_of(self, line_id: UUID) -> UUID:
        rows = self.desk.read(lambda c: c.execute(transfers.transfer_line.select()).all())
        return next(row.transfer_id for row in rows if row.id == line_id)
