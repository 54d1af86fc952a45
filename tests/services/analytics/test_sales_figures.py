"""The sales dashboard: the rows add up to the whole, against the period before and the year before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from app.models.figures import Dimension
from app.services import stock as inventory
from app.services.analytics import inventory_figures, operations_figures, receivable_figures, sales_figures
from app.services.analytics.inventory_figures import abc, xyz
from app.services.analytics.spans import Choice, span
from tests.services.analytics.test_sales_sums import bring, sell, shop

D = Decimal
TODAY = date(2026, 11, 30)
__all__ = ["shop"]


def read(desk, dimension, choice=Choice.THIS_YEAR):
    return desk.read(sales_figures.read, span(choice, TODAY), dimension)


def test_each_breakdown_adds_up_to_what_was_sold_and_names_who_sold_it(shop):
    sell(shop, 2)
    bring(shop, "OLD-1", 3)
    expected = {
        Dimension.ALL: "",
        Dimension.CUSTOMER: "Harbor & Finch",
        Dimension.PRODUCT: "PUMP",
        Dimension.CHANNEL: "web",
        Dimension.REGION: "NL",
        Dimension.SALESPERSON: "ann",
    }
    for dimension, name in expected.items():
        found = read(shop, dimension)
        assert (found.rows[0].name, found.rows[0].now.revenue) == (name, 200)
        assert sum(row.year_ago.revenue for row in found.rows) == found.year_ago.revenue == 300
    assert (found.by_month[-1].revenue, found.year_before[3].revenue) == (200, 300)
    margin = sales_figures.margin(found.now)
    assert (margin.left, margin.percent) == (60, D("30.0"))
    assert sales_figures.margin(found.year_ago) is None, "what another program billed has no cost here"


def test_the_rest_of_a_long_breakdown_is_one_row(shop, monkeypatch):
    sell(shop, 2)
    bring(shop, "OLD-1", 3)
    monkeypatch.setattr(sales_figures, "SHOWN", 1)
    rows = read(shop, Dimension.CHANNEL).rows
    assert [(row.member, row.now.revenue, row.year_ago.revenue) for row in rows] == [("web", 200, 0), (None, 0, 300)]


def test_operations_tell_what_left_in_time_what_is_open_and_for_how_long(shop):
    sell(shop, 2)
    found = shop.read(operations_figures.read, span(Choice.THIS_MONTH, TODAY), shop.now)
    assert (found.shipped, found.returned, found.is_empty) == (1, 0, False)
    assert found.open_orders == sum(one.orders for one in found.backlog)


def test_receivables_are_those_of_the_ledger(shop):
    sell(shop, 2)
    due = shop.rows("SELECT due_on FROM invoice")[0][0]
    found = shop.read(receivable_figures.read, date(2027, 1, 20))
    assert (found.held, sum(found.classes), found.rows[0].total) == (D("242.00"), D("242.00"), D("242.00"))
    assert found.overdue == D("242.00"), due
    assert found.days[-1] == 90, "all that was invoiced in 90 days is open"


def test_stock_is_turned_over_lasts_and_is_dead(shop):
    dead = shop.product("LAMP", "50")
    shop.do("stock.receive", lambda tx: inventory.receive(tx, dead, D(4), unit_cost=D(25)))
    sell(shop, 3)
    found = shop.read(inventory_figures.read, shop.now)
    assert found.value == 7 * 70 + 100
    assert found.turns == Fraction(210 * 12, 590), "it was worth nothing in eleven of twelve months"
    assert found.cover == Fraction(590 * 90, 210)
    assert [(one.sku, one.value) for one in found.dead] == [("LAMP", 100)]
    assert found.matrix == {("A", "Z"): (1, D(490)), ("", ""): (1, D(100))}


@pytest.mark.parametrize(
    ("sales", "steady"),
    [([5, 5, 5, 5], "X"), ([1, 3, 1, 3], "X"), ([0, 4, 0, 4], "Y"), ([0, 0, 0, 8], "Z"), ([0, 0, 0, 0], "")],
)
def test_steady_products_are_told_from_those_that_sell_now_and_then(sales, steady):
    assert xyz([D(one) for one in sales]) == steady


def test_few_products_bring_most_of_the_sales():
    assert abc({"a": D(80), "b": D(15), "c": D(5), "d": D(0), "e": D(-3)}) == {"a": "A", "b": "B", "c": "C"}
