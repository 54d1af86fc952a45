"""The check before packages leave: each scanned at the door, its weight what its contents weigh, a photo if wanted.

The company says whether a check that is left out is no matter, is noted on the order, or keeps the shipment here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.order import sales_order_line
from app.models.product import product
from app.models.shipment import PALLET, ShipmentState, carton, package, package_check, package_line, shipment
from app.services import companies, scanning
from app.services.statements import Prepared
from app.services.transaction import Transaction

OFF, WARN, BLOCK = "off", "warn", "block"
LARGEST_PHOTO: Final = 1_000_000
"""Bytes of a photo; a telephone's picture made small."""
PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Checked:
    """A package and how far its check is; weights in grams, ``expected_g`` None where it cannot be known."""

    package_id: UUID
    position: int
    sscc: str
    tracking_number: str
    is_scanned: bool
    expected_g: int | None
    weighed_g: int | None
    has_photo: bool


def scan(tx: Transaction, shipment_id: UUID, code: str) -> int:
    """Note that a package was scanned at the door; return how many are still to be scanned.

    Raises:
        NotFound: the shipment does not exist.
        NotAllowed: it is not packed, or the code belongs to none of its packages.
        Invalid: the code is damaged.

    """
    head = _packed(tx, shipment_id)
    said = scanning.read(code)
    rows = checks(tx.connection, shipment_id)
    for inner in _INSIDE.all(tx.connection, shipment=shipment_id):
        if inner.sscc in {said.sscc, said.code}:
            raise NotAllowed(f"This stands on pallet {inner.pallet}. Scan the label of the pallet; nothing was noted.")
    found = [row for row in rows if said.sscc == row.sscc or said.code in {row.sscc, row.tracking_number}]
    if not found:
        raise NotAllowed(f"This is no package of {head.number}. Put it back where it belongs; nothing was noted.")
    if len(found) > 1:
        raise NotAllowed(f"Several packages of {head.number} bear this number. Scan the SSCC.")
    if not found[0].is_scanned:
        _note(tx, head.id, found[0], scanned_at=tx.at, scanned_by=tx.by)
    return sum(not row.is_scanned for row in rows if row is not found[0])


def weigh(tx: Transaction, package_id: UUID, weight_g: int) -> str:
    """Keep what a package weighs on the scales; return in words what is wrong with it, empty when nothing is.

    Raises:
        NotFound: the package does not exist.
        NotAllowed: its shipment is not packed.
        Invalid: the weight is not more than zero, or less than that of the packages on a pallet.

    """
    if weight_g <= 0:
        raise Invalid("weight_g", "A package weighs more than nothing.")
    row, checked = _package(tx, package_id)
    _note(tx, row.shipment_id, checked, weighed_g=weight_g)
    _weighed(tx, row, weight_g)
    weights = [one.weight_g for one in _PACKAGES.all(tx.connection, shipment=row.shipment_id)]
    tx.update(shipment, row.shipment_id, weight_g=sum(weights))
    tolerance = companies.get(tx.connection).weight_tolerance
    return _weight_trouble(checked.position, weight_g, checked.expected_g, tolerance)


def photograph(tx: Transaction, package_id: UUID, picture: bytes) -> None:
    """Keep a photo of a package.

    Raises:
        NotFound: the package does not exist.
        NotAllowed: its shipment is not packed.
        Invalid: it is no PNG or JPEG, or too large.

    """
    if not picture.startswith(PICTURES):
        raise Invalid("photo", "The photo must be a PNG or JPEG picture.")
    if len(picture) > LARGEST_PHOTO:
        raise Invalid("photo", "The photo is too large. Make it smaller than 1 MB.")
    row, checked = _package(tx, package_id)
    _note(tx, row.shipment_id, checked, photo=picture)


def checks(connection: Connection, shipment_id: UUID) -> list[Checked]:
    """Read how far the check of each package is; what stands on a pallet is checked with the pallet."""
    expected = _expected(connection, shipment_id)
    return [
        Checked(
            row.id,
            row.position,
            row.sscc,
            row.tracking_number,
            row.scanned_at is not None,
            expected.get(row.id),
            row.weighed_g,
            bool(row.has_photo),
        )
        for row in _PACKAGES.all(connection, shipment=shipment_id)
    ]


def open_points(connection: Connection, shipment_id: UUID) -> list[str]:
    """Say what the check has left open or found wrong, package by package."""
    tolerance = companies.get(connection).weight_tolerance
    points = []
    for row in checks(connection, shipment_id):
        if not row.is_scanned:
            points.append(f"Package {row.position} was not scanned.")
        if tolerance is not None and row.expected_g is not None:
            if row.weighed_g is None:
                points.append(f"Package {row.position} was not weighed.")
            elif trouble := _weight_trouble(row.position, row.weighed_g, row.expected_g, tolerance):
                points.append(trouble)
    return points


def allow(tx: Transaction, head: Any) -> None:
    """Let a packed shipment leave, note what its check left open, or keep it here, as the company says.

    Raises:
        NotAllowed: the company wants every check done, and something is open.

    """
    rule = companies.get(tx.connection).dispatch_check
    points = open_points(tx.connection, head.id) if rule != OFF else []
    if not points:
        return
    if rule == BLOCK:
        raise NotAllowed(f"{head.number} stays here: {' '.join(points)} Check it, then ship.")
    tx.record("shipment.unchecked", head.order_id, head.id, number=head.number, points=" ".join(points))


