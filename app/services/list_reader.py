"""Reads a listing of any size without making anyone wait: first rows at once, the rest by rank.

One reader has one thread and one connection.  For each new query it (1) reads the first page by
``ORDER BY … LIMIT``, (2) lets the database write all keys in order into a temporary table of its own,
whose row number is then the row's rank, (3) sums, and (4) reads pages by rank: keys first, then rows.
The long work happens inside the database, in C, so a window on another thread stays smooth.

A new query interrupts the old one; answers carry the generation they belong to.  A page the user
waits for interrupts a refresh, a count or a sum, which is done again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from threading import Lock, Thread
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    bindparam,
    false,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.errors import Unavailable
from app.services.listing import (
    FEW,
    PAGE,
    Answer,
    Counted,
    KeysRead,
    Linked,
    Listing,
    ListQuery,
    Opened,
    PageRead,
    ReadFailed,
    Refreshed,
    SelectionSummed,
    Summed,
    TabsCounted,
    Total,
)

R = TypeVar("R")

INTERRUPTED: Final = ("interrupted", "canceling statement")
SOME: Final = 4 * FEW
"""Links looked at to see whether they are of few records: a record may be linked several times."""
FEW_TO_SUM: Final = 20_000
"""Up to so many rows are summed by their keys; above, the filter is read again, in one go."""
UNREACHABLE: Final = "The list could not be read: the database does not answer. What is on show may be out of date."


class Readable(Protocol):
    """The part of :class:`app.services.database.Database` a reader needs."""

    def connect_reader(self) -> Connection: ...  # noqa: D102


class _Stopped(Exception):
    """The step under way is no longer wanted."""


class _Step(IntEnum):
    """What a reader may have to do, most urgent first."""

    OPEN = 0
    PAGE = 1
    KEYS = 2
    RANK = 3
    REFRESH = 4
    SUM = 5
    SELECTION = 6
    TABS = 7


@dataclass
class _Wanted:
    """What has been asked and not yet answered."""

    steps: set[_Step] = field(default_factory=set)
    pages: list[int] = field(default_factory=list)
    shown: tuple[int, ...] = ()
    keys: tuple[UUID, ...] = ()
    selection: tuple[UUID, ...] = ()
    tabs: Mapping[str, ListQuery] = field(default_factory=dict)


class ListReader(Generic[R]):
    """One list's reader.  ``deliver`` is called on the reader's thread with each answer.

    All methods return at once and may be called from any one thread, usually the window's.
    """

    def __init__(self, database: Readable, listing: Listing[R], deliver: Callable[[Answer], None]) -> None:
        self._database, self._listing, self._deliver = database, listing, deliver
        self._lock = Lock()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"list-{listing.name}")
        self._wanted = _Wanted()
        self._query, self._generation = ListQuery(), 0
        self._running: _Step | None = None
        self._interrupted = self._closed = False
        self._connection: Connection | None = None
        self._raw: Any = None  # the driver's own connection, for interrupts
        self._ranks: tuple[Table, Table] | None = None
        self._ranked_generation = -1  # the generation whose ranks self._ranks[0] holds,
        self._total = 0  # and how many they are

    # asked by the window -----------------------------------------------------------------------

    def open(self, query: ListQuery) -> int:
        """Ask for ``query`` from the top; answers to earlier queries are no longer wanted."""
        with self._lock:
            self._query, self._generation = query, self._generation + 1
            tabs, selection = self._wanted.tabs, self._wanted.selection
            kept = self._wanted.steps & {_Step.TABS, _Step.SELECTION}
            self._wanted = _Wanted({_Step.OPEN, _Step.RANK, _Step.SUM} | kept, tabs=tabs, selection=selection)
            self._interrupt_above(_Step.OPEN)
            generation = self._generation
        self._submit()
        return generation

    def page(self, number: int) -> None:
        """Ask for one page of the present query; the page asked last comes first."""
        with self._lock:
            if number in self._wanted.pages:
                self._wanted.pages.remove(number)
            self._wanted.pages.append(number)
            self._want(_Step.PAGE)
        self._submit()

    def refresh(self, pages: Sequence[int], keys: Sequence[UUID] = ()) -> None:
        """Read the same query again after a change, with the pages on show and the new ranks of ``keys``."""
        with self._lock:
            self._wanted.shown, self._wanted.keys = tuple(pages), tuple(keys)
            self._wanted.steps |= {_Step.REFRESH, _Step.SUM}
        self._submit()

    def count(self, tabs: Mapping[str, ListQuery]) -> None:
        """Count each of the saved filters, when nothing more urgent is to be done."""
        with self._lock:
            self._wanted.tabs = dict(tabs)
            self._wanted.steps.add(_Step.TABS)
        self._submit()

    def sum_selection(self, keys: Sequence[UUID]) -> None:
        """Add up the totals of chosen records."""
        with self._lock:
            self._wanted.selection = tuple(keys)
            self._wanted.steps.add(_Step.SELECTION)
        self._submit()

    def read_keys(self) -> None:
        """Ask for all keys of the present query in order."""
        with self._lock:
            self._want(_Step.KEYS)
        self._submit()

    def rest(self) -> None:
        """Give the connection back until something is asked again, e.g. while the list is hidden."""
        if not self._closed:
            self._executor.submit(self._disconnect)

    def close(self, *, wait: bool = False) -> None:
        """Stop for good; no more answers are delivered."""
        with self._lock:
            closed_before, self._closed = self._closed, True
            self._wanted = _Wanted()
            self._interrupt_above(_Step.OPEN)
        if not closed_before:
            self._executor.submit(self._disconnect)
        self._executor.shutdown(wait=wait)

    # under the lock ----------------------------------------------------------------------------

    def _want(self, step: _Step) -> None:
        self._wanted.steps.add(step)
        if self._running is not None and self._running > _Step.RANK:
            self._wanted.steps.add(self._running)  # again, after what is more urgent
            self._interrupt_above(step)

    def _interrupt_above(self, step: _Step) -> None:
        if self._running is None or self._running < step or self._connection is None:
            return
        self._interrupted = True
        if self._connection.dialect.name == "sqlite":
            self._raw.interrupt()
        else:  # asks the server over the network, so not on the caller's time
            Thread(target=self._raw.cancel, name="list-cancel", daemon=True).start()

    def _submit(self) -> None:
        if not self._closed:
            self._executor.submit(self._work).add_done_callback(self._report)

    # on the reader's thread --------------------------------------------------------------------

    def _work(self) -> None:
        while (step := self._next()) is not None:
            try:
                self._do(step)
            except _Stopped:
                self._roll_back()
            except (OperationalError, InterfaceError) as error:
                self._recover(step, error)
            finally:
                with self._lock:
                    self._running = None

    def _next(self) -> _Step | None:
        if self._connection is None and not self._closed:
            self._connect()
        with self._lock:
            if self._closed or not self._wanted.steps:
                return None
            step = min(self._wanted.steps)
            if step is _Step.PAGE and self._ranked_generation != self._generation:
                step = _Step.RANK  # ranks first, then the page
            self._wanted.steps.discard(step)
            self._running, self._interrupted = step, False
            return step

    def _do(self, step: _Step) -> None:
        with self._lock:
            query, generation, wanted = self._query, self._generation, self._wanted
        connection = self._connection
        assert connection is not None
        work = {
            _Step.OPEN: self._open,
            _Step.PAGE: self._page,
            _Step.KEYS: self._keys,
            _Step.RANK: self._rank,
            _Step.SUM: self._sum,
            _Step.REFRESH: self._refresh,
            _Step.SELECTION: self._sum_selection,
            _Step.TABS: self._tabs,
        }[step]
        for answer in work(connection, query, generation, wanted):
            self._answer(answer)
        connection.commit()  # lets go of the snapshot

    def _answer(self, answer: Answer) -> None:
        if not self._closed:
            self._deliver(answer)

    def _go_on(self) -> None:
        """Between two statements: an interrupt that met neither of them still counts."""
        if self._interrupted:
            raise _Stopped

    def _roll_back(self) -> None:
        """End the transaction.  A BEGIN or COMMIT that was interrupted itself left one that only the driver knows."""
        with self._lock:
            self._running = None  # from here on nothing is interrupted
        if self._connection is not None:
            self._connection.rollback()
            self._raw.rollback()

    def _recover(self, step: _Step, error: DBAPIError) -> None:
        """After an interrupt go on; after a lost connection try once more on a new one."""
        stopped = any(mark in str(error.orig).lower() for mark in INTERRUPTED)
        with self._lock:
            if stopped and not self._interrupted and not self._closed:
                self._wanted.steps.add(step)  # a late cancel meant for the job before
        if stopped and self._connection is not None and not error.connection_invalidated:
            self._roll_back()
            return
        self._disconnect()
        if self._closed:
            return
        if not error.connection_invalidated:
            raise Unavailable(UNREACHABLE) from error
        self._connect()
        with self._lock:
            self._wanted.steps |= {step, _Step.RANK}

    def _report(self, future: Future[None]) -> None:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, (OperationalError, InterfaceError)):
            error = Unavailable(UNREACHABLE)
        if error is not None:
            self._answer(ReadFailed(self._generation, error))

    def _connect(self) -> None:
        connection = self._database.connect_reader()
        connection.detach()  # its own for long, not one of the pool's
        self._ranks = _rank_tables(connection, self._listing)
        connection.commit()
        with self._lock:
            self._raw = connection.connection.dbapi_connection
            self._connection, self._ranked_generation = connection, -1

    def _disconnect(self) -> None:
        with self._lock:
            connection, self._connection, self._raw = self._connection, None, None
            self._ranked_generation = -1
        if connection is not None:
            connection.close()

    # the steps ---------------------------------------------------------------------------------

    def _open(self, connection: Connection, query: ListQuery, generation: int, _: _Wanted) -> list[Answer]:
        keys = _first_keys(connection, self._listing, query, self._go_on)
        self._go_on()
        rows = [row for row in self._rows_of(connection, keys) if row is not None]
        return [Opened(generation, rows, complete=len(keys) < PAGE)]

    def _rank(self, connection: Connection, query: ListQuery, generation: int, _: _Wanted) -> list[Answer]:
        total = self._fill(connection, self._rank_table(), query)
        connection.commit()
        self._ranked_generation, self._total = generation, total
        return [Counted(generation, total)]

    def _rank_table(self) -> Table:
        assert self._ranks is not None
        return self._ranks[0]

    def _fill(self, connection: Connection, ranks: Table, query: ListQuery) -> int:
        """Write the rank table; it counts the rows as it goes."""
        listing = self._listing
        condition = listing.condition(query, connection.dialect.name)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {ranks.name}")
            rank = func.row_number().over(order_by=listing.order(query))
            numbered = select(rank, listing.key).select_from(listing.source).where(condition)
            fill = insert(ranks).from_select(["rank", "id"], numbered)
        else:
            connection.execute(ranks.delete())
            self._go_on()
            fill = insert(ranks).from_select(["id"], listing.keys(query, condition))
        return connection.execute(fill, execution_options={"preserve_rowcount": True}).rowcount

    def _page(self, connection: Connection, _: ListQuery, generation: int, wanted: _Wanted) -> list[Answer]:
        with self._lock:
            number = wanted.pages[-1] if wanted.pages else None
        if number is None:
            return []
        rows = self._read_page(connection, self._rank_table(), number)
        with self._lock:  # only now: after a lost connection the page is still wanted
            if number in wanted.pages:
                wanted.pages.remove(number)
            if wanted.pages:
                wanted.steps.add(_Step.PAGE)
        return [PageRead(generation, number, rows)]

    def _read_page(self, connection: Connection, ranks: Table, number: int) -> Sequence[R | None]:
        first = number * PAGE + 1
        span = select(ranks.c.id).where(ranks.c.rank.between(first, first + PAGE - 1)).order_by(ranks.c.rank)
        return self._rows_of(connection, connection.execute(span).scalars().all())

    def _rows_of(self, connection: Connection, keys: Sequence[Any]) -> Sequence[R | None]:
        """The rows of some keys, in the keys' order; None where a record is gone."""
        if not keys:
            return ()
        found = {row[0]: self._listing.row(*row) for row in connection.execute(self._by_key(), {"keys": keys})}
        if self._listing.complete is not None and found:
            self._go_on()
            found = dict(zip(found, self._listing.complete(connection, list(found.values())), strict=True))
        return [found.get(key) for key in keys]

    def _by_key(self) -> Select[Any]:
        listing = self._listing
        keys: BindParameter[Any] = bindparam("keys", expanding=True)
        return select(*listing.columns).select_from(listing.source).where(listing.key.in_(keys))

    def _sum(self, connection: Connection, query: ListQuery, generation: int, _: _Wanted) -> list[Answer]:
        if not self._listing.totals:
            return []
        condition = self._listing.condition(query, connection.dialect.name)
        if self._ranked_generation == generation and self._total <= FEW_TO_SUM:
            condition = self._listing.key.in_(
                select(self._rank_table().c.id)
            )  # found already, not to be searched again
        return [Summed(generation, self._totals(connection, condition))]

    def _totals(self, connection: Connection, condition: ColumnElement[bool]) -> tuple[Total, ...]:
        """Add up by group.  SQLite would sort all rows to group them; reading once per group is quicker."""
        listing, rows = self._listing, []
        if listing.totals_by is None:
            rows = [(None, *connection.execute(listing.sums(condition)).one())]
        elif connection.dialect.name == "postgresql":
            rows = [tuple(row) for row in connection.execute(listing.grouped_sums(condition))]
        else:
            for group in connection.execute(listing.groups(condition)).scalars().all():
                self._go_on()
                of_group = condition & listing.totals_by.is_not_distinct_from(group)
                rows.append((group, *connection.execute(listing.sums(of_group)).one()))
        return tuple(Total(row[0], dict(zip(listing.totals, row[1:], strict=True))) for row in rows)

    def _sum_selection(self, connection: Connection, _: ListQuery, __: int, wanted: _Wanted) -> list[Answer]:
        if not self._listing.totals or not wanted.selection:
            return [SelectionSummed(())]
        return [SelectionSummed(self._totals(connection, self._listing.key.in_(wanted.selection)))]

    def _refresh(self, connection: Connection, query: ListQuery, generation: int, wanted: _Wanted) -> list[Answer]:
        assert self._ranks is not None
        old, new = self._ranks
        if self._ranked_generation == generation:  # what is on show first, at its old place
            for number in wanted.shown:
                self._answer(PageRead(generation, number, self._read_page(connection, old, number)))
        self._go_on()
        total = self._fill(connection, new, query)
        self._go_on()
        pages = {number: self._read_page(connection, new, number) for number in wanted.shown}
        ranks = dict.fromkeys(wanted.keys) | self._find(connection, new, wanted.keys)
        connection.commit()
        self._ranks, self._ranked_generation, self._total = (new, old), generation, total
        return [Refreshed(generation, total, pages, ranks)]

    def _find(self, connection: Connection, ranks: Table, keys: Sequence[UUID]) -> dict[UUID, int | None]:
        if not keys:
            return {}
        rows = connection.execute(select(ranks.c.id, ranks.c.rank).where(ranks.c.id.in_(keys)))
        return {row.id: row.rank - 1 for row in rows}

    def _keys(self, connection: Connection, query: ListQuery, generation: int, _: _Wanted) -> list[Answer]:
        condition = self._listing.condition(query, connection.dialect.name)
        keys = connection.execute(self._listing.keys(query, condition)).scalars().all()
        return [KeysRead(generation, keys)]

    def _tabs(self, connection: Connection, _: ListQuery, __: int, wanted: _Wanted) -> list[Answer]:
        dialect = connection.dialect.name
        counts = {}
        for name, query in wanted.tabs.items():
            self._go_on()
            counts[name] = int(connection.execute(self._listing.count(query, dialect)).scalar_one())
        return [TabsCounted(counts)]


