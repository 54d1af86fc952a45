"""Working calendars and work centers: when there is work, and how much of it can be done on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotFound
from app.models.base import Key, new_id
from app.models.company import company
from app.models.costing import NOTHING
from app.models.supply import calendar_day, work_calendar, work_center
from app.models.work import work_step
from app.models.working_days import MONDAY_TO_FRIDAY, WEEKDAYS, Calendar
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewCenter:
    """A work center: machines or people that work ``minutes_a_day`` on each working day."""

    code: str
    name: str
    minutes_a_day: int
    calendar_id: UUID | None = None
    hour_cost: Decimal = NOTHING  # of an hour of work, in the company's currency, for what is made there


def add_calendar(tx: Transaction, code: str, name: str, weekdays: str = WEEKDAYS) -> UUID:
    """Add a calendar; ``weekdays`` are seven of 0 and 1, Monday first.

    Raises:
        Invalid: the code is empty or taken, or the week is none.

    """
    _check_week(weekdays)
    if not code.strip() or tx.execute(select(work_calendar.c.id).where(work_calendar.c.code == code)).first():
        raise Invalid("code", f"There is a calendar {code} already, or its code is empty. Use another code.")
    calendar_id = new_id()
    tx.insert(work_calendar, {"id": calendar_id, "code": code, "name": name or code, "weekdays": weekdays})
    tx.record("calendar.added", calendar_id, name=name or code)
    return calendar_id


def change_calendar(tx: Transaction, calendar_id: UUID, values: dict[str, Any]) -> None:
    """Change name or week of a calendar; what is planned already stays where it is.

    Raises:
        Invalid: the week is none.
        NotFound: the calendar does not exist.

    """
    if "weekdays" in values:
        _check_week(values["weekdays"])
    tx.lock(work_calendar, calendar_id, "Calendar")
    tx.update(work_calendar, calendar_id, **values)
    tx.record("calendar.changed", calendar_id, fields=", ".join(values))


def set_day(tx: Transaction, calendar_id: UUID, on: date, *, working: bool, note: str = "") -> None:
    """Make one day a working day or a free one, whatever its weekday.

    Raises:
        NotFound: the calendar does not exist.

    """
    tx.lock(work_calendar, calendar_id, "Calendar")
    known = _DAY.value(tx.connection, calendar=calendar_id, day=on)
    values = {"working": working, "note": note}
    if known is None:
        tx.insert(calendar_day, {"id": new_id(), "calendar_id": calendar_id, "on": on, **values})
    else:
        tx.update(calendar_day, known, **values)
    tx.record("calendar.day_set", calendar_id, on=on.isoformat(), working=working, note=note)


def add_center(tx: Transaction, new: NewCenter) -> UUID:
    """Add a work center and return its id.

    Raises:
        Invalid: the code is empty or taken, it works no minute, or its cost is below zero.

    """
    if not new.code.strip() or tx.execute(select(work_center.c.id).where(work_center.c.code == new.code)).first():
        raise Invalid("code", f"There is a work center {new.code} already, or its code is empty. Use another code.")
    _check_minutes(new.minutes_a_day)
    _check_cost(new.hour_cost)
    center_id = new_id()
    row = {name: getattr(new, name) for name in NewCenter.__dataclass_fields__}
    tx.insert(work_center, {"id": center_id, "active": True, **row})
    tx.record("work_center.added", center_id, name=new.name)
    return center_id


def change_center(tx: Transaction, center_id: UUID, values: dict[str, Any]) -> None:
    """Change name, minutes, calendar or cost of a work center; what is planned already stays where it is.

    Raises:
        Invalid: it would work no minute, or an hour would cost less than nothing.
        NotFound: the work center does not exist.

    """
    if "minutes_a_day" in values:
        _check_minutes(values["minutes_a_day"])
    _check_cost(values.get("hour_cost", NOTHING))
    tx.lock(work_center, center_id, "Work center")
    tx.update(work_center, center_id, **values)
    tx.record("work_center.changed", center_id, fields=", ".join(values))


def read(connection: Connection, calendar_id: UUID | None) -> Calendar:
    """Read a calendar; None stands for Monday to Friday.

    Raises:
        NotFound: the calendar does not exist.

    """
    if calendar_id is None:
        return MONDAY_TO_FRIDAY
    week = _WEEK.value(connection, calendar=calendar_id)
    if week is None:
        raise NotFound("Calendar", calendar_id)
    return Calendar(week, {row.on: row.working for row in _DAYS.all(connection, calendar=calendar_id)})


def ours(connection: Connection) -> Calendar:
    """Read the calendar we work by."""
    return read(connection, _OURS.value(connection))


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a work center can do on a day, and what is booked there already, in minutes."""

    minutes_a_day: int
    calendar: Calendar
    booked: Mapping[date, Fraction]

    def free(self, day: date) -> Fraction:
        """Minutes that are free on a day; never below zero."""
        if not self.calendar.works_on(day):
            return Fraction(0)
        return max(Fraction(0), self.minutes_a_day - self.booked.get(day, Fraction(0)))


