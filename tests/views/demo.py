"""A demo company of its own, as in the design's pictures: an orders list with its panel and an order page.

Nothing of the real schema is used; it shows how a screen is put together and is what the window's own
tests drive.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, Date, Integer, MetaData, Table, Text, func, insert, select, text

from app.models.base import Exact, Key, new_id
from app.services.listing import Linked, Listing, Words
from app.views import cells
from app.views.cells import Column, Part
from app.views.commands import Command
from app.views.context import Context
from app.views.list_page import Filter, ListPage, ListSpec, Option, Tab
from app.views.screen import Finder, Found, Group, Place, Screen, Target, Waiting
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.fields import ADD_LINE, Field
from app.views.widgets.labels import Hairline, IconLabel, Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.stage_bar import Stage, StageBar
from app.views.widgets.timeline import Entry, Timeline

TODAY = date(2026, 11, 23)
DONE = ("shipped", "invoiced", "overdue")
metadata = MetaData()
customer = Table("demo_customer", metadata, SqlColumn("id", Key, primary_key=True), SqlColumn("name", Text))
order = Table(
    "demo_order",
    metadata,
    SqlColumn("id", Key, primary_key=True),
    SqlColumn("number", Text, nullable=False),
    SqlColumn("customer_id", Key, index=True),
    SqlColumn("po_number", Text, nullable=False),
    SqlColumn("due_on", Date),
    SqlColumn("state", Text, nullable=False),
    SqlColumn("share", Integer),
    SqlColumn("total", Exact(4), nullable=False),
    SqlColumn("currency", Text, nullable=False),
)


class OrderRow(NamedTuple):
    id: UUID
    number: str
    customer: str
    po_number: str
    due_on: date | None
    state: str
    share: int | None
    total: Decimal


ORDERS = Listing(
    name="demo_orders",
    row=OrderRow,
    source=order.outerjoin(customer, customer.c.id == order.c.customer_id),
    columns=(
        order.c.id,
        order.c.number,
        customer.c.name,
        order.c.po_number,
        order.c.due_on,
        order.c.state,
        order.c.share,
        order.c.total,
    ),
    tables=("demo_order", "demo_customer"),
    sorts={
        "number": order.c.id,
        "customer": customer.c.name,
        "due": order.c.due_on,
        "state": order.c.state,
        "total": order.c.total,
    },
    default_sort="number",
    filters={
        "state": order.c.state.in_,
        "due_until": lambda day: order.c.due_on <= day,
    },
    search=(Words(order.c.number, order.c.po_number), Linked(order.c.customer_id, customer.c.id, (customer.c.name,))),
    totals={"total": func.sum(order.c.total)},
    totals_by=order.c.currency,
)

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
        self.record = OrderPage(context)
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


class LineRow(NamedTuple):
    position: int
    name: str
    sku: str
    quantity: Decimal
    parts: tuple[Part, ...]
    ready: str
    picked: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


def _line(  # noqa: PLR0917
    position: int, name: str, sku: str, quantity: int, parts: Any, ready: str, picked: int, price: str
) -> LineRow:
    return LineRow(position, name, sku, Decimal(quantity), parts, ready, Decimal(picked), Decimal(price))


def _stock(words: str) -> Part:
    return Part("package-check", words, Tone.OK)


LINES = (
    _line(1, "Brass ball valve DN20", "VAL-BR-00418", 40, (_stock("40 from stock"),), "now", 40, "18.40"),
    _line(
        2,
        "Pump service kit, assembled",
        "KIT-PU-00031",
        12,
        (_stock("4 from stock"), Part("hammer", "8 make", Tone.ACCENT)),
        "Tue 24 Nov",
        8,
        "146.00",
    ),
    _line(
        3,
        "Ceramic pressure sensor",
        "SEN-CE-00093",
        6,
        (Part("shopping-cart", "6 buy", Tone.WARN),),
        "Wed 2 Dec",
        0,
        "212.50",
    ),
    _line(4, "Control cable 4×0.75, per m", "CBL-CO-02210", 250, (_stock("250 from stock"),), "now", 250, "1.85"),
    _line(5, "Rubber gasket DN50", "GAS-RU-00877", 80, (_stock("80 from stock"),), "now", 34, "2.30"),
    _line(6, "Steel bearing 6204-2RS", "BEA-ST-01172", 60, (_stock("60 from stock"),), "now", 60, "3.12"),
    _line(7, "Carbon filter cartridge L", "FIL-CA-00605", 10, (_stock("10 from stock"),), "now", 10, "24.80"),
    _line(
        8, "Aluminium motor housing", "MOT-AL-00142", 2, (Part("factory", "2 outsource"),), "Fri 27 Nov", 0, "318.00"
    ),
)
PANEL_COLUMNS = (
    Column[LineRow]("item", "Item", lambda line: cells.two_lines(line.name, line.sku), 200, stretch=True),
    Column[LineRow]("picked", "Picked", lambda line: cells.done_of(line.picked, line.quantity), 80, right=True),
    Column[LineRow]("amount", "Amount", lambda line: cells.amount(line.amount), 92, right=True),
)
PAGE_COLUMNS = (
    Column[LineRow]("position", "#", lambda line: cells.text(str(line.position), tone=Tone.FAINT), 40, right=True),
    Column[LineRow]("item", "Item", lambda line: cells.two_lines(line.name, line.sku), 200, stretch=True),
    Column[LineRow](
        "quantity",
        "Qty",
        lambda line: cells.quantity(line.quantity),
        62,
        right=True,
        edit=lambda line: str(line.quantity),
    ),
    Column[LineRow]("source", "Source", lambda line: cells.parts(*line.parts), 184),
    Column[LineRow](
        "ready",
        "Ready",
        lambda line: (
            cells.text(line.ready, tone=Tone.WARN, strong=True)
            if line.position == 3
            else cells.text(line.ready, tone=Tone.SOFT)
        ),
        98,
    ),
    Column[LineRow]("picked", "Picked", lambda line: cells.progress(line.picked, line.quantity), 122),
    Column[LineRow]("price", "Price", lambda line: cells.amount(line.price), 84, right=True),
    Column[LineRow]("amount", "Amount", lambda line: cells.amount(line.amount), 92, right=True),
)
ENTRIES = (
    Entry("scan-barcode", "Picked 34 of 80 gaskets", "M. Okafor · zone B · trolley 3", "10:42", Tone.ACCENT),
    Entry("printer", "Pick list printed", "2 pages · Zebra WH-1", "09:58"),
    Entry("hammer", "Build MO-0341 started", "8 × KIT-PU-00031, ready Tue 24 Nov", "Fri"),
    Entry("hand-coins", "Deposit 1,150.00 received", "Bank transfer · ref 7741", "Thu", Tone.OK),
    Entry("signature", "Signed by J. Finch", "Quote Q-2291 rev 3 → order", "19 Nov", Tone.OK),
    Entry("message-square", "You accepted −4 %", "Quote Q-2291 rev 2", "18 Nov"),
)


class OrderPage(QWidget):
    """The whole order."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.header = PageHeader("SO-10482", back=True, code=True)
        self.header.set_title("SO-10482", "Harbor & Finch Ltd")
        self.header.set_state("picking")
        self.header.set_note("Saved")
        commands = context.commands
        self.header.add(
            ActionButton(commands[PRINT.id], "printer"),
            ActionButton(commands[EMAIL.id], "mail"),
            ActionButton(commands[PACK.id], "package-check", Kind.PRIMARY),
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        row.addWidget(self._side())
        outer.addLayout(row, 1)

    def _main(self) -> QWidget:
        scroll, inner = QScrollArea(), QWidget()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, Space.PAGE)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(24, 16, 24, 14)
        head.addWidget(
            StageBar(
                (
                    Stage("Quote", "rev 3 · signed 19 Nov", 100),
                    Stage("Order", "confirmed 19 Nov", 100),
                    Stage("Sourcing", "1 build, 1 purchase", 100),
                    Stage("Picking", "402 of 460 units", 83, current=True),
                    Stage("Shipping", "DHL booked 24 Nov"),
                    Stage("Invoice", "on dispatch"),
                    Stage("Paid", "deposit 1,150.00"),
                )
            )
        )
        column.addLayout(head)
        column.addWidget(Hairline())
        body = QVBoxLayout()
        body.setContentsMargins(24, 16, 24, 0)
        body.addWidget(
            Banner(
                "Line 3 arrives 8 days after the promised date.",
                "Ship the sensor later?",
                Button("Split shipment", "split", small=True),
                Button("Tell customer", "mail", Kind.QUIET, small=True),
            )
        )
        column.addLayout(body)
        self.lines = RowsTable[LineRow](PAGE_COLUMNS)
        self.lines.set_rows(LINES)
        self.table = ListView(self.lines, "demo_lines", row_height=46)
        self.table.setAccessibleName("Lines")
        self.table.show_all_rows()
        table = QHBoxLayout()
        table.setContentsMargins(12, 6, 12, 6)
        table.addWidget(self.table)
        column.addLayout(table)
        add = Field("Add a line")
        add.setObjectName(ADD_LINE)
        add.setPlaceholderText("Add a line: SKU, name or scan a barcode   (Enter adds, Tab goes to quantity)")
        field = QHBoxLayout()
        field.setContentsMargins(24, 0, 24, 0)
        field.addWidget(add)
        column.addLayout(field)
        column.addLayout(self._foot())
        column.addStretch(1)
        return scroll

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(24, 20, 24, 0)
        row.setSpacing(56)
        papers = QVBoxLayout()
        papers.setSpacing(Space.SMALL)
        papers.addWidget(Label("Documents", Type.BODY_BOLD))
        for icon, name, when in (
            ("file-text", "Quote Q-2291 rev 3, signed.pdf", "19 Nov"),
            ("file-text", "Customer PO 4500-88213.pdf", "19 Nov"),
            ("printer", "Pick list 1 of 1", "09:58"),
            ("image", "Dock photo.jpg", "16 Nov"),
        ):
            papers.addWidget(Row(IconLabel(icon), Label(name), None, Label(when, Type.META, Tone.FAINT)))
        papers.addStretch(1)
        row.addLayout(papers, 5)
        totals = TotalsBlock()
        totals.set_rows(
            (
                TotalRow("Subtotal", "5,480.70"),
                TotalRow("Volume discount 4 %", "−219.23"),
                TotalRow("Freight", "64.00"),
                TotalRow("Tax 21 %", "1,118.35"),
                TotalRow("Total EUR", "6,443.82", strong=True),
                TotalRow("Deposit paid 19 Nov", "−1,150.00"),
                TotalRow("Balance", "5,293.82", strong=True),
            )
        )
        row.addWidget(totals, 3)
        return row

    def _side(self) -> QWidget:
        panel = SidePanel(RECORD_PANEL)
        facts = Section()
        box = Facts(columns=1)
        box.set_facts(
            (
                Fact("Customer", widget=Button("Harbor & Finch Ltd", kind=Kind.LINK)),
                Fact("Contact", "Jo Finch · +31 10 555 0142"),
                Fact("PO number", "4500-88213", code=True),
                Fact("Terms", "Net 30, 20 % deposit"),
                Fact("Promised", "Tue 24 Nov 2026"),
                Fact("Ship to", "Dock 4, Nieuwe Haven, Schiedam"),
                Fact("Carrier", "DHL Freight · 2 pallets"),
                Fact("Credit", "18,400 of 25,000 EUR free"),
            )
        )
        facts.body.addWidget(box)
        panel.add(facts)
        activity = Section("Activity", Button("Note", "plus", Kind.QUIET, small=True))
        timeline = Timeline()
        timeline.set_entries(ENTRIES)
        activity.body.addWidget(timeline)
        panel.add(activity, line=False)
        return panel


