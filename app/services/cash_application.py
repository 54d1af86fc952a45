"""Applying what a customer paid: early-payment discounts, rests that are written off, overpayments that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.invoice import InvoiceState, invoice
from app.models.payment import DeductionKind, deduction
from app.services import balances, deductions, payments
from app.services.deductions import Early
from app.services.payments import NewPayment, OpenInvoice
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Payable(OpenInvoice):
    """An invoice that asks for money; ``discount`` is what paying the rest of it until ``until`` still takes off."""

    discount: Decimal = ZERO
    until: date | None = None

    def discount_on(self, day: date | None) -> Decimal:
        """Give what paying on a day takes off, in the invoice's currency; nothing once it is too late."""
        in_time = self.until is not None and day is not None and day <= self.until
        return self.discount if in_time else ZERO


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What is settled along with a payment and not paid, by invoice and in the payment's currency.

    ``kept`` of an overpayment becomes income.  ``reason`` says why something is written off or kept.
    """

    discounts: Mapping[UUID, Decimal] = field(default_factory=dict)
    write_offs: Mapping[UUID, Decimal] = field(default_factory=dict)
    kept: Decimal = ZERO
    reason: str = ""


def payable(connection: Connection, customer_id: UUID, currency: str) -> list[Payable]:
    """Read what a customer is to pay in a currency, the oldest due first, with the discounts that are left."""
    rows = _OPEN.all(connection, customer=customer_id, currency=currency)
    return [_payable(connection, row) for row in rows if row.open_amount > 0]


def receive(tx: Transaction, new: NewPayment, adjustments: Adjustments, number: str = "") -> UUID:
    """Book a payment as :func:`balances.receive`, and what is settled along with it; return the payment's id.

    Taking the payment back (:func:`payments.reverse`) takes all of it back.

    Raises:
        Invalid: something is written off or kept without a reason; or see :func:`balances.receive`.
        NotAllowed: a discount is not due any more, or more is settled than is open.

    """
    if (adjustments.write_offs or adjustments.kept) and not adjustments.reason.strip():
        raise Invalid("reason", "Say why it is written off or kept.")
    payment_id = balances.receive(tx, new, number)
    for invoice_id, amount in sorted(adjustments.discounts.items()):
        _check_discount(tx, invoice_id, amount, new.received_on)
        deductions.settle(tx, invoice_id, amount, DeductionKind.DISCOUNT, new.received_on, payment_id=payment_id)
    for invoice_id, amount in sorted(adjustments.write_offs.items()):
        given_up = DeductionKind.WRITE_OFF
        why = adjustments.reason
        deductions.settle(tx, invoice_id, amount, given_up, new.received_on, reason=why, payment_id=payment_id)
    if adjustments.kept:
        deductions.keep(tx, payment_id, adjustments.kept, new.received_on, reason=adjustments.reason)
    return payment_id


@dataclass(frozen=True, slots=True)
class Deducted:
    """A deduction of an invoice that stands: it may be taken back."""

    id: UUID
    invoice_id: UUID
    payment_id: UUID | None
    kind: str
    on: date
    amount: Decimal
    currency: str
    reason: str
    by: str


def standing(connection: Connection, invoice_id: UUID) -> list[Deducted]:
    """Read the deductions of an invoice that were not taken back, the oldest first."""
    rows = _DEDUCTED.all(connection, invoice=invoice_id)
    gone = {row.reverses_id for row in rows}
    names = tuple(Deducted.__dataclass_fields__)
    return [
        Deducted(*(getattr(row, name) for name in names))
        for row in rows
        if row.reverses_id is None and row.id not in gone
    ]


def settle_again(tx: Transaction, one: Deducted, on: date) -> UUID:
    """Settle again what was taken back: the same amount, kind and reason.

    Raises:
        NotAllowed: less than that is open of the invoice by now, the payment it came with was taken back, or another
            payment took the discount meanwhile.

    """
    kind = DeductionKind(one.kind)
    if kind == DeductionKind.DISCOUNT and one.payment_id:
        head = tx.lock(invoice, one.invoice_id, "Invoice")
        early = deductions.early_discount(tx.connection, head)
        if early is None or one.amount > early.amount - _taken(tx.connection, one.invoice_id):
            raise NotAllowed(f"{head.number} has no such discount left: another payment took it. Nothing was changed.")
    return deductions.settle(tx, one.invoice_id, one.amount, kind, on, reason=one.reason, payment_id=one.payment_id)


def use_credit(tx: Transaction, credit_id: UUID, shares: Mapping[UUID, Decimal], on: date) -> None:
    """Use a credit note for several invoices of its customer, as :func:`payments.net` for each.

    Raises:
        Invalid: nothing is used, or an amount is finer than the currency is counted.
        NotAllowed: less than that is open on one of them.

    """
    used = {invoice_id: amount for invoice_id, amount in sorted(shares.items()) if amount}
    if not used:
        raise Invalid("shares", "Say how much is used for which invoice.")
    for invoice_id, amount in used.items():
        payments.net(tx, credit_id, invoice_id, amount, on)


def _payable(connection: Connection, head: Any) -> Payable:
    early = _early(connection, head)
    found = Payable(*(getattr(head, name) for name in OpenInvoice.__dataclass_fields__))
    return found if early is None else replace(found, discount=early.amount, until=early.until)


def _early(connection: Connection, head: Any) -> Early | None:
    """Give what an invoice's terms still take off: less what was taken off already, and never all that is open."""
    early = deductions.early_discount(connection, head)
    if early is None:
        return None
    left = early.amount - _taken(connection, head.id)
    return Early(left, early.until) if 0 < left < head.open_amount else None


def _taken(connection: Connection, invoice_id: UUID) -> Decimal:
    """Add up the discounts that stand of an invoice."""
    rows = _DEDUCTED.all(connection, invoice=invoice_id)
    return sum((row.amount for row in rows if row.kind == DeductionKind.DISCOUNT), ZERO)


def _check_discount(tx: Transaction, invoice_id: UUID, amount: Decimal, on: date) -> None:
    """Refuse a discount that the terms do not give, not on this day, or gave already."""
    head = tx.lock(invoice, invoice_id, "Invoice")
    early = deductions.early_discount(tx.connection, head)
    if early is None or on > early.until or amount > early.amount - _taken(tx.connection, invoice_id):
        raise NotAllowed(f"{head.number} has no such discount for paying on this day. Take it out, or write it off.")


_OPEN: Final = Prepared(
    select(invoice)
    .where(
        invoice.c.customer_id == bindparam("customer", type_=Key),
        invoice.c.currency == bindparam("currency"),
        invoice.c.state == InvoiceState.POSTED,
    )
    .order_by(invoice.c.due_on, invoice.c.number)
)
_DEDUCTED: Final = Prepared(
    select(deduction).where(deduction.c.invoice_id == bindparam("invoice", type_=Key)).order_by(deduction.c.id)
)
