"""What a list on screen shows, described without saying how it is paged.

A :class:`Listing` names the columns, the orders, the filters, the ways to search and the totals of one
list as SQLAlchemy expressions; :class:`app.services.list_reader.ListReader` reads it.  A listing's
``source`` should reach lookup tables by *outer* joins: both databases then leave them out of counts
and orders that do not need them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ClauseElement,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Join,
    Select,
    SelectBase,
    Table,
    UnaryExpression,
    and_,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql import operators

from app.services.text_search import contains

R = TypeVar("R")

PAGE: Final = 64
"""Rows read at once; also how many come first, before the whole order is known."""
FEW: Final = 64
"""Up to so many linked records are looked up one by one through an index; above, rows are scanned in order."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the user asks of a list: words, filters by name, and an order (``""``: the listing's own)."""

    text: str = ""
    filters: tuple[tuple[str, Hashable], ...] = ()
    sort: str = ""
    descending: bool = False

    def with_text(self, text: str) -> ListQuery:
        """Search for other words."""
        return replace(self, text=text)

    def with_filter(self, name: str, value: Hashable) -> ListQuery:
        """Set one filter, in place of an earlier one of the same name; None takes it away."""
        kept = tuple(pair for pair in self.filters if pair[0] != name)
        return replace(self, filters=kept if value is None else (*kept, (name, value)))

    def sorted_by(self, sort: str, *, descending: bool) -> ListQuery:
        """Ask for another order."""
        return replace(self, sort=sort, descending=descending)

    def narrowed(self, other: ListQuery) -> ListQuery:
        """Add ``other``'s filters and words to this one's, e.g. a saved tab and what the user typed."""
        query = self
        for name, value in other.filters:
            query = query.with_filter(name, value)
        words = f"{self.text} {other.text}".strip()
        order = other if other.sort else self
        return replace(query, text=words, sort=order.sort, descending=order.descending)


@dataclass(frozen=True)
class Words:
    """Find a word anywhere in some of the list's own columns, e.g. number and PO number."""

    columns: tuple[ColumnElement[Any], ...]

    def __init__(self, *columns: ColumnElement[Any]) -> None:
        object.__setattr__(self, "columns", columns)

    def condition(self, word: str, dialect: str) -> ColumnElement[bool]:
        """Rows that hold ``word``."""
        return contains(self.columns, word, dialect)


@dataclass(frozen=True)
class Linked:
    """Find a word in a small linked table: ``column`` of the list points at ``key`` there.

    For many-to-one links ``column`` is the list's foreign key; for one-to-many (an order's notes) it is
    the list's own id and ``key`` the linked table's foreign key back.  ``via`` goes one table further: an
    order's lines lead ``via`` (line's product id, product's id) to the products, which are few.
    """

    column: ColumnElement[Any]
    key: ColumnElement[Any]
    columns: tuple[ColumnElement[Any], ...]
    via: tuple[ColumnElement[Any], ColumnElement[Any]] | None = None

    def matches(self, word: str, dialect: str) -> Select[Any]:
        """The keys of the linked records that hold ``word``; the same key may come more than once."""
        found = contains(self.columns, word, dialect)
        if self.via is None:
            return select(self.key).where(found)
        foreign, far_key = self.via
        return select(self.key).where(foreign.in_(select(far_key).where(found)))

    def condition(self, word: str, dialect: str) -> ColumnElement[bool]:
        """Rows whose linked record holds ``word``."""
        column: ColumnElement[Any] = self.column
        if dialect == "sqlite":
            # a plus sign keeps SQLite from fetching thousands of matches through an index, only to sort them
            column = UnaryExpression(self.column, operator=operators.custom_op("+"), type_=self.column.type)
        return column.in_(self.matches(word, dialect))

    def soon(self, word: str, dialect: str) -> ColumnElement[bool]:
        """The same for reading only the first rows: nothing is collected that may not be needed."""
        if not getattr(self.column, "primary_key", False):
            return self.condition(word, dialect)
        linked = self.matches(word, dialect).where(self.key == self.column)
        return linked.correlate(self.column.table).exists()


def _tables(element: ClauseElement) -> Iterator[FromClause]:
    """The tables whose columns ``element`` names, without those of selects inside it."""
    if isinstance(element, Column):
        yield element.table
    elif not isinstance(element, SelectBase):
        for child in element.get_children():
            if isinstance(child, ClauseElement):
                yield from _tables(child)


