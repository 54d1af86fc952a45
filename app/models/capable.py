"""Capable to promise: the day and the way for a quantity, over stock, transfers, purchases and everything made.

The rule, at every level of the bills of materials:

1. What is free by the day it is wanted is taken first, here and then in other warehouses: the cumulative promise of
   :mod:`app.models.promise`, so nothing that was promised before becomes late.
2. For the rest the ways that are there by that day, the cheapest first; where one can do only a part in time, it does
   that part and the next cheapest the rest.
3. What no way has in time comes by the cheapest way, of equally cheap ones the earliest, then the lowest rank; what is
   on its way to us anyway and comes no later is taken before it.

With ``earliest`` the day counts before the cost in 3.  What is made is made as late as the day it is wanted allows, so
that capacity and components stay free for others; what is late anyway is made as soon as it can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from app.errors import Invalid
from app.models.supply import Way
from app.models.ways import MADE, PRICED, Lane, Need, Source, World
from app.models.working_days import Slice, Work, place_backward, place_forward

ANY: Final = frozenset(Way)


@dataclass(frozen=True, slots=True)
class Want:
    """So many grains of a product at a place by a day; ``ways`` that are allowed; ``split``: by more than one way."""

    product_id: UUID
    place: UUID
    grains: int
    by: date
    ways: frozenset[Way] = ANY
    split: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """Part of an answer: ``grains`` by one way, there on a day.

    ``ordered`` is what is bought or made for it, at least ``grains``; ``cost`` of ``grains``, None where not known;
    ``begins_on`` the day to order, to begin or to leave; ``needs`` the answers for the components; ``full`` the work
    center it waits for; ``work`` the minutes it takes there, by step.
    """

    way: Way
    grains: int
    on: date
    cost: Fraction | None
    ordered: int
    begins_on: date
    source: Source | None = None
    lane: Lane | None = None
    needs: tuple[Answer, ...] = ()
    full: UUID | None = None
    work: tuple[Slice, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Where each grain of a want comes from; ``missing`` cannot be had at all."""

    want: Want
    parts: tuple[Part, ...]
    missing: int

    @property
    def ready_on(self) -> date | None:
        """The day all of it is there; None while some of it cannot be had."""
        return None if self.missing else max((part.on for part in self.parts), default=self.want.by)

    @property
    def cost(self) -> Fraction | None:
        """What all of it costs; None where that of a part is not known."""
        costs = [part.cost for part in self.parts]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Fraction(0))


