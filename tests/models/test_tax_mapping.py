"""Which taxes apply between two places, and what that does to a price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.models.tax import Tax
from app.models.tax_mapping import PlaceRule, Sale, Side, adapt_price, find_rule, map_taxes

OWN = Tax("V20", Decimal(20))
REDUCED = Tax("V7", Decimal(7))
NONE = Tax("EXP", Decimal(0))
RULES = (
    PlaceRule("anywhere", (NONE,)),
    PlaceRule("home", (OWN,), origin="DE", destination="DE"),
    PlaceRule("to France", (Tax("F20", Decimal(20)),), destination="FR", side=Side.SALE),
    PlaceRule("from Germany to France", (Tax("F20", Decimal(20)),), origin="DE", destination="FR", side=Side.SALE),
)


@pytest.mark.parametrize(
    ("origin", "destination", "side", "name"),
    [
        ("DE", "DE", Side.SALE, "home"),
        ("DE", "FR", Side.SALE, "from Germany to France"),
        ("BE", "FR", Side.SALE, "to France"),
        ("DE", "FR", Side.PURCHASE, "anywhere"),
        ("DE", "US", Side.SALE, "anywhere"),
    ],
)
def test_the_rule_that_says_most_about_the_case_applies(origin, destination, side, name):
    assert find_rule(RULES, Sale(origin, destination, side)).name == name


def test_where_no_rule_speaks_the_product_s_taxes_stay():
    assert find_rule((), Sale("DE", "US")) is None
    assert map_taxes((), (OWN,), Sale("DE", "US")) == (OWN,)


def test_a_rule_may_replace_one_tax_only_and_two_may_become_one():
    rules = (
        PlaceRule("standard", (NONE,), destination="CH", replaces="V20"),
        PlaceRule("reduced", (NONE,), destination="CH", replaces="V7"),
    )
    assert map_taxes(rules, (OWN, REDUCED), Sale("DE", "CH")) == (NONE,)
    assert map_taxes(rules[:1], (OWN, REDUCED), Sale("DE", "CH")) == (NONE, REDUCED)


def test_a_rule_holds_from_its_first_to_its_last_day():
    rules = (PlaceRule("2025", (NONE,), starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)),)
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [find_rule(rules, Sale("DE", "DE", day=day)) is not None for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("price", "before", "after", "expected"),
    [
        ("121", [("21", True)], [("6", True)], "106"),
        ("121", [("21", True)], [("21", False)], "100"),
        ("121", [("21", True)], [], "100"),
        ("100", [("15", False)], [("6", True)], "100"),
        ("100", [("15", False), ("21", True)], [("6", True)], "100"),
        ("100", [], [("6", True)], "100"),
    ],
)
def test_a_price_that_contained_its_taxes_keeps_its_net_amount(price, before, after, expected):
    old = tuple(Tax(f"old{rate}", Decimal(rate), included=included) for rate, included in before)
    new = tuple(Tax(f"new{rate}", Decimal(rate), included=included) for rate, included in after)
    assert adapt_price(Decimal(price), old, new) == Decimal(expected)
