"""Sales added up by day and month: kept beside the books, with what was booked since read directly.

A mark remembers up to which number of the journal, and of the command log, was read.  What is asked for is the kept
sums and the rest after the mark, at one point in time: always right, and quick while the rest is short.  Sums are kept
by :func:`keep_up`, outside of any business command; of two who add up at once, one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, literal, select, type_coerce

from app.models.base import AMOUNT, Exact
from app.models.books import Period
from app.models.figures import Dimension, Origin, sales_sum, sales_sum_mark
from app.models.log import command_log, log_head
from app.models.payment import journal_entry
from app.services.analytics import sales_facts
from app.services.analytics.sales_facts import ZERO, Fact, Stretch
from app.services.database import Database
from app.services.progress import Progress
from app.services.statements import Prepared

AT_ONCE: Final = 5_000
"""Journal entries that are added up and kept in one step."""
REST_MOST: Final = 400
"""Journal entries after the mark from which on it is worth while to keep them."""
JOURNAL: Final = "journal"
HISTORY: Final = "history"
NO_SITE: Final = ""
"""Where whoever makes the sums of history anew leaves their name."""
BRING_HISTORY: Final = ("order.take_over", "orders.import", "order headers.import", "import.undo")
"""The commands that orders of another program come with, or go again."""

Key = tuple[str, bool, date, str, str]
"""Dimension, whether of a month, its first day or the day, origin, member."""
Sums = dict[str, "Sum"]
"""Sums by member."""


@dataclass(slots=True)
class Sum:
    """What was sold: revenue billed here, turnover billed elsewhere, and the cost of sales; the company's currency."""

    net: Decimal = ZERO
    taken_over: Decimal = ZERO
    cost: Decimal = ZERO

    @property
    def revenue(self) -> Decimal:
        """All that was sold, wherever it was billed."""
        return self.net + self.taken_over

    def add(self, other: Sum) -> None:
        """Add another one to it."""
        self.net += other.net
        self.taken_over += other.taken_over
        self.cost += other.cost


@dataclass(slots=True)
class Tally:
    """Facts while they are added up."""

    rows: dict[Key, list[Decimal]] = field(default_factory=dict)

    def add(self, facts: Iterable[Fact]) -> None:
        """Add facts in every dimension, to their day and their month."""
        rows = self.rows
        for fact in facts:
            month = fact.on.replace(day=1)
            for dimension, member in (
                (Dimension.ALL, ""),
                (Dimension.CUSTOMER, fact.customer),
                (Dimension.PRODUCT, fact.product),
                (Dimension.CHANNEL, fact.channel),
                (Dimension.REGION, fact.region),
                (Dimension.SALESPERSON, fact.salesperson),
            ):
                for monthly, starts_on in ((False, fact.on), (True, month)):
                    row = rows.setdefault((dimension, monthly, starts_on, fact.origin, member), [ZERO, ZERO])
                    row[0] += fact.net
                    row[1] += fact.cost


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the kept sums are behind: entries of the journal by site, and whether history is to be read anew."""

    stretches: tuple[Stretch, ...]
    history: bool
    logs: tuple[tuple[str, int], ...] = ()
    """The last number of each site's command log."""

    @property
    def entries(self) -> int:
        """Entries of the journal that are not in the kept sums."""
        return sum(one.through - one.after for one in self.stretches)

    @property
    def is_long(self) -> bool:
        """Whether it is worth while to keep up before anything is asked."""
        return self.history or self.entries > REST_MOST


def lag(connection: Connection) -> Lag:
    """Tell how far the kept sums are behind the books."""
    marks = {(row.source, row.site): row.through for row in connection.execute(select(sales_sum_mark))}
    stretches, history = [], False
    logs = tuple((row[0], int(row[1])) for row in connection.execute(select(log_head.c.site, log_head.c.sequence)))
    for site, sequence in logs:
        last = connection.execute(
            select(func.max(journal_entry.c.n)).where(journal_entry.c.site == site)
        ).scalar_one_or_none()
        after = marks.get((JOURNAL, site), 0)
        if last is not None and last > after:
            stretches.append(Stretch(site, after, last))
        read = marks.get((HISTORY, site))
        history = history or read is None or _brought(connection, site, read, sequence)
    return Lag(tuple(stretches), history, logs)


