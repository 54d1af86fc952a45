"""Invoices and payments: what their lists show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, type_coerce

from app.models.base import AMOUNT, Exact
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line, invoice_order
from app.models.order import sales_order
from app.models.payment import allocation, deduction, payment
from app.services.listing import Listing, Words


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice or credit note in the list; a draft has no number and no dates."""

    id: UUID
    number: str | None
    kind: str
    state: str
    customer_name: str
    order_number: str
    invoiced_on: date | None
    due_on: date | None
    total: Decimal
    open_amount: Decimal
    currency: str
    order_id: UUID | None
    orders: int  # how many it is over, where it is a collective one


_POSTED: Final = invoice.c.state == InvoiceState.POSTED


def _of_order(condition: ColumnElement[bool], *, otherwise: bool = False) -> ColumnElement[bool]:
    """Invoices of orders such as these; ``otherwise`` also those without an order."""
    of_these = invoice.c.order_id.in_(select(sales_order.c.id).where(condition))
    return or_(of_these, invoice.c.order_id.is_(None)) if otherwise else of_these


def _goes_to(address: ColumnElement[str], region: str) -> ColumnElement[bool]:
    """Addresses as documents keep them (JSON) in a country, or in its region after a slash."""
    country, _, part = region.partition("/")
    names = {"country": country, "region": part}
    return and_(
        *(address.contains(json.dumps({k: v}, ensure_ascii=False)[1:-1], autoescape=True) for k, v in names.items())
    )


INVOICES: Final = Listing(
    name="invoices",
    row=InvoiceRow,
    source=invoice,
    columns=(
        invoice.c.id,
        invoice.c.number,
        invoice.c.kind,
        invoice.c.state,
        invoice.c.customer_name,
        invoice.c.order_number,
        invoice.c.invoiced_on,
        invoice.c.due_on,
        invoice.c.total,
        invoice.c.open_amount,
        invoice.c.currency,
        invoice.c.order_id,
        invoice.c.orders,
    ),
    tables=("invoice",),
    sorts={
        "created": invoice.c.id,
        "number": invoice.c.number,
        "customer": invoice.c.customer_name,
        "due_on": invoice.c.due_on,
        "total": invoice.c.total,
        "open_amount": invoice.c.open_amount,
    },
    default_sort="created",
    filters={
        "state": lambda value: invoice.c.state == value,
        "kind": lambda value: invoice.c.kind == value,
        "known": lambda _: invoice.c.state != InvoiceState.CANCELLED,
        "open": lambda _: _POSTED,
        "overdue": lambda today: and_(_POSTED, invoice.c.due_on < today, invoice.c.open_amount > 0),
        "customer": lambda value: invoice.c.customer_id == value,
        "order": lambda value: or_(
            invoice.c.order_id == value,
            invoice.c.id.in_(select(invoice_order.c.invoice_id).where(invoice_order.c.order_id == value)),
        ),
        "billed": lambda days: and_(
            invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
            invoice.c.kind != InvoiceKind.DEPOSIT,
            invoice.c.invoiced_on.between(*days),
        ),
        "product": lambda value: invoice.c.id.in_(
            select(invoice_line.c.invoice_id).where(invoice_line.c.product_id == value)
        ),
        "channel": lambda value: _of_order(sales_order.c.channel == value, otherwise=value == ""),
        "region": lambda value: or_(
            _of_order(_goes_to(sales_order.c.shipping_address, value)),
            and_(invoice.c.order_id.is_(None), _goes_to(invoice.c.billing_address, value)),
        ),
        "salesperson": lambda value: or_(
            _of_order(sales_order.c.created_by == value),
            and_(invoice.c.order_id.is_(None), invoice.c.created_by == value),
        ),
    },
    search=(Words(invoice.c.number, invoice.c.customer_name, invoice.c.order_number, invoice.c.customer_po),),
    totals={"total": func.sum(invoice.c.total), "open_amount": func.sum(invoice.c.open_amount)},
    totals_by=invoice.c.currency,
)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment in the list; ``unallocated`` stays to the customer's credit."""

    id: UUID
    number: str
    customer_name: str
    received_on: date
    method: str
    reference: str
    amount: Decimal
    unallocated: Decimal
    currency: str
    reversed: bool


_USED: Final = func.coalesce(
    select(func.sum(allocation.c.amount)).where(allocation.c.payment_id == payment.c.id).scalar_subquery(), 0
) + func.coalesce(
    select(func.sum(deduction.c.amount))
    .where(deduction.c.payment_id == payment.c.id, deduction.c.invoice_id.is_(None))
    .scalar_subquery(),
    0,
)
_reversal = payment.alias("reversal")
_REVERSED: Final = or_(
    payment.c.reverses_id.is_not(None),
    select(_reversal.c.id).where(_reversal.c.reverses_id == payment.c.id).exists(),
)

PAYMENTS: Final = Listing(
    name="payments",
    row=PaymentRow,
    source=payment,
    columns=(
        payment.c.id,
        payment.c.number,
        payment.c.customer_name,
        payment.c.received_on,
        payment.c.method,
        payment.c.reference,
        payment.c.amount,
        type_coerce(payment.c.amount - _USED, Exact(AMOUNT)),
        payment.c.currency,
        case((_REVERSED, True), else_=False),
    ),
    tables=("payment", "allocation", "deduction"),
    sorts={
        "number": payment.c.id,
        "customer": payment.c.customer_name,
        "received_on": payment.c.received_on,
        "amount": payment.c.amount,
    },
    default_sort="number",
    filters={
        "unallocated": lambda _: and_(payment.c.amount != _USED, ~_REVERSED),
        "customer": lambda value: payment.c.customer_id == value,
        "method": lambda value: payment.c.method == value,
    },
    search=(Words(payment.c.number, payment.c.customer_name, payment.c.reference),),
    totals={"amount": func.sum(payment.c.amount)},
    totals_by=payment.c.currency,
)
