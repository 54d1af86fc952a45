"""Bank statements: the lines as the bank gave them, each with what it pays and why; Enter books it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QFileDialog, QHBoxLayout
from sqlalchemy import Connection

from app.models.banking import LineState
from app.services.banking import booking, importing, proposals, reading, sheets
from app.services.banking.matching import Confidence, Part, Proposal
from app.services.banking.statement import Statement
from app.services.lists import BANK_LINES, BankLineRow
from app.services.progress import Progress
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.bank_lines import words
from app.views.bank_lines.commands import ACCEPT, ACCEPT_SURE, ASSIGN, IGNORE, IMPORT, REOPEN
from app.views.bank_lines.dialogs import AssignDialog, BankAccountDialog, IgnoreDialog
from app.views.bank_lines.panel import BankLinePanel
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.list_page import ListPage
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.messages import confirm
from app.views.screen import Group, Place, Screen, Target, Waiting
from app.views.tokens import Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState

FILES: Final = "Bank statements (*.sta *.mt940 *.940 *.txt *.xml *.ofx *.qfx);;All files (*)"
Read = tuple[str, str, list[Statement]]
"""A file that was read: its name, its format, its statements."""
CHANGING: Final = ("bank_line", "invoice", "customer", "early_discount_rule")
"""What proposals follow from."""


def _spec(today: date, known: Mapping[UUID, Proposal]) -> ListSpec[BankLineRow]:
    return ListSpec(
        listing=BANK_LINES,
        columns=(
            Column[BankLineRow]("on", "Booked", lambda row: cells.on(row.booked_on, today), 84, sort="booked_on"),
            Column[BankLineRow]("name", "From or to", words.party, 210, sort="name"),
            Column[BankLineRow]("state", "Status", lambda row: words.state(row, known), 112),
            Column[BankLineRow]("reason", "What it pays", lambda row: words.reason(row, known), 200, stretch=True),
            Column[BankLineRow](
                "amount", "Amount", lambda row: cells.amount(row.amount), 100, sort="amount", right=True
            ),
            Column[BankLineRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.SOFT), 50),
        ),
        nouns=("line", "lines"),
        search_hint="Name, text, reference, account…",
        tabs=(
            Tab("open", "Open", {"state": "open"}),
            Tab("booked", "Booked", {"state": "booked"}, counted=False),
            Tab("ignored", "Ignored", {"state": "ignored"}, counted=False),
            Tab("all", "All", counted=False),
        ),
        filters=(
            Filter("state", "Status", tuple(Option(one, one, one) for one in LineState)),
            Filter("way", "Money", (Option("in", "came in", "in"), Option("out", "left", "out"))),
        ),
        total="amount",
        two_lines=True,
    )


class BankLinesScreen(Screen):
    """The lines of bank statements; proposals are computed beside the list whenever something changes."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "bank_lines")
        self.proposals: dict[UUID, Proposal] = {}
        self._read: list[Read] = []
        for command, act in (
            (IMPORT, self.choose_files),
            (ACCEPT, self.accept),
            (ACCEPT_SURE, self.accept_sure),
            (ASSIGN, self.assign),
            (IGNORE, self.ignore),
            (REOPEN, self.reopen),
        ):
            self.bind(command, act)
        self.list: ListPage[BankLineRow] = ListPage(
            context, self.tr("Bank statements"), _spec(context.today(), self.proposals), scope=self.place_id
        )
        self.list.header.add(
            ActionButton(context.commands[ACCEPT_SURE.id], "badge-check"),
            ActionButton(context.commands[IMPORT.id], "upload", Kind.PRIMARY),
        )
        self.list.set_empty(
            EmptyState(
                "upload",
                self.tr("No bank lines yet"),
                self.tr(
                    "Import your bank's file: each line is matched with what is open, and nothing is booked unasked."
                ),
                ActionButton(context.commands[IMPORT.id], "upload", Kind.PRIMARY),
            )
        )
        self.panel = BankLinePanel(context)
        self.list.set_panel(self.panel)
        self.list.picked.connect(self.panel.show_row)
        self.list.opened.connect(self._opened)
        self.list.always_pick()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        context.tasks.changed.connect(self._changed)
        self._propose()

    def visit(self, target: Target) -> None:
        """Show the list."""
        if target.option("tab"):
            self.list.show_query(tab=target.option("tab"))

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.list.filters.search.setFocus()

    # bringing files in -------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Ask for the bank's files."""
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Import statement"), "", self.tr(FILES))
        if names:
            self.import_files([Path(name) for name in names])

    def import_files(self, paths: Sequence[Path]) -> None:
        """Read files, and keep the lines that are not here yet."""
        self.context.tasks.run_long(
            self, self.tr("Reading the bank's files"), partial(_read_files, tuple(paths)), self._take
        )

    def _take(self, read: list[Read]) -> None:
        """Ask for accounts that are not known, one after the other, then import."""
        self._read = read
        statements = [one for _, _, found in read for one in found]
        self.context.tasks.read(self, partial(_unknown, statements), self._import)

    def _import(self, unknown: list[tuple[str, str]]) -> None:
        if unknown:
            number, currency = unknown[0]
            dialog = BankAccountDialog(self.context, number, currency, parent=self)
            dialog.done_with.connect(self._account_added)
            dialog.open()
            return
        self.context.run(self, "bank.import", partial(_import_all, tuple(self._read)), done=self._say_imported)

    def _account_added(self, _: object) -> None:
        self._take(self._read)

    def _say_imported(self, brought: tuple[int, int, tuple[str, ...]]) -> None:
        new, known, warnings = brought
        texts = [self.tr("1 new line.") if new == 1 else self.tr("{} new lines.").format(new)]
        if known:
            texts.append(self.tr("{} were here already.").format(known))
        self.context.messages.say(" ".join([*texts, *warnings]))
        if new:
            self.list.show_query(tab="open")

    # proposals ---------------------------------------------------------------------------------

    def _changed(self, changes: Any) -> None:
        if changes.touch(*CHANGING):
            self._propose()

    def _propose(self) -> None:
        self.context.tasks.read(self, _proposals, self._show_proposals)

    def _show_proposals(self, found: dict[UUID, Proposal]) -> None:
        self.proposals.clear()
        self.proposals.update(found)
        sure = any(one.confidence == Confidence.SURE for one in found.values())
        self.context.commands.allow(ACCEPT_SURE.id, allowed=sure)
        self.list.table.refresh_soon()

    # deciding ----------------------------------------------------------------------------------

    def accept(self) -> None:
        """Book the highlighted line as it is proposed."""
        row = self.list.current()
        proposal = self.proposals.get(row.id) if row is not None else None
        if row is None or row.state != LineState.OPEN or proposal is None or not proposal.parts:
            return
        on = self.context.today()
        self.context.run(
            self,
            "bank_line.book",
            partial(_book, row.id, proposal.parts, proposal.reason),
            said=self.tr("Booked: {}").format(proposal.reason.replace("{", "(").replace("}", ")")),
            inverse=Inverse("bank_line.reopen", partial(_reopen, row.id, on)),
        )

    def accept_sure(self) -> None:
        """Ask, then book every line that is sure."""
        sure = [
            (key, one.confidence, one.parts, one.reason)
            for key, one in self.proposals.items()
            if one.confidence == Confidence.SURE
        ]
        if not sure:
            self.context.messages.say(self.tr("No open line names what it pays to the cent. Look at them one by one."))
            return
        text = self.tr("Book 1 line?") if len(sure) == 1 else self.tr("Book {} lines?").format(len(sure))
        detail = self.tr("Each names open documents whose amounts it is to the cent. Every one can be opened again.")
        self._asked = confirm(self, text, detail, self.tr("Book"), partial(self._accept_sure, sure))

    def _accept_sure(self, sure: list[Any]) -> None:
        self.context.run(self, "bank_line.book_sure", partial(_book_sure, tuple(sure)), said=_said_booked)

    def assign(self) -> None:
        """Ask whose money the highlighted line is."""
        row = self.list.current()
        if row is not None and row.state == LineState.OPEN:
            AssignDialog(self.context, row, parent=self).open()

    def ignore(self) -> None:
        """Ask why the highlighted line is ignored."""
        row = self.list.current()
        if row is not None and row.state == LineState.OPEN:
            IgnoreDialog(self.context, row, parent=self).open()

    def reopen(self) -> None:
        """Take back what was decided about the highlighted line."""
        row = self.list.current()
        if row is not None and row.state != LineState.OPEN:
            on = self.context.today()
            said = self.tr("The line is open again.")
            self.context.run(self, "bank_line.reopen", partial(_reopen, row.id, on), said=said)

    def _opened(self, row: BankLineRow) -> None:
        """Enter: accept what is proposed, or ask where nothing is."""
        if row.state != LineState.OPEN:
            return
        known = self.proposals.get(row.id)
        if known is not None and known.parts:
            self.accept()
        else:
            self.assign()


