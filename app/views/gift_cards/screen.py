"""Gift cards and store credit in a list, with what is left of each; cards are sold and credit is given here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from PySide6.QtGui import QGuiApplication
from sqlalchemy import Connection

from app.models.stored_value import StoredKind
from app.services import balances, gift_cards
from app.services.balances import BalanceRow, Balances
from app.services.gift_cards import CardLetter
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.format import tr
from app.views.gift_cards.dialogs import GrantDialog, SellCardsDialog
from app.views.messages import confirm
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.tokens import Glyph, Hue, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.cards import Card
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

OPEN: Final = Command(
    "gift_cards.open", "Gift cards", "See gift cards and store credit, and what is left.", "", "credit-card", opens=True
)
SELL: Final = Command("gift_cards.sell", "Sell gift cards", "Sell cards on an invoice.", "Ctrl+N", "plus")
GRANT: Final = Command(
    "gift_cards.grant", "Give store credit", "Give a customer store credit out of goodwill.", "", "hand-coins"
)
LETTER: Final = Command(
    "gift_cards.letter",
    "Copy message",
    "Copy the message with the card's number, to be pasted into a mail.",
    "",
    "mail",
    needs_selection=True,
)
EXPIRE: Final = Command(
    "gift_cards.expire", "Book expired", "Book what is left after its last day as income.", "", "clock"
)


class GiftCardsScreen(SetUpScreen[Balances]):
    """All gift cards and store credit."""

    tables: ClassVar[tuple[str, ...]] = ("stored_value", "stored_value_entry")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "gift_cards")
        self.bind_all(
            (OPEN, partial(context.open, "gift_cards")),
            (SELL, self.sell),
            (GRANT, self.grant),
            (LETTER, self.copy_letter),
            (EXPIRE, self.expire),
        )
        self.set_title(
            self.tr("Gift cards"), (EXPIRE, "clock"), (LETTER, "mail"), (GRANT, "hand-coins"), (SELL, "plus")
        )
        self.card = Card(self.tr("Gift cards and store credit"), self.tr("what customers may still spend with us"))
        self.rows: RowsTable[BalanceRow] = RowsTable(
            (
                Column[BalanceRow]("code", self.tr("Number"), _number, 220),
                Column[BalanceRow]("customer", self.tr("Customer"), _customer, 220, stretch=True),
                Column[BalanceRow]("state", self.tr("Status"), self._state, 120),
                Column[BalanceRow]("issued", self.tr("Since"), _since, 140),
                Column[BalanceRow]("until", self.tr("Last day"), _until, 140),
                Column[BalanceRow]("value", self.tr("Value"), _value, 100, right=True),
                Column[BalanceRow]("balance", self.tr("Left"), _left, 100, right=True),
            )
        )
        self.view = ListView(self.rows, "gift_cards")
        self.view.setAccessibleName(self.tr("Gift cards and store credit"))
        self.view.picked.connect(self._picked)
        self.sums = Label("", tone=Tone.SOFT, wrap=True)
        self.card.body.addWidget(self.sums)
        self.card.body.addWidget(self.view, 1)
        self.set_columns((1, (self.card,)))
        self.set_empty(
            EmptyState(
                "credit-card",
                self.tr("No gift cards yet"),
                self.tr(
                    "Sell cards that pay orders and invoices by their number, or give a customer store credit. What "
                    "they may still spend stands here."
                ),
                ActionButton(context.commands[GRANT.id], "hand-coins"),
                ActionButton(context.commands[SELL.id], "plus", Kind.PRIMARY),
            )
        )

    def reading(self) -> Callable[[Connection], Balances]:
        """Read the balances."""
        return balances.read

    def show_found(self, found: Balances) -> None:
        """Fill the list; what was highlighted stays so."""
        current = self.view.current_row()
        ids = [one.id for one in found.rows]
        self.rows.set_rows(found.rows)
        cards, credit = (written.amount(found.held[kind]) for kind in StoredKind)
        words = self.tr("We owe {} {} on gift cards and {} {} of store credit.")
        self.sums.setText(words.format(cards, found.currency, credit, found.currency))
        self.show_empty(empty=not found.rows)
        if found.rows:
            self.view.selectRow(ids.index(current.id) if current is not None and current.id in ids else 0)
        self._picked(self.view.current_row())

    def sell(self) -> None:
        """Sell gift cards."""
        SellCardsDialog(self.context, parent=self).open()

    def grant(self) -> None:
        """Give a customer store credit."""
        GrantDialog(self.context, parent=self).open()

    def copy_letter(self) -> None:
        """Copy the message that brings the highlighted card to its holder."""
        row = self.view.current_row()
        if row is not None:
            self.context.tasks.read(self, partial(gift_cards.letter, card_id=row.id), self._copied)

    def expire(self) -> None:
        """Book what is left of what has expired, after asking: the income is booked for good."""
        confirm(
            self,
            self.tr("Book what has expired?"),
            self.tr("What is left on cards whose last day is over becomes income. This is not taken back."),
            self.tr("Book"),
            self._expire,
        )

    def _expire(self) -> None:
        today = self.context.today()
        self.context.run(
            self,
            "gift_card.expire",
            lambda tx: gift_cards.expire(tx, today),
            said=self.tr("What had expired is booked."),
        )

    def _copied(self, found: CardLetter) -> None:
        QGuiApplication.clipboard().setText(found.text)
        said = (
            self.tr("The message for {} is copied.").format(found.to) if found.to else self.tr("The message is copied.")
        )
        self.context.messages.say(said)

    def _picked(self, row: BalanceRow | None) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)
        sent = row is not None and row.kind == StoredKind.GIFT_CARD and not row.void
        self.context.commands.allow(LETTER.id, allowed=sent)

    def _state(self, row: BalanceRow) -> Cell:
        if row.void:
            return cells.chip(tr("Taken back"), Hue.GREY, Glyph.SLASH)
        if row.expires_on is not None and row.expires_on < self.context.today():
            return cells.chip(tr("Expired"), Hue.AMBER, Glyph.CLOCK)
        if not row.balance:
            return cells.chip(tr("Used up"), Hue.GREY, Glyph.CHECK)
        if row.kind == StoredKind.GIFT_CARD and row.balance < row.value:
            return cells.chip(tr("Part used"), Hue.GREEN, Glyph.HALF)
        return cells.chip(tr("Can be used"), Hue.GREEN, Glyph.CHECK)


def _number(row: BalanceRow) -> Cell:
    return cells.code(row.code) if row.code else cells.text(tr("Store credit"))


def _customer(row: BalanceRow) -> Cell:
    return cells.text(row.customer)


def _since(row: BalanceRow) -> Cell:
    return cells.text(written.full_day(row.issued_on), tone=Tone.SOFT)


def _until(row: BalanceRow) -> Cell:
    return cells.text(written.full_day(row.expires_on) if row.expires_on else "", tone=Tone.SOFT)


def _value(row: BalanceRow) -> Cell:
    return cells.amount(row.value) if row.code else cells.text("")


def _left(row: BalanceRow) -> Cell:
    return cells.amount(row.balance)


PLACE: Final = Place(
    "gift_cards",
    "Gift cards",
    "credit-card",
    Group.BILL,
    GiftCardsScreen,
    kinds=("gift_cards",),
    commands=(OPEN, SELL, GRANT, LETTER, EXPIRE),
)
