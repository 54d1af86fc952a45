"""Customers come in with their address and contact, change when the file changes, and only in what the file says."""

from __future__ import annotations

import pytest

from app.errors import Conflict
from app.models.party import address, contact, customer
from app.services import parties
from app.services.imports import runs
from app.services.imports.fields import Kind
from app.services.imports.plan import Effect, Mode
from tests.services.imports.company import NOON, bring_in, dry_run, everything, found, request, rows

FILE = """Kundennr;Firma;Straße;PLZ;Ort;Land;Ansprechpartner;E-Mail;Kreditlimit;Zahlungsbedingung
C-1;Müller & Söhne;Königstraße 5;70173;Stuttgart;Deutschland;Eva Roth;eva@mueller.example;12.500,00;NET30
C-2;Ärzte GmbH;;01067;Dresden;D;;;;
"""


@pytest.fixture
def books(database):
    return found(database)


def people(books):
    return rows(books, customer.c.number, customer.c.name, customer.c.email, customer.c.currency)


def test_all_of_a_customer_comes_in(books, tmp_path):
    report = bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    assert (report.tallies[Effect.NEW].rows, report.rows_read) == (2, 2)
    assert people(books) == [("C-1", "Müller & Söhne", "eva@mueller.example", "EUR"), ("C-2", "Ärzte GmbH", "", "EUR")]
    assert rows(books, address.c.postal_code, address.c.street, address.c.city, address.c.country) == [
        ("01067", "", "Dresden", "DE"),
        ("70173", "Königstraße 5", "Stuttgart", "DE"),
    ]
    assert rows(books, contact.c.name) == [("Eva Roth",)]
    assert rows(books, customer.c.number, customer.c.credit_limit)[0] == ("C-1", 12_500)


def test_the_same_file_again_changes_nothing_at_all(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    before = everything(books)
    report = bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    assert (report.tallies[Effect.UNCHANGED].rows, report.run_id) == (2, None)
    assert everything(books) == before


def test_the_same_file_does_not_undo_what_was_changed_here_since(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    ((row_id, name),) = rows(books, customer.c.id, customer.c.name, number="C-2")
    books.run(
        "customer.change",
        lambda tx: parties.change(tx, row_id, {"name": "Ärzte KG"}, {"name": name}),
        by="bob",
        at=NOON,
    )
    bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    assert people(books)[1][1] == "Ärzte KG"


def test_a_changed_file_changes_just_that(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    changed = FILE.replace("Eva Roth", "Max Roth").replace("Königstraße 5", "Königstraße 7").replace("Ärzte", "Aerzte")
    planned = dry_run(books, request(tmp_path, Kind.CUSTOMERS, changed))
    assert [planned.effect(row) for row in planned.rows] == [Effect.CHANGED, Effect.CHANGED]
    assert planned.work[1].changes == {"own": {"name": "Aerzte GmbH"}}
    bring_in(books, request(tmp_path, Kind.CUSTOMERS, changed))
    assert people(books)[1][1] == "Aerzte GmbH"
    assert rows(books, contact.c.name) == [("Eva Roth",), ("Max Roth",)]
    assert rows(books, address.c.postal_code, address.c.street)[1] == ("70173", "Königstraße 7")


def test_an_empty_cell_erases_nothing(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    emptied = FILE.replace("eva@mueller.example", "").replace("12.500,00", "")
    report = bring_in(books, request(tmp_path, Kind.CUSTOMERS, emptied))
    assert report.tallies[Effect.UNCHANGED].rows == 2
    assert people(books)[0][2] == "eva@mueller.example"


def test_a_customer_who_is_here_by_that_number_is_the_same_one(books, tmp_path):
    books.run("customer.add", lambda tx: parties.add(tx, parties.NewCustomer("Mueller", number="C-1")), by="a", at=NOON)
    report = bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    assert (report.tallies[Effect.CHANGED].rows, report.tallies[Effect.NEW].rows) == (1, 1)
    assert people(books)[0][:2] == ("C-1", "Müller & Söhne")


def test_what_is_not_set_up_here_is_rejected_at_its_cell(books, tmp_path):
    text = "number,name,currency,payment term\nC-1,a,EUR,NET99\nC-2,b,AED,NET30\nC-3,c,USD,NET30\nC-3,d,USD,NET30\n"
    planned = dry_run(books, request(tmp_path, Kind.CUSTOMERS, text))
    assert [(p.row, p.column, p.reason) for p in planned.problems() if p.row != 3] == [
        (2, "payment term", "There is no payment term “NET99”."),
        (5, "number", "Customer number C-3 stands in row 4 already."),
    ]
    assert planned.effect(planned.rows[2]) is Effect.NEW


def test_good_rows_come_in_when_that_is_wanted(books, tmp_path):
    text = "number,name,currency\nC-1,a,EUR\nC-2,,EUR\n"
    report = bring_in(books, request(tmp_path, Kind.CUSTOMERS, text), Mode.GOOD_ROWS)
    assert (report.tallies[Effect.NEW].rows, report.tallies[Effect.REJECTED].rows) == (1, 1)
    assert [row[0] for row in people(books)] == ["C-1"]


def test_nobody_elses_edit_between_dry_run_and_import_is_lost(books, tmp_path):
    bring_in(books, request(tmp_path, Kind.CUSTOMERS, FILE))
    planned = dry_run(books, request(tmp_path, Kind.CUSTOMERS, FILE.replace("Ärzte GmbH", "Aerzte AG")))
    ((row_id, name),) = rows(books, customer.c.id, customer.c.name, number="C-2")
    books.run(
        "customer.change", lambda tx: parties.change(tx, row_id, {"name": "Other"}, {"name": name}), by="bob", at=NOON
    )
    before = everything(books)
    with pytest.raises(Conflict):
        runs.apply(books, planned, by="ann", at=NOON)
    assert everything(books) == before
