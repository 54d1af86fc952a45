"""What was sold, line by line as the books say it: the one place that knows what counts as revenue and as its cost.

- *Revenue* is the net amount of the lines of posted invoices less that of credit notes, on the day of the invoice, in
  the company's currency at the invoice's rate: what the journal holds on the accounts of sales, to the cent.  Deposits,
  taxes, roundings and gift cards sold are none (IFRS 15.47: amounts collected for third parties are excluded; a
  deposit is a contract liability, 15.106).  Early-payment discounts are booked on an account of their own and are not
  taken off here.
- *Cost of sales* is what goods that went to customers cost, with all later corrections, on the day it is booked: what
  the journal holds on the account of cost of sales (IAS 2.34).  Goods are booked out when they leave and invoiced a
  little later, so that a margin of one day says little; one of a month does.
- *Turnover taken over* is the net amount of orders that another program billed, on the day they were ordered, at the
  rate of that day.  It has no cost and is in no margin.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, and_, func, or_, select, type_coerce

from app.models.base import AMOUNT, Exact
from app.models.books import AccountKind
from app.models.company import account, exchange_rate
from app.models.figures import Origin
from app.models.invoice import InvoiceKind, invoice, invoice_line
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.payment import Purpose, journal_entry, journal_line
from app.models.stock import Place
from app.models.valuation import value_entry
from app.services import companies, journal
from app.services.journal import Converter

ZERO: Final = Decimal(0)
A_DAY_MS: Final = 86_400_000
"""No command takes longer: entries of the value ledger made by it are no older than this."""
_TIME_BITS: Final = 80
"""Bits of a version-7 UUID below its milliseconds (RFC 9562, 5.7)."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What one line brought, or what its goods cost, in the company's currency; members as in models.figures."""

    on: date
    origin: Origin
    customer: str
    product: str
    channel: str
    region: str
    salesperson: str
    net: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries of one site's journal, from after one number to another."""

    site: str
    after: int
    through: int


def revenue(connection: Connection, stretch: Stretch) -> Iterator[Fact]:
    """Read what the invoices posted in a stretch of the journal brought."""
    own = companies.own_currency(connection)
    decimals = journal.company_decimals(connection)
    statement = _REVENUE.where(*_inside(stretch)).order_by(journal_entry.c.n, invoice_line.c.position)
    booked = {row[0]: row[1] for row in connection.execute(_BOOKED.where(*_inside(stretch), invoice.c.currency != own))}
    for _, group in groupby(connection.execute(statement), key=lambda row: row.entry_id):
        rows = list(group)
        head = rows[0]
        if head.currency == own:
            nets = [row.net for row in rows]
        else:
            rate = Converter(head.currency, head.rate, decimals)
            nets = _shared([row.net for row in rows], rate, booked.get(head.entry_id, ZERO))
        region = region_of(head.shipping_address or head.billing_address)
        for row, net in zip(rows, nets, strict=True):
            yield Fact(
                row.booked_on,
                Origin.HERE,
                row.customer_id.hex,
                row.product_id.hex if row.product_id else "",
                row.channel or "",
                region,
                row.ordered_by or row.created_by,
                net,
                ZERO,
            )


def cost(connection: Connection, stretch: Stretch) -> Iterator[Fact]:
    """Read what the goods cost that went to customers, or came back, with the commands of a stretch of the journal."""
    first = select(journal_entry.c.id).where(*_inside(stretch)).order_by(journal_entry.c.n).limit(1)
    oldest = connection.execute(first).scalar()
    if oldest is None:
        return
    since = UUID(int=max(0, (oldest.int >> _TIME_BITS) - A_DAY_MS) << _TIME_BITS)
    commands = select(journal_entry.c.command_id).where(*_inside(stretch))
    statement = _COST.where(value_entry.c.id >= since, value_entry.c.command_id.in_(commands))
    for row in connection.execute(statement):
        yield Fact(
            row.at.date(),
            Origin.HERE,
            row.customer_id.hex if row.customer_id else "",
            row.product_id.hex,
            row.channel or "",
            region_of(row.shipping_address or ""),
            row.created_by or "",
            ZERO,
            -row.value,
        )


def taken_over(connection: Connection, first: date, last: date) -> Iterator[Fact]:
    """Read what orders taken over as history brought, ordered from ``first`` to ``last``.

    An order in a currency without a rate on or before its day is counted at nothing; :func:`without_rate` finds them.
    """
    own = companies.own_currency(connection)
    rates = _Rates(connection, own, journal.company_decimals(connection))
    statement = _TAKEN.where(sales_order.c.ordered_on.between(first, last)).order_by(sales_order.c.id)
    for row in connection.execute(statement):
        rate = None if row.currency == own else rates.of(row.currency, row.ordered_on)
        if row.currency != own and rate is None:
            continue
        yield Fact(
            row.ordered_on,
            Origin.TAKEN_OVER,
            row.customer_id.hex,
            row.product_id.hex if row.product_id else "",
            row.channel,
            region_of(row.shipping_address),
            "",  # who brought them in sold none of them
            row.net if rate is None else rate.company(row.net),
            ZERO,
        )


def without_rate(connection: Connection) -> int:
    """Count the orders of history that are not in the figures, as their currency had no rate on their day."""
    known = (
        select(exchange_rate.c.currency)
        .where(exchange_rate.c.currency == sales_order.c.currency, exchange_rate.c.on <= sales_order.c.ordered_on)
        .exists()
    )
    own = companies.own_currency(connection)
    return connection.execute(
        select(func.count()).select_from(sales_order).where(*_HISTORY, sales_order.c.currency != own, ~known)
    ).scalar_one()


