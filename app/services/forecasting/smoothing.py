"""Exponential smoothing of levels, for many series and many constants at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from app.services.forecasting.history import Floats, Integers

CONSTANTS: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6)
PRIOR_WEIGHT: Final = 12.0
FEWEST_PERIODS: Final = 3
WIDE: Final = 512
NOTHING: Final = 1e-18


def levels(history: Floats, start: Integers, constant: float) -> Floats:
    """Return ``(series, periods)`` the level known after each period.

    The level is the mean of the periods since ``start``, each weighing ``1 - constant`` of the one after it: the plain
    mean for a constant of 0, and simple exponential smoothing without a first guess for others.

    Args:
        history: ``(series, periods)`` demand, nothing before ``start``.
        start: ``(series,)`` the first period that counts; levels before it are 0.
        constant: from 0 to 1.
    """
    (found,) = levels_of_all(history, start, (constant,))
    return np.asarray(found, dtype=np.float64)


def levels_of_all(history: Floats, start: Integers, constants: Sequence[float]) -> Floats:
    """Return ``(constants, series, periods)`` the ``levels`` of several constants, in one pass through time."""
    periods = history.shape[1]
    kept = 1.0 - np.asarray(constants, dtype=np.float64)
    found = discounted_sums(np.ascontiguousarray(history.T), kept)
    weights = np.cumsum(kept[:, None] ** np.arange(periods), axis=1)  # of so many periods, by constant
    known = np.maximum(np.arange(periods)[:, None] - start[None, :], 0)
    found /= np.take(weights, known, axis=1)
    by_series: Floats = found.transpose(0, 2, 1)
    return by_series


def discounted_sums(values: Floats, kept: Floats) -> Floats:
    """Return ``(constants, periods, series)`` the sum of all values so far, each ``kept`` of it from one to the next.

    Args:
        values: ``(periods, series)``, oldest first.
        kept: ``(constants,)`` from 0 to 1.
    """
    if values.shape[1] * len(kept) <= WIDE:
        return np.stack([_doubled(values, one) for one in kept.tolist()])
    found = np.repeat(values[None], len(kept), axis=0)
    if (kept == 1).all():
        return np.cumsum(found, axis=1, out=found)
    for period in range(1, len(values)):
        found[:, period] += kept[:, None] * found[:, period - 1]
    return found


def _doubled(values: Floats, kept: float) -> Floats:
    """Return the discounted sums by those of 1, 2, 4, 8 ... periods: fewer steps where the series are few and long."""
    found, step = values.copy(), 1
    while step < len(values) and kept**step > NOTHING:
        found[step:] += kept**step * found[:-step]
        step *= 2
    return found


def span_errors(history: Floats, path: Floats, span: int) -> Floats:
    """Return ``(series, periods - span)`` what was wanted in each window less ``span`` times the level before it."""
    sums = np.zeros((history.shape[0], history.shape[1] + 1))
    np.cumsum(history, axis=1, out=sums[:, 1:])
    errors: Floats = sums[:, span + 1 :] - sums[:, 1:-span] - span * path[:, :-span]
    return errors


def judged_windows(history: Floats, start: Integers, span: int) -> Floats:
    """Return ``(series, periods - span)`` 1 where a window counts for judging its forecast, and 0 elsewhere."""
    after = np.arange(history.shape[1] - span)[None, :]
    return (after >= start[:, None] + FEWEST_PERIODS - 1).astype(np.float64)


def chosen_level(history: Floats, start: Integers, span: int) -> Floats:
    """Return ``(series, periods)`` the levels of all ``CONSTANTS``, each weighing as it forecast sums of ``span``.

    A series' own errors speak for ``windows / span`` independent trials, those of all series for ``PRIOR_WEIGHT``:
    weights are the likelihoods under normal errors, mean squares to the power of minus half the trials.
    """
    paths = levels_of_all(history, start, CONSTANTS)
    plain: Floats = paths.mean(axis=0)
    if history.shape[1] <= span:
        return plain
    judged = judged_windows(history, start, span)
    windows = judged.sum(axis=1)
    squares = np.stack([(span_errors(history, path, span) ** 2 * judged).sum(axis=1) for path in paths])
    known = (windows > 0) & (squares.min(axis=0) > 0)
    if not known.any():
        return plain
    ratios = np.zeros_like(squares)
    ratios[:, known] = np.log(squares[:, known] / squares[:, known].min(axis=0))
    trials = np.minimum(windows / span, 50.0)
    strength = -0.5 * (ratios * trials + PRIOR_WEIGHT * ratios[:, known].mean(axis=1)[:, None])
    weights = np.exp(strength - strength.max(axis=0))
    weights /= weights.sum(axis=0)
    found: Floats = np.einsum("cs,csp->sp", weights, paths)
    return found
