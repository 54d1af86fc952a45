"""XLSX workbooks, written row by row with constant memory."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from app.errors import Invalid
from app.services.progress import Progress
from app.services.spreadsheets import STEP, Sheet, text

MOST_ROWS: Final = 1_048_575
"""Rows of a worksheet below its heading (Excel's specifications and limits)."""
MOST_DIGITS: Final = 15
"""Digits a spreadsheet keeps of a number; a longer one is written as text, so that none is lost."""


def write(path: Path, sheet: Sheet, progress: Progress) -> int:
    """Write one worksheet and give the number of its rows.

    Raises:
        Invalid: it does not hold so many rows.
        Cancelled: the user stopped it.

    """
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    try:
        return _fill(book, sheet, progress)
    finally:
        try:
            book.close()  # also where it is stopped: its own temporary files are open
        except xlsxwriter.exceptions.FileCreateError as error:
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
