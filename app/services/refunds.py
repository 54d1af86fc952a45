"""Money on account that is paid back: what is left of a customer's payments, given back in whole or part.

A refund is a payment below zero that names the payments it gives back (``NewPayment.paid_back``).  Each of them, and
the refund, gets a deduction of kind ``refunded``: none of that money is to the customer's credit any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotAllowed
from app.models.base import Key, new_id
from app.models.payment import DeductionKind, deduction, journal_entry, journal_line, payment
from app.models.rounding import Rounding, round_decimals
from app.services import deductions
from app.services.journal import Posting
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a payment, in its currency."""

    payment_id: UUID
    number: str
    received_on: date
    currency: str
    left: Decimal


def credit(connection: Connection, customer_id: UUID) -> list[Left]:
    """Read what is left of a customer's payments, the oldest first; those taken back have nothing left."""
    rows = _PAYMENTS.all(connection, customer=customer_id)
    found = [
        Left(row.id, row.number, row.received_on, row.currency, row.amount - deductions.used(connection, row.id))
        for row in rows
    ]
    return [one for one in found if one.left > 0]


def spread(lefts: list[Left], currency: str, amount: Decimal) -> dict[UUID, Decimal]:
    """Say what of each payment an amount gives back, the oldest first; what there is no credit for is left out."""
    shares: dict[UUID, Decimal] = {}
    for one in lefts:
        share = min(amount, one.left)
        if one.currency == currency and share > 0:
            shares[one.payment_id] = share
            amount -= share
    return shares


def pay_back(
    tx: Transaction, refund_id: UUID, shares: Mapping[UUID, Decimal], prepayment: str, decimals: int
) -> list[Posting]:
    """Take what a refund gives back off the payments it was left of; return their postings.

    They leave the prepayment account with what it holds of each, in proportion, so that nothing stays once all is
    given back; ``decimals`` are those of the company's currency.

    Raises:
        NotAllowed: less than that is left of a payment, or it is another customer's or in another currency.
        NotFound: a payment does not exist.

    """
    refund = tx.lock(payment, refund_id, "Payment")
    postings = []
    for payment_id, amount in sorted(shares.items()):
        head = tx.lock(payment, payment_id, "Payment")
        left = ZERO if head.reverses_id or _TAKEN_BACK.first(tx.connection, payment=payment_id) else head.amount
        left -= deductions.used(tx.connection, payment_id) if left else ZERO
        if head.customer_id != refund.customer_id or head.currency != refund.currency:
            raise NotAllowed(f"{head.number} is another customer's or in another currency.")
        if not 0 < amount <= left:
            raise NotAllowed(f"{head.number} has {left:f} {head.currency} left. Pay back at most that.")
        share = Fraction(deductions.held(tx.connection, payment_id, prepayment)) * Fraction(amount) / Fraction(left)
        company = round_decimals(share, decimals, Rounding.HALF_UP)
        postings.append(Posting(prepayment, company, amount, head.customer_id, payment_id))
        _insert(tx, head, amount, refund.received_on, refund.number)
    _insert(tx, refund, -sum(shares.values(), ZERO), refund.received_on, refund.number)
    return postings


def take_back(tx: Transaction, refund: Any, reverse: Any, prepayment: str) -> list[Posting]:
    """Give the customer the credit again that a refund (its row) paid back; return the postings for ``reverse``."""
    postings = []
    for row in _GIVEN.all(tx.connection, customer=refund.customer_id, command=refund.command_id, number=refund.number):
        if row.payment_id == refund.id:
            _insert(tx, reverse, -row.amount, reverse.received_on, row.reason, row.id)
            continue
        head = tx.lock(payment, row.payment_id, "Payment")
        booked = _BOOKED.all(tx.connection, refund=refund.id, payment=row.payment_id, account=prepayment)
        company = sum((one.amount for one in booked), ZERO)
        postings.append(Posting(prepayment, -company, -row.amount, head.customer_id, row.payment_id))
        _insert(tx, head, -row.amount, reverse.received_on, row.reason, row.id)
    return postings


def refuse_given_back(connection: Connection, head: Any) -> None:
    """Refuse to take a payment (its row) back that was paid back to the customer, in whole or part.

    Raises:
        NotAllowed: it was; the text names the refund.

    """
    given = _STANDING.first(connection, payment=head.id) if head.amount > 0 else None
    if given is not None:
        raise NotAllowed(
            f"{head.number} was paid back with {given.reason}. Take {given.reason} back first, then {head.number}."
        )


def given_back(connection: Connection, payment_id: UUID) -> Decimal:
    """Give what of a payment was paid back, in its currency; of a refund below zero."""
    found: Decimal = sum(_REFUNDED.values(connection, payment=payment_id), ZERO)
    return found


def _insert(
    tx: Transaction, head: Any, amount: Decimal, on: date, number: str, reverses_id: UUID | None = None
) -> None:
    row = {
        "id": new_id(),
        "command_id": tx.key,
        "kind": str(DeductionKind.REFUNDED),
        "customer_id": head.customer_id,
        "invoice_id": None,
        "payment_id": head.id,
        "on": on,
        "currency": head.currency,
        "amount": amount,
        "tax": ZERO,
        "reason": number,
        "reverses_id": reverses_id,
        "by": tx.by,
        "at": tx.at,
    }
    tx.insert(deduction, row)


_reversal = payment.alias("reversal")
_undone = deduction.alias("undone")
_PAYMENTS: Final = Prepared(
    select(payment)
    .where(
        payment.c.customer_id == bindparam("customer", type_=Key),
        payment.c.amount > 0,
        payment.c.reverses_id.is_(None),
        ~select(_reversal.c.id).where(_reversal.c.reverses_id == payment.c.id).exists(),
    )
    .order_by(payment.c.received_on, payment.c.id)
)
_TAKEN_BACK: Final = Prepared(select(payment.c.id).where(payment.c.reverses_id == bindparam("payment", type_=Key)))
_GIVEN: Final = Prepared(
    select(deduction)
    .where(
        deduction.c.customer_id == bindparam("customer", type_=Key),
        deduction.c.command_id == bindparam("command", type_=Key),
        deduction.c.reason == bindparam("number"),
        deduction.c.kind == str(DeductionKind.REFUNDED),
        deduction.c.reverses_id.is_(None),
    )
    .order_by(deduction.c.payment_id)
)
_BOOKED: Final = Prepared(
    select(journal_line.c.amount)
    .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
    .where(
        journal_line.c.invoice_id == bindparam("payment", type_=Key),
        journal_entry.c.document_id == bindparam("refund", type_=Key),
        journal_line.c.account == bindparam("account"),
    )
)
_STANDING: Final = Prepared(
    select(deduction.c.reason).where(
        deduction.c.payment_id == bindparam("payment", type_=Key),
        deduction.c.kind == str(DeductionKind.REFUNDED),
        deduction.c.reverses_id.is_(None),
        ~select(_undone.c.id).where(_undone.c.reverses_id == deduction.c.id).exists(),
    )
)
_REFUNDED: Final = Prepared(
    select(deduction.c.amount).where(
        deduction.c.payment_id == bindparam("payment", type_=Key),
        deduction.c.kind == str(DeductionKind.REFUNDED),
    )
)
