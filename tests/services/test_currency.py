"""Amounts in other currencies."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.currency import NoRate, convert, convert_rounded

RATES = {"EUR": Decimal(1), "USD": Decimal("1.3"), "CHF": Decimal("0.95"), "OLD": Decimal(0)}


def test_an_amount_goes_by_the_rates_of_both_currencies_and_is_rounded_once():
    assert convert_rounded(10, "EUR", "USD", RATES) == Decimal("13.00")
    assert convert_rounded(10, "USD", "EUR", RATES) == Decimal("7.69")
    assert convert_rounded(10, "USD", "CHF", RATES, step=Decimal("0.05")) == Decimal("7.30")
    assert convert_rounded(1000, "USD", "EUR", RATES, decimals=0) == 769


@given(st.decimals(-(10**6), 10**6, places=4), st.sampled_from(["EUR", "USD", "CHF"]), st.sampled_from(["EUR", "CHF"]))
def test_nothing_is_lost_there_and_back(amount, source, target):
    assert convert(convert(amount, source, target, RATES), target, source, RATES) == Fraction(amount)


@pytest.mark.parametrize(("source", "target"), [("USD", "JPY"), ("JPY", "USD"), ("OLD", "EUR"), ("EUR", "OLD")])
def test_without_a_rate_nothing_is_guessed(source, target):
    with pytest.raises(NoRate, match=r"no exchange rate for (JPY|OLD)") as refusal:
        convert(10, source, target, RATES)
    assert refusal.value.field == "currency"


def test_one_currency_needs_no_rate():
    assert convert(Decimal("10.005"), "JPY", "JPY", {}) == Decimal("10.005")