class EmptyScreen(Screen):
    """A place nobody has built yet in the demo."""

    def __init__(self, context: Context, place_id: str, title: str, icon: str) -> None:
        super().__init__(context, place_id)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(PageHeader(title))
        layout.addWidget(Hairline())
        layout.addWidget(
            EmptyState(
                icon,
                "No returns yet",
                "When a customer sends goods back, start here: the order, the reason, and what to do with the stock "
                "and the money are kept together.",
                Button("New return", "plus", Kind.PRIMARY),
                Button("Scan a return label", "scan-barcode"),
            ),
            1,
        )


def _plain(place_id: str, title: str, icon: str, group: Group, count: int = 0, *, urgent: bool = False) -> Place:
    return Place(
        place_id,
        title,
        icon,
        group,
        lambda context: EmptyScreen(context, place_id, title, icon),
        waiting=(lambda _connection: Waiting(count, urgent=urgent)) if count else None,
    )


def find_customers(connection: Connection, words: str, limit: int) -> list[Found]:
    rows = connection.execute(
        select(customer.c.id, customer.c.name).where(customer.c.name.ilike(f"%{words}%")).limit(limit)
    )
    return [Found(row.id, row.name, "3 open orders · 9,840 EUR") for row in rows]


def find_orders(connection: Connection, words: str, limit: int) -> list[Found]:
    named = select(order.c.id, order.c.number, customer.c.name).join(customer, customer.c.id == order.c.customer_id)
    rows = connection.execute(
        named.where(order.c.number.ilike(f"%{words}%") | customer.c.name.ilike(f"%{words}%")).limit(limit)
    )
    return [Found(row.id, row.number, row.name, code=True) for row in rows]