def days_taken_over(connection: Connection) -> tuple[date, date] | None:
    """Give the first and the last day of the orders taken over as history; None where there are none."""
    row = connection.execute(
        select(func.min(sales_order.c.ordered_on), func.max(sales_order.c.ordered_on)).where(*_HISTORY)
    ).one()
    return None if row[0] is None else (row[0], row[1])


@lru_cache(maxsize=4096)
def region_of(address: str) -> str:
    """Give the region of an address as documents keep it (JSON): country, and its region after a slash."""
    if not address:
        return ""
    found = json.loads(address)
    return "/".join(part for part in (found.get("country", ""), found.get("region", "")) if part)


class _Rates:
    """Converters by currency and day; each currency's rates are read once."""

    def __init__(self, connection: Connection, own: str, decimals: int) -> None:
        self._own, self._decimals = own, decimals
        self._known: dict[str, list[tuple[date, Decimal]]] = {}
        for row in connection.execute(select(exchange_rate).order_by(exchange_rate.c.on.desc())):
            self._known.setdefault(row.currency, []).append((row.on, row.rate))

    def of(self, currency: str, on: date) -> Converter | None:
        """Give the converter of the last rate on or before a day."""
        rate = next((rate for day, rate in self._known.get(currency, ()) if day <= on), None)
        return None if rate is None else Converter(currency, rate, self._decimals)


def _shared(nets: list[Decimal], rate: Converter, whole: Decimal) -> list[Decimal]:
    """Convert lines so that they add up to what was booked; what rounding leaves goes to the largest line."""
    found = [rate.company(net) for net in nets]
    largest = max(range(len(nets)), key=lambda n: abs(nets[n]))
    found[largest] += whole - sum(found, ZERO)
    return found


def _inside(stretch: Stretch) -> tuple[Any, ...]:
    n = journal_entry.c.n
    return journal_entry.c.site == stretch.site, n > stretch.after, n <= stretch.through


_earlier = journal_entry.alias("earlier")
_credited = invoice.alias("credited")
_FIRST: Final = (
    ~select(_earlier.c.id)
    .where(
        _earlier.c.document_id == journal_entry.c.document_id,
        _earlier.c.site == journal_entry.c.site,
        _earlier.c.n < journal_entry.c.n,
    )
    .exists()
)
"""An invoice's first entry is that of its posting."""
_SOLD: Final = and_(
    invoice.c.kind != InvoiceKind.DEPOSIT,
    or_(_credited.c.kind.is_(None), _credited.c.kind != InvoiceKind.DEPOSIT),
)
_POSTED: Final = journal_entry.join(invoice, invoice.c.id == journal_entry.c.document_id).outerjoin(
    _credited, _credited.c.id == invoice.c.credits_id
)
_REVENUE: Final[Select[Any]] = (
    select(
        journal_entry.c.id.label("entry_id"),
        journal_entry.c.booked_on,
        invoice.c.currency,
        invoice.c.rate,
        invoice.c.customer_id,
        invoice.c.billing_address,
        invoice.c.created_by,
        sales_order.c.channel,
        sales_order.c.shipping_address,
        sales_order.c.created_by.label("ordered_by"),
        invoice_line.c.product_id,
        invoice_line.c.net,
    )
    .select_from(
        _POSTED.join(invoice_line, invoice_line.c.invoice_id == invoice.c.id).outerjoin(
            sales_order, sales_order.c.id == invoice.c.order_id
        )
    )
    .where(_FIRST, _SOLD, invoice_line.c.deposit_id.is_(None), invoice_line.c.account == "")
)
_BOOKED: Final[Select[Any]] = (
    select(journal_entry.c.id, type_coerce(-func.sum(journal_line.c.amount), Exact(AMOUNT)))
    .select_from(
        _POSTED.join(journal_line, journal_line.c.entry_id == journal_entry.c.id).join(
            account, account.c.code == journal_line.c.account
        )
    )
    .where(
        _FIRST,
        _SOLD,
        account.c.kind == AccountKind.INCOME,
        or_(account.c.purpose.is_(None), account.c.purpose == Purpose.REVENUE),
    )
    .group_by(journal_entry.c.id)
)
"""What an entry books on the accounts of sales: the one that serves the purpose, and those that rules name."""
_COST: Final[Select[Any]] = (
    select(
        value_entry.c.at,
        value_entry.c.product_id,
        value_entry.c.value,
        sales_order.c.customer_id,
        sales_order.c.channel,
        sales_order.c.shipping_address,
        sales_order.c.created_by,
    )
    .select_from(
        value_entry.outerjoin(sales_order_line, sales_order_line.c.id == value_entry.c.line_id).outerjoin(
            sales_order, sales_order.c.id == sales_order_line.c.order_id
        )
    )
    .where(value_entry.c.place == str(Place.CUSTOMER), value_entry.c.value != ZERO)
)
_HISTORY: Final = (sales_order.c.taken_over, sales_order.c.state != OrderState.CANCELLED)
_TAKEN: Final[Select[Any]] = (
    select(
        sales_order.c.ordered_on,
        sales_order.c.customer_id,
        sales_order.c.channel,
        sales_order.c.shipping_address,
        sales_order.c.currency,
        sales_order_line.c.product_id,
        sales_order_line.c.net,
    )
    .select_from(sales_order.join(sales_order_line, sales_order_line.c.order_id == sales_order.c.id))
    .where(*_HISTORY)
)
