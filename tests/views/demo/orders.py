"""The demo's list of orders with its panel."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from app.views import cells
from app.views.cells import Column
from app.views.commands import Command
from app.views.context import Context
from app.views.list_page import Filter, ListPage, ListSpec, Option, Tab
from app.views.screen import Screen, Target
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section, SidePanel
from app.views.widgets.stage_bar import Stage, StageBar
from app.views.widgets.timeline import Timeline
from tests.views.demo.books import DONE, ORDERS, TODAY, OrderRow
from tests.views.demo.lines import ENTRIES, LINES, PANEL_COLUMNS, LineRow
from tests.views.demo.order_page import OrderPage

COLUMNS = (
    Column[OrderRow]("number", "Order", lambda row: cells.code(row.number), 92, sort="number"),
    Column[OrderRow]("customer", "Customer", lambda row: cells.text(row.customer), 182, sort="customer", stretch=True),
    Column[OrderRow]("po", "PO number", lambda row: cells.code(row.po_number, tone=Tone.SOFT, strong=False), 118),
    Column[OrderRow](
        "due", "Due", lambda row: cells.due(row.due_on, TODAY, late=row.state not in DONE), 102, sort="due"
    ),
    Column[OrderRow](
        "state",
        "Status",
        lambda row: cells.state(row.state, f"{row.share} %" if row.share is not None else ""),
        162,
        sort="state",
    ),
    Column[OrderRow]("total", "Total EUR", lambda row: cells.amount(row.total), 104, sort="total", right=True),
)
OPEN = ("confirmed", "picking", "backorder", "deposit_due", "packed", "part_shipped", "on_hold", "sourcing", *DONE)
STATE_FILTER = Filter(
    "state",
    "Status",
    (
        Option("open", "any open", OPEN),
        Option("backorder", "Backorder", ("backorder",)),
        Option("hold", "On hold", ("on_hold",)),
    ),
)
DUE_FILTER = Filter(
    "due_until",
    "Due",
    (Option("today", "today", lambda today: today), Option("week", "this week", lambda d: d + timedelta(days=6))),
)
NEW = Command(
    "demo.new",
    "New order",
    "Write a new order.",
    "Ctrl+N",
    "plus",
    record="customer",
    record_text="New order for {}",
    opens=True,
)
PACK = Command(
    "demo.pack", "Mark packed", "All lines are packed.", "Ctrl+Return", "package-check", needs_selection=True
)
PRINT = Command("demo.print", "Print", "Print the order.", "Ctrl+P", "printer", needs_selection=True)
EMAIL = Command("demo.email", "Email", "Send the order.", "Ctrl+E", "mail", needs_selection=True)
RELEASE = Command("demo.release", "Release", "Release to picking.", "", "package-plus", needs_selection=True)
HOLD = Command("demo.hold", "Hold", "Put on hold.", "", "circle-pause", needs_selection=True)

SPEC = ListSpec(
    listing=ORDERS,
    columns=COLUMNS,
    nouns=("order", "orders"),
    search_hint="Customer, PO, SKU...",
    tabs=(
        Tab("open", "Open", {"state": "open"}),
        Tab("due", "Due today", {"due_until": "today"}),
        Tab("backorder", "Backorders", {"state": "backorder"}),
        Tab("hold", "On hold", {"state": "hold"}),
        Tab("all", "All", counted=False),
    ),
    filters=(STATE_FILTER, DUE_FILTER),
    bulk=(
        ("demo.print", "printer", "Print pick lists"),
        ("demo.release", "package-plus", "Release"),
        ("demo.hold", "circle-pause", "Hold"),
    ),
    total="total",
)


class OrdersScreen(Screen):
    """List and detail panel; Enter opens the order page."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "demo_orders")
        for command, run in (
            (PACK, self.pack),
            (PRINT, self.pack),
            (EMAIL, self.pack),
            (RELEASE, self.pack),
            (HOLD, self.pack),
        ):
            self.bind(command, run)
        self.bind(NEW, self.new, self.new_for)
        self.done: list[Any] = []
        self.page: ListPage[OrderRow] = ListPage(context, "Orders", SPEC, scope=self.place_id)
        self.page.header.add(
            Button(icon="download", kind=Kind.ICON, name="Export the list"),
            ActionButton(context.commands[NEW.id], "plus", Kind.PRIMARY),
        )
        self.page.set_empty(
            EmptyState(
                "file-text",
                "No orders yet",
                "Orders come from accepted quotes, or are typed in here.",
                ActionButton(context.commands[NEW.id], "plus", Kind.PRIMARY),
            )
        )
        self.panel = OrderPanel(context)
        self.page.set_panel(self.panel)
        self.page.picked.connect(self.panel.show_row)
        self.page.opened.connect(self._open)
        self.record = OrderPage(context, PRINT.id, EMAIL.id, PACK.id)
        self.record.header.back_wanted.connect(context.navigator.back)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.page)
        self._stack.addWidget(self.record)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def visit(self, target: Target) -> None:
        self._stack.setCurrentIndex(0 if target.record_id is None else 1)

    def search(self) -> None:
        self.page.filters.search.setFocus()

    def pack(self) -> None:
        self.page.with_ticked(self.done.append)

    def new(self) -> None:
        self.done.append("new")

    def new_for(self, customer_id: UUID) -> None:
        self.done.append(("new for", customer_id))

    def _open(self, row: OrderRow) -> None:
        self.context.open("order", row.id)


