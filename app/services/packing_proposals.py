"""Cartons proposed for a shipment, from the sizes and weights of its goods; and those cartons on pallets.

Sizes are millimetres, weights grams, quantities grains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound
from app.models import cartons
from app.models.base import AMOUNT, Key, new_id
from app.models.cartons import Box, Packed, Piece
from app.models.product import product
from app.models.shipment import PALLET, PARCEL, carton, shipment, shipment_line
from app.services.packaging import NewPackage
from app.services.statements import Prepared
from app.services.transaction import Transaction

MOST_PIECES: Final = 400
"""Pieces of one shipment that are placed one by one; the rest is left to the packer."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Packages to pack a shipment in, the carton of each (empty: none), and goods whose size nobody knows.

    ``pallets`` names for each pallet the packages that stand on it, by their place in ``packages``; ``stands`` are
    the pallets themselves.
    """

    packages: tuple[NewPackage, ...]
    cartons: tuple[str, ...]
    unknown: tuple[str, ...]
    pallets: tuple[tuple[int, ...], ...] = ()
    stands: tuple[NewPackage, ...] = ()

    def stacked(self) -> list[NewPackage]:
        """Give all packages, those on pallets standing on them: as :func:`app.services.shipping.pack` takes them."""
        first = len(self.packages)
        on = {n: first + pallet for pallet, places in enumerate(self.pallets) for n in places}
        return [*(replace(one, on=on.get(n)) for n, one in enumerate(self.packages)), *self.stands]


@dataclass(frozen=True, slots=True)
class _Goods:
    """A line of the shipment: what is to be packed of it, and the measures of its product, None where not known."""

    order_line_id: UUID
    planned: int
    sku: str
    grain: int
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None


def add_carton(tx: Transaction, code: str, name: str, box: Box, *, kind: str = "parcel") -> UUID:
    """Add a kind of carton (or ``kind`` pallet); ``box`` has its inside, its own weight, the most it may weigh, cost.

    Raises:
        Invalid: the code is empty or taken, a size is not above zero, or it may weigh less than it does empty.

    """
    if not code.strip() or tx.execute(select(carton.c.id).where(carton.c.code == code)).first():
        raise Invalid("code", "A carton needs a code of its own, e.g. M3.")
    _refuse_box(box)
    carton_id = new_id()
    length, width, height = box.size
    tx.insert(
        carton,
        {
            "id": carton_id,
            "code": code,
            "name": name,
            "kind": kind,
            "length_mm": length,
            "width_mm": width,
            "height_mm": height,
            "tare_g": box.tare_g,
            "most_g": box.most_g,
            "cost": Decimal(box.cost).scaleb(-AMOUNT),
            "active": True,
        },
    )
    tx.record("carton.added", carton_id, code=code)
    return carton_id


def change_carton(tx: Transaction, carton_id: UUID, name: str, box: Box, *, active: bool = True) -> None:
    """Change a kind of carton or pallet, or take it out of use; packages that were packed stay as they are.

    Raises:
        NotFound: there is no such kind.
        Invalid: a size is not above zero, or it may weigh less than it does empty.

    """
    tx.lock(carton, carton_id, "Carton")
    _refuse_box(box)
    length, width, height = box.size
    tx.update(
        carton,
        carton_id,
        name=name,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        tare_g=box.tare_g,
        most_g=box.most_g,
        cost=Decimal(box.cost).scaleb(-AMOUNT),
        active=active,
    )
    tx.record("carton.changed", carton_id, code=box.code)


def _refuse_box(box: Box) -> None:
    if min(box.size) <= 0 or box.tare_g < 0 or box.most_g <= box.tare_g:
        raise Invalid("most_g", "A carton has a size, and may weigh more packed than it does empty.")


def propose(
    connection: Connection,
    shipment_id: UUID,
    *,
    on_pallets: bool = False,
    quantities: Mapping[UUID, int] | None = None,
) -> Proposal:
    """Propose packages so that cartons cost least and no limit is broken.

    They are for what the shipment plans, or for ``quantities`` (grains by order line) of it.

    Raises:
        NotFound: the shipment does not exist.

    """
    if connection.execute(select(shipment.c.id).where(shipment.c.id == shipment_id)).first() is None:
        raise NotFound("Shipment", shipment_id)
    rows = [_Goods(*row) for row in _GOODS.all(connection, shipment=shipment_id)]
    if quantities is not None:
        rows = [replace(row, planned=quantities.get(row.order_line_id, 0)) for row in rows]
    rows = [row for row in rows if row.planned]
    counts = _counts(rows)
    pieces, owners = _pieces(rows, counts)
    unknown = [row.sku for row in rows if not _measured(row)]
    kinds = {row.code: row.id for row in kinds_of(connection)}
    packing = cartons.pack(pieces, _boxes(connection, PARCEL))
    packages = [_package(full, owners, kinds) for full in packing.cartons]
    codes = [full.box.code for full in packing.cartons]
    for piece in packing.loose:
        packages.append(_as_it_is(piece, owners))
        codes.append("")
    rest = {row.order_line_id: left for row in rows if (left := row.planned - counts[row.order_line_id] * row.grain)}
    if rest:
        packages.append(NewPackage(rest))
        codes.append("")
    filled = _on_pallets(connection, packages) if on_pallets else []
    pallets = tuple(tuple(sorted(one.piece.key for one in full.placed)) for full in filled)
    stands = tuple(_stand(full, kinds) for full in filled)
    return Proposal(tuple(packages), tuple(codes), tuple(unknown), pallets, stands)


def kinds_of(connection: Connection, *, all_of_them: bool = False) -> list[Any]:
    """Read the kinds of cartons and pallets in use (or all), cartons first, by code."""
    wanted = select(carton) if all_of_them else select(carton).where(carton.c.active)
    return list(connection.execute(wanted.order_by(carton.c.kind.desc(), carton.c.code)))


def _counts(rows: Iterable[Any]) -> dict[UUID, int]:
    """How many whole stock units of each line are placed: none of unknown size, and no more than can be looked at."""
    counts: dict[UUID, int] = {}
    left = MOST_PIECES
    for row in rows:
        counts[row.order_line_id] = min(row.planned // row.grain, left) if _measured(row) else 0
        left -= counts[row.order_line_id]
    return counts


def _pieces(rows: Iterable[Any], counts: dict[UUID, int]) -> tuple[list[Piece], dict[int, tuple[UUID, int]]]:
    """One piece for each of the stock units counted; which line and how many grains each stands for."""
    pieces: list[Piece] = []
    owners: dict[int, tuple[UUID, int]] = {}
    for row in rows:
        for _ in range(counts[row.order_line_id]):
            key = len(pieces)
            pieces.append(Piece(key, (row.length_mm, row.width_mm, row.height_mm), row.weight_g or 0))
            owners[key] = (row.order_line_id, row.grain)
    return pieces, owners


def _measured(row: Any) -> bool:
    return bool(row.length_mm and row.width_mm and row.height_mm)


def _package(full: Packed, owners: dict[int, tuple[UUID, int]], kinds: Mapping[str, UUID]) -> NewPackage:
    contents: dict[UUID, int] = {}
    for one in full.placed:
        line_id, grains = owners[one.piece.key]
        contents[line_id] = contents.get(line_id, 0) + grains
    return NewPackage(contents, full.weight_g, *full.box.size, carton_id=kinds[full.box.code])


def _stand(full: Packed, kinds: Mapping[str, UUID]) -> NewPackage:
    """A pallet as high as what stands on it."""
    length, width, _ = full.box.size
    height = max(one.at[2] + one.size[2] for one in full.placed)
    return NewPackage({}, full.weight_g, length, width, height, carton_id=kinds[full.box.code], kind=PALLET)


def _as_it_is(piece: Piece, owners: dict[int, tuple[UUID, int]]) -> NewPackage:
    """A piece no carton holds is a package of its own."""
    line_id, grains = owners[piece.key]
    return NewPackage({line_id: grains}, piece.weight_g, *piece.size)


def _on_pallets(connection: Connection, packages: Sequence[NewPackage]) -> Sequence[Packed]:
    """Stand the packages whose size is known on pallets, upright."""
    pieces = [
        Piece(n, (one.length_mm, one.width_mm, one.height_mm), one.weight_g, upright=True)
        for n, one in enumerate(packages)
        if one.length_mm and one.width_mm and one.height_mm
    ]
    return cartons.pack(pieces, _boxes(connection, PALLET)).cartons


def _boxes(connection: Connection, kind: str) -> list[Box]:
    rows = connection.execute(select(carton).where(carton.c.active, carton.c.kind == kind).order_by(carton.c.code))
    return [
        Box(
            row.code,
            (row.length_mm, row.width_mm, row.height_mm),
            row.tare_g,
            row.most_g,
            int(row.cost.scaleb(AMOUNT)),
        )
        for row in rows
    ]


_GOODS: Final = Prepared(
    select(
        shipment_line.c.order_line_id,
        shipment_line.c.planned,
        product.c.sku,
        product.c.grain,
        product.c.weight_g,
        product.c.length_mm,
        product.c.width_mm,
        product.c.height_mm,
    )
    .join(product, product.c.id == shipment_line.c.product_id)
    .where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(shipment_line.c.position)
)
