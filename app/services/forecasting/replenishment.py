"""How much to order at once, and what order points mean: cost against limits, safety stock, a share of units served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from app.services.forecasting import choosing, order_points
from app.services.forecasting.choosing import CLASSES, Choice
from app.services.forecasting.history import Floats
from app.services.forecasting.order_points import MULTIPLES, Rule, Terms
from app.services.forecasting.simulation import Outcome

NO_LIMIT: Final = np.inf


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds an order; each ``(series,)`` units.

    Attributes:
        minimum: the least that can be ordered.
        multiple: what it is a whole number of; 0 where anything goes.
        most: what there is room for, or what sells before it expires; infinite where nothing bounds it.
    """

    minimum: Floats
    multiple: Floats
    most: Floats


@dataclass(frozen=True, slots=True)
class Parameters:
    """What rules are made of; each ``(series,)`` units.

    Attributes:
        order_point: ordered when the position is below.
        safety_stock: the part of it beyond what is expected over lead time and review.
        quantity: ordered at once.
        rate: expected in a period.
    """

    order_point: Floats
    safety_stock: Floats
    quantity: Floats
    rate: Floats


def order_quantities(rate: Floats, fixed: float, holding: Floats, limits: Limits) -> Floats:
    """Return ``(series,)`` what to order at once: the economic quantity within its limits, one unit at least.

    Args:
        rate: units wanted in a period.
        fixed: what an order costs, in the currency of ``holding``.
        holding: what a unit costs to hold for a period; 0 where its cost is not known: what is wanted in one period.
        limits: minimum, multiple and room.  A minimum goes before the room: less cannot be had.
    """
    economic = np.sqrt(2 * fixed * rate / np.where(holding > 0, holding, 1.0))
    wanted = np.where(holding > 0, np.maximum(economic, rate), rate)
    bounded = np.maximum(np.minimum(wanted, limits.most), limits.minimum)
    step = np.where(limits.multiple > 0, limits.multiple, 1.0)
    return np.asarray(np.maximum(np.ceil(bounded / step - 1e-9) * step, step))


def with_price_breaks(
    rate: float, fixed: float, holding_share: float, breaks: list[tuple[float, float]], quantity: float
) -> float:
    """Return the quantity that is cheapest with all its goods: the one given, or the least one of a lower price.

    Args:
        rate: units wanted in a period.
        fixed: what an order costs.
        holding_share: share of its price that a unit costs to hold for a period.
        breaks: (from quantity, price of one), any order.
        quantity: the one found without regard to breaks.
    """

    def cost(units: float) -> float:
        price = min((price for least, price in breaks if least <= units), default=np.inf)
        return price * rate + fixed * rate / units + holding_share * price * units / 2

    return min([quantity, *(least for least, _ in breaks if least > quantity)], key=cost)


def parameters(history: Floats, terms: Terms, choice: Choice) -> Parameters:
    """Return what the chosen rules give for the periods after a history."""
    kinds = choosing.classes(history)
    point = np.zeros(len(history))
    for rule in set(choice.rules.values()):
        rows = np.flatnonzero([choice.rules[CLASSES[kind]] is rule for kind in kinds.tolist()])
        if not len(rows):
            continue
        part = terms.of(rows)
        if rule is Rule.MULTIPLE:
            point[rows] = choice.setting * order_points.moving_mean(history[rows], terms.window)
        else:
            point[rows] = order_points.at_shortages(history[rows], part, rule, np.array([choice.setting]))[0]
    rate = order_points.expected(history)
    expected = rate * (terms.lead_times + terms.review)
    return Parameters(point, np.maximum(point - expected, 0.0), terms.quantities, rate)


def place_of(choice: Choice) -> int:
    """Return the number of the setting that is nearest to a choice's own."""
    settings = MULTIPLES if Rule.MULTIPLE in choice.rules.values() else order_points.SHORTAGES
    return int(np.argmin(np.abs(settings - choice.setting)))


def curve(outcome: Outcome, values: Floats) -> tuple[Floats, Floats]:
    """Return ``(settings,)`` the share of units served and what the stock was worth, by setting.

    Args:
        outcome: of a simulation.
        values: ``(series,)`` of one unit.
    """
    return outcome.fill(), np.asarray(outcome.stock @ values)
