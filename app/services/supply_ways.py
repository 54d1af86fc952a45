"""How products may be had: from which supplier at which prices, by which bill; in the order they are preferred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound
from app.models.base import PRICE, Key, new_id
from app.models.product import product
from app.models.rounding import Rounding, round_decimals
from app.models.supply import Way, product_supply, supplier, supplier_price
from app.services import bills, products, suppliers
from app.services.products import Product
from app.services.statements import Prepared
from app.services.text_search import begins, contains
from app.services.transaction import Transaction

FROM_SUPPLIERS: Final = frozenset({Way.BUY, Way.OUTSOURCE, Way.DROP_SHIP})
BY_BILL: Final = frozenset({Way.MAKE, Way.ASSEMBLE, Way.OUTSOURCE, Way.KIT})
MADE: Final = frozenset({Way.MAKE, Way.ASSEMBLE, Way.OUTSOURCE})
"""The ways by which a work order makes it."""
STOCK_DECIMALS: Final = 4
"""Decimals that a quantity of any unit of a product can be counted with."""


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """``price`` of one unit it is bought in, in the supplier's currency, from that many units on."""

    price: Decimal
    from_quantity: Decimal = Decimal(0)
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class NewWay:
    """A way to have a product; ``unit`` is what it is bought in (empty: the stock unit), ``lead_days`` working days.

    ``minimum`` and ``multiple`` count that unit.  Without a ``rank`` it comes after the ways there are.
    """

    product_id: UUID
    way: Way
    supplier_id: UUID | None = None
    bill_id: UUID | None = None
    stock_first: bool = True
    supplier_sku: str = ""
    unit: str = ""
    lead_days: int | None = None
    minimum: Decimal | None = None
    multiple: Decimal | None = None
    rank: int | None = None
    prices: tuple[PriceBreak, ...] = ()


