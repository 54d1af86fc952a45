"""What was rejected comes back as a file that can be repaired, opened in a spreadsheet, and imported again."""

from __future__ import annotations

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Unavailable
from app.services.imports import rejected
from app.services.imports.detection import Choices
from app.services.imports.fields import Kind
from app.services.imports.formulas import guarded, unguarded
from app.services.imports.mapping import Mapping
from tests.services.imports.files import book, checked, records, text_file


def reject(path, kind, target):
    check, rows = checked(path, kind)
    reasons = {row.number: row.reason() for row in rows if row.problems}
    return rejected.write(check.source, check.detection, reasons, target)


def test_the_file_has_the_columns_of_the_source_and_the_reason(tmp_path):
    path = text_file(
        tmp_path, "Artikel;Bezeichnung;Preis;Farbe\nA;Müller;1,50;rot\nB;Öl;viel;blau\n;x;1,00;\n", encoding="cp1252"
    )
    target = tmp_path / "rejected.csv"
    assert reject(path, Kind.PRODUCTS, target) == 2
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    assert rows[0] == ["Artikel", "Bezeichnung", "Preis", "Farbe", "Reason"]
    assert rows[1] == ["B", "Öl", "viel", "blau", "Preis: “viel” is no number. Write digits only."]
    assert rows[2] == ["", "x", "1,00", "", "Artikel: SKU is empty. Fill it in."]


def test_repaired_rows_are_imported_and_the_reason_is_no_field(tmp_path):
    path = text_file(tmp_path, "Artikel;Bezeichnung;Preis\nA;x;1,50\nB;Öl;viel\n")
    target = tmp_path / "rejected.csv"
    reject(path, Kind.PRODUCTS, target)
    target.write_text(target.read_text(encoding="utf-8-sig").replace("viel;", "2,75;"), encoding="utf-8-sig")
    check, rows = checked(target, Kind.PRODUCTS)
    assert [(r["sku"], r["name"], str(r["list_price"])) for r in records(check, rows)] == [("B", "Öl", "2.75")]
    again = tmp_path / "again.csv"
    assert rejected.write(check.source, check.detection, {2: "new reason"}, again) == 1
    assert again.read_text(encoding="utf-8-sig").splitlines()[0] == "Artikel;Bezeichnung;Preis;Reason"


def test_a_workbook_is_given_back_as_csv_with_dates_and_numbers_that_read_the_same(tmp_path):
    path = book(tmp_path, [["SKU", "Name", "Price"], ["A", "", 18.4], ["B", "ok", 1.5]])
    reject(path, Kind.PRODUCTS, tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("A,,18.4,")


@pytest.mark.parametrize(
    ("above", "header_row", "quote"),
    [("", 1, '"'), ("Price list 2026;;\n;;\n", 3, '"'), ("sep=;\n", 2, '"'), ("", 1, ""), ("", 1, "'"), (None, 0, '"')],
)
def test_the_choices_and_the_mapping_that_read_the_source_read_its_rejected_rows(tmp_path, above, header_row, quote):
    lines = "SKU;=Name;Preis\n" if above is not None else ""
    path = text_file(tmp_path, f"{above or ''}{lines}A;Öl;1,50\nB;Kä\"s' e;viel\n", encoding="cp1252")
    names = ("SKU", "=Name", "Preis") if above is not None else ("Column 1", "Column 2", "Column 3")
    choices = Choices("cp1252", ";", quote, header_row=header_row)
    mapping = Mapping.from_data(Kind.PRODUCTS, dict(zip(("sku", "name", "list_price"), names, strict=True)))
    check, rows = checked(path, Kind.PRODUCTS, mapping, choices=choices)
    target = tmp_path / "r.csv"
    reasons = {row.number: f"{row.reason()} One;two\nlines" for row in rows if row.problems}
    assert rejected.write(check.source, check.detection, reasons, target) == 1
    target.write_text(target.read_text(encoding="utf-8-sig").replace("viel", "2,75", 1), encoding="utf-8-sig")
    check, rows = checked(target, Kind.PRODUCTS, mapping, choices=choices)
    assert [(r["sku"], r["name"], str(r["list_price"])) for r in records(check, rows)] == [("B", "Kä\"s' e", "2.75")]


def test_the_source_is_never_overwritten(tmp_path):
    path = text_file(tmp_path, "sku,name\nA,\n")
    with pytest.raises(Unavailable, match="is the file that is imported"):
        reject(path, Kind.PRODUCTS, tmp_path / "." / "file.csv")
    assert path.read_text() == "sku,name\nA,\n"


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-x", "@sum(a)", "＝1+1", "'=x", "''@y", "-6x"])
def test_no_cell_can_become_a_formula(text):
    out = guarded(text)
    assert out == f"'{text}"
    assert unguarded(out) == text


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("Bolt;=HYPERLINK(1)", "Bolt;'=HYPERLINK(1)"),
        ("two\n=1;'@y", "two\n'=1;''@y"),
        ("\t=1", "'\t'=1"),
        ("-6;a=b", "'-6;a=b"),
    ],
)
def test_nor_what_another_program_takes_for_the_next_cell(text, out):
    assert guarded(text) == out
    assert unguarded(out) == text


@pytest.mark.parametrize("text", ["-6", "+49", "-1.234,50", "O'Brien", "'t Hooft", "a=b", ""])
def test_numbers_and_names_stay_as_they_are(text):
    assert guarded(text) == text


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs", "Cf")),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_comes_back_as_it_was(tmp_path, text):
    path = tmp_path / "f.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["sku", "name", "price"], ["A", guarded(text), "bad"], ["B", "b", "1"]])
    reject(path, Kind.PRODUCTS, tmp_path / "r.csv")
    repaired = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").replace(",bad,", ",5,")
    (tmp_path / "r.csv").write_text(repaired, encoding="utf-8-sig")
    check, rows = checked(tmp_path / "r.csv", Kind.PRODUCTS)
    assert [r["name"] for r in records(check, rows)] == [text]


def test_a_target_that_cannot_be_written_is_said(tmp_path):
    path = text_file(tmp_path, "sku,name\n,x\n")
    with pytest.raises(Unavailable, match="cannot be written"):
        reject(path, Kind.PRODUCTS, tmp_path / "no" / "r.csv")
