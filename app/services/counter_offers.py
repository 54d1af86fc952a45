"""What customers ask for instead of what a quote offers: kept line by line, settled one by one or by a new round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.quote import NEXT_COUNTER, CounterState, quote, quote_counter
from app.services.statements import Prepared
from app.services.transaction import Transaction

ASKED: Final = ("quantity", "unit_price", "requested_on")
"""What a customer may ask for; lines have columns of the same names."""


def of_quote(connection: Connection, quote_id: UUID) -> list[Any]:
    """Read all counter-offers to a quote, oldest first."""
    return _OF_QUOTE.all(connection, quote=quote_id)


def open_of(connection: Connection, quote_id: UUID) -> list[Any]:
    """Read the counter-offers to a quote that nobody settled yet, oldest first."""
    return [row for row in of_quote(connection, quote_id) if row.state == CounterState.OPEN]


def move(tx: Transaction, counter: Any, state: CounterState, *, version: int | None = None) -> None:
    """Settle a counter-offer, or open it again; the quote's count of open ones follows.

    Raises:
        NotAllowed: it was settled in another way.

    """
    if state not in NEXT_COUNTER[CounterState(counter.state)]:
        raise NotAllowed(f"What was asked for {counter.name} is {counter.state} already. Read the quote again.")
    is_open = state is CounterState.OPEN
    tx.update(
        quote_counter,
        counter.id,
        state=str(state),
        settled_at=None if is_open else tx.at,
        settled_by="" if is_open else tx.by,
        answer_version=version,
    )


def recount(tx: Transaction, quote_id: UUID) -> None:
    """Keep on the quote how many counter-offers wait for an answer."""
    tx.update(quote, quote_id, open_counters=len(open_of(tx.connection, quote_id)))


def answer_all(tx: Transaction, head: Any, lines: Sequence[Any], version: int) -> None:
    """Settle what is open by the version that is sent now: it gives what was asked, or says something else."""
    offered = {row.id: row for row in lines}
    for counter in open_of(tx.connection, head.id):
        line = offered.get(counter.line_id)
        gives = line is not None and grants(counter, line, head)
        move(tx, counter, CounterState.ACCEPTED if gives else CounterState.ANSWERED, version=version)
    tx.update(quote, head.id, open_counters=0)


def withdraw_all(tx: Transaction, quote_id: UUID) -> None:
    """Let what is open fall: the quote was accepted, declined or withdrawn as it is."""
    for counter in open_of(tx.connection, quote_id):
        move(tx, counter, CounterState.WITHDRAWN)
    tx.update(quote, quote_id, open_counters=0)


def grants(counter: Any, line: Any, head: Any) -> bool:
    """Whether a line offers all that was asked."""
    offered = stands(line, head)
    return all(getattr(counter, name) in {None, offered[name]} for name in ASKED)


def stands(line: Any, head: Any) -> dict[str, Any]:
    """Give what a line of a quote offers of what may be asked for; without a day of its own it has the quote's."""
    day = line.requested_on or head.requested_on
    return {"quantity": line.quantity, "unit_price": line.unit_price, "requested_on": day}


_OF_QUOTE: Final = Prepared(
    select(quote_counter)
    .where(quote_counter.c.quote_id == bindparam("quote", type_=Key))
    .order_by(quote_counter.c.noted_at, quote_counter.c.id)
)
