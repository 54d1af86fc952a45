"""The sales dashboard: revenue and margin of a period against the period before and the year before, by whom and what.

What revenue and cost of sales are is said in :mod:`app.services.analytics.sales_facts`.  All amounts are in the
company's currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.figures import Dimension
from app.models.party import customer
from app.models.product import product
from app.services import companies
from app.services.analytics import sales_facts, sales_sums
from app.services.analytics.sales_sums import Sum, Sums
from app.services.analytics.spans import Span, last_months, months_back
from app.services.margins import Margin
from app.services.statements import LONGEST_LIST

SHOWN: Final = 200
"""So many members are listed; the rest is one row, so that the rows add up to the whole."""
YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class MemberSales:
    """One row of a breakdown; ``member`` as in models.figures, None for all that are not listed."""

    member: str | None
    name: str
    now: Sum
    before: Sum
    year_ago: Sum

    @property
    def id(self) -> str:
        """What a list knows it by."""
        return self.member if self.member is not None else "\0"


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """All that the dashboard shows; ``months`` are the last twelve, ``by_month`` and ``year_before`` as many."""

    currency: str
    span: Span
    dimension: Dimension
    now: Sum
    before: Sum
    year_ago: Sum
    months: tuple[date, ...]
    by_month: tuple[Sum, ...]
    year_before: tuple[Sum, ...]
    rows: tuple[MemberSales, ...]
    without_rate: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was sold in all this time."""
        return not any(one.revenue or one.cost for one in (*self.by_month, *self.year_before, self.now))


def margin(one: Sum) -> Margin | None:
    """Give what is left of what was billed here; None where no goods have a cost, or nothing was billed."""
    return Margin(one.net, one.cost) if one.cost else None


def read(connection: Connection, span: Span, dimension: Dimension) -> SalesFigures:
    """Read the figures of a period, broken down by a dimension."""
    asked = sales_sums.reader(connection)
    months = last_months(span.now.last)
    first = months_back(months[0], YEAR)
    by_month = asked.by_month(first, months[-1])
    now, before, year_ago = (asked.whole(days.first, days.last) for days in (span.now, span.before, span.year_ago))
    sums = [asked.by_member(dimension, days.first, days.last) for days in (span.now, span.before, span.year_ago)]
    return SalesFigures(
        companies.own_currency(connection),
        span,
        dimension,
        now,
        before,
        year_ago,
        tuple(months),
        tuple(by_month.get(month, Sum()) for month in months),
        tuple(by_month.get(months_back(month, YEAR), Sum()) for month in months),
        tuple(_rows(connection, dimension, *sums)),
        sales_facts.without_rate(connection) if year_ago.taken_over or now.taken_over else 0,
    )


def _rows(
    connection: Connection, dimension: Dimension, now: Sums, before: Sums, year_ago: Sums
) -> Iterable[MemberSales]:
    """List the members that sold most now, then those that only did before; the others are added up."""
    members = sorted(
        {*now, *before, *year_ago},
        key=lambda one: (_of(now, one).revenue, _of(before, one).revenue, _of(year_ago, one).revenue),
        reverse=True,
    )
    shown, others = members[:SHOWN], members[SHOWN:]
    names = names_of(connection, dimension, shown)
    for one in shown:
        yield MemberSales(one, names.get(one, one), _of(now, one), _of(before, one), _of(year_ago, one))
    if others:
        yield MemberSales(None, "", *(_added(sums, others) for sums in (now, before, year_ago)))


def _of(sums: Sums, member: str) -> Sum:
    return sums.get(member) or Sum()


def _added(sums: Sums, members: Iterable[str]) -> Sum:
    total = Sum()
    for one in members:
        total.add(_of(sums, one))
    return total


def names_of(connection: Connection, dimension: Dimension, members: Iterable[str]) -> dict[str, str]:
    """Give the names of members: of customers and products those they have now; the others are called by themselves."""
    columns = {
        Dimension.CUSTOMER: (customer.c.id, customer.c.name),
        Dimension.PRODUCT: (product.c.id, product.c.sku),
    }.get(dimension)
    if columns is None:
        return {}
    found: dict[str, str] = {}
    ids = [UUID(hex=one) for one in members if one]
    for begin in range(0, len(ids), LONGEST_LIST):
        statement = select(*columns).where(columns[0].in_(ids[begin : begin + LONGEST_LIST]))
        found.update((row[0].hex, row[1]) for row in connection.execute(statement))
    return found


def total(rows: Iterable[MemberSales]) -> Decimal:
    """Add up what the rows of a breakdown sold: the whole of the period."""
    return sum((one.now.revenue for one in rows), Decimal(0))