def _first_keys(
    connection: Connection, listing: Listing[Any], query: ListQuery, go_on: Callable[[], None]
) -> Sequence[Any]:
    """The keys of the first page.  One searched word is looked up arm by arm, so that few matches need no scan."""
    dialect, words = connection.dialect.name, query.text.split()
    if len(words) != 1:
        found = listing.condition(query, dialect)
    else:
        keys: list[Any] = []
        for arm in listing.search:
            go_on()
            if isinstance(arm, Linked):
                linked = connection.execute(arm.matches(words[0], dialect).limit(SOME + 1)).scalars().all()
                few = len(linked) <= SOME and len(set(linked)) <= FEW
                matched = arm.column.in_(set(linked)) if few else arm.soon(words[0], dialect)
            else:
                matched = arm.condition(words[0], dialect)
            first = listing.keys(query, listing.filtered(query) & matched).limit(PAGE)
            keys += connection.execute(first).scalars().all()
        found = listing.key.in_(keys) if keys else false()
    return connection.execute(listing.keys(query, found).limit(PAGE)).scalars().all()


def _rank_tables(connection: Connection, listing: Listing[Any]) -> tuple[Table, Table]:
    """Make two temporary tables: one in use, one that a refresh fills meanwhile.

    On SQLite the rank is the row's own number; on PostgreSQL a block range index finds a page, because
    rows are written in rank order and it costs next to nothing to keep.
    """
    sqlite = connection.dialect.name == "sqlite"
    made = []
    for name in ("list_rank_a", "list_rank_b"):
        rank = Column("rank", Integer if sqlite else BigInteger, primary_key=sqlite, autoincrement=sqlite)
        table = Table(name, MetaData(), rank, Column("id", listing.key.type), prefixes=["TEMPORARY"])
        if not sqlite:
            Index(f"ix_{name}", table.c.rank, postgresql_using="brin", postgresql_with={"pages_per_range": 4})
        table.create(connection, checkfirst=False)
        made.append(table)
    return made[0], made[1]
