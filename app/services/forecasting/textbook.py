"""Order quantities and order points in their exact textbook forms.

Costs are of any currency, rates per any period: whoever asks keeps to one of each.  Sources: F. W. Harris (1913) for
the economic order quantity; L. V. Snyder and Z.-J. M. Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019),
chapters 3 to 5, whose printed figures the tests reproduce.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist
from typing import Final

STANDARD: Final = NormalDist()
_STEPS: Final = 200  # halvings of a search: far below the last digit of a float
_TAIL: Final = 1e-12  # chance of demand that is left out at the far end of a Poisson distribution


def economic_order_quantity(fixed: float, holding: float, rate: float) -> tuple[float, float]:
    """Give the quantity to order at once, and what ordering and holding cost in a period.

    ``fixed`` is what an order costs, ``holding`` what a piece costs to hold for a period, ``rate`` the demand of one.
    """
    return sqrt(2 * fixed * rate / holding), sqrt(2 * fixed * rate * holding)


def with_backorders(fixed: float, holding: float, shortage: float, rate: float) -> tuple[float, float, float]:
    """Give the quantity, the share of demand that waits, and the cost of a period where customers may wait.

    ``shortage`` is what a piece that is waited for costs in a period.
    """
    stretch = (holding + shortage) / shortage
    quantity, cost = economic_order_quantity(fixed, holding, rate)
    return quantity * sqrt(stretch), holding / (holding + shortage), cost / sqrt(stretch)


def production_quantity(fixed: float, holding: float, rate: float, made: float) -> tuple[float, float]:
    """Give the quantity to make at once and the cost of a period where ``made`` pieces come off the line in it."""
    return economic_order_quantity(fixed, holding * (1 - rate / made), rate)


def with_price_breaks(
    fixed: float, holding_share: float, rate: float, breaks: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Give the quantity and the cost of a period, goods included, where the price of all pieces falls with quantity.

    ``breaks`` are (from quantity, price of one), the smallest quantity first; holding a piece for a period costs
    ``holding_share`` of its price.
    """
    best = (0.0, inf)
    for place, (least, price) in enumerate(breaks):
        most = breaks[place + 1][0] if place + 1 < len(breaks) else inf
        holding = holding_share * price
        quantity = max(least, economic_order_quantity(fixed, holding, rate)[0])
        if quantity >= most or quantity <= 0:
            continue  # the next price is to be had at that quantity
        cost = price * rate + fixed * rate / quantity + holding * quantity / 2
        best = min(best, (quantity, cost), key=lambda pair: pair[1])
    return best


def normal_loss(level: float, mean: float, deviation: float) -> float:
    """Give how many pieces of a normal demand are expected to be short at a stock of ``level``."""
    z = (level - mean) / deviation
    return deviation * (STANDARD.pdf(z) - z * (1 - STANDARD.cdf(z)))


def normal_second_loss(level: float, mean: float, deviation: float) -> float:
    """Give the area under :func:`normal_loss` above ``level``."""
    z = (level - mean) / deviation
    return deviation**2 / 2 * ((z**2 + 1) * (1 - STANDARD.cdf(z)) - z * STANDARD.pdf(z))


def newsvendor(holding: float, shortage: float, mean: float, deviation: float) -> tuple[float, float]:
    """Give the stock for one period of normal demand and its expected cost.

    ``holding`` is what a piece left over costs, ``shortage`` what a missing one does.
    """
    level = NormalDist(mean, deviation).inv_cdf(shortage / (shortage + holding))
    return level, holding * (level - mean) + (holding + shortage) * normal_loss(level, mean, deviation)


def discrete_newsvendor(holding: float, shortage: float, chances: Sequence[float]) -> tuple[int, float]:
    """Give the stock for one period and its expected cost; ``chances[d]`` is the chance that ``d`` are wanted."""
    cost = _period_cost(holding, shortage, chances)
    level, below = 0, chances[0]
    while below < shortage / (shortage + holding) and level + 1 < len(chances):
        level += 1
        below += chances[level]
    return level, cost(level)


