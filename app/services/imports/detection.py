"""Finding out how a file is to be read: encoding, delimiter, quotation marks, header, numbers and dates.

Everything found is shown with its evidence and can be overridden; nothing that is not sure is used silently.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from app.errors import Invalid
from app.services.imports import date_style, encoding, number_style
from app.services.imports.cells import Cell, shown
from app.services.imports.fields import is_known_name
from app.services.imports.findings import Finding
from app.services.imports.formulas import unguarded
from app.services.imports.reading import Layout, Row, Source, bounded_lines, csv_reader
from app.services.progress import Progress, Quiet

DELIMITERS: Final = (",", ";", "\t", "|")
QUOTES: Final = ('"', "'", "")
_LINES: Final = 400
_TOP: Final = 40
_DISTINCT: Final = 5_000
_EVERY: Final = 1_000
QUIET: Final = Quiet()
_NAMES: Final = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    '"': "double",
    "'": "single",
    "": "none",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has said about the file; None leaves it to detection."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    header_row: int | None = None


NOTHING_CHOSEN: Final = Choices()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how full it is, its first value, and how its numbers and dates are written."""

    position: int  # from 0
    name: str
    filled: int
    empty: int
    first: Cell
    number: Finding | None
    date: Finding | None
    values: tuple[Cell, ...] = field(default=(), repr=False, compare=False)  # the first five thousand different ones


@dataclass(frozen=True, slots=True)
class Detection:
    """How the file will be read, why, and what is in it."""

    layout: Layout
    findings: tuple[Finding, ...]
    columns: tuple[Column, ...]
    rows: int  # with something in them, without the header
    empty_rows: int
    width: int  # cells of the header; 0 without one

    def column(self, name: str) -> Column | None:
        """Find a column by its name, exactly or else without regard to case and surrounding spaces."""
        for column in self.columns:
            if column.name == name:
                return column
        wanted = name.strip().casefold()
        return next((column for column in self.columns if column.name.strip().casefold() == wanted), None)


def detect(source: Source, choices: Choices = NOTHING_CHOSEN, progress: Progress = QUIET) -> Detection:
    """Read the whole file once or twice and say how it is to be read.

    Raises:
        Invalid: the file cannot be read, has no rows, or a choice does not fit it.

    """
    layout, findings = _workbook(source, choices) if source.book else _text(source, choices)
    top = list(islice(source.rows(layout), _TOP))
    header = _header(top, choices)
    layout = replace(layout, header_row=int(header.value))
    scan = _scan(source, layout, progress)
    columns = scan.columns()
    if not columns:
        raise Invalid("file", f"{source.name} has no table in it. Nothing was imported.")
    return Detection(layout, (*findings, header), columns, scan.rows, scan.empty_rows, len(scan.header))


def header_names(row: Sequence[Cell], width: int) -> list[str]:
    """Name the columns after the header's cells; an empty one by its place, a repeated one by its count."""
    names: list[str] = []
    for position in range(width):
        cell = unguarded(shown(row[position]).strip("\ufeff\u200b")) if position < len(row) else ""
        name = " ".join(cell.split())
        name = name or f"Column {position + 1}"
        same = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({same + 1})" if same else name)
    return names


# ------------------------------------------------------------------------------------------------ file


def _workbook(source: Source, choices: Choices) -> tuple[Layout, list[Finding]]:
    assert source.book is not None
    sheets = source.book.sheets
    if choices.sheet is not None:
        found = Finding("sheet", choices.sheet, "chosen by you", sure=True, choices=sheets)
    else:
        first = next((sheet for sheet in sheets if _has_rows(source, sheet)), sheets[0])
        evidence = (
            "the only visible sheet" if len(sheets) == 1 else f"the first of {len(sheets)} visible sheets with rows"
        )
        found = Finding("sheet", first, evidence, sure=len(sheets) == 1, choices=sheets)
    return Layout(sheet=found.value), [found]


def _has_rows(source: Source, sheet: str) -> bool:
    return next(source.rows(Layout(sheet=sheet)), None) is not None


def _text(source: Source, choices: Choices) -> tuple[Layout, list[Finding]]:
    if choices.encoding is not None:
        if choices.encoding not in encoding.CHOICES:
            raise Invalid("encoding", f"“{choices.encoding}” is no encoding that is read. Choose one from the list.")
        code = Finding("encoding", choices.encoding, "chosen by you", sure=True, choices=encoding.CHOICES)
        with source.stream() as stream:  # a file saved anew, as rejected rows are, may have one
            code = encoding.marked(stream.read(4)) or code
    else:
        with source.stream() as stream:
            code = encoding.detect(stream)
    with source.stream() as stream:
        text = io.TextIOWrapper(stream, code.value, errors="replace", newline="")
        lines = [line[:20_000] for line in islice(bounded_lines(text, source.limits), _LINES)]
    first_line, told = 1, None
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip("\r\n")) == 5:
        first_line, told = 2, lines[0][4]
    delimiter, quote = _dialect(lines[first_line - 1 :], choices, told)
    layout = Layout(encoding=code.value, delimiter=delimiter.value, quote=quote.value, first_line=first_line)
    return layout, [code, delimiter, quote]


