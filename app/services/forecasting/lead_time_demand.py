"""What may be wanted in all over a lead time, as quantiles: the distribution that order points are set from."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from app.services.forecasting import negative_binomial
from app.services.forecasting.history import Floats, Integers, checked, first_demand, window_sums
from app.services.forecasting.smoothing import chosen_level, judged_windows, span_errors
from app.services.forecasting.smoothing import levels as smoothed

PRIOR_WINDOWS: Final = 4.0
MOST_UNITS: Final = 64


class Family(StrEnum):
    """The kind of distribution.

    NORMAL: normal around the forecast with the spread of its errors over windows of the same length.
    NEGATIVE_BINOMIAL: counts around the forecast, their variance drawn towards that of items with a like mean.
    EMPIRICAL: the sums of all past windows of the same length, scaled to the forecast.
    MEAN: the mean of the quantiles of the two before.
    NORMAL_AND_COUNTS: the mean of the first two.
    ALL: the mean of the first three.
    """

    NORMAL = "normal"
    NEGATIVE_BINOMIAL = "negative_binomial"
    EMPIRICAL = "empirical"
    MEAN = "mean"
    NORMAL_AND_COUNTS = "normal_and_counts"
    ALL = "all"


PARTS: Final = {
    Family.NORMAL: (Family.NORMAL,),
    Family.NEGATIVE_BINOMIAL: (Family.NEGATIVE_BINOMIAL,),
    Family.EMPIRICAL: (Family.EMPIRICAL,),
    Family.MEAN: (Family.NEGATIVE_BINOMIAL, Family.EMPIRICAL),
    Family.NORMAL_AND_COUNTS: (Family.NORMAL, Family.NEGATIVE_BINOMIAL),
    Family.ALL: (Family.NORMAL, Family.NEGATIVE_BINOMIAL, Family.EMPIRICAL),
}


def quantiles(
    history: Floats,
    horizon: int | Integers,
    levels: Floats,
    family: Family = Family.MEAN,
    *,
    mean: Floats | None = None,
    constant: float | None = None,
    spread: float = 1.0,
) -> Floats:
    """Return ``(series, k)`` the quantiles of the sum of demand over the coming ``horizon`` periods.

    Args:
        history: ``(series, periods)`` demand, oldest first; zeros before the first demand are left out.
        horizon: how many periods, for all series or ``(series,)`` for each.
        levels: ``(k,)`` probabilities between 0 and 1, e.g. ``[0.1, 0.5, 0.9]``.
        family: the kind of distribution.
        mean: ``(series,)`` what is expected per period; by exponential smoothing when it is not given.
        constant: of that smoothing, for all series; each series' own by its errors when it is not given.
        spread: what variances are multiplied with, e.g. to cover what they shall.

    A series without any demand has quantiles of nothing.

    Raises:
        ValueError: the history cannot be forecast, a level is not between 0 and 1, or a horizon is below 1.
    """
    past, wanted = checked(history), np.atleast_1d(np.asarray(levels, dtype=np.float64))
    spans = np.broadcast_to(np.asarray(horizon, dtype=np.int64), (past.shape[0],))
    if not ((wanted > 0) & (wanted < 1)).all():
        raise ValueError("a level lies between 0 and 1")
    if (spans < 1).any():
        raise ValueError("a horizon is one period at least")
    found = np.zeros((past.shape[0], len(wanted)))
    for span in np.unique(spans).tolist():
        rows = spans == span
        expected = None if mean is None else np.asarray(mean, dtype=np.float64)[rows]
        said = parts(past[rows], span, wanted, PARTS[family], mean=expected, constant=constant, spread=spread)
        found[rows] = mean_of(said, family)
    return np.maximum.accumulate(found, axis=1) if (np.diff(wanted) >= 0).all() else found


def mean_of(said: dict[Family, Floats], family: Family) -> Floats:
    """Return ``(series, k)`` the mean of the parts that a family has."""
    found: Floats = np.stack([said[part] for part in PARTS[family]]).mean(axis=0)
    return found


def parts(
    past: Floats,
    span: int,
    levels: Floats,
    families: tuple[Family, ...],
    *,
    mean: Floats | None = None,
    constant: float | None = None,
    spread: float = 1.0,
) -> dict[Family, Floats]:
    """Return ``(series, k)`` the quantiles of a checked history by each of the three families that are not means."""
    start = first_demand(past)
    path = chosen_level(past, start, span) if constant is None else smoothed(past, start, constant)
    total = (path[:, -1] if mean is None else mean) * span
    found: dict[Family, Floats] = {}
    if Family.EMPIRICAL in families:
        found[Family.EMPIRICAL] = _empirical(past, start, span, total, levels)
    if set(families) == {Family.EMPIRICAL}:
        return found
    variance = spread * _variance(past, start, span, path, total)
    if Family.NORMAL in families:
        around = negative_binomial.normal_quantiles(levels) * np.sqrt(variance)[:, None]
        found[Family.NORMAL] = np.maximum(total[:, None] + around, 0.0)
    if Family.NEGATIVE_BINOMIAL in families:
        found[Family.NEGATIVE_BINOMIAL] = negative_binomial.quantiles(total, variance, levels, _unit(past))
    return found


def _variance(past: Floats, start: Integers, span: int, path: Floats, total: Floats) -> Floats:
    """Return ``(series,)`` the mean square of the errors of past windows, drawn towards that of like items.

    What like items vary follows from their means by a power law (Taylor, Nature 189, 1961), fitted to all series.
    """
    periods = past.shape[1]
    active = np.maximum(periods - start, 1)
    rate = past.sum(axis=1) / active
    if periods > span:
        judged = judged_windows(past, start, span)
        windows = judged.sum(axis=1)
        squares = (span_errors(past, path, span) ** 2 * judged).sum(axis=1)
    else:
        windows = squares = np.zeros(past.shape[0])
    own = np.divide(squares, windows, out=np.zeros_like(squares), where=windows > 0)
    law = _power_law(rate * span, own, windows)
    trials = windows / span
    share = trials / (trials + PRIOR_WINDOWS)
    expected = np.where(law > 0, share * own + (1 - share) * law, own)
    scale = np.divide(total, rate * span, out=np.ones_like(total), where=rate > 0)
    found: Floats = np.where(windows > 0, expected, np.where(law > 0, law, rate**2 * span)) * np.maximum(scale, 0.0)
    return found


def _power_law(means: Floats, variances: Floats, windows: Floats) -> Floats:
    """Fit log variance on log mean by least squares over the series that show both, and return it for all."""
    known = (means > 0) & (variances > 0) & (windows > 0)
    if known.sum() < 8:
        return np.zeros_like(means)
    place = np.log(means[known])
    height = np.log(variances[known])
    spread = place - place.mean()
    squares = (spread**2).sum()
    slope = (spread * height).sum() / squares if squares > 1e-9 else 0.0
    lift = np.log(np.mean(variances[known] / np.exp(slope * spread)))
    found = np.zeros_like(means)
    wanted = means > 0
    found[wanted] = np.exp(lift + slope * (np.log(means[wanted]) - place.mean()))
    return found


def _empirical(past: Floats, start: Integers, span: int, total: Floats, levels: Floats) -> Floats:
    """Return quantiles of the window sums since the first demand, scaled so that their mean is the forecast."""
    count, periods = past.shape
    if periods < span:
        return np.repeat(total[:, None], len(levels), axis=1)
    sums = window_sums(past, span)
    first = np.minimum(start, sums.shape[1] - 1)
    sums = np.where(np.arange(sums.shape[1])[None, :] >= first[:, None], sums, np.nan)
    number = (sums.shape[1] - first)[:, None]
    mean = np.nansum(sums, axis=1) / number[:, 0]
    ordered = np.sort(sums, axis=1)  # what does not count goes to the end
    place = np.clip(levels[None, :] * (number + 1) - 1, 0, number - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, number - 1)
    rows = np.arange(count)[:, None]
    found = ordered[rows, low] + (place - low) * (ordered[rows, high] - ordered[rows, low])
    scale = np.divide(total, mean, out=np.zeros_like(total), where=mean > 0)
    return np.asarray(found * scale[:, None])


def _unit(past: Floats) -> Floats:
    """Return ``(series,)`` what demand is counted in: the least demand where all are multiples of it, else a part.

    Pieces that are only ever sold by the dozen are counted in dozens.
    """
    least = np.where(past > 0, past, np.inf).min(axis=1)
    least = np.where(np.isfinite(least), least, 1.0)
    multiple = past / least[:, None]
    whole = (np.abs(multiple - np.rint(multiple)) < 1e-6).all(axis=1)
    return np.where(whole, least, least / MOST_UNITS)
