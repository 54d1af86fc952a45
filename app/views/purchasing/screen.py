"""Purchase orders: find one and do the next thing to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from app.models.purchase import PurchaseState
from app.services import purchase_sheets, purchasing, suppliers, warehouses
from app.services.lists import PURCHASES, PurchaseRow
from app.services.purchase_sheets import PurchaseSheet
from app.services.transaction import Transaction
from app.services.warehouses import Warehouse
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, as_of_today, of_states
from app.views.messages import confirm
from app.views.purchasing import commands
from app.views.purchasing.costs import CostDialog, Costs, read_costs
from app.views.purchasing.dialogs import AddLineDialog, NewPurchaseDialog, ShippedDialog
from app.views.purchasing.panel import PurchasePanel
from app.views.purchasing.receive import ReceiveDialog
from app.views.purchasing.terms import ConfirmDialog, EditDialog
from app.views.purchasing.words import next_step, stakes
from app.views.screen import Finder, Found, Group, Place, Target, Waiting
from app.views.silent_printing import print_or_show
from app.views.tokens import Glyph, Hue, Tone
from app.views.widgets.record_field import Choice


def _spec(today: date) -> ListSpec[PurchaseRow]:
    def due(row: PurchaseRow) -> Cell:
        return cells.due(row.due_on, today, late=row.waits)

    return ListSpec(
        listing=PURCHASES,
        columns=(
            Column[PurchaseRow]("number", "Purchase order", lambda row: cells.code(row.number), 118, sort="number"),
            Column[PurchaseRow](
                "supplier", "Supplier", lambda row: cells.text(row.supplier_name), 140, sort="supplier", stretch=True
            ),
            Column[PurchaseRow]("for", "For", _for, 96),
            Column[PurchaseRow]("state", "Status", _state, 124, sort="state"),
            Column[PurchaseRow](
                "ordered", "Ordered", lambda row: cells.on(row.ordered_on, today), 92, sort="ordered_on", hidden=True
            ),
            Column[PurchaseRow]("due", "Comes", due, 92, sort="expected_on"),
            Column[PurchaseRow](
                "reference", "Their ref.", lambda row: cells.code(row.reference, strong=False), 100, hidden=True
            ),
            Column[PurchaseRow]("total", "Total", lambda row: cells.amount(row.total), 96, sort="total", right=True),
            Column[PurchaseRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.FAINT), 48),
        ),
        nouns=("purchase order", "purchase orders"),
        search_hint="Purchase order, supplier, product, order…",
        tabs=(
            Tab("to_send", "To send", {"state": "draft"}, "number"),
            Tab("sent", "To be confirmed", {"state": "sent"}, "expected_on"),
            Tab("expected", "Expected", {"open": "yes"}, "expected_on"),
            Tab("late", "Late", {"late": "yes"}, "expected_on"),
            Tab("begun", "Received in part", {"begun": "yes"}, "expected_on"),
            Tab("closed", "Closed", {"state": "closed"}, "-number", counted=False),
            Tab("all", "All", {}, "-number", counted=False),
        ),
        filters=(
            of_states("state", "Status", PurchaseState),
            Filter("open", "Coming", (Option("yes", "still to come", True),)),
            Filter("late", "Coming", (Option("yes", "late", as_of_today),)),
            Filter("begun", "Received", (Option("yes", "in part", True),)),
            Filter("troubled", "Trouble", (Option("yes", "hits an order", True),)),
            Filter("drop", "Goes to", (Option("yes", "a customer", True),)),
        ),
        bulk=((commands.SEND.id, "mail", "Send"), (commands.PRINT.id, "printer", "Print")),
        total="total",
    )


_REOPEN: Final = ("purchase.reopen", purchasing.reopen)


class PurchasingScreen(SheetScreen[PurchaseRow, PurchaseSheet]):
    """The purchase orders with their lines."""

    kind = "purchase"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "purchasing", purchase_sheets.read)
        self._asked_for: tuple[UUID, ...] = ()
        self.bind(commands.NEW, self.new, self.new_for)
        self.bind_all(
            (commands.NEXT, self.take_next_step),
            (commands.ADD, partial(self.with_sheet, self._ask_line)),
            (commands.EDIT, partial(self.with_sheet, self._ask_change)),
            (commands.SEND, self.send),
            (commands.CONFIRM, partial(self.with_sheet, self._ask_confirm)),
            (commands.RECEIVE, partial(self.with_sheet, self._ask_receive)),
            (commands.SHIPPED, partial(self.with_sheet, self._ask_shipped)),
            (commands.COST, self.correct_cost),
            (commands.CLOSE, partial(self.with_sheet, self._ask_close)),
            (commands.CANCEL, partial(self.with_sheet, self._ask_cancel)),
            (commands.REOPEN, self.reopen),
            (commands.PRINT, self.print_papers),
            (commands.ORDER, partial(self.with_sheet, self._show_order)),
            (commands.SUPPLIER, self.show_supplier),
        )
        self.panel = PurchasePanel(context)
        self.show_list(self.tr("Purchasing"), _spec(context.today()), self.panel)
        self.add_buttons((commands.PRINT, "printer"), new=commands.NEW)
        self.set_empty(
            "shopping-cart",
            self.tr("Nothing is bought yet"),
            self.tr(
                "Confirming an order for something that is bought proposes its purchase here. "
                "Add a supplier, and on a product's page what they ask for it; or write a purchase order yourself."
            ),
            commands.NEW,
        )

    def show_asked(self, target: Target) -> None:
        """Show the list, or ask what is to be bought from a supplier."""
        super().show_asked(target)
        if target.option("supplier"):
            self.new_for(target.option("supplier"))

    # commands ----------------------------------------------------------------------------------

    def new(self) -> None:
        """Ask what is to be bought, and from whom."""
        self.context.tasks.read(self, warehouses.ours, partial(self._ask_new, None))

    def new_for(self, supplier_id: UUID) -> None:
        """Ask what is to be bought from a supplier."""
        read = partial(_places_and_supplier, supplier_id=supplier_id)
        self.context.tasks.read(self, read, self._ask_new_for)

    def take_next_step(self) -> None:
        """Send it, confirm it, or book what came."""
        self.with_sheet(self._next)

    def send(self) -> None:
        """Send the ticked purchase orders, or the highlighted one."""
        self.list.with_ticked(self._ask_send)

    def correct_cost(self) -> None:
        """Say what goods of the highlighted purchase order really cost."""
        row = self.list.current()
        if row is not None:
            read = partial(read_costs, purchase_id=row.id, at=self.context.now())
            self.context.tasks.read(self, read, self._ask_cost)

    def reopen(self) -> None:
        """Wait for the rest of the highlighted purchase order after all."""
        self.run_current("purchase.reopen", purchasing.reopen, tr("{} is open again."))

    def print_papers(self) -> None:
        """Show the ticked purchase orders as PDF, to print or save."""
        self.list.with_ticked(self._print)

    def show_supplier(self) -> None:
        """Show whom it is bought from."""
        row = self.list.current()
        if row is not None:
            self.context.open("supplier", row.supplier_id)

    # inner -------------------------------------------------------------------------------------

    def _next(self, sheet: PurchaseSheet) -> None:
        step = next_step(sheet.head.state, drop=sheet.head.order_id is not None)
        if step is commands.SEND:
            self._ask_send([sheet.head.id])
        elif step is commands.CONFIRM:
            self._ask_confirm(sheet)
        elif step is commands.RECEIVE:
            self._ask_receive(sheet)
        elif step is commands.SHIPPED:
            self._ask_shipped(sheet)

    def _ask_new(self, supplier: Choice | None, places: list[Warehouse]) -> None:
        dialog = NewPurchaseDialog(self.context, places, supplier=supplier, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()

    def _ask_new_for(self, found: tuple[list[Warehouse], Choice]) -> None:
        self._ask_new(found[1], found[0])

    def _ask_cost(self, found: Costs) -> None:
        if not found.keeps:
            self.context.messages.say(tr("What stock is worth is not kept. Begin in Stock value."))
        elif not found.lines:
            self.context.messages.say(tr("Nothing of {} came in yet: change its prices instead.").format(found.number))
        else:
            CostDialog(self.context, found, parent=self).open()

    def _ask_line(self, sheet: PurchaseSheet) -> None:
        if not self.refuse(sheet, (PurchaseState.DRAFT,), tr("{} is {}. Write a new purchase order for more.")):
            AddLineDialog(self.context, sheet.head.id, sheet.head.number, parent=self).open()

    def _ask_change(self, sheet: PurchaseSheet) -> None:
        """A draft's lines are changed; of what was sent the supplier says another day, price or quantity."""
        if sheet.head.state == PurchaseState.DRAFT:
            EditDialog(self.context, sheet, parent=self).open()
        else:
            self._ask_confirm(sheet)

    def _ask_send(self, keys: Sequence[UUID]) -> None:
        self._asked_for = tuple(keys)
        many = tr("Send {} purchase orders?").format(len(keys))
        row = self.list.current()
        one = tr("Send {} to {}?").format(row.number, row.supplier_name) if row is not None else many
        detail = tr("It counts as ordered from today; its PDF is shown to be mailed, printed or saved.")
        confirm(self, one if len(keys) == 1 else many, detail, tr("Send"), self._send)

    def _send(self) -> None:
        keys = self._asked_for

        def op(tx: Transaction) -> str:
            return ", ".join(purchasing.send(tx, key) for key in keys)

        self.context.run(self, "purchase.send", op, said=tr("{} is sent."), done=self._sent)

    def _sent(self, _numbers: str) -> None:
        self.list.untick()
        self._print(self._asked_for)

    def _print(self, keys: Sequence[UUID]) -> None:
        print_or_show(self, "purchase", list(keys))

    def _ask_confirm(self, sheet: PurchaseSheet) -> None:
        open_ones = (PurchaseState.DRAFT, PurchaseState.SENT, PurchaseState.CONFIRMED)
        if not self.refuse(sheet, open_ones, tr("{} is {}. Reopen it first.")):
            ConfirmDialog(self.context, sheet, parent=self).open()

    def _ask_receive(self, sheet: PurchaseSheet) -> None:
        under_way = (PurchaseState.SENT, PurchaseState.CONFIRMED)
        if sheet.head.order_id is not None:
            self._ask_shipped(sheet)
        elif not self.refuse(sheet, under_way, tr("{} is {}. Send it, then receive what comes.")):
            ReceiveDialog(self.context, sheet, parent=self).open()

    def _ask_shipped(self, sheet: PurchaseSheet) -> None:
        if sheet.head.order_id is None:
            self.context.messages.say(tr("{} comes to our warehouse. Receive it there.").format(sheet.head.number))
            return
        under_way = (PurchaseState.SENT, PurchaseState.CONFIRMED)
        if not self.refuse(sheet, under_way, tr("{} is {}. Send it, then note what they shipped.")):
            ShippedDialog(self.context, sheet, parent=self).open()

    def _ask_close(self, sheet: PurchaseSheet) -> None:
        under_way = (PurchaseState.SENT, PurchaseState.CONFIRMED)
        if self.refuse(sheet, under_way, tr("{} is {}; nothing of it is still to come.")):
            return
        self._asked_for = (sheet.head.id,)
        text = tr("Close {}?").format(sheet.head.number)
        told = [tr("What has not come will not come any more."), *stakes(sheet)]
        confirm(self, text, " ".join(told), tr("Close it"), self._close)

    def _close(self) -> None:
        """Close it; waiting for the rest again is one undo away."""
        (key,) = self._asked_for
        self.run_for(key, "purchase.close", purchasing.close, tr("{} is closed."), back=_REOPEN)

    def _ask_cancel(self, sheet: PurchaseSheet) -> None:
        open_ones = (PurchaseState.DRAFT, PurchaseState.SENT, PurchaseState.CONFIRMED)
        if self.refuse(sheet, open_ones, tr("{} is {} already.")):
            return
        self._asked_for = (sheet.head.id,)
        told = stakes(sheet)
        if not told:
            self._cancel()
            return
        text = tr("Cancel {}?").format(sheet.head.number)
        act = self._cancel if sheet.head.state == PurchaseState.DRAFT else self._cancel_sent
        confirm(self, text, " ".join(told), tr("Cancel the purchase"), act)

    def _cancel(self) -> None:
        (key,) = self._asked_for
        self.run_for(key, "purchase.cancel", purchasing.cancel, tr("{} is cancelled."), back=_REOPEN)

    def _cancel_sent(self) -> None:
        """What the supplier has cannot be taken back by us alone, so no undo is offered."""
        (key,) = self._asked_for
        self.run_for(key, "purchase.cancel", purchasing.cancel, tr("{} is cancelled; tell the supplier."))

    def _show_order(self, sheet: PurchaseSheet) -> None:
        if sheet.head.order_id is not None:
            self.context.open("order", sheet.head.order_id)
            return
        for one in (wanted for line in sheet.lines for wanted in line.wanted_by):
            self.context.open(one.kind, one.id)
            return
        self.context.messages.say(tr("{} is for the shelf; no order waits for it.").format(sheet.head.number))

    def open_row(self, row: PurchaseRow) -> None:
        """Enter takes the next step."""
        self.take_next_step()


