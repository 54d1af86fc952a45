"""Receivables: what customers owe by age, what a run of reminders would do today and why, open disputes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QFileDialog
from sqlalchemy import Connection, select

from app.models.dispute import DisputeState, dispute
from app.models.dunning import RunState, Why
from app.services import (
    account_statements,
    ageing,
    disputes,
    dunning,
    dunning_levels,
    dunning_preview,
    dunning_sheets,
    payments,
)
from app.services.ageing import Aged, Report
from app.services.dunning_levels import Procedure
from app.services.dunning_preview import Claim, Proposal
from app.services.papers import Paper, collecting
from app.services.payments import OpenInvoice
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.messages import confirm
from app.views.receivables import commands
from app.views.receivables.dialogs import (
    BlockDialog,
    CreditedDialog,
    DisputeDialog,
    LevelsDialog,
    PaidDialog,
    RejectDialog,
    StatementDialog,
)
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.cards import Card
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Row
from app.views.widgets.list_view import ListView

ENDINGS: Final = (commands.REJECT, commands.CREDITED, commands.PAID)
"""How a dispute ends."""
WORDS: Final = {
    Why.DUE: "is reminded",
    Why.EARLY: "not yet",
    Why.DRAFTED: "letter is drafted",
    Why.BLOCKED: "blocked",
    Why.CUSTOMER_BLOCKED: "customer is blocked",
    Why.DISPUTED: "disputed",
    Why.LAST: "last level was sent",
}
"""What a run does with a claim, in words."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the screen shows."""

    report: Report
    proposals: tuple[Proposal, ...]
    procedure: Procedure
    disputes: tuple[Any, ...]
    runs: tuple[Any, ...]

    @property
    def claims(self) -> list[Claim]:
        """All that is overdue, customer by customer."""
        return [claim for proposal in self.proposals for claim in proposal.claims]


