"""Goods that are gone or worth nothing: taken off their shelf, and off promises where nothing else is left.  Grains."""

from __future__ import annotations

from uuid import UUID

from app.errors import Invalid, NotAllowed
from app.models.product import shown
from app.models.shelving import Parts, Spot
from app.models.stock import Place
from app.services import allocation, arrivals, lots, placing, products, promises, shelf_ledger, sourcing, stock_ledger
from app.services.shelf_ledger import UNPLACED
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def scrap(
    tx: Transaction, location_id: UUID, product_id: UUID, quantity: int, *, spot: Spot = UNPLACED, reason: str
) -> None:
    """Throw goods away that lie at a spot (default: in no bin).

    What was promised of them is promised anew from other goods, or becomes a backorder, the youngest first.

    Raises:
        Invalid: the quantity is not above zero, or no reason is given.
        NotAllowed: less lies there.

    """
    if quantity <= 0:
        raise Invalid("quantity", "Type a quantity above zero.")
    if not reason.strip():
        raise Invalid("reason", "Say why the goods are thrown away.")
    take_off(tx, location_id, product_id, spot, quantity, Place.SCRAP, reason=reason)
    known = products.get(tx.connection, product_id)
    tx.record("stock.scrapped", product_id, spot.lot_id, quantity=shown(known.quantity(quantity)), reason=reason)


def take_back(tx: Transaction, location_id: UUID, product_id: UUID, quantity: int, *, spot: Spot = UNPLACED) -> None:
    """Put goods back that were scrapped by mistake, where they lay; who waits for them is promised them.

    Raises:
        NotAllowed: the bin is out of use.
        NotFound: the bin is none of the warehouse's.

    """
    known = products.get(tx.connection, product_id)
    if spot.bin_id is not None:
        placing.refuse_other_bins(tx, location_id, {spot.bin_id})
    blocked = False
    if spot.lot_id is not None:
        lots.refuse_second_piece(tx, known, spot.lot_id, quantity)
        blocked = lots.get(tx.connection, spot.lot_id).blocked
    waiting = promises.lock_orders(tx, [product_id])
    stock_ledger.lock_levels(tx, location_id, [product_id])
    parts = () if spot == UNPLACED else [(spot, quantity)]
    target = Place.BLOCKED if blocked else Place.FREE
    stock_ledger.move(
        tx, location_id, [Move(product_id, Place.SCRAP, target, quantity, reason="scrap taken back", spots=parts)]
    )
    promises.serve(tx, waiting)
    arrivals.serve_waiting(tx, location_id, [product_id])
    tx.record("stock.unscrapped", product_id, spot.lot_id, quantity=shown(known.quantity(quantity)))


def send_back(tx: Transaction, location_id: UUID, product_id: UUID, parts: Parts, *, reason: str) -> None:
    """Take goods off again that were received by mistake: they go back where they came from, the supplier.

    Raises:
        NotAllowed: less lies there now.

    """
    for spot, quantity in parts:
        take_off(tx, location_id, product_id, spot, quantity, Place.SUPPLIER, reason=reason)
    known = products.get(tx.connection, product_id)
    total = sum(quantity for _, quantity in parts)
    tx.record("stock.sent_back", product_id, quantity=shown(known.quantity(total)), unit=known.unit, reason=reason)


def take_off(
    tx: Transaction,
    location_id: UUID,
    product_id: UUID,
    spot: Spot,
    quantity: int,
    target: Place,
    *,
    reason: str,
    document_id: UUID | None = None,
    line_id: UUID | None = None,
) -> None:
    """Take goods off a spot for good, and off pick lists and promises as far as they had counted on them.

    ``line_id`` is the line of the document, where its goods are counted by line.

    Raises:
        NotAllowed: less lies there, or it is picked or on its way out.
        Conflict: the goods were promised to another order meanwhile.

    """
    concerned = promises.lock_orders(tx, [product_id], holders=True)
    level = stock_ledger.lock_levels(tx, location_id, [product_id])[product_id]
    known = shelf_ledger.shelves_of(tx, location_id, product_id)
    there = shelf_ledger.lying_at(tx, location_id, product_id, spot)
    lies, free = (there.quantity, there.open) if spot != UNPLACED else (known.unplaced, known.unplaced_open)
    if known.tracked and spot == UNPLACED:
        lies = 0
    if quantity > lies:
        raise NotAllowed(f"{shelf_ledger.sku(tx, product_id)}: less than that lies there by the books. Count it first.")
    fine = 0 if there.blocked else min(quantity, level.free + level.promised)
    if fine:
        promises.take_back(tx, location_id, product_id, concerned, fine - level.free)
        allocation.free_spot(tx, location_id, product_id, spot, quantity - free)
        allocation.trim(tx, location_id, product_id, concerned)
    gone = [
        Move(product_id, source, target, part, line_id, document_id, reason[:40], spots=[(spot, part)])
        for source, part in ((Place.FREE, fine), (Place.BLOCKED, quantity - fine))
    ]
    stock_ledger.move(tx, location_id, gone)
    promises.serve(tx, concerned)
    sourcing.make_up(tx, concerned)
