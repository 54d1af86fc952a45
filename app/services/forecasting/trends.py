"""Levels with a slope: discounted least squares, whose slope is damped, and theta."""

from __future__ import annotations

import numpy as np

from app.services.forecasting.history import Floats, Integers
from app.services.forecasting.smoothing import discounted_sums


def discounted_line(history: Floats, start: Integers, constant: float) -> tuple[Floats, Floats]:
    """Fit a line to the periods since ``start``, each weighing ``1 - constant`` of the one after it.

    Brown, Smoothing, Forecasting and Prediction (1963); the plain line of least squares for a constant of 0.

    Returns:
        ``(series, periods)`` its height at each period and its slope per period, as known after that period.  There is
        no slope before the third period.
    """
    periods = history.shape[1]
    kept = 1.0 - constant
    decay = np.array([kept])
    sums = discounted_sums(np.ascontiguousarray(history.T), decay)[0]
    aged = np.zeros_like(sums)
    aged[1:] = -kept * sums[:-1]  # a period that was k back is k + 1 back
    moments = discounted_sums(aged, decay)[0]
    age = np.arange(periods)
    weights = kept**age
    zeroth, first, second = (np.cumsum(weights * (-age.astype(np.float64)) ** power) for power in (0, 1, 2))
    known = np.maximum(np.arange(periods)[:, None] - start[None, :], 0)
    zero, one, two = zeroth[known], first[known], second[known]
    spread = zero * two - one**2
    has_slope = (known >= 2) & (spread > 0)
    slope = np.where(has_slope, (zero * moments - one * sums) / np.where(has_slope, spread, 1.0), 0.0)
    height = (sums - slope * one) / zero
    return height.T, slope.T


def damped_steps(damping: float, horizon: int) -> Floats:
    """Return ``(horizon,)`` how many slopes are added after each step: 1, 1 + d, 1 + d + d² (Gardner and McKenzie)."""
    return np.cumsum(damping ** np.arange(horizon, dtype=np.float64))
