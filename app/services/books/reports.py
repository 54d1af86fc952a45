"""What an accountant reads: trial balance, account sheet, open items.  Every figure is summed from the journal's lines.

Amounts are in the company's currency, debit positive, unless said otherwise.  Days are those entries are dated on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, case, func, literal_column, select

from app.errors import NotFound
from app.models.books import BALANCE, AccountKind
from app.models.company import account, company
from app.models.invoice import invoice
from app.models.payment import Purpose, journal_entry, journal_line, payment

ZERO: Final = Decimal(0)
CARRIED: Final = "Result of earlier years"


def year_start(connection: Connection, day: date) -> date:
    """Give the first day of the financial year a day is in."""
    month: int = connection.execute(select(company.c.fiscal_month)).scalar_one()
    return date(day.year - (day.month < month), month, 1)


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """An account in a trial balance; ``opening`` + ``debit`` - ``credit`` = ``closing``."""

    code: str
    name: str
    kind: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """Its balance at the end; debit is positive."""
        return self.opening + self.debit - self.credit

    @property
    def id(self) -> str:
        """What a list knows it by."""
        return self.code


def trial_balance(connection: Connection, first: date, last: date) -> list[BalanceRow]:
    """Read the trial balance of the days from ``first`` to ``last``; accounts without any figure are left out.

    Accounts of income and expense begin each financial year with nothing: what they held before is one row, without
    a code, so that openings and closings both add up to zero.
    """
    year = year_start(connection, first)
    on, amount = journal_entry.c.booked_on, journal_line.c.amount
    inside = on.between(first, last)
    statement = (
        select(
            journal_line.c.account,
            _sum(on < year).label("years"),
            _sum(on.between(year, first) & (on < first)).label("year"),
            _sum(inside & (amount > 0)).label("debit"),
            _sum(inside & (amount < 0)).label("credit"),
        )
        .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
        .where(on <= last)
        .group_by(journal_line.c.account)
    )
    figures = {row.account: row for row in connection.execute(statement)}
    rows, carried = [], ZERO
    for known in connection.execute(select(account).order_by(account.c.code)):
        if (row := figures.get(known.code)) is None:
            continue
        opening = row.year
        if known.kind in BALANCE:
            opening += row.years
        else:
            carried += row.years
        if opening or row.debit or row.credit:
            rows.append(BalanceRow(known.code, known.name, known.kind, opening, row.debit, -row.credit))
    if carried:
        rows.append(BalanceRow("", CARRIED, str(AccountKind.EQUITY), carried, ZERO, ZERO))
    return rows


def result(rows: Iterable[BalanceRow]) -> Decimal:
    """Give the profit (negative: loss) that a trial balance shows since the financial year began."""
    return -sum((row.closing for row in rows if row.kind not in BALANCE), ZERO)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line on an account, with the balance after it; ``against`` are the other accounts of its entry."""

    id: UUID
    document_id: UUID
    number: int
    site: str
    booked_on: date
    text: str
    against: str
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """An account over some days; the last line's balance is its closing."""

    code: str
    name: str
    opening: Decimal
    lines: tuple[SheetLine, ...]

    @property
    def closing(self) -> Decimal:
        """What it held at the end."""
        return self.lines[-1].balance if self.lines else self.opening


def account_sheet(connection: Connection, code: str, first: date, last: date) -> AccountSheet:
    """Read what was booked on an account from ``first`` to ``last``, by day and number.

    Raises:
        NotFound: there is no such account.

    """
    known = connection.execute(select(account).where(account.c.code == code)).one_or_none()
    if known is None:
        raise NotFound("Account", code)
    since = date.min if known.kind in BALANCE else year_start(connection, first)
    on = journal_entry.c.booked_on
    opening = connection.execute(
        select(_sum(on.between(since, first) & (on < first)))
        .select_from(journal_line.join(journal_entry, journal_entry.c.id == journal_line.c.entry_id))
        .where(journal_line.c.account == code, on < first)
    ).scalar_one()
    mine = select(journal_line.c.entry_id).where(journal_line.c.account == code)
    statement = (
        select(journal_entry, journal_line.c.id.label("line_id"), journal_line.c.account, journal_line.c.amount)
        .join(journal_line, journal_line.c.entry_id == journal_entry.c.id)
        .where(on.between(first, last), journal_entry.c.id.in_(mine))
        .order_by(on, journal_entry.c.site, journal_entry.c.n, journal_line.c.id)
    )
    rows = connection.execute(statement).all()
    others: dict[UUID, dict[str, None]] = {}
    for row in rows:
        if row.account != code:
            others.setdefault(row.id, {})[row.account] = None
    lines, balance = [], opening
    for row in rows:
        if row.account == code:
            balance += row.amount
            lines.append(_sheet_line(row, ", ".join(others.get(row.id, {})), balance))
    return AccountSheet(known.code, known.name, opening, tuple(lines))


