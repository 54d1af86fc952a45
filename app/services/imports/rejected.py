"""The file of rows that were not imported: the columns of the source, and why, to be repaired and imported again.

It is CSV in UTF-8 with a byte order mark, which spreadsheet programs need to show accents right, with
the delimiter of the source.  A cell that a spreadsheet would take for a formula is guarded with an
apostrophe, which the import takes off again (see app.services.imports.formulas).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from app.errors import Unavailable
from app.services.imports.cells import Cell, shown
from app.services.imports.detection import Detection, data_rows
from app.services.imports.formulas import guarded, unguarded
from app.services.imports.reading import Source

REASON: Final = "Reason"
"""Name of the added column; a column of that name in the source is not repeated."""


def write(source: Source, detection: Detection, reasons: Mapping[int, str], target: Path) -> int:
    """Write the rows of ``source`` that have a reason to ``target`` and give their number.

    Rows are told by their number; ``target`` is made new and replaces a file of that name.

    Raises:
        Unavailable: the target cannot be written.

    """
    names = [column.name for column in detection.columns]
    kept = [place for place, name in enumerate(names) if name != REASON]
    delimiter = "," if source.book else detection.layout.delimiter
    try:
        with target.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, delimiter=delimiter)
            writer.writerow([*(guarded(unguarded(names[place])) for place in kept), REASON])
            count = 0
            for number, cells in _wanted(source, detection, reasons):
                row = [guarded(unguarded(shown(cells[place]))) if place < len(cells) else "" for place in kept]
                writer.writerow([*row, guarded(reasons[number])])
                count += 1
    except OSError as error:
        raise Unavailable(
            f"The file {target.name} cannot be written. The import itself is not affected. "
            "Choose another folder, or close the file in other programs."
        ) from error
    return count


def _wanted(source: Source, detection: Detection, reasons: Mapping[int, str]) -> Iterator[tuple[int, list[Cell]]]:
    return ((number, cells) for number, cells in data_rows(source, detection.layout) if number in reasons)
