"""Returns: goods that come back, from the permission to their receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.product import shown
from app.models.returns import ReturnState
from app.services import fulfilment, orders, returns
from app.services.fulfilment import ReturnLine, ReturnSheet
from app.services.lists import RETURNS, ReturnRow
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.give_back import AuthoriseReturnDialog, ReceiveReturnDialog
from app.views.dialogs.quantities import QuantityLine
from app.views.format import tr
from app.views.list_page import ListPage
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.row_panel import RowPanel, fit_rows
from app.views.screen import Finder, Found, Group, Place, Screen, Target, Waiting
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.record_field import Choice, RecordField
from app.views.widgets.side_panel import Section

NEW: Final = Command(
    "return.new",
    "New return",
    "Let a customer send goods back.",
    "Ctrl+N",
    "plus",
    opens=True,
    record="order",
    record_text="Return from {}",
)
RECEIVE: Final = Command(
    "return.receive",
    "Receive",
    "Book what arrived, good or broken.",
    "Ctrl+Return",
    "package-plus",
    needs_selection=True,
)
CANCEL: Final = Command(
    "return.cancel", "Call off", "The goods do not come back after all.", "Ctrl+Shift+Del", "ban", needs_selection=True
)
ORDER: Final = Command(
    "return.order", "Show the order", "Show the order the goods belong to.", "", "file-text", needs_selection=True
)


def _spec(today: date) -> ListSpec[ReturnRow]:
    return ListSpec(
        listing=RETURNS,
        columns=(
            Column[ReturnRow]("number", "Return", lambda row: cells.code(row.number), 104, sort="number"),
            Column[ReturnRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 160, sort="customer", stretch=True
            ),
            Column[ReturnRow](
                "order", "Order", lambda row: cells.code(row.order_number, tone=Tone.SOFT, strong=False), 100
            ),
            Column[ReturnRow]("state", "Status", lambda row: cells.state(row.state), 116, sort="state"),
            Column[ReturnRow]("reason", "Reason", lambda row: cells.text(row.reason, tone=Tone.SOFT), 170),
            Column[ReturnRow]("created", "Since", lambda row: cells.on(row.created_at.astimezone().date(), today), 84),
        ),
        nouns=("return", "returns"),
        search_hint="Return, order, customer…",
        tabs=(
            Tab("awaited", "Awaited", {"state": "authorised"}, "number"),
            Tab("received", "Received", {"state": "received"}, counted=False),
            Tab("all", "All", counted=False),
        ),
        filters=(
            Filter("state", "Status", tuple(Option(str(one), str(one).capitalize(), str(one)) for one in ReturnState)),
        ),
    )


class ReturnPanel(RowPanel[ReturnRow, ReturnSheet]):
    """What comes back, why, and what is to become of it."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, _sheet, ("goods_return", "goods_return_line"), context.messages.tr("Choose a return to see it.")
        )
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer, self.order = Button("", kind=Kind.LINK), Button("", kind=Kind.LINK)
        self.customer.clicked.connect(self._open_customer)
        self.order.clicked.connect(self._open_order)
        head.body.addWidget(Row(self.customer, self.order, None, gap=Space.LARGE))
        self.buttons = Row(
            ActionButton(context.commands[RECEIVE.id], "package-plus", Kind.PRIMARY),
            ActionButton(context.commands[CANCEL.id], "ban"),
            None,
        )
        head.body.addWidget(self.buttons)
        self.place(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.lines: RowsTable[ReturnLine] = RowsTable(_COLUMNS)
        self.table = ListView(self.lines, "return_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines that come back"))
        self.place(self.table, line=False, table=True)

    def show_head(self, row: ReturnRow) -> None:
        """Number, state and customer."""
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.customer.set_text(row.customer_name)
        self.order.set_text(row.order_number)
        self.buttons.setVisible(row.state == ReturnState.AUTHORISED)

    def show_sheet(self, sheet: ReturnSheet) -> None:
        """Reason, what becomes of it, and the lines."""
        head = sheet.head
        then = self.tr("delivered again") if head.replace else self.tr("credited")
        self.facts.set_facts(
            [
                Fact(self.tr("Reason"), head.reason),
                Fact(self.tr("The goods are"), then),
                Fact(self.tr("Authorised"), f"{written.moment(head.created_at)}, {head.created_by}"),
                Fact(self.tr("Received"), written.moment(head.received_at) if head.received_at else ""),
            ]
        )
        self.lines.set_rows(sheet.lines)
        fit_rows(self.table, len(sheet.lines), most=40)

    def _open_customer(self) -> None:
        if self.sheet is not None:
            self.context.open("customer", self.sheet.head.customer_id)

    def _open_order(self) -> None:
        if self.row is not None:
            self.context.open("order", self.row.order_id)


