"""A pick list as the warehouse reads it: stops in walking order, and what may be scanned at each.

Nothing is written here; :mod:`app.services.picking` completes a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import NotFound
from app.models.base import Key
from app.models.order import sales_order, sales_order_line
from app.models.product import GRAIN, product, product_unit
from app.models.route import natural
from app.models.shipment import PickState, pick, pick_line
from app.services import fulfilment
from app.services.statements import LONGEST_LIST, Prepared


@dataclass(frozen=True, slots=True)
class TakePlace:
    """Where and for whom a stop at a shelf is: its lot (or serial number) and last day, the tote its goods go into.

    ``short`` grains of it were looked for and not found.
    """

    pick_id: UUID
    line_id: UUID
    bin_id: UUID | None
    lot_id: UUID | None
    lot: str
    expires_on: date | None
    tracking: str
    tote: str
    order_number: str
    customer_name: str
    short: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One line of a pick list: the bin to go to and what to take there.

    A stop at a shelf is a take and has its ``place``; ``picked`` is what was taken there so far.

    ``unit`` is the order line's, or the stock unit where the list asks for a part of one (34 m of a roll).
    ``wanted`` and ``picked`` are grains; ``codes`` pairs what may be scanned for it (SKU, barcodes of the
    product and of its units) with the grains one scan stands for.
    """

    id: UUID
    order_line_id: UUID
    product_id: UUID
    bin: str
    sku: str
    name: str
    description: str
    barcode: str
    unit: str
    grains_per_unit: Fraction
    wanted: int
    picked: int
    codes: tuple[tuple[str, int], ...]
    place: TakePlace | None = None

    def shown(self, grains: int) -> Fraction:
        """Give grains in the stop's unit."""
        return grains / self.grains_per_unit


@dataclass(frozen=True, slots=True)
class PickSheet:
    """A pick list with its stops in walking order."""

    id: UUID
    number: str
    state: str
    order_id: UUID
    order_number: str
    customer_id: UUID
    customer_name: str
    promised_on: date | None
    created_at: datetime
    picked_at: datetime | None
    picked_by: str
    stops: tuple[Stop, ...]


def read(connection: Connection, pick_id: UUID) -> PickSheet:
    """Read a pick list; bins are in natural order (A-2 before A-10), lines without a bin come last.

    Raises:
        NotFound: the list does not exist.

    """
    head = _PICK.first(connection, pick=pick_id)
    if head is None:
        raise NotFound("Pick list", pick_id)
    rows = _PICK_LINES.all(connection, pick=pick_id)
    units = unit_codes(connection, [row.product_id for row in rows])
    stops = [stop_of(row, units.get(row.product_id, [])) for row in rows]
    stops.sort(key=lambda stop: (not stop.bin, natural(stop.bin)))
    return PickSheet(
        head.id,
        head.number,
        head.state,
        head.order_id,
        head.order_number,
        head.customer_id,
        head.customer_name,
        head.promised_on,
        head.created_at,
        head.picked_at,
        head.picked_by,
        tuple(stops),
    )


@dataclass(frozen=True, slots=True)
class GroupedStop:
    """One product of several pick lists: what to take of it in all, in grains, and how much for each list."""

    product_id: UUID
    sku: str
    name: str
    bin: str
    wanted: int
    by_list: tuple[tuple[UUID, int], ...]


def grouped(sheets: Sequence[PickSheet]) -> list[GroupedStop]:
    """Add up the same product over several pick lists, in walking order, so that each bin is visited once."""
    found: dict[UUID, GroupedStop] = {}
    for sheet in sheets:
        for stop in sheet.stops:
            known = found.get(stop.product_id)
            wanted, lists = (known.wanted, known.by_list) if known else (0, ())
            found[stop.product_id] = GroupedStop(
                stop.product_id,
                stop.sku,
                stop.name,
                stop.bin,
                wanted + stop.wanted,
                (*lists, (sheet.id, stop.wanted)),
            )
    return sorted(found.values(), key=lambda stop: (not stop.bin, natural(stop.bin)))


def stop_of(row: Any, units: Sequence[Any]) -> Stop:
    """Make a stop of a row that has a line's columns; ``units`` are its product's units with their barcodes."""
    grain = row.grain or GRAIN
    per_unit, unit = Fraction(row.numerator, row.denominator) * grain, row.unit
    if (row.wanted / per_unit).denominator != 1 and row.wanted % grain == 0:
        per_unit, unit = Fraction(grain), row.stock_unit  # part of a roll: metres are what one can count
    return Stop(
        row.id,
        row.order_line_id,
        row.product_id,
        row.bin,
        row.sku,
        row.name,
        row.description,
        row.barcode,
        unit,
        per_unit,
        row.wanted,
        row.picked,
        codes_of(row.sku, row.barcode, per_unit, grain, units),
    )


