"""The write gateway: a command commits whole or leaves no trace, once for each key, and nothing gets past it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Connection, event, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from app.errors import Conflict, NotAllowed, NotFound, Unavailable
from app.models.base import DataClass, metadata, new_id
from app.models.log import command_log
from app.models.party import contact, customer
from app.models.stock import location
from app.services import billing, companies, integrity, orders, parties, products, stock
from app.services.companies import Founding
from app.services.database import Database, sqlite_url
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.parties import NewCustomer
from tests.busy import Busy
from tests.desk import DAY, START, Desk, unhurried

LEDGERS = [name for name, table in metadata.tables.items() if table.info["data_class"] == DataClass.LEDGER]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(unhurried(database)).found()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest) -> Iterator[Busy]:
    databases = request.getfixturevalue(f"{request.param}_databases")
    url = databases.new_url()
    database = unhurried(Database(url))
    try:
        yield Busy(database).work()
    finally:
        database.close()
        databases.drop(url)


# commands --------------------------------------------------------------------------------------------------------


def test_a_command_commits_and_says_what_it_changed(desk):
    key = new_id()
    outcome = desk.database.run(
        "customer.add", lambda tx: parties.add(tx, NewCustomer("Harbor")), by="ann", at=START, key=key
    )
    assert not outcome.repeated
    assert outcome.changes.rows["customer"] == {outcome.value}
    assert outcome.changes.touch("invoice", "customer")
    assert not outcome.changes.touch("invoice", "sales_order")
    row = desk.read(lambda c: c.execute(select(command_log).where(command_log.c.id == key)).one())
    assert (row.command, row.by, row.at, row.site, row.incarnation) == ("customer.add", "ann", START, "HQ", 0)


@pytest.mark.parametrize("failure", [NotAllowed("no"), ValueError("a bug"), KeyboardInterrupt()], ids=repr)
def test_a_command_that_fails_leaves_no_trace(desk, failure):
    before = desk.fingerprint()

    def half(tx):
        parties.add(tx, NewCustomer("Harbor"))
        tx.number("INV", new_id(), gapless=True)
        raise failure

    with pytest.raises(type(failure)):
        desk.do("customer.add", half)
    assert desk.fingerprint() == before


def test_a_result_that_the_log_cannot_keep_is_refused_before_the_commit(desk):
    before = desk.fingerprint()
    with pytest.raises(TypeError):
        desk.do("customer.add", lambda tx: (parties.add(tx, NewCustomer("Harbor")), object()))
    assert desk.fingerprint() == before


def test_the_same_key_gives_the_first_answer_and_does_nothing_twice(desk):
    key, called = new_id(), []

    def op(tx):
        called.append(parties.add(tx, NewCustomer("Harbor")))
        return (called[0], Decimal("1.50"), DAY, ["HQ", None, True])

    first = desk.database.run("customer.add", op, by="ann", at=START, key=key)
    before = desk.fingerprint()
    second = desk.database.run("customer.add", op, by="bob", at=START, key=key)
    assert second.value == first.value == (called[0], Decimal("1.50"), DAY, ["HQ", None, True])
    assert (second.repeated, second.changes.rows, len(called)) == (True, {}, 1)
    assert desk.fingerprint() == before


def test_two_threads_with_the_same_key_confirm_once(desk):
    order, key, barrier = draft_order(desk), new_id(), Barrier(2)

    def confirm(tx):
        try:
            barrier.wait(0.5)  # on PostgreSQL both are past the question whether the key was answered
        except BrokenBarrierError:
            assert desk.database.dialect == "sqlite", "there the second waits for the first"
        return orders.confirm(tx, order)

    def run(_):
        return desk.database.run("order.confirm", confirm, by="ann", at=START, key=key)

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, range(2)))
    assert [one.value for one in outcomes] == ["SO-00001", "SO-00001"]
    assert sorted(one.repeated for one in outcomes) == [False, True]
    assert desk.damages() == []


def test_clerks_at_the_same_shelf_promise_no_more_than_is_there(desk):
    """Ten orders of three at once, thirty pieces short of ten: what is promised is what is there."""
    product = desk.product("VALVE")
    made = [draft_order(desk, product) for _ in range(10)]
    desk.do("stock.receive", lambda tx: stock.receive(tx, product, Decimal(20)))
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda key: desk.do("order.confirm", lambda tx: orders.confirm(tx, key)), made))
    assert len(set(numbers)) == 10
    figures = desk.read(stock.figures, product)
    assert (figures.free, figures.promised) == (0, 20 * figures.grain)
    assert desk.damages() == []


def test_two_clerks_meet_a_product_that_never_had_stock(desk):
    product = desk.product("NEW")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: desk.do("stock.receive", lambda tx: stock.receive(tx, product, n)), [Decimal(1)] * 6))
    assert desk.read(stock.figures, product).free == 6 * desk.read(products.get, product).grain


def test_an_answer_lost_at_the_commit_is_found_by_its_key(desk, monkeypatch):
    commit, lost = Connection.commit, []

    def commit_and_lose_the_answer(connection):
        commit(connection)
        if not lost:
            lost.append(True)
            raise OperationalError("COMMIT", None, Exception("server closed"), connection_invalidated=True)

    monkeypatch.setattr(Connection, "commit", commit_and_lose_the_answer)
    value = desk.do("customer.add", lambda tx: parties.add(tx, NewCustomer("Harbor")))
    names = desk.read(lambda c: c.execute(select(customer.c.id)).scalars().all())
    assert names == [value]


def test_a_connection_that_is_killed_in_the_middle_is_tried_again(postgres_database):
    desk, tries = Desk(postgres_database).found(), []

    def op(tx):
        added = parties.add(tx, NewCustomer("Harbor"))
        tries.append(added)
        if len(tries) == 1:
            tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return added

    assert desk.do("customer.add", op) == tries[1]
    assert desk.read(lambda c: c.execute(select(customer.c.id)).scalars().all()) == [tries[1]]


def test_a_read_sees_one_point_in_time_and_cannot_write(desk):
    def look(connection):
        before = connection.execute(select(func.count()).select_from(customer)).scalar_one()
        other = Desk(Database(desk.database.url))
        other.do("customer.add", lambda tx: parties.add(tx, NewCustomer("Harbor")))
        other.database.close()
        return before, connection.execute(select(func.count()).select_from(customer)).scalar_one()

    assert desk.read(look) == (0, 0)
    with pytest.raises(DBAPIError):
        desk.read(
            lambda c: c.execute(insert(location).values(id=new_id(), code="X", name="X", owner="HQ", active=True))
        )


# numbers and the log -----------------------------------------------------------------------------------------------


def test_a_refused_command_gives_its_number_back(desk):
    def half(tx):
        tx.number("INV", new_id(), gapless=True)
        billing.post(tx, new_id(), DAY)

    with pytest.raises(NotFound):
        desk.do("invoice.post", half)
    invoices = [free_invoice(desk) for _ in range(2)]
    assert invoices == ["INV-00001", "INV-00002"]
    assert desk.damages() == []


def test_each_site_numbers_its_own_documents(database):
    desk = Desk(unhurried(database))
    desk.do("company.found", lambda tx: companies.found(tx, Founding("Delta", "NL", "EUR", site="B1")))
    order = draft_order(desk)
    assert desk.read(orders.get, order).number == "SO-B1-00001"
    assert free_invoice(desk) == "INV-B1-00001"
    assert desk.damages() == []


def test_the_log_is_one_chain_to_its_head(desk):
    for name in ("Harbor", "Quay", "Dover"):
        desk.customer(name)
    rows = desk.read(lambda c: c.execute(select(command_log).order_by(command_log.c.sequence)).all())
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert desk.damages() == []


# past the gateway ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_nothing_is_written_past_the_gateway(busy, name):
    """Not by our own connection outside a command, not by another program: whatever the table."""
    empty = busy.rows(f'SELECT count(*) FROM "{name}"')[0][0] == 0
    for statement in writes(name, busy.database.dialect):
        if empty and busy.database.dialect == "sqlite" and not statement.startswith("INSERT"):
            continue  # its triggers run for each row: there is none to refuse
        with (
            busy.database.engine.connect() as connection,
            pytest.raises(DBAPIError, match=r"through the gateway|only added"),
        ):
            connection.exec_driver_sql(statement)
    if busy.database.dialect == "sqlite":
        path = make_url(busy.database.url).database
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            for statement in writes(name, "sqlite"):
                with pytest.raises(sqlite3.OperationalError, match="no such function: waybill_gate"):
                    other.execute(statement)


def writes(name: str, dialect: str) -> list[str]:
    key = next(iter(metadata.tables[name].primary_key.columns)).name
    return [
        f'INSERT INTO "{name}" DEFAULT VALUES',
        f'UPDATE "{name}" SET "{key}" = "{key}"',
        f'DELETE FROM "{name}"',
        *([f'TRUNCATE "{name}" CASCADE'] if dialect == "postgresql" else []),
    ]


@pytest.mark.parametrize("name", LEDGERS)
def test_ledgers_are_never_changed_not_even_by_a_command(busy, name):
    if busy.database.dialect == "sqlite" and busy.rows(f'SELECT count(*) FROM "{name}"')[0][0] == 0:
        pytest.skip("its triggers run for each row: there is none to refuse")
    before = busy.fingerprint()
    key = next(iter(metadata.tables[name].primary_key.columns)).name
    for statement in (f'UPDATE "{name}" SET "{key}" = "{key}"', f'DELETE FROM "{name}"'):
        with pytest.raises(DBAPIError, match="only added"):
            busy.do("ledger.change", lambda tx, s=statement: tx.connection.exec_driver_sql(s) and None)
    assert busy.fingerprint() == before


def test_only_the_payload_of_the_log_may_be_erased(desk):
    first = command_log.c.sequence == 1
    erased = update(command_log).where(first).values(payload=None)
    desk.do("log.erase", lambda tx: tx.connection.execute(erased) and None)
    assert desk.damages() == []
    for column in ("command", "by", "hash", "result", "sequence"):
        changed = update(command_log).where(first).values({column: command_log.c[column]})
        with pytest.raises(DBAPIError, match="only added"):
            desk.do("log.change", lambda tx, s=changed: tx.connection.execute(s) and None)


def test_master_data_is_changed_field_by_field_and_never_over_somebody(desk):
    key = desk.customer()
    seen = {"notes": "", "email": ""}
    desk.do("customer.change", lambda tx: parties.change(tx, key, {"notes": "Rings twice"}, seen))
    desk.do("customer.change", lambda tx: parties.change(tx, key, {"email": "eve@harbor.example"}, seen))
    with pytest.raises(Conflict):
        desk.do("customer.change", lambda tx: parties.change(tx, key, {"notes": "Knocks"}, seen))
    assert desk.read(parties.get, key).notes == "Rings twice"


# files that cannot be written ----------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, sqlite_databases) -> Iterator[Path]:
    """A company's file that nobody has open."""
    url = sqlite_databases.new_url()
    database = unhurried(Database(url))
    Desk(database).found()
    database.close()
    yield Path(make_url(url).database)
    sqlite_databases.drop(url)


