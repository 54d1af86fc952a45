"""A list and a report as a file: exact, in its order, never a formula, whole or not at all."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from app.errors import Invalid
from app.services import list_export, parties, spreadsheets
from app.services.list_export import Wanted
from app.services.listing import ListQuery
from app.services.lists import CUSTOMERS
from app.services.progress import Cancelled, Quiet
from app.services.spreadsheets import Sheet
from tests.desk import Desk

EVIL = ("=1+1", "+49 30", "-sum(A1)", "@cmd", "\tx", "\rx", '=HYPERLINK("https://example.org")')
ROWS = [
    *((one, Decimal("0.10"), 3, date(2026, 11, 2)) for one in EVIL),
    ("a long one", Decimal("12345678901234567.8901"), -5, None),
]
HEADINGS = ("Text", "Amount", "Count", "Day")


def test_no_text_is_ever_a_formula_and_no_digit_is_lost(tmp_path):
    for name in ("t.xlsx", "t.csv"):
        assert spreadsheets.write(tmp_path / name, Sheet("A/B: [all]", HEADINGS, ROWS), Quiet()) == len(ROWS)
    sheet = CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_index(0)
    read = sheet.to_python()
    assert tuple(read[0]) == HEADINGS
    assert [row[0] for row in read[1:8]] == list(EVIL)
    assert read[8][1] == "12345678901234567.8901"
    assert (read[1][1], read[1][2], read[1][3]) == (0.1, 3.0, date(2026, 11, 2))
    with zipfile.ZipFile(tmp_path / "t.xlsx") as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as stream:
        written = list(csv.reader(stream))
    assert all(row[0][0] == "'" for row in written[1:8] if row[0] != "+49 30")
    assert written[1][1:] == ["0.10", "3", "2026-11-02"]
    assert written[8][1:] == ["12345678901234567.8901", "-5", ""]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["t.csv", "t.xlsx"]


def test_a_file_that_cannot_be_written_and_one_that_is_stopped_leave_nothing(tmp_path):
    with pytest.raises(Invalid, match="Choose another folder"):
        spreadsheets.write(tmp_path / "no" / "t.xlsx", Sheet("T", HEADINGS, ROWS), Quiet())
    with pytest.raises(Invalid, match="neither"):
        spreadsheets.write(tmp_path / "t.ods", Sheet("T", HEADINGS, ROWS), Quiet())
    (tmp_path / "t.csv").write_text("before")
    stopped = Quiet()
    stopped.stop()
    with pytest.raises(Cancelled):
        spreadsheets.write(tmp_path / "t.csv", Sheet("T", HEADINGS, ROWS * 100), stopped)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("t.csv", "before")]


def test_a_list_is_saved_in_its_order_whatever_its_length(sqlite_database, tmp_path):
    desk = Desk(sqlite_database).found()
    new = [parties.NewCustomer(f"Customer {n:04}") for n in range(1203)]
    desk.do("customer.add", lambda tx: parties.add_many(tx, new))
    query = ListQuery(text="customer").sorted_by("name", descending=True)
    wanted = Wanted("Customers", CUSTOMERS, query, ("Name",), lambda row: (row.name,))
    assert list_export.save(sqlite_database, wanted, tmp_path / "all.csv", Quiet()) == 1203
    lines = (tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["Name", *(one.name for one in reversed(new))]
