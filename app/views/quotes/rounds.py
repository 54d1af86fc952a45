"""The negotiation of a quote: its rounds in the order of time, two versions side by side, what the customer asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.models.negotiation import Difference, LinePair
from app.models.quote import OFFERED, CounterState, QuoteState
from app.services import counter_offers, negotiation, quotes
from app.services.negotiation import Round
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.quotes import difference
from app.views.quotes.counter import price_text
from app.views.rows_table import RowsTable
from app.views.theme import Type
from app.views.tokens import Glyph, Hue, Space, Tone
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Hairline, Label, Upright
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader

ROUNDS_WIDTH: Final = 300
VERSION_WIDTH: Final = 140
TERMS_IN_A_ROW: Final = 4
NOW: Final = 0
"""Stands in the choice of versions for the quote as it is now."""

_COUNTERS: Final = {
    CounterState.OPEN: ("waits for an answer", Hue.VIOLET, Glyph.HALF),
    CounterState.ACCEPTED: ("given", Hue.GREEN, Glyph.CHECK),
    CounterState.DECLINED: ("declined", Hue.GREY, Glyph.SLASH),
    CounterState.ANSWERED: ("answered", Hue.BLUE, Glyph.DOT),
    CounterState.WITHDRAWN: ("taken back", Hue.GREY, Glyph.SLASH),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page shows of a quote; ``before`` and ``after`` are the numbers that were compared."""

    head: Any
    lines: tuple[Any, ...]
    rounds: tuple[Round, ...]
    counters: tuple[Any, ...]
    before: int
    after: int
    difference: Difference | None


def read(connection: Connection, quote_id: UUID, before: int | None, after: int | None) -> Shown:
    """Read a negotiation; without a choice the last version is compared with the one before, or with the draft."""
    head = quotes.get(connection, quote_id)
    last: int = head.version
    if after is None or after > last:
        after = NOW if head.state == QuoteState.DRAFT else last
    if before is None or not 0 < before <= last:
        before = last if after == NOW else max(1, after - 1)
    found = negotiation.difference(connection, quote_id, before, after or None) if last else None
    return Shown(
        head,
        tuple(quotes.lines(connection, quote_id)),
        tuple(negotiation.rounds(connection, quote_id)),
        tuple(reversed(counter_offers.of_quote(connection, quote_id))),
        before,
        after,
        found,
    )


