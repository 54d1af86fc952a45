"""A price while it is being agreed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.services.line_price import LinePrice

prices = st.decimals(1, 10**5, places=4)


def shown(price):
    return str(price.unit_price), str(price.discount_amount), str(price.discount_percent)


def test_percent_amount_and_unit_price_follow_from_each_other():
    price = LinePrice(Decimal("10.0000"))
    assert shown(price) == ("10.0000", "0.0000", "0.00")
    assert shown(price.with_discount_percent(Decimal(10))) == ("9.0000", "1.0000", "10.00")
    assert shown(price.with_discount_amount(Decimal("3.3333"))) == ("6.6667", "3.3333", "33.33")
    assert shown(price.with_unit_price(Decimal("12.5"))) == ("12.5000", "-2.5000", "-25.00")


def test_a_margin_raises_what_the_discount_comes_off():
    price = LinePrice(Decimal(1000), decimals=2, margin_percent=Decimal(10)).with_discount_percent(Decimal(10))
    assert (price.price_with_margin, price.discount_amount, price.unit_price) == (1100, 110, 990)
    assert LinePrice(Decimal(200), margin_amount=Decimal(20)).unit_price == 220


def test_a_discount_on_nothing_is_nothing():
    assert shown(LinePrice(Decimal(0), decimals=2).with_unit_price(Decimal(5))) == ("5.00", "-5.00", "0.00")


@given(prices, prices)
def test_list_price_less_discount_is_always_the_unit_price(listed, typed):
    for price in (
        LinePrice(listed).with_discount_amount(typed),
        LinePrice(listed).with_unit_price(typed),
        LinePrice(listed).with_discount_percent(typed / 10**4),
    ):
        assert price.price_with_margin - price.discount_amount == price.unit_price


def test_another_unit_takes_the_exact_factor_and_not_its_rounded_price():
    pack = LinePrice(Decimal("182193.74"), decimals=2)
    assert pack.price_of(Fraction(1, 4)) == Decimal("45548.44")
    assert pack.line_total(20, factor=Fraction(1, 4)) == Decimal("910968.70")
    dozen = LinePrice(Decimal(200), decimals=2)
    assert dozen.price_of(Fraction(1, 12)) == Decimal("16.67")
    assert dozen.line_total(12, factor=Fraction(1, 12)) == Decimal("200.00")
    assert dozen.line_total(5, factor=Fraction(1, 12), step=Decimal("0.05")) == Decimal("83.35")


@given(prices, st.integers(1, 400))
def test_a_price_typed_for_another_unit_is_the_one_that_is_charged(typed, pieces):
    price = LinePrice(Decimal(1)).with_unit_price(typed, factor=Fraction(1, pieces))
    assert price.price_of(Fraction(1, pieces)) == typed
    assert price.line_total(1, factor=Fraction(1, pieces), step=Decimal("0.0001")) == typed
