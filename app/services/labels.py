"""The labels of packages in the books: planned, bought, taken back.  One package has one label and one number, once.

These functions only write; asking the carrier is :mod:`app.services.label_buying`, which runs outside transactions.
A purchase is one row with a key of its own, made from the package's id.  While its state is *sent* or *unknown* nobody
knows whether the carrier has sold it, and no other purchase for that package can be made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.carrier import AT_CARRIER, LABEL_NEXT, LabelState, label_purchase
from app.models.order import sales_order
from app.models.shipment import ShipmentState, package, shipment
from app.services import carriers, companies
from app.services.companies import Company
from app.services.integrations.carriers.port import Label, LabelRequest, Place
from app.services.parties import Address
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Sending:
    """A purchase as it goes to the carrier."""

    purchase_id: UUID
    connector: str
    carrier_id: UUID
    request: LabelRequest


def plan(tx: Transaction, shipment_id: UUID, carrier_id: UUID, service_code: str) -> list[UUID]:
    """Plan a label for each package of a packed shipment that has none; return the ids of all that are not bought yet.

    What stands on a pallet goes by the pallet's label, unless the service wants labels inside as well.

    Raises:
        NotFound: shipment or carrier does not exist.
        Invalid: the carrier has no such service.
        NotAllowed: the shipment is not packed, or has labels of another carrier or service.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    if head.state != ShipmentState.PACKED:
        raise NotAllowed(f"Shipment {head.number} is {head.state}. Labels are made for packed shipments.")
    account = carriers.account(tx.connection, carrier_id)
    service = _service(tx.connection, carrier_id, service_code)
    live: dict[UUID, Any] = {}
    attempts: dict[UUID, int] = {}
    for row in _OF_SHIPMENT.all(tx.connection, shipment=shipment_id):
        attempts[row.package_id] = max(row.attempt, attempts.get(row.package_id, 0))
        if row.state != LabelState.VOID:
            live[row.package_id] = row
    other = [row for row in live.values() if (row.carrier_id, row.service_code) != (carrier_id, service_code)]
    taken = [row for row in other if LabelState(row.state) in AT_CARRIER]
    if taken:
        raise NotAllowed(f"{head.number} has a label of {taken[0].carrier} {taken[0].service}. Void it first.")
    for row in other:
        _move(tx, row, LabelState.VOID)
        del live[row.package_id]
    parcels = _PACKAGES.all(tx.connection, shipment=shipment_id)
    if not service.label_inside:
        parcels = [one for one in parcels if one.parent_id is None]
    new = [_row(tx, head, one, account, service, attempts.get(one.id, 0) + 1) for one in parcels if one.id not in live]
    tx.insert(label_purchase, *new)
    tx.update(shipment, shipment_id, carrier=account.carrier, service=service.name)
    waiting = [row.id for row in live.values() if row.state != LabelState.DONE]
    return [*waiting, *(row["id"] for row in new)]


def send(tx: Transaction, purchase_id: UUID) -> Sending:
    """Note that a planned purchase goes to the carrier now; from here on it may have been sold.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: it was sent, bought or given up already.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    _move(tx, row, LabelState.SENT, sent_at=tx.at, trouble="")
    return _sending(row)


def lose(tx: Transaction, purchase_id: UUID, trouble: str) -> None:
    """Note that no answer came for a purchase: nobody knows whether it was made.

    Raises:
        NotFound: there is no such purchase.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    if row.state == LabelState.UNKNOWN:
        tx.update(label_purchase, purchase_id, trouble=trouble)
    elif row.state == LabelState.SENT:
        _move(tx, row, LabelState.UNKNOWN, trouble=trouble)
        _record(tx, row, "label.lost", reason=trouble)


def finish(tx: Transaction, purchase_id: UUID, label: Label) -> str:
    """Keep the label the carrier sold, and return its tracking number; the same answer twice changes nothing.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: another label is kept for the package already.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    if row.state == LabelState.DONE and row.tracking_number == label.tracking_number:
        return label.tracking_number
    if row.state in {LabelState.DONE, LabelState.VOID, LabelState.VOIDING}:
        raise NotAllowed(
            f"The package has label {row.tracking_number or 'given up'} already, and {row.carrier} answered with "
            f"{label.tracking_number}. Ask {row.carrier} to cancel {label.tracking_number}."
        )
    other = _OTHER.first(tx.connection, number=label.tracking_number, package=row.package_id)
    if not label.tracking_number or other is not None:
        said = f"{row.carrier} gave the number “{label.tracking_number}”, which another package has."
        tx.update(label_purchase, purchase_id, trouble=said, state=str(LabelState.UNKNOWN))
        return ""
    tx.update(
        label_purchase,
        purchase_id,
        state=str(LabelState.DONE),
        tracking_number=label.tracking_number,
        carrier_reference=label.reference,
        cost=label.cost,
        currency=label.currency,
        label_format=label.format,
        label=label.data or None,
        trouble="",
        answered_at=tx.at,
    )
    tx.update(package, row.package_id, tracking_number=label.tracking_number)
    values: dict[str, Any] = {"expected_on": label.expected_on} if label.expected_on else {}
    head = tx.lock(shipment, row.shipment_id, "Shipment")
    if not head.tracking_number:
        values["tracking_number"] = label.tracking_number
    if values:
        tx.update(shipment, row.shipment_id, **values)
    facts = {"cost": label.cost, "currency": label.currency} if label.cost is not None else {}
    _record(tx, row, "label.bought", carrier=row.carrier, tracking=label.tracking_number, **facts)
    return label.tracking_number


def refuse(tx: Transaction, purchase_id: UUID, reason: str) -> None:
    """Note that the carrier said no, in its words; nothing was bought and it may be tried again.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: it was not sent.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    _move(tx, row, LabelState.REFUSED, trouble=reason, answered_at=tx.at)
    _record(tx, row, "label.refused", carrier=row.carrier, reason=reason)


