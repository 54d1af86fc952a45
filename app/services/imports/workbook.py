"""Reading an XLSX workbook row by row, after a look at its parts that no trap in the file survives.

python-calamine keeps a worksheet as a full rectangle, so a file of one kilobyte with one cell at the
far corner would ask for sixteen thousand million cells.  Therefore the cell references are read as
plain text first, and a sheet whose rectangle is too large is refused.  The same look finds cells
whose formula failed, which calamine gives as empty.  No part is ever written to disk and no XML entity
is expanded.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from app.errors import Invalid
from app.services.imports.cells import FAULT, Cell, exact
from app.services.imports.limits import Limits

_CHUNK: Final = 1 << 20
_TAG: Final = re.compile(rb"<(?:\w+:)?(c|row)(\s[^<>]*?)?/?>")
_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_REFERENCE: Final = re.compile(rb"<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*[\"']\s*([A-Za-z]{1,3})(\d{1,10})\s*[\"']")
_PLACE: Final = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]{0,3})(\d{1,10})\s*[\"']")
_FAILED: Final = re.compile(rb"\st\s*=\s*[\"']e[\"']")
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DAMAGED: Final = (
    "The workbook is damaged or protected by a password. Nothing was imported. "
    "Open it in your spreadsheet program and save it as a new XLSX file or as CSV."
)


@dataclass(slots=True)
class _Extent:
    """How far a worksheet reaches and where formulas failed; rows and columns count from 1."""

    cells: int = 0
    row: int = 0
    column: int = 0
    row_max: int = 0
    column_max: int = 0
    faults: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that passed the look; ``sheets`` are the visible ones, in order.  Each is loaded once."""

    path: Path
    sheets: tuple[str, ...]
    loaded: dict[str, tuple[CalamineSheet, _Extent]] = field(default_factory=dict, repr=False, compare=False)


def is_workbook(start: bytes) -> bool:
    """Tell whether a file that begins with ``start`` is a ZIP archive, as an XLSX file is."""
    return start.startswith(b"PK\x03\x04")


