"""The day a line of an order can leave and the reason, as people were told: kept true while its supply moves.

:mod:`app.services.sourcing` says it first.  When goods arrive the line is in stock; when what it waits for moves, so
does its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.base import Key
from app.models.order import sales_order_line
from app.models.promise_words import day
from app.services import pegs
from app.services.order_book import BookLine, OrderBook
from app.services.pegs import Peg
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction

IN_STOCK: Final = "in stock"


def tell(tx: Transaction, told: Iterable[tuple[BookLine, date | None, str]]) -> None:
    """Write what people are told of lines, their day and reason, where it differs from what they were told."""
    changed = []
    for line, ready_on, reason in told:
        if (line.row.ready_on, line.row.ready_reason) != (ready_on, reason):
            values = {"ready_on": ready_on, "ready_reason": reason}
            line.row = line.row._replace(**values)
            changed.append((line.id, values))
    tx.update_rows(sales_order_line, changed)


def settle(tx: Transaction, book: OrderBook) -> None:
    """Say of lines that people were told a day of whether they are in stock by now."""
    told = []
    for line in book.lines:
        if line.row.ready_reason and line.outstanding and not line.backordered:
            known = line.row.ready_on if line.row.ready_reason == IN_STOCK else None
            told.append((line, known or tx.at.date(), IN_STOCK))
    tell(tx, told)


def redate(tx: Transaction, line_ids: Iterable[UUID]) -> None:
    """Give lines the day on which the last of what is on its way to them is there; what has no day is not known."""
    wanted = sorted(set(line_ids))
    for start in range(0, len(wanted), LONGEST_LIST):
        part = wanted[start : start + LONGEST_LIST]
        found = pegs.of_demands(tx.connection, part)
        for row in _LINES.all(tx.connection, ids=part):
            coming = [one for one in found.get(row.id, ()) if one.open and one.supply_id]
            if row.ready_reason and coming:
                _redate(tx, row, coming)


def _redate(tx: Transaction, row: Any, coming: Sequence[Peg]) -> None:
    days = [one.ready_on for one in coming]
    known = [on for on in days if on is not None]
    ready_on = max(known) if None not in days else None
    reason = in_words(coming, tx.at.date())
    if (ready_on, reason) != (row.ready_on, row.ready_reason):
        tx.update(sales_order_line, row.id, ready_on=ready_on, ready_reason=reason)


def in_words(coming: Iterable[Peg], today: date) -> str:
    """Join the reasons of what is on its way, each with its day where that moved since the reason was written."""
    words = []
    for one in coming:
        text = one.reason
        if one.ready_on is not None and day(one.ready_on, today) not in text:
            text += f", now {day(one.ready_on, today)}"
        words.append(text)
    return "; ".join(words)


_LINES: Final = Prepared(
    select(sales_order_line.c.id, sales_order_line.c.ready_on, sales_order_line.c.ready_reason).where(
        sales_order_line.c.id.in_(bindparam("ids", type_=Key, expanding=True))
    )
)
