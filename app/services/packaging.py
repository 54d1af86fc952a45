"""The packages of a shipment: parcels, and pallets that parcels stand on, each with its own SSCC.

A parcel stands on the floor or on a pallet; a pallet stands on the floor.  What stands on the floor is handed to the
carrier one by one: these are numbered first, and a shipment counts and weighs them.  What a pallet weighs is what is
on it and what it weighs itself, always.  Quantities are grains, weights grams, sizes millimetres.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from stdnum.ean import calc_check_digit

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.shipment import PALLET, PARCEL, carton, package, package_line
from app.services import companies, dispatch_check, labels, lots
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewPackage:
    """One package: grains by order line, weight in grams with all that is in it, outer size (0 = not measured).

    ``lots`` says of which lots the contents of a line are (grains by lot); else they are as they were picked.
    ``on`` is the place in the list of the pallet it stands on.  A pallet of weight 0 weighs what stands on it and what
    its kind (``carton_id``) weighs empty.
    """

    contents: Mapping[UUID, int]
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    lots: Mapping[UUID, Mapping[UUID, int]] = field(default_factory=dict, kw_only=True)
    carton_id: UUID | None = field(default=None, kw_only=True)
    kind: str = field(default=PARCEL, kw_only=True)
    on: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Stored:
    """Packages as they were written: their ids in the order given, and what is handed to the carrier."""

    ids: list[UUID]
    handed_over: int
    weight_g: int


def contents(packages: Sequence[NewPackage]) -> dict[UUID, int]:
    """Add up what packages hold, by order line.

    Raises:
        Invalid: one holds less than nothing, stands on something that is no pallet on the floor, or is a pallet with
            nothing on it.

    """
    packed: dict[UUID, int] = {}
    for n, one in enumerate(packages):
        _refuse_tower(one, packages)
        if one.kind == PALLET and not any(one.contents.values()) and not any(other.on == n for other in packages):
            raise Invalid("on", "Nothing stands on the pallet. Put something on it, or take it away.")
        for line_id, quantity in one.contents.items():
            if quantity < 0:
                raise Invalid("quantity", "A package cannot hold less than nothing.")
            packed[line_id] = packed.get(line_id, 0) + quantity
    return {line_id: quantity for line_id, quantity in packed.items() if quantity}


def store(tx: Transaction, shipment_id: UUID, packages: Sequence[NewPackage], pools: lots.Pool) -> Stored:
    """Write the packages of a shipment; ``pools`` are the lots their contents are drawn from, and is used up.

    Raises:
        Invalid: a pallet is said to weigh less than what stands on it.
        NotAllowed: less of a lot was picked, or every SSCC has been given.

    """
    ids = [new_id() for _ in packages]
    weights = [one.weight_g for one in packages]
    own = _weigh_pallets(tx, packages, weights)
    positions = _positions(packages)
    nested = any(one.on is not None or one.carton_id or one.kind != PARCEL for one in packages)
    rows: list[dict[str, Any]] = []
    inside: list[dict[str, Any]] = []
    for n, one in enumerate(packages):
        row: dict[str, Any] = {
            "id": ids[n],
            "shipment_id": shipment_id,
            "position": positions[n],
            "sscc": next_sscc(tx, ids[n]),
            "weight_g": weights[n],
            "length_mm": one.length_mm,
            "width_mm": one.width_mm,
            "height_mm": one.height_mm,
            "tracking_number": "",
        }
        if nested:
            parent = ids[one.on] if one.on is not None else None
            row.update(parent_id=parent, carton_id=one.carton_id, kind=one.kind, own_g=own.get(n, 0))
        rows.append(row)
        inside += [
            {"id": new_id(), "package_id": ids[n], "order_line_id": line_id, "quantity": part, "lot_id": lot_id}
            for line_id, quantity in one.contents.items()
            for lot_id, part in lots.draw(pools, line_id, quantity, one.lots.get(line_id))
            if part
        ]
    if nested:
        rows.sort(key=lambda row: row["position"])  # pallets are there before what stands on them
    tx.insert(package, *rows)
    tx.insert(package_line, *inside)
    floor = [weight for weight, one in zip(weights, packages, strict=True) if one.on is None]
    return Stored(ids, len(floor), sum(floor))


def void(tx: Transaction, head: Any) -> None:
    """Remove the packages of a shipment and our own labels for them.

    Raises:
        NotAllowed: labels were bought from a carrier, which are voided there first.

    """
    labels.give_up(tx, head.id, head.number)
    dispatch_check.drop(tx, head.id)
    rows = tx.execute(select(package.c.id, package.c.parent_id).where(package.c.shipment_id == head.id)).all()
    ids = [row.id for row in sorted(rows, key=lambda row: row.parent_id is None)]  # pallets last
    inside = tx.execute(select(package_line.c.id).where(package_line.c.package_id.in_(ids))).scalars().all()
    tx.delete(package_line, inside)
    tx.delete(package, ids)


def next_sscc(tx: Transaction, package_id: UUID) -> str:
    """Give the next serial shipping container code (GS1 General Specifications: 18 digits, the last a check digit).

    Built from the company's GS1 prefix; a company without one uses 0000000, for use inside the house.

    Raises:
        NotAllowed: every number of the prefix has been given.

    """
    prefix = companies.gs1_prefix(tx.connection) or "0000000"
    serial = str(tx.count_up("SSCC", package_id)).zfill(16 - len(prefix))
    if len(serial) + len(prefix) > 16:
        raise NotAllowed("All SSCC numbers of this GS1 prefix are used. Ask GS1 for another prefix.")
    body = f"0{prefix}{serial}"
    return body + calc_check_digit(body)


def store_tracking(tx: Transaction, shipment_id: UUID, number: str, each: Sequence[str]) -> None:
    """Give what is handed to the carrier its numbers, ``each`` one of its own or all the same.

    What has its own label keeps the number on it.

    Raises:
        Invalid: the numbers are not one for each.

    """
    rows = _ON_THE_FLOOR.all(tx.connection, shipment=shipment_id)
    given = each or (number,) * len(rows)
    if rows and len(given) != len(rows):
        raise Invalid("tracking_number", f"There are {len(rows)} packages: type one tracking number for each.")
    numbers = [(row.id, n) for row, n in zip(rows, given, strict=False) if n and not row.tracking_number]
    tx.update_rows(package, [(row_id, {"tracking_number": n}) for row_id, n in numbers])


def _refuse_tower(one: NewPackage, packages: Sequence[NewPackage]) -> None:
    if one.on is None:
        return
    under = packages[one.on] if 0 <= one.on < len(packages) else None
    if under is None or under.kind != PALLET or under.on is not None or one.kind == PALLET:
        raise Invalid("on", "Packages stand on the floor, or on a pallet that does. Take this one off first.")


def _positions(packages: Sequence[NewPackage]) -> list[int]:
    """Number what stands on the floor first, then what stands on pallets, pallet by pallet."""
    order = sorted(range(len(packages)), key=lambda n: (packages[n].on is not None, packages[n].on or 0, n))
    places = {n: place for place, n in enumerate(order, 1)}
    return [places[n] for n in range(len(packages))]


def _weigh_pallets(tx: Transaction, packages: Sequence[NewPackage], weights: list[int]) -> dict[int, int]:
    """Complete the weights of pallets; return what each weighs without the packages on it."""
    own: dict[int, int] = {}
    for n, one in enumerate(packages):
        if one.kind != PALLET:
            continue
        on_it = sum(other.weight_g for other in packages if other.on == n)
        if not one.weight_g:
            kind = tx.lock(carton, one.carton_id, "Pallet") if one.carton_id else None
            weights[n] = on_it + (kind.tare_g if kind else 0)
        elif one.weight_g < on_it:
            raise Invalid("weight_g", "A pallet weighs at least what stands on it. Weigh it again.")
        own[n] = weights[n] - on_it
    return own


_ON_THE_FLOOR: Final = Prepared(
    select(package.c.id, package.c.tracking_number)
    .where(package.c.shipment_id == bindparam("shipment", type_=Key), package.c.parent_id.is_(None))
    .order_by(package.c.position)
)