def is_old_workbook(start: bytes) -> bool:
    """Tell whether it is a workbook of the time before XLSX (OLE compound file)."""
    return start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def inspect(path: Path, limits: Limits) -> Workbook:
    """Look at the workbook's parts and give its visible sheets.

    Raises:
        Invalid: it is no XLSX workbook, damaged, protected, or unpacks to too much.

    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > limits.parts_max:
                raise Invalid("file", f"The workbook has {len(parts):,} parts inside. Nothing was imported.")
            limits.check_unpacked(path.stat().st_size, sum(part.file_size for part in parts))
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise Invalid("file", "This is a ZIP archive, no XLSX workbook. Unpack it and import the files.")
        book = CalamineWorkbook.from_path(str(path))
        sheets = tuple(sheet.name for sheet in book.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible)
    except (zipfile.BadZipFile, zlib.error, CalamineError, EOFError) as error:
        raise Invalid("file", _DAMAGED) from error
    if not sheets:
        raise Invalid("file", "The workbook has no visible sheet. Nothing was imported.")
    return Workbook(path, sheets)


def rows(book: Workbook, sheet: str, limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    """Read ``sheet`` row by row, empty rows included; the row number is the one the spreadsheet shows.

    Raises:
        Invalid: there is no such sheet, it is damaged, or it is larger than the limits.

    """
    if sheet not in book.sheets:
        raise Invalid("sheet", f"There is no visible sheet “{sheet}”. The workbook has: {', '.join(book.sheets)}.")
    try:
        if sheet not in book.loaded:
            extent = _extent(book.path, sheet, limits)
            book.loaded[sheet] = CalamineWorkbook.from_path(str(book.path)).get_sheet_by_name(sheet), extent
        table, extent = book.loaded[sheet]
    except (zipfile.BadZipFile, zlib.error, CalamineError, EOFError, ET.ParseError, KeyError) as error:
        raise Invalid("file", _DAMAGED) from error
    yield from _typed(table, extent)


def _typed(table: CalamineSheet, extent: _Extent) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(table.iter_rows(), start=1):
        cells = [_cell(value) for value in row]
        if extent.faults:
            for position in range(len(cells)):
                if (number, position + 1) in extent.faults:
                    cells[position] = FAULT
        yield number, cells


def _cell(value: object) -> Cell:
    if isinstance(value, bool | str | date):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        number = exact(value)
        return number if number.is_finite() else FAULT
    if isinstance(value, time):
        return value.isoformat()
    assert isinstance(value, timedelta), type(value)
    return str(value)


def _extent(path: Path, sheet: str, limits: Limits) -> _Extent:
    """Read the references of all cells of ``sheet`` as text, and refuse a rectangle that is too large.

    Cells that leave their reference out, or whose formula failed, need a second, slower look at each.
    """
    extent = _Extent()
    if not all(_measure(text, extent, limits) for text in _pieces(path, sheet, limits)):
        extent = _Extent()
        for text in _pieces(path, sheet, limits):
            _measure_each(text, extent, limits)
    return extent


def _pieces(path: Path, sheet: str, limits: Limits) -> Iterator[bytes]:
    """Give the XML of a sheet in pieces that end between two tags."""
    with zipfile.ZipFile(path) as archive, archive.open(_part_of(archive, sheet)) as stream:
        tail, read, packed = b"", 0, path.stat().st_size
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            limits.check_unpacked(packed, read)
            text = tail + chunk
            if b"<!DOCTYPE" in text:
                raise Invalid("file", _DAMAGED)
            end = max(text.rfind(b"<"), 0)
            yield text[:end]
            tail = text[end:]
        yield tail


def _measure(text: bytes, extent: _Extent, limits: Limits) -> bool:
    """Measure a piece where every cell has its reference and none has failed; else say that it is not so."""
    references = _REFERENCE.findall(text)
    if len(references) != len(_CELL.findall(text)) or _FAILED.search(text):
        return False
    if references:
        extent.cells += len(references)
        extent.row_max = max(extent.row_max, *(int(row) for _, row in references))
        extent.column_max = max(extent.column_max, *map(_column, {letters for letters, _ in references}))
        _refuse_too_large(extent, limits)
    return True


def _measure_each(text: bytes, extent: _Extent, limits: Limits) -> None:
    """Measure a piece cell by cell, as a reader of workbooks counts them, and note the cells that failed."""
    for found in _TAG.finditer(text):
        attributes = found.group(2) or b""
        place = _PLACE.search(attributes)
        if found.group(1) == b"row":
            extent.row = int(place.group(2)) if place else extent.row + 1
            extent.column = 0
            continue
        extent.cells += 1
        extent.column += 1
        if place and place.group(1):
            extent.row, extent.column = int(place.group(2)), _column(place.group(1))
        extent.row_max = max(extent.row_max, extent.row)
        extent.column_max = max(extent.column_max, extent.column)
        if _FAILED.search(attributes) and len(extent.faults) < limits.rows_max:
            extent.faults.add((extent.row, extent.column))
    _refuse_too_large(extent, limits)


def _refuse_too_large(extent: _Extent, limits: Limits) -> None:
    limits.check_rows(extent.row_max)
    limits.check_columns(extent.row_max, extent.column_max)
    if extent.row_max * extent.column_max > limits.cells_max:
        raise Invalid(
            "file",
            f"The sheet reaches to row {extent.row_max:,} and column {extent.column_max:,}, but has only "
            f"{extent.cells:,} cells. Nothing was imported. Delete the empty rows and columns below and right "
            "of your table and save the workbook again.",
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Find the part that holds ``sheet``, by way of the workbook's relations."""
    book, relations = _xml(archive, "xl/workbook.xml"), _xml(archive, "xl/_rels/workbook.xml.rels")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for item in book.iter():
        if item.tag.endswith("}sheet") and item.get("name") == sheet:
            target = targets[item.get(_RELATION)]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _xml(archive: zipfile.ZipFile, part: str) -> ET.Element:
    with archive.open(part) as stream:
        text = stream.read(16 * _CHUNK)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Invalid("file", _DAMAGED)
    return ET.fromstring(text)  # noqa: S314  without DOCTYPE there is no entity to expand
