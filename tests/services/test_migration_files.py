"""Upgrading where something is in the way: another program's file, an older copy, no space, two programs at once."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.errors import Invalid, Unavailable
from app.models.base import metadata
from app.services import companies, integrity, migration, opening
from app.services.companies import Founding
from app.services.database import Database, sqlite_url
from tests.databases import Databases
from tests.desk import START, Desk, unhurried


@pytest.fixture
def file(sqlite_databases: Databases) -> Iterator[Path]:
    """A company's file that an older release wrote and nobody has open."""
    url = sqlite_databases.new_url()
    database = unhurried(Database(url))
    Desk(database).found().customer("Harbor & Finch")
    database.close()
    yield Path(make_url(url).database)
    sqlite_databases.drop(url)


@pytest.fixture
def outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every company be one of an older release; its upgrade then finds nothing to do."""
    monkeypatch.setattr(migration, "head", lambda: "later")


def test_another_programs_file_is_not_made_into_a_company(tmp_path):
    bookmarks = tmp_path / "bookmarks.sqlite"
    with closing(sqlite3.connect(bookmarks)) as connection:
        connection.execute("CREATE TABLE bookmark (url TEXT)")
        connection.commit()
    before = bookmarks.read_bytes()
    for ask in (opening.open_company, lambda path: migration.upgrade(sqlite_url(path))):
        with pytest.raises(Unavailable, match="another program"):
            ask(bookmarks)
    assert bookmarks.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["bookmarks.sqlite"]


def test_an_empty_file_is_no_company(tmp_path):
    empty = tmp_path / "empty.waybill"
    empty.touch()
    with pytest.raises(Unavailable, match="not a Waybill company"):
        opening.open_company(empty)
    assert empty.read_bytes() == b""


def test_a_company_that_could_not_be_founded_leaves_no_file_behind(tmp_path):
    path = tmp_path / "delta.waybill"
    with pytest.raises(Invalid, match="ZZZ"):
        opening.found_company(path, Founding("Delta", "NL", "ZZZ"), by="ann", at=START)
    assert list(tmp_path.iterdir()) == []
    opening.found_company(path, Founding("Delta", "NL", "EUR"), by="ann", at=START).close()


@pytest.mark.usefixtures("outdated")
def test_a_copy_kept_by_an_earlier_upgrade_is_not_written_over(file):
    first, second = (migration.upgrade(sqlite_url(file)) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first != second
    assert {each.name for each in file.parent.glob(f"{file.stem}*")} == {file.name, first.name, second.name}
    for each in (first, second, file):
        database = Database(sqlite_url(each))
        assert database.read(companies.get).name == "Delta Trading"
        database.close()


@pytest.mark.usefixtures("outdated")
@pytest.mark.parametrize("trouble", [OSError("the file is in use"), sqlite3.OperationalError("disk is full")], ids=str)
def test_an_upgrade_that_cannot_write_says_so_and_leaves_the_file(file, monkeypatch, trouble):
    owner, name = (os, "replace") if isinstance(trouble, OSError) else (migration, "_copy")
    monkeypatch.setattr(owner, name, lambda *_: (_ for _ in ()).throw(trouble))
    with pytest.raises(Unavailable, match="as it was"):
        migration.upgrade(sqlite_url(file))
    monkeypatch.undo()
    database = Database(sqlite_url(file))
    assert database.read(companies.get).name == "Delta Trading"
    assert database.read(integrity.check) == []
    database.close()


def test_two_programs_that_meet_an_empty_server_database_make_one_schema(postgresql_databases: Databases):
    url = postgresql_databases.new_url()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    try:
        with pytest.raises(Unavailable, match="not a Waybill company"):
            opening.open_company(url)
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(migration.upgrade, [url] * 3)) == [None] * 3
        assert migration.is_current(url)
        with engine.connect() as connection:
            tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            assert set(tables.scalars()) == {*metadata.tables, "alembic_version"}
    finally:
        engine.dispose()
        postgresql_databases.drop(url)
