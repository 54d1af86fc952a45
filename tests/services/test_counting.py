"""Counting by bin and lot: blind, compared before it is booked, counted again where it looks wrong; and scrap."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.errors import Invalid, NotAllowed
from app.models.shelving import Spot
from app.models.stock import Place
from app.services import counting, stock_ledger, takes, write_offs
from app.services.stock_ledger import Move
from tests.desk import START
from tests.store import LATER, ONE, SOON, Store


@pytest.fixture
def store(database) -> Store:
    return Store(database).open()


@pytest.fixture
def milk(store) -> UUID:
    made = store.product("MILK", price="2.50", units={}, tracking="lot")
    store.put(made, 6, "A-1", "L-1", SOON)
    store.put(made, 6, "A-2", "L-2", LATER)
    return made


def open_list(store: Store, **how) -> UUID:
    due = [(one.product_id, one.spot) for one in store.read(lambda c: counting.due(c, store.main, **how))]
    return store.do("count.open", lambda tx: counting.open_list(tx, store.main, due))


def enter(store: Store, count: UUID, *pieces: int) -> None:
    lines = store.read(counting.to_count, count)
    counted = {line[0]: n * ONE for line, n in zip(lines, pieces, strict=True)}
    store.do("count.enter", lambda tx: counting.enter(tx, count, counted))


def test_a_count_is_blind_compared_and_only_then_booked(store, milk):
    count = open_list(store)
    assert [line[1:3] + line[5:] for line in store.read(counting.to_count, count)] == [
        ("A-1", "MILK", "L-1"),
        ("A-2", "MILK", "L-2"),
    ]
    with pytest.raises(NotAllowed, match="2 lines are still to count"):
        store.do("count.book", lambda tx: counting.book(tx, count))
    enter(store, count, 4, 7)
    found = store.read(counting.report, count)
    assert [(one.lot, one.expected, one.counted, one.value, one.differs) for one in found] == [
        ("L-1", 6, 4, -5, True),
        ("L-2", 6, 7, 2.5, True),
    ]
    assert store.level(milk)[0] == 12  # nothing is booked yet
    store.do("count.again", lambda tx: counting.ask_again(tx, count, [found[1].line_id]))
    enter(store, count, 6)
    assert store.do("count.book", lambda tx: counting.book(tx, count)) == 1
    assert store.lying(milk) == {("A-1", "L-1"): (4, 0), ("A-2", "L-2"): (6, 0)}
    assert store.damages() == []
    with pytest.raises(NotAllowed, match="booked"):
        enter(store, count)


def test_a_booking_is_taken_back_while_the_goods_are_there_and_nobody_counted_again(store, milk):
    count = open_list(store)
    enter(store, count, 4, 7)
    store.do("count.book", lambda tx: counting.book(tx, count))
    assert store.do("count.take_back", lambda tx: counting.take_back(tx, count)) == 2
    assert store.lying(milk) == {("A-1", "L-1"): (6, 0), ("A-2", "L-2"): (6, 0)}
    with pytest.raises(NotAllowed, match="is open; only a booked one"):
        store.do("count.take_back", lambda tx: counting.take_back(tx, count))
    assert store.do("count.book", lambda tx: counting.book(tx, count)) == 2
    assert store.lying(milk) == {("A-1", "L-1"): (4, 0), ("A-2", "L-2"): (7, 0)}
    gone = (store.main, milk, 7 * ONE)
    spot = next(
        Spot(one.spot.bin_id, one.spot.lot_id)
        for one in store.read(lambda c: counting.due(c, store.main))
        if one.lot == "L-2"
    )
    store.do("stock.scrap", lambda tx: write_offs.scrap(tx, *gone, spot=spot, reason="sour"))
    with pytest.raises(NotAllowed, match="less than that lies there"):
        store.do("count.take_back", lambda tx: counting.take_back(tx, count))
    again = open_list(store)
    enter(store, again, 5)
    store.do("count.book", lambda tx: counting.book(tx, again))
    with pytest.raises(NotAllowed, match="counted there again by"):
        store.do("count.take_back", lambda tx: counting.take_back(tx, count))
    assert store.damages() == []


def test_what_moves_between_counting_and_booking_does_no_harm(store, milk):
    order = store.order(milk, 4)
    pick_id = store.release(order)
    store.do("pick.begin", lambda tx: takes.begin(tx, [pick_id], "bo"))
    stop = store.rows("SELECT id FROM pick_take")[0]
    key = stop[0] if isinstance(stop[0], UUID) else UUID(bytes=stop[0])
    store.do("pick.take", lambda tx: takes.take(tx, key, "bo", 3 * ONE))  # three are in the picker's hands
    count = open_list(store, zone="A")
    enter(store, count, 2, 6)  # one is missing at A-1
    store.do("pick.take", lambda tx: takes.take(tx, key, "bo", 4 * ONE))
    store.do("pick.finish", lambda tx: takes.finish(tx, [pick_id], "bo"))
    store.do("count.book", lambda tx: counting.book(tx, count))
    assert store.lying(milk) == {("A-1", "L-1"): (1, 0), ("A-2", "L-2"): (6, 0)}
    assert store.damages() == []


def test_a_loss_takes_promises_back_and_lists_ask_for_what_is_left(store, milk):
    first, second = store.order(milk, 5), store.order(milk, 7)
    lists = [store.release(order) for order in (first, second)]
    count = open_list(store)
    enter(store, count, 1, 6)
    store.do("count.book", lambda tx: counting.book(tx, count))
    assert store.level(milk) == (0, 7, 0, 0, 7, 0)
    asked = [sum(n for _, _, n in store.takes(pick_id)) for pick_id in lists]
    assert asked == [5, 2]
    assert store.damages() == []


def test_goods_that_the_list_does_not_name_are_added_to_it(store, milk):
    count = open_list(store)
    spot = Spot(store.bins["A-3"], store.lot("L-1"))
    line = store.do("count.found", lambda tx: counting.add_found(tx, count, milk, spot))
    enter(store, count, 6, 6, 2)
    store.do("count.book", lambda tx: counting.book(tx, count))
    assert store.lying(milk)["A-3", "L-1"] == (2, 0)
    assert line in {one.line_id for one in store.read(counting.report, count)}


def test_what_was_counted_longest_ago_and_what_sells_most_is_counted_first(store, milk):
    valve = store.product("VALVE", price="100", units={})
    store.put(valve, 5, "A-3")
    count = open_list(store)
    enter(store, count, 6, 6, 5)
    store.do("count.book", lambda tx: counting.book(tx, count))
    store.put(milk, 1, "A-4", "L-1")
    assert store.read(counting.due, store.main)[0].bin == "A-4"
    before = START + timedelta(days=-1)
    assert [one.bin for one in store.read(lambda c: counting.due(c, store.main, before=before))] == ["A-4"]
    for product, pieces in ((valve, 4), (milk, 1)):
        order = store.order(product, pieces)
        store.pick_all(order)
        store.ship(order)
    classes = store.read(counting.classes_of, START + timedelta(days=2))
    assert classes == {valve: "A", milk: "C"}
    due = store.read(lambda c: counting.due(c, store.main, classes=classes, only="A"))
    assert [one.sku for one in due] == ["VALVE"]


def test_scrap_is_off_its_bin_and_off_promises(store, milk):
    store.order(milk, 12)
    spot = Spot(store.bins["A-1"], store.lot("L-1"))
    store.do("stock.scrap", lambda tx: write_offs.scrap(tx, store.main, milk, 2 * ONE, spot=spot, reason="leaking"))
    assert store.level(milk) == (0, 10, 0, 0, 10, 0)
    assert store.lying(milk)["A-1", "L-1"] == (4, 0)
    before = store.fingerprint()
    for wrong, error in ((5 * ONE, NotAllowed), (0, Invalid)):
        with pytest.raises(error):
            store.do("s", lambda tx, n=wrong: write_offs.scrap(tx, store.main, milk, n, spot=spot, reason="leaking"))
    assert store.fingerprint() == before
    assert store.damages() == []


def test_goods_with_lots_are_not_added_to_a_list_without_a_lot_of_their_own(store, milk):
    count = open_list(store)
    other = store.product("CREAM", units={}, tracking="lot")
    store.put(other, 1, "A-4", "C-1", SOON)
    for lot_id in (None, store.lot("C-1")):
        spot = Spot(store.bins["A-3"], lot_id)
        with pytest.raises(Invalid, match="Name the one that was found"):
            store.do("count.found", lambda tx, spot=spot: counting.add_found(tx, count, milk, spot))


def test_scrap_of_more_than_may_be_sold_takes_the_rest_of_what_is_blocked(store):
    valve = store.product("VALVE", units={})
    store.put(valve, 5)
    held = Move(valve, Place.FREE, Place.BLOCKED, 3 * ONE, reason="dented")

    def hold(tx):
        stock_ledger.lock_levels(tx, store.main, [valve])
        stock_ledger.move(tx, store.main, [held])

    store.do("stock.hold", hold)
    store.do("stock.scrap", lambda tx: write_offs.scrap(tx, store.main, valve, 4 * ONE, reason="fire"))
    assert store.level(valve)[:4] == (0, 0, 0, 1)
    assert store.damages() == []
