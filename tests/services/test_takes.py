"""Picking at the shelf: two pickers, other bins and lots than asked for, too little, leaving and going on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.shelving import Spot
from app.models.shipment import pick, pick_line, pick_take, shipment_lot
from app.models.stock import lot
from app.services import counting, orders, quarantine, takes
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.store import LATER, ONE, SOON, Store


class Floor(Store):
    """The warehouse floor: pickers by name."""

    def begin(self, pick_id: UUID, picker: str = "bo") -> int:
        return self.do("pick.begin", lambda tx: takes.begin(tx, [pick_id], picker))

    def stops(self, pick_id: UUID, picker: str = "bo") -> list[Any]:
        """The stops of a picker that are still to do."""
        statement = (
            select(pick_take)
            .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
            .where(pick_line.c.pick_id == pick_id, pick_take.c.picker == picker, pick_take.c.wanted > 0)
            .where(pick_take.c.taken + pick_take.c.short < pick_take.c.wanted)
            .order_by(pick_take.c.position)
        )
        return list(self.read(lambda c: c.execute(statement).all()))

    def take(self, stop: Any, pieces: int, picker: str = "bo") -> None:
        self.do("pick.take", lambda tx: takes.take(tx, stop.id, picker, pieces * ONE))

    def elsewhere(self, stop: Any, pieces: int, spot: Spot, picker: str = "bo") -> None:
        self.do("pick.take", lambda tx: takes.take_elsewhere(tx, stop.id, picker, pieces * ONE, spot))

    def finish(self, pick_id: UUID, picker: str = "bo", **how: Any) -> Any:
        return self.do("pick.finish", lambda tx: takes.finish(tx, [pick_id], picker, **how))

    def list_of(self, *goods: tuple[UUID, int]) -> UUID:
        new = NewOrder(self.buyer, tuple(LineInput(product, Decimal(n)) for product, n in goods))
        order = self.do("order.create", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order))
        return self.one(pick, order, "open")


@pytest.fixture
def floor(database) -> Floor:
    made = Floor(database)
    made.open()
    return made


@pytest.fixture
def milk(floor) -> UUID:
    return floor.product("MILK", units={}, tracking="lot")


@pytest.fixture
def motor(floor) -> UUID:
    return floor.product("MOTOR", units={}, tracking="serial")


@pytest.fixture
def valve(floor) -> UUID:
    return floor.product("VALVE", units={})


def test_two_pickers_share_a_list_and_never_a_stop(floor, valve):
    for n in range(1, 5):
        floor.put(valve, 2, f"A-{n}")
    pick_id = floor.list_of((valve, 8))
    assert floor.begin(pick_id, "bo") == 4
    floor.take(floor.stops(pick_id)[0], 2)
    assert floor.begin(pick_id, "cy") == 1
    assert [len(floor.stops(pick_id, who)) for who in ("bo", "cy")] == [2, 1]
    before = floor.fingerprint()
    with pytest.raises(NotAllowed, match="cy picks this now"):
        floor.take(floor.stops(pick_id, "cy")[0], 2, "bo")
    with pytest.raises(NotAllowed, match="still to do"):
        floor.finish(pick_id, "bo")
    assert floor.fingerprint() == before
    for stop in floor.stops(pick_id):
        floor.take(stop, 2)
    assert floor.finish(pick_id, "bo") == ([], [pick_id])  # cy is still at it
    floor.take(floor.stops(pick_id, "cy")[0], 2, "cy")
    assert floor.finish(pick_id, "cy") == ([pick_id], [])
    assert floor.level(valve) == (0, 0, 8, 0, 0, 0)
    assert floor.damages() == []


def test_what_was_taken_waits_for_who_comes_back_and_the_rest_is_open_to_others(floor, valve):
    floor.put(valve, 2, "A-1")
    floor.put(valve, 2, "A-2")
    pick_id = floor.list_of((valve, 4))
    floor.begin(pick_id)
    floor.take(floor.stops(pick_id)[0], 1)
    floor.do("pick.leave", lambda tx: takes.leave(tx, [pick_id], "bo"))
    assert floor.begin(pick_id, "cy") == 1
    assert [stop.taken // ONE for stop in floor.stops(pick_id, "bo")] == [1]
    assert floor.begin(pick_id, "bo") == 1


def test_goods_from_another_bin_and_lot_change_what_lists_ask_for_at_once(floor, milk):
    floor.put(milk, 5, "A-1", "L-1", SOON)
    floor.put(milk, 5, "A-2", "L-2", LATER)
    first, second = floor.list_of((milk, 4)), floor.list_of((milk, 5))
    floor.begin(first)
    floor.begin(second, "cy")
    assert floor.takes(second) == [("A-1", "L-1", 1), ("A-2", "L-2", 4)]
    floor.elsewhere(floor.stops(first)[0], 2, Spot(floor.bins["A-2"], floor.lot("L-2")))
    assert floor.takes(first) == [("A-1", "L-1", 2), ("A-2", "L-2", 2)]
    assert sum(n for bin_, _, n in floor.takes(second) if bin_ == "A-1") == 2
    assert floor.lying(milk) == {("A-1", "L-1"): (5, 4), ("A-2", "L-2"): (5, 5)}
    for stop in floor.stops(first):
        floor.take(stop, stop.wanted // ONE)
    floor.finish(first)
    assert floor.lying(milk) == {("A-1", "L-1"): (3, 2), ("A-2", "L-2"): (3, 3)}
    assert floor.damages() == []


def test_another_serial_number_than_asked_for_is_as_good_and_is_the_one_that_leaves(floor, motor):
    for n in range(3):
        floor.put(motor, 1, f"A-{n + 1}", f"SN-{n}")
    pick_id, other = floor.list_of((motor, 1)), floor.list_of((motor, 1))
    floor.begin(pick_id)
    floor.begin(other, "cy")
    asked = floor.takes(other)[0]
    floor.elsewhere(floor.stops(pick_id)[0], 1, Spot(floor.bins[asked[0]], floor.lot(asked[1])))
    assert floor.takes(other)[0] != asked
    floor.finish(pick_id)
    order = floor.read(lambda c: c.execute(select(pick.c.order_id).where(pick.c.id == pick_id)).scalar_one())
    floor.ship(order)
    left = floor.read(lambda c: c.execute(select(lot.c.code).join(shipment_lot)).scalars().all())
    assert left == [asked[1]]
    assert floor.damages() == []


def test_a_blocked_lot_and_a_bin_without_the_goods_are_no_places_to_take_from(floor, milk):
    floor.put(milk, 5, "A-1", "L-1", SOON)
    floor.put(milk, 5, "A-2", "L-2", LATER)
    pick_id = floor.list_of((milk, 4))
    floor.begin(pick_id)
    floor.do("lot.block", lambda tx: quarantine.block(tx, floor.lot("L-2"), "smells"))
    before = floor.fingerprint()
    for bin_, code in (("A-2", "L-2"), ("A-3", "L-1")):
        with pytest.raises(NotAllowed):
            floor.elsewhere(floor.stops(pick_id)[0], 1, Spot(floor.bins[bin_], floor.lot(code)))
    assert floor.fingerprint() == before


def test_too_little_at_a_bin_sends_the_picker_to_another_and_has_the_bin_counted(floor, valve):
    floor.put(valve, 4, "A-1")
    floor.put(valve, 3, "A-2")
    pick_id = floor.list_of((valve, 4))
    floor.begin(pick_id)
    stop = floor.stops(pick_id)[0]
    assert floor.do("pick.short", lambda tx: takes.short(tx, stop.id, "bo", ONE)) == (3 * ONE, 0)
    assert floor.takes(pick_id) == [("A-1", "", 1), ("A-2", "", 3)]
    due = floor.read(counting.due, floor.main)
    assert [(one.bin, one.missing) for one in due] == [("A-1", True), ("A-2", False)]
    other = floor.list_of((valve, 2))
    floor.release(floor.read(lambda c: c.execute(select(pick.c.order_id).where(pick.c.id == other)).scalar_one()))
    assert floor.takes(other) == [("", "", 2)]  # the books say A-1, and nobody is sent there again


@pytest.mark.parametrize("cancelled", [False, True])
def test_what_is_found_nowhere_is_a_backorder_or_taken_off_the_order(floor, valve, cancelled):
    floor.put(valve, 4, "A-1")
    pick_id = floor.list_of((valve, 4))
    floor.begin(pick_id)
    stop = floor.stops(pick_id)[0]
    assert floor.do("pick.short", lambda tx: takes.short(tx, stop.id, "bo", ONE)) == (0, 3 * ONE)
    floor.finish(pick_id, cancel=[stop.pick_line_id] if cancelled else [])
    assert floor.level(valve)[:3] == ((3, 0, 1) if cancelled else (0, 3, 1))
    assert floor.damages() == []
    count = floor.do("count.open", lambda tx: counting.open_list(tx, floor.main, [(valve, Spot(floor.bins["A-1"]))]))
    [line] = floor.read(counting.to_count, count)
    floor.do("count.enter", lambda tx: counting.enter(tx, count, {line[0]: 0}))
    assert floor.do("count.book", lambda tx: counting.book(tx, count)) == 1
    assert floor.level(valve) == (0, 0, 1, 0, 0, 0)
    assert floor.damages() == []
