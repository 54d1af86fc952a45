"""What statistics cannot know: events, new products and those that end, as changes of history and forecast."""

from __future__ import annotations

import numpy as np

from app.services.forecasting.history import Flags, Floats, Integers, first_demand

FEWEST_TO_JUDGE = 2.0


def cleaned(history: Floats, is_special: Flags) -> Floats:
    """Replace demand of special periods by what is usual, so that a promotion of last year is not forecast again.

    Args:
        history: ``(series, periods)`` demand.
        is_special: ``(series, periods)`` whether a period had an event, or was one-off business.

    Returns:
        ``(series, periods)``: between the nearest usual periods on both sides special ones lie on a straight line;
        before the first and after the last usual one they are like it.  A series with nothing usual stays as it is.
    """
    found = history.copy()
    places = np.arange(history.shape[1], dtype=np.float64)
    for row in np.flatnonzero(is_special.any(axis=1) & ~is_special.all(axis=1)).tolist():
        special = is_special[row]
        found[row, special] = np.interp(places[special], places[~special], history[row, ~special])
    return found


def event_factors(history: Floats, events: Integers, count: int) -> Floats:
    """Learn how many times the usual demand each kind of event brings, from all series that had it.

    Args:
        history: ``(series, periods)`` demand.
        events: ``(series, periods)`` the number of the event of a period, from 1; 0 for none.
        count: how many kinds there are.

    Returns:
        ``(count,)`` demand with the event over usual demand of the same periods; a kind that was seen less than twice
        is drawn towards 1.
    """
    usual = cleaned(history, events > 0)
    found = np.ones(count)
    for kind in range(1, count + 1):
        had = (events == kind) & (usual > 0)
        shares = history[had] / usual[had]
        if len(shares):
            found[kind - 1] = (shares.sum() + FEWEST_TO_JUDGE) / (len(shares) + FEWEST_TO_JUDGE)
    return found


def with_events(mean: Floats, events: Integers, factors: Floats) -> Floats:
    """Multiply a forecast ``(series, horizon)`` by the factor of the event of each period, 0 for none.

    Factors are ``(kinds,)``, learned by :func:`event_factors` or typed by a person.
    """
    found: Floats = mean * np.concatenate([[1.0], factors])[events]
    return found


def by_analogue(history: Floats, analogue: Integers, share: Floats) -> Floats:
    """Lead the history of new products with that of products they are like.

    Args:
        history: ``(series, periods)`` demand.
        analogue: ``(series,)`` the row of the product each one is like; -1 for none.
        share: ``(series,)`` how much of the other's demand is expected, e.g. 0.5 for half.

    Returns:
        ``(series, periods)`` each series with its own demand from its first on, and before that the share of the
        other's: a method that weighs what is recent forgets the other as own demand comes.
    """
    found = history.copy()
    taken = analogue >= 0
    lead = np.where(taken[:, None], history[np.maximum(analogue, 0)] * share[:, None], 0.0)
    is_before = np.arange(history.shape[1])[None, :] < first_demand(history)[:, None]
    found[is_before] = lead[is_before]
    return found


def ending(mean: Floats, ends_after: Integers, fading: Integers | None = None) -> Floats:
    """Let the forecast of products end.

    Args:
        mean: ``(series, horizon)`` expected demand.
        ends_after: ``(series,)`` how many of the coming periods the product is still sold in; the horizon or more for
            those that go on.
        fading: ``(series,)`` over how many of the last of these it sinks to nothing, evenly; 0 for at once.
    """
    step = np.arange(mean.shape[1])[None, :]
    left = ends_after[:, None] - step
    over = np.zeros_like(ends_after) if fading is None else fading
    found: Floats = mean * np.clip(left / (over[:, None] + 1.0), 0.0, 1.0)
    return found


def overridden(mean: Floats, override: Floats) -> Floats:
    """Put a person's figures ``(series, horizon)`` in the place of the statistics', where they are not NaN."""
    return np.where(np.isnan(override), mean, override)


def value_added(actual: Floats, before: Floats, after: Floats) -> Floats:
    """Judge a change: how much nearer it brought the forecast, in parts of what was wanted.

    Args:
        actual: ``(series, periods)`` what was wanted.
        before: the forecast before the change, e.g. of the statistics; the naive one to judge these themselves.
        after: the forecast after it.

    Returns:
        ``(series,)`` WAPE before less WAPE after: above 0 where the change helped (Gilliland, The Business Forecasting
        Deal, 2010); NaN where nothing was wanted.
    """
    wanted = actual.sum(axis=1)
    nearer = np.abs(actual - before).sum(axis=1) - np.abs(actual - after).sum(axis=1)
    found: Floats = np.divide(nearer, wanted, out=np.full_like(wanted, np.nan), where=wanted > 0)
    return found
