"""Orders given again: on the right days, once, as drafts, until their end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.carrier import FreightPolicy
from app.models.order import sales_order
from app.models.recurring import Rhythm, next_days
from app.services import blankets, companies, day_begin, freight, orders, recurring_orders
from app.services.blankets import Agreed, NewBlanket
from app.services.document_lines import LineInput
from app.services.freight import FreightRow, NewFreightTable
from app.services.orders import NewOrder
from app.services.recurring_orders import Repeat
from tests.desk import START, Desk, unhurried

JANUARY = date(2027, 1, 31)


@pytest.fixture
def desk(database):
    desk = Desk(unhurried(database)).found()
    new = NewOrder(desk.customer(), (LineInput(desk.product("P"), Decimal(3), unit_price=Decimal("7.5")),))
    desk.order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    return desk


def repeat(desk, *how):
    return desk.do("order.repeat", lambda tx: recurring_orders.repeat(tx, desk.order_id, Repeat(*how)))


def begin(desk, day):
    """What a day begins with, as the duty does it: how many orders were written."""
    found = [steps for duty, steps in desk.read(day_begin.due, day) if duty is day_begin.RECURRING]
    return sum(desk.do("order.write_due", step) for steps in found for step in steps)


def wanted(desk):
    rows = desk.rows("SELECT requested_on FROM sales_order WHERE requested_on IS NOT NULL ORDER BY requested_on")
    return [str(row[0]) for row in rows]


def test_months_keep_their_day_and_end_on_the_last_one_of_shorter_months():
    days = next_days(JANUARY, 1, Rhythm.MONTH, None, 0, 4)
    assert days == [JANUARY, date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    assert next_days(date(2027, 1, 4), 2, Rhythm.WEEK, date(2027, 1, 20), 0, 5) == [date(2027, 1, 4), date(2027, 1, 18)]
    assert next_days(date(2023, 11, 30), 3, Rhythm.MONTH, None, 1, 1) == [date(2024, 2, 29)]


def test_each_due_order_is_written_once_as_a_draft_with_the_lines_as_they_are_now(desk):
    repeat(desk, 1, Rhythm.MONTH, JANUARY, date(2027, 3, 31))
    assert begin(desk, date(2027, 1, 30)) == 0
    line = desk.read(orders.lines, desk.order_id)[0]
    desk.do("l", lambda tx: orders.change_line(tx, desk.order_id, line.id, quantity=Decimal(5)))
    assert (begin(desk, JANUARY), begin(desk, JANUARY)) == (1, 0)
    assert begin(desk, date(2027, 6, 1)) == 2  # nobody came for months: each of its days is made up for
    assert begin(desk, date(2028, 1, 1)) == 0
    assert wanted(desk) == ["2027-01-31", "2027-02-28", "2027-03-31"]
    rows = desk.rows("SELECT o.state, l.ordered = 5 * p.grain, l.unit_price FROM sales_order o "
                     "JOIN sales_order_line l ON l.order_id = o.id JOIN product p ON p.id = l.product_id")  # fmt: skip
    assert {(row[0], bool(row[1]), row[2]) for row in rows} == {("draft", True, 7_500_000)}
    assert desk.read(recurring_orders.of_order, desk.order_id) is None
    assert desk.damages() == []


def test_it_is_stopped_and_replaced_and_says_its_next_days(desk):
    first = repeat(desk, 2, Rhythm.WEEK, date(2027, 1, 4))
    second = repeat(desk, 1, Rhythm.WEEK, date(2027, 1, 5))
    found, how, days = desk.read(recurring_orders.of_order, desk.order_id)
    assert (found, how.every, days) == (second, 1, (date(2027, 1, 5), date(2027, 1, 12), date(2027, 1, 19)))
    assert desk.read(recurring_orders.due, date(2027, 1, 5)) == [second]
    desk.do("s", lambda tx: recurring_orders.stop(tx, second))
    assert begin(desk, date(2027, 2, 1)) == 0
    with pytest.raises(NotAllowed, match="not given again"):
        desk.do("s", lambda tx: recurring_orders.stop(tx, first))


def test_the_days_stay_where_only_the_end_is_another(desk):
    first = repeat(desk, 1, Rhythm.MONTH, JANUARY)
    assert begin(desk, JANUARY) == 1
    desk._minutes += 100 * 24 * 60
    assert repeat(desk, 1, Rhythm.MONTH, JANUARY, date(2027, 3, 31)) == first
    assert desk.read(recurring_orders.of_order, desk.order_id)[2] == (date(2027, 2, 28), date(2027, 3, 31))
    with pytest.raises(Invalid, match="before that day"):
        repeat(desk, 1, Rhythm.MONTH, JANUARY, JANUARY)
    with pytest.raises(Invalid, match="lies behind us"):
        repeat(desk, 2, Rhythm.MONTH, JANUARY)


def test_a_cancelled_order_is_not_given_again(desk):
    repeat(desk, 1, Rhythm.MONTH, JANUARY)
    desk.do("c", lambda tx: orders.cancel(tx, desk.order_id))
    assert desk.read(recurring_orders.of_order, desk.order_id) is None
    assert begin(desk, JANUARY) == 0


def test_terms_are_given_again_and_freight_is_agreed_anew(desk):
    pump, customer = desk.product("PUMP", weight_g=2000), desk.customer("Other")
    rows = (FreightRow(0, Decimal(9)), FreightRow(5000, Decimal(20)))
    table = desk.do("f", lambda tx: freight.add_table(tx, NewFreightTable("T", "Freight", rows=rows)))
    lines = (LineInput(pump, Decimal(3), unit_price=Decimal("1.115")),) * 2
    new = NewOrder(customer, lines, tax_rounding="document", deposit_percent=Decimal(30), campaign="SPRING")
    desk.order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("a", lambda tx: freight.agree(tx, desk.order_id, table, FreightPolicy.ORDER))
    desk.do("c", lambda tx: companies.change(tx, values={"cash_rounding": Decimal("0.05")}))
    repeat(desk, 1, Rhythm.MONTH, JANUARY)
    line = desk.read(orders.lines, desk.order_id)[1]
    desk.do("l", lambda tx: orders.remove_line(tx, desk.order_id, line.id))
    assert begin(desk, JANUARY) == 1
    written = desk.read(lambda c: c.scalar(select(sales_order.c.id).order_by(sales_order.c.id.desc())))
    head, before = desk.read(orders.get, written), desk.read(orders.get, desk.order_id)
    for name in ("tax_rounding", "cash_rounding", "deposit_percent", "campaign", "customer_id"):
        assert getattr(head, name) == getattr(before, name), name
    sold = [(row.kind, row.unit_price) for row in desk.read(orders.lines, written)]
    assert sold == [("product", Decimal("1.115")), ("fee", Decimal(20))]
    assert len(desk.read(freight.charges, written)) == 1
    assert desk.damages() == []


def test_a_call_off_is_not_given_again_beyond_what_was_agreed(desk):
    line = Agreed(desk.product("PUMP"), Decimal(10), Decimal(7))
    new = NewBlanket(desk.customer("Other"), (line,), START.date())
    blanket_id = desk.do("blanket.add", lambda tx: blankets.add(tx, new))
    [agreed] = desk.read(blankets.read, blanket_id).lines
    wanted = {agreed.id: agreed.agreed}
    desk.order_id = desk.do("blanket.call_off", lambda tx: blankets.call_off(tx, blanket_id, wanted))
    with pytest.raises(NotAllowed, match="calls off a blanket order"):
        repeat(desk, 1, Rhythm.MONTH, JANUARY)


def test_what_would_never_come_is_refused(desk):
    with pytest.raises(Invalid, match="1 to 120"):
        repeat(desk, 0, Rhythm.WEEK, JANUARY)
    with pytest.raises(Invalid, match="before that day"):
        repeat(desk, 1, Rhythm.WEEK, JANUARY, date(2027, 1, 30))
    desk.do("c", lambda tx: orders.cancel(tx, desk.order_id))
    with pytest.raises(NotAllowed, match="cancelled"):
        repeat(desk, 1, Rhythm.WEEK, JANUARY)
