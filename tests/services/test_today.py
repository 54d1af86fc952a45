"""The figures of the day, worked out by hand on a small company."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.models.shipment import pick_line
from app.services import billing, negotiation, orders, payments, picking, quotes, shipping, today
from app.services.document_lines import LineInput
from app.services.negotiation import Ask
from app.services.payments import NewPayment
from app.services.quotes import NewQuote
from tests.views import small_company
from tests.views.small_company import TODAY

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def company(database):
    return small_company.found(database)


def read(company):
    return company.read(lambda connection: today.read(connection, NOW, UTC))


def test_nothing_is_asked_of_an_idle_company(company):
    day = read(company)
    assert (day.figures.to_ship, day.figures.on_time, day.needs, day.stages) == (0, None, (), ())
    assert day.figures.open_value == (("EUR", Decimal(0)),)


def test_orders_due_and_late_and_shipped_in_time(company):
    company.order({company.valve: 1})  # due today
    late = company.order({company.valve: 1}, promised=TODAY - timedelta(days=3))
    company.order({company.valve: 1}, promised=TODAY + timedelta(days=1))
    in_time = company.order({company.valve: 1}, promised=TODAY)
    company.ship(in_time)
    figures = read(company).figures
    assert (figures.to_ship, figures.late, figures.shipped_today) == (2, 1, 1)
    assert figures.on_time == Fraction(0)  # of those promised before today only the late one
    assert company.read(lambda c: today._on_time(c, NOW, TODAY, TODAY + timedelta(days=1))) == Fraction(1, 2)
    needs = read(company).needs
    assert [(need.kind, need.record_id, need.on) for need in needs if need.kind == "late"] == [
        ("late", late, TODAY - timedelta(days=3))
    ]


def test_money_that_is_open_overdue_or_not_matched(company):
    order_id = company.order({company.valve: 10})
    assert read(company).figures.open_value == (("EUR", Decimal("222.64")),)
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    assert [(n.kind, n.amount) for n in read(company).needs] == [("drafts", Decimal("222.64"))]
    company.do(lambda tx: billing.post(tx, invoice_id, date(2026, 10, 1)))  # due on the 31st, net 30
    new = NewPayment(company.harbor, Decimal(100), TODAY, allocations={invoice_id: Decimal("22.64")})
    company.do(lambda tx: payments.receive(tx, new))
    day = read(company)
    assert day.figures.overdue == (("EUR", Decimal(200)),)
    assert (day.figures.overdue_count, day.figures.oldest_overdue) == (1, date(2026, 10, 31))
    assert [(n.kind, n.amount) for n in day.needs] == [("payment", Decimal("77.36")), ("overdue", Decimal(200))]
    assert [(one.stage, one.count, one.value) for one in day.stages] == [("invoiced", 1, Decimal("222.64"))]


def test_quotes_about_to_expire_and_packed_shipments_need_somebody(company):
    new = NewQuote(company.harbor, (LineInput(company.valve),), valid_until=TODAY + timedelta(days=2))
    quote_id = company.do(lambda tx: quotes.create(tx, new))
    company.do(lambda tx: quotes.send(tx, quote_id))
    order_id = company.order({company.gasket: 2}, promised=TODAY + timedelta(days=9))
    company.pick_all(order_id)
    shipment_id = company.shipment_of(order_id)
    company.do(lambda tx: shipping.pack(tx, shipment_id))
    assert [(need.kind, need.record_id) for need in read(company).needs] == [("expires", quote_id), ("packed", None)]


def test_weeks_begin_on_monday_and_leave_the_one_under_way_out(company):
    company.order({company.valve: 1})  # today, a Monday: this week
    for on, quantity in ((TODAY - timedelta(days=1), 2), (TODAY - timedelta(days=7 + 364), 3)):
        lines = (LineInput(company.valve, Decimal(quantity)),)
        new = orders.NewOrder(company.harbor, lines, ordered_on=on)
        order_id = company.do(lambda tx, new=new: orders.create(tx, new))
        company.do(lambda tx, key=order_id: orders.confirm(tx, key))
    weeks = company.read(lambda connection: today.weeks(connection, TODAY))
    assert weeks.mondays[-1] == TODAY - timedelta(days=7)
    assert (weeks.values[-1], sum(weeks.values)) == (Decimal("44.53"), Decimal("111.32"))
    assert weeks.values[0] == Decimal("66.79")  # the first of 53 weeks is the last of the year before
    assert (weeks.year_before[-1], sum(weeks.year_before)) == (Decimal("66.79"), Decimal("66.79"))


def test_a_step_told_on_two_records_is_told_once(company):
    order_id = company.order({company.valve: 1})
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    company.do(lambda tx: billing.post(tx, invoice_id, TODAY))
    names = [one.name for one in read(company).happenings]
    assert names.count("invoice.posted") == 1


def test_what_a_customer_asked_for_and_what_was_not_found_need_somebody(company):
    new = NewQuote(company.harbor, (LineInput(company.valve),), valid_until=TODAY + timedelta(days=30))
    quote_id = company.do(lambda tx: quotes.create(tx, new))
    company.do(lambda tx: quotes.send(tx, quote_id))
    line_id = company.read(lambda connection: quotes.lines(connection, quote_id)[0].id)
    company.do(lambda tx: negotiation.counter(tx, quote_id, [Ask(line_id, unit_price=Decimal(15))]))
    order_id = company.order({company.valve: 3}, promised=TODAY + timedelta(days=9))
    pick_id = company.pick_of(order_id)
    line = company.read(lambda c: c.execute(select(pick_line).where(pick_line.c.pick_id == pick_id)).one())
    company.do(lambda tx: picking.complete(tx, pick_id, {line.id: line.wanted // 3}))
    needs = read(company).needs
    assert [(need.kind, need.record_id, need.count) for need in needs] == [
        ("short", order_id, 1),
        ("counter", quote_id, 1),
    ]
