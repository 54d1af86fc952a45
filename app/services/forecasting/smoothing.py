"""Exponential smoothing of levels, for many series and many constants at once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from app.services.forecasting.history import Floats, Integers

CONSTANTS: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6)
PRIOR_WEIGHT: Final = 12.0
FEWEST_PERIODS: Final = 3


def exponential(sold: Sequence[Decimal], constant: Decimal, start: Decimal) -> tuple[Decimal, ...]:
    """Return the forecast before each period and the one after the last: next = last + constant × (sold - last).

    Exact, for a figure that a person wants to follow; ``levels`` is for thousands of series.
    """
    found = [start]
    for quantity in sold:
        found.append(found[-1] + constant * (quantity - found[-1]))
    return tuple(found)


def levels(history: Floats, start: Integers, constant: float) -> Floats:
    """Return ``(series, periods)`` the level known after each period.

    The level is the mean of the periods since ``start``, each weighing ``1 - constant`` of the one after it: the plain
    mean for a constant of 0, and simple exponential smoothing without a first guess for others.

    Args:
        history: ``(series, periods)`` demand.
        start: ``(series,)`` the first period that counts; levels before it are 0.
        constant: from 0 to 1.
    """
    count, periods = history.shape
    found = np.empty((periods, count))
    total, weight = np.zeros(count), np.zeros(count)
    kept = 1.0 - constant
    for period, wanted in enumerate(np.ascontiguousarray(history.T)):
        began = start <= period
        total = total * kept + wanted
        weight = weight * kept + began
        np.divide(total, weight, out=found[period], where=began)
        found[period][~began] = 0.0
    return found.T


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
    paths: Floats = np.stack([levels(history, start, constant) for constant in CONSTANTS])
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
