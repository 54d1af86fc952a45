"""What may be promised to a customer: figures by date for one product, and day, way, cost and reason for lines.

Nothing is written here.  A promise is planned over all open supply and demand of the products concerned; what it would
use becomes real when the order is confirmed (:mod:`app.services.sourcing`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models import promise_words
from app.models.base import Key
from app.models.capable import ANY, Answer, Part, Planner, Want
from app.models.product import product
from app.models.promise import Portion, Projection, available_now
from app.models.rounding import Rational
from app.models.stock import location
from app.models.supply import Way
from app.models.warehouse_choice import Rule, Warehouse, by_distance, choose
from app.models.ways import World
from app.services import carrier_choice, stock_ledger, stock_outlook, supply_sources
from app.services.progress import Progress
from app.services.statements import LONGEST_LIST, Prepared
from app.services.stock_outlook import Entry, Outlook, Shelf, Viewer
from app.services.supply_sources import Sources


@dataclass(frozen=True, slots=True)
class Availability:
    """A product at one warehouse or all, in grains.

    ``free`` lies on the shelf unpromised; ``held`` of it is in windows of others; ``waiting`` is sold and not served,
    ``incoming`` all that is known to come.  ``available`` may be promised today.  ``curve`` is the projected balance by
    day, ``promisable`` what may be promised from each day on; ``next_receipt`` what comes in first.
    """

    product_id: UUID
    free: int
    held: int
    waiting: int
    incoming: int
    available: int
    curve: tuple[Portion, ...]
    promisable: tuple[Portion, ...]
    next_receipt: Entry | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line being typed, or of an order: grains of a product by a day (None: today), by a way (empty: the best)."""

    product_id: UUID
    grains: int
    by: date | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How an order is to leave.

    ``ship`` is ``available`` (as it comes), ``line`` (each line whole) or ``complete`` (all together); ``rule`` one of
    :class:`Rule` or empty: from ``location_id`` alone (None: the main warehouse).  ``earliest``: the day counts before
    the cost.  ``parcel_cost`` is what a parcel from a warehouse costs, for the cheapest; where it is not said the
    carriers' rate tables are asked, for what each warehouse would send by weight.
    """

    ship: str = "available"
    rule: str = ""
    location_id: UUID | None = None
    country: str = ""
    postal_code: str = ""
    earliest: bool = False
    parcel_cost: Mapping[UUID, Rational] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinePromise:
    """The promise for one line: answers (one for each warehouse it leaves from), its day, the reason in words.

    ``ready_on`` is the day all of it can leave; None while some of it cannot be had.  ``cost`` is in the company's
    currency, None where a part's is not known.
    """

    wanted: Wanted
    answers: tuple[Answer, ...]
    ready_on: date | None
    reason: str
    missing: int

    @property
    def parts(self) -> tuple[tuple[UUID, Part], ...]:
        """Each part with the warehouse it leaves from."""
        return tuple((answer.want.place, part) for answer in self.answers for part in answer.parts)

    @property
    def cost(self) -> Fraction | None:
        """What all of it costs."""
        costs = [answer.cost for answer in self.answers]
        return None if None in costs else sum(filter(None, costs), Fraction(0))


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise for an order: its lines, and the day its last line can leave (None: not known)."""

    lines: tuple[LinePromise, ...]
    ready_on: date | None


def policy_of(head: Any, parcel_cost: Mapping[UUID, Rational] | None = None) -> Policy:
    """The policy of an order, from its row; ``parcel_cost`` as in :class:`Policy`."""
    address = json.loads(head.shipping_address or "{}")
    return Policy(
        ship=head.ship_policy,
        rule=head.sourcing_rule,
        location_id=head.location_id,
        country=address.get("country", ""),
        postal_code=address.get("postal_code", ""),
        parcel_cost=parcel_cost or {},
    )


def available(
    connection: Connection,
    product_id: UUID,
    *,
    at: datetime,
    location_id: UUID | None = None,
    window: str = "",
    order_id: UUID | None = None,
) -> Availability:
    """Read what may be promised of a product, at one warehouse or over all.

    ``window`` names the soft holds that are the asker's own, ``order_id`` the order that is being looked at.
    """
    viewer = Viewer(at, window, order_id, supply_sources.our_calendar(connection))
    outlook = stock_outlook.read(connection, [product_id], viewer)
    here = [each for each in outlook.entries if location_id in {None, each.location_id}]
    free = [grains for (_, place), grains in outlook.free.items() if location_id in {None, place}]
    projection = Projection(outlook.today, sum(free))
    for entry in here:
        projection.add(entry.on, entry.grains)
    receipts = [entry for entry in here if entry.grains > 0]
    held = -sum(entry.grains for entry in here if entry.kind == "held")
    figures = projection.figures()
    return Availability(
        product_id,
        sum(free),
        held,
        -sum(entry.grains for entry in here if entry.kind == "order"),
        sum(entry.grains for entry in receipts),
        available_now([(figures[0].grains, 0)]),
        tuple(projection.balances()),
        tuple(figures),
        min(receipts, key=lambda entry: entry.on, default=None),
    )


