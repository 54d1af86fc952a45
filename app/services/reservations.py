"""Reservations by hand: a person says how much of an order is to be promised, in parts, and takes parts back.

Usually a confirmed order is promised all that is free.  A line with reservations by hand is promised, picked and
shipped no more than these come to, until :func:`automatic` lets go of it again.  Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.order import OrderState, sales_order_line
from app.models.product import shown
from app.models.reservation import ReservationState, reservation, state
from app.services import arrivals, order_book, planning, unit_words
from app.services.order_book import BookLine, OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Reserved:
    """A line reserved by hand: its state, what is promised or picked and what was delivered, and its parts.

    ``parts`` are the ids of the reservations that are not cancelled, with their grains, the oldest first.
    """

    line_id: UUID
    state: ReservationState
    reserved: int
    delivered: int
    parts: tuple[tuple[UUID, int], ...]


def reserve(tx: Transaction, order_id: UUID, quantities: Mapping[UUID, int]) -> list[UUID]:
    """Reserve so much more of lines (grains by line) and return the reservations' ids.

    The first reservation of a line takes the place of what it was promised by itself.

    Raises:
        NotAllowed: the order is not confirmed, more is reserved than is ordered, or not so much is free.
        Invalid: a quantity is not above zero, or a line is no goods.
        NotFound: the order does not exist.

    """
    book = _confirmed(tx, order_id)
    made = list[UUID]()
    for line_id, grains in quantities.items():
        line = book.line(line_id)
        if not line.goods or grains <= 0:
            raise Invalid("quantity", f"{line.row.name}: say how much to reserve, above zero.")
        limit = (line.row.reserve_limit or 0) + grains
        if limit > line.wanted:
            asked, wanted = _quantity(line, limit), _quantity(line, line.wanted)
            raise NotAllowed(
                f"{line.row.sku}: {asked} would be reserved, {wanted} are ordered. Nothing was reserved; reserve less."
            )
        parts = _PARTS.all(tx.connection, line=line_id)
        reservation_id = new_id()
        tx.insert(
            reservation,
            {
                "id": reservation_id,
                "order_line_id": line_id,
                "position": len(parts) + 1,
                "quantity": grains,
                "cancelled": False,
                "created_at": tx.at,
            },
        )
        tx.record("order.reserved", order_id, line_id, sku=line.row.sku, quantity=_quantity(line, grains))
        _limit(tx, line, limit)
        made.append(reservation_id)
    _settle(tx, book, set(quantities))
    return made


def change(tx: Transaction, reservation_id: UUID, grains: int) -> None:
    """Make a reservation another quantity.

    Raises:
        NotAllowed: it is cancelled, more would be reserved than is ordered or free, or less than was delivered.
        Invalid: the quantity is not above zero.
        NotFound: the reservation does not exist.

    """
    if grains <= 0:
        raise Invalid("quantity", "Say how much to reserve, above zero; to reserve nothing cancel the reservation.")
    part, book, line = _open_part(tx, reservation_id)
    limit = (line.row.reserve_limit or 0) - part.quantity + grains
    _refuse_less_than_delivered(line, limit)
    if limit > line.wanted:
        raise NotAllowed(f"{line.row.sku}: more would be reserved than is ordered. Nothing was changed; reserve less.")
    tx.update(reservation, reservation_id, quantity=grains)
    _limit(tx, line, limit)
    _settle(tx, book, {line.id})


def cancel(tx: Transaction, reservation_id: UUID) -> None:
    """Take a reservation back: so much less of its line is promised; others that wait are promised it.

    Raises:
        NotAllowed: it is cancelled already, or what it reserved was picked or shipped.
        NotFound: the reservation does not exist.

    """
    part, book, line = _open_part(tx, reservation_id)
    limit = (line.row.reserve_limit or 0) - part.quantity
    _refuse_less_than_delivered(line, limit)
    tx.update(reservation, reservation_id, cancelled=True)
    tx.record("order.reservation_cancelled", book.id, line.id, sku=line.row.sku)
    _limit(tx, line, limit)
    _settle(tx, book, {line.id})


def automatic(tx: Transaction, order_id: UUID) -> None:
    """Let an order be promised all that is free again, as orders usually are; its reservations by hand end.

    Raises:
        NotAllowed: the order is not confirmed.
        NotFound: the order does not exist.

    """
    book = _confirmed(tx, order_id)
    for line in book.lines:
        if line.row.reserve_limit is not None:
            open_parts = [part.id for part in _PARTS.all(tx.connection, line=line.id) if not part.cancelled]
            tx.update_rows(reservation, [(part_id, {"cancelled": True}) for part_id in open_parts])
            _limit(tx, line, None)
    planning.settle(tx, book)


def of_line(connection: Connection, line_id: UUID) -> Reserved:
    """Read how far a line is that is reserved by hand.

    Raises:
        NotFound: the line does not exist.

    """
    row = _LINE.first(connection, line=line_id)
    if row is None:
        raise NotFound("Order line", line_id)
    parts = _PARTS.all(connection, line=line_id)
    called_off = row.cancelled >= row.ordered  # with the line its reservations ended
    kept = tuple((part.id, part.quantity) for part in parts if not (part.cancelled or called_off))
    delivered = row.shipped - row.returned_open
    held = row.reserved + row.picked
    gone = bool(parts) and not kept
    found = state(wanted=row.ordered - row.cancelled, reserved=held, delivered=delivered, cancelled=gone)
    return Reserved(line_id, found, held, delivered, kept)


def _settle(tx: Transaction, book: OrderBook, line_ids: set[UUID]) -> None:
    """Promise what the limits allow, refuse where less is free, and give what was let go to those who wait."""
    before = {line.id: line.reserved for line in book.lines}
    planning.settle(tx, book)
    for line in book.lines:
        limit = line.row.reserve_limit
        if line.id in line_ids and limit is not None and _served(line) + line.reserved < min(limit, line.wanted):
            short = min(limit, line.wanted) - _served(line) - line.reserved
            raise NotAllowed(
                f"{line.row.sku}: {_quantity(line, short)} are not free. Nothing was reserved; reserve less."
            )
    freed = [line.product_id for line in book.lines if line.goods and line.reserved < before[line.id]]
    arrivals.serve_others(tx, book, freed)


def _confirmed(tx: Transaction, order_id: UUID) -> OrderBook:
    book = order_book.load(tx, order_id)
    if book.state != OrderState.CONFIRMED:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; stock is reserved for confirmed orders only.")
    return book


def _open_part(tx: Transaction, reservation_id: UUID) -> tuple[Any, OrderBook, BookLine]:
    known = _PART.first(tx.connection, reservation=reservation_id)
    if known is None:
        raise NotFound("Reservation", reservation_id)
    book = _confirmed(tx, known.order_id)
    part = tx.lock(reservation, reservation_id, "Reservation")
    if part.cancelled:
        raise NotAllowed("This reservation is cancelled already. Nothing was changed.")
    return part, book, book.line(part.order_line_id)


def _limit(tx: Transaction, line: BookLine, limit: int | None) -> None:
    tx.update(sales_order_line, line.id, reserve_limit=limit)
    line.row = line.row._replace(reserve_limit=limit)


def _served(line: BookLine) -> int:
    """What of a line is off the shelf or gone for good."""
    return line.shipped - line.returned_open + line.picked


def _refuse_less_than_delivered(line: BookLine, limit: int) -> None:
    if limit < _served(line):
        raise NotAllowed(
            f"{line.row.sku}: {_quantity(line, _served(line))} are picked or shipped already. Nothing was changed."
        )


def _quantity(line: BookLine, grains: int) -> str:
    quantity = line.in_unit(grains)
    return f"{shown(quantity)} {unit_words.of(line.row.unit, quantity)}"


_PARTS: Final = Prepared(
    select(reservation)
    .where(reservation.c.order_line_id == bindparam("line", type_=Key))
    .order_by(reservation.c.position)
)
_PART: Final = Prepared(
    select(reservation.c.id, sales_order_line.c.order_id)
    .join(sales_order_line, sales_order_line.c.id == reservation.c.order_line_id)
    .where(reservation.c.id == bindparam("reservation", type_=Key))
)
_LINE: Final = Prepared(select(sales_order_line).where(sales_order_line.c.id == bindparam("line", type_=Key)))
