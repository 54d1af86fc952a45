"""What a person decides about bank lines: booked as proposed or otherwise, ignored, or opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.errors import Invalid, NotAllowed
from app.models.banking import LineState, bank_account, bank_line
from app.models.payment import DeductionKind
from app.services import deductions, payments
from app.services.banking import bank_lines
from app.services.banking.matching import Confidence, Part, written
from app.services.payments import NewPayment
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


def book(tx: Transaction, line_id: UUID, parts: Sequence[Part], reason: str = "") -> list[UUID]:
    """Book a line as payments, one for each part, and settle what they name; return the payments.

    Raises:
        NotAllowed: the line is not open, or an invoice is not (so far) open any more.
        Invalid: the parts are not the line's amount, or there are none.

    """
    line = _open_line(tx, line_id)
    if not parts:
        raise Invalid("parts", "Choose whose payment it is, or ignore the line with a reason.")
    total = sum((part.amount for part in parts), ZERO)
    if total != line.amount:
        told = f"{written(total)} of {written(line.amount)} {line.currency}"
        raise Invalid("parts", f"{told} are allocated. Put the rest on account, or lower them.")
    code = tx.lock(bank_account, line.bank_account_id, "Bank account").account
    booked = [(_pay(tx, line, part, code), part.amount) for part in parts]
    bank_lines.tie(tx, line, booked, reason)
    tx.record("bank_line.booked", line_id, booked[0][0], amount=line.amount, currency=line.currency)
    return [payment_id for payment_id, _ in booked]


def _pay(tx: Transaction, line: Any, part: Part, code: str) -> UUID:
    new = NewPayment(
        part.customer_id,
        part.amount,
        line.booked_on,
        line.currency,
        reference=line.reference or line.text[:140],
        account=code,
        allocations=dict(part.allocations),
    )
    payment_id = payments.receive(tx, new)
    for invoice_id, amount in part.discounts:
        deductions.settle(tx, invoice_id, amount, DeductionKind.DISCOUNT, line.booked_on, payment_id=payment_id)
    return payment_id


def book_sure(tx: Transaction, proposed: Sequence[tuple[UUID, Confidence, tuple[Part, ...], str]]) -> int:
    """Book the lines whose proposals are sure, as long as they still are open; return how many.

    Raises:
        NotAllowed: an invoice was settled otherwise meanwhile; then none is booked.

    """
    sure = [
        (line_id, parts, reason) for line_id, confidence, parts, reason in proposed if confidence == Confidence.SURE
    ]
    for line_id, parts, reason in sure:
        book(tx, line_id, parts, reason)
    return len(sure)


def ignore(tx: Transaction, line_id: UUID, reason: str) -> None:
    """Leave a line out of the books of customers: fees, wages, what we pay to others.

    Raises:
        Invalid: no reason is given.
        NotAllowed: the line is not open.

    """
    _open_line(tx, line_id)
    if not reason.strip():
        raise Invalid("reason", "Say why it is no payment of a customer, e.g. bank fees.")
    bank_lines.decide(tx, line_id, LineState.IGNORED, reason)
    tx.record("bank_line.ignored", line_id, reason=reason.strip())


def reopen(tx: Transaction, line_id: UUID, on: date) -> None:
    """Open a line again: what was booked of it is taken back on that day, with its discounts.

    Raises:
        NotAllowed: the line is open.

    """
    line = tx.lock(bank_line, line_id, "Bank line")
    if line.state == LineState.OPEN:
        raise NotAllowed("This line is open. There is nothing to take back.")
    for payment_id in bank_lines.live_payments(tx, line_id):
        payments.reverse(tx, payment_id, on)
    if line.state == LineState.IGNORED:
        bank_lines.decide(tx, line_id, LineState.OPEN, "")
    tx.record("bank_line.opened", line_id)


def _open_line(tx: Transaction, line_id: UUID) -> Any:
    line = tx.lock(bank_line, line_id, "Bank line")
    if line.state != LineState.OPEN:
        raise NotAllowed(f"This line is {line.state} already. Open it again first.")
    return line