def add_customer(database: Database) -> None:
    Desk(database).do("customer.add", lambda tx: parties.add(tx, NewCustomer("Harbor")))


def refused(database: Database, words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        add_customer(database)
    database.close()


def setting(database: Database, *pragmas: str) -> Database:
    def set_up(connection, _):
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(database.engine, "connect", set_up)
    return database


def customers(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT count(*) FROM customer").fetchone()[0]


def test_a_file_that_another_program_locks_is_said_so(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused(setting(Database(sqlite_url(file)), "busy_timeout=50"), "Another program is using the company file")
        other.execute("ROLLBACK")
    assert customers(file) == 0


def test_a_read_only_file_is_said_so_and_can_be_read(file):
    database = Database(f"sqlite:///file:{file}?mode=ro&uri=true")
    refused(database, "read-only")
    assert database.read(companies.get).name == "Delta Trading"
    database.close()
    assert customers(file) == 0


def test_a_full_disk_is_said_so_and_nothing_is_half_written(file):
    with closing(sqlite3.connect(file)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    database = setting(Database(sqlite_url(file)), f"max_page_count={pages}")
    many = [NewCustomer(f"Harbor {n}", notes="x" * 500) for n in range(2000)]
    with pytest.raises(Unavailable, match="disk is full"):
        Desk(database).do("customer.add", lambda tx: parties.add_many(tx, many) and None)
    assert database.read(integrity.check) == []
    database.close()
    assert customers(file) == 0


def test_a_file_that_is_no_database_is_said_so(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear customer, this is not a database at all. " * 40, encoding="utf-8")
    database = Database(sqlite_url(path))
    refused(database, "not a Waybill company")
    with pytest.raises(Unavailable, match="not a Waybill company"):
        database.read(companies.get)
    database.close()
    assert path.read_text(encoding="utf-8").startswith("Dear customer")


def test_a_damaged_file_is_said_so(file):
    content = bytearray(file.read_bytes())
    content[4096 * 2 :] = b"\x5a" * (len(content) - 4096 * 2)
    file.write_bytes(content)
    with pytest.raises(Unavailable, match="damaged"):
        Database(sqlite_url(file)).read(companies.get)


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    refused(Database(sqlite_url(tmp_path / "nowhere" / "delta.waybill")), "cannot be opened")


def test_a_server_that_is_not_there_is_said_so():
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match="did not answer"):
        database.read(companies.get)


def test_a_statement_that_is_wrong_is_a_bug_and_not_an_outage(desk):
    with pytest.raises(DBAPIError):
        desk.read(lambda c: c.execute(insert(contact).values(id=new_id())))


# shorter words -------------------------------------------------------------------------------------------------------


def draft_order(desk: Desk, product=None):
    product = product or desk.product(f"SKU-{new_id().hex[-6:]}", tax_codes="")
    customer_id = desk.customer()
    new = NewOrder(customer_id, (LineInput(product, Decimal(3)),))
    return desk.do("order.create", lambda tx: orders.create(tx, new))


def free_invoice(desk: Desk) -> str:
    line = LineInput(kind="fee", name="Crane", unit_price=Decimal(50))
    new = billing.FreeInvoice(desk.customer(), (line,))
    key = desk.do("invoice.write", lambda tx: billing.write(tx, new))
    return desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
