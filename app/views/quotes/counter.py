"""What the customer asks for instead, typed line by line; and what we offer between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.errors import Invalid
from app.services import negotiation
from app.services.negotiation import Ask
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.rows_table import RowsTable
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, Field, NumberField, QuantityField
from app.views.widgets.list_view import ListView

FIRST_ASKED: Final = 2
"""Place of the first column that is typed into."""
ROWS_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that was offered, and what is asked for instead; None: as offered."""

    line: Any
    today: date
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    requested_on: date | None = None
    note: str = ""

    def ask(self) -> Ask | None:
        """Give what is asked for, if anything is."""
        made = Ask(self.line.id, self.quantity, self.unit_price, self.requested_on, self.note)
        return made if made.wishes() else None


class CounterDialog(FormDialog):
    """Notes a customer's counter-offer; ``done_with`` tells the ids of what was noted."""

    def __init__(self, context: Context, head: Any, lines: Sequence[Any], *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("What the customer asks for, {}").format(head.number),
            context.messages.tr("Note it"),
            about=context.messages.tr(
                "Type only what is different: price, quantity or day. Tab goes on, Ctrl+Enter notes it."
            ),
            parent=parent,
        )
        self.setMinimumWidth(860)
        self._quote_id: UUID = head.id
        self._wrong: dict[tuple[int, str], str] = {}
        self.rows: RowsTable[Asked] = RowsTable(
            (
                Column[Asked]("item", self.tr("Item"), _item, 220, stretch=True),
                Column[Asked]("offered", self.tr("Offered"), _offered, 170, right=True),
                Column[Asked]("unit_price", self.tr("Price asked"), _price, 104, right=True, edit=_edit_price),
                Column[Asked]("quantity", self.tr("Qty asked"), _quantity, 96, right=True, edit=_edit_quantity),
                Column[Asked]("requested_on", self.tr("Day asked"), _day, 104, edit=_edit_day),
                Column[Asked]("note", self.tr("What they said"), _note, 150, edit=_edit_note),
            )
        )
        self.view = ListView(self.rows, "counter_offer", two_lines=True)
        self.view.setAccessibleName(self.tr("Lines that were offered"))
        self.view.setMinimumHeight(34 + 48 * min(ROWS_SHOWN, max(1, len(lines))) + 2)
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.body.addWidget(self.view)
        today = context.today()
        self.rows.set_rows([Asked(line, today) for line in lines])
        self.rows.edited.connect(self._edited)
        if lines:
            self.view.pick(0)
            self.view.setCurrentIndex(self.rows.index(0, FIRST_ASKED))

    def submit(self) -> None:
        """Note all that was typed as one round."""
        if self._wrong:
            self.form.show_error(Invalid("lines", next(iter(self._wrong.values()))))
            return
        asks = [ask for row in self.rows.rows if (ask := row.ask()) is not None]
        quote_id = self._quote_id
        self.run(
            "quote.counter",
            lambda tx: negotiation.counter(tx, quote_id, asks),
            self.tr("What the customer asks for is noted."),
            inverse=Inverse("quote.counter_withdraw", _withdraw_all),
        )

    def _edited(self, number: int, column: str, typed: str) -> None:
        typed, row = typed.strip(), self.rows.rows[number]
        self._wrong.pop((number, column), None)
        value: Any = typed
        if column == "requested_on":
            value = written.date_from(typed, self.context.today()) if typed else None
        elif column != "note":
            value = written.number(typed) if typed else None
        if typed and value is None:
            self._wrong[number, column] = self.tr("“{}” cannot be read. Type for example 12.50 or 24.12.").format(typed)
        else:
            changes: dict[str, Any] = {column: value}
            self.rows.set_row(number, replace(row, **changes))
        self.rows.set_errors(self._wrong)


