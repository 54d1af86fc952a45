"""What the warehouse reads of a shipment, and what of shipments and returns waits.  Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import NotFound
from app.models.base import Key
from app.models.company import carrier
from app.models.order import sales_order, sales_order_line
from app.models.product import GRAIN, product
from app.models.returns import AWAITED, ReturnState, goods_return
from app.models.shipment import (
    PARCEL,
    ShipmentState,
    package,
    package_line,
    shipment,
    shipment_line,
)
from app.services import tracking
from app.services.parties import Address
from app.services.statements import Prepared
from app.services.text_search import contains

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
    """A package: SSCC, weight in grams, outer size in millimetres, what is in it.

    ``on`` is the position of the pallet it stands on, None for the floor.
    """

    id: UUID
    position: int
    sscc: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    tracking_number: str
    contents: tuple[Content, ...]
    kind: str = PARCEL
    on: int | None = None


@dataclass(frozen=True, slots=True)
class ShipmentSheet:
    """A shipment from all sides; ``to_pack`` is picked for its order and lies in no other shipment.

    A pallet is followed by the packages that stand on it.

    ``last_event`` is what happened to it last on its way, in words.
    """

    head: Any
    order_stage: str
    promised_on: date | None
    ship_to: tuple[str, ...]
    tracking_url: str
    packages: tuple[PackageView, ...]
    contents: tuple[Content, ...]
    to_pack: tuple[Content, ...]
    last_event: str = ""


def shipment_sheet(connection: Connection, shipment_id: UUID) -> ShipmentSheet:
    """Read a shipment with its packages.

    Raises:
        NotFound: the shipment does not exist.

    """
    head = _SHIPMENT.first(connection, shipment=shipment_id)
    if head is None:
        raise NotFound("Shipment", shipment_id)
    url = head.tracking_url or ""
    return ShipmentSheet(
        head,
        head.order_stage,
        head.promised_on,
        tuple(Address.from_json(head.ship_to).lines()),
        url.replace("{number}", head.tracking_number) if head.tracking_number else "",
        tuple(_packages(connection, shipment_id)),
        tuple(_contents(connection, shipment_id, head.state)),
        tuple(_to_pack(connection, head)),
        _last_event(connection, shipment_id),
    )


def _packages(connection: Connection, shipment_id: UUID) -> list[PackageView]:
    inside: dict[UUID, list[Content]] = {}
    for line in _PACKAGE_LINES.all(connection, shipment=shipment_id):
        inside.setdefault(line.package_id, []).append(_content(line, line.quantity))
    rows = _PACKAGES.all(connection, shipment=shipment_id)
    positions = {row.id: row.position for row in rows}
    found = [
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
            row.kind,
            positions[row.parent_id] if row.parent_id else None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.on or one.position, one.on is not None, one.position))


def _last_event(connection: Connection, shipment_id: UUID) -> str:
    events = tracking.of_shipment(connection, shipment_id)
    return ", ".join(part for part in (events[0].text, events[0].place) if part) if events else ""


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


# what waits, and what is found ------------------------------------------------------------------------


def count_shipments(connection: Connection, *states: str) -> int:
    """Count the shipments in any of ``states``."""
    return connection.execute(
        select(func.count()).select_from(shipment).where(shipment.c.state.in_(states))
    ).scalar_one()


def count_returns(connection: Connection) -> int:
    """Count the returns whose goods are awaited or in repair."""
    waits = goods_return.c.state.in_([*AWAITED, ReturnState.IN_REPAIR])
    return connection.execute(select(func.count()).select_from(goods_return).where(waits)).scalar_one()


def find_shipments(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find shipments by number, tracking number, order number or customer; newest first."""
    columns = (shipment.c.number, shipment.c.tracking_number, shipment.c.order_number, shipment.c.customer_name)
    return find(connection, shipment, columns, text, limit)


def find_returns(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find returns by number, order number or customer; newest first."""
    columns = (goods_return.c.number, goods_return.c.order_number, goods_return.c.customer_name)
    return find(connection, goods_return, columns, text, limit)


def find(
    connection: Connection, source: Any, columns: Sequence[Any], text: str, limit: int
) -> list[tuple[UUID, str, str, str]]:
    """Find documents by any of ``columns``: id, number, customer, state; newest first."""
    rows = connection.execute(
        select(source.c.id, source.c.number, source.c.customer_name, source.c.state)
        .where(contains(columns, text, connection.dialect.name))
        .order_by(source.c.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


_LINE: Final = sales_order_line.c
_LINE_COLUMNS: Final = (_LINE.sku, _LINE.name, _LINE.unit, _LINE.numerator, _LINE.denominator, product.c.grain)
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
