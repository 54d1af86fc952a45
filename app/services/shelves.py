"""Bins as people work with them: goods are put away, moved, looked for.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Integer, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.product import product
from app.models.shelving import Spot
from app.models.shipment import pick_take
from app.models.stock import NOWHERE, location, lot, shelf_stock, stock_level, storage_bin
from app.services import allocation, placing, shelf_ledger, stock_ledger
from app.services.shelf_ledger import UNPLACED, ShelfMove
from app.services.statements import Prepared
from app.services.transaction import Transaction


def put_away(tx: Transaction, location_id: UUID, product_id: UUID, quantity: int, bin_id: UUID) -> None:
    """Put goods that lie unplaced into a bin.

    Raises:
        Invalid: the quantity is not above zero.
        NotAllowed: less lies unplaced, the bin is out of use, or the product has lots (those are never unplaced).
        NotFound: the bin is none of the warehouse's.

    """
    _shift(tx, location_id, product_id, (UNPLACED, Spot(bin_id)), quantity, "put away")
    tx.record("goods.put_away", product_id, bin_id, quantity=quantity)


def move(
    tx: Transaction, location_id: UUID, product_id: UUID, source: Spot, to_bin_id: UUID | None, quantity: int
) -> None:
    """Move goods from one bin to another, or (``to_bin_id`` None) out of their bin; pick lists follow the goods.

    Raises:
        Invalid: the quantity is not above zero, or both bins are the same.
        NotAllowed: less lies there, or the bin is out of use.
        NotFound: the bin is none of the warehouse's.

    """
    _shift(tx, location_id, product_id, (source, Spot(to_bin_id, source.lot_id)), quantity, "moved")
    tx.record("goods.moved", product_id, to_bin_id, quantity=quantity)


def relieve(
    tx: Transaction, location_id: UUID, product_id: UUID, bin_id: UUID, to_bin_id: UUID, *, most: int, target: int
) -> int:
    """Where a bin holds more than ``most`` of a product, bring what is above ``target`` to another; give how much.

    Whole lots go in the order of their keys until it is enough.

    Raises:
        Invalid: ``target`` is above ``most`` or below zero, or both bins are the same.
        NotAllowed: the other bin is out of use, or pickers are taking the goods out.
        NotFound: the other bin is none of the warehouse's.

    """
    if not 0 <= target <= most:
        raise Invalid("target", "Fill a bin to no more than it may hold, and no less than nothing.")
    stock_ledger.lock_levels(tx, location_id, [product_id])
    rows = [row for row in _IN_BIN.all(tx.connection, bin=bin_id) if row.product_id == product_id]
    there = sum(row.quantity for row in rows)
    left = above = there - target if there > most else 0
    for row in sorted(rows, key=lambda row: row.lot_id):
        part = min(left, row.quantity)
        if part:
            lot_id = None if row.lot_id == NOWHERE else row.lot_id
            move(tx, location_id, product_id, Spot(bin_id, lot_id), to_bin_id, part)
            left -= part
    return above


def empty(tx: Transaction, bin_id: UUID, to_bin_id: UUID) -> int:
    """Move all that lies in a bin to another of the same warehouse; give how many kinds of goods there were.

    Raises:
        Invalid: both bins are the same.
        NotAllowed: the other bin is out of use.
        NotFound: the other bin is none of the warehouse's.

    """
    rows = _IN_BIN.all(tx.connection, bin=bin_id)
    for row in rows:
        lot_id = None if row.lot_id == NOWHERE else row.lot_id
        move(tx, row.location_id, row.product_id, Spot(bin_id, lot_id), to_bin_id, row.quantity)
    return len(rows)


def _shift(
    tx: Transaction, location_id: UUID, product_id: UUID, way: tuple[Spot, Spot], quantity: int, reason: str
) -> None:
    source, target = way
    if quantity <= 0:
        raise Invalid("quantity", "Type a quantity above zero.")
    if source == target:
        raise Invalid("bin", "The goods lie there already. Choose another bin.")
    if target.bin_id is not None:
        placing.refuse_other_bins(tx, location_id, {target.bin_id})
    stock_ledger.lock_levels(tx, location_id, [product_id])
    known = shelf_ledger.shelves_of(tx, location_id, product_id)
    if source == UNPLACED:
        there, free = (0 if known.tracked else known.unplaced), known.unplaced_open
    else:
        lying = shelf_ledger.lying_at(tx, location_id, product_id, source)
        there, free = lying.quantity, lying.open
    if quantity > there:
        raise NotAllowed(f"{shelf_ledger.sku(tx, product_id)}: less than that lies there by the books. Count it first.")
    asked = _let_go(tx, location_id, product_id, source, target, quantity - free) if quantity > free else 0
    leaves, comes = (None if spot == UNPLACED else spot for spot in (source, target))
    moves = [ShelfMove(leaves, comes, quantity, reason=reason)]
    shelf_ledger.move(tx, location_id, product_id, moves)
    shelf_ledger.allocate(tx, location_id, product_id, [(target, asked)])


def _let_go(tx: Transaction, location_id: UUID, product_id: UUID, source: Spot, target: Spot, wanted: int) -> int:
    """Send pick lists that have asked for goods at a spot to where those go; give how much that is."""
    sent, new, lists = 0, [], set()
    for row in allocation.open_takes(tx, location_id, product_id, source):
        part = min(row.wanted - row.taken - row.short, wanted - sent)
        if part <= 0:
            continue
        sent += part
        lists.add(row.pick_id)
        tx.update(pick_take, row.id, wanted=row.wanted - part)
        new.append(allocation.new_take(row.pick_line_id, target, part, row.picker))
    if sent < wanted:
        raise NotAllowed(f"{shelf_ledger.sku(tx, product_id)}: pickers are taking it out. Move what is left later.")
    tx.insert(pick_take, *new)
    for pick_id in lists:
        allocation.put_in_order(tx, [pick_id])
    shelf_ledger.allocate(tx, location_id, product_id, [(source, -sent)])
    return sent


# looking ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies at one spot, of one product and lot; quantities are grains, ``grain`` the parts of a stock unit."""

    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    location_id: UUID
    warehouse: str
    bin_id: UUID | None
    bin: str
    zone: str
    lot_id: UUID | None
    lot: str
    expires_on: date | None
    blocked: bool
    quantity: int
    allocated: int


