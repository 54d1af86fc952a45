"""What may be wanted over a lead time: quantiles that hold what they say, whatever the unit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.services.forecasting import negative_binomial
from app.services.forecasting.lead_time_demand import Family, quantiles

LEVELS = np.array([0.1, 0.5, 0.9, 0.98])
histories = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 30)), elements=st.integers(0, 40).map(float)
)


@pytest.mark.parametrize("family", [Family.NEGATIVE_BINOMIAL, Family.MEAN])
@pytest.mark.parametrize(("size", "rate"), [(0.7, 2.0), (3.0, 20.0), (40.0, 0.4)])
def test_eighty_of_a_hundred_lead_times_lie_between_the_tenth_and_the_ninetieth(family, size, rate):
    chance = np.random.default_rng(11)
    demand = chance.negative_binomial(size, size / (size + rate), (1500, 108)).astype(float)
    found, wanted = quantiles(demand[:, :104], 4, LEVELS, family), demand[:, 104:].sum(axis=1)
    low, middle, high, top = found.T
    assert 0.75 <= np.mean((wanted >= low) & (wanted <= high)) <= 0.88  # whole pieces: the ends are both inside
    assert np.mean(wanted > top) <= 0.04
    assert np.mean(wanted < middle) <= 0.6 <= np.mean(wanted <= middle) + 0.2


def test_counts_have_the_quantiles_of_their_distribution():
    chance = np.random.default_rng(3)
    for size, rate in ((0.3, 1.5), (5.0, 60.0), (0.5, 3000.0)):
        drawn = chance.negative_binomial(size, size / (size + rate), 200_000)
        exact = np.quantile(drawn, LEVELS, method="inverted_cdf")
        one = np.array([rate])
        found = negative_binomial.quantiles(one, one + one**2 / size, LEVELS, np.ones(1))[0]
        assert np.allclose(found, exact, rtol=0.015, atol=max(1.0, rate / 100))  # counted in steps above a hundred


@settings(max_examples=25, deadline=None)
@given(histories, st.integers(1, 8), st.sampled_from(Family), st.sampled_from([0.25, 2.0, 1000.0]))
def test_another_unit_gives_the_same_quantiles_in_that_unit(history, horizon, family, factor):
    found = quantiles(history, horizon, LEVELS, family)
    assert np.isfinite(found).all() and (found >= 0).all() and (np.diff(found, axis=1) >= 0).all()
    assert np.allclose(quantiles(history * factor, horizon, LEVELS, family), found * factor, rtol=1e-6)
    assert (found[history.sum(axis=1) == 0] == 0).all()


@pytest.mark.parametrize("family", Family)
def test_each_series_has_its_own_horizon(family):
    history = np.random.default_rng(5).poisson(6.0, (40, 60)).astype(float)
    horizons = np.where(np.arange(40) % 2, 2, 6)
    found = quantiles(history, horizons, LEVELS, family)
    assert found[horizons == 6, 1].mean() == pytest.approx(36, rel=0.15)
    assert found[horizons == 2, 1].mean() == pytest.approx(12, rel=0.15)


@pytest.mark.parametrize("family", Family)
def test_what_never_varies_is_known(family):
    assert quantiles(np.full((3, 30), 7.0), 4, LEVELS, family) == pytest.approx(np.full((3, 4), 28.0))


def test_one_period_of_history_is_enough_to_say_something():
    found = quantiles(np.array([[4.0], [0.0]]), 2, LEVELS)
    assert found[0, 0] <= 8 <= found[0, -1] and (found[1] == 0).all()


@pytest.mark.parametrize(
    ("history", "horizon", "levels", "words"),
    [
        ([[1.0, np.nan]], 2, [0.5], "not a number"),
        ([[1.0, 2.0]], 0, [0.5], "one period at least"),
        ([[1.0, 2.0]], 2, [1.0], "between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused(history, horizon, levels, words):
    with pytest.raises(ValueError, match=words):
        quantiles(np.array(history), horizon, np.array(levels))