class Planner:
    """Answers wants one after the other; each answer takes from the world what it uses."""

    def __init__(self, world: World, *, earliest: bool = False) -> None:
        """Plan in ``world``, which is changed."""
        self._world, self._earliest = world, earliest
        self._undo: list[tuple[Callable[..., None], Any, Any]] = []
        self._costs: dict[UUID, Fraction | None] = {}

    def answer(self, want: Want) -> Answer:
        """Say where a want comes from, and set it aside."""
        wanted = replace(want, by=max(want.by, self._world.today))
        return replace(self._plan(wanted, (), strict=False), want=want)

    # one want ----------------------------------------------------------------------------------

    def _plan(self, want: Want, path: tuple[UUID, ...], *, strict: bool) -> Answer:
        """Answer a want; ``path`` are the products it is a component of; ``strict``: in time or not at all."""
        found = list[Part]()
        if want.product_id in path:
            return Answer(want, (), want.grains)
        run = _Run(want, self._sources(want), (*path, want.product_id))
        left = want.grains - self._existing(run, want.grains, want.by, found)
        for source in self._cheapest_first(run, left):
            if not left:
                break
            part = self._in_time(run, source, left)
            if part:
                found.append(part)
                left -= part.grains
        if left and not strict:
            left -= self._late(run, left, found)
        return Answer(want, tuple(found), left)

    def _sources(self, want: Want) -> list[Source]:
        known = self._world.sources.get(want.product_id, ())
        return [source for source in known if source.way in want.ways]

    def _existing(self, run: _Run, grains: int, until: date | None, found: list[Part]) -> int:
        """Take what is free up to a day: here, then where it can come from; give how much that was."""
        if run.sources and not any(source.stock_first for source in run.sources):
            return 0
        want, left = run.want, grains
        if Way.STOCK in want.ways:
            left -= self._from_shelf(want, left, until, found)
        if Way.TRANSFER in want.ways:
            lanes = self._world.lanes.get(want.place, ())
            for lane in sorted(lanes, key=lambda lane: (lane.days, lane.rank)):
                left -= self._from_lane(want, lane, left, until, found)
        return grains - left

    def _from_shelf(self, want: Want, grains: int, until: date | None, found: list[Part]) -> int:
        shelf = self._world.projection(want.product_id, want.place)
        split = shelf.split(grains, from_day=want.by, until=until)
        for portion in split.portions:
            self._give(want.product_id, want.place, portion.on, -portion.grains)
            cost = self._worth(want.product_id, portion.grains)
            found.append(Part(Way.STOCK, portion.grains, portion.on, cost, 0, portion.on))
        return grains - split.missing

    def _from_lane(self, want: Want, lane: Lane, grains: int, until: date | None, found: list[Part]) -> int:
        last = None if until is None else lane.leaves(until)
        if not grains or (last is not None and last < self._world.today):
            return 0
        shelf = self._world.projection(want.product_id, lane.from_place)
        split = shelf.split(grains, from_day=lane.leaves(want.by), until=last)
        for portion in split.portions:
            self._give(want.product_id, lane.from_place, portion.on, -portion.grains)
            cost = self._worth(want.product_id, portion.grains)
            on = max(lane.arrives(portion.on), want.by)
            found.append(Part(Way.TRANSFER, portion.grains, on, cost, portion.grains, portion.on, lane=lane))
        return grains - split.missing

    # ways in time and late -----------------------------------------------------------------------

    def _cheapest_first(self, run: _Run, grains: int) -> list[Source]:
        return sorted(run.sources, key=lambda source: (*_dear(self._unit_cost(source, grains, ())), source.rank))

    def _in_time(self, run: _Run, source: Source, grains: int) -> Part | None:
        """The most of ``grains`` that a source has in time, set aside; None where that is nothing."""
        whole = self._try(run, source, grains, run.want.by, strict=True)
        if whole or not run.want.split or source.way not in MADE or run.depth > 1:
            return whole
        piece = self._world.items[run.want.product_id].grain
        low, high = 0, (grains - 1) // piece  # pieces that are in time, and the most that may be
        while low < high:
            middle = (low + high + 1) // 2
            mark = len(self._undo)
            if self._try(run, source, middle * piece, run.want.by, strict=True):
                low = middle
            else:
                high = middle - 1
            self._roll_back(mark)
        return self._try(run, source, low * piece, run.want.by, strict=True) if low else None

    def _late(self, run: _Run, grains: int, found: list[Part]) -> int:
        """Take what is late anyway: first what is on its way and comes no later than the best source would have it."""
        soon = _Run(replace(run.want, by=self._world.today), run.sources, run.path)
        left = grains
        for source in self._best_late(soon, grains):
            mark = len(self._undo)
            part = self._try(soon, source, grains, soon.want.by, strict=False)
            if part and self._is_coming(run):
                self._roll_back(mark)
                left -= self._existing(run, grains, part.on, found)
                part = self._try(soon, source, left, soon.want.by, strict=False) if left else None
            if part:
                found.append(part)
                return grains
            if left < grains:
                break
        return grains - left + self._existing(run, left, None, found)

    def _is_coming(self, run: _Run) -> bool:
        """Tell whether anything of it may still come free, here or where it can come from."""
        lanes = self._world.lanes.get(run.want.place, ()) if Way.TRANSFER in run.want.ways else ()
        places = [lane.from_place for lane in lanes] + [run.want.place]
        return any(self._world.projection(run.want.product_id, place).available(date.max) for place in places)

    def _best_late(self, run: _Run, grains: int) -> list[Source]:
        """The sources in the order in which they are asked for what none has in time."""
        costs = {source.id: _dear(self._unit_cost(source, grains, ())) for source in run.sources}
        ties = len(set(costs.values())) < len(costs)
        days = {source.id: date.max for source in run.sources}
        if ties or (self._earliest and len(costs) > 1):
            for source in run.sources:
                mark = len(self._undo)
                part = self._try(run, source, grains, run.want.by, strict=False)
                self._roll_back(mark)
                days[source.id] = part.on if part else date.max
        if self._earliest:
            return sorted(run.sources, key=lambda each: (days[each.id], costs[each.id], each.rank))
        return sorted(run.sources, key=lambda each: (costs[each.id], days[each.id], each.rank))

    def _try(self, run: _Run, source: Source, grains: int, by: date, *, strict: bool) -> Part | None:
        """Have ``grains`` from a source by a day, or as soon as it can unless ``strict``; None where it cannot."""
        if source.way in MADE:
            mark = len(self._undo)
            part = self._make(run, source, grains, by, strict=strict)
            if part is None:
                self._roll_back(mark)
            return part
        arrives = source.calendar.add(self._world.today, source.lead_days)
        if source.way == Way.BUY:
            arrives = self._world.calendar.on_or_after(arrives)
        if strict and arrives > by:
            return None
        on, ordered = max(arrives, by), source.lot(grains)
        if source.way == Way.BUY:
            self._give(run.want.product_id, run.want.place, on, ordered - grains)
        price = source.price(ordered)
        begins = source.calendar.add(on, -source.lead_days) if source.lead_days else on
        return Part(
            source.way, grains, on, price and price * grains, ordered, max(begins, self._world.today), source=source
        )

    # what is made --------------------------------------------------------------------------------

    def _make(self, run: _Run, source: Source, grains: int, by: date, *, strict: bool) -> Part | None:
        """Make ``grains``: components first, then step after step."""
        today, lot = self._world.today, source.lot(grains)
        finish_by = source.calendar.add(by, -source.lead_days) if source.lead_days else by
        steps = [Work(step.center_id, step.minutes(lot)) for step in source.steps]
        planned = place_backward(steps, finish_by, today, self._free) if finish_by >= today else None
        if planned is None and strict:
            return None
        latest = today if planned is None else planned[0].on if planned else finish_by
        needs = self._components(run, source, lot, latest, strict=strict)
        if needs is None:
            return None
        begin = max([latest, *(answer.ready_on or latest for answer in needs)])
        if planned is None or begin > latest:
            planned = self._as_soon_as_may_be(steps, begin)
        if planned is None:
            return None
        full = self._book(source, planned, begin)
        finish = planned[-1].on if planned else begin
        on = max(source.calendar.add(finish, source.lead_days) if source.lead_days else finish, by)
        self._give(run.want.product_id, run.want.place, on, lot - grains)
        cost = self._made_cost(source, needs, grains, lot)
        work = tuple(planned)
        begins = work[0].on if work else begin
        return Part(source.way, grains, on, cost, lot, begins, source=source, needs=tuple(needs), full=full, work=work)

    def _components(self, run: _Run, source: Source, lot: int, by: date, *, strict: bool) -> list[Answer] | None:
        answers = list[Answer]()
        allowed = ANY - {Way.DROP_SHIP}
        for need in source.needs:
            wanted = Want(need.product_id, run.want.place, need.of(lot), by, allowed)
            answer = self._plan(wanted, run.path, strict=strict)
            if answer.missing:
                return None
            answers.append(answer)
        return answers

    def _as_soon_as_may_be(self, steps: Sequence[Work], begin: date) -> list[Slice] | None:
        """Place the steps from a day on; None where their work centers never have the time."""
        try:
            return place_forward(steps, begin, self._free)
        except Invalid:
            return None

    def _free(self, center: object, day: date) -> Fraction:
        assert isinstance(center, UUID)
        return self._world.centers[center].free(day)

    def _book(self, source: Source, planned: Sequence[Slice], begin: date) -> UUID | None:
        """Take the capacity; give the first work center that was full on the day a step could have begun."""
        full, day, step = None, begin, -1
        for one in planned:
            center_id = source.steps[one.step].center_id
            center = self._world.centers[center_id]
            if one.step != step and full is None and one.on > center.calendar.on_or_after(day):
                full = center_id
            day, step = one.on, one.step
            center.book(one.on, one.minutes)
            self._undo.append((center.book, one.on, -one.minutes))
        return full

    # costs ---------------------------------------------------------------------------------------

    def _made_cost(self, source: Source, needs: Sequence[Answer], grains: int, lot: int) -> Fraction | None:
        """Components and the subcontractor's price, for the part of the lot that is wanted."""
        costs = [answer.cost for answer in needs]
        if source.way in PRICED:
            price = source.price(lot)
            costs.append(None if price is None else price * lot)
        return None if None in costs else sum(filter(None, costs), Fraction(0)) * grains / lot

    def _worth(self, product_id: UUID, grains: int) -> Fraction | None:
        cost = self._replacement(product_id, ())
        return None if cost is None else cost * grains

    def _replacement(self, product_id: UUID, path: tuple[UUID, ...]) -> Fraction | None:
        """What one grain costs: as said of the item, else by the cheapest way to have one piece."""
        if product_id not in self._costs:
            item = self._world.items[product_id]
            costs = [item.cost]
            if item.cost is None and product_id not in path:
                below = (*path, product_id)
                costs = [self._unit_cost(each, item.grain, below) for each in self._world.sources.get(product_id, ())]
            known = [cost for cost in costs if cost is not None]
            self._costs[product_id] = min(known) if known else None
        return self._costs[product_id]

    def _unit_cost(self, source: Source, grains: int, path: tuple[UUID, ...]) -> Fraction | None:
        """What one grain costs from a source when so many are wanted; what is in stock costs what replacing it does."""
        lot = source.lot(max(grains, 1))
        costs = [source.price(lot)] if source.way in PRICED else []
        costs += [self._need_cost(need, lot, path) for need in source.needs]
        return None if None in costs else sum(filter(None, costs), Fraction(0))

    def _need_cost(self, need: Need, lot: int, path: tuple[UUID, ...]) -> Fraction | None:
        each = self._replacement(need.product_id, path)
        return None if each is None else each * need.of(lot) / lot

    # the world, and the way back -----------------------------------------------------------------

    def _give(self, product_id: UUID, place: UUID, on: date, grains: int) -> None:
        if grains:
            shelf = self._world.projection(product_id, place)
            shelf.add(on, grains)
            self._undo.append((shelf.add, on, -grains))

    def _roll_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            change, on, by = self._undo.pop()
            change(on, by)


@dataclass(frozen=True, slots=True)
class _Run:
    """A want under way: the sources that may serve it, and the products it is for, itself last."""

    want: Want
    sources: list[Source]
    path: tuple[UUID, ...]

    @property
    def depth(self) -> int:
        return len(self.path)


def _dear(cost: Fraction | None) -> tuple[bool, Fraction]:
    """Sorts what is not known behind what is."""
    return cost is None, cost or Fraction(0)
