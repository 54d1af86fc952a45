"""Taking back what was noted of a purchase by mistake: as it was, or refused where goods have moved on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.purchase import purchase_line, purchase_order
from app.models.supply import Way
from app.services import orders, pegs, purchase_reversals, purchasing, stock, warehouses
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.placing import Put
from app.services.purchasing import Answer
from app.services.warehouses import NewBin
from tests.supply_desk import GRAIN, MONDAY, supply_desk

LATE = MONDAY + timedelta(days=11)


@pytest.fixture
def desk(sqlite_database):
    made = supply_desk(sqlite_database, costing="fifo")
    made.way(made.sensor, Way.BUY, "4.00")
    yield made
    assert made.damages() == []


@pytest.fixture
def bought(desk):
    """An order of eight sensors that waits for a purchase of them."""
    new = NewOrder(desk.customer_id, (LineInput(desk.sensor, Decimal(8)),))
    desk.order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, desk.order_id))
    key = desk.read(lambda c: c.execute(select(purchase_order.c.id)).scalar_one())
    desk.do("purchase.send", lambda tx: purchasing.send(tx, key))
    return key


def standing(desk):
    """All that a purchase and what depends on it say."""
    line = desk.line(desk.order_id)
    head = desk.read(lambda c: c.execute(select(purchase_order)).one())
    row = desk.read(lambda c: c.execute(select(purchase_line)).one())
    tied = [(one.quantity, one.open, one.ready_on, one.trouble) for one in desk.read(pegs.of_demand, line.id)]
    said = (head.state, head.reference, head.total, row.quantity, row.unit_price, row.received, row.cancelled)
    return said, tied, (line.reserved, line.ready_on, line.ready_reason), desk.level(desk.sensor)


def test_a_confirmation_is_taken_back_with_the_days_it_moved(desk, bought):
    before = standing(desk)
    (row,) = desk.read(purchasing.lines, bought)
    answers = {row.id: Answer(quantity=Decimal(6), unit_price=Decimal("4.40"), expected_on=LATE)}
    confirm = lambda tx: purchase_reversals.confirm(tx, bought, answers, reference="AB-1")  # noqa: E731
    noted = desk.do("purchase.confirm", confirm)
    assert standing(desk) != before
    assert (
        desk.do("purchase.take_back", lambda tx: purchase_reversals.take_back_confirmation(tx, noted))
        == noted["number"]
    )
    assert standing(desk) == before
    noted = desk.do("purchase.confirm", confirm)
    desk.do("purchase.receive", lambda tx: purchase_reversals.receive(tx, bought, {row.id: GRAIN}))
    with pytest.raises(NotAllowed, match="came in or went back since"):
        desk.do("purchase.take_back", lambda tx: purchase_reversals.take_back_confirmation(tx, noted))


def test_a_confirmation_that_was_changed_again_stays(desk, bought):
    noted = desk.do("purchase.confirm", lambda tx: purchase_reversals.confirm(tx, bought, reference="AB-1"))
    desk.do("purchase.confirm", lambda tx: purchase_reversals.confirm(tx, bought, expected_on=LATE))
    with pytest.raises(NotAllowed, match="was changed since"):
        desk.do("purchase.take_back", lambda tx: purchase_reversals.take_back_confirmation(tx, noted))


@pytest.mark.parametrize("pieces", [8, 3])
def test_a_receipt_is_taken_back_and_who_was_promised_it_waits_again(desk, bought, pieces):
    (bin_id,) = desk.do("bins", lambda tx: warehouses.add_bins(tx, desk.main, [NewBin("A-1")]))
    (row,) = desk.read(purchasing.lines, bought)
    before = standing(desk)
    puts = {row.id: [Put(Decimal(2), bin_id)]}
    receive = lambda tx: purchase_reversals.receive(tx, bought, {row.id: pieces * GRAIN}, puts)  # noqa: E731
    noted = desk.do("purchase.receive", receive)
    assert desk.level(desk.sensor) == (0, pieces)
    desk.do("purchase.take_back", lambda tx: purchase_reversals.take_back_receipt(tx, noted))
    assert standing(desk) == before
    assert desk.damages() == []
    desk.do("purchase.receive", receive)
    assert desk.level(desk.sensor) == (0, pieces)


def test_goods_that_have_moved_on_are_not_taken_back(desk, bought):
    noted = desk.do("purchase.receive", lambda tx: purchase_reversals.receive(tx, bought))
    desk.do("stock.count", lambda tx: stock.count(tx, desk.sensor, Decimal(5)))
    before = desk.fingerprint()
    with pytest.raises(NotAllowed, match="less than that lies there"):
        desk.do("purchase.take_back", lambda tx: purchase_reversals.take_back_receipt(tx, noted))
    assert desk.fingerprint() == before
