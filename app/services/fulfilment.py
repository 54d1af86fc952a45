"""What the screens of the warehouse read of one pick list, one shipment, one return.  Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import NotFound
from app.models.base import Key
from app.models.company import carrier
from app.models.order import sales_order, sales_order_line
from app.models.product import GRAIN, product, product_unit
from app.models.returns import ReturnState, goods_return, goods_return_line
from app.models.shipment import (
    PickState,
    ShipmentState,
    package,
    package_line,
    pick,
    pick_line,
    shipment,
    shipment_line,
)
from app.services.parties import Address
from app.services.statements import LONGEST_LIST, Prepared


@dataclass(frozen=True, slots=True)
class Stop:
    """One line of a pick list: the bin to go to and what to take there.

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


def pick_sheet(connection: Connection, pick_id: UUID) -> PickSheet:
    """Read a pick list; bins are in natural order (A-2 before A-10), lines without a bin come last.

    Raises:
        NotFound: the list does not exist.

    """
    head = _PICK.first(connection, pick=pick_id)
    if head is None:
        raise NotFound("Pick list", pick_id)
    rows = _PICK_LINES.all(connection, pick=pick_id)
    units = _unit_codes(connection, [row.product_id for row in rows])
    stops = [_stop(row, units.get(row.product_id, [])) for row in rows]
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


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Give a key that sorts the numbers inside a text as numbers: B-7 comes before B-10."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts)


