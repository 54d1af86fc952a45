"""Two pickers, a clerk and a counter in a warehouse of bins: whatever they do in whatever order, nothing gets lost."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.errors import UserError
from app.models.shelving import Spot
from app.models.shipment import pick, pick_line, pick_take, shipment, shipment_lot
from app.models.stock import NOWHERE, lot, shelf_stock, stock_level, stock_move
from app.services import (
    counting,
    integrity,
    lots,
    orders,
    picking,
    quarantine,
    shelves,
    shipping,
    takes,
    waves,
    write_offs,
)
from app.services.integrity.checking import PASSES
from app.services.waves import Method
from tests.databases import Databases, opened
from tests.desk import START, unhurried
from tests.store import ONE, Store

QUICK = ("stock", "bins and lots", "order lines", "deliveries", "orders")
QUICK_PASSES = [one for one in PASSES if one.words in QUICK]
PICKERS = st.sampled_from(["bo", "cy"])
GOODS = st.sampled_from(["VALVE", "MILK", "MOTOR"])
BINS = st.sampled_from(["A-1", "A-2", "B-1"])
FEW = st.integers(1, 4)
NTH = st.integers(0, 20)


class Floor(RuleBasedStateMachine):
    """One warehouse with three bins; goods without numbers, with lots, and with serial numbers."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.store = Store(unhurried(self.stack.enter_context(opened(self.databases))))
        self.received: dict[str, int] = {}  # pieces by lot
        self.serials = 0

    @initialize()
    def open(self) -> None:
        self.store.open()
        made = {"VALVE": "none", "MILK": "lot", "MOTOR": "serial"}
        self.goods = {sku: self.store.product(sku, units={}, tracking=how) for sku, how in made.items()}
        self.fill()

    def fill(self) -> None:
        """Begin in the middle of a day: goods in bins, orders that want them, both pickers at work."""
        for bin_, pieces in (("A-1", 6), ("A-2", 4), ("", 3)):
            self.store.put(self.goods["VALVE"], pieces, bin_)
        for batch, bin_ in ((1, "A-1"), (2, "A-2")):
            self.receive("MILK", 5, bin_, batch, 2 * batch)
        for bin_ in ("A-1", "A-1", "B-1"):
            self.receive("MOTOR", 1, bin_, 1, 1)
        wanted = (("VALVE", 4), ("VALVE", 8), ("MILK", 4), ("MILK", 5), ("MOTOR", 1), ("MOTOR", 1))
        for n, (sku, pieces) in enumerate(wanted):
            self.order(sku, pieces)
            self.begin(n, "bo" if n % 2 else "cy")

    def teardown(self) -> None:
        self.stack.close()

    def attempt(self, command: str, op: Any) -> Any:
        """Run a command that may be refused; what is refused changes nothing."""
        try:
            return self.store.do(command, op)
        except UserError:
            return None

    def any_row(self, statement: Any, nth: int) -> Any:
        rows = self.store.read(lambda c: c.execute(statement).all())
        return rows[nth % len(rows)] if rows else None

    # the clerk ---------------------------------------------------------------------------------

    @rule(sku=GOODS, pieces=FEW, bin_=BINS, batch=st.integers(1, 3), days=st.integers(0, 4))
    def receive(self, sku: str, pieces: int, bin_: str, batch: int, days: int) -> None:
        code, last = "", None
        if sku == "MILK":
            code, last = f"L-{batch}-{days}", START.date() + timedelta(days=days)
        if sku == "MOTOR":
            self.serials += 1
            code, pieces = f"SN-{self.serials}", 1
        self.store.put(self.goods[sku], pieces, bin_, code, last)
        self.received[code] = self.received.get(code, 0) + pieces

    @rule(pieces=FEW)
    def receive_unplaced(self, pieces: int) -> None:
        self.store.put(self.goods["VALVE"], pieces)

    @rule(pieces=FEW, bin_=BINS)
    def put_away(self, pieces: int, bin_: str) -> None:
        where = (self.store.main, self.goods["VALVE"], pieces * ONE, self.store.bins[bin_])
        self.attempt("goods.put", lambda tx: shelves.put_away(tx, *where))

    @rule(nth=NTH, bin_=BINS, pieces=FEW)
    def move(self, nth: int, bin_: str, pieces: int) -> None:
        row = self.any_row(_LYING, nth)
        if row is not None:
            to = self.store.bins[bin_]
            where = (row.location_id, row.product_id, _spot(row), to, min(pieces * ONE, row.quantity))
            self.attempt("goods.move", lambda tx: shelves.move(tx, *where))

    @rule(sku=GOODS, pieces=FEW)
    def order(self, sku: str, pieces: int) -> None:
        self.store.order(self.goods[sku], pieces)

    @rule(nth=NTH, pieces=st.integers(1, 6))
    def change_order(self, nth: int, pieces: int) -> None:
        row = self.any_row(select(pick.c.order_id).where(pick.c.state == "open"), nth)
        if row is not None:
            [line] = self.store.read(orders.lines, row.order_id)
            self.attempt(
                "order.change", lambda tx: orders.change_line(tx, row.order_id, line.id, quantity=Decimal(pieces))
            )

    @rule(nth=NTH)
    def ship(self, nth: int) -> None:
        row = self.any_row(select(shipment.c.id).where(shipment.c.state.in_(["planned", "packed"])), nth)
        if row is not None:
            self.attempt("shipment.ship", lambda tx: shipping.ship(tx, row.id))

    @rule(nth=NTH)
    def pack(self, nth: int) -> None:
        row = self.any_row(select(shipment.c.id).where(shipment.c.state == "planned"), nth)
        if row is not None:
            self.attempt("shipment.pack", lambda tx: shipping.pack(tx, row.id))

    @rule(nth=NTH)
    def put_back(self, nth: int) -> None:
        row = self.any_row(select(pick.c.order_id).where(pick.c.state == "done"), nth)
        if row is not None:
            self.attempt("pick.put_back", lambda tx: picking.put_back(tx, row.order_id))

    @rule(nth=NTH)
    def block_or_release(self, nth: int) -> None:
        row = self.any_row(select(lot).order_by(lot.c.id), nth)
        if row is not None:
            blocked = row.blocked
            self.attempt(
                "lot.block",
                lambda tx: quarantine.release(tx, row.id) if blocked else quarantine.block(tx, row.id, "smells"),
            )

    @rule()
    def next_morning(self) -> None:
        self.store._minutes += 24 * 60
        self.store.do("lot.block_expired", quarantine.block_expired)

    # the pickers -------------------------------------------------------------------------------

    @rule(nth=NTH, picker=PICKERS)
    def begin(self, nth: int, picker: str) -> None:
        row = self.any_row(select(pick.c.id).where(pick.c.state == "open"), nth)
        if row is not None:
            self.attempt("pick.begin", lambda tx: takes.begin(tx, [row.id], picker))

    @rule(method=st.sampled_from(Method))
    def open_wave(self, method: Method) -> None:
        found = self.store.read(waves.candidates, self.store.main)
        ids = [one.pick_id for one in found][:3]
        self.attempt("wave.open", lambda tx: waves.open_wave(tx, ids, method))

    @rule(nth=NTH, picker=PICKERS, pieces=FEW)
    def take(self, nth: int, picker: str, pieces: int) -> None:
        row = self.any_row(_STOPS, nth)
        if row is not None:
            self.attempt("pick.take", lambda tx: takes.take(tx, row.id, picker, min(pieces * ONE, row.wanted)))

    @rule(nth=NTH, other=NTH, picker=PICKERS)
    def take_elsewhere(self, nth: int, other: int, picker: str) -> None:
        row, there = self.any_row(_STOPS, nth), self.any_row(_LYING, other)
        if row is not None and there is not None and row.product_id == there.product_id:
            how = (row.id, picker, ONE, _spot(there))
            self.attempt("pick.take", lambda tx: takes.take_elsewhere(tx, *how))

    @rule(nth=NTH, picker=PICKERS)
    def short(self, nth: int, picker: str) -> None:
        row = self.any_row(_STOPS, nth)
        if row is not None:
            self.attempt("pick.short", lambda tx: takes.short(tx, row.id, picker, row.taken))

    @rule(nth=NTH, picker=PICKERS)
    def leave(self, nth: int, picker: str) -> None:
        row = self.any_row(select(pick.c.id).where(pick.c.state == "open"), nth)
        if row is not None:
            self.attempt("pick.leave", lambda tx: takes.leave(tx, [row.id], picker))

    @rule(nth=NTH, picker=PICKERS)
    def finish(self, nth: int, picker: str) -> None:
        row = self.any_row(select(pick.c.id).where(pick.c.state == "open"), nth)
        if row is not None:
            self.attempt("pick.finish", lambda tx: takes.finish(tx, [row.id], picker))

    @rule(nth=NTH)
    def pick_by_paper(self, nth: int) -> None:
        row = self.any_row(select(pick.c.id).where(pick.c.state == "open"), nth)
        if row is not None:
            self.attempt("pick.complete", lambda tx: picking.complete(tx, row.id))

    # the counter -------------------------------------------------------------------------------

    @rule(nth=NTH, found=st.integers(0, 3))
    def count(self, nth: int, found: int) -> None:
        row = self.any_row(_LYING, nth)
        if row is None:
            return
        spot, sku = _spot(row), row.product_id
        pieces = min(found, 1) if sku == self.goods["MOTOR"] else found

        def counted(tx: Any) -> None:
            count = counting.open_list(tx, row.location_id, [(sku, spot)])
            [line] = [one[0] for one in counting.to_count(tx.connection, count)]
            counting.enter(tx, count, {line: pieces * ONE})
            counting.book(tx, count)

        self.attempt("count.book", counted)

    @rule(nth=NTH)
    def scrap(self, nth: int) -> None:
        row = self.any_row(_LYING, nth)
        if row is not None:
            gone = (row.location_id, row.product_id, ONE)
            self.attempt("stock.scrap", lambda tx: write_offs.scrap(tx, *gone, spot=_spot(row), reason="dented"))

    # what must always hold ---------------------------------------------------------------------

    @invariant()
    def the_books_are_sound(self) -> None:
        if hasattr(self, "goods"):
            found = self.store.read(lambda c: integrity.check(c, passes=QUICK_PASSES))
            assert not found, [one.what for one in found]

    @invariant()
    def every_piece_of_a_lot_is_somewhere(self) -> None:
        """Received less shipped and written off = on shelves and picked."""
        if not hasattr(self, "goods"):
            return
        for row in self.store.read(lambda c: c.execute(select(lot).order_by(lot.c.id)).all()):
            told = self.store.read(lots.trace, row.id)
            assert sum(one.quantity for one in told.went) == self.store.read(_shipped, row.id)
            assert sum(one.quantity for one in told.lies) == told.lot.on_shelf

    @invariant()
    def what_is_there_came_and_has_not_left(self) -> None:
        if not hasattr(self, "goods"):
            return
        for product_id in self.goods.values():
            there, moved = self.store.read(_there, product_id)
            assert there == moved


