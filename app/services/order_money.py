"""What the invoices of an order say about it: how much is invoiced, paid and open, and what deposits it waits for."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sqlalchemy import bindparam, select

from app.models.base import Key
from app.models.invoice import InvoiceState, invoice
from app.services import collected_orders, deposit_parts
from app.services.order_book import OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction


def read(tx: Transaction, book: OrderBook) -> None:
    """Read what the order's invoices say, so that its billing state can be computed."""
    invoiced = paid = Decimal(0)
    book.open_amount = False
    book.drafted = False
    for row in _INVOICES.all(tx.connection, order=book.id):
        if row.state == InvoiceState.DRAFT:
            book.drafted = True
            continue
        invoiced += row.total
        paid += row.total - row.open_amount
        book.open_amount = book.open_amount or row.open_amount != 0
    for row in collected_orders.shares(tx.connection, book.id) if book.get("collected") else ():
        invoiced += row.amount
        paid += row.amount - row.left
        book.open_amount = book.open_amount or row.left != 0
    book.changes.update(invoiced_total=invoiced, paid_total=paid)
    if book.get("deposit_amount"):
        deposit_parts.follow(tx.connection, book)


_INVOICES: Final = Prepared(
    select(invoice.c.state, invoice.c.total, invoice.c.open_amount).where(
        invoice.c.order_id == bindparam("order", type_=Key), invoice.c.state != InvoiceState.CANCELLED
    )
)
