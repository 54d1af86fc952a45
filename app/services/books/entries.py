"""Entries an accountant makes by hand, and how they are taken back: by the opposite, never by a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.books import FOLLOWED, manual_entry
from app.models.company import account
from app.models.payment import journal_entry, journal_line
from app.services import companies, document_lines, journal
from app.services.journal import Posting
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Side:
    """One line of an entry in the company's currency: debit positive, credit negative."""

    account: str
    amount: Decimal


def book(tx: Transaction, on: date, text: str, sides: Sequence[Side], *, payment_id: UUID | None = None) -> UUID:
    """Book an entry by hand; return its id.

    Raises:
        Invalid: the text is empty, there are fewer than two lines, one is zero or finer than the currency, they do
            not balance, or one is on an account that follows documents or goods.
        NotAllowed: the month is closed.

    """
    if not text.strip():
        raise Invalid("text", "Say what is booked, e.g. Rent November.")
    decimals = journal.company_decimals(tx.connection)
    known = {row.code: row for row in tx.execute(select(account))}
    if len(sides) < 2:
        raise Invalid("lines", "An entry has at least two lines: where the amount goes, and where it comes from.")
    for side in sides:
        _check(side, known.get(side.account), decimals)
    rest = sum((side.amount for side in sides), ZERO)
    if rest:
        raise Invalid("lines", f"Debit and credit differ by {abs(rest):f}. An entry balances: change an amount.")
    entry_id = _insert(tx, on, text, payment_id=payment_id)
    own = companies.own_currency(tx.connection)
    postings = [Posting(side.account, side.amount, side.amount) for side in sides]
    journal.book(tx, journal.Entry(on, entry_id, text.strip(), own), postings)
    tx.record("entry.booked", entry_id, text=text.strip()[:160])
    return entry_id


def take_back(tx: Transaction, entry_id: UUID, on: date) -> UUID:
    """Book the opposite of an entry made by hand; return the id of that.

    Raises:
        NotAllowed: it was taken back already, is itself such an opposite, or the month is closed.
        NotFound: there is no such entry.

    """
    head = tx.lock(manual_entry, entry_id, "Entry")
    if head.reverses_id or _REVERSAL.first(tx.connection, entry=entry_id):
        raise NotAllowed("This entry was taken back already.")
    text = f"Takes back: {head.text}"[:160]
    reverse_id = _insert(tx, on, text, reverses_id=entry_id, payment_id=head.payment_id)
    postings = [
        Posting(line.account, -line.amount, -line.currency_amount)
        for line in _LINES.all(tx.connection, document=entry_id)
    ]
    own = companies.own_currency(tx.connection)
    journal.book(tx, journal.Entry(on, reverse_id, text, own), postings)
    tx.record("entry.taken_back", reverse_id, text=text)
    return reverse_id


def can_take_back(connection: Connection, document_id: UUID) -> bool:
    """Tell whether a journal entry's document is an entry by hand that stands."""
    found = connection.execute(select(manual_entry).where(manual_entry.c.id == document_id)).one_or_none()
    return found is not None and not found.reverses_id and not _REVERSAL.first(connection, entry=document_id)


def _check(side: Side, known: Any, decimals: int) -> None:
    document_lines.check_number("lines", side.amount)
    if known is None:
        raise Invalid("lines", f"There is no account {side.account}. Add it to the chart of accounts first.")
    if known.purpose in FOLLOWED:
        raise Invalid(
            "lines",
            f"{known.code} {known.name} follows documents and goods to the cent, so that nobody books there by hand. "
            "Write an invoice, a credit note, a payment or a count instead.",
        )
    if not side.amount or side.amount != round(side.amount, decimals):
        raise Invalid("lines", f"Each line has an amount, with at most {decimals} decimal places.")


def _insert(
    tx: Transaction, on: date, text: str, *, reverses_id: UUID | None = None, payment_id: UUID | None = None
) -> UUID:
    entry_id = new_id()
    row = {"on": on, "text": text.strip()[:160], "reverses_id": reverses_id, "payment_id": payment_id}
    tx.insert(manual_entry, {"id": entry_id, "command_id": tx.key, **row, "by": tx.by, "at": tx.at})
    return entry_id


_REVERSAL: Final = Prepared(
    select(manual_entry.c.id).where(manual_entry.c.reverses_id == bindparam("entry", type_=Key))
)
_LINES: Final = Prepared(
    select(journal_line.c.account, journal_line.c.amount, journal_line.c.currency_amount)
    .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
    .where(journal_entry.c.document_id == bindparam("document", type_=Key))
    .order_by(journal_line.c.id)
)
