"""What the value ledger says of goods that have left: where a receipt went, and what happened since a day.

It is read backwards, and only as far as the goods reach that the question is about.  Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, text

from app.models.base import Key
from app.models.costing import NOTHING, Change, Correction, Layer, Method, Slice, StockValue
from app.models.costing_corrections import Past, Period, receive_late
from app.models.valuation import IN_PROCESS, stock_layer, value_entry
from app.services.statements import LONGEST_LIST, Prepared
from app.services.value_entries import At, Booked, Desk, Worth, row, settle, state

_PART: Final = 256
"""Entries read at once on the way back."""
_LAST: Final = UUID(int=2**128 - 1)


def bring_late(tx: Desk, booked: Booked, at: At, one: Any, value: Decimal, cost: Fraction) -> Change:
    """Book goods that came on ``one.since`` and are booked only now, and what it changes for goods that left since."""
    worth: Worth = tx.worth[at]
    entry = row(tx, at, one, one.source, one.quantity, value) | {"counted_at": one.since}
    fifo = worth.method is Method.FIFO
    past = _layers_since(tx, at, one.since) if fifo else _periods_since(tx, at, one.since, worth)
    change = receive_late(state(worth, booked.kept), entry["id"].hex, one.quantity, cost, past)
    entry["receipt_id"] = entry["id"] if fifo else None
    issues = entries(tx.connection, _ids([*change.corrections, *change.slices]))
    rows = [entry]
    for each in change.slices:  # first in, first out: these goods left instead of those
        quantity, worth_of = -int(each.quantity), -each.value
        rows.append(correction(tx, at, issues[UUID(each.issue)], worth_of, UUID(each.receipt), quantity))
    if not fifo:
        rows += [correction(tx, at, issues[UUID(each.issue)], each.value) for each in change.corrections]
    settle(tx, booked, at, change, rows)
    return change


def correction(
    tx: Desk, at: At, issue: Any, value: Decimal, receipt_id: UUID | None = None, quantity: int = 0
) -> dict[str, Any]:
    """Give an entry that makes goods dearer or cheaper that had left, or come, with an earlier one."""
    return row(tx, at, issue, issue.place, quantity, value, receipt_id=receipt_id, corrects_id=issue.id)


@dataclass(slots=True)
class Went:
    """Where the goods of a receipt are: how many are still here, and which issues took the others."""

    here: int
    slices: list[Slice] = field(default_factory=list)


def of_line(connection: Connection, line_id: UUID, place: str) -> list[Any]:
    """Read the entries of a line with a place, in their order."""
    return _OF_LINE.all(connection, line=line_id, place=place)


def of_work(connection: Connection, work_order_id: UUID) -> list[Any]:
    """Read the entries of a work order: components that went in, work on them, and what came out."""
    return _OF_WORK.all(connection, document=work_order_id)


def went(tx: Desk, at: At, receipt: Any) -> Went:
    """Find where the goods of a receipt went; with the average, goods are taken to leave in the order they came."""
    worth: Worth = tx.worth[at]
    name = receipt.id.hex
    if worth.method is Method.FIFO and receipt.receipt_id is not None:
        here = sum(int(layer.quantity) for layer in worth.layers or () if layer.receipt == name)
        return Went(here, list(_left(_OF_RECEIPT.all(tx.connection, receipt=receipt.id))))
    issues, later, since = [], 0, 0
    for each in back(tx.connection, at, receipt.id):
        since += each.quantity
        later += max(0, each.quantity)
        if each.quantity < 0:
            issues.append(each)
    here = min(receipt.quantity, max(0, worth.quantity - later))
    before = worth.quantity - since - receipt.quantity
    found = Went(here)
    left = receipt.quantity - here
    for each in reversed(issues):
        skipped = min(before, -each.quantity)
        part = min(left, -each.quantity - skipped)
        before -= skipped
        left -= part
        if part:
            found.slices.append(Slice(each.id.hex, name, Fraction(part), NOTHING))
    return found


def with_layers(current: StockValue, receipt: str, here: int) -> StockValue:
    """Give the state of an average with the one layer that a late price asks for."""
    layers = (Layer(receipt, Fraction(here)),) if here else ()
    return StockValue(current.method, current.decimals, current.cost, current.quantity, current.value, layers)


def back(connection: Connection, at: At, until: UUID) -> Iterator[Any]:
    """Read the entries of goods that came to, or left, a product's level after an entry, the last one first."""
    before = _LAST
    while rows := _BACK.all(connection, place=at[0], product=at[1], before=before, until=until):
        yield from rows
        before = rows[-1].id


