"""A bank line at the side of the list: what the bank said, what it pays and why, what was booked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.models.banking import LineState
from app.services.banking import sheets
from app.services.banking.sheets import Booked, LineSheet, Share
from app.services.lists import BankLineRow
from app.views import cells
from app.views import format as written
from app.views.bank_lines import words
from app.views.bank_lines.commands import ACCEPT, ASSIGN, IGNORE, REOPEN
from app.views.cells import Column
from app.views.context import Context
from app.views.row_panel import RowPanel, fit_rows
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Density, Space, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section

COMPACT: Final = 28
TABLES: Final = ("bank_line", "bank_booking", "invoice", "payment", "customer")


class BankLinePanel(RowPanel[BankLineRow, LineSheet]):
    """What the bank said, the proposal with its reason, and the payments booked of the line."""

    def __init__(self, context: Context) -> None:
        hint = context.messages.tr("Choose a line to see what it pays.")
        super().__init__(context, _sheet, TABLES, hint)
        head = Section()
        self.amount, self.chip = Label("", Type.TITLE), StatusChip()
        head.body.addWidget(Row(self.amount, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.name = Label("", Type.BODY, Tone.SOFT, wrap=True)
        head.body.addWidget(self.name)
        self.accept = ActionButton(context.commands[ACCEPT.id], "check", Kind.PRIMARY)
        self.assign = ActionButton(context.commands[ASSIGN.id], "split")
        self.ignore = ActionButton(context.commands[IGNORE.id], "ban")
        self.back = ActionButton(context.commands[REOPEN.id], "undo-2")
        head.body.addWidget(Row(self.accept, self.ignore, self.back, None))
        head.body.addWidget(Row(self.assign, None))
        self.place(head)
        why = Section(self.tr("What it pays"))
        self.reason = Label("", Type.BODY, wrap=True)
        why.body.addWidget(self.reason)
        self.shares: RowsTable[Share] = RowsTable(_SHARES)
        self.shares_view = ListView(self.shares, "bank_line_shares", density=Density.COMPACT)
        self.shares_view.setAccessibleName(self.tr("What it pays"))
        why.body.addWidget(self.shares_view)
        self.booked: RowsTable[Booked] = RowsTable(_BOOKED)
        self.booked_view = ListView(self.booked, "bank_line_booked", density=Density.COMPACT)
        self.booked_view.setAccessibleName(self.tr("Payments booked"))
        self.booked_view.opened.connect(self._open_payment)
        why.body.addWidget(self.booked_view)
        self.place(why)
        facts = Section(self.tr("What the bank says"))
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.text = Label("", Type.BODY, Tone.SOFT, wrap=True)
        facts.body.addWidget(self.text)
        self.place(facts, line=False)

    def show_head(self, row: BankLineRow) -> None:
        """Amount, party and what can be done."""
        self.amount.setText(written.money(row.amount, row.currency))
        self.name.setText(row.name or self.tr("The bank names nobody."))
        status = words.state(row, {}).status
        assert status is not None, "every line has a state"
        self.chip.set_state(status)
        is_open = row.state == LineState.OPEN
        self._offer(is_open=is_open, proposed=False)
        self.text.setText(row.text)
        if self.sheet is None:  # of another line until it is read
            self.reason.setText("")
            self._fill(self.shares, self.shares_view, ())
            self._fill(self.booked, self.booked_view, ())

    def show_sheet(self, sheet: LineSheet) -> None:
        """The proposal or the payments, and the bank's own words."""
        head, proposal = sheet.head, sheet.proposal
        if proposal is not None and self.row is not None:
            status = words.state(self.row, {self.row.id: proposal}).status
            if status is not None:
                self.chip.set_state(status)
        self._offer(is_open=head.state == LineState.OPEN, proposed=bool(proposal and proposal.parts))
        self.reason.setText(proposal.reason if proposal else head.reason or self.tr("Decided by hand."))
        self._fill(self.shares, self.shares_view, sheet.shares)
        self._fill(self.booked, self.booked_view, sheet.booked)
        facts = [
            Fact(self.tr("Booked on"), written.full_day(head.booked_on)),
            Fact(self.tr("Value date"), written.full_day(head.value_on)),
            Fact(self.tr("Our account"), sheet.account_name),
            Fact(self.tr("Their account"), head.counterparty, code=True),
            Fact(self.tr("Reference"), head.reference),
        ]
        if head.decided_at:
            facts.append(Fact(self.tr("Decided"), f"{written.moment(head.decided_at)}, {head.decided_by}"))
        self.facts.set_facts([one for one in facts if one.value])

    def _offer(self, *, is_open: bool, proposed: bool) -> None:
        """Show the buttons that fit the line, and allow their commands."""
        commands = self.context.commands
        for button, command, allowed in (
            (self.accept, ACCEPT, is_open and proposed),
            (self.assign, ASSIGN, is_open),
            (self.ignore, IGNORE, is_open),
            (self.back, REOPEN, not is_open),
        ):
            button.setVisible(allowed)
            commands.allow(command.id, allowed=allowed)

    @staticmethod
    def _fill(table: RowsTable[Any], view: ListView, rows: Any) -> None:
        table.set_rows(rows)
        view.setVisible(bool(rows))
        fit_rows(view, len(rows), COMPACT)

    def _open_payment(self, one: Booked) -> None:
        self.context.open("payment", one.payment_id)


def _sheet(connection: Connection, line_id: UUID) -> LineSheet:
    return sheets.line_sheet(connection, line_id)


def _target(one: Share) -> cells.Cell:
    return cells.code(one.number) if one.number else cells.text(written.tr("on account"), tone=Tone.SOFT)


def _discount(one: Share) -> cells.Cell:
    return cells.amount(one.discount) if one.discount else cells.text("")


_SHARES: Final = (
    Column[Share]("number", "Invoice", _target, 104),
    Column[Share]("customer", "Customer", lambda one: cells.text(one.customer_name, tone=Tone.SOFT), 90, stretch=True),
    Column[Share]("discount", "Discount", _discount, 70, right=True),
    Column[Share]("amount", "Amount", lambda one: cells.amount(one.amount), 88, right=True),
)
_BOOKED: Final = (
    Column[Booked]("number", "Payment", lambda one: cells.code(one.number), 104),
    Column[Booked]("customer", "Customer", lambda one: cells.text(one.customer_name, tone=Tone.SOFT), 90, stretch=True),
    Column[Booked]("amount", "Amount", lambda one: cells.amount(one.amount or Decimal(0)), 96, right=True),
)
