"""The print queue of a workstation: which printer takes which paper, and every job until it lies in somebody's hand.

A paper is made first (:func:`prepare`, which only reads), then queued, then printed by the workstation's own spooler.
What fails before anything reached the printer is tried again by itself; where paper may have come out, a person
decides, because a label must not be on two packages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.printing import JOB_NEXT, JobState, print_job, print_route
from app.services import label_printer, papers
from app.services.documents.zpl import Resolution
from app.services.papers import Wanted, label_rolls
from app.services.statements import Prepared
from app.services.transaction import Transaction

EVERY_KIND: Final = ""
"""The route for papers without one of their own."""
PAUSE: Final = timedelta(seconds=20)
"""How long a printer is left alone after it could not be reached."""
MOST_TRIES: Final = 10
MOST_COPIES: Final = 99
KEPT: Final = timedelta(days=30)
"""How long the pages of printed jobs are kept for a reprint."""

KINDS: Final = tuple(dict.fromkeys((*papers.KINDS, *label_rolls.KINDS)))
"""All that can be printed."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a kind of paper goes at a workstation; ``resolution`` 0: as PDF, else a label printer's dots an inch."""

    kind: str
    printer: str
    tray: str = ""
    resolution: int = 0
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Job:
    """Something made and ready to be queued."""

    kind: str
    document_id: UUID
    title: str
    format: str
    content: bytes
    route: Route


def set_route(tx: Transaction, workstation: str, route: Route) -> None:
    """Say which printer a kind of paper goes to from a workstation; kind ``""`` is for all that have no own route.

    Raises:
        Invalid: the kind is not known, there is no printer, it cannot print that, or copies are out of bounds.

    """
    if route.kind not in {EVERY_KIND, *KINDS}:
        raise Invalid("kind", f"There is no paper {route.kind}.")
    if not route.printer.strip():
        raise Invalid("printer", "Choose a printer.")
    if not 1 <= route.copies <= MOST_COPIES:
        raise Invalid("copies", f"Between 1 and {MOST_COPIES} copies can be printed.")
    if label_printer.is_address(route.printer):
        label_printer.address(route.printer)
        if route.resolution not in list(Resolution):
            raise Invalid("resolution", "A label printer prints 203 or 300 dots an inch. Choose one.")
        if route.kind not in label_rolls.KINDS:
            raise Invalid("kind", "Only labels can go to a label printer.")
    elif route.resolution or route.kind not in {EVERY_KIND, *papers.KINDS}:
        raise Invalid("printer", "A label printer is addressed as tcp://HOST:9100.")
    values = {name: getattr(route, name) for name in Route.__dataclass_fields__}
    known = _ROUTE.first(tx.connection, workstation=workstation, kind=route.kind)
    if known:
        tx.update(print_route, known.id, **values)
    else:
        tx.insert(print_route, {"id": new_id(), "workstation": workstation, **values})


def drop_route(tx: Transaction, workstation: str, kind: str) -> None:
    """Forget where a kind of paper goes."""
    known = _ROUTE.first(tx.connection, workstation=workstation, kind=kind)
    if known:
        tx.delete(print_route, [known.id])


def routes(connection: Connection, workstation: str) -> list[Route]:
    """Read the routes of a workstation, by kind."""
    rows = _ROUTES.all(connection, workstation=workstation)
    return [Route(row.kind, row.printer, row.tray, row.resolution, row.copies) for row in rows]


def route_for(connection: Connection, workstation: str, kind: str) -> Route | None:
    """Find where a kind of paper goes; None when nobody said."""
    known = {route.kind: route for route in routes(connection, workstation)}
    return known.get(kind) or known.get(EVERY_KIND)


