"""The console command: found, sell, check, import, and clear words when something is wrong."""

from __future__ import annotations

import sqlite3

import pytest

from app.__main__ import main


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
        (["check"], "Name one with --company"),
        (["check", "--company", "nowhere.waybill"], "There is no file"),
        (["order", "show", "SO-00001", "--company", "{company}"], "There is no order SO-00001"),
        (["new", "Delta", "--currency", "XXX"], "not a currency"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(tmp_path, capsys, words, said):
    company = str(tmp_path / "delta.waybill")
    main(["new", "Delta Trading", "--out", company])
    assert main([word.format(company=company) for word in words]) == 2
    assert said in capsys.readouterr().err
