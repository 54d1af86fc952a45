"""Planned transfers made smaller, and what is promised to them given back."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

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


def unshipped(line: Any) -> int:
    """How many grains of a line are still to leave."""
    return int(line.wanted - line.cancelled - line.shipped)


def shrink(tx: Transaction, line_id: UUID, grains: int) -> int:
    """Take up to ``grains`` that have not left off a transfer line and return how many; promises are given back."""
    line = tx.lock(transfer_line, line_id, "Transfer line")
    head = tx.lock(transfer, line.transfer_id, "Transfer")
    part = min(grains, unshipped(line)) if head.state == TransferState.PLANNED else 0
    if part <= 0:
        return 0
    give_up(tx, head, line, part)
    rest = lines(tx.connection, head.id)
    if not any(unshipped(one) or one.shipped for one in rest):
        tx.update(transfer, head.id, state=str(TransferState.CANCELLED))
        tx.record("transfer.cancelled", head.id, number=head.number)
    return part


def give_up(tx: Transaction, head: Any, line: Any, grains: int) -> None:
    """Cancel ``grains`` of a line that have not left; head and line are locked."""
    left = unshipped(line) - grains
    back = max(0, line.reserved - left)
    if back:
        stock_ledger.lock_levels(tx, head.from_location_id, [line.product_id])
        move = Move(line.product_id, Place.PROMISED, Place.FREE, back, line.id, head.id, head.number)
        stock_ledger.move(tx, head.from_location_id, [move])
    tx.update(transfer_line, line.id, cancelled=line.cancelled + grains, reserved=line.reserved - back)


_LINES: Final = Prepared(
    select(transfer_line)
    .where(transfer_line.c.transfer_id == bindparam("transfer", type_=Key))
    .order_by(transfer_line.c.position)
)