def count_open(connection: Connection) -> Waiting:
    return Waiting(connection.execute(select(func.count()).select_from(order)).scalar_one())


PLACES = (
    _plain("today", "Today", "layout-dashboard", Group.TOP),
    _plain("quotes", "Quotes", "file-pen-line", Group.SELL, 18),
    Place(
        "demo_orders",
        "Orders",
        "file-text",
        Group.SELL,
        OrdersScreen,
        kinds=("order",),
        waiting=count_open,
        tables=("demo_order",),
        commands=(NEW, PACK, PRINT, EMAIL, RELEASE, HOLD),
        finders=(
            Finder("customer", "Customers", "building-2", find_customers),
            Finder("order", "Orders", "file-text", find_orders),
        ),
    ),
    _plain("customer", "Customers", "users", Group.SELL),
    _plain("products", "Products", "tag", Group.SELL),
    _plain("inventory", "Inventory", "boxes", Group.FULFIL),
    _plain("picking", "Picking", "scan-barcode", Group.FULFIL, 12),
    _plain("shipments", "Shipments", "truck", Group.FULFIL),
    _plain("returns", "Returns", "undo-2", Group.FULFIL, 3),
    _plain("invoices", "Invoices", "receipt", Group.BILL),
    _plain("payments", "Payments", "hand-coins", Group.BILL, 5, urgent=True),
)

