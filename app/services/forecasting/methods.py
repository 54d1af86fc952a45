"""The methods a forecast is chosen from, each run once over the whole history of thousands of series.

What a method says after every period is kept, so one pass through time is a forecast from every origin: a backtest
reads it, and the last column is the forecast of what is to come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from app.services.forecasting import intermittent, seasons, trends
from app.services.forecasting.history import Floats, Integers
from app.services.forecasting.smoothing import levels, levels_of_all

SMOOTHING: Final = (0.03, 0.1, 0.3, 0.7)
SEASONAL_SMOOTHING: Final = (0.02, 0.15)
CAPPED_SMOOTHING: Final = (0.05, 0.2)
THETA_SMOOTHING: Final = 0.2
TREND_SMOOTHING: Final = 0.05
TREND_DAMPING: Final = 0.98
CAP_DEVIATIONS: Final = 1.5
SEASONS_NEEDED: Final = 2.0


class Method(StrEnum):
    """A way to forecast, as the screen and the reports name it."""

    NAIVE = "naive"
    SEASONAL_NAIVE = "seasonal naive"
    MEAN = "mean"
    SMOOTHING = "exponential smoothing"
    CAPPED = "capped smoothing"
    DAMPED_TREND = "damped trend"
    THETA = "theta"
    SEASONAL = "seasonal smoothing"
    SEASONAL_TREND = "seasonal trend"
    CROSTON = "Croston"
    CROSTON_SBA = "Croston SBA"
    TSB = "TSB"
    ADIDA = "ADIDA"
    IMAPA = "IMAPA"


CANDIDATES: Final = (
    Method.MEAN,
    Method.SMOOTHING,
    Method.CAPPED,
    Method.DAMPED_TREND,
    Method.THETA,
    Method.SEASONAL,
    Method.SEASONAL_TREND,
    Method.CROSTON_SBA,
    Method.IMAPA,
)


@dataclass(frozen=True, slots=True)
class Path:
    """What one method says after each of the periods that were asked for, called origins.

    Attributes:
        method: which one.
        level: ``(series, origins)`` demand per period to come, before slope and season.
        slope: ``(series, origins)`` what each further period adds, or nothing.
        steps: ``(horizon,)`` how many slopes are added after each step.
        factors: ``(series, origins, horizon)`` what the season multiplies each step with, or nothing.
    """

    method: Method
    level: Floats
    slope: Floats | None = None
    steps: Floats | None = None
    factors: Floats | None = None

    def step(self, number: int, origins: slice = slice(None)) -> Floats:
        """Return ``(series, chosen origins)`` the forecast of the period ``number`` + 1 after each, never below 0."""
        found = self.level[:, origins]
        if self.slope is not None and self.steps is not None:
            found = found + self.slope[:, origins] * self.steps[number]
        if self.factors is not None:
            found = found * self.factors[:, origins, number]
        never_below: Floats = np.maximum(found, 0.0)
        return never_below

    @property
    def is_flat(self) -> bool:
        """Whether every coming period has the same forecast."""
        return self.slope is None and self.factors is None


def paths(
    history: Floats,
    start: Integers,
    horizon: int,
    season: int,
    after: Integers,
    wanted: tuple[Method, ...] = CANDIDATES,
) -> Iterator[Path]:
    """Run methods over histories ``(series, periods)`` that begin to count at ``start`` ``(series,)``.

    A method with several constants gives a path for each.  Seasonal ones are left out where the history has less than
    ``SEASONS_NEEDED`` seasons, or the season is 1.

    Args:
        history: demand.
        start: the first period that counts.
        horizon: how many periods to come are asked for.
        season: periods after which the year or week begins again.
        after: ``(origins,)`` the periods after which a forecast is wanted.
        wanted: the methods.
    """
    for method in wanted:
        if method not in {Method.SEASONAL, Method.SEASONAL_TREND}:
            yield from _plain(method, history, start, horizon, season, after)
    is_seasonal = season > 1 and history.shape[1] >= SEASONS_NEEDED * season
    if is_seasonal and {Method.SEASONAL, Method.SEASONAL_TREND} & set(wanted):
        flat, factors = seasons.factors(history, start, season, horizon, after)
        if Method.SEASONAL in wanted:
            for level in levels_of_all(flat, start, SEASONAL_SMOOTHING):
                yield Path(Method.SEASONAL, level[:, after], factors=factors)
        if Method.SEASONAL_TREND in wanted:
            yield _trend(Method.SEASONAL_TREND, flat, start, horizon, after, factors)


def _plain(
    method: Method, history: Floats, start: Integers, horizon: int, season: int, after: Integers
) -> Iterator[Path]:
    if method is Method.SEASONAL_NAIVE:
        ones = np.ones((len(history), len(after)))
        yield Path(method, ones, factors=seasons.naive(history, season, horizon, after))
    elif method is Method.DAMPED_TREND:
        yield _trend(method, history, start, horizon, after)
    elif method is Method.THETA:
        _, slope = trends.discounted_line(history, start, 0.0)
        level = levels(history, start, THETA_SMOOTHING)
        yield Path(method, level[:, after], slope[:, after] / 2, np.arange(1.0, horizon + 1))
    else:
        for level in _levels(method, history, start):
            yield Path(method, level[:, after])


def _levels(method: Method, history: Floats, start: Integers) -> Iterator[Floats]:
    if method is Method.NAIVE:
        yield history
    elif method is Method.MEAN:
        yield levels(history, start, 0.0)
    elif method is Method.SMOOTHING:
        yield from levels_of_all(history, start, SMOOTHING)
    elif method is Method.CAPPED:
        yield from levels_of_all(capped(history), start, CAPPED_SMOOTHING)
    elif method in {Method.CROSTON, Method.CROSTON_SBA}:
        yield intermittent.croston(history, 0.1, is_corrected=method is Method.CROSTON_SBA)
    elif method is Method.TSB:
        yield intermittent.tsb(history, start, 0.05, 0.05)
        yield intermittent.tsb(history, start, 0.2, 0.05)
    elif method is Method.ADIDA:
        yield intermittent.adida(history, start, 0.1)
    else:
        yield intermittent.imapa(history, start, 0.1)


def _trend(
    method: Method, history: Floats, start: Integers, horizon: int, after: Integers, factors: Floats | None = None
) -> Path:
    height, slope = trends.discounted_line(history, start, TREND_SMOOTHING)
    steps = trends.damped_steps(TREND_DAMPING, horizon)
    return Path(method, height[:, after], slope[:, after], steps, factors)


def capped(history: Floats) -> Floats:
    """Return ``(series, periods)`` demand with single great ones cut to ``CAP_DEVIATIONS`` above the mean one, as known
    at the time: what comes once says little about what comes next.
    """
    demands = np.cumsum(history > 0, axis=1)
    number = np.maximum(demands, 1)
    mean = np.cumsum(history, axis=1) / number
    square = np.cumsum(history**2, axis=1) / number
    most = mean + CAP_DEVIATIONS * np.sqrt(np.maximum(square - mean**2, 0.0))
    return np.minimum(history, most)
