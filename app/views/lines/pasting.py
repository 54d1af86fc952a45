"""Lines pasted from a spreadsheet: columns found by heading or content, errors marked per cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.services.drafting import PastedLine, TypedLine
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.list_view import ListView

HEADINGS: Final = {
    "sku": {
        "sku",
        "article",
        "article number",
        "item",
        "item number",
        "product",
        "part",
        "part number",
        "artikel",
        "artikelnummer",
        "art.-nr.",
    },
    "quantity": {"quantity", "qty", "pcs", "pieces", "amount", "menge", "anzahl", "stück"},
    "price": {"price", "unit price", "preis", "einzelpreis"},
    "discount": {"discount", "discount %", "disc. %", "rabatt", "rabatt %"},
}
ORDER: Final = ("sku", "quantity", "price", "discount")
LARGEST: Final = 5_000
"""Lines taken from one paste."""


def read(text: str) -> list[dict[str, Any]]:
    """Read a pasted block; each row has sku, the numbers that were found, its texts and errors by column.

    Raises:
        Invalid: there is nothing to read, or too much of it.

    """
    dialect = "\t" if "\t" in text else ";" if ";" in text else ","
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=dialect)]
    rows = [row for row in rows if any(row)]
    if not rows:
        raise Invalid("paste", tr("There is nothing to paste. Copy rows with SKU and quantity first."))
    if len(rows) > LARGEST:
        raise Invalid("paste", tr("Paste at most {} lines at once.").format(LARGEST))
    places = _by_heading(rows[0])
    if places:
        rows = rows[1:]
    else:
        places = _by_content(rows)
    return [_row(row, places) for row in rows]


def _by_heading(first: Sequence[str]) -> dict[str, int]:
    found = {
        name: number
        for name, words in HEADINGS.items()
        for number, cell in enumerate(first)
        if cell.casefold() in words
    }
    return found if "sku" in found else {}


def _by_content(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Without headings the first column that is not all numbers holds the SKU, numbers follow in order."""
    width = max(len(row) for row in rows)
    numeric = [
        all(written.number(row[place]) is not None for row in rows if place < len(row) and row[place])
        for place in range(width)
    ]
    sku = next((place for place in range(width) if not numeric[place]), 0)
    rest = [place for place in range(width) if numeric[place] and place != sku]
    return {"sku": sku, **dict(zip(ORDER[1:], rest, strict=False))}


def _row(row: Sequence[str], places: dict[str, int]) -> dict[str, Any]:
    texts = [row[places[name]] if name in places and places[name] < len(row) else "" for name in ORDER]
    found: dict[str, Any] = {"sku": texts[0], "texts": tuple(texts), "errors": {}}
    for name, text in zip(ORDER[1:], texts[1:], strict=True):
        value = written.number(text.rstrip("%")) if text else None
        if text and value is None:
            found["errors"][name] = tr("“{}” is not a number.").format(text)
        found[name] = value
    return found


class PasteDialog(FormDialog):
    """Shows what was pasted before it is taken; rows with errors are marked at their cells and left out."""

    taken = Signal(object)  # list[TypedLine]

    def __init__(self, context: Context, rows: Sequence[PastedLine], *, parent: QWidget) -> None:
        good = [row.line for row in rows if row.line is not None]
        bad = len(rows) - len(good)
        about = tr("1 line is ready.") if len(good) == 1 else tr("{} lines are ready.").format(len(good))
        if bad:
            about += " " + tr("{} cannot be taken, see the marked cells: left out.").format(bad)
        button = tr("Add 1 line") if len(good) == 1 else tr("Add {} lines").format(len(good))
        super().__init__(context, tr("Paste lines"), button, about=about, parent=parent)
        self.setMinimumWidth(640)
        self._good: list[TypedLine] = good
        self.rows: RowsTable[PastedLine] = RowsTable(
            [
                _column(0, "sku", tr("SKU"), 200, right=False),
                _column(1, "quantity", tr("Quantity"), 110),
                _column(2, "price", tr("Price"), 110),
                _column(3, "discount", tr("Discount %"), 110),
            ]
        )
        self.view = ListView(self.rows, "pasted_lines")
        self.view.setAccessibleName(tr("Pasted lines"))
        self.view.setMinimumHeight(300)
        self.body.addWidget(self.view)
        self.rows.set_rows(rows)
        self.rows.set_errors(
            {(number, name): why for number, row in enumerate(rows) for name, why in row.errors.items()}
        )
        self.go.setEnabled(bool(good))

    def submit(self) -> None:
        """Take the good rows."""
        self.taken.emit(self._good)
        self.accept()


def _column(place: int, name: str, title: str, width: int, *, right: bool = True) -> Column[PastedLine]:
    def cell(row: PastedLine) -> Cell:
        wrong = row.errors.get(name, "")
        return Cell(row.texts[place] or "–", tone=Tone.BAD if wrong else Tone.TEXT, hint=wrong)

    return Column[PastedLine](name, title, cell, width, right=right, stretch=place == 0)