_SHOWN = (  # as in the picture: number, customer, PO number, days until due, state, share, total
    ("SO-10482", "Harbor & Finch Ltd", "4500-88213", 0, "picking", 87, "6443.82"),
    ("SO-10481", "Summit Safety AB", "92559", 2, "confirmed", None, "20547.19"),
    ("SO-10480", "Marlowe Lighting", "49767", -3, "backorder", 33, "14804.50"),
    ("SO-10479", "Northwind Marine Supply", "69374", 0, "picking", 7, "3557.56"),
    ("SO-10478", "Silverline Optics BV", "450091674", 4, "deposit_due", None, "15756.43"),
    ("SO-10477", "Brightwell Plumbing", "PO-14673", 1, "packed", None, "537.32"),
    ("SO-10476", "Juniper Labs Inc", "52767", 3, "confirmed", None, "4710.76"),
    ("SO-10475", "Cascade Medical GmbH", "450093924", -1, "part_shipped", 66, "10673.45"),
    ("SO-10474", "Redstone Robotics", "PO-69943", 6, "on_hold", None, "7186.69"),
    ("SO-10473", "Tidewater Hydraulics", "PO-43291", 9, "sourcing", None, "15777.38"),
    ("SO-10472", "Delta Pump Service", "P/13899", 5, "confirmed", None, "7689.90"),
    ("SO-10471", "Lakeside Fasteners Co", "24129", 2, "picking", 13, "1852.72"),
    ("SO-10470", "Evergreen Kitchens", "PO-99770", 0, "shipped", None, "20345.62"),
    ("SO-10469", "Copperfield Tools", "59212", 11, "sourcing", None, "192.98"),
    ("SO-10468", "Harbor & Finch Ltd", "PO-84218", 7, "confirmed", None, "23532.15"),
    ("SO-10467", "Pioneer Packaging", "P/54157", -4, "invoiced", None, "15173.62"),
    ("SO-10466", "Oakridge Automotive", "25465", -12, "overdue", None, "2255.77"),
)
COUNT, SUM = 64, Decimal("412806.90")


