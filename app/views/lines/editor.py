"""The lines of a quote or order, typed without the mouse.

Type a SKU, a name or scan a barcode below the lines: Enter adds it, Tab goes on to quantity, unit,
price and discount.  F2 edits, Delete removes, Alt+Up and Alt+Down move, Ctrl+V pastes a block.  Every
change can be undone; totals follow at once.  Where a promise is wanted each line tells when it can leave, while
it is typed; Alt+1, 2, 3 take a substitute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.base import PRICE, new_id
from app.models.offer import Choice as OfferedAs
from app.models.product import shown
from app.models.rounding import round_decimals
from app.services import drafting, line_promises, products
from app.services.drafting import Draft, PastedLine, TypedLine
from app.services.line_promises import LineOutlook, Typed
from app.services.products import Product
from app.views import format as written
from app.views.context import Context
from app.views.format import tr
from app.views.lines import pasting
from app.views.lines.columns import columns, edited
from app.views.lines.live import LivePromise
from app.views.lines.live_margin import LiveMargin
from app.views.lines.promise_panel import PromisePanel
from app.views.tables import RowsTable
from app.views.undo import Step
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.list_view import ListView
from app.views.widgets.record_field import Choice, RecordField

FIRST_EDITED: Final = "quantity"
FOUND: Final = 12
PROMISED: Final = "goods"
SUBSTITUTE_KEYS: Final = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)


class LineEditor(QWidget):
    """Edits the lines of a :class:`Draft`.  ``changed`` after every change; ``add`` is the field to type into."""

    changed = Signal()

    def __init__(self, context: Context, *, promises: bool = False) -> None:
        """Edit lines; with ``promises`` it is told of each when it can leave."""
        super().__init__()
        self._context = context
        self._draft: Draft | None = None
        self._number_typed: tuple[int, TypedLine] | None = None
        self.live = LivePromise(context, self) if promises else None
        self.margin = LiveMargin(context, self) if promises else None
        self.rows: RowsTable[TypedLine] = RowsTable(
            columns(
                self._need,
                self._outlook if promises else None,
                self.margin.of_line if self.margin else None,
                context.today,
            )
        )
        self.table = ListView(self.rows, "document_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines"))
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.add = RecordField(self.tr("Add a line"), context.tasks, _find_with_stock if promises else _find)
        self.add.setPlaceholderText(
            self.tr("Add a line: SKU, name or scan a barcode   (Enter adds, Tab goes to quantity)")
        )
        below = QHBoxLayout()
        below.addWidget(self.add, 1)
        for kind, title, key in (
            ("section", self.tr("Section"), "Alt+H"),
            ("subtotal", self.tr("Subtotal"), "Alt+U"),
            ("text", self.tr("Text line"), "Alt+T"),
            ("fee", self.tr("Fee"), "Alt+E"),
        ):
            button = Button(title, "plus", Kind.QUIET, small=True)
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self.add_kind, kind))
            button.setToolTip(f"{title}   {key}")
            button.clicked.connect(partial(self.add_kind, kind))
            below.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        self.rows.edited.connect(self._edited)
        self.add.chosen.connect(self._add_found)
        self.add.submitted.connect(self._add_typed)
        self.table.installEventFilter(self)
        self.add.installEventFilter(self)
        self.promise: PromisePanel | None = None
        self._follow_books()

    def _follow_books(self) -> None:
        """Show what is read besides while lines are typed: costs, and when each can leave."""
        if self.margin is not None:
            self.margin.changed.connect(self._costed)
        if self.live is not None:
            self.promise = PromisePanel(self.live)
            self.promise.substitute_wanted.connect(self._substitute)
            self.live.changed.connect(self._promised)
            self.table.selectionModel().currentRowChanged.connect(self._row_changed)
            self.table.typing.connect(self._typing)
            self.table.itemDelegate().closeEditor.connect(self._row_changed)

    # what the page uses ------------------------------------------------------------------------

    def show_draft(self, draft: Draft, lines: Sequence[TypedLine]) -> None:
        """Show a document's lines under its rules, in place of what was there."""
        self._draft = draft
        draft.set_lines(lines)
        self.rows.set_rows(draft.lines)
        self.rows.set_errors({})
        self._ask_promise(typed=False)
        if self.margin is not None:
            self.margin.show_draft(draft)

    @property
    def draft(self) -> Draft | None:
        """The document being typed."""
        return self._draft

    def lines(self) -> tuple[TypedLine, ...]:
        """The lines as typed so far."""
        return self._draft.lines if self._draft else ()

    def start(self) -> None:
        """Put the keyboard where the next line is typed."""
        self.add.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add_product(self, product: Product, quantity: Decimal = Decimal(1)) -> None:
        """Add a line for a product at the end."""
        try:
            line = self._need().line_for(product, quantity)
        except Invalid as error:
            self.add.set_error(str(error))
            return
        self._take([*self.lines(), line], self.tr("Line added"))
        self._go_to(len(self.lines()) - 1)

    def paste(self, text: str) -> None:
        """Read a pasted block and show what it would add."""
        draft = self._need()
        try:
            rows = pasting.read(text)
        except Invalid as error:
            self._context.messages.error(error)
            return
        self._context.tasks.read(self, partial(_match, draft=draft, rows=rows), self._show_pasted)

    def remove_line(self, number: int) -> None:
        """Remove a line."""
        kept = [line for place, line in enumerate(self.lines()) if place != number]
        self._take(kept, self.tr("Line removed"))
        self._go_to(min(number, len(kept) - 1))

    def add_kind(self, kind: str) -> None:
        """Add a line without a product at the end, and type its name: a fee, a text, a section; a subtotal has one."""
        name, said = {
            "fee": (self.tr("Fee"), self.tr("Fee added")),
            "text": (self.tr("Text"), self.tr("Text line added")),
            "section": (self.tr("Section"), self.tr("Section added")),
            "subtotal": ("", self.tr("Subtotal added")),
        }[kind]
        line = replace(_bare(kind, name), quantity=Decimal(1 if kind == "fee" else 0))
        self._take([*self.lines(), line], said)
        if kind == "subtotal":
            self._go_to(len(self.lines()) - 1)
        else:
            self._edit_cell(len(self.lines()) - 1, "name")

    def move_line(self, number: int, by: int) -> None:
        """Move a line up or down."""
        lines, target = list(self.lines()), number + by
        if 0 <= target < len(lines):
            lines[number], lines[target] = lines[target], lines[number]
            self._take(lines, self.tr("Line moved"))
            self._go_to(target)

    def offer_as(self, choice: OfferedAs) -> None:
        """Offer the line with the keyboard as optional or as an alternative; once more, it is included again."""
        current = self.current_line()
        if current is None or not self.isEnabled():
            self._context.messages.say(self.tr("Nothing was changed: only a line of a draft is offered otherwise."))
            return
        wanted = OfferedAs.INCLUDED if current.choice == choice else choice
        said = {
            OfferedAs.INCLUDED: self.tr("Line is included"),
            OfferedAs.OPTIONAL: self.tr("Line is optional"),
            OfferedAs.ALTERNATIVE: self.tr("Line is an alternative"),
        }
        lines = [replace(line, choice=wanted.value) if line is current else line for line in self.lines()]
        place = self.lines().index(current)
        if self._take(lines, said[wanted]):
            self._go_to(place)

    # keys --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the table its editing keys, and Tab in the add field its way to the quantity."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.add:
                return self._key_in_field(event)
            return self._key_in_table(event)
        return super().eventFilter(watched, event)

    def _key_in_field(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Tab and not self.add.text() and self.lines():
            self._edit_cell(len(self.lines()) - 1, FIRST_EDITED)
            return True
        if event.key() == Qt.Key.Key_Up and not self.add.text() and self.lines():
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
            self.table.pick(len(self.lines()) - 1)
            return True
        if event.matches(QKeySequence.StandardKey.Paste) and "\n" in QGuiApplication.clipboard().text().strip():
            self.paste(QGuiApplication.clipboard().text())
            return True
        return False

    def _key_in_table(self, event: QKeyEvent) -> bool:
        row, alt = self.table.currentIndex().row(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
        elif row < 0 or self.table.state() == QAbstractItemView.State.EditingState:
            return False  # a key that the cell's own editor passed on
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_line(row)
        elif alt and self.promise is not None and event.key() in SUBSTITUTE_KEYS:
            return self.promise.take(SUBSTITUTE_KEYS.index(Qt.Key(event.key())))
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_line(row, -1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or self._leaves_below(event, row):
            self.start()
        else:
            return False
        return True

    def _leaves_below(self, event: QKeyEvent, row: int) -> bool:
        return event.key() == Qt.Key.Key_Down and row == len(self.lines()) - 1

    # changes -----------------------------------------------------------------------------------

    def _need(self) -> Draft:
        assert self._draft is not None, "the editor has no document"
        return self._draft

    def _take(self, lines: Sequence[TypedLine], text: str) -> bool:
        """Show other lines and note how to take that back; a refusal is said and changes nothing."""
        before, after = self.lines(), tuple(lines)
        try:
            self._show(after)
        except Invalid as error:
            self._context.messages.error(error)
            return False
        self._context.undo.push(Step(text, partial(self._show, before), partial(self._show, after), typed=True))
        return True

    def _show(self, lines: tuple[TypedLine, ...]) -> None:
        self._need().set_lines(lines)
        self._number_typed = None
        self.rows.set_rows(lines)
        self.rows.set_errors({})
        self.changed.emit()
        self._ask_promise()
        if self.margin is not None:
            self.margin.ask()

    def _edited(self, number: int, column: str, typed: str) -> None:
        lines, line = list(self.lines()), self.lines()[number]
        try:
            lines[number] = edited(self._need(), line, column, typed)
            self._need().check(lines[number])
        except Invalid as error:
            self.rows.set_errors({(number, column): str(error)})
            self._context.messages.error(error)
            return
        if lines[number] != line:
            self._take(lines, self.tr("Line changed"))
        else:
            self.rows.set_errors({})

    # promises ----------------------------------------------------------------------------------

    def current_line(self) -> TypedLine | None:
        """The line with the keyboard; while a new one is typed the last one there is."""
        line = self.rows.row(self.table.currentIndex().row())
        return line if line is not None else next(reversed(self.lines()), None)

    def _outlook(self, line: TypedLine) -> LineOutlook | None:
        return self.live.outlook(line.id) if self.live is not None else None

    def _ask_promise(self, *, typed: bool = True) -> None:
        if self.live is None:
            return
        asked = []
        for place, line in enumerate(self.lines()):
            now = self._number_typed[1] if self._number_typed and self._number_typed[0] == place else line
            if now.product is not None and now.product.kind == PROMISED and now.quantity > 0:
                asked.append(Typed(now.id, now.product.id, now.product.grains(now.quantity, now.unit)))
        current = self.current_line()
        self.live.set_lines(tuple(asked), current.id if current else None, typed=typed)

    def _typing(self, number: int, column: str, typed: str) -> None:
        """Ask for what stands in the cell at this key, before it is taken; what is no number yet is not asked for."""
        if column not in {"quantity", "unit"} or not 0 <= number < len(self.lines()):
            return
        try:
            line = edited(self._need(), self.lines()[number], column, typed)
            self._need().check(line)
        except Invalid:
            return  # said when the cell is left
        self._number_typed = (number, line)
        self._ask_promise()

    def _row_changed(self) -> None:
        if self._number_typed is not None:  # the cell was left, by Escape where nothing was taken
            self._number_typed = None
            self._ask_promise()
        current = self.current_line()
        if self.live is not None:
            self.live.set_current(current.id if current else None)

    def _promised(self) -> None:
        """There is a new answer: the column and what is said of the line with the keyboard."""
        self.rows.redraw("ready")
        if self.promise is not None:
            self.promise.show_line(self.current_line(), self._context.today())

    def _costed(self) -> None:
        self.rows.redraw("amount")

    def _substitute(self, product_id: UUID) -> None:
        current = self.current_line()
        if current is not None:
            read = partial(_product, product_id=product_id)
            self._context.tasks.read(self, read, partial(self._sell_instead, current.id))

    def _sell_instead(self, line_id: UUID, product: Product) -> None:
        lines = list(self.lines())
        place = next((n for n, line in enumerate(lines) if line.id == line_id), -1)
        if place < 0:
            return  # it was removed meanwhile
        before = lines[place]
        known = before.unit in {product.unit, *product.units}
        factor = before.product.factor(before.unit) if before.product else Fraction(1)
        try:
            quantity = before.quantity if known else round_decimals(Fraction(before.quantity) * factor, PRICE)
            instead = self._need().line_for(product, quantity, before.unit if known else "")
            lines[place] = replace(instead, choice=before.choice)
        except Invalid as error:
            self._context.messages.error(error)
            return
        self._take(lines, self.tr("Sold instead: {}").format(product.sku))
        self._go_to(place)

    def _add_found(self, choice: Choice) -> None:
        self.add.set_choice(None)
        self.add_product(choice.data)
        self.start()

    def _add_typed(self, text: str) -> None:
        self.add.set_error(self.tr("No product matches “{}”. Type part of its name or its SKU.").format(text))

    def _show_pasted(self, rows: list[PastedLine]) -> None:
        dialog = pasting.PasteDialog(self._context, rows, parent=self)
        dialog.taken.connect(self._take_pasted)
        dialog.open()

    def _take_pasted(self, lines: list[TypedLine]) -> None:
        said = written.counted(len(lines), self.tr("1 line pasted"), self.tr("{} lines pasted"))
        self._take([*self.lines(), *lines], said)
        self._go_to(len(self.lines()) - 1)

    def _go_to(self, number: int) -> None:
        if number >= 0:
            self.table.pick(number)
            self.table.scrollTo(self.rows.index(number, 0))

    def _edit_cell(self, number: int, column: str) -> None:
        place = next(i for i, one in enumerate(self.rows.columns) if one.id == column)
        index: QModelIndex = self.rows.index(number, place)
        self.table.setFocus(Qt.FocusReason.TabFocusReason)
        self.table.setCurrentIndex(index)
        self.table.edit(index)


def _bare(kind: str, name: str) -> TypedLine:
    return TypedLine(new_id(), kind, None, name, "", Decimal(0), "", Decimal(0), Decimal(0), "")


def _find(connection: Connection, text: str) -> list[Choice]:
    found = products.find(connection, text, FOUND)
    return [Choice(one.id, one.name, f"{one.list_price.normalize() + 0:f} / {one.unit}", one.sku, one) for one in found]


def _find_with_stock(connection: Connection, text: str) -> list[Choice]:
    """Find products, each with what lies free of it."""
    choices = _find(connection, text)
    free = line_promises.free_of(connection, [one.id for one in choices])
    return [
        replace(one, detail=tr("{} · {} free").format(one.detail, shown(one.data.quantity(free.get(one.id, 0)))))
        if one.data.kind == "goods"
        else one
        for one in choices
    ]


def _product(connection: Connection, product_id: UUID) -> Product:
    return products.get(connection, product_id)


def _match(connection: Connection, draft: Draft, rows: Sequence[dict[str, Any]]) -> list[PastedLine]:
    return drafting.match_pasted(connection, draft, rows)
