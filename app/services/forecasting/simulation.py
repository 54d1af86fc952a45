"""What ordering by an order point would have done: pieces served from the shelf, pieces lying on it, orders placed.

A period goes: what was ordered arrives, customers take, then it is looked at and ordered.  What is ordered at the end
of a period comes before the first sale of the period after its lead time, so a position covers lead time and one
period more.  Customers wait for what is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.services.forecasting.history import Flags, Floats, Integers

Points = Sequence[tuple[int, Floats]]
"""Order points ``(settings, series)`` with the period from which on each set holds, the first from 0 on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted over the periods that count.

    Attributes:
        wanted: ``(series,)`` units that customers wanted.
        served: ``(settings, series)`` units of them that were served from the shelf at once.
        stock: ``(settings, series)`` units on the shelf at the end of a period, on average.
        orders: ``(settings, series)`` how often it was ordered.
    """

    wanted: Floats
    served: Floats
    stock: Floats
    orders: Floats

    def fill(self) -> Floats:
        """Return ``(settings,)`` the share of all units that was served from the shelf; 1 where none was wanted."""
        total = self.wanted.sum()
        return self.served.sum(axis=1) / total if total > 0 else np.ones(len(self.served))


def simulate(
    demand: Floats,
    lead_times: Integers,
    quantities: Floats,
    points: Points,
    *,
    uncounted: int = 0,
    up_to: Flags | None = None,
) -> Outcome:
    """Order by order points in many settings at once.

    Args:
        demand: ``(series, periods)`` what was wanted.
        lead_times: ``(series,)`` whole periods.
        quantities: ``(series,)`` what is ordered at once, or a multiple of it; above zero.
        points: order points by setting; it is ordered when the position is below.
        up_to: ``(series,)`` where it is ordered up to the order point and the quantity, instead of multiples of it.
        uncounted: the first periods, in which stock comes to its usual height.
    """
    count, periods = demand.shape
    settings = len(points[0][1])
    sets = dict(points)
    point = np.asarray(sets[0], dtype=np.float64)
    net = np.maximum(point, 0.0) + quantities / 2
    coming = np.zeros((int(lead_times.max(initial=0)) + 2, settings, count))
    due = np.zeros((settings, count))
    served, stock, orders = (np.zeros((settings, count)) for _ in range(3))
    rows = np.arange(count)
    for period in range(periods):
        point = sets.get(period, point)
        here = coming[period % len(coming)]
        net += here
        due -= here
        here[:] = 0.0
        wanted = demand[:, period]
        if period >= uncounted:
            served += np.minimum(np.maximum(net, 0.0), wanted)
        net -= wanted
        if period >= uncounted:
            stock += np.maximum(net, 0.0)
        lacks = point - net - due
        whole = np.ceil(lacks / quantities) * quantities
        ordered = np.where(lacks > 0, whole if up_to is None else np.where(up_to, lacks + quantities, whole), 0.0)
        due += ordered
        coming[(period + 1 + lead_times) % len(coming), :, rows] += ordered.T
        if period >= uncounted:
            orders += ordered > 0
    counted = max(periods - uncounted, 1)
    return Outcome(demand[:, uncounted:].sum(axis=1), served, stock / counted, orders)


def stock_for(fill: Floats, stock: Floats, target: float) -> float:
    """Return the stock at which a share of units is served, between the two settings around it; NaN: not reached.

    Args:
        fill: ``(settings,)`` share served, in any order.
        stock: ``(settings,)`` stock of each setting.
        target: the share wanted.
    """
    order = np.argsort(stock, kind="stable")
    share, units = np.maximum.accumulate(fill[order]), stock[order]
    above = np.flatnonzero(share >= target)
    if not len(above):
        return np.nan
    first = int(above[0])
    if first == 0 or share[first] == share[first - 1]:
        found: float = units[first].item()
        return found
    part = (target - share[first - 1]) / (share[first] - share[first - 1])
    between: float = (units[first - 1] + part * (units[first] - units[first - 1])).item()
    return between