def poisson(mean: float) -> list[float]:
    """Give the chances of 0, 1, 2, ... pieces of a Poisson demand, as far as they matter."""
    chances, total, pieces = list[float](), 0.0, 0
    while total < 1 - _TAIL or pieces <= mean:
        chances.append(exp(pieces * log(mean) - mean - lgamma(pieces + 1)))
        total += chances[-1]
        pieces += 1
        if pieces > 10 * mean + 200:
            break
    return chances


def point_and_quantity_cost(
    point: float, quantity: float, costs: tuple[float, float, float], rate: float, lead_demand: tuple[float, float]
) -> float:
    """Give the exact cost of a period of ordering ``quantity`` whenever the position falls to ``point``.

    ``costs`` are of holding a piece, of a piece waited for (both per period) and of an order; ``lead_demand`` is mean
    and deviation of normal demand in the lead time.  (Zheng, Management Science 38, 1992.)
    """
    holding, shortage, fixed = costs
    mean, deviation = lead_demand
    top = point + quantity
    held = holding * ((top - mean) ** 2 - (point - mean) ** 2) / 2
    lost = normal_second_loss(point, mean, deviation) - normal_second_loss(top, mean, deviation)
    return (fixed * rate + held + (holding + shortage) * lost) / quantity


def best_point(quantity: float, holding: float, shortage: float, lead_demand: tuple[float, float]) -> float:
    """Give the order point that is cheapest with an order quantity: holding costs the same there and at its top."""
    mean, deviation = lead_demand

    def rise(point: float) -> float:
        loss = normal_loss(point + quantity, mean, deviation) - normal_loss(point, mean, deviation)
        return holding * quantity + (holding + shortage) * loss

    return _root(rise, mean - quantity - 10 * deviation, mean + 10 * deviation)


def best_point_and_quantity(
    costs: tuple[float, float, float], rate: float, lead_demand: tuple[float, float]
) -> tuple[float, float, float]:
    """Give the cheapest order point and quantity, exactly, and their cost of a period; see the cost's own function."""
    holding, shortage, fixed = costs

    def rise(quantity: float) -> float:
        point = best_point(quantity, holding, shortage, lead_demand)
        here = holding * (point - lead_demand[0]) + (holding + shortage) * normal_loss(point, *lead_demand)
        return here - point_and_quantity_cost(point, quantity, costs, rate, lead_demand)

    widest = with_backorders(fixed, holding, shortage, rate)[0] + 20 * lead_demand[1]
    quantity = _root(rise, 1e-9 * widest, widest)
    point = best_point(quantity, holding, shortage, lead_demand)
    return point, quantity, point_and_quantity_cost(point, quantity, costs, rate, lead_demand)


def point_and_quantity_by_shortage(
    costs: tuple[float, float, float], rate: float, lead_demand: tuple[float, float]
) -> tuple[float, float, float]:
    """Give order point, quantity and cost of a period where a missing piece costs once, however long it is missing.

    The expected-inventory-level approximation (Whitin 1953; Hadley and Whitin 1963): both are found in turns.
    """
    holding, shortage, fixed = costs
    quantity = economic_order_quantity(fixed, holding, rate)[0]
    point, loss = 0.0, 0.0
    for _ in range(_STEPS):
        point = NormalDist(*lead_demand).inv_cdf(1 - quantity * holding / (shortage * rate))
        loss = normal_loss(point, *lead_demand)
        quantity = sqrt(2 * rate * (fixed + shortage * loss) / holding)
    held = holding * (point - lead_demand[0] + quantity / 2)
    return point, quantity, held + (fixed + shortage * loss) * rate / quantity


