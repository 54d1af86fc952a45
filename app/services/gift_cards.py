"""Gift cards: sold as a debt to whoever holds them, paid with, expired, taken back.

A card is sold on an invoice whose line is booked as a liability and bears no tax (a voucher whose tax is not known
when it is issued is taxed when it is redeemed: Directive 2006/112/EC, article 30b).  Paying with it is a payment like
any other, from that liability.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Invalid, NotFound
from app.models.invoice import invoice_line
from app.models.payment import Purpose
from app.models.stored_value import EntryKind, StoredKind, stored_value, stored_value_entry
from app.services import billing, companies, document_lines, journal, stored_value_ledger
from app.services.billing import FreeInvoice
from app.services.books import chart
from app.services.document_lines import LineInput
from app.services.journal import Posting
from app.services.stored_value_ledger import About
from app.services.transaction import Transaction

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What numbers of cards are made of: nothing that is mistaken for another letter or figure."""
MOST: Final = 500
"""Most cards in one sale."""


@dataclass(frozen=True, slots=True)
class CardSale:
    """So many cards of one value in the company's currency; ``email`` is where their numbers are sent."""

    customer_id: UUID
    count: int
    value: Decimal
    on: date
    expires_on: date | None = None
    email: str = ""
    payment_term: str = ""


def sell(tx: Transaction, sale: CardSale) -> UUID:
    """Sell gift cards on an invoice that is posted at once; they can be used from then on.  Return the invoice's id.

    Raises:
        Invalid: the count, the value or the last day makes no sense, or the customer has another currency.
        NotFound: the customer does not exist.

    """
    own = companies.own_currency(tx.connection)
    _check(tx, sale, own)
    line = LineInput(None, Decimal(sale.count), "", sale.value, tax_codes="", name="Gift card", kind="fee")
    invoice_id = billing.write(tx, FreeInvoice(sale.customer_id, (line,), own, sale.payment_term))
    liability = stored_value_ledger.account(tx, StoredKind.GIFT_CARD)
    (row,) = billing.lines(tx.connection, invoice_id)
    tx.update(invoice_line, row.id, account=liability)
    number = billing.post(tx, invoice_id, sale.on)
    for _ in range(sale.count):
        _issue(tx, sale, invoice_id)
    tx.record("gift_card.sold", sale.customer_id, invoice_id, number=number, count=sale.count, value=sale.value)
    return invoice_id


def _check(tx: Transaction, sale: CardSale, own: str) -> None:
    document_lines.check_number("value", sale.value)
    if not 1 <= sale.count <= MOST:
        raise Invalid("count", f"Sell between one and {MOST} cards at once.")
    if sale.value <= 0 or sale.value != round(sale.value, companies.decimals(tx.connection, own)):
        raise Invalid("value", f"Type a value above zero, as {own} is counted.")
    if sale.expires_on is not None and sale.expires_on < sale.on:
        raise Invalid("expires_on", "The last day is before the day of the sale.")


def _issue(tx: Transaction, sale: CardSale, invoice_id: UUID) -> None:
    card_id = stored_value_ledger.issue(
        tx,
        StoredKind.GIFT_CARD,
        _new_number(tx.connection),
        sale.on,
        customer_id=sale.customer_id,
        value=sale.value,
        expires_on=sale.expires_on,
        email=sale.email.strip(),
    )
    stored_value_ledger.change(tx, card_id, EntryKind.SOLD, sale.value, sale.on, About(invoice_id=invoice_id))


def _new_number(connection: Connection) -> str:
    while True:
        letters = "".join(secrets.choice(LETTERS) for _ in range(16))
        number = "-".join(letters[place : place + 4] for place in range(0, 16, 4))
        if connection.execute(select(stored_value.c.id).where(stored_value.c.code == number)).first() is None:
            return number


def take_back_sale(tx: Transaction, invoice_id: UUID, on: date) -> UUID:
    """Take a sale of cards back by a credit note: none of them is worth anything any more; return its id.

    Raises:
        NotAllowed: one of the cards was used.

    """
    return billing.credit(tx, invoice_id, on)


