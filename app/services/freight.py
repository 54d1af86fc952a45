"""Freight that customers are charged: by a weight table, once with the order or for each shipment.

A charge is a line of its own on the order, so that every paper, tax and invoice treats it as what it is.  With policy
``shipment`` the line stands on the order from the beginning with nothing to pay, and gets its price when goods leave;
each further shipment adds a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, or_, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.carrier import FreightPolicy, freight_charge, freight_rate, freight_table, order_freight
from app.models.order import OrderState, sales_order_line
from app.models.product import product
from app.models.rounding import Rounding, round_decimals
from app.models.shipment import shipment, shipment_line
from app.services import companies, journal, order_book, order_lines
from app.services.document_lines import LineInput
from app.services.order_book import OrderBook
from app.services.parties import Address
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)
LATER: Final = "charged when shipped"


@dataclass(frozen=True, slots=True)
class FreightRow:
    """A row of a freight table: the price of weights above ``above_g`` grams, in company's currency."""

    above_g: int
    price: Decimal
    country: str = ""


@dataclass(frozen=True, slots=True)
class NewFreightTable:
    """A freight table.  ``lightest_pays``: what weighs less than the first row pays its price, else nothing.

    ``free_from``: the value of an order's goods (company's currency) from which no freight is charged.
    """

    code: str
    name: str
    rows: tuple[FreightRow, ...]
    lightest_pays: bool = True
    tax_codes: str = ""
    free_from: Decimal | None = None


def add_table(tx: Transaction, new: NewFreightTable) -> UUID:
    """Add a freight table and return its id.

    Raises:
        Invalid: code or name is empty or taken, a row is below zero or comes twice, or a tax is not set up.

    """
    if not new.code.strip() or not new.name.strip():
        raise Invalid("code", "A freight table needs a code and a name.")
    if tx.execute(select(freight_table.c.id).where(freight_table.c.code == new.code)).first():
        raise Invalid("code", f"There is a freight table {new.code} already.")
    unknown = set(new.tax_codes.split()) - companies.taxes(tx.connection).keys()
    if unknown:
        raise Invalid("tax_codes", f"There is no tax {min(unknown)}. Add it in the settings.")
    table_id = new_id()
    columns = ("code", "name", "lightest_pays", "tax_codes", "free_from")
    tx.insert(freight_table, {"id": table_id, "active": True, **{name: getattr(new, name) for name in columns}})
    set_rows(tx, table_id, new.rows)
    return table_id


def set_rows(tx: Transaction, table_id: UUID, rows: Sequence[FreightRow]) -> None:
    """Make these the rows of a freight table; orders keep what they were charged.

    Raises:
        NotFound: the table does not exist.
        Invalid: there is no row, one is below zero, or a weight comes twice for a country.

    """
    tx.lock(freight_table, table_id, "Freight table")
    if not rows or any(row.above_g < 0 or row.price < 0 for row in rows):
        raise Invalid("rows", "A freight table has rows, with weights and prices not below zero.")
    if len({(row.country.upper(), row.above_g) for row in rows}) != len(rows):
        raise Invalid("rows", "The freight table has two prices for one weight. Keep one of them.")
    tx.delete_parts(freight_rate, "table_id", table_id)
    values = [{"country": row.country.upper(), "above_g": row.above_g, "price": row.price} for row in rows]
    tx.insert(freight_rate, *({"id": new_id(), "table_id": table_id, **row} for row in values))


def tables(connection: Connection) -> list[Any]:
    """Read the freight tables in use."""
    return list(connection.execute(select(freight_table).where(freight_table.c.active).order_by(freight_table.c.name)))


def price_of(
    rows: Sequence[FreightRow], weight_g: Fraction | int, *, lightest_pays: bool, country: str = ""
) -> Decimal:
    """Look a weight up: the price of the heaviest row that it is above; a country's own rows take precedence.

    What is above no row pays what the lightest row does, or nothing.
    """
    own = [row for row in rows if country and row.country == country.upper()]
    known = sorted(own or [row for row in rows if not row.country], key=lambda row: row.above_g)
    below = [row for row in known if row.above_g < weight_g]
    if below:
        return below[-1].price
    return known[0].price if known and lightest_pays else ZERO


