"""Bins and lots: goods are received into them, put away, moved, chosen for pick lists, and followed to customers."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.order import sales_order_line
from app.models.shelving import Spot
from app.models.shipment import shipment, shipment_lot
from app.models.stock import shelf_stock
from app.services import (
    lots,
    orders,
    picking,
    products,
    quarantine,
    shelves,
    shipping,
    stock,
    warehouses,
)
from app.services.shelf_ledger import UNPLACED
from tests.desk import START
from tests.store import LATER, ONE, SOON, Store


@pytest.fixture
def store(database) -> Store:
    return Store(database).open()


@pytest.fixture
def milk(store) -> UUID:
    return store.product("MILK", units={}, tracking="lot")


@pytest.fixture
def motor(store) -> UUID:
    return store.product("MOTOR", units={}, tracking="serial")


@pytest.fixture
def valve(store) -> UUID:
    return store.product("VALVE", units={})


def test_goods_are_put_away_and_moved_and_pick_lists_follow(store, valve):
    store.put(valve, 10)
    assert store.read(shelves.to_put_away, store.main)[0].quantity == 10 * ONE
    store.do("goods.put", lambda tx: shelves.put_away(tx, store.main, valve, 8 * ONE, store.bins["A-1"]))
    assert store.lying(valve) == {("A-1", ""): (8, 0)}
    pick_id = store.release(store.order(valve, 6))
    assert store.takes(pick_id) == [("A-1", "", 6)]
    store.do(
        "goods.move",
        lambda tx: shelves.move(tx, store.main, valve, Spot(store.bins["A-1"]), store.bins["A-5"], 5 * ONE),
    )
    assert store.takes(pick_id) == [("A-1", "", 3), ("A-5", "", 3)]
    assert store.lying(valve) == {("A-1", ""): (3, 3), ("A-5", ""): (5, 3)}
    before = store.fingerprint()
    for wrong in (
        lambda tx: shelves.put_away(tx, store.main, valve, 3 * ONE, store.bins["A-2"]),
        lambda tx: shelves.move(tx, store.main, valve, Spot(store.bins["A-2"]), store.bins["A-3"], ONE),
        lambda tx: warehouses.deactivate_bin(tx, store.bins["A-5"]),
    ):
        with pytest.raises(NotAllowed):
            store.do("goods.move", wrong)
    assert store.fingerprint() == before
    assert store.damages() == []


def test_what_expires_first_is_picked_first_then_the_oldest_then_from_few_bins(store, milk):
    store.put(milk, 5, "A-1", "L-LATE", LATER)
    store.put(milk, 2, "A-2", "L-SOON", SOON)
    store.put(milk, 3, "A-3", "L-SOON", SOON)
    store.put(milk, 9, "A-4", "L-YOUNG", LATER)
    pick_id = store.release(store.order(milk, 9))
    assert store.takes(pick_id) == [("A-1", "L-LATE", 4), ("A-2", "L-SOON", 2), ("A-3", "L-SOON", 3)]
    second = store.release(store.order(milk, 3))
    assert store.takes(second) == [("A-1", "L-LATE", 1), ("A-4", "L-YOUNG", 2)]


def test_a_lot_goes_from_the_receipt_to_the_customers_papers(store, milk):
    store.put(milk, 5, "A-1", "L-1", SOON)
    store.put(milk, 5, "A-2", "L-2", LATER)
    order = store.order(milk, 7)
    store.release(order)
    store.pick_all(order)
    assert store.lying(milk) == {("A-2", "L-2"): (3, 0)}
    store.ship(order)
    trace = store.read(lots.trace, store.lot("L-1"))
    assert [(came.reason, came.quantity // ONE) for came in trace.came] == [("receipt", 5)]
    assert trace.lies == ()
    assert [(went.customer, went.quantity // ONE) for went in trace.went] == [("Harbor & Finch", 5)]
    went = store.read(lots.trace, store.lot("L-2")).went
    assert [one.quantity // ONE for one in went] == [2]
    assert store.damages() == []


def test_an_order_shipped_without_a_pick_list_takes_from_bins_and_names_its_lots(store, milk):
    store.put(milk, 5, "A-1", "L-1", SOON)
    store.put(milk, 5, "A-2", "L-2", LATER)
    order = store.order(milk, 6)
    store.release(order)
    other = store.release(store.order(milk, 2))
    planned = store.one(shipment, order, "planned")
    store.do("shipment.ship", lambda tx: shipping.ship(tx, planned))
    assert store.lying(milk) == {("A-2", "L-2"): (4, 2)}
    assert store.takes(other) == [("A-2", "L-2", 2)]
    rows = store.read(lambda c: c.execute(select(shipment_lot.c.quantity)).scalars().all())
    assert sorted(n // ONE for n in rows) == [1, 5]
    assert store.damages() == []


def test_what_is_put_back_lies_where_it_came_from(store, milk, valve):
    store.put(milk, 5, "A-1", "L-1", SOON)
    store.put(valve, 5, "A-3")
    for product in (milk, valve):
        order = store.order(product, 3)
        store.pick_all(order)
        store.do("pick.put_back", lambda tx, order=order: picking.put_back(tx, order))
    assert store.lying(milk) == {("A-1", "L-1"): (5, 0)}
    assert store.lying(valve) == {("A-3", ""): (5, 0)}
    assert store.level(milk) == (2, 3, 0, 0, 5, 0)


def test_every_piece_with_lots_has_one_and_a_serial_number_is_one_piece(store, milk, motor):
    before = store.fingerprint()
    for wrong in (
        lambda: store.put(milk, 5),
        lambda: store.put(milk, 5, "A-1"),
        lambda: store.put(motor, 2, "A-1", "SN-1"),
    ):
        with pytest.raises((NotAllowed, Invalid)):
            wrong()
    assert store.fingerprint() == before
    store.put(motor, 1, "A-1", "SN-1")
    with pytest.raises(Invalid, match="in the house already"):
        store.put(motor, 1, "A-2", "SN-1")
    order = store.order(motor, 1)
    store.pick_all(order)
    with pytest.raises(Invalid, match="in the house already"):
        store.put(motor, 1, "A-2", "SN-1")
    store.ship(order)
    store.put(motor, 1, "A-2", "SN-1")  # bought back
    assert store.lying(motor) == {("A-2", "SN-1"): (1, 0)}
    assert store.damages() == []


def test_a_blocked_lot_is_not_sold_and_its_orders_get_others(store, milk):
    store.put(milk, 5, "A-1", "L-1", SOON)
    store.put(milk, 4, "A-2", "L-2", LATER)
    first, second = store.order(milk, 3), store.order(milk, 4)
    store.release(first)
    pick_id = store.release(second)
    store.do("lot.block", lambda tx: quarantine.block(tx, store.lot("L-1"), "smells"))
    assert store.level(milk) == (0, 4, 0, 5, 9, 0)
    lines = store.read(lambda c: c.execute(select(sales_order_line.c.order_id, sales_order_line.c.reserved)).all())
    assert {row.order_id: row.reserved // ONE for row in lines} == {first: 3, second: 1}
    assert store.takes(pick_id) == [("A-2", "L-2", 1)]
    store.do("lot.release", lambda tx: quarantine.release(tx, store.lot("L-1")))
    assert store.level(milk) == (2, 7, 0, 0, 9, 0)
    assert store.damages() == []


def test_a_lot_over_its_last_day_is_never_picked_and_blocked_in_the_morning(store, milk):
    store.put(milk, 5, "A-1", "L-1", START.date())
    store.put(milk, 4, "A-2", "L-2", LATER)
    store._minutes += 24 * 60  # the next day
    pick_id = store.release(store.order(milk, 6))
    assert store.takes(pick_id) == [("A-2", "L-2", 4), ("", "", 2)]
    assert store.do("lot.block_expired", quarantine.block_expired) == [store.lot("L-1")]
    assert store.level(milk) == (0, 4, 0, 5, 9, 0)
    assert store.takes(pick_id) == [("A-2", "L-2", 4)]
    store.put(milk, 2, "A-3", "L-1")
    assert store.level(milk) == (0, 4, 0, 7, 11, 0)
    with pytest.raises(NotAllowed, match="stays blocked"):
        store.do("lot.release", lambda tx: quarantine.release(tx, store.lot("L-1")))
    assert store.damages() == []


def test_a_changed_order_changes_what_its_list_has_asked_for(store, valve):
    store.put(valve, 10, "A-1")
    store.put(valve, 4)
    order = store.order(valve, 12)
    pick_id = store.release(order)
    assert store.takes(pick_id) == [("A-1", "", 10), ("", "", 2)]
    assert store.level(valve) == (2, 12, 0, 0, 10, 2)
    line = store.read(orders.lines, order)[0]
    store.do("order.change", lambda tx: orders.change_line(tx, order, line.id, quantity=Decimal(7)))
    assert sum(n for _, _, n in store.takes(pick_id)) == 7
    store.do("order.cancel", lambda tx: orders.cancel(tx, order))
    assert store.takes(pick_id) == []
    assert store.level(valve) == (14, 0, 0, 0, 10, 0)
    assert store.lying(valve) == {("A-1", ""): (10, 0)}
    assert store.damages() == []


def test_a_count_takes_first_what_nobody_has_asked_for(store, valve):
    store.put(valve, 6, "A-1")
    store.put(valve, 6, "A-2")
    pick_id = store.release(store.order(valve, 5))
    store.do("stock.count", lambda tx: stock.count(tx, valve, Decimal(4)))
    assert sum(n for _, _, n in store.takes(pick_id)) == 4
    assert sum(n for n, _ in store.lying(valve).values()) == 4
    assert store.damages() == []


def test_tracking_changes_only_while_there_is_no_stock(store, valve):
    store.put(valve, 1)

    with pytest.raises(NotAllowed, match="Count it to zero"):
        store.do("p", lambda tx: products.change(tx, valve, {"tracking": "lot"}, {"tracking": "none"}))
    store.do("stock.count", lambda tx: stock.count(tx, valve, Decimal(0)))
    store.do("p", lambda tx: products.change(tx, valve, {"tracking": "lot"}, {"tracking": "none"}))
    with pytest.raises(NotAllowed, match="name one for every piece"):
        store.put(valve, 1)


def test_unplaced_spot_is_no_bin_and_no_lot():
    assert Spot(None, None) == UNPLACED
    assert shelf_stock.c.bin_id.primary_key
