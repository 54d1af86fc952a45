"""Lots that may not be sold: blocked by somebody, or over their last day.  Quantities are grains.

What lies on shelves of such a lot is in the place *blocked*; what was promised of it is promised anew from other
goods.  Pick lists are never given such a lot, even before this was run.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Date, bindparam, func, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.product import shown
from app.models.stock import Place, lot, shelf_stock
from app.services import allocation, arrivals, products, promises, sourcing, stock_ledger, unit_words
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def block(tx: Transaction, lot_id: UUID, reason: str) -> int:
    """Block a lot: nothing of it is sold until it is released; give how many grains lay on shelves.

    Orders that were promised it are promised other goods, or become backorders, the youngest first.

    Raises:
        NotAllowed: it is blocked already.
        NotFound: the lot does not exist.

    """
    row = tx.lock(lot, lot_id, "Lot")
    if row.blocked:
        raise NotAllowed(f"Lot {row.code} is blocked already.")
    tx.update(lot, lot_id, blocked=True)
    found = _on_shelves(tx, lot_id)
    for location_id, quantity in found:
        _hold(tx, location_id, row.product_id, lot_id, quantity, reason)
    total = sum(quantity for _, quantity in found)
    tx.record(
        "lot.blocked", row.product_id, lot_id, lot=row.code, reason=reason, quantity=_told(tx, row.product_id, total)
    )
    return total


def release(tx: Transaction, lot_id: UUID) -> int:
    """Let a blocked lot be sold again; give how many grains that frees.  Waiting orders are promised them.

    Raises:
        NotAllowed: it is not blocked, or its last day is over.
        NotFound: the lot does not exist.

    """
    row = tx.lock(lot, lot_id, "Lot")
    if not row.blocked:
        raise NotAllowed(f"Lot {row.code} is not blocked.")
    if row.expires_on is not None and row.expires_on < tx.at.date():
        raise NotAllowed(
            f"The last day of lot {row.code} was {row.expires_on:%d %b %Y}: it stays blocked. "
            "Correct the date if the label says otherwise, or scrap the goods."
        )
    tx.update(lot, lot_id, blocked=False)
    found = _on_shelves(tx, lot_id)
    for location_id, quantity in found:
        waiting = promises.lock_orders(tx, [row.product_id])
        stock_ledger.lock_levels(tx, location_id, [row.product_id])
        free = Move(row.product_id, Place.BLOCKED, Place.FREE, quantity, document_id=lot_id, reason="lot released")
        stock_ledger.move(tx, location_id, [free])
        promises.serve(tx, waiting)
        arrivals.serve_waiting(tx, location_id, [row.product_id])
    total = sum(quantity for _, quantity in found)
    tx.record("lot.released", row.product_id, lot_id, lot=row.code, quantity=_told(tx, row.product_id, total))
    return total


def correct_last_day(tx: Transaction, lot_id: UUID, expires_on: date | None) -> None:
    """Write down another last day, as the label says; a lot over it is blocked, one within it stays as it is.

    Raises:
        NotFound: the lot does not exist.

    """
    row = tx.lock(lot, lot_id, "Lot")
    tx.update(lot, lot_id, expires_on=expires_on)
    tx.record("lot.redated", row.product_id, lot_id, lot=row.code, expires_on=expires_on)
    if not row.blocked and expires_on is not None and expires_on < tx.at.date():
        block(tx, lot_id, "expired")


def expired(connection: Connection, day: date) -> list[UUID]:
    """Find the lots that lie on shelves, are over their last day on a day, and are not blocked yet."""
    return [row.lot_id for row in _EXPIRED.all(connection, day=day)]


def block_expired(tx: Transaction) -> list[UUID]:
    """Block every lot whose last day is over and that lies on shelves, as is done each morning; give the lots."""
    blocked = expired(tx.connection, tx.at.date())
    for lot_id in blocked:
        block(tx, lot_id, "expired")
    return blocked


def _hold(tx: Transaction, location_id: UUID, product_id: UUID, lot_id: UUID, quantity: int, reason: str) -> None:
    """Take a lot's goods at a location out of what may be sold."""
    concerned = promises.lock_orders(tx, [product_id], holders=True)
    level = stock_ledger.lock_levels(tx, location_id, [product_id])[product_id]
    promises.take_back(tx, location_id, product_id, concerned, quantity - level.free)
    allocation.drop_lot(tx, location_id, product_id, lot_id)
    allocation.trim(tx, location_id, product_id, concerned)
    held = Move(product_id, Place.FREE, Place.BLOCKED, quantity, document_id=lot_id, reason=reason[:40])
    stock_ledger.move(tx, location_id, [held])
    promises.serve(tx, concerned)
    sourcing.make_up(tx, concerned)


def _on_shelves(tx: Transaction, lot_id: UUID) -> list[tuple[UUID, int]]:
    return [(row.location_id, int(row.quantity)) for row in _LYING.all(tx.connection, lot=lot_id)]


def _told(tx: Transaction, product_id: UUID, grains: int) -> str:
    """Write a quantity in stock units."""
    known = products.get(tx.connection, product_id)
    quantity = known.quantity(grains)
    return f"{shown(quantity)} {unit_words.of(known.unit, quantity)}"


_EXPIRED: Final = Prepared(
    select(shelf_stock.c.lot_id)
    .where(
        shelf_stock.c.lot_id.in_(
            select(lot.c.id).where(lot.c.expires_on < bindparam("day", type_=Date), lot.c.blocked.is_(False))
        ),
        shelf_stock.c.quantity > 0,
    )
    .distinct()
    .order_by(shelf_stock.c.lot_id)
)
_LYING: Final = Prepared(
    select(shelf_stock.c.location_id, func.sum(shelf_stock.c.quantity).label("quantity"))
    .where(shelf_stock.c.lot_id == bindparam("lot", type_=Key), shelf_stock.c.quantity > 0)
    .group_by(shelf_stock.c.location_id)
    .order_by(shelf_stock.c.location_id)
)
