"""Statements of account: what came and went between us and a customer in a period, as the ledger holds it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.errors import Invalid
from app.models.invoice import invoice
from app.models.payment import Purpose, journal_entry, journal_line, payment
from app.services import journal, parties
from app.services.ageing import written
from app.services.imports.formulas import guarded

ZERO: Final = Decimal(0)
HEADINGS: Final = ("Date", "Document", "Text", "Debit", "Credit", "Balance")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booking; ``kind`` is invoice, deposit, credit, payment, or empty with what the ledger says as ``text``."""

    booked_on: date
    kind: str
    number: str
    text: str
    due_on: date | None
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's account in one currency over a period; what the customer owes is above zero."""

    customer_id: UUID
    customer: str
    currency: str
    first: date
    last: date
    opening: Decimal
    lines: tuple[StatementLine, ...]

    @property
    def closing(self) -> Decimal:
        """What was owed at the end of the last day."""
        return self.lines[-1].balance if self.lines else self.opening


def read(connection: Connection, customer_id: UUID, currency: str, first: date, last: date) -> Statement:
    """Read a customer's statement of a period, both days included.

    What only moves money from the customer's credit to an invoice changes nothing of what is owed and is not on it.

    Raises:
        Invalid: the period ends before it begins.
        NotFound: the customer does not exist.

    """
    if last < first:
        raise Invalid("last", "The period ends before it begins.")
    customer = parties.payer(connection, customer_id)
    balance = ZERO
    opening, lines = ZERO, []
    for row in connection.execute(_entries(connection, customer_id, currency, last)):
        balance += row.moved
        if row.booked_on < first:
            opening = balance
        elif row.moved:
            lines.append(_line(row, balance))
    return Statement(customer_id, customer.name, currency, first, last, opening, tuple(lines))


def currencies(connection: Connection, customer_id: UUID) -> list[str]:
    """Name the currencies a customer has an account in, the customer's own first."""
    own: str = parties.payer(connection, customer_id).currency
    used = connection.execute(select(invoice.c.currency).where(invoice.c.customer_id == customer_id).distinct())
    paid = connection.execute(select(payment.c.currency).where(payment.c.customer_id == customer_id).distinct())
    return [own, *sorted({*used.scalars(), *paid.scalars()} - {own})]


def as_csv(statement: Statement) -> str:
    """Write a statement as CSV by RFC 4180, with its opening balance as the first line."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerow([statement.first.isoformat(), "", "Opening balance", "", "", written(statement.opening)])
    for one in statement.lines:
        debit, credit = (written(max(one.amount, ZERO)), written(max(-one.amount, ZERO)))
        texts = (guarded(one.number), guarded(one.text))
        writer.writerow([one.booked_on.isoformat(), *texts, debit, credit, written(one.balance)])
    return stream.getvalue()


def _line(row: Any, balance: Decimal) -> StatementLine:
    if row.invoice_number:
        return StatementLine(row.booked_on, row.kind, row.invoice_number, row.text, row.due_on, row.moved, balance)
    if row.payment_number:
        text = row.reference or row.text
        return StatementLine(row.booked_on, "payment", row.payment_number, text, None, row.moved, balance)
    return StatementLine(row.booked_on, "", "", row.text, None, row.moved, balance)


def _entries(connection: Connection, customer_id: UUID, currency: str, last: date) -> Any:
    """Give each entry that moved what the customer owes, by day and number, with its document."""
    accounts = journal.accounts(connection)
    own = (accounts[Purpose.RECEIVABLE], accounts[Purpose.PREPAYMENT])
    entry, line = journal_entry.c, journal_line.c
    moved = (
        select(line.entry_id, func.sum(line.currency_amount, type_=line.currency_amount.type).label("moved"))
        .where(line.customer_id == customer_id, line.currency == currency, line.account.in_(own))
        .group_by(line.entry_id)
        .subquery()
    )
    return (
        select(
            entry.booked_on,
            entry.text,
            moved.c.moved,
            invoice.c.number.label("invoice_number"),
            invoice.c.kind,
            invoice.c.due_on,
            payment.c.number.label("payment_number"),
            payment.c.reference,
        )
        .select_from(
            moved.join(journal_entry, entry.id == moved.c.entry_id)
            .outerjoin(invoice, invoice.c.id == entry.document_id)
            .outerjoin(payment, payment.c.id == entry.document_id)
        )
        .where(entry.booked_on <= last)
        .order_by(entry.booked_on, entry.site, entry.n)
    )