class OrderPanel(SidePanel):
    """What one needs to know of the order under the highlight."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer = Button("", kind=Kind.LINK)
        self.po = Label("", Type.BODY, Tone.SOFT, code=True)
        head.body.addWidget(Row(self.customer, Label("·", Type.BODY, Tone.SOFT), self.po, None))
        commands = context.commands
        more = Button(icon="ellipsis", name="More")
        head.body.addWidget(
            Row(
                ActionButton(commands[PACK.id], "package-check", Kind.PRIMARY),
                ActionButton(commands[PRINT.id], "printer"),
                ActionButton(commands[EMAIL.id], "mail"),
                None,
                more,
            )
        )
        self.stages = StageBar()
        head.body.addSpacing(Space.SMALL)
        head.body.addWidget(self.stages)
        self.add(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.add(facts)
        self.lines = RowsTable[LineRow](PANEL_COLUMNS)
        self.table = ListView(self.lines, "demo_panel_lines", two_lines=True)
        self.table.setAccessibleName("Lines")
        self.table.show_all_rows()
        self.add(self.table, line=False, table=True)
        totals = Section()
        totals.body.addWidget(Row(Button("3 more lines", kind=Kind.LINK), None))
        self.totals = TotalsBlock()
        totals.body.addWidget(self.totals)
        self.add(totals)
        activity = Section("Activity", Button("Note", "plus", Kind.QUIET, small=True))
        self.timeline = Timeline()
        activity.body.addWidget(self.timeline)
        self.add(activity, line=False)

    def show_row(self, row: OrderRow | None) -> None:
        if row is None:
            return
        self.number.setText(row.number)
        self.chip.set_state(row.state)
        self.customer.set_text(row.customer)
        self.po.setText(f"PO {row.po_number}")
        self.stages.set_stages(
            (
                Stage("Order", "16 Nov", 100),
                Stage("Sourced", "6 of 8", 100),
                Stage("Picking", "87 %", 87, current=True),
                Stage("Ship", "24 Nov"),
                Stage("Bill"),
                Stage("Paid"),
            )
        )
        self.facts.set_facts(
            (
                Fact("Deliver by", "Tue 24 Nov 2026"),
                Fact("Terms", "Net 30, 20 % deposit"),
                Fact("Ship to", "Dock 4, Schiedam"),
                Fact("Carrier", "DHL Freight · booked"),
            )
        )
        self.lines.set_rows(LINES[:5])
        self.totals.set_rows(
            (
                TotalRow("Subtotal, 8 lines", "5,480.70"),
                TotalRow("Discount 4 % and freight", "−155.23"),
                TotalRow("Tax 21 %", "1,118.35"),
                TotalRow("Total EUR", "6,443.82", strong=True),
                TotalRow("Balance due 22 Dec", "5,293.82"),
            )
        )
        self.timeline.set_entries(ENTRIES)
