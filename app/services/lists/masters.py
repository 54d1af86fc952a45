"""Customers and products: what their lists show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from app.models.invoice import InvoiceState, invoice
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.party import address, customer
from app.models.product import product
from app.models.stock import stock_level
from app.services.listing import Linked, Listing, Words


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in the list, with the city of an address and the open amount in the customer's currency."""

    id: UUID
    number: str
    name: str
    city: str
    country: str
    email: str
    phone: str
    payment_term: str
    currency: str
    open_amount: Decimal
    active: bool


def _first_address(column: ColumnElement[Any]) -> ColumnElement[Any]:
    mine = select(column).where(address.c.customer_id == customer.c.id, address.c.active)
    return func.coalesce(mine.order_by(address.c.id).limit(1).scalar_subquery(), "")


_OPEN_AMOUNT: Final = func.coalesce(
    select(func.sum(invoice.c.open_amount))
    .where(
        invoice.c.customer_id == customer.c.id,
        invoice.c.state == InvoiceState.POSTED,
        invoice.c.currency == customer.c.currency,
    )
    .scalar_subquery(),
    0,
)

CUSTOMERS: Final = Listing(
    name="customers",
    row=CustomerRow,
    source=customer,
    columns=(
        customer.c.id,
        customer.c.number,
        customer.c.name,
        _first_address(address.c.city),
        _first_address(address.c.country),
        customer.c.email,
        customer.c.phone,
        customer.c.payment_term,
        customer.c.currency,
        _OPEN_AMOUNT,
        customer.c.active,
    ),
    tables=("customer", "address", "invoice"),
    sorts={"number": customer.c.number, "name": customer.c.name},
    default_sort="name",
    default_descending=False,
    filters={"active": customer.c.active.is_},
    search=(
        Words(customer.c.number, customer.c.name, customer.c.email),
        Linked(customer.c.id, address.c.customer_id, (address.c.city, address.c.postal_code)),
    ),
)


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in the list, with its stock over all locations in grains (see :class:`Product`)."""

    id: UUID
    sku: str
    name: str
    category: str
    kind: str
    unit: str
    grain: int
    list_price: Decimal
    bin: str
    free: int
    promised: int
    picked: int
    backordered: int
    active: bool

    @property
    def on_hand(self) -> Fraction:
        """All that is physically there, in stock units."""
        return Fraction(self.free + self.promised + self.picked, self.grain)

    @property
    def available(self) -> Fraction:
        """Free to promise, in stock units."""
        return Fraction(self.free, self.grain)

    @property
    def short(self) -> Fraction:
        """Ordered and not covered by stock, in stock units."""
        return Fraction(self.backordered, self.grain)


def on_levels(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Add a column of stock levels up over all places of a product."""
    total = select(func.sum(column)).where(stock_level.c.product_id == product.c.id).scalar_subquery()
    return func.coalesce(total, 0)


_line = sales_order_line.c
_MISSING: Final = _line.ordered - _line.cancelled - _line.shipped + _line.returned_open - _line.reserved - _line.picked
BACKORDERED: Final = func.coalesce(
    select(func.sum(_MISSING))
    .join(sales_order, sales_order.c.id == _line.order_id)
    .where(_line.product_id == product.c.id, sales_order.c.state == OrderState.CONFIRMED, _MISSING > 0)
    .scalar_subquery(),
    0,
)

PRODUCTS: Final = Listing(
    name="products",
    row=ProductRow,
    source=product,
    columns=(
        product.c.id,
        product.c.sku,
        product.c.name,
        product.c.category,
        product.c.kind,
        product.c.unit,
        product.c.grain,
        product.c.list_price,
        product.c.bin,
        on_levels(stock_level.c.free),
        on_levels(stock_level.c.promised),
        on_levels(stock_level.c.picked),
        BACKORDERED,
        product.c.active,
    ),
    tables=("product", "stock_level", "sales_order_line"),
    sorts={
        "sku": product.c.sku,
        "name": product.c.name,
        "category": product.c.category,
        "list_price": product.c.list_price,
        "bin": product.c.bin,
    },
    default_sort="sku",
    default_descending=False,
    filters={
        "active": product.c.active.is_,
        "goods": lambda _: product.c.kind == "goods",
        "category": lambda value: product.c.category == value,
        "out": lambda _: and_(product.c.kind == "goods", on_levels(stock_level.c.free) == 0),
        "short": lambda _: BACKORDERED > 0,
    },
    search=(Words(product.c.sku, product.c.name, product.c.barcode, product.c.category),),
)