class AnswerDialog(FormDialog):
    """Offers something between what was offered and what was asked for."""

    def __init__(self, context: Context, counter: Any, *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("Answer for {}").format(counter.name),
            context.messages.tr("Offer it"),
            about=context.messages.tr("The line takes it; send the quote as its next version to answer the customer."),
            parent=parent,
        )
        self._counter_id: UUID = counter.id
        self._line_id: UUID = counter.line_id
        self.price = _PriceField(self.tr("Price"), counter.offered_price if counter.unit_price is not None else None)
        self.quantity = QuantityField(self.tr("Quantity"), counter.quantity)
        self.day = DateField(self.tr("Day"), context.today)
        self.day.set_value(counter.requested_on)
        for name, label, field, hint in _fields(self, counter):
            self.form.add(name, label, field, hint)

    def submit(self) -> None:
        """Give the line what was typed."""
        counter_id = self._counter_id
        ours = Ask(self._line_id, self.quantity.value(), self.price.value(), self.day.value())
        self.run(
            "quote.counter_answer",
            lambda tx: negotiation.answer(tx, counter_id, ours),
            self.tr("The line takes it. Send the quote to answer the customer."),
            inverse=Inverse("quote.counter_reopen", lambda tx, _: negotiation.reopen(tx, counter_id, ours)),
        )


class _PriceField(NumberField):
    """A price with the decimals it has: one of a list may have more than its currency."""

    def written(self, value: Decimal) -> str:
        return price_text(value)


def _fields(dialog: AnswerDialog, counter: Any) -> list[tuple[str, str, Field, str]]:
    """The fields of an answer, each with what was offered and what the customer asks instead."""
    price = _between(price_text, counter.offered_price, counter.unit_price)
    quantity = _between(written.quantity, counter.offered_quantity, counter.quantity)
    day = _between(written.full_day, counter.offered_on, counter.requested_on)
    return [
        ("unit_price", tr("Price"), dialog.price, price),
        ("quantity", tr("Quantity"), dialog.quantity, quantity),
        ("requested_on", tr("Day"), dialog.day, day),
    ]


def _between(write: Callable[[Any], str], offered: Any, asked: Any) -> str:
    """Say what was offered, and what the customer asks instead where they do."""
    before = tr("the quote's day") if offered is None else write(offered)
    if asked is None:
        return tr("Empty: as offered, {}.").format(before)
    return tr("Offered {}, asked {}.").format(before, write(asked))


def _withdraw_all(tx: Transaction, counters: Sequence[UUID]) -> None:
    for counter_id in counters:
        negotiation.withdraw(tx, counter_id)


def price_text(value: Decimal) -> str:
    """Write a price with the decimals it has, at least two."""
    exponent = value.normalize().as_tuple().exponent
    return written.amount(value, max(2, -exponent if isinstance(exponent, int) else 2))


def _item(row: Asked) -> Cell:
    return cells.two_lines(row.line.name, row.line.sku)


def _offered(row: Asked) -> Cell:
    text = f"{written.measured(row.line.quantity, row.line.unit)} × {price_text(row.line.unit_price)}"
    return cells.text(text, tone=Tone.SOFT)


def _price(row: Asked) -> Cell:
    return Cell() if row.unit_price is None else cells.text(price_text(row.unit_price), strong=True)


def _quantity(row: Asked) -> Cell:
    return Cell() if row.quantity is None else cells.quantity(row.quantity)


def _day(row: Asked) -> Cell:
    return Cell() if row.requested_on is None else cells.on(row.requested_on, row.today)


def _note(row: Asked) -> Cell:
    return cells.text(row.note, tone=Tone.SOFT)


def _edit_price(row: Asked) -> str:
    return "" if row.unit_price is None else written.quantity(row.unit_price)


def _edit_quantity(row: Asked) -> str:
    return "" if row.quantity is None else written.quantity(row.quantity)


def _edit_day(row: Asked) -> str:
    return "" if row.requested_on is None else row.requested_on.isoformat()


def _edit_note(row: Asked) -> str:
    return row.note
