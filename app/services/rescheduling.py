"""Work that begins on another day: what that would lead to, shown first, and the move itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Invalid, NotAllowed
from app.models.sourcing import Supply
from app.models.work import WorkState, work_order
from app.services import calendars, delays, pegs, work_orders, work_plans, work_schedule
from app.services.delays import Hit
from app.services.transaction import Transaction
from app.services.work_schedule import Schedule

OPEN: Final = (WorkState.PLANNED, WorkState.RELEASED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a new first day leads to: first and last day, the order lines hit, and the components that come later."""

    starts_on: date
    due_on: date
    hits: tuple[Hit, ...]
    waits_for: tuple[tuple[str, date], ...]


def preview(connection: Connection, work_order_id: UUID, starts_on: date, today: date) -> Outcome:
    """Say what beginning a work order on another day would lead to; nothing is changed.

    Raises:
        Invalid: the day is past, or no capacity is free.
        NotAllowed: the work order is finished or cancelled.
        NotFound: it does not exist.

    """
    schedule = _placed(connection, work_orders.get(connection, work_order_id), starts_on, today)
    found = delays.hits(connection, work_order_id, schedule.due_on)
    late = []
    for one in work_plans.components(connection, work_order_id):
        days = [peg.ready_on for peg in pegs.of_demand(connection, one.id) if peg.open and peg.ready_on]
        if days and max(days) > schedule.starts_on:
            late.append((str(one.sku), max(days)))
    return Outcome(schedule.starts_on, schedule.due_on, tuple(found), tuple(late))


def move(tx: Transaction, work_order_id: UUID, starts_on: date) -> list[Hit]:
    """Begin a work order on another day and return the order lines that come on another day by it.

    Its steps are booked anew on the capacity that is free from that day on; whatever it is for follows.

    Raises:
        Invalid: the day is past, or no capacity is free.
        NotAllowed: it is finished or cancelled.
        NotFound: it does not exist.

    """
    head = tx.lock(work_order, work_order_id, "Work order")
    calendars.lock_centers(tx, [row.work_center_id for row in work_orders.steps(tx.connection, work_order_id)])
    schedule = _placed(tx.connection, head, starts_on, tx.at.date())
    work_schedule.store(tx, work_order_id, schedule)
    tx.record("work.moved", work_order_id, due=schedule.due_on.isoformat())
    return delays.follow(
        tx,
        Supply.WORK_ORDER,
        work_order_id,
        left=max(0, work_plans.left(head)),
        ready_on=schedule.due_on,
        text=f"{head.number} makes less than is needed.",
    )


def _placed(connection: Connection, head: Any, starts_on: date, today: date) -> Schedule:
    if head.state not in OPEN:
        raise NotAllowed(f"Work order {head.number} is {head.state}; it is not planned any more.")
    if starts_on < today:
        raise Invalid("starts_on", "This day is past. Choose today or a later day.")
    return work_schedule.moved(connection, head, calendars.ours(connection).on_or_after(starts_on))
