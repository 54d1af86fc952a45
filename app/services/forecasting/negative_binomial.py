"""Quantiles of the negative binomial distribution, for thousands of means and variances at once."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

import numpy as np

from app.services.forecasting.history import Floats

MOST_COUNTED: Final = 6400
CHUNK: Final = 64
COUNTED: Final = 60.0


def normal_quantiles(levels: Floats) -> Floats:
    """Return ``(k,)`` the quantiles of the standard normal distribution at levels between 0 and 1."""
    normal = NormalDist()
    return np.array([normal.inv_cdf(level) for level in levels.tolist()])


def gamma_quantiles(mean: Floats, variance: Floats, levels: Floats) -> Floats:
    """Return ``(series, k)`` quantiles of gamma distributions by Wilson and Hilferty's cube root (PNAS 17, 1931).

    Good for shapes above 1; used here where a count is large or varies less than a Poisson one.
    """
    shape = np.divide(mean**2, variance, out=np.full_like(mean, np.inf), where=variance > 0)[:, None]
    ninth = 1 / (9 * np.maximum(shape, 1e-12))
    found: Floats = mean[:, None] * np.maximum(1 - ninth + normal_quantiles(levels) * np.sqrt(ninth), 0.0) ** 3
    return found


def quantiles(mean: Floats, variance: Floats, levels: Floats, unit: Floats) -> Floats:
    """Return ``(series, k)`` the smallest counts that are not passed with each probability.

    Args:
        mean: ``(series,)`` what is expected.
        variance: ``(series,)`` around it.  Below the mean (in units) there is no negative binomial distribution: a
            gamma one of that variance takes its place, as it does for large counts that vary little.
        levels: ``(k,)`` probabilities, each between 0 and 1.
        unit: ``(series,)`` what is counted, e.g. 1 for pieces or 12 where only dozens are ever sold.
    """
    found = gamma_quantiles(mean, variance, levels)
    grown = np.maximum(unit, mean / COUNTED)  # counted in larger steps where there are many
    counts, spread = mean / grown, variance / grown**2
    counted = (counts > 0) & (spread > counts * 1.001)
    if counted.any():
        found[counted] = _counted(counts[counted], spread[counted], levels) * grown[counted, None]
    return found


def _counted(mean: Floats, variance: Floats, levels: Floats) -> Floats:
    """Add up probabilities from nothing upwards, ``CHUNK`` counts at a time, until each level is passed."""
    size = mean**2 / (variance - mean)
    kept = mean / (mean + size)
    probability = np.exp(-size * np.log1p(mean / size))
    found = np.zeros((len(mean), len(levels)))
    passed = np.zeros(len(mean))
    rows = np.arange(len(mean))
    for first in range(0, MOST_COUNTED, CHUNK):
        steps = np.arange(first, first + CHUNK)
        ratios = kept[:, None] * (size[:, None] + steps) / (steps + 1)
        further = probability[:, None] * np.cumprod(ratios, axis=1)  # of the next counts, the first left out
        here = np.concatenate([probability[:, None], further[:, :-1]], axis=1)
        reached = passed[:, None] + np.cumsum(here, axis=1)
        for place, level in enumerate(levels.tolist()):
            found[rows, place] += (reached < level).sum(axis=1)
        going = reached[:, -1] < levels.max()
        if not going.any():
            break
        rows, size, kept = rows[going], size[going], kept[going]
        probability, passed = further[going, -1], reached[going, -1]
    return found