def _brought(connection: Connection, site: str, after: int, through: int) -> bool:
    c = command_log.c
    wanted = select(c.id).where(c.site == site, c.sequence > after, c.sequence <= through, c.command.in_(BRING_HISTORY))
    return connection.execute(wanted.limit(1)).first() is not None


# asking ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reader:
    """Answers questions at one point in time: the kept sums, and the rest read once."""

    connection: Connection
    rest: Mapping[Key, list[Decimal]]
    kept_history: bool

    def by_member(self, dimension: Dimension, first: date, last: date) -> Sums:
        """Add up what was sold from ``first`` to ``last``, by member."""
        found: Sums = {}
        for monthly, begin, end in _parts(first, last):
            for row in self._kept(dimension, monthly, begin, end):
                _put(found, row.member, row.origin, row.net, row.cost)
            for (name, of_month, starts_on, origin, member), (net, cost) in self.rest.items():
                if name == dimension and of_month == monthly and begin <= starts_on <= end:
                    _put(found, member, origin, net, cost)
        return found

    def whole(self, first: date, last: date) -> Sum:
        """Add up all that was sold from ``first`` to ``last``."""
        return self.by_member(Dimension.ALL, first, last).get("", Sum())

    def by_month(self, first: date, last: date) -> dict[date, Sum]:
        """Give what was sold in each calendar month that begins from ``first`` to ``last``."""
        found: dict[date, Sum] = {}
        statement = select(_S.starts_on, _S.origin, _S.net, _S.cost).where(
            _S.dimension == str(Dimension.ALL), _S.monthly, _S.starts_on.between(first, last)
        )
        rows: list[Any] = [tuple(row) for row in self.connection.execute(statement) if self._counts(row.origin)]
        rows += [
            (starts_on, origin, net, cost)
            for (name, monthly, starts_on, origin, _), (net, cost) in self.rest.items()
            if name == Dimension.ALL and monthly and first <= starts_on <= last
        ]
        for starts_on, origin, net, cost in rows:
            _put(found, starts_on, origin, net, cost)
        return found

    def by_member_and_month(self, dimension: Dimension, first: date, last: date) -> dict[str, dict[date, Decimal]]:
        """Give each member's revenue in the calendar months that begin from ``first`` to ``last``."""
        statement = select(_S.member, _S.starts_on, _S.origin, _S.net).where(
            _S.dimension == str(dimension), _S.monthly, _S.starts_on.between(first, last)
        )
        rows: list[Any] = [tuple(row) for row in self.connection.execute(statement)]
        rows = [row for row in rows if self._counts(row[2])] + [
            (member, month, origin, net)
            for (name, monthly, month, origin, member), (net, _) in self.rest.items()
            if name == dimension and monthly and first <= month <= last
        ]
        found: dict[str, dict[date, Decimal]] = {}
        for member, month, _, net in rows:
            sold = found.setdefault(member, {})
            sold[month] = sold.get(month, ZERO) + net
        return found

    def _kept(self, dimension: Dimension, monthly: bool, begin: date, end: date) -> list[Any]:
        net, cost = (type_coerce(func.sum(column), Exact(AMOUNT)) for column in (_S.net, _S.cost))
        statement = (
            select(_S.member, _S.origin, net.label("net"), cost.label("cost"))
            .where(_S.dimension == str(dimension), _S.monthly == monthly, _S.starts_on.between(begin, end))
            .group_by(_S.member, _S.origin)
        )
        return [row for row in self.connection.execute(statement) if self._counts(row.origin)]

    def _counts(self, origin: str) -> bool:
        return self.kept_history or origin != Origin.TAKEN_OVER


def reader(connection: Connection) -> Reader:
    """Read what was booked since the sums were kept, and answer questions from then on."""
    behind, tally = lag(connection), Tally()
    for stretch in behind.stretches:
        tally.add(sales_facts.revenue(connection, stretch))
        tally.add(sales_facts.cost(connection, stretch))
    if behind.history and (days := sales_facts.days_taken_over(connection)) is not None:
        tally.add(sales_facts.taken_over(connection, *days))
    return Reader(connection, tally.rows, kept_history=not behind.history)


