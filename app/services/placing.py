"""What comes in is put somewhere: into bins, with lots and serial numbers.  Quantities moved are grains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key
from app.models.shelving import Parts, Spot
from app.models.stock import Place, Tracking, lot, storage_bin
from app.services import lots, products
from app.services.lots import Named
from app.services.products import Product
from app.services.statements import LONGEST_LIST, Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Put:
    """Part of what comes in, in the unit received: the bin it is put into, and its lot or serial number.

    ``expires_on`` is the last day of a new lot; without it the lot lasts as long as the product does.
    """

    quantity: Decimal
    bin_id: UUID | None = None
    lot: str = ""
    expires_on: date | None = None


def placed(tx: Transaction, of: Product, unit: str, location_id: UUID, puts: Sequence[Put]) -> tuple[Parts, Parts]:
    """Give where goods that come in are put: those that may be sold, and those of blocked or expired lots.

    Raises:
        Invalid: a quantity is not above zero, or a lot or serial number cannot be taken.
        NotAllowed: a bin is out of use.
        NotFound: a bin is none of the warehouse's.

    """
    refuse_other_bins(tx, location_id, {put.bin_id for put in puts if put.bin_id is not None})
    parts: dict[Spot, int] = {}
    for put in puts:
        quantity = of.grains(put.quantity, unit)
        if quantity <= 0:
            raise Invalid("quantity", "Type a quantity above zero.")
        lot_id = lots.named(tx, of, Named(put.lot, put.expires_on)) if put.lot or of.tracked else None
        spot = Spot(put.bin_id, lot_id)
        parts[spot] = parts.get(spot, 0) + quantity
    for spot, quantity in parts.items():
        if spot.lot_id is not None:
            lots.refuse_second_piece(tx, of, spot.lot_id, quantity)
    if of.tracking == Tracking.SERIAL and len({spot.lot_id for spot in parts}) < len(parts):
        raise Invalid("lot", f"{of.sku}: a serial number stands here twice. Each piece has its own.")
    held = _held(tx, [spot.lot_id for spot in parts if spot.lot_id is not None])
    fine = [part for part in parts.items() if part[0].lot_id not in held]
    return fine, [part for part in parts.items() if part[0].lot_id in held]


def spots(connection: Connection, of: Product, unit: str, puts: Sequence[Put]) -> Parts:
    """Give where goods were put that came in, with the grains of each put; lots are known by now."""
    return [
        (Spot(put.bin_id, lots.by_code(connection, of.id, put.lot) if put.lot else None), of.grains(put.quantity, unit))
        for put in puts
    ]


def brought(tx: Transaction, move: Move, location_id: UUID, puts: Sequence[Put]) -> list[Move]:
    """Say of a move that brings goods into which bins and of which lots (``puts``, in stock units) they are.

    Pieces of blocked or expired lots become a second move, to *blocked*.

    Raises:
        Invalid: a quantity is not above zero, or a lot or serial number cannot be taken.
        NotAllowed: a bin is out of use.
        NotFound: a bin is none of the warehouse's.

    """
    if not puts:
        return [move]
    fine, held = placed(tx, products.get(tx.connection, move.product_id), "", location_id, puts)
    return kept_apart(move, fine, held)


def kept_apart(move: Move, fine: Parts, held: Parts) -> list[Move]:
    """Split a move that brings goods: what may be sold, and what comes of lots that may not."""
    spoiled = sum(grains for _, grains in held)
    moves = [replace(move, quantity=move.quantity - spoiled, spots=fine)]
    if spoiled:
        moves.append(replace(move, target=Place.BLOCKED, quantity=spoiled, spots=held))
    return [one for one in moves if one.quantity]


def refuse_other_bins(tx: Transaction, location_id: UUID, bin_ids: set[UUID]) -> None:
    """Make sure that bins are of a warehouse and in use.

    Raises:
        NotAllowed: a bin is out of use.
        NotFound: a bin is none of the warehouse's.

    """
    found: dict[UUID, Any] = {}
    for start in range(0, len(bin_ids), LONGEST_LIST):
        part = sorted(bin_ids)[start : start + LONGEST_LIST]
        found.update((row.id, row) for row in _BINS.all(tx.connection, ids=part))
    for bin_id in bin_ids:
        row = found.get(bin_id)
        if row is None or row.location_id != location_id:
            raise NotFound("Bin", row.code if row else bin_id)
        if not row.active:
            raise NotAllowed(f"Bin {row.code} is out of use. Choose another bin.")


def _held(tx: Transaction, lot_ids: Sequence[UUID]) -> set[UUID]:
    """Which of the lots may not be sold today."""
    found: set[UUID] = set()
    for start in range(0, len(lot_ids), LONGEST_LIST):
        for row in _LOTS.all(tx.connection, ids=lot_ids[start : start + LONGEST_LIST]):
            if row.blocked:
                found.add(row.id)
            elif row.expires_on is not None and row.expires_on < tx.at.date() and not lots.is_inside(tx, row.id):
                tx.update(lot, row.id, blocked=True)
                found.add(row.id)
    return found


_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_BINS: Final = Prepared(select(storage_bin).where(storage_bin.c.id.in_(_IDS)))
_LOTS: Final = Prepared(select(lot).where(lot.c.id.in_(_IDS)))
