"""Files as other programs write them, made for one test."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import xlsxwriter

from app.services.imports.checking import Check, CheckedRow
from app.services.imports.detection import NOTHING_CHOSEN, Choices, Detection, detect
from app.services.imports.fields import Kind
from app.services.imports.mapping import Mapping, proposed
from app.services.imports.reading import Source, open_source
from app.services.imports.rules import Rule

SHARED = Path(__file__).parents[4] / "shared" / "data"


def shared(*parts: str) -> Path:
    """A file of the real data that lies beside the project; the test is skipped where it does not."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real data is not here: {path}")
    return path


def text_file(
    folder: Path, text: str, *, encoding: str = "utf-8", name: str = "file.csv", packed: bool = False
) -> Path:
    path = folder / name
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if packed else content)
    return path


def book(
    folder: Path, rows: list[list[object]], *, name: str = "file.xlsx", sheet: str = "Table", skip: int = 0
) -> Path:
    """A workbook with one sheet; dates are written as a spreadsheet does, as numbers with a date format."""
    path = folder / name
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"}) as made:
        place = made.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                place.write(number + skip, column, value)
    return path


def looked_at(path: Path, choices: Choices = NOTHING_CHOSEN) -> tuple[Source, Detection]:
    source = open_source(path)
    return source, detect(source, choices)


def found(detection: Detection, what: str) -> str:
    return next(finding.value for finding in detection.findings if finding.what == what)


def checked(
    path: Path,
    kind: Kind,
    mapping: Mapping | None = None,
    *,
    rules: tuple[Rule, ...] = (),
    choices: Choices = NOTHING_CHOSEN,
) -> tuple[Check, list[CheckedRow]]:
    """Check a file with the mapping that is proposed, or with a given one."""
    source, detection = looked_at(path, choices)
    check = Check(source, detection, mapping or proposed(detection, kind), rules)
    return check, check.rows()


def records(check: Check, rows: list[CheckedRow]) -> list[dict[str, object]]:
    """The values of the rows that are ready, by field."""
    return [dict(zip(check.keys, row.values, strict=True)) for row in rows if not row.problems and not row.rule]
