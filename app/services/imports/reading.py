"""Opening a file that is imported and giving its rows: CSV in any dialect, also packed with gzip, and XLSX.

Files are read as a stream and never unpacked to disk.  The row number is the one a spreadsheet program
shows: it counts rows, not lines, and counts empty rows and the header too.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import translate
from functools import partial
from pathlib import Path
from re import IGNORECASE
from re import compile as pattern_of
from typing import BinaryIO, Final, Literal, TypeAlias, cast

from app.errors import Invalid
from app.services.imports import workbook
from app.services.imports.cells import UNREADABLE, Cell
from app.services.imports.limits import DEFAULT, Limits

Row: TypeAlias = tuple[int, list[Cell]]

_GZIP: Final = b"\x1f\x8b"
_CHUNK: Final = 1 << 20
_ODD_QUOTE: Final = (
    "In row {row:,} a quotation mark is opened and not closed. Nothing was imported. "
    "Close it in the file, or say that the file has no quotation marks."
)
_LARGE_CELL: Final = (
    "In row {row:,} a cell has more than {most:,} characters. Nothing was imported. "
    "Shorten it, or look for a quotation mark before it that is opened and not closed."
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a file are to be read; detection proposes one and a person may change each part.

    ``header_row`` is 0 for a file without a header.  ``quote`` is empty where quotation marks mean
    nothing.  ``sheet`` is the name of the worksheet, empty for text.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    first_line: int = 1  # of text; 2 after a line “sep=;”
    sheet: str = ""
    header_row: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A file that may be imported; its name alone is kept, never its folder."""

    path: Path
    packed: bool  # with gzip
    book: workbook.Workbook | None
    limits: Limits

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """Open the text of the file as bytes, unpacked on the way and held to the limits."""
        with self.path.open("rb") as raw:
            if not self.packed:
                yield raw
                return
            unpacked = gzip.GzipFile(fileobj=raw, mode="rb")
            measured = _Measured(unpacked, self.path.stat().st_size, self.limits)
            try:
                yield cast(BinaryIO, io.BufferedReader(measured, _CHUNK))
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                raise Invalid(
                    "file", "The packed file is damaged or cut short. Nothing was imported. Fetch it again."
                ) from error

    def fingerprint(self) -> str:
        """SHA-256 of the file as it lies on the disk, in hexadecimal digits."""
        digest = hashlib.sha256()
        with self.path.open("rb") as raw:
            for chunk in iter(partial(raw.read, _CHUNK), b""):
                digest.update(chunk)
        return digest.hexdigest()

    def rows(self, layout: Layout) -> Iterator[Row]:
        """Give all rows with their numbers, the header and empty rows too.

        Raises:
            Invalid: the file is damaged, or larger than the limits.

        """
        return workbook.rows(self.book, layout.sheet, self.limits) if self.book else self._text_rows(layout)

    def _text_rows(self, layout: Layout) -> Iterator[Row]:
        with self.stream() as stream:
            text = io.TextIOWrapper(stream, layout.encoding, errors="replace", newline="")
            lines = _Lines(text, self.limits)
            for _ in range(layout.first_line - 1):
                next(lines, None)
            reader = csv_reader(lines, layout)
            number, rows_max, columns_max = 0, self.limits.rows_max, self.limits.columns_max
            try:
                for number, row in enumerate(reader, start=layout.first_line):
                    lines.start_row(number + 1)
                    if len(row) > columns_max or number > rows_max:
                        self.limits.check_columns(number, len(row))
                        self.limits.check_rows(number)
                    yield number, row  # type: ignore[misc]  # a text is a cell
            except csv.Error as error:
                words = _LARGE_CELL if "field limit" in str(error) else _ODD_QUOTE
                raise Invalid("quote", words.format(row=number + 1, most=csv.field_size_limit())) from error
            if lines.last_row_is_open(layout):
                raise Invalid("quote", _ODD_QUOTE.format(row=number))


class _Measured(io.RawIOBase):
    """Counts what is unpacked and stops at the limits."""

    def __init__(self, unpacked: gzip.GzipFile, packed_size: int, limits: Limits) -> None:
        super().__init__()
        self._unpacked, self._packed_size, self._limits, self._read = unpacked, packed_size, limits, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # one of the buffer types
        chunk = self._unpacked.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._read += len(chunk)
        self._limits.check_unpacked(self._packed_size, self._read)
        return len(chunk)


