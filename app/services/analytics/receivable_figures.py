"""The receivables dashboard: what is open by how long it is overdue, by whom, and how long customers take to pay.

The ageing is :mod:`app.services.ageing`'s, to the cent of the ledger.  *Days sales outstanding* are what is open at the
end of a day over what was invoiced in the 90 days up to it, taxes contained in both, times 90 (the textbook figure, as
the Credit Research Foundation defines it: ending receivables over credit sales, times the days of the period).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from sqlalchemy import Connection, func, select, type_coerce

from app.models.ageing import CLASSES
from app.models.base import AMOUNT, Exact
from app.models.invoice import InvoiceKind, InvoiceState, invoice
from app.models.payment import Purpose, journal_entry, journal_line
from app.services import ageing, companies, journal
from app.services.ageing import Aged
from app.services.analytics.spans import last_months, months_back

ZERO: Final = Decimal(0)
SALES_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class ReceivableFigures:
    """All that the dashboard shows, as at the end of ``on``.

    ``classes`` are as in models.ageing, of customers who owe in the company's currency; ``rows`` are by customer and
    currency, the most overdue first.  ``held`` is what the ledger holds, all currencies in the company's.  ``open_at``
    is that at the end of each of ``months``, ``days`` the days sales outstanding then (None: nothing was invoiced).
    """

    currency: str
    on: date
    held: Decimal
    classes: tuple[Decimal, ...]
    rows: tuple[Aged, ...]
    months: tuple[date, ...]
    open_at: tuple[Decimal, ...]
    days: tuple[Fraction | None, ...]

    @property
    def overdue(self) -> Decimal:
        """What is overdue in the company's currency."""
        return sum(self.classes[1:], ZERO)

    @property
    def is_empty(self) -> bool:
        """Whether nobody owes anything and nobody did."""
        return not self.rows and not any(self.open_at)


def read(connection: Connection, on: date) -> ReceivableFigures:
    """Read the figures as at the end of a day."""
    currency = companies.own_currency(connection)
    aged = ageing.at_day(connection, on)
    rows = sorted(aged.rows, key=lambda one: (-one.overdue, -one.total, one.customer.casefold()))
    own = [one.classes for one in rows if one.currency == currency]
    months = last_months(on)
    ends = [min(months_back(month, -1) - timedelta(days=1), on) for month in months]
    open_at = _held(connection, ends)
    return ReceivableFigures(
        currency,
        on,
        aged.held,
        tuple(sum((each[place] for each in own), ZERO) for place in range(len(CLASSES) + 1)),
        tuple(rows),
        tuple(months),
        tuple(open_at),
        tuple(_days(held, sold) for held, sold in zip(open_at, _invoiced(connection, ends), strict=True)),
    )


def _days(held: Decimal, sold: Decimal) -> Fraction | None:
    return Fraction(held) * SALES_DAYS / Fraction(sold) if sold > 0 else None


def _held(connection: Connection, ends: list[date]) -> list[Decimal]:
    """Read what the accounts of receivables and of customers' prepayments held at the end of days."""
    accounts = journal.accounts(connection)
    ours = [accounts[purpose] for purpose in (Purpose.RECEIVABLE, Purpose.PREPAYMENT)]
    rows = connection.execute(
        select(journal_entry.c.booked_on, type_coerce(func.sum(journal_line.c.amount), Exact(AMOUNT)))
        .join(journal_line, journal_line.c.entry_id == journal_entry.c.id)
        .where(journal_line.c.account.in_(ours), journal_entry.c.booked_on <= ends[-1])
        .group_by(journal_entry.c.booked_on)
    ).all()
    return [sum((amount for on, amount in rows if on <= end), ZERO) for end in ends]


def _invoiced(connection: Connection, ends: list[date]) -> list[Decimal]:
    """Read what was invoiced in the 90 days up to days, in the company's currency."""
    rows = connection.execute(
        select(invoice.c.invoiced_on, type_coerce(func.sum(invoice.c.company_total), Exact(AMOUNT)))
        .where(
            invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
            invoice.c.kind != InvoiceKind.DEPOSIT,
            invoice.c.invoiced_on > ends[0] - timedelta(days=SALES_DAYS),
        )
        .group_by(invoice.c.invoiced_on)
    ).all()
    reach = timedelta(days=SALES_DAYS)
    return [sum((amount for on, amount in rows if end - reach < on <= end), ZERO) for end in ends]
