"""How products may be had, over all levels of their bills, read as the values that promises are planned with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from app.models.base import Key
from app.models.company import company, exchange_rate
from app.models.product import product, product_unit
from app.models.stock import location
from app.models.supply import (
    Way,
    bill,
    bill_line,
    bill_step,
    calendar_day,
    product_supply,
    supplier,
    supplier_price,
    work_calendar,
    work_center,
)
from app.models.ways import MADE, Center, Item, Lane, Need, Source, Step, Tier
from app.models.work import work_step
from app.models.working_days import MONDAY_TO_FRIDAY, Calendar
from app.services.progress import Progress, Quiet
from app.services.statements import LONGEST_LIST, Prepared

LEVELS: Final = 30
"""Levels of bills that are read; a bill that is part of itself would have no end."""


@dataclass(slots=True)
class Sources:
    """The products concerned, the ways to have each, the lanes into each place, work centers, our calendar."""

    items: dict[UUID, Item] = field(default_factory=dict)
    sources: dict[UUID, list[Source]] = field(default_factory=dict)
    lanes: dict[UUID, list[Lane]] = field(default_factory=dict)
    centers: dict[UUID, Center] = field(default_factory=dict)
    calendar: Calendar = MONDAY_TO_FRIDAY


def read(connection: Connection, product_ids: Iterable[UUID], on: date, progress: Progress | None = None) -> Sources:
    """Read all ways to have products and whatever goes into them, with the prices and the load of ``on``.

    Raises:
        Cancelled: ``progress``, which is told of each statement, was stopped.

    """
    reader = _Reader(connection, on, progress or Quiet())
    return reader.read(product_ids)


def our_calendar(connection: Connection) -> Calendar:
    """Read the calendar that we work by."""
    ours: UUID | None = _OURS.first(connection).calendar_id
    return MONDAY_TO_FRIDAY if ours is None else _calendars(connection, [ours])[ours]


class _Reader:
    """Reads level by level, each with a handful of statements, however many products are on it."""

    def __init__(self, connection: Connection, on: date, progress: Progress) -> None:
        self._connection, self._on, self._progress = connection, on, progress
        self._ways: dict[UUID, list[Any]] = {}
        self._bills: dict[UUID, Any] = {}
        self._bill_of: dict[UUID, UUID] = {}
        self._lines: dict[UUID, list[Any]] = {}
        self._steps: dict[UUID, list[Any]] = {}
        self._units: dict[tuple[UUID, str], Fraction] = {}

    def read(self, product_ids: Iterable[UUID]) -> Sources:
        known = self._read_ways(product_ids)
        head = _OURS.first(self._connection)
        wanted = {row.calendar_id for rows in self._ways.values() for row in rows} | {head.calendar_id}
        centers = self._many(_CENTERS, {step.work_center_id for rows in self._steps.values() for step in rows})
        wanted |= {row.calendar_id for row in centers}
        calendars = _calendars(self._connection, wanted - {None})
        ours = calendars.get(head.calendar_id, MONDAY_TO_FRIDAY)
        found = Sources(items=self._items(known), lanes=_lanes(self._connection, ours), calendar=ours)
        load: dict[UUID, dict[date, Fraction]] = {}
        for row in self._many(_LOAD, [row.id for row in centers], since=self._on):
            load.setdefault(row.work_center_id, {})[row.on] = Fraction(row.minutes)
        for row in centers:
            calendar = calendars.get(row.calendar_id, ours)
            found.centers[row.id] = Center(row.name, row.minutes_a_day, calendar, load.get(row.id, {}))
        for row in self._many(_UNITS, {row.product_id for rows in self._ways.values() for row in rows if row.unit}):
            self._units[row.product_id, row.unit] = Fraction(row.numerator, row.denominator)
        tiers = self._tiers(found.items, head.currency)
        for product_id, rows in self._ways.items():
            made = [self._source(row, found.items, tiers.get(row.id, ()), calendars, ours) for row in rows]
            found.sources[product_id] = [each for each in made if each is not None]
        return found

    def _read_ways(self, product_ids: Iterable[UUID]) -> set[UUID]:
        known, level = set[UUID](), set(product_ids)
        for _ in range(LEVELS):
            known |= level
            rows = self._many(_WAYS, level)
            for row in rows:
                self._ways.setdefault(row.product_id, []).append(row)
            made = {row.product_id for row in rows if row.way in MADE}
            bills = [row.bill_id for row in rows if row.bill_id and row.way in MADE]
            heads = self._many(_BILLS, bills) + self._many(_ACTIVE_BILLS, made)
            fresh = {head.id: head for head in heads if head.id not in self._bills}
            self._bills.update(fresh)
            self._bill_of.update({head.product_id: head.id for head in heads if head.active})
            below = set[UUID]()
            for line in self._many(_LINES, fresh):
                self._lines.setdefault(line.bill_id, []).append(line)
                below.add(line.product_id)
            for step in self._many(_STEPS, fresh):
                self._steps.setdefault(step.bill_id, []).append(step)
            level = below - known
            if not level:
                break
        return known

    def _items(self, ids: set[UUID]) -> dict[UUID, Item]:
        return {row.id: Item(row.id, row.name, row.grain) for row in self._many(_PRODUCTS, ids)}

    def _tiers(self, items: dict[UUID, Item], currency: str) -> dict[UUID, tuple[Tier, ...]]:
        """The prices of today, for one grain in the company's currency; a price without a rate is not known."""
        ways = {row.id: row for rows in self._ways.values() for row in rows}
        bought = [row for row in ways.values() if row.way not in MADE or row.way == Way.OUTSOURCE]
        rates = {row.currency: row.rate for row in self._rates({row.currency for row in bought} - {currency, None})}
        rates[currency] = Decimal(1)
        found: dict[UUID, list[Tier]] = {}
        for row in self._many(_PRICES, [row.id for row in bought], on=self._on):
            way = ways[row.product_supply_id]
            rate = rates.get(way.currency)
            if not rate:
                continue
            unit = self._unit(way, items)
            tier = Tier(ceil(Fraction(row.from_quantity) * unit), Fraction(row.price) / Fraction(rate) / unit)
            found.setdefault(way.id, []).append(tier)
        return {way_id: tuple(tiers) for way_id, tiers in found.items()}

    def _rates(self, currencies: set[str]) -> list[Any]:
        return [row for code in sorted(currencies) if (row := _RATE.first(self._connection, code=code, on=self._on))]

    def _unit(self, way: Any, items: dict[UUID, Item]) -> Fraction:
        """Grains in one of the unit that a way counts in."""
        return self._units.get((way.product_id, way.unit), Fraction(1)) * items[way.product_id].grain

    def _source(
        self,
        row: Any,
        items: dict[UUID, Item],
        tiers: tuple[Tier, ...],
        calendars: dict[UUID, Calendar],
        ours: Calendar,
    ) -> Source | None:
        """The way as a value; None where it cannot work, such as something made without a bill."""
        bill_id = row.bill_id or self._bill_of.get(row.product_id)
        if row.way in MADE and bill_id is None:
            return None
        grain = items[row.product_id].grain
        unit = self._unit(row, items)
        outside = row.supplier_id is not None
        lead = row.lead_days if row.lead_days is not None else row.supplier_lead_days
        head = self._bills[bill_id] if row.way in MADE and bill_id else None
        if head is not None and not outside:
            lead = head.lead_days + (row.lead_days or 0)
        made = Fraction(head.quantity) * Fraction(head.numerator, head.denominator) * grain if head else Fraction(1)
        return Source(
            id=row.id,
            way=Way(row.way),
            rank=row.rank,
            partner=row.supplier_name or "",
            lead_days=lead or 0,
            calendar=calendars.get(row.calendar_id, MONDAY_TO_FRIDAY) if outside else ours,
            minimum=ceil(Fraction(row.minimum or 0) * unit),
            multiple=ceil(Fraction(row.multiple or 0) * unit),
            tiers=tiers,
            needs=tuple(_need(line, made, items) for line in self._lines.get(head.id, ())) if head else (),
            steps=tuple(_step(step, grain) for step in self._steps.get(head.id, ())) if head and not outside else (),
            stock_first=row.stock_first,
        )

    def _many(self, statement: Prepared, ids: Iterable[UUID], **parameters: Any) -> list[Any]:
        self._progress.step(0, 0)
        wanted = sorted(set(ids))
        starts = range(0, len(wanted), LONGEST_LIST)
        parts = [wanted[start : start + LONGEST_LIST] for start in starts]
        return [row for part in parts for row in statement.all(self._connection, ids=part, **parameters)]


