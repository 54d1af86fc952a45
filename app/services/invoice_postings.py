"""What posting an invoice books: the receivable against sales, debts that were sold, deposits, taxes and rounding."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.base import Key
from app.models.invoice import InvoiceKind, invoice, invoice_line
from app.models.lines import document_tax
from app.models.payment import Purpose
from app.services import companies, journal
from app.services.books import sales_accounts
from app.services.journal import Converter, Posting
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


def of_invoice(tx: Transaction, head: Any, lines: list[Any], rate: Converter) -> list[Posting]:
    """Turn stored totals into an entry: receivable against sales, deposits, taxes and rounding."""
    accounts = journal.accounts(tx.connection)
    taxes = companies.known_taxes(tx.connection)
    taken: dict[UUID, Decimal] = {}
    for line in lines:
        if line.deposit_id:
            taken[line.deposit_id] = taken.get(line.deposit_id, ZERO) + line.net
    credited = _HEAD.first(tx.connection, invoice=head.credits_id) if head.credits_id else head
    if credited is not head and credited.kind == InvoiceKind.DEPOSIT:
        taken[credited.id] = head.untaxed
    deposits = [_deposit_posting(tx, head, *one, accounts[Purpose.DEPOSIT], rate.decimals) for one in taken.items()]
    if head.kind == InvoiceKind.DEPOSIT:
        asked = (-rate.company(head.untaxed), -head.untaxed)
        deposits.append(Posting(accounts[Purpose.DEPOSIT], *asked, head.customer_id, head.id))
    postings = [
        Posting(accounts[Purpose.RECEIVABLE], rate.company(head.total), head.total, head.customer_id, head.id),
        Posting(accounts[Purpose.ROUNDING], -rate.company(head.rounding), -head.rounding),
        *deposits,
        *(
            Posting(line.account, -rate.company(line.net), -line.net, head.customer_id)
            for line in lines
            if line.account
        ),
    ]
    for row in _TAXES.all(tx.connection, document=head.id):
        account = taxes[row.code].account if row.code in taxes else companies.TAX_ACCOUNT
        postings.append(Posting(account, -rate.company(row.amount), -row.amount))
    # Sales take the rest, so that the entry balances in the company's currency too.
    rest = sum((one.amount for one in postings), ZERO)
    sales = sum((one.currency_amount for one in postings), ZERO)
    if not sales:  # a deposit, or its credit note
        return [*postings, Posting(accounts[Purpose.EXCHANGE], -rest, -sales)]
    sold = [line for line in lines if not line.account]
    of_sales = Posting(accounts[Purpose.REVENUE], -rest, -sales)
    return [*postings, *sales_accounts.share_out(tx.connection, accounts, sold, of_sales, rate)]


def _deposit_posting(
    tx: Transaction, head: Any, deposit_id: UUID, net: Decimal, account: str, decimals: int
) -> Posting:
    """Deduct or credit a part of a deposit at the rate it was booked with.

    Both count from what was taken of it before, so that its account holds nothing when all of it is taken.
    """
    own = Converter(head.currency, _HEAD.first(tx.connection, invoice=deposit_id).rate, decimals)
    before = sum(_DEDUCTED.values(tx.connection, deposit=deposit_id, invoice=head.id), ZERO)
    before += sum(_DEPOSIT_CREDITS.values(tx.connection, deposit=deposit_id, invoice=head.id), ZERO)
    company = own.company(before + net) - own.company(before)
    return Posting(account, -company, -net, head.customer_id, deposit_id)


_HEAD: Final = Prepared(
    select(invoice.c.id, invoice.c.kind, invoice.c.rate).where(invoice.c.id == bindparam("invoice", type_=Key))
)
_TAXES: Final = Prepared(select(document_tax).where(document_tax.c.document_id == bindparam("document", type_=Key)))
_DEDUCTED: Final = Prepared(
    select(invoice_line.c.net)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(
        invoice_line.c.deposit_id == bindparam("deposit", type_=Key),
        invoice.c.number.is_not(None),
        invoice.c.id != bindparam("invoice", type_=Key),
    )
)
_DEPOSIT_CREDITS: Final = Prepared(
    select(invoice.c.untaxed).where(
        invoice.c.credits_id == bindparam("deposit", type_=Key),
        invoice.c.number.is_not(None),
        invoice.c.id != bindparam("invoice", type_=Key),
    )
)
