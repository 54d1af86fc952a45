"""Payments that the bank takes back: the opposite is booked, the invoices are open again, and its fee is a cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from app.errors import Invalid
from app.models.payment import Purpose
from app.services import companies, payments
from app.services.books import chart, entries
from app.services.books.entries import Side
from app.services.transaction import Transaction


def bounce(tx: Transaction, payment_id: UUID, on: date, fee: Decimal = Decimal(0)) -> UUID:
    """Book that a payment bounced on a day; return the id of its opposite.

    ``fee`` is what the bank takes for it, in the company's currency; it leaves the account the payment came to.

    Raises:
        Invalid: the fee is below zero or too fine, or the payment came in another currency than the fee would leave.
        NotAllowed: it was taken back before, or the day's month is closed.
        NotFound: the payment does not exist.

    """
    head = payments.get(tx.connection, payment_id)
    if fee < 0:
        raise Invalid("fee", "A fee is not below zero. Leave it empty where the bank takes none.")
    if fee and head.currency != companies.own_currency(tx.connection):
        raise Invalid("fee", f"{head.number} is in {head.currency}. Book the fee by hand, in the company's currency.")
    reverse_id = payments.reverse(tx, payment_id, on)
    if fee:
        costs = chart.complete(tx, (Purpose.BANK_FEE,))[Purpose.BANK_FEE]
        sides = [Side(costs, fee), Side(head.account, -fee)]
        entries.book(tx, on, f"Bank fee for {head.number}, taken back", sides, payment_id=payment_id)
    return reverse_id
