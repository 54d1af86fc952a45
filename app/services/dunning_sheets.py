"""What people read of reminders: how far each claim of an invoice is, the letters of a run, what is blocked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotFound
from app.models.base import Key
from app.models.dunning import ZERO, RunState, dunning_block, dunning_letter, dunning_run, reminder
from app.models.invoice import InvoiceState, invoice
from app.services import billing, instalments
from app.services.statements import Prepared


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the reminders of a claim are, in the invoice's currency.

    ``claim_open`` is what of the claim is open, ``charges_open`` what its letters charged and is open, or would be
    charged by a letter that is drafted.
    """

    due_on: date
    level: int
    state: RunState
    letter_id: UUID
    sent_on: date | None
    claimed: Decimal
    claim_open: Decimal
    charges_open: Decimal

    @property
    def open_amount(self) -> Decimal:
        """What is owed of the claim, with what its letters charged."""
        return self.claim_open + self.charges_open

    @property
    def is_resolved(self) -> bool:
        """Whether nothing of it is owed any more."""
        return self.open_amount == 0


def of_invoice(connection: Connection, invoice_id: UUID) -> list[Standing]:
    """Read the claims of an invoice that were reminded of, or are about to be, the first due first.

    A claim with a draft whose claim was paid before it was sent is not among them.

    Raises:
        NotFound: the invoice does not exist.

    """
    head = billing.get(connection, invoice_id)
    open_parts: dict[date, Decimal] = {}
    for one in instalments.still_open(connection, head):
        open_parts[one.due_on] = open_parts.get(one.due_on, ZERO) + one.amount
    claims: dict[date, list[Any]] = {}
    for row in _OF_INVOICE.all(connection, invoice=invoice_id):
        if row.state == RunState.SENT or open_parts.get(row.due_on):
            claims.setdefault(row.due_on, []).append(row)
    counted: set[UUID] = set()
    found = []
    for day, rows in sorted(claims.items()):
        left, last = open_parts.get(day, ZERO), rows[-1]
        own = [row for row in rows if row.letter_id not in counted]  # a letter charges once, for all it reminds of
        counted.update(row.letter_id for row in own)
        charges = sum((_charges(connection, row, left) for row in own), ZERO)
        facts = (last.level, RunState(last.state), last.letter_id, last.sent_on, last.claimed)
        found.append(Standing(day, *facts, left, charges))
    return found


def _charges(connection: Connection, row: Any, left: Decimal) -> Decimal:
    """Give what of a letter's charges is open; one that only asked for them has them as long as the claim is open."""
    if row.charges_id is None:
        asked: Decimal = row.fee + row.letter_interest
        return asked if left else ZERO
    owed = billing.get(connection, row.charges_id)
    found: Decimal = owed.open_amount if owed.state == InvoiceState.POSTED else ZERO
    return found


@dataclass(frozen=True, slots=True)
class LetterSheet:
    """A letter with what it reminds of: rows with ``number``, ``due_on``, ``claimed``, ``interest``."""

    head: Any
    rows: tuple[Any, ...]

    @property
    def total(self) -> Decimal:
        """What it asks for in all, in its currency."""
        found: Decimal = self.head.claimed + self.head.fee + self.head.interest + self.head.carried
        return found


def letter(connection: Connection, letter_id: UUID) -> LetterSheet:
    """Read a letter.

    Raises:
        NotFound: it does not exist.

    """
    head = _LETTER.first(connection, letter=letter_id)
    if head is None:
        raise NotFound("Letter", letter_id)
    return LetterSheet(head, tuple(_ROWS.all(connection, letter=letter_id)))


def letters(connection: Connection, run_id: UUID) -> list[Any]:
    """Read the letters of a run, those that were undone as well, in the order they were drafted."""
    return _LETTERS.all(connection, run=run_id)


def letters_of(connection: Connection, customer_id: UUID) -> list[Any]:
    """Read the letters of a customer that went out, the newest first."""
    return _LETTERS_OF.all(connection, customer=customer_id)


def runs(connection: Connection, limit: int = 50) -> list[Any]:
    """Read the runs, the newest first."""
    return list(connection.execute(select(dunning_run).order_by(dunning_run.c.id.desc()).limit(limit)))


def blocks_of(connection: Connection, customer_id: UUID) -> list[Any]:
    """Read what of a customer is not to be reminded of: rows with ``invoice_id``, ``reason``, ``until``."""
    return _BLOCKS_OF.all(connection, customer=customer_id)


_OF_INVOICE: Final = Prepared(
    select(
        reminder.c.due_on,
        reminder.c.level,
        reminder.c.state,
        reminder.c.letter_id,
        reminder.c.claimed,
        dunning_letter.c.sent_on,
        dunning_letter.c.charges_id,
        dunning_letter.c.fee,
        dunning_letter.c.interest.label("letter_interest"),
    )
    .join(dunning_letter, dunning_letter.c.id == reminder.c.letter_id)
    .where(reminder.c.invoice_id == bindparam("invoice", type_=Key), reminder.c.state != RunState.UNDONE)
    .order_by(reminder.c.level)
)
_LETTER: Final = Prepared(select(dunning_letter).where(dunning_letter.c.id == bindparam("letter", type_=Key)))
_ROWS: Final = Prepared(
    select(
        reminder,
        invoice.c.number,
        invoice.c.invoiced_on,
        invoice.c.customer_po,
        invoice.c.total,
    )
    .join(invoice, invoice.c.id == reminder.c.invoice_id)
    .where(reminder.c.letter_id == bindparam("letter", type_=Key))
    .order_by(reminder.c.due_on, invoice.c.number)
)
_LETTERS: Final = Prepared(
    select(dunning_letter).where(dunning_letter.c.run_id == bindparam("run", type_=Key)).order_by(dunning_letter.c.id)
)
_LETTERS_OF: Final = Prepared(
    select(dunning_letter)
    .where(dunning_letter.c.customer_id == bindparam("customer", type_=Key), dunning_letter.c.state == RunState.SENT)
    .order_by(dunning_letter.c.id.desc())
)
_BLOCKS_OF: Final = Prepared(
    select(dunning_block)
    .where(dunning_block.c.customer_id == bindparam("customer", type_=Key), dunning_block.c.active)
    .order_by(dunning_block.c.id)
)
