"""The journal of some days as one batch: what every export for accountants is written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.company import account
from app.models.payment import journal_entry, journal_line
from app.services.spreadsheets import Sheet, Value, amount

HEADINGS: Final = ("Date", "Site", "Number", "Text", "Account", "Name", "Debit", "Credit", "Currency", "In currency")
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """A side of an entry: debit positive, in the company's currency and in ``currency``."""

    account: str
    name: str
    kind: str
    amount: Decimal
    currency: str
    currency_amount: Decimal


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """An entry with its lines, which add up to zero."""

    on: date
    site: str
    number: int
    text: str
    document_id: UUID
    lines: tuple[Line, ...]

    @property
    def document(self) -> str:
        """The number of the document it is about: its text begins with it."""
        return self.text.split(" ", 1)[0]


def read(connection: Connection, first: date, last: date) -> Iterator[BatchEntry]:
    """Read the entries dated from ``first`` to ``last``, by day, site and number."""
    rows = connection.execute(
        select(
            journal_entry.c.booked_on,
            journal_entry.c.site,
            journal_entry.c.n,
            journal_entry.c.text,
            journal_entry.c.document_id,
            journal_line.c.account,
            account.c.name,
            account.c.kind,
            journal_line.c.amount,
            journal_line.c.currency,
            journal_line.c.currency_amount,
        )
        .join(journal_line, journal_line.c.entry_id == journal_entry.c.id)
        .join(account, account.c.code == journal_line.c.account)
        .where(journal_entry.c.booked_on.between(first, last))
        .order_by(journal_entry.c.booked_on, journal_entry.c.site, journal_entry.c.n, journal_line.c.id)
    )
    for head, lines in groupby(rows, key=lambda row: tuple(row[:5])):
        on, site, number, text, document_id = head
        yield BatchEntry(on, site, number, text, document_id, tuple(_line(row) for row in lines))


def _line(row: Any) -> Line:
    return Line(row.account, row.name, row.kind, row.amount, row.currency, row.currency_amount)


def pairs(entry: BatchEntry) -> Iterator[tuple[str, str, Decimal]]:
    """Break an entry into amounts from one debit account to one credit account; each account keeps its sum."""
    debits = [(line.account, line.amount) for line in entry.lines if line.amount > 0]
    credits_ = [(line.account, -line.amount) for line in entry.lines if line.amount < 0]
    while debits and credits_:
        (debit, left), (credit, owed) = debits.pop(0), credits_.pop(0)
        part = min(left, owed)
        yield debit, credit, part
        if left > part:
            debits.insert(0, (debit, left - part))
        if owed > part:
            credits_.insert(0, (credit, owed - part))


def sheet(connection: Connection, first: date, last: date) -> Sheet:
    """Give the journal as a table: a row for each line."""

    def rows() -> Iterator[list[Value]]:
        for entry in read(connection, first, last):
            for line in entry.lines:
                debit, credit = amount(max(line.amount, ZERO)), amount(max(-line.amount, ZERO))
                head: list[Value] = [entry.on, entry.site, entry.number, entry.text, line.account, line.name]
                yield [*head, debit, credit, line.currency, amount(line.currency_amount)]

    return Sheet("Journal", HEADINGS, rows())
