"""What may be promised for the lines of a quote or order while they are typed: day, reason, and where pieces come from.

Nothing is written here.  What a confirmed order has of a line already (promised, picked, shipped, on its way) stays the
line's own; only the rest is planned.  Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key, Moment
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.product import product
from app.models.stock import stock_level
from app.models.supply import Way, soft_hold
from app.services import backorders, pegs
from app.services.backorders import Substitute
from app.services.pegs import Peg
from app.services.progress import Progress
from app.services.promising import LinePromise, Plan, Policy, Wanted
from app.services.statements import LONGEST_LIST, Prepared
from app.services.stock_outlook import Viewer


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as it stands: so many grains of a product."""

    line_id: UUID
    product_id: UUID
    grains: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The lines of one window's document; ``order_id`` where it is an order, ``wanted_on`` None for today."""

    lines: tuple[Typed, ...]
    window: str
    order_id: UUID | None = None
    policy: Policy = field(default_factory=Policy)
    wanted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Grains of a line that come one way on one day."""

    way: Way
    grains: int
    on: date


@dataclass(frozen=True, slots=True)
class LineOutlook:
    """The promise for a line.

    ``ready_on`` is the day all of it can leave (None: some cannot be had), ``now`` whether that is at once, from stock;
    ``late`` whether it is after the day it is wanted.  ``free`` of the product may be promised today, ``held`` is in
    windows of others.
    """

    line_id: UUID
    product_id: UUID
    grains: int
    ready_on: date | None
    reason: str
    pieces: tuple[Piece, ...]
    missing: int
    now: bool
    late: bool
    free: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to have all that is still to be had of a line; ``ready_on`` None: not at all."""

    way: Way
    ready_on: date | None
    reason: str
    cost: Fraction | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a document: its lines, the day of the last one, and what a window should hold of stock.

    ``holds`` are grains by product and place.  ``stamp`` changes when others take or give back what it was read from.
    """

    lines: Mapping[UUID, LineOutlook]
    ready_on: date | None
    holds: Mapping[tuple[UUID, UUID], int]
    stamp: frozenset[Any]


@dataclass(frozen=True, slots=True)
class Choices:
    """What else could be done about a line: other ways to have the product, and what may be sold in its place."""

    line_id: UUID
    alternatives: tuple[Alternative, ...]
    substitutes: tuple[Substitute, ...]


@dataclass(slots=True)
class _Covered:
    """What a confirmed order has of a line: so much at once, the rest by its pegs."""

    at_once: int = 0
    coming: list[Peg] = field(default_factory=list)

    @property
    def grains(self) -> int:
        return self.at_once + sum(one.open for one in self.coming)


def read(connection: Connection, asked: Asked, *, at: datetime, progress: Progress | None = None) -> Told:
    """Plan all lines together, in their order, each leaving what the ones before it need.

    Raises:
        Cancelled: ``progress``, which is told of each step, was stopped.

    """
    own = _own(connection, asked)
    wants = [_want(line, own.get(line.line_id), asked) for line in asked.lines]
    plan = _plan(connection, asked, at, progress)
    found = plan.promise_together(wants, progress)
    free, held = plan.promisable(), plan.held()
    lines = [
        replace(
            _outlook(line, said, own.get(line.line_id), (asked.wanted_on, at.date())),
            free=free.get(line.product_id, 0),
            held=held.get(line.product_id, 0),
        )
        for line, said in zip(asked.lines, found.lines, strict=True)
    ]
    if asked.policy.ship == "complete":
        lines = _together(lines, asked.wanted_on)
    days = [line.ready_on for line in lines]
    known = [day for day in days if day is not None]
    return Told(
        {line.line_id: line for line in lines},
        max(known, default=None) if None not in days else None,
        _holds(found.lines),
        stamp(connection, asked, at=at),
    )


def choices(connection: Connection, asked: Asked, line_id: UUID, *, at: datetime) -> Choices:
    """Work out what else could be done about one of the lines; of the others only those of its product count."""
    product_id = next(line.product_id for line in asked.lines if line.line_id == line_id)
    asked = of_product(asked, product_id)
    own = _own(connection, asked)
    plan = _plan(connection, asked, at)
    wants = [_want(line, own.get(line.line_id), asked) for line in asked.lines]
    place = next(n for n, line in enumerate(asked.lines) if line.line_id == line_id)
    alternatives = []
    ways = plan.ways(product_id)
    for way in ways if len(ways) > 1 and wants[place].grains else ():
        said = plan.promise([*wants[:place], replace(wants[place], way=str(way))]).lines[place]
        alternatives.append(Alternative(way, said.ready_on, said.reason, said.cost))
    alternatives.sort(key=lambda one: (one.ready_on or date.max, one.cost is None, one.cost or 0))
    return Choices(line_id, tuple(alternatives), tuple(backorders.substitutes(connection, product_id, at=at)))


def of_product(asked: Asked, product_id: UUID) -> Asked:
    """Give the question about the lines of one product alone."""
    return replace(asked, lines=tuple(line for line in asked.lines if line.product_id == product_id))


def stamp(connection: Connection, asked: Asked, *, at: datetime) -> frozenset[Any]:
    """Read what others hold of the products, and what lies free of them: cheap enough to be asked twice a second."""
    found = set[Any]()
    ids = sorted({line.product_id for line in asked.lines})
    for start in range(0, len(ids), LONGEST_LIST):
        part = ids[start : start + LONGEST_LIST]
        found.update(row.id for row in _OTHERS.all(connection, ids=part, at=at, held_by=asked.window))
        found.update((row.product_id, row.location_id, row.free) for row in _FREE.all(connection, ids=part))
    return frozenset(found)


def free_of(connection: Connection, product_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Read what lies free of products at all warehouses together; of none where nothing was ever there."""
    found = dict[UUID, int]()
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), LONGEST_LIST):
        for row in _FREE.all(connection, ids=ids[start : start + LONGEST_LIST]):
            found[row.product_id] = found.get(row.product_id, 0) + row.free
    return found


