"""Running an import: the dry run, the import itself as one command, and whole profiles of several files.

An import is one command: all of it is written, or nothing.  It records where each record came from, so
that the same file again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.models.company import external_key, import_run
from app.services.codec import freeze
from app.services.database import Database
from app.services.imports import customers, orders, prices, products, stock
from app.services.imports.checking import QUIET, Check
from app.services.imports.detection import Choices, Detection, detect
from app.services.imports.fields import Kind
from app.services.imports.mapping import proposed
from app.services.imports.plan import Effect, Expected, Mode, Part, Plan, Report, Request, Work
from app.services.imports.profiles import Part as FilePart
from app.services.imports.profiles import Profile
from app.services.imports.reading import inside, open_source
from app.services.imports.repeats import Repeated
from app.services.progress import Progress
from app.services.transaction import Transaction

NOTHING_EXPECTED: Final = Expected()
BATCH: Final = 500
"""Records written between two looks at whether the user wants to stop."""

_WRITERS: Final[dict[Kind, Callable[[Transaction, Sequence[Work]], list[UUID]]]] = {
    Kind.CUSTOMERS: customers.write,
    Kind.PRODUCTS: products.write,
    Kind.STOCK: stock.write,
    Kind.PRICES: prices.write,
    Kind.ORDERS: orders.write,
}
_WRITTEN_OVER: Final[dict[Kind, Callable[[Work], list[Part]]]] = {
    Kind.CUSTOMERS: customers.written_over,
    Kind.PRODUCTS: products.written_over,
    Kind.STOCK: lambda _: [],
    Kind.PRICES: prices.written_over,
}
DONE: Final = "import.done"
"""Event of a finished import; its fact ``before`` holds, frozen, a list of :data:`Before`."""

Identity: TypeAlias = tuple[str, str, str]
"""Source, kind and number there: what an imported record is known by."""
Before: TypeAlias = tuple[str, UUID, tuple[UUID, str] | None, list[Part]]
"""A record that was here: number, id, the import and digest it was known by, and what was written over."""


def prepare(
    part: FilePart,
    path: Path,
    repeated: Repeated = Repeated.REJECT,
    progress: Progress = QUIET,
    seen: dict[tuple[Path, Choices], Detection] | None = None,
) -> Check:
    """Open a file, find out how it is to be read, and make its mapping ready.

    ``seen`` keeps what was found out about a file for the next step that reads it too.

    Raises:
        Invalid: the file cannot be read, or the mapping or a rule does not fit it.

    """
    source = open_source(path)
    key = (path, part.choices)
    detection = seen[key] if seen and key in seen else detect(source, part.choices, progress)
    if seen is not None:
        seen[key] = detection
    return Check(source, detection, part.mapping, part.rules, repeated)


def prepare_file(path: Path, kind: Kind, progress: Progress = QUIET) -> Check:
    """Open a file and take everything that is proposed for it, without a person or a profile.

    Raises:
        Invalid: the file cannot be read, or a required field finds no column.

    """
    source = open_source(path)
    detection = detect(source, progress=progress)
    return Check(source, detection, proposed(detection, kind))


def plan(
    connection: Connection, request: Request, *, expected: Expected = NOTHING_EXPECTED, progress: Progress = QUIET
) -> Plan:
    """Do the dry run: read and check all rows, compare them with the books, write nothing."""
    planned = Plan(
        request,
        _files_hash(request),
        request.check.rows(progress),
        request.lines.rows(progress) if request.lines else [],
    )
    planned.expects = expected != NOTHING_EXPECTED
    if request.kind is Kind.CUSTOMERS:
        customers.plan(connection, planned)
    elif request.kind is Kind.PRODUCTS:
        products.plan(connection, planned)
    elif request.kind is Kind.STOCK:
        stock.plan(connection, planned, expected)
    elif request.kind is Kind.PRICES:
        prices.plan(connection, planned)
    else:
        orders.plan(connection, planned, expected, progress)
        orders.add_money(planned)
    planned.count()
    return planned


def apply(
    database: Database,
    planned: Plan,
    *,
    by: str,
    at: datetime,
    mode: Mode = Mode.WHOLE_FILE,
    progress: Progress = QUIET,
    key: UUID | None = None,
) -> Report:
    """Write what was planned, as one command: all of it or, when anything fails, nothing.

    Where nothing is to be written, no command is run.

    A stop that ``progress`` raises takes everything back.  ``key`` makes it safe to ask twice.

    Raises:
        NotAllowed: rows were rejected and ``mode`` is the whole file.
        Invalid: a record cannot be taken, for instance because its number was taken since the dry run.
        Conflict: somebody changed a record since the dry run.

    """
    if planned.expects:
        raise ValueError("this plan counts on an earlier step: make it again when that is done")
    if mode is Mode.WHOLE_FILE and planned.rejected:
        raise NotAllowed(
            f"{planned.rejected:,} of {planned.rows_read:,} rows need a fix. Nothing was imported. "
            "Repair them, or import only the good rows."
        )
    if not planned.work:
        return report_of(planned)
    outcome = database.run(
        f"{planned.request.kind.value}.import", lambda tx: _write(tx, planned, progress), by=by, at=at, key=key
    )
    return report_of(planned, outcome.value, repeated=outcome.repeated)


def report_of(planned: Plan, run_id: UUID | None = None, *, repeated: bool = False) -> Report:
    """Say what a plan did (``run_id`` is its run) or, without a run, would do."""
    request = planned.request
    return Report(
        run_id=run_id,
        kind=request.kind,
        source=request.source,
        file_names=request.file_names,
        rows_read=planned.rows_read,
        tallies=planned.tallies,
        set_aside=planned.set_aside,
        why={rule.name: rule.why for part in request.parts for rule in part.rules},
        repeated=repeated,
    )


# ------------------------------------------------------------------------------------------------ profiles


def requests(profile: Profile, place: Path, progress: Progress = QUIET) -> Iterator[Request]:
    """Make the requests of a profile's steps, one after the other.

    ``place`` is the folder with the files; or, for a profile of a single file, that file.

    Raises:
        Invalid: a file is not there or cannot be read, or a mapping or rule does not fit it.

    """
    files = _files(profile, place)
    seen: dict[tuple[Path, Choices], Detection] = {}
    for step in profile.steps:
        repeated = Repeated(step.options.get("repeated", Repeated.REJECT))
        check = prepare(step.part, files[step.part.file], repeated, progress, seen)
        lines = prepare(step.lines, files[step.lines.file], progress=progress, seen=seen) if step.lines else None
        yield Request(check, profile.source, lines)


def plan_profile(connection: Connection, profile: Profile, place: Path, progress: Progress = QUIET) -> list[Plan]:
    """Do the dry run of all steps; later ones count on the customers and products of earlier ones.

    Raises:
        Invalid: a file is not there or cannot be read, or a mapping or rule does not fit it.

    """
    expected = NOTHING_EXPECTED
    plans = []
    for request in requests(profile, place, progress):
        planned = plan(connection, request, expected=expected, progress=progress)
        expected = _more(expected, planned)
        plans.append(planned)
    return plans


def apply_profile(
    database: Database,
    profile: Profile,
    place: Path,
    *,
    by: str,
    at: datetime,
    mode: Mode = Mode.WHOLE_FILE,
    progress: Progress = QUIET,
) -> Iterator[Report]:
    """Import the steps of a profile, each as one command, giving each report as soon as it is done.

    Raises:
        Invalid: a file is not there or cannot be read, or a mapping or rule does not fit it.
        NotAllowed: rows were rejected and ``mode`` is the whole file; earlier steps stay.

    """
    for request in requests(profile, place, progress):
        planned = database.read(partial(plan, request=request, progress=progress))
        yield apply(database, planned, by=by, at=at, mode=mode, progress=progress)


def _files(profile: Profile, place: Path) -> dict[str, Path]:
    """Find the files of a profile by their names in it."""
    names = {part.file for step in profile.steps for part in (step.part, step.lines) if part}
    if place.is_dir():
        return {name: inside(place, name) for name in sorted(names)}
    if len(names) > 1:
        raise Invalid("file", f"{profile.title} has several files. Name their folder instead of {place.name}.")
    return dict.fromkeys(names, place)


def _files_hash(request: Request) -> str:
    hashes = [part.source.fingerprint() for part in request.parts]
    return hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest()


def _more(expected: Expected, planned: Plan) -> Expected:
    numbers = frozenset(one.number for one in planned.work)
    if planned.request.kind is Kind.CUSTOMERS:
        return Expected(expected.customers | numbers, expected.products)
    if planned.request.kind is Kind.PRODUCTS:
        return Expected(expected.customers, expected.products | numbers)
    return expected


# ------------------------------------------------------------------------------------------------ writing


def _write(tx: Transaction, planned: Plan, progress: Progress) -> UUID:
    run_id, request = new_id(), planned.request
    tallies = planned.tallies
    tx.insert(
        import_run,
        {
            "id": run_id,
            "kind": request.kind.value,
            "source": request.source[:80],
            "file_name": request.file_names[:200],
            "file_hash": planned.file_hash,
            "rows_read": planned.rows_read,
            "rows_new": tallies[Effect.NEW].rows,
            "rows_changed": tallies[Effect.CHANGED].rows,
            "rows_unchanged": tallies[Effect.UNCHANGED].rows + tallies[Effect.REPEATED].rows,
            "rows_rejected": tallies[Effect.REJECTED].rows,
            "report": _report_text(planned),
        },
    )
    write = _WRITERS[request.kind]
    before: list[Before] = []
    for start in range(0, len(planned.work), BATCH):
        progress.step(start, len(planned.work), f"Writing {request.kind.value}")
        part = planned.work[start : start + BATCH]
        before += _remember(tx, planned, run_id, part, write(tx, part))
    facts = {"kind": request.kind.value, "source": request.source, "rows": planned.rows_read}
    tx.record(DONE, run_id, **facts, before=freeze(before))
    return run_id


def _remember(tx: Transaction, planned: Plan, run_id: UUID, work: Sequence[Work], ids: Sequence[UUID]) -> list[Before]:
    """Keep where each record came from and what it was made of; give what was known of those that were here."""
    source, kind = planned.request.source, planned.request.kind.value
    kept: dict[Identity, dict[str, Any]] = {}
    before: list[Before] = []
    for one, row_id in zip(work, ids, strict=True):
        this = (source, kind, one.number)
        if one.row_id is not None:
            old = tx.execute(select(external_key).where(external_key.c.row_id == row_id)).mappings().all()
            if old:  # keys of other sources, or of another place of the same product, stay
                tx.delete_parts(external_key, "row_id", row_id)
                kept.update(((key["source"], key["kind"], key["external_id"]), dict(key)) for key in old)
            known = kept.get(this)
            was = (known["import_id"], known["row_hash"]) if known else None
            before.append((one.number, row_id, was, _WRITTEN_OVER[planned.request.kind](one)))
        kept[this] = {
            "source": source,
            "kind": kind,
            "external_id": one.number,
            "row_id": row_id,
            "row_hash": one.fingerprint,
            "import_id": run_id,
        }
    tx.insert(external_key, *kept.values())
    return before


def _report_text(planned: Plan) -> str:
    data = {
        "rows": {effect.value: tally.to_data() for effect, tally in planned.tallies.items() if tally.rows},
        "set_aside": {name: tally.to_data() for name, tally in planned.set_aside.items()},
        "adjusted": planned.adjusted,
        "fields": {part.source.name: part.mapping.to_data() for part in planned.request.parts},
    }
    return json.dumps(data, ensure_ascii=False)
