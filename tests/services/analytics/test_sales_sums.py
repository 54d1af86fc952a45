"""Sales added up: to the cent those of the journal, kept or not, whoever keeps them and whenever."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models.figures import Dimension
from app.models.invoice import invoice
from app.models.payment import Purpose
from app.services import billing, journal, orders, shipping, stock, takeover
from app.services.analytics import sales_sums
from app.services.analytics.sales_sums import Sum, _parts
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.progress import Quiet
from app.services.takeover import TakenOrder
from tests.busy import Busy
from tests.desk import DAY, Desk, unhurried

D = Decimal
FIRST, LAST = date(2020, 1, 1), date(2030, 12, 31)


@pytest.fixture
def busy(sqlite_database):
    """A company with everything: deposits, credit notes, pounds, kits, returns, orders of another program."""
    return Busy(unhurried(sqlite_database)).work()


def all_sums(desk):
    def read(connection):
        asked = sales_sums.reader(connection)
        days = asked.by_month(FIRST, LAST)
        return [days, *(asked.by_member(one, FIRST, LAST) for one in Dimension)]

    return desk.database.read(read)


def whole(desk, first=FIRST, last=LAST):
    return desk.database.read(lambda connection: sales_sums.reader(connection).whole(first, last))


def booked(desk):
    """What the journal holds on the accounts of sales and of cost of sales."""

    def read(connection):
        accounts = journal.accounts(connection)
        held = {code: balance for code, _, balance in journal.balances(connection)}
        sales = {accounts[Purpose.REVENUE], *(rule.account for rule in accounts.rules)}
        return -sum(held[code] for code in sales), held[accounts[Purpose.COST_OF_SALES]]

    return desk.database.read(read)


def test_sales_are_those_of_the_journal_to_the_cent_before_and_after_they_are_kept(busy):
    read_directly = all_sums(busy)
    found = whole(busy)
    assert (found.net, found.cost) == booked(busy)
    assert found.net > 0 and found.taken_over > 0
    for sums in read_directly:
        assert sum((one.revenue for one in sums.values()), D(0)) == found.revenue
    assert sales_sums.keep_up(busy.database, Quiet()) > 0
    assert not busy.database.read(sales_sums.lag).entries
    assert all_sums(busy) == read_directly


@pytest.fixture
def shop(database):
    """Ten pumps that cost 70 lie here, sold at 100."""
    desk = Desk(unhurried(database)).found()
    desk.pump, desk.buyer = desk.product("PUMP", "100"), desk.customer()
    desk.do("stock.receive", lambda tx: stock.receive(tx, desk.pump, D(10), unit_cost=D(70)))
    return desk


def sell(shop, pieces, on=DAY):
    new = NewOrder(shop.buyer, (LineInput(shop.pump, D(pieces)),), channel="web")
    order = shop.do("order.create", lambda tx: orders.create(tx, new))
    shop.do("order.confirm", lambda tx: orders.confirm(tx, order))
    shop.do("shipment.ship", lambda tx: shipping.ship(tx, shipping.planned_shipment(tx, order)))
    draft = shop.read(lambda c: c.execute(select(invoice.c.id).where(invoice.c.state == "draft")).scalar_one())
    shop.do("invoice.post", lambda tx: billing.post(tx, draft, on))


def bring(shop, number, pieces):
    taken = TakenOrder(shop.buyer, number, date(2025, 3, 5), (LineInput(shop.pump, D(pieces)),), date(2025, 3, 6))
    return shop.do("order.take_over", lambda tx: takeover.take_over(tx, [taken]))[0]


def test_what_is_sold_after_the_sums_were_kept_counts_at_once_and_is_kept_the_next_time(shop):
    sell(shop, 2)
    sales_sums.keep_up(shop.database, Quiet())
    sell(shop, 1, date(2026, 12, 1))
    assert whole(shop) == Sum(net=D(300), cost=D(210))
    assert whole(shop, DAY, DAY).net == 200  # a single day, and a month of which a part is asked for
    assert whole(shop, date(2026, 11, 20), date(2026, 12, 31)).net == 300
    sales_sums.keep_up(shop.database, Quiet())
    assert whole(shop) == Sum(net=D(300), cost=D(210))


def test_of_two_windows_that_add_up_the_same_sales_one_counts(shop):
    sell(shop, 2)
    (stretch,) = shop.read(sales_sums.lag).stretches
    part, tally = shop.read(lambda connection: sales_sums._add_up(connection, stretch=stretch, after=0))
    sales_sums._keep(shop.database, part, tally)
    sales_sums._keep(shop.database, part, tally)  # the other window had read the same
    assert whole(shop) == Sum(net=D(200), cost=D(140))


def test_orders_of_another_program_count_from_the_moment_they_are_brought_until_they_are_taken_back(shop):
    sales_sums.keep_up(shop.database, Quiet())
    bring(shop, "OLD-1", 3)
    assert whole(shop).taken_over == 300
    sales_sums.keep_up(shop.database, Quiet())
    again = bring(shop, "OLD-2", 1)
    assert whole(shop).taken_over == 400
    sales_sums.keep_up(shop.database, Quiet())
    shop.do("import.undo", lambda tx: takeover.take_back(tx, again, "OLD-2 undone"))
    assert whole(shop).taken_over == 300
    sales_sums.keep_up(shop.database, Quiet())
    assert whole(shop) == Sum(taken_over=D(300))


def test_a_long_history_is_kept_in_steps_that_end_with_a_command(shop, monkeypatch):
    for _ in range(3):
        sell(shop, 1)
    expected = all_sums(shop)
    monkeypatch.setattr(sales_sums, "AT_ONCE", 1)
    sales_sums.keep_up(shop.database, Quiet())
    assert all_sums(shop) == expected


def test_days_are_cut_into_whole_months_and_what_is_before_and_after_them():
    assert _parts(date(2026, 1, 1), date(2026, 12, 31)) == [(True, date(2026, 1, 1), date(2026, 12, 31))]
    assert _parts(date(2026, 1, 15), date(2026, 3, 2)) == [
        (True, date(2026, 2, 1), date(2026, 2, 28)),
        (False, date(2026, 1, 15), date(2026, 1, 31)),
        (False, date(2026, 3, 1), date(2026, 3, 2)),
    ]
    assert _parts(date(2026, 2, 3), date(2026, 3, 30)) == [(False, date(2026, 2, 3), date(2026, 3, 30))]
