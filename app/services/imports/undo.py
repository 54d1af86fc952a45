"""Undoing a whole import: exactly what it wrote is taken back where nobody changed or used it since.

What cannot be taken back is named, record by record, with the reason.  An undo is one command of its own;
asking again finds nothing left to do.  The imports that came later are undone first: orders, stock,
products, customers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.errors import NotAllowed, NotFound
from app.models.company import external_key, import_run
from app.models.log import event
from app.services.codec import thaw
from app.services.database import Database
from app.services.imports.checking import QUIET
from app.services.imports.fields import Kind
from app.services.imports.runs import DONE, Before
from app.services.imports.undo_records import COMMAND, Written, obstacles, take_back
from app.services.progress import Progress
from app.services.transaction import Transaction

UNDONE: Final = "import.undone"
SHOWN: Final = 10
"""Records named in a refusal; the outlook has them all."""


@dataclass(frozen=True, slots=True)
class Run:
    """An import that was done: what, from where, when (UTC) and by whom, and how many of its records it still has.

    A record is the import's own until it is taken back or a later import writes over it.
    """

    id: UUID
    kind: Kind
    source: str
    file_name: str
    at: datetime
    by: str
    rows_new: int
    rows_changed: int
    records: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that cannot be taken back, and why."""

    number: str
    reason: str

    def sentence(self) -> str:
        """Say it in one line; a count is named by its SKU and place."""
        sku, _, place = self.number.partition("|")
        return f"{sku} at {place}: {self.reason}" if place else f"{sku}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What undoing a run would do: how many records go back, and which stay as they are."""

    run: Run
    possible: int
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did.  ``repeated``: the same command had been done before."""

    run: Run
    taken_back: int
    kept: tuple[Kept, ...]
    repeated: bool = False

    def sentences(self) -> list[str]:
        """Say it as people read it, one line each."""
        if not self.taken_back:
            return [f"{self.run.file_name}: nothing of this import is left to take back. Nothing was changed."]
        lines = [f"{self.run.file_name}: {self.taken_back:,} {self.run.kind.value} taken back."]
        if self.kept:
            lines.append(f"{len(self.kept):,} stay as they are:")
        return [*lines, *(one.sentence() for one in self.kept)]


def history(connection: Connection, limit: int | None = 100) -> list[Run]:
    """Read the imports that were done, the last one first; all of them without a ``limit``."""
    return _runs(connection, select(import_run).order_by(import_run.c.id.desc()).limit(limit))


def outlook(connection: Connection, run_id: UUID) -> Outlook:
    """Say what undoing an import would do; nothing is changed.

    Raises:
        NotFound: there is no such import.

    """
    run, _, possible, kept = _look(connection, run_id)
    return Outlook(run, len(possible), tuple(kept))


def undo(
    database: Database,
    run_id: UUID,
    *,
    by: str,
    at: datetime,
    partly: bool = False,
    progress: Progress = QUIET,
    key: UUID | None = None,
) -> Undone:
    """Take back what an import wrote, as one command: all of it or, with ``partly``, all that can be.

    Where nothing of it is left, no command is run.  A stop that ``progress`` raises keeps everything as it
    is.  ``key`` makes it safe to ask twice.

    Raises:
        NotFound: there is no such import.
        NotAllowed: records cannot be taken back and ``partly`` was not asked for, or none can.
        Conflict: somebody changed one of them at the same moment.

    """
    if key is None and not (run := database.read(lambda connection: _run(connection, run_id))).records:
        return Undone(run, 0, ())
    outcome = database.run(
        COMMAND, lambda tx: _undo(tx, run_id, partly=partly, progress=progress), by=by, at=at, key=key
    )
    taken, kept = outcome.value
    run = database.read(lambda connection: _run(connection, run_id))
    return Undone(run, taken, tuple(Kept(*one) for one in kept), outcome.repeated)


def _undo(tx: Transaction, run_id: UUID, *, partly: bool, progress: Progress) -> tuple[int, list[tuple[str, str]]]:
    tx.lock(import_run, run_id, "Import")
    run, command_id, possible, kept = _look(tx.connection, run_id)
    if kept and not (partly and possible):
        raise NotAllowed(_refusal(run, len(possible), kept))
    take_back(tx, run.kind, command_id, possible, progress)
    _forget(tx, run_id, {one.row_id: one for one in possible}, _before(tx.connection, run_id))
    tx.record(UNDONE, run_id, kind=run.kind.value, records=len(possible), kept=len(kept))
    return len(possible), [(one.number, one.reason) for one in kept]


def _refusal(run: Run, possible: int, kept: list[Kept]) -> str:
    named = "\n".join(one.sentence() for one in kept[:SHOWN])
    more = f"\n… and {len(kept) - SHOWN:,} more." if len(kept) > SHOWN else ""
    rest = f" Take back only the other {possible:,}, or repair these first." if possible else ""
    return (
        f"{len(kept):,} of {len(kept) + possible:,} records of {run.file_name} cannot be taken back. "
        f"Nothing was changed.{rest}\n{named}{more}"
    )


def _forget(tx: Transaction, run_id: UUID, gone: Mapping[UUID, Written], before: Mapping[str, Before]) -> None:
    """Let go of the keys of records that were taken back; those of records that were here become what they were."""
    mine = tx.execute(select(external_key).where(external_key.c.import_id == run_id)).mappings().all()
    tx.delete_parts(external_key, "import_id", run_id)
    rows = []
    for key in map(dict, mine):
        if key["row_id"] in gone:
            was = before[key["external_id"]][2] if key["external_id"] in before else None
            if was is None:
                continue
            key["import_id"], key["row_hash"] = was
        rows.append(key)
    tx.insert(external_key, *rows)


# --------------------------------------------------------------------------------------------------- reading


def _look(connection: Connection, run_id: UUID) -> tuple[Run, UUID, list[Written], list[Kept]]:
    """Find what an import wrote and is still its own, and what stands against taking it back."""
    run, before = _run(connection, run_id), _before(connection, run_id)
    command_id: UUID = connection.execute(
        select(event.c.command_id).where(event.c.subject_id == run_id, event.c.name == DONE)
    ).scalar_one()
    key = external_key.c
    rows = connection.execute(
        select(key.external_id, key.row_id).where(key.import_id == run_id).order_by(key.external_id)
    ).all()
    written = [
        Written(row[0], row[1], row[0] not in before, before[row[0]][3] if row[0] in before else ()) for row in rows
    ]
    against = obstacles(connection, run.kind, command_id, written)
    kept = [Kept(number, reason) for number, reason in against.items()] + _overwritten(connection, run)
    return (
        run,
        command_id,
        [one for one in written if one.number not in against],
        sorted(kept, key=lambda one: one.number),
    )


def _overwritten(connection: Connection, run: Run) -> list[Kept]:
    """Find the records of a run that a later import has written over and still holds."""
    found = []
    for later in _runs(
        connection, select(import_run).where(import_run.c.kind == run.kind.value, import_run.c.id > run.id)
    ):
        held = set(
            connection.execute(select(external_key.c.external_id).where(external_key.c.import_id == later.id)).scalars()
        )
        found += [
            Kept(number, f"The later import of {later.file_name} changed it. Undo that one first.")
            for number, one in _before(connection, later.id).items()
            if number in held and one[2] is not None and one[2][0] == run.id
        ]
    return found


def _before(connection: Connection, run_id: UUID) -> dict[str, Before]:
    """Read what was known of the records that were here before an import, by number."""
    query = select(event.c.facts).where(event.c.subject_id == run_id, event.c.name == DONE)
    facts = json.loads(connection.execute(query).scalar_one())
    if "before" not in facts:
        raise NotAllowed(
            "This import was done by an older Waybill, which did not keep what was there before. "
            "Nothing was changed. Correct the records themselves."
        )
    return {one[0]: one for one in thaw(facts["before"])}


def _run(connection: Connection, run_id: UUID) -> Run:
    found = _runs(connection, select(import_run).where(import_run.c.id == run_id))
    if not found:
        raise NotFound("Import", run_id)
    return found[0]


def _runs(connection: Connection, query: Any) -> list[Run]:
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    key = external_key.c
    own = select(key.import_id, func.count()).where(key.import_id.in_(ids)).group_by(key.import_id)
    counts: dict[UUID, int] = {row[0]: row[1] for row in connection.execute(own)}
    told = select(event.c.subject_id, event.c.name, event.c.at, event.c.by).where(event.c.subject_id.in_(ids))
    heard = connection.execute(told).all()
    done = {row.subject_id: row for row in heard if row.name == DONE}
    undone = {row.subject_id for row in heard if row.name == UNDONE}
    return [
        Run(
            row.id,
            Kind(row.kind),
            row.source,
            row.file_name,
            done[row.id].at,
            done[row.id].by,
            row.rows_new,
            row.rows_changed,
            counts.get(row.id, 0),
            row.id in undone,
        )
        for row in rows
    ]
