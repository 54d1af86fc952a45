"""Rules worked out from history, and what they would have done last year beside the rules there are.

Statistics are floats here; what becomes a rule is rounded to whole grains in :func:`_grains`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, gcd, inf
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, select

from app.models.product import product, shown
from app.models.replenishment import SHORT_ONLY, Policy, Rule
from app.models.ways import Lane, Source
from app.services import (
    replenishment_demand,
    replenishment_rules,
    stock_ledger,
    supply_sources,
    warehouses,
)
from app.services.forecasting import choosing, order_points, replenishment
from app.services.forecasting.choosing import CLASSES, Choice
from app.services.forecasting.history import Floats
from app.services.forecasting.order_points import Rule as Origin
from app.services.forecasting.order_points import Terms
from app.services.forecasting.replenishment import Limits
from app.services.forecasting.simulation import Outcome, simulate
from app.services.progress import Progress, Quiet
from app.services.replenishing import ORDERED
from app.services.replenishment_aims import Aim, Point, Study, Suggestion
from app.services.replenishment_demand import DemandHistory
from app.services.replenishment_rules import NewRule, StoredRule
from app.services.statements import LONGEST_LIST
from app.services.stock_outlook import Shelf

RULE_WORDS: Final = {
    Origin.MULTIPLE: "weeks of the moving mean",
    Origin.TEXTBOOK: "errors of one week",
    Origin.NORMAL: "errors over the lead time",
    Origin.NEGATIVE_BINOMIAL: "counted pieces",
    Origin.EMPIRICAL: "sums that were seen",
    Origin.MEAN: "counts and sums that were seen",
    Origin.BLEND: "errors of one week and counted pieces",
}
FEWEST_WEEKS: Final = 26
"""Where nothing is known for longer than this, nothing is said."""
FEWEST_DEMANDS: Final = 3
"""A product that was wanted in fewer weeks, or not at all in the last year, is left as it is."""
WEEKS_A_YEAR: Final = 52


@dataclass(frozen=True, slots=True)
class _Items:
    """The shelves that are judged, with what is known of each; arrays are ``(series, ...)`` in stock units."""

    shelves: list[Shelf]
    facts: dict[UUID, Any]
    rules: dict[Shelf, StoredRule]
    history: Floats
    lead_weeks: np.ndarray
    worth: Floats
    limits: Limits
    breaks: list[list[tuple[float, float]]]
    steps: list[int]
    brought: list[UUID | None]


def study(connection: Connection, at: datetime, aim: Aim, progress: Progress | None = None) -> Study:
    """Work out rules that serve the share aimed at with the least stock, and simulate them on the last weeks.

    Raises:
        Cancelled: ``progress`` was stopped.

    """
    tell = progress or Quiet()
    found = replenishment_demand.read(connection, at.date())
    tell.step(1, 5)
    items = _items(connection, found, at)
    if items is None:
        return Study(aim, (), (), None, None, 0, 0)
    terms = _terms(items, aim)
    weeks = items.history.shape[1]
    held_back = min(WEEKS_A_YEAR, weeks // 2)
    level = _number(aim.level)
    tell.step(2, 5)
    outcomes = choosing.tried(items.history, held_back, terms)
    tell.step(3, 5)
    choice = choosing.choose_from(items.history, held_back, outcomes, [level])[level]
    outcome = _possible(items, terms, choice, held_back)
    tell.step(4, 5)
    now = _today(items, terms, held_back)
    return Study(
        aim,
        tuple(_suggestions(connection, items, terms, choice, aim)),
        tuple(_points(outcome, items.worth)),
        _points(now, items.worth)[0] if items.rules else None,
        _points(outcome, items.worth)[replenishment.place_of(choice)],
        held_back,
        len(items.shelves),
    )


# what is known ---------------------------------------------------------------------------------


def _items(connection: Connection, found: DemandHistory, at: datetime) -> _Items | None:
    """Bring the history together with lead times, prices and limits; None where nothing was wanted for long enough."""
    shelves = sorted(
        shelf
        for shelf, grains in found.grains.items()
        if any(grains[-WEEKS_A_YEAR:]) and sum(map(bool, grains)) >= FEWEST_DEMANDS
    )
    if not shelves:
        return None
    longest = max(found.weeks - next(n for n, g in enumerate(found.grains[one]) if g) for one in shelves)
    if longest < FEWEST_WEEKS:
        return None
    ids = {product_id for product_id, _ in shelves}
    facts = _facts(connection, ids)
    sources = supply_sources.read(connection, ids, at.date())
    rules = {(one.product_id, one.location_id): one for one in replenishment_rules.of(connection, ids)}
    ways = [_way(sources, shelf, rules.get(shelf), stock_ledger.main_location(connection)) for shelf in shelves]
    grains = np.array([found.grains[one][-longest:] for one in shelves], dtype=np.float64)
    units = np.array([facts[product_id].grain for product_id, _ in shelves], dtype=np.float64)
    costs = [_cost(facts[shelf[0]], way) for shelf, way in zip(shelves, ways, strict=True)]
    per_unit = [
        [(tier.from_grains / unit, _number(tier.cost * int(unit))) for tier in getattr(way, "tiers", ())]
        for way, unit in zip(ways, units, strict=True)
    ]
    return _Items(
        shelves,
        facts,
        rules,
        grains / units[:, None],
        np.array([_lead_weeks(way) for way in ways], dtype=np.int64),
        np.array(costs),
        _limits(shelves, ways, facts, grains, units),
        per_unit,
        [reduce(gcd, (one for one in found.grains[shelf] if one), 0) for shelf in shelves],
        [way.from_place if isinstance(way, Lane) else None for way in ways],
    )


def _facts(connection: Connection, ids: set[UUID]) -> dict[UUID, Any]:
    wanted, found = sorted(ids), dict[UUID, Any]()
    for start in range(0, len(wanted), LONGEST_LIST):
        rows = connection.execute(select(product).where(product.c.id.in_(wanted[start : start + LONGEST_LIST])))
        found.update({row.id: row for row in rows})
    return found


def _way(sources: supply_sources.Sources, shelf: Shelf, rule: StoredRule | None, main: UUID) -> Source | Lane | None:
    """Choose as the run of proposals does; a branch without a rule is supplied from the main warehouse."""
    product_id, place = shelf
    lanes = {lane.from_place: lane for lane in sources.lanes.get(place, ())}
    if rule is not None and rule.from_location_id in lanes:
        return lanes[rule.from_location_id]
    if rule is None and place != main and main in lanes:
        return lanes[main]
    ways = [one for one in sources.sources.get(product_id, ()) if one.way in ORDERED]
    named = [one for one in ways if rule is not None and one.id == rule.supply_id]
    return next(iter(named or sorted(ways, key=lambda one: one.rank)), lanes.get(main))


def _lead_weeks(way: Source | Lane | None) -> int:
    """Give whole weeks of a lead time in working days, five a week; one week where nobody said."""
    days = way.lead_days if isinstance(way, Source) else way.days if way is not None else 5
    return max(1, ceil(days / 5))


def _cost(facts: Any, way: Source | Lane | None) -> float:
    """Give what one unit is worth: the way's price, else the list price."""
    price = way.price(way.lot(facts.grain)) if isinstance(way, Source) else None
    return _number(price * facts.grain if price is not None else facts.list_price)


