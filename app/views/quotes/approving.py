"""Approval of a quote in the window: asked for by one, given or refused by another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.models.approval import ApprovalState
from app.services import approval_rules, approvals
from app.views.commands import Command
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.quotes import commands
from app.views.widgets.fields import Field

if TYPE_CHECKING:
    from app.views.quotes.screen import QuotesScreen


class Approving(QObject):
    """What the quotes screen does with the approval of the quote on show."""

    def __init__(self, screen: QuotesScreen) -> None:
        super().__init__(screen)
        self._screen, self.context = screen, screen.context

    def bound(self) -> tuple[tuple[Command, Callable[[], None]], ...]:
        """Give the commands and what each does."""
        return (
            (commands.ASK_APPROVAL, self.ask),
            (commands.APPROVE, self.approve),
            (commands.REFUSE, self.refuse),
        )

    def ask(self) -> None:
        """Ask somebody else to look at the quote as it stands."""
        self._screen.when_saved(self._ask)

    def _ask(self) -> None:
        head = self._screen.current_head()
        if head is not None:
            quote_id: UUID = head.id
            self.context.run(
                self,
                "quote.ask_approval",
                lambda tx: approvals.ask(tx, quote_id),
                said=self.tr("The approval is asked for; it stands on Today."),
                inverse=Inverse("quote.withdraw_approval", approvals.withdraw),
            )

    def approve(self) -> None:
        """Approve what was asked for."""
        self._with_asked(self._approve)

    def _approve(self, approval_id: UUID) -> None:
        said = self.tr("Approved: the quote may be sent.")
        self.context.run(self, "quote.approve", lambda tx: approvals.approve(tx, approval_id), said=said)

    def refuse(self) -> None:
        """Ask why it is not approved, and say so."""
        self._with_asked(self._refuse)

    def _refuse(self, approval_id: UUID) -> None:
        RefuseDialog(self.context, approval_id, parent=self._screen).open()

    def _with_asked(self, act: Callable[[UUID], None]) -> None:
        head = self._screen.current_head()
        if head is not None:
            self.context.tasks.read(self, partial(_asked, quote_id=head.id), partial(self._found, act))

    def _found(self, act: Callable[[UUID], None], approval_id: UUID | None) -> None:
        if approval_id is None:
            self.context.messages.say(self.tr("No approval is asked for this quote."))
        else:
            act(approval_id)


class RefuseDialog(FormDialog):
    """Asks why a quote is not approved."""

    def __init__(self, context: Context, approval_id: UUID, *, parent: QWidget) -> None:
        super().__init__(context, context.messages.tr("Not approved"), context.messages.tr("Refuse"), parent=parent)
        self._approval_id = approval_id
        self.note = Field(self.tr("Why"))
        self.form.add("note", self.tr("Why"), self.note)

    def submit(self) -> None:
        """Refuse with the reason that was typed."""
        approval_id, note = self._approval_id, self.note.text()
        said = self.tr("Refused; the quote stays a draft.")
        self.run("quote.refuse", lambda tx: approvals.refuse(tx, approval_id, note), said)


def _asked(connection: Connection, quote_id: UUID) -> UUID | None:
    rows = approval_rules.of_quote(connection, quote_id)
    return next((row.id for row in rows if row.state == ApprovalState.ASKED), None)
