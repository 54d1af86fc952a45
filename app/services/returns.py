"""Returns: authorising, receiving good and broken pieces, crediting or delivering again.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.product import shown
from app.models.returns import NEXT, ReturnState, goods_return, goods_return_line
from app.models.stock import Place
from app.services import lot_returns, lots, order_book, placing, promises, sourcing, stock_ledger
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def authorise(
    tx: Transaction, order_id: UUID, quantities: Mapping[UUID, int], *, reason: str, replace: bool = False
) -> UUID:
    """Allow a customer to send goods back (grains by order line); return the return's id.

    With ``replace`` the goods are delivered again when they have arrived; else they are credited.

    Raises:
        Invalid: no reason is given.
        NotAllowed: more of a line would come back than is out with the customer.

    """
    if not reason.strip():
        raise Invalid("reason", "Say why the goods come back.")
    book = order_book.load(tx, order_id)
    wanted = _opened(book, {line_id: quantity for line_id, quantity in quantities.items() if quantity})
    if not wanted:
        raise NotAllowed("Choose at least one line with a quantity.")
    pending = {row[0]: int(row[1]) for row in _PENDING.all(tx.connection, order=order_id)}
    for line_id, quantity in wanted.items():
        line = book.line(line_id)
        out = line.shipped - line.returned - pending.get(line_id, 0)
        if not 0 < quantity <= out:
            raise NotAllowed(
                f"{line.row.sku}: {shown(line.in_unit(max(0, out)))} {line.row.unit} are with the customer. "
                "No more than that can come back."
            )
    return_id = new_id()
    number = tx.number("RMA", return_id)
    tx.insert(
        goods_return,
        {
            "id": return_id,
            "number": number,
            "state": str(ReturnState.AUTHORISED),
            "order_id": order_id,
            "order_number": book.head.number,
            "customer_id": book.head.customer_id,
            "customer_name": book.head.customer_name,
            "location_id": stock_ledger.main_location(tx.connection),
            "reason": reason,
            "replace": replace,
            "received_at": None,
        },
    )
    tx.insert(goods_return_line, *_new_lines(return_id, book, wanted))
    tx.record("return.authorised", order_id, return_id, number=number, reason=reason)
    return return_id


def _opened(book: order_book.OrderBook, quantities: Mapping[UUID, int]) -> dict[UUID, int]:
    """Say what comes back with kits opened: a kit comes back as its components."""
    wanted: dict[UUID, int] = {}
    for line_id, quantity in quantities.items():
        line = book.line(line_id)
        if not line.kit:
            wanted[line_id] = wanted.get(line_id, 0) + quantity
            continue
        for part in book.lines:
            if part.row.kit_line_id == line_id and part.share:
                wanted[part.id] = wanted.get(part.id, 0) + ceil(part.share * quantity)
    return wanted


def _new_lines(return_id: UUID, book: order_book.OrderBook, wanted: Mapping[UUID, int]) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "return_id": return_id,
            "order_line_id": line_id,
            "product_id": book.line(line_id).product_id,
            "authorised": quantity,
            "received_good": 0,
            "received_scrap": 0,
        }
        for line_id, quantity in wanted.items()
    ]


def receive(
    tx: Transaction,
    return_id: UUID,
    good: Mapping[UUID, int] | None = None,
    scrap: Mapping[UUID, int] | None = None,
    named: Mapping[UUID, Mapping[UUID, int]] | None = None,
) -> None:
    """Book what arrived (grains by order line): good pieces go to stock, broken ones to scrap.

    ``named`` says by order line of which lots the good pieces are (grains by lot); else those that were sent first.
    Good pieces of a lot that is blocked or over its last day are blocked.

    What is to be replaced is promised to this order again first, the rest to others that wait.
    Without quantities everything authorised arrived in good state.

    Raises:
        NotAllowed: it was received or cancelled before, more arrived than was authorised, or nothing.
        NotFound: the return does not exist.

    """
    head = tx.lock(goods_return, return_id, "Return")
    _refuse_step(head, ReturnState.RECEIVED)
    book = order_book.load(tx, head.order_id)
    rows = _LINES.all(tx.connection, goods_return=return_id)
    if good is None and scrap is None:
        good = {row.order_line_id: row.authorised for row in rows}
    good, scrap = good or {}, scrap or {}
    if (good.keys() | scrap.keys()) - {row.order_line_id for row in rows}:
        raise NotAllowed(f"{head.number}: something else arrived than was authorised. Authorise it first.")
    moves, changes = [], []
    for row in rows:
        fine, broken = good.get(row.order_line_id, 0), scrap.get(row.order_line_id, 0)
        if fine < 0 or broken < 0 or fine + broken > row.authorised:
            raise NotAllowed(f"{head.number}: more arrived than was authorised. Authorise the rest first.")
        line = book.line(row.order_line_id)
        line.returned += fine + broken
        if head.replace:
            line.returned_open += fine + broken
        back = Move(row.product_id, Place.CUSTOMER, Place.FREE, fine, line.id, return_id, head.number)
        if fine and line.row.tracking in lots.TRACKED:
            said = (named or {}).get(line.id)
            moves += placing.kept_apart(back, *lot_returns.returned(tx, book.id, line.id, fine, said))
        else:
            moves.append(back)
        moves.append(replace(back, target=Place.SCRAP, quantity=broken))
        changes.append((row.id, {"received_good": fine, "received_scrap": broken}))
    if not any(move.quantity for move in moves):
        raise NotAllowed(f"Type what arrived of {head.number}, or cancel it.")
    arrived = [row.product_id for row in rows]
    waiting = [other for other in promises.lock_orders(tx, arrived) if other.id != book.id]
    stock_ledger.lock_levels(tx, head.location_id, arrived)
    stock_ledger.move(tx, head.location_id, moves)
    tx.update_rows(goods_return_line, changes)
    tx.update(goods_return, return_id, state=str(ReturnState.RECEIVED), received_at=tx.at)
    tx.record("return.received", book.id, return_id, number=head.number)
    sourcing.settle(tx, book)
    promises.serve(tx, waiting)


def cancel(tx: Transaction, return_id: UUID) -> None:
    """Call a return off before the goods arrive.

    Raises:
        NotAllowed: the goods have arrived.

    """
    head = tx.lock(goods_return, return_id, "Return")
    _refuse_step(head, ReturnState.CANCELLED)
    tx.update(goods_return, return_id, state=str(ReturnState.CANCELLED))
    tx.record("return.cancelled", head.order_id, return_id, number=head.number)


def get(connection: Connection, return_id: UUID) -> Any:
    """Read a return's head.

    Raises:
        NotFound: the return does not exist.

    """
    row = connection.execute(select(goods_return).where(goods_return.c.id == return_id)).one_or_none()
    if row is None:
        raise NotFound("Return", return_id)
    return row


def _refuse_step(head: Any, wanted: ReturnState) -> None:
    if wanted not in NEXT[ReturnState(head.state)]:
        raise NotAllowed(f"Return {head.number} is {head.state}; it cannot become {wanted}.")


_LINES: Final = Prepared(
    select(goods_return_line).where(goods_return_line.c.return_id == bindparam("goods_return", type_=Key))
)
_PENDING: Final = Prepared(
    select(goods_return_line.c.order_line_id, func.sum(goods_return_line.c.authorised))
    .join(goods_return, goods_return.c.id == goods_return_line.c.return_id)
    .where(
        goods_return.c.order_id == bindparam("order", type_=Key),
        goods_return.c.state == ReturnState.AUTHORISED,
    )
    .group_by(goods_return_line.c.order_line_id)
)