def declare_unbought(tx: Transaction, purchase_id: UUID) -> None:
    """Note that the carrier certainly did not sell a label whose answer was lost: it may be sent again.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: its answer is not lost.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    _move(tx, row, LabelState.PLANNED, trouble="")


def type_number(tx: Transaction, purchase_id: UUID, tracking_number: str) -> str:
    """Keep a tracking number that a person read off a label bought elsewhere, or found at the carrier.

    Raises:
        NotFound: there is no such purchase.
        Invalid: the number is empty, or another package has it.
        NotAllowed: the package has a label already.

    """
    number = tracking_number.strip()
    row = tx.lock(label_purchase, purchase_id, "Label")
    if not number:
        raise Invalid("tracking_number", "Type the tracking number.")
    if _OTHER.first(tx.connection, number=number, package=row.package_id) is not None:
        raise Invalid("tracking_number", f"Another package has the number {number}. Type the one of this package.")
    return finish(tx, purchase_id, Label(number))


def begin_void(tx: Transaction, purchase_id: UUID) -> Sending:
    """Note that the carrier is asked to take a label back.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: there is no label to void, or its package has left.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    head = tx.lock(shipment, row.shipment_id, "Shipment")
    if head.state in {ShipmentState.SHIPPED, ShipmentState.DELIVERED}:
        raise NotAllowed(f"Shipment {head.number} has left. Its labels are used and cannot be voided.")
    if row.state != LabelState.VOIDING:
        _move(tx, row, LabelState.VOIDING)
    return _sending(row)


def end_void(tx: Transaction, purchase_id: UUID) -> None:
    """Note that a label is void: its package may have another one.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: nobody asked for it.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    _move(tx, row, LabelState.VOID, answered_at=tx.at, trouble="")
    if _EXISTS.first(tx.connection, package=row.package_id):
        tx.update(package, row.package_id, tracking_number="")
    head = tx.lock(shipment, row.shipment_id, "Shipment")
    if head.tracking_number == row.tracking_number:
        left = [one.tracking_number for one in _PACKAGES.all(tx.connection, shipment=head.id) if one.tracking_number]
        tx.update(shipment, head.id, tracking_number=left[0] if left else "")
    _record(tx, row, "label.voided", carrier=row.carrier, tracking=row.tracking_number)


def keep_after_all(tx: Transaction, purchase_id: UUID, reason: str) -> None:
    """Note that the carrier did not take a label back: it is still good.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: nobody asked to void it.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    _move(tx, row, LabelState.DONE, trouble=reason)


def give_up(tx: Transaction, shipment_id: UUID, number: str) -> None:
    """Drop the planned labels of a shipment that is unpacked.

    Raises:
        NotAllowed: a label is bought, or may be: it has to be voided first.

    """
    rows = _OF_SHIPMENT.all(tx.connection, shipment=shipment_id)
    taken = [row for row in rows if LabelState(row.state) in AT_CARRIER]
    if taken:
        raise NotAllowed(
            f"{number} has a label of {taken[0].carrier} {taken[0].tracking_number}".rstrip()
            + ". Void it first, then unpack."
        )
    for row in rows:
        if row.state != LabelState.VOID:
            _move(tx, row, LabelState.VOID)


def reprint(tx: Transaction, purchase_id: UUID) -> str:
    """Note that a bought label is printed once more, and return its tracking number; it is read with :func:`get`.

    Raises:
        NotFound: there is no such purchase.
        NotAllowed: it is not bought, or void.

    """
    row = tx.lock(label_purchase, purchase_id, "Label")
    if row.state != LabelState.DONE:
        raise NotAllowed(f"There is no label to print: its purchase is {row.state}.")
    _record(tx, row, "label.reprinted", tracking=row.tracking_number)
    number: str = row.tracking_number
    return number


# reading -------------------------------------------------------------------------------------------------


