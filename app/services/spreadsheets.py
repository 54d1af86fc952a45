"""Tables as files: an XLSX workbook or CSV.  Nothing in them is ever computed by the program that opens them.

A text is written as text, whatever it begins with; numbers keep their decimals.  A file is whole or not there: it is
written beside its place and moved there at the end.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from app.errors import Invalid
from app.models.product import shown
from app.services.imports.formulas import guarded
from app.services.progress import Progress

Value = str | Decimal | Fraction | int | date | None

MOST_ROWS: Final = 1_048_575
"""Rows of a worksheet below its heading (Excel's specifications and limits)."""
MOST_DIGITS: Final = 15
"""Digits a spreadsheet keeps of a number; a longer one is written as text, so that none is lost."""
STEP: Final = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be written; ``count`` says how many rows there are about, for the progress."""

    title: str
    headings: tuple[str, ...]
    rows: Iterable[Sequence[Value]]
    count: int = 0


def write(path: Path, sheet: Sheet, progress: Progress) -> int:
    """Write the table as the file's ending says, ``.csv`` or ``.xlsx``, and give the number of rows.

    Raises:
        Invalid: the ending is neither, the file cannot be written, or a worksheet does not hold so many rows.
        Cancelled: the user stopped it; the file is as it was.

    """
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise Invalid("file", f"{path.name} ends neither in .xlsx nor in .csv. Choose one of them.")
    return whole(path, lambda writing: writer(writing, sheet, progress))


def whole(path: Path, write_to: Callable[[Path], int]) -> int:
    """Let a file be written beside its place and move it there; give what ``write_to`` counted.

    Raises:
        Invalid: it cannot be written.

    """
    writing = path.with_name(f"{path.name}.writing")
    try:
        count = write_to(writing)
        writing.replace(path)
    except OSError as error:
        words = f"{path} cannot be written: {error.strerror}. Choose another folder; nothing was changed."
        raise Invalid("file", words) from error
    finally:
        with suppress(OSError):  # it is still there where something went wrong, and then that is what is told
            writing.unlink(missing_ok=True)
    return count


def text(value: Value) -> str:
    """Write a value for CSV: plain digits with a point, days as ISO 8601, texts guarded against formulas."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        return shown(value)
    return guarded(value) if isinstance(value, str) else str(value)


def amount(value: Decimal) -> Decimal:
    """Give an amount the decimals it is read with: two, or as many as it needs."""
    short = round(value, 2)
    return short if short == value else value.normalize()


def _write_csv(path: Path, sheet: Sheet, progress: Progress) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([text(one) for one in sheet.headings])
        for count, row in enumerate(sheet.rows, 1):
            writer.writerow([text(value) for value in row])
            if count % STEP == 0:
                progress.step(count, max(sheet.count, count))
    return count


def _write_xlsx(path: Path, sheet: Sheet, progress: Progress) -> int:
    path.touch()  # a folder that is not there is told before anything is read
    made: Any = import_module("xlsxwriter")
    book = made.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    try:
        return _fill(book, sheet, progress)
    finally:
        try:
            book.close()  # also where it is stopped: its own temporary files are open
        except made.exceptions.FileCreateError as error:
            raise OSError(*error.args[0].args) from error


def _fill(book: Any, sheet: Sheet, progress: Progress) -> int:
    page = book.add_worksheet(_sheet_name(sheet.title))
    page.freeze_panes(1, 0)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    formats: dict[int, Any] = {}
    for place, heading in enumerate(sheet.headings):
        page.write_string(0, place, heading, bold)
        page.set_column(place, place, max(12, min(40, len(heading) + 4)))
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        if count > MOST_ROWS:
            raise Invalid(
                "file", f"A worksheet holds {MOST_ROWS:,} rows at most. Save it as CSV, or choose fewer rows."
            )
        for place, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(count, place, value, day)
            elif isinstance(value, int | Decimal) and _fits(value):
                page.write_number(count, place, value, _format(book, formats, value))
            elif value not in (None, ""):
                page.write_string(count, place, value if isinstance(value, str) else text(value))
        if count % STEP == 0:
            progress.step(count, max(sheet.count, count))
    return count


def _fits(value: int | Decimal) -> bool:
    """Tell whether a spreadsheet keeps all digits of a number."""
    number = Decimal(value)
    return number.is_finite() and len(number.normalize().as_tuple().digits) <= MOST_DIGITS


def _format(book: Any, formats: dict[int, Any], value: int | Decimal) -> Any:
    """Give the format that shows the decimals a number has."""
    exponent = Decimal(value).as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if places not in formats:
        formats[places] = book.add_format({"num_format": f"#,##0{'.' if places else ''}{'0' * places}"})
    return formats[places]


def _sheet_name(title: str) -> str:
    """Give a name a worksheet may have: no more than 31 letters, none of those that Excel forbids."""
    kept = "".join(" " if letter in "[]:*?/\\" else letter for letter in title).strip(" '")
    return kept[:31] or "Sheet"