def _plan(connection: Connection, asked: Asked, at: datetime, progress: Progress | None = None) -> Plan:
    ids = [line.product_id for line in asked.lines]
    return Plan(connection, ids, asked.policy, Viewer(at, asked.window, asked.order_id), progress=progress)


def _want(line: Typed, own: _Covered | None, asked: Asked) -> Wanted:
    covered = own.grains if own else 0
    return Wanted(line.product_id, max(0, line.grains - covered), asked.wanted_on)


def _outlook(line: Typed, said: LinePromise, own: _Covered | None, days: tuple[date | None, date]) -> LineOutlook:
    """Put together what a line has, what is on its way to it, and what was planned for the rest."""
    wanted_on, today = days
    by = max(wanted_on or today, today)
    pieces, words, ends = list[Piece](), list[str](), list[date | None]()
    left = line.grains
    if own and own.at_once:
        part = min(left, own.at_once)
        left -= part
        pieces.append(Piece(Way.STOCK, part, today))
        words.append("in stock" if not left else "in part in stock")
    for one in own.coming if own else ():
        part = min(left, one.open)
        left -= part
        if part:
            pieces.append(Piece(one.way, part, one.ready_on or date.max))
            words.append(one.reason)
            ends.append(one.ready_on)
    if said.wanted.grains:
        pieces += [Piece(part.way, part.grains, part.on) for _, part in said.parts]
        words.append(said.reason)
        ends.append(said.ready_on)
    known = [day for day in ends if day is not None]
    ready_on = None if None in ends else max(known, default=today)
    now = all(piece.way == Way.STOCK and piece.on <= by for piece in pieces) and not said.missing
    late = ready_on is None or ready_on > by
    return LineOutlook(
        line.line_id,
        line.product_id,
        line.grains,
        ready_on,
        "; ".join(word for word in words if word),
        tuple(pieces),
        said.missing,
        now and not late,
        late,
    )


def _together(lines: Sequence[LineOutlook], wanted_on: date | None) -> list[LineOutlook]:
    """Lines of an order that ships complete all leave on the day of the last one."""
    days = [line.ready_on for line in lines if line.ready_on is not None]
    if len(days) < len(lines) or not days:
        return list(lines)
    last = max(days)
    late = wanted_on is not None and last > wanted_on
    return [
        replace(line, ready_on=last, now=line.now and line.ready_on == last, late=line.late or late) for line in lines
    ]


def _holds(lines: Sequence[LinePromise]) -> dict[tuple[UUID, UUID], int]:
    """Say which pieces of stock the lines would take, and from where."""
    found = dict[tuple[UUID, UUID], int]()
    for line in lines:
        for place, part in line.parts:
            if part.way in {Way.STOCK, Way.TRANSFER}:
                key = line.wanted.product_id, part.lane.from_place if part.lane else place
                found[key] = found.get(key, 0) + part.grains
    return found


def _own(connection: Connection, asked: Asked) -> dict[UUID, _Covered]:
    """Read what a confirmed order has of its lines; of a kit, as many as its components make whole."""
    if asked.order_id is None:
        return {}
    rows = _LINES.all(connection, order=asked.order_id)
    tied = pegs.of_demands(connection, [row.id for row in rows]) if rows else {}
    found = dict[UUID, _Covered]()
    parts = dict[UUID, list[Fraction]]()
    for row in rows:
        at_once = row.reserved + row.picked + row.shipped - row.returned_open
        coming = [one for one in tied.get(row.id, ()) if one.open and one.supply_id]
        found[row.id] = _Covered(at_once, coming)
        if row.kit_line_id and row.ordered:
            parts.setdefault(row.kit_line_id, []).append(Fraction(found[row.id].grains, row.ordered))
    for row in rows:
        if row.id in parts and row.kind == "kit":
            found[row.id] = _Covered(int(row.ordered * min(parts[row.id])))
    return found


_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_OTHERS: Final = Prepared(
    select(soft_hold.c.id).where(
        soft_hold.c.product_id.in_(_IDS),
        soft_hold.c.until > bindparam("at", type_=Moment),
        soft_hold.c.window != bindparam("held_by", type_=soft_hold.c.window.type),
    )
)
_FREE: Final = Prepared(
    select(stock_level.c.product_id, stock_level.c.location_id, stock_level.c.free).where(
        stock_level.c.product_id.in_(_IDS)
    )
)
_LINES: Final = Prepared(
    select(
        sales_order_line.c.id,
        sales_order_line.c.kit_line_id,
        sales_order_line.c.ordered,
        sales_order_line.c.reserved,
        sales_order_line.c.picked,
        sales_order_line.c.shipped,
        sales_order_line.c.returned_open,
        product.c.kind,
    )
    .join(sales_order, sales_order.c.id == sales_order_line.c.order_id)
    .outerjoin(product, product.c.id == sales_order_line.c.product_id)
    .where(sales_order.c.id == bindparam("order", type_=Key), sales_order.c.state == OrderState.CONFIRMED)
)
