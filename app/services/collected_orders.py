"""Which orders an invoice is about: one, or several where it is a collective one, and what of it is about each.

A collective invoice has no order of its own.  A row for each of its orders says its share of the total; what is paid
settles the first order first, as it does with instalments.  Amounts are in the invoice's currency, with its sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.models.base import Key, new_id
from app.models.invoice import InvoiceKind, invoice, invoice_order
from app.models.order import sales_order, sales_order_line
from app.models.shipment import shipment
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


def order_ids(connection: Connection, head: Any) -> list[UUID]:
    """Give the orders an invoice or credit note is about, in the order they are to be locked."""
    if head.order_id:
        return [head.order_id]
    return sorted(_ORDERS.values(connection, invoice=head.id)) if head.orders else []


def of(connection: Connection, head: Any) -> list[Any]:
    """Read the orders of a collective invoice: ``order_id``, ``number``, ``amount``, ``open_amount``; else nothing."""
    return list(_OF.all(connection, invoice=head.id)) if head.orders else []


def keep(tx: Transaction, invoice_id: UUID, orders: Sequence[UUID], lines: Iterable[Mapping[str, Any]]) -> None:
    """Store what of an invoice is about each of its ``orders``, by its stored total and its complete ``lines``.

    What a line does not say, the rounding of the whole to a coin, is about the order with the largest share.
    """
    mine = {line_id: one for one in orders for line_id in _KNOWN.values(tx.connection, order=one)}
    mine |= {deposit_id: one for one in orders for deposit_id in _DEPOSITS.values(tx.connection, order=one)}
    shares = dict.fromkeys(orders, ZERO)
    for row in lines:
        about = mine.get(row["order_line_id"] or row["deposit_id"])
        if about is not None:
            shares[about] += row["total"]
    total = _TOTAL.value(tx.connection, invoice=invoice_id)
    assert total is not None
    largest = max(shares, key=lambda one: abs(shares[one]))
    shares[largest] += total - sum(shares.values(), ZERO)
    rows = [
        {"invoice_id": invoice_id, "order_id": one, "position": position, "amount": share, "open_amount": share}
        for position, (one, share) in enumerate(shares.items(), 1)
    ]
    tx.insert(invoice_order, *({"id": new_id(), **row} for row in rows))


def follow(tx: Transaction, head: Any, rest: Decimal) -> None:
    """Settle the orders of a collective invoice of which ``rest`` is open now, the first one first."""
    settled, changed = head.total - rest, []
    for row in _OF.all(tx.connection, invoice=head.id):
        part = min(settled, row.amount, key=abs)
        settled -= part
        if row.amount - part != row.open_amount:
            changed.append((row.id, {"open_amount": row.amount - part}))
    if changed:
        tx.update_rows(invoice_order, changed)


def shares(connection: Connection, order_id: UUID) -> list[Any]:
    """Read what collective invoices and their credit notes ask of an order: the invoices with ``amount`` and ``left``.

    ``amount`` is what is about the order, ``left`` what of that is open.
    """
    return list(_SHARES.all(connection, order=order_id))


def shipped_at(connection: Connection, head: Any) -> datetime | None:
    """Say when the last shipment left of what an invoice is about; what left after it was posted is not."""
    orders = order_ids(connection, head)
    if not orders:
        return None
    last = select(func.max(shipment.c.shipped_at)).where(shipment.c.order_id.in_(orders))
    if head.posted_at is not None:
        last = last.where(shipment.c.shipped_at <= head.posted_at)
    found: datetime | None = connection.execute(last).scalar_one()
    return found


_ORDERS: Final = Prepared(
    select(invoice_order.c.order_id).where(invoice_order.c.invoice_id == bindparam("invoice", type_=Key))
)
_OF: Final = Prepared(
    select(invoice_order, sales_order.c.number)
    .join(sales_order, sales_order.c.id == invoice_order.c.order_id)
    .where(invoice_order.c.invoice_id == bindparam("invoice", type_=Key))
    .order_by(invoice_order.c.position)
)
_SHARES: Final = Prepared(
    select(invoice, invoice_order.c.amount, invoice_order.c.open_amount.label("left"))
    .join(invoice_order, invoice_order.c.invoice_id == invoice.c.id)
    .where(invoice_order.c.order_id == bindparam("order", type_=Key), invoice.c.number.is_not(None))
    .order_by(invoice.c.id)
)
_KNOWN: Final = Prepared(
    select(sales_order_line.c.id).where(sales_order_line.c.order_id == bindparam("order", type_=Key))
)
_DEPOSITS: Final = Prepared(
    select(invoice.c.id).where(
        invoice.c.order_id == bindparam("order", type_=Key), invoice.c.kind == InvoiceKind.DEPOSIT
    )
)
_TOTAL: Final = Prepared(select(invoice.c.total).where(invoice.c.id == bindparam("invoice", type_=Key)))
