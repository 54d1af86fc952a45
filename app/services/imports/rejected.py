"""The file of rows that were not imported: the columns of the source, and why, to be repaired and imported again.

It is CSV in UTF-8 with a byte order mark, which spreadsheet programs need to show accents right, laid out
as the source is: the same delimiter and quotation mark, and what stood above its header.  So the mapping,
the choices and the profile that read the source read it too.  A cell that a spreadsheet would take for a
formula is guarded with an apostrophe, which the import takes off again (see app.services.imports.formulas).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final, TextIO

from app.errors import Unavailable
from app.services.imports.cells import Cell, shown
from app.services.imports.detection import Detection, data_rows
from app.services.imports.formulas import guarded, unguarded
from app.services.imports.reading import Layout, Source

REASON: Final = "Reason"
"""Name of the added column; a column of that name in the source is not repeated."""


def write(source: Source, detection: Detection, reasons: Mapping[int, str], target: Path) -> int:
    """Write the rows of ``source`` that have a reason to ``target`` and give their number.

    Rows are told by their number; ``target`` is made new and replaces a file of that name.

    Raises:
        Unavailable: the target cannot be written, or is the source itself.

    """
    if target.exists() and target.samefile(source.path):
        raise Unavailable(f"{target.name} is the file that is imported. Choose another name for the rejected rows.")
    layout = Layout() if source.book else detection.layout
    names = [column.name for column in detection.columns]
    kept = [place for place, name in enumerate(names) if name != REASON]
    count = 0
    try:
        with target.open("w", encoding="utf-8-sig", newline="") as stream:
            if layout.first_line == 2:
                stream.write(f"sep={layout.delimiter}\r\n")
            put = _writer(stream, layout)
            for cells in _above(source, detection.layout):
                put([guarded(unguarded(shown(cell))) for cell in cells])
            if detection.layout.header_row:
                put([*(guarded(names[place]) for place in kept), REASON])
            for number, cells in _wanted(source, detection, reasons):
                row = [guarded(unguarded(shown(cells[place]))) if place < len(cells) else "" for place in kept]
                put([*row, guarded(reasons[number])])
                count += 1
    except OSError as error:
        raise Unavailable(
            f"The file {target.name} cannot be written. The import itself is not affected. "
            "Choose another folder, or close the file in other programs."
        ) from error
    return count


def _writer(stream: TextIO, layout: Layout) -> Callable[[Sequence[str]], object]:
    """Give what writes a row; where quotation marks mean nothing, no cell may hold the delimiter or a line end."""
    if layout.quote:
        return csv.writer(stream, delimiter=layout.delimiter, quotechar=layout.quote).writerow
    plain = str.maketrans(dict.fromkeys((layout.delimiter, "\r", "\n"), " "))

    def put(row: Sequence[str]) -> None:
        stream.write(layout.delimiter.join(cell.translate(plain) for cell in row) + "\r\n")

    return put


def _above(source: Source, layout: Layout) -> Iterator[list[Cell]]:
    """Give the rows that stand above the header."""
    if layout.header_row:
        yield from (row for number, row in takewhile(lambda each: each[0] < layout.header_row, source.rows(layout)))


def _wanted(source: Source, detection: Detection, reasons: Mapping[int, str]) -> Iterator[tuple[int, list[Cell]]]:
    return ((number, cells) for number, cells in data_rows(source, detection.layout) if number in reasons)
