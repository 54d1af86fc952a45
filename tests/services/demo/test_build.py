"""Building the sample company: the same figures each time, on each database, on whatever day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from app.errors import NotAllowed
from app.services import companies, demo, integrity
from app.services.companies import Founding
from app.services.database import Database
from app.services.demo import customers
from app.services.progress import Cancelled, Quiet
from tests.databases import Databases, opened
from tests.services.demo.figures import figures, stages

TODAY = date(2026, 11, 25)
SMALL = demo.Size(orders=130, products=130, customers=40)


@pytest.fixture(scope="module")
def expected(sqlite_databases: Databases) -> dict[str, list[tuple[object, ...]]]:
    with opened(sqlite_databases) as database:
        demo.build(database, SMALL, today=TODAY, by="ann")
        return database.read(figures)


def test_two_builds_have_the_same_figures_on_either_database(
    database: Database, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    demo.build(database, SMALL, today=TODAY, by="ann")
    found = database.read(figures)
    assert found.keys() == expected.keys()
    for name, rows in found.items():
        assert rows == expected[name], name
    assert database.read(lambda connection: integrity.check(connection, Quiet())) == []


def test_another_seed_gives_other_people() -> None:
    span = (date(2023, 11, 26), TODAY)
    names = [[one.new.name for one in customers.make(60, seed, *span)] for seed in (1, 1, 2)]
    assert names[0] == names[1]
    assert len(set(names[0]) & set(names[2])) < 35  # eighteen are known to every sample company


@pytest.mark.parametrize("today", [date(2027, 1, 2), date(2028, 2, 29)], ids=str)
def test_any_day_has_work_in_every_stage(sqlite_database: Database, today: date) -> None:
    built = demo.build(sqlite_database, SMALL, today=today)
    found = sqlite_database.read(stages)
    assert built.last_day < today
    assert sum(found.values()) == SMALL.orders
    assert {"draft", "confirmed", "backorder", "picking", "packed", "part", "shipped", "invoiced"} <= found.keys()


def test_a_database_with_a_company_is_left_alone(sqlite_database: Database) -> None:
    founding = Founding("Ours", "NL", "EUR")
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    sqlite_database.run("company.found", lambda tx: companies.found(tx, founding), by="ann", at=at)
    before = sqlite_database.read(figures)
    with pytest.raises(NotAllowed, match="holds a company already"):
        demo.build(sqlite_database, SMALL, today=TODAY)
    assert sqlite_database.read(figures) == before
    assert not sqlite_database.read(demo.is_sample)


def test_it_tells_how_far_it_is_and_can_be_stopped(new_database: Callable[[], Database]) -> None:
    class Watched(Quiet):
        seen: list[tuple[int, int]] = []

        def step(self, done: int, total: int, text: str = "") -> None:
            self.seen.append((done, total))
            if len(self.seen) == 20:
                self.stop()
            super().step(done, total, text)

    progress = Watched()
    with pytest.raises(Cancelled):
        demo.build(new_database(), SMALL, today=TODAY, progress=progress)
    assert len(progress.seen) == 20
    assert all(0 < done <= total for done, total in progress.seen)
