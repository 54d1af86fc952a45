"""What the import screen has done on a worker's thread: files opened, rows checked, written, given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from app.errors import Invalid, UserError
from app.services.database import Database
from app.services.imports import profiles, rejected, runs, undo
from app.services.imports.checking import Check
from app.services.imports.detection import NOTHING_CHOSEN, Choices, Detection, detect
from app.services.imports.fields import Kind
from app.services.imports.mapping import Mapping, propose, proposed
from app.services.imports.plan import Mode, Plan, Report, Request
from app.services.imports.reading import Source, open_source
from app.services.progress import Progress

_OF_LINES: Final = ("sku", "quantity", "unit_price")
"""Fields that only the lines of an order have: the file that fills more of them is the one with the lines."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that was opened, how it is read, and the mapping proposed for it with the reasons."""

    source: Source
    detection: Detection
    mapping: Mapping
    reasons: dict[str, str]
    choices: Choices = NOTHING_CHOSEN


@dataclass(frozen=True, slots=True)
class Opened:
    """The files of one import: one, or for orders two, the second with the lines."""

    files: tuple[OpenedFile, ...]

    def with_mapping(self, place: int, mapping: Mapping) -> Opened:
        """Read one of the files in another way."""
        changed = replace(self.files[place], mapping=mapping)
        return Opened((*self.files[:place], changed, *self.files[place + 1 :]))

    @property
    def names(self) -> str:
        """The names of the files."""
        return " + ".join(one.source.name for one in self.files)

    def request(self) -> Request:
        """Make what the import service takes; Invalid where a required field has no column."""
        checks = [Check(one.source, one.detection, one.mapping) for one in self.files]
        return Request(checks[0], lines=checks[1] if len(checks) > 1 else None)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who asked for something and when (UTC); ``key`` makes it happen once."""

    by: str
    at: datetime
    key: UUID


@dataclass(frozen=True, slots=True)
class Checked:
    """A dry run, with what was opened when it was asked for."""

    opened: Opened
    plan: Plan


@dataclass(frozen=True, slots=True)
class FolderDone:
    """What came in of a folder, step by step, and what stopped it."""

    reports: tuple[Report, ...]
    error: UserError | None = None


def open_files(paths: Sequence[Path], kind: Kind, progress: Progress) -> Opened:
    """Open files, find out how they are written, and propose which column is which.

    Raises:
        Invalid: a file cannot be read, or there are more files than such an import has.

    """
    if len(paths) > (2 if kind is Kind.ORDERS else 1):
        text = "At most two files: the orders and their lines." if kind is Kind.ORDERS else "Import one file at a time."
        raise Invalid("file", f"{text} Nothing was imported.")
    read = []
    for path in paths:
        source = open_source(path)
        read.append((source, detect(source, progress=progress)))
    if len(read) == 1:
        return Opened((_opened(*read[0], kind),))
    heads, lines = sorted(read, key=lambda one: _line_fields(one[1]))
    return Opened((_opened(*heads, Kind.ORDER_HEADERS), _opened(*lines, Kind.ORDER_LINES)))


def read_anew(opened: Opened, place: int, choices: Choices, progress: Progress) -> Opened:
    """Read one of the files as a person says, and propose its columns again.

    Raises:
        Invalid: a choice does not fit the file.

    """
    one = opened.files[place]
    found = detect(one.source, choices, progress)
    changed = replace(_opened(one.source, found, one.mapping.kind), choices=choices)
    return Opened((*opened.files[:place], changed, *opened.files[place + 1 :]))


def check(database: Database, opened: Opened, progress: Progress) -> Checked:
    """Check all rows and compare them with the books; nothing is written."""
    request = opened.request()
    return Checked(opened, database.read(partial(runs.plan, request=request, progress=progress)))


def write(database: Database, plan: Plan, mode: Mode, stamp: Stamp, progress: Progress) -> Report:
    """Write what was checked, as one command."""
    return runs.apply(database, plan, by=stamp.by, at=stamp.at, mode=mode, progress=progress, key=stamp.key)


def import_folder(database: Database, folder: Path, name: str, by: str, at: datetime, progress: Progress) -> FolderDone:
    """Import the files of a folder by a profile, each all or nothing, up to the first that is refused."""
    reports: list[Report] = []
    try:
        for report in runs.apply_profile(database, profiles.find(name), folder, by=by, at=at, progress=progress):
            reports.append(report)  # noqa: PERF402  what was done before a refusal must be known
    except UserError as error:
        return FolderDone(tuple(reports), error)
    return FolderDone(tuple(reports))


def save_rejected(plan: Plan, target: Path, _progress: Progress) -> list[tuple[int, str]]:
    """Write the rejected rows of each file with their reasons: how many, and the name of the file."""
    written = []
    for of_lines, part in enumerate(plan.request.parts):
        reasons = plan.reasons(of_lines=bool(of_lines))
        if reasons:
            path = target.with_stem(f"{target.stem}-lines") if of_lines else target
            written.append((rejected.write(part.source, part.detection, reasons, path), path.name))
    return written


def take_back(database: Database, run_id: UUID, by: str, at: datetime, partly: bool, progress: Progress) -> undo.Undone:
    """Undo an import, as one command."""
    return undo.undo(database, run_id, by=by, at=at, partly=partly, progress=progress)


def _opened(source: Source, detection: Detection, kind: Kind) -> OpenedFile:
    reasons = {one.source.field: one.reason for one in propose(detection, kind) if one.source}
    return OpenedFile(source, detection, proposed(detection, kind), reasons)


def _line_fields(detection: Detection) -> int:
    mapping = proposed(detection, Kind.ORDERS)
    return sum(mapping.source(key) is not None for key in _OF_LINES)
