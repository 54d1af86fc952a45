"""The steps of a negotiation: show its rounds, note what the customer asks, give it, leave it or answer it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject
from sqlalchemy import Connection

from app.models.offer import SOLD
from app.models.quote import CounterState, QuoteState
from app.services import negotiation, quotes
from app.services.transaction import Transaction
from app.views.commands import Command
from app.views.context import Inverse
from app.views.quotes import commands
from app.views.quotes.counter import AnswerDialog, CounterDialog
from app.views.quotes.rounds import RoundsPage
from app.views.widgets.buttons import ActionButton, Kind

if TYPE_CHECKING:
    from app.views.quotes.screen import QuotesScreen


class Negotiating(QObject):
    """What the quotes screen does with the negotiation of the quote on show."""

    def __init__(self, screen: QuotesScreen) -> None:
        super().__init__(screen)
        self._screen, self.context = screen, screen.context
        self.page: RoundsPage

    def bound(self) -> tuple[tuple[Command, Callable[[], None]], ...]:
        """Give the commands and what each does."""
        return (
            (commands.ROUNDS, self.open_rounds),
            (commands.COUNTER, self.note_counter),
            (commands.COUNTER_ACCEPT, self.accept),
            (commands.COUNTER_DECLINE, self.decline),
            (commands.COUNTER_ANSWER, self.answer),
        )

    def make_page(self) -> RoundsPage:
        """Make the page that shows the rounds."""
        self.page, bound = RoundsPage(self.context), self.context.commands
        self.page.header.back_wanted.connect(self.context.navigator.back)
        self.next = ActionButton(bound[commands.NEXT.id], "mail", Kind.PRIMARY)
        self._steps = [
            ActionButton(bound[command.id], command.icon)
            for command in (commands.COUNTER_ACCEPT, commands.COUNTER_DECLINE, commands.COUNTER_ANSWER)
        ]
        self.counter = ActionButton(bound[commands.COUNTER.id], "message-square")
        self.page.header.add(*self._steps, self.counter, self.next)
        self.page.shown.connect(self._shown)
        return self.page

    def show(self, quote_id: UUID) -> None:
        """Put the rounds of a quote on show."""
        self._screen.show_rounds(self.page)
        self.page.show_quote(quote_id)

    def on_show(self) -> bool:
        """Whether the rounds are what is on show."""
        return self.page.isVisible()

    def head(self) -> Any:
        """The quote whose rounds are on show."""
        return self.page.found.head if self.page.found is not None else None

    # commands ----------------------------------------------------------------------------------

    def open_rounds(self) -> None:
        """Show the rounds of the current quote."""
        self._screen.when_saved(self._open_rounds)

    def _open_rounds(self) -> None:
        head = self._screen.current_head()
        if head is not None:
            self.context.open("quote", head.id, rounds=True)

    def note_counter(self) -> None:
        """Ask line by line what the customer wants instead."""
        head = self._screen.current_head()
        if head is not None:
            self.context.tasks.read(self, partial(_offered, quote_id=head.id), self._ask_counter)

    def _ask_counter(self, found: tuple[Any, list[Any]]) -> None:
        head, lines = found
        if head.state not in {QuoteState.SENT, QuoteState.PART}:
            self.context.messages.say(
                self.tr("{} is {}. A customer answers what was sent.").format(head.number, head.state)
            )
            return
        CounterDialog(self.context, head, lines, parent=self._screen).open()

    def accept(self) -> None:
        """Give the line what was asked."""
        self._settle("quote.counter_accept", negotiation.accept, self.tr("The line takes it. Send the next version."))

    def decline(self) -> None:
        """Leave the line as it was offered."""
        self._settle("quote.counter_decline", negotiation.decline, self.tr("The line stays as it was offered."))

    def answer(self) -> None:
        """Ask what is offered between."""
        row = self._open_counter()
        if row is not None:
            AnswerDialog(self.context, row, parent=self._screen).open()

    def _settle(self, command: str, step: Callable[[Transaction, UUID], None], said: str) -> None:
        row = self._open_counter()
        if row is None:
            return
        counter_id = row.id
        inverse = Inverse("quote.counter_reopen", lambda tx, _: negotiation.reopen(tx, counter_id))
        self.context.run(self, command, lambda tx: step(tx, counter_id), said=said, inverse=inverse)

    def _open_counter(self) -> Any:
        row = self.page.current_counter() if self.on_show() else None
        if row is None or row.state != CounterState.OPEN:
            self.context.messages.say(self.tr("Choose in the negotiation what the customer asks for and waits for."))
            return None
        return row

    def _shown(self, head: Any) -> None:
        waits = bool(head.open_counters)
        for button in self._steps:
            button.setVisible(waits)
        self.counter.setVisible(head.state in {QuoteState.SENT, QuoteState.PART})
        self.next.setVisible(head.state in {QuoteState.DRAFT, QuoteState.SENT, QuoteState.PART})
        draft = head.state == QuoteState.DRAFT
        self.next.set_text(self.tr("Send") if draft else self.tr("Accept"))
        self.next.set_icon("mail" if draft else "handshake")
        self.context.commands.select(self._screen.place_id, selected=True)


def _offered(connection: Connection, quote_id: UUID) -> tuple[Any, list[Any]]:
    lines = [row for row in quotes.lines(connection, quote_id) if row.kind in SOLD and row.order_id is None]
    return quotes.get(connection, quote_id), lines
