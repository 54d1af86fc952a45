"""Each method does what its paper says, on figures that can be followed by hand, and in every unit alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.services.forecasting import intermittent, seasons, trends
from app.services.forecasting.history import first_demand
from app.services.forecasting.methods import Method, capped, paths
from app.services.forecasting.smoothing import discounted_sums, levels

histories = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 5), st.integers(1, 30)), elements=st.integers(0, 40).map(float)
)


def last(history, method, horizon=3, season=1):
    history = np.atleast_2d(np.asarray(history, dtype=float))
    after = np.array([history.shape[1] - 1])
    found = list(paths(history, first_demand(history), horizon, season, after, (method,)))
    return [[round(path.step(number)[0, 0].item(), 6) for number in range(horizon)] for path in found]


def test_a_level_is_the_weighted_mean_since_the_first_demand():
    history = np.array([[0.0, 0.0, 8.0, 2.0, 5.0]])
    start = first_demand(history)
    assert levels(history, start, 0.0)[0] == pytest.approx([0, 0, 8, 5, 5])
    assert levels(history, start, 0.5)[0, -1] == pytest.approx((5 + 2 / 2 + 8 / 4) / (1 + 1 / 2 + 1 / 4))


@given(st.integers(1, 200), st.integers(1, 4), st.sampled_from([1.0, 0.97, 0.5, 0.0]))
@settings(max_examples=30, deadline=None)
def test_long_and_wide_series_are_smoothed_alike(periods, count, kept):
    values = np.random.default_rng(periods).random((periods, count))
    wide = discounted_sums(np.tile(values, (1, 600)), np.array([kept]))[0, :, :count]
    assert np.allclose(discounted_sums(values, np.array([kept]))[0], wide)


def test_croston_divides_sizes_by_intervals_and_sba_corrects_it():
    history = np.tile([0.0, 0.0, 6.0], (1, 20))
    assert intermittent.croston(history, 0.1, is_corrected=False)[0, -1] == pytest.approx(2, rel=0.02)
    assert intermittent.croston(history, 0.1)[0, -1] == pytest.approx(2 * 0.95, rel=0.02)


def test_tsb_forgets_an_item_that_dies_and_croston_does_not():
    history = np.concatenate([np.tile([0.0, 6.0], (1, 20)), np.zeros((1, 30))], axis=1)
    start = first_demand(history)
    assert intermittent.tsb(history, start, 0.2, 0.1)[0, -1] < 0.05
    assert intermittent.croston(history, 0.1)[0, -1] > 2


def test_aggregation_smooths_whole_blocks_counted_from_the_end():
    history = np.array([[9.0, 1.0, 3.0, 2.0, 8.0]])
    found = intermittent.aggregated(history, first_demand(history), 0.5, 2)
    assert found[0, -1] == pytest.approx((10 + 4 / 2) / (1 + 1 / 2) / 2)
    regular = np.tile([0.0, 0.0, 0.0, 8.0], (1, 12))
    assert intermittent.adida(regular, first_demand(regular), 0.1)[0, -1] == pytest.approx(2)
    assert intermittent.imapa(regular, first_demand(regular), 0.1)[0, -1] == pytest.approx(2, rel=0.2)


def test_a_line_is_found_and_followed():
    history = np.arange(3.0, 43.0)[None, :]
    height, slope = trends.discounted_line(history, np.zeros(1, dtype=int), 0.1)
    assert (height[0, -1], slope[0, -1]) == pytest.approx((42, 1))
    assert trends.damped_steps(0.5, 3).tolist() == [1, 1.5, 1.75]
    (steps,) = last(history, Method.DAMPED_TREND)
    assert steps[0] == pytest.approx(43) and steps[0] < steps[1] < steps[2] < 45


def test_the_season_before_is_repeated():
    assert last([1, 2, 3, 4, 5, 6], Method.SEASONAL_NAIVE, horizon=4, season=3) == [[4, 5, 6, 4]]
    assert last([1, 2], Method.SEASONAL_NAIVE, season=3) == [[2, 1, 2]]
    assert last([1, 2, 7], Method.NAIVE) == [[7, 7, 7]]


def test_seasonal_factors_are_learned_and_a_short_series_follows_its_like():
    year = np.array([1.5, 1.5, 1.5, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0])
    history = np.tile(20 * year, (30, 3))
    history[0, :18] = 0  # the first one is sold for half a year more than one
    after = np.array([35])
    flat, coming = seasons.factors(history, first_demand(history), 12, 12, after)
    assert coming[5, 0] == pytest.approx(year, rel=0.05)
    assert coming[0, 0] == pytest.approx(year, rel=0.1)
    assert flat[5, -12:] == pytest.approx(np.full(12, 20), rel=0.05)


def test_one_great_order_is_cut():
    history = np.array([[4.0, 5.0, 4.0, 5.0, 90.0, 4.0]])
    assert (capped(history)[0, 4] < 85) and (capped(history)[0, [0, 1, 2, 3, 5]] == history[0, [0, 1, 2, 3, 5]]).all()


@settings(max_examples=40, deadline=None)
@given(histories, st.sampled_from(Method), st.integers(1, 5), st.sampled_from([0.25, 1000.0]))
def test_every_method_is_finite_never_below_nothing_and_alike_in_every_unit(history, method, horizon, factor):
    for one, other in zip(
        every_step(history, method, horizon), every_step(history * factor, method, horizon), strict=True
    ):
        assert np.isfinite(one).all() and (one >= 0).all()
        assert (one[history.sum(axis=1) == 0] == 0).all()
        assert np.allclose(other, one * factor, rtol=1e-7, atol=1e-9 * factor)


def every_step(history, method, horizon):
    after = np.arange(history.shape[1])
    for path in paths(history, first_demand(history), horizon, 7, after, (method,)):
        yield np.stack([path.step(number) for number in range(horizon)], axis=2)


@settings(max_examples=30, deadline=None)
@given(histories, st.sampled_from(Method), st.integers(1, 4))
def test_no_method_knows_what_comes_later(history, method, horizon):
    longer = np.concatenate([history, np.full((len(history), 3), 39.0)], axis=1)
    start, after = first_demand(history), np.array([history.shape[1] - 1])
    is_seasonal = history.shape[1] >= 14  # both or neither are long enough for a season of 7
    season = 7 if is_seasonal else 1
    short = list(paths(history, start, horizon, season, after, (method,)))
    known = list(paths(longer, start, horizon, season, after, (method,)))
    for one, other in zip(short, known, strict=True):
        for number in range(horizon):
            assert np.allclose(one.step(number), other.step(number))
