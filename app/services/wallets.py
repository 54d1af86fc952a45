"""Store credit: what a customer may spend with us, from goodwill or instead of a refund."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.invoice import InvoiceState, invoice
from app.models.payment import Purpose
from app.models.stored_value import EntryKind, StoredKind, stored_value, stored_value_entry
from app.services import companies, document_lines, journal, parties, payments, stored_value_ledger
from app.services.books import chart
from app.services.journal import Posting
from app.services.payments import NewPayment
from app.services.statements import Prepared
from app.services.stored_value_ledger import About
from app.services.transaction import Transaction


def grant(tx: Transaction, customer_id: UUID, amount: Decimal, on: date, reason: str) -> UUID:
    """Give a customer store credit out of goodwill; return the ledger entry's id.

    Raises:
        Invalid: the amount is not above zero or too fine, or there is no reason.
        NotFound: the customer does not exist.

    """
    own = companies.own_currency(tx.connection)
    document_lines.check_number("amount", amount)
    if amount <= 0 or amount != round(amount, companies.decimals(tx.connection, own)):
        raise Invalid("amount", f"Type an amount above zero, as {own} is counted.")
    if not reason.strip():
        raise Invalid("reason", "Say what the store credit is given for.")
    value_id = open_for(tx, customer_id, on)
    entry_id = stored_value_ledger.change(tx, value_id, EntryKind.GRANTED, amount, on, About(note=reason.strip()))
    _book(tx, customer_id, entry_id, amount, on)
    tx.record("wallet.granted", customer_id, value_id, amount=amount, currency=own, reason=reason.strip())
    return entry_id


def withdraw(tx: Transaction, entry_id: UUID, on: date) -> UUID:
    """Take store credit that was given out of goodwill back; return the new ledger entry's id.

    Raises:
        NotAllowed: it was no goodwill, was taken back before, or has been spent.
        NotFound: there is no such entry.

    """
    head = tx.lock(stored_value_entry, entry_id, "Store credit")
    note = f"Takes back {entry_id.hex}"
    if head.kind != EntryKind.GRANTED or _TAKEN_BACK.first(tx.connection, value=head.value_id, note=note):
        raise NotAllowed("Only goodwill that is still there can be taken back.")
    owner = tx.lock(stored_value, head.value_id, "Store credit").customer_id
    key = stored_value_ledger.change(tx, head.value_id, EntryKind.TAKEN_BACK, -head.amount, on, About(note=note))
    _book(tx, owner, key, -head.amount, on)
    tx.record("wallet.withdrawn", owner, head.value_id, amount=head.amount)
    return key


def refund(tx: Transaction, credit_id: UUID, on: date) -> UUID:
    """Turn what a credit note still owes a customer into store credit instead of paying it; return the payment's id.

    Raises:
        NotAllowed: the credit note owes nothing.
        NotFound: it does not exist.

    """
    head = tx.lock(invoice, credit_id, "Credit note")
    if head.state != InvoiceState.POSTED or head.open_amount >= 0:
        raise NotAllowed("This credit note owes nothing. Choose one that is still open.")
    value_id = open_for(tx, head.customer_id, on)
    new = NewPayment(
        head.customer_id,
        head.open_amount,
        on,
        head.currency,
        str(StoredKind.WALLET),
        f"{head.number} to store credit",
        allocations={credit_id: head.open_amount},
        stored_value_id=value_id,
    )
    return payments.receive(tx, new)


def open_for(tx: Transaction, customer_id: UUID, on: date) -> UUID:
    """Give a customer's wallet, opened now if there is none yet.

    Raises:
        NotFound: the customer does not exist.

    """
    found: UUID | None = _OF_CUSTOMER.value(tx.connection, code=customer_id.hex)
    if found is not None:
        return found
    parties.payer(tx.connection, customer_id)
    return stored_value_ledger.issue(tx, StoredKind.WALLET, customer_id.hex, on, customer_id=customer_id)


def of_customer(connection: Connection, customer_id: UUID) -> Any:
    """Read a customer's wallet, None where they never had store credit."""
    return _WALLET.first(connection, code=customer_id.hex)


def _book(tx: Transaction, customer_id: UUID, entry_id: UUID, amount: Decimal, on: date) -> None:
    accounts = chart.complete(tx, (Purpose.STORE_CREDIT, Purpose.GOODWILL))
    postings = [
        Posting(accounts[Purpose.GOODWILL], amount, amount, customer_id),
        Posting(accounts[Purpose.STORE_CREDIT], -amount, -amount, customer_id),
    ]
    words = "Store credit given" if amount > 0 else "Store credit taken back"
    journal.book(tx, journal.Entry(on, entry_id, words, companies.own_currency(tx.connection)), postings)


_WALLET: Final = Prepared(
    select(stored_value).where(stored_value.c.kind == StoredKind.WALLET, stored_value.c.code == bindparam("code"))
)
_OF_CUSTOMER: Final = _WALLET
_TAKEN_BACK: Final = Prepared(
    select(stored_value_entry.c.id).where(
        stored_value_entry.c.value_id == bindparam("value", type_=Key),
        stored_value_entry.c.kind == EntryKind.TAKEN_BACK,
        stored_value_entry.c.note == bindparam("note"),
    )
)
