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
    workbooks: Any = import_module("app.services.workbooks")  # a third of a second: not before one is written
    count: int = workbooks.write(path, sheet, progress)
    return count