def _sheet_line(row: Any, against: str, balance: Decimal) -> SheetLine:
    debit, credit = max(row.amount, ZERO), max(-row.amount, ZERO)
    return SheetLine(
        row.line_id, row.document_id, row.n, row.site, row.booked_on, row.text, against, debit, credit, balance
    )


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What was open at the end of a day: an invoice, or (negative) a credit note or money on account.

    ``open_amount`` is in ``currency``, ``company_amount`` in the company's.
    """

    id: UUID
    kind: str
    number: str
    customer_name: str
    dated: date
    due_on: date | None
    currency: str
    total: Decimal
    open_amount: Decimal
    company_amount: Decimal
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class OpenItems:
    """All open items of a day; their sum is what the accounts of receivables and prepayments held."""

    items: tuple[OpenItem, ...]
    held: Decimal

    @property
    def total(self) -> Decimal:
        """What the items come to."""
        return sum((one.company_amount for one in self.items), ZERO)


def open_items(connection: Connection, on: date) -> OpenItems:
    """Read what was open at the end of a day, by customer and day: invoices, credit notes, money on account."""
    receivable, prepayment = (_code(connection, purpose) for purpose in (Purpose.RECEIVABLE, Purpose.PREPAYMENT))
    items = [*_open_invoices(connection, receivable, on), *_on_account(connection, prepayment, on)]
    items.sort(key=lambda one: (one.customer_name.casefold(), one.dated, one.number))
    held = connection.execute(
        select(_sum(journal_line.c.account.in_([receivable, prepayment])))
        .select_from(journal_line.join(journal_entry, journal_entry.c.id == journal_line.c.entry_id))
        .where(journal_entry.c.booked_on <= on, journal_line.c.account.in_([receivable, prepayment]))
    ).scalar_one()
    return OpenItems(tuple(items), held)


def _open_invoices(connection: Connection, receivable: str, on: date) -> list[OpenItem]:
    left, worth = _held(journal_line.c.currency_amount), _held(journal_line.c.amount)
    statement = (
        select(invoice, left.label("left"), worth.label("worth"))
        .select_from(
            journal_line.join(journal_entry, journal_entry.c.id == journal_line.c.entry_id).join(
                invoice, invoice.c.id == journal_line.c.invoice_id
            )
        )
        .where(journal_line.c.account == receivable, journal_entry.c.booked_on <= on)
        .group_by(*invoice.c)
        .having((left != 0) | (worth != 0))
    )
    return [
        OpenItem(
            row.id,
            row.kind,
            row.number,
            row.customer_name,
            row.invoiced_on,
            row.due_on,
            row.currency,
            row.total,
            row.left,
            row.worth,
            row.customer_id,
        )
        for row in connection.execute(statement)
    ]


def _on_account(connection: Connection, prepayment: str, on: date) -> list[OpenItem]:
    """Sum up what is left of each payment; what takes another back, or gives it back, belongs to that one."""
    left, worth = _held(journal_line.c.currency_amount), _held(journal_line.c.amount)
    reversal = payment.alias("reversal")
    own = func.coalesce(journal_line.c.invoice_id, reversal.c.reverses_id, journal_entry.c.document_id)
    statement = (
        select(payment, left.label("left"), worth.label("worth"))
        .select_from(
            journal_line.join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
            .outerjoin(reversal, reversal.c.id == journal_entry.c.document_id)
            .join(payment, payment.c.id == own)
        )
        .where(journal_line.c.account == prepayment, journal_entry.c.booked_on <= on)
        .group_by(*payment.c)
        .having((left != 0) | (worth != 0))
    )
    return [
        OpenItem(
            row.id,
            "payment",
            row.number,
            row.customer_name,
            row.received_on,
            None,
            row.currency,
            -row.amount,
            row.left,
            row.worth,
            row.customer_id,
        )
        for row in connection.execute(statement)
    ]


def _code(connection: Connection, purpose: Purpose) -> str:
    found: str = connection.execute(select(account.c.code).where(account.c.purpose == str(purpose))).scalar_one()
    return found


def _held(column: ColumnElement[Decimal]) -> ColumnElement[Decimal]:
    return func.sum(column, type_=column.type)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Decimal]:
    amount = journal_line.c.amount
    return func.coalesce(
        func.sum(case((condition, amount), else_=literal_column("0")), type_=amount.type), literal_column("0")
    )