class ReceivablesScreen(SetUpScreen[_Found]):
    """Ageing above; today's reminders and open disputes side by side below."""

    tables = ("invoice", "payment", "allocation", "dispute", "dunning_run", "dunning_level", "dunning_block")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "receivables")
        self._found: _Found | None = None
        self.bind_all(
            (commands.STATEMENT, self.ask_statement),
            (commands.EXPORT, self.export),
            (commands.DISPUTE, self.open_dispute),
            (commands.REJECT, self.reject_dispute),
            (commands.CREDITED, self.credit_dispute),
            (commands.PAID, self.pay_dispute),
            (commands.LEVELS, self.change_levels),
            (commands.BLOCK, self.block_claim),
            (commands.UNBLOCK, self.unblock_claim),
            (commands.UNDO_RUN, self.undo_run),
            (commands.DRAFT, self.draft),
            (commands.SEND, self.send),
        )
        self.set_title(
            self.tr("Receivables"),
            (commands.EXPORT, "download"),
            (commands.STATEMENT, "printer"),
            (commands.SEND, "mail"),
            (commands.DRAFT, "file-text"),
        )
        below = Row(self._reminders_card(), self._disputes_card(), gap=Space.LARGE)
        self.set_columns((1, (self._ageing_card(), below)))
        self.set_empty(
            EmptyState(
                "clock",
                self.tr("Nothing is owed"),
                self.tr(
                    "Posted invoices that are not paid stand here by age, with whom to remind today and what customers "
                    "dispute. Say beforehand when customers are reminded."
                ),
                ActionButton(context.commands[commands.LEVELS.id], "sliders-horizontal", Kind.PRIMARY),
            )
        )

    # commands ----------------------------------------------------------------------------------

    def ask_statement(self) -> None:
        """Ask for the period of the highlighted customer's statement."""
        row = self.ageing_view.current_row()
        if row is not None:
            show = partial(self._show_statement, row.customer_id, row.currency)
            StatementDialog(self.context, row.customer, show, parent=self).open()

    def export(self) -> None:
        """Save the ageing report as CSV."""
        if self._found is None:
            return
        proposed = f"ageing-{self._found.report.on.isoformat()}.csv"
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the report"), proposed, "CSV (*.csv)")
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Save the ageing report in a file."""
        assert self._found is not None, "nothing was read yet"
        try:
            path.write_text(ageing.as_csv(self._found.report.rows), encoding="utf-8", newline="")
        except OSError as error:
            self.context.messages.say(self.tr("{} could not be written: {}.").format(path.name, error.strerror))
            return
        self.context.messages.say(self.tr("Saved as {}.").format(path.name))

    def open_dispute(self) -> None:
        """Write a dispute of the highlighted customer down."""
        row = self.ageing_view.current_row()
        if row is None:
            self.context.messages.say(self.tr("Choose the customer first."))
            return
        read = partial(payments.open_invoices, customer_id=row.customer_id)
        self.context.tasks.read(self, read, partial(self._ask_dispute, row.customer))

    def reject_dispute(self) -> None:
        """Reject the highlighted dispute."""
        row = self._chosen_dispute()
        if row is not None:
            RejectDialog(self.context, row.id, row.number, parent=self).open()

    def credit_dispute(self) -> None:
        """Solve the highlighted dispute with a credit note."""
        row = self._chosen_dispute()
        if row is not None:
            read = partial(disputes.credit_notes, invoice_id=row.invoice_id)
            self.context.tasks.read(self, read, partial(self._ask_credit_note, row))

    def pay_dispute(self) -> None:
        """Solve the highlighted dispute, as it was paid."""
        row = self._chosen_dispute()
        if row is not None:
            PaidDialog(self.context, row, parent=self).open()

    def change_levels(self) -> None:
        """Set the levels up."""
        if self._found is not None:
            LevelsDialog(self.context, self._found.procedure, parent=self).open()

    def block_claim(self) -> None:
        """Keep the highlighted claim's invoice out of reminders."""
        row = self.claims_view.current_row()
        if row is None:
            self.context.messages.say(self.tr("Choose the invoice first."))
            return
        BlockDialog(self.context, row.customer_id, row.invoice_id, row.number, parent=self).open()

    def unblock_claim(self) -> None:
        """Lift what keeps the highlighted claim's invoice out of reminders."""
        row, on = self.claims_view.current_row(), self.context.today()
        if row is None:
            self.context.messages.say(self.tr("Choose the invoice first."))
            return
        customer_id, invoice_id = row.customer_id, row.invoice_id
        self.context.run(
            self,
            "dunning.unblock",
            lambda tx: dunning.lift(tx, customer_id, invoice_id, on),
            said=self.tr("{} is reminded of again.").format(row.number),
            inverse=Inverse("dunning.block", dunning.block_again),
        )

    def draft(self) -> None:
        """Draft the letters of today."""
        on = self.context.today()
        if self._found is not None and not self._found.procedure.levels:
            self.change_levels()
            return
        self.context.run(
            self,
            "dunning.draft",
            lambda tx: dunning.draft(tx, on),
            said=_said_drafted,
            inverse=Inverse("dunning.undo", partial(_undo_drafted, on=on)),
        )

    def send(self) -> None:
        """Send what is drafted, and show it as it prints."""
        runs = [row for row in self._found.runs if row.state == RunState.DRAFT] if self._found else []
        if not runs:
            self.context.messages.say(self.tr("No reminders are drafted. Draft them first."))
            return
        count = sum(row.letters for row in runs)
        text = self.tr("Send 1 reminder?") if count == 1 else self.tr("Send {} reminders?").format(count)
        detail = self.tr("They get their numbers, and what they charge is booked. A run can be taken back.")
        act = partial(self._send, tuple(row.id for row in runs))
        self._asked = confirm(self, text, detail, self.tr("Send"), act)

    def undo_run(self) -> None:
        """Take the last run back that stands."""
        runs = [row for row in self._found.runs if row.state != RunState.UNDONE] if self._found else []
        if not runs:
            self.context.messages.say(self.tr("There is no run to take back."))
            return
        last, on = runs[0].id, self.context.today()
        said = self.tr("{} is taken back.").format(runs[0].number)
        self.context.run(self, "dunning.undo", lambda tx: dunning.undo(tx, last, on), said=said)

    # inner -------------------------------------------------------------------------------------

    def _send(self, run_ids: tuple[UUID, ...]) -> None:
        on = self.context.today()
        self.context.run(
            self,
            "dunning.send",
            lambda tx: [letter for run_id in run_ids for letter in dunning.send(tx, run_id, on)],
            said=_said_sent,
            done=self._print,
        )

    def _print(self, letters: Sequence[UUID]) -> None:
        if letters:
            self.context.open("print", letters[0], kinds="reminder", others=tuple(letters[1:]))

    def _ask_dispute(self, customer: str, known: Sequence[OpenInvoice]) -> None:
        DisputeDialog(self.context, customer, known, parent=self).open()

    def _chosen_dispute(self) -> Any:
        """Give the highlighted dispute, the only one there is, or None after saying that one is to be chosen."""
        rows = self.disputes.rows
        row = self.disputes_view.current_row() or (rows[0] if len(rows) == 1 else None)
        if row is None:
            self.context.messages.say(self.tr("Choose the dispute first."))
        return row

    def _ask_credit_note(self, row: Any, notes: Sequence[Any]) -> None:
        if notes:
            CreditedDialog(self.context, row, notes, parent=self).open()
        else:
            words = self.tr("No credit note for {} is posted. Credit it at the invoice first, then solve {}.")
            self.context.messages.say(words.format(row.invoice_number, row.number))

    def _show_statement(self, customer_id: UUID, currency: str, first: date, last: date) -> None:
        make = partial(_statement, customer_id=customer_id, currency=currency, first=first, last=last)
        self.context.open("print", make=make)

    def _ageing_card(self) -> Card:
        self.ageing_card = card = Card(self.tr("What is owed"), self.tr("by days overdue"))
        titles = ("Not due", "1–30", "31–60", "61–90", "Over 90")
        self.ageing: RowsTable[Aged] = RowsTable(
            (
                Column[Aged]("customer", self.tr("Customer"), _customer, 120, stretch=True),
                *(
                    Column[Aged](f"class{place}", self.tr(title), partial(_class, place=place), 96, right=True)
                    for place, title in enumerate(titles)
                ),
                Column[Aged]("total", self.tr("Total"), _total, 100, right=True),
            )
        )
        self.ageing_view = ListView(self.ageing, "receivables_ageing", two_lines=True)
        self.ageing_view.setAccessibleName(self.tr("What customers owe"))
        self.ageing_view.picked.connect(self._picked)
        self.ageing_view.opened.connect(self._opened)
        card.body.addWidget(self.ageing_view, 1)
        return card

    def _reminders_card(self) -> Card:
        self.reminders_card = card = Card(self.tr("Reminders today"), "")
        self.claims: RowsTable[Claim] = RowsTable(
            (
                Column[Claim]("claim", self.tr("Customer and invoice"), _claim, 110, stretch=True),
                Column[Claim]("days", self.tr("Late"), _days, 64, right=True),
                Column[Claim]("asked", self.tr("Asked for"), _claimed, 88, right=True),
                Column[Claim]("why", self.tr("What happens"), self._why, 148, stretch=True),
            )
        )
        self.claims_view = ListView(self.claims, "receivables_claims", two_lines=True)
        self.claims_view.setAccessibleName(self.tr("What is overdue and whether it is reminded of"))
        self.claims_view.picked.connect(self._claim_picked)
        card.body.addWidget(self.claims_view, 1)
        levels = ActionButton(self.context.commands[commands.LEVELS.id], commands.LEVELS.icon)
        card.body.addWidget(Row(levels, *self._fitting(commands.BLOCK, commands.UNBLOCK, commands.UNDO_RUN), None))
        return card

    def _disputes_card(self) -> Card:
        card = Card(self.tr("Disputes"), self.tr("not reminded of, not counted against the limit"))
        self.disputes: RowsTable[Any] = RowsTable(
            (
                Column[Any]("dispute", self.tr("Dispute"), _dispute, 160, stretch=True),
                Column[Any]("reason", self.tr("Reason"), _reason, 200, stretch=True),
                Column[Any]("amount", self.tr("Amount"), lambda row: cells.amount(row.amount), 88, right=True),
            )
        )
        self.disputes_view = ListView(self.disputes, "receivables_disputes", two_lines=True)
        self.disputes_view.setAccessibleName(self.tr("Open disputes"))
        card.body.addWidget(self.disputes_view, 1)
        new = ActionButton(self.context.commands[commands.DISPUTE.id], commands.DISPUTE.icon)
        card.body.addWidget(Row(new, *self._fitting(*ENDINGS), None))
        return card

    def _fitting(self, *ones: Command) -> list[ActionButton]:
        """Buttons that stand there only while they fit what is shown."""
        return [ActionButton(self.context.commands[one.id], one.icon, hide_when_disabled=True) for one in ones]

    def reading(self) -> Callable[[Connection], _Found]:
        """What reads all that is shown."""
        return partial(_read, on=self.context.today())

    def show_found(self, found: _Found) -> None:
        """Fill the cards; where there is nothing they say what to do."""
        self._found, chosen = found, self.claims_view.current_row()
        self.ageing.set_rows(found.report.rows)
        self.claims.set_rows(found.claims)
        self.disputes.set_rows(found.disputes)
        self.ageing_card.note.setText(self._summary(found))
        self.reminders_card.note.setText(self._run_note(found))
        if found.report.rows and self.ageing_view.current_row() is None:
            self.ageing_view.selectRow(0)
        if found.claims:
            known = [(one.invoice_id, one.due_on) for one in found.claims]
            before = (chosen.invoice_id, chosen.due_on) if chosen is not None else known[0]
            self.claims_view.selectRow(known.index(before) if before in known else 0)
        self._picked(self.ageing_view.current_row())
        self._claim_picked(self.claims_view.current_row())
        for one in ENDINGS:
            self.context.commands.allow(one.id, allowed=bool(found.disputes))
        self.context.commands.allow(
            commands.UNDO_RUN.id, allowed=any(run.state != RunState.UNDONE for run in found.runs)
        )
        self.show_empty(empty=not (found.report.rows or found.claims or found.disputes or found.runs))

    def _summary(self, found: _Found) -> str:
        if not found.report.rows:
            return self.tr("nothing is owed: posted invoices that are not paid stand here")
        total = written.amount(found.report.total)
        return self.tr("by days overdue · {} in all, as the ledger holds it").format(total)

    def _run_note(self, found: _Found) -> str:
        if not found.procedure.levels:
            return self.tr("no levels are set up: press Levels first")
        drafted = sum(row.letters for row in found.runs if row.state == RunState.DRAFT)
        if drafted:
            return self.tr("{} drafted, to be sent").format(drafted)
        due = sum(1 for one in found.proposals if one.reminded)
        if not due:
            return self.tr("nobody is to be reminded today")
        return self.tr("1 letter is due") if due == 1 else self.tr("{} letters are due").format(due)

    def _why(self, claim: Claim) -> Cell:
        levels = self._found.procedure.levels if self._found else ()
        name = levels[claim.level - 1].name if 0 < claim.level <= len(levels) else ""
        said = claim.reason or (tr(WORDS[claim.why]) if levels else self.tr("no level is set up"))
        return cells.two_lines(name or said, said if name else "", code_below=False)

    def _picked(self, row: object) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)

    def _claim_picked(self, row: Claim | None) -> None:
        blocked = row is not None and row.why in {Why.BLOCKED, Why.CUSTOMER_BLOCKED}
        self.context.commands.allow(commands.BLOCK.id, allowed=row is not None and not blocked)
        self.context.commands.allow(commands.UNBLOCK.id, allowed=blocked)

    def _opened(self, _row: object) -> None:
        self.ask_statement()