@dataclass(frozen=True, slots=True)
class _Trial:
    """How well a delimiter and a quotation mark cut the first lines into rows of equal length."""

    delimiter: str
    quote: str
    width: int
    same: int  # rows of that width
    rows: int
    dirty: int  # rows with another delimiter inside a cell
    quoted: int  # cells that the quotation mark encloses
    known: int  # names of fields in the row that has most of them

    @property
    def regular(self) -> bool:
        """Whether nine in ten rows have the same number of cells, more than one."""
        return self.width > 1 and self.same * 10 >= self.rows * 9

    @property
    def clean(self) -> bool:
        """Whether few cells hold another delimiter."""
        return self.dirty * 10 < self.rows

    def rank(self) -> tuple[int, bool, bool, bool, int, int, int]:
        """Sort key: the best trial is the greatest.  Two known names beside each other tell most."""
        known = self.known if self.known > 1 else 0
        shape = (self.regular and self.clean, self.width > 1 and self.clean, self.regular)
        return (known, *shape, self.same, self.quoted, self.width)


def _dialect(lines: list[str], choices: Choices, told: str | None) -> tuple[Finding, Finding]:
    delimiters = (choices.delimiter,) if choices.delimiter else (told,) if told else DELIMITERS
    quotes = QUOTES[:2] if choices.quote is None else (choices.quote,)
    if any(len(delimiter) != 1 for delimiter in delimiters) or any(len(quote) > 1 for quote in quotes):
        raise Invalid("delimiter", "Delimiter and quotation mark are one character each. Choose again.")
    trials = [_trial(lines, delimiter, quote) for delimiter in delimiters for quote in quotes]
    best = max(trials, key=_Trial.rank)
    name = _NAMES.get(best.delimiter, best.delimiter)
    if choices.delimiter:
        why, sure = "chosen by you", True
    elif told:
        why, sure = "the first line says so (sep=)", True
    elif best.width == 1:
        why, sure = "no delimiter was found: one column", len(lines) > 0
    else:
        why = f"cuts {best.same} of the first {best.rows} rows into {best.width} cells with the {name}"
        others = [t for t in trials if t.delimiter != best.delimiter and t.regular and t.clean]
        sure = best.known > 1 or (best.regular and best.clean and not others)
    delimiter = Finding("delimiter", best.delimiter, why, sure=sure, choices=DELIMITERS)
    if choices.quote is not None:
        marks = "chosen by you"
    else:
        marks = f"encloses {best.quoted} cells of the first rows" if best.quoted else "no cell is in quotation marks"
    return delimiter, Finding("quote", best.quote, marks, sure=True, choices=QUOTES)


def _trial(lines: list[str], delimiter: str, quote: str) -> _Trial:
    layout = Layout(delimiter=delimiter, quote=quote)
    rows = [row for row in csv_reader(lines, layout) if any(cell.strip() for cell in row)]
    if len(lines) == _LINES and len(rows) > 1:
        rows.pop()  # the last one may be cut
    widths = Counter(len(row) for row in rows)
    width = max(widths, key=lambda width: (widths[width], width), default=1)
    others = [other for other in DELIMITERS[1:] if other != delimiter]
    dirty = sum(any(other in cell for cell in row for other in others) for row in rows)
    marked = 0
    if quote:
        d, q = re.escape(delimiter), re.escape(quote)
        enclosed = re.compile(rf"(?:^|{d}){q}(?:[^{q}]|{q}{q})*+{q}(?={d}|[\r\n]|\Z)", re.MULTILINE)
        marked = sum(1 for _ in enclosed.finditer("".join(lines)))
    known = max((sum(is_known_name(cell) for cell in row) for row in rows[:_TOP] if len(row) > 1), default=0)
    return _Trial(delimiter, quote, width, widths[width], len(rows), dirty, marked, known)


# ---------------------------------------------------------------------------------------------- header


def _header(top: list[Row], choices: Choices) -> Finding:
    """Find the row with the column names; 0 for none."""
    rows = {number: row for number, row in top if any(shown(cell).strip() for cell in row)}
    options = ("0", *(str(number) for number in list(rows)[:10]))
    if choices.header_row is not None:
        if choices.header_row < 0 or (choices.header_row and choices.header_row not in rows):
            raise Invalid("header", f"Row {choices.header_row} cannot be the header: it is empty or not near the top.")
        return Finding("header", str(choices.header_row), "chosen by you", sure=True, choices=options)
    width = _usual_width(rows.values())
    for number, row in rows.items():
        cells = [cell for cell in row if shown(cell).strip()]
        if len(cells) * 10 < width * 6:
            continue
        if all(_is_name(cell) for cell in cells):
            known = sum(is_known_name(shown(cell)) for cell in cells)
            below = [other for place, other in rows.items() if place > number]
            different = _differs_below(row, below)
            evidence = f"row {number} has only names, {known} of {len(cells)} known"
            if different:
                evidence += f"; “{different}” stands over numbers or dates"
            return Finding("header", str(number), evidence, sure=bool(known or different), choices=options)
        value = next(shown(cell) for cell in cells if not _is_name(cell))
        return Finding("header", "0", f"row {number} already has a value: “{value}”", sure=False, choices=options)
    return Finding("header", "0", "no row with names was found", sure=False, choices=options)


