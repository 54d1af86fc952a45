"""Exchanges: another product goes out for goods that come back.  Quantities are grains.

It is a line of the same order, sourced and shipped like any other.  At the same price it is given at no charge and
what came back stays billed; else it is sold at its own price, and what came back is credited.  On an order in another
currency products of the same list price are of the same price, and the list price is converted at the day's rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.models.order import sales_order_line
from app.models.product import GRAIN
from app.models.returns import goods_return_line
from app.models.rounding import Rounding, round_decimals
from app.services import companies, journal, kits, order_book, order_lines, products, return_book, sourcing
from app.services.document_lines import LineInput
from app.services.order_book import COUNTS, BookLine, OrderBook
from app.services.products import Product
from app.services.transaction import Transaction

MICRO = 1_000_000


def refuse_unless_possible(line: BookLine, exchanged: bool, product_id: UUID | None) -> None:
    """Make sure that a line's goods can be exchanged, where they are to be.

    Raises:
        Invalid: no other product is chosen.
        NotAllowed: they are part of a kit.

    """
    if not exchanged:
        return
    if product_id is None or product_id == line.product_id:
        raise Invalid("exchange_for", f"{line.row.sku}: choose the product that is given for it.")
    if line.component:
        raise NotAllowed(f"{line.row.sku} is part of a kit. Credit the kit, and order the other one.")


def give(tx: Transaction, order_id: UUID, row: Any, quantity: int, *, charged: bool = False) -> None:
    """Put the product given for ``quantity`` of a return's line on the order.

    ``charged``: at its price, whatever it is; else at no charge where it costs the same as what was billed.

    Raises:
        Invalid: that many cannot be counted in the other product's unit, or there is no rate of the order's currency.

    """
    book = order_book.load(tx, order_id)
    line = book.line(row.order_line_id)
    other = products.get(tx.connection, row.exchange_product_id)
    pieces = Fraction(quantity, line.grain) * MICRO
    if pieces.denominator != 1:
        raise Invalid("exchange_for", f"{other.sku}: exchange a quantity that can be typed in {other.unit}.")
    number = Decimal(pieces.numerator) / MICRO
    billed = line.invoiced - line.invoiceable >= quantity
    if not charged and billed and _same_price(tx, book, line, other):
        line_id = _add_free(tx, book, line, other, number)
        tx.update(goods_return_line, row.id, exchanged=row.exchanged + quantity, exchange_line_id=line_id)
        book = kits.explode(tx, order_book.load(tx, order_id))
        book.line(line.id).exchanged += quantity
        return_book.reopen(book)
        sourcing.settle(tx, book)
        return
    line_id = new_id()
    new = LineInput(other.id, number, id=line_id, unit_price=_price(tx, book, other))
    return_book.reopen(book)
    order_lines.reprice(tx, book, [*(order_lines.as_input(one.row, {}) for one in book.sold), new])
    tx.update(goods_return_line, row.id, exchange_line_id=line_id)


def take_off(tx: Transaction, order_id: UUID, rows: Sequence[Any]) -> None:
    """Take what was to be given for goods off the order again.

    Raises:
        NotAllowed: it is picked, shipped or invoiced already.

    """
    given = {row.exchange_line_id for row in rows if row.exchange_line_id}
    if not given:
        return
    for row in rows:
        tx.update(goods_return_line, row.id, exchange_line_id=None)
    book = order_book.load(tx, order_id)
    left = [order_lines.as_input(one.row, {}) for one in book.sold if one.id not in given]
    order_lines.reprice(tx, book, left)


def _same_price(tx: Transaction, book: OrderBook, line: BookLine, other: Product) -> bool:
    """Whether one stock unit of the other product costs what one of the line's did, with the same taxes."""
    if line.row.tax_codes.split() != other.tax_codes.split():
        return False
    if book.head.currency != companies.get(tx.connection).currency:  # its price was typed: only list prices compare
        return products.get(tx.connection, line.product_id).list_price == other.list_price
    paid = Fraction(line.row.unit_price) * (100 - Fraction(line.row.discount_percent)) / 100 / line.factor
    return paid == Fraction(other.list_price)


def _price(tx: Transaction, book: OrderBook, other: Product) -> Decimal:
    """Give the list price of a stock unit in the order's currency, to its smallest coin, at the rate of the day.

    Raises:
        Invalid: there is no rate of that currency.

    """
    currency = book.head.currency
    if currency == companies.get(tx.connection).currency:
        return other.list_price
    rate = journal.converter(tx.connection, currency, tx.at.date()).rate
    decimals = companies.decimals(tx.connection, currency)
    return round_decimals(Fraction(other.list_price) * Fraction(rate), decimals, Rounding.HALF_UP)


def _add_free(tx: Transaction, book: OrderBook, line: BookLine, other: Product, number: Decimal) -> UUID:
    row = {column.name: getattr(line.row, column.name) for column in sales_order_line.c}
    nothing = dict.fromkeys(("unit_price", "discount_percent", "amount", "net", "tax", "total"), Decimal(0))
    row.update(
        nothing,
        **dict.fromkeys(COUNTS, 0),
        id=new_id(),
        position=max(one.row.position for one in book.lines) + 1,
        product_id=other.id,
        sku=other.sku,
        name=other.name,
        description=f"Exchanged for {line.row.sku}, at no charge",
        quantity=number,
        unit=other.unit,
        numerator=1,
        denominator=1,
        tax_codes="",
        on_order=False,
        way="",
        ready_on=None,
        ready_reason="",
        reserve_limit=None,
        no_charge=True,
    )
    row["ordered"] = int(Fraction(number) * (other.grain or GRAIN))
    tx.insert(sales_order_line, row)
    found: UUID = row["id"]
    return found
