"""The self-check finds each kind of damage and names the row; sound books are left in peace; rebuilding heals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from sqlalchemy import Connection, delete, func, select, update

from app.models.base import metadata
from app.models.invoice import invoice
from app.models.log import command_log
from app.models.order import sales_order, sales_order_line
from app.models.purchase import purchase_line
from app.models.stock import stock_level
from app.models.transfer import transfer_line
from app.models.valuation import stock_layer
from app.models.work import work_component, work_order
from app.services import integrity
from app.services.database import Database
from app.services.integrity import Rule
from app.services.progress import Cancelled, Quiet
from tests.busy import Busy
from tests.databases import Databases
from tests.desk import START, unhurried
from tests.replay import differences
from tests.services.integrity_bank import BANK
from tests.services.integrity_books import BOOKS
from tests.services.integrity_carriage import CARRIAGE
from tests.services.integrity_cases import CASES, valve_level
from tests.services.integrity_instalments import IN_PARTS
from tests.services.integrity_originals import ORIGINALS
from tests.services.integrity_promotions import PROMOTED
from tests.services.integrity_reminding import REMINDED
from tests.services.integrity_returns import RETURNED
from tests.services.integrity_shelf_cases import SHELF_CASES
from tests.services.integrity_sourced import SOURCED
from tests.services.integrity_stored import STORED
from tests.services.integrity_strange import STRANGE
from tests.services.integrity_supply import SUPPLY
from tests.services.integrity_values import VALUED

EVERY = [*CASES, *SHELF_CASES, *CARRIAGE, *ORIGINALS, *STRANGE, *SOURCED, *SUPPLY, *VALUED, *RETURNED, *IN_PARTS]
EVERY += BOOKS


@contextmanager
def company(databases: Databases) -> Iterator[Busy]:
    """A busy company in a database of its own."""
    url = databases.new_url()
    database = unhurried(Database(url))
    try:
        yield Busy(database).work()
    finally:
        database.close()
        databases.drop(url)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest) -> Iterator[Busy]:
    """A busy company that tests only read."""
    with company(request.getfixturevalue(f"{request.param}_databases")) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest) -> Iterator[Busy]:
    """A busy company without its guards, as they are for somebody with a database tool and the owner's password."""
    with company(request.getfixturevalue(f"{request.param}_databases")) as made:
        with made.database.engine.connect() as connection:
            connection.begin()
            if made.database.dialect == "sqlite":
                triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
                for name in triggers.all():
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                for name in metadata.tables:
                    connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
                checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
                for table, name in connection.exec_driver_sql(checks).all():
                    if table in metadata.tables:
                        connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
            connection.commit()
        yield made


@contextmanager
def at_the_rows(bare: Busy) -> Iterator[Connection]:
    """A connection to spoil rows with; nothing of it stays."""
    sqlite = bare.database.dialect == "sqlite"
    with bare.database.engine.connect() as connection:
        connection.begin()
        if sqlite:
            for setting in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
                connection.exec_driver_sql(f"PRAGMA {setting}")
            connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.rollback()
            if sqlite:
                for setting in ("foreign_keys=ON", "ignore_check_constraints=OFF"):
                    connection.exec_driver_sql(f"PRAGMA {setting}")


def found_in(connection: Connection) -> set[tuple[Rule, str]]:
    return {(one.rule, one.key) for one in integrity.check(connection)}


def test_a_busy_company_is_sound(busy):
    assert busy.damages() == []
    assert integrity.report([], "Delta") == "The books of Delta are sound: every rule holds."


def test_the_log_holds_all_that_the_tables_hold(busy):
    assert busy.read(differences) == []


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.rule.name.lower())
def test_damage_is_found_and_named(bare, case):
    if case.only and case.only != bare.database.dialect:
        pytest.skip(f"only {case.only} can hold this damage")
    with at_the_rows(bare) as connection:
        key = case.spoil(connection, bare.ids)
        named = case.key(connection, bare.ids) or key
        found = found_in(connection)
        assert (case.rule, named) in found
        assert {rule for rule, _ in found} - {Rule.LEDGER_ROW} == {case.rule, *case.also} - {Rule.LEDGER_ROW}
        if case.rule not in case.also:
            assert [k for rule, k in found if rule is case.rule] == [named]


