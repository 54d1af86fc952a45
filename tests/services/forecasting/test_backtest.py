"""The method is chosen by what it would have said: of series whose law is known, the right family wins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.services.forecasting.backtest import demand_class, forecast
from app.services.forecasting.history import first_demand
from app.services.forecasting.methods import Method

PERIODS = np.arange(156)
FLAT = {Method.MEAN, Method.SMOOTHING, Method.CAPPED, Method.CROSTON_SBA, Method.TSB, Method.IMAPA}


def series(law, count=200):
    chance = np.random.default_rng(17)
    rate = chance.uniform(30, 90, (count, 1))
    noise = chance.normal(0, 1, (count, len(PERIODS)))
    if law == "seasonal":
        made = rate * (1 + 0.5 * np.sin(2 * np.pi * PERIODS / 12)) + 0.1 * rate * noise
    elif law == "trend":
        made = rate * (0.3 + 0.02 * PERIODS) + 0.15 * rate * noise
    elif law == "wandering":
        made = rate + 0.3 * rate * np.cumsum(noise, axis=1)
        made = made - np.minimum(made.min(axis=1, keepdims=True), 0)
    elif law == "level":
        made = rate + 0.2 * rate * noise
    else:
        made = chance.poisson(3, noise.shape) * (chance.random(noise.shape) < 0.2)
    return np.maximum(made, 0.0)


@pytest.mark.parametrize(
    ("law", "right"),
    [
        ("seasonal", {Method.SEASONAL, Method.SEASONAL_TREND}),
        ("trend", {Method.DAMPED_TREND, Method.SEASONAL_TREND}),
        ("wandering", {Method.SMOOTHING}),
        ("level", FLAT),
        ("intermittent", FLAT),
    ],
)
def test_the_right_family_wins_for_nine_of_ten(law, right):
    found = forecast(series(law), 4, 12)
    assert np.mean([method in right for method in found.chosen]) >= 0.9


def test_one_that_has_seasons_is_seen_among_hundreds_that_have_none():
    mixed = np.concatenate([series("seasonal", 3), series("level", 150)])
    found = forecast(mixed, 4, 12, groups=np.zeros(len(mixed)))
    assert all(method in {Method.SEASONAL, Method.SEASONAL_TREND} for method in found.chosen[:3])


@pytest.mark.parametrize("law", ["seasonal", "trend", "wandering", "level", "intermittent"])
def test_the_choice_is_as_good_as_the_best_single_method(law):
    made = series(law)
    known, actual = made[:, :-4], made[:, -4:]

    def error(candidates=None):
        found = forecast(known, 4, 12, **({"candidates": candidates} if candidates else {}))
        return np.sqrt(((found.mean - actual) ** 2).mean())

    single = min(error((method,)) for method in (Method.MEAN, Method.SMOOTHING, Method.DAMPED_TREND, Method.TSB))
    assert error() <= 1.04 * single
    if law == "seasonal":
        assert error() <= 0.5 * single


def test_a_short_series_follows_the_choice_of_its_like():
    made = series("trend")
    made[0, :-6] = 0
    found = forecast(made, 4, groups=np.zeros(len(made)))
    trend = found.weights[found.methods.index(Method.DAMPED_TREND)]
    assert trend[0] > 0.5


def test_demand_has_its_class():
    lumpy = [0, 0, 9, 0, 0, 0, 1, 0, 0, 30]
    history = np.array([[5, 6, 5, 6] * 5, [1, 9, 1, 20] * 5, [0, 0, 4, 0] * 5, lumpy * 2], dtype=float)
    assert demand_class(history, first_demand(history)).tolist() == [0, 1, 2, 3]


@settings(max_examples=25, deadline=None)
@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 26)), elements=st.integers(0, 40).map(float)),
    st.integers(1, 6),
    st.sampled_from([1, 7, 12]),
)
def test_any_history_is_forecast_in_every_unit_alike(history, horizon, season):
    found = forecast(history, horizon, season)
    assert found.mean.shape == (len(history), horizon)
    assert np.isfinite(found.mean).all() and (found.mean >= 0).all()
    assert found.weights.sum(axis=0) == pytest.approx(np.ones(len(history)))
    assert (found.mean[history.sum(axis=1) == 0] == 0).all()
    assert np.allclose(forecast(history * 12, horizon, season).mean, found.mean * 12, rtol=1e-5, atol=1e-6)


def test_what_never_changes_stays():
    assert forecast(np.full((2, 40), 7.0), 3, 12).mean == pytest.approx(np.full((2, 3), 7.0))


def test_thousands_are_forecast_block_by_block_as_if_at_once():
    made = series("level", 1300)
    groups = np.zeros(len(made))
    whole = forecast(made, 4, groups=groups)
    assert whole.mean.shape == (1300, 4) and (np.abs(whole.mean[:, 0] / made.mean(axis=1) - 1) < 0.3).all()


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        forecast(np.array([[1.0, np.nan]]), 2)
    with pytest.raises(ValueError, match="one period"):
        forecast(np.array([[1.0, 2.0]]), 0)
