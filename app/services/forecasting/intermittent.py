"""Methods for demand that comes now and then: Croston and its correction, TSB, and aggregation over time.

Each returns levels ``(series, periods)``: the demand per period that is expected after each period of the history.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from app.services.forecasting.history import Floats, Integers
from app.services.forecasting.smoothing import levels

LONGEST_AGGREGATION: Final = 4


def at_demands(history: Floats, values: Floats, constant: float) -> Floats:
    """Smooth ``values`` ``(series, periods)`` of the periods that have demand, one demand after the other.

    Returns:
        ``(series, periods)`` the smoothed value as known after each period; 0 before the first demand.
    """
    came = history > 0
    number = np.cumsum(came, axis=1)
    row, period = np.nonzero(came)
    dense = np.zeros((history.shape[0], max(int(number[:, -1].max(initial=0)), 1)))
    dense[row, number[row, period] - 1] = values[row, period]
    smooth = levels(dense, np.zeros(len(history), dtype=np.int64), constant)
    found = np.take_along_axis(smooth, np.maximum(number - 1, 0), axis=1)
    return np.where(number > 0, found, 0.0)


def tsb(history: Floats, start: Integers, constant: float, size_constant: float) -> Floats:
    """Smooth the chance of a demand in every period and its size at demands, and multiply them.

    Teunter, Syntetos and Babai, European Journal of Operational Research 214 (2011): it sinks as an item dies away.
    """
    occurred = (history > 0).astype(np.float64)
    return levels(occurred, start, constant) * at_demands(history, history, size_constant)


def croston(history: Floats, constant: float, *, is_corrected: bool = True) -> Floats:
    """Smooth sizes and the intervals between demands, both at demands only, and divide them.

    Croston, Operational Research Quarterly 23 (1972); corrected by ``1 - constant / 2`` as Syntetos and Boylan,
    International Journal of Forecasting 21 (2005).  The first demand has no interval; one period is taken.
    """
    periods = np.arange(history.shape[1])[None, :]
    last = np.maximum.accumulate(np.where(history > 0, periods, -1), axis=1)
    before = np.concatenate([np.full((len(history), 1), -1), last[:, :-1]], axis=1)
    since = np.where(before >= 0, periods - before, 1).astype(np.float64)
    interval = at_demands(history, since, constant)
    factor = 1 - constant / 2 if is_corrected else 1.0
    found: Floats = factor * at_demands(history, history, constant) / np.maximum(interval, 1.0)
    return found


def aggregated(history: Floats, start: Integers, constant: float, length: int) -> Floats:
    """Smooth the sums of ``length`` periods on end, counted back from each period, and divide by ``length``.

    Until there is a whole one, the mean is taken.
    """
    count, periods = history.shape
    running = np.zeros((periods + 1, count))
    np.cumsum(history.T, axis=0, out=running[1:])
    total = np.zeros((periods, count))
    total[length - 1 :] = running[length:] - running[:-length] if periods >= length else 0.0
    since = np.arange(periods)[:, None] - start[None, :] + 1
    blocks = np.maximum(since, 0) // length
    total[blocks == 0] = 0.0
    for period in range(length, periods, length):  # what lies a block apart goes on from there, a block at a time
        ahead = total[period : period + length]
        ahead += (1 - constant) * total[period - length : period][: len(ahead)]
    weights = np.cumsum((1 - constant) ** np.arange(periods // length + 1)) * length
    found = total / weights[np.maximum(blocks - 1, 0)]
    mean = running[1:] / np.maximum(since, 1)
    by_series: Floats = np.where(blocks > 0, found, mean).T
    return by_series


def mean_interval(history: Floats, start: Integers) -> Floats:
    """Return ``(series, periods)`` how many periods there were for each demand, as known after each period."""
    demands = np.cumsum(history > 0, axis=1)
    periods = np.arange(history.shape[1])[None, :] - start[:, None] + 1
    return np.where(demands > 0, periods / np.maximum(demands, 1), 1.0)


def adida(history: Floats, start: Integers, constant: float) -> Floats:
    """Smooth sums over the mean interval between demands.

    Nikolopoulos, Syntetos, Boylan, Petropoulos and Assimakopoulos, Journal of the Operational Research Society 62
    (2011).  Intervals above ``LONGEST_AGGREGATION`` count as that.
    """
    interval = np.clip(np.rint(mean_interval(history, start)), 1, LONGEST_AGGREGATION)
    found = np.zeros_like(history)
    for length in range(1, LONGEST_AGGREGATION + 1):
        taken = interval == length
        if taken.any():
            found[taken] = aggregated(history, start, constant, length)[taken]
    return found


def imapa(history: Floats, start: Integers, constant: float) -> Floats:
    """Return the mean over all aggregations from one period to the mean interval between demands.

    Petropoulos and Kourentzes, Journal of the Operational Research Society 66 (2015).  Intervals above
    ``LONGEST_AGGREGATION`` count as that.
    """
    interval = np.clip(np.rint(mean_interval(history, start)), 1, LONGEST_AGGREGATION)
    found = np.zeros_like(history)
    for length in range(1, int(interval.max(initial=1)) + 1):
        found += np.where(interval >= length, aggregated(history, start, constant, length), 0.0)
    return np.asarray(found / interval)