def test_every_rule_has_been_seen_to_find_damage():
    assert {case.rule for case in EVERY} | {
        *BANK.values(),
        *PROMOTED.values(),
        *REMINDED.values(),
        *STORED.values(),
    } == set(Rule)


def test_an_erased_payload_is_no_damage(bare):
    with at_the_rows(bare) as connection:
        connection.execute(update(command_log).where(command_log.c.sequence == 5).values(payload=None))
        assert found_in(connection) == set()


def test_a_cut_tail_is_found_by_the_head(bare):
    with at_the_rows(bare) as connection:
        last = connection.execute(select(func.max(command_log.c.sequence))).scalar_one()
        connection.execute(delete(command_log).where(command_log.c.sequence == last))
        assert (Rule.LOG_HEAD, "HQ") in found_in(connection)


def test_a_check_tells_how_far_it_is_and_can_be_stopped(busy):
    told: list[tuple[int, int, str]] = []

    class Watch(Quiet):
        def step(self, done, total, words=""):
            told.append((done, total, words))
            super().step(done, total, words)
            if done == 3:
                self.stop()

    with pytest.raises(Cancelled):
        busy.database.read(lambda connection: integrity.check(connection, Watch()))
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 4]
    assert told[0] == (0, told[0][1], "Checking the file")


def test_a_report_names_rows_and_says_what_to_do(bare):
    with at_the_rows(bare) as connection:
        connection.execute(update(stock_level).where(valve_level(bare.ids)).values(free=0))
        written = integrity.report(integrity.check(connection), "Delta")
    assert written.startswith(
        "The books of Delta have 1 damaged row.\n\nStock level (1)\n  VALVE at MAIN: the level says 0 free"
    )
    assert str(bare.ids["valve"]) in written
    assert "→ Rebuild the derived figures" in written


def test_rebuilding_puts_derived_figures_right(database):
    busy = Busy(unhurried(database)).work()
    before = busy.fingerprint()
    spoil = (
        update(stock_level).values(free=stock_level.c.free + 5, shelved=1, asked=7),
        update(sales_order_line).values(invoiced=0, returned=0, returned_open=0, shipped=7),
        update(sales_order).values(paid_total=Decimal(1), invoiced_total=Decimal(2), stage="draft", progress=3),
        update(stock_level).values(value=Decimal(7), cost="7", costing="average"),
        update(stock_layer).values(quantity=stock_layer.c.quantity + 1, value=Decimal(1), cost="1"),
        update(work_component).values(consumed=work_component.c.consumed + 1),
        update(work_order).values(made=work_order.c.made + 2),
        update(transfer_line).values(shipped=transfer_line.c.shipped + 1),
        update(purchase_line)
        .where(purchase_line.c.work_order_id.is_(None), purchase_line.c.order_line_id.is_(None))
        .values(received=7),
        update(invoice).where(invoice.c.id == busy.ids["free"]).values(open_amount=Decimal(0), state="paid"),
    )
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            connection.info["gate"][0] = 1
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        else:
            connection.exec_driver_sql("SET LOCAL waybill.gate = 'open'")
        for statement in spoil[:1] + spoil[2:]:
            connection.execute(statement)
        connection.execute(spoil[1].where(sales_order_line.c.order_id == busy.ids["paid order"]))
        connection.commit()
        if database.dialect == "sqlite":
            connection.info["gate"][0] = 0
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
    assert len(busy.damages()) > 10
    rebuilt = integrity.rebuild(database, "ann", START)
    assert (rebuilt.levels, rebuilt.invoices) == (22, 1)  # eleven levels, and what was asked of each
    assert busy.damages() == []
    assert integrity.rebuild(database, "ann", START) == integrity.Rebuilt(0, 0, 0, 0, 0, 0)
    assert before != busy.fingerprint()  # the log has the command that rebuilt
