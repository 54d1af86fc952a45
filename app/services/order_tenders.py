"""Orders paid with gift cards and store credit before they are invoiced: held for them, then used for the invoices.

What is paid so settles the order, it is no discount: the taxes stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key
from app.models.company import account
from app.models.invoice import InvoiceState, invoice
from app.models.lines import UNPRICED
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.payment import allocation, payment
from app.models.stored_value import StoredKind, stored_value, stored_value_entry
from app.services import payments, stored_value_ledger
from app.services.payments import NewPayment
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


def pay(tx: Transaction, order_id: UUID, value_id: UUID, on: date, amount: Decimal | None = None) -> UUID:
    """Pay an order with a gift card or store credit: its open invoices first, the rest is held for those to come.

    Without ``amount`` as much as the order asks and the balance has.  Return the payment's id.

    Raises:
        Invalid: the amount is not above zero.
        NotAllowed: the order is cancelled or a quote's, nothing is left to pay, or less is on the balance.
        NotFound: order or balance does not exist.

    """
    head = tx.lock(sales_order, order_id, "Order")
    if head.state == OrderState.CANCELLED or head.taken_over:
        raise NotAllowed(f"Order {head.number} is {head.state}; it is not paid any more.")
    if head.collected:
        raise NotAllowed(f"{head.number} is on an invoice over several orders. Record the payment of that invoice.")
    held = tx.lock(stored_value, value_id, "Balance")
    due = head.total - paid(tx.connection, order_id)
    wanted = min(due, held.balance) if amount is None else amount
    if due <= 0:
        raise NotAllowed(f"Nothing of {head.number} is left to pay.")
    if wanted <= 0 and amount is not None:
        raise Invalid("amount", "Type an amount above zero.")
    if wanted <= 0:
        raise NotAllowed(f"{stored_value_ledger.named(held)} has nothing left.")
    if wanted > due:
        raise NotAllowed(f"{due:f} {head.currency} of {head.number} is left to pay. Use at most that.")
    new = NewPayment(
        head.customer_id,
        wanted,
        on,
        head.currency,
        held.kind,
        f"Order {head.number}",
        allocations=_shares(_OPEN.all(tx.connection, order=order_id), wanted),
        stored_value_id=value_id,
        order_id=order_id,
    )
    payment_id = payments.receive(tx, new)
    if not head.tendered:
        tx.update(sales_order, order_id, tendered=True)
    facts = {"method": held.kind, "amount": wanted, "currency": head.currency}
    tx.record("order.tendered", order_id, payment_id, **facts)
    return payment_id


def use_for(tx: Transaction, order_id: UUID, invoice_id: UUID, on: date) -> None:
    """Use what is held for an order for its invoice that was posted just now."""
    head = tx.lock(invoice, invoice_id, "Invoice")
    rest = head.open_amount
    for row in _HELD.all(tx.connection, order=order_id):
        share = min(row.amount - (row.used or ZERO), rest)
        if share > 0:
            payments.allocate(tx, row.id, invoice_id, share, on)
            rest -= share


def give_back(tx: Transaction, order_id: UUID, on: date) -> None:
    """Take back what is held for an order that is called off: its gift cards and store credit can be spent again.

    A payment of which a part was used for an invoice is taken back as a whole: the invoice was credited, and is open
    against its credit note.
    """
    for row in _HELD.all(tx.connection, order=order_id):
        if row.amount > (row.used or ZERO):
            payments.reverse(tx, row.id, on)


def paid(connection: Connection, order_id: UUID) -> Decimal:
    """Add up what an order was paid, by whatever means, and what is held for it.

    What its credit notes set off or gave back lowers what was paid.
    """
    held = sum((row.amount - (row.used or ZERO) for row in _HELD.all(connection, order=order_id)), ZERO)
    settled = sum((row.total - row.open_amount for row in _INVOICES.all(connection, order=order_id)), ZERO)
    return held + settled


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A line of what an order asks (``amount`` above zero) or of what it was paid with (below zero).

    ``purpose`` is what the account serves that a payment came from, empty for what was sold.
    """

    text: str
    quantity: Decimal
    amount: Decimal
    purpose: str = ""
    value_id: UUID | None = None
    payment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What an order asks and was paid with gift cards and store credit, in its currency.

    ``total`` is what is left to pay.  ``tax`` is that of the order: paying does not lower it, so that ``untaxed``,
    the rest of what is left, may be below zero.
    """

    lines: tuple[MoneyLine, ...]
    by_kind: Mapping[str, Decimal]
    total: Decimal
    tax: Decimal

    @property
    def untaxed(self) -> Decimal:
        """What is left to pay without the order's tax."""
        return self.total - self.tax


