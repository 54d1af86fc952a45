"""The zoo: files as programs of all countries write them are read right, and what is not sure is said."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Invalid
from app.services.imports.detection import Choices
from app.services.imports.fields import Kind
from app.services.imports.formulas import unguarded
from tests.services.imports.files import book, checked, found, looked_at, records, text_file

PEOPLE = [
    ("C-1", "Müller & Söhne", "Königstraße 5", "1234.50"),
    ("C-2", "Café André, S.à r.l.", "Rue de l’Évêque 12", "0.99"),
    ("C-3", "Øyvind Åse", "Smørbrød; Torvet 3", "-17.00"),
    ("C-4", "Peña | Núñez", "Calle Alcalá 7", "1000000.00"),
]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman", "cp850")


def money(text: str, sign: str) -> str:
    whole, _, cents = text.partition(".")
    grouped = f"{int(whole):,}" if text.startswith("1000") else whole
    return f"{grouped}.{cents}".translate(str.maketrans(".,", ",.")) if sign == "," else f"{grouped}.{cents}"


def written(delimiter: str, sign: str, end: str = "\r\n") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(["Kundennummer", "Firma", "Straße", "Kreditlimit"])
    writer.writerows([number, name, street, money(limit, sign)] for number, name, street, limit in PEOPLE)
    return out.getvalue()


@pytest.mark.parametrize(("encoding", "delimiter", "sign"), list(product(ENCODINGS, ",;\t|", ".,")))
def test_the_zoo_reads_as_it_was_written(tmp_path, encoding, delimiter, sign):
    text = written(delimiter, sign).replace("’", "'" if encoding == "cp850" else "’")
    check, rows = checked(text_file(tmp_path, text, encoding=encoding), Kind.CUSTOMERS)
    assert check.detection.layout.delimiter == delimiter
    assert [row.problems for row in rows if row.number != 4] == [()] * 3
    assert "less than 0" in rows[2].reason()
    expected = [(number, name, Decimal(limit)) for number, name, _, limit in PEOPLE if limit[0] != "-"]
    kept = records(check, rows)
    assert [(r["number"], r["name"], r["credit_limit"]) for r in kept] == expected
    assert kept[0]["street"] == "Königstraße 5"


def test_latin_1_reads_alike_and_the_evidence_says_so(tmp_path):
    _, detection = looked_at(text_file(tmp_path, "Nr;Name\n1;Jürgen\n2;Zoë\n", encoding="latin-1"))
    finding = detection.findings[0]
    assert (finding.value, finding.sure) == ("cp1252", True)
    assert "“Jürgen”" in finding.evidence
    assert "latin-1 would give the same text" in finding.evidence


@pytest.mark.parametrize(("encoding", "name"), [("cp1251", "Московский склад запчастей"), ("cp1253", "Αποθήκη Αθηνών")])
def test_other_alphabets_are_proposed_but_never_sure(tmp_path, encoding, name):
    check, rows = checked(text_file(tmp_path, f'number;name\n1;"{name}"\n2;x\n', encoding=encoding), Kind.CUSTOMERS)
    assert records(check, rows)[0]["name"] == name
    assert not check.detection.findings[0].sure


def test_a_broken_byte_late_in_a_utf_8_file_rejects_its_row_only(tmp_path):
    lines = [f"C-{n};Müßig {n}" for n in range(3_000)]
    content = ("Kundennr;Name\n" + "\n".join(lines)).encode().replace("Müßig 2500".encode(), b"M\xfc\xdfig 2500")
    (tmp_path / "f.csv").write_bytes(content)
    check, rows = checked(tmp_path / "f.csv", Kind.CUSTOMERS)
    assert not check.detection.findings[0].sure
    bad = [row for row in rows if row.problems]
    assert [row.number for row in bad] == [2_502]
    assert "characters that cannot be read" in bad[0].reason()


@pytest.mark.parametrize(("quote", "end"), list(product("\"'", ["\n", "\r\n", "\r"])))
def test_either_quotation_mark_and_line_end(tmp_path, quote, end):
    text = end.join(["sku;name", f"{quote}A;1{quote};{quote}two{end}lines{quote}", f"B;{quote}x{quote}", ""])
    check, rows = checked(text_file(tmp_path, text), Kind.PRODUCTS)
    assert check.detection.layout.quote == quote
    assert [r["sku"] for r in records(check, rows)] == ["A;1", "B"]


def test_apostrophes_in_names_are_no_quotation_marks(tmp_path):
    check, rows = checked(text_file(tmp_path, "number,name\n1,O'Brien\n2,'t Hooft\n"), Kind.CUSTOMERS)
    assert [r["name"] for r in records(check, rows)] == ["O'Brien", "'t Hooft"]


def test_the_line_that_names_the_delimiter_is_obeyed(tmp_path):
    check, rows = checked(text_file(tmp_path, "sep=|\nsku|name\nA|x, y, z\nB|u, v, w\n"), Kind.PRODUCTS)
    assert (check.detection.layout.delimiter, rows[0].number) == ("|", 3)
    assert records(check, rows)[1]["name"] == "u, v, w"


def test_titles_above_the_header_are_passed_over(tmp_path):
    text = "Artikelliste;;\nStand: 24.11.2026;;\n;;\nArtikelnr.;Bezeichnung;VK\n4711;Schraube;0,15\n4712;Mutter;1,20\n"
    check, rows = checked(text_file(tmp_path, text), Kind.PRODUCTS)
    assert check.detection.layout.header_row == 4
    assert [(row.number, row.values[0]) for row in rows] == [(5, "4711"), (6, "4712")]


def test_a_file_without_a_header_names_its_columns_by_place(tmp_path):
    _, detection = looked_at(text_file(tmp_path, "4711;Schraube;0,15\n4712;Mutter;1,20\n"))
    assert (detection.layout.header_row, detection.rows) == (0, 2)
    assert [column.name for column in detection.columns] == ["Column 1", "Column 2", "Column 3"]
    header = detection.findings[-1]
    assert not header.sure
    assert "already has a value" in header.evidence


def test_columns_of_the_same_name_are_told_apart(tmp_path):
    _, detection = looked_at(text_file(tmp_path, "Name,Name,,Name\na,b,c,d\n"))
    assert [column.name for column in detection.columns] == ["Name", "Name (2)", "Column 3", "Name (3)"]


def test_a_workbook_is_read_from_its_first_sheet_with_rows(tmp_path):
    path = book(tmp_path, [["SKU", "Name", "Price"], ["A", "x", 1.5]], skip=3)
    _, detection = looked_at(path)
    assert (found(detection, "sheet"), detection.layout.header_row, detection.rows) == ("Table", 4, 1)


@pytest.mark.parametrize(
    ("values", "sign", "sure"),
    [
        (["1.234,56", "7"], ",", True),
        (["1,234.56", "7"], ".", True),
        (["12,5", "1.234"], ",", True),
        (["0.001", "1.234"], ".", True),
        (["1.234.567"], ",", True),
        (["1'234.50", "3"], ".", True),
        (["1 234,50", "3"], ",", True),
        (["1.234", "5.678"], "?", False),
        (["1,5", "2.5", "3.5"], ".", False),
        (["5", "17"], ".", True),
        (["(12.50)", "12.50-", "-3.5 €", "$ 4.00", "5 %"], ".", True),
    ],
)
def test_the_decimal_sign_is_found_or_asked_for(tmp_path, values, sign, sure):
    text = "sku;x\n" + "".join(f"A{n};{value}\n" for n, value in enumerate(values))
    _, detection = looked_at(text_file(tmp_path, text), Choices(delimiter=";"))
    number = detection.columns[1].number
    assert (number.value, number.sure) == (sign, sure)


def test_a_column_that_does_not_tell_follows_the_others(tmp_path):
    _, detection = looked_at(text_file(tmp_path, "Artikel;Preis;Gewicht\nA;1,50;1.234\nB;2,75;4.000\n"))
    weight = detection.columns[2].number
    assert (weight.value, weight.evidence) == (",", "as in the column Preis")


@pytest.mark.parametrize(
    ("values", "order", "sure"),
    [
        (["2026-11-24", "2026-01-02"], "year-month-day", True),
        (["20261124", "20260102"], "year-month-day", True),
        (["24.11.2026", "02.01.2026"], "day-month-year", True),
        (["02.01.26", "03.04.26"], "day-month-year", True),
        (["11/24/2026", "01/02/2026"], "month-day-year", True),
        (["24/11/2026", "01/02/2026"], "day-month-year", True),
        (["01/02/2026", "03/04/2026"], "?", False),
        (["24/11/2026", "11/24/2026"], "day-month-year", False),
        (["24 Nov 2026", "1. März 2026"], "year-month-day", True),
        (["Nov 24, 2026", "March 1, 2026"], "year-month-day", True),
        (["2026-11-24T08:30:00Z", "2026-01-02 23:59:59.123+01:00"], "year-month-day", True),
        (["11/24/2026 4:05 PM", "1/2/2026 12:00 AM"], "month-day-year", True),
        (["46350", "45000"], "serial day", False),
    ],
)
def test_the_order_of_dates_is_found_or_asked_for(tmp_path, values, order, sure):
    text = "nr;x\n" + "".join(f"A{n};{value}\n" for n, value in enumerate(values))
    _, detection = looked_at(text_file(tmp_path, text), Choices(delimiter=";"))
    date = detection.columns[1].date
    assert (date.value, date.sure) == (order, sure)


def test_what_a_person_says_goes_before_what_is_found(tmp_path):
    path = text_file(tmp_path, "a;b|c\n1;2|3\n4;5|6\n", encoding="cp1252")
    _, detection = looked_at(path, Choices(encoding="cp850", delimiter="|", header_row=0))
    assert [found(detection, what) for what in ("encoding", "delimiter", "header")] == ["cp850", "|", "0"]
    assert all(finding.evidence == "chosen by you" for finding in detection.findings if finding.what != "quote")
    with pytest.raises(Invalid, match="no encoding that is read"):
        looked_at(path, Choices(encoding="rot13"))


def test_detection_reads_to_the_end_of_the_file(tmp_path):
    dates = ["01/02/2026"] * 4_000 + ["31/12/2026"]
    _, detection = looked_at(text_file(tmp_path, "nr,date\n" + "".join(f"{n},{d}\n" for n, d in enumerate(dates))))
    column = detection.columns[1]
    assert column.date.value == "day-month-year"
    assert "row 4,002" in column.date.evidence


WORDS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Cf", "Zl", "Zp"), exclude_characters="\ufffd"
    ),
    max_size=20,
)


@given(
    st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\r\n", "\n"]),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_in_the_cells_comes_back(tmp_path, texts, delimiter, encoding, quoting, end):
    path = tmp_path / "f.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)
        writer.writerow(["number", "name", "city"])
        writer.writerows((f"C-{n}", f"x{name}", city) for n, (name, city) in enumerate(texts))
    check, rows = checked(path, Kind.CUSTOMERS)
    read = [(r["number"], r["name"], r.get("city", "")) for r in records(check, rows)]
    assert read == [(f"C-{n}", f"x{name}".strip(), unguarded(city.strip())) for n, (name, city) in enumerate(texts)]


@pytest.mark.parametrize(
    ("dates", "order", "sure"),
    [
        (("26-11-24", "26-11-25", "25-12-01"), "year-month-day", False),
        (("24-11-26", "25-11-26", "01-12-26"), "day-month-year", True),
        (("26-11-24",), "day-month-year", False),
        (("24-11-99", "25-11-99"), "day-month-year", True),
    ],
)
def test_dates_that_may_begin_with_a_short_year_are_never_surely_days(tmp_path, dates, order, sure):
    path = text_file(tmp_path, "order no,order date\n" + "".join(f"{n},{on}\n" for n, on in enumerate(dates)))
    day = looked_at(path)[1].column("order date").date
    assert (day.value, day.sure) == (order, sure)
