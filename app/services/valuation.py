"""What stock is worth: beginning to keep it, choosing how, saying what goods are worth, and reading it.

Quantities are grains where nothing else is said; unit costs are of one stock unit, in the company's currency.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, func, literal_column, select

from app.errors import Invalid, NotAllowed
from app.models import costing_corrections
from app.models.base import Key, new_id
from app.models.costing import NOTHING, Layer, Method
from app.models.order import sales_order_line
from app.models.product import product
from app.models.stock import Place, location, stock_level
from app.models.valuation import Side, value_entry
from app.services import companies, products, stock, stock_ledger, value_entries, value_ledger
from app.services.books import chart
from app.services.products import Product
from app.services.statements import Prepared
from app.services.transaction import Transaction
from app.services.value_entries import At, Booked, Passing, Worth, row, settle, state


def start(tx: Transaction, unit_costs: Mapping[UUID, Decimal]) -> int:
    """Begin to keep the value of stock in books that did not, and return how many products have one now.

    ``unit_costs`` says what goods that are here are worth, by product; it is booked against the opening balances.
    Other goods have no value until something of them is bought or made.

    Raises:
        NotAllowed: it is kept already.
        Invalid: a cost is below zero, or a product is a service.

    """
    if value_entries.books(tx.connection).keeps:
        raise NotAllowed("What stock is worth is kept already. Say what single products are worth instead.")
    chart.complete(tx, [purpose for _, _, _, purpose in companies.CHART if purpose])
    companies.change(tx, {"stock_value": True})
    opened = sum(bool(say_worth(tx, each, cost, opening=True)) for each, cost in unit_costs.items())
    tx.record("valuation.started", companies.get(tx.connection).id, products=opened)
    return opened


def say_worth(
    tx: Transaction,
    product_id: UUID,
    unit_cost: Decimal,
    *,
    unit: str = "",
    location_id: UUID | None = None,
    opening: bool = False,
) -> Decimal:
    """Say what one of a unit of a product is worth from now on, everywhere or at one warehouse; give the difference.

    What has left is not touched.  The difference is booked as a stock difference, or against the opening balances.

    Raises:
        Invalid: the cost is below zero, the unit is unknown, or the product is a service.
        NotAllowed: the company does not keep what stock is worth.
        NotFound: the product does not exist.

    """
    kept = value_entries.books(tx.connection)
    if not kept.keeps:
        raise NotAllowed("What stock is worth is not kept. Turn it on in the company's settings first.")
    known = products.get(tx.connection, product_id)
    if known.kind != "goods":
        raise Invalid("product", f"{known.sku} is a service: it has no stock.")
    cost = stock.grain_cost(known, unit_cost, unit)
    assert cost is not None, "a unit cost was given"
    places = [location_id] if location_id else _places(tx.connection, product_id)
    total = NOTHING
    for place in places:
        stock_ledger.lock_levels(tx, place, [product_id])
        total += _revalue(tx, Booked(kept), (place, product_id), cost, Side.OPENING if opening else Side.REVALUED)
    tx.record("stock.revalued", product_id, unit_cost=unit_cost, unit=unit or known.unit, difference=total)
    return total


def choose_method(tx: Transaction, product_id: UUID, method: Method | str) -> None:
    """Say how the cost of a product is found from now on; an empty text goes with the company's choice.

    What is here keeps its value: it becomes one layer, or its layers one average.

    Raises:
        Invalid: there is no such way.
        NotFound: the product does not exist.

    """
    known = products.get(tx.connection, product_id)
    if method and method not in set(Method):
        raise Invalid("costing", "Choose the moving average, or first in, first out.")
    tx.update(product, product_id, costing=str(method))
    kept = value_entries.books(tx.connection)
    wanted = Method(method or kept.method)
    for place in _places(tx.connection, product_id):
        stock_ledger.lock_levels(tx, place, [product_id])
        at = (place, product_id)
        worth = value_entries.known(tx, at)
        if worth is not None and worth.method is not wanted:
            _convert(tx, Booked(kept), at, wanted)
    tx.record("product.costing_chosen", product_id, sku=known.sku, method=str(wanted))


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """What a product is worth at one location; ``unit_cost`` is exact, of one stock unit."""

    location_id: UUID
    location: str
    on_hand: int
    value: Decimal
    unit_cost: Fraction
    method: Method


@dataclass(frozen=True, slots=True)
class ProductValue:
    """What a product is worth everywhere, without what is on its way between places."""

    product_id: UUID
    on_hand: int
    value: Decimal
    unit_cost: Fraction | None  # exact, of one stock unit; None where it never had a cost
    places: tuple[PlaceValue, ...]

    def margin(self, price: Decimal) -> Fraction | None:
        """The share of a net price of one stock unit that is left when the cost is taken off, exactly."""
        if self.unit_cost is None or not price:
            return None
        return 1 - self.unit_cost / Fraction(price)


def read(connection: Connection, product_id: UUID) -> ProductValue:
    """Read what a product is worth, and what one of it costs.

    Raises:
        NotFound: the product does not exist.

    """
    known = products.get(connection, product_id)
    rows = _OF_PRODUCT.all(connection, product=product_id)
    places = tuple(_place_value(found, known) for found in rows)
    on_hand, value = sum(one.on_hand for one in places), sum((one.value for one in places), NOTHING)
    return ProductValue(product_id, on_hand, value, _cost_of_one(rows, known.grain), places)


def unit_costs(connection: Connection, product_ids: Collection[UUID]) -> dict[UUID, Fraction]:
    """Read what one stock unit of each product costs, as :func:`read` says it; those without a cost are left out."""
    found: dict[UUID, list[Any]] = {}
    for place in connection.execute(_OF_PRODUCTS, {"products": list(product_ids)}) if product_ids else ():
        found.setdefault(place.product_id, []).append(place)
    return {key: cost for key, rows in found.items() if (cost := _cost_of_one(rows, rows[0].grain)) is not None}


def _cost_of_one(places: Sequence[Any], grain: int) -> Fraction | None:
    """Give what one stock unit costs: all that lies somewhere together, else what it last cost at the first place."""
    on_hand, value = sum(one.on_hand for one in places), sum((one.value for one in places), NOTHING)
    if on_hand:
        together: Fraction = Fraction(value) * grain / on_hand
        return together
    return _worth(places[0]).unit_cost * grain if places else None


@dataclass(frozen=True, slots=True)
class LineCost:
    """What goods of an order line that are with the customer cost, with all corrections."""

    line_id: UUID
    quantity: int
    cost: Decimal


def of_order(connection: Connection, order_id: UUID) -> list[LineCost]:
    """Read what the goods of an order that left cost, by line; lines without a cost are left out."""
    return [
        LineCost(found.line_id, int(found.quantity), found.cost) for found in _OF_ORDER.all(connection, order=order_id)
    ]


def _revalue(tx: Transaction, booked: Booked, at: At, cost: Fraction, side: Side) -> Decimal:
    if value_entries.known(tx, at) is None:
        value_ledger.start(tx, booked, at)
    worth = value_entries.look(tx, at)
    before = {layer.receipt: layer.value for layer in worth.layers or ()}
    change = costing_corrections.revalue(state(worth, booked.kept), cost)
    if before:
        rows = [
            row(tx, at, None, side, 0, layer.value - before[layer.receipt], receipt_id=UUID(layer.receipt))
            for layer in change.state.layers
        ]
    else:
        rows = [row(tx, at, None, side, 0, change.value)]
        rows[0]["receipt_id"] = rows[0]["id"] if worth.method is Method.FIFO else None
    settle(tx, booked, at, change, rows)
    if not before:
        rows[-1]["cost"] = value_entries.written(cost)
    value_entries.write(tx, booked)
    value_entries.write_level(tx, at)
    return change.value


def _convert(tx: Transaction, booked: Booked, at: At, wanted: Method) -> None:
    """Take all goods out of one way of costing and into the other, at what they are worth."""
    worth = value_entries.look(tx, at)
    passing = Passing(Side.METHOD, Side.METHOD, new_id(), None)
    cost = worth.unit_cost
    for layer in worth.layers or ((Layer("", Fraction(worth.quantity), worth.value),) if worth.quantity else ()):
        receipt_id = UUID(layer.receipt) if layer.receipt else None
        booked.rows.append(row(tx, at, passing, Side.METHOD, -int(layer.quantity), -layer.value, receipt_id=receipt_id))
    quantity, value = worth.quantity, worth.value
    entry = row(tx, at, passing, Side.METHOD, quantity, value, cost=value_entries.written(cost))
    entry["receipt_id"] = entry["id"] if wanted is Method.FIFO else None
    booked.rows.append(entry)
    layers = (Layer.worth(entry["id"].hex, Fraction(quantity), value),) if wanted is Method.FIFO and quantity else ()
    after = Worth(wanted, quantity, value, cost, layers, worth.before)
    tx.worth[at] = after
    booked.changed[at] = after
    value_entries.write(tx, booked)
    value_entries.write_level(tx, at)


def _place_value(found: Any, known: Product) -> PlaceValue:
    worth = _worth(found)
    return PlaceValue(
        found.location_id, found.name, found.on_hand, found.value, worth.unit_cost * known.grain, worth.method
    )


def _worth(found: Any) -> Worth:
    return Worth(Method(found.costing), found.on_hand, found.value, value_entries.read(found.cost))


def _places(connection: Connection, product_id: UUID) -> list[UUID]:
    return _PLACES.values(connection, product=product_id)


_L: Final = stock_level.c
_ON_HAND: Final = _L.free + _L.promised + _L.picked + _L.blocked
_PLACES: Final = Prepared(
    select(_L.location_id).where(_L.product_id == bindparam("product", type_=Key)).order_by(_L.location_id)
)
_OF_PRODUCT: Final = Prepared(
    select(_L.location_id, location.c.name, _ON_HAND.label("on_hand"), _L.value, _L.cost, _L.costing)
    .join(location, location.c.id == _L.location_id)
    .where(_L.product_id == bindparam("product", type_=Key), _L.costing != literal_column("''"))
    .order_by(location.c.rank, location.c.id)
)
_OF_PRODUCTS: Final = (
    select(_L.product_id, product.c.grain, _ON_HAND.label("on_hand"), _L.value, _L.cost, _L.costing)
    .join(location, location.c.id == _L.location_id)
    .join(product, product.c.id == _L.product_id)
    .where(_L.product_id.in_(bindparam("products", expanding=True)), _L.costing != literal_column("''"))
    .order_by(location.c.rank, location.c.id)
)
_E: Final = value_entry.c
_OF_ORDER: Final = Prepared(
    select(
        _E.line_id,
        (-func.sum(_E.quantity, type_=BigInteger)).label("quantity"),
        (-func.sum(_E.value, type_=_E.value.type)).label("cost"),
    )
    .join(sales_order_line, sales_order_line.c.id == _E.line_id)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key), _E.place == str(Place.CUSTOMER))
    .group_by(_E.line_id)
)