def best_poisson_point_and_quantity(
    costs: tuple[float, float, float], rate: float, lead_time: float
) -> tuple[int, int, float]:
    """Give the cheapest order point, quantity and cost of a period for Poisson demand, exactly.

    (Federgruen and Zheng, Operations Research 40, 1992: the cheapest levels are taken up one by one.)
    """
    holding, shortage, fixed = costs
    chances = poisson(rate * lead_time)
    level = _period_cost(holding, shortage, chances)
    low = discrete_newsvendor(holding, shortage, chances)[0]
    high, total = low, fixed * rate + level(low)
    while True:
        below, above = level(low - 1), level(high + 1)
        quantity = high - low + 1
        if min(below, above) >= total / quantity:
            return low - 1, quantity, total / quantity
        total += min(below, above)
        low, high = (low - 1, high) if below < above else (low, high + 1)


def best_point_and_target(costs: tuple[float, float, float], chances: Sequence[float]) -> tuple[int, int, float]:
    """Give the cheapest order point, up-to level and cost of a period, exactly; ordered at or below the point.

    ``costs`` are of holding, of a missing piece and of an order, ``chances`` of a period's demand.  (Zheng and
    Federgruen, Operations Research 39, 1991.)
    """
    holding, shortage, fixed = costs
    level = _period_cost(holding, shortage, chances)
    renewals = _Renewals(chances)

    def cost(point: int, target: int) -> float:
        span = range(target - point)
        visits = [renewals.of(step) for step in span]
        return (fixed + sum(visits[step] * level(target - step) for step in span)) / sum(visits)

    target = discrete_newsvendor(holding, shortage, chances)[0]
    point = target - 1
    while cost(point, target) > level(point):
        point -= 1
    best, tried = cost(point, target), target + 1
    while level(tried) <= best:
        if cost(point, tried) < best:
            target = tried
            while cost(point, target) <= level(point + 1):
                point += 1
            best = cost(point, target)
        tried += 1
    return point, target, best


def power_approximation(
    costs: tuple[float, float, float], mean: float, deviation: float, lead_time: float = 0
) -> tuple[float, float]:
    """Give a near-best order point and up-to level without a search (Ehrhardt and Mosier, Management Science 30, 1984).

    Mean and deviation are of a period's demand; the lead time counts periods.
    """
    holding, shortage, fixed = costs
    lead_mean, spread = mean * (lead_time + 1), deviation * sqrt(lead_time + 1)
    quantity = 1.30 * mean**0.494 * (fixed / holding) ** 0.506 * (1 + (spread / mean) ** 2) ** 0.116
    z = sqrt(quantity * holding / (spread * shortage))
    point = 0.973 * lead_mean + spread * (0.183 / z + 1.063 - 2.192 * z)
    return point, point + quantity


class _Renewals:
    """How often, on average, demand since an order adds up to exactly so many pieces; each worked out once."""

    def __init__(self, chances: Sequence[float]) -> None:
        self._chances = chances
        self._known = [1 / (1 - chances[0])]

    def of(self, pieces: int) -> float:
        while len(self._known) <= pieces:
            wanted = len(self._known)
            reach = range(1, min(wanted, len(self._chances) - 1) + 1)
            found = sum(self._chances[step] * self._known[wanted - step] for step in reach)
            self._known.append(found / (1 - self._chances[0]))
        return self._known[pieces]


def _period_cost(holding: float, shortage: float, chances: Sequence[float]) -> Callable[[int], float]:
    """Give the function that tells what a stock of so many pieces is expected to cost in a period."""
    mean = sum(pieces * chance for pieces, chance in enumerate(chances))

    def cost(level: int) -> float:
        left = sum((level - pieces) * chance for pieces, chance in enumerate(chances[: max(level, 0)]))
        return holding * left + shortage * (left + mean - level)

    return cost


def _root(rise: Callable[[float], float], low: float, high: float) -> float:
    """Find where a rising function crosses zero."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rise(middle) < 0 else (low, middle)
    return (low + high) / 2
