"""Taxes on taxes, taxes in prices: each price is split so that the parts give the price again."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from app.errors import Invalid
from app.models.rounding import Rounding
from app.models.tax import Prices, Tax, TaxKind
from app.models.tax_formula import NOTHING, formula

ONE_UNIT = (100, 1)  # a step is a cent: 1.00 is 100 of them


def percent(code, rate, **flags):
    return Tax(code, Decimal(rate), **flags)


def per_unit(code, rate, **flags):
    return Tax(code, Decimal(rate), TaxKind.FIXED, **flags)


def of_gross(code, rate, **flags):
    return Tax(code, Decimal(rate), TaxKind.DIVISION, **flags)


def split(taxes, price, units=ONE_UNIT, prices=Prices.BY_TAX):
    """Net amount, tax amounts and their bases in cents, of a price of that many cents."""
    found = formula(tuple(taxes), prices)
    net, amounts = found.inside(price, units, Rounding.HALF_UP)
    return net, amounts, found.bases(net, amounts)


@pytest.mark.parametrize(
    ("taxes", "price", "expected"),
    [
        ([percent("a", 10)], 10000, (10000, [1000], [10000])),
        ([percent("a", 12, included=True)], 5250, (4688, [562], [4688])),
        ([percent("a", 10, affects_base=True), percent("b", 10)], 10000, (10000, [1000, 1100], [10000, 11000])),
        (
            [percent("a", 10, affects_base=True), percent("b", 10, base_affected=False)],
            10000,
            (10000, [1000, 1000], [10000, 10000]),
        ),
        (
            [percent("a", 21, included=True, affects_base=True), percent("b", 12)],
            12100,
            (10000, [2100, 1452], [10000, 12100]),
        ),
        (
            [per_unit("a", 1, affects_base=True), percent("b", 21, included=True, affects_base=True), per_unit("c", 2)],
            12000,
            (9900, [100, 2100, 200], [9900, 10000, 12100]),
        ),
        (
            [per_unit("a", "0.05", included=True, affects_base=True), per_unit("b", "0.25", included=True)],
            0,
            (-30, [5, 25], [-30, -25]),
        ),
        ([of_gross("a", 10)], 18000, (18000, [2000], [18000])),
        ([of_gross("a", 10, included=True)], 20000, (18000, [2000], [18000])),
        ([of_gross("a", 60, included=True), of_gross("b", 40, included=True)], 10000, (0, [6000, 4000], [0, 0])),
        ([of_gross("a", 15), of_gross("b", 9), percent("c", 10)], 7600, (7600, [1500, 900, 760], [7600] * 3)),
        ([percent("a", 15), percent("b", "5.5", included=True)], 230000, (218009, [32701, 11991], [218009] * 2)),
    ],
)
def test_a_price_is_split_into_net_and_taxes(taxes, price, expected):
    assert split(taxes, price) == expected


def test_a_document_decides_over_the_taxes_whether_prices_contain_them():
    taxes = [percent("a", 25), percent("b", 100, included=True)]
    assert split(taxes, 22500, prices=Prices.GROSS)[0] == 10000
    assert split(taxes, 10000, prices=Prices.NET) == (10000, [2500, 10000], [10000, 10000])


def test_equal_halves_of_one_tax_are_rounded_together_unless_another_is_built_on_them():
    halves = [percent("a", 10), percent("b", 10)]
    assert split(halves, 104)[1] == [11, 10]
    assert split(halves, -295)[1] == [-29, -30]
    feeding = [percent(tax.code, 10, affects_base=True, base_affected=False) for tax in halves]
    assert split([*feeding, percent("c", 3)], 104)[1] == [10, 10, 4]
    assert split([percent("a", 10), percent("b", 11)], 104)[1] == [10, 11]


def test_a_contained_tax_of_nothing_takes_nothing_of_the_rest():
    assert split([percent("a", 0, included=True), percent("b", 8, included=True)], 12440)[1] == [0, 921]


def test_exact_taxes_and_net_give_the_exact_price():
    taxes = (percent("a", 7, included=True, affects_base=True), per_unit("b", "0.3", included=True), percent("c", 19))
    found = formula(taxes)
    price, units = (123457, 1000), (700, 3)
    net = Fraction(*found.net_in(price, units))
    parts, denominator = found.exact(price, units)
    amounts = [Fraction(part, denominator) for part in parts]
    assert net + amounts[0] + amounts[1] == Fraction(*price)
    assert amounts == [
        net * Fraction(7, 100),
        Fraction(3, 10) * Fraction(*units),
        (net + amounts[0]) * Fraction(19, 100),
    ]
    assert found.net_in((200, 1), NOTHING) == (200 * found.net_slope, found.denominator)


@pytest.mark.parametrize(
    "taxes",
    [
        [of_gross("a", 60), of_gross("b", 40)],
        [of_gross("a", 110, included=True)],
        [percent("a", -100, included=True)],
    ],
)
def test_taxes_that_leave_no_net_amount_are_refused(taxes):
    with pytest.raises(Invalid) as refusal:
        formula(tuple(taxes))
    assert refusal.value.field == "tax_codes"