def capacity(connection: Connection, center_ids: Sequence[UUID], since: date) -> dict[UUID, Capacity]:
    """Read what work centers can do from ``since`` on, less what planned work takes.

    Raises:
        NotFound: a work center does not exist.

    """
    found = {}
    for center_id in sorted(set(center_ids)):
        row = _CENTER.first(connection, center=center_id)
        if row is None:
            raise NotFound("Work center", center_id)
        load = {one.on: Fraction(one.minutes) for one in _LOAD.all(connection, center=center_id, since=since)}
        calendar_id = row.calendar_id or _OURS.value(connection)
        found[center_id] = Capacity(row.minutes_a_day, read(connection, calendar_id), load)
    return found


@dataclass(frozen=True, slots=True)
class CenterRow:
    """A work center in use; ``booked`` of its ``capacity`` in the days looked at, both in minutes."""

    id: UUID
    code: str
    name: str
    minutes_a_day: int
    calendar_id: UUID | None
    capacity: Fraction
    booked: Fraction
    hour_cost: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day that differs from its weekday, and why."""

    on: date
    working: bool
    note: str


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar with its week (seven of 0 and 1, Monday first) and the days that differ, in their order.

    ``ours`` is the one we work by where nothing else is said.
    """

    id: UUID
    code: str
    name: str
    weekdays: str
    days: tuple[DayRow, ...]
    ours: bool = False

    def works_on(self, day: date) -> bool:
        """Tell whether ``day`` is a working day."""
        return Calendar(self.weekdays, {one.on: one.working for one in self.days}).works_on(day)


def centers(connection: Connection, today: date, days: int = 10) -> list[CenterRow]:
    """Read the work centers in use by name, with what is booked in the next ``days`` working days of each."""
    rows = connection.execute(select(work_center).where(work_center.c.active).order_by(work_center.c.name)).all()
    load = capacity(connection, [row.id for row in rows], today)
    found = []
    for row in rows:
        own = load[row.id]
        ahead = [own.calendar.on_or_after(today)]
        while len(ahead) < days:
            ahead.append(own.calendar.add(ahead[-1], 1))
        booked = sum((own.booked.get(day, Fraction(0)) for day in ahead), Fraction(0))
        all_of_it = Fraction(row.minutes_a_day * days)
        known = (row.id, row.code, row.name, row.minutes_a_day, row.calendar_id)
        found.append(CenterRow(*known, all_of_it, booked, row.hour_cost))
    return found


def all_of(connection: Connection) -> list[CalendarRow]:
    """Read the calendars by name, each with its days."""
    days: dict[UUID, list[DayRow]] = {}
    for row in connection.execute(select(calendar_day).order_by(calendar_day.c.on)):
        days.setdefault(row.calendar_id, []).append(DayRow(row.on, row.working, row.note))
    own = _OURS.value(connection)
    rows = connection.execute(select(work_calendar).order_by(work_calendar.c.name))
    return [
        CalendarRow(row.id, row.code, row.name, row.weekdays, tuple(days.get(row.id, ())), row.id == own)
        for row in rows
    ]


def lock_centers(tx: Transaction, center_ids: Sequence[UUID]) -> None:
    """Keep others from booking the same work centers until the command ends."""
    for center_id in sorted(set(center_ids)):
        tx.lock(work_center, center_id, "Work center")


def _check_week(weekdays: str) -> None:
    if len(weekdays) != 7 or set(weekdays) - {"0", "1"} or "1" not in weekdays:
        raise Invalid("weekdays", "A week has seven days, Monday first, and at least one of them is worked on.")


def _check_cost(hour_cost: Decimal) -> None:
    if hour_cost < 0:
        raise Invalid("hour_cost", "A cost can not be negative. Type what an hour of work costs.")


def _check_minutes(minutes: int) -> None:
    if not 0 < minutes <= 24 * 60 * 1000:
        raise Invalid("minutes_a_day", "Say how many minutes are worked on a day: at least one.")


_WEEK: Final = Prepared(select(work_calendar.c.weekdays).where(work_calendar.c.id == bindparam("calendar", type_=Key)))
_DAYS: Final = Prepared(
    select(calendar_day.c.on, calendar_day.c.working).where(
        calendar_day.c.calendar_id == bindparam("calendar", type_=Key)
    )
)
_DAY: Final = Prepared(
    select(calendar_day.c.id).where(
        calendar_day.c.calendar_id == bindparam("calendar", type_=Key),
        calendar_day.c.on == bindparam("day", type_=calendar_day.c.on.type),
    )
)
_OURS: Final = Prepared(select(company.c.calendar_id))
_CENTER: Final = Prepared(select(work_center).where(work_center.c.id == bindparam("center", type_=Key)))
_LOAD: Final = Prepared(
    select(work_step.c.on, func.sum(work_step.c.minutes).label("minutes"))
    .where(
        work_step.c.work_center_id == bindparam("center", type_=Key),
        work_step.c.on >= bindparam("since", type_=work_step.c.on.type),
        ~work_step.c.done,
    )
    .group_by(work_step.c.on)
)
