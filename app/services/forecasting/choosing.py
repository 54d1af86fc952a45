"""Which rule a company's order points come from: the one that would have needed the least stock, by simulation.

The last part of the history is held back, every rule sets order points from what was known before and again as time
goes on, and the same orders are placed.  Items are looked at by class of demand (Syntetos and Boylan, 2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from app.services.forecasting import order_points
from app.services.forecasting.history import Floats, Integers
from app.services.forecasting.order_points import BY_CHANCE, MULTIPLES, SHORTAGES, Rule, Terms
from app.services.forecasting.simulation import Outcome, simulate, stock_for

WORTH: Final = 0.99
"""The company leaves the blend of rules for another one only where that saves a hundredth of the stock."""
WORTH_OF_CLASS: Final = 0.97
"""A class leaves the company's rule only where that saves three hundredths of all stock: less may be chance."""
UNREACHED: Final = 6.0
"""Where no setting served the share aimed at, the chance of running out is a sixth of what may be missed: one order
larger than all before would have needed ever more stock."""
SEEN: Final = 0.95
"""Up to this share a mean with sums that were seen is tried: for more, sums that were never seen are what counts."""
TRIED: Final = tuple(rule for rule in Rule if rule is not Rule.EMPIRICAL)
"""The rules there are to choose from; sums that were seen say nothing about larger ones, so they stand in a mean."""
SET_ANEW: Final = 8
"""How often order points are set anew during what is held back."""


class DemandClass(StrEnum):
    """How demand comes: by the periods between two demands and by how much their sizes vary."""

    SMOOTH = "smooth"
    ERRATIC = "erratic"
    INTERMITTENT = "intermittent"
    LUMPY = "lumpy"


CLASSES: Final = tuple(DemandClass)


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule for each class, and the setting that served the target when it was tried.

    The setting is a number of periods where the rule is MULTIPLE, which then holds for all, or else what holding costs.
    ``stock`` is what would have lain on the shelf, in units; NaN where no rule served that much.
    """

    rules: Mapping[DemandClass, Rule]
    setting: float
    stock: float


def classes(history: Floats) -> Integers:
    """Return ``(series,)`` the place of each item's class in :data:`CLASSES`."""
    times = (history > 0).sum(axis=1)
    between = history.shape[1] / np.maximum(times, 1)
    mean = history.sum(axis=1) / np.maximum(times, 1)
    square = (history**2).sum(axis=1) / np.maximum(times, 1)
    varies = np.divide(square - mean**2, mean**2, out=np.zeros_like(mean), where=mean > 0)
    return np.asarray((between > 1.32) * 2 + (varies > 0.49), dtype=np.int64)


def tried(history: Floats, held_back: int, terms: Terms) -> dict[Rule, Outcome]:
    """Order through the last ``held_back`` periods by every rule, order points set anew as they go."""
    periods = history.shape[1]
    origin = periods - held_back
    warm = int(min(origin - 2, 2 * (int(terms.lead_times.max(initial=0)) + terms.review)))
    step = max(1, -(-held_back // SET_ANEW))
    known = [(0, order_points.every_rule(history[:, :origin], terms))]
    known += [
        (warm + later - origin, order_points.every_rule(history[:, :later], terms))
        for later in range(origin + step, periods, step)
    ]
    demand = history[:, origin - warm :]
    return {
        rule: simulate(
            demand,
            terms.lead_times,
            terms.quantities,
            [(begin, found[rule]) for begin, found in known],
            uncounted=warm,
        )
        for rule in Rule
    }


def choose(history: Floats, held_back: int, terms: Terms, targets: Sequence[float]) -> dict[float, Choice]:
    """Return the choice for each share of units to be served, by trying every rule on the last periods."""
    return choose_from(history, held_back, tried(history, held_back, terms), targets)


def choose_from(
    history: Floats, held_back: int, found: Mapping[Rule, Outcome], targets: Sequence[float]
) -> dict[float, Choice]:
    """Return the choices as :func:`choose` does, from what :func:`tried` found."""
    kinds = classes(history[:, :-held_back])
    outcomes: dict[Rule, _Sums] = {}
    outcomes |= {rule: _by_class(found[rule], kinds) for rule in TRIED}
    wanted = np.array([history[kinds == kind, -held_back:].sum() for kind in range(len(CLASSES))])
    return {target: _best(outcomes, wanted, target) for target in targets}


def mixed(outcomes: Mapping[Rule, Outcome], rules: Mapping[DemandClass, Rule], kinds: Integers) -> Outcome:
    """Return the outcome of a company whose classes go by different rules, at the same setting."""
    some = next(iter(outcomes.values()))
    served, stock, orders = (np.zeros_like(some.served) for _ in range(3))
    for place, kind in enumerate(CLASSES):
        rows, found = kinds == place, outcomes[rules[kind]]
        served[:, rows], stock[:, rows] = found.served[:, rows], found.stock[:, rows]
        orders[:, rows] = found.orders[:, rows]
    return Outcome(some.wanted, served, stock, orders)


_Sums = tuple[Floats, Floats]
"""``(settings, classes)`` units served and stock."""


def _by_class(outcome: Outcome, kinds: Integers) -> _Sums:
    member = np.equal.outer(kinds, np.arange(len(CLASSES))).astype(np.float64)
    return outcome.served @ member, outcome.stock @ member


def _best(outcomes: Mapping[Rule, _Sums], wanted: Floats, target: float) -> Choice:
    """Take the best rule for all, then let each class leave it where that saves enough."""
    outcomes = {rule: sums for rule, sums in outcomes.items() if rule is not Rule.MEAN or target <= SEEN}

    def needed(rules: Sequence[Rule]) -> float:
        served = sum(outcomes[rule][0][:, place] for place, rule in enumerate(rules))
        stock = sum(outcomes[rule][1][:, place] for place, rule in enumerate(rules))
        found = stock_for(np.asarray(served) / max(wanted.sum(), 1e-9), np.asarray(stock), target)
        return found if np.isfinite(found) else np.inf

    best = [Rule.BLEND] * len(CLASSES)
    uniform = min(([rule] * len(CLASSES) for rule in outcomes), key=needed)
    if needed(uniform) < WORTH * needed(best):
        best = uniform
    for place in np.argsort(-wanted).tolist():
        for rule in BY_CHANCE if best[0] in BY_CHANCE else ():
            other = [*best[:place], rule, *best[place + 1 :]]
            if rule in outcomes and needed(other) < WORTH_OF_CLASS * needed(best):
                best = other
    served = np.asarray(sum(outcomes[rule][0][:, place] for place, rule in enumerate(best)))
    fill = np.maximum.accumulate(served / max(wanted.sum(), 1e-9))
    settings = MULTIPLES if best[0] is Rule.MULTIPLE else np.log(SHORTAGES)
    found = np.interp(target, fill, settings)
    setting: float = (found if best[0] is Rule.MULTIPLE else np.exp(found)).item()
    stock = needed(best)
    if not np.isfinite(stock) and best[0] is not Rule.MULTIPLE:
        setting = (1 - target) / target / UNREACHED
    return Choice(dict(zip(CLASSES, best, strict=True)), setting, stock if np.isfinite(stock) else np.nan)
