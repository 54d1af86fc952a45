"""Quotes: find one, write it, send it, take the customer's answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QMenu, QWidget
from sqlalchemy import Connection, func, select

from app.models.offer import Choice
from app.models.quote import OFFERED, QuoteState, quote
from app.services import offers, quotes
from app.services.lists import QUOTES, QuoteRow
from app.services.promising import Policy
from app.services.quotes import NewQuote
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.accept import AcceptDialog
from app.views.dialogs.new_document import NewDocumentDialog
from app.views.document_kind import DocumentKind
from app.views.document_page import DocumentPage
from app.views.list_screen import PageScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.quotes import commands
from app.views.quotes.approving import Approving
from app.views.quotes.extend import ExtendDialog
from app.views.quotes.negotiating import Negotiating
from app.views.quotes.rounds import state_of
from app.views.quotes.templates import SaveTemplateDialog, TemplatesDialog
from app.views.screen import Finder, Found, Group, Place, Target, Waiting
from app.views.tokens import Tone
from app.views.widgets.buttons import ActionButton, Button, Kind

KIND: Final = DocumentKind(
    "quote",
    "quote",
    quotes.get,
    quotes.lines,
    quotes.set_lines,
    quotes.change_head,
    quotes.versions,
    "valid_until",
    lambda head: head.state == QuoteState.DRAFT,
    lambda head: (None, Policy(), head.requested_on),
    choices=True,
)
STATES: Final = ("draft", "sent", "part", "accepted", "declined", "cancelled")


def _spec(today: date) -> ListSpec[QuoteRow]:
    def state(row: QuoteRow) -> Cell:
        return cells.state(*state_of(row, today))

    def valid(row: QuoteRow) -> Cell:
        if row.state == QuoteState.SENT and row.valid_until < today:
            ago = (today - row.valid_until).days
            return Cell(written.tr("{} d ago").format(ago), tone=Tone.BAD, strong=True)
        return cells.due(row.valid_until, today, late=row.state == QuoteState.SENT)

    return ListSpec(
        listing=QUOTES,
        columns=(
            Column[QuoteRow]("number", "Quote", lambda row: cells.code(row.number), 104, sort="number"),
            Column[QuoteRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 200, sort="customer", stretch=True
            ),
            Column[QuoteRow]("state", "Status", state, 150, sort="state"),
            Column[QuoteRow](
                "valid",
                "Valid until",
                valid,
                120,
                sort="valid_until",
            ),
            Column[QuoteRow]("total", "Total", lambda row: cells.amount(row.total), 110, sort="total", right=True),
            Column[QuoteRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.SOFT), 56),
        ),
        nouns=("quote", "quotes"),
        search_hint="Quote, customer, PO…",
        tabs=(
            Tab("open", "Open", {"open": "yes"}),
            Tab("draft", "Draft", {"state": "draft"}),
            Tab("sent", "Sent", {"state": "sent"}),
            Tab("my_turn", "My turn", {"countered": "yes"}),
            Tab("expired", "Expired", {"expired": "yes"}),
            Tab("accepted", "Accepted", {"state": "accepted"}, counted=False),
            Tab("all", "All", counted=False),
        ),
        filters=(
            Filter("open", "Quotes", (Option("yes", "open", True),)),
            Filter("countered", "Counter-offer", (Option("yes", "waits for an answer", True),)),
            Filter("expired", "Validity", (Option("yes", "expired", lambda day: day),)),
            Filter("state", "Status", tuple(Option(one, one.capitalize(), one) for one in STATES)),
        ),
        total="total",
    )


class QuotesScreen(PageScreen[QuoteRow, DocumentPage]):
    """The list of quotes, and the page of one."""

    kind = "quote"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "quotes")
        self.bind(commands.NEW, self.new, self.new_for)
        self.bind_all(
            (commands.NEXT, self.take_next_step),
            (commands.SEND, self.send),
            (commands.ACCEPT, self.accept_quote),
            (commands.REVISE, self.revise),
            (commands.DECLINE, self.decline),
            (commands.CANCEL, self.cancel),
            (commands.DUPLICATE, self.duplicate),
            (commands.FROM_TEMPLATE, self.new_from_template),
            (commands.SAVE_TEMPLATE, self.save_template),
            (commands.PRINT, self.print_quote),
            (commands.PROFORMA, self.print_proforma),
            (commands.EXTEND, self.extend),
            (commands.PRICE, self.explain_price),
            (commands.OPTIONAL, partial(self.offer_as, Choice.OPTIONAL)),
            (commands.ALTERNATIVE, partial(self.offer_as, Choice.ALTERNATIVE)),
        )
        self.negotiating = Negotiating(self)
        self.approving = Approving(self)
        self.bind_all(*self.negotiating.bound(), *self.approving.bound())
        self.show_list(self.tr("Quotes"), _spec(context.today()))
        self.add_buttons(new=commands.NEW)
        self.set_empty(
            "file-pen",
            self.tr("No quotes yet"),
            self.tr("Write a quote, send it, and make it an order when the customer says yes."),
            commands.NEW,
        )
        self.set_page(DocumentPage(context, KIND))
        self._stack.addWidget(self.negotiating.make_page())
        self._add_buttons()
        self.page.shown.connect(self._shown)
        self.page.opened_version.connect(self._open_version)

    def show_page(self, record_id: UUID, target: Target) -> None:
        """Show one quote, or its ``rounds``; ``start`` puts the keyboard into its lines."""
        if target.option("rounds"):
            self.negotiating.show(record_id)
            return
        self.page.show_document(record_id, start=bool(target.option("start")))

    def leave(self) -> None:
        """Save what was typed."""
        self.page.leave()

    def is_saving(self) -> bool:
        """Whether something typed is still on its way into the books."""
        return self.page.is_saving()

    # commands ----------------------------------------------------------------------------------

    def new(self) -> None:
        """Ask for the customer, then write a quote."""
        dialog = NewDocumentDialog(self.context, self.tr("New quote"), "quote.create", _create, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()

    def new_for(self, customer_id: UUID) -> None:
        """Write a quote for a customer."""
        self.context.run(self, "quote.create", partial(_create, customer_id=customer_id), done=self.open_record)

    def take_next_step(self) -> None:
        """Send a draft; take the answer to a quote that was sent."""
        head = self._head()
        if head is not None:
            (self.send if head.state == QuoteState.DRAFT else self.accept_quote)()

    def send(self) -> None:
        """Freeze the version on show and open it for printing."""
        self._when_saved(
            partial(self._step, "quote.send", quotes.send, self.tr("Version {} is sent."), self._print_sent)
        )

    def accept_quote(self) -> None:
        """Ask what was agreed and make the order."""
        self._when_saved(self._ask_accept)

    def _ask_accept(self) -> None:
        head = self._head()
        if head is not None:
            dialog = AcceptDialog(self.context, head.id, head.number, po=head.customer_po, parent=self)
            dialog.done_with.connect(self._open_order)
            dialog.open()

    def revise(self) -> None:
        """Take the quote back to draft."""
        self._step("quote.revise", quotes.revise, self.tr("The quote is a draft again."))

    def decline(self) -> None:
        """The customer said no."""
        self._step("quote.decline", quotes.decline, self.tr("The quote is declined."))

    def cancel(self) -> None:
        """Withdraw the quote."""
        self._step("quote.cancel", quotes.cancel, self.tr("The quote is withdrawn."))

    def extend(self) -> None:
        """Ask until when the same is offered, and send it as the next version."""
        self._when_saved(self._ask_extend)

    def _ask_extend(self) -> None:
        head = self._head()
        if head is not None:
            ExtendDialog(self.context, head.id, head.number, parent=self).open()

    def duplicate(self) -> None:
        """Write a new quote with the same lines."""
        self._when_saved(self._copy)

    def new_from_template(self) -> None:
        """Choose a template and a customer, then write a quote."""
        dialog = TemplatesDialog(self.context, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()

    def save_template(self) -> None:
        """Keep what the quote is made of under a name."""
        self._when_saved(self._ask_template)

    def _ask_template(self) -> None:
        head = self._head()
        if head is not None:
            SaveTemplateDialog(self.context, head.id, head.number, parent=self).open()

    def print_quote(self) -> None:
        """Show the quote as it prints."""
        self._when_saved(partial(self._open_print, "quote"))

    def print_proforma(self) -> None:
        """Show what the quote would be invoiced at."""
        self._when_saved(partial(self._open_print, "proforma_quote"))

    def explain_price(self) -> None:
        """Tell how the price of a line of the quote on show comes about."""
        if self._stack.currentWidget() is self.page:
            self.page.explain_price()

    def offer_as(self, choice: Choice) -> None:
        """Offer the line with the keyboard as optional or an alternative, or include it again."""
        if self._stack.currentWidget() is self.page:
            self.page.editor.offer_as(choice)

    # inner -------------------------------------------------------------------------------------

    def _when_saved(self, act: Callable[[], None]) -> None:
        """Do something with the quote once all that was typed into it is in the books."""
        if self._stack.currentWidget() is self.page and self.page.document is not None:
            self.page.finish(act)
        else:
            act()

    def _copy(self) -> None:
        head = self._head()
        if head is not None:
            self.context.run(self, "quote.create", partial(_copy, quote_id=head.id), done=self.open_record)

    def _open_print(self, kind: str) -> None:
        head = self._head()
        if head is not None:
            self.context.open("print", head.id, kinds=kind)

    def _add_buttons(self) -> None:
        bound = self.context.commands
        menu = QMenu(self)
        for command in (
            commands.ASK_APPROVAL,
            commands.APPROVE,
            commands.REFUSE,
            commands.COUNTER,
            commands.OPTIONAL,
            commands.ALTERNATIVE,
            commands.REVISE,
            commands.EXTEND,
            commands.DECLINE,
            commands.DUPLICATE,
            commands.SAVE_TEMPLATE,
            commands.PROFORMA,
            commands.CANCEL,
        ):
            menu.addAction(bound[command.id])
        more = Button(icon="ellipsis", name=self.tr("More"))
        more.setMenu(menu)
        self.accept = ActionButton(bound[commands.ACCEPT.id], "handshake")
        self.next = ActionButton(bound[commands.NEXT.id], "mail", Kind.PRIMARY)
        self.rounds = ActionButton(bound[commands.ROUNDS.id], "columns-3")
        printed = ActionButton(bound[commands.PRINT.id], "printer")
        self.page.header.add(printed, more, self.rounds, self.accept, self.next)

    def _shown(self, head: Any) -> None:
        self.page.header.set_state(*state_of(head, self.context.today()))
        draft, sent = head.state == QuoteState.DRAFT, head.state in {QuoteState.SENT, QuoteState.PART}
        self.next.setVisible(draft or sent)
        self.next.set_text(self.tr("Send") if draft else self.tr("Accept"))
        self.next.set_icon("mail" if draft else "handshake")
        self.accept.setVisible(draft)
        self.rounds.setVisible(bool(head.version))
        self.context.commands.select(self.place_id, selected=True)

    def show_rounds(self, page: QWidget) -> None:
        """Put the page of the rounds in front."""
        self._stack.setCurrentWidget(page)

    def current_head(self) -> Any:
        """The quote on show, else the current row of the list."""
        return self._head()

    def when_saved(self, act: Callable[[], None]) -> None:
        """Do something once all that was typed is in the books."""
        self._when_saved(act)

    def _head(self) -> Any:
        if self.negotiating.on_show():
            return self.negotiating.head()
        if self._stack.currentWidget() is self.page and self.page.document is not None:
            return self.page.document.head
        return self.list.current()

    def _step(
        self,
        command: str,
        step: Callable[[Transaction, UUID], Any],
        said: str,
        done: Callable[[Any], None] | None = None,
    ) -> None:
        head = self._head()
        if head is not None:
            quote_id = head.id
            self.context.run(self, command, lambda tx: step(tx, quote_id), said=said, done=done)

    def _print_sent(self, _: int) -> None:
        self.print_quote()

    def _open_order(self, order_id: UUID) -> None:
        self.context.open("order", order_id)

    def _open_version(self, version_id: UUID) -> None:
        self.context.open("print", version_id, kinds="quote_version")


def _create(tx: Transaction, customer_id: UUID) -> UUID:
    return quotes.create(tx, NewQuote(customer_id))


def _copy(tx: Transaction, quote_id: UUID) -> UUID:
    head = quotes.get(tx.connection, quote_id)
    lines = tuple(replace(offers.line_input(row), id=None) for row in quotes.lines(tx.connection, quote_id))
    return quotes.create(
        tx,
        NewQuote(
            head.customer_id,
            lines,
            currency=head.currency,
            payment_term=head.payment_term,
            discount_percent=head.discount_percent,
            discount_amount=head.discount_amount,
            notes=head.notes,
        ),
    )


def _waiting(connection: Connection) -> Waiting:
    waiting = select(func.count()).select_from(quote).where(quote.c.state.in_(OFFERED))
    return Waiting(connection.execute(waiting).scalar_one())


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = quotes.find(connection, text, limit)
    return [Found(key, number, f"{customer} · {state}", code=True) for key, number, customer, state in found]


PLACE: Final = Place(
    "quotes",
    "Quotes",
    "file-pen-line",
    Group.SELL,
    QuotesScreen,
    kinds=("quote",),
    waiting=_waiting,
    tables=("quote",),
    commands=commands.COMMANDS,
    finders=(Finder("quote", "Quotes", "file-pen-line", _find),),
)
