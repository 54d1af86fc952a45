"""A file is read as it is or refused with a reason; no file can fill the memory or lead out of its folder."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from app.errors import Invalid
from app.services.imports.cells import exact, shown
from app.services.imports.limits import Limits
from app.services.imports.reading import Layout, inside, open_source
from tests.services.imports.files import book, text_file

COMMA = Layout()
SMALL = Limits(bytes_max=100_000, ratio_free_bytes=1_000, rows_max=50, columns_max=10, cells_max=1_000)


def rows(path, layout=COMMA, limits=None):
    source = open_source(path, limits) if limits else open_source(path)
    if source.book:
        layout = Layout(sheet=source.book.sheets[0])
    return list(source.rows(layout))


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path):
    path = text_file(tmp_path, 'number,note\n\n1,"two\nlines"\n2,x\n')
    assert rows(path) == [(1, ["number", "note"]), (2, []), (3, ["1", "two\nlines"]), (4, ["2", "x"])]


def test_a_packed_file_reads_as_the_unpacked_one(tmp_path):
    text = "a;b\n" + "".join(f"{n};ä\n" for n in range(40))
    plain = text_file(tmp_path, text)
    packed = text_file(tmp_path, text, name="file.csv.gz", packed=True)
    layout = Layout(delimiter=";")
    assert rows(packed, layout) == rows(plain, layout)
    assert open_source(packed).fingerprint() != open_source(plain).fingerprint()


@pytest.mark.parametrize("text", ['a,b\n1,"open\n2,x\n', 'a,b\n1,2\n3,"open', 'a,b\n1,"open\n' + "2,x\n" * 1_000])
def test_a_quotation_that_is_never_closed_swallows_nothing(tmp_path, text):
    with pytest.raises(Invalid, match="quotation mark is opened and not closed"):
        rows(text_file(tmp_path, text))


def test_a_cell_or_a_line_without_end_is_refused_in_its_own_words(tmp_path):
    with pytest.raises(Invalid, match=r"In row 2 a cell has more than 131,072 characters"):
        rows(text_file(tmp_path, "a,b\n1," + "x" * 131_073 + "\n"))
    lines = Limits(line_max=1_000)
    assert len(rows(text_file(tmp_path, "a,b\n" + "x" * 999 + "\n"), limits=lines)) == 2
    with pytest.raises(Invalid, match=r"Row 2 is a line of more than"):
        rows(text_file(tmp_path, "a,b\n" + "x" * 1_000 + "\n"), limits=lines)


def test_a_stray_quotation_mark_is_only_a_character(tmp_path):
    assert rows(text_file(tmp_path, 'pipe 6",5\n"7"" pipe",1\n')) == [(1, ['pipe 6"', "5"]), (2, ['7" pipe', "1"])]


def test_workbook_cells_keep_their_type_and_numbers_are_exact(tmp_path):
    path = book(
        tmp_path,
        [
            ["sku", "price", "sum", "when", "ok"],
            ["007", 18.4, 0.1 + 0.2, date(2026, 11, 24), True],
            [85123, 5, 1e15],
        ],
        skip=2,
    )
    found = rows(path)
    assert [number for number, _ in found] == [1, 2, 3, 4, 5]
    assert found[3][1] == ["007", Decimal("18.4"), Decimal("0.3"), date(2026, 11, 24), True]
    assert [shown(cell) for cell in found[4][1][:3]] == ["85123", "5", "1000000000000000"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (2.675, "2.675"),
        (1e-7, "0.0000001"),
        (123456789.123456789, "123456789.123457"),
        (1e300, "1" + "0" * 300),
    ],
)
def test_a_binary_number_becomes_the_decimal_that_the_spreadsheet_shows(number, text):
    assert shown(exact(number)) == text


def test_a_failed_formula_is_seen_and_not_taken_for_empty(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "f.xlsx")) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["sku", "price"])
        sheet.write(1, 0, "A")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    assert rows(tmp_path / "f.xlsx")[1] == (2, ["A", "#ERROR!"])


def test_hidden_sheets_are_not_offered(tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "f.xlsx")) as made:
        made.add_worksheet("secret").hide()
        made.add_worksheet("open").activate()
    assert open_source(tmp_path / "f.xlsx").book.sheets == ("open",)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "is empty"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old workbook"),
        ("scan.csv", b"%PDF-1.7 ...", "PDF document"),
        ("cut.csv.gz", gzip.compress(b"a,b\n1,2\n" * 1_000, mtime=0)[:-30], "damaged or cut short"),
        ("no.xlsx", b"PK\x03\x04 not really", "damaged or protected"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid, match=words):
        rows(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Invalid, match=r"There is no file gone\.csv"):
        open_source(tmp_path / "gone.csv")


def test_a_zip_of_csv_files_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "f.xlsx", "w") as archive:
        archive.writestr("a.csv", "a,b\n")
    with pytest.raises(Invalid, match="ZIP archive"):
        open_source(tmp_path / "f.xlsx")


# ------------------------------------------------------------------------------------------- hostile


def test_a_packed_bomb_stops_at_the_cap(tmp_path):
    path = text_file(tmp_path, "a,b\n" + "0,0\n" * 2_000_000, name="bomb.csv.gz", packed=True)
    assert path.stat().st_size < 40_000
    with pytest.raises(Invalid, match="200 times its size"):
        rows(path, limits=Limits(ratio_free_bytes=1 << 20))


def test_a_workbook_bomb_stops_before_it_is_unpacked(tmp_path):
    path = book(tmp_path, [["a"], [1]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", b"\0" * 30_000_000)
    with pytest.raises(Invalid, match="200 times its size"):
        open_source(path)


def with_sheet(path, cells: str):
    """Replace the sheet's XML in a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                text = cells.encode()
            new.writestr(part.filename, text)
    path.write_bytes(out.getvalue())
    return path


SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def test_one_far_cell_does_not_ask_for_a_whole_sheet_of_memory(tmp_path):
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = with_sheet(book(tmp_path, [["a"]]), SHEET.format(far))
    with pytest.raises(Invalid, match=r"more than 50 rows|16,384 cells|reaches to row"):
        rows(path, limits=SMALL)
    with pytest.raises(Invalid, match="16,384 cells"):
        rows(path)


def test_far_cells_are_found_however_the_workbook_says_where_they_are(tmp_path):
    row = '<row r="1"><c r="A1"><v>1</v></c></row>'
    for far in (
        '<row r="900000"><c><v>1</v></c>' + "<c/>" * 30 + "</row>",  # without references, counted on
        '<x:row r="900000"><x:c s="1" r="AF900000"/></x:row>',  # with a prefix, the reference last
        "<row r='900000'><c r = 'AF900000' t='s'><v>0</v></c></row>",
    ):
        path = with_sheet(book(tmp_path, [["a"]]), SHEET.format(row + far))
        with pytest.raises(Invalid, match="reaches to row 900,000 and column 3"):
            rows(path)


def test_no_entity_of_a_workbook_is_expanded(tmp_path):
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    path = with_sheet(book(tmp_path, [["a"]]), lol + SHEET.format(cells).partition("?>")[2])
    with pytest.raises(Invalid, match="damaged"):
        rows(path)


def test_too_many_rows_and_columns_are_refused(tmp_path):
    with pytest.raises(Invalid, match="more than 50 rows"):
        rows(text_file(tmp_path, "a,b\n" * 60), limits=SMALL)
    with pytest.raises(Invalid, match="11 cells; at most 10"):
        rows(text_file(tmp_path, "a" + ",b" * 10), limits=SMALL)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "a/b.csv", "..", "", "c:x.csv", "a\\b.csv"])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    (tmp_path / "in").mkdir()
    text_file(tmp_path, "a,b\n", name="secret.csv")
    with pytest.raises(Invalid, match="not the name of a file"):
        inside(tmp_path / "in", name)


def test_no_link_leads_out_of_the_folder(tmp_path):
    (tmp_path / "in").mkdir()
    secret = text_file(tmp_path, "a,b\n", name="secret.csv")
    try:
        (tmp_path / "in" / "file.csv").symlink_to(secret)
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(Invalid, match="leads out of the folder"):
        inside(tmp_path / "in", "file.csv")


def test_a_packed_file_is_found_by_the_name_of_the_plain_one(tmp_path):
    path = text_file(tmp_path, "a,b\n", name="orders.csv.gz", packed=True)
    assert inside(tmp_path, "orders.csv") == path
