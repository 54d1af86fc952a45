"""Writing what is on show, and the journal for the accountant, into files; done off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.services import report_papers, spreadsheets
from app.services.books import batch, beancount, datev
from app.services.books.datev import Client
from app.services.database import Database
from app.services.progress import Progress
from app.services.spreadsheets import Sheet
from app.views.accounting.reports import Asked, Report
from app.views.cells import Column
from app.views.format import tr
from app.views.list_saving import RowValues


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on show: the report, its rows as filtered, its days and the sums below."""

    report: Report
    asked: Asked
    rows: Sequence[Any]
    sums: tuple[tuple[str, str], ...]
    days: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the accountant gets: the journal as ``datev``, ``beancount`` or ``table``; ``at`` is when it is made."""

    kind: str
    asked: Asked
    whose: Client
    at: datetime


def save(database: Database, path: Path, shown: Shown, progress: Progress) -> int:
    """Save what is on show as XLSX, CSV or PDF; give the number of rows.

    Raises:
        Invalid: the file cannot be written.

    """
    if path.suffix.lower() == ".pdf":
        pdf = database.read(partial(_pdf, shown=shown))
        return spreadsheets.whole(path, partial(_write, pdf, len(shown.rows)))
    values = RowValues(shown.report.columns)
    rows = (values(row) for row in shown.rows)
    return spreadsheets.write(path, Sheet(shown.report.title, values.headings, rows, len(shown.rows)), progress)


def with_ending(name: str, kind: str) -> Path:
    """Give a file the ending of its kind where none was typed."""
    path = Path(name)
    if path.suffix.lower() in {".xlsx", ".csv", ".pdf"}:
        return path
    ending = next((one for one in (".csv", ".pdf") if one in kind), ".xlsx")
    return Path(f"{name}{ending}")


def hand_over(database: Database, path: Path, wanted: HandOver, progress: Progress) -> int:
    """Save the journal of the days in the form that was chosen; give the number of rows.

    Raises:
        Invalid: the file cannot be written, or the days cannot be handed over so.

    """

    def read(connection: Connection) -> int:
        asked = wanted.asked
        if wanted.kind == "datev":
            data = datev.write(connection, asked.first, asked.last, wanted.whose, wanted.at)
            return spreadsheets.whole(path, partial(_write, data, data.count(b"\r\n") - 2))
        if wanted.kind == "beancount":
            text = beancount.write(connection, asked.first, asked.last)
            return spreadsheets.whole(path, partial(_write, text.encode(), text.count("\n")))
        return spreadsheets.write(path, batch.sheet(connection, asked.first, asked.last), progress)

    return database.read(read)


def _pdf(connection: Connection, shown: Shown) -> bytes:
    columns = shown.report.columns
    return report_papers.build(
        connection,
        shown.report.title,
        ((tr("Days"), shown.days), *shown.sums),
        [(column.title, column.right, column.stretch) for column in columns],
        [[_said(column, row) for column in columns] for row in shown.rows],
    )


def _said(column: Column[Any], row: Any) -> str:
    return column.cell(row).plain()


def _write(data: bytes, count: int, path: Path) -> int:
    path.write_bytes(data)
    return count