def _limits(
    shelves: Sequence[Shelf],
    ways: Sequence[Source | Lane | None],
    facts: dict[UUID, Any],
    grains: Floats,
    units: Floats,
) -> Limits:
    lots = [(one.minimum, one.multiple) if isinstance(one, Source) else (0, 0) for one in ways]
    least, steps = (np.array([lot[n] for lot in lots], dtype=np.float64) / units for n in (0, 1))
    lives = np.array([facts[product_id].shelf_life_days or inf for product_id, _ in shelves])
    sold = grains.mean(axis=1) / units * lives / 7  # what sells before it expires
    return Limits(least, steps, np.where(np.isfinite(lives), np.maximum(sold, 0), inf))


def _terms(items: _Items, aim: Aim) -> Terms:
    rate = order_points.expected(items.history)
    share = _number(aim.holding_share) / WEEKS_A_YEAR
    found = replenishment.order_quantities(rate, _number(aim.order_cost), items.worth * share, items.limits)
    for place, breaks in enumerate(items.breaks):
        if breaks and rate[place] > 0:
            best = replenishment.with_price_breaks(rate[place], _number(aim.order_cost), share, breaks, found[place])
            found[place] = best if best <= items.limits.most[place] else found[place]
    return Terms(items.lead_weeks, found, window=WEEKS_A_YEAR // 2)


def _possible(items: _Items, terms: Terms, choice: Choice, held_back: int) -> Outcome:
    """Simulate the order points of today by the chosen rules, at every setting, on what was wanted last."""
    demand, outcomes = items.history[:, -held_back:], dict[Origin, Outcome]()
    for rule in set(choice.rules.values()):
        sets = [(0, order_points.points(items.history, terms, rule))]
        outcomes[rule] = simulate(demand, terms.lead_times, terms.quantities, sets)
    return choosing.mixed(outcomes, choice.rules, choosing.classes(items.history))


def _today(items: _Items, terms: Terms, held_back: int) -> Outcome:
    """Simulate the rules there are; where there is none, what is short is ordered."""
    rules = [items.rules[one].rule if one in items.rules else SHORT_ONLY for one in items.shelves]
    units = np.array([items.facts[product_id].grain for product_id, _ in items.shelves], dtype=np.float64)
    tops = np.array([_quantity(one) for one in rules], dtype=np.float64) / units
    points = np.array([one.top if one.policy == Policy.PERIODIC else one.order_point for one in rules]) / units
    up_to = np.array([one.policy != Policy.QUANTITY for one in rules])
    sets = [(0, points[None, :])]
    demand = items.history[:, -held_back:]
    return simulate(demand, terms.lead_times, np.maximum(tops, 1e-9), sets, up_to=up_to)


def _quantity(rule: Rule) -> int:
    """What a rule orders beyond its order point."""
    return rule.amount if rule.policy == Policy.QUANTITY else max(rule.top - rule.order_point, 0)


# what is found ---------------------------------------------------------------------------------


def _points(outcome: Outcome, worth: Floats) -> list[Point]:
    fill, stock = replenishment.curve(outcome, worth)
    served, worths = np.rint(fill * 1000).astype(np.int64), np.rint(stock).astype(np.int64)
    return [Point(*pair) for pair in zip(served.tolist(), worths.tolist(), strict=True)]


def _suggestions(connection: Connection, items: _Items, terms: Terms, choice: Choice, aim: Aim) -> list[Suggestion]:
    names = {place.id: place.name for place in warehouses.ours(connection)}
    found = replenishment.parameters(items.history, terms, choice)
    kinds = choosing.classes(items.history)
    suggestions = list[Suggestion]()
    for place, shelf in enumerate(items.shelves):
        if shelf[1] not in names:
            continue
        facts, step = items.facts[shelf[0]], items.steps[place]
        point, quantity, safety = (
            _grains(values[place], facts.grain, step)
            for values in (found.order_point, found.quantity, found.safety_stock)
        )
        weekly = ceil(found.rate[place] * facts.grain)
        kind = CLASSES[int(kinds[place])]
        before = items.rules.get(shelf)
        rule = NewRule(
            *shelf,
            Policy.QUANTITY,
            point,
            max(quantity, step, 1),
            safety,
            weekly,
            supply_id=before.supply_id if before is not None else None,
            from_location_id=items.brought[place],
            service_level=aim.level,
            reason=_reason(
                facts, weekly, int(terms.lead_times[place]), f"{kind} demand, by {RULE_WORDS[choice.rules[kind]]}", aim
            ),
        )
        cover = Decimal(round((point + quantity) * 10 / weekly)).scaleb(-1) if weekly else None
        told = facts.sku, facts.name, facts.unit, facts.grain, names[shelf[1]], str(kind), cover
        suggestions.append(Suggestion(rule, before, *told))
    return sorted(suggestions, key=lambda one: (one.sku, one.warehouse))


def _grains(units: float, grain: int, step: int) -> int:
    """Round to what the product is wanted in; the one place where a statistic becomes a number of the books."""
    least = max(step, 1)
    return max(0, round(Fraction(units).limit_denominator(10**6) * grain / least)) * least


def _reason(facts: Any, weekly: int, weeks: int, how: str, aim: Aim) -> str:
    wanted = shown(Fraction(round(Fraction(weekly * 10, facts.grain)), 10))
    share = f"{(aim.level * 100).normalize():f}"
    lasts = "1 week" if weeks == 1 else f"{weeks} weeks"
    return f"{wanted} {facts.unit} wanted a week, {lasts} to come; {share} % from the shelf ({how})."


def _number(exact: Decimal | Fraction) -> float:
    """Bring an exact number to the arrays, where statistics are made of it."""
    found: float = np.array(exact, dtype=np.float64).item()
    return found
