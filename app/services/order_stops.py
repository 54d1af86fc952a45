"""What stops an order and lets it go on: a hold, a shipment that is called off, a closed order opened again."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from app.errors import Invalid, NotAllowed
from app.models.order import OrderState
from app.models.shipment import ShipmentState, shipment
from app.services import (
    arrivals,
    blanket_room,
    credit_checks,
    order_book,
    order_lines,
    picking,
    planning,
    shipping,
    sourcing,
)
from app.services.order_book import BookLine, OrderBook
from app.services.transaction import Transaction


def hold(tx: Transaction, order_id: UUID, reason: str) -> str:
    """Put a confirmed order on hold and return its number: nothing of it is picked, packed, shipped or invoiced.

    What is promised to it stays promised, and what is on its way to it still comes.

    Raises:
        Invalid: no reason is given.
        NotAllowed: it is not confirmed, or on hold already.
        NotFound: it does not exist.

    """
    if not reason.strip():
        raise Invalid("reason", "Say why the order is put on hold: whoever would ship it reads that.")
    book = order_book.load(tx, order_id)
    number: str = book.head.number
    if book.state != OrderState.CONFIRMED or book.head.hold:
        raise NotAllowed(f"Order {number} is {'on hold' if book.head.hold else book.state}. Nothing was changed.")
    book.changes["hold"] = reason.strip()
    tx.record("order.held", order_id, reason=reason.strip())
    planning.settle(tx, book)
    return number


def release(tx: Transaction, order_id: UUID) -> str:
    """Let an order that is on hold go on, and return its number.

    Raises:
        NotAllowed: it is not on hold, or is beyond the credit limit and must be released by somebody else.
        NotFound: it does not exist.

    """
    book = order_book.load(tx, order_id)
    number: str = book.head.number
    if not book.head.hold:
        raise NotAllowed(f"Order {number} is not on hold. Nothing was changed.")
    credit_checks.let_go(tx, book)
    book.changes["hold"] = ""
    tx.record("order.released", order_id)
    planning.settle(tx, book)
    return number


def reopen(tx: Transaction, order_id: UUID) -> str:
    """Let everything of an order that was cancelled be shipped after all, and return its number.

    It undoes closing an order, and shipping less than was ordered without a backorder.  Single lines are opened by
    raising their quantity instead.

    Raises:
        NotAllowed: the order is neither confirmed nor closed, or nothing of it was cancelled.
        NotFound: it does not exist.

    """
    book = order_book.load(tx, order_id)
    number: str = book.head.number
    if book.state not in {OrderState.CONFIRMED, OrderState.CLOSED} or book.head.taken_over:
        raise NotAllowed(f"Order {number} is {book.state} and cannot be opened again.")
    if not any(line.cancelled for line in book.lines):
        raise NotAllowed(f"Nothing of {number} was cancelled: there is nothing to open again.")
    blanket_room.refuse_overrun(tx, book, {line.id: line.ordered for line in book.lines})
    for line in book.lines:
        line.cancelled = 0
    if book.state == OrderState.CLOSED:
        book.move_to(OrderState.CONFIRMED)
    book.changes["warning"] = ""
    tx.record("order.reopened", order_id, number=number)
    sourcing.settle(tx, book)
    return number


def call_off(tx: Transaction, shipment_id: UUID) -> str:
    """Call a planned shipment off and return its number: what it held waits until :func:`decide` says what is to be.

    Its goods are free for others again; those that were picked go back on the shelf.

    Raises:
        NotAllowed: it is packed (unpack it first), or has left.
        NotFound: it does not exist.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    number: str = head.number
    if head.state != ShipmentState.PLANNED:
        raise NotAllowed(f"Shipment {number} is {head.state}; only one that is not packed yet is called off.")
    book = order_book.load(tx, head.order_id)
    own, held = book.place(tx), shipping.held_elsewhere(tx, book, head)
    goods = order_lines.held_products(book)
    planned = {row.order_line_id: row.planned for row in shipping.CONTENTS.all(tx.connection, shipment=shipment_id)}
    stopped = [line for line in book.lines if planned.get(line.id)]
    back = [(line, book.at(line, head.location_id).picked - held.here.get(line.id, 0)) for line in stopped]
    picking.put_back_at(tx, book, head.location_id, [part for part in back if part[1] > 0], shipment_id)
    for line in stopped:
        line.stopped = line.undecided + planned[line.id]
        if head.location_id != own:
            book.end_share(tx, line, head.location_id)
    names = ", ".join(line.row.sku for line in stopped)
    book.changes["warning"] = f"Shipment {number} was called off. Say what is to become of {names}."
    tx.record("shipment.stopped", book.id, shipment_id, number=number)
    planning.settle(tx, book)
    arrivals.serve_others(tx, book, goods)
    return number


def decide(tx: Transaction, order_id: UUID, *, again: Collection[UUID] = (), dropped: Collection[UUID] = ()) -> None:
    """Say of lines whose shipment was called off whether they are to be shipped ``again`` or are ``dropped``.

    A kit is decided as a whole, by its own line.  What is shipped again is had from wherever is best by now.

    Raises:
        NotAllowed: nothing is to be decided of a line, or it is named for both.
        NotFound: the order does not exist.

    """
    book = order_book.load(tx, order_id)
    if set(again) & set(dropped):
        raise NotAllowed("A line is either shipped again or dropped. Nothing was changed.")
    to_ship = [part for line_id in again for part in _parts(book, line_id)]
    to_drop = [part for line_id in dropped for part in _parts(book, line_id)]
    for line in to_drop:
        line.cancelled += line.undecided
    for line in (*to_ship, *to_drop):
        line.stopped = 0
    if not any(line.undecided for line in book.lines):
        book.changes["warning"] = ""
    names = {"again": _names(to_ship), "dropped": _names(to_drop)}
    tx.record("order.decided", order_id, **names)
    sourcing.settle(tx, book)


def _parts(book: OrderBook, line_id: UUID) -> list[BookLine]:
    """Give the lines that wait for a decision of a line: itself, or the components of its kit."""
    line = book.line(line_id)
    parts = [one for one in book.lines if one.undecided and line_id in {one.id, one.row.kit_line_id}]
    if not parts:
        raise NotAllowed(f"{line.row.name} on {book.head.number} waits for no decision. Nothing was changed.")
    return parts


def _names(lines: Collection[BookLine]) -> str:
    return ", ".join(line.row.sku for line in lines) or "-"
