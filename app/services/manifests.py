"""The end of a carrier's day: what it was handed, listed once, signed by its driver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.carrier import carrier_manifest, carrier_manifest_line
from app.models.shipment import ShipmentState, package, shipment
from app.services.statements import Prepared
from app.services.transaction import Transaction

BACK: Final = timedelta(days=14)
"""Shipments that left longer ago are history: they were handed over before there were manifests."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A package that left and stands on no manifest yet; ``package_id`` is None for goods without packages."""

    shipment_id: UUID
    order_id: UUID
    number: str
    package_id: UUID | None
    sscc: str
    tracking_number: str
    weight_g: int


def waiting(connection: Connection, on: date) -> dict[str, list[HandedOver]]:
    """Read what left until the end of a day (UTC) and stands on no manifest, by carrier."""
    end = datetime.combine(on, time(), UTC) + timedelta(days=1)
    found: dict[str, list[HandedOver]] = {}
    for row in _WAITING.all(connection, since=end - BACK, until=end):
        found.setdefault(row.carrier, []).append(
            HandedOver(
                row.id,
                row.order_id,
                row.number,
                row.package_id,
                row.sscc or "",
                row.package_tracking or row.tracking_number,
                row.weight_g if row.package_id is None else row.package_weight,
            )
        )
    return found


def close_day(tx: Transaction, carrier: str, on: date, carrier_reference: str = "") -> UUID:
    """List what a carrier was handed until the end of a day; return the manifest's id.

    ``carrier_reference`` is the number of the carrier's own manifest, where it made one.

    Raises:
        NotAllowed: it was handed nothing that is not listed already.

    """
    manifest_id = new_id()
    number = tx.number("MAN", manifest_id)  # first: whoever closes the day at the same moment waits here, then looks
    lines = waiting(tx.connection, on).get(carrier, [])
    if not lines:
        raise NotAllowed(f"{carrier or 'This carrier'} was handed nothing that is not on a manifest already.")
    tx.insert(
        carrier_manifest,
        {
            "id": manifest_id,
            "number": number,
            "carrier": carrier,
            "handed_over_on": on,
            "packages": len(lines),
            "weight_g": sum(line.weight_g for line in lines),
            "carrier_reference": carrier_reference,
        },
    )
    tx.insert(
        carrier_manifest_line,
        *(
            {
                "id": new_id(),
                "manifest_id": manifest_id,
                "shipment_id": line.shipment_id,
                "package_id": line.package_id,
                "position": position,
                "sscc": line.sscc,
                "tracking_number": line.tracking_number,
                "weight_g": line.weight_g,
            }
            for position, line in enumerate(lines, 1)
        ),
    )
    for shipment_id, order_id in dict.fromkeys((line.shipment_id, line.order_id) for line in lines):
        tx.record("shipment.handed_over", order_id, shipment_id, manifest=number, carrier=carrier)
    return manifest_id


def get(connection: Connection, manifest_id: UUID) -> Any:
    """Read a manifest's head.

    Raises:
        NotFound: there is no such manifest.

    """
    row = _ONE.first(connection, manifest=manifest_id)
    if row is None:
        raise NotFound("Manifest", manifest_id)
    return row


def lines(connection: Connection, manifest_id: UUID) -> list[Any]:
    """Read a manifest's packages with their shipment's number and destination, in order."""
    return _LINES.all(connection, manifest=manifest_id)


def latest(connection: Connection, limit: int = 50) -> list[Any]:
    """Read the manifests made last, newest first."""
    known = carrier_manifest.c
    return list(
        connection.execute(select(carrier_manifest).order_by(known.handed_over_on.desc(), known.id.desc()).limit(limit))
    )


_ONE: Final = Prepared(select(carrier_manifest).where(carrier_manifest.c.id == bindparam("manifest", type_=Key)))
_LINES: Final = Prepared(
    select(carrier_manifest_line, shipment.c.number, shipment.c.ship_to)
    .join(shipment, shipment.c.id == carrier_manifest_line.c.shipment_id)
    .where(carrier_manifest_line.c.manifest_id == bindparam("manifest", type_=Key))
    .order_by(carrier_manifest_line.c.position)
)
_LISTED: Final = select(carrier_manifest_line.c.id).where(carrier_manifest_line.c.shipment_id == shipment.c.id)
_WAITING: Final = Prepared(
    select(
        shipment.c.id,
        shipment.c.order_id,
        shipment.c.number,
        shipment.c.carrier,
        shipment.c.tracking_number,
        shipment.c.weight_g,
        package.c.id.label("package_id"),
        package.c.sscc,
        package.c.tracking_number.label("package_tracking"),
        package.c.weight_g.label("package_weight"),
    )
    .select_from(shipment.outerjoin(package, (package.c.shipment_id == shipment.c.id) & package.c.parent_id.is_(None)))
    .where(
        shipment.c.shipped_at >= bindparam("since", type_=shipment.c.shipped_at.type),
        shipment.c.shipped_at < bindparam("until", type_=shipment.c.shipped_at.type),
        shipment.c.state.in_([ShipmentState.SHIPPED, ShipmentState.DELIVERED]),
        shipment.c.kind == "own",  # a supplier's carrier has its own list
        ~_LISTED.exists(),
    )
    .order_by(shipment.c.shipped_at, shipment.c.id, package.c.position)
)
