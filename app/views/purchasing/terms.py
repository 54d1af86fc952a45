"""What a purchase order asks for, typed over line by line: quantity, price, day; the orders a day hits come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from app.errors import Invalid, UserError
from app.models.purchase import PurchaseState
from app.services import purchase_reversals, purchase_sheets, purchasing
from app.services.delays import Hit
from app.services.purchase_sheets import PurchaseSheet, SheetLine
from app.services.purchasing import Answer
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, Field
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

ROWS_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Term:
    """A line with what is typed for it."""

    line: SheetLine
    quantity: Decimal
    unit_price: Decimal
    day: date | None


class TermsTable(QWidget):
    """Lines whose quantity, price and day are typed over; ``changed`` tells that one was."""

    changed = Signal()

    def __init__(self, context: Context, lines: Sequence[SheetLine], *, days: bool) -> None:
        super().__init__()
        self._context, self._wrong = context, dict[tuple[int, str], str]()
        today = context.today()
        columns = [
            Column[Term]("item", tr("Item"), _item, 190, stretch=True),
            Column[Term]("quantity", tr("Quantity"), _quantity, 110, right=True, edit=_edit_quantity),
            Column[Term]("unit", tr("Unit"), lambda one: cells.text(one.line.unit, tone=Tone.SOFT), 64),
            Column[Term]("unit_price", tr("Price"), _price, 100, right=True, edit=_edit_price),
        ]
        if days:
            columns.append(Column[Term]("day", tr("Comes on"), partial(_day, today), 120, right=True, edit=_edit_day))
        self.rows: RowsTable[Term] = RowsTable(columns)
        self.view = ListView(self.rows, "purchase_terms", two_lines=True)
        self.view.setAccessibleName(tr("Lines: quantity, price and day"))
        self.view.setMinimumHeight(34 + 48 * min(ROWS_SHOWN, max(1, len(lines))) + 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.rows.set_rows([Term(one, one.quantity, one.unit_price, one.expected_on) for one in lines])
        self.rows.edited.connect(self._edited)
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        if lines:
            self.view.pick(0)
            self.view.setCurrentIndex(self.rows.index(0, 1))  # a digit begins to edit it

    def terms(self) -> list[Term]:
        """What is typed.

        Raises:
            Invalid: a cell holds what cannot be read.

        """
        if self._wrong:
            raise Invalid("lines", next(iter(self._wrong.values())))
        return list(self.rows.rows)

    def set_day(self, day: date) -> None:
        """Let every line that still comes come on one day."""
        self.rows.set_rows([replace(one, day=day) if one.line.open else one for one in self.rows.rows])
        self._wrong = {place: reason for place, reason in self._wrong.items() if place[1] != "day"}
        self.rows.set_errors(self._wrong)
        self.changed.emit()

    def _edited(self, number: int, column: str, typed: str) -> None:
        value, reason = self._read(column, typed)
        self._wrong.pop((number, column), None)
        if reason:
            self._wrong[number, column] = reason
        else:
            typed_over: dict[str, Any] = {column: value}
            self.rows.set_row(number, replace(self.rows.rows[number], **typed_over))
        self.rows.set_errors(self._wrong)
        self.changed.emit()

    def _read(self, column: str, typed: str) -> tuple[Decimal | date | None, str]:
        """Read a cell: its value, and why it cannot be taken."""
        if column == "day":
            day = written.date_from(typed, self._context.today())
            return day, "" if day else tr("“{}” is not a date. Type for example +5, 24-11 or Friday.").format(typed)
        value = written.number(typed) if typed.strip() else Decimal(0)
        if value is None or value < 0:
            return None, tr("“{}” is not a number from zero up.").format(typed)
        return value, ""


class EditDialog(FormDialog):
    """Changes the lines of a draft; a quantity of zero takes the line off."""

    def __init__(self, context: Context, sheet: PurchaseSheet, *, parent: QWidget) -> None:
        about = tr("To {}. Zero takes a line off.").format(sheet.head.supplier_name)
        title = tr("Change the lines of {}").format(sheet.head.number)
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(640)
        self._head = sheet.head
        self.reference = Field(tr("Their reference"), sheet.head.reference, code=True)
        self.notes = Field(tr("Notes"), sheet.head.notes)
        self.form.add("reference", tr("Their reference"), self.reference)
        self.form.add("notes", tr("Notes"), self.notes, tr("Printed on the purchase order."))
        self.table = TermsTable(context, sheet.lines, days=False)
        self.body.addWidget(self.table)
        self.table.view.setFocus()

    def submit(self) -> None:
        """Save what was changed."""
        try:
            changed = [one for one in self.table.terms() if _differs(one)]
        except Invalid as error:
            self.form.show_error(error)
            return
        head = self._head
        values = {"reference": self.reference.text().strip(), "notes": self.notes.text().strip()}
        fresh = {name: value for name, value in values.items() if value != getattr(head, name)}
        terms = [(one.line.id, one.quantity, one.unit_price) for one in changed]

        def op(tx: Transaction) -> None:
            if fresh:
                purchasing.change_head(tx, head.id, head.revision, fresh)
            for line_id, quantity, price in terms:
                if quantity:
                    purchasing.change_line(tx, line_id, quantity=quantity, unit_price=price)
                else:
                    purchasing.remove_line(tx, line_id)

        self.run("purchase.change_lines", op, tr("{} is changed.").format(head.number))


class ConfirmDialog(FormDialog):
    """Notes what the supplier confirmed or says now; the orders it hits are on show before anything is saved."""

    def __init__(self, context: Context, sheet: PurchaseSheet, *, parent: QWidget) -> None:
        again = sheet.head.state == PurchaseState.CONFIRMED
        words = tr("Change {}") if again else tr("Confirm {}")
        title, button = words.format(sheet.head.number), tr("Save") if again else tr("Confirm")
        about = tr("What {} says: day, price and quantity of each line.").format(sheet.head.supplier_name)
        super().__init__(context, title, button, about=about, parent=parent)
        self.setMinimumWidth(720)
        self._head, self._asked = sheet.head, 0
        self.seen: list[Hit] | None = []
        self.reference = Field(tr("Their reference"), sheet.head.reference, code=True)
        self.day = DateField(tr("All come on"), context.today)
        self.form.add("reference", tr("Their reference"), self.reference)
        self.form.add("expected_on", tr("All come on"), self.day, tr("Or type a day in its line."))
        self.table = TermsTable(context, sheet.lines, days=True)
        self.outcome = Label("", Type.BODY_STRONG, wrap=True)
        self.hits: RowsTable[Hit] = RowsTable(hit_columns(context.today()))
        self.view = ListView(self.hits, "purchase_hits")
        self.view.setAccessibleName(tr("Order lines that come on another day"))
        self.view.setMinimumHeight(140)
        for widget in (self.table, self.outcome, self.view):
            self.body.addWidget(widget)
        self.view.hide()
        self.day.changed.connect(self._take_day)
        self.table.changed.connect(self._look)
        self.table.view.setFocus()
        self.table.view.setCurrentIndex(self.table.rows.index(0, len(self.table.rows.columns) - 1))

    def submit(self) -> None:
        """Save it, once what it leads to is on show."""
        if self.seen is None:
            return
        try:
            terms = self.table.terms()
        except Invalid as error:
            self.form.show_error(error)
            return
        answers = {one.line.id: _answer(one) for one in terms if _differs(one)}
        purchase_id, reference = self._head.id, self.reference.text().strip()
        words = tr("{} is confirmed.") if self._head.state != PurchaseState.CONFIRMED else tr("{} is changed.")
        self.run(
            "purchase.confirm",
            lambda tx: purchase_reversals.confirm(tx, purchase_id, answers, reference=reference),
            words.format(self._head.number),
            inverse=Inverse("purchase.take_back", purchase_reversals.take_back_confirmation),
        )

    def _take_day(self, day: date | None) -> None:
        if day is not None:
            self.table.set_day(day)

    def _look(self) -> None:
        """Ask what the days typed would lead to; nothing can be saved before the answer is on show."""
        try:
            terms = self.table.terms()
        except Invalid as error:
            self.form.show_error(error)
            return
        self.form.clear_errors()
        days = {one.line.id: one.day for one in terms if one.day is not None and one.day != one.line.expected_on}
        self._asked += 1
        self.seen = None
        self.go.setEnabled(False)
        read = partial(purchase_sheets.hits, days=days)
        self.context.tasks.read(self, read, partial(self._show, self._asked), self._refused)

    def _show(self, asked: int, seen: list[Hit]) -> None:
        if asked != self._asked:
            return  # another day was typed meanwhile
        self.seen = seen
        late = sum(1 for hit in seen if hit.late)
        one = tr("One order line comes later than promised.")
        words = one if late == 1 else tr("{} order lines come later than promised.").format(late)
        self.outcome.setText(words if late else tr("No order comes later than promised."))
        self.hits.set_rows(seen)
        self.view.setVisible(bool(seen))
        self.go.setEnabled(True)

    def _refused(self, error: UserError) -> None:
        self.form.show_error(error)


def hit_columns(today: date) -> tuple[Column[Hit], ...]:
    """The columns of a table of order lines that come on another day."""

    def new(hit: Hit) -> Cell:
        return cells.text(written.day(hit.new, today), tone=Tone.BAD if hit.late else Tone.OK, strong=True)

    return (
        Column[Hit]("order", tr("Order"), lambda hit: cells.code(hit.order_number), 96),
        Column[Hit]("customer", tr("Customer"), lambda hit: cells.text(hit.customer_name), 140, stretch=True),
        Column[Hit]("sku", tr("Item"), lambda hit: cells.code(hit.sku, strong=False, tone=Tone.SOFT), 110),
        Column[Hit]("old", tr("Was ready"), lambda hit: cells.on(hit.old, today), 96, right=True),
        Column[Hit]("new", tr("Comes"), new, 96, right=True),
        Column[Hit]("told", tr("Promised"), lambda hit: cells.on(hit.told, today), 96, right=True),
    )


def _differs(one: Term) -> bool:
    line = one.line
    return (one.quantity, one.unit_price, one.day) != (line.quantity, line.unit_price, line.expected_on)


def _answer(one: Term) -> Answer:
    quantity = one.quantity if one.quantity != one.line.quantity else None
    return Answer(one.day, one.unit_price, quantity)


def _item(one: Term) -> Cell:
    told = ", ".join(dict.fromkeys(f"{each.number} {each.customer}".strip() for each in one.line.wanted_by))
    return Cell(one.line.name, strong=True, second=f"{one.line.product.sku}  {told}".strip())


def _quantity(one: Term) -> Cell:
    return cells.quantity(one.quantity)


def _price(one: Term) -> Cell:
    return cells.amount(one.unit_price)


def _day(today: date, one: Term) -> Cell:
    changed = one.day != one.line.expected_on
    return cells.text(written.day(one.day, today) if one.day else cells.DASH, strong=changed)


def _edit_quantity(one: Term) -> str:
    return written.quantity(one.quantity)


def _edit_price(one: Term) -> str:
    return written.amount(one.unit_price)


def _edit_day(one: Term) -> str:
    return one.day.isoformat() if one.day else ""
