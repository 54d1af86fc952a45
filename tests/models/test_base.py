"""Column types: what is stored is what was given, exactly, on both databases; what cannot be kept is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, func, literal, select
from sqlalchemy.exc import StatementError

from app.models.base import AMOUNT, EPOCH, PRICE, Exact, Key, Moment, new_id

ROWS = Table(
    "row_of_test",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("key", Key),
    Column("amount", Exact(AMOUNT)),
    Column("price", Exact(PRICE)),
    Column("moment", Moment),
    Column("grains", BigInteger),
)
amounts = st.decimals(min_value=-(10**14), max_value=10**14, places=AMOUNT)
prices = st.decimals(min_value=-(10**12), max_value=10**12, places=PRICE)
moments = st.integers(-(2**51), 2**52).map(lambda n: EPOCH + timedelta(microseconds=n))


@pytest.fixture
def table(database):
    """A table of every type of ours, in a database of its own."""
    with database.engine.connect() as connection:
        connection.begin()
        ROWS.create(connection)
        connection.commit()

        def keep(*rows):
            """Store rows and give them as they come back."""
            connection.execute(ROWS.delete())
            connection.execute(ROWS.insert(), [{"n": n, **row} for n, row in enumerate(rows)])
            return [dict(row._mapping) for row in connection.execute(select(ROWS).order_by(ROWS.c.n))]

        keep.connection = connection
        yield keep


def test_values_come_back_exactly_as_they_were_given(table):
    @settings(max_examples=60)
    @given(st.lists(st.fixed_dictionaries({"amount": amounts, "price": prices, "moment": moments}), max_size=20))
    def check(rows):
        rows = [{**row, "key": new_id(), "grains": 10**17} for row in rows]
        if rows:
            assert table(*rows) == [{"n": n, **row} for n, row in enumerate(rows)]

    check()


def test_sums_and_comparisons_in_the_database_are_exact(table):
    @settings(max_examples=30)
    @given(st.lists(amounts, min_size=1, max_size=30), amounts)
    def check(values, limit):
        table(*({"amount": value} for value in values))
        total = table.connection.execute(select(func.sum(ROWS.c.amount))).scalar_one()
        assert (total, type(total)) == (sum(values), Decimal)
        above = table.connection.execute(select(func.count()).where(ROWS.c.amount > limit)).scalar_one()
        assert above == sum(value > limit for value in values)
        doubled = table.connection.execute(select(ROWS.c.amount * 2).order_by(ROWS.c.n)).scalars().all()
        assert doubled == [value * 2 for value in values]

    check()


def test_numbers_of_different_scales_are_not_added():
    with pytest.raises(TypeError):
        select(ROWS.c.amount + ROWS.c.price)


def test_nothing_is_stored_as_a_float(table):
    table({"amount": Decimal("0.1"), "price": Decimal("0.000001"), "moment": datetime(2026, 11, 25, tzinfo=UTC)})
    if table.connection.dialect.name == "sqlite":
        kinds = [func.typeof(column) for column in (ROWS.c.amount, ROWS.c.price, ROWS.c.moment)]
        assert list(table.connection.execute(select(*kinds)).one()) == ["integer"] * 3
    assert table.connection.execute(select(ROWS.c.amount * 10)).scalar_one() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"amount": Decimal("0.00001")},
        {"price": Decimal("0.0000001")},
        {"amount": 0.5},
        {"amount": 1},
        {"amount": Decimal("NaN")},
        {"moment": datetime.fromisoformat("2026-11-25")},
    ],
    ids=repr,
)
def test_what_cannot_be_kept_exactly_is_refused(table, values):
    with pytest.raises(StatementError):
        table(values)


def test_a_half_as_a_float_is_refused_even_after_the_same_decimal_was_stored(table):
    """They are equal to Python: a cache by value must not take one for the other."""
    table({"amount": Decimal("0.5")})
    with pytest.raises(StatementError):
        table({"amount": 0.5})


def test_moments_of_any_zone_are_the_same_moment(table):
    noon = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
    here = noon.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert [row["moment"] for row in table({"moment": here}, {"moment": noon})] == [noon, noon]


def test_keys_sort_by_the_time_they_were_made_in_python_and_in_the_database(table):
    keys = [new_id() for _ in range(50)]
    assert all(earlier < later for earlier, later in pairwise(keys))
    assert {key.version for key in keys} == {7}
    table(*({"key": key} for key in reversed(keys)))
    assert table.connection.execute(select(ROWS.c.key).order_by(ROWS.c.key)).scalars().all() == keys
    found = table.connection.execute(select(ROWS.c.n).where(ROWS.c.key == literal(keys[0], Key))).scalar_one()
    assert found == 49


def test_nothing_stays_nothing(table):
    (row,) = table({"key": None, "amount": None, "price": None, "moment": None})
    assert set(row.values()) == {0, None}
    assert isinstance(new_id(), UUID)
