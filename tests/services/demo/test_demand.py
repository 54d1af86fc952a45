"""What is ordered when, before it is written to the books."""

from __future__ import annotations

from datetime import date, timedelta

from app.services.demo import catalogue, customers
from app.services.demo.demand import Market

LAST = date(2026, 11, 24)


def test_orders_begin_on_the_first_day_whatever_weekday_it_is() -> None:
    for offset in range(7):
        first = date(2023, 11, 20) + timedelta(days=offset)
        market = Market(catalogue.make(130, 7, first, LAST), customers.make(40, 7, first, LAST), 7, "orders")
        sales = list(market.sales(200, first, first + timedelta(days=13)))
        assert len(sales) == 200
        assert all(sale.lines for sale in sales)
        assert [sale.ordered_on for sale in sales] == sorted(sale.ordered_on for sale in sales)


def test_nothing_is_ordered_before_it_is_sold_or_after_it_is_gone() -> None:
    first = date(2023, 11, 26)
    items, people = catalogue.make(400, 7, first, LAST), customers.make(120, 7, first, LAST)
    week = timedelta(days=7)
    ordered = 0
    for sale in Market(items, people, 7, "orders").sales(6_000, first, LAST):
        assert people[sale.customer].joined - timedelta(days=31) <= sale.ordered_on
        assert sale.ordered_on <= people[sale.customer].left + timedelta(days=31)
        for wanted in sale.lines:
            item = items[wanted.item]
            assert item.born - week <= sale.ordered_on
            assert item.dies == date.max or sale.ordered_on < item.dies + week
            ordered += item.born > first or item.dies < LAST
    assert ordered > 300


def test_a_lumpy_product_is_wanted_seldom_and_in_numbers() -> None:
    first = date(2023, 11, 26)
    items, people = catalogue.make(400, 7, first, LAST), customers.make(120, 7, first, LAST)
    weeks: list[set[int]] = [set() for _ in items]
    for sale in Market(items, people, 7, "orders").sales(12_000, first, LAST):
        for wanted in sale.lines:
            weeks[wanted.item].add(sale.ordered_on.toordinal() // 7)
    span = (LAST - first).days // 7
    always = [item.lumpy is False and item.born == first and item.dies > LAST for item in items]
    lumpy = [len(found) / span for found, item in zip(weeks, items, strict=True) if item.lumpy]
    steady = [len(found) / span for found, is_steady in zip(weeks, always, strict=True) if is_steady]
    assert max(lumpy) < 0.25  # even with enough orders for every week
    assert sum(each > 0.5 for each in steady) > len(steady) // 3