def of_order(connection: Connection, order_id: UUID) -> OrderMoney:
    """Read what an order asks and what of it was paid with gift cards and store credit.

    Raises:
        NotFound: the order does not exist.

    """
    head = _HEAD.first(connection, order=order_id)
    if head is None:
        raise NotFound("Order", order_id)
    lines = [MoneyLine(row.name, row.quantity, row.total) for row in _LINES.all(connection, order=order_id)]
    by_kind: dict[str, Decimal] = {str(kind): ZERO for kind in StoredKind}
    for row in _TENDERS.all(connection, order=order_id):
        if not row.reversed and row.reverses_id is None:
            by_kind[row.kind] += row.amount
            text = "Store credit" if row.kind == StoredKind.WALLET else f"Gift card {row.code}"
            lines.append(MoneyLine(text, Decimal(-1), -row.amount, row.purpose or "", row.value_id, row.id))
    return OrderMoney(tuple(lines), by_kind, head.total - sum(by_kind.values(), ZERO), head.tax)


def _shares(rows: list[Any], amount: Decimal) -> dict[UUID, Decimal]:
    shares: dict[UUID, Decimal] = {}
    for row in rows:
        share = min(amount, row.open_amount)
        if share > 0:
            shares[row.id] = share
            amount -= share
    return shares


_HEAD: Final = Prepared(select(sales_order).where(sales_order.c.id == bindparam("order", type_=Key)))
_LINES: Final = Prepared(
    select(sales_order_line.c.name, sales_order_line.c.quantity, sales_order_line.c.total)
    .where(
        sales_order_line.c.order_id == bindparam("order", type_=Key),
        sales_order_line.c.kit_line_id.is_(None),
        sales_order_line.c.kind.not_in(UNPRICED),
    )
    .order_by(sales_order_line.c.position)
)
_OPEN: Final = Prepared(
    select(invoice.c.id, invoice.c.open_amount)
    .where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.state == InvoiceState.POSTED,
        invoice.c.open_amount > 0,
    )
    .order_by(invoice.c.due_on, invoice.c.id)
)
_INVOICES: Final = Prepared(
    select(invoice.c.total, invoice.c.open_amount).where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
    )
)
_back = payment.alias("taking_back")
_REVERSED: Final = select(_back.c.id).where(_back.c.reverses_id == payment.c.id).exists()
_USED: Final = select(func.sum(allocation.c.amount)).where(allocation.c.payment_id == payment.c.id).scalar_subquery()
_HELD: Final = Prepared(
    select(payment.c.id, payment.c.amount, _USED.label("used"))
    .join(stored_value_entry, stored_value_entry.c.payment_id == payment.c.id)
    .where(stored_value_entry.c.order_id == bindparam("order", type_=Key), payment.c.reverses_id.is_(None), ~_REVERSED)
    .order_by(payment.c.id)
)
_TENDERS: Final = Prepared(
    select(
        payment.c.id,
        payment.c.amount,
        payment.c.reverses_id,
        stored_value_entry.c.value_id,
        stored_value.c.kind,
        stored_value.c.code,
        account.c.purpose,
        _REVERSED.label("reversed"),
    )
    .select_from(
        stored_value_entry.join(payment, payment.c.id == stored_value_entry.c.payment_id)
        .join(stored_value, stored_value.c.id == stored_value_entry.c.value_id)
        .outerjoin(account, account.c.code == payment.c.account)
    )
    .where(stored_value_entry.c.order_id == bindparam("order", type_=Key))
    .order_by(payment.c.id)
)
