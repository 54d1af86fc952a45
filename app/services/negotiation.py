"""Negotiating a quote: its rounds in the order of time, any two versions compared, and the customer's counter-offers.

A counter-offer asks for another price, quantity or day of one line of the version that was sent last.  Accepting it
gives the line what was asked, answering gives it something else; both make the quote a draft whose next version says
so.  Declining leaves the line as it was offered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Invalid, NotAllowed, NotFound
from app.models import negotiation, offer
from app.models.base import new_id
from app.models.negotiation import Difference, Version
from app.models.quote import OFFERED, CounterState, QuoteState, quote, quote_counter
from app.services import counter_offers, document_lines, offers, quote_snapshots, quotes
from app.services.counter_offers import ASKED
from app.services.document_lines import OfferedLine
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Ask:
    """What a customer wants of a line instead of what was offered; what is None may stay as offered."""

    line_id: UUID
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    requested_on: date | None = None
    note: str = ""

    def wishes(self) -> dict[str, Any]:
        """Give what is asked for, by the column of the line."""
        return _wished(self)


@dataclass(frozen=True, slots=True)
class Round:
    """One step of a negotiation: a version we sent, or what the customer asked then; ``counters`` of the customer."""

    version: int  # the one sent, or the one that was answered
    at: datetime
    by: str
    version_id: UUID | None = None  # None: the customer's word
    total: Decimal | None = None
    fingerprint: str = ""
    counters: tuple[Any, ...] = ()


def rounds(connection: Connection, quote_id: UUID) -> list[Round]:
    """Read what went back and forth, oldest first; what a customer asked in one command is one round."""
    found = [
        Round(
            row.version,
            row.sent_at,
            row.sent_by,
            row.id,
            negotiation.version_of(row.snapshot).total,
            row.fingerprint,
        )
        for row in quotes.versions(connection, quote_id)
    ]
    said: dict[tuple[int, datetime, str], list[Any]] = {}
    for one in counter_offers.of_quote(connection, quote_id):
        said.setdefault((one.version, one.noted_at, one.noted_by), []).append(one)
    found += [Round(version, at, by, counters=tuple(rows)) for (version, at, by), rows in said.items()]
    return sorted(found, key=lambda one: (one.at, one.version, one.version_id is None))


def version(connection: Connection, quote_id: UUID, number: int | None = None) -> Version:
    """Read what a version offered; ``None`` is the quote as it stands now.

    Raises:
        NotFound: the quote has no such version.

    """
    if number is None:
        head = quotes.get(connection, quote_id)
        return negotiation.version_of(quote_snapshots.snapshot(connection, head, quotes.lines(connection, quote_id)))
    for row in quotes.versions(connection, quote_id):
        if row.version == number:
            return negotiation.version_of(row.snapshot)
    raise NotFound("Quote version", number)


def difference(connection: Connection, quote_id: UUID, before: int | None, after: int | None) -> Difference:
    """Compare two versions of a quote by their numbers; ``None`` is the quote as it stands now.

    Raises:
        NotFound: the quote has no such version.

    """
    return negotiation.difference(version(connection, quote_id, before), version(connection, quote_id, after))


def counter(tx: Transaction, quote_id: UUID, asks: Sequence[Ask]) -> list[UUID]:
    """Note what the customer asks for instead, line by line; return the counter-offers' ids.

    A later word about a line takes the place of an earlier one that is still open.

    Raises:
        NotAllowed: the quote was not sent, or is finished.
        Invalid: a line is not in the quote, was ordered, or nothing else than what is offered was asked for.

    """
    head = tx.lock(quote, quote_id, "Quote")
    if head.state not in {QuoteState.SENT, QuoteState.PART}:
        raise NotAllowed(f"Quote {head.number} is {head.state}. A customer answers what was sent.")
    offered = {row.id: row for row in quotes.lines(tx.connection, quote_id)}
    if not asks:
        raise Invalid("lines", "Type what the customer asks for at one line at least.")
    gone = offer.settled(list(offered.values()))
    rows = [_asked(tx, head, offered, gone, ask) for ask in asks]
    if len({row["line_id"] for row in rows}) < len(rows):
        raise Invalid("lines", "A line was named twice. Say once what is asked for it.")
    for row in counter_offers.open_of(tx.connection, quote_id):
        if row.line_id in {ask.line_id for ask in asks}:
            counter_offers.move(tx, row, CounterState.WITHDRAWN)
    tx.insert(quote_counter, *rows)
    counter_offers.recount(tx, quote_id)
    tx.record("quote.countered", quote_id, number=head.number, version=head.version, lines=len(rows))
    return [row["id"] for row in rows]


def accept(tx: Transaction, counter_id: UUID) -> None:
    """Give the line what was asked: the quote is a draft with it, to be sent as the next version.

    Raises:
        NotAllowed: it was settled before, or its line is no longer offered.

    """
    row = _open(tx, counter_id)
    _give(tx, row, _wished(row))
    _settle(tx, row, CounterState.ACCEPTED)


def decline(tx: Transaction, counter_id: UUID) -> None:
    """Leave the line as it was offered.

    Raises:
        NotAllowed: it was settled before.

    """
    _settle(tx, _open(tx, counter_id), CounterState.DECLINED)


def answer(tx: Transaction, counter_id: UUID, ours: Ask) -> None:
    """Offer something between: the quote is a draft with it; sending it is the answer.

    Raises:
        NotAllowed: the counter-offer was settled before, or its line is no longer offered.
        Invalid: nothing is offered, or it cannot be taken.

    """
    row = _open(tx, counter_id)
    if not ours.wishes():
        raise Invalid("unit_price", "Type the price, the quantity or the day that is offered instead.")
    _check(ours)
    _give(tx, row, ours.wishes())
    _settle(tx, row, CounterState.ANSWERED)


def withdraw(tx: Transaction, counter_id: UUID) -> None:
    """Take a counter-offer back that was noted by mistake.

    Raises:
        NotAllowed: it was settled before.

    """
    _settle(tx, _open(tx, counter_id), CounterState.WITHDRAWN)


def reopen(tx: Transaction, counter_id: UUID, ours: Ask | None = None) -> None:
    """Take back how a counter-offer was settled: it waits for an answer again.

    What its line got by that, by an answer ``ours``, is as it was offered again; what was typed since stays.

    Raises:
        NotAllowed: a version was sent since, the quote is finished, or the customer said something else of the line.

    """
    row = tx.lock(quote_counter, counter_id, "Counter-offer")
    head = tx.lock(quote, row.quote_id, "Quote")
    if row.version != head.version or head.state not in OFFERED:
        raise NotAllowed(f"What was asked for {row.name} cannot be opened again: quote {head.number} went on since.")
    _refuse_later_word(tx, row)
    if row.state == CounterState.ACCEPTED:
        _take_back(tx, head, row, _wished(row))
    elif row.state == CounterState.ANSWERED and ours is not None:
        _take_back(tx, head, row, ours.wishes())
    counter_offers.move(tx, row, CounterState.OPEN)
    counter_offers.recount(tx, row.quote_id)


def _asked(tx: Transaction, head: Any, offered: Mapping[UUID, Any], gone: Collection[UUID], ask: Ask) -> dict[str, Any]:
    line = offered.get(ask.line_id)
    if line is None or line.kind not in offer.SOLD:
        raise Invalid("lines", f"This line is not offered in quote {head.number}. Read it again.")
    offer.refuse_settled(line, gone)
    _check(ask)
    stands = counter_offers.stands(line, head)
    wishes = {name: value for name, value in ask.wishes().items() if value != stands[name]}
    if not wishes:
        raise Invalid("unit_price", f"Line {line.position}: that is what is offered. Type what is asked for instead.")
    return {
        "id": new_id(),
        "quote_id": head.id,
        "line_id": line.id,
        "version": head.version,
        "state": str(CounterState.OPEN),
        "name": line.name,
        "offered_quantity": line.quantity,
        "offered_price": line.unit_price,
        "offered_on": stands["requested_on"],
        **{name: wishes.get(name) for name in ASKED},
        "note": ask.note,
        "noted_at": tx.at,
        "noted_by": tx.by,
        "settled_at": None,
        "settled_by": "",
        "answer_version": None,
    }


def _wished(row: Any) -> dict[str, Any]:
    return {name: value for name in ASKED if (value := getattr(row, name)) is not None}


def _check(ask: Ask) -> None:
    for name in ("quantity", "unit_price"):
        value = getattr(ask, name)
        if value is None:
            continue
        document_lines.check_number(name, value)
        if value < 0 or (name == "quantity" and not value):
            raise Invalid(name, "A quantity is more than nothing, a price nothing or more. Correct it.")


def _open(tx: Transaction, counter_id: UUID) -> Any:
    row = tx.lock(quote_counter, counter_id, "Counter-offer")
    if row.state != CounterState.OPEN:
        raise NotAllowed(f"What was asked for {row.name} is {row.state} already. Read the quote again.")
    return row


def _settle(tx: Transaction, row: Any, state: CounterState) -> None:
    head = quotes.get(tx.connection, row.quote_id)
    version = head.version + 1 if head.state == QuoteState.DRAFT else None
    counter_offers.move(tx, row, state, version=version)
    counter_offers.recount(tx, row.quote_id)
    tx.record(f"quote.counter_{state}", row.quote_id, number=head.number, line=row.name)


def _refuse_later_word(tx: Transaction, row: Any) -> None:
    """Refuse to open what the customer asked for again where another word about the line came after it."""
    said = [one for one in counter_offers.of_quote(tx.connection, row.quote_id) if one.line_id == row.line_id]
    after = said[[one.id for one in said].index(row.id) + 1 :]
    if any(one.state != CounterState.WITHDRAWN for one in after):
        raise NotAllowed(f"The customer asked for something else of {row.name} since. Settle that instead.")


def _take_back(tx: Transaction, head: Any, row: Any, given: Mapping[str, Any]) -> None:
    """Offer again what was offered, of all that the line still has as it was ``given``."""
    line = next((one for one in quotes.lines(tx.connection, row.quote_id) if one.id == row.line_id), None)
    day = None if row.offered_on == head.requested_on else row.offered_on
    offered = {"quantity": row.offered_quantity, "unit_price": row.offered_price, "requested_on": day}
    back = {name: offered[name] for name, value in given.items() if line and getattr(line, name) == value}
    if back:
        _give(tx, row, back)


def _give(tx: Transaction, row: Any, values: Mapping[str, Any]) -> None:
    """Change the line of a counter-offer in the quote's draft, which is begun if it was sent."""
    if quotes.get(tx.connection, row.quote_id).state != QuoteState.DRAFT:
        quotes.revise(tx, row.quote_id)
    head, stored = quotes.get(tx.connection, row.quote_id), quotes.lines(tx.connection, row.quote_id)
    if row.line_id not in {line.id for line in stored}:
        raise NotAllowed(f"{row.name} is no longer offered in quote {head.number}. Decline what was asked for it.")
    inputs: list[OfferedLine] = [offers.line_input(line) for line in stored]
    changed = [replace(one, **values) if one.id == row.line_id else one for one in inputs]
    quotes.set_lines(tx, row.quote_id, head.revision, changed)
