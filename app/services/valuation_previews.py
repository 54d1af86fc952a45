"""What choosing a way of costing, or beginning to keep the value of stock, would do: shown, and nothing booked.

Quantities are grains; unit costs are of one stock unit, in the company's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, func, select

from app.models.costing import NOTHING, Method
from app.models.product import product
from app.models.purchase import purchase_line, purchase_order
from app.models.rounding import round_decimals
from app.models.stock import location, stock_level
from app.models.valuation import stock_layer
from app.services import products, stock, value_entries


@dataclass(frozen=True, slots=True)
class Unvalued:
    """Goods that lie here while nobody keeps what they are worth; ``paid`` is what one cost when last bought."""

    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    on_hand: int
    paid: Decimal | None


@dataclass(frozen=True, slots=True)
class MethodChange:
    """What becomes of goods at a warehouse: they keep their value, only the way of costing is another.

    ``layers`` is how many layers there are before; there is one layer, or none, afterwards.
    """

    warehouse: str
    on_hand: int
    value: Decimal
    before: Method
    after: Method
    layers: int


@dataclass(frozen=True, slots=True)
class Costing:
    """How a product is costed: its own choice (empty: the company's), and what another choice would change."""

    product_id: UUID
    sku: str
    unit: str
    grain: int
    own: str
    company: Method
    currency: str
    keeps: bool


def unvalued(connection: Connection) -> list[Unvalued]:
    """Read all goods that lie somewhere, in the order of SKUs, with what they cost when they were last bought."""
    paid = {row.product_id: row for row in connection.execute(_BOUGHT)}
    found = []
    for row in connection.execute(_LYING):
        last = paid.get(row.id)
        cost = None
        if last is not None:
            exact = Fraction(last.unit_price) / (
                Fraction(last.exchange_rate) * Fraction(last.numerator, last.denominator)
            )
            cost = round_decimals(exact, PRICE_DECIMALS).normalize()
        found.append(Unvalued(row.id, row.sku, row.name, row.unit, row.grain, int(row.on_hand), cost))
    return found


def opening(connection: Connection, unit_costs: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    """Say what :func:`app.services.valuation.start` would book for each product against the opening balances.

    Raises:
        Invalid: a cost is below zero.
        NotFound: a product does not exist.

    """
    decimals = value_entries.books(connection).decimals
    opened: dict[UUID, Decimal] = {}
    for product_id, unit_cost in unit_costs.items():
        cost = stock.grain_cost(products.get(connection, product_id), unit_cost, "")
        assert cost is not None, "a unit cost was given"
        rows = connection.execute(select(_ON_HAND).where(_L.product_id == product_id)).scalars()
        opened[product_id] = sum((round_decimals(cost * grains, decimals) for grains in rows), NOTHING)
    return opened


def revaluing(connection: Connection, product_id: UUID, unit_cost: Decimal) -> Decimal:
    """Give the difference that :func:`app.services.valuation.say_worth` would book for all warehouses.

    Raises:
        Invalid: the cost is below zero.
        NotFound: the product does not exist.

    """
    cost = stock.grain_cost(products.get(connection, product_id), unit_cost, "")
    assert cost is not None, "a unit cost was given"
    decimals = value_entries.books(connection).decimals
    rows = connection.execute(select(_ON_HAND, _L.value).where(_L.product_id == product_id)).all()
    return sum((round_decimals(cost * row[0], decimals) - row[1] for row in rows), NOTHING)


def costing(connection: Connection, product_id: UUID) -> Costing:
    """Read how a product is costed.

    Raises:
        NotFound: it does not exist.

    """
    known = products.get(connection, product_id)
    kept = value_entries.books(connection)
    own = str(connection.execute(select(product.c.costing).where(product.c.id == product_id)).scalar_one())
    return Costing(known.id, known.sku, known.unit, known.grain, own, kept.method, kept.currency, kept.keeps)


def method(connection: Connection, product_id: UUID, wanted: Method | str) -> list[MethodChange]:
    """Say what :func:`app.services.valuation.choose_method` would do, by warehouse; nothing where nothing changes."""
    after = Method(wanted or value_entries.books(connection).method)
    layers = (
        select(stock_layer.c.location_id, func.count())
        .where(stock_layer.c.product_id == product_id)
        .group_by(stock_layer.c.location_id)
    )
    counts: dict[UUID, int] = {row[0]: row[1] for row in connection.execute(layers)}
    rows = connection.execute(
        select(_L.location_id, location.c.name, _ON_HAND.label("on_hand"), _L.value, _L.costing)
        .join(location, location.c.id == _L.location_id)
        .where(_L.product_id == product_id, _L.costing.not_in(["", str(after)]))
        .order_by(location.c.rank, location.c.id)
    )
    return [
        MethodChange(row.name, row.on_hand, row.value, Method(row.costing), after, counts.get(row.location_id, 0))
        for row in rows
    ]


PRICE_DECIMALS: Final = 6
_L: Final = stock_level.c
_ON_HAND: Final = _L.free + _L.promised + _L.picked + _L.blocked
_SUM: Final = func.sum(_ON_HAND, type_=BigInteger)
_LYING: Final = (
    select(product.c.id, product.c.sku, product.c.name, product.c.unit, product.c.grain, _SUM.label("on_hand"))
    .join(stock_level, _L.product_id == product.c.id)
    .where(product.c.kind == "goods")
    .group_by(product.c.id, product.c.sku, product.c.name, product.c.unit, product.c.grain)
    .having(_SUM > 0)
    .order_by(product.c.sku)
)
_BOUGHT: Final = (
    select(
        purchase_line.c.product_id,
        purchase_line.c.unit_price,
        purchase_line.c.numerator,
        purchase_line.c.denominator,
        purchase_order.c.exchange_rate,
    )
    .join(purchase_order, purchase_order.c.id == purchase_line.c.purchase_id)
    .where(purchase_line.c.received > 0, purchase_line.c.unit_price > 0)
    .order_by(purchase_line.c.id)
)
"""What goods were bought at, the last time last."""
