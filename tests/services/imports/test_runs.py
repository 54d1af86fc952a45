"""An import is one command: all or nothing, stopped without a trace, never twice; real data comes in exactly."""

from __future__ import annotations

import time
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.models.company import external_key, import_run
from app.models.log import command_log
from app.models.order import sales_order, sales_order_line
from app.models.party import customer
from app.models.product import product
from app.models.stock import stock_level
from app.services import integrity, parties
from app.services.database import Database
from app.services.imports import runs
from app.services.imports.fields import Kind
from app.services.imports.plan import Effect
from app.services.imports.profiles import find
from app.services.progress import Cancelled
from tests.services.imports.company import NOON, bring_in, dry_run, everything, found, request, rows
from tests.services.imports.files import shared

MANY = "number,name\n" + "".join(f"C-{n},Customer {n}\n" for n in range(1_000))


def import_all(database: Database, profile: str, place):
    return list(runs.apply_profile(database, find(profile), place, by="ann", at=NOON))


def exact_net(database: Database) -> Decimal:
    """The net of all lines, not rounded: quantity times price less discount."""
    c = sales_order_line.c
    wanted = select(c.quantity, c.unit_price, c.discount_percent)
    lines = database.read(lambda connection: connection.execute(wanted).all())
    return sum((q * p * (100 - d) / 100 for q, p, d in lines), Decimal(0))


def one(database: Database, query):
    return database.read(lambda connection: connection.execute(query).scalar_one())


# ----------------------------------------------------------------------------------------- one command


def test_one_rejected_row_holds_the_whole_file_back(database, tmp_path):
    found(database)
    before = everything(database)
    with pytest.raises(NotAllowed, match=r"1 of 1,001 rows need a fix\. Nothing was imported\."):
        bring_in(database, request(tmp_path, Kind.CUSTOMERS, MANY + "C-9999,\n"))
    assert everything(database) == before


def test_an_import_is_one_row_of_the_log_and_remembers_its_file(database, tmp_path):
    found(database)
    wanted = request(tmp_path, Kind.CUSTOMERS, MANY)
    report = bring_in(database, wanted)
    assert [row[0] for row in rows(database, command_log.c.command)] == ["company.found", "customers.import"]
    c = import_run.c
    assert rows(database, c.id, c.source, c.file_name, c.rows_read, c.rows_new, c.file_hash) == [
        (report.run_id, "Old shop", "file.csv", 1_000, 1_000, wanted.check.source.fingerprint())
    ]
    assert one(database, select(func.count()).select_from(external_key)) == 1_000


@pytest.mark.parametrize("stop_at", [0, 500])
def test_a_stopped_import_leaves_nothing_behind(database, tmp_path, stop_at):
    class Impatient:
        def step(self, done, total, text=""):
            if done >= stop_at:
                raise Cancelled

    found(database)
    planned = dry_run(database, request(tmp_path, Kind.CUSTOMERS, MANY))
    before = everything(database)
    with pytest.raises(Cancelled):
        runs.apply(database, planned, by="ann", at=NOON, progress=Impatient())
    assert everything(database) == before
    assert runs.apply(database, planned, by="ann", at=NOON).tallies[Effect.NEW].rows == 1_000


def test_a_number_taken_since_the_dry_run_takes_everything_back(database, tmp_path):
    found(database)
    planned = dry_run(database, request(tmp_path, Kind.CUSTOMERS, MANY))
    taken = parties.NewCustomer("Quicker", number="C-999")
    database.run("customer.add", lambda tx: parties.add(tx, taken), by="bob", at=NOON)
    before = everything(database)
    with pytest.raises(Invalid, match="C-999"):
        runs.apply(database, planned, by="ann", at=NOON)
    assert everything(database) == before


