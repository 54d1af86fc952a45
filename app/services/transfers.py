"""Transfers between our warehouses, and of components to subcontractors: planned, shipped, received, lost, cancelled.

Quantities are grains, by transfer line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.sourcing import Supply
from app.models.stock import Place, location
from app.models.transfer import TransferState, transfer, transfer_line
from app.services import arrivals, calendars, call_off, delays, lots, products, promises, stock_ledger, transfer_plans
from app.services.arrivals import Arrival
from app.services.order_book import OrderBook
from app.services.pegs import Freed
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction
from app.services.transfer_plans import unshipped

Quantities = Mapping[UUID, int]


def plan(
    tx: Transaction,
    product_id: UUID,
    grains: int,
    *,
    from_location: UUID,
    to_location: UUID,
    needed_on: date | None,
    work_order_id: UUID | None = None,
) -> UUID:
    """Plan to bring ``grains`` of a product from one place to another and return the transfer line's id.

    It joins a planned transfer that leaves on the same day between the same places.  What is free where it starts is
    promised to it at once; the rest when it comes in there.

    Raises:
        Invalid: the quantity is not above zero, both places are one, or the product is a service.
        NotFound: a place or the product does not exist.

    """
    known = products.get(tx.connection, product_id)
    if grains <= 0 or from_location == to_location or known.kind != "goods":
        raise Invalid("quantity", "A transfer brings goods, more than none, from one place to another.")
    leaves, arrives = travel(tx.connection, from_location, needed_on, tx.at.date())
    head = _joined(tx, from_location, to_location, leaves, work_order_id)
    if head is None:
        head = _new(tx, from_location, to_location, leaves, arrives, work_order_id)
    rows = transfer_plans.lines(tx.connection, head.id)
    line_id = new_id()
    free = stock_ledger.lock_levels(tx, from_location, [product_id])[product_id].free
    taken = min(free, grains)
    stock_ledger.move(
        tx,
        from_location,
        [Move(product_id, Place.FREE, Place.PROMISED, taken, line_id, head.id, head.number)],
    )
    tx.insert(
        transfer_line,
        {
            "id": line_id,
            "transfer_id": head.id,
            "position": len(rows) + 1,
            "product_id": product_id,
            "sku": known.sku,
            "name": known.name,
            "wanted": grains,
            "reserved": taken,
            "shipped": 0,
            "received": 0,
            "lost": 0,
            "cancelled": 0,
        },
    )
    return line_id


def travel(connection: Connection, from_location: UUID, needed_on: date | None, today: date) -> tuple[date, date]:
    """Give the days a transfer leaves and arrives so that it is there on a day, or as soon as it can.

    Raises:
        NotFound: the place does not exist.

    """
    days = _TRAVEL.value(connection, location=from_location)
    if days is None:
        raise NotFound("Warehouse", from_location)
    ours = calendars.ours(connection)
    leaves = ours.on_or_after(today)
    if needed_on is not None:
        leaves = max(leaves, ours.add(ours.on_or_before(needed_on), -days))
    return leaves, ours.add(leaves, days)


def ship(tx: Transaction, transfer_id: UUID, quantities: Quantities | None = None, *, backorder: bool = True) -> str:
    """Send goods on their way (default: all that is promised) and return the number.

    What is left is sent later, or is cancelled without ``backorder``.

    Raises:
        NotAllowed: it has left in whole, nothing is there to send, or more than is promised.
        NotFound: the transfer does not exist.

    """
    rest = list[UUID]() if backorder else [one.product_id for one in transfer_plans.lines(tx.connection, transfer_id)]
    books = arrivals.lock_waiting(tx, rest)
    head = tx.lock(transfer, transfer_id, "Transfer")
    if head.state != TransferState.PLANNED:
        raise NotAllowed(f"Transfer {head.number} is {head.state}; nothing is left to send.")
    rows = transfer_plans.lock_lines(tx, head)
    leaving = _chosen(head, rows, quantities, {one.id: one.reserved for one in rows}, "promised")
    moves = [
        Move(one.product_id, Place.PROMISED, Place.TRANSIT, leaving[one.id], one.id, transfer_id, head.number)
        for one in rows
        if leaving.get(one.id)
    ]
    stock_ledger.move(tx, head.from_location_id, moves)
    for one in rows:
        part = leaving.get(one.id, 0)
        if part:
            tx.update(transfer_line, one.id, reserved=one.reserved - part, shipped=one.shipped + part)
    after = transfer_plans.lines(tx.connection, transfer_id)
    if not backorder:
        _call_off(tx, head, after)
        after = transfer_plans.lines(tx.connection, transfer_id)
    gone = not any(unshipped(one) for one in after)
    tx.update(transfer, transfer_id, state=str(TransferState.SHIPPED if gone else head.state), shipped_at=tx.at)
    tx.record("transfer.shipped", transfer_id, number=head.number)
    _finish(tx, transfer_id)
    if not backorder:
        _serve_freed(tx, head, books, rest)
    number: str = head.number
    return number


def receive(tx: Transaction, transfer_id: UUID, quantities: Quantities | None = None) -> str:
    """Take in what arrived (default: all that is on its way) and return the number.

    What is pegged to it is promised first, then who waits.

    Raises:
        NotAllowed: nothing is on its way, or more arrives than was sent.
        NotFound: the transfer does not exist.

    """
    known = transfer_plans.lines(tx.connection, transfer_id)
    books = arrivals.lock_waiting(tx, {one.product_id for one in known})
    head = tx.lock(transfer, transfer_id, "Transfer")
    rows = transfer_plans.lines(tx.connection, transfer_id)
    here = _chosen(head, rows, quantities, _on_the_way(rows), "on its way")
    tx.update_rows(
        transfer_line,
        [(one.id, {"received": one.received + here[one.id]}) for one in rows if here.get(one.id)],
    )
    moves = [
        Move(one.product_id, Place.TRANSIT, Place.FREE, here[one.id], one.id, transfer_id, head.number)
        for one in rows
        if here.get(one.id)
    ]
    coming = [
        Arrival(replace(move, spots=lots.on_the_way(tx.connection, move.line_id, move.quantity)), move.line_id)
        for move in moves
        if move.line_id
    ]
    tx.record("transfer.received", transfer_id, number=head.number)
    _finish(tx, transfer_id)
    arrivals.take_in(tx, books, head.to_location_id, coming)
    number: str = head.number
    return number


def lose(tx: Transaction, transfer_id: UUID, quantities: Quantities) -> str:
    """Note that goods on their way will never arrive and return the number; what was pegged to them is in trouble.

    Raises:
        NotAllowed: more is lost than is on its way.
        NotFound: the transfer does not exist.

    """
    head = tx.lock(transfer, transfer_id, "Transfer")
    rows = transfer_plans.lines(tx.connection, transfer_id)
    gone = _chosen(head, rows, quantities, _on_the_way(rows), "on its way")
    moves = [
        Move(one.product_id, Place.TRANSIT, Place.ADJUSTMENT, gone[one.id], one.id, transfer_id, "lost on the way")
        for one in rows
        if gone.get(one.id)
    ]
    stock_ledger.move(tx, head.to_location_id, moves)
    tx.update_rows(transfer_line, [(one.id, {"lost": one.lost + gone[one.id]}) for one in rows if gone.get(one.id)])
    tx.record("transfer.lost", transfer_id, number=head.number)
    _follow(tx, head)
    _finish(tx, transfer_id)
    number: str = head.number
    return number


def cancel(tx: Transaction, transfer_id: UUID) -> str:
    """Call off what has not left and return the number; promises are given back and others served.

    What is on its way still arrives.

    Raises:
        NotAllowed: everything has left, or it is cancelled already.
        NotFound: the transfer does not exist.

    """
    known = transfer_plans.lines(tx.connection, transfer_id)
    books = arrivals.lock_waiting(tx, {one.product_id for one in known})
    head = tx.lock(transfer, transfer_id, "Transfer")
    rows = [one for one in transfer_plans.lock_lines(tx, head) if unshipped(one)]
    if head.state != TransferState.PLANNED or not rows:
        raise NotAllowed(f"Transfer {head.number} is {head.state}; nothing of it is left to call off.")
    _call_off(tx, head, rows)
    sent = any(one.shipped for one in transfer_plans.lines(tx.connection, transfer_id))
    tx.update(transfer, transfer_id, state=str(TransferState.SHIPPED if sent else TransferState.CANCELLED))
    tx.record("transfer.cancelled", transfer_id, number=head.number)
    _finish(tx, transfer_id)
    _serve_freed(tx, head, books, [one.product_id for one in rows])
    number: str = head.number
    return number


def lower(tx: Transaction, line_id: UUID, grains: int) -> list[Freed]:
    """Bring up to ``grains`` less by a transfer line that has not left; return what comes in without being wanted.

    What is given back where it starts is promised to who waits.

    Raises:
        NotFound: the line does not exist.

    """
    line = transfer_plans.line(tx.connection, line_id)
    books = arrivals.lock_waiting(tx, [line.product_id])
    part = transfer_plans.shrink(tx, line_id, grains)
    kept = call_off.lower(tx, line_id, part)
    _follow(tx, get(tx.connection, line.transfer_id))
    promises.serve(tx, books)
    return kept


def get(connection: Connection, transfer_id: UUID) -> Any:
    """Read a transfer's head.

    Raises:
        NotFound: it does not exist.

    """
    row = _BY_ID.first(connection, transfer=transfer_id)
    if row is None:
        raise NotFound("Transfer", transfer_id)
    return row


def lines(connection: Connection, transfer_id: UUID) -> list[Any]:
    """Read the lines of a transfer in their order."""
    return transfer_plans.lines(connection, transfer_id)


def _call_off(tx: Transaction, head: Any, rows: list[Any]) -> None:
    """Give up what has not left, and what was ordered for it; what is pegged to it and gets nothing is in trouble."""
    for one in rows:
        call_off.lower(tx, one.id, unshipped(one))
        transfer_plans.give_up(tx, head, one, unshipped(one))
    _follow(tx, head)


def _serve_freed(tx: Transaction, head: Any, books: list[OrderBook], product_ids: Iterable[UUID]) -> None:
    """Promise what was given back where a transfer starts to who waits there."""
    promises.serve(tx, books)
    arrivals.serve_waiting(tx, head.from_location_id, sorted(set(product_ids)))


def of_line(connection: Connection, line_id: UUID) -> UUID:
    """Give the transfer that a line is on.

    Raises:
        NotFound: the line does not exist.

    """
    found: UUID | None = _OF_LINE.value(connection, line=line_id)
    if found is None:
        raise NotFound("Transfer line", line_id)
    return found


def _on_the_way(rows: list[Any]) -> dict[UUID, int]:
    return {one.id: one.shipped - one.received - one.lost for one in rows}


def _chosen(head: Any, rows: list[Any], wanted: Quantities | None, there: Quantities, words: str) -> dict[UUID, int]:
    """Give the grains by line that a step is about; refuse more than is there, and nothing at all."""
    chosen = {key: n for key, n in (there if wanted is None else wanted).items() if n}
    if not chosen:
        raise NotAllowed(f"Nothing of transfer {head.number} is {words}. Look at it again.")
    known = {one.id: one for one in rows}
    for line_id, grains in chosen.items():
        if line_id not in known:
            raise NotAllowed(f"This line is not on transfer {head.number}. Read it again.")
        if not 0 < grains <= there[line_id]:
            raise NotAllowed(f"{known[line_id].sku}: {head.number} has less of it {words}. Lower the quantity.")
    return chosen


def _follow(tx: Transaction, head: Any) -> None:
    for one in transfer_plans.lines(tx.connection, head.id):
        left = max(0, one.wanted - one.cancelled - one.received - one.lost)
        text = f"{head.number} brings less than is needed."
        delays.follow(tx, Supply.TRANSFER_LINE, one.id, left=left, ready_on=head.expected_on, text=text)


def _finish(tx: Transaction, transfer_id: UUID) -> None:
    """Mark a transfer received when nothing of it is on its way or left to send."""
    head = get(tx.connection, transfer_id)
    if head.state == TransferState.SHIPPED and not any(
        _on_the_way(transfer_plans.lines(tx.connection, transfer_id)).values()
    ):
        tx.update(transfer, transfer_id, state=str(TransferState.RECEIVED), received_at=tx.at)


def _joined(tx: Transaction, from_location: UUID, to_location: UUID, leaves: date, work_order_id: UUID | None) -> Any:
    for row in _PLANNED.all(tx.connection, source=from_location, target=to_location):
        if (row.ships_on, row.work_order_id) == (leaves, work_order_id):
            head = tx.lock(transfer, row.id, "Transfer")
            if head.state == TransferState.PLANNED and head.shipped_at is None:
                return head
    return None


def _new(
    tx: Transaction, from_location: UUID, to_location: UUID, leaves: date, arrives: date, work_order_id: UUID | None
) -> Any:
    transfer_id = new_id()
    number = tx.number("TR", transfer_id)
    tx.insert(
        transfer,
        {
            "id": transfer_id,
            "number": number,
            "state": str(TransferState.PLANNED),
            "from_location_id": from_location,
            "to_location_id": to_location,
            "work_order_id": work_order_id,
            "ships_on": leaves,
            "expected_on": arrives,
            "shipped_at": None,
            "received_at": None,
            "notes": "",
        },
    )
    tx.record("transfer.planned", transfer_id, number=number)
    return tx.lock(transfer, transfer_id, "Transfer")


_TRAVEL: Final = Prepared(select(location.c.transfer_days).where(location.c.id == bindparam("location", type_=Key)))
_BY_ID: Final = Prepared(select(transfer).where(transfer.c.id == bindparam("transfer", type_=Key)))
_OF_LINE: Final = Prepared(
    select(transfer_line.c.transfer_id).where(transfer_line.c.id == bindparam("line", type_=Key))
)
_PLANNED: Final = Prepared(
    select(transfer.c.id, transfer.c.ships_on, transfer.c.work_order_id)
    .where(
        transfer.c.state == TransferState.PLANNED,
        transfer.c.from_location_id == bindparam("source", type_=Key),
        transfer.c.to_location_id == bindparam("target", type_=Key),
    )
    .order_by(transfer.c.id)
)