def prepare(connection: Connection, workstation: str, wanted: Sequence[Wanted]) -> list[Job]:
    """Make papers as their printers take them; nothing is queued yet.

    Raises:
        NotAllowed: no printer is chosen for a paper, or a document has nothing to print.
        NotFound: a document does not exist.

    """
    jobs = []
    for one in wanted:
        route = route_for(connection, workstation, one.kind)
        if route is None:
            name = one.kind.replace("_", " ")
            raise NotAllowed(f"No printer is chosen for {name}s at {workstation}. Choose one in the print settings.")
        if route.resolution:
            rolls = label_rolls.build(connection, one, Resolution(route.resolution))
            jobs += [Job(one.kind, one.document_id, title, "zpl", content, route) for title, content in rolls]
        else:
            paper = papers.build(connection, [one])
            jobs.append(Job(one.kind, one.document_id, paper.title, "pdf", paper.pdf, route))
    return jobs


def enqueue(tx: Transaction, workstation: str, jobs: Sequence[Job]) -> list[UUID]:
    """Put jobs into a workstation's queue and return their ids."""
    rows = [_new(tx, workstation, job) for job in jobs]
    tx.insert(print_job, *rows)
    return [row["id"] for row in rows]


def next_job(connection: Connection, workstation: str, now: datetime) -> Any:
    """Find the job to print now, the oldest first; None when none is due."""
    for row in _IN_STATE.all(connection, workstation=workstation, state=JobState.WAITING):
        if row.started_at is None or now - row.started_at >= PAUSE:
            return row
    return None


def start(tx: Transaction, job_id: UUID) -> None:
    """Note that a job goes to its printer now.

    Raises:
        NotFound: there is no such job.
        NotAllowed: it is not waiting (any more).

    """
    row = tx.lock(print_job, job_id, "Print job")
    _move(tx, row, JobState.PRINTING, started_at=tx.at, tries=row.tries + 1)


def finish(tx: Transaction, job_id: UUID) -> None:
    """Note that a job was printed; the print is recorded with its document.

    Raises:
        NotFound: there is no such job.
        NotAllowed: it was not being printed.

    """
    row = tx.lock(print_job, job_id, "Print job")
    _move(tx, row, JobState.PRINTED, printed_at=tx.at, trouble="")
    name = "paper.reprinted" if row.reprint_of else "paper.printed"
    facts = {"kind": row.kind, "title": row.title, "printer": row.printer, "copies": row.copies}
    tx.record(name, row.document_id, row.document_id, workstation=row.workstation, **facts)


def fail(tx: Transaction, job_id: UUID, trouble: str, *, nothing_came_out: bool) -> None:
    """Note that a job could not be printed.

    With ``nothing_came_out`` it is tried again by itself after a while; else a person has to look first.

    Raises:
        NotFound: there is no such job.
        NotAllowed: it was not being printed.

    """
    row = tx.lock(print_job, job_id, "Print job")
    _move(tx, row, JobState.FAILED, trouble=trouble)
    if nothing_came_out and row.tries < MOST_TRIES:
        tx.update(print_job, job_id, state=str(JobState.WAITING))


def retry(tx: Transaction, job_id: UUID) -> None:
    """Print a failed job again, at once.

    Raises:
        NotFound: there is no such job.
        NotAllowed: it has not failed.

    """
    row = tx.lock(print_job, job_id, "Print job")
    if row.state == JobState.WAITING:
        tx.update(print_job, job_id, started_at=None)  # it need not wait any longer
        return
    _move(tx, row, JobState.WAITING, started_at=None, tries=0)


def cancel(tx: Transaction, job_id: UUID) -> None:
    """Take a job that is not printed off the queue.

    Raises:
        NotFound: there is no such job.
        NotAllowed: it is being printed or was.

    """
    row = tx.lock(print_job, job_id, "Print job")
    _move(tx, row, JobState.CANCELLED)


