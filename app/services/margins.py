"""What is left of a net amount when the cost of the goods is taken off: of lines while they are typed, and of an order.

The cost of goods that left is what the ledger of stock value says; what is still to leave costs what one of it is worth
now.  A kit costs what its parts do.  Lines without a cost (fees, services, goods that never had one) are in no margin,
but what is below nothing among them is a discount on the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid
from app.models.base import AMOUNT
from app.models.bill import Contents
from app.models.lines import UNPRICED
from app.models.order import OrderState, sales_order_line
from app.models.product import product
from app.models.rounding import Rounding, round_decimals
from app.services import companies, exchange_rates, kits, valuation
from app.services.overview import LineView, OrderOverview

PERCENT_DECIMALS: Final = 1
NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Margin:
    """A net amount and what the goods for it cost, both in one currency."""

    net: Decimal
    cost: Decimal

    @property
    def left(self) -> Decimal:
        """What is left over the cost."""
        return self.net - self.cost

    @property
    def percent(self) -> Decimal | None:
        """What is left in percent of the net amount, to a tenth; None where that is nothing or less."""
        if self.net <= 0:
            return None
        return round_decimals(Fraction(self.left) * 100 / Fraction(self.net), PERCENT_DECIMALS, Rounding.HALF_UP)

    @property
    def below_cost(self) -> bool:
        """Whether the goods cost more than they bring."""
        return self.left < 0


@dataclass(frozen=True, slots=True)
class Summed:
    """The margin of a whole document; ``without`` counts its lines of goods that have no cost."""

    margin: Margin | None
    without: int = 0


@dataclass(frozen=True, slots=True)
class Costs:
    """What products cost, in the currency of a document: of one grain, and of a kit's parts that come once besides."""

    of_grain: Mapping[UUID, Fraction] = field(default_factory=dict)
    once: Mapping[UUID, Fraction] = field(default_factory=dict)

    def of(self, product_id: UUID, grains: int) -> Decimal | None:
        """Give what so many grains of a product cost, to the places amounts are kept in; None: that is not known."""
        each = self.of_grain.get(product_id)
        if each is None:
            return None
        return _rounded(each * grains + (self.once.get(product_id, Fraction(0)) if grains else 0))


def costs(connection: Connection, product_ids: Iterable[UUID], currency: str, on: date) -> Costs:
    """Read what products cost now, in a currency by the rate of a day; those without a cost are left out.

    Raises:
        NoRate: the currency has no rate on or before that day.

    """
    rows = {row.id: row for row in connection.execute(_PRODUCTS, {"products": list(set(product_ids))})}
    parts = {key: found for key in rows if rows[key].kind == "kit" and (found := _parts(connection, key)) is not None}
    below = {UUID(hex=part) for one in parts.values() for part in (*one.each, *one.once)}
    rate = exchange_rates.cross(connection, companies.own_currency(connection), currency, on)
    unit = {key: cost * rate for key, cost in valuation.unit_costs(connection, {*rows, *below}).items()}
    each, once = dict[UUID, Fraction](), dict[UUID, Fraction]()
    for key, row in rows.items():
        if key in parts and all(UUID(hex=part) in unit for part in (*parts[key].each, *parts[key].once)):
            each[key] = _sum(parts[key].each, unit) / row.grain
            once[key] = _sum(parts[key].once, unit)
        elif key in unit:
            each[key] = unit[key] / row.grain
    return Costs(each, once)


def _parts(connection: Connection, kit_id: UUID) -> Contents | None:
    try:
        return kits.parts_of(connection, (kit_id,))[kit_id]
    except Invalid:  # it has no bill yet: confirming says so, and until then it has no cost
        return None


def _sum(parts: Mapping[str, Fraction], unit: Mapping[UUID, Fraction]) -> Fraction:
    return sum((share * unit[UUID(hex=part)] for part, share in parts.items()), Fraction(0))


