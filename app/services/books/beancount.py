"""The journal as a beancount ledger: accounts, the balance before, every entry, and the balances it must end with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from app.services import companies
from app.services.books import batch, reports
from app.services.books.reports import BalanceRow

ROOTS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
CARRIED: Final = "Equity:Result-of-earlier-years"


def write(connection: Connection, first: date, last: date) -> str:
    """Write the ledger of the days from ``first`` to ``last``; what beancount computes must end where our books do."""
    return "\n".join([*_directives(connection, first, last), ""])


def account_name(kind: str, code: str, name: str) -> str:
    """Give an account the name beancount knows it by, e.g. ``Assets:1200-Trade-receivables``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
    return f"{ROOTS[kind]}:{code}-{words}".rstrip("-") if code else CARRIED


def _directives(connection: Connection, first: date, last: date) -> Iterator[str]:
    company = companies.get(connection)
    currency = company.currency
    balance = reports.trial_balance(connection, first, last)
    yield f'option "title" {_quoted(company.name)}'
    yield f'option "operating_currency" "{currency}"'
    yield ""
    before = first - timedelta(days=1)
    for row in balance:
        yield f"{before} open {_name(row)} {currency}"
    opened = [row for row in balance if row.opening]
    if opened:
        yield ""
        yield f'{before} * "Opening balances"'
        yield from (f"  {_name(row)}  {row.opening:.4f} {currency}" for row in opened)
    for entry in batch.read(connection, first, last):
        yield ""
        yield f"{entry.on} * {_quoted(entry.text)}"
        yield f'  entry: "{entry.site}-{entry.number}"'
        for line in entry.lines:
            if line.amount:  # a currency's cent may be nothing in the company's own, and beancount warns of nothing
                yield f"  {account_name(line.kind, line.account, line.name)}  {line.amount:.4f} {currency}"
    yield ""
    after = last + timedelta(days=1)
    for row in balance:
        yield f"{after} balance {_name(row)}  {row.closing:.4f} {currency}"


def _name(row: BalanceRow) -> str:
    return account_name(row.kind, row.code, row.name)


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
