"""Orders that are sourced, for whole lives: bought, made, moved and drop-shipped for them, picked, shipped, sent back.

Two clerks at two warehouses take every step in any order, in parts, now and then one that is forbidden, an old one
again, or one from what they read before the other changed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.errors import UserError
from app.models.base import new_id
from app.models.invoice import invoice
from app.models.order import sales_order, sales_order_line
from app.models.purchase import purchase_order
from app.models.rebalancing import Strategy
from app.models.shipment import pick, pick_line, shipment
from app.models.sourcing import peg
from app.models.supply import Way
from app.models.transfer import transfer
from app.models.work import work_order
from app.services import (
    allocation,
    billing,
    bills,
    calling_back,
    drop_shipping,
    order_lines,
    orders,
    picking,
    production,
    promising,
    purchasing,
    rebalancing,
    receiving,
    reservations,
    shipping,
    sourcing,
    stock,
    transfers,
    warehouses,
    work_orders,
)
from app.services.bills import Component, NewBill
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.packaging import NewPackage
from app.services.placing import Put
from app.services.rebalancing import Rules
from app.services.warehouses import NewBin
from tests.databases import Databases, opened
from tests.desk import DAY
from tests.machines.returning import EVERY, FATES, FOUND, KINDS, Returning
from tests.machines.sourced_rules import Rules as Kept
from tests.supply_desk import GRAIN, SupplyDesk, supply_desk

PIECES = st.sampled_from([1, 2, 3, 5, 8])
SHARES = st.sampled_from([1, 1, 1, 2])
"""A step is about all there is, or half of it."""


class Sourced(Returning):
    """Pumps are made of a housing and two sensors, sets hold a pump and a sensor, filters come from the supplier."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.desk: SupplyDesk | None = None
        self.last: tuple[Any, ...] = ()
        self.read_before: tuple[Any, ...] = ()
        self.taken: dict[str, int] = defaultdict(int)

    @initialize(
        steps=st.sampled_from([2, 1]),
        lots=st.booleans(),
        costing=st.sampled_from(["average", "fifo"]),
        first=st.integers(0, len(EVERY) - 1),
        found=FOUND,
        end=st.sampled_from(["receive", "wait no more", "cancel"]),
    )
    def begin(self, steps: int, lots: bool, costing: str, first: int, found: str, end: str) -> None:
        database = self.stack.enter_context(opened(self.databases))
        self.desk = desk = supply_desk(database, delivery_steps=steps, costing=costing)
        desk.branch = desk.warehouse("ROT", country="NL", postal_code="3011")
        self.lots = lots
        self.spring = desk.product("SPRING", **({"tracking": "lot"} if lots else {}))
        self.filter = desk.product("FILTER", over_delivery=Decimal("0.25"), under_delivery=Decimal("0.2"))
        self.set = desk.product("SET", "90", kind="kit", units={})
        desk.bill()
        parts = (Component(desk.pump, Decimal(1)), Component(desk.sensor, Decimal(1)))
        desk.do("bill.add", lambda tx: bills.add(tx, NewBill(self.set, parts)))
        lathe = desk.supplier("Lathe Works")
        for product_id in (desk.housing, desk.sensor, self.spring):
            desk.way(product_id, Way.BUY, "11")
        desk.way(desk.pump, Way.MAKE)
        desk.way(desk.pump, Way.OUTSOURCE, "30", supplier_id=lathe)
        desk.way(self.filter, Way.DROP_SHIP, "9", stock_first=False)
        self.goods = [desk.pump, desk.housing, desk.sensor, self.spring, self.filter]
        self.sold = [*self.goods[:1], *self.goods[2:], self.set]
        self.bins = desk.do("bins", lambda tx: warehouses.add_bins(tx, desk.main, [NewBin("A-1"), NewBin("A-2")]))
        self.kept = Kept(desk, self.goods)
        self.deliver_and_take_back(first, found, end)
        self.receive_goods(desk.sensor, 3, desk.main)
        self.receive_goods(desk.pump, 2, desk.main)
        self.receive_goods(desk.sensor, 4, desk.branch)
        self.receive_goods(desk.housing, 2, desk.main)
        self.receive_goods(self.spring, 5, desk.main)
        for product_id, pieces in ((desk.pump, 3), (self.set, 2), (self.filter, 5), (self.spring, 8)):
            self.write_order(product_id, pieces, "", "")
        self.first_steps()

    def deliver_and_take_back(self, first: int, found: str, end: str) -> None:
        """An old order is delivered and billed, and a part of it is back."""
        self.receive_goods(self.desk.sensor, 8, self.desk.main)
        self.write_order(self.desk.sensor, 5, "", "")
        (sent,) = self.picked(packed=True)
        self.attempt("ship", partial(shipping.ship, shipment_id=sent.id))
        for draft in self.all(invoice, invoice.c.state == "draft"):
            self.attempt("post", lambda tx, key=draft.id: billing.post(tx, key, DAY) and None)
        (line,) = self.all(sales_order_line)
        self.homecoming(line, first, found, end)

    def first_steps(self) -> None:
        """Something of each kind is under way from the start."""
        for head in self.all(purchase_order):
            self.attempt("purchase send", partial(purchasing.send, purchase_id=head.id))
        head = self.all(purchase_order, purchase_order.c.order_id.is_(None))[0]
        rows = self.desk.read(purchasing.lines, head.id)
        chosen = self.parts(rows, lambda row: row.ordered, 2)
        puts = {r.id: self.put(r.product_id, chosen[r.id] // GRAIN, head.location_id) for r in rows if r.id in chosen}
        if self.attempt("receive", partial(receiving.receive, purchase_id=head.id, quantities=chosen, puts=puts)):
            for row in rows:
                self.kept.came(row.product_id, chosen.get(row.id, 0))
        for work in self.all(work_order):
            self.attempt("work release", partial(work_orders.release, work_order_id=work.id))
        for moved in self.all(transfer):
            self.attempt("transfer ship", partial(transfers.ship, transfer_id=moved.id))
        for sent in self.picked(packed=True)[:1]:
            self.attempt("ship", partial(shipping.ship, shipment_id=sent.id))

    def teardown(self) -> None:
        try:
            if self.desk is not None:
                self.kept.hold_to_the_last()
        finally:
            self.stack.close()

    # how steps are taken -----------------------------------------------------------------------

    def attempt(self, command: str, op: Callable[[Any], Any]) -> bool:
        """Take a step; one that is refused changes nothing."""
        before, key = self.desk.fingerprint(), new_id()
        try:
            self.desk.do(command, op, key=key)
        except UserError:
            assert self.desk.fingerprint() == before, f"{command} was refused and changed something"
            return False
        self.taken[command] += 1
        self.last = (command, op, key)
        return True

    def all(self, table: Any, *conditions: Any) -> Sequence[Any]:
        return self.desk.read(lambda c: c.execute(select(table).where(*conditions).order_by(table.c.id)).all())

    def one(self, data: Any, table: Any, *states: str) -> Any:
        """Draw a document in one of the states, or None."""
        rows = self.all(table, table.c.state.in_(states))
        return data.draw(st.sampled_from(rows)) if rows else None

    def parts(self, rows: Sequence[Any], most: Callable[[Any], int], share: int) -> dict[UUID, int]:
        """All, or half, of what each row may be about: whole pieces."""
        found = {row.id: max(0, most(row)) // GRAIN for row in rows}
        return {key: -(-pieces // share) * GRAIN for key, pieces in found.items() if pieces}

    def put(self, product_id: UUID, pieces: int, place: UUID) -> list[Put]:
        """Goods with lots come in with one; some are put into a bin."""
        lot = f"L{self.taken['lot'] % 3}" if self.lots and product_id == self.spring else ""
        self.taken["lot"] += 1
        bin_id = self.bins[pieces % 2] if place == self.desk.main and (lot or pieces % 3) else None
        return [Put(Decimal(pieces), bin_id, lot)] if lot or bin_id else []

    # orders ------------------------------------------------------------------------------------

    def write_order(self, product_id: UUID, pieces: int, policy: str, rule_: str) -> None:
        lines = [LineInput(product_id, Decimal(pieces))]
        if pieces % 3 == 0:
            lines.append(LineInput(self.desk.sensor, Decimal(2)))
        fields = {"ship_policy": policy or "available", "sourcing_rule": rule_}
        new = NewOrder(self.desk.customer_id, tuple(lines), **fields)

        def op(tx: Any) -> None:
            orders.confirm(tx, orders.create(tx, new))

        if self.attempt("order", op):
            self.kept.sold(self.all(sales_order)[-1].id, lines)

    @rule(
        data=st.data(),
        pieces=PIECES,
        policy=st.sampled_from(["", "", "complete", "line"]),
        rule_=st.sampled_from(["", "", "nearest", "fewest"]),
    )
    def order(self, data, pieces, policy, rule_) -> None:
        self.write_order(data.draw(st.sampled_from(self.sold)), pieces, policy, rule_)

    @rule(data=st.data(), pieces=PIECES)
    def change_order(self, data, pieces) -> None:
        head = self.one(data, sales_order, "confirmed", "closed")
        if head is None:
            return
        line = data.draw(st.sampled_from(self.kept.sold_lines(head.id)))
        change = partial(orders.change_line, order_id=head.id, line_id=line.id, quantity=Decimal(pieces))
        if self.attempt("order change", change):
            self.kept.changed(line.id, pieces)

    @rule(data=st.data(), step=st.sampled_from(["cancel", "close", "reserve", "close"]))
    def end_order(self, data, step) -> None:
        head = self.one(data, sales_order, "confirmed")
        if head:
            self.attempt(f"order {step}", partial(getattr(orders, step), order_id=head.id))

    @rule(data=st.data(), way=st.sampled_from(["", "stock", "drop_ship", "make", "buy"]), anew=st.booleans())
    def choose(self, data, way, anew) -> None:
        head = self.one(data, sales_order, "confirmed")
        if head is None:
            return
        line = data.draw(st.sampled_from(self.all(sales_order_line, sales_order_line.c.order_id == head.id)))
        if anew:
            self.attempt("source anew", partial(sourcing.source_anew, order_id=head.id, line_id=line.id))
        else:
            self.attempt("choose way", partial(sourcing.choose_way, order_id=head.id, line_id=line.id, way=way))

    @rule(data=st.data(), pieces=PIECES, free=st.booleans())
    def reserve_by_hand(self, data, pieces, free) -> None:
        head = self.one(data, sales_order, "confirmed")
        if head is None:
            return
        line = data.draw(st.sampled_from(self.all(sales_order_line, sales_order_line.c.order_id == head.id)))
        if free:
            self.attempt("automatic", partial(reservations.automatic, order_id=head.id))
        else:
            wanted = {line.id: pieces * GRAIN}
            self.attempt("reserve", partial(reservations.reserve, order_id=head.id, quantities=wanted))

    @rule(win=st.sampled_from(list(Strategy)))
    def rebalance(self, win) -> None:
        rules, on = Rules(otherwise=win), self.desk.now.date()
        shown = self.desk.read(lambda c: rebalancing.preview(c, rules, on=on))
        self.attempt("rebalance", partial(rebalancing.apply, rules=rules, mark=shown.mark))

    @rule(data=st.data())
    def look_at_an_order(self, data) -> None:
        """A clerk opens an order and goes for coffee."""
        head = self.one(data, sales_order, "confirmed")
        if head:
            rows = self.desk.read(orders.lines, head.id)
            self.read_before = (head.id, head.revision, [order_lines.as_input(row) for row in rows])

    @rule()
    def save_what_was_read_before(self) -> None:
        """Back from coffee the order is saved as it was seen: refused if anybody changed it meanwhile."""
        if not self.read_before:
            return
        order_id, revision, lines = self.read_before
        (now,) = self.all(sales_order, sales_order.c.id == order_id)
        saved = self.attempt("save", lambda tx: orders.set_lines(tx, order_id, revision, lines))
        assert not (saved and now.revision != revision), "an order was written over"
        if saved:
            for line in lines:
                self.kept.changed(line.id, int(line.quantity))
        self.read_before = ()

    # supply ------------------------------------------------------------------------------------

    @rule(data=st.data(), step=st.sampled_from(["send", "send", "confirm", "cancel", "close", "reopen"]))
    def purchase(self, data, step) -> None:
        states = {"send": ["draft"], "reopen": ["closed", "cancelled"]}
        head = self.one(data, purchase_order, *states.get(step, ["sent", "confirmed"]))
        if head:
            self.attempt(f"purchase {step}", lambda tx: getattr(purchasing, step)(tx, head.id) and None)

    @rule(data=st.data(), share=SHARES, more=st.sampled_from([0, 0, 0, 1]))
    def receive_purchase(self, data, share, more) -> None:
        head = self.one(data, purchase_order, "sent", "confirmed")
        if head is None:
            return
        rows = self.desk.read(purchasing.lines, head.id)
        chosen = self.parts(rows, lambda row: row.ordered - row.cancelled - row.received, share)
        if head.order_id:
            sent = {key: grains + more * GRAIN for key, grains in chosen.items()}
            ship = partial(drop_shipping.ship, purchase_id=head.id, quantities=sent, beyond=bool(more))
            self.attempt("drop ship", ship)
            return
        puts = {r.id: self.put(r.product_id, chosen[r.id] // GRAIN, head.location_id) for r in rows if r.id in chosen}
        receive = partial(receiving.receive, purchase_id=head.id, quantities=chosen, puts=puts)
        if self.attempt("receive", receive):
            for row in rows:
                if not row.work_order_id:
                    self.kept.came(row.product_id, chosen.get(row.id, 0))

    @rule(data=st.data(), step=st.sampled_from(["release", "release", "release", "cancel", "take_back", "finish"]))
    def work(self, data, step) -> None:
        head = self.one(data, work_order, *({"release": ["planned"]}.get(step, ["planned", "released"])))
        if head:
            self.attempt(f"work {step}", partial(getattr(work_orders, step), work_order_id=head.id))

    @rule(data=st.data(), share=SHARES, scrapped=st.sampled_from([0, 0, 1]))
    def report(self, data, share, scrapped) -> None:
        head = self.one(data, work_order, "released")
        if head:
            left = (head.ordered - head.cancelled - head.made - head.scrapped) // GRAIN
            made = max(0, -(-left // share) - scrapped) * GRAIN
            report = partial(production.report, work_order_id=head.id, made=made, scrapped=scrapped * GRAIN)
            self.attempt("report", report)

    @rule(data=st.data(), step=st.sampled_from(["ship", "ship", "receive", "receive", "lose", "cancel"]), share=SHARES)
    def transfer(self, data, step, share) -> None:
        head = self.one(data, transfer, "planned", "shipped")
        if head is None:
            return
        if step == "cancel":
            self.attempt("transfer cancel", partial(transfers.cancel, transfer_id=head.id))
            return
        there = (lambda r: r.reserved) if step == "ship" else (lambda r: r.shipped - r.received - r.lost)
        rows = self.desk.read(transfers.lines, head.id)
        chosen = self.parts(rows, there, share)
        move = partial(getattr(transfers, step), transfer_id=head.id, quantities=chosen)
        if self.attempt(f"transfer {step}", move):
            for row in rows if step == "lose" else ():
                self.kept.came(row.product_id, -chosen.get(row.id, 0))

    @rule(data=st.data(), pieces=PIECES, there=st.booleans())
    def receive(self, data, pieces, there) -> None:
        place = self.desk.branch if there else self.desk.main
        self.receive_goods(data.draw(st.sampled_from(self.goods)), pieces, place)

    def receive_goods(self, product_id: UUID, pieces: int, place: UUID) -> None:
        puts = self.put(product_id, pieces, place)
        quantity = Decimal(pieces)
        receive = partial(stock.receive, product_id=product_id, quantity=quantity, location_id=place, puts=puts)
        if self.attempt("stock receive", receive):
            self.kept.came(product_id, pieces * GRAIN)

    @rule(data=st.data(), pieces=st.sampled_from([0, 1, 3, 9]), there=st.booleans())
    def count(self, data, pieces, there) -> None:
        product_id, place = data.draw(st.sampled_from(self.goods)), self.desk.branch if there else self.desk.main
        before = self.kept.on_hand(product_id, place)
        count = partial(stock.count, product_id=product_id, counted=Decimal(pieces), location_id=place)
        if self.attempt("count", count):
            self.kept.came(product_id, pieces * GRAIN - before)

    # out of the door ---------------------------------------------------------------------------

    @rule(data=st.data(), share=SHARES, bins=st.booleans(), cancel_rest=st.sampled_from([False, False, True]))
    def pick(self, data, share, bins, cancel_rest) -> None:
        head = self.one(data, pick, "open")
        if head is None:
            return
        if bins:
            self.attempt("pick release", partial(allocation.release, pick_id=head.id))
        rows = self.all(pick_line, pick_line.c.pick_id == head.id)
        chosen = self.parts(rows, lambda row: row.wanted, share)
        self.attempt(
            "pick", partial(picking.complete, pick_id=head.id, picked=chosen, cancel_rest=cancel_rest and share > 1)
        )

    def picked(self, *, packed: bool = False) -> Sequence[Any]:
        """Planned shipments of orders that something is picked for, or those that may leave."""
        lines = sales_order_line.c
        found = select(lines.order_id).where(lines.picked > 0 if not packed else lines.reserved + lines.picked > 0)
        return self.all(shipment, shipment.c.state == "planned", shipment.c.order_id.in_(found))

    @rule(data=st.data(), boxes=st.integers(1, 2))
    def pack(self, data, boxes) -> None:
        rows = self.picked()
        if not rows:
            return
        head = data.draw(st.sampled_from(rows))
        if boxes == 1:
            self.attempt("pack", partial(shipping.pack, shipment_id=head.id))
            return
        lines = [row for row in self.all(sales_order_line, sales_order_line.c.order_id == head.order_id) if row.picked]
        packages = [NewPackage({row.id: GRAIN}) for row in lines for _ in range(min(2, row.picked // GRAIN))]
        self.attempt("pack", partial(shipping.pack, shipment_id=head.id, packages=packages))

    @rule(data=st.data(), backorder=st.sampled_from([True, True, True, False]), packed=st.booleans())
    def ship(self, data, backorder, packed) -> None:
        rows = self.all(shipment, shipment.c.state == "packed") if packed else self.picked(packed=True)
        if rows:
            head = data.draw(st.sampled_from(rows))
            self.attempt("ship", partial(shipping.ship, shipment_id=head.id, backorder=backorder))

    @rule(data=st.data(), step=st.sampled_from(["unpack", "call back", "call back", "deliver", "put back"]))
    def turn_back(self, data, step) -> None:
        head = self.one(data, shipment, *(["packed"] if step == "unpack" else ["shipped"]))
        if head is None:
            return
        if step == "put back":
            self.attempt(step, partial(picking.put_back, order_id=head.order_id))
            return
        owner = {"unpack": shipping.unpack, "call back": calling_back.call_back, "deliver": shipping.deliver}[step]
        self.attempt(step, partial(owner, shipment_id=head.id))

    @rule(data=st.data(), times=st.integers(3, 8))
    def go_on(self, data, times) -> None:
        """A morning's work: what comes next with documents there are, so that late steps are met in short runs."""
        for _ in range(times):
            step = data.draw(st.sampled_from(["buy", "make", "move", "pick", "ship"]))
            if step == "buy":
                self.purchase(data=data, step="send")
                self.receive_purchase(data=data, share=1, more=0)
            elif step == "make":
                self.work(data=data, step="release")
                self.report(data=data, share=data.draw(SHARES), scrapped=0)
            elif step == "move":
                self.transfer(data=data, step="ship", share=1)
                self.transfer(data=data, step=data.draw(st.sampled_from(["receive", "receive", "lose"])), share=1)
            elif step == "pick":
                self.pick(data=data, share=data.draw(SHARES), bins=True, cancel_rest=False)
                self.pack(data=data, boxes=data.draw(st.integers(1, 2)))
            else:
                self.ship(data=data, backorder=True, packed=data.draw(st.booleans()))

    @rule(data=st.data())
    def all_day(self, data) -> None:
        self.go_on(data=data, times=12)

    @rule(data=st.data(), times=st.integers(2, 5))
    def overtime(self, data, times) -> None:
        self.go_on(data=data, times=times)
        self.afternoon(data=data, times=2, kind=data.draw(KINDS))

    @rule(data=st.data(), times=st.integers(2, 5), kind=KINDS)
    def afternoon(self, data, times, kind) -> None:
        """What left comes back, is called back, or arrives; orders change meanwhile."""
        for _ in range(times):
            step = data.draw(
                st.sampled_from(["back", "take back", "take back", "bill", "turn", "ship", "change", "cancel"])
            )
            if step == "back":
                self.send_back(data=data, share=1, kind=kind, other="", twice=False)
            elif step == "take back":
                self.take_back(data=data, share=data.draw(SHARES), found=data.draw(FOUND), fate=data.draw(FATES))
            elif step == "bill":
                self.bill(data=data, step=data.draw(st.sampled_from(["post", "credit"])))
            elif step == "turn":
                self.turn_back(data=data, step=data.draw(st.sampled_from(["call back", "unpack", "deliver"])))
            elif step == "ship":
                self.ship(data=data, backorder=True, packed=False)
            elif step == "cancel":
                self.end_order(data=data, step="cancel")
            else:
                self.change_order(data=data, pieces=data.draw(PIECES))

    @rule()
    def repeat(self) -> None:
        """A command that is sent again happened once."""
        if self.last:
            command, op, key = self.last
            before = self.desk.fingerprint()
            self.desk.do(command, op, key=key)
            assert self.desk.fingerprint() == before, f"{command} happened twice"

    @rule(data=st.data(), pieces=PIECES)
    def ask_for_a_promise(self, data, pieces) -> None:
        """Looking changes nothing, and a day that is promised is not before today."""
        wanted = promising.Wanted(data.draw(st.sampled_from(self.goods)), pieces * GRAIN)
        found = self.desk.read(lambda c: promising.promise(c, [wanted], at=self.desk.now))
        assert found.ready_on is None or found.ready_on >= self.desk.now.date()

    @invariant()
    def everything_holds(self) -> None:
        if self.desk is not None:
            self.kept.hold(self.all(peg))


def drive(databases: Databases, *, examples: int, steps: int, **more: Any) -> None:
    """Run the machine on fresh databases of one kind.

    Raises whatever the machine found, shrunk to few steps.
    """
    machine = type("Machine", (Sourced,), {"databases": databases})
    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None, **more)
    run_state_machine_as_test(machine, settings=chosen)