class ChooseOrderDialog(FormDialog):
    """Asks which order goods come back from; ``done_with`` tells its id and number."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("New return"),
            context.messages.tr("Go on"),
            about=context.messages.tr("From which order do goods come back?"),
            parent=parent,
        )
        self.order = RecordField(self.tr("Order"), context.tasks, _find_orders)
        self.order.setPlaceholderText(self.tr("Number, PO number or customer"))
        self.form.add("order_id", self.tr("Order"), self.order)
        self.order.chosen.connect(self._chosen)
        self.order.setFocus()

    def submit(self) -> None:
        """Go on with the order chosen."""
        choice = self.order.choice()
        if choice is None:
            self.form.show_error(Invalid("order_id", self.tr("Choose an order from the list.")))
            return
        self.done_with.emit(choice.id)
        self.accept()

    def _chosen(self, _: Choice) -> None:
        self.submit()


class ReturnsScreen(Screen):
    """The returns with their lines."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "returns")
        self.bind(NEW, self.new, self.new_for)
        for command, run in ((RECEIVE, self.receive), (CANCEL, self.cancel), (ORDER, self.show_order)):
            self.bind(command, run)
        self.list: ListPage[ReturnRow] = ListPage(
            context, self.tr("Returns"), _spec(context.today()), scope=self.place_id
        )
        self.list.header.add(ActionButton(context.commands[NEW.id], "plus", Kind.PRIMARY))
        self.list.set_empty(
            EmptyState(
                "undo-2",
                self.tr("No returns yet"),
                self.tr(
                    "When a customer sends goods back, start here: the order, the reason, "
                    "and what to do with the stock and the money are kept together."
                ),
                ActionButton(context.commands[NEW.id], "plus", Kind.PRIMARY),
            )
        )
        self.panel = ReturnPanel(context)
        self.list.set_panel(self.panel)
        self.list.picked.connect(self.panel.show_row)
        self.list.opened.connect(self._open_row)
        self.list.always_pick()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)

    def visit(self, target: Target) -> None:
        """Show the list, or one return in it."""
        if target.record_id is not None:
            self.context.tasks.read(self, partial(_sheet, return_id=target.record_id), self._show_record)
        elif target.option("tab"):
            self.list.show_query(tab=target.option("tab"))

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.list.filters.search.setFocus()

    def new(self) -> None:
        """Ask for the order, then what comes back of it."""
        dialog = ChooseOrderDialog(self.context, parent=self)
        dialog.done_with.connect(self.new_for)
        dialog.open()

    def new_for(self, order_id: UUID) -> None:
        """Ask what comes back of an order."""
        self.context.tasks.read(self, partial(_returnable, order_id=order_id), self._ask_new)

    def receive(self) -> None:
        """Ask what arrived."""
        row = self.list.current()
        if row is not None:
            self.context.tasks.read(self, partial(_sheet, return_id=row.id), self._ask_receive)

    def cancel(self) -> None:
        """Call the highlighted return off."""
        row = self.list.current()
        if row is not None:
            return_id, said = row.id, self.tr("{} is called off.").format(row.number)
            self.context.run(self, "return.cancel", lambda tx: returns.cancel(tx, return_id), said=said)

    def show_order(self) -> None:
        """Show the order the goods belong to."""
        row = self.list.current()
        if row is not None:
            self._open_row(row)

    def _ask_new(self, found: tuple[UUID, str, list[ReturnLine]]) -> None:
        order_id, number, lines = found
        if not lines:
            self.context.messages.say(self.tr("Nothing of {} is with the customer.").format(number))
            return
        asked = [_asked(one, chosen=False) for one in lines]
        AuthoriseReturnDialog(self.context, order_id, number, asked, parent=self).open()

    def _ask_receive(self, sheet: ReturnSheet) -> None:
        if sheet.head.state != ReturnState.AUTHORISED:
            self.context.messages.say(self.tr("{} is {} already.").format(sheet.head.number, sheet.head.state))
            return
        asked = [_asked(one, chosen=True) for one in sheet.lines]
        ReceiveReturnDialog(self.context, sheet.head.id, sheet.head.number, asked, parent=self).open()

    def _show_record(self, sheet: ReturnSheet) -> None:
        self.list.show_record(sheet.head.id, sheet.head.number)

    def _open_row(self, row: ReturnRow) -> None:
        self.context.open("order", row.order_id)


def _asked(one: ReturnLine, *, chosen: bool) -> QuantityLine:
    start = one.authorised if chosen else one.authorised * 0
    return QuantityLine(one.order_line_id, one.name, one.sku, one.unit, one.authorised, one.grains_per_unit, start)


def _sheet(connection: Connection, return_id: UUID) -> ReturnSheet:
    return fulfilment.return_sheet(connection, return_id)


def _returnable(connection: Connection, order_id: UUID) -> tuple[UUID, str, list[ReturnLine]]:
    return order_id, orders.get(connection, order_id).number, fulfilment.returnable(connection, order_id)


def _find_orders(connection: Connection, text: str) -> list[Choice]:
    return [Choice(key, customer, stage, number) for key, number, customer, stage in orders.find(connection, text, 12)]


def _authorised(one: ReturnLine) -> Cell:
    return cells.text(f"{shown(one.authorised)} {one.unit}".strip(), strong=True)


def _arrived(one: ReturnLine) -> Cell:
    words = [tr("{} good").format(shown(one.good))] if one.good else []
    words += [tr("{} broken").format(shown(one.broken))] if one.broken else []
    return cells.text(", ".join(words) or cells.DASH, tone=Tone.WARN if one.broken else Tone.SOFT)


_COLUMNS: Final = (
    Column[ReturnLine]("item", "Item", lambda one: cells.two_lines(one.name, one.sku), 160, stretch=True),
    Column[ReturnLine]("authorised", "Comes back", _authorised, 106, right=True),
    Column[ReturnLine]("arrived", "Arrived", _arrived, 104, right=True),
)


def _waiting(connection: Connection) -> Waiting:
    return Waiting(fulfilment.count_returns(connection))


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = fulfilment.find_returns(connection, text, limit)
    return [Found(key, number, f"{customer} · {state}", code=True) for key, number, customer, state in found]


PLACE: Final = Place(
    "returns",
    "Returns",
    "undo-2",
    Group.FULFIL,
    ReturnsScreen,
    kinds=("return",),
    waiting=_waiting,
    tables=("goods_return",),
    commands=(NEW, RECEIVE, CANCEL, ORDER),
    finders=(Finder("return", "Returns", "undo-2", _find),),
)
