"""Papers that have a printer of their own at this workstation go to its queue; all others are shown first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from app.services import papers, printing
from app.services.papers import Wanted
from app.services.printing import Job
from app.views import workstation
from app.views.context import Context
from app.views.screen import Screen


def print_or_show(screen: Screen, kind: str, ids: Sequence[UUID]) -> None:
    """Print papers of a kind silently where a printer is chosen for that kind, else show them to be printed."""
    name = workstation.name(screen.context.settings)
    wanted = [Wanted(kind, one) for one in ids]
    read = partial(_prepare, workstation=name, wanted=wanted)
    screen.context.tasks.read(screen, read, partial(_go_on, screen=screen, name=name, wanted=wanted))


def _prepare(connection: Connection, workstation: str, wanted: Sequence[Wanted]) -> list[Job] | None:
    chosen = {route.kind for route in printing.routes(connection, workstation)}
    return printing.prepare(connection, workstation, wanted) if wanted[0].kind in chosen else None


def _go_on(jobs: list[Job] | None, screen: Screen, name: str, wanted: Sequence[Wanted]) -> None:
    context: Context = screen.context
    if jobs is None and wanted[0].kind not in papers.KINDS:
        words = context.messages.tr("Only a label printer prints this. Choose one in the print queue’s settings.")
        context.messages.offer(words, context.messages.tr("Choose a printer"), partial(context.open, "print_queue"))
        return
    if jobs is None:
        others = tuple(one.document_id for one in wanted[1:])
        context.open("print", wanted[0].document_id, kinds=wanted[0].kind, others=others)
        return
    count, printer = len(jobs), jobs[0].route.printer
    words = context.messages.tr("{} goes to {}.").format(jobs[0].title, printer)
    if count > 1:
        words = context.messages.tr("{} papers go to {}.").format(count, printer)
    context.run(
        screen,
        "print_job.queue",
        lambda tx: printing.enqueue(tx, name, jobs),
        said=words.replace("{", "{{").replace("}", "}}"),
    )
