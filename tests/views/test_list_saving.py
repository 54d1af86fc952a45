"""Any list is saved as a table: all that the filter finds, the columns on show, exact."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QFileDialog
from python_calamine import CalamineWorkbook

from app.services import payments
from app.services.payments import NewPayment
from tests.views import small_company
from tests.views.office import PLACES
from tests.views.small_company import TODAY


def test_a_list_is_saved_as_it_is_filtered_and_exact(sqlite_database, open_window, qtbot, tmp_path, monkeypatch):
    company = small_company.found(sqlite_database)
    for amount, reference in (("1234.50", "=2+3"), ("0.10", "+49 30"), ("99", "other")):
        new = NewPayment(company.harbor, Decimal(amount), TODAY, reference=reference)
        company.do(lambda tx, new=new: payments.receive(tx, new))
    window = open_window(PLACES)
    window.open_record("payments", None, tab="all")
    screen = window.screen_on_show
    qtbot.waitUntil(lambda: screen.list.view.model().rowCount() == 3)
    for name in ("payments.csv", "payments.xlsx"):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, n=name: (str(tmp_path / n), ""))
        screen.list.filters.save_button.click()
        qtbot.waitUntil((tmp_path / name).exists)
    with (tmp_path / "payments.csv").open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    said = [dict(zip(head, row, strict=True)) for row in rows]
    assert sorted(one["Amount"] for one in said) == ["0.10", "1234.50", "99.00"]
    assert {one["Currency"] for one in said} == {"EUR"}
    assert {one["Reference"] for one in said} == {"'=2+3", "'+49 30", "other"}
    read = CalamineWorkbook.from_path(tmp_path / "payments.xlsx").get_sheet_by_index(0).to_python()
    assert tuple(read[0]) == tuple(head)
    assert {row[head.index("Received")] for row in read[1:]} == {date(2026, 11, 23)}
    screen.list.filters.search.setText("other")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "found"), "CSV (*.csv)"))
    qtbot.waitUntil(lambda: screen.list.view.model().rowCount() == 1)
    screen.list.filters.save_button.click()
    qtbot.waitUntil((tmp_path / "found.csv").exists)
    assert len((tmp_path / "found.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
