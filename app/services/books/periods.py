"""Accounting periods: months that are closed, so that nothing is booked in them any more, and opened again.

Only a month that is over can be closed.  What is booked today is thus always booked in an open period, and only an
entry dated back to an earlier month asks whether that one is closed.  Closing keeps how much was booked in the month:
the self-check finds what was changed after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, literal_column, select

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.models.books import Period, accounting_period, period_change
from app.models.log import number_series
from app.models.payment import journal_entry, journal_line
from app.services.statements import Prepared
from app.services.transaction import Transaction

JOURNAL: Final = "J"
"""The series that journal entries are numbered by; whoever books holds its row until the command ends."""
ZERO: Final = Decimal(0)


def refuse_closed(tx: Transaction, day: date) -> None:
    """Refuse to book on a day whose month is closed.

    Raises:
        NotAllowed: the month is closed; the text names the next day that can be booked on.

    """
    if day >= tx.at.date().replace(day=1):
        return  # a month that is not over is never closed
    if _CLOSED.value(tx.connection, first_on=day.replace(day=1)):
        free = open_day(tx.connection, day)
        raise NotAllowed(
            f"{Period.of(day).words} is closed, so nothing was booked. Date it {free.isoformat()} or later, "
            "or open the month again under Accounting, Periods."
        )


def open_day(connection: Connection, day: date) -> date:
    """Give the first day, from this one on, whose month is open: where a correction of an earlier month goes."""
    closed = {row.first_on for row in connection.execute(_ALL_CLOSED)}
    while day.replace(day=1) in closed:
        day = Period.of(day).next.first
    return day


def close(tx: Transaction, period: Period) -> None:
    """Close a month: from now on nothing is booked in it.

    Raises:
        NotAllowed: it is not over, it is closed already, or an earlier month that holds entries is open.

    """
    if period.last >= tx.at.date():
        raise NotAllowed(
            f"{period.words} is not over: deliveries and invoices still go there. "
            f"Close it from {period.next.first.isoformat()} on."
        )
    tx.execute(_LOCK, {"series": f"{JOURNAL}:{tx.site}.{tx.incarnation}"})  # whoever is booking ends first
    known = tx.execute(select(accounting_period).where(accounting_period.c.first_on == period.first)).one_or_none()
    if known is not None and known.closed:
        raise NotAllowed(f"{period.words} is closed already.")
    earlier = _first_open(tx.connection, period)
    if earlier is not None:
        raise NotAllowed(
            f"{earlier.words} is open and has entries. Close the months in their order, {earlier.words} first."
        )
    if known is None:
        tx.insert(accounting_period, {"id": new_id(), "first_on": period.first, "closed": True})
    else:
        tx.update(accounting_period, known.id, closed=True)
    _note(tx, period, closed=True, reason="")


def reopen(tx: Transaction, period: Period, reason: str) -> None:
    """Open a closed month again; who did it, when and why is kept.

    Raises:
        Invalid: no reason is given.
        NotAllowed: it is not closed.

    """
    if not reason.strip():
        raise Invalid("reason", "Say why it is opened again, e.g. an invoice of the tax adviser came late.")
    known = tx.execute(select(accounting_period).where(accounting_period.c.first_on == period.first)).one_or_none()
    if known is None or not known.closed:
        raise NotAllowed(f"{period.words} is open already.")
    tx.update(accounting_period, known.id, closed=False)
    _note(tx, period, closed=False, reason=reason.strip()[:200])


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A month as the list of periods shows it; ``debit`` is the sum of its debits in the company's currency."""

    period: Period
    closed: bool
    entries: int
    debit: Decimal
    by: str
    at: datetime | None  # of the last change, None where it was never closed
    reason: str
    changes: int

    @property
    def id(self) -> str:
        """What a list knows it by."""
        return self.period.first.isoformat()


def read(connection: Connection, today: date) -> list[PeriodRow]:
    """Read every month from the first entry to today's, the latest first."""
    booked = _by_month(connection)
    closed = {Period.of(row.first_on) for row in connection.execute(_ALL_CLOSED)}
    changes: dict[Period, list[Any]] = {}
    for row in connection.execute(select(period_change).order_by(period_change.c.at, period_change.c.id)):
        changes.setdefault(Period.of(row.first_on), []).append(row)
    rows = []
    period = min([*booked, *closed, Period.of(today)], key=lambda one: one.first)
    while period.first <= today:
        (entries, debit), last = booked.get(period, (0, ZERO)), changes.get(period, [])
        rows.append(
            PeriodRow(
                period,
                period in closed,
                entries,
                debit,
                last[-1].by if last else "",
                last[-1].at if last else None,
                last[-1].reason if last else "",
                len(last),
            )
        )
        period = period.next
    return rows[::-1]


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """That a month was closed, or opened again."""

    id: UUID
    first_on: date
    closed: bool
    entries: int
    debit: Decimal
    reason: str
    by: str
    at: datetime


