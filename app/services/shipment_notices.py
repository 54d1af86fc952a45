"""Advance shipment notices: all that a receiver is told of a shipment before it arrives, ready to hand on.

The units are nested as they stand: pallets with their packages, packages with their goods by lot or serial number.
JSON has everything; CSV has a row for each portion of goods with the SSCC of its package and pallet.
Weights are grams, sizes millimetres, times UTC, days ISO 8601.  Quantities are exact: decimals, or a fraction such as
``1/3`` where no decimals are.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotAllowed, NotFound
from app.models.base import Key
from app.models.order import sales_order, sales_order_line
from app.models.product import GRAIN, customer_item, product
from app.models.shipment import ShipmentState, carton, package, package_line, shipment, shipment_line, shipment_lot
from app.models.stock import Tracking, lot
from app.services import companies, scanning
from app.services.imports.formulas import guarded
from app.services.parties import Address
from app.services.scanning import ScanKind
from app.services.statements import Prepared

FORM: Final = "waybill-shipment-notice-1"
"""Name and version of the form of the JSON document; a change that readers would notice gives it another number."""

HEADINGS: Final = (
    "shipment",
    "order",
    "customer_po",
    "shipped_at",
    "expected_on",
    "carrier",
    "tracking_number",
    "pallet_sscc",
    "package_sscc",
    "package",
    "gross_weight_g",
    "line",
    "sku",
    "customer_sku",
    "gtin",
    "name",
    "quantity",
    "unit",
    "lot",
    "serial",
    "expires_on",
)


def find(connection: Connection, number: str) -> UUID:
    """Find a shipment by its number.

    Raises:
        NotFound: there is none of that number.

    """
    found: UUID | None = connection.execute(select(shipment.c.id).where(shipment.c.number == number)).scalar()
    if found is None:
        raise NotFound("Shipment", number)
    return found


def notice(connection: Connection, shipment_id: UUID) -> dict[str, Any]:
    """Give the notice of a shipment that is packed or has left, as plain values.

    Raises:
        NotFound: the shipment does not exist.
        NotAllowed: it is not packed yet, or called off.

    """
    head = _HEAD.first(connection, shipment=shipment_id)
    if head is None:
        raise NotFound("Shipment", shipment_id)
    if head.state in {ShipmentState.PLANNED, ShipmentState.CANCELLED}:
        raise NotAllowed(f"Shipment {head.number} is {head.state}. A notice is made of what is packed or has left.")
    ours, to = companies.get(connection), Address.from_json(head.ship_to)
    units = _units(connection, head)
    return {
        "form": FORM,
        "shipment": {
            "number": head.number,
            "state": head.state,
            "shipped_at": head.shipped_at.astimezone(UTC).isoformat() if head.shipped_at else None,
            "expected_on": _day(head.expected_on),
            "carrier": head.carrier,
            "service": head.service,
            "tracking_number": head.tracking_number,
            "units": head.packages,
            "gross_weight_g": head.weight_g,
        },
        "order": {"number": head.order_number, "customer_po": head.customer_po, "promised_on": _day(head.promised_on)},
        "ship_from": {
            "name": ours.name,
            "street": ours.street,
            "postal_code": ours.postal_code,
            "city": ours.city,
            "country": ours.country,
        },
        "ship_to": {"customer": head.customer_name, **{part: getattr(to, part) for part in _ADDRESS}},
        "units": units,
        "without_package": [] if units else _loose(connection, head),
    }


def as_json(connection: Connection, shipment_id: UUID) -> str:
    """Write the notice as JSON; see :func:`notice`."""
    return json.dumps(notice(connection, shipment_id), ensure_ascii=False, indent=2) + "\n"


def as_csv(connection: Connection, shipment_id: UUID) -> str:
    """Write the notice as CSV with a heading; texts a spreadsheet would compute are guarded; see :func:`notice`."""
    said = notice(connection, shipment_id)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in _flat(said):
        writer.writerow([guarded(str(row[name])) if row.get(name) is not None else "" for name in HEADINGS])
    return stream.getvalue()


def _flat(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a row for each portion of goods, and one for a package without any."""
    head = {"shipment": said["shipment"]["number"], "order": said["order"]["number"]}
    head["customer_po"] = said["order"]["customer_po"]
    head.update({name: said["shipment"][name] for name in ("shipped_at", "expected_on", "carrier", "tracking_number")})
    for goods in said["without_package"]:
        yield {**head, **goods}
    for unit in said["units"]:
        on_pallet = unit["kind"] == "pallet"
        outer = {"pallet_sscc": unit["sscc"] if on_pallet else ""}
        for one in (unit, *unit["packages"]):
            marks = {"package_sscc": one["sscc"], "package": one["position"], "gross_weight_g": one["gross_weight_g"]}
            if one["tracking_number"]:
                marks["tracking_number"] = one["tracking_number"]
            rows: list[dict[str, Any]] = one["contents"] or ([] if one["packages"] else [{}])
            for goods in rows:
                yield {**head, **outer, **marks, **goods}


