"""Demand history: single demands put into buckets of a calendar, and what a history has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

MONDAY_BEFORE_EPOCH: Final = 3  # 1 January 1970 was a Thursday: the Monday before it lies three days back


class Period(StrEnum):
    """How long a bucket is: a day, a week from Monday to Sunday (ISO 8601), or a calendar month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Buckets:
    """Demand by item and period.

    Attributes:
        items: ``(series,)`` the items, sorted.
        starts: ``(periods,)`` the first day of each bucket.
        quantities: ``(series, periods)`` what was wanted in each, in the unit the quantities came in.
    """

    items: NDArray[np.str_]
    starts: Days
    quantities: Floats


def period_index(dates: Days, period: Period) -> Integers:
    """Return ``(n,)`` the running number of the bucket in which each of ``(n,)`` days lies."""
    if period is Period.MONTH:
        return dates.astype("datetime64[M]").astype(np.int64)
    days = dates.astype("datetime64[D]").astype(np.int64)
    return days if period is Period.DAY else (days + MONDAY_BEFORE_EPOCH) // 7


def period_start(index: Integers, period: Period) -> Days:
    """Return the first day of each bucket, as ``datetime64[D]``, the reverse of :func:`period_index`."""
    if period is Period.MONTH:
        return index.astype("datetime64[M]").astype("datetime64[D]")
    days = index if period is Period.DAY else index * 7 - MONDAY_BEFORE_EPOCH
    return days.astype("datetime64[D]")


def buckets(
    items: Sequence[str] | NDArray[np.str_],
    dates: Days,
    quantities: Floats,
    period: Period = Period.WEEK,
    *,
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
) -> Buckets:
    """Add up single demands by item and bucket.

    Args:
        items: ``(n,)`` the item of each demand.
        dates: ``(n,)`` the day each was wanted.
        quantities: ``(n,)`` how much; what was taken back comes as a negative quantity.
        period: how long a bucket is.
        first: a day in the first bucket; the earliest demand by default.  Earlier demands are left out.
        last: a day in the last bucket; the latest demand by default.  A bucket that is not over yet should be left
            out by naming a day of the one before.

    Raises:
        ValueError: there is no demand, lengths differ, a quantity is not a number or a day is missing.
    """
    names, index = np.asarray(items, dtype=np.str_), period_index(dates, period)
    if not len(names) == len(dates) == len(quantities) or not len(names):
        raise ValueError("items, dates and quantities are as many, and at least one")
    if not np.isfinite(quantities).all() or np.isnat(dates).any():
        raise ValueError("a quantity is not a number or a day is missing")
    low = index.min() if first is None else period_index(np.array([first]), period)[0]
    high = index.max() if last is None else period_index(np.array([last]), period)[0]
    keys, row = np.unique(names, return_inverse=True)
    width = max(high - low + 1, 0)
    inside = (index >= low) & (index <= high)
    cell = row[inside] * width + (index[inside] - low)
    sums: Floats = np.bincount(cell, weights=quantities[inside], minlength=len(keys) * width).astype(np.float64)
    return Buckets(keys, period_start(np.arange(low, high + 1), period), sums.reshape(len(keys), width))


def checked(history: NDArray[np.floating] | NDArray[np.integer]) -> Floats:
    """Return a history as floats after making sure that it can be forecast.

    Raises:
        ValueError: it is not ``(series, periods)`` with a period, has a value that is not a number, or one below zero.
    """
    found = np.ascontiguousarray(history, dtype=np.float64)
    if found.ndim != 2 or not found.shape[1]:
        raise ValueError("a history is an array of series by periods, with one period at least")
    if not np.isfinite(found).all():
        raise ValueError("a history holds a value that is not a number")
    if (found < 0).any():
        raise ValueError("a history holds demand below zero; set what was taken back against the demand before")
    return found


def first_demand(history: Floats) -> Integers:
    """Return ``(series,)`` the period of the first demand, or the number of periods where there was none.

    Zeros before it say that the item was not sold yet and nothing about how much of it is wanted.
    """
    wanted = history > 0
    found: Integers = np.where(wanted.any(axis=1), wanted.argmax(axis=1), history.shape[1])
    return found


def window_sums(history: Floats, length: int) -> Floats:
    """Return ``(series, periods - length + 1)`` the sums of all windows of ``length`` periods, oldest first."""
    running = np.zeros((history.shape[0], history.shape[1] + 1))
    np.cumsum(history, axis=1, out=running[:, 1:])
    return running[:, length:] - running[:, :-length]
