"""Where the lines of an order leave from and where they go to.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key
from app.models.order import OrderState, sales_order_line
from app.models.sourcing import Demand, Supply, peg
from app.models.stock import location
from app.models.supply import Way
from app.services import arrivals, order_book, pegs, planning, sourcing
from app.services.order_book import BookLine, OrderBook
from app.services.parties import Address
from app.services.statements import Prepared
from app.services.transaction import Transaction


def send_from(tx: Transaction, order_id: UUID, line_id: UUID, shares: Mapping[UUID, int], *, reason: str = "") -> None:
    """Let parts of a line leave from other warehouses: grains by warehouse; the rest leaves from the order's own.

    ``shares`` replaces what was said before and counts what is still to leave, not what has left already.
    Stock follows at once: promises are moved to where the goods are to leave from.

    Raises:
        NotFound: the order or a warehouse does not exist.
        NotAllowed: the order is finished, the line is no goods, or goods lie picked or packed elsewhere.
        Invalid: a share is below zero, or together they are more than is still to ship.

    """
    book = _open_book(tx, order_id)
    line = book.line(line_id)
    own = book.place(tx)
    wanted = {place: quantity for place, quantity in shares.items() if quantity and place != own}
    if not line.goods:
        raise NotAllowed(f"{line.row.name} is not goods; it leaves from nowhere.")
    if any(quantity < 0 for quantity in shares.values()) or sum(wanted.values()) > line.outstanding:
        raise Invalid("quantity", f"Line {line.row.position}: the parts come to more than is still to ship.")
    for place in wanted:
        _refuse_unknown(tx, place)
    for place, part in line.elsewhere.items():
        if part.picked > wanted.get(place, 0):
            raise NotAllowed(f"{line.row.sku} is picked at another warehouse. Put it back on the shelf first.")
    _store_shares(tx, line, wanted, reason)
    freed = [line.product_id]
    sourcing.settle(tx, order_book.load(tx, order_id))
    tx.record("order.routed", order_id, line=line.row.position, warehouses=len(wanted))
    arrivals.serve_others(tx, book, freed)


def send_to(tx: Transaction, order_id: UUID, line_id: UUID, address: Address | None) -> None:
    """Let a line go to another address than its order (None: to the order's); its shipment is planned apart.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: the order is finished, or goods of the line are packed.

    """
    book = _open_book(tx, order_id)
    line = book.line(line_id)
    packed = planning.PACKED_WITH.value(tx.connection, line=line_id)
    if packed:
        raise NotAllowed(f"Shipment {packed} holds {line.row.sku} packed. Unpack it first.")
    tx.update(sales_order_line, line_id, ship_to=address.to_json() if address else "")
    tx.record("order.redirected", order_id, line=line.row.position, city=address.city if address else "")
    sourcing.settle(tx, order_book.load(tx, order_id))


def ask_for(tx: Transaction, order_id: UUID, line_id: UUID, requested_on: date | None) -> None:
    """Note the day the customer wants one line, where it differs from the order's (None: it does not).

    Raises:
        NotFound: the order does not exist.
        NotAllowed: the order is finished.

    """
    book = _open_book(tx, order_id)
    line = book.line(line_id)
    tx.update(sales_order_line, line_id, requested_on=requested_on)
    tx.record("order.line_requested", order_id, line=line.row.position, on=requested_on)
    sourcing.settle(tx, order_book.load(tx, order_id))


def _open_book(tx: Transaction, order_id: UUID) -> OrderBook:
    book = order_book.load(tx, order_id)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED}:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; nothing leaves for it any more.")
    return book


def _refuse_unknown(tx: Transaction, place: UUID) -> None:
    if not _PLACE.first(tx.connection, place=place):
        raise NotFound("Warehouse", place)


def _store_shares(tx: Transaction, line: BookLine, wanted: Mapping[UUID, int], reason: str) -> None:
    """Make the pegs on other warehouses' stock say exactly ``wanted``; what has left stays served."""
    known = {one.location_id: one for one in line.pegs if one.stock}
    for place, one in known.items():
        gone = one.quantity - one.open
        tx.update(peg, one.id, quantity=gone + wanted.get(place, 0))
    for place, quantity in wanted.items():
        if place not in known:
            pegs.make(
                tx,
                Demand.ORDER_LINE,
                line.id,
                Way.STOCK,
                Supply.STOCK,
                None,
                quantity,
                location_id=place,
                reason=reason,
            )


_PLACE: Final = Prepared(
    select(location.c.id).where(
        location.c.id == bindparam("place", type_=Key), location.c.active, location.c.kind == "warehouse"
    )
)
