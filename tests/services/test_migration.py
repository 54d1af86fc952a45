"""Schema changes: models and migrations agree, a company is upgraded whole or left alone, newer ones are refused."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, literal_column, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateSchema

from app.errors import Unavailable
from app.models import order, purchase, transfer, work
from app.models.base import DataClass, metadata
from app.services import companies, migration, opening
from app.services.database import Database, sqlite_url
from tests.desk import Desk, unhurried

HEAD = migration.head()
NEXT = f'''"""A second migration, as a later release would bring it."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{HEAD}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("nickname", sa.String(40), nullable=False, server_default="none"))
'''
FAILS = NEXT + "    raise RuntimeError('the power went off')\n"


@pytest.fixture
def file(sqlite_databases) -> Iterator[Path]:
    """A company's file at the current schema that nobody has open."""
    url = sqlite_databases.new_url()
    database = unhurried(Database(url))
    Desk(database).found().customer("Harbor & Finch")
    database.close()
    yield Path(make_url(url).database)
    sqlite_databases.drop(url)


@pytest.fixture
def later(tmp_path, monkeypatch):
    """The migrations of a later release; give the text of its new one."""

    released = migration.SCRIPTS

    def bring(script: str) -> None:
        scripts = tmp_path / "later"
        shutil.rmtree(scripts, ignore_errors=True)
        shutil.copytree(released, scripts)
        (scripts / "versions" / "9999_later.py").write_text(script, encoding="utf-8")
        monkeypatch.setattr(migration, "SCRIPTS", scripts)

    return bring


def content(path: Path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(name, *row) for name in sorted(names) for row in connection.execute(f'SELECT * FROM "{name}"')]


def beside(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir() if each.name.startswith(path.stem)}


# the schema ----------------------------------------------------------------------------------------------------------


def test_models_and_migrations_agree(database):
    def compare(connection):
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    assert database.read(compare) == []


def test_migrations_make_exactly_what_the_models_say(database):
    """Defaults, keys and checks as well, which the comparison above leaves out."""
    engine, schema = database.engine, None
    if database.dialect == "sqlite":
        engine = create_engine("sqlite://")
    else:
        schema = "made"
        engine = engine.execution_options(schema_translate_map={None: schema})
    with engine.begin() as connection:
        if schema:
            connection.execute(CreateSchema(schema))
        metadata.create_all(connection)
        wanted = described(connection, schema)
    assert database.read(described) == wanted


def described(connection, schema=None):
    inspector, found = inspect(connection), {}
    for name in metadata.tables:
        columns = [
            (each["name"], str(each["type"]), each["nullable"], each["default"])
            for each in inspector.get_columns(name, schema)
        ]
        named = connection.dialect.name != "sqlite"  # which does not tell the name of a key in a column's own line
        keys = [
            (each["name"] if named else "", each["constrained_columns"], each["referred_table"])
            for each in inspector.get_foreign_keys(name, schema)
        ]
        uniques = [(each["name"], each["column_names"]) for each in inspector.get_unique_constraints(name, schema)]
        indexes = [(each["name"], each["column_names"], each["unique"]) for each in inspector.get_indexes(name, schema)]
        checks = [(each["name"], each["sqltext"]) for each in inspector.get_check_constraints(name, schema)]
        primary = inspector.get_pk_constraint(name, schema)["constrained_columns"]
        parts = (columns, primary, *(sorted(each) for each in (keys, uniques, indexes, checks)))
        found[name] = parts
    return found


def test_the_server_keeps_figures_of_what_is_open(postgres_database):
    """In the words of the indexes of open rows: otherwise it takes a third of all rows ever written for open."""
    kept = select(
        literal_column("stxrelid::regclass::text"), literal_column("pg_get_statisticsobjdef_expressions(oid)::text")
    ).select_from(text("pg_statistic_ext"))
    found = {
        name: "".join(sign for sign in words if sign not in '(){}"')
        for name, words in postgres_database.read(lambda connection: connection.execute(kept).all())
    }
    assert found == {
        "sales_order_line": order.OUTSTANDING.removesuffix(" > 0"),
        "purchase_line": purchase.OPEN.removesuffix(" > 0"),
        "work_order": work.OPEN.removesuffix(" > 0"),
        "work_component": work.OPEN_COMPONENT.removesuffix(" > 0"),
        "transfer_line": transfer.OPEN.removesuffix(" > 0"),
    }


def test_the_comparison_would_notice_another_type(database):
    """A column that only one of both knows, and one of another type."""
    from sqlalchemy import Column, MetaData, String, Table

    other = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(other)
    other.remove(other.tables["currency"])
    Table(
        "currency",
        other,
        Column("code", String(3), primary_key=True),
        Column("decimals", String(40)),
        Column("x", String),
    )

    def compare(connection):
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), other)

    found = str(database.read(compare))
    assert "add_column" in found
    assert "remove_column" in found
    assert "modify_type" in found


def test_every_table_declares_its_class_and_is_guarded(database):
    names = database.read(lambda connection: set(inspect(connection).get_table_names())) - {"alembic_version"}
    assert names == set(metadata.tables)
    triggers = guards(database)
    for name, table in metadata.tables.items():
        assert isinstance(table.info["data_class"], DataClass)
        wanted = {"gate"} | ({"ledger"} if table.info["data_class"] == DataClass.LEDGER else set())
        assert triggers[name] == wanted, name


def guards(database: Database) -> dict[str, set[str]]:
    statement = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if database.dialect == "sqlite"
        else "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    found: dict[str, set[str]] = {}
    for table, trigger in database.read(lambda c: c.execute(text(statement)).all()):
        found.setdefault(table, set()).add(trigger.partition("_")[0])
    return found


# upgrading -----------------------------------------------------------------------------------------------------------


def test_a_current_company_is_left_alone(file):
    before, names = file.read_bytes(), beside(file)
    assert migration.upgrade(sqlite_url(file)) is None
    assert (file.read_bytes(), beside(file)) == (before, names)
    assert migration.is_current(sqlite_url(file))


def test_an_upgrade_changes_a_copy_and_keeps_the_old_file(file, later):
    before = content(file)
    later(NEXT)
    kept = migration.upgrade(sqlite_url(file))
    assert kept is not None
    assert kept.name == f"{file.stem}.before-9999{file.suffix}"
    assert content(kept) == before
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name, nickname FROM customer").fetchall() == [("Harbor & Finch", "none")]
    assert beside(file) == {file.name, kept.name}
    database = Database(sqlite_url(file))
    assert database.read(companies.get).name == "Delta Trading"
    database.close()


def test_what_stands_in_the_write_ahead_log_is_upgraded_too(file, later):
    """The last commits of a program that was killed are beside the file, not in it."""
    copy = file.with_name("killed.sqlite3")
    database = unhurried(Database(sqlite_url(file)))
    Desk(database).customer("Quay")
    for ending in ("", "-wal", "-shm"):
        shutil.copyfile(f"{file}{ending}", f"{copy}{ending}")
    database.close()
    later(NEXT)
    migration.upgrade(sqlite_url(copy))
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM customer").fetchone() == (2,)


@pytest.mark.parametrize("failing", ["script", "check"])
def test_an_upgrade_that_is_interrupted_leaves_the_old_file(file, later, monkeypatch, failing):
    before = file.read_bytes()
    later(FAILS if failing == "script" else NEXT)
    if failing == "check":
        monkeypatch.setattr(migration, "_verify", lambda *_: (_ for _ in ()).throw(Unavailable("broken")))
    with pytest.raises((RuntimeError, Unavailable)):
        migration.upgrade(sqlite_url(file))
    assert file.read_bytes() == before
    assert beside(file) == {file.name}
    monkeypatch.undo()
    later(NEXT)
    assert migration.upgrade(sqlite_url(file)) is not None


def test_a_company_that_is_open_elsewhere_is_not_upgraded_under_its_user(file, later):
    later(NEXT)
    before = content(file)
    other = Database(sqlite_url(file))
    other.read(companies.get)
    with pytest.raises(Unavailable, match="in use"):
        migration.upgrade(sqlite_url(file))
    other.close()
    assert content(file) == before
    assert migration.upgrade(sqlite_url(file)) is not None


def test_an_upgrade_on_a_server_is_all_or_nothing(postgres_database, later):
    url = postgres_database.url
    Desk(postgres_database).found().customer("Harbor & Finch")
    later(FAILS)
    with pytest.raises(RuntimeError):
        migration.upgrade(url)
    columns = postgres_database.read(lambda c: {each["name"] for each in inspect(c).get_columns("customer")})
    assert "nickname" not in columns
    assert postgres_database.read(migration.current) == HEAD
    later(NEXT)
    migration.upgrade(url)
    nickname = postgres_database.read(lambda c: c.execute(text("SELECT nickname FROM customer")).scalar_one())
    assert (nickname, postgres_database.read(migration.current)) == ("none", "9999")


def test_a_newer_company_is_refused_and_not_touched(database):
    with database.engine.connect() as connection:
        connection.begin()
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(Unavailable, match="newer Waybill"):
        migration.upgrade(database.url)
    with pytest.raises(Unavailable, match="newer Waybill"):
        opening.open_company(database.url)
    assert database.read(migration.current) == "9999"


def test_a_file_that_is_no_company_is_refused_and_not_touched(tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear customer, this is not a database at all. " * 40, encoding="utf-8")
    with pytest.raises(Unavailable, match="not a Waybill company"):
        migration.upgrade(sqlite_url(letter))
    assert letter.read_text(encoding="utf-8").startswith("Dear customer")
    assert {each.name for each in tmp_path.iterdir()} == {"letter.txt"}


def test_a_new_company_is_made_beside_and_put_in_place_whole(tmp_path, later):
    path = tmp_path / "new" / "delta.waybill"
    assert migration.upgrade(sqlite_url(path)) is None
    assert {each.name for each in path.parent.iterdir()} == {"delta.waybill"}
    assert migration.is_current(sqlite_url(path))
    later(FAILS)
    other = tmp_path / "other.waybill"
    with pytest.raises(RuntimeError):
        migration.upgrade(sqlite_url(other))
    assert not list(tmp_path.glob("other*"))