def _usual_width(rows: Iterable[Sequence[Cell]]) -> int:
    widths = Counter(sum(bool(shown(cell).strip()) for cell in row) for row in rows)
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and not number_style.looks_numeric(cell) and not date_style.looks_dated(cell)


def _differs_below(row: Sequence[Cell], below: list[list[Cell]]) -> str:
    for position, name in enumerate(row):
        cells = [other[position] for other in below if position < len(other) and shown(other[position]).strip()]
        if cells and shown(name).strip() and not any(_is_name(cell) for cell in cells):
            return shown(name)
    return ""


# --------------------------------------------------------------------------------------------- columns


def data_rows(source: Source, layout: Layout) -> Iterator[Row]:
    """Give the rows below the header."""
    rows = source.rows(layout)
    for number, row in rows:
        if number > layout.header_row:
            yield number, row
            break
    yield from rows


@dataclass(slots=True)
class _Scan:
    """One pass over all rows: the header, the different values of each column, and what is empty."""

    header: Sequence[Cell] = ()
    values: list[dict[Cell, int]] = field(default_factory=list)  # with the row where each stands first
    empty: list[int] = field(default_factory=list)
    rows: int = 0
    empty_rows: int = 0

    def add(self, number: int, row: Sequence[Cell]) -> None:
        """Take in one row below the header."""
        self.widen(len(row))
        if not any(row):
            self.empty_rows += 1
            return
        self.rows += 1
        for position, cell in enumerate(row):
            values = self.values[position]
            if cell == "":
                self.empty[position] += 1
            elif cell not in values and len(values) < _DISTINCT:
                values[cell] = number
        for position in range(len(row), len(self.values)):
            self.empty[position] += 1

    def widen(self, width: int) -> None:
        """Make room for columns that no row had before."""
        for _ in range(width - len(self.values)):
            self.values.append({})
            self.empty.append(self.rows)

    def columns(self) -> tuple[Column, ...]:
        """Name the columns and say how their numbers and dates are written."""
        self.widen(len(self.header))
        names = header_names(self.header, len(self.values))
        found = [
            _column(place, names[place], values, self.rows - self.empty[place], self.rows)
            for place, values in enumerate(self.values)
        ]
        return tuple(_agreed(found))


def _scan(source: Source, layout: Layout, progress: Progress) -> _Scan:
    scan = _Scan()
    for number, row in source.rows(layout):
        if number <= layout.header_row:
            scan.header = row
            continue
        scan.add(number, row)
        if number % _EVERY == 0:
            progress.step(scan.rows, 0, f"Reading {source.name}")
    return scan


def _column(position: int, name: str, values: dict[Cell, int], filled: int, rows: int) -> Column:
    texts = {cell.strip(): row for cell, row in values.items() if isinstance(cell, str) and cell.strip()}
    typed = [cell for cell in values if not isinstance(cell, str)]
    number, day = number_style.detect(texts), date_style.detect(texts)
    if not texts and typed:
        kept = "numbers of the workbook, exact to 15 digits"
        number = Finding("number", ".", kept, sure=True) if all(isinstance(c, Decimal) for c in typed) else None
        day = Finding("date", date_style.YEAR_FIRST, "dates of the workbook", sure=True) if _dates(typed) else None
    elif not day and number and date_style.detect_serial(texts):
        day = Finding(
            "date", date_style.SERIAL, "could be day numbers of a spreadsheet", sure=False, choices=date_style.ORDERS
        )
    return Column(position, name, filled, rows - filled, next(iter(values), ""), number, day, tuple(values))


def _dates(cells: Sequence[Cell]) -> bool:
    return all(isinstance(cell, date) for cell in cells)


def _agreed(columns: list[Column]) -> Iterator[Column]:
    """Where a column does not tell, take what the file's other columns tell, and say so."""
    signs = {
        c.number.value: c for c in columns if c.number and c.number.sure and c.number.evidence != "whole numbers only"
    }
    orders = {c.date.value: c for c in columns if c.date and c.date.sure and c.date.value != date_style.YEAR_FIRST}
    for column in columns:
        number, day = column.number, column.date
        if number and number.value == number_style.UNKNOWN and len(signs) == 1:
            ((sign, other),) = signs.items()
            number = replace(number, value=sign, evidence=f"as in the column {other.name}", sure=True)
        if day and day.value == date_style.EITHER and len(orders) == 1:
            ((order, other),) = orders.items()
            day = replace(day, value=order, evidence=f"as in the column {other.name}", sure=True)
        yield replace(column, number=number, date=day)