def test_a_repeated_command_answers_with_the_first_result(database, tmp_path):
    found(database)
    planned, key = dry_run(database, request(tmp_path, Kind.CUSTOMERS, MANY)), new_id()
    first = runs.apply(database, planned, by="ann", at=NOON, key=key)
    again = runs.apply(database, planned, by="ann", at=NOON, key=key)
    assert (again.run_id, again.repeated, first.repeated) == (first.run_id, True, False)
    assert one(database, select(func.count()).select_from(customer)) == 1_000


def test_records_of_two_sources_with_the_same_number_are_one(database, tmp_path):
    found(database)
    bring_in(database, request(tmp_path, Kind.CUSTOMERS, "number,name\nC-1,a\n", source="Old shop"))
    report = bring_in(database, request(tmp_path, Kind.CUSTOMERS, "number,name\nC-1,b\n", source="New shop"))
    assert report.tallies[Effect.CHANGED].rows == 1
    assert rows(database, external_key.c.source) == [("New shop",), ("Old shop",)]


# ------------------------------------------------------------------------------------------- real data


def test_northwind_comes_in_whole_and_exact(database):
    folder = shared("northwind")
    found(database, "USD")
    plans = database.read(partial(runs.plan_profile, profile=find("northwind"), place=folder))
    assert [planned.rejected for planned in plans] == [0, 0, 0, 0]
    assert plans[-1].money == Decimal("1265793.0395")
    with pytest.raises(ValueError, match="counts on an earlier step"):
        runs.apply(database, plans[-1], by="ann", at=NOON)
    import_all(database, "northwind", folder)
    assert database.read(integrity.check) == []
    tables = {customer: 91, product: 77, sales_order: 830, sales_order_line: 2_155}
    assert {table: one(database, select(func.count()).select_from(table)) for table in tables} == tables
    assert exact_net(database) == Decimal("1265793.0395")
    assert one(database, select(func.sum(sales_order_line.c.net))) == Decimal("1265793.29")
    unshipped = select(func.count()).where(sales_order.c.delivery_state != "shipped")
    assert one(database, unshipped) == 21
    c = stock_level.c
    assert one(database, select(func.sum(c.free + c.promised + c.picked))) == 3_119 * 3_600_000
    before = everything(database)
    reports = import_all(database, "northwind", folder)
    assert everything(database) == before
    assert [report.tallies[Effect.UNCHANGED].rows for report in reports] == [91, 77, 77, 2_985]


@pytest.mark.slow
def test_online_retail_comes_in_exact_with_every_row_accounted_for(sqlite_database):
    database, folder = sqlite_database, shared("online_retail")
    found(database, "GBP")
    begun = time.process_time()
    customers, products, orders = import_all(database, "online_retail", folder)
    assert time.process_time() - begun < 180, "seconds of one processor"
    assert (customers.tallies[Effect.NEW].rows, products.tallies[Effect.NEW].rows) == (2_769, 3_426)
    assert orders.rows_read == 209_029
    assert (orders.tallies[Effect.NEW].rows, orders.tallies[Effect.NEW].records) == (208_045, 9_804)
    aside = {name: (tally.rows, tally.money) for name, tally in orders.set_aside.items()}
    assert aside == {"stock corrections": (984, 0)}
    assert sum(tally.money for tally in orders.tallies.values()) == Decimal("3706827.641")
    assert one(database, select(func.count()).select_from(sales_order_line)) == 208_045
    assert exact_net(database) == Decimal("3706827.641")
    by_customer = dict(
        database.read(
            lambda connection: connection.execute(
                select(customer.c.number, func.sum(sales_order.c.untaxed))
                .join(sales_order, sales_order.c.customer_id == customer.c.id)
                .where(customer.c.number.in_(("FEES", "NO-CUSTOMER")))
                .group_by(customer.c.number)
            ).all()
        )
    )
    assert by_customer["FEES"] == Decimal("-111761.97"), "AMAZONFEE -107,220.17 and BANK CHARGES -4,541.80"
    again = import_all(database, "online_retail", folder)
    assert [report.run_id for report in again] == [None, None, None]