def promise(
    connection: Connection,
    wants: Sequence[Wanted],
    *,
    at: datetime,
    policy: Policy | None = None,
    window: str = "",
    order_id: UUID | None = None,
) -> Promise:
    """Plan all lines of an order together, each leaving what the ones before it need.

    ``window`` and ``order_id`` as in :func:`available`: what the asker holds or has sold already is not counted twice.
    """
    policy = policy or Policy()
    plan = Plan(connection, [each.product_id for each in wants], policy, Viewer(at, window, order_id))
    return plan.promise_together(wants)


@dataclass(frozen=True, slots=True)
class Known:
    """Stock, supply and demand of some products and of all that goes into them, as one viewer sees them."""

    sources: Sources
    outlook: Outlook


def read(
    connection: Connection, product_ids: Iterable[UUID], viewer: Viewer, progress: Progress | None = None
) -> Known:
    """Read what promises for some products are planned with.

    Raises:
        Cancelled: ``progress``, which is told of each statement, was stopped.

    """
    sources = supply_sources.read(connection, product_ids, viewer.at.date(), progress)
    viewer = replace(viewer, calendar=sources.calendar)
    return Known(sources, stock_outlook.read(connection, sources.items, viewer))


class _Shelves(dict[Shelf, Projection]):
    """The balances of an outlook, each copied when it is first asked for: a plan takes from what it asks for."""

    def __init__(self, outlook: Outlook, given_back: Iterable[Entry]) -> None:
        super().__init__()
        self._outlook, self._given_back = outlook, dict[Shelf, list[Entry]]()
        for entry in given_back:
            self._given_back.setdefault((entry.product_id, entry.location_id), []).append(entry)

    def __missing__(self, shelf: Shelf) -> Projection:
        known = self._outlook.projections().get(shelf)
        found = self[shelf] = known.copy() if known is not None else Projection(self._outlook.today)
        for entry in self._given_back.get(shelf, ()):
            found.add(entry.on, entry.grains)
        return found