def history(connection: Connection, period: Period) -> list[PeriodChange]:
    """Read when a month was closed and opened again, the latest first."""
    columns = [period_change.c[name] for name in PeriodChange.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .where(period_change.c.first_on == period.first)
        .order_by(period_change.c.at.desc(), period_change.c.id.desc())
    )
    return [PeriodChange(*row) for row in rows]


def closed_figures(connection: Connection) -> Iterator[tuple[PeriodChange, int, Decimal]]:
    """Give for each closed month what was noted when it was closed, and the entries and debits it holds now."""
    booked = _by_month(connection)
    for row in connection.execute(_ALL_CLOSED).all():
        period = Period.of(row.first_on)
        for change in history(connection, period)[:1]:
            yield change, *booked.get(period, (0, ZERO))


def _note(tx: Transaction, period: Period, *, closed: bool, reason: str) -> None:
    held = tx.execute(_HELD, {"first": period.first, "after": period.next.first}).one()
    change_id = new_id()
    tx.insert(
        period_change,
        {
            "id": change_id,
            "command_id": tx.key,
            "first_on": period.first,
            "closed": closed,
            "entries": int(held.entries),
            "debit": held.debit,
            "reason": reason,
            "by": tx.by,
            "at": tx.at,
        },
    )
    tx.record("period.closed" if closed else "period.reopened", change_id, period=period.words, reason=reason)


def _first_open(connection: Connection, period: Period) -> Period | None:
    """Find the first month before this one that holds entries and is not closed."""
    closed = {row.first_on for row in connection.execute(_ALL_CLOSED)}
    day: date | None = connection.execute(_FIRST, {"first": date.min, "before": period.first}).scalar_one()
    while day is not None:
        if day.replace(day=1) not in closed:
            return Period.of(day)
        after = Period.of(day).last + timedelta(days=1)
        day = connection.execute(_FIRST, {"first": after, "before": period.first}).scalar_one()
    return None


def _by_month(connection: Connection) -> dict[Period, tuple[int, Decimal]]:
    """Sum up how many entries and how much debit each month holds."""
    found: dict[Period, tuple[int, Decimal]] = {}
    for row in connection.execute(_DAYS):
        entries, debit = found.get(Period.of(row.booked_on), (0, ZERO))
        found[Period.of(row.booked_on)] = (entries + int(row.entries), debit + row.debit)
    return found


_CLOSED: Final = Prepared(
    select(accounting_period.c.closed).where(accounting_period.c.first_on == bindparam("first_on"))
)
_ALL_CLOSED: Final = select(accounting_period.c.first_on).where(accounting_period.c.closed)
_LOCK: Final = select(number_series.c.last).where(number_series.c.series == bindparam("series")).with_for_update()
_DEBITS: Final = func.coalesce(
    func.sum(journal_line.c.amount, type_=journal_line.c.amount.type).filter(journal_line.c.amount > 0),
    literal_column("0"),
)
_HELD: Final = (
    select(func.count(journal_entry.c.id.distinct()).label("entries"), _DEBITS.label("debit"))
    .select_from(journal_entry.join(journal_line, journal_line.c.entry_id == journal_entry.c.id))
    .where(journal_entry.c.booked_on >= bindparam("first"), journal_entry.c.booked_on < bindparam("after"))
)
_DAYS: Final = (
    select(
        journal_entry.c.booked_on, func.count(journal_entry.c.id.distinct()).label("entries"), _DEBITS.label("debit")
    )
    .select_from(journal_entry.join(journal_line, journal_line.c.entry_id == journal_entry.c.id))
    .group_by(journal_entry.c.booked_on)
)
_FIRST: Final = select(func.min(journal_entry.c.booked_on)).where(
    journal_entry.c.booked_on >= bindparam("first"), journal_entry.c.booked_on < bindparam("before")
)
