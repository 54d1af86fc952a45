"""The fixtures themselves: fresh, of both kinds, and nothing left behind."""

from __future__ import annotations

from sqlalchemy import inspect, text

from app.models.base import metadata
from app.services import migration
from app.services.database import Database


def test_a_database_is_empty_and_at_the_current_schema(database):
    assert database.read(migration.current) == migration.head()
    tables = database.read(lambda connection: set(inspect(connection).get_table_names()))
    assert tables >= {*metadata.tables, "alembic_version"}
    assert tables > {"sales_order", "command_log"}


def test_each_database_is_another_one(new_database):
    first, second = new_database(), new_database()
    assert first.url != second.url
    assert first.dialect == second.dialect


def test_a_dropped_database_is_gone_though_somebody_is_connected(databases):
    url = databases.new_url()
    database = Database(url)
    database.read(lambda connection: connection.execute(text("SELECT 1")))
    databases.drop(url)
    database.close()
    assert databases.new_url() != url
