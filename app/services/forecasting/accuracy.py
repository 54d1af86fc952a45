"""How good forecasts were: errors scaled so that series of any size, unit and sparseness can be compared.

Forecasts and actuals are ``(series, periods)``; every function returns one figure per series, ``(series,)``, NaN where
it has no meaning (a history that never changes has no scale).
"""

from __future__ import annotations

import numpy as np

from app.services.forecasting.history import Flags, Floats, first_demand


def _steps(history: Floats) -> tuple[Floats, Flags, Floats]:
    """Return the changes from period to period, which of them count, and how many do."""
    change = np.diff(history, axis=1)
    counted = np.arange(change.shape[1])[None, :] >= first_demand(history)[:, None]
    return change, counted, counted.sum(axis=1).astype(np.float64)


def _ratio(above: Floats, below: Floats) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
    return found


def naive_scale(history: Floats) -> Floats:
    """Return ``(series,)`` the mean absolute change from period to period since the first demand."""
    change, counted, number = _steps(history)
    return _ratio((np.abs(change) * counted).sum(axis=1), number)


def naive_square_scale(history: Floats) -> Floats:
    """Return ``(series,)`` the mean squared change from period to period since the first demand."""
    change, counted, number = _steps(history)
    return _ratio((change**2 * counted).sum(axis=1), number)


def mase(actual: Floats, forecast: Floats, history: Floats) -> Floats:
    """Mean absolute error over that of the naive forecast in the history (Hyndman and Koehler 2006)."""
    return _ratio(np.abs(actual - forecast).mean(axis=1), naive_scale(history))


def rmsse(actual: Floats, forecast: Floats, history: Floats) -> Floats:
    """Root of the mean square error over that of the naive forecast in the history (the M5 competition, 2020)."""
    found: Floats = np.sqrt(_ratio(((actual - forecast) ** 2).mean(axis=1), naive_square_scale(history)))
    return found


def wape(actual: Floats, forecast: Floats) -> Floats:
    """Sum of absolute errors over the sum of what was wanted; sum over series first for the figure of a group."""
    return _ratio(np.abs(actual - forecast).sum(axis=1), actual.sum(axis=1))


def bias(actual: Floats, forecast: Floats) -> Floats:
    """Sum of forecast less actual, over the sum of what was wanted: above 0 where too much was forecast."""
    return _ratio((forecast - actual).sum(axis=1), actual.sum(axis=1))


def pinball(actual: Floats, quantiles: Floats, levels: Floats) -> Floats:
    """Return ``(series, k)`` the pinball losses of quantiles ``(series, k)`` of one actual ``(series,)`` each."""
    short = actual[:, None] - quantiles
    found: Floats = np.maximum(levels * short, (levels - 1) * short)
    return found


def scaled_pinball(actual: Floats, quantiles: Floats, levels: Floats, history: Floats, horizon: int) -> Floats:
    """Mean pinball loss of the sum over ``horizon`` periods, in mean absolute changes of as many periods (M5, 2020)."""
    return _ratio(pinball(actual, quantiles, levels).mean(axis=1), naive_scale(history) * horizon)


def covered(actual: Floats, low: Floats, high: Floats) -> Flags:
    """Return ``(series,)`` whether the actual lies in the interval, its ends included."""
    return (low <= actual + 1e-9) & (actual <= high + 1e-9)