class Plan:
    """What is known of some products, read once; promises can be planned on it again and again."""

    def __init__(
        self,
        connection: Connection,
        product_ids: Sequence[UUID],
        policy: Policy,
        viewer: Viewer,
        *,
        known: Known | None = None,
        given_back: Sequence[Entry] = (),
        progress: Progress | None = None,
    ) -> None:
        """Read stock, supply and demand of the products and of all that goes into them; ``progress`` may stop it.

        Where many orders are planned at once that is ``known`` already, as nobody's own; ``given_back`` is then what of
        it is the viewer's own demand.
        """
        self._policy, self._today = policy, viewer.at.date()
        known = known or read(connection, product_ids, viewer, progress)
        self._sources, self._outlook, self._given_back = known.sources, known.outlook, given_back
        self.place = policy.location_id or stock_ledger.main_location(connection)
        self._warehouses = _warehouses(connection, policy) if policy.rule else []
        self._weights, self._prices = dict[UUID, Fraction](), None
        if policy.rule == Rule.CHEAPEST and not policy.parcel_cost:
            self._weights = _weights(connection, product_ids)
            self._prices = carrier_choice.parcel_prices(connection, policy.country, policy.postal_code, viewer.at)

    @property
    def product_ids(self) -> Iterable[UUID]:
        """The products and all that goes into them."""
        return self._sources.items

    def world(self) -> World:
        """Make the world anew, as it was read."""
        known = self._sources
        centers = {key: replace(each, booked=dict(each.booked)) for key, each in known.centers.items()}
        return World(
            self._today,
            known.items,
            _Shelves(self._outlook, self._given_back),
            known.sources,
            known.lanes,
            centers,
            known.calendar,
        )

    def promise(self, wants: Sequence[Wanted], progress: Progress | None = None) -> Promise:
        """Plan lines one after the other in a new world; ``progress`` is told of each, and may stop it."""
        world = self.world()
        planner = Planner(world, earliest=self._policy.earliest)
        shelves = self._from_warehouses(world, wants)
        lines = []
        for number, wanted in enumerate(wants):
            if progress is not None:
                progress.step(number + 1, len(wants))
            asked = self._asked(wanted, shelves.get(number, []))
            answers = tuple(planner.answer(want) for want in asked)
            lines.append(_line(wanted, answers, world))
        days = [line.ready_on for line in lines]
        known = [day for day in days if day is not None]
        return Promise(tuple(lines), max(known, default=None) if None not in days else None)

    def promise_together(self, wants: Sequence[Wanted], progress: Progress | None = None) -> Promise:
        """Plan lines as the policy lets them leave: where all wait for the last one, its day is the day of all."""
        found = self.promise(wants, progress)
        latest = found.ready_on
        if self._policy.ship == "complete" and latest is not None and latest > self._today:
            # The last line decides: what would be late by itself may now come by a cheaper way.
            found = self.promise([replace(each, by=max(each.by or latest, latest)) for each in wants], progress)
            found = replace(found, lines=tuple(replace(line, ready_on=found.ready_on) for line in found.lines))
        return found

    def promisable(self) -> dict[UUID, int]:
        """The grains of each product that may be promised today, wherever they lie."""
        found = dict[UUID, int]()
        for (product_id, _), projection in self._outlook.projections().items():
            found[product_id] = found.get(product_id, 0) + projection.available(self._today)
        return found

    def held(self) -> dict[UUID, int]:
        """The grains of each product in windows of others."""
        found = dict[UUID, int]()
        for entry in self._outlook.entries:
            if entry.kind == "held":
                found[entry.product_id] = found.get(entry.product_id, 0) - entry.grains
        return found

    def ways(self, product_id: UUID) -> list[Way]:
        """The ways a product may be had beside stock, the preferred one first."""
        return list(dict.fromkeys(source.way for source in self._sources.sources.get(product_id, ())))

    def _from_warehouses(self, world: World, wants: Sequence[Wanted]) -> Mapping[int, list[tuple[UUID, int]]]:
        """Share out what lies free by the day it is wanted over the warehouses it may leave from."""
        if not self._warehouses:
            return {}
        asked = {n: each.grains for n, each in enumerate(wants) if self._leaves_from_stock(each)}
        free: dict[UUID, dict[int, int]] = {}
        left: dict[tuple[UUID, UUID], int] = {}
        for n, grains in asked.items():
            for warehouse in self._warehouses:
                key = wants[n].product_id, warehouse.id
                there = left.setdefault(key, world.projection(*key).available(wants[n].by or self._today))
                part = min(there, grains)
                free.setdefault(warehouse.id, {})[n] = part
                left[key] -= part

        def price(_place: UUID, share: Mapping[int, int]) -> Rational | None:
            grams = sum((grains * self._weights[wants[n].product_id] for n, grains in share.items()), Fraction(0))
            return self._prices(ceil(grams)) if self._prices and share else 0

        chosen = choose(Rule(self._policy.rule), self._warehouses, asked, free, price if self._prices else None)
        return {n: chosen[n] for n in asked}

    def _leaves_from_stock(self, wanted: Wanted) -> bool:
        sources = self._sources.sources.get(wanted.product_id, ())
        return wanted.way in {"", Way.STOCK} and (not sources or any(source.stock_first for source in sources))

    def _asked(self, wanted: Wanted, shelves: Sequence[tuple[UUID, int]]) -> list[Want]:
        by = wanted.by or self._today
        only_stock = frozenset({Way.STOCK})
        asked = [Want(wanted.product_id, place, grains, by, only_stock) for place, grains in shelves]
        rest = wanted.grains - sum(grains for _, grains in shelves)
        if rest or not asked:
            asked.append(Want(wanted.product_id, self.place, rest, by, WAYS[wanted.way]))
        return asked


def _line(wanted: Wanted, answers: tuple[Answer, ...], world: World) -> LinePromise:
    missing = sum(answer.missing for answer in answers)
    days = [answer.ready_on for answer in answers if answer.want.grains]
    known = [day for day in days if day is not None]
    ready = max(known, default=world.today) if None not in days else None
    reason = "; ".join(words for answer in answers if (words := promise_words.reason(answer, world)))
    return LinePromise(wanted, answers, ready, reason, missing)


def _weights(connection: Connection, product_ids: Sequence[UUID]) -> dict[UUID, Fraction]:
    """Read what one grain of products weighs in grams; nothing where nobody said so."""
    found = dict[UUID, Fraction]()
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), LONGEST_LIST):
        for row in _WEIGHTS.all(connection, ids=ids[start : start + LONGEST_LIST]):
            found[row.id] = Fraction(row.weight_g or 0, row.grain)
    return found


def _warehouses(connection: Connection, policy: Policy) -> list[Warehouse]:
    rows = _PLACES.all(connection)
    known = [
        Warehouse(row.id, row.country, row.postal_code, row.rank, policy.parcel_cost.get(row.id, 1)) for row in rows
    ]
    return by_distance(known, policy.country, policy.postal_code)


WAYS: Final[dict[str, frozenset[Way]]] = {
    "": ANY,
    **{str(way): frozenset({Way.STOCK, Way.TRANSFER, way}) for way in Way},
    str(Way.STOCK): frozenset({Way.STOCK}),
}
"""The ways that a line's own way allows: that one, after what lies free where the product says so."""

_WEIGHTS: Final = Prepared(
    select(product.c.id, product.c.weight_g, product.c.grain).where(
        product.c.id.in_(bindparam("ids", type_=Key, expanding=True))
    )
)
_PLACES: Final = Prepared(
    select(location.c.id, location.c.country, location.c.postal_code, location.c.rank)
    .where(location.c.active, location.c.kind == "warehouse")
    .order_by(location.c.rank, location.c.id)
)
