"""The ageing report: what customers owed at the end of a day, by how long it was overdue, to the cent of the ledger."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models import ageing as rules
from app.models.ageing import CLASSES, ZERO
from app.models.invoice import instalment
from app.services.books import reports
from app.services.books.reports import OpenItem
from app.services.imports.formulas import guarded

HEADINGS: Final = ("Customer", "Currency", "Not due", "1-30", "31-60", "61-90", "Over 90", "On account", "Total")


@dataclass(frozen=True, slots=True)
class Aged:
    """What a customer owed in one currency; ``classes`` as in models.ageing, in that currency.

    ``on_account`` is money that settles no invoice (zero or less), ``company_total`` all of it in the company's
    currency as the ledger holds it.
    """

    customer_id: UUID
    customer: str
    currency: str
    classes: tuple[Decimal, ...]
    on_account: Decimal
    company_total: Decimal

    @property
    def total(self) -> Decimal:
        """What was owed in all."""
        return sum(self.classes, self.on_account)

    @property
    def overdue(self) -> Decimal:
        """What was overdue."""
        return sum(self.classes[1:], ZERO)


@dataclass(frozen=True, slots=True)
class Report:
    """The ageing of a day; ``held`` is what the ledger's accounts of receivables and prepayments held."""

    on: date
    rows: tuple[Aged, ...]
    held: Decimal

    @property
    def total(self) -> Decimal:
        """What the rows come to in the company's currency: what the ledger held."""
        return sum((one.company_total for one in self.rows), ZERO)


@dataclass(slots=True)
class _Sum:
    """A row while it is added up."""

    customer: str
    classes: list[Decimal] = field(default_factory=lambda: [ZERO] * (len(CLASSES) + 1))
    on_account: Decimal = ZERO
    company: Decimal = ZERO


def at_day(connection: Connection, on: date) -> Report:
    """Read what was owed at the end of a day, by customer and currency; who owed nothing is left out."""
    known = reports.open_items(connection, on)
    due = _instalments(connection)
    sums: dict[tuple[UUID, str], _Sum] = {}
    for item in known.items:
        row = sums.setdefault((item.customer_id, item.currency), _Sum(item.customer_name))
        row.company += item.company_amount
        if item.due_on is None:
            row.on_account += item.open_amount
        else:
            parts = rules.aged(due.get(item.id) or _whole(item), item.open_amount, on)
            row.classes = [one + part for one, part in zip(row.classes, parts, strict=True)]
    rows = [
        Aged(customer_id, one.customer, currency, tuple(one.classes), one.on_account, one.company)
        for (customer_id, currency), one in sums.items()
    ]
    rows.sort(key=lambda one: (one.customer.casefold(), one.currency))
    return Report(on, tuple(rows), known.held)


def as_csv(rows: Iterable[Aged]) -> str:
    """Write the rows as CSV by RFC 4180, amounts with a point; texts that a spreadsheet would compute are guarded."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for one in rows:
        figures = (*one.classes, one.on_account, one.total)
        writer.writerow([guarded(one.customer), one.currency, *map(written, figures)])
    return stream.getvalue()


def written(amount: Decimal) -> str:
    """Write an amount exactly, with a point and no needless zeros."""
    return f"{amount.normalize() + 0:f}"


def _whole(item: OpenItem) -> list[tuple[date, Decimal]]:
    assert item.due_on is not None, "money on account is not due"
    return [(item.due_on, item.total)]


def _instalments(connection: Connection) -> dict[UUID, list[tuple[date, Decimal]]]:
    found: dict[UUID, list[tuple[date, Decimal]]] = {}
    rows = select(instalment.c.invoice_id, instalment.c.due_on, instalment.c.amount)
    for row in connection.execute(rows):
        found.setdefault(row.invoice_id, []).append((row.due_on, row.amount))
    return found