def _there(connection: Any, product_id: UUID) -> tuple[int, int]:
    level = connection.execute(select(stock_level).where(stock_level.c.product_id == product_id)).first()
    inside = {"free", "promised", "picked", "blocked"}
    moved = 0
    for row in connection.execute(select(stock_move).where(stock_move.c.product_id == product_id)):
        moved += row.quantity * ((row.target in inside) - (row.source in inside))
    return (level.free + level.promised + level.picked + level.blocked if level else 0), moved


def _shipped(connection: Any, lot_id: UUID) -> int:
    return sum(connection.execute(select(shipment_lot.c.quantity).where(shipment_lot.c.lot_id == lot_id)).scalars())


def _spot(row: Any) -> Spot:
    return Spot(*(None if key == NOWHERE else key for key in (row.bin_id, row.lot_id)))


_LYING = select(shelf_stock).where(shelf_stock.c.quantity > 0)
_STOPS = (
    select(pick_take, pick_line.c.product_id)
    .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
    .join(pick, pick.c.id == pick_line.c.pick_id)
    .where(pick.c.state == "open", pick_take.c.wanted > 0)
)


def drive(databases: Databases, examples: int, steps: int, **how: Any) -> None:
    """Let the people of the warehouse work: so many days, so many things done on each."""
    machine = type("Warehouse", (Floor,), {"databases": databases})
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **how,
    )
    run_state_machine_as_test(machine, settings=wanted)
