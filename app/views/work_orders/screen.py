"""Work orders: find one and do the next thing to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.models.work import WorkState, work_order
from app.services import call_off, transfers, warehouses, work_orders, work_sheets
from app.services.lists import WORK, WorkRow
from app.services.supply_ways import MADE
from app.services.transaction import Transaction
from app.services.warehouses import Warehouse
from app.services.work_sheets import WorkSheet
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, as_of_today, of_states
from app.views.messages import confirm
from app.views.screen import Finder, Found, Group, Place, Waiting
from app.views.silent_printing import print_or_show
from app.views.tokens import Tone
from app.views.way_names import WAY_NAMES
from app.views.work_orders import commands
from app.views.work_orders.dialogs import MoveDialog, NewWorkDialog
from app.views.work_orders.output import PartsDialog, ReportDialog
from app.views.work_orders.panel import WorkPanel
from app.views.work_orders.words import OPEN, next_step


def _spec(today: date) -> ListSpec[WorkRow]:
    def due(row: WorkRow) -> Cell:
        return cells.due(row.due_on, today, late=row.waits)

    def parts(row: WorkRow) -> Cell:
        if row.short:
            return cells.text(tr("Short"), tone=Tone.BAD, strong=True)
        return cells.text(tr("There") if row.waits else "", tone=Tone.OK)

    return ListSpec(
        listing=WORK,
        columns=(
            Column[WorkRow]("number", "Work order", lambda row: cells.code(row.number), 100, sort="number"),
            Column[WorkRow]("name", "Product", lambda row: cells.text(row.name), 150, sort="name", stretch=True),
            Column[WorkRow](
                "sku", "SKU", lambda row: cells.code(row.sku, tone=Tone.SOFT, strong=False), 110, hidden=True
            ),
            Column[WorkRow]("customer", "For", _customer, 124),
            Column[WorkRow]("made", "Made", _made, 108),
            Column[WorkRow]("state", "Status", lambda row: cells.state(row.state), 104, sort="state"),
            Column[WorkRow]("parts", "Parts", parts, 62),
            Column[WorkRow](
                "starts", "Begins", lambda row: cells.on(row.starts_on, today), 92, sort="starts_on", hidden=True
            ),
            Column[WorkRow]("due", "Ready", due, 92, sort="due_on"),
            Column[WorkRow]("how", "How", _how, 110, hidden=True),
        ),
        nouns=("work order", "work orders"),
        search_hint="Work order, product, order, customer…",
        tabs=(
            Tab("planned", "Planned", {"state": "planned"}),
            Tab("released", "Released", {"state": "released"}),
            Tab("short", "Short of parts", {"short": "yes"}),
            Tab("late", "Late", {"late": "yes"}),
            Tab("done", "Done", {"state": "done"}, "-number", counted=False),
            Tab("all", "All", {}, "-number", counted=False),
        ),
        filters=(
            of_states("state", "Status", WorkState),
            Filter("way", "How", tuple(Option(str(one), WAY_NAMES[one][0], str(one)) for one in _WAYS)),
            Filter("short", "Parts", (Option("yes", "short", True),)),
            Filter("late", "Ready", (Option("yes", "late", as_of_today),)),
        ),
        bulk=((commands.RELEASE.id, "play", "Release"), (commands.PRINT.id, "printer", "Print")),
    )


class WorkOrdersScreen(SheetScreen[WorkRow, WorkSheet]):
    """The work orders with their components and routes."""

    kind = "work_order"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "work_orders", work_sheets.read)
        self._cancelling: UUID | None = None
        self.bind(commands.NEW, self.new, self.new_for)
        self.bind_all(
            (commands.NEXT, self.take_next_step),
            (commands.RELEASE, self.release),
            (commands.REPORT, partial(self.with_sheet, self._ask_report)),
            (commands.USE, partial(self.with_sheet, partial(self._ask_parts, back=False))),
            (commands.PUT_BACK, partial(self.with_sheet, partial(self._ask_parts, back=True))),
            (commands.MOVE, partial(self.with_sheet, self._ask_move)),
            (commands.SEND, partial(self.with_sheet, self._send)),
            (commands.ARRIVED, partial(self.with_sheet, self._arrived)),
            (commands.FINISH, self.finish),
            (commands.TAKE_BACK, self.take_back),
            (commands.CANCEL, partial(self.with_sheet, self._ask_cancel)),
            (commands.REOPEN, self.reopen),
            (commands.PRINT, self.print_papers),
            (commands.ORDER, partial(self.with_sheet, self._show_order)),
            (commands.PRODUCT, self.show_product),
        )
        self.panel = WorkPanel(context)
        self.show_list(self.tr("Work orders"), _spec(context.today()), self.panel)
        self.add_buttons(new=commands.NEW)
        self.set_empty(
            "factory",
            self.tr("No work orders yet"),
            self.tr(
                "Confirming an order for something that is made plans its work here. "
                "A product needs a bill of materials and a way to be made; both are on its page."
            ),
            commands.NEW,
        )

    # commands ----------------------------------------------------------------------------------

    def new(self) -> None:
        """Ask what is to be made."""
        self.context.tasks.read(self, warehouses.ours, partial(self._ask_new, None))

    def new_for(self, product_id: UUID) -> None:
        """Ask how many of a product are to be made."""
        self.context.tasks.read(self, warehouses.ours, partial(self._ask_new, product_id))

    def take_next_step(self) -> None:
        """Send the components, release it, or report what was made."""
        self.with_sheet(self._next)

    def release(self) -> None:
        """Release the ticked work orders, or the highlighted one."""
        self.list.with_ticked(self._release)

    def finish(self) -> None:
        """End the highlighted work order."""
        self.run_current(
            "work.finish", work_orders.finish, tr("{} is closed."), back=("work.reopen", work_orders.reopen)
        )

    def take_back(self) -> None:
        """Take the highlighted work order back from the shop floor."""
        back = ("work.release", work_orders.release)
        self.run_current("work.take_back", work_orders.take_back, tr("{} is planned again."), back=back)

    def reopen(self) -> None:
        """Make the rest of the highlighted work order after all."""
        self.run_current("work.reopen", work_orders.reopen, tr("{} is open again."))

    def print_papers(self) -> None:
        """Print the ticked work orders, or the highlighted one."""
        self.list.with_ticked(partial(print_or_show, self, "work_order"))

    def show_product(self) -> None:
        """Show the product that is made."""
        row = self.list.current()
        if row is not None:
            self.context.open("product", row.product_id)

    # inner -------------------------------------------------------------------------------------

    def _next(self, sheet: WorkSheet) -> None:
        step = next_step(sheet)
        if step is commands.SEND:
            self._send(sheet)
        elif step is commands.ARRIVED:
            self._arrived(sheet)
        elif step is commands.RELEASE:
            self._release([sheet.head.id])
        elif step is commands.REPORT:
            self._ask_report(sheet)

    def _release(self, keys: Sequence[UUID]) -> None:
        for key in keys:
            self.run_for(
                key,
                "work.release",
                work_orders.release,
                tr("{} is released."),
                back=("work.take_back", work_orders.take_back),
            )
        self.list.untick()

    def _ask_new(self, product_id: UUID | None, places: list[Warehouse]) -> None:
        dialog = NewWorkDialog(self.context, places, parent=self)
        dialog.done_with.connect(self.open_record)
        if product_id is not None:
            dialog.take(product_id)
        dialog.open()

    def _ask_report(self, sheet: WorkSheet) -> None:
        if self.refuse(sheet, (WorkState.RELEASED,), tr("{} is {}. Release it, then report what was made.")):
            return
        ReportDialog(self.context, sheet, parent=self).open()

    def _ask_parts(self, sheet: WorkSheet, *, back: bool) -> None:
        if self.refuse(sheet, (WorkState.RELEASED,), tr("{} is {}. Release it, then say what was used.")):
            return
        PartsDialog(self.context, sheet, back=back, parent=self).open()

    def _ask_move(self, sheet: WorkSheet) -> None:
        if self.refuse(sheet, OPEN, tr("{} is {}; it is not planned any more.")):
            return
        MoveDialog(self.context, sheet, parent=self).open()

    def _send(self, sheet: WorkSheet) -> None:
        """Send all that is there of the components."""
        waiting = [one.id for one in sheet.sent if one.to_send]
        if not waiting:
            self.context.messages.say(tr("Nothing of {} waits to be sent.").format(sheet.head.number))
            return

        def op(tx: Transaction) -> str:
            return ", ".join(transfers.ship(tx, one) for one in waiting)

        self.context.run(self, "transfer.ship", op, said=tr("{} is on its way."))

    def _arrived(self, sheet: WorkSheet) -> None:
        """Take in what was sent."""
        going = [one.id for one in sheet.sent if one.on_the_way]
        if not going:
            self.context.messages.say(tr("Nothing of {} is on its way.").format(sheet.head.number))
            return

        def op(tx: Transaction) -> str:
            return ", ".join(transfers.receive(tx, one) for one in going)

        self.context.run(self, "transfer.receive", op, said=tr("{} arrived."))

    def _ask_cancel(self, sheet: WorkSheet) -> None:
        if self.refuse(sheet, OPEN, tr("{} is {} already.")):
            return
        self.context.tasks.read(self, partial(_stakes, sheet), partial(self._confirm_cancel, sheet))

    def _confirm_cancel(self, sheet: WorkSheet, stakes: list[str]) -> None:
        waits = [tr("{} waits for it.").format(f"{one.number} {one.customer}".strip()) for one in sheet.wanted_by]
        detail = " ".join([*waits, *stakes]) or tr("Nothing waits for it. Its parts are free again.")
        text = tr("Cancel {}?").format(sheet.head.number)
        self._cancelling = sheet.head.id
        confirm(self, text, detail, tr("Cancel the work order"), self._cancel)

    def _cancel(self) -> None:
        if self._cancelling is not None:
            self.run_for(self._cancelling, "work.cancel", work_orders.cancel, tr("{} is cancelled."))

    def _show_order(self, sheet: WorkSheet) -> None:
        for one in sheet.wanted_by:
            if self.context.navigator.can_open(one.kind):
                self.context.open(one.kind, one.id)
                return
        self.context.messages.say(tr("{} is made for the shelf; no order waits for it.").format(sheet.head.number))

    def open_row(self, row: WorkRow) -> None:
        """Enter takes the next step."""
        self.take_next_step()


def _customer(row: WorkRow) -> Cell:
    if row.customer is None:
        return cells.text(tr("The shelf"), tone=Tone.FAINT)
    return Cell(row.customer, hint=row.order_number or "")


def _made(row: WorkRow) -> Cell:
    return cells.progress(_units(row.made, row.grain), _units(row.ordered, row.grain))


def _how(row: WorkRow) -> Cell:
    return cells.text(row.supplier or tr("In-house"), tone=Tone.SOFT)


def _units(grains: int, grain: int) -> Decimal:
    exact = Fraction(grains, grain)
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.001")).normalize()


def _stakes(sheet: WorkSheet, connection: Connection) -> list[str]:
    """What would come in without being wanted."""
    found = (stake for one in sheet.parts for stake in call_off.at_stake(connection, one.id))
    numbers = dict.fromkeys((stake.number, stake.state) for stake in found)
    return [tr("{} is {} and still comes.").format(number, state) for number, state in numbers]


def _waiting(connection: Connection, today: date) -> Waiting:
    open_ = select(func.count()).select_from(work_order).where(work_order.c.state == WorkState.RELEASED)
    late = select(func.count()).select_from(work_order).where(WORK.filters["late"](today))
    return Waiting(connection.execute(open_).scalar_one(), connection.execute(late).scalar_one())


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = work_sheets.find(connection, text, limit)
    return [Found(key, number, f"{name} · {state}", code=True) for key, number, name, state in found]


_WAYS: Final = tuple(way for way in WAY_NAMES if way in MADE)
PLACE: Final = Place(
    "work_orders",
    "Work orders",
    "factory",
    Group.FULFIL,
    WorkOrdersScreen,
    kinds=("work_order",),
    waiting_on=_waiting,
    tables=("work_order",),
    commands=commands.COMMANDS,
    finders=(Finder("work_order", "Work orders", "factory", _find),),
)