def agree(tx: Transaction, order_id: UUID, table_id: UUID, policy: FreightPolicy) -> None:
    """Charge an order freight by a table, from now on, and put its line on the order.

    Raises:
        NotFound: the order or the table does not exist.
        NotAllowed: freight is agreed already, the order is finished, or was billed elsewhere.

    """
    book = order_book.load(tx, order_id)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED} or book.head.taken_over:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; freight can no longer be agreed.")
    if agreed(tx.connection, order_id):
        raise NotAllowed(f"Freight is agreed for {book.head.number} already. Change its line instead.")
    table = tx.lock(freight_table, table_id, "Freight table")
    tx.insert(order_freight, {"id": new_id(), "order_id": order_id, "table_id": table_id, "policy": str(policy)})
    if policy == FreightPolicy.ORDER:
        weight = weight_of_order(tx.connection, order_id)
        _add_line(tx, book, table, weight)
    else:
        line = LineInput(None, ZERO, "", ZERO, ZERO, table.tax_codes, table.name, LATER, "fee", new_id())
        _write(tx, book, [*_inputs(book), line])
        _note(tx, order_id, line, None, 0, ZERO)


def refresh(tx: Transaction, order_id: UUID) -> None:
    """Make the freight charged with the order follow its lines as they are now, unless it is invoiced."""
    terms = agreed(tx.connection, order_id)
    if terms is None or terms.policy != FreightPolicy.ORDER:
        return
    book = order_book.load(tx, order_id)
    charge = _CHARGES.first(tx.connection, order=order_id)
    line = next((one for one in book.lines if charge and one.id == charge.order_line_id), None)
    if line is None or line.invoiced:
        return
    table = tx.lock(freight_table, terms.table_id, "Freight table")
    weight = weight_of_order(tx.connection, order_id)
    price = _price(tx, book, table, weight)
    if price != line.row.unit_price or weight != charge.weight_g:
        _write(tx, book, _inputs(book, {line.id: {"unit_price": price}}))
        tx.update(freight_charge, charge.id, weight_g=weight, price=price)


def charge(tx: Transaction, shipment_id: UUID, order_id: UUID) -> None:
    """Charge the freight of a shipment that has just left, where that is agreed; once for each shipment."""
    terms = agreed(tx.connection, order_id)
    if terms is None or terms.policy != FreightPolicy.SHIPMENT:
        return
    head = _SHIPMENT.first(tx.connection, shipment=shipment_id)
    charges = _CHARGES.all(tx.connection, order=head.order_id)
    if any(one.shipment_id == shipment_id for one in charges):
        return
    book = order_book.load(tx, head.order_id)
    table = tx.lock(freight_table, terms.table_id, "Freight table")
    weight = head.weight_g or weight_of_shipment(tx.connection, shipment_id)
    waiting = next((one for one in charges if one.shipment_id is None), None)
    line = next((one for one in book.lines if waiting and one.id == waiting.order_line_id), None)
    if waiting is None or line is None:
        _add_line(tx, book, table, weight, shipment_id, f"Shipment {head.number}")
        return
    price = _price(tx, book, table, weight)
    values = {"quantity": Decimal(1), "unit_price": price, "description": f"Shipment {head.number}"}
    _write(tx, book, _inputs(book, {line.id: values}))
    tx.update(freight_charge, waiting.id, shipment_id=shipment_id, weight_g=weight, price=price)


def take_back(tx: Transaction, shipment_id: UUID, order_id: UUID) -> None:
    """Ask nothing for a shipment that did not leave after all: its line waits for the next one, if not invoiced."""
    found = next((one for one in _CHARGES.all(tx.connection, order=order_id) if one.shipment_id == shipment_id), None)
    if found is None:
        return
    book = order_book.load(tx, order_id)
    line = next((one for one in book.lines if one.id == found.order_line_id), None)
    if line is None or line.invoiced:
        return
    _write(tx, book, _inputs(book, {line.id: {"quantity": ZERO, "unit_price": ZERO, "description": LATER}}))
    tx.update(freight_charge, found.id, shipment_id=None, weight_g=0, price=ZERO)


def agreed(connection: Connection, order_id: UUID) -> Any | None:
    """Read by which table and policy an order is charged freight; None: by none."""
    return _AGREED.first(connection, order=order_id)


def charges(connection: Connection, order_id: UUID) -> list[Any]:
    """Read what an order was charged for freight: order line, shipment (None: with the order or not yet), price."""
    return _CHARGES.all(connection, order=order_id)


