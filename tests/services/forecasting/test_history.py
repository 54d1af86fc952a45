"""Single demands become a history: by the calendar, adding up, and nothing that is not a number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.forecasting.history import (
    Period,
    buckets,
    checked,
    first_demand,
    period_index,
    period_start,
    window_sums,
)


def days(*written):
    return np.array(written, dtype="datetime64[D]")


def test_a_week_is_from_monday_to_sunday_and_a_month_is_the_calendars():
    dates = days("2026-11-22", "2026-11-23", "2026-11-29", "2026-12-01")
    quantities = np.array([1.0, 2.0, 4.0, 8.0])
    weeks = buckets(["chair"] * 4, dates, quantities, Period.WEEK)
    assert weeks.starts.astype(str).tolist() == ["2026-11-16", "2026-11-23", "2026-11-30"]
    assert weeks.quantities.tolist() == [[1, 6, 8]]
    months = buckets(["chair"] * 4, dates, quantities, Period.MONTH)
    assert months.starts.astype(str).tolist() == ["2026-11-01", "2026-12-01"]
    assert months.quantities.tolist() == [[7, 8]]


def test_items_share_one_calendar_and_what_lies_outside_is_left_out():
    dates = days("2026-11-02", "2026-11-03", "2026-11-05", "2026-11-09")
    found = buckets(
        ["table", "chair", "table", "chair"],
        dates,
        np.array([3.0, 5.0, -1.0, 7.0]),
        Period.DAY,
        first=np.datetime64("2026-11-03"),
        last=np.datetime64("2026-11-06"),
    )
    assert found.items.tolist() == ["chair", "table"]
    assert found.quantities.tolist() == [[5, 0, 0, 0], [0, 0, -1, 0]]


@given(st.lists(st.integers(-200_000, 200_000), min_size=1, max_size=20), st.sampled_from(Period))
def test_every_day_lies_in_its_bucket(numbers, period):
    dates = np.array(numbers).astype("datetime64[D]")
    index = period_index(dates, period)
    assert (period_start(index, period) <= dates).all()
    assert (dates < period_start(index + 1, period)).all()


@pytest.mark.parametrize("wrong", [[[1.0, np.nan]], [[np.inf, 1.0]], [[-1.0, 2.0]], [1.0, 2.0], [[]]])
def test_what_cannot_be_forecast_is_refused(wrong):
    with pytest.raises(ValueError, match="a history"):
        checked(np.array(wrong))


def test_a_demand_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        buckets(["chair"], days("2026-11-02"), np.array([np.nan]))


def test_the_first_demand_and_the_sums_of_windows():
    history = np.array([[0.0, 0.0, 3.0, 1.0], [2.0, 0.0, 0.0, 5.0], [0.0, 0.0, 0.0, 0.0]])
    assert first_demand(history).tolist() == [2, 0, 4]
    assert window_sums(history, 3).tolist() == [[3, 4], [2, 5], [0, 0]]