def _read_files(paths: tuple[Path, ...], progress: Progress) -> list[Read]:
    found = []
    for done, path in enumerate(paths):
        progress.step(done, len(paths), path.name)
        found.append((path.name, *reading.read(path.read_bytes())))
    return found


def _unknown(statements: list[Statement], connection: Connection) -> list[tuple[str, str]]:
    return importing.unknown(connection, statements)


def _import_all(read: tuple[Read, ...], tx: Transaction) -> tuple[int, int, tuple[str, ...]]:
    new = known = 0
    warnings: list[str] = []
    for name, file_format, statements in read:
        added, there, told = importing.take(tx, name, file_format, statements)
        new, known = new + added, known + there
        warnings += told
    return new, known, tuple(warnings)


def _proposals(connection: Connection) -> dict[UUID, Proposal]:
    return proposals.propose(connection)


def _book(line_id: UUID, parts: tuple[Part, ...], reason: str, tx: Transaction) -> list[UUID]:
    return booking.book(tx, line_id, parts, reason)


def _said_booked(count: int) -> str:
    return written.counted(count, tr("1 line is booked."), tr("{} lines are booked."))


def _book_sure(sure: tuple[Any, ...], tx: Transaction) -> int:
    return booking.book_sure(tx, sure)


def _reopen(line_id: UUID, on: date, tx: Transaction, _value: object = None) -> None:
    booking.reopen(tx, line_id, on)


def _waiting(connection: Connection) -> Waiting:
    return Waiting(sheets.count_open(connection))


PLACE: Final = Place(
    "bank_lines",
    "Bank statements",
    "arrow-up-down",
    Group.BILL,
    BankLinesScreen,
    waiting=_waiting,
    tables=("bank_line",),
    commands=(IMPORT, ACCEPT, ACCEPT_SURE, ASSIGN, IGNORE, REOPEN),
)
