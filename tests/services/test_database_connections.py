"""Connections kept from one command to the next: lost, replaced, closed while in use; and what is said then."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app.errors import Invalid, NotAllowed, Unavailable
from app.models.base import new_id
from app.models.party import customer
from app.services import companies, parties
from app.services.database import Database
from app.services.parties import NewCustomer
from tests.desk import START, Desk, unhurried


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(unhurried(database)).found()


@pytest.fixture
def file_desk(sqlite_database: Database) -> Desk:
    return Desk(unhurried(sqlite_database)).found()


@pytest.fixture
def server_desk(postgres_database: Database) -> Desk:
    return Desk(postgres_database).found()


def file_of(desk: Desk) -> Path:
    return Path(make_url(desk.database.url).database)


def names(desk: Desk) -> set[str]:
    return {row.name for row in desk.read(lambda c: c.execute(customer.select()).all())}


def restart(desk: Desk) -> None:
    """End every connection to the database, as a restart of its server does."""
    engine = create_engine(desk.database.url)
    with engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    engine.dispose()


# a server that goes away ---------------------------------------------------------------------------------------------


def test_after_a_restart_of_the_server_work_goes_on(server_desk):
    with ThreadPoolExecutor(3) as pool:  # several connections are kept
        list(pool.map(lambda n: server_desk.customer(f"Harbor {n}"), range(6)))
        list(pool.map(lambda _: server_desk.read(companies.get), range(6)))
    restart(server_desk)
    assert server_desk.read(companies.get).name == "Delta Trading"
    restart(server_desk)
    server_desk.customer("Quay")
    restart(server_desk)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda n: server_desk.customer(f"Dover {n}"), range(6)))
    assert len(names(server_desk)) == 13
    assert server_desk.damages() == []


def test_a_lost_connection_does_not_hide_why_a_command_was_refused(server_desk):
    tries = []

    def op(tx):
        tries.append(parties.add(tx, NewCustomer("Quay")))
        restart(server_desk)
        raise NotAllowed("The customer is on hold.")

    with pytest.raises(NotAllowed, match="on hold"):
        server_desk.do("customer.add", op)
    assert len(tries) == 1
    assert names(server_desk) == set()


def test_what_a_read_has_found_is_given_though_the_connection_is_lost_then(server_desk):
    def look(connection):
        found = companies.get(connection)
        restart(server_desk)
        return found

    assert server_desk.read(look).name == "Delta Trading"


def test_it_is_said_when_nobody_knows_whether_a_command_was_saved(desk, monkeypatch):
    """The connection is lost at the commit, and the server cannot be asked: "nothing was changed" may be untrue."""
    commit = Connection.commit
    gone = OperationalError("", None, Exception("connection refused"))

    def commit_and_lose_the_server(connection):
        commit(connection)
        monkeypatch.setattr(Engine, "connect", lambda _: (_ for _ in ()).throw(gone))
        raise OperationalError("COMMIT", None, Exception("server closed"), connection_invalidated=True)

    monkeypatch.setattr(Connection, "commit", commit_and_lose_the_server)
    desk.database.close()  # no other connection is kept
    with pytest.raises(Unavailable, match="may be saved or not") as told:
        desk.customer("Quay")
    assert "nothing was changed" not in str(told.value).lower()
    with pytest.raises(Unavailable, match="nothing was changed"):
        desk.customer("Dover")
    monkeypatch.undo()
    assert names(desk) == {"Quay"}


def test_two_clerks_who_write_the_same_at_once_are_told_in_words(server_desk):
    day, other = date(2026, 11, 20), Event()

    def set_rate(tx):
        companies.set_rate(tx, "GBP", day, Decimal("0.9"))

    def first(tx):
        set_rate(tx)
        other.set()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        end = monotonic() + 20
        while not tx.execute(waiting).scalar_one():  # the other has looked, found no rate, and now meets this one
            assert monotonic() < end
            sleep(0.01)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(server_desk.do, "rate.set", first)
        assert other.wait(20)
        two = pool.submit(server_desk.do, "rate.set", set_rate)
        one.result()
        with pytest.raises(Invalid, match="There is a rate of GBP"):
            two.result()


# a file that is replaced or gone -------------------------------------------------------------------------------------


def test_a_backup_put_back_while_the_company_is_open_gets_what_is_written_from_then_on(file_desk):
    """A connection kept open would go on writing into the old file, which has no name any more."""
    file = file_of(file_desk)
    file_desk.customer("Quay")
    file_desk.read(companies.get)
    file_desk.database.close()
    backup = file.with_name("backup.waybill")
    shutil.copyfile(file, backup)
    again = Desk(unhurried(Database(file_desk.database.url)))
    again.read(companies.get)
    again.customer("Dover")
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    backup.replace(file)
    assert names(again) == {"Quay"}
    again.do("customer.add", lambda tx: parties.add(tx, NewCustomer("Esbjerg")))
    again.database.close()
    fresh = Desk(Database(file_desk.database.url))
    assert names(fresh) == {"Quay", "Esbjerg"}
    assert fresh.damages() == []
    fresh.database.close()


def test_a_company_file_that_is_gone_is_said_so_and_not_made_anew(file_desk):
    file = file_of(file_desk)
    file_desk.read(companies.get)
    moved = file.rename(file.with_name("moved.waybill"))
    with pytest.raises(Unavailable, match="not there"):
        file_desk.customer("Quay")
    with pytest.raises(Unavailable, match="not there"):
        file_desk.read(companies.get)
    assert not file.exists()
    moved.rename(file)
    file_desk.customer("Quay")
    assert names(file_desk) == {"Quay"}


# closing -------------------------------------------------------------------------------------------------------------


def test_a_connection_in_use_while_the_database_is_closed_is_closed_when_it_comes_back(file_desk):
    """On Windows an open file can be neither moved nor removed."""
    file_desk.database.close()
    file = file_of(file_desk)

    def op(tx):
        file_desk.database.close()
        return parties.add(tx, NewCustomer("Quay"))

    file_desk.do("customer.add", op)
    left = {each.name for each in file.parent.glob(f"{file.name}*")}
    assert left == {file.name}  # the last one to close takes the write-ahead log with it


def test_a_transaction_cannot_be_used_after_its_command(desk):
    kept = []
    desk.do("customer.add", lambda tx: kept.append(tx) or parties.add(tx, NewCustomer("Quay")))
    with pytest.raises(AttributeError):
        parties.add(kept[0], NewCustomer("Dover"))
    assert names(desk) == {"Quay"}


def test_a_key_belongs_to_one_kind_of_command(desk):
    """The first answer of another command would pass for a done deed."""
    key = new_id()
    desk.do("customer.add", lambda tx: parties.add(tx, NewCustomer("Quay")), key=key)
    with pytest.raises(ValueError, match=r"customer\.add was used again for a customer\.change"):
        desk.database.run("customer.change", lambda tx: None, by="ann", at=START, key=key)
