"""Pieces with lots or serial numbers that come back from customers.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.returns import goods_return
from app.models.shelving import Parts, Spot
from app.models.shipment import shipment, shipment_line, shipment_lot
from app.models.stock import lot, shelf_move
from app.services import lots
from app.services.statements import Prepared
from app.services.transaction import Transaction


def returned(
    tx: Transaction, order_id: UUID, line_id: UUID, quantity: int, named: Mapping[UUID, int] | None
) -> tuple[Parts, Parts]:
    """Give of which lots pieces that come back are, in no bin: those that may be sold, and those that may not.

    Raises:
        NotAllowed: less of a lot is with the customer.

    """
    of_line: dict[UUID, int] = {}
    of_order: dict[UUID, int] = {}
    rows = _SENT.all(tx.connection, order=order_id)
    for row in rows:
        of_order[row.lot_id] = of_order.get(row.lot_id, 0) + int(row.quantity)
        if row.order_line_id == line_id:
            of_line[row.lot_id] = of_line.get(row.lot_id, 0) + int(row.quantity)
    for row in _CAME_BACK.all(tx.connection, lots=list(of_line), order=order_id) if of_line else ():
        of_order[row.lot_id] -= int(row.quantity)  # of whichever line: one lot may have gone out on several
    out = {lot_id: min(sent, of_order[lot_id]) for lot_id, sent in of_line.items()}
    parts = list(named.items()) if named else lots.split(out, quantity)
    if sum(n for _, n in parts) != quantity or any(n <= 0 or out.get(key, 0) < n for key, n in parts):
        raise NotAllowed("Less of that lot or serial number is with the customer. Read the numbers again.")
    today = tx.at.date()
    bad = {row.lot_id for row in rows if row.blocked or (row.expires_on is not None and row.expires_on < today)}
    placed = [(Spot(None, key), n) for key, n in parts]
    return [one for one in placed if one[0].lot_id not in bad], [one for one in placed if one[0].lot_id in bad]


_SENT: Final = Prepared(
    select(
        shipment_lot.c.lot_id,
        shipment_lot.c.quantity,
        shipment_line.c.order_line_id,
        lot.c.blocked,
        lot.c.expires_on,
    )
    .join(shipment_line, shipment_line.c.id == shipment_lot.c.shipment_line_id)
    .join(shipment, shipment.c.id == shipment_line.c.shipment_id)
    .join(lot, lot.c.id == shipment_lot.c.lot_id)
    .where(shipment.c.order_id == bindparam("order", type_=Key))
    .order_by(shipment_lot.c.id)
)
_CAME_BACK: Final = Prepared(
    select(shelf_move.c.lot_id, func.sum(shelf_move.c.quantity).label("quantity"))
    .join(goods_return, goods_return.c.id == shelf_move.c.document_id)
    .where(
        shelf_move.c.lot_id.in_(bindparam("lots", type_=Key, expanding=True)),
        goods_return.c.order_id == bindparam("order", type_=Key),
    )
    .group_by(shelf_move.c.lot_id)
)