@dataclass(frozen=True, slots=True)
class SupplyWay:
    """A stored way; prices are in the order of quantity.

    ``lead_days`` is the way's own, else the supplier's, else none; ``own_lead_days`` is what is said of the way alone.
    """

    id: UUID
    product_id: UUID
    way: Way
    rank: int
    stock_first: bool
    supplier_id: UUID | None
    bill_id: UUID | None
    supplier_sku: str
    unit: str
    minimum: Decimal | None
    multiple: Decimal | None
    active: bool
    lead_days: int
    prices: tuple[PriceBreak, ...] = ()
    own_lead_days: int | None = None

    def price(self, quantity: Decimal, on: date) -> Decimal | None:
        """Give the cheapest price of one unit at a quantity and a day, or None where none is known."""
        fitting = [
            one.price
            for one in self.prices
            if one.from_quantity <= quantity
            and (one.valid_from is None or one.valid_from <= on)
            and (one.valid_to is None or on <= one.valid_to)
        ]
        return min(fitting, default=None)

    def rounded(self, quantity: Fraction) -> Decimal:
        """Raise a quantity of the unit to what can be ordered: at least the minimum, a whole number of multiples."""
        least = max(quantity, Fraction(self.minimum or 0))
        if self.multiple:
            return round_decimals(-(-least // Fraction(self.multiple)) * Fraction(self.multiple), PRICE)
        return round_decimals(least, STOCK_DECIMALS, Rounding.CEILING)


def add(tx: Transaction, new: NewWay) -> UUID:
    """Add a way to have a product and return its id.

    Raises:
        Invalid: the way lacks its supplier or bill, or a value cannot be taken.
        NotFound: product, supplier or bill do not exist.

    """
    way_id = new_id()
    row: dict[str, Any] = {n: getattr(new, n) for n in NewWay.__dataclass_fields__ if n != "prices"}
    known = products.get(tx.connection, new.product_id)
    _check(tx.connection, known, row)
    ranks = _RANKS.values(tx.connection, product=new.product_id)
    row["rank"] = max(ranks, default=0) + 1 if new.rank is None else new.rank
    tx.insert(product_supply, {"id": way_id, **row, "way": str(new.way), "active": True})
    _store_prices(tx, way_id, new.prices)
    tx.record("product.supply_added", new.product_id, way_id, way=str(new.way))
    return way_id


def change(tx: Transaction, way_id: UUID, values: dict[str, Any], seen: dict[str, Any]) -> None:
    """Change fields of a way; ``seen`` holds the values shown when the edit began.

    Raises:
        Invalid: a value cannot be taken, or product or way would change: these are fixed.
        Conflict: somebody changed one of the same fields meanwhile.
        NotFound: the way, its supplier or its bill do not exist.

    """
    head = tx.lock(product_supply, way_id, "Way of supply")
    if {"product_id", "way"} & values.keys():
        raise Invalid("way", "The way itself is fixed. Add another one and take this one out of use.")
    known = products.get(tx.connection, head.product_id)
    _check(tx.connection, known, {**head._asdict(), **values})
    tx.change_fields(product_supply, way_id, values, seen)
    tx.record("product.supply_changed", head.product_id, way_id, fields=", ".join(values))


def set_prices(tx: Transaction, way_id: UUID, prices: Sequence[PriceBreak]) -> None:
    """Replace the prices of a way.

    Raises:
        Invalid: a price or quantity is below zero, or a price ends before it begins.
        NotFound: the way does not exist.

    """
    head = tx.lock(product_supply, way_id, "Way of supply")
    tx.delete(supplier_price, _PRICE_IDS.values(tx.connection, way=way_id))
    _store_prices(tx, way_id, prices)
    tx.record("product.supply_changed", head.product_id, way_id, fields="prices")


def prefer(tx: Transaction, product_id: UUID, way_ids: Sequence[UUID]) -> None:
    """Bring the ways of a product into an order; those not named come after them as they were.

    Raises:
        Invalid: a way is not one of this product.

    """
    known = _WAY_IDS.values(tx.connection, product=product_id)
    if set(way_ids) - set(known):
        raise Invalid("way", "One of these ways belongs to another product. Read the product again.")
    order = [*way_ids, *(way_id for way_id in known if way_id not in way_ids)]
    tx.update_rows(product_supply, [(way_id, {"rank": rank}) for rank, way_id in enumerate(order, 1)])
    tx.record("product.supply_changed", product_id, fields="order")


def get(connection: Connection, way_id: UUID) -> SupplyWay:
    """Read one way with its prices.

    Raises:
        NotFound: the way does not exist.

    """
    row = _BY_ID.first(connection, way=way_id)
    if row is None:
        raise NotFound("Way of supply", way_id)
    return _as_way(connection, row)


def of_product(connection: Connection, product_id: UUID) -> list[SupplyWay]:
    """Read the active ways of a product, the preferred one first."""
    return [_as_way(connection, row) for row in _OF_PRODUCT.all(connection, product=product_id)]


def find_made(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str]]:
    """Find active products that are made, assembled or outsourced by SKU or part of the name: id, SKU, name."""
    dialect = connection.dialect.name
    made = select(product_supply.c.product_id).where(product_supply.c.active, product_supply.c.way.in_(MADE))
    found = connection.execute(
        select(product.c.id, product.c.sku, product.c.name)
        .where(product.c.active, product.c.id.in_(made), contains((product.c.sku, product.c.name), text, dialect))
        .order_by(~begins((product.c.sku,), text, dialect), product.c.name)
        .limit(limit)
    )
    return [(row.id, row.sku, row.name) for row in found]


def cheapest(connection: Connection, product_id: UUID, quantity: Decimal, on: date) -> list[tuple[SupplyWay, Decimal]]:
    """Read the bought ways of a product with the price of one unit each, cheapest first in the supplier's currency.

    ``quantity`` counts stock units.  Ways in different currencies must be compared by who asks.
    """
    known = products.get(connection, product_id)
    found = []
    for way in of_product(connection, product_id):
        units = way.rounded(Fraction(quantity) / known.factor(way.unit))
        price = way.price(units, on) if way.way in FROM_SUPPLIERS else None
        if price is not None:
            found.append((way, price))
    return sorted(found, key=lambda pair: (Fraction(pair[1]) / known.factor(pair[0].unit), pair[0].rank))


def _as_way(connection: Connection, row: Any) -> SupplyWay:
    prices = tuple(PriceBreak(*price) for price in _PRICES.all(connection, way=row.id))
    names = [n for n in SupplyWay.__dataclass_fields__ if n not in {"way", "lead_days", "prices", "own_lead_days"}]
    own = row.supplier_lead_days or 0 if row.lead_days is None else row.lead_days
    values = {n: getattr(row, n) for n in names}
    return SupplyWay(**values, way=Way(row.way), lead_days=own, prices=prices, own_lead_days=row.lead_days)


def _check(connection: Connection, known: Product, row: dict[str, Any]) -> None:
    """Refuse a way that cannot work; the supplier and the bill must exist."""
    way = Way(row["way"])
    _check_kind(known, way)
    if way in FROM_SUPPLIERS:
        if row["supplier_id"] is None:
            raise Invalid("supplier", "Choose the supplier.")
        suppliers.get(connection, row["supplier_id"])
    if way in BY_BILL and row["bill_id"] is not None:
        bill = bills.get(connection, row["bill_id"])
        if bill.head.product_id != known.id:
            raise Invalid("bill", f"This bill makes another product. Choose a bill of {known.sku}.")
    known.factor(row["unit"])
    for name in ("minimum", "multiple"):
        if row[name] is not None and row[name] <= 0:
            raise Invalid(name, f"The {name} must be above zero, or empty.")
        if row[name] is not None and known.kind == "goods":
            known.grains(row[name], row["unit"])
    if row["lead_days"] is not None and row["lead_days"] < 0:
        raise Invalid("lead_days", "A lead time cannot be below zero.")


def _check_kind(known: Product, way: Way) -> None:
    if known.kind == "service" and way != Way.BUY:
        raise Invalid("way", f"{known.sku} is a service: it can only be bought.")
    if (known.kind == "kit") != (way == Way.KIT):
        raise Invalid("way", "A kit is had as a kit, and nothing else is: its components have ways of their own.")


def _store_prices(tx: Transaction, way_id: UUID, prices: Sequence[PriceBreak]) -> None:
    for one in prices:
        if one.price < 0 or one.from_quantity < 0:
            raise Invalid("price", "A price and the quantity it begins at cannot be below zero.")
        if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
            raise Invalid("valid_to", "This price ends before it begins.")
    rows = [{n: getattr(one, n) for n in PriceBreak.__dataclass_fields__} for one in prices]
    tx.insert(supplier_price, *({"id": new_id(), "product_supply_id": way_id, **row} for row in rows))


_SELECT: Final = select(product_supply, supplier.c.lead_days.label("supplier_lead_days")).select_from(
    product_supply.outerjoin(supplier, supplier.c.id == product_supply.c.supplier_id)
)
_BY_ID: Final = Prepared(_SELECT.where(product_supply.c.id == bindparam("way", type_=Key)))
_OF_PRODUCT: Final = Prepared(
    _SELECT.where(product_supply.c.product_id == bindparam("product", type_=Key), product_supply.c.active).order_by(
        product_supply.c.rank, product_supply.c.id
    )
)
_RANKS: Final = Prepared(
    select(product_supply.c.rank).where(product_supply.c.product_id == bindparam("product", type_=Key))
)
_WAY_IDS: Final = Prepared(
    select(product_supply.c.id)
    .where(product_supply.c.product_id == bindparam("product", type_=Key))
    .order_by(product_supply.c.rank, product_supply.c.id)
)
_PRICE_IDS: Final = Prepared(
    select(supplier_price.c.id).where(supplier_price.c.product_supply_id == bindparam("way", type_=Key))
)
_PRICES: Final = Prepared(
    select(*(supplier_price.c[n] for n in PriceBreak.__dataclass_fields__))
    .where(supplier_price.c.product_supply_id == bindparam("way", type_=Key))
    .order_by(supplier_price.c.from_quantity, supplier_price.c.id)
)
