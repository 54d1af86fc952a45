"""What should be ordered now, for which warehouse, how, and why: read from rules and open documents alone.

The position of a product at a warehouse is what is free there and what comes in, less what waits.  What a proposal
itself takes counts as well: the components of what is made, and what another warehouse sends.  So branches and
whatever is made come before the central warehouse and the components.  Quantities are grains.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select, text

from app.models.order import OUTSTANDING, OrderState, sales_order, sales_order_line
from app.models.product import product, shown
from app.models.replenishment import SHORT_ONLY, Policy, Rule
from app.models.supply import Way
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.ways import Lane, Source
from app.models.work import OPEN_COMPONENT, work_component
from app.services import replenishment_rules, stock_ledger, stock_outlook, supply_sources, warehouses
from app.services.progress import Progress, Quiet
from app.services.replenishment_rules import StoredRule
from app.services.statements import LONGEST_LIST
from app.services.stock_outlook import Outlook, Shelf, Viewer

ORDERED: Final = frozenset({Way.BUY, Way.MAKE, Way.ASSEMBLE, Way.OUTSOURCE})
"""The ways that bring goods to a shelf of ours."""
HORIZON: Final = timedelta(days=365)
"""How far ahead the day is looked for on which stock runs out."""


class Urgency(StrEnum):
    """What is most pressing about a proposal; in this order."""

    SHORT = "short"  # more is promised than there is
    LATE = "late"  # it runs out before what is ordered today can come
    USUAL = "usual"
    STUCK = "stuck"  # nobody said how it may be had


@dataclass(frozen=True, slots=True)
class Position:
    """What counts of a product at a warehouse: free on the shelf, on order, waited for, and taken by other proposals.

    ``waits`` and ``taken`` are positive.
    """

    free: int = 0
    coming: int = 0
    waits: int = 0
    taken: int = 0

    @property
    def known(self) -> int:
        """The position by the documents alone."""
        return self.free + self.coming - self.waits

    @property
    def grains(self) -> int:
        """The position that the rule looks at."""
        return self.known - self.taken


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of a run: order ``grains`` of a product for a warehouse.

    ``supply_id`` is the way it is bought or made by, ``from_location_id`` where it is brought from; neither: nobody
    said how.  ``out_on`` is the day it runs out if nothing is ordered.  ``arrives_on`` is when it can be there.
    ``cost`` is of one grain in the company's currency, where a price is known.
    """

    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    location_id: UUID
    warehouse: str
    way: Way | None
    supply_id: UUID | None
    from_location_id: UUID | None
    partner: str
    position: Position
    rule: Rule
    rule_id: UUID | None
    wanted: int
    grains: int
    arrives_on: date
    out_on: date | None
    urgency: Urgency
    weekly: int
    reason: str
    cost: Fraction | None = None

    @property
    def shelf(self) -> Shelf:
        """The product at its warehouse."""
        return self.product_id, self.location_id

    def written(self, grains: int) -> str:
        """Write grains of the product in its stock unit."""
        return shown(Fraction(grains, self.grain))


@dataclass(slots=True)
class _World:
    """All that a run is worked out from."""

    today: date
    outlook: Outlook
    undated: Mapping[Shelf, int]
    sources: supply_sources.Sources
    rules: Mapping[Shelf, StoredRule]
    main: UUID
    names: Mapping[UUID, str]
    facts: Mapping[UUID, Any]
    taken: dict[Shelf, int] = field(default_factory=dict)

    def position(self, shelf: Shelf) -> Position:
        """Add up what counts of a product at a warehouse."""
        coming = waits = 0
        for entry in self._entries().get(shelf, ()):
            coming, waits = coming + max(entry, 0), waits + max(-entry, 0)
        coming += self.undated.get(shelf, 0)
        return Position(self.outlook.free.get(shelf, 0), coming, waits, self.taken.get(shelf, 0))

    def _entries(self) -> Mapping[Shelf, Sequence[int]]:
        if self._by_shelf is None:
            self._by_shelf = {}
            for entry in self.outlook.entries:
                self._by_shelf.setdefault((entry.product_id, entry.location_id), []).append(entry.grains)
        return self._by_shelf

    _by_shelf: dict[Shelf, list[int]] | None = None


def propose(connection: Connection, at: datetime, progress: Progress | None = None) -> list[Proposal]:
    """Work out what should be ordered at ``at`` (UTC), the most pressing first.

    Raises:
        Cancelled: ``progress`` was stopped.

    """
    tell = progress or Quiet()
    rules = replenishment_rules.all_of(connection)
    ids = {one.product_id for one in rules} | _awaited(connection)
    world = _read(connection, ids, at, rules, tell)
    shelves = {one for one, rule in ((r, world.rules[r]) for r in world.rules) if rule.due(world.today)}
    shelves |= {shelf for shelf in _shelves(world) if shelf not in world.rules and world.position(shelf).grains < 0}
    found = list[Proposal]()
    for done, shelf in enumerate(_ordered(world, shelves)):
        tell.step(done, len(shelves))
        proposal = _proposal(world, shelf)
        if proposal is not None:
            found.append(proposal)
            _take(world, proposal)
    order = list(Urgency)
    return sorted(found, key=lambda one: (order.index(one.urgency), one.out_on or date.max, one.sku, one.warehouse))


