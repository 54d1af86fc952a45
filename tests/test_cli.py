"""The console command: found, sell, check, import, and clear words when something is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from app.__main__ import main
from app.services import billing, companies, opening, parties
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from tests.desk import DAY, Desk


@pytest.fixture(autouse=True)
def _own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("WAYBILL_DATA", str(tmp_path / "data"))


def test_a_company_is_founded_imported_into_and_checked(tmp_path, capsys):
    company = str(tmp_path / "delta.waybill")
    products = tmp_path / "products.csv"
    products.write_text("SKU;Name;List price\nVAL-1;Brass valve;18,40\nVAL-2;Steel valve;21,00\n", encoding="utf-8")

    assert main(["new", "Delta Trading", "--country", "nl", "--currency", "eur", "--out", company]) == 0
    assert main(["import", "products", str(products), "--company", company]) == 0
    assert "2 rows new" in capsys.readouterr().out
    assert main(["import", "products", str(products), "--company", company]) == 0
    assert "2 rows were here already" in capsys.readouterr().out
    assert main(["check", "--company", company]) == 0
    assert "Delta Trading are sound" in capsys.readouterr().out


def test_a_day_begins_where_nothing_waits(tmp_path, capsys):
    company = str(tmp_path / "delta.waybill")
    main(["new", "Delta Trading", "--out", company])
    capsys.readouterr()
    assert main(["day", "--company", company]) == 0
    assert capsys.readouterr().out == "The day has begun.\n"


def test_the_figures_are_saved_as_a_scheduler_asks_for_them(tmp_path, capsys):
    company = str(tmp_path / "delta.waybill")
    main(["new", "Delta Trading", "--out", company])
    assert main(["report", "--period", "week", "--out", str(tmp_path), "--company", company]) == 0
    (paper,) = tmp_path.glob("Delta Trading figures *-W*.pdf")
    assert str(paper) in capsys.readouterr().out
    assert main(["report", "--out", str(tmp_path / "gone"), "--company", company]) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_an_e_invoice_is_checked_and_written(tmp_path, capsys):
    company = str(tmp_path / "delta.waybill")
    main(["new", "Delta Trading", "--out", company])
    with closing(opening.open_company(company)) as database:
        desk = Desk(database)
        buyer = desk.customer(vat_number="NL123456789B01")
        new = FreeInvoice(buyer, (LineInput(kind="fee", name="Crane", unit_price=Decimal(100)),))
        desk.do("customer.change", lambda tx: parties.change(tx, buyer, {"exempt_category": "E"}, {}))
        draft = desk.do("invoice.write", lambda tx: billing.write(tx, new))
        desk.do("invoice.post", lambda tx: billing.post(tx, draft, DAY))
    capsys.readouterr()

    wanted = ["einvoice", "INV-00001", "--company", company, "--form", "factur_x", "--out", str(tmp_path)]
    assert main(wanted) == 1
    said = capsys.readouterr().out
    assert "refused BR-CO-26 (company vat_number): The company has neither VAT number nor tax number." in said
    assert "INV-00001 as factur_x: not passed" in said
    assert not (tmp_path / "INV-00001.pdf").exists()

    with closing(opening.open_company(company)) as database:
        Desk(database).do("company.change", lambda tx: companies.change(tx, {"vat_number": "NL123456789B01"}))
    assert main(wanted) == 0, "what was empty when it was posted may be filled in"
    assert "INV-00001 as factur_x: passed" in capsys.readouterr().out
    assert (tmp_path / "INV-00001.pdf").read_bytes().startswith(b"%PDF")
    assert main(["einvoice", "INV-00009", "--company", company]) == 2
    assert "Invoice INV-00009 does not exist" in capsys.readouterr().err


def test_a_file_that_is_no_order_is_refused_in_words(tmp_path, capsys):
    page = tmp_path / "page.xml"
    page.write_text("<html/>", encoding="utf-8")
    assert main(["order", "receive", str(page)]) == 2
    assert "This file is no order in UBL 2." in capsys.readouterr().err
    assert main(["order", "receive", str(tmp_path / "gone.xml")]) == 2
    assert "could not be read" in capsys.readouterr().err


def test_an_import_is_listed_and_undone(tmp_path, capsys):
    company = str(tmp_path / "delta.waybill")
    customers = tmp_path / "customers.csv"
    customers.write_text("number,name\nC-1,Alder\nC-2,Birch\n", encoding="utf-8")
    main(["new", "Delta Trading", "--out", company])
    assert main(["imports", "list", "--company", company]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was imported yet."
    main(["import", "customers", str(customers), "--company", company])
    capsys.readouterr()
    assert main(["imports", "list", "--company", company]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("customers from customers.csv: 2 records are its own")
    name = line.split()[0]
    assert main(["imports", "undo", name, "--dry-run", "--company", company]) == 0
    assert main(["imports", "undo", "last", "--company", company]) == 0
    assert "customers.csv: 2 customers taken back." in capsys.readouterr().out
    assert main(["imports", "undo", name, "--company", company]) == 0
    assert "nothing of this import is left to take back" in capsys.readouterr().out
    assert main(["imports", "undo", "last", "--company", company]) == 2
    assert "There is no one import “last” to undo" in capsys.readouterr().err
    assert main(["check", "--company", company]) == 0


def test_damaged_books_are_reported_and_the_exit_code_says_so(tmp_path, capsys):
    company = tmp_path / "delta.waybill"
    main(["new", "Delta Trading", "--out", str(company)])
    with sqlite3.connect(company) as connection:
        connection.create_function("waybill_gate", 0, lambda: 1)
        connection.execute("DROP TRIGGER ledger_update_command_log")
        connection.execute("UPDATE command_log SET payload = replace(payload, 'Delta', 'Gamma')")
    assert main(["check", "--company", str(company)]) == 1
    assert "1 damaged row" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "--company", "nowhere.waybill"], "There is no file"),
        (["order", "show", "SO-00001", "--company", "{company}"], "There is no order SO-00001"),
        (["new", "Delta", "--currency", "XXX"], "not a currency"),
        (["new", "Delta", "--country", "Netherlands"], "is no country"),
        (["check", "--company", "oracle://books"], "“oracle://” is no database Waybill knows"),
        (["check", "--company", "postgresql://ann:@:x/y"], "is no database Waybill knows"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(tmp_path, capsys, words, said):
    company = str(tmp_path / "delta.waybill")
    main(["new", "Delta Trading", "--out", company])
    assert main([word.format(company=company) for word in words]) == 2
    assert said in capsys.readouterr().err


def test_a_founding_that_is_refused_leaves_the_name_free(tmp_path, capsys):
    company = tmp_path / "delta.waybill"
    assert main(["new", "Delta", "--currency", "XXX", "--out", str(company)]) == 2
    assert list(tmp_path.glob("delta*")) == []
    assert main(["new", "Delta", "--out", str(company)]) == 0
    capsys.readouterr()


def test_the_company_founded_last_is_the_one_that_commands_mean(tmp_path, capsys):
    assert main(["check"]) == 2
    assert "Name one with --company" in capsys.readouterr().err
    main(["new", "Delta", "--out", str(tmp_path / "delta one.waybill")])
    assert main(["check"]) == 0
    assert "Delta are sound" in capsys.readouterr().out
