"""Pieces with lots come back from a customer, arrive on a purchase order and at another warehouse with their lots."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from app.errors import NotAllowed
from app.services import lots, orders, returns, transfers, warehouses
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.warehouses import NewWarehouse
from tests.store import LATER, ONE, SOON, Store


@pytest.fixture
def store(database) -> Store:
    return Store(database).open()


@pytest.fixture
def milk(store) -> UUID:
    return store.product("MILK", units={}, tracking="lot")


def sent_back(store: Store, milk: UUID) -> tuple[UUID, UUID]:
    """Five of two lots are sold; three are announced to come back."""
    store.put(milk, 3, "A-1", "L-1", SOON)
    store.put(milk, 2, "A-2", "L-2", LATER)
    order = store.order(milk, 5)
    store.pick_all(order)
    store.ship(order)
    [line] = store.read(orders.lines, order)
    back = store.do("r", lambda tx: returns.authorise(tx, order, {line.id: 3 * ONE}, reason="too much"))
    return back, line.id


def test_what_comes_back_lies_in_the_warehouse_with_the_lot_it_was_sent_with(store, milk):
    back, _ = sent_back(store, milk)
    store.do("r", lambda tx: returns.receive(tx, back))
    assert store.lying(milk) == {("", "L-1"): (3, 0)}
    assert store.level(milk)[0] == 3
    assert len(store.read(lots.trace, store.lot("L-1")).came) == 2
    assert store.damages() == []


def test_the_lots_that_came_back_can_be_named_and_no_more_than_was_sent(store, milk):
    back, line = sent_back(store, milk)
    wrong = {line: {store.lot("L-2"): 3 * ONE}}
    with pytest.raises(NotAllowed, match="Less of that lot"):
        store.do("r", lambda tx: returns.receive(tx, back, {line: 3 * ONE}, None, wrong))
    named = {line: {store.lot("L-2"): 2 * ONE, store.lot("L-1"): ONE}}
    store.do("r", lambda tx: returns.receive(tx, back, {line: 3 * ONE}, None, named))
    assert store.lying(milk) == {("", "L-1"): (1, 0), ("", "L-2"): (2, 0)}
    assert store.damages() == []


def test_what_comes_back_after_its_last_day_is_blocked(store, milk):
    back, _ = sent_back(store, milk)
    store._minutes += 24 * 60 * 40
    store.do("r", lambda tx: returns.receive(tx, back))
    assert store.level(milk)[:4] == (0, 0, 0, 3)
    assert store.damages() == []


def test_goods_sent_to_another_warehouse_arrive_there_with_their_lots(store, milk):
    store.put(milk, 5, "A-1", "L-1", SOON)
    other = store.do("w", lambda tx: warehouses.add(tx, NewWarehouse("BR", "Branch")))
    places = {"from_location": store.main, "to_location": other}
    line = store.do("t", lambda tx: transfers.plan(tx, milk, 4 * ONE, needed_on=None, **places))
    [head] = store.rows("SELECT id FROM transfer")
    transfer = head[0] if isinstance(head[0], UUID) else UUID(bytes=head[0])
    store.do("t", lambda tx: transfers.ship(tx, transfer, {line: 4 * ONE}))
    assert store.lying(milk) == {("A-1", "L-1"): (1, 0)}
    store.do("t", lambda tx: transfers.receive(tx, transfer))
    assert [(lies.warehouse, lies.quantity // ONE) for lies in store.read(lots.trace, store.lot("L-1")).lies] == [
        ("BR", 4),
        ("MAIN", 1),
    ]
    assert store.damages() == []


def test_one_lot_that_went_out_on_two_lines_comes_back_on_both(store, milk):
    store.put(milk, 5, "A-1", "L-1", SOON)
    lines = (LineInput(milk, Decimal(3)), LineInput(milk, Decimal(2)))
    order = store.do("order.create", lambda tx: orders.create(tx, NewOrder(store.buyer, lines)))
    store.do("order.confirm", lambda tx: orders.confirm(tx, order))
    store.pick_all(order)
    store.ship(order)
    for line, pieces in zip(store.read(orders.lines, order), (3, 2), strict=True):
        back = store.do(
            "r", lambda tx, at=line.id, n=pieces: returns.authorise(tx, order, {at: n * ONE}, reason="too much")
        )
        store.do("r", lambda tx, key=back: returns.receive(tx, key))
    assert store.lying(milk) == {("", "L-1"): (5, 0)}
    assert store.damages() == []
