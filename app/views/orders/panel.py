"""What one needs to know of the order under the highlight, beside the list."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from sqlalchemy import Connection

from app.services import overview as overviews
from app.services.lists import OrderRow
from app.services.overview import LineView, OrderOverview
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context
from app.views.orders import commands, words
from app.views.orders.page import ROW_TABLES
from app.views.sentences import entry
from app.views.tables import RowsTable
from app.views.term_names import TermNames
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.chips import StatusChip
from app.views.widgets.facts import Fact, Facts, TotalsBlock
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section, SidePanel
from app.views.widgets.stage_bar import StageBar
from app.views.widgets.timeline import Timeline

READ_AFTER_MS = 60
LINES_SHOWN = 5


class OrderPanel(SidePanel):
    """Follows the highlighted row of the list a moment later, so that scrolling stays light."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._row: OrderRow | None = None
        self._terms = TermNames(context, self)
        self.overview: OrderOverview | None = None
        self._timer = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._timer.timeout.connect(self._read)
        self._build_head()
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.add(facts)
        self.lines: RowsTable[LineView] = RowsTable(_COLUMNS)
        self.table = ListView(self.lines, "order_panel_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines"))
        self.add(self.table, line=False, table=True)
        totals = Section()
        self.more = Button("", kind=Kind.LINK)
        self.more.clicked.connect(self._open)
        totals.body.addWidget(Row(self.more, None))
        self.totals = TotalsBlock()
        totals.body.addWidget(self.totals)
        self.add(totals)
        activity = Section(self.tr("Activity"), ActionButton(context.commands[commands.NOTE.id], "plus", Kind.QUIET))
        self.timeline = Timeline()
        activity.body.addWidget(self.timeline)
        self.add(activity, line=False)
        context.tasks.changed.connect(self._changed)

    def show_row(self, row: OrderRow | None) -> None:
        """Show what the list knows at once, the rest when it is read."""
        self._row = row
        self._scroll.setVisible(row is not None)
        if row is None:
            self.overview = None
            return
        self.number.setText(row.number)
        self.chip.set_state(row.stage, f"{row.progress} %" if 0 < row.progress < 100 else "")
        self.customer.set_text(row.customer_name)
        self.po.setText(self.tr("PO {}").format(row.customer_po) if row.customer_po else "")
        self._timer.start()

    def _build_head(self) -> None:
        head = Section()
        self.number, self.chip = Label("", Type.TITLE, code=True), StatusChip()
        head.body.addWidget(Row(self.number, self.chip, None, self.close_button, gap=Space.MEDIUM))
        self.customer = Button("", kind=Kind.LINK)
        self.customer.clicked.connect(self._open_customer)
        self.po = Label("", Type.BODY, Tone.SOFT, code=True)
        head.body.addWidget(Row(self.customer, self.po, None))
        self.next = ActionButton(self._context.commands[commands.NEXT.id], "play", Kind.PRIMARY)
        self.open = Button(self.tr("Open"), "external-link")
        self.open.clicked.connect(self._open)
        head.body.addWidget(
            Row(self.next, ActionButton(self._context.commands[commands.PRINT.id], "printer"), self.open, None)
        )
        self.stages = StageBar()
        head.body.addSpacing(Space.SMALL)
        head.body.addWidget(self.stages)
        self.add(head)

    def _read(self) -> None:
        if self._row is not None:
            self._context.tasks.read(self, partial(_overview, order_id=self._row.id), self._show)

    def _show(self, overview: OrderOverview) -> None:
        if self._row is None or overview.order.id != self._row.id:
            return
        self.overview = overview
        order, today = overview.order, self._context.today()
        self.chip.set_state(order.stage, f"{order.progress} %" if 0 < order.progress < 100 else "")
        text, icon = words.STEP_WORDS.get(overview.next_step, ("", "check"))
        self.next.setVisible(bool(text))
        self.next.set_text(self.tr(text))
        self.next.set_icon(icon)
        self.stages.set_stages(words.stages(overview, today)[-5:])
        self.facts.set_facts(
            [
                Fact(self.tr("Deliver by"), written.full_day(order.promised_on) if order.promised_on else ""),
                Fact(self.tr("Terms"), words.terms(order, self._terms.names)),
                Fact(self.tr("Ship to"), words.place(order.shipping_address)),
                Fact(self.tr("Ordered"), written.day(order.ordered_on, today)),
            ]
        )
        shown_lines = overview.lines[:LINES_SHOWN]
        self.lines.set_rows(shown_lines)
        self.table.setFixedHeight(34 + 48 * max(1, len(shown_lines)))
        rest = len(overview.lines) - len(shown_lines)
        self.more.setVisible(rest > 0)
        self.more.set_text(self.tr("{} more lines").format(rest))
        self.totals.set_rows(words.totals(overview))
        now = self._context.now()
        self.timeline.set_entries([entry(one, now) for one in overview.happenings[:6]])

    def _open(self) -> None:
        if self._row is not None:
            self._context.open("order", self._row.id)

    def _open_customer(self) -> None:
        if self.overview is not None:
            self._context.open("customer", self.overview.order.customer_id)

    def _changed(self, changes: Any) -> None:
        if self._row is not None and changes.touch(*ROW_TABLES):
            self._timer.start()


def _overview(connection: Connection, order_id: UUID) -> OrderOverview:
    return overviews.read(connection, order_id)


def _progress(line: LineView) -> cells.Cell:
    wanted = line.quantity - line.cancelled
    if not line.goods or wanted <= 0:
        return cells.Cell()
    tone = Tone.OK if line.shipped >= wanted else Tone.TEXT if line.shipped else Tone.FAINT
    return cells.text(f"{words.quantity(line.shipped)}/{words.quantity(wanted)}", tone=tone)


_COLUMNS = (
    Column[LineView]("item", "Item", lambda line: cells.two_lines(line.name, line.sku), 200, stretch=True),
    Column[LineView]("shipped", "Shipped", _progress, 90, right=True),
    Column[LineView]("amount", "Amount", lambda line: cells.amount(line.amount), 92, right=True),
)
