"""Taxes of a period by code, for the return: what invoices asked for, less what discounts corrected.

Each document's stored base and tax is converted at the rate it was booked with, so that a tax account's movement is the
sum of its codes to the cent; what else was booked there (an entry by hand, the payment to the tax office) is told
beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection, func, select

from app.models.company import account
from app.models.invoice import invoice
from app.models.lines import document_tax
from app.models.payment import DeductionKind, deduction, journal_entry, journal_line
from app.models.rounding import Rounding, round_decimals
from app.services import companies, journal
from app.services.journal import Converter

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax in a period: what it was computed on and what came of it, in the company's currency.

    ``corrected`` is the part of ``tax`` that discounts for paying early took off (negative).
    """

    code: str
    name: str
    rate: Decimal
    account: str
    base: Decimal
    tax: Decimal
    corrected: Decimal
    documents: int

    @property
    def id(self) -> str:
        """What a list knows it by."""
        return self.code


@dataclass(frozen=True, slots=True)
class TaxAccount:
    """A tax account beside what its codes come to: ``booked`` is its movement, credit positive."""

    code: str
    name: str
    reported: Decimal
    booked: Decimal

    @property
    def otherwise(self) -> Decimal:
        """What was booked there that no document asked for, e.g. by hand."""
        return self.booked - self.reported


@dataclass(frozen=True, slots=True)
class TaxReport:
    """Taxes by code, and the accounts they are booked on."""

    rows: tuple[TaxRow, ...]
    accounts: tuple[TaxAccount, ...]

    @property
    def tax(self) -> Decimal:
        """What is owed of all codes."""
        return sum((row.tax for row in self.rows), ZERO)


@dataclass(slots=True)
class _Sum:
    name: str
    rate: Decimal
    base: Decimal = ZERO
    tax: Decimal = ZERO
    corrected: Decimal = ZERO
    documents: set[Any] = field(default_factory=set)


def read(connection: Connection, first: date, last: date) -> TaxReport:
    """Read the taxes of the documents dated from ``first`` to ``last``."""
    known = companies.known_taxes(connection)
    accounts = {code: rule.account for code, rule in known.items()}
    sums: dict[str, _Sum] = {}
    _add_documents(connection, first, last, sums)
    _add_discounts(connection, first, last, sums, accounts)
    rows = [
        TaxRow(
            code,
            one.name,
            one.rate,
            accounts.get(code, companies.TAX_ACCOUNT),
            one.base,
            one.tax,
            one.corrected,
            len(one.documents),
        )
        for code, one in sorted(sums.items())
    ]
    codes = sorted({*accounts.values(), companies.TAX_ACCOUNT})
    return TaxReport(tuple(rows), tuple(_accounts(connection, first, last, codes, rows)))


def _add_documents(connection: Connection, first: date, last: date, sums: dict[str, _Sum]) -> None:
    decimals = journal.company_decimals(connection)
    statement = (
        select(document_tax, invoice.c.currency, invoice.c.rate.label("exchange"))
        .join(invoice, invoice.c.id == document_tax.c.document_id)
        .where(invoice.c.number.is_not(None), invoice.c.invoiced_on.between(first, last))
    )
    for row in connection.execute(statement):
        own = Converter(row.currency, row.exchange, decimals)
        one = sums.setdefault(row.code, _Sum(row.name, row.rate))
        one.base += own.company(row.base)
        one.tax += own.company(row.amount)
        one.documents.add(row.document_id)


def _add_discounts(
    connection: Connection, first: date, last: date, sums: dict[str, _Sum], accounts: dict[str, str]
) -> None:
    """Take off what discounts corrected: by account as booked, shared out to the codes as they were charged."""
    decimals = journal.company_decimals(connection)
    statement = (
        select(deduction, invoice.c.total, invoice.c.rate.label("exchange"))
        .join(invoice, invoice.c.id == deduction.c.invoice_id)
        .where(deduction.c.kind == DeductionKind.DISCOUNT, deduction.c.on.between(first, last))
    )
    for row in connection.execute(statement).all():
        own = Converter(row.currency, row.exchange, decimals)
        taxes = select(document_tax).where(document_tax.c.document_id == row.invoice_id).order_by(document_tax.c.code)
        booked = _booked(connection, row.id)
        left = dict(booked)
        found = connection.execute(taxes).all()
        for number, tax in enumerate(found):
            one = sums.setdefault(tax.code, _Sum(tax.name, tax.rate))
            one.base -= own.company(_share(row.amount, tax.base, row.total))
            code = accounts.get(tax.code, companies.TAX_ACCOUNT)
            share = own.company(_share(row.amount, tax.amount, row.total))
            if not any(accounts.get(other.code, companies.TAX_ACCOUNT) == code for other in found[number + 1 :]):
                share = left.get(code, ZERO)  # the last one of an account takes what is left of it
            left[code] = left.get(code, ZERO) - share
            one.tax -= share
            one.corrected -= share


def _share(amount: Decimal, part: Decimal, total: Decimal) -> Decimal:
    return round_decimals(Fraction(amount) * Fraction(part) / Fraction(total), 4, Rounding.HALF_UP)


def _booked(connection: Connection, document_id: Any) -> dict[str, Decimal]:
    rows = connection.execute(
        select(journal_line.c.account, _AMOUNT)
        .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
        .where(journal_entry.c.document_id == document_id)
        .group_by(journal_line.c.account)
    )
    return {row[0]: row[1] for row in rows}


def _accounts(
    connection: Connection, first: date, last: date, codes: list[str], rows: list[TaxRow]
) -> list[TaxAccount]:
    names = {row.code: row.name for row in connection.execute(select(account.c.code, account.c.name))}
    moved = connection.execute(
        select(journal_line.c.account, _AMOUNT)
        .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
        .where(journal_entry.c.booked_on.between(first, last), journal_line.c.account.in_(codes))
        .group_by(journal_line.c.account)
    )
    held = {row[0]: -row[1] for row in moved}
    found = []
    for code in codes:
        reported = sum((row.tax for row in rows if row.account == code), ZERO)
        if reported or held.get(code):
            found.append(TaxAccount(code, names.get(code, ""), reported, held.get(code, ZERO)))
    return found


_AMOUNT: Final = func.sum(journal_line.c.amount, type_=journal_line.c.amount.type)
