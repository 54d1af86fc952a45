"""The inventory dashboard: how often stock is turned over, what matters (ABC), what is steady (XYZ), cover, dead stock.

- *Turns*: cost of sales of twelve months over the average of what stock was worth at their ends (the usual ratio of
  accountancy, cost of goods sold to average inventory).
- *ABC*: products in the order of their sales of twelve months; A are those that bring the first 80 %, B the next 15 %,
  C the others that sold (H. F. Dickie, ABC inventory analysis, Factory Management and Maintenance 109, 1951).
- *XYZ*: by the coefficient of variation of twelve monthly sales: X up to 0.5, Y up to 1, Z beyond.  Sales are taken in
  money, so that a change of price counts as well.
- *Cover*: the days stock lasts at the cost of sales of the last 90 days.
- *Dead stock*: products with a value on hand and no sale in the last twelve months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, cast, func, select, type_coerce

from app.models.base import AMOUNT, Exact
from app.models.figures import Dimension
from app.models.product import from_grains, product
from app.models.stock import Place, stock_level
from app.models.valuation import value_entry
from app.services import companies
from app.services.analytics import sales_sums
from app.services.analytics.sales_sums import Reader, Sum
from app.services.analytics.spans import last_months, months_back
from app.services.products import ONE

ZERO: Final = Decimal(0)
YEAR: Final = 12
COVER_DAYS: Final = 90
A_SHARE: Final = Fraction(80, 100)
B_SHARE: Final = Fraction(95, 100)
X_MOST: Final = Fraction(1, 2)
Y_MOST: Final = Fraction(1)
NO_CLASS: Final = ""


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """One product: what lies here and what it sold in twelve months; ``quantity`` in stock units, exact.

    ``importance`` is A, B, C or empty (it sold nothing), ``steadiness`` X, Y, Z or empty.  ``cover`` is in days, None
    where it did not sell lately; ``last_month`` the month it sold in last, None: not in these twelve.
    """

    id: UUID
    sku: str
    name: str
    unit: str
    quantity: Fraction
    value: Decimal
    sold: Decimal
    cost: Decimal
    importance: str
    steadiness: str
    cover: Fraction | None
    last_month: date | None

    @property
    def is_dead(self) -> bool:
        """Whether it is worth something and did not sell."""
        return self.value > 0 and self.last_month is None


@dataclass(frozen=True, slots=True)
class InventoryFigures:
    """All that the dashboard shows; amounts in the company's currency.

    ``worth`` is what stock was worth at the end of each of ``months``; ``turns`` is None where it was worth nothing.
    """

    currency: str
    months: tuple[date, ...]
    worth: tuple[Decimal, ...]
    cost: Decimal
    turns: Fraction | None
    cover: Fraction | None
    rows: tuple[ProductFigures, ...]

    @property
    def value(self) -> Decimal:
        """What stock is worth now."""
        return sum((one.value for one in self.rows), ZERO)

    @property
    def dead(self) -> tuple[ProductFigures, ...]:
        """What is worth something and did not sell, the dearest first."""
        return tuple(sorted((one for one in self.rows if one.is_dead), key=lambda one: -one.value))

    @property
    def matrix(self) -> dict[tuple[str, str], tuple[int, Decimal]]:
        """Products by importance and steadiness: how many, and what their stock is worth."""
        found: dict[tuple[str, str], tuple[int, Decimal]] = {}
        for one in self.rows:
            count, value = found.get((one.importance, one.steadiness), (0, ZERO))
            found[one.importance, one.steadiness] = (count + 1, value + one.value)
        return found

    @property
    def is_empty(self) -> bool:
        """Whether nothing is here and nothing was sold."""
        return not self.rows


def read(connection: Connection, now: datetime) -> InventoryFigures:
    """Read the figures at ``now``, whose time zone is the desk's."""
    today = now.date()
    months = last_months(today)
    asked = sales_sums.reader(connection)
    begin, end = months_back(today, YEAR) + timedelta(days=1), today
    whole = asked.whole(begin, end)
    recent = asked.whole(today - timedelta(days=COVER_DAYS - 1), today)
    worth = _worth(connection, months, now)
    total = sum(worth, ZERO)
    rows = _products(connection, asked, months)
    value = sum((one.value for one in rows), ZERO)
    return InventoryFigures(
        companies.own_currency(connection),
        tuple(months),
        tuple(worth),
        whole.cost,
        Fraction(whole.cost) * len(worth) / Fraction(total) if total > 0 else None,
        _cover(value, recent.cost),
        tuple(rows),
    )