def summed(lines: Iterable[tuple[Decimal, Decimal | None, bool]]) -> Summed:
    """Add up lines: the net amount of each, its cost (None: it has none), and whether it is of goods."""
    net, cost, known, without = NOTHING, NOTHING, False, 0
    for amount, costing, of_goods in lines:
        if costing is None:
            net += min(amount, NOTHING)
            without += of_goods
        else:
            net, cost, known = net + amount, cost + costing, True
    return Summed(Margin(net, cost) if known else None, without)


@dataclass(frozen=True, slots=True)
class OrderMargins:
    """The margins of an order in its currency: of each line that has a cost, and of the whole."""

    lines: Mapping[UUID, Margin]
    whole: Summed


def of_order(connection: Connection, overview: OrderOverview, on: date) -> OrderMargins:
    """Work out the margins of an order as it stands: what was cancelled or came back for good neither earns nor costs.

    The rate is that of the day it was ordered on, of a draft that of ``on``.

    Raises:
        NoRate: the order's currency has no rate on or before that day.

    """
    head = overview.order
    if head.state == OrderState.CANCELLED:
        return OrderMargins({}, Summed(None))
    rows = connection.execute(_LINES, {"order": head.id}).all()
    day = head.ordered_on or on
    known = costs(connection, {row.product_id for row in rows if row.product_id}, head.currency, day)
    rate = exchange_rates.cross(connection, companies.own_currency(connection), head.currency, day)
    gone = {one.line_id: (one.quantity, Fraction(one.cost) * rate) for one in valuation.of_order(connection, head.id)}
    views = {line.id: line for line in overview.lines}
    draft, parts = head.state == OrderState.DRAFT, dict[UUID, list[Any]]()
    for row in rows:
        parts.setdefault(row.kit_line_id or row.id, []).append(row)
    lines, found = dict[UUID, Margin](), list[tuple[Decimal, Decimal | None, bool]]()
    for row in (one for one in rows if one.kit_line_id is None and one.kind not in UNPRICED):
        counted = [one for one in parts[row.id] if one.id != row.id] or [row]
        cost = _cost(counted, views, known, gone, draft=draft)
        net = _rounded(Fraction(row.net) * views[row.id].earning)
        if not net and not cost and not views[row.id].outstanding:
            continue  # given up, or back for good
        if cost is not None:
            lines[row.id] = Margin(net, cost)
        found.append((net, cost, views[row.id].goods))
    return OrderMargins(lines, summed(found))


def _cost(
    rows: Sequence[Any],
    views: Mapping[UUID, LineView],
    known: Costs,
    gone: Mapping[UUID, tuple[int, Fraction]],
    *,
    draft: bool,
) -> Decimal | None:
    """Add up what left for a line, at what it cost, and what is still to leave, at what it costs now."""
    total = NOTHING
    for row in rows:
        line = views[row.id]
        units = line.quantity - line.cancelled if draft else line.outstanding + line.shipped - line.returned
        left, cost = gone.get(row.id, (0, Fraction(0)))
        rest = int(units * line.grains_per_unit) - left
        if row.product_id is None or not (line.goods or draft or left):
            return None
        to_come = known.of(row.product_id, rest) if rest else NOTHING
        if to_come is None:
            return None
        total += to_come + _rounded(cost)
    return total


def _rounded(value: Fraction) -> Decimal:
    return round_decimals(value, AMOUNT, Rounding.HALF_UP)


_PRODUCTS: Final = select(product.c.id, product.c.kind, product.c.grain).where(
    product.c.id.in_(bindparam("products", expanding=True))
)
_LINES: Final = (
    select(
        sales_order_line.c.id,
        sales_order_line.c.kit_line_id,
        sales_order_line.c.product_id,
        sales_order_line.c.kind,
        sales_order_line.c.net,
    )
    .where(sales_order_line.c.order_id == bindparam("order", type_=sales_order_line.c.order_id.type))
    .order_by(sales_order_line.c.position, sales_order_line.c.id)
)
