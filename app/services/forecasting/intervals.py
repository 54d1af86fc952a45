"""Intervals that hold what they say: the distribution of lead-time demand chosen and widened by backtest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from app.services.forecasting import accuracy, lead_time_demand
from app.services.forecasting.history import Floats, checked
from app.services.forecasting.lead_time_demand import PARTS, Family

LEVELS: Final = np.array([0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98])
EIGHTY: Final = (0, 4)
CONSTANTS: Final = (None, 0.02, 0.05, 0.15)
SPREADS: Final = (0.6, 0.8, 1.25, 1.6)
MOST_SERIES: Final = 400
MOST_ORIGINS: Final = 3
FREE_COVERAGE: Final = 0.04
THREE: Final = (Family.NORMAL, Family.NEGATIVE_BINOMIAL, Family.EMPIRICAL)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the distribution of lead-time demand is made, as measured best on the past.

    Attributes:
        family: the kind of distribution.
        constant: of the smoothing of its mean; nothing when each series has its own.
        spread: what variances are multiplied with.
        loss: the mean scaled pinball loss it had at past origins; NaN when none could be judged.
        coverage: the share of past sums that lay in its 80 % interval; NaN when none could be judged.
    """

    family: Family = Family.NEGATIVE_BINOMIAL
    constant: float | None = None
    spread: float = 1.0
    loss: float = np.nan
    coverage: float = np.nan


def calibrate(history: Floats, horizon: int) -> Calibration:
    """Choose family, constant and spread by the pinball loss at past origins, one horizon apart.

    A choice whose 80 % interval covers much more or less is charged for it.  Few enough series are asked that it costs
    little: every n-th of a large company.

    Args:
        history: ``(series, periods)`` demand of a company, or of a class of its products.
        horizon: how many periods a lead time has.

    Raises:
        ValueError: the history cannot be forecast.
    """
    past = checked(history)
    past = past[(past > 0).sum(axis=1) > 1]
    past = past[:: -(-len(past) // MOST_SERIES) or 1]
    ends = [past.shape[1] - horizon * (back + 1) for back in range(MOST_ORIGINS)]
    ends = [end for end in ends if end >= 2 * horizon + 2]
    if not ends or not len(past):
        return Calibration()
    first = [one for constant in CONSTANTS for one in _judged(past, horizon, ends, constant, 1.0, tuple(PARTS))]
    if not first:
        return Calibration()
    best = min(first, key=_charged)
    wider = [one for spread in SPREADS for one in _judged(past, horizon, ends, best.constant, spread, (best.family,))]
    return min([best, *wider], key=_charged)


def _charged(choice: Calibration) -> float:
    return choice.loss * (1 + max(abs(choice.coverage - 0.8) - FREE_COVERAGE, 0.0))


def _judged(
    past: Floats, horizon: int, ends: list[int], constant: float | None, spread: float, families: tuple[Family, ...]
) -> list[Calibration]:
    """Judge families with one constant and spread at all origins."""
    losses: dict[Family, list[Floats]] = {family: [] for family in families}
    inside: dict[Family, list[Floats]] = {family: [] for family in families}
    for end in ends:
        known, actual = past[:, :end], past[:, end : end + horizon].sum(axis=1)
        is_judged = ((known > 0).sum(axis=1) > 1) & (accuracy.naive_scale(known) > 0)
        if not is_judged.any():
            continue
        known, actual = known[is_judged], actual[is_judged]
        said = lead_time_demand.parts(known, horizon, LEVELS, THREE, constant=constant, spread=spread)
        for family in families:
            found = lead_time_demand.mean_of(said, family)
            losses[family].append(accuracy.scaled_pinball(actual, found, LEVELS, known, horizon))
            inside[family].append(accuracy.covered(actual, found[:, EIGHTY[0]], found[:, EIGHTY[1]]).astype(np.float64))
    return [
        Calibration(
            family, constant, spread, np.concatenate(lost).mean().item(), np.concatenate(inside[family]).mean().item()
        )
        for family, lost in losses.items()
        if lost
    ]


def quantiles(history: Floats, horizon: int, levels: Floats, calibration: Calibration | None = None) -> Floats:
    """Return ``(series, k)`` the calibrated quantiles of the sum over the coming ``horizon`` periods.

    Args:
        history: ``(series, periods)`` demand, oldest first.
        horizon: how many periods.
        levels: ``(k,)`` probabilities between 0 and 1, in order.
        calibration: how; measured on this history when it is not given.

    Raises:
        ValueError: the history cannot be forecast, or a level or the horizon makes no sense.
    """
    how = calibration or calibrate(history, horizon)
    return lead_time_demand.quantiles(history, horizon, levels, how.family, constant=how.constant, spread=how.spread)
