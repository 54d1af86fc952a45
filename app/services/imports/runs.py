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
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import NotAllowed
from app.models.base import new_id
from app.models.company import external_key, import_run
from app.services.database import Database
from app.services.imports import customers, orders, products, stock
from app.services.imports.checking import Check, Tick
from app.services.imports.detection import detect
from app.services.imports.fields import Kind
from app.services.imports.mapping import proposed
from app.services.imports.plan import Cancelled, Effect, Expected, Mode, Plan, Report, Request, Work
from app.services.imports.profiles import Part, Profile, Step
from app.services.imports.reading import inside, open_source
from app.services.imports.repeats import Repeated
from app.services.transaction import Transaction

NOTHING_EXPECTED: Final = Expected()
BATCH: Final = 200
"""Records written between two looks at whether the user wants to stop."""

_WRITERS: Final[dict[Kind, Callable[[Transaction, Sequence[Work]], list[UUID]]]] = {
    Kind.CUSTOMERS: customers.write,
    Kind.PRODUCTS: products.write,
    Kind.STOCK: stock.write,
    Kind.ORDERS: orders.write,
}


def prepare(part: Part, path: Path, repeated: Repeated = Repeated.REJECT, tick: Tick | None = None) -> Check:
    """Open a file, find out how it is to be read, and make its mapping ready.

    Raises:
        Invalid: the file cannot be read, or the mapping or a rule does not fit it.

    """
    source = open_source(path)
    return Check(source, detect(source, part.choices, tick), part.mapping, part.rules, repeated)


def prepare_file(path: Path, kind: Kind, tick: Tick | None = None) -> Check:
    """Open a file and take everything that is proposed for it, without a person or a profile.

    Raises:
        Invalid: the file cannot be read, or a required field finds no column.

    """
    source = open_source(path)
    detection = detect(source, tick=tick)
    return Check(source, detection, proposed(detection, kind))


def plan(
    connection: Connection, request: Request, *, expected: Expected = NOTHING_EXPECTED, tick: Tick | None = None
) -> Plan:
    """Do the dry run: read and check all rows, compare them with the books, write nothing.

    ``tick`` is told now and then how many rows are done; what it raises stops the work.
    """
    planned = Plan(
        request,
        _files_hash(request),
        request.check.rows(tick),
        request.lines.rows(tick) if request.lines else [],
    )
    if request.kind is Kind.CUSTOMERS:
        customers.plan(connection, planned)
    elif request.kind is Kind.PRODUCTS:
        products.plan(connection, planned)
    elif request.kind is Kind.STOCK:
        stock.plan(connection, planned, expected)
    else:
        orders.plan(connection, planned, expected, tick)
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
    tick: Tick | None = None,
    key: UUID | None = None,
) -> Report:
    """Write what was planned, as one command: all of it or, when anything fails, nothing.

    ``tick`` is told how many records are written; what it raises, such as :class:`Cancelled`, takes
    everything back.  ``key`` makes it safe to ask twice.

    Raises:
        NotAllowed: rows were rejected and ``mode`` is the whole file.
        Invalid: a record cannot be taken, for instance because its number was taken since the dry run.
        Conflict: somebody changed a record since the dry run.

    """
    if mode is Mode.WHOLE_FILE and planned.rejected:
        raise NotAllowed(
            f"{planned.rejected:,} of {planned.rows_read:,} rows need a fix. Nothing was imported. "
            "Repair them, or import only the good rows."
        )
    outcome = database.run(
        f"{planned.request.kind.value}.import", lambda tx: _write(tx, planned, tick), by=by, at=at, key=key
    )
    return Report(
        run_id=outcome.value,
        kind=planned.request.kind,
        source=planned.request.source,
        file_names=planned.request.file_names,
        rows_read=planned.rows_read,
        tallies=planned.tallies,
        set_aside=planned.set_aside,
        why={rule.name: rule.why for part in planned.request.parts for rule in part.rules},
        repeated=outcome.repeated,
    )