def _parts(first: date, last: date) -> list[tuple[bool, date, date]]:
    """Cut days into whole months and the days before and after them: (whether months, first, last)."""
    whole_from = first if first.day == 1 else Period.of(first).next.first
    after = last + timedelta(days=1)
    whole_to = after if after.day == 1 else last.replace(day=1)  # the first day that is in no whole month
    if whole_from >= whole_to:
        return [(False, first, last)]
    found = [(True, whole_from, whole_to - timedelta(days=1))]
    if first < whole_from:
        found.append((False, first, whole_from - timedelta(days=1)))
    if whole_to <= last:
        found.append((False, whole_to, last))
    return found


def _put(found: dict[Any, Sum], member: Any, origin: str, net: Decimal, cost: Decimal) -> None:
    one = found.setdefault(member, Sum())
    if origin == Origin.TAKEN_OVER:
        one.taken_over += net
    else:
        one.net += net
    one.cost += cost


# keeping ---------------------------------------------------------------------------------------------


def keep_up(database: Database, progress: Progress) -> int:
    """Add up what was booked since the mark and keep it; give the number of journal entries.

    Nothing is lost where it is stopped: each step is kept whole, and the next time it goes on from there.

    Raises:
        Cancelled: the user stopped it.
        Unavailable: the database cannot be reached or written.

    """
    behind = database.read(lag)
    done, total = 0, behind.entries
    if behind.history:
        _keep_history(database, behind, progress)
    elif behind.stretches:
        database.run_local((_MOVE_HISTORY, _ends(behind)))
    for stretch in behind.stretches:
        after = stretch.after
        while after < stretch.through:
            progress.step(done, total)
            part, tally = database.read(partial(_add_up, stretch=stretch, after=after))
            _keep(database, part, tally)
            done += part.through - part.after
            after = part.through
    progress.step(total, total)
    return done


def _add_up(connection: Connection, *, stretch: Stretch, after: int) -> tuple[Stretch, Tally]:
    """Add up the next entries; all those of one command at once, as they share what goods cost."""
    part, tally = Stretch(stretch.site, after, _end(connection, stretch, after)), Tally()
    tally.add(sales_facts.revenue(connection, part))
    tally.add(sales_facts.cost(connection, part))
    return part, tally


def _end(connection: Connection, stretch: Stretch, after: int) -> int:
    """Give the number at which the next step ends; a command's entries have numbers that follow each other."""
    n = after + AT_ONCE
    if n >= stretch.through:
        return stretch.through
    c = journal_entry.c
    here = (c.site == stretch.site, c.n.between(n, stretch.through))
    rows = iter(connection.execute(select(c.n, c.command_id).where(*here).order_by(c.n)))
    command = next(rows).command_id
    return next((int(row.n) - 1 for row in rows if row.command_id != command), stretch.through)


def _keep(database: Database, part: Stretch, tally: Tally) -> None:
    """Keep a step's sums and move the mark; nothing is written where another one moved it meanwhile."""
    place = {"in_source": JOURNAL, "in_site": part.site, "in_writer": uuid4().hex}
    claim = {**place, "in_after": part.after, "in_through": part.through}
    database.run_local((_BEGIN, [{**place, "in_through": 0}]), (_CLAIM, [claim]), *_adding(tally, place))


def _keep_history(database: Database, behind: Lag, progress: Progress) -> None:
    """Make the sums of orders taken over anew, month by month; they count once all months are kept."""
    place = {"in_source": HISTORY, "in_site": NO_SITE, "in_writer": uuid4().hex}
    database.run_local((_FORGET, [{}]), (_FORGET_MARKS, [{}]), (_BEGIN, [{**place, "in_through": 0}]))
    days = database.read(sales_facts.days_taken_over)
    months = [] if days is None else _months(*days)
    for number, month in enumerate(months):
        progress.step(number, len(months))
        database.run_local(*_adding(database.read(partial(_of_month, month=month)), place, fresh=True))
    database.run_local((_END_HISTORY, [{**place, **end} for end in _ends(behind)]))


