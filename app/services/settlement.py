"""Settling invoices: allocations are added, open amounts fall, the receivable account follows to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from app.models.base import new_id
from app.models.invoice import InvoiceState, invoice
from app.models.payment import Purpose, allocation
from app.services import collected_orders, instalments, journal, order_book, order_money, planning, sourcing
from app.services.journal import Accounts, Posting
from app.services.order_book import OrderBook
from app.services.transaction import Transaction

Settled = list[tuple[Any, Decimal]]
"""Locked invoices and what of each is settled, in its currency; negative where it is opened again."""


def allocate(tx: Transaction, settled: Settled, payment_id: UUID | None, *, deduction_id: UUID | None = None) -> None:
    """Allocate amounts to locked invoices: their open amounts fall, their states follow."""
    tx.insert(
        allocation,
        *(
            {
                "id": new_id(),
                "command_id": tx.key,
                "payment_id": payment_id,
                "invoice_id": head.id,
                "amount": amount,
                "at": tx.at,
                "deduction_id": deduction_id,
            }
            for head, amount in settled
        ),
    )
    for head, amount in settled:
        rest = head.open_amount - amount
        state = InvoiceState.PAID if rest == 0 else InvoiceState.POSTED
        days = instalments.follow(tx, head, rest) if head.instalments else {}
        tx.update(invoice, head.id, open_amount=rest, state=str(state), **days)
        if head.orders:
            collected_orders.follow(tx, head, rest)
    for order_id in sorted({one for head, _ in settled for one in collected_orders.order_ids(tx.connection, head)}):
        follow_money(tx, order_book.load(tx, order_id))


def follow_money(tx: Transaction, book: OrderBook) -> None:
    """Let an order follow what was invoiced or paid of it.

    What is reserved and planned follows too where the order no longer waits for a deposit, or waits again.
    """
    if book.head.deposit_amount:
        waited = book.waits_for_deposit
        order_money.read(tx, book)
        if book.waits_for_deposit != waited:
            sourcing.settle(tx, book)
            return
    planning.settle_money(tx, book)


def clear(accounts: Accounts, settled: Settled, decimals: int) -> list[Posting]:
    """Take settled amounts off the receivable account at the rate each invoice was booked with.

    What the account holds of an invoice is then always its open amount at that rate, ``decimals`` being those
    of the company's currency.
    """
    found = []
    for head, amount in settled:
        own = journal.Converter(head.currency, head.rate, decimals)
        rest = head.open_amount - amount
        company = own.company(head.open_amount) - own.company(rest)
        found.append(Posting(accounts[Purpose.RECEIVABLE], -company, -amount, head.customer_id, head.id))
    return found


def difference(accounts: Accounts, postings: list[Posting]) -> Posting:
    """Book what the rates leave over as an exchange difference: a gain is a credit."""
    rest = sum((one.amount for one in postings), Decimal(0))
    return Posting(accounts[Purpose.EXCHANGE], -rest, Decimal(0))
