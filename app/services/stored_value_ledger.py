"""Balances of gift cards and store credit: changed only together with an entry of their ledger, never below nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.stored_value import LIABILITY, EntryKind, StoredKind, stored_value, stored_value_entry
from app.services import companies
from app.services.books import chart
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)
METHODS: Final = tuple(str(kind) for kind in StoredKind)
"""The methods of payments that are made with a balance held here."""


@dataclass(frozen=True, slots=True)
class About:
    """The documents an entry of the ledger belongs to."""

    payment_id: UUID | None = None
    invoice_id: UUID | None = None
    order_id: UUID | None = None
    note: str = ""


NOTHING: Final = About()


def named(head: Any) -> str:
    """Name a gift card or a wallet for the user."""
    return "Store credit" if head.kind == StoredKind.WALLET else f"Gift card {head.code}"


def account(tx: Transaction, kind: str) -> str:
    """Give the account on which the company owes balances of a kind."""
    purpose = LIABILITY[StoredKind(kind)]
    return chart.complete(tx, (purpose,))[purpose]


def issue(
    tx: Transaction,
    kind: StoredKind,
    code: str,
    on: date,
    *,
    customer_id: UUID | None,
    value: Decimal = ZERO,
    expires_on: date | None = None,
    email: str = "",
) -> UUID:
    """Open a balance of nothing and return its id."""
    value_id = new_id()
    row: dict[str, Any] = {"kind": str(kind), "code": code, "customer_id": customer_id, "email": email, "value": value}
    row |= {"balance": ZERO, "issued_on": on, "expires_on": expires_on, "void": False}
    tx.insert(stored_value, {"id": value_id, **row})
    return value_id


def change(tx: Transaction, value_id: UUID, kind: EntryKind, amount: Decimal, on: date, about: About = NOTHING) -> UUID:
    """Add to a balance, or (below zero) take from it; return the entry's id.

    Raises:
        NotFound: there is no such balance.
        NotAllowed: less than that is left.

    """
    head = tx.lock(stored_value, value_id, "Balance")
    balance = head.balance + amount
    if balance < 0:
        raise NotAllowed(f"{named(head)} has {head.balance:f} left. Take at most that.")
    tx.update(stored_value, value_id, balance=balance)
    entry_id = new_id()
    row = {"value_id": value_id, "kind": str(kind), "amount": amount, "on": on, "note": about.note[:200]}
    row |= {"payment_id": about.payment_id, "invoice_id": about.invoice_id, "order_id": about.order_id}
    tx.insert(stored_value_entry, {"id": entry_id, "command_id": tx.key, **row, "by": tx.by, "at": tx.at})
    return entry_id


def check_payment(
    tx: Transaction, method: str, value_id: UUID | None, customer_id: UUID, currency: str, on: date
) -> None:
    """Refuse a payment with a balance that cannot be spent for it.

    Raises:
        Invalid: no balance was named, it is of another kind, or not in the company's currency.
        NotAllowed: it has expired, was taken back, or is another customer's store credit.
        NotFound: there is no such balance.

    """
    if value_id is None:
        raise Invalid("stored_value_id", "Type the number of the gift card, or choose another method.")
    head = tx.lock(stored_value, value_id, "Balance")
    if head.kind != method:
        raise Invalid("method", f"{named(head)} is not what this payment says. Choose the other method.")
    own = companies.own_currency(tx.connection)
    if currency != own:
        raise Invalid("currency", f"Gift cards and store credit are in {own}; this is to be paid in {currency}.")
    if head.void:
        raise NotAllowed(f"{named(head)} was taken back with its sale. Nothing can be paid with it.")
    if head.expires_on is not None and on > head.expires_on:
        raise NotAllowed(f"{named(head)} expired on {head.expires_on.isoformat()}. Nothing can be paid with it.")
    if head.kind == StoredKind.WALLET and head.customer_id != customer_id:
        raise NotAllowed("This store credit is another customer's.")


def pay(tx: Transaction, value_id: UUID, amount: Decimal, on: date, about: About) -> None:
    """Take what a payment of ``amount`` uses; a refund (below zero) goes to the balance."""
    kind = EntryKind.SPENT if amount > 0 else EntryKind.GIVEN_BACK
    change(tx, value_id, kind, -amount, on, about)


def give_back(tx: Transaction, payment_id: UUID, reverse_id: UUID, on: date) -> None:
    """Undo what a payment that is taken back did to a balance.

    Raises:
        NotAllowed: what a refund brought was spent meanwhile.

    """
    for row in _OF_PAYMENT.all(tx.connection, payment=payment_id):
        about = About(payment_id=reverse_id, order_id=row.order_id)
        kind = EntryKind.GIVEN_BACK if row.amount < 0 else EntryKind.TAKEN_BACK
        change(tx, row.value_id, kind, -row.amount, on, about)


def take_back_sale(tx: Transaction, invoice_id: UUID, credit_id: UUID, on: date) -> None:
    """Let the gift cards that an invoice sold be worth nothing: its credit note takes them back.

    Raises:
        NotAllowed: one of them was used.

    """
    for row in _SOLD.all(tx.connection, invoice=invoice_id):
        head = tx.lock(stored_value, row.value_id, "Gift card")
        if head.balance != head.value or head.void:
            raise NotAllowed(f"{named(head)} was used; its sale can no longer be taken back as a whole.")
        change(tx, head.id, EntryKind.TAKEN_BACK, -head.value, on, About(invoice_id=credit_id))
        tx.update(stored_value, head.id, void=True)


_OF_PAYMENT: Final = Prepared(
    select(stored_value_entry)
    .where(stored_value_entry.c.payment_id == bindparam("payment", type_=Key))
    .order_by(stored_value_entry.c.id)
)
_SOLD: Final = Prepared(
    select(stored_value_entry.c.value_id)
    .where(
        stored_value_entry.c.invoice_id == bindparam("invoice", type_=Key),
        stored_value_entry.c.kind == EntryKind.SOLD,
    )
    .order_by(stored_value_entry.c.value_id)
)
