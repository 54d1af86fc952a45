"""The queue of this workstation's printers: what waits, what failed and why, what was printed; and the routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.services import label_printer, printing
from app.services.printing import Route
from app.services.transaction import Transaction
from app.views import cells, workstation
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.print_queue import commands
from app.views.print_queue.route_dialog import KIND_NAMES, RouteDialog
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.cards import Card
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView


class PrintQueueScreen(SetUpScreen[tuple[list[Any], list[Route]]]):
    """Jobs on the left, the printers of each paper on the right."""

    tables = ("print_job", "print_route")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "print_queue")
        self.workstation = workstation.name(context.settings)
        self.bind_all(
            (commands.OPEN, partial(context.open, "print_queue")),
            (commands.RETRY, self.retry),
            (commands.CANCEL, self.cancel),
            (commands.REPRINT, self.reprint),
            (commands.ROUTE, self.choose_printer),
            (commands.DROP, self.drop_route),
        )
        self.set_title(
            self.tr("Print queue"),
            (commands.CANCEL, "x"),
            (commands.REPRINT, "printer"),
            (commands.RETRY, "play"),
        )
        self.header.set_title(self.tr("Print queue"), self.workstation)
        self.set_columns((3, (self._jobs_card(),)), (2, (self._routes_card(),)))

    # commands ----------------------------------------------------------------------------------

    def retry(self) -> None:
        """Print the highlighted job again, now."""
        self._act("print_job.retry", printing.retry, self.tr("{} is printed again."))

    def cancel(self) -> None:
        """Take the highlighted job off the queue."""
        self._act("print_job.cancel", printing.cancel, self.tr("{} is taken off the queue."))

    def reprint(self) -> None:
        """Queue the highlighted job once more."""
        self._act("print_job.reprint", printing.reprint, self.tr("{} is printed once more."))

    def choose_printer(self) -> None:
        """Say which printer takes a kind of paper; starts from the highlighted route."""
        dialog = RouteDialog(self.context, self.workstation, self.routes_view.current_row(), parent=self)
        dialog.open()

    def drop_route(self) -> None:
        """Forget the highlighted route."""
        route = self.routes_view.current_row()
        if route is None:
            self.context.messages.say(self.tr("Choose the paper whose printer is to be forgotten."))
            return
        name, kind = self.workstation, route.kind
        self.context.run(
            self,
            "print_route.drop",
            lambda tx: printing.drop_route(tx, name, kind),
            said=self.tr("The printer is forgotten."),
        )

    # building ----------------------------------------------------------------------------------

    def _jobs_card(self) -> Card:
        card = Card(self.tr("Jobs"))
        self.jobs: RowsTable[Any] = RowsTable(
            (
                Column[Any]("title", self.tr("Paper"), _title, 190, stretch=True),
                Column[Any]("state", self.tr("Status"), lambda row: cells.state(row.state), 96),
                Column[Any]("printer", self.tr("Printer"), lambda row: cells.text(row.printer, tone=Tone.SOFT), 130),
                Column[Any]("copies", self.tr("Copies"), lambda row: cells.quantity(row.copies), 74, right=True),
                Column[Any]("when", self.tr("Queued"), self._when, 92),
            )
        )
        self.jobs_view = ListView(self.jobs, "print_jobs", two_lines=True)
        self.jobs_view.setAccessibleName(self.tr("Print jobs"))
        self.jobs_view.picked.connect(self._picked)
        self.empty = Label(
            self.tr("Nothing was printed here yet. Papers that have a printer are queued and printed by themselves."),
            Type.BODY,
            Tone.SOFT,
            wrap=True,
        )
        self.trouble = Label("", Type.BODY, Tone.BAD, wrap=True)
        self.trouble.hide()
        card.body.addWidget(self.empty)
        card.body.addWidget(self.jobs_view, 1)
        card.body.addWidget(self.trouble)
        return card

    def _routes_card(self) -> Card:
        card = Card(self.tr("Where papers go"), self.tr("at this workstation"))
        self.routes: RowsTable[Route] = RowsTable(
            (
                Column[Route]("kind", self.tr("Paper"), _kind, 120, stretch=True),
                Column[Route]("printer", self.tr("Printer"), _printer, 170),
                Column[Route]("copies", self.tr("Copies"), lambda route: cells.quantity(route.copies), 74, right=True),
            )
        )
        self.routes_view = ListView(self.routes, "print_routes", two_lines=True)
        self.routes_view.setAccessibleName(self.tr("Printers of papers"))
        self.routes_view.opened.connect(self._open_route)
        card.body.addWidget(self.routes_view, 1)
        card.body.addWidget(self.button_row((commands.ROUTE, "plus"), (commands.DROP, "trash-2")))
        return card

    def _when(self, row: Any) -> Cell:
        return cells.text(written.when(row.created_at, self.context.now()), tone=Tone.SOFT)

    # inner -------------------------------------------------------------------------------------

    def _act(self, command: str, act: Callable[[Transaction, UUID], object], said: str) -> None:
        row = self.jobs_view.current_row()
        if row is not None:
            job_id, title = row.id, row.title
            self.context.run(self, command, partial(_run, act=act, job_id=job_id, title=title), said=said)

    def _open_route(self, _row: object) -> None:
        self.choose_printer()

    def reading(self) -> Callable[[Connection], tuple[list[Any], list[Route]]]:
        """What reads all that is shown."""
        return partial(_found, name=self.workstation)

    def show_found(self, found: tuple[list[Any], list[Route]]) -> None:
        """Fill the cards."""
        jobs, routes = found
        self.jobs.set_rows(jobs)
        self.routes.set_rows(routes)
        self.empty.setVisible(not jobs)
        self.jobs_view.setVisible(bool(jobs))
        self._picked(self.jobs_view.current_row())

    def _picked(self, row: Any) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)
        words = row.trouble if row is not None else ""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))


def _title(row: Any) -> Cell:
    name = KIND_NAMES.get(row.kind, row.kind)
    again = written.tr("again") if row.reprint_of else ""
    below = " · ".join(part for part in (written.tr(name), again, row.created_by) if part)
    return cells.two_lines(row.title, below, code_below=False)


def _kind(route: Route) -> Cell:
    return cells.text(written.tr(KIND_NAMES.get(route.kind, route.kind)), strong=True)


def _printer(route: Route) -> Cell:
    if label_printer.is_address(route.printer):
        return cells.two_lines(route.printer, written.tr("Label printer, {} dpi").format(route.resolution))
    return cells.two_lines(route.printer, route.tray, code_below=False)


def _run(tx: Transaction, act: Callable[[Transaction, UUID], object], job_id: UUID, title: str) -> str:
    act(tx, job_id)
    return title


def _found(connection: Connection, name: str) -> tuple[list[Any], list[Route]]:
    return printing.queue(connection, name), printing.routes(connection, name)


PLACE: Final = Place(
    "print_queue",
    "Print queue",
    "printer",
    Group.HIDDEN,
    PrintQueueScreen,
    kinds=("print_queue",),
    commands=commands.COMMANDS,
)
