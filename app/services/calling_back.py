"""Taking back the shipping of goods that have not left after all.  Quantities are grains."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.shelving import Spot
from app.models.shipment import ShipmentState, shipment, shipment_line, shipment_lot
from app.models.stock import Place
from app.services import freight, order_book, originals, packaging, planning, shipping, stock_ledger, surcharges
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def call_back(tx: Transaction, shipment_id: UUID) -> str:
    """Take back the shipping of goods that have not left after all; return the shipment's number.

    The goods are promised to the order again and planned anew; the shipment stays on record as cancelled.
    Goods that did leave come back by a return instead.

    Raises:
        NotFound: the shipment does not exist.
        NotAllowed: it has not been shipped or has arrived, goods of it came back or are invoiced, or labels were
            bought for it.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    number: str = head.number
    if head.state != ShipmentState.SHIPPED or head.kind != "own":
        raise NotAllowed(f"Shipment {number} is {head.state}; only one that we have just shipped can be taken back.")
    book = order_book.load(tx, head.order_id)
    book.place(tx)
    packaging.void(tx, head)
    rows = [row for row in shipping.CONTENTS.all(tx.connection, shipment=shipment_id) if row.shipped]
    shipped_lots = _LOTS.all(tx.connection, shipment=shipment_id)
    moves = []
    for row in rows:
        line = book.line(row.order_line_id)
        if line.shipped - row.shipped < line.returned:
            raise NotAllowed(f"Goods of {number} came back already. Book the rest as a return as well.")
        line.shipped -= row.shipped
        line.in_transit -= min(line.in_transit, row.shipped)
        book.shift(line, head.location_id, reserved=row.shipped)
        book.stay(line, head.location_id, row.shipped)
        back = Move(row.product_id, Place.CUSTOMER, Place.PROMISED, row.shipped, line.id, shipment_id, number)
        spots = [(Spot(None, each.lot_id), each.quantity) for each in shipped_lots if each.shipment_line_id == row.id]
        moves.append(replace(back, spots=spots))
    book.follow_kits()
    if any(line.invoiced > line.most_invoiced for line in book.lines):
        raise NotAllowed(f"Goods of {number} are invoiced. Write a credit note first, then take the shipment back.")
    stock_ledger.lock_levels(tx, head.location_id, [row.product_id for row in rows])
    stock_ledger.move(tx, head.location_id, moves)
    tx.delete(shipment_lot, [each.id for each in shipped_lots])
    tx.update_rows(shipment_line, [(row.id, {"planned": 0, "shipped": 0}) for row in rows])
    state = str(ShipmentState.CANCELLED)
    tx.update(shipment, shipment_id, state=state, shipped_at=None, packages=0, weight_g=0, **originals.NONE)
    tx.record("shipment.called_back", book.id, shipment_id, number=number)
    planning.settle(tx, book)
    freight.take_back(tx, shipment_id, book.id)
    surcharges.take_back(tx, shipment_id, book.id)
    return number


_LOTS: Final = Prepared(
    select(shipment_lot)
    .join(shipment_line, shipment_line.c.id == shipment_lot.c.shipment_line_id)
    .where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key))
)
