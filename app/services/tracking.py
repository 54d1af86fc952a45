"""What happens to packages under way: events from the carrier or typed by hand, when they are expected, when they came.

An event is kept once, however often it is told.  A shipment has arrived when each of its packages has, or when somebody
says so of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.carrier import LabelState, label_purchase, tracking_event
from app.models.shipment import ShipmentState, package, shipment
from app.services import carriers, shipping
from app.services.carriers import Account
from app.services.integrations.carriers.port import NoAnswer, NotOffered, Refused, Status, Tracking, TrackingEvent
from app.services.label_buying import Buyer
from app.services.statements import Prepared
from app.services.transaction import Transaction

LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Underway:
    """A package that has left and has not arrived, and how its carrier is asked."""

    shipment_id: UUID
    package_id: UUID
    tracking_number: str
    account: Account


@dataclass(frozen=True, slots=True)
class Report:
    """What came of asking the carriers: new events kept, packages asked about, what went wrong by tracking number."""

    asked: int
    events: int
    troubles: dict[str, str]


def note(
    tx: Transaction,
    shipment_id: UUID,
    status: Status,
    text: str,
    *,
    happened_at: datetime | None = None,
    place: str = "",
    package_id: UUID | None = None,
) -> None:
    """Keep an event somebody typed, of one package or of the whole shipment.

    Raises:
        NotFound: the shipment does not exist.
        NotAllowed: it has not left yet.
        Invalid: the event lies in the future, or the package is not of this shipment.

    """
    event = TrackingEvent(status, happened_at or tx.at, text, place)
    if event.at > tx.at:
        raise Invalid("happened_at", "An event cannot lie in the future. Type when it happened.")
    _keep(tx, shipment_id, package_id, Tracking((event,)), "hand")


def keep(tx: Transaction, shipment_id: UUID, package_id: UUID, said: Tracking) -> int:
    """Keep what a carrier said of a package; return how many events are new.

    Raises:
        NotFound: the shipment does not exist.
        NotAllowed: it has not left yet.
        Invalid: the package is not of this shipment.

    """
    return _keep(tx, shipment_id, package_id, said, "carrier")


def expect(tx: Transaction, shipment_id: UUID, expected_on: date | None) -> None:
    """Keep the day a shipment is expected to arrive.

    Raises:
        NotFound: the shipment does not exist.

    """
    tx.lock(shipment, shipment_id, "Shipment")
    tx.update(shipment, shipment_id, expected_on=expected_on)


def of_shipment(connection: Connection, shipment_id: UUID) -> list[Any]:
    """Read the events of a shipment, newest first."""
    return _EVENTS.all(connection, shipment=shipment_id)[::-1]


def underway(connection: Connection, limit: int = 500) -> list[Underway]:
    """Read the packages that are under way with a label bought here from a carrier's system, longest first."""
    found, accounts = [], {}
    for row in connection.execute(_UNDERWAY.limit(limit)):
        if row.carrier_id not in accounts:
            accounts[row.carrier_id] = carriers.account(connection, row.carrier_id)
        found.append(Underway(row.shipment_id, row.package_id, row.tracking_number, accounts[row.carrier_id]))
    return found


def fetch(buyer: Buyer, packages: Sequence[Underway] | None = None) -> Report:
    """Ask the carriers what happened to packages under way (default: all), outside any transaction.

    A carrier that does not answer is asked again next time; the others are not held up by it.
    """
    wanted = list(packages) if packages is not None else buyer.database.read(underway)
    asked = events = 0
    troubles: dict[str, str] = {}
    for one in wanted:
        carrier = buyer.connect(one.account)
        if not carrier.can.tracking:
            continue
        asked += 1
        try:
            said = carrier.track(one.tracking_number)
        except (NoAnswer, NotOffered, Refused) as trouble:
            troubles[one.tracking_number] = str(trouble)
            continue
        events += _keep_command(buyer, one, said)
    return Report(asked, events, troubles)


def _keep_command(buyer: Buyer, one: Underway, said: Tracking) -> int:
    def op(tx: Transaction) -> int:
        return keep(tx, one.shipment_id, one.package_id, said)

    return buyer.database.run("shipment.track", op, by=buyer.by, at=buyer.clock()).value


