"""Intervals are widened and their kind is chosen until they hold what they say."""

import numpy as np
import pytest

from app.services.forecasting import accuracy, intervals
from app.services.forecasting.lead_time_demand import Family, quantiles

CHANCE = np.random.default_rng(23)
SHAPE = (250, 70)
ENDS = np.array([0.1, 0.9])


def demand(law):
    if law == "normal":
        return np.maximum(CHANCE.normal(100, 20, SHAPE), 0)
    if law == "lumpy":
        return (CHANCE.random(SHAPE) < 0.35) * np.rint(CHANCE.gamma(0.8, 30, SHAPE))
    if law == "wandering":
        return np.maximum(200 + CHANCE.normal(0, 10, SHAPE).cumsum(axis=1) + CHANCE.normal(0, 10, SHAPE), 0)
    return CHANCE.negative_binomial(2, 0.25, SHAPE) * 6.0


@pytest.mark.parametrize("law", ["normal", "lumpy", "wandering", "dozens"])
def test_the_80_percent_interval_covers_75_to_85_percent_of_what_came(law):
    made = demand(law)
    inside = []
    for end in (58, 62, 66):
        found = intervals.quantiles(made[:, :end], 4, ENDS)
        inside.append(accuracy.covered(made[:, end : end + 4].sum(axis=1), found[:, 0], found[:, 1]).mean())
    assert 0.75 <= np.mean(inside) <= 0.85 + 0.02 * (law == "dozens")  # whole dozens lie on the ends


def test_the_choice_loses_no_more_than_any_family():
    made = demand("lumpy")
    known, wanted = made[:, :-4], made[:, -4:].sum(axis=1)
    how = intervals.calibrate(known, 4)
    assert 0.7 <= how.coverage <= 0.9

    def loss(found):
        return accuracy.scaled_pinball(wanted, found, intervals.LEVELS, known, 4).mean()

    best = min(loss(quantiles(known, 4, intervals.LEVELS, family)) for family in Family)
    assert loss(intervals.quantiles(known, 4, intervals.LEVELS, how)) <= 1.02 * best


def test_a_history_too_short_to_judge_has_intervals_all_the_same():
    how = intervals.calibrate(np.array([[3.0, 4.0, 2.0]]), 4)
    assert how.family is Family.NEGATIVE_BINOMIAL and np.isnan(how.loss)
    found = intervals.quantiles(np.array([[3.0, 4.0, 2.0], [0.0, 0.0, 0.0]]), 4, intervals.LEVELS)
    assert found[0, 0] <= 12 <= found[0, -1] and (found[1] == 0).all()


def test_what_never_varies_is_known_and_nothing_is_judged_by_it():
    history = np.concatenate([np.full((2, 40), 5.0), np.zeros((1, 40))])
    assert np.isnan(intervals.calibrate(history, 2).loss)
    assert intervals.quantiles(history, 2, ENDS) == pytest.approx(np.array([[10, 10], [10, 10], [0, 0]]))
