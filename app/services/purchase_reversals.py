"""Taking back what was noted of a purchase order by mistake: a supplier's confirmation, and goods that came in.

A step that can be taken back says how the purchase order stood before it.  Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.purchase import purchase_line, purchase_order
from app.models.shelving import Spot
from app.models.stock import Place, shelf_move, stock_move
from app.services import pegs, promises, purchase_lines, purchasing, receiving, write_offs
from app.services.placing import Put
from app.services.purchasing import Answer
from app.services.shelf_ledger import UNPLACED
from app.services.statements import Prepared
from app.services.transaction import Transaction

_AGREED: Final = (
    "quantity",
    "unit",
    "numerator",
    "denominator",
    "unit_price",
    "net",
    "ordered",
    "cancelled",
    "expected_on",
)
"""What a supplier's answer may change of a line."""

_STORED: Final = (*_AGREED, "received", "product_id", "work_order_id")


Noted = dict[str, Any]
"""A step that was taken with a purchase order, in plain values, as a command may answer.

``id`` and ``number`` are the purchase order's, ``command`` is the step's key in the log; ``before`` and ``after`` say
how it stood: ``state``, ``reference``, and of each of its ``lines`` what a step may change, by line.
"""


def confirm(
    tx: Transaction,
    purchase_id: UUID,
    answers: Mapping[UUID, Answer] | None = None,
    *,
    reference: str = "",
    expected_on: date | None = None,
) -> Noted:
    """Note what a supplier confirmed, see :func:`purchasing.confirm`, so that it can be taken back."""
    before = _standing(tx, purchase_id)
    purchasing.confirm(tx, purchase_id, answers, reference=reference, expected_on=expected_on)
    return _noted(tx, purchase_id, before)


def take_back_confirmation(tx: Transaction, noted: Noted) -> str:
    """Let a purchase order be as before a confirmation, with all that is pegged to it; return its number.

    Raises:
        NotAllowed: goods came in since, or it was changed.
        NotFound: it does not exist.

    """
    head = _unchanged(tx, noted)
    was = noted["before"]
    tx.update(purchase_order, head.id, state=was["state"], reference=was["reference"])
    tx.update_rows(purchase_line, [(key, {name: row[name] for name in _AGREED}) for key, row in was["lines"].items()])
    _follow(tx, head.id)
    tx.record("purchase.confirmation_taken_back", head.id, number=head.number)
    number: str = head.number
    return number


def receive(
    tx: Transaction,
    purchase_id: UUID,
    quantities: Mapping[UUID, int] | None = None,
    puts: Mapping[UUID, Sequence[Put]] | None = None,
) -> Noted:
    """Take in what a supplier brought, see :func:`receiving.receive`, so that it can be taken back."""
    before = _standing(tx, purchase_id)
    receiving.receive(tx, purchase_id, quantities, puts)
    return _noted(tx, purchase_id, before)


def take_back_receipt(tx: Transaction, noted: Noted) -> str:
    """Book a receipt back: the goods leave where they were put, and are still to come; return the order's number.

    Who was promised them waits for the purchase order again.

    Raises:
        NotAllowed: more came in since, or it was changed; the goods do not lie there any more; or it was the work of
            a subcontractor, which took its components.
        NotFound: it does not exist.

    """
    lines, after = noted["before"]["lines"], noted["after"]["lines"]
    moves = _MOVES.all(tx.connection, command=noted["command"], ids=list(lines))
    promises.lock_orders(tx, {row.product_id for row in moves}, holders=True)  # before the purchase order, as receipts
    head = _unchanged(tx, noted)
    came = {key: after[key]["received"] - lines[key]["received"] for key in lines}
    if any(grains and lines[key]["work_order_id"] for key, grains in came.items()):
        raise NotAllowed(f"{head.number} brought the work of a subcontractor. Scrap what is wrong, and order it anew.")
    products = [row.product_id for row in moves]
    shelved = _SHELVED.all(tx.connection, command=noted["command"], purchase=head.id, ids=products) if moves else ()
    for line_id, grains in came.items():
        pegs.wait_again(tx, line_id, grains)
    tx.update(purchase_order, head.id, state=noted["before"]["state"])
    back = {key: {name: lines[key][name] for name in ("received", "cancelled")} for key in lines if came[key]}
    tx.update_rows(purchase_line, list(back.items()))
    for line_id, spot, grains in _parts(moves, shelved):
        gone = (head.location_id, lines[line_id]["product_id"], spot, grains, Place.SUPPLIER)
        write_offs.take_off(tx, *gone, reason=head.number, document_id=head.id, line_id=line_id)
    _follow(tx, head.id)
    tx.record("purchase.receipt_taken_back", head.id, number=head.number)
    number: str = head.number
    return number