def _of_month(connection: Connection, *, month: Period) -> Tally:
    tally = Tally()
    tally.add(sales_facts.taken_over(connection, month.first, month.last))
    return tally


def _ends(behind: Lag) -> list[dict[str, Any]]:
    return [{"in_end_site": site, "in_through": sequence} for site, sequence in behind.logs]


def _months(first: date, last: date) -> list[Period]:
    found = [Period.of(first)]
    while found[-1].last < last:
        found.append(found[-1].next)
    return found


def _adding(
    tally: Tally, place: Mapping[str, Any], *, fresh: bool = False
) -> tuple[tuple[Prepared, list[dict[str, Any]]], ...]:
    """Give the writes that add sums to those that are kept, as long as the mark is still the writer's.

    ``fresh``: there are none yet to add to.
    """
    rows = [
        {
            **place,
            "in_dimension": str(dimension),
            "in_monthly": monthly,
            "in_starts_on": starts_on,
            "in_origin": str(origin),
            "in_member": member,
            "in_net": net,
            "in_cost": cost,
        }
        for (dimension, monthly, starts_on, origin, member), (net, cost) in tally.rows.items()
    ]
    if not rows:
        return ()
    return ((_ADD, rows),) if fresh else ((_RAISE, rows), (_ADD, rows))


_S: Final = sales_sum.c
_M: Final = sales_sum_mark.c
_taken = sales_sum_mark.alias("taken")


def _given(column: Any) -> Any:
    return bindparam(f"in_{column.name}", type_=column.type)


_KEY: Final = [_S.dimension, _S.monthly, _S.starts_on, _S.origin, _S.member]
_MINE: Final = (_M.source == _given(_M.source), _M.site == _given(_M.site), _M.writer == _given(_M.writer))
_SAME: Final = [column == _given(column) for column in _KEY]
_RAISE: Final = Prepared(
    sales_sum.update()
    .where(*_SAME, select(_M.source).where(*_MINE).exists())
    .values(net=_S.net + _given(_S.net), cost=_S.cost + _given(_S.cost))
)
_ADD: Final = Prepared(
    sales_sum.insert().from_select(
        [column.name for column in sales_sum.columns],
        select(*(_given(column) for column in sales_sum.columns))
        .select_from(sales_sum_mark)
        .where(*_MINE, ~select(_S.member).where(*_SAME).exists()),
    )
)
_BEGIN: Final = Prepared(
    sales_sum_mark.insert().from_select(
        ["source", "site", "through", "writer"],
        select(_given(_M.source), _given(_M.site), _given(_M.through), _given(_M.writer)).where(
            ~select(_taken.c.source)
            .where(_taken.c.source == _given(_M.source), _taken.c.site == _given(_M.site))
            .exists()
        ),
    )
)
_CLAIM: Final = Prepared(
    sales_sum_mark.update()
    .where(
        _M.source == _given(_M.source),
        _M.site == _given(_M.site),
        _M.through == bindparam("in_after", type_=_M.through.type),
    )
    .values(through=_given(_M.through), writer=_given(_M.writer))
)
_MOVE_HISTORY: Final = Prepared(
    sales_sum_mark.update()
    .where(
        _M.source == HISTORY,
        _M.site == bindparam("in_end_site", type_=_M.site.type),
        _M.through < _given(_M.through),
    )
    .values(through=_given(_M.through))
)
_FORGET: Final = Prepared(
    sales_sum.delete().where(_S.dimension.in_([str(one) for one in Dimension]), _S.origin == str(Origin.TAKEN_OVER))
)
_FORGET_MARKS: Final = Prepared(sales_sum_mark.delete().where(_M.source == HISTORY))
_END_HISTORY: Final = Prepared(
    sales_sum_mark.insert().from_select(
        ["source", "site", "through", "writer"],
        select(literal(HISTORY), bindparam("in_end_site", type_=_M.site.type), _given(_M.through), _M.writer)
        .select_from(sales_sum_mark)
        .where(*_MINE),
    )
)