def back_to(connection: Connection, at: At, since: datetime) -> Iterator[Any]:
    """Read the entries of a product's level that were made after a time, the last one first."""
    for each in back(connection, at, UUID(int=0)):
        if each.at <= since:
            return
        yield each


def entries(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Read entries by their ids."""
    wanted = sorted(set(ids))
    found: dict[UUID, Any] = {}
    for begin in range(0, len(wanted), LONGEST_LIST):
        rows = _BY_ID.all(connection, ids=wanted[begin : begin + LONGEST_LIST])
        found.update((each.id, each) for each in rows)
    return found


def _periods_since(tx: Desk, at: At, since: datetime, worth: Worth) -> Past:
    """Give what was here before each issue since a time, from what is here now."""
    quantity, value = worth.quantity, worth.value
    periods = []
    for each in back_to(tx.connection, at, since):
        quantity -= each.quantity
        value -= each.value
        if each.quantity < 0:
            periods.append(Period(each.id.hex, Fraction(quantity), value, Fraction(-each.quantity)))
    return Past(periods=periods[::-1])


def _layers_since(tx: Desk, at: At, since: datetime) -> Past:
    """Give what left since a time of younger receipts, and how many layers are older."""
    rows = [
        each for each in back_to(tx.connection, at, since) if each.receipt_id not in {None, each.id, each.corrects_id}
    ]
    came = entries(tx.connection, {each.receipt_id for each in rows})
    younger = [each for each in rows if came[each.receipt_id].counted_at > since]
    older = int(_OLDER.value(tx.connection, place=at[0], product=at[1], since=since))
    return Past(older_layers=older, consumed=list(_left(younger[::-1]))[::-1])


def _left(rows: Sequence[Any]) -> Iterator[Slice]:
    """Sum what issues took of receipts, in the order the issues were made; what was put back counts against it."""
    issues = filter(_took, rows)
    for (issue, receipt), parts in groupby(sorted(issues, key=_names), key=_names):
        of_issue = list(parts)
        quantity = -sum(each.quantity for each in of_issue)
        if quantity > 0:
            yield Slice(issue, receipt, Fraction(quantity), -sum((each.value for each in of_issue), NOTHING))


def _took(each: Any) -> bool:
    """Whether an entry says what an issue took of a receipt."""
    return each.receipt_id not in {None, each.id, each.corrects_id}


def _names(each: Any) -> tuple[str, str]:
    return (each.corrects_id or each.id).hex, each.receipt_id.hex


def _ids(named: Sequence[Correction | Slice]) -> set[UUID]:
    return {UUID(each.issue) for each in named if each.issue}


_E: Final = value_entry.c
_BACK: Final = Prepared(
    select(value_entry)
    .where(
        _E.product_id == bindparam("product", type_=Key),
        _E.id < bindparam("before", type_=Key),
        _E.id > bindparam("until", type_=Key),
        _E.location_id == bindparam("place", type_=Key),
        ~_E.direct,
    )
    .order_by(_E.id.desc())
    .limit(_PART)
)
_BY_ID: Final = Prepared(select(value_entry).where(_E.id.in_(bindparam("ids", type_=Key, expanding=True))))
_OF_RECEIPT: Final = Prepared(
    select(value_entry).where(_E.receipt_id == bindparam("receipt", type_=Key)).order_by(_E.id)
)
_OLDER: Final = Prepared(
    select(func.count())
    .select_from(stock_layer)
    .where(
        stock_layer.c.product_id == bindparam("product", type_=Key),
        stock_layer.c.location_id == bindparam("place", type_=Key),
        stock_layer.c.since <= bindparam("since", type_=stock_layer.c.since.type),
    )
)
_OF_LINE: Final = Prepared(
    select(value_entry)
    .where(_E.line_id == bindparam("line", type_=Key), _E.place == bindparam("place"))
    .order_by(_E.id)
)
_OF_WORK: Final = Prepared(
    select(value_entry).where(_E.document_id == bindparam("document", type_=Key), text(IN_PROCESS)).order_by(_E.id)
)