def watch(progress: Callable[[int], None] | None, cancelled: Callable[[], bool] | None) -> Tick:
    """Make a tick from a progress display and a question whether the user wants to stop."""

    def tick(done: int) -> None:
        if cancelled and cancelled():
            raise Cancelled
        if progress:
            progress(done)

    return tick


# ------------------------------------------------------------------------------------------------ profiles


def requests(profile: Profile, folder: Path, tick: Tick | None = None) -> Iterator[Request]:
    """Make the requests of a profile's steps, one after the other, from the files of ``folder``.

    Raises:
        Invalid: a file is not there or cannot be read, or a mapping or rule does not fit it.

    """
    for step in profile.steps:
        yield _request(profile, step, folder, tick)


def plan_profile(connection: Connection, profile: Profile, folder: Path, tick: Tick | None = None) -> list[Plan]:
    """Do the dry run of all steps; later ones count on the customers and products of earlier ones.

    Raises:
        Invalid: a file is not there or cannot be read, or a mapping or rule does not fit it.

    """
    expected = NOTHING_EXPECTED
    plans = []
    for request in requests(profile, folder, tick):
        planned = plan(connection, request, expected=expected, tick=tick)
        expected = _more(expected, planned)
        plans.append(planned)
    return plans


def apply_profile(
    database: Database,
    profile: Profile,
    folder: Path,
    *,
    by: str,
    at: datetime,
    mode: Mode = Mode.WHOLE_FILE,
    tick: Tick | None = None,
) -> Iterator[Report]:
    """Import the steps of a profile, each as one command, giving each report as soon as it is done.

    Raises:
        Invalid: a file is not there or cannot be read, or a mapping or rule does not fit it.
        NotAllowed: rows were rejected and ``mode`` is the whole file; earlier steps stay.

    """
    for request in requests(profile, folder, tick):
        planned = database.read(partial(plan, request=request, tick=tick))
        yield apply(database, planned, by=by, at=at, mode=mode, tick=tick)


def _request(profile: Profile, step: Step, folder: Path, tick: Tick | None) -> Request:
    repeated = Repeated(step.options.get("repeated", Repeated.REJECT))
    check = prepare(step.part, inside(folder, step.part.file), repeated, tick)
    lines = prepare(step.lines, inside(folder, step.lines.file), tick=tick) if step.lines else None
    return Request(check, profile.source, lines)


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


def _write(tx: Transaction, planned: Plan, tick: Tick | None) -> UUID:
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
    for start in range(0, len(planned.work), BATCH):
        if tick:
            tick(start)
        part = planned.work[start : start + BATCH]
        _remember(tx, planned, run_id, part, write(tx, part))
    tx.record("import.done", run_id, kind=request.kind.value, source=request.source, rows=planned.rows_read)
    return run_id


def _remember(tx: Transaction, planned: Plan, run_id: UUID, work: Sequence[Work], ids: Sequence[UUID]) -> None:
    """Keep where each record came from and what it was made of."""
    source, kind = planned.request.source, planned.request.kind.value
    rows: list[dict[str, Any]] = []
    for one, row_id in zip(work, ids, strict=True):
        if one.row_id is not None:  # it may have keys of other sources too, which stay
            old = tx.execute(select(external_key).where(external_key.c.row_id == row_id)).mappings().all()
            if old:
                tx.delete_parts(external_key, "row_id", row_id)
                this = (source, kind, one.number)
                rows += [dict(key) for key in old if (key["source"], key["kind"], key["external_id"]) != this]
        rows.append(
            {
                "source": source,
                "kind": kind,
                "external_id": one.number,
                "row_id": row_id,
                "row_hash": one.fingerprint,
                "import_id": run_id,
            }
        )
    tx.insert(external_key, *rows)


def _report_text(planned: Plan) -> str:
    data = {
        "rows": {effect.value: tally.to_data() for effect, tally in planned.tallies.items() if tally.rows},
        "set_aside": {name: tally.to_data() for name, tally in planned.set_aside.items()},
        "adjusted": planned.adjusted,
        "fields": {part.source.name: part.mapping.to_data() for part in planned.request.parts},
    }
    return json.dumps(data, ensure_ascii=False)
