"""What may be promised, read from the books: stock, what waits, what comes, and how else it may be had."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.models.product import GRAIN
from app.services import orders, promising, stock
from app.services.document_lines import LineInput
from app.services.promising import Policy, Wanted
from tests.desk import START, Desk

TODAY = START.date()
NOW = START + timedelta(hours=5)


@pytest.fixture
def desk(database):
    return Desk(database).found()


def pieces(n):
    return n * GRAIN


def sell(desk, product_id, quantity, **fields):
    customer = desk.customer(f"Buyer {quantity}")
    lines = (LineInput(product_id=product_id, quantity=Decimal(quantity)),)
    new = orders.NewOrder(customer, lines, **fields)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def look(desk, product_id, **fields):
    return desk.database.read(lambda c: promising.available(c, product_id, at=NOW, **fields))


def ask(desk, *wants, **policy):
    return desk.database.read(lambda c: promising.promise(c, wants, at=NOW, policy=Policy(**policy)))


def test_what_waits_is_not_promised_again_but_an_order_does_not_stand_in_its_own_way(desk):
    valve = desk.product("V-1")
    desk.do("stock.receive", lambda tx: stock.receive(tx, valve, Decimal(10)))
    order_id = sell(desk, valve, 14)
    found = look(desk, valve)
    assert (found.free, found.available, found.waiting, found.curve[-1].grains) == (0, 0, pieces(4), pieces(-4))
    own = look(desk, valve, order_id=order_id)
    assert (own.available, own.waiting) == (0, 0)
    desk.do("stock.receive", lambda tx: stock.receive(tx, valve, Decimal(9)))
    assert look(desk, valve).available == pieces(5)


def test_what_is_free_can_leave_today_and_the_rest_is_said_to_be_missing(desk):
    valve = desk.product("V-1")
    desk.do("stock.receive", lambda tx: stock.receive(tx, valve, Decimal(10)))
    (line,) = ask(desk, Wanted(valve, pieces(6))).lines
    assert (line.ready_on, line.reason, line.missing) == (TODAY, "6 in stock", 0)
    found = ask(desk, Wanted(valve, pieces(6)), Wanted(valve, pieces(6)))
    assert [line.missing for line in found.lines] == [0, pieces(2)]
    assert found.ready_on is None
    assert "2 not to be had" in found.lines[1].reason