def positions(connection: Connection, shelves: Iterable[Shelf], at: datetime) -> dict[Shelf, Position]:
    """Read the positions of products at warehouses by the documents alone."""
    wanted = list(shelves)
    ids = {product_id for product_id, _ in wanted}
    outlook = stock_outlook.read(connection, ids, Viewer(at, binding=True))
    undated = stock_outlook.without_day(connection, ids)
    world = _World(at.date(), outlook, undated, supply_sources.Sources(), {}, UUID(int=0), {}, {})
    return {shelf: world.position(shelf) for shelf in wanted}


# inner -----------------------------------------------------------------------------------------


def _read(
    connection: Connection, ids: set[UUID], at: datetime, rules: Sequence[StoredRule], progress: Progress
) -> _World:
    sources = supply_sources.read(connection, ids, at.date(), progress)
    everything = ids | set(sources.items)
    outlook = stock_outlook.read(connection, everything, Viewer(at, calendar=sources.calendar, binding=True))
    facts = dict[UUID, Any]()
    wanted = sorted(everything)
    for start in range(0, len(wanted), LONGEST_LIST):
        part = select(product.c.id, product.c.sku, product.c.name, product.c.unit, product.c.grain, product.c.kind)
        rows = connection.execute(part.where(product.c.id.in_(wanted[start : start + LONGEST_LIST])))
        facts.update({row.id: row for row in rows})
    return _World(
        at.date(),
        outlook,
        stock_outlook.without_day(connection, everything),
        sources,
        {(one.product_id, one.location_id): one for one in rules},
        stock_ledger.main_location(connection),
        {place.id: place.name for place in warehouses.ours(connection)},
        facts,
    )


def _awaited(connection: Connection) -> set[UUID]:
    """Read the products that orders, work orders or transfers wait for."""
    sold, used, sent = sales_order_line.c, work_component.c, transfer_line.c
    waiting = (
        select(sold.product_id)
        .join(sales_order, sales_order.c.id == sold.order_id)
        .where(text(OUTSTANDING), sales_order.c.state == OrderState.CONFIRMED)
    )
    parts = select(used.product_id).where(text(OPEN_COMPONENT))
    leaving = (
        select(sent.product_id)
        .join(transfer, transfer.c.id == sent.transfer_id)
        .where(transfer.c.state == TransferState.PLANNED)
    )
    rows = connection.execute(waiting.union(parts, leaving))
    return {row.product_id for row in rows if row.product_id is not None}


def _shelves(world: _World) -> set[Shelf]:
    """Give each product at each warehouse of ours that anything is known of."""
    known = set(world.outlook.free) | {(one.product_id, one.location_id) for one in world.outlook.entries}
    return {(one, place) for one, place in known if place in world.names and world.facts[one].kind == "goods"}


def _ordered(world: _World, shelves: set[Shelf]) -> list[Shelf]:
    """Bring shelves, and those that they may be supplied from, into an order in which whoever takes comes first."""
    below = dict[Shelf, list[Shelf]]()
    takers = dict[Shelf, int]()
    open_ = deque(sorted(shelves))
    while open_:
        shelf = open_.popleft()
        if shelf in below:
            continue
        below[shelf] = _suppliers(world, shelf)
        takers.setdefault(shelf, 0)
        for one in below[shelf]:
            takers[one] = takers.get(one, 0) + 1
            open_.append(one)
    ready = deque(sorted(shelf for shelf, count in takers.items() if not count))
    found = list[Shelf]()
    while ready:
        shelf = ready.popleft()
        found.append(shelf)
        for one in below[shelf]:
            takers[one] -= 1
            if not takers[one]:
                ready.append(one)
    rest = sorted(set(below) - set(found))  # warehouses that supply each other: in any order
    return found + rest


def _suppliers(world: _World, shelf: Shelf) -> list[Shelf]:
    product_id, place = shelf
    source, lane = _way(world, shelf)
    if lane is not None:
        return [(product_id, lane.from_place)]
    if source is None:
        return []
    return sorted({(need.product_id, place) for need in source.needs})


def _way(world: _World, shelf: Shelf) -> tuple[Source | None, Lane | None]:
    """Choose how a product comes to a warehouse: as its rule says, else the preferred way, else from the main one."""
    product_id, place = shelf
    rule = world.rules.get(shelf)
    lanes = {lane.from_place: lane for lane in world.sources.lanes.get(place, ())}
    if rule is not None and rule.from_location_id in lanes:
        return None, lanes[rule.from_location_id]
    ways = [one for one in world.sources.sources.get(product_id, ()) if one.way in ORDERED]
    named = [one for one in ways if rule is not None and one.id == rule.supply_id]
    chosen = next(iter(named or sorted(ways, key=lambda one: one.rank)), None)
    return chosen, lanes.get(world.main) if chosen is None else None