def weight_of_order(connection: Connection, order_id: UUID) -> int:
    """Add up what an order's goods weigh, in grams, begun ones counted; goods without a weight count as nothing."""
    return _weight(
        (row.product_id, row.grains, row.grain, row.weight_g) for row in _ORDERED.all(connection, order=order_id)
    )


def weight_of_shipment(connection: Connection, shipment_id: UUID) -> int:
    """Add up what the goods of a shipment that left weigh, in grams."""
    rows = _LEFT.all(connection, shipment=shipment_id)
    return _weight((row.product_id, row.grains, row.grain, row.weight_g) for row in rows)


def _weight(rows: Any) -> int:
    exact = sum((Fraction(int(grains), grain) * (weight_g or 0) for _, grains, grain, weight_g in rows), Fraction(0))
    return ceil(exact)


def _price(tx: Transaction, book: OrderBook, table: Any, weight_g: int) -> Decimal:
    """Give the price in the order's currency."""
    goods = sum((line.row.net for line in book.lines if line.row.kind == "product"), ZERO)
    rate = journal.converter(tx.connection, book.head.currency, tx.at.date()).rate
    if table.free_from is not None and Fraction(goods) >= Fraction(table.free_from) * Fraction(rate):
        return ZERO
    rows = [FreightRow(row.above_g, row.price, row.country) for row in _ROWS.all(tx.connection, table=table.id)]
    country = Address.from_json(book.head.shipping_address).country
    price = price_of(rows, weight_g, lightest_pays=table.lightest_pays, country=country)
    places = companies.decimals(tx.connection, book.head.currency)
    return round_decimals(Fraction(price) * Fraction(rate), places, Rounding.HALF_UP)


def _add_line(
    tx: Transaction, book: OrderBook, table: Any, weight: int, shipment_id: UUID | None = None, text: str = ""
) -> None:
    price = _price(tx, book, table, weight)
    line = LineInput(None, Decimal(1), "", price, ZERO, table.tax_codes, table.name, text, "fee", new_id())
    _write(tx, book, [*_inputs(book), line])
    _note(tx, book.id, line, shipment_id, weight, price)


def _note(
    tx: Transaction, order_id: UUID, line: LineInput, shipment_id: UUID | None, weight: int, price: Decimal
) -> None:
    row = {"order_id": order_id, "order_line_id": line.id, "shipment_id": shipment_id, "weight_g": weight}
    tx.insert(freight_charge, {"id": new_id(), **row, "price": price})


def _inputs(book: OrderBook, changed: dict[UUID, dict[str, Any]] | None = None) -> list[LineInput]:
    return [order_lines.as_input(line.row, (changed or {}).get(line.id)) for line in book.sold]


def _write(tx: Transaction, book: OrderBook, inputs: Sequence[LineInput]) -> None:
    order_lines.reprice(tx, book, inputs)


_AGREED: Final = Prepared(select(order_freight).where(order_freight.c.order_id == bindparam("order", type_=Key)))
_CHARGES: Final = Prepared(
    select(freight_charge)
    .where(freight_charge.c.order_id == bindparam("order", type_=Key))
    .order_by(freight_charge.c.id)
)
_ROWS: Final = Prepared(select(freight_rate).where(freight_rate.c.table_id == bindparam("table", type_=Key)))
_SHIPMENT: Final = Prepared(select(shipment).where(shipment.c.id == bindparam("shipment", type_=Key)))
_LINE: Final = sales_order_line.c
_PART: Final = sales_order_line.alias("part")
_ORDERED: Final = Prepared(
    select(_LINE.product_id, (_LINE.ordered - _LINE.cancelled).label("grains"), product.c.grain, product.c.weight_g)
    .join(product, product.c.id == _LINE.product_id)
    .where(
        _LINE.order_id == bindparam("order", type_=Key),
        # A kit weighs what its components do; before they are known, what its own master data say.
        or_(
            product.c.kind != "kit",
            ~select(_PART.c.id).where(_PART.c.order_id == _LINE.order_id, _PART.c.kit_line_id == _LINE.id).exists(),
        ),
    )
)
_LEFT: Final = Prepared(
    select(
        shipment_line.c.product_id,
        func.sum(shipment_line.c.shipped).label("grains"),
        product.c.grain,
        product.c.weight_g,
    )
    .join(product, product.c.id == shipment_line.c.product_id)
    .where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key))
    .group_by(shipment_line.c.product_id, product.c.grain, product.c.weight_g)
)