def drop(tx: Transaction, shipment_id: UUID) -> None:
    """Forget the checks of a shipment whose packages are opened."""
    tx.delete(
        package_check, [row.check_id for row in _PACKAGES.all(tx.connection, shipment=shipment_id) if row.check_id]
    )


def photo(connection: Connection, package_id: UUID) -> bytes | None:
    """Read the photo of a package; None where there is none."""
    found: bytes | None = _PHOTO.value(connection, package=package_id)
    return found


def _packed(tx: Transaction, shipment_id: UUID) -> Any:
    head = tx.lock(shipment, shipment_id, "Shipment")
    if head.state != ShipmentState.PACKED:
        raise NotAllowed(f"Shipment {head.number} is {head.state}. Packages are checked once they are packed.")
    return head


def _package(tx: Transaction, package_id: UUID) -> tuple[Any, Checked]:
    row = tx.lock(package, package_id, "Package")
    _packed(tx, row.shipment_id)
    for checked in checks(tx.connection, row.shipment_id):
        if checked.package_id == package_id:
            return row, checked
    raise NotFound("Package", package_id)


def _weighed(tx: Transaction, row: Any, weight_g: int) -> None:
    """Keep what a package weighs; of a pallet also what is left of that without the packages on it."""
    if row.kind != PALLET:
        tx.update(package, row.id, weight_g=weight_g)
        return
    on_it = sum(one.weight_g for one in _INSIDE.all(tx.connection, shipment=row.shipment_id) if one.parent_id == row.id)
    if weight_g < on_it:
        raise Invalid("weight_g", f"A pallet weighs at least what stands on it, {_kilograms(on_it)}. Weigh it again.")
    tx.update(package, row.id, weight_g=weight_g, own_g=weight_g - on_it)


def _note(tx: Transaction, shipment_id: UUID, checked: Checked, **values: Any) -> None:
    known = _CHECK.first(tx.connection, package=checked.package_id)
    values = {"expected_g": checked.expected_g, **values}
    if known:
        tx.update(package_check, known.id, **values)
        return
    empty = {"weighed_g": None, "scanned_at": None, "scanned_by": "", "photo": None}
    ids = {"id": new_id(), "shipment_id": shipment_id, "package_id": checked.package_id}
    tx.insert(package_check, {**ids, **empty, **values})


def _expected(connection: Connection, shipment_id: UUID) -> dict[UUID, int]:
    """Add up what the packages' contents and cartons weigh, where every product's weight is known."""
    exact: dict[UUID, Fraction] = {}
    counted, unknown = set(), set()
    for row in _CONTENTS.all(connection, shipment=shipment_id):
        outer = row.parent_id or row.package_id
        if row.package_id not in counted:
            counted.add(row.package_id)
            exact[outer] = exact.get(outer, Fraction(0)) + (row.tare_g or 0)
        if row.quantity is None:
            continue  # a pallet with nothing loose on it
        if row.weight_g is None:
            unknown.add(outer)
            continue
        exact[outer] += Fraction(row.quantity, row.grain) * row.weight_g
    return {package_id: ceil(weight) for package_id, weight in exact.items() if package_id not in unknown}


def _weight_trouble(position: int, weighed_g: int, expected_g: int | None, tolerance: Decimal | None) -> str:
    if expected_g is None or tolerance is None:
        return ""
    if abs(weighed_g - expected_g) <= Fraction(tolerance) * expected_g:
        return ""
    return f"Package {position} weighs {_kilograms(weighed_g)}, what is in it {_kilograms(expected_g)}."


def _kilograms(grams: int) -> str:
    return f"{(Decimal(grams) / 1000).normalize():f} kg"


_CHECK: Final = Prepared(
    select(package_check.c.id).where(package_check.c.package_id == bindparam("package", type_=Key))
)
_PHOTO: Final = Prepared(
    select(package_check.c.photo).where(package_check.c.package_id == bindparam("package", type_=Key))
)
_PACKAGES: Final = Prepared(
    select(
        package.c.id,
        package.c.position,
        package.c.sscc,
        package.c.tracking_number,
        package.c.weight_g,
        package_check.c.id.label("check_id"),
        package_check.c.scanned_at,
        package_check.c.weighed_g,
        package_check.c.photo.is_not(None).label("has_photo"),
    )
    .select_from(package.outerjoin(package_check, package_check.c.package_id == package.c.id))
    .where(package.c.shipment_id == bindparam("shipment", type_=Key), package.c.parent_id.is_(None))
    .order_by(package.c.position)
)
_PALLET: Final = package.alias("pallet")
_INSIDE: Final = Prepared(
    select(package.c.sscc, package.c.weight_g, package.c.parent_id, _PALLET.c.position.label("pallet"))
    .join(_PALLET, _PALLET.c.id == package.c.parent_id)
    .where(package.c.shipment_id == bindparam("shipment", type_=Key))
)
_CONTENTS: Final = Prepared(
    select(
        package.c.id.label("package_id"),
        package.c.parent_id,
        package_line.c.quantity,
        product.c.grain,
        product.c.weight_g,
        carton.c.tare_g,
    )
    .select_from(
        package.outerjoin(package_line, package_line.c.package_id == package.c.id)
        .outerjoin(sales_order_line, sales_order_line.c.id == package_line.c.order_line_id)
        .outerjoin(product, product.c.id == sales_order_line.c.product_id)
        .outerjoin(carton, carton.c.id == package.c.carton_id)
    )
    .where(package.c.shipment_id == bindparam("shipment", type_=Key))
)