def _for(row: PurchaseRow) -> Cell:
    if row.order_number:
        return cells.code(row.order_number, tone=Tone.SOFT, strong=False)
    return cells.text(tr("Hits an order"), tone=Tone.BAD) if row.troubled else cells.text("")


def _state(row: PurchaseRow) -> Cell:
    if row.begun and row.waits and row.order_id is not None:
        return cells.state("part_shipped")
    if row.begun and row.waits:
        return cells.chip(tr("Part received"), Hue.TEAL, Glyph.HALF)
    return cells.state(row.state)


def _places_and_supplier(connection: Connection, supplier_id: UUID) -> tuple[list[Warehouse], Choice]:
    known = suppliers.get(connection, supplier_id)
    return warehouses.ours(connection), Choice(known.id, known.name, "", known.number)


def _waiting(connection: Connection, today: date) -> Waiting:
    drafts, late = purchase_sheets.count(connection, today)
    return Waiting(drafts + late, late)


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = purchasing.find(connection, text, limit)
    return [Found(key, number, f"{supplier} · {state}", code=True) for key, number, supplier, state in found]


PLACE: Final = Place(
    "purchasing",
    "Purchasing",
    "shopping-cart",
    Group.FULFIL,
    PurchasingScreen,
    kinds=("purchase",),
    waiting_on=_waiting,
    tables=("purchase_order", "purchase_line"),
    commands=commands.COMMANDS,
    finders=(Finder("purchase", "Purchase orders", "shopping-cart", _find),),
)
