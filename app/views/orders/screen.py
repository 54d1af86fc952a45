"""Orders: find one and do the next thing to it; the whole order on its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QInputDialog
from sqlalchemy import Connection, case, func, select

from app.models.order import sales_order
from app.services import activity, order_twins, orders
from app.services.lists import OPEN_STAGES, ORDERS, OrderRow
from app.services.order_twins import Twin
from app.services.overview import LineView, OrderOverview
from app.views import cells
from app.views.bulk import Bulk, run_each
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.freight import AgreeFreightDialog
from app.views.dialogs.order_promotions import OrderPromotionsDialog
from app.views.dialogs.rate_day import RateDayDialog
from app.views.dialogs.tender import TenderDialog
from app.views.format import tr
from app.views.list_screen import PageScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.orders import commands
from app.views.orders.page import OrderPage
from app.views.orders.panel import OrderPanel
from app.views.orders.steps import ask_twins
from app.views.screen import Finder, Found, Group, Place, Target, Waiting
from app.views.tokens import Tone

FINISHED: Final = ("shipped", "invoiced", "paid", "closed", "cancelled")


def _columns(today: date) -> tuple[Column[OrderRow], ...]:
    def due(row: OrderRow) -> Cell:
        return cells.due(row.promised_on, today, late=row.stage not in FINISHED)

    return (
        Column[OrderRow]("number", "Order", lambda row: cells.code(row.number), 104, sort="number"),
        Column[OrderRow](
            "customer", "Customer", lambda row: cells.text(row.customer_name), 150, sort="customer", stretch=True
        ),
        Column[OrderRow](
            "po",
            "PO number",
            lambda row: cells.code(row.customer_po, tone=Tone.SOFT, strong=False),
            106,
            sort="customer_po",
        ),
        Column[OrderRow]("due", "Due", due, 102, sort="promised_on"),
        Column[OrderRow]("state", "Status", _state, 142, sort="stage"),
        Column[OrderRow]("total", "Total", lambda row: cells.amount(row.total), 94, sort="total", right=True),
        Column[OrderRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.SOFT), 50),
    )


def _state(row: OrderRow) -> Cell:
    return cells.state(row.stage, f"{row.progress} %" if 0 < row.progress < 100 else "")


STAGES = Filter(
    "stage",
    "Status",
    tuple(
        Option(stage, stage.replace("part", "part shipped").replace("_", " ").capitalize(), stage)
        for stage in ("draft", *OPEN_STAGES, "paid", "closed", "cancelled")
    ),
)


def _spec(today: date) -> ListSpec[OrderRow]:
    return ListSpec(
        listing=ORDERS,
        columns=_columns(today),
        nouns=("order", "orders"),
        search_hint="Order, customer, PO, SKU, tracking…",
        tabs=(
            Tab("open", "Open", {"open": "yes"}),
            Tab("due", "Due", {"due": "today"}),
            Tab("on_hold", "On hold", {"stage": "on_hold"}),
            Tab("backorders", "Backorders", {"backorders": "yes"}),
            Tab("to_invoice", "To invoice", {"to_invoice": "yes"}),
            Tab("all", "All", counted=False),
        ),
        filters=(
            Filter("open", "Orders", (Option("yes", "open", True),)),
            Filter("due", "Due", (Option("today", "today or late", lambda day: day),)),
            Filter("backorders", "Stock", (Option("yes", "short", True),)),
            Filter("to_invoice", "Billing", (Option("yes", "to invoice", True),)),
            STAGES,
        ),
        bulk=(
            (commands.CONFIRM.id, "check", "Confirm"),
            (commands.PRINT.id, "printer", "Print"),
            (commands.PROFORMA.id, "file-text", "Pro-forma"),
        ),
        total="total",
    )


class OrdersScreen(PageScreen[OrderRow, OrderPage]):
    """The list with its detail panel, and the page of one order."""

    kind = "order"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "orders")
        self._confirming: tuple[UUID, ...] = ()
        self.bind(commands.NEW, self.new, self.new_for)
        self.bind_all(
            (commands.NEXT, self.take_next_step),
            (commands.CONFIRM, self.confirm),
            (commands.CANCEL, self.cancel),
            (commands.CLOSE, self.close_order),
            (commands.RETURN, self.give_back),
            (commands.INVOICE, self.invoice_part),
            (commands.FREIGHT, self.agree_freight),
            (commands.PROMOTE, self.promote),
            (commands.TENDER, self.tender),
            (commands.RATE_DAY, self.choose_rate_day),
            (commands.PUT_BACK, self.put_back),
            (commands.UNPACK, self.unpack),
            (commands.NOTE, self.write_note),
            (commands.PRINT, self.print_papers),
            (commands.PROFORMA, self.print_proforma),
            (commands.PROFORMA_REST, self.print_proforma_rest),
            (commands.AMEND, self.amend),
            (commands.HOLD, self.hold),
            (commands.REPEAT, self.repeat),
            (commands.DEPOSIT, self.ask_deposit),
            (commands.MILESTONES, self.plan_milestones),
            (commands.REOPEN, self.reopen),
            (commands.CALL_OFF, self.call_off),
            (commands.SEND_FROM, self.send_from),
            (commands.SEND_TO, self.send_to),
            (commands.ASK_FOR, self.ask_for),
            (commands.CHOOSE_WAY, self.choose_way),
            (commands.RESERVE, self.reserve),
            (commands.LET_GO, self.let_go),
            (commands.SOURCE_AGAIN, self.source_again),
        )
        self.panel = OrderPanel(context)
        self.show_list(self.tr("Orders"), _spec(context.today()))
        self.list.set_panel(self.panel)
        self.list.picked.connect(self.panel.show_row)
        self.add_buttons(new=commands.NEW)
        self.set_empty(
            "file-text",
            self.tr("No orders yet"),
            self.tr("Orders come from accepted quotes, from an import, or are typed in here."),
            commands.NEW,
        )
        self.set_page(OrderPage(context))
        self.page.print_wanted.connect(self._print_one)
        self.page.edit_wanted.connect(self._edit)

    def show_asked(self, target: Target) -> None:
        """Show the list in a tab, with words in the filter, of a stage."""
        tab, text, stage = (target.option(name, "") for name in ("tab", "text", "stage"))
        if tab or text:
            self.list.show_query(tab=tab, text=text, filters={"stage": stage} if stage else None)

    def show_page(self, record_id: UUID, target: Target) -> None:
        """Show one order."""
        self.page.show_order(record_id)

    # commands ----------------------------------------------------------------------------------

    def new(self) -> None:
        """Write a new order: the editor asks for the customer first."""
        self.context.open("new_order")

    def new_for(self, customer_id: UUID) -> None:
        """Write a new order for a customer."""
        self.context.open("new_order", customer=customer_id)

    def take_next_step(self) -> None:
        """Do the next thing the order on show needs."""
        found = self._on_show()
        if found is not None:
            self.page.steps.take(found)

    def confirm(self) -> None:
        """Confirm all ticked orders, or the one on show."""
        if self._stack.currentWidget() is self.page and self.page.overview is not None:
            self._confirm([self.page.overview.order.id])
        else:
            self.list.with_ticked(self._confirm)

    def cancel(self) -> None:
        """Call the order on show off."""
        self._with_order(self.page.steps.cancel)

    def close_order(self) -> None:
        """Cancel what is not shipped of the order on show."""
        self._with_order(self.page.steps.close)

    def hold(self) -> None:
        """Put the order on show on hold, or release it."""
        self._with_order(self.page.steps.hold)

    def repeat(self) -> None:
        """Let the order on show be given again."""
        self._with_order(self.page.steps.repeat)

    def plan_milestones(self) -> None:
        """Plan the milestones of the order on show, or invoice one."""
        self._with_order(self.page.steps.plan_milestones)

    def ask_deposit(self) -> None:
        """Ask for a deposit of the order on show."""
        self._with_order(self.page.steps.ask_deposit)

    def reopen(self) -> None:
        """Open the order on show again."""
        self._with_order(self.page.steps.reopen)

    def call_off(self) -> None:
        """Stop the planned shipment of the order on show."""
        self._with_order(self.page.steps.call_off)

    def give_back(self) -> None:
        """Let goods of the order on show come back."""
        self._with_order(self.page.steps.give_back)

    def invoice_part(self) -> None:
        """Invoice a part of the order on show."""
        self._with_order(self.page.steps.invoice_part)

    def agree_freight(self) -> None:
        """Charge freight on the order on show."""
        self._with_order(self._ask_freight)

    def promote(self) -> None:
        """Put promotions or a coupon on the order on show, or take them back."""
        self._with_order(self._ask_promotions)

    def tender(self) -> None:
        """Pay the order on show with a gift card or store credit."""
        self._with_order(self._ask_tender)

    def choose_rate_day(self) -> None:
        """Say of which day the exchange rate of the order on show is."""
        self._with_order(self._ask_rate_day)

    def put_back(self) -> None:
        """Put picked goods of the order on show back."""
        self._with_order(self.page.steps.put_back)

    def unpack(self) -> None:
        """Unpack the shipment of the order on show."""
        self._with_order(self.page.steps.unpack)

    def write_note(self) -> None:
        """Write an internal note on the order on show."""
        self._with_order(self._ask_note)

    def print_papers(self) -> None:
        """Print the order confirmations of all ticked orders, or of the one on show."""
        self._print("order")

    def print_proforma(self) -> None:
        """Show the pro-forma invoices of all ticked orders, or of the one on show."""
        self._print("proforma")

    def print_proforma_rest(self) -> None:
        """Show what is still to be invoiced of all ticked orders, or of the one on show, as pro-forma invoices."""
        self._print("proforma_rest")

    def amend(self) -> None:
        """Change lines and terms of the order on show."""
        self._with_order(self._open_writing)

    def send_from(self) -> None:
        """Let the highlighted line leave from other warehouses."""
        self._with_line(self.page.line_steps.send_from)

    def send_to(self) -> None:
        """Send the highlighted line to another address."""
        self._with_line(self.page.line_steps.send_to)

    def ask_for(self) -> None:
        """Note the day the highlighted line is wanted."""
        self._with_line(self.page.line_steps.ask_for)

    def choose_way(self) -> None:
        """Say how the highlighted line is to be had."""
        self._with_line(self.page.line_steps.choose_way)

    def reserve(self) -> None:
        """Reserve by hand for the order on show."""
        self._with_line(self.page.line_steps.reserve)

    def let_go(self) -> None:
        """End reservations by hand."""
        self._with_order(self.page.line_steps.let_go)

    def source_again(self) -> None:
        """Look for other sources of the highlighted line."""
        self._with_line(self.page.line_steps.source_again)

    # inner -------------------------------------------------------------------------------------

    def _on_show(self) -> OrderOverview | None:
        if self._stack.currentWidget() is self.page:
            return self.page.overview
        row = self.list.current()
        found = self.panel.overview
        return found if found is not None and row is not None and found.order.id == row.id else None

    def _with_order(self, act: Callable[[OrderOverview], None]) -> None:
        found = self._on_show()
        if found is not None:
            act(found)

    def _with_line(self, act: Callable[[OrderOverview, LineView], None]) -> None:
        """Act on the highlighted line of the order's page; from the list its page is opened first."""
        found = self._on_show()
        if found is None:
            return
        line = self.page.current_line() if self._stack.currentWidget() is self.page else None
        if line is not None:
            act(found, line)
        else:
            self.context.open("order", found.order.id)

    def _open_writing(self, overview: OrderOverview) -> None:
        order = overview.order
        if order.state in {"draft", "confirmed"} and not order.taken_over:
            self.context.open("edit_order", order.id)

    def _confirm(self, keys: Sequence[UUID]) -> None:
        self._confirming = tuple(keys)
        self.context.tasks.read(self, partial(_twins, order_ids=self._confirming), self._ask_confirm)

    def _ask_confirm(self, twins: list[Twin]) -> None:
        if twins:
            ask_twins(self, twins, self._confirm_now)
        else:
            self._confirm_now()

    def _confirm_now(self) -> None:
        run_each(self.context, self, _CONFIRMING, self._confirming)
        self.list.untick()

    def _ask_note(self, overview: OrderOverview) -> None:
        text, agreed = QInputDialog.getMultiLineText(self, self.tr("Note"), self.tr("Internal note, never printed"))
        if agreed and text.strip():
            order_id, words = overview.order.id, text.strip()
            self.context.run(self, "note.write", lambda tx: activity.add_note(tx, order_id, words))
            self.page.show_order(order_id)

    def _ask_freight(self, overview: OrderOverview) -> None:
        dialog = AgreeFreightDialog(self.context, overview.order.id, overview.order.number, parent=self)
        dialog.done_with.connect(partial(self._lines_agreed, overview.order.id))
        dialog.open()

    def _ask_promotions(self, overview: OrderOverview) -> None:
        dialog = OrderPromotionsDialog(self.context, overview.order.id, overview.order.number, parent=self)
        dialog.done_with.connect(partial(self._lines_agreed, overview.order.id))
        dialog.open()

    def _ask_tender(self, overview: OrderOverview) -> None:
        TenderDialog(self.context, overview.order.id, overview.order.number, parent=self).open()

    def _ask_rate_day(self, overview: OrderOverview) -> None:
        RateDayDialog(self.context, overview.order, parent=self).open()

    def _lines_agreed(self, order_id: UUID, _: object) -> None:
        self.page.show_order(order_id)

    def _edit(self, order_id: UUID) -> None:
        self.context.open("edit_order", order_id)

    def _print(self, kind: str) -> None:
        if self._stack.currentWidget() is self.page and self.page.overview is not None:
            self._print_one(kind, self.page.overview.order.id)
        else:
            self.list.with_ticked(partial(self._print_ticked, kind))

    def _print_one(self, kind: str, paper_id: UUID) -> None:
        self.context.open("print", paper_id, kinds=kind)

    def _print_ticked(self, kind: str, keys: Sequence[UUID]) -> None:
        self.context.open("print", keys[0], kinds=kind, others=tuple(keys[1:]))


