"""Which payments were booked of a bank line; a line is booked as long as they make up its amount."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.banking import LineState, bank_booking, bank_line
from app.models.base import Key, new_id
from app.models.payment import payment
from app.services.statements import Prepared
from app.services.transaction import Transaction


def tie(tx: Transaction, line: Any, payments: list[tuple[UUID, Decimal]], reason: str) -> None:
    """Say that payments were booked of a locked line; together they are its amount."""
    if sum((amount for _, amount in payments), Decimal(0)) != line.amount:  # no assert: it would go with python -O
        raise ArithmeticError(f"the payments of bank line {line.id} are not its amount")
    tx.insert(bank_booking, *(_row(tx, line.id, payment_id, amount) for payment_id, amount in payments))
    decide(tx, line.id, LineState.BOOKED, reason)


def decide(tx: Transaction, line_id: UUID, state: LineState, reason: str) -> None:
    """Give a line a state, and who says so why."""
    decided: dict[str, Any] = {"decided_by": "", "decided_at": None}
    if state != LineState.OPEN:
        decided = {"decided_by": tx.by, "decided_at": tx.at}
    tx.update(bank_line, line_id, state=str(state), reason=reason.strip()[:200], **decided)


def taken_back(tx: Transaction, payment_id: UUID, reverse_id: UUID) -> None:
    """Open the line again that a payment was booked of, now that the payment is taken back."""
    row = _TIED.first(tx.connection, payment=payment_id)
    if row is None:
        return
    tx.insert(bank_booking, _row(tx, row.line_id, reverse_id, -row.amount))
    line = tx.lock(bank_line, row.line_id, "Bank line")
    if line.state == LineState.BOOKED:
        decide(tx, line.id, LineState.OPEN, "")


def live_payments(tx: Transaction, line_id: UUID) -> list[UUID]:
    """Name the payments of a line that were not taken back, the youngest first."""
    rows = _OF_LINE.all(tx.connection, line=line_id)
    gone = {row.reverses_id for row in rows if row.reverses_id}
    return [row.payment_id for row in rows if not row.reverses_id and row.payment_id not in gone]


def _row(tx: Transaction, line_id: UUID, payment_id: UUID, amount: Decimal) -> dict[str, Any]:
    row = {"line_id": line_id, "payment_id": payment_id, "amount": amount}
    return {"id": new_id(), "command_id": tx.key, **row, "at": tx.at}


_TIED: Final = Prepared(
    select(bank_booking.c.line_id, bank_booking.c.amount).where(
        bank_booking.c.payment_id == bindparam("payment", type_=Key)
    )
)
_OF_LINE: Final = Prepared(
    select(bank_booking.c.payment_id, payment.c.reverses_id)
    .join(payment, payment.c.id == bank_booking.c.payment_id)
    .where(bank_booking.c.line_id == bindparam("line", type_=Key))
    .order_by(bank_booking.c.id.desc())
)
