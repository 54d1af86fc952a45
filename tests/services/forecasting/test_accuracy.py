"""Errors scaled so that they can be compared, on figures that can be followed by hand."""

import numpy as np
import pytest

from app.services.forecasting import accuracy

HISTORY = np.array([[0.0, 0.0, 4.0, 6.0, 2.0], [3.0, 3.0, 3.0, 3.0, 3.0]])
ACTUAL = np.array([[5.0, 1.0], [3.0, 3.0]])
FORECAST = np.array([[3.0, 3.0], [3.0, 4.0]])


def test_scales_count_from_the_first_demand():
    assert accuracy.naive_scale(HISTORY).tolist() == [3, 0]
    assert accuracy.naive_square_scale(HISTORY).tolist() == [10, 0]


def test_errors_in_steps_of_the_naive_forecast_where_it_has_any():
    mase, rmsse = accuracy.mase(ACTUAL, FORECAST, HISTORY), accuracy.rmsse(ACTUAL, FORECAST, HISTORY)
    assert mase[0] == pytest.approx(2 / 3) and np.isnan(mase[1])
    assert rmsse[0] == pytest.approx((4 / 10) ** 0.5) and np.isnan(rmsse[1])


def test_errors_in_parts_of_what_was_wanted():
    assert accuracy.wape(ACTUAL, FORECAST) == pytest.approx([4 / 6, 1 / 6])
    assert accuracy.bias(ACTUAL, FORECAST) == pytest.approx([0, 1 / 6])


def test_a_quantile_is_charged_by_the_side_it_misses_on():
    lost = accuracy.pinball(np.array([10.0]), np.array([[6.0, 12.0]]), np.array([0.5, 0.9]))
    assert lost[0] == pytest.approx([2.0, 0.2])
    scaled = accuracy.scaled_pinball(np.array([10.0]), np.array([[6.0, 12.0]]), np.array([0.5, 0.9]), HISTORY[:1], 2)
    assert scaled == pytest.approx([1.1 / 6])


def test_an_interval_holds_its_ends():
    low, high = np.array([2.0, 2.0, 2.0]), np.array([4.0, 4.0, 4.0])
    assert accuracy.covered(np.array([2.0, 4.0, 4.5]), low, high).tolist() == [True, True, False]