def get(connection: Connection, purchase_id: UUID) -> Any:
    """Read one purchase.

    Raises:
        NotFound: there is no such purchase.

    """
    row = _ONE.first(connection, purchase=purchase_id)
    if row is None:
        raise NotFound("Label", purchase_id)
    return row


def of_shipment(connection: Connection, shipment_id: UUID) -> list[Any]:
    """Read all purchases for a shipment's packages, void ones too, oldest first."""
    return _OF_SHIPMENT.all(connection, shipment=shipment_id)


def unsettled(connection: Connection) -> list[Any]:
    """Read the purchases whose answer is lost or still out, oldest first: the carrier has to be asked."""
    return _UNSETTLED.all(connection)


def sending(row: Any) -> Sending:
    """Give a stored purchase as it went to the carrier."""
    return _sending(row)


# inner ---------------------------------------------------------------------------------------------------


def _service(connection: Connection, carrier_id: UUID, code: str) -> Any:
    for row in carriers.services(connection):
        if row.carrier_id == carrier_id and row.code == code:
            return row
    raise Invalid("service", f"The carrier has no service {code}. Choose another one, or add it in the settings.")


def _row(
    tx: Transaction, head: Any, parcel: Any, account: carriers.Account, service: Any, attempt: int
) -> dict[str, Any]:
    key = parcel.id.hex if attempt == 1 else f"{parcel.id.hex}-{attempt}"
    request = _request(tx.connection, head, parcel, key, service.code)
    return {
        "id": new_id(),
        "order_id": head.order_id,
        "shipment_id": head.id,
        "package_id": parcel.id,
        "attempt": attempt,
        "purchase_key": key,
        "state": str(LabelState.PLANNED),
        "carrier_id": account.carrier_id,
        "connector": account.connector,
        "carrier": account.carrier,
        "service_code": service.code,
        "service": service.name,
        "request": request.to_json(),
        "tracking_number": "",
        "carrier_reference": "",
        "cost": None,
        "currency": "",
        "label_format": "",
        "label": None,
        "trouble": "",
        "sent_at": None,
        "answered_at": None,
    }


def _request(connection: Connection, head: Any, parcel: Any, key: str, service_code: str) -> LabelRequest:
    order = _ORDER.first(connection, order=head.order_id)
    to = Address.from_json(head.ship_to)
    return LabelRequest(
        key=key,
        service=service_code,
        ship_from=_sender(companies.get(connection)),
        ship_to=Place(
            to.name or head.customer_name,
            tuple(line for line in to.street.split("\n") if line),
            to.postal_code,
            to.city,
            to.region,
            to.country,
        ),
        weight_g=parcel.weight_g,
        length_mm=parcel.length_mm,
        width_mm=parcel.width_mm,
        height_mm=parcel.height_mm,
        sscc=parcel.sscc,
        order_number=head.order_number,
        po_number=order.customer_po,
    )


def _sender(ours: Company) -> Place:
    street = tuple(line for line in ours.street.split("\n") if line)
    return Place(ours.name, street, ours.postal_code, ours.city, "", ours.country, "", ours.phone, ours.email)


def _sending(row: Any) -> Sending:
    return Sending(row.id, row.connector, row.carrier_id, LabelRequest.from_json(row.request))


def _move(tx: Transaction, row: Any, wanted: LabelState, **values: Any) -> None:
    if wanted not in LABEL_NEXT[LabelState(row.state)]:
        raise NotAllowed(f"The label of {row.carrier} {row.service} is {row.state}; it cannot become {wanted}.")
    tx.update(label_purchase, row.id, state=str(wanted), **values)


def _record(tx: Transaction, row: Any, name: str, **facts: Any) -> None:
    tx.record(name, row.order_id, row.shipment_id, **facts)


_ONE: Final = Prepared(select(label_purchase).where(label_purchase.c.id == bindparam("purchase", type_=Key)))
_OF_SHIPMENT: Final = Prepared(
    select(label_purchase)
    .where(label_purchase.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(label_purchase.c.id)
)
_UNSETTLED: Final = Prepared(
    select(label_purchase)
    .where(label_purchase.c.state.in_([LabelState.SENT, LabelState.UNKNOWN, LabelState.VOIDING]))
    .order_by(label_purchase.c.id)
)
_PACKAGES: Final = Prepared(
    select(package).where(package.c.shipment_id == bindparam("shipment", type_=Key)).order_by(package.c.position)
)
_EXISTS: Final = Prepared(select(package.c.id).where(package.c.id == bindparam("package", type_=Key)))
_OTHER: Final = Prepared(
    select(package.c.id).where(
        package.c.tracking_number == bindparam("number"), package.c.id != bindparam("package", type_=Key)
    )
)
_ORDER: Final = Prepared(select(sales_order.c.customer_po).where(sales_order.c.id == bindparam("order", type_=Key)))
