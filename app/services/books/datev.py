"""The journal as a DATEV booking batch (Buchungsstapel, EXTF format 700, as DATEV describes it openly).

One header line, one line of column names, one line for each amount that goes from an account to another; CP1252, CRLF,
semicolons, decimal commas, texts in quotes.  Amounts are in the company's currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, select

from app.errors import Invalid
from app.models.company import account, company
from app.services.books import batch, reports

COLUMNS: Final = (
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
)
MOST_TEXT: Final = 60
MOST_DOCUMENT: Final = 36
_NO_DOCUMENT: Final = re.compile(r"[^A-Za-z0-9$&%*+\-/]")


@dataclass(frozen=True, slots=True)
class Client:
    """Whose books: the tax adviser's number (1001 to 9999999) and the client's with them (1 to 99999)."""

    adviser: int
    client: int


def write(connection: Connection, first: date, last: date, whose: Client, at: datetime) -> bytes:
    """Write the batch of the days from ``first`` to ``last``; ``at`` is when it is made.

    Raises:
        Invalid: a number is out of its bounds, an account is not one of four to eight digits, the days are not of one
            financial year, or nothing was booked on them.

    """
    if not 1001 <= whose.adviser <= 9_999_999:
        raise Invalid("adviser", "The adviser's number is between 1001 and 9999999; the tax adviser knows it.")
    if not 1 <= whose.client <= 99_999:
        raise Invalid("client", "The client's number is between 1 and 99999; the tax adviser knows it.")
    year = reports.year_start(connection, first)
    if reports.year_start(connection, last) != year:
        raise Invalid("last", "A batch holds days of one financial year. Save one for each year.")
    rows = [row for entry in batch.read(connection, first, last) for row in _rows(entry, _currency(connection))]
    if not rows:
        raise Invalid("first", "Nothing was booked on these days. Choose others.")
    head = ";".join(_header(connection, (first, last), whose, year, at))
    lines = [head, ";".join(COLUMNS), *rows, ""]
    return "\r\n".join(lines).encode("cp1252", errors="replace")


def _header(connection: Connection, days: tuple[date, date], whose: Client, year: date, at: datetime) -> Iterator[str]:
    known = [row.code for row in connection.execute(select(account.c.code))]
    strange = [code for code in known if not (code.isdigit() and 4 <= len(code) <= 8)]
    if strange:
        raise Invalid("account", f"DATEV knows accounts of four to eight digits; {strange[0]} is none.")
    first, last = days
    stamp = f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03}"
    yield from ('"EXTF"', "700", "21", '"Buchungsstapel"', "13", stamp, "", '""', '""', '""')
    yield from (str(whose.adviser), str(whose.client), f"{year:%Y%m%d}", str(max(map(len, known))))
    yield from (f"{first:%Y%m%d}", f"{last:%Y%m%d}", '"Waybill"', '""', "1", "0", "0")
    yield from (f'"{_currency(connection)}"', "", '""', "", "", '""', "", "", '""', '""')


def _rows(entry: batch.BatchEntry, currency: str) -> Iterator[str]:
    document = _NO_DOCUMENT.sub("", entry.document)[:MOST_DOCUMENT]
    for debit, credit, amount in batch.pairs(entry):
        fields = (_comma(amount), '"S"', f'"{currency}"', "", "", '""', debit, credit, '""', f"{entry.on:%d%m}")
        yield ";".join((*fields, f'"{document}"', '""', "", _quoted(entry.text[:MOST_TEXT])))


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace('"', '""')
    return f'"{plain}"'


def _currency(connection: Connection) -> str:
    found: str = connection.execute(select(company.c.currency)).scalar_one()
    return found