def _cover(value: Decimal, cost: Decimal) -> Fraction | None:
    return Fraction(value) * COVER_DAYS / Fraction(cost) if cost > 0 else None


def _worth(connection: Connection, months: list[date], now: datetime) -> list[Decimal]:
    """Read what stock was worth at the end of months (of the running one: now), also what is on its way."""
    total = type_coerce(func.coalesce(func.sum(value_entry.c.value), 0), Exact(AMOUNT))
    found = []
    for month in months:
        until = min(datetime.combine(months_back(month, -1), time(), now.tzinfo), now + timedelta(seconds=1))
        inside = select(total).where(value_entry.c.at < until, ~value_entry.c.direct)
        moving = select(total).where(value_entry.c.at < until, value_entry.c.place == str(Place.TRANSIT))
        found.append(connection.execute(inside).scalar_one() - connection.execute(moving).scalar_one())
    return found


def _products(connection: Connection, asked: Reader, months: list[date]) -> list[ProductFigures]:
    today_cost = asked.by_member(Dimension.PRODUCT, *_recent(months))
    by_month = asked.by_member_and_month(Dimension.PRODUCT, months[0], months[-1])
    importance = abc({key: sum(sold.values(), ZERO) for key, sold in by_month.items()})
    costs = asked.by_member(Dimension.PRODUCT, months[0], months_back(months[-1], -1) - timedelta(days=1))
    rows = []
    for row in connection.execute(_STOCK):
        key = row.id.hex
        sold = {month: amount for month, amount in by_month.get(key, {}).items() if amount > 0}
        if not (row.grains or row.value or sold):
            continue
        rows.append(
            ProductFigures(
                row.id,
                row.sku,
                row.name,
                row.unit,
                from_grains(int(row.grains), ONE, row.grain),
                row.value,
                sum(by_month.get(key, {}).values(), ZERO),
                costs.get(key, Sum()).cost,
                importance.get(key, NO_CLASS),
                xyz([sold.get(month, ZERO) for month in months]),
                _cover(row.value, today_cost.get(key, Sum()).cost),
                max(sold, default=None),
            )
        )
    return sorted(rows, key=lambda one: (-one.sold, -one.value, one.sku))


def _recent(months: list[date]) -> tuple[date, date]:
    """Give the last three calendar months, of which the last one runs."""
    return months[-3], months_back(months[-1], -1) - timedelta(days=1)


def abc(sales: Mapping[str, Decimal]) -> dict[str, str]:
    """Class products by what they sold: A the first 80 %, B up to 95 %, C the rest that sold anything."""
    sold = sorted(((amount, key) for key, amount in sales.items() if amount > 0), key=lambda one: (-one[0], one[1]))
    total, before, found = sum((amount for amount, _ in sold), ZERO), ZERO, {}
    for amount, key in sold:
        share = Fraction(before) / Fraction(total)
        found[key] = "A" if share < A_SHARE else "B" if share < B_SHARE else "C"
        before += amount
    return found


def xyz(sales: list[Decimal]) -> str:
    """Class a product by how steady its sales by month are; empty where it sold nothing.

    The standard deviation is of the whole population; squares are compared, so that nothing is rounded.
    """
    parts = [int(one.scaleb(AMOUNT)) for one in sales]
    total = sum(parts)
    if total <= 0:
        return NO_CLASS
    whole = total**2
    variance = (
        len(parts) * sum(one**2 for one in parts) - whole
    )  # over ``whole``: the coefficient of variation, squared
    for name, most in (("X", X_MOST), ("Y", Y_MOST)):
        if variance * most.denominator**2 <= whole * most.numerator**2:
            return name
    return "Z"


_L: Final = stock_level.c
_STOCK: Final[Any] = (
    select(
        product.c.id,
        product.c.sku,
        product.c.name,
        product.c.unit,
        product.c.grain,
        cast(func.coalesce(func.sum(_L.free + _L.promised + _L.picked + _L.blocked), 0), BigInteger).label("grains"),
        type_coerce(func.coalesce(func.sum(_L.value), 0), Exact(AMOUNT)).label("value"),
    )
    .select_from(product.outerjoin(stock_level, _L.product_id == product.c.id))
    .where(product.c.kind == "goods")
    .group_by(product.c.id)
)
