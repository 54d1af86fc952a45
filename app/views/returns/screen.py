"""The returns: from the permission over receipt and inspection to credit, replacement or repair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.returns import AWAITED, Disposition, ReturnState
from app.services import fulfilment, orders, return_credits, returns
from app.services.lists import RETURNS, ReturnRow
from app.services.return_sheets import ReturnSheet
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.give_back import (
    FinishRepairDialog,
    ReceiveReturnDialog,
    ask_about,
    ask_return,
    disposition_word,
)
from app.views.format import tr
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, as_of_today
from app.views.messages import confirm
from app.views.returns import commands
from app.views.returns.panel import ReturnPanel, next_step, read
from app.views.screen import Finder, Found, Group, Place, Waiting
from app.views.silent_printing import print_or_show
from app.views.tokens import Tone, status
from app.views.widgets.record_field import Choice, RecordField


def _becomes(row: ReturnRow) -> Cell:
    if not row.disposition:
        return cells.text(disposition_word(Disposition.REPLACE) if row.replace else tr("By line"), tone=Tone.SOFT)
    word = disposition_word(Disposition(row.disposition))
    return cells.text(tr("{} at once").format(word) if row.in_advance else word)


def _spec(context: Context) -> ListSpec[ReturnRow]:
    today = context.today()

    def expected(row: ReturnRow) -> Cell:
        if row.expected_on is None:
            return cells.text(cells.DASH, tone=Tone.FAINT)
        waits = row.state in AWAITED
        return cells.due(row.expected_on, today) if waits else cells.on(row.expected_on, today)

    return ListSpec(
        listing=RETURNS,
        columns=(
            Column[ReturnRow]("number", "Return", lambda row: cells.code(row.number), 100, sort="number"),
            Column[ReturnRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 128, sort="customer", stretch=True
            ),
            Column[ReturnRow](
                "order", "Order", lambda row: cells.code(row.order_number, tone=Tone.SOFT, strong=False), 96
            ),
            Column[ReturnRow]("becomes", "Becomes", _becomes, 118),
            Column[ReturnRow]("state", "Status", lambda row: cells.state(row.state), 124, sort="state"),
            Column[ReturnRow]("reason", "Reason", lambda row: cells.text(row.reason, tone=Tone.SOFT), 100),
            Column[ReturnRow]("expected", "Here by", expected, 74),
            Column[ReturnRow]("created", "Since", lambda row: cells.on(row.created_at.astimezone().date(), today), 66),
        ),
        nouns=("return", "returns"),
        search_hint="Return, order, customer…",
        tabs=(
            Tab("awaited", "Awaited", {"waits": "waits"}, "number"),
            Tab("repair", "In repair", {"state": "in_repair"}),
            Tab("credit", "To credit", {"credit": "credit"}),
            Tab("overdue", "Not back in time", {"overdue": "overdue"}),
            Tab("received", "Received", {"state": "received"}, counted=False),
            Tab("all", "All", counted=False),
        ),
        filters=(
            Filter("state", "Status", tuple(Option(str(one), status(str(one)).word, str(one)) for one in ReturnState)),
            Filter("waits", "Awaited", (Option("waits", "Awaited", value=True),)),
            Filter("credit", "To credit", (Option("credit", "To credit", value=True),)),
            Filter("overdue", "Not back in time", (Option("overdue", "Not back in time", as_of_today),)),
        ),
    )


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


class ReturnsScreen(SheetScreen[ReturnRow, ReturnSheet]):
    """The returns with their lines."""

    kind = "return"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "returns", read)
        self.bind(commands.NEW, self.new, self.new_for)
        self.bind_all(
            (commands.NEXT, self.take_next),
            (commands.RECEIVE, self.receive),
            (commands.REPAIR, self.finish_repair),
            (commands.CREDIT, self.credit),
            (commands.SHIP, self.show_shipment),
            (commands.STOP, self.stop_waiting),
            (commands.CANCEL, self.cancel),
            (commands.PRINT, self.print_slip),
            (commands.ORDER, self.show_order),
        )
        self.panel = ReturnPanel(context)
        self.show_list(self.tr("Returns"), _spec(context), self.panel)
        self.add_buttons(new=commands.NEW)
        self.set_empty(
            "undo-2",
            self.tr("No returns yet"),
            self.tr(
                "When a customer sends goods back, start here: the order, the reason, "
                "and what to do with the stock and the money are kept together."
            ),
            commands.NEW,
        )

    def new(self) -> None:
        """Ask for the order, then what comes back of it."""
        dialog = ChooseOrderDialog(self.context, parent=self)
        dialog.done_with.connect(self.new_for)
        dialog.open()

    def new_for(self, order_id: UUID) -> None:
        """Ask what comes back of an order."""
        self.context.tasks.read(self, partial(_number, order_id=order_id), partial(self._ask_new, order_id))

    def take_next(self) -> None:
        """Take the highlighted return's next step."""
        self.with_sheet(self._take)

    def receive(self) -> None:
        """Ask what arrived."""
        self.with_row(self._receive)

    def finish_repair(self) -> None:
        """Ask what was repaired."""
        self.with_row(self._finish_repair)

    def credit(self) -> None:
        """Write the credit notes of the highlighted return."""
        self.with_row(self._ask_credit)

    def show_shipment(self) -> None:
        """Show what goes out for the goods, or its order while nothing is planned."""
        self.with_sheet(self._show_shipment)

    def stop_waiting(self) -> None:
        """Await no more of the highlighted return."""
        self.with_row(self._ask_stop)

    def cancel(self) -> None:
        """Call the highlighted return off."""
        self.with_row(self._cancel)

    def print_slip(self) -> None:
        """Print the return slip."""
        self.list.with_ticked(self._print)

    def show_order(self) -> None:
        """Show the order the goods belong to."""
        self.with_row(self.open_row)

    # inner -------------------------------------------------------------------------------------

    def _take(self, sheet: ReturnSheet) -> None:
        steps: dict[str, Callable[[], None]] = {
            "receive": self.receive,
            "repair": self.finish_repair,
            "credit": self.credit,
            "ship": self.show_shipment,
        }
        step = next_step(sheet)
        if step:
            steps[step]()
        else:
            self.context.messages.say(self.tr("{} is done.").format(sheet.head.number))

    def _receive(self, row: ReturnRow) -> None:
        ask_about(self.context, self, row.id, ReceiveReturnDialog)

    def _finish_repair(self, row: ReturnRow) -> None:
        ask_about(self.context, self, row.id, FinishRepairDialog)

    def _ask_credit(self, row: ReturnRow) -> None:
        confirm(
            self,
            self.tr("Credit {}?").format(row.number),
            self.tr("The credit note is posted and gets its number; it cannot be changed afterwards."),
            self.tr("Credit"),
            partial(self._credit, row.id, row.number),
        )

    def _credit(self, return_id: UUID, number: str) -> None:
        today = self.context.today()
        self.context.run(
            self,
            "return.credit",
            lambda tx: len(return_credits.credit(tx, return_id, today)),
            said=self.tr("{} is credited.").format(number),
        )

    def _ask_stop(self, row: ReturnRow) -> None:
        detail = self.tr("What does not come back stays with the customer.")
        if row.in_advance:
            detail = self.tr("The customer keeps both: what was sent in advance is put on the order and invoiced.")
        confirm(
            self,
            self.tr("Await no more of {}?").format(row.number),
            detail,
            self.tr("Await no more"),
            partial(self._stop, row.id, row.number),
        )

    def _stop(self, return_id: UUID, number: str) -> None:
        said = self.tr("No more of {} is awaited.").format(number)
        self.run_for(return_id, "return.stop_waiting", returns.stop_waiting, said)

    def _cancel(self, row: ReturnRow) -> None:
        self.run_for(row.id, "return.cancel", returns.cancel, self.tr("{} is called off.").format(row.number))

    def _print(self, keys: Sequence[UUID]) -> None:
        print_or_show(self, "return", keys)

    def _show_shipment(self, sheet: ReturnSheet) -> None:
        planned = [one for one in sheet.papers if one.kind == "shipment" and one.state in {"planned", "packed"}]
        if planned:
            self.context.open("shipment", planned[0].id)
        else:
            self.context.open("order", sheet.head.order_id)

    def _ask_new(self, order_id: UUID, number: str) -> None:
        ask_return(self.context, self, order_id, number)

    def open_row(self, row: ReturnRow) -> None:
        """Enter shows the order the goods belong to."""
        self.context.open("order", row.order_id)


def _number(connection: Connection, order_id: UUID) -> str:
    found: str = orders.get(connection, order_id).number
    return found


def _find_orders(connection: Connection, text: str) -> list[Choice]:
    return [Choice(key, customer, stage, number) for key, number, customer, stage in orders.find(connection, text, 12)]


def _waiting(connection: Connection) -> Waiting:
    return Waiting(fulfilment.count_returns(connection))


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = fulfilment.find_returns(connection, text, limit)
    return [
        Found(key, number, f"{customer} · {status(state).word}", code=True) for key, number, customer, state in found
    ]


PLACE: Final = Place(
    "returns",
    "Returns",
    "undo-2",
    Group.FULFIL,
    ReturnsScreen,
    kinds=("return",),
    waiting=_waiting,
    tables=("goods_return",),
    commands=commands.ALL,
    finders=(Finder("return", "Returns", "undo-2", _find),),
)