def _stop(row: Any, units: Sequence[Any]) -> Stop:
    grain = row.grain or GRAIN
    per_unit, unit = Fraction(row.numerator, row.denominator) * grain, row.unit
    if (row.wanted / per_unit).denominator != 1 and row.wanted % grain == 0:
        per_unit, unit = Fraction(grain), row.stock_unit  # part of a roll: metres are what one can count
    codes = {row.sku: _whole(per_unit, grain)}
    codes.update({one.barcode: grain * one.numerator // one.denominator for one in units if one.barcode})
    if row.barcode:
        codes[row.barcode] = grain
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
        tuple(codes.items()),
    )


def _whole(per_unit: Fraction, grain: int) -> int:
    """One scan of the SKU is one of the line's unit, or one stock unit where that is no whole number of grains."""
    return per_unit.numerator if per_unit.denominator == 1 else grain


def _unit_codes(connection: Connection, product_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
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


def pick_by_number(connection: Connection, number: str) -> UUID | None:
    """Find the pick list whose number was scanned."""
    found: UUID | None = connection.execute(select(pick.c.id).where(pick.c.number == number)).scalar_one_or_none()
    return found


def next_pick(connection: Connection, done_id: UUID) -> tuple[UUID, str, str, int] | None:
    """Find the open list to pick after ``done_id``, the earliest promised first: id, number, customer, lines."""
    row = connection.execute(
        select(pick.c.id, pick.c.number, pick.c.customer_name, pick.c.lines)
        .join(sales_order, sales_order.c.id == pick.c.order_id)
        .where(pick.c.state == PickState.OPEN, pick.c.id != done_id)
        .order_by(sales_order.c.promised_on.nulls_last(), pick.c.id)
        .limit(1)
    ).first()
    return (row.id, row.number, row.customer_name, row.lines) if row else None


# shipments -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Content:
    """Goods in a shipment or package: ``quantity`` of the order line's unit."""

    order_line_id: UUID
    sku: str
    name: str
    unit: str
    quantity: Fraction
    grains_per_unit: Fraction


@dataclass(frozen=True, slots=True)
class PackageView:
    """A package: SSCC, weight in grams, outer size in millimetres, what is in it."""

    id: UUID
    position: int
    sscc: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    tracking_number: str
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class ShipmentSheet:
    """A shipment from all sides; ``to_pack`` is picked for its order and lies in no other shipment."""

    head: Any
    order_stage: str
    promised_on: date | None
    ship_to: tuple[str, ...]
    tracking_url: str
    packages: tuple[PackageView, ...]
    contents: tuple[Content, ...]
    to_pack: tuple[Content, ...]


def shipment_sheet(connection: Connection, shipment_id: UUID) -> ShipmentSheet:
    """Read a shipment with its packages.

    Raises:
        NotFound: the shipment does not exist.

    """
    head = _SHIPMENT.first(connection, shipment=shipment_id)
    if head is None:
        raise NotFound("Shipment", shipment_id)
    inside: dict[UUID, list[Content]] = {}
    for row in _PACKAGE_LINES.all(connection, shipment=shipment_id):
        inside.setdefault(row.package_id, []).append(_content(row, row.quantity))
    packages = tuple(
        PackageView(
            row.id,
            row.position,
            row.sscc,
            row.weight_g,
            row.length_mm,
            row.width_mm,
            row.height_mm,
            row.tracking_number,
            tuple(inside.get(row.id, ())),
        )
        for row in _PACKAGES.all(connection, shipment=shipment_id)
    )
    url = head.tracking_url or ""
    return ShipmentSheet(
        head,
        head.order_stage,
        head.promised_on,
        tuple(Address.from_json(head.ship_to).lines()),
        url.replace("{number}", head.tracking_number) if head.tracking_number else "",
        packages,
        tuple(_contents(connection, shipment_id, head.state)),
        tuple(_to_pack(connection, head)),
    )


def _contents(connection: Connection, shipment_id: UUID, state: str) -> list[Content]:
    gone = state in {ShipmentState.SHIPPED, ShipmentState.DELIVERED}
    rows = _SHIPMENT_LINES.all(connection, shipment=shipment_id)
    return [_content(row, row.shipped if gone else row.planned) for row in rows if row.shipped or row.planned]


def _to_pack(connection: Connection, head: Any) -> list[Content]:
    if head.state != ShipmentState.PLANNED:
        return []
    held = {row.order_line_id: int(row.held) for row in _HELD.all(connection, order=head.order_id, shipment=head.id)}
    rows = _PICKED.all(connection, order=head.order_id)
    found = [_content(row, row.picked - held.get(row.order_line_id, 0)) for row in rows]
    return [one for one in found if one.quantity > 0]


def _content(row: Any, grains: int) -> Content:
    per_unit = Fraction(row.numerator, row.denominator) * (row.grain or GRAIN)
    return Content(row.order_line_id, row.sku, row.name, row.unit, grains / per_unit, per_unit)


# returns ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What comes back of one order line, in the line's unit."""

    order_line_id: UUID
    sku: str
    name: str
    unit: str
    grains_per_unit: Fraction
    authorised: Fraction
    good: Fraction
    broken: Fraction


@dataclass(frozen=True, slots=True)
class ReturnSheet:
    """A return with its lines."""

    head: Any
    lines: tuple[ReturnLine, ...]


def return_sheet(connection: Connection, return_id: UUID) -> ReturnSheet:
    """Read a return.

    Raises:
        NotFound: the return does not exist.

    """
    head = connection.execute(select(goods_return).where(goods_return.c.id == return_id)).one_or_none()
    if head is None:
        raise NotFound("Return", return_id)
    lines = []
    for row in _RETURN_LINES.all(connection, goods_return=return_id):
        per_unit = Fraction(row.numerator, row.denominator) * (row.grain or GRAIN)
        figures = (row.authorised / per_unit, row.received_good / per_unit, row.received_scrap / per_unit)
        lines.append(ReturnLine(row.order_line_id, row.sku, row.name, row.unit, per_unit, *figures))
    return ReturnSheet(head, tuple(lines))


def returnable(connection: Connection, order_id: UUID) -> list[ReturnLine]:
    """Read what of an order is with the customer and not announced to come back; ``authorised`` is how much."""
    found = []
    pending = {row.order_line_id: int(row.pending) for row in _PENDING.all(connection, order=order_id)}
    for row in _SHIPPED.all(connection, order=order_id):
        per_unit = Fraction(row.numerator, row.denominator) * (row.grain or GRAIN)
        left = row.shipped - row.returned - pending.get(row.order_line_id, 0)
        if left > 0:
            figures = (left / per_unit, Fraction(0), Fraction(0))
            found.append(ReturnLine(row.order_line_id, row.sku, row.name, row.unit, per_unit, *figures))
    return found


# what waits, and what is found ------------------------------------------------------------------------


def count_open_picks(connection: Connection, today: date) -> tuple[int, int]:
    """Count the open pick lists, and how many of them are late."""
    late = func.count().filter(sales_order.c.promised_on < today)
    row = connection.execute(
        select(func.count(), late)
        .select_from(pick.join(sales_order, sales_order.c.id == pick.c.order_id))
        .where(pick.c.state == PickState.OPEN)
    ).one()
    return row[0], row[1]


def count_shipments(connection: Connection, *states: str) -> int:
    """Count the shipments in any of ``states``."""
    return connection.execute(
        select(func.count()).select_from(shipment).where(shipment.c.state.in_(states))
    ).scalar_one()


def count_returns(connection: Connection) -> int:
    """Count the returns whose goods are awaited."""
    return connection.execute(
        select(func.count()).select_from(goods_return).where(goods_return.c.state == ReturnState.AUTHORISED)
    ).scalar_one()


def find_picks(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find pick lists by number, order number or customer: id, number, customer, state; newest first."""
    return _find(connection, pick, (pick.c.number, pick.c.order_number, pick.c.customer_name), text, limit)


def find_shipments(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find shipments by number, tracking number, order number or customer; newest first."""
    columns = (shipment.c.number, shipment.c.tracking_number, shipment.c.order_number, shipment.c.customer_name)
    return _find(connection, shipment, columns, text, limit)


def find_returns(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find returns by number, order number or customer; newest first."""
    columns = (goods_return.c.number, goods_return.c.order_number, goods_return.c.customer_name)
    return _find(connection, goods_return, columns, text, limit)


def _find(
    connection: Connection, source: Any, columns: Sequence[Any], text: str, limit: int
) -> list[tuple[UUID, str, str, str]]:
    pattern = f"%{text}%"
    condition = columns[0].ilike(pattern)
    for column in columns[1:]:
        condition = condition | column.ilike(pattern)
    rows = connection.execute(
        select(source.c.id, source.c.number, source.c.customer_name, source.c.state)
        .where(condition)
        .order_by(source.c.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


_LINE: Final = sales_order_line.c
_LINE_COLUMNS: Final = (_LINE.sku, _LINE.name, _LINE.unit, _LINE.numerator, _LINE.denominator, product.c.grain)
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
        *_LINE_COLUMNS,
        _LINE.description,
        product.c.barcode,
        product.c.unit.label("stock_unit"),
    )
    .join(sales_order_line, _LINE.id == pick_line.c.order_line_id)
    .join(product, product.c.id == pick_line.c.product_id)
    .where(pick_line.c.pick_id == bindparam("pick", type_=Key), pick_line.c.wanted > 0)
    .order_by(pick_line.c.position)
)
_SHIPMENT: Final = Prepared(
    select(
        shipment,
        sales_order.c.promised_on,
        sales_order.c.stage.label("order_stage"),
        carrier.c.tracking_url,
    )
    .select_from(
        shipment.join(sales_order, sales_order.c.id == shipment.c.order_id).outerjoin(
            carrier, carrier.c.name == shipment.c.carrier
        )
    )
    .where(shipment.c.id == bindparam("shipment", type_=Key))
)
_PACKAGES: Final = Prepared(
    select(package).where(package.c.shipment_id == bindparam("shipment", type_=Key)).order_by(package.c.position)
)
_PACKAGE_LINES: Final = Prepared(
    select(package_line.c.package_id, package_line.c.order_line_id, package_line.c.quantity, *_LINE_COLUMNS)
    .join(package, package.c.id == package_line.c.package_id)
    .join(sales_order_line, _LINE.id == package_line.c.order_line_id)
    .outerjoin(product, product.c.id == _LINE.product_id)
    .where(package.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(_LINE.position)
)
_SHIPMENT_LINES: Final = Prepared(
    select(shipment_line.c.order_line_id, shipment_line.c.planned, shipment_line.c.shipped, *_LINE_COLUMNS)
    .join(sales_order_line, _LINE.id == shipment_line.c.order_line_id)
    .outerjoin(product, product.c.id == _LINE.product_id)
    .where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(shipment_line.c.position)
)
_HELD: Final = Prepared(
    select(shipment_line.c.order_line_id, func.sum(shipment_line.c.planned).label("held"))
    .join(shipment, shipment.c.id == shipment_line.c.shipment_id)
    .where(
        shipment.c.order_id == bindparam("order", type_=Key),
        shipment.c.state == ShipmentState.PACKED,
        shipment.c.id != bindparam("shipment", type_=Key),
    )
    .group_by(shipment_line.c.order_line_id)
)
_PICKED: Final = Prepared(
    select(_LINE.id.label("order_line_id"), _LINE.picked, *_LINE_COLUMNS)
    .join(product, product.c.id == _LINE.product_id)
    .where(_LINE.order_id == bindparam("order", type_=Key), _LINE.picked > 0)
    .order_by(_LINE.position)
)
_RETURN_LINES: Final = Prepared(
    select(
        goods_return_line.c.order_line_id,
        goods_return_line.c.authorised,
        goods_return_line.c.received_good,
        goods_return_line.c.received_scrap,
        *_LINE_COLUMNS,
    )
    .join(sales_order_line, _LINE.id == goods_return_line.c.order_line_id)
    .outerjoin(product, product.c.id == _LINE.product_id)
    .where(goods_return_line.c.return_id == bindparam("goods_return", type_=Key))
    .order_by(_LINE.position)
)
_SHIPPED: Final = Prepared(
    select(_LINE.id.label("order_line_id"), _LINE.shipped, _LINE.returned, *_LINE_COLUMNS)
    .outerjoin(product, product.c.id == _LINE.product_id)
    .where(_LINE.order_id == bindparam("order", type_=Key), _LINE.shipped > _LINE.returned)
    .order_by(_LINE.position)
)
_PENDING: Final = Prepared(
    select(goods_return_line.c.order_line_id, func.sum(goods_return_line.c.authorised).label("pending"))
    .join(goods_return, goods_return.c.id == goods_return_line.c.return_id)
    .where(
        goods_return.c.order_id == bindparam("order", type_=Key),
        goods_return.c.state == ReturnState.AUTHORISED,
    )
    .group_by(goods_return_line.c.order_line_id)
)