def _keep(tx: Transaction, shipment_id: UUID, package_id: UUID | None, said: Tracking, source: str) -> int:
    head = tx.lock(shipment, shipment_id, "Shipment")
    if head.state not in {ShipmentState.SHIPPED, ShipmentState.DELIVERED}:
        raise NotAllowed(f"Shipment {head.number} is {head.state}; nothing can happen to it under way yet.")
    rows = _PACKAGES.all(tx.connection, shipment=shipment_id)
    parcels = {row.id: row.tracking_number for row in rows}
    if package_id is not None and package_id not in parcels:
        raise Invalid("package", f"This package is not of shipment {head.number}. Choose one of its packages.")
    number = parcels.get(package_id, head.tracking_number) if package_id else head.tracking_number
    known = {row.fingerprint for row in _EVENTS.all(tx.connection, shipment=shipment_id)}
    new: list[dict[str, Any]] = []
    for event in said.events:
        row = _row(tx, head.id, package_id, number, event, source)
        if row["fingerprint"] not in known:
            known.add(row["fingerprint"])
            new.append(row)
    tx.insert(tracking_event, *new)
    for row in new:
        facts = {name: row[name] for name in ("status", "text", "place") if row[name]}
        tx.record("shipment.tracked", head.order_id, shipment_id, number=head.number, tracking=number, **facts)
    if said.expected_on is not None and said.expected_on != head.expected_on:
        tx.update(shipment, shipment_id, expected_on=said.expected_on)
    if new and head.state == ShipmentState.SHIPPED:
        _arrive(tx, shipment_id, {row.id: row.parent_id for row in rows})
    return len(new)


def _arrive(tx: Transaction, shipment_id: UUID, parcels: dict[UUID, UUID | None]) -> None:
    """Note that the shipment has arrived once all of it has, at the time the last package did.

    ``parcels`` are its packages with the pallet each stands on; a pallet arrives with all that is on it.
    """
    arrived: dict[UUID | None, datetime] = {}
    for row in _EVENTS.all(tx.connection, shipment=shipment_id):
        if row.status == Status.DELIVERED:
            arrived.setdefault(row.package_id, row.happened_at)
    whole = arrived.get(None)
    floor = [one for one, pallet in parcels.items() if pallet is None]
    for one in floor:
        on_it = [parcel for parcel, pallet in parcels.items() if pallet == one]
        if one not in arrived and on_it and all(parcel in arrived for parcel in on_it):
            arrived[one] = max(arrived[parcel] for parcel in on_it)
    times = [arrived[one] for one in floor if one in arrived]
    if whole is not None:
        shipping.deliver(tx, shipment_id, whole)
    elif floor and len(times) == len(floor):
        shipping.deliver(tx, shipment_id, max(times))


def _row(
    tx: Transaction, shipment_id: UUID, package_id: UUID | None, number: str, event: TrackingEvent, source: str
) -> dict[str, Any]:
    text, place = event.text.strip()[:LONGEST], event.place.strip()[:120]
    parts = (shipment_id.hex, package_id.hex if package_id else "", event.status, _moment(event.at), text, place)
    return {
        "id": new_id(),
        "command_id": tx.key,
        "shipment_id": shipment_id,
        "package_id": package_id,
        "tracking_number": number,
        "status": str(event.status),
        "text": text,
        "place": place,
        "happened_at": event.at,
        "source": source,
        "fingerprint": sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest(),
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


_EVENTS: Final = Prepared(
    select(tracking_event)
    .where(tracking_event.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(tracking_event.c.happened_at, tracking_event.c.id)
)
_PACKAGES: Final = Prepared(
    select(package.c.id, package.c.tracking_number, package.c.parent_id)
    .where(package.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(package.c.position)
)
_UNDERWAY: Final = (
    select(
        label_purchase.c.shipment_id,
        label_purchase.c.package_id,
        label_purchase.c.tracking_number,
        label_purchase.c.carrier_id,
    )
    .join(shipment, shipment.c.id == label_purchase.c.shipment_id)
    .where(
        shipment.c.state == ShipmentState.SHIPPED,
        label_purchase.c.state == LabelState.DONE,
        label_purchase.c.connector.not_in(carriers.CONNECTORS),  # these have no system that could be asked
    )
    .order_by(shipment.c.id, label_purchase.c.id)
)