def expire(tx: Transaction, on: date) -> list[UUID]:
    """Book what is left on cards and store credit whose last day is over as income; return which these were."""
    rows = tx.execute(
        select(stored_value)
        .where(stored_value.c.expires_on < on, stored_value.c.balance > 0)
        .order_by(stored_value.c.id)
        .with_for_update()
    ).all()
    own = companies.own_currency(tx.connection)
    for row in rows:
        entry_id = stored_value_ledger.change(tx, row.id, EntryKind.EXPIRED, -row.balance, on)
        liability = stored_value_ledger.account(tx, row.kind)
        income = chart.complete(tx, (Purpose.BREAKAGE,))[Purpose.BREAKAGE]
        postings = [Posting(liability, row.balance, row.balance), Posting(income, -row.balance, -row.balance)]
        text = f"{stored_value_ledger.named(row)} expired"
        journal.book(tx, journal.Entry(on, entry_id, text, own), postings)
        if row.customer_id:
            tx.record("gift_card.expired", row.customer_id, row.id, amount=row.balance, currency=own)
    return [row.id for row in rows]


def find(connection: Connection, number: str) -> Any:
    """Find a card by its number, typed with or without hyphens and in either case.

    Raises:
        NotFound: there is no such card.

    """
    letters = "".join(sign for sign in number.upper() if sign.isalnum())
    code = "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))
    rows = select(stored_value).where(stored_value.c.kind == StoredKind.GIFT_CARD, stored_value.c.code == code)
    found = connection.execute(rows).one_or_none()
    if found is None:
        raise NotFound("Gift card", number.strip())
    return found


def of_invoice(connection: Connection, invoice_id: UUID) -> list[UUID]:
    """Read which cards an invoice sold."""
    rows = select(stored_value_entry.c.value_id).where(
        stored_value_entry.c.invoice_id == invoice_id, stored_value_entry.c.kind == EntryKind.SOLD
    )
    return list(connection.execute(rows.order_by(stored_value_entry.c.value_id)).scalars())


@dataclass(frozen=True, slots=True)
class CardLetter:
    """The message that brings a card to its holder."""

    card_id: UUID
    to: str
    subject: str
    text: str


def letters(connection: Connection, card_ids: Sequence[UUID]) -> list[CardLetter]:
    """Write the messages for cards that have an address to be sent to: one for each card."""
    return [one for one in _letters(connection, card_ids) if one.to]


def letter(connection: Connection, card_id: UUID) -> CardLetter:
    """Write the message for a card, whether it has an address to be sent to or not.

    Raises:
        NotFound: there is no such gift card.

    """
    found = _letters(connection, [card_id])
    if not found:
        raise NotFound("Gift card", str(card_id))
    return found[0]


def _letters(connection: Connection, card_ids: Sequence[UUID]) -> list[CardLetter]:
    rows = select(stored_value).where(stored_value.c.id.in_(card_ids), stored_value.c.kind == str(StoredKind.GIFT_CARD))
    name, own = companies.get(connection).name, companies.own_currency(connection)
    found = []
    for row in connection.execute(rows.order_by(stored_value.c.id)):
        until = f" It can be used until {row.expires_on.isoformat()}." if row.expires_on else ""
        words = (
            f"Your gift card of {name}",
            f"Number: {row.code}\nValue: {row.value:.2f} {own}",
            f"Tell us the number when you order.{until}",
        )
        found.append(CardLetter(row.id, row.email, f"Gift card of {name}", "\n\n".join(words)))
    return found


def entries(connection: Connection, value_id: UUID) -> list[Any]:
    """Read what happened to a card's or a wallet's balance, the latest last."""
    rows = select(stored_value_entry).where(stored_value_entry.c.value_id == value_id)
    return list(connection.execute(rows.order_by(stored_value_entry.c.id)))