def of_product(connection: Connection, product_id: UUID) -> list[Shelf]:
    """Read where a product lies, first expired first."""
    rows = [_shelf(row) for row in _OF_PRODUCT.all(connection, product=product_id)]
    return sorted(rows, key=lambda one: (one.warehouse, one.expires_on or date.max, one.lot, one.bin))


def of_bin(connection: Connection, bin_id: UUID) -> list[Shelf]:
    """Read what lies in a bin."""
    return sorted((_shelf(row) for row in _OF_BIN.all(connection, bin=bin_id)), key=lambda one: (one.sku, one.lot))


@dataclass(frozen=True, slots=True)
class ToPutAway:
    """Goods that lie unplaced in a warehouse: how many grains, and where they might go."""

    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    quantity: int
    suggestions: tuple[tuple[UUID, str], ...]


def to_put_away(connection: Connection, location_id: UUID, limit: int = 500) -> list[ToPutAway]:
    """Read what of a warehouse lies in no bin, by SKU, each with the bins it might go to."""
    level = stock_level.c
    unplaced = level.free + level.promised + level.blocked - level.shelved
    rows = connection.execute(
        select(product.c.id, product.c.sku, product.c.name, product.c.unit, product.c.grain, unplaced.label("quantity"))
        .join(product, product.c.id == level.product_id)
        .where(level.location_id == location_id, unplaced > 0, level.tracked.is_(False))
        .order_by(product.c.sku)
        .limit(limit)
    ).all()
    return [ToPutAway(*row, suggestions=tuple(suggest(connection, location_id, row.id))) for row in rows]


