"""Saving what a list shows: the columns on show, exact where a row holds an amount or a day, else as written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import UserError
from app.services import list_export
from app.services.database import Database
from app.services.list_export import Wanted
from app.services.listing import Listing, ListQuery
from app.services.progress import Progress
from app.services.spreadsheets import Value, amount
from app.views import format as written
from app.views.cells import DASH, Column
from app.views.context import Context
from app.views.format import tr

KINDS: Final = "Excel (*.xlsx);;CSV (*.csv)"
_NUMBER: Final = re.compile(r"[-\u2212]?[0-9][0-9.,\s]*")  # a number and no sum, which a field would compute


@dataclass(frozen=True)
class RowValues:
    """Tells the values of a row by the columns on show; ``currency`` adds the one its amounts are in."""

    columns: Sequence[Column[Any]]
    currency: bool = False

    def __call__(self, row: Any) -> list[Value]:
        """Give them in the columns' order."""
        found = [_value(column, row) for column in self.columns]
        return [*found, row.currency] if self.currency else found

    @property
    def headings(self) -> tuple[str, ...]:
        """Give what stands above them."""
        titles = [column.title or column.id.replace("_", " ").capitalize() for column in self.columns]
        return (*titles, tr("Currency")) if self.currency else tuple(titles)


def _value(column: Column[Any], row: Any) -> Value:
    for name in (column.id, column.sort):
        raw = getattr(row, name, None) if name else None
        if isinstance(raw, Decimal):
            return amount(raw)
        if isinstance(raw, date):
            return raw
    said = column.cell(row).plain()
    if column.right:  # a quantity, as it is written at this desk
        number = written.number(said) if _NUMBER.fullmatch(said) else None
        if number is not None:
            return number
        return "" if said == DASH else said
    return said


def ask(owner: QWidget, title: str) -> Path | None:
    """Ask for a file of either kind; None where nobody wants one."""
    name, kind = QFileDialog.getSaveFileName(owner, tr("Save as a table"), f"{title}.xlsx", KINDS)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix.lower() in {".xlsx", ".csv"} else Path(f"{name}.{'csv' if 'csv' in kind else 'xlsx'}")


def save(
    owner: QWidget,
    context: Context,
    title: str,
    listing: Listing[Any],
    query: ListQuery,
    columns: Sequence[Column[Any]],
) -> None:
    """Ask for a file and save all rows of a list in it, with progress and Cancel."""
    path = ask(owner, title)
    if path is not None:
        save_to(owner, context, path, wanted(title, listing, query, columns))


def wanted(title: str, listing: Listing[Any], query: ListQuery, columns: Sequence[Column[Any]]) -> Wanted[Any]:
    """Say what of a list is saved."""
    amounts = "currency" in getattr(listing.row, "__dataclass_fields__", {})
    values = RowValues(tuple(columns), currency=amounts and all(column.id != "currency" for column in columns))
    return Wanted(title, listing, query, values.headings, values)


def save_to(owner: QWidget, context: Context, path: Path, what: Wanted[Any]) -> None:
    """Save it, with progress and Cancel."""
    op = partial(_save, context.database, what, path)
    said = partial(_said, context, path.name)
    context.tasks.run_long(owner, tr("Saving {}…").format(path.name), op, said, partial(_refused, context))


def _save(database: Database, what: Wanted[Any], path: Path, progress: Progress) -> int:
    return list_export.save(database, what, path, progress)


def _said(context: Context, name: str, count: int) -> None:
    context.messages.say(said(name, count))


def said(name: str, count: int) -> str:
    """Say how many rows a file got."""
    rows = written.counted(count, tr("1 row is saved in"), tr("{} rows are saved in"))
    return f"{rows} {name}."


def _refused(context: Context, error: UserError) -> None:
    context.messages.error(error)
