"""Fixtures for every test that keeps books: a fresh company database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings

from app.services.database import Database
from tests.databases import (
    Databases,
    PostgresDatabases,
    SqliteDatabases,
    keep_files_in_memory,
    opened,
    postgres_server,
)

keep_files_in_memory()

# No deadline: machines are shared, and a slow one is no defect.  In CI the same examples at every run: what fails
# there fails here too.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

BOTH = ("sqlite", "postgresql")


def pytest_collection_finish() -> None:
    """Leave what the imports made out of every later collection: it is 400,000 objects that stay anyway."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes SQLite databases."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(testrun_uid: str, worker_id: str) -> Iterator[Databases]:
    """Makes PostgreSQL databases; the server starts when the first test asks for one."""
    run = testrun_uid[:10]
    with postgres_server(run) as server:
        databases = PostgresDatabases(server, f"waybill_{run}_{worker_id}")
        try:
            yield databases
        finally:
            databases.close()


@pytest.fixture
def sqlite_database(sqlite_databases: Databases) -> Iterator[Database]:
    """An empty company database in a SQLite file of its own."""
    with opened(sqlite_databases) as database:
        yield database


@pytest.fixture
def postgres_database(postgresql_databases: Databases) -> Iterator[Database]:
    """An empty company database of its own on a real PostgreSQL."""
    with opened(postgresql_databases) as database:
        yield database


@pytest.fixture(params=BOTH)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases of each kind in turn: the test runs once per kind."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    """An empty company database; the test runs once on SQLite and once on PostgreSQL."""
    with opened(databases) as database:
        yield database


@pytest.fixture
def new_database(databases: Databases) -> Iterator[Callable[[], Database]]:
    """Gives one more empty database at each call, for tests that begin anew many times; runs once per kind."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(opened(databases))