def fill(connection: Connection) -> None:
    """Write the demo company: 64 orders worth 412,806.90 EUR."""
    metadata.create_all(connection)
    names = sorted({entry[1] for entry in _SHOWN} | {"Harborview Clinics"})
    ids = {name: new_id() for name in names}
    connection.execute(insert(customer), [{"id": ids[name], "name": name} for name in names])
    rows = [
        {
            "id": new_id(),
            "number": number,
            "customer_id": ids[name],
            "po_number": po,
            "due_on": TODAY + timedelta(days=days),
            "state": state,
            "share": share,
            "total": Decimal(total),
            "currency": "EUR",
        }
        for number, name, po, days, state, share, total in _SHOWN
    ]
    left, others = SUM - sum((row["total"] for row in rows), Decimal(0)), COUNT - len(rows)
    for place in range(others):
        part = left if place == others - 1 else Decimal("5123.45")
        left -= part
        rows.append(
            {
                "id": new_id(),
                "number": f"SO-{10465 - place}",
                "customer_id": ids[names[place % len(names)]],
                "po_number": f"PO-{place:05}",
                "due_on": TODAY + timedelta(days=place % 20 + 1),
                "state": "confirmed",
                "share": None,
                "total": part,
                "currency": "EUR",
            }
        )
    keys = sorted((row["id"] for row in rows), reverse=True)
    for row, row_id in zip(rows, keys, strict=True):  # the newest order has the greatest key, as with UUIDv7
        row["id"] = row_id
    connection.execute(insert(order), rows)


def fill_many(connection: Connection, count: int) -> None:
    """Write ``count`` orders of 20,000 customers, all inside SQLite."""
    metadata.create_all(connection)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {min(count, 20_000)}) "
    connection.execute(
        text(
            f"INSERT INTO demo_customer (id, name) {numbers} "
            "SELECT CAST(printf('%016d', i) AS BLOB), 'Customer ' || (i * 7919 % 104729) FROM n"
        )
    )
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
    connection.execute(
        text(
            f"INSERT INTO demo_order (id, number, customer_id, po_number, due_on, state, share, total, currency) "
            f"{numbers} SELECT CAST(printf('%016d', i) AS BLOB), 'SO-' || printf('%07d', i), "
            "CAST(printf('%016d', 1 + i * 31 % 20000) AS BLOB), 'PO-' || (i * 7919 % 1000003), "
            "date('2026-01-01', (i % 365) || ' days'), "
            "CASE i % 5 WHEN 0 THEN 'picking' WHEN 1 THEN 'confirmed' WHEN 2 THEN 'backorder' "
            "WHEN 3 THEN 'packed' ELSE 'cancelled' END, NULL, (i * 7919 % 1000003) * 10000, 'EUR' FROM n"
        )
    )
