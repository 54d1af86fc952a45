"""What a chart shows is told from exact figures: aloud, as a table, and by the numbers on its axes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from app.views import axis
from app.views.picture import Band, Level, Picture, Series, Shape

WEEKS = [date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)]


def demand():
    return Picture(
        "Demand",
        WEEKS,
        [Series("Actual", [12, Decimal("7.5"), None]), Series("Forecast", [None, None, Decimal(9)])],
        [Band("80 % band", [None, None, Decimal(6)], [None, None, Decimal(14)])],
        levels=[Level(Decimal(20), "Reorder point")],
        unit="pcs",
        place_name="Week",
    )


def test_a_place_is_read_out_with_what_is_known_there():
    assert demand().read_out(1) == [("Actual", "7.5 pcs")]
    assert demand().read_out(2) == [("Forecast", "9 pcs"), ("80 % band", "6 pcs to 14 pcs")]
    assert demand().place_text(2) == "Mon 23 Nov 2026"


def test_the_table_holds_the_same_figures_exactly():
    picture = demand()
    assert picture.headings() == ("Week", "Actual", "Forecast", "80 % band from", "80 % band to")
    assert picture.rows()[1:] == [
        (WEEKS[1], Decimal("7.5"), None, None, None),
        (WEEKS[2], None, Decimal(9), Decimal(6), Decimal(14)),
    ]


def test_the_height_takes_in_every_figure_and_level():
    assert demand().bounds() == (0, 20)
    assert Picture("Rate", WEEKS, [Series("", [3, 3, 3])], from_zero=False).bounds() == (3, 4)
    assert Picture("Nothing", []).bounds() == (0, 1)


def test_bars_on_one_another_are_as_high_as_their_sum():
    bars = [Series("a", [1, 2], shape=Shape.BARS), Series("b", [4, 5], shape=Shape.BARS)]
    assert Picture("", ["x", "y"], bars, stacked=True).bounds() == (0, 7)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 7, [0, 2, 4, 6, 8]), (-3, 5, [-4, -2, 0, 2, 4, 6]), (0, 1, [0, Decimal("0.5"), 1]), (212, 390, None)],
)
def test_the_lines_across_stand_at_round_figures(low, high, expected):
    found = axis.ticks(Decimal(low), Decimal(high))
    assert found[0] <= low < high <= found[-1]
    assert len({later - earlier for earlier, later in pairwise(found)}) == 1
    assert expected is None or found == expected


def test_days_are_named_as_months_where_the_time_is_long_and_never_more_than_fit():
    named = axis.days(date(2025, 10, 25), date(2027, 3, 1), 9)
    assert [text for _, text in named] == ["Nov", "Jan 2026", "Mar", "May", "Jul", "Sept", "Nov", "Jan 2027", "Mar"]
    assert [text for _, text in axis.days(WEEKS[0], WEEKS[2], 3)] == ["9 Nov", "16 Nov", "23 Nov"]
    assert [text for _, text in axis.days(date(1990, 5, 1), date(2026, 5, 1), 5)] == ["2000", "2010", "2020"]
