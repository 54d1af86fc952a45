"""Reports of the books read what is stored, and agree with each other to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.services import companies
from app.services.books import entries, reports, tax_report
from app.services.books.entries import Side
from tests.services.books import worked

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def desk(database):
    return worked.company(database)


def test_all_reports_say_the_same(desk):
    balance = desk.read(reports.trial_balance, *NOVEMBER)
    held = {row.code: row for row in balance}
    assert sum(row.opening for row in balance) == sum(row.closing for row in balance) == 0
    assert sum(row.debit for row in balance) == sum(row.credit for row in balance) > 0
    for row in balance:
        sheet = desk.read(reports.account_sheet, row.code, *NOVEMBER)
        assert (sheet.opening, sheet.closing) == (row.opening, row.closing)
        assert sum(line.debit for line in sheet.lines) == row.debit
    items = desk.read(reports.open_items, NOVEMBER[1])
    assert items.total == items.held == held["1200"].closing + held["1710"].closing
    assert [(one.kind, one.currency, one.open_amount) for one in items.items] == [
        ("invoice", "GBP", Decimal("111.32")),
        ("payment", "EUR", Decimal("-30.00")),
    ]
    taxes = desk.read(tax_report.read, *NOVEMBER)
    assert [(one.reported, one.otherwise) for one in taxes.accounts] == [(-held["1770"].closing, Decimal(0))]
    assert taxes.tax == -held["1770"].closing
    assert reports.result(balance) == -sum(row.closing for row in balance if row.kind in ("income", "expense"))


def test_the_tax_report_gives_base_and_tax_of_each_code_and_what_a_discount_corrected(desk):
    found = {row.code: row for row in desk.read(tax_report.read, *NOVEMBER).rows}
    v21, v9 = found["V21"], found["V9"]
    # EUR 92.00 net and GBP 92.00 at 0.8417 (109.30); 2 % of the first, 111.32, taken off for paying early: 2.23
    assert (v21.base, v21.tax, v21.corrected) == (Decimal("199.46"), Decimal("41.88"), Decimal("-0.39"))
    assert (v21.documents, v9.documents) == (2, 3)
    assert abs(v9.tax * 100 - v9.base * 9) < Decimal("0.5")


def test_an_entry_by_hand_on_a_tax_account_is_told_beside_the_report(desk):
    sides = [Side("1770", Decimal(20)), Side("1000", Decimal(-20))]
    desk.do("entry.book", lambda tx: entries.book(tx, NOVEMBER[1], "VAT October paid", sides))
    (one,) = desk.read(tax_report.read, *NOVEMBER).accounts
    assert one.otherwise == Decimal(-20)


def test_income_begins_a_year_with_nothing_and_stock_does_not(desk):
    year = (date(2027, 1, 1), date(2027, 1, 31))
    rows = {row.code: row for row in desk.read(reports.trial_balance, *year)}
    before = {row.code: row for row in desk.read(reports.trial_balance, *NOVEMBER)}
    assert "4000" not in rows
    assert rows["1200"].opening == before["1200"].closing
    assert -rows[""].opening == reports.result(before.values())
    assert sum(row.opening for row in rows.values()) == 0
    desk.do("company.change", lambda tx: companies.change(tx, {"fiscal_month": 7}))
    assert desk.read(reports.year_start, year[0]) == date(2026, 7, 1)
    assert "4000" in {row.code for row in desk.read(reports.trial_balance, *year)}