def codes_of(
    sku: str, barcode: str, per_unit: Fraction, grain: int, units: Iterable[Any]
) -> tuple[tuple[str, int], ...]:
    """Pair what may be scanned for goods with the grains it stands for: SKU, barcodes of the product and its units."""
    codes = {sku: _whole(per_unit, grain)}
    codes.update({one.barcode: grain * one.numerator // one.denominator for one in units if one.barcode})
    if barcode:
        codes[barcode] = grain
    return tuple(codes.items())


def _whole(per_unit: Fraction, grain: int) -> int:
    """One scan of the SKU is one of the line's unit, or one stock unit where that is no whole number of grains."""
    return per_unit.numerator if per_unit.denominator == 1 else grain


def unit_codes(connection: Connection, product_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """Read the units of products, with their barcodes."""
    found: dict[UUID, list[Any]] = {}
    wanted = sorted(set(product_ids))
    for start in range(0, len(wanted), LONGEST_LIST):
        part = wanted[start : start + LONGEST_LIST]
        for row in connection.execute(select(product_unit).where(product_unit.c.product_id.in_(part))):
            found.setdefault(row.product_id, []).append(row)
    return found


def product_of_code(connection: Connection, code: str) -> tuple[str, str] | None:
    """Find whose SKU or barcode was scanned: SKU and name, or None where no product has it."""
    owner = select(product_unit.c.product_id).where(product_unit.c.barcode == code)
    row = connection.execute(
        select(product.c.sku, product.c.name)
        .where((product.c.sku == code) | (product.c.barcode == code) | product.c.id.in_(owner))
        .limit(1)
    ).first()
    return (row.sku, row.name) if row else None


def by_number(connection: Connection, number: str) -> UUID | None:
    """Find the pick list whose number was scanned."""
    found: UUID | None = connection.execute(select(pick.c.id).where(pick.c.number == number)).scalar_one_or_none()
    return found


def next_open(connection: Connection, done_id: UUID) -> tuple[UUID, str, str, int] | None:
    """Find the open list to pick after ``done_id``, the earliest promised first: id, number, customer, lines."""
    row = connection.execute(
        select(pick.c.id, pick.c.number, pick.c.customer_name, pick.c.lines)
        .join(sales_order, sales_order.c.id == pick.c.order_id)
        .where(pick.c.state == PickState.OPEN, pick.c.id != done_id)
        .order_by(sales_order.c.promised_on.nulls_last(), pick.c.id)
        .limit(1)
    ).first()
    return (row.id, row.number, row.customer_name, row.lines) if row else None


def count_open(connection: Connection) -> int:
    """Count the open pick lists."""
    return connection.execute(select(func.count()).select_from(pick).where(pick.c.state == PickState.OPEN)).scalar_one()


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find pick lists by number, order number or customer: id, number, customer, state; newest first."""
    return fulfilment.find(connection, pick, (pick.c.number, pick.c.order_number, pick.c.customer_name), text, limit)


_LINE: Final = sales_order_line.c
LINE_COLUMNS: Final = (_LINE.sku, _LINE.name, _LINE.unit, _LINE.numerator, _LINE.denominator, product.c.grain)
_PICK: Final = Prepared(
    select(pick, sales_order.c.promised_on, sales_order.c.customer_id)
    .join(sales_order, sales_order.c.id == pick.c.order_id)
    .where(pick.c.id == bindparam("pick", type_=Key))
)
_PICK_LINES: Final = Prepared(
    select(
        pick_line.c.id,
        pick_line.c.order_line_id,
        pick_line.c.product_id,
        pick_line.c.bin,
        pick_line.c.wanted,
        pick_line.c.picked,
        *LINE_COLUMNS,
        _LINE.description,
        product.c.barcode,
        product.c.unit.label("stock_unit"),
    )
    .join(sales_order_line, _LINE.id == pick_line.c.order_line_id)
    .join(product, product.c.id == pick_line.c.product_id)
    .where(pick_line.c.pick_id == bindparam("pick", type_=Key), pick_line.c.wanted > 0)
    .order_by(pick_line.c.position)
)
