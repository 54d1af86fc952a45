"""Orders that look entered twice are found; others are not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models.order import sales_order
from app.models.recurring import Rhythm
from app.services import blankets, order_twins, orders, quotes, recurring_orders
from app.services.blankets import Agreed, NewBlanket
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.quotes import Acceptance, NewQuote
from app.services.recurring_orders import Repeat
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


def test_several_orders_of_one_agreement_are_no_twins(sqlite_database):
    desk = Desk(unhurried(sqlite_database)).found()
    desk.ours, desk.p = desk.customer(), desk.product("P")
    blanket = NewBlanket(desk.ours, (Agreed(desk.p, Decimal(10), Decimal(7)),), START.date(), customer_po="PO-7")
    blanket_id = desk.do("blanket.add", lambda tx: blankets.add(tx, blanket))
    wanted = {desk.read(blankets.read, blanket_id).lines[0].id: 3_600_000}
    called = [desk.do("b", lambda tx: blankets.call_off(tx, blanket_id, wanted)) for _ in range(2)]
    quote = NewQuote(desk.ours, (LineInput(desk.p, Decimal(2)),) * 2, customer_po="PO-8")
    quote_id = desk.do("quote.create", lambda tx: quotes.create(tx, quote))
    keep = desk.read(quotes.lines, quote_id)[0].id
    parts = [
        desk.do("quote.accept", lambda tx, only=only: quotes.accept(tx, quote_id, Acceptance(keep_lines=only)))
        for only in ((keep,), ())
    ]
    weekly = write(desk, desk.ours, p=5)
    first = START.date() + timedelta(days=1)
    how = Repeat(1, Rhythm.WEEK, first)
    repeat_id = desk.do("order.repeat", lambda tx: recurring_orders.repeat(tx, weekly, how))
    desk.do("w", lambda tx: recurring_orders.write_due(tx, repeat_id, first + timedelta(days=7)))
    known = {*called, *parts, weekly}
    again = [
        key for key in desk.read(lambda c: c.execute(select(sales_order.c.id)).scalars().all()) if key not in known
    ]
    assert len(again) == 2
    assert [twins(desk, one) for one in (*called, *parts, weekly, *again)] == [[]] * 7
    entered = write(desk, desk.ours, "PO-7", p=5)
    assert len(twins(desk, entered)) == 5
