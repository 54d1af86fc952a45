"""Purchases, work orders, transfers and drop shipments as one machine: every step, in parts, in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.errors import NotAllowed, UserError
from app.models.base import new_id
from app.models.order import sales_order_line
from app.models.purchase import purchase_line, purchase_order
from app.models.sourcing import Demand, Supply
from app.models.stock import stock_level, stock_move
from app.models.supply import Way
from app.models.transfer import transfer, transfer_line
from app.models.work import work_component, work_order
from app.services import (
    drop_shipping,
    integrity,
    order_book,
    pegs,
    planning,
    production,
    purchasing,
    receiving,
    transfers,
    work_orders,
)
from app.services.integrity.checking import PASSES
from tests.databases import Databases, opened
from tests.machines.receipts import Receipts
from tests.supply_desk import GRAIN, NEXT_FRIDAY, SupplyDesk, supply_desk

CHECKED = [one for one in PASSES if one.words in {"stock", "order lines", "deliveries", "supply", "pegs"}]
PIECES = st.integers(1, 4)
EACH = {"housing": 1, "sensor": 2}  # what one pump takes


class Supplying(RuleBasedStateMachine):
    """Pumps of a housing and two sensors, here, in a branch and at a subcontractor's; beside it plain counts."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.desk: SupplyDesk | None = None
        self.received = Receipts()
        self.last: tuple[Any, ...] = ()
        self.taken: dict[str, int] = defaultdict(int)

    @initialize()
    def begin(self) -> None:
        self.desk = desk = supply_desk(self.stack.enter_context(opened(self.databases)))
        desk.branch = desk.warehouse("ROT")
        desk.bill()
        lathe = desk.supplier("Lathe Works")
        self.bought = {desk.housing: desk.way(desk.housing, Way.BUY, "11"), desk.sensor: desk.way(desk.sensor, Way.BUY)}
        self.made = [
            desk.way(desk.pump, Way.MAKE),
            desk.way(desk.pump, Way.ASSEMBLE),
            desk.way(desk.pump, Way.OUTSOURCE, "30", supplier_id=lathe),
        ]
        self.dropped = desk.way(desk.pump, Way.DROP_SHIP, "90")
        self.lines: list[tuple[UUID, UUID]] = []
        for product_id in (desk.pump, desk.sensor, desk.pump):
            self.lines.append(desk.order(product_id, 4))
        for product_id in (desk.housing, desk.sensor):
            desk.receive(product_id, 4)
            desk.receive(product_id, 3, desk.branch)
            self.received.expect(product_id, 7 * GRAIN)
        self.first_documents()

    def first_documents(self) -> None:
        """Something of each kind is under way from the start, so that late steps are met in short runs too."""
        desk, main = self.desk, self.desk.main

        def op(tx):
            for product_id, way in sorted(self.bought.items()):
                line = purchasing.propose(tx, way, 6 * GRAIN, NEXT_FRIDAY, location_id=main)
                if product_id == desk.sensor:
                    self.tie(tx, self.lines[1][1], Way.BUY, Supply.PURCHASE_LINE, line, 3)
                places = {"from_location": desk.branch, "to_location": main}
                transfers.plan(tx, product_id, 2 * GRAIN, needed_on=NEXT_FRIDAY, **places)
            purchasing.send(tx, tx.lock(purchase_line, line, "Line").purchase_id)
            work = work_orders.plan(tx, self.made[0], 3 * GRAIN, NEXT_FRIDAY, location_id=main)
            self.tie(tx, self.lines[0][1], Way.MAKE, Supply.WORK_ORDER, work, 2)
            work_orders.release(tx, work)
            work_orders.plan(tx, self.made[2], 1 * GRAIN, NEXT_FRIDAY, location_id=main)

        desk.do("begin", op)
        self.drop(pieces=3)

    def teardown(self) -> None:
        self.stack.close()

    # steps -----------------------------------------------------------------------------------

    def attempt(self, command: str, op: Callable[[Any], Any]) -> bool:
        """Take a step; one that is refused changes nothing, and one that is repeated happened once."""
        assert self.desk is not None
        before, key = self.desk.fingerprint(), new_id()
        try:
            self.desk.do(command, op, key=key)
        except UserError:
            assert self.desk.fingerprint() == before, f"{command} was refused and changed something"
            return False
        self.taken[command] += 1
        self.last = (command, op, key)
        return True

    def one(self, data: Any, table: Any, *states: str) -> Any:
        """Draw a document in one of the states, or None."""
        statement = select(table).where(table.c.state.in_(states)).order_by(table.c.id)
        rows = self.desk.read(lambda c: c.execute(statement).all())
        return data.draw(st.sampled_from(rows)) if rows else None

    def parts(self, data: Any, rows: Any, most: Callable[[Any], int]) -> dict[UUID, int]:
        """Draw how much of each line a step is about: all, a piece, nothing, or now and then one too many."""
        found = {}
        for row in rows:
            there = max(0, most(row)) // GRAIN
            pieces = data.draw(st.sampled_from([there, there, there, min(1, there), 0, there + 1]))
            found[row.id] = pieces * GRAIN
        return found

    @rule(data=st.data(), pieces=PIECES, pegged=st.booleans())
    def buy(self, data, pieces, pegged) -> None:
        product_id = data.draw(st.sampled_from(sorted(self.bought)))

        def op(tx):
            line = purchasing.propose(
                tx, self.bought[product_id], pieces * GRAIN, NEXT_FRIDAY, location_id=self.desk.main
            )
            if pegged and product_id == self.desk.sensor:
                self.tie(tx, self.lines[1][1], Way.BUY, Supply.PURCHASE_LINE, line, pieces)

        self.attempt("buy", op)

    def tie(self, tx: Any, line_id: UUID, way: Way, supply: Supply, key: UUID, pieces: int) -> None:
        """Peg as much to an order line as it still lacks."""
        row = tx.lock(sales_order_line, line_id, "Line")
        pegged = sum(one.quantity for one in pegs.of_demand(tx.connection, line_id))
        covered = max(pegged, row.shipped + row.reserved + row.picked)
        part = min(pieces * GRAIN, row.ordered - row.cancelled - covered)
        if part > 0:
            pegs.make(tx, Demand.ORDER_LINE, line_id, way, supply, key, part, location_id=self.desk.main)
            planning.settle(tx, order_book.load(tx, row.order_id))

    @rule(data=st.data())
    def change_purchase(self, data) -> None:
        head = self.one(data, purchase_order, "draft", "sent", "confirmed", "closed", "cancelled")
        if head:
            steps = {
                "draft": ["send", "send", "send", "confirm", "cancel"],
                "sent": ["confirm", "close", "cancel"],
                "confirmed": ["confirm", "close", "cancel"],
            }
            step = data.draw(st.sampled_from(steps.get(head.state, ["reopen"])))
            self.attempt(f"purchase {step}", lambda tx: getattr(purchasing, step)(tx, head.id) and None)

    @rule(data=st.data())
    def receive(self, data) -> None:
        head = self.one(data, purchase_order, "sent", "confirmed")
        if head is None:
            return
        rows = self.desk.read(purchasing.lines, head.id)
        quantities = self.parts(data, rows, lambda row: row.ordered - row.cancelled - row.received)
        if head.order_id:
            self.attempt("drop ship", lambda tx: drop_shipping.ship(tx, head.id, quantities))
        elif self.attempt("receive", lambda tx: receiving.receive(tx, head.id, quantities)):
            for row in rows:
                if not row.work_order_id:
                    self.received.expect(row.product_id, quantities[row.id])

    @rule(data=st.data(), pieces=PIECES)
    def lower(self, data, pieces) -> None:
        rows = self.desk.read(lambda c: c.execute(select(purchase_line).order_by(purchase_line.c.id)).all())
        if rows:
            row = data.draw(st.sampled_from(rows))
            if not row.work_order_id:
                self.attempt("lower", lambda tx: purchasing.lower(tx, row.id, pieces * GRAIN))

    @rule(pieces=PIECES)
    def drop(self, pieces) -> None:
        _, line = self.lines[2]

        def op(tx):
            head = tx.lock(sales_order_line, line, "Line")
            if pegs.of_demand(tx.connection, line) or head.shipped or head.reserved:
                raise NotAllowed("it is supplied already")
            found = purchasing.propose(
                tx, self.dropped, pieces * GRAIN, NEXT_FRIDAY, location_id=self.desk.main, order_line_id=line
            )
            self.tie(tx, line, Way.DROP_SHIP, Supply.PURCHASE_LINE, found, pieces)

        self.attempt("drop", op)

    @rule(data=st.data(), pieces=PIECES, pegged=st.booleans())
    def plan_work(self, data, pieces, pegged) -> None:
        way = data.draw(st.sampled_from(self.made))

        def op(tx):
            found = work_orders.plan(tx, way, pieces * GRAIN, NEXT_FRIDAY, location_id=self.desk.main)
            if pegged:
                self.tie(tx, self.lines[0][1], Way.MAKE, Supply.WORK_ORDER, found, pieces)

        self.attempt("plan work", op)

    @rule(data=st.data())
    def change_work(self, data) -> None:
        head = self.one(data, work_order, "planned", "released", "done", "cancelled")
        if head:
            steps = {
                "planned": ["release", "release", "release", "cancel"],
                "released": ["take_back", "finish", "cancel"],
            }
            step = data.draw(st.sampled_from(steps.get(head.state, ["reopen"])))
            self.attempt(f"work {step}", lambda tx: getattr(work_orders, step)(tx, head.id))

    @rule(data=st.data(), made=st.sampled_from([1, 1, 1, 2, 3]), scrapped=st.sampled_from([0, 0, 1]))
    def report(self, data, made, scrapped) -> None:
        head = self.one(data, work_order, "released")
        if head:
            done, spoilt = made * GRAIN, scrapped * GRAIN
            self.attempt("report", lambda tx: production.report(tx, head.id, done, scrapped=spoilt))

    @rule(data=st.data(), pieces=PIECES, back=st.booleans())
    def plan_transfer(self, data, pieces, back) -> None:
        product_id = data.draw(st.sampled_from(sorted(self.bought)))
        places = [self.desk.main, self.desk.branch] if back else [self.desk.branch, self.desk.main]
        self.attempt(
            "plan transfer",
            lambda tx: transfers.plan(
                tx, product_id, pieces * GRAIN, from_location=places[0], to_location=places[1], needed_on=NEXT_FRIDAY
            ),
        )

    @rule(data=st.data(), step=st.sampled_from(["ship", "ship", "receive", "receive", "lose", "cancel"]))
    def change_transfer(self, data, step) -> None:
        head = self.one(data, transfer, "planned", "shipped")
        if head is None:
            return
        rows = self.desk.read(transfers.lines, head.id)
        if step == "cancel":
            self.attempt("transfer cancel", lambda tx: transfers.cancel(tx, head.id))
            return
        there = (lambda r: r.reserved) if step == "ship" else (lambda r: r.shipped - r.received - r.lost)
        quantities = self.parts(data, rows, there)
        if self.attempt(f"transfer {step}", lambda tx: getattr(transfers, step)(tx, head.id, quantities)):
            for row in rows if step == "lose" else ():
                self.received.expect(row.product_id, -quantities[row.id])

    @rule(data=st.data(), step=st.sampled_from(["purchase", "work", "transfer"]))
    def go_on(self, data, step) -> None:
        """Take the next step forward with a document, so that what comes late is met."""
        if step == "purchase":
            if head := self.one(data, purchase_order, "draft"):
                self.attempt("purchase send", lambda tx: purchasing.send(tx, head.id))
            self.receive(data=data)
        elif step == "work":
            if head := self.one(data, work_order, "planned"):
                self.attempt("work release", lambda tx: work_orders.release(tx, head.id))
            self.report(data=data, made=1, scrapped=data.draw(st.sampled_from([0, 1])))
        else:
            for move in data.draw(st.sampled_from([("ship", "receive"), ("ship", "lose", "receive")])):
                self.change_transfer(data=data, step=move)

    @rule(data=st.data(), times=st.integers(2, 4))
    def go_further(self, data, times) -> None:
        for _ in range(times):
            self.go_on(data=data, step=data.draw(st.sampled_from(["purchase", "work", "transfer"])))

    @rule()
    def repeat(self) -> None:
        """A command that is sent again happened once."""
        if self.last:
            command, op, key = self.last
            before = self.desk.fingerprint()
            self.desk.do(command, op, key=key)
            assert self.desk.fingerprint() == before, f"{command} happened twice"

    # what must always hold -------------------------------------------------------------------

    @invariant()
    def every_rule_of_supply_holds(self) -> None:
        if self.desk is not None:
            found = self.desk.database.read(lambda c: integrity.check(c, passes=CHECKED))
            assert not found, integrity.report(found)

    @invariant()
    def no_more_is_promised_than_is_there(self) -> None:
        if self.desk is not None:
            for row in self.desk.read(lambda c: c.execute(select(stock_level)).all()):
                assert row.free >= 0
                assert row.promised >= 0

    @invariant()
    def components_are_consumed_as_the_bill_says(self) -> None:
        if self.desk is None:
            return
        works = {
            row.id: row
            for row in self.desk.read(lambda c: c.execute(select(work_order).order_by(work_order.c.id)).all())
        }
        for row in self.desk.read(lambda c: c.execute(select(work_component).order_by(work_component.c.id)).all()):
            head = works[row.work_order_id]
            assert row.consumed == EACH[row.sku.lower()] * (head.made + head.scrapped), f"{head.number} {row.sku}"

    @invariant()
    def pieces_are_where_the_plain_counts_say(self) -> None:
        """What came in and was not lost or consumed is on hand or under way; what left one place arrives once."""
        if self.desk is None:
            return
        there: dict[UUID, int] = defaultdict(int)
        for row in self.desk.read(lambda c: c.execute(select(stock_level)).all()):
            there[row.product_id] += row.free + row.promised + row.picked
        for row in self.desk.read(lambda c: c.execute(select(transfer_line)).all()):
            there[row.product_id] += row.shipped - row.received - row.lost
        for row in self.desk.read(lambda c: c.execute(select(work_component).order_by(work_component.c.id)).all()):
            there[row.product_id] += row.consumed
        for product_id in self.bought:
            assert there[product_id] == self.received.of(product_id)
        made = sum(
            row.made for row in self.desk.read(lambda c: c.execute(select(work_order).order_by(work_order.c.id)).all())
        )
        assert there[self.desk.pump] == made

    @invariant()
    def what_suppliers_shipped_is_what_customers_got(self) -> None:
        if self.desk is None:
            return
        moved = select(stock_move.c.quantity).where(
            stock_move.c.source == "supplier", stock_move.c.target == "customer"
        )
        sent = sum(self.desk.read(lambda c: c.execute(moved).scalars().all()))
        bought = select(purchase_line.c.received).where(purchase_line.c.order_line_id.is_not(None))
        assert sent == sum(self.desk.read(lambda c: c.execute(bought).scalars().all()))
        assert sent == sum(self.desk.line(order).shipped for order, _ in self.lines)


def drive(databases: Databases, *, examples: int, steps: int, **more: Any) -> None:
    """Run the machine on fresh databases of one kind.

    Raises whatever the machine found, shrunk to few steps.
    """
    machine = type("Machine", (Supplying,), {"databases": databases})
    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None, **more)
    run_state_machine_as_test(machine, settings=chosen)