def _units(connection: Connection, head: Any) -> list[dict[str, Any]]:
    """Read the packages as they stand."""
    inside: dict[UUID, list[dict[str, Any]]] = {}
    for row in _CONTENTS.all(connection, shipment=head.id, customer=head.customer_id):
        inside.setdefault(row.package_id, []).append(_goods(row, row.quantity))
    made: dict[UUID, dict[str, Any]] = {}
    floor: list[dict[str, Any]] = []
    for row in _PACKAGES.all(connection, shipment=head.id):  # what stands on the floor comes first
        made[row.id] = {
            "position": row.position,
            "kind": row.kind,
            "carton": row.carton,
            "sscc": row.sscc,
            "tracking_number": row.tracking_number,
            "gross_weight_g": row.weight_g,
            "length_mm": row.length_mm,
            "width_mm": row.width_mm,
            "height_mm": row.height_mm,
            "contents": inside.get(row.id, []),
            "packages": [],
        }
        (made[row.parent_id]["packages"] if row.parent_id else floor).append(made[row.id])
    return floor


def _loose(connection: Connection, head: Any) -> list[dict[str, Any]]:
    """Read what left without being packed."""
    found: list[dict[str, Any]] = []
    for _, rows in _grouped(_SHIPPED.all(connection, shipment=head.id, customer=head.customer_id)):
        named = sum(int(row.part or 0) for row in rows)
        found += [_goods(row, int(row.part)) for row in rows if row.part]
        if named < rows[0].shipped:
            found.append({**_goods(rows[0], rows[0].shipped - named), **_NO_LOT})
    return found


def _grouped(rows: Iterable[Any]) -> Iterator[tuple[UUID, list[Any]]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.line_id, []).append(row)
    yield from found.items()


_ADDRESS: Final = ("name", "street", "postal_code", "city", "region", "country")
_NO_LOT: Final = {"lot": None, "serial": None, "expires_on": None}


def _goods(row: Any, grains: int) -> dict[str, Any]:
    per_unit = Fraction(row.numerator, row.denominator) * (row.grain or GRAIN)
    by_serial = row.tracking == Tracking.SERIAL
    return {
        "line": row.position,
        "sku": row.sku,
        "customer_sku": row.customer_sku,
        "gtin": _gtin(row.barcode),
        "name": row.name,
        "quantity": _exact(grains / per_unit),
        "unit": row.unit,
        "lot": row.lot if not by_serial else None,
        "serial": row.lot if by_serial else None,
        "expires_on": _day(row.expires_on),
    }


def _gtin(barcode: str | None) -> str | None:
    """Give a barcode that is an article number with 14 digits, None for a code of the house."""
    if not barcode or not (barcode.isascii() and barcode.isdigit()):
        return None
    said = scanning.read(barcode)
    return said.gtin if said.kind is ScanKind.GTIN else None


def _exact(quantity: Fraction) -> str:
    rest, places = quantity.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return f"{quantity.numerator}/{quantity.denominator}"
    digits = str(quantity.numerator * 10**places // quantity.denominator)
    if not places:
        return digits
    digits = digits.zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}"


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


_HEAD: Final = Prepared(
    select(shipment, sales_order.c.customer_po, sales_order.c.promised_on)
    .join(sales_order, sales_order.c.id == shipment.c.order_id)
    .where(shipment.c.id == bindparam("shipment", type_=Key))
)
_PACKAGES: Final = Prepared(
    select(package, carton.c.code.label("carton"))
    .select_from(package.outerjoin(carton, carton.c.id == package.c.carton_id))
    .where(package.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(package.c.position)
)
_LINE: Final = sales_order_line.c
_OF_LINE: Final = (
    _LINE.id.label("line_id"),
    _LINE.position,
    _LINE.sku,
    _LINE.name,
    _LINE.unit,
    _LINE.numerator,
    _LINE.denominator,
    product.c.grain,
    product.c.barcode,
    product.c.tracking,
    lot.c.code.label("lot"),
    lot.c.expires_on,
    select(customer_item.c.number)
    .where(customer_item.c.customer_id == bindparam("customer", type_=Key), customer_item.c.product_id == product.c.id)
    .order_by(customer_item.c.number)
    .limit(1)
    .scalar_subquery()
    .label("customer_sku"),
)
_CONTENTS: Final = Prepared(
    select(package_line.c.package_id, package_line.c.quantity, *_OF_LINE)
    .select_from(
        package_line.join(package, package.c.id == package_line.c.package_id)
        .join(sales_order_line, _LINE.id == package_line.c.order_line_id)
        .join(product, product.c.id == _LINE.product_id)
        .outerjoin(lot, lot.c.id == package_line.c.lot_id)
    )
    .where(package.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(package.c.position, _LINE.position, lot.c.code)
)
_SHIPPED: Final = Prepared(
    select(shipment_line.c.shipped, shipment_lot.c.quantity.label("part"), *_OF_LINE)
    .select_from(
        shipment_line.join(sales_order_line, _LINE.id == shipment_line.c.order_line_id)
        .join(product, product.c.id == _LINE.product_id)
        .outerjoin(shipment_lot, shipment_lot.c.shipment_line_id == shipment_line.c.id)
        .outerjoin(lot, lot.c.id == shipment_lot.c.lot_id)
    )
    .where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key), shipment_line.c.shipped > 0)
    .order_by(_LINE.position, lot.c.code)
)
