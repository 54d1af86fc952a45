"""Gift cards and store credit as a cashier meets them: a number that is typed, a customer who has credit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.errors import Invalid, NotFound
from app.models.party import customer
from app.models.stored_value import StoredKind, stored_value
from app.services import companies, gift_cards, order_tenders, orders, payments, wallets
from app.services.payments import NewPayment
from app.services.transaction import Transaction

MOST: Final = 2_000
"""Most balances that are shown at once; the latest."""


def receive(tx: Transaction, new: NewPayment, number: str = "") -> UUID:
    """Book a payment as :func:`payments.receive`; a gift card is found by its number, store credit by the customer.

    Raises:
        Invalid: there is no gift card of that number, or the customer has no store credit.
        NotAllowed: see :func:`payments.receive`.

    """
    if new.method == StoredKind.GIFT_CARD:
        new = replace(new, stored_value_id=_card(tx, number).id)
    elif new.method == StoredKind.WALLET:
        new = replace(new, stored_value_id=_wallet(tx, new.customer_id).id)
    return payments.receive(tx, new)


def pay_order(
    tx: Transaction, order_id: UUID, kind: StoredKind, on: date, amount: Decimal | None = None, number: str = ""
) -> UUID:
    """Pay an order as :func:`order_tenders.pay`; a gift card is found by its number, store credit by the customer.

    Raises:
        Invalid: there is no gift card of that number, the customer has no store credit, or see order_tenders.
        NotAllowed: see :func:`order_tenders.pay`.
        NotFound: the order does not exist.

    """
    customer_id = orders.get(tx.connection, order_id).customer_id
    held = _card(tx, number) if kind == StoredKind.GIFT_CARD else _wallet(tx, customer_id)
    return order_tenders.pay(tx, order_id, held.id, on, amount)


@dataclass(frozen=True, slots=True)
class OrderTender:
    """What is left to pay of an order, in its currency; the customer's store credit, None where there is none."""

    left: Decimal
    currency: str
    credit: Decimal | None


def order_tender(connection: Connection, order_id: UUID) -> OrderTender:
    """Read what may be paid of an order with gift cards and store credit.

    Raises:
        NotFound: the order does not exist.

    """
    head = orders.get(connection, order_id)
    wallet = wallets.of_customer(connection, head.customer_id)
    left = max(head.total - order_tenders.paid(connection, order_id), Decimal(0))
    return OrderTender(left, head.currency, wallet.balance if wallet is not None else None)


def _wallet(tx: Transaction, customer_id: UUID) -> Any:
    found = wallets.of_customer(tx.connection, customer_id)
    if found is None:
        raise Invalid("method", "This customer has no store credit. Choose another method.")
    return found


def _card(tx: Transaction, number: str) -> Any:
    try:
        return gift_cards.find(tx.connection, number)
    except NotFound as error:
        raise Invalid("stored_value_id", "There is no gift card of this number. Look at it again.") from error


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A gift card or a customer's store credit, in the company's currency."""

    id: UUID
    kind: str
    code: str
    customer_id: UUID | None
    customer: str
    email: str
    value: Decimal
    balance: Decimal
    issued_on: date
    expires_on: date | None
    void: bool


@dataclass(frozen=True, slots=True)
class Balances:
    """The latest balances, what all of a kind hold together, and the currency."""

    rows: tuple[BalanceRow, ...]
    held: dict[str, Decimal]
    currency: str


def read(connection: Connection) -> Balances:
    """Read the latest gift cards and store credits, and what the company owes in all."""
    rows = connection.execute(
        select(stored_value, customer.c.name.label("customer"))
        .outerjoin(customer, customer.c.id == stored_value.c.customer_id)
        .order_by(stored_value.c.id.desc())
        .limit(MOST)
    )
    held = {str(kind): Decimal(0) for kind in StoredKind}
    sums = select(stored_value.c.kind, func.sum(stored_value.c.balance)).group_by(stored_value.c.kind)
    held.update({row[0]: row[1] for row in connection.execute(sums)})
    found = tuple(
        BalanceRow(
            row.id,
            row.kind,
            row.code if row.kind == StoredKind.GIFT_CARD else "",
            row.customer_id,
            row.customer or "",
            row.email,
            row.value,
            row.balance,
            row.issued_on,
            row.expires_on,
            row.void,
        )
        for row in rows
    )
    return Balances(found, held, companies.own_currency(connection))
