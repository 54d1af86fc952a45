"""Quotes and orders: what their lists show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func

from app.models.blanket import BlanketState, blanket
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.product import product
from app.models.quote import OFFERED, QuoteState, quote
from app.models.shipment import shipment
from app.services.listing import Linked, Listing, Words

OPEN_STAGES: Final = (
    "confirmed",
    "on_hold",
    "deposit",
    "backorder",
    "picking",
    "packed",
    "part",
    "shipped",
    "invoiced",
)


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote in the list; ``total`` is in ``currency``."""

    id: UUID
    number: str
    customer_name: str
    state: str
    version: int
    open_counters: int
    created_at: datetime
    valid_until: date
    total: Decimal
    currency: str


QUOTES: Final = Listing(
    name="quotes",
    row=QuoteRow,
    source=quote,
    columns=(
        quote.c.id,
        quote.c.number,
        quote.c.customer_name,
        quote.c.state,
        quote.c.version,
        quote.c.open_counters,
        quote.c.created_at,
        quote.c.valid_until,
        quote.c.total,
        quote.c.currency,
    ),
    tables=("quote",),
    sorts={
        "number": quote.c.id,
        "customer": quote.c.customer_name,
        "state": quote.c.state,
        "valid_until": quote.c.valid_until,
        "total": quote.c.total,
    },
    default_sort="number",
    filters={
        "state": lambda value: quote.c.state == value,
        "open": lambda _: quote.c.state.in_(OFFERED),
        "expired": lambda today: and_(
            quote.c.state.in_([QuoteState.SENT, QuoteState.PART]), quote.c.valid_until < today
        ),
        "countered": lambda _: quote.c.open_counters > 0,
        "customer": lambda value: quote.c.customer_id == value,
    },
    search=(Words(quote.c.number, quote.c.customer_name, quote.c.customer_po),),
    totals={"total": func.sum(quote.c.total)},
    totals_by=quote.c.currency,
)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list; ``progress`` is percent shipped, ``stage`` one word for its chip."""

    id: UUID
    number: str
    customer_name: str
    customer_po: str
    ordered_on: date
    promised_on: date | None
    state: str
    stage: str
    progress: int
    total: Decimal
    currency: str
    warning: str


_WORKING: Final = sales_order.c.state == OrderState.CONFIRMED

ORDERS: Final = Listing(
    name="orders",
    row=OrderRow,
    source=sales_order,
    columns=(
        sales_order.c.id,
        sales_order.c.number,
        sales_order.c.customer_name,
        sales_order.c.customer_po,
        sales_order.c.ordered_on,
        sales_order.c.promised_on,
        sales_order.c.state,
        sales_order.c.stage,
        sales_order.c.progress,
        sales_order.c.total,
        sales_order.c.currency,
        sales_order.c.warning,
    ),
    tables=("sales_order",),
    sorts={
        "number": sales_order.c.id,
        "customer": sales_order.c.customer_name,
        "customer_po": sales_order.c.customer_po,
        "promised_on": sales_order.c.promised_on,
        "stage": sales_order.c.stage,
        "total": sales_order.c.total,
    },
    default_sort="number",
    filters={
        "state": lambda value: sales_order.c.state == value,
        "stage": lambda value: sales_order.c.stage == value,
        "open": lambda _: sales_order.c.stage.in_(["draft", *OPEN_STAGES]),
        "due": lambda today: and_(
            _WORKING, sales_order.c.promised_on <= today, sales_order.c.delivery_state.in_(["waiting", "partial"])
        ),
        "backorders": lambda _: sales_order.c.stage == "backorder",
        "to_invoice": lambda _: and_(_WORKING, sales_order.c.billing_state == "to_invoice"),
        "customer": lambda value: sales_order.c.customer_id == value,
        "warning": lambda _: sales_order.c.warning != "",
    },
    search=(
        Words(sales_order.c.number, sales_order.c.customer_po, sales_order.c.customer_name),
        Linked(
            sales_order.c.id,
            sales_order_line.c.order_id,
            (product.c.sku,),
            via=(sales_order_line.c.product_id, product.c.id),
        ),
        Linked(sales_order.c.id, shipment.c.order_id, (shipment.c.tracking_number,)),
    ),
    totals={"total": func.sum(sales_order.c.total)},
    totals_by=sales_order.c.currency,
)


@dataclass(frozen=True, slots=True)
class BlanketRow:
    """A blanket order in the list."""

    id: UUID
    number: str
    customer_name: str
    customer_po: str
    state: str
    starts_on: date
    ends_on: date | None


BLANKETS: Final = Listing(
    name="blankets",
    row=BlanketRow,
    source=blanket,
    columns=(
        blanket.c.id,
        blanket.c.number,
        blanket.c.customer_name,
        blanket.c.customer_po,
        blanket.c.state,
        blanket.c.starts_on,
        blanket.c.ends_on,
    ),
    tables=("blanket",),
    sorts={
        "number": blanket.c.id,
        "customer": blanket.c.customer_name,
        "state": blanket.c.state,
        "starts_on": blanket.c.starts_on,
        "ends_on": blanket.c.ends_on,
    },
    default_sort="number",
    filters={
        "state": lambda value: blanket.c.state == value,
        "ended": lambda today: and_(blanket.c.state == BlanketState.OPEN, blanket.c.ends_on < today),
        "customer": lambda value: blanket.c.customer_id == value,
    },
    search=(Words(blanket.c.number, blanket.c.customer_name, blanket.c.customer_po),),
)