def _twins(connection: Connection, order_ids: Sequence[UUID]) -> list[Twin]:
    return [twin for order_id in order_ids for twin in order_twins.find(connection, order_id)]


def _number(connection: Connection, order_id: UUID) -> str:
    number: str = orders.get(connection, order_id).number
    return number


_CONFIRMING: Final = Bulk(
    "order.confirm",
    orders.confirm,
    _number,
    one=tr("Order {} is confirmed."),
    doing=tr("Confirming {} orders…"),
    done_one=tr("1 order is confirmed."),
    done=tr("{} orders are confirmed."),
)


def _waiting(connection: Connection, today: date) -> Waiting:
    late = ORDERS.filters["due"](today - timedelta(days=1))
    counted = select(func.count(), func.coalesce(func.sum(case((late, 1), else_=0)), 0))
    row = connection.execute(counted.where(sales_order.c.stage.in_(["draft", *OPEN_STAGES]))).one()
    return Waiting(row[0], int(row[1]))


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = orders.find(connection, text, limit)
    return [Found(key, number, f"{customer} · {stage}", code=True) for key, number, customer, stage in found]


PLACE: Final = Place(
    "orders",
    "Orders",
    "file-text",
    Group.SELL,
    OrdersScreen,
    kinds=("order",),
    waiting_on=_waiting,
    tables=("sales_order",),
    commands=commands.COMMANDS,
    finders=(Finder("order", "Orders", "file-text", _find),),
)
