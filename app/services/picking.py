"""Pick lists: taking promised goods off the shelf.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.shelving import Parts
from app.models.shipment import PICK_NEXT, PickState, ShipmentState, pick, pick_line, shipment
from app.models.stock import Place
from app.services import allocation, lots, order_book, planning, stock_ledger
from app.services.order_book import BookLine, OrderBook
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def complete(
    tx: Transaction,
    pick_id: UUID,
    picked: Mapping[UUID, int] | None = None,
    *,
    cancel_rest: bool = False,
    cancel: Collection[UUID] = (),
) -> None:
    """Finish a pick list with what was really taken (grains by pick line; default: all that it asks for).

    What was not found stays promised and comes back on a new list, or, with ``cancel_rest`` or for the pick
    lines in ``cancel``, is taken off the order.

    Raises:
        NotFound: the list does not exist.
        NotAllowed: it is done or cancelled, its order is on hold, more was taken than it asks for, or nothing.

    """
    head = tx.lock(pick, pick_id, "Pick list")
    _refuse_step(head.state, head.number, PickState.DONE)
    book = order_book.load(tx, head.order_id)
    book.refuse_held()
    book.place(tx)
    rows = _LINES.all(tx.connection, pick=pick_id)
    taken = {row.id: row.wanted if picked is None else picked.get(row.id, 0) for row in rows}
    if not any(taken.values()):
        raise NotAllowed(f"Nothing was picked on {head.number}. Type what was taken, or cancel the list.")
    levels = stock_ledger.lock_levels(tx, head.location_id, [row.product_id for row in rows])
    spots: Mapping[UUID, Parts] = {}
    if any(level.shelved or level.tracked for level in levels.values()):
        allocation.allot_list(tx, head)
        spots = allocation.settle_takes(tx, head, taken)
    moves, changes = [], []
    for row in rows:
        quantity, line = taken[row.id], book.line(row.order_line_id)
        if not 0 <= quantity <= row.wanted:
            raise NotAllowed(f"{head.number} asks for less of {line.row.sku} than was typed. Correct the quantity.")
        book.shift(line, head.location_id, reserved=-quantity, picked=quantity)
        if cancel_rest or row.id in cancel:
            line.cancelled += row.wanted - quantity
        move = Move(row.product_id, Place.PROMISED, Place.PICKED, quantity, line.id, pick_id, head.number)
        moves.append(replace(move, spots=spots[row.id]) if row.id in spots else move)
        changes.append((row.id, {"picked": quantity}))
    stock_ledger.move(tx, head.location_id, moves)
    tx.update_rows(pick_line, changes)
    tx.update(pick, pick_id, state=str(PickState.DONE), picked_at=tx.at, picked_by=tx.by)
    tx.record("pick.completed", book.id, pick_id, number=head.number, lines=sum(1 for n in taken.values() if n))
    planning.settle(tx, book)


def put_back(tx: Transaction, order_id: UUID) -> None:
    """Put everything picked for an order back on the shelf; it stays promised to the order.

    Raises:
        NotAllowed: nothing is picked, or a shipment of the order is packed: unpack it first.

    """
    book = order_book.load(tx, order_id)
    packed = _PACKED.first(tx.connection, order=order_id)
    if packed:
        raise NotAllowed(f"Shipment {packed.number} is packed. Unpack it first, then put the goods back.")
    if not any(line.picked for line in book.lines):
        raise NotAllowed(f"Nothing is picked for {book.head.number}.")
    shelve(tx, book)
    tx.record("pick.put_back", book.id)
    planning.settle(tx, book)


def shelve(tx: Transaction, book: OrderBook) -> None:
    """Move an order's picked goods back to promised, into the bins they came from; part of a larger command.

    Pieces of a lot that was blocked meanwhile are blocked, and the order is promised others.
    """
    places = {book.place(tx)} | {place for line in book.lines for place in line.elsewhere}
    for place in sorted(places):
        parts = [(line, book.at(line, place).picked) for line in book.lines if line.goods and line.picked]
        put_back_at(tx, book, place, [(line, picked) for line, picked in parts if picked], book.id)


def put_back_at(
    tx: Transaction, book: OrderBook, place: UUID, parts: Sequence[tuple[BookLine, int]], document_id: UUID
) -> None:
    """Put so much of what is picked for lines back on the shelves of a warehouse."""
    stock_ledger.lock_levels(tx, place, [line.product_id for line, _ in parts])
    moves = []
    for line, picked in parts:
        fine, held = lots.origins(tx.connection, line.id, picked, tx.at.date())
        blocked = sum(quantity for _, quantity in held)
        back = Move(line.product_id, Place.PICKED, Place.PROMISED, picked - blocked, line.id, document_id, "put back")
        moves += [replace(back, spots=fine), replace(back, target=Place.BLOCKED, quantity=blocked, spots=held)]
        book.shift(line, place, reserved=picked - blocked, picked=-picked)
    stock_ledger.move(tx, place, moves)


def _refuse_step(state: str, number: str, wanted: PickState) -> None:
    if wanted not in PICK_NEXT[PickState(state)]:
        raise NotAllowed(f"Pick list {number} is {state}; it cannot become {wanted}.")


_LINES: Final = Prepared(
    select(pick_line).where(pick_line.c.pick_id == bindparam("pick", type_=Key)).order_by(pick_line.c.position)
)
_PACKED: Final = Prepared(
    select(shipment.c.number).where(
        shipment.c.order_id == bindparam("order", type_=Key), shipment.c.state == ShipmentState.PACKED
    )
)