@dataclass(frozen=True, eq=False)
class Listing(Generic[R]):
    """One list: ``row`` is called with the values of ``columns``, the first of which is the record's key.

    ``tables`` are the names of the tables whose changes make the list read again.  ``totals`` are
    aggregates over the whole filter, one set per value of ``totals_by`` (usually the currency).
    ``complete`` adds to the rows of one page what no column can say, e.g. a projection; it gives as many rows back.
    """

    name: str
    row: Callable[..., R]
    source: FromClause
    columns: tuple[ColumnElement[Any], ...]
    tables: tuple[str, ...]
    sorts: Mapping[str, ColumnElement[Any]]
    default_sort: str
    default_descending: bool = True
    filters: Mapping[str, Callable[[Any], ColumnElement[bool]]] = field(default_factory=dict)
    search: tuple[Words | Linked, ...] = ()
    totals: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    totals_by: ColumnElement[Any] | None = None
    where: ColumnElement[bool] | None = None
    complete: Callable[[Connection, Sequence[R]], Sequence[R]] | None = None

    @property
    def key(self) -> ColumnElement[Any]:
        """The column that identifies a record."""
        return self.columns[0]

    def condition(self, query: ListQuery, dialect: str) -> ColumnElement[bool]:
        """All of ``query`` as one condition (KeyError for a filter the listing does not have)."""
        words = query.text.split()
        found = (or_(false(), *(arm.condition(word, dialect) for arm in self.search)) for word in words)
        return and_(self.filtered(query), *found)

    def filtered(self, query: ListQuery) -> ColumnElement[bool]:
        """The condition of ``query`` without its words."""
        parts = [self.filters[name](value) for name, value in query.filters]
        if self.where is not None:
            parts.append(self.where)
        return and_(true(), *parts)

    def order(self, query: ListQuery) -> tuple[ColumnElement[Any], ...]:
        """Order by what the user chose and then by key, so that the order is total."""
        name = query.sort or self.default_sort
        down = query.descending if query.sort else self.default_descending
        column = self.sorts[name]
        chosen = column.desc() if down else column.asc()
        if getattr(column, "nullable", False):
            chosen = chosen.nulls_last()
        if column is self.key:
            return (chosen,)
        return chosen, (self.key.desc() if down else self.key.asc())

    def rows(self, query: ListQuery, condition: ColumnElement[bool], limit: int) -> Select[Any]:
        """The first ``limit`` rows in the user's order."""
        statement = select(*self.columns).select_from(self.source).where(condition)
        return statement.order_by(*self.order(query)).limit(limit)

    def keys(self, query: ListQuery, condition: ColumnElement[bool]) -> Select[Any]:
        """All keys in the user's order."""
        order = self.order(query)
        return select(self.key).select_from(self.source_of(condition, *order)).where(condition).order_by(*order)

    def count(self, query: ListQuery, dialect: str) -> Select[Any]:
        """How many rows ``query`` has."""
        condition = self.condition(query, dialect)
        return select(func.count()).select_from(self.source_of(condition)).where(condition)

    def groups(self, condition: ColumnElement[bool]) -> Select[Any]:
        """The values of ``totals_by`` there are in ``condition``."""
        assert self.totals_by is not None
        statement = select(self.totals_by).distinct().select_from(self.source_of(condition, self.totals_by))
        return statement.where(condition).order_by(self.totals_by)

    def sums(self, condition: ColumnElement[bool]) -> Select[Any]:
        """The totals over ``condition``, without regard to groups."""
        aggregates = self.totals.values()
        return select(*aggregates).select_from(self.source_of(condition, *aggregates)).where(condition)

    def grouped_sums(self, condition: ColumnElement[bool]) -> Select[Any]:
        """The totals over ``condition``: the value of ``totals_by`` first, then each total."""
        assert self.totals_by is not None
        wanted = (self.totals_by, *self.totals.values())
        statement = select(*wanted).select_from(self.source_of(condition, *wanted)).where(condition)
        return statement.group_by(self.totals_by).order_by(self.totals_by)

    def source_of(self, *expressions: ClauseElement) -> FromClause:
        """What ``expressions`` need of the source: its first table alone, if they name no other.

        Only tables that are joined *outer* are left out; they cannot change which rows there are.  SQLite
        does not find that out by itself for counts and sums.
        """
        first: FromClause = self.source
        while isinstance(first, Join) and first.isouter:
            first = first.left
        named = {table for expression in expressions for table in _tables(expression)}
        return first if isinstance(first, Table) and named <= {first} else self.source


@dataclass(frozen=True, slots=True)
class Total:
    """Totals of the rows that share ``group`` (a currency; None if the listing has no groups)."""

    group: Any
    values: Mapping[str, Any]


# what a reader answers; ``generation`` says to which query, newer ones win ------------------------------


@dataclass(frozen=True, slots=True)
class Opened(Generic[R]):
    """The first rows of a new query.  ``complete``: there are no others."""

    generation: int
    rows: Sequence[R]
    complete: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows the query has, exactly; from now on any page can be read."""

    generation: int
    total: int


@dataclass(frozen=True, slots=True)
class Summed:
    """The totals over all rows of the query."""

    generation: int
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class PageRead(Generic[R]):
    """Page ``number`` (rows number x PAGE …); None stands for a record deleted meanwhile."""

    generation: int
    number: int
    rows: Sequence[R | None]


@dataclass(frozen=True, slots=True)
class Refreshed(Generic[R]):
    """The same query read again after a change: count, the pages on show, and where the asked keys are now."""

    generation: int
    total: int
    pages: Mapping[int, Sequence[R | None]]
    ranks: Mapping[UUID, int | None]


@dataclass(frozen=True, slots=True)
class TabsCounted:
    """How many rows each saved filter has."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KeysRead:
    """All keys of the query in order, e.g. for a bulk action on everything found."""

    generation: int
    keys: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class SelectionSummed:
    """The totals over chosen records only."""

    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """The list could not be read; ``error`` says why."""

    generation: int
    error: BaseException


Answer = (
    Opened[Any]
    | Counted
    | Summed
    | PageRead[Any]
    | Refreshed[Any]
    | TabsCounted
    | KeysRead
    | SelectionSummed
    | ReadFailed
)
