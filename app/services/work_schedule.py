"""When work is done: steps of a work order booked on the capacity of work centers, day by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import PRICE, Key, new_id
from app.models.rounding import Rounding, round_decimals
from app.models.work import work_order, work_step
from app.models.working_days import Slice, Work, place_backward, place_forward
from app.services import calendars
from app.services.bills import BillSheet
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Task:
    """A step of work: its place on the route, its name, the work center and all its minutes."""

    position: int
    name: str
    work_center_id: UUID
    minutes: Fraction


@dataclass(frozen=True, slots=True)
class Schedule:
    """First and last day of the work, and the minutes of each task on each day."""

    starts_on: date
    due_on: date
    tasks: tuple[Task, ...]
    slices: tuple[Slice, ...]


def tasks_of(sheet: BillSheet, quantity: Fraction) -> list[Task]:
    """Give what the route of a bill asks for ``quantity`` stock units; steps without time are left out."""
    found = []
    for row in sheet.steps:
        minutes = Fraction(row.setup_minutes) + Fraction(row.unit_minutes) * quantity
        if minutes > 0:
            stored = Fraction(round_decimals(minutes, PRICE, Rounding.CEILING))
            found.append(Task(row.position, row.name, row.work_center_id, stored))
    return found


def plan(
    connection: Connection, tasks: Sequence[Task], *, lead_days: int, due_on: date, today: date, most_days: int = 0
) -> Schedule:
    """Place work so that it ends on ``due_on``, or else as early as it can from today on.

    ``lead_days`` are our working days before the first step; ``most_days`` is how long work without steps takes.

    Raises:
        Invalid: a calendar has no working day, or no capacity is free.
        NotFound: a work center does not exist.

    """
    ours = calendars.ours(connection)
    earliest = ours.add(today, lead_days)
    if not tasks:
        due = max(ours.on_or_before(due_on), ours.add(today, lead_days + most_days))
        return Schedule(ours.add(due, -lead_days - most_days), due, (), ())
    free = _free(connection, tasks, today)
    works = [Work(task.work_center_id, task.minutes) for task in tasks]
    slices = place_backward(works, due_on, earliest, free) or place_forward(works, earliest, free)
    first, last = slices[0].on, slices[-1].on
    return Schedule(ours.add(first, -lead_days), last, tuple(tasks), tuple(slices))


def moved(connection: Connection, head: Any, starts_on: date) -> Schedule:
    """Place the work that is left on a work order anew, so that it begins on ``starts_on``; nothing is written.

    Raises:
        Invalid: a calendar has no working day, or no capacity is free.

    """
    ours = calendars.ours(connection)
    rows = _OPEN_STEPS.all(connection, work_order=head.id)
    first = rows[0].on if rows else head.due_on
    before = ours.between(head.starts_on, first) if head.starts_on and first else 0
    begin = ours.add(starts_on, before)
    if not rows:
        return Schedule(starts_on, begin, (), ())
    tasks = list[Task]()
    own: dict[tuple[object, date], Fraction] = {}
    for row in rows:
        own[row.work_center_id, row.on] = own.get((row.work_center_id, row.on), Fraction(0)) + Fraction(row.minutes)
        if tasks and tasks[-1].position == row.position:
            last = tasks.pop()
            tasks.append(Task(last.position, last.name, last.work_center_id, last.minutes + Fraction(row.minutes)))
        else:
            tasks.append(Task(row.position, row.name, row.work_center_id, Fraction(row.minutes)))
    free = _free(connection, tasks, min(begin, first), own)
    slices = place_forward([Work(task.work_center_id, task.minutes) for task in tasks], begin, free)
    return Schedule(starts_on, slices[-1].on, tuple(tasks), tuple(slices))


def store(tx: Transaction, work_order_id: UUID, schedule: Schedule) -> None:
    """Book a schedule in the place of what is booked for a work order and not done."""
    tx.delete(work_step, [row.id for row in _OPEN_STEPS.all(tx.connection, work_order=work_order_id)])
    tx.insert(
        work_step,
        *(
            {
                "id": new_id(),
                "work_order_id": work_order_id,
                "position": schedule.tasks[one.step].position,
                "name": schedule.tasks[one.step].name,
                "work_center_id": schedule.tasks[one.step].work_center_id,
                "on": one.on,
                "minutes": _stored(one.minutes),
                "done": False,
            }
            for one in schedule.slices
        ),
    )
    tx.update(work_order, work_order_id, starts_on=schedule.starts_on, due_on=schedule.due_on)


def release(tx: Transaction, work_order_id: UUID) -> None:
    """Give back the capacity of work that will not be done."""
    tx.delete(work_step, [row.id for row in _OPEN_STEPS.all(tx.connection, work_order=work_order_id)])


def finish(tx: Transaction, work_order_id: UUID) -> None:
    """Mark all steps of a finished work order done: they take no capacity any more."""
    rows = _OPEN_STEPS.all(tx.connection, work_order=work_order_id)
    tx.update_rows(work_step, [(row.id, {"done": True}) for row in rows])


def steps(connection: Connection, work_order_id: UUID) -> list[Any]:
    """Read the steps of a work order, day by day."""
    return _STEPS.all(connection, work_order=work_order_id)


def _free(
    connection: Connection, tasks: Sequence[Task], since: date, own: dict[tuple[object, date], Fraction] | None = None
) -> Callable[[object, date], Fraction]:
    """Give the minutes that are free at a work center on a day; what is ``own`` counts as free."""
    known = dict[object, calendars.Capacity]()
    known.update(calendars.capacity(connection, [task.work_center_id for task in tasks], since).items())
    mine = own or {}

    def free(center: object, day: date) -> Fraction:
        found = known[center]
        back = mine.get((center, day), Fraction(0))
        if not found.calendar.works_on(day):
            return Fraction(0)
        return max(Fraction(0), found.minutes_a_day - found.booked.get(day, Fraction(0)) + back)

    return free


def _stored(minutes: Fraction) -> Decimal:
    return round_decimals(minutes, PRICE)


_OPEN_STEPS: Final = Prepared(
    select(work_step)
    .where(work_step.c.work_order_id == bindparam("work_order", type_=Key), ~work_step.c.done)
    .order_by(work_step.c.position, work_step.c.on)
)
_STEPS: Final = Prepared(
    select(work_step)
    .where(work_step.c.work_order_id == bindparam("work_order", type_=Key))
    .order_by(work_step.c.position, work_step.c.on)
)
