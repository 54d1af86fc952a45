"""What every table shares: identities made anywhere, exact numbers, UTC time, a declared data class.

No number that matters is ever a float.  SQLite has no decimals, so an exact number is stored as
a whole number of 10^-scale parts, the same on PostgreSQL; sums and comparisons in SQL are then
exact on both.  Stock is stored as whole *grains*, see :mod:`app.models.product`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID, SafeUUID

import uuid_utils
from sqlalchemy import BigInteger, Column, Dialect, ForeignKey, Index, LargeBinary, MetaData, Table, Uuid
from sqlalchemy import column as named_column
from sqlalchemy.sql import operators
from sqlalchemy.sql.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

AMOUNT: Final = 4
"""Decimal places kept of a money amount."""
PRICE: Final = 6
"""Decimal places kept of a unit price, a typed quantity, a percentage or a rate."""
RECENT: Final = 8192
"""How many converted values of a kind are kept; ids, dates and amounts come back again and again."""
SCRATCH: Final = "scratch"
"""Marks, in ``Table.info``, a local table that binds nobody and is written beside the commands, without the log."""


class DataClass(StrEnum):
    """Who may write a table's rows, and how two sites' rows are merged (see docs/architecture.md)."""

    LEDGER = "ledger"  # rows are added, never changed or deleted; merged by union
    DOCUMENT = "document"  # one site owns a document and its lines; nobody else writes them
    NUMBER = "number"  # one series per site
    MASTER = "master"  # anyone with the role; merged field by field
    HUB_ONLY = "hub_only"  # written at the hub, read elsewhere
    LOCAL = "local"  # never leaves this database; can be rebuilt


class Key(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite, ``uuid`` on PostgreSQL.  Both sort by the time it was made."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Take PostgreSQL's own type where there is one."""
        return dialect.type_descriptor(Uuid() if dialect.name == "postgresql" else LargeBinary(16))

    def bind_processor(self, dialect: Dialect) -> Callable[[UUID | None], Any] | None:
        """Give SQLite the bytes and psycopg the UUID as it is."""
        return None if dialect.name == "postgresql" else key_bytes

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], UUID | None] | None:
        """Make a UUID of SQLite's bytes; psycopg gives one."""
        return None if dialect.name == "postgresql" else _key_of


class Exact(TypeDecorator[Decimal]):
    """A decimal stored as a whole number of 10^-``scale`` parts.

    One decimal place too many is refused (ValueError), never rounded away.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int = AMOUNT) -> None:
        super().__init__()
        self.scale = scale

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], int | None]:
        """Scale to a whole number, or refuse."""
        return _scaling(self.scale)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """Scale back."""
        return _unscaling(self.scale)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Compare and add with the same scale; a plain int stays plain (``amount * 2``)."""
        return self if isinstance(value, Decimal) else BigInteger()

    class comparator_factory(TypeDecorator.Comparator[Decimal], BigInteger.Comparator[int]):  # noqa: N801
        """What is added to an exact number, or is a multiple of one, is exact at the same scale."""

        def _adapt_expression(self, op: Any, other_comparator: Any) -> tuple[Any, TypeEngine[Any]]:
            mine, other = self.type, other_comparator.type
            assert isinstance(mine, Exact)
            if op in {operators.add, operators.sub} and getattr(other, "scale", mine.scale) != mine.scale:
                raise TypeError("numbers of different scales cannot be added in the database")
            if op in {operators.add, operators.sub} or (op is operators.mul and not isinstance(other, Exact)):
                return op, mine
            return super()._adapt_expression(op, other_comparator)


class Moment(TypeDecorator[datetime]):
    """A point in time, UTC, stored as whole microseconds since 1970 so that it sorts the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        """Refuse a time without a zone (ValueError)."""
        return microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Give an aware UTC datetime."""
        return _moment_of


# How single values are turned, millions of times a day: plain functions, the recent answers kept.


def key_bytes(value: UUID | None) -> bytes | None:
    """Give a key as SQLite stores it."""
    return None if value is None else value.int.to_bytes(16, "big")


@lru_cache(maxsize=RECENT)
def _key_of(value: bytes | None) -> UUID | None:
    if value is None:
        return None
    whole = value.__class__ is bytes and len(value) == 16  # what else a damaged row may hold is refused by the class
    return _uuid(int.from_bytes(value, "big")) if whole else UUID(bytes=value)


def _uuid(number: int) -> UUID:
    """Make a UUID of its number without what its class does for every way it may be written: half the time."""
    made = _new_object(UUID)
    _set(made, "int", number)
    _set(made, "is_safe", _UNKNOWN)
    return made


_new_object: Final = object.__new__
_set: Final = object.__setattr__  # a UUID refuses its own
_UNKNOWN: Final = SafeUUID.unknown


@cache
def _scaling(scale: int) -> Callable[[Decimal | None], int | None]:
    parts: int = 10**scale

    @lru_cache(maxsize=RECENT, typed=True)  # typed: 0.5 must not pass for Decimal("0.5")
    def scaled(value: Decimal | None) -> int | None:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"{value!r} is no Decimal")
        top, bottom = value.as_integer_ratio()
        whole, rest = divmod(top * parts, bottom)
        if rest:
            raise ValueError(f"{value} has more than {scale} decimal places")
        return whole

    return scaled


@cache
def _unscaling(scale: int) -> Callable[[Any], Decimal | None]:
    @lru_cache(maxsize=RECENT)
    def unscaled(value: Any) -> Decimal | None:
        # int(): PostgreSQL sums BIGINT into a NUMERIC, which comes as a whole Decimal.
        return None if value is None else Decimal(int(value)).scaleb(-scale)

    return unscaled


@lru_cache(maxsize=RECENT)
def microseconds(value: datetime | None) -> int | None:
    """Give a moment as it is stored.

    Raises:
        ValueError: it has no time zone.

    """
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (value - EPOCH) // MICROSECOND


@lru_cache(maxsize=RECENT)
def _moment_of(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=int(value))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def new_id() -> UUID:
    """A time-ordered UUID (version 7, RFC 9562): any site can make one while offline."""
    return _uuid(uuid_utils.uuid7().int)


def table(name: str, data_class: DataClass, *items: SchemaItem) -> Table:
    """Declare a table; its data class says who may write it."""
    return Table(name, metadata, *items, info={"data_class": data_class})


def key() -> Column[UUID]:
    """Declare the primary key every table of records has."""
    return Column("id", Key, primary_key=True)


def reference(name: str, target: str, *, required: bool = True, index: bool = False) -> Column[UUID]:
    """Declare a column that points at ``target``'s id."""
    return Column(name, Key, ForeignKey(f"{target}.id"), nullable=not required, index=index)


def where_filled(name: str, column: str, *, unique: bool = False) -> Index:
    """Index a column that is null in most rows; those are not in the index, and cost nothing when they are written."""
    filled = named_column(column).is_not(None)
    return Index(name, column, unique=unique, sqlite_where=filled, postgresql_where=filled)


def amount(name: str, *, required: bool = True) -> Column[Decimal]:
    """Declare a money amount in the document's (or the company's) currency."""
    return Column(name, Exact(AMOUNT), nullable=not required)


def grains(name: str, *, default: str | None = None) -> Column[int]:
    """Declare a stock quantity in the product's grains; never null."""
    return Column(name, BigInteger, nullable=False, server_default=default)
