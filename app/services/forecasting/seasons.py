"""Seasons: factors of each place in the year or week, learned as the history goes on, and shared where it is short."""

from __future__ import annotations

from typing import Final

import numpy as np

from app.services.forecasting.history import Floats, Integers, window_sums
from app.services.forecasting.smoothing import levels

PRIOR_CYCLES: Final = 1.0
LEAST_FACTOR: Final = 0.1
LENGTHS: Final = {"day": 7, "week": 52, "month": 12}


def naive(history: Floats, season: int, horizon: int, after: Integers) -> Floats:
    """Return ``(series, after, horizon)`` what was wanted in the same place of the season before.

    Where no season has passed yet, and with a season of 1, the last period is repeated.
    """
    step = np.arange(horizon)[None, :]
    source = after[:, None] + 1 + step - season * (step // season + 1)
    return history[:, np.where(source >= 0, source, after[:, None])]


def factors(history: Floats, start: Integers, season: int, horizon: int, after: Integers) -> tuple[Floats, Floats]:
    """Learn seasonal factors from every period's share in the mean of the season around it.

    A factor is the sum of demand in its place over the sum of the centred means there, both as known at the time;
    the factor of all series together counts for ``PRIOR_CYCLES`` seasons, so short series follow the pooled one.

    Returns:
        ``(series, periods)`` the demand without its season, as known then, and ``(series, after, horizon)`` the factors
        of the steps to come after each of the periods ``after``.
    """
    periods = history.shape[1]
    half = season // 2
    around = np.zeros_like(history)
    if periods >= season:
        around[:, half : half + periods - season + 1] = window_sums(history, season) / season
    middle = np.arange(periods)[None, :]
    is_known = (around > 0) & (middle - half >= start[:, None])
    own, level = (_by_place(np.where(is_known, each, 0.0), season) for each in (history, around))
    share = np.divide(history, around, out=np.zeros_like(history), where=is_known)
    pooled, pooled_count = (_by_place(each.sum(axis=0)[None], season) for each in (share, is_known * 1.0))
    share_known = pooled_count[0] > 0
    shared = np.where(share_known, pooled[0] / np.where(share_known, pooled_count[0], 1.0), 1.0)
    typical = PRIOR_CYCLES * levels(history, start, 1.0 / season)

    def learned(known: Integers, step: int) -> Floats:
        back = season * -(-(step + season - 1 - half) // season)  # the last time this place's season was over
        source = np.maximum(known + step - back, 0)
        exists = known + step >= back
        prior = typical[:, known]
        base = np.where(exists, level[:, source], 0.0) + prior
        above = np.where(exists, own[:, source], 0.0) + np.where(exists, shared[source], 1.0) * prior
        return np.divide(above, base, out=np.ones_like(base), where=base > 0)

    flat = history / np.maximum(learned(np.arange(periods), 0), LEAST_FACTOR)
    return flat, np.stack([learned(after, step + 1) for step in range(horizon)], axis=2)


def _by_place(values: Floats, season: int) -> Floats:
    """Return ``(series, periods)`` the sum of a period's value and those whole seasons before it."""
    count, periods = values.shape
    cycles = -(-periods // season)
    padded = np.zeros((count, cycles * season))
    padded[:, :periods] = values
    summed = np.cumsum(padded.reshape(count, cycles, season), axis=1)
    return summed.reshape(count, cycles * season)[:, :periods]