def _proposal(world: _World, shelf: Shelf) -> Proposal | None:
    """Give what the rule of a shelf orders, or None."""
    if world.facts[shelf[0]].kind != "goods":
        return None
    stored = world.rules.get(shelf)
    rule = stored.rule if stored is not None else SHORT_ONLY
    position = world.position(shelf)
    wanted = rule.wanted(position.grains) if stored is None or stored.due(world.today) else 0
    if wanted <= 0:
        return None
    source, lane = _way(world, shelf)
    grains = source.lot(wanted) if source is not None else wanted
    arrives = _arrives(world, source, lane)
    weekly = stored.weekly if stored is not None else 0
    out_on = _runs_out(world, shelf, weekly)
    facts, known = world.facts[shelf[0]], (stored.id if stored is not None else None)
    return Proposal(
        product_id=shelf[0],
        sku=facts.sku,
        name=facts.name,
        unit=facts.unit,
        grain=facts.grain,
        location_id=shelf[1],
        warehouse=world.names[shelf[1]],
        way=source.way if source is not None else Way.TRANSFER if lane is not None else None,
        supply_id=source.id if source is not None else None,
        from_location_id=lane.from_place if lane is not None else None,
        partner=source.partner if source is not None else lane.name if lane is not None else "",
        position=position,
        rule=rule,
        rule_id=known,
        wanted=wanted,
        grains=grains,
        arrives_on=arrives,
        out_on=out_on,
        urgency=_urgency(world.today, source or lane, position, (out_on, arrives)),
        weekly=weekly,
        reason=_reason(facts.grain, facts.unit, position, stored, (wanted, grains)),
        cost=source.price(grains) if source is not None else None,
    )


def _take(world: _World, proposal: Proposal) -> None:
    """Count what a proposal takes itself against the shelves it is taken from."""
    source, lane = _way(world, proposal.shelf)
    if lane is not None:
        _count(world, (proposal.product_id, lane.from_place), proposal.grains)
    for need in source.needs if source is not None else ():
        _count(world, (need.product_id, proposal.location_id), need.of(proposal.grains))


def _count(world: _World, shelf: Shelf, grains: int) -> None:
    world.taken[shelf] = world.taken.get(shelf, 0) + grains


def _arrives(world: _World, source: Source | None, lane: Lane | None) -> date:
    if lane is not None:
        return lane.arrives(lane.calendar.on_or_after(world.today))
    if source is None:
        return world.today
    return source.calendar.add(world.today, source.lead_days) if source.lead_days else world.today


def _runs_out(world: _World, shelf: Shelf, weekly: int) -> date | None:
    """Find the first day on which less than nothing is left: by the documents, and what else is expected to be wanted.

    What is expected already holds the orders there are, so of both the larger counts.
    """
    projection = world.outlook.projections().get(shelf)
    if projection is not None and (day := next((one.on for one in projection.balances() if one.grains < 0), None)):
        return day
    if not weekly:
        return None
    left = world.outlook.free.get(shelf, 0)
    coming = sorted(
        (entry.on, entry.grains)
        for entry in world.outlook.entries
        if (entry.product_id, entry.location_id) == shelf and entry.grains > 0
    )
    for on, grains in [*coming, (world.today + HORIZON, 0)]:
        lasts = ceil(Fraction(left * 7, weekly))
        if lasts < (on - world.today).days:
            return world.today + timedelta(days=max(lasts, 0))
        left += grains
    return None


def _urgency(today: date, way: Source | Lane | None, position: Position, days: tuple[date | None, date]) -> Urgency:
    out_on, arrives = days
    if way is None:
        return Urgency.STUCK
    if out_on is not None and out_on <= today and position.free < position.waits:
        return Urgency.SHORT
    return Urgency.LATE if out_on is not None and out_on < arrives else Urgency.USUAL


def _reason(grain: int, unit: str, position: Position, stored: StoredRule | None, found: tuple[int, int]) -> str:
    """Say in numbers why so much is ordered."""

    def write(grains: int) -> str:
        return shown(Fraction(grains, grain))

    parts = [f"{write(position.free)} free"]
    parts += [f"{write(position.coming)} coming"] if position.coming else []
    parts += [f"{write(position.waits)} waited for"] if position.waits else []
    parts += [f"{write(position.taken)} for other proposals"] if position.taken else []
    told = f"{', '.join(parts)}: {write(position.grains)} {unit}"
    if stored is None:
        return f"{told}. No rule: what is short is ordered."
    goal = {
        Policy.QUANTITY: f"below the order point {write(stored.order_point)}, ordered by {write(stored.amount)}",
        Policy.TARGET: f"below the order point {write(stored.order_point)}, ordered up to {write(stored.amount)}",
        Policy.PERIODIC: f"below the target {write(stored.amount)}, ordered every {stored.review_days} days",
    }[stored.policy]
    raised = "" if found[0] == found[1] else f"; {write(found[0])} raised to {write(found[1])} by the way of supply"
    return f"{told}, {goal}{raised}. {stored.reason}".strip()