def reprint(tx: Transaction, job_id: UUID) -> UUID:
    """Queue a printed job once more, the same pages, and return the new job's id.

    Raises:
        NotFound: there is no such job.
        NotAllowed: it has not been printed, or its pages are no longer kept.

    """
    row = tx.lock(print_job, job_id, "Print job")
    if row.state != JobState.PRINTED:
        raise NotAllowed(f"{row.title} has not been printed yet. Try the job again instead.")
    if not row.content:
        raise NotAllowed(f"The pages of {row.title} are no longer kept. Print it from its document.")
    route = route_for(tx.connection, row.workstation, row.kind)
    taken = route if route is not None and bool(route.resolution) == (row.format == "zpl") else None
    again = taken or Route(row.kind, row.printer, row.tray, 0, 1)
    job = Job(row.kind, row.document_id, row.title, row.format, row.content, again)
    new = {**_new(tx, row.workstation, job), "copies": 1, "reprint_of": row.reprint_of or row.id}
    tx.insert(print_job, new)
    new_job: UUID = new["id"]
    return new_job


def recover(tx: Transaction, workstation: str) -> int:
    """Settle jobs that were being printed when the program stopped: a person has to look; return how many."""
    rows = _IN_STATE.all(tx.connection, workstation=workstation, state=JobState.PRINTING)
    trouble = "The program stopped while this was printed. Look whether it came out, then try again or cancel it."
    for row in rows:
        _move(tx, row, JobState.FAILED, trouble=trouble)
    return len(rows)


def tidy(tx: Transaction, workstation: str) -> int:
    """Let go of the pages of jobs that ended long ago; that they were printed stays recorded.  Return how many."""
    old = [
        job_id
        for state in (JobState.PRINTED, JobState.CANCELLED)
        for job_id in _OLD.values(tx.connection, workstation=workstation, state=state, until=tx.at - KEPT)
    ]
    tx.delete(print_job, old)
    return len(old)


def get(connection: Connection, job_id: UUID) -> Any:
    """Read one job.

    Raises:
        NotFound: there is no such job.

    """
    row = _ONE.first(connection, job=job_id)
    if row is None:
        raise NotFound("Print job", job_id)
    return row


def queue(connection: Connection, workstation: str, limit: int = 200) -> list[Any]:
    """Read a workstation's jobs without their pages, newest first."""
    known = print_job.c
    columns = [column for column in known if column.name != "content"]
    mine = select(*columns).where(known.workstation == workstation)
    return list(connection.execute(mine.order_by(known.id.desc()).limit(limit)))


def _new(tx: Transaction, workstation: str, job: Job) -> dict[str, Any]:
    return {
        "id": new_id(),
        "workstation": workstation,
        "kind": job.kind,
        "document_id": job.document_id,
        "title": job.title[:200],
        "format": job.format,
        "content": job.content,
        "printer": job.route.printer,
        "tray": job.route.tray,
        "copies": job.route.copies,
        "state": str(JobState.WAITING),
        "tries": 0,
        "trouble": "",
        "reprint_of": None,
        "created_at": tx.at,
        "created_by": tx.by,
        "started_at": None,
        "printed_at": None,
    }


def _move(tx: Transaction, row: Any, wanted: JobState, **values: Any) -> None:
    if wanted not in JOB_NEXT[JobState(row.state)]:
        raise NotAllowed(f"{row.title} is {row.state}; it cannot become {wanted}.")
    tx.update(print_job, row.id, state=str(wanted), **values)


_ROUTES: Final = Prepared(
    select(print_route).where(print_route.c.workstation == bindparam("workstation")).order_by(print_route.c.kind)
)
_ROUTE: Final = Prepared(
    select(print_route).where(
        print_route.c.workstation == bindparam("workstation"), print_route.c.kind == bindparam("kind")
    )
)
_ONE: Final = Prepared(select(print_job).where(print_job.c.id == bindparam("job", type_=Key)))
_IN_STATE: Final = Prepared(
    select(print_job)
    .where(print_job.c.workstation == bindparam("workstation"), print_job.c.state == bindparam("state"))
    .order_by(print_job.c.id)
)
_OLD: Final = Prepared(
    select(print_job.c.id)
    .where(
        print_job.c.workstation == bindparam("workstation"),
        print_job.c.state == bindparam("state"),
        print_job.c.created_at <= bindparam("until", type_=print_job.c.created_at.type),
    )
    .order_by(print_job.c.id)
)