def _need(line: Any, made: Fraction, items: dict[UUID, Item]) -> Need:
    """A line of a bill that makes ``made`` grains."""
    grains = Fraction(line.quantity) * Fraction(line.numerator, line.denominator) * items[line.product_id].grain
    if line.fixed:
        return Need(line.product_id, Fraction(0), ceil(grains))
    return Need(line.product_id, grains / made)


def _step(step: Any, grain: int) -> Step:
    return Step(step.work_center_id, Fraction(step.setup_minutes), Fraction(step.unit_minutes) / grain)


def _lanes(connection: Connection, ours: Calendar) -> dict[UUID, list[Lane]]:
    """From each warehouse of ours to each other."""
    rows = _WAREHOUSES.all(connection)
    return {
        into.id: [Lane(row.id, row.name, row.transfer_days, ours, row.rank) for row in rows if row.id != into.id]
        for into in rows
    }


def _calendars(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Calendar]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    days: dict[UUID, dict[date, bool]] = {}
    for row in _DAYS.all(connection, ids=wanted):
        days.setdefault(row.calendar_id, {})[row.on] = row.working
    return {row.id: Calendar(row.weekdays, days.get(row.id, {})) for row in _WEEKS.all(connection, ids=wanted)}


def _among(column: ColumnElement[UUID]) -> ColumnElement[bool]:
    return column.in_(bindparam("ids", type_=Key, expanding=True))