class _Lines:
    """Hands lines to the CSV reader and remembers those of the row it is in."""

    def __init__(self, text: io.TextIOWrapper, limits: Limits) -> None:
        self._text, self._limits, self._row = text, limits, 1
        self._lines: list[str] = []
        self._last: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._limits.line_max)
        if not line:
            raise StopIteration
        self._limits.check_line(self._row, line)
        self._lines.append(line)
        if len(self._lines) > self._limits.record_lines_max:
            raise Invalid("quote", _ODD_QUOTE.format(row=self._row))
        return line

    def start_row(self, row: int) -> None:
        """Note that a row is complete and ``row`` is the next."""
        self._row = row
        self._last = self._lines
        self._lines = []

    def last_row_is_open(self, layout: Layout) -> bool:
        """Tell whether the file ended inside a quotation; the CSV reader does not say so by itself."""
        if not layout.quote or not any(layout.quote in line for line in self._last):
            return False
        try:
            for _ in csv_reader(self._last, layout, strict=True):
                pass
        except csv.Error as error:
            return "end of data" in str(error)
        return False


def bounded_lines(text: io.TextIOWrapper, limits: Limits) -> Iterator[str]:
    """Give the lines of a text, none longer than the limits allow (Invalid where one is)."""
    for row, line in enumerate(iter(partial(text.readline, limits.line_max), ""), start=1):
        limits.check_line(row, line)
        yield line


def csv_reader(lines: Iterable[str], layout: Layout, *, strict: bool = False) -> Iterator[list[str]]:
    """Cut lines into cells as ``layout`` says; strict refuses quotation marks in wrong places (csv.Error)."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    return csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quote or '"', quoting=quoting, strict=strict)


def open_source(path: Path, limits: Limits = DEFAULT) -> Source:
    """Look at a file by its content, not by its name, and make it ready to be read.

    Raises:
        Invalid: it does not exist, is empty, is of a kind that is not read, or exceeds the limits.

    """
    start = _start(path)
    packed = start.startswith(_GZIP)
    book = None
    if packed:
        source = Source(path, packed=True, book=None, limits=limits)
        with source.stream() as stream:
            start = stream.read(8)
        if workbook.is_workbook(start):
            raise Invalid("file", "This is a packed workbook. Nothing was imported. Unpack it, then import it.")
    elif workbook.is_workbook(start):
        book = workbook.inspect(path, limits)
    else:
        limits.check_unpacked(path.stat().st_size, path.stat().st_size)
    _refuse_foreign(start)
    return Source(path, packed, book, limits)


def inside(folder: Path, name: str) -> Path:
    """Find the file called ``name`` in ``folder``, and only there; ``*`` and ``?`` stand for other characters.

    A packed file is found by the name of the plain one.

    Raises:
        Invalid: the name leads out of the folder (by itself or by a link), or fits no file or several.

    """
    if name != Path(name).name or "\\" in name or ":" in name or name in {"", ".", ".."}:
        raise Invalid("file", f"“{name}” is not the name of a file in the folder. Nothing was read.")
    wanted = pattern_of(rf"{translate(name)[:-2]}(\.gz)?\Z", IGNORECASE)
    found = sorted(path for path in folder.iterdir() if path.is_file() and wanted.match(path.name))
    exact = [path for path in found if path.name in {name, f"{name}.gz"}]
    found = exact[:1] or found
    if not found:
        raise Invalid("file", f"There is no file “{name}” in the folder {folder.name}. Nothing was imported.")
    if len(found) > 1:
        several = ", ".join(path.name for path in found[:4])
        raise Invalid("file", f"Several files fit “{name}”: {several}. Name the file instead of the folder.")
    if found[0].resolve().parent != folder.resolve():
        raise Invalid("file", f"“{found[0].name}” leads out of the folder. Nothing was read.")
    return found[0]


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as raw:
            start = raw.read(8)
    except FileNotFoundError as error:
        raise Invalid("file", f"There is no file {path.name}. Check the name and the folder.") from error
    except OSError as error:
        raise Invalid("file", f"The file {path.name} cannot be read. Close it elsewhere and try again.") from error
    if not start:
        raise Invalid("file", f"The file {path.name} is empty. Nothing was imported.")
    return start


def _refuse_foreign(start: bytes) -> None:
    kinds: dict[str, Callable[[bytes], bool]] = {
        "an old workbook (.xls)": workbook.is_old_workbook,
        "a PDF document": lambda text: text.startswith(b"%PDF"),
        "a picture": lambda text: text.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")),
        "a database": lambda text: text.startswith(b"SQLite f"),
    }
    for kind, matches in kinds.items():
        if matches(start):
            raise Invalid("file", f"This is {kind}. Nothing was imported. Save the table as XLSX or CSV.")


def unreadable(cell: Cell) -> bool:
    """Tell whether the cell holds characters that could not be read in the chosen encoding."""
    return isinstance(cell, str) and UNREADABLE in cell