def suggest(connection: Connection, location_id: UUID, product_id: UUID, most: int = 3) -> list[tuple[UUID, str]]:
    """Suggest bins for a product: its usual one, where it lies already, and empty ones beside them."""
    usual = _USUAL.all(connection, place=location_id, product=product_id)
    lies = _LIES.all(connection, place=location_id, product=product_id)
    zones = [row.zone for row in (*usual, *lies)] or [""]
    empty_bins: Sequence[Any] = ()
    if len({row.id for row in (*usual, *lies)}) < most:
        empty_bins = _EMPTY.all(connection, place=location_id, zone=zones[0], most=most)
    found = {row.id: row.code for row in (*usual, *lies, *empty_bins)}
    return list(found.items())[:most]


def _shelf(row: Any) -> Shelf:
    return Shelf(
        row.product_id,
        row.sku,
        row.name,
        row.unit,
        row.grain,
        row.location_id,
        row.warehouse,
        None if row.bin_id == NOWHERE else row.bin_id,
        row.bin or "",
        row.zone or "",
        None if row.lot_id == NOWHERE else row.lot_id,
        row.lot or "",
        row.expires_on,
        bool(row.blocked),
        row.quantity,
        row.allocated,
    )


_S: Final = shelf_stock.c
_SHELVES: Final = (
    select(
        _S.product_id,
        product.c.sku,
        product.c.name,
        product.c.unit,
        product.c.grain,
        _S.location_id,
        location.c.code.label("warehouse"),
        _S.bin_id,
        storage_bin.c.code.label("bin"),
        storage_bin.c.zone,
        _S.lot_id,
        lot.c.code.label("lot"),
        lot.c.expires_on,
        lot.c.blocked,
        _S.quantity,
        _S.allocated,
    )
    .select_from(
        shelf_stock.join(product, product.c.id == _S.product_id)
        .join(location, location.c.id == _S.location_id)
        .outerjoin(storage_bin, storage_bin.c.id == _S.bin_id)
        .outerjoin(lot, lot.c.id == _S.lot_id)
    )
    .where(_S.quantity > 0)
)
_OF_PRODUCT: Final = Prepared(_SHELVES.where(_S.product_id == bindparam("product", type_=Key)))
_OF_BIN: Final = Prepared(_SHELVES.where(_S.bin_id == bindparam("bin", type_=Key)))
_IN_BIN: Final = Prepared(
    select(shelf_stock)
    .where(_S.bin_id == bindparam("bin", type_=Key), _S.quantity > 0)
    .order_by(_S.product_id, _S.lot_id)
)
_PLACE: Final = storage_bin.c.location_id == bindparam("place", type_=Key)
_USUAL: Final = Prepared(
    select(storage_bin.c.id, storage_bin.c.code, storage_bin.c.zone)
    .join(product, product.c.bin == storage_bin.c.code)
    .where(_PLACE, storage_bin.c.active, product.c.id == bindparam("product", type_=Key))
)
_LIES: Final = Prepared(
    select(storage_bin.c.id, storage_bin.c.code, storage_bin.c.zone)
    .join(shelf_stock, _S.bin_id == storage_bin.c.id)
    .where(_S.location_id == bindparam("place", type_=Key), _S.product_id == bindparam("product", type_=Key))
    .where(storage_bin.c.active)
    .distinct()
    .order_by(storage_bin.c.code)
)
_EMPTY: Final = Prepared(
    select(storage_bin.c.id, storage_bin.c.code, storage_bin.c.zone)
    .where(
        _PLACE,
        storage_bin.c.active,
        storage_bin.c.zone == bindparam("zone"),
        ~select(_S.bin_id).where(_S.bin_id == storage_bin.c.id, _S.quantity > 0).exists(),
    )
    .order_by(storage_bin.c.aisle, storage_bin.c.bay, storage_bin.c.level, storage_bin.c.code)
    .limit(bindparam("most", type_=Integer))
)
