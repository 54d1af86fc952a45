"""What a person knows better than statistics changes history and forecast, and is judged afterwards."""

import numpy as np
import pytest

from app.services.forecasting import adjustments
from app.services.forecasting.backtest import forecast


def test_a_promotion_of_last_year_is_not_forecast_again():
    history = np.full((1, 40), 10.0)
    events = np.zeros((1, 40), dtype=int)
    history[0, [12, 30]], events[0, [12, 30]] = 40.0, 1
    clean = adjustments.cleaned(history, events > 0)
    assert (clean == 10).all()
    factors = adjustments.event_factors(history, events, 2)
    assert factors == pytest.approx([(4 + 4 + 2) / 4, 1.0])
    coming = np.array([[0, 1, 0]])
    mean = adjustments.with_events(forecast(clean, 3).mean, coming, np.array([4.0, 1.0]))
    assert mean[0] == pytest.approx([10, 40, 10])


def test_what_is_special_at_an_end_is_like_its_neighbour_and_what_is_all_special_stays():
    history = np.array([[9.0, 2.0, 4.0, 9.0], [5.0, 6.0, 7.0, 8.0]])
    special = np.array([[True, False, False, True], [True] * 4])
    assert adjustments.cleaned(history, special).tolist() == [[2, 2, 4, 4], [5, 6, 7, 8]]


def test_a_new_product_begins_like_its_analogue_and_grows_its_own():
    history = np.array([[20.0, 22.0, 18.0, 20.0, 20.0], [0.0, 0.0, 0.0, 0.0, 7.0], [0.0, 0.0, 3.0, 4.0, 3.0]])
    led = adjustments.by_analogue(history, np.array([-1, 0, -1]), np.array([1.0, 0.5, 1.0]))
    assert led.tolist() == [[20, 22, 18, 20, 20], [10, 11, 9, 10, 7], [0, 0, 3, 4, 3]]
    assert 7 < forecast(led, 1).mean[1, 0] < 10.5


def test_a_product_ends_at_once_or_fades():
    mean = np.full((3, 5), 12.0)
    found = adjustments.ending(mean, np.array([9, 2, 4]), np.array([0, 0, 2]))
    assert found.tolist() == [[12] * 5, [12, 12, 0, 0, 0], [12, 12, 8, 4, 0]]


def test_an_override_stands_beside_the_statistics_and_is_judged():
    statistics, actual = np.array([[10.0, 10.0], [10.0, 10.0]]), np.array([[20.0, 10.0], [0.0, 0.0]])
    person = adjustments.overridden(statistics, np.array([[18.0, np.nan], [np.nan, np.nan]]))
    assert person.tolist() == [[18, 10], [10, 10]]
    added = adjustments.value_added(actual, statistics, person)
    assert added[0] == pytest.approx(8 / 30) and np.isnan(added[1])
