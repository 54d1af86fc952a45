"""Planned transfers made smaller, and what is promised to them given back."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotFound
from app.models.base import Key
from app.models.stock import Place
from app.models.transfer import TransferState, transfer, transfer_line
from app.services import stock_ledger
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def lines(connection: Connection, transfer_id: UUID) -> list[Any]:
    """Read the lines of a transfer in their order."""
    return _LINES.all(connection, transfer=transfer_id)


def lock_lines(tx: Transaction, head: Any) -> list[Any]:
    """Read the lines of a locked transfer with the levels they leave from locked: what is promised to them stays so."""
    ids = [one.product_id for one in lines(tx.connection, head.id)]
    stock_ledger.lock_levels(tx, head.from_location_id, ids)
    return lines(tx.connection, head.id)


def line(connection: Connection, line_id: UUID) -> Any:
    """Read a line.

    Raises:
        NotFound: it does not exist.

    """
    row = _LINE.first(connection, line=line_id)
    if row is None:
        raise NotFound("Transfer line", line_id)
    return row


def unshipped(line: Any) -> int:
    """How many grains of a line are still to leave."""
    return int(line.wanted - line.cancelled - line.shipped)


def shrink(tx: Transaction, line_id: UUID, grains: int) -> int:
    """Take up to ``grains`` that have not left off a transfer line and return how many; promises are given back."""
    head = tx.lock(transfer, line(tx.connection, line_id).transfer_id, "Transfer")
    one = next(row for row in lock_lines(tx, head) if row.id == line_id)
    part = min(grains, unshipped(one)) if head.state == TransferState.PLANNED else 0
    if part <= 0:
        return 0
    give_up(tx, head, one, part)
    rest = lines(tx.connection, head.id)
    if not any(unshipped(one) or one.shipped for one in rest):
        tx.update(transfer, head.id, state=str(TransferState.CANCELLED))
        tx.record("transfer.cancelled", head.id, number=head.number)
    return part


def give_up(tx: Transaction, head: Any, line: Any, grains: int) -> None:
    """Cancel ``grains`` of a line that have not left; its transfer and level are locked, see :func:`lock_lines`."""
    left = unshipped(line) - grains
    back = max(0, line.reserved - left)
    if back:
        move = Move(line.product_id, Place.PROMISED, Place.FREE, back, line.id, head.id, head.number)
        stock_ledger.move(tx, head.from_location_id, [move])
    tx.update(transfer_line, line.id, cancelled=line.cancelled + grains, reserved=line.reserved - back)


_LINES: Final = Prepared(
    select(transfer_line)
    .where(transfer_line.c.transfer_id == bindparam("transfer", type_=Key))
    .order_by(transfer_line.c.position)
)
_LINE: Final = Prepared(select(transfer_line).where(transfer_line.c.id == bindparam("line", type_=Key)))