_OURS: Final = Prepared(select(company.c.calendar_id, company.c.currency))
_WAREHOUSES: Final = Prepared(
    select(location.c.id, location.c.name, location.c.transfer_days, location.c.rank)
    .where(location.c.active, location.c.kind == "warehouse")
    .order_by(location.c.rank, location.c.id)
)
_WEEKS: Final = Prepared(select(work_calendar.c.id, work_calendar.c.weekdays).where(_among(work_calendar.c.id)))
_DAYS: Final = Prepared(
    select(calendar_day.c.calendar_id, calendar_day.c.on, calendar_day.c.working).where(
        _among(calendar_day.c.calendar_id)
    )
)
_WAYS: Final = Prepared(
    select(
        product_supply,
        supplier.c.name.label("supplier_name"),
        supplier.c.currency,
        supplier.c.calendar_id,
        supplier.c.lead_days.label("supplier_lead_days"),
    )
    .select_from(product_supply.outerjoin(supplier, supplier.c.id == product_supply.c.supplier_id))
    .where(
        _among(product_supply.c.product_id),
        product_supply.c.active,
        product_supply.c.way.not_in([Way.STOCK, Way.TRANSFER]),
        or_(product_supply.c.supplier_id.is_(None), supplier.c.active),
    )
    .order_by(product_supply.c.rank, product_supply.c.id)
)
_BILLS: Final = Prepared(select(bill).where(_among(bill.c.id)))
_ACTIVE_BILLS: Final = Prepared(select(bill).where(_among(bill.c.product_id), bill.c.active).order_by(bill.c.id))
_LINES: Final = Prepared(select(bill_line).where(_among(bill_line.c.bill_id)).order_by(bill_line.c.position))
_STEPS: Final = Prepared(select(bill_step).where(_among(bill_step.c.bill_id)).order_by(bill_step.c.position))
_CENTERS: Final = Prepared(select(work_center).where(_among(work_center.c.id)))
_LOAD: Final = Prepared(
    select(work_step.c.work_center_id, work_step.c.on, func.sum(work_step.c.minutes).label("minutes"))
    .where(
        _among(work_step.c.work_center_id),
        work_step.c.on >= bindparam("since", type_=work_step.c.on.type),
        ~work_step.c.done,
    )
    .group_by(work_step.c.work_center_id, work_step.c.on)
)
_PRODUCTS: Final = Prepared(select(product.c.id, product.c.name, product.c.grain).where(_among(product.c.id)))
_UNITS: Final = Prepared(
    select(product_unit.c.product_id, product_unit.c.unit, product_unit.c.numerator, product_unit.c.denominator).where(
        _among(product_unit.c.product_id)
    )
)
_PRICED_ON: Final = bindparam("on", type_=supplier_price.c.valid_from.type)
_PRICES: Final = Prepared(
    select(supplier_price.c.product_supply_id, supplier_price.c.from_quantity, supplier_price.c.price).where(
        _among(supplier_price.c.product_supply_id),
        or_(supplier_price.c.valid_from.is_(None), supplier_price.c.valid_from <= _PRICED_ON),
        or_(supplier_price.c.valid_to.is_(None), supplier_price.c.valid_to >= _PRICED_ON),
    )
)
_RATE: Final = Prepared(
    select(exchange_rate.c.currency, exchange_rate.c.rate)
    .where(
        exchange_rate.c.currency == bindparam("code", type_=exchange_rate.c.currency.type),
        exchange_rate.c.on <= bindparam("on", type_=exchange_rate.c.on.type),
    )
    .order_by(exchange_rate.c.on.desc())
    .limit(1)
)