class RoundsPage(QWidget):
    """Shows one negotiation; ``shown`` tells after each reading, ``picked`` the counter-offer that is current."""

    shown = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.found: Shown | None = None
        self._quote_id: UUID | None = None
        self._chosen: tuple[int | None, int | None] = (None, None)
        self.header = PageHeader("", back=True, code=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._rounds_side())
        row.addWidget(Upright())
        row.addWidget(self._versions_side(), 1)
        outer.addLayout(row, 1)
        context.tasks.changed.connect(self._changed)

    def show_quote(self, quote_id: UUID) -> None:
        """Read and show a quote's negotiation."""
        if quote_id != self._quote_id:
            self._chosen = (None, None)
        self._quote_id = quote_id
        before, after = self._chosen
        self.context.tasks.read(self, partial(read, quote_id=quote_id, before=before, after=after), self._show)

    def current_counter(self) -> Any:
        """The counter-offer that is current; else the newest one that waits for an answer."""
        row = self.counters.current_row()
        if row is not None or self.found is None:
            return row
        return next((one for one in self.found.counters if one.state == CounterState.OPEN), None)

    # building ----------------------------------------------------------------------------------

    def _rounds_side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(ROUNDS_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(Space.LARGE, Space.LARGE, Space.SMALL, Space.LARGE)
        column.addWidget(Label(self.tr("Rounds"), Type.ITEM))
        self.round_rows: RowsTable[Round] = RowsTable(
            (
                Column[Round]("round", self.tr("Round"), self._round, 150, stretch=True),
                Column[Round]("total", self.tr("Total"), _round_total, 100, right=True),
            )
        )
        self.rounds = ListView(self.round_rows, "quote_rounds", two_lines=True)
        self.rounds.setAccessibleName(self.tr("Rounds in the order of time"))
        self.rounds.opened.connect(self._open_round)
        column.addWidget(self.rounds, 1)
        hint = self.tr("Enter compares a version with the one before it.")
        column.addWidget(Label(hint, Type.META, Tone.FAINT, wrap=True))
        return side

    def _versions_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(Space.LARGE, Space.LARGE, Space.PAGE, Space.LARGE)
        column.setSpacing(Space.MEDIUM)
        self.before, self.after = QComboBox(), QComboBox()
        self.before.setAccessibleName(self.tr("Earlier version"))
        self.after.setAccessibleName(self.tr("Later version"))
        self.total = Label("", Type.BODY_STRONG)
        choose = QHBoxLayout()
        choose.addWidget(Label(self.tr("Compare"), Type.BODY, Tone.SOFT))
        choose.addWidget(self.before)
        choose.addWidget(Label(self.tr("with"), Type.BODY, Tone.SOFT))
        choose.addWidget(self.after)
        choose.addStretch(1)
        choose.addWidget(self.total)
        column.addLayout(choose)
        for box in (self.before, self.after):
            box.setMinimumWidth(VERSION_WIDTH)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(self._choose)
        self.pairs: RowsTable[LinePair] = RowsTable(difference.columns())
        self.lines = ListView(self.pairs, "quote_difference", two_lines=True)
        self.lines.setAccessibleName(self.tr("Both versions line by line"))
        column.addWidget(self.lines, 3)
        self.terms = Facts(TERMS_IN_A_ROW)
        column.addWidget(self.terms)
        column.addWidget(Label(self.tr("What the customer asks for"), Type.ITEM))
        self.counter_rows: RowsTable[Any] = RowsTable(
            (
                Column[Any]("name", self.tr("Item"), _name, 200, stretch=True),
                Column[Any]("offered", self.tr("Offered"), _offered, 180, right=True),
                Column[Any]("asked", self.tr("Asked instead"), self._asked, 230),
                Column[Any]("state", self.tr("Answer"), _state, 190),
            )
        )
        self.counters = ListView(self.counter_rows, "quote_counters", two_lines=True)
        self.counters.setAccessibleName(self.tr("What the customer asks for"))
        column.addWidget(self.counters, 2)
        self.nothing = Label("", Type.BODY, Tone.SOFT, wrap=True)
        column.addWidget(self.nothing)
        return side

    # showing -----------------------------------------------------------------------------------

    def _show(self, found: Shown) -> None:
        if found.head.id != self._quote_id:
            return
        self.found, head = found, found.head
        self.header.set_title(head.number, head.customer_name)
        self.header.set_state(*state_of(head, self.context.today()))
        self.round_rows.set_rows(found.rounds)
        self._show_choice(found)
        self.pairs.set_rows(found.difference.lines if found.difference else ())
        told = difference.term_rows(found.difference, self.context.today()) if found.difference else []
        self.terms.set_facts([Fact(name, words) for name, words in told])
        self.total.setText(difference.total_words(found.difference, head.currency) if found.difference else "")
        self.counter_rows.set_rows(found.counters)
        self.counters.setVisible(bool(found.counters))
        self.nothing.setVisible(not found.counters)
        self.nothing.setText(self._hint(head))
        self.shown.emit(head)

    def _hint(self, head: Any) -> str:
        """Say how what a customer asks for comes in here; only what was sent is answered."""
        if head.state in {QuoteState.SENT, QuoteState.PART}:
            return self.tr(
                "Nothing yet. When the customer wants another price, quantity or day, note it with Ctrl+Shift+O."
            )
        if head.state != QuoteState.DRAFT:
            return self.tr("The customer asked for nothing else.")
        if head.version:
            words = self.tr("Version {} is not sent yet. Send it; then the customer's answer is noted here.")
            return words.format(head.version + 1)
        return self.tr("This quote was not sent yet. Send it; then the customer's answer is noted here.")

    def _show_choice(self, found: Shown) -> None:
        numbers = list(range(1, found.head.version + 1))
        for box, chosen in ((self.before, found.before), (self.after, found.after)):
            blocker = QSignalBlocker(box)
            box.clear()
            for number in numbers:
                box.addItem(self.tr("Version {}").format(number), number)
            if box is self.after:
                box.addItem(self.tr("As it is now"), NOW)
            box.setCurrentIndex(max(0, box.findData(chosen)))
            del blocker

    def _round(self, one: Round) -> Cell:
        when = written.when(one.at, self.context.now())
        if one.version_id is not None:
            return Cell(
                self.tr("Version {}").format(one.version), strong=True, second=f"{one.by} · {when}", icon="mail"
            )
        words = self.tr("Customer: {} lines").format(len(one.counters))
        if len(one.counters) == 1:
            words = self.tr("Customer: {}").format(one.counters[0].name)
        return Cell(words, second=f"{self.tr('to version {}').format(one.version)} · {when}", icon="handshake")

    def _asked(self, row: Any) -> Cell:
        wishes = []
        if row.unit_price is not None:
            wishes.append(self.tr("price {}").format(price_text(row.unit_price)))
        if row.quantity is not None:
            wishes.append(self.tr("qty {}").format(written.quantity(row.quantity)))
        if row.requested_on is not None:
            wishes.append(self.tr("by {}").format(written.day(row.requested_on, self.context.today())))
        return Cell(", ".join(wishes), strong=row.state == CounterState.OPEN, second=row.note)

    # choosing ----------------------------------------------------------------------------------

    def _choose(self, _: int) -> None:
        self._compare(int(self.before.currentData()), int(self.after.currentData()))

    def _open_round(self, one: Round) -> None:
        if one.version_id is not None:
            self._compare(max(1, one.version - 1), one.version)

    def _compare(self, before: int, after: int) -> None:
        self._chosen = (before, after)
        if self._quote_id is not None:
            self.show_quote(self._quote_id)

    def _changed(self, changes: Any) -> None:
        if self._quote_id is not None and self.isVisible() and changes.touch("quote", "quote_counter"):
            self._chosen = (None, None)
            self.show_quote(self._quote_id)


def state_of(head: Any, today: date) -> tuple[str, str]:
    """Give the word for where a quote stands, as its chip shows it, and its version."""
    detail = f"v{head.version}" if head.version else ""
    if head.state in OFFERED and head.version and head.state != QuoteState.DRAFT and head.valid_until < today:
        return "expired", detail
    if head.state == QuoteState.PART:
        return "part_ordered", detail
    if head.state == QuoteState.SENT and (head.open_counters or head.version > 1):
        return "negotiating", detail
    return str(head.state), detail


def _round_total(one: Round) -> Cell:
    return Cell() if one.total is None else cells.amount(one.total)


def _name(row: Any) -> Cell:
    return Cell(row.name, second=tr("to version {}").format(row.version))


def _offered(row: Any) -> Cell:
    return cells.text(f"{written.quantity(row.offered_quantity)} × {price_text(row.offered_price)}", tone=Tone.SOFT)


def _state(row: Any) -> Cell:
    word, hue, glyph = _COUNTERS[CounterState(row.state)]
    if row.answer_version and row.state != CounterState.OPEN:
        word = f"{word}, v{row.answer_version}"
    return cells.chip(tr(word), hue, glyph)
