"""``waybill import`` says what it found, what it did and what needs a fix, in exit codes and words."""

from __future__ import annotations

from argparse import Namespace

import pytest
from sqlalchemy import func, select

from app.errors import Invalid
from app.models.order import sales_order
from app.models.party import customer
from app.services.imports import run_command
from app.services.progress import Quiet
from tests.services.imports.company import NOON, everything, found
from tests.services.imports.files import shared, text_file

FILE = "Kundennr;Firma;Ort\nC-1;Müller;Köln\nC-2;;Bonn\n"


class Console:
    def __init__(self, database):
        self.database, self.lines = found(database, "USD"), []

    def run(self, what, file=None, **words):
        self.lines.clear()
        defaults = {"profile": None, "dry_run": False, "good_rows": False, "rejected": None, "lines": None}
        chosen = Namespace(what=what, file=file, **(defaults | words))
        return run_command(self.database, chosen, by="ann", at=NOON, progress=Quiet(), tell=self.lines.append)

    def customers(self):
        return self.database.read(lambda c: c.execute(select(func.count()).select_from(customer)).scalar_one())


@pytest.fixture
def console(sqlite_database):
    return Console(sqlite_database)


def test_a_file_with_an_error_is_held_back_and_its_rows_given_back(console, tmp_path):
    path = text_file(tmp_path, FILE, encoding="cp1252")
    assert console.run("customers", path, rejected=tmp_path / "r.csv") == 1
    assert console.customers() == 0
    text = "\n".join(console.lines)
    assert "encoding: 'cp1252', byte" in text
    assert "Kundennr -> number (the name is known)." in text
    assert "Row 3, Firma: Name is empty. Fill it in." in text
    assert "Nothing of this file was imported" in text
    assert (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "Kundennr;Firma;Ort;Reason",
        "C-2;;Bonn;Firma: Name is empty. Fill it in.",
    ]


def test_good_rows_come_in_and_the_exit_code_says_that_some_did_not(console, tmp_path):
    assert console.run("customers", text_file(tmp_path, FILE), good_rows=True) == 1
    assert console.customers() == 1
    assert console.run("customers", text_file(tmp_path, FILE.replace(";;", ";Maier;"))) == 0
    assert console.customers() == 2


def test_a_dry_run_changes_nothing(console, tmp_path):
    before = everything(console.database)
    assert console.run("customers", text_file(tmp_path, FILE.replace(";;", ";Maier;")), dry_run=True) == 0
    assert console.lines[-1] == "This was a dry run: nothing was changed."
    assert everything(console.database) == before


def test_northwind_by_its_profile(console):
    folder = shared("northwind")
    assert console.run(str(folder), profile="northwind", dry_run=True) == 0
    assert console.run(str(folder), profile="northwind") == 0
    assert "2,985 rows new (830 orders), 1,265,793.0395 net." in console.lines
    count = select(func.count()).select_from(sales_order)
    assert console.database.read(lambda c: c.execute(count).scalar_one()) == 830


def test_orders_with_their_lines_in_a_second_file(console, tmp_path):
    console.run("customers", text_file(tmp_path, "number,name\nC-1,x\n"))
    console.run("products", text_file(tmp_path, "sku,name\nA,x\n"))
    head = text_file(tmp_path, "order no,customer,date\n1,C-1,2026-11-24\n", name="o.csv")
    lines = text_file(tmp_path, "order no,sku,qty,price\n1,A,2,1.50\n", name="l.csv")
    assert console.run("orders", head, lines=lines) == 0
    assert "2 rows new (1 order), 3.00 net." in console.lines


def test_words_that_make_no_sense_are_refused(console, tmp_path):
    path = text_file(tmp_path, FILE)
    for what, file, more in (
        ("invoices", path, {}),
        ("customers", None, {}),
        ("customers", path, {"lines": path}),
        ("x", None, {"profile": "southwind"}),
        (str(path), None, {"profile": "northwind"}),
        (str(tmp_path), None, {"profile": "northwind", "lines": path}),
    ):
        with pytest.raises(Invalid):
            console.run(what, file, **more)
    assert console.customers() == 0