def _parts(moves: Sequence[Any], shelved: Sequence[Any]) -> list[tuple[UUID, Spot, int]]:
    """Say which line's goods came to which spot, and how many lie in no bin; shelves know the product, not the line."""
    parts = list[tuple[UUID, Spot, int]]()
    there = [[row.product_id, Spot(row.to_bin_id, row.lot_id), int(row.quantity)] for row in shelved]
    for row in moves:
        left = int(row.quantity)
        for lying in there:
            grains = min(left, lying[2]) if lying[0] == row.product_id else 0
            if grains:
                parts.append((row.line_id, lying[1], grains))
                lying[2] -= grains
                left -= grains
        if left:
            parts.append((row.line_id, UNPLACED, left))
    return parts


def _standing(tx: Transaction, purchase_id: UUID) -> dict[str, Any]:
    head = purchasing.get(tx.connection, purchase_id)
    lines = {
        row.id: {name: getattr(row, name) for name in _STORED}
        for row in _LINES.all(tx.connection, purchase=purchase_id)
    }
    return {"state": head.state, "reference": head.reference, "lines": lines}


def _noted(tx: Transaction, purchase_id: UUID, before: dict[str, Any]) -> Noted:
    number = purchasing.get(tx.connection, purchase_id).number
    after = _standing(tx, purchase_id)
    return {"id": purchase_id, "number": number, "command": tx.key, "before": before, "after": after}


def _unchanged(tx: Transaction, noted: Noted) -> Any:
    """Lock a purchase order that stands as a step left it."""
    head = tx.lock(purchase_order, noted["id"], "Purchase order")
    now, left = _standing(tx, head.id), noted["after"]
    if now == left:
        return head
    received = [{key: row["received"] for key, row in each["lines"].items()} for each in (now, left)]
    if received[0] != received[1]:
        raise NotAllowed(f"Goods of {head.number} came in or went back since; this cannot be taken back any more.")
    raise NotAllowed(f"{head.number} was changed since; this cannot be taken back. Change what is wrong instead.")


def _follow(tx: Transaction, purchase_id: UUID) -> None:
    """Let what is pegged to a purchase order, and its total, follow its lines."""
    head = purchasing.get(tx.connection, purchase_id)
    for row in purchase_lines.of_purchase(tx.connection, purchase_id):
        purchasing.follow(tx, head, row)
    purchase_lines.sum_up(tx, head)


_COMMAND: Final = bindparam("command", type_=Key)
_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_LINES: Final = Prepared(
    select(purchase_line)
    .where(purchase_line.c.purchase_id == bindparam("purchase", type_=Key))
    .order_by(purchase_line.c.id)
)
_MOVES: Final = Prepared(
    select(stock_move).where(
        stock_move.c.line_id.in_(_IDS),
        stock_move.c.command_id == _COMMAND,
        stock_move.c.source == Place.SUPPLIER,
    )
)
_SHELVED: Final = Prepared(
    select(shelf_move).where(
        shelf_move.c.product_id.in_(_IDS),
        shelf_move.c.command_id == _COMMAND,
        shelf_move.c.document_id == bindparam("purchase", type_=Key),
        shelf_move.c.from_shelf.is_(False),
    )
)
