"""Exchange rates day by day: read from the files of the European Central Bank, looked up, converted across.

A rate is how many units of a currency one unit of the company's is worth.  The bank publishes none at weekends and
on its holidays: the last published day counts.
"""

from __future__ import annotations

import csv
import http.client
import io
import urllib.request
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.errors import Invalid, NotAllowed
from app.models.base import PRICE, new_id
from app.models.company import currency as currency_table
from app.models.company import exchange_rate
from app.models.invoice import invoice
from app.models.order import OrderState, RateDay, sales_order
from app.models.payment import payment
from app.models.purchase import purchase_order
from app.models.rounding import round_decimals
from app.models.shipment import shipment
from app.services import companies, currency
from app.services.transaction import Transaction

EURO: Final = "EUR"
LARGEST_FILE: Final = 64 * 2**20
"""Bytes; the bank's whole history is two million."""
LARGEST_RATE: Final = 10**9

_DAY_FORMATS: Final = ("%Y-%m-%d", "%d %B %Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Published:
    """The rates of one day: units of each currency for one euro."""

    on: date
    rates: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought: new rates, those that were there, and the days they are of."""

    added: int
    known: int
    currencies: tuple[str, ...]
    first_on: date | None
    last_on: date | None


Answer = tuple[int, int, tuple[str, ...], date | None, date | None]
"""An :class:`Imported` as a command answers it."""


def read_file(content: bytes) -> list[Published]:
    """Read a file of the European Central Bank, CSV or that in a ZIP archive; columns without a rate are left out.

    Raises:
        Invalid: it is no such file; the text says which line.

    """
    if content[:2] == b"PK":
        content = _unpacked(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("file", "This is no CSV file. Choose the file of the European Central Bank.") from error
    rows = csv.reader(io.StringIO(text, newline=None))
    try:
        header = [name.strip() for name in next(rows, [])]
        if len(header) < 2 or header[0] != "Date" or any(len(name) != 3 for name in header[1:] if name):
            raise Invalid("file", "This is no file of exchange rates: it begins with Date and currencies, such as USD.")
        return [_day(rows.line_num, header, row) for row in rows if row and row[0].strip()]
    except csv.Error as error:
        where = f"Line {rows.line_num} cannot be read"
        raise Invalid("file", f"{where}: {error}. Choose the file of the European Central Bank.") from error


def _unpacked(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            if len(inside) != 1 or inside[0].file_size > LARGEST_FILE:
                raise Invalid("file", "This archive holds no CSV file of rates. Choose the bank's file.")
            return archive.read(inside[0])
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise Invalid("file", "This archive is damaged. Fetch the file again.") from error
    except RuntimeError as error:  # it has a password, or is packed in a way that is not known
        raise Invalid("file", f"This archive cannot be opened: {error}. Unpack it and choose the CSV file.") from error


def _day(number: int, header: list[str], row: list[str]) -> Published:
    rates = {}
    for code, cell in zip(header[1:], row[1:], strict=False):
        text = cell.strip()
        if not code or text in {"", "N/A", "-"}:
            continue
        try:
            rate = Decimal(text)
        except InvalidOperation as error:
            raise Invalid("file", f"Line {number}: “{text}” is no rate of {code}.") from error
        if not rate.is_finite() or rate <= 0:
            raise Invalid("file", f"Line {number}: a rate of {code} is more than zero.")
        if rate >= LARGEST_RATE:
            raise Invalid("file", f"Line {number}: a rate of {code} is below {LARGEST_RATE:,}.")
        rates[code] = rate
    return Published(_date(number, row[0].strip()), rates)


def _date(number: int, text: str) -> date:
    for pattern in _DAY_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise Invalid("file", f"Line {number}: “{text}” is no date.")


def download(url: str) -> bytes:
    """Fetch a file of rates from where the company says.

    Raises:
        Invalid: the address is no https address, or nothing could be fetched from it.

    """
    if not url.startswith("https://"):
        raise Invalid("rates_url", "The address of the rates begins with https://. Correct it.")
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  https alone, see above
            content: bytes = answer.read(LARGEST_FILE)
    except (OSError, http.client.HTTPException, UnicodeError) as error:  # not reached, cut short, no such host name
        raise Invalid("rates_url", f"No rates could be fetched: {error}. Try again, or choose a file.") from error
    return content


def add(tx: Transaction, days: Iterable[Published], codes: Iterable[str] = ()) -> Answer:
    """Store the rates of many days that are not there yet, of ``codes`` or of all currencies the company knows.

    They are kept to six decimals, worked out across the euro where that is not the company's currency; days without
    a rate of the company's currency are left out.  The answer makes an :class:`Imported`.
    """
    own = companies.own_currency(tx.connection)
    known = set(tx.execute(select(currency_table.c.code)).scalars())
    wanted = (set(codes) & known if codes else known) - {own}
    there = {(row.currency, row.on) for row in tx.execute(select(exchange_rate.c.currency, exchange_rate.c.on))}
    rows: list[dict[str, Any]] = []
    repeated = 0
    for day in days:
        for code, rate in _of_company(day, own, wanted):
            if (code, day.on) in there:
                repeated += 1
            else:
                there.add((code, day.on))
                rows.append({"id": new_id(), "currency": code, "on": day.on, "rate": rate})
    tx.insert(exchange_rate, *rows)
    found = sorted({row["on"] for row in rows})
    names = tuple(sorted({row["currency"] for row in rows}))
    return len(rows), repeated, names, found[0] if found else None, found[-1] if found else None


def _of_company(day: Published, own: str, wanted: set[str]) -> Iterable[tuple[str, Decimal]]:
    rates = {**day.rates, EURO: Decimal(1)}
    if own not in rates:
        return
    for code, rate in rates.items():
        across = round_decimals(Fraction(rate) / Fraction(rates[own]), PRICE)
        if code in wanted and across:
            yield code, across


@dataclass(frozen=True, slots=True)
class Users:
    """How many documents were booked with a rate; they keep it, whatever becomes of it."""

    invoices: int
    payments: int
    purchases: int


def correct(tx: Transaction, code: str, on: date, rate: Decimal) -> Decimal:
    """Correct a mistyped rate of a day and return the one before; what was booked with that keeps it.

    Raises:
        Invalid: the rate is not more than zero, too large, or the day has none.

    """
    if not rate.is_finite() or not 0 < rate < LARGEST_RATE:
        raise Invalid("rate", f"An exchange rate is more than zero and below {LARGEST_RATE:,}.")
    row = _stored(tx, code, on)
    before: Decimal = row.rate
    tx.update(exchange_rate, row.id, rate=rate)
    tx.record("rate.corrected", row.id, currency=code, on=on.isoformat(), before=before, rate=rate)
    return before


def remove(tx: Transaction, code: str, on: date) -> Decimal:
    """Delete the rate of a day and return it: the last one before counts again; what was booked with it keeps it.

    Raises:
        Invalid: the day has none.

    """
    row = _stored(tx, code, on)
    gone: Decimal = row.rate
    tx.delete(exchange_rate, [row.id])
    tx.record("rate.removed", row.id, currency=code, on=on.isoformat(), rate=gone)
    return gone


def _stored(tx: Transaction, code: str, on: date) -> Any:
    wanted = exchange_rate.c.currency == code, exchange_rate.c.on == on
    row = tx.execute(select(exchange_rate).where(*wanted)).one_or_none()
    if row is None:
        raise Invalid("on", f"There is no rate of {code} for {on.isoformat()}. Somebody deleted it meanwhile.")
    return row


def users(connection: Connection, code: str, on: date) -> Users:
    """Count what was booked with the rate of a day.

    Invoices and purchase orders keep their rate: those since that day which have its figure.  A payment has that of
    its day: those before the next rate.
    """
    known = exchange_rate.c
    rate = connection.execute(select(known.rate).where(known.currency == code, known.on == on)).scalar_one_or_none()
    later = connection.execute(select(func.min(known.on)).where(known.currency == code, known.on > on)).scalar_one()
    sold, paid, bought = invoice.c, payment.c, purchase_order.c
    ways = (
        (sold.currency == code, sold.number.is_not(None), sold.rate == rate, sold.invoiced_on >= on),
        (paid.currency == code, paid.received_on >= on, *((paid.received_on < later,) if later else ())),
        (bought.currency == code, bought.exchange_rate == rate, bought.ordered_on >= on),
    )
    return Users(*(connection.execute(select(func.count()).where(*one)).scalar_one() for one in ways))


@dataclass(frozen=True, slots=True)
class Rate:
    """A currency's rate on the last day it was published."""

    currency: str
    on: date
    rate: Decimal
    days: int


def currencies(connection: Connection) -> list[str]:
    """Read the currencies the company knows, by code."""
    return list(connection.execute(select(currency_table.c.code).order_by(currency_table.c.code)).scalars())


def current(connection: Connection, on: date) -> list[Rate]:
    """Read each currency's rate that counts on a day, and of how many days there are rates."""
    last = (
        select(
            exchange_rate.c.currency,
            func.max(exchange_rate.c.on).label("on"),
            func.count().label("days"),
        )
        .where(exchange_rate.c.on <= on)
        .group_by(exchange_rate.c.currency)
        .subquery()
    )
    rows = connection.execute(
        select(exchange_rate, last.c.days)
        .join(last, (last.c.currency == exchange_rate.c.currency) & (last.c.on == exchange_rate.c.on))
        .order_by(exchange_rate.c.currency)
    )
    return [Rate(row.currency, row.on, row.rate, row.days) for row in rows]


def history(connection: Connection, code: str, since: date) -> list[tuple[date, Decimal]]:
    """Read a currency's rates from a day on, the earliest first."""
    rows = connection.execute(
        select(exchange_rate.c.on, exchange_rate.c.rate)
        .where(exchange_rate.c.currency == code, exchange_rate.c.on >= since)
        .order_by(exchange_rate.c.on)
    )
    return [(row.on, row.rate) for row in rows]


def cross(connection: Connection, source: str, target: str, on: date) -> Fraction:
    """Give how many units of ``target`` one of ``source`` is worth on a day, exactly, across the company's currency.

    Raises:
        NoRate: a currency has no rate on or before that day.

    """
    rates: dict[str, Decimal] = {one.currency: one.rate for one in current(connection, on)}
    rates[companies.own_currency(connection)] = Decimal(1)
    return currency.convert(1, source, target, rates)


def fix_by(tx: Transaction, order_id: UUID, day: RateDay | None) -> None:
    """Say of which day the rate is that an order's invoices are booked with; None: of the one the company says.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: the order is closed or cancelled.

    """
    head = tx.lock(sales_order, order_id, "Order")
    if head.state not in {OrderState.DRAFT, OrderState.CONFIRMED}:
        raise NotAllowed(f"Order {head.number} is {head.state}; the rate of its invoices stays.")
    tx.update(sales_order, order_id, rate_day=str(day or ""))


def day_of_rate(connection: Connection, order: Any | None, invoiced_on: date) -> date:
    """Give the day whose rate an invoice is booked with: its own, its order's, or that of the last shipment before.

    An order that says nothing takes what the company says; an invoice without order its own day.
    """
    if order is None:
        return invoiced_on
    day = order.rate_day or companies.get(connection).rate_day
    if day == RateDay.ORDER:
        found: date = order.ordered_on
        return found
    if day == RateDay.DELIVERY:
        shipped = select(func.max(shipment.c.shipped_at)).where(shipment.c.order_id == order.id)
        moment = connection.execute(shipped).scalar_one()
        return min(moment.date(), invoiced_on) if moment is not None else invoiced_on
    return invoiced_on
