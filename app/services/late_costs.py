"""Late prices: what goods cost becomes known, or changes, when some of them have left.

Nothing is rewritten: a correction is booked today, on what is still here and on what has left, and goes on to where
those goods are now: what was made of them, and what was brought to another place of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.base import Key
from app.models.costing import Change, Method
from app.models.costing_corrections import add_cost
from app.models.rounding import spread
from app.models.stock import Place
from app.models.valuation import Side
from app.models.work import WorkState, work_order
from app.services import value_history
from app.services.statements import Prepared
from app.services.value_entries import Booked, Desk, Passing, look, pair, row, settle, state
from app.services.value_history import correction

_GOES_ON: Final = frozenset({Place.TRANSIT, Place.PRODUCTION, Side.METHOD})
"""Where goods go that come in again: what they cost more goes with them."""


def add(tx: Desk, booked: Booked, receipt: Any, amount: Decimal, side: str = "") -> None:
    """Book that the goods of a receipt cost ``amount`` more (less, where it is negative) than was booked.

    ``side`` is the other side of it, where it is not the place the goods came from.
    """
    if not amount:
        return
    at = (receipt.location_id, receipt.product_id)
    worth = look(tx, at)
    found = value_history.went(tx, at, receipt)
    current = state(worth, booked.kept)
    fifo = worth.method is Method.FIFO
    if not fifo:
        current = value_history.with_layers(current, receipt.id.hex, found.here)
    change = add_cost(current, receipt.id.hex, receipt.quantity, amount, found.slices)
    issues = value_history.entries(tx.connection, [UUID(each.issue) for each in change.corrections if each.issue])
    layer = receipt.id if fifo and receipt.receipt_id is not None else None
    rows = [row(tx, at, receipt, side or receipt.place, 0, amount, receipt_id=layer, corrects_id=receipt.id)]
    for each in change.corrections:
        if each.issue:
            rows.append(correction(tx, at, issues[UUID(each.issue)], each.value, layer))
        else:  # nobody knows any more where they went
            rows.append(row(tx, at, receipt, Place.ADJUSTMENT, 0, each.value, corrects_id=receipt.id))
    settle(tx, booked, at, change, rows)
    carry_on(tx, booked, change)


def carry_on(tx: Desk, booked: Booked, change: Change) -> None:
    """Let corrections follow the goods that are ours still, as something else or somewhere else."""
    issues = value_history.entries(tx.connection, [UUID(each.issue) for each in change.corrections if each.issue])
    for each in change.corrections:
        issue = issues.get(UUID(each.issue)) if each.issue else None
        if issue is not None and issue.place in _GOES_ON:
            _go_on(tx, booked, issue, -each.value)


def _go_on(tx: Desk, booked: Booked, issue: Any, amount: Decimal) -> None:
    """Share what goods cost more over all that came of them; what is still on its way keeps its part."""
    rows = _came_of(tx, issue)
    came = [each for each in rows if each.quantity > 0]
    weights = [each.quantity for each in came]
    if issue.place != Place.PRODUCTION:
        under_way = -sum(each.quantity for each in rows)
        came, weights = [*came, None], [*weights, max(0, under_way)]
    if not any(weights):
        _stay_in_process(tx, booked, issue, amount)
        return
    cents = spread(int(amount.scaleb(booked.kept.decimals)), weights)
    for each, part in zip(came, cents, strict=True):
        share = Decimal(part).scaleb(-booked.kept.decimals)
        if each is None or not share:
            continue
        if each.direct:
            target = Place.SCRAP if issue.place == Place.PRODUCTION else Place.ADJUSTMENT
            passing = Passing(issue.place, target, each.line_id, each.document_id)
            pair(tx, booked, (each.location_id, each.product_id), passing, share)
        else:
            add(tx, booked, each, share)


def _stay_in_process(tx: Desk, booked: Booked, issue: Any, amount: Decimal) -> None:
    """What is made next takes it; of a work order that ended without output it is a stock difference."""
    if _STATE.value(tx.connection, work_order=issue.document_id) == WorkState.DONE:
        passing = Passing(Place.PRODUCTION, Place.ADJUSTMENT, None, issue.document_id)
        pair(tx, booked, (issue.location_id, issue.product_id), passing, amount)


def _came_of(tx: Desk, issue: Any) -> Sequence[Any]:
    if issue.place == Place.PRODUCTION:  # what was given back is no output: it has the line of its component
        return [each for each in value_history.of_work(tx.connection, issue.document_id) if each.line_id is None]
    return value_history.of_line(tx.connection, issue.line_id, issue.place)


_STATE: Final = Prepared(select(work_order.c.state).where(work_order.c.id == bindparam("work_order", type_=Key)))
