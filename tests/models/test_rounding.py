"""Rounding agrees with Python's own decimal arithmetic, and sharing out loses nothing."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.rounding import (
    MIRRORED,
    Rounding,
    round_decimals,
    round_ratio,
    round_step,
    settle,
    spread,
    to_decimal,
)

IN_DECIMAL = {
    Rounding.HALF_UP: decimal.ROUND_HALF_UP,
    Rounding.HALF_DOWN: decimal.ROUND_HALF_DOWN,
    Rounding.HALF_EVEN: decimal.ROUND_HALF_EVEN,
    Rounding.UP: decimal.ROUND_UP,
    Rounding.DOWN: decimal.ROUND_DOWN,
    Rounding.CEILING: decimal.ROUND_CEILING,
    Rounding.FLOOR: decimal.ROUND_FLOOR,
}
figures = st.decimals(-(10**9), 10**9, places=4)


@pytest.mark.parametrize("mode", Rounding)
@given(value=figures, decimals=st.integers(0, 3))
def test_every_mode_rounds_as_the_decimal_module_does(mode, value, decimals):
    assert round_decimals(value, decimals, mode) == value.quantize(Decimal(1).scaleb(-decimals), IN_DECIMAL[mode])


@pytest.mark.parametrize("mode", Rounding)
@pytest.mark.parametrize("half", ["0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5"])
def test_halves_go_where_the_mode_says(mode, half):
    assert round_decimals(Decimal(half), 0, mode) == Decimal(half).quantize(Decimal(1), IN_DECIMAL[mode])


@given(st.fractions(-1000, 1000), st.sampled_from(sorted(MIRRORED)))
def test_a_negative_rounds_to_the_negative(value, mode):
    numerator, denominator = value.as_integer_ratio()
    assert round_ratio(-numerator, denominator, mode) == -round_ratio(numerator, denominator, mode)


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        ("1.2345", "0.02", "1.24"),
        ("42.02", "0.05", "42.00"),
        ("1.1", "0.3", "1.2"),
        ("17", "15", "15"),
        ("-2.5", "1.4", "-2.8"),
        ("1.23", "-0.1", "1.2"),
        ("1.2345", "0", "1.2345"),
        ("1E50", "0.01", "1E50"),
    ],
)
def test_a_step_need_not_be_a_power_of_ten(value, step, expected):
    assert round_step(Decimal(value), Decimal(step)) == Decimal(expected)


def test_places_are_kept_and_no_size_is_too_big():
    assert str(round_decimals(1, 2)) == "1.00"
    assert str(round_decimals(Fraction(10**40 * 3 + 1, 3), 2)) == f"{10**40}.33"
    assert round_decimals(12345, -2) == 12300


def test_a_fraction_without_end_is_not_written_as_a_decimal():
    assert to_decimal(Fraction(-7, 40)) == Decimal("-0.175")
    assert round_step(Fraction(1, 8), Decimal(0)) == Decimal("0.125")
    with pytest.raises(ValueError, match="1/3"):
        to_decimal(Fraction(1, 3))


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_add_up_and_are_within_one_of_their_due(total, weights):
    parts = spread(total, weights)
    assert sum(parts) == total
    if any(weights):
        assert all(
            abs(part - Fraction(total * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True)
        )


@given(st.integers(-1000, 1000), st.lists(st.integers(-100, 100), max_size=8))
def test_shares_of_the_negative_are_the_negatives(total, weights):
    parts = spread(total, weights)
    assert spread(-total, weights) == [-part for part in parts]
    assert spread(-total, [-weight for weight in weights]) == [-part for part in parts]
    assert sum(parts) == (total if weights else 0)


def test_the_last_cents_go_to_the_largest_remainders_and_then_to_the_first():
    assert spread(100, [1, 1, 1]) == [34, 33, 33]
    assert spread(10000, [50000, 100000]) == [3333, 6667]
    assert spread(10, [0, 0]) == [5, 5]
    assert spread(10, [3, -3]) == [5, 5]
    assert spread(9, [30, -10, 10]) == [9, -3, 3]


@given(st.integers(-200, 200), st.lists(st.integers(-500, 500), min_size=1, max_size=8), st.integers(1, 9))
def test_settled_parts_add_up(total, parts, denominator):
    assert sum(settle(total, parts, denominator)) == total


def test_what_is_left_over_goes_to_the_part_that_was_rounded_furthest_the_other_way():
    assert settle(21, [104, 104], 10) == [11, 10]  # 10.4 each
    assert settle(-59, [-295, -295], 10) == [-29, -30]  # -29.5 each
    assert settle(6, [14, 0, 33], 10) == [2, 0, 4]  # nothing stays nothing
    assert settle(3, [0, 0], 1) == [2, 1]
