"""Orders that look entered twice are found; others are not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.services import order_twins, orders
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import START, Desk, unhurried


@pytest.fixture
def desk(database):
    desk = Desk(unhurried(database)).found()
    desk.ours, desk.other = desk.customer(), desk.customer("Other & Sons")
    desk.p, desk.q = desk.product("P"), desk.product("Q")
    return desk


def write(desk, customer, po="", after=0, **pieces):
    lines = tuple(LineInput(getattr(desk, name), Decimal(n)) for name, n in pieces.items())
    new = NewOrder(customer, lines, customer_po=po, ordered_on=START.date() + timedelta(days=after))
    return desk.do("order.create", lambda tx: orders.create(tx, new))


def twins(desk, order_id):
    return [(one.number, one.same_po) for one in desk.read(order_twins.find, order_id)]


def number(desk, order_id):
    return desk.read(orders.get, order_id).number


def test_the_same_po_number_is_told_whenever_and_whatever_was_ordered(desk):
    first = write(desk, desk.ours, "4711", p=1)
    write(desk, desk.other, "4711", p=1)
    second = write(desk, desk.ours, "4711", after=300, q=9)
    assert twins(desk, second) == [(number(desk, first), True)]
    desk.do("order.cancel", lambda tx: orders.cancel(tx, first))
    assert twins(desk, second) == []


def test_the_same_goods_within_a_week_are_told_in_any_order_of_lines(desk):
    first = write(desk, desk.ours, p=3, q=2)
    second = write(desk, desk.ours, after=7, q=2, p=3)
    assert twins(desk, second) == [(number(desk, first), False)]
    assert twins(desk, write(desk, desk.ours, after=8, p=3, q=2)) == [(number(desk, second), False)]
    assert twins(desk, write(desk, desk.ours, after=1, p=3)) == []
    assert twins(desk, write(desk, desk.other, after=1, p=3, q=2)) == []


def test_orders_without_goods_or_po_number_are_like_no_other(desk):
    write(desk, desk.ours)
    assert twins(desk, write(desk, desk.ours)) == []
