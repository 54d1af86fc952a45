"""Which method forecasts which series: every method is judged by what it would have said, period after period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from app.services.forecasting.history import Floats, Integers, checked, first_demand
from app.services.forecasting.methods import CANDIDATES, Method, Path, paths
from app.services.forecasting.smoothing import FEWEST_PERIODS

BLOCK: Final = 1000
ORIGINS_IN_HORIZON: Final = 4
PRIOR_TRIALS: Final = 60.0
MOST_TRIALS: Final = 12.0
PERFECT: Final = 1e-9
INTERMITTENT_ABOVE: Final = 1.32
ERRATIC_ABOVE: Final = 0.49


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of each series, and why.

    Attributes:
        mean: ``(series, horizon)`` expected demand of each coming period.
        weights: ``(methods, series)`` how much each of ``methods`` counts in it; they add up to 1.
        methods: what the rows of ``weights`` are.
    """

    mean: Floats
    weights: Floats
    methods: tuple[Method, ...]

    @property
    def chosen(self) -> tuple[Method, ...]:
        """The method that counts most, for each series."""
        return tuple(self.methods[row] for row in self.weights.argmax(axis=0).tolist())


def demand_class(history: Floats, start: Integers) -> Integers:
    """Return ``(series,)`` 0 smooth, 1 erratic, 2 intermittent, 3 lumpy, by interval and squared variation of demands.

    Syntetos, Boylan and Croston, Journal of the Operational Research Society 56 (2005): more than 1.32 periods between
    demands, and a squared coefficient of variation of their sizes above 0.49.
    """
    demands = (history > 0).sum(axis=1)
    number = np.maximum(demands, 1)
    mean = history.sum(axis=1) / number
    variance = (history**2).sum(axis=1) / number - mean**2
    interval = (history.shape[1] - start) / number
    is_erratic = variance > ERRATIC_ABOVE * mean**2
    found: Integers = 2 * (interval > INTERMITTENT_ABOVE).astype(np.int64) + is_erratic
    return found


def forecast(
    history: Floats,
    horizon: int,
    season: int = 1,
    *,
    groups: Integers | None = None,
    candidates: tuple[Method, ...] = CANDIDATES,
) -> Forecast:
    """Forecast every series by the methods that forecast it best, and its like where it is too short to tell.

    A method's weight is its likelihood under normal errors: the mean square of its errors at all origins to the power
    of minus half the independent windows there were, times the same of its group for ``PRIOR_TRIALS`` windows.  So one
    method is chosen where the series is long and clear, and an ensemble where it is not.

    Args:
        history: ``(series, periods)`` demand, oldest first.
        horizon: how many periods to come.
        season: periods after which the year or week begins again; 1 for none.
        groups: ``(series,)`` which series are alike; by ``demand_class`` when not given.
        candidates: the methods to choose from.

    Raises:
        ValueError: the history cannot be forecast, or the horizon is below 1.
    """
    past = checked(history)
    if horizon < 1:
        raise ValueError("a horizon is one period at least")
    start = first_demand(past)
    likes = demand_class(past, start) if groups is None else np.asarray(groups, dtype=np.int64)
    judged_at = _origins(past.shape[1], horizon)
    after = np.append(judged_at, past.shape[1] - 1)
    blocks = [slice(at, at + BLOCK) for at in range(0, max(len(past), 1), BLOCK)]
    run = [list(paths(past[one], start[one], horizon, season, after, candidates)) for one in blocks]
    squares = [
        _squares(past[one], start[one], horizon, judged_at, found) for one, found in zip(blocks, run, strict=True)
    ]
    trials = np.maximum(past.shape[1] - horizon - start - FEWEST_PERIODS + 1, 0) / horizon
    found = np.maximum(np.concatenate(squares, axis=1), PERFECT * (past**2).mean(axis=1))
    weights = _weights(found, trials, likes)
    return _combined(past, horizon, weights, list(zip(blocks, run, strict=True)))


def _origins(periods: int, horizon: int) -> Integers:
    """Return ``(origins,)`` the last period with a whole horizon after it and those before, a quarter horizon apart."""
    return np.arange(periods - horizon - 1, -1, -max(horizon // ORIGINS_IN_HORIZON, 1), dtype=np.int64)[::-1]


def _squares(past: Floats, start: Integers, horizon: int, after: Integers, found: list[Path]) -> Floats:
    """Return ``(paths, series)`` the mean square error of one step over all steps and origins that count."""
    if not len(after):
        return np.zeros((len(found), len(past)))
    judged = (after[None, :] >= start[:, None] + FEWEST_PERIODS - 1).astype(np.float64)
    steps = np.lib.stride_tricks.sliding_window_view(past, horizon, axis=1)[:, after + 1]
    demand, square = steps.sum(axis=2), (steps**2).sum(axis=2)
    count = np.maximum(judged.sum(axis=1), 1) * horizon
    each = (_square(path, steps, demand, square) for path in found)
    return np.stack([(one * judged).sum(axis=1) / count for one in each])


def _square(path: Path, steps: Floats, demand: Floats, square: Floats) -> Floats:
    """Return ``(series, origins)`` the sum over the steps of the squared errors of a path."""
    origins = slice(0, demand.shape[1])
    horizon = steps.shape[2]
    if path.is_flat:
        level = path.level[:, origins]
        found: Floats = square - 2 * level * demand + horizon * level**2
        return np.maximum(found, 0.0, out=found)
    found = np.zeros_like(demand)
    for number in range(horizon):
        found += (steps[:, :, number] - path.step(number, origins)) ** 2
    return found


def _weights(squares: Floats, trials: Floats, groups: Integers) -> Floats:
    """Return ``(paths, series)`` weights that add up to 1 for each series.

    What is best for a group is its mean root of square errors, each series' in parts of its own over all paths.
    """
    known = (squares.min(axis=0) > 0) & (trials > 0)
    ratios = np.zeros_like(squares)
    ratios[:, known] = np.log(squares[:, known] / squares[:, known].min(axis=0))
    strength = ratios * np.minimum(trials, MOST_TRIALS)
    for group in np.unique(groups):
        like = (groups == group) & known
        if like.any():
            error = np.sqrt(squares[:, like] / squares[:, like].mean(axis=0)).mean(axis=1)
            strength[:, groups == group] += PRIOR_TRIALS * 2 * np.log(error / error.min())[:, None]
    found: Floats = np.exp(-0.5 * (strength - strength.min(axis=0)))
    found /= found.sum(axis=0)
    return found


def _combined(past: Floats, horizon: int, weights: Floats, blocks: list[tuple[slice, list[Path]]]) -> Forecast:
    """Add up what the paths say after the last period by their weights, block by block."""
    mean = np.zeros((len(past), horizon))
    by_method: dict[Method, Floats] = {}
    for one, found in blocks:
        for row, path in enumerate(found):
            weight = weights[row, one]
            by_method.setdefault(path.method, np.zeros(len(past)))[one] += weight
            for number in range(horizon):
                mean[one, number] += weight * path.step(number, slice(-1, None))[:, 0]
    return Forecast(mean, np.stack(list(by_method.values())), tuple(by_method))
