"""Forecasts with a pencil are exact."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.forecasting import plain_forecasts as plain


def test_smoothing_goes_a_part_of_the_way_each_time():
    sold = [Decimal(100), Decimal(120)]
    assert plain.exponential(sold, Decimal("0.3"), Decimal(105)) == (Decimal(105), Decimal("103.5"), Decimal("108.45"))


def test_an_average_is_over_all_periods_not_over_those_with_sales():
    assert plain.average_rate([Decimal(1)], 3, 1) == Fraction(1, 3)
    with pytest.raises(ValueError, match="one period at least"):
        plain.average_rate([], 0, 4)


def test_the_same_period_a_year_before_without_what_is_excluded():
    sold = {"chair": [Decimal(3), Decimal("1.5")], "table": [Decimal(9)]}
    assert plain.same_period(sold, {"table"}) == {"chair": Decimal("4.5")}


@given(st.integers(0, 10_000), st.integers(1, 400))
def test_pieces_are_shared_out_evenly_to_the_last(pieces, periods):
    shares = plain.spread(pieces, periods)
    assert len(shares) == periods and sum(shares) == pieces and max(shares) - min(shares) <= 1


def test_single_pieces_come_in_the_middle_of_their_part():
    assert plain.spread(1, 5) == (0, 0, 1, 0, 0)
    assert plain.spread(5, 2) == (2, 3)
    with pytest.raises(ValueError, match="one period"):
        plain.spread(5, 0)