def _read(connection: Connection, on: date) -> _Found:
    open_ones = select(dispute).where(dispute.c.state == DisputeState.OPEN).order_by(dispute.c.id)
    return _Found(
        ageing.at_day(connection, on),
        tuple(dunning_preview.preview(connection, on)),
        dunning_levels.read(connection),
        tuple(connection.execute(open_ones)),
        tuple(dunning_sheets.runs(connection)),
    )


def _statement(connection: Connection, customer_id: UUID, currency: str, first: date, last: date) -> Paper:
    known = account_statements.read(connection, customer_id, currency, first, last)
    return collecting.statement(connection, known, last)


def _undo_drafted(tx: Transaction, run_id: UUID | None, on: date) -> None:
    if run_id is not None:
        dunning.undo(tx, run_id, on)


def _said_drafted(run_id: UUID | None) -> str:
    return tr("The letters are drafted. Look at them, then send them.") if run_id else tr("Nobody is to be reminded.")


def _said_sent(letters: Sequence[UUID]) -> str:
    return tr("1 reminder is sent.") if len(letters) == 1 else tr("{} reminders are sent.").format(len(letters))


def _customer(row: Aged) -> Cell:
    paid = tr("{} on account").format(written.money(-row.on_account, row.currency)) if row.on_account else row.currency
    return cells.two_lines(row.customer, paid, code_below=False)


def _class(row: Aged, place: int) -> Cell:
    figure = row.classes[place]
    return cells.amount(figure, strong=place > 0) if figure else cells.text("")


def _total(row: Aged) -> Cell:
    return cells.amount(row.total)


def _claim(row: Claim) -> Cell:
    return cells.two_lines(row.customer, row.number)


def _days(row: Claim) -> Cell:
    return cells.text(str(row.days), tone=Tone.SOFT)


def _claimed(row: Claim) -> Cell:
    return cells.amount(row.claimed)


def _dispute(row: Any) -> Cell:
    return cells.two_lines(row.customer_name, f"{row.number} · {row.invoice_number}")


def _reason(row: Any) -> Cell:
    return cells.two_lines(row.reason, row.owner_name, code_below=False)


PLACE: Final = Place(
    "receivables",
    "Receivables",
    "clock",
    Group.BILL,
    ReceivablesScreen,
    kinds=("receivables",),
    tables=ReceivablesScreen.tables,
    commands=commands.COMMANDS,
)
