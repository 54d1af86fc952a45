"""The whole order on one page: stages, warning, lines, documents, totals, facts and what happened."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.models.lines import UNPRICED, subtotals
from app.models.product import shown
from app.services import margins, unit_words
from app.services import overview as overviews
from app.services.currency import NoRate
from app.services.margins import OrderMargins
from app.services.overview import LineView, OrderOverview
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.lines import margin_words, sources
from app.views.lines.columns import unpriced
from app.views.orders import commands, words
from app.views.orders.line_section import LineSection
from app.views.orders.line_steps import LineSteps
from app.views.orders.steps import OrderSteps
from app.views.sentences import entry
from app.views.tables import RowsTable
from app.views.term_names import TermNames
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.facts import Fact, Facts, TotalsBlock
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.stage_bar import StageBar
from app.views.widgets.timeline import Timeline

LINE_HEIGHT = 46
ROW_TABLES = (
    "sales_order",
    "sales_order_line",
    "peg",
    "reservation",
    "shipment",
    "pick",
    "invoice",
    "payment",
    "allocation",
    "goods_return",
)


class OrderPage(QWidget):
    """Shows one order and reads it again whenever something of it changes."""

    print_wanted = Signal(str, object)  # kind of paper, id
    edit_wanted = Signal(object)  # the order's id: change its lines

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._order_id: UUID | None = None
        self.overview: OrderOverview | None = None
        self._subtotals: dict[UUID, Decimal] = {}
        self.margins: OrderMargins | None = None
        self._terms = TermNames(context, self)
        self.steps, self.line_steps = OrderSteps(context, self), LineSteps(context, self)
        self._lay_out()
        context.tasks.changed.connect(self._changed)
        context.margins.changed.connect(self._switched)

    def show_order(self, order_id: UUID) -> None:
        """Show an order; the page before stays until it is read."""
        self._order_id = order_id
        on = self._context.today() if self._context.margins.shown else None
        self._context.tasks.read(self, partial(_read, order_id=order_id, margins_on=on), self._show)

    def take_next_step(self) -> None:
        """Do the next thing the order needs."""
        if self.overview is not None:
            self.steps.take(self.overview)

    def current_line(self) -> LineView | None:
        """The highlighted line, else the first that waits, else the first of goods."""
        row = self.table.current_row()
        if row is not None or self.overview is None:
            return row if isinstance(row, LineView) else None
        goods = [line for line in self.overview.lines if line.goods]
        return next((line for line in goods if sources.waits(line)), goods[0] if goods else None)

    def _line_picked(self, _row: object) -> None:
        if self.overview is not None:
            self.line_section.show_line(self.overview, self.current_line(), self._context.today())

    # building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("", back=True, code=True)
        self.more = Button(icon="ellipsis", kind=Kind.SECONDARY, name=self.tr("More"))
        self.more.setMenu(self._menu())
        self.edit = Button(self.tr("Change lines"), "pencil")
        self.next = ActionButton(self._context.commands[commands.NEXT.id], "play", Kind.PRIMARY)
        self.edit.clicked.connect(self._edit)
        self.header.add(
            ActionButton(self._context.commands[commands.PRINT.id], "printer"), self.edit, self.more, self.next
        )
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        row.addWidget(self._side())
        outer.addLayout(row, 1)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for command in (
            *commands.LINE_COMMANDS,
            commands.INVOICE,
            commands.PROFORMA,
            commands.PROFORMA_REST,
            commands.DEPOSIT,
            commands.MILESTONES,
            commands.TENDER,
            commands.RATE_DAY,
            commands.PROMOTE,
            commands.FREIGHT,
            commands.RETURN,
            commands.PUT_BACK,
            commands.UNPACK,
            commands.HOLD,
            commands.CALL_OFF,
            commands.REOPEN,
            commands.REPEAT,
            commands.CLOSE,
            commands.CANCEL,
        ):
            menu.addAction(self._context.commands[command.id])
        return menu

    def _main(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        column.setSpacing(Space.MEDIUM)
        self.stages = StageBar()
        column.addWidget(self.stages)
        self.banner = Banner()
        column.addWidget(self.banner)
        self.lines: RowsTable[LineView] = RowsTable(
            [*_COLUMNS[:4], self._ready_column(), *_COLUMNS[4:], self._amount_column()]
        )
        self.table = ListView(self.lines, "order_lines", two_lines=True)
        self.table.setAccessibleName(self.tr("Lines"))
        self.table.picked.connect(self._line_picked)
        column.addWidget(self.table)
        bottom = QHBoxLayout()
        bottom.setSpacing(Space.PAGE)
        self._papers = QVBoxLayout()
        self._papers.setSpacing(Space.TINY)
        papers = QVBoxLayout()
        papers.addWidget(Label(self.tr("Documents"), Type.BODY_BOLD))
        papers.addLayout(self._papers)
        papers.addStretch(1)
        self.totals = TotalsBlock()
        self.totals.setFixedWidth(300)
        bottom.addLayout(papers, 1)
        bottom.addWidget(self.totals, alignment=Qt.AlignmentFlag.AlignTop)
        column.addLayout(bottom)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _ready_column(self) -> Column[LineView]:
        def cell(line: LineView) -> Cell:
            if self.overview is None:
                return Cell()
            text, tone = sources.ready_day(line, self.overview.order, self._context.today())
            strong = tone in {Tone.WARN, Tone.BAD}
            return Cell(text, tone=tone, strong=strong, hint=line.ready_reason)

        return Column[LineView]("ready", self.tr("Ready"), cell, 84)

    def _amount_column(self) -> Column[LineView]:
        def cell(line: LineView) -> Cell:
            if line.kind == "subtotal":
                return cells.amount(self._subtotals.get(line.id, Decimal(0)))
            margin = self.margins.lines.get(line.id) if self.margins else None
            return margin_words.below(_sold_for(line, line.amount), margin)

        return Column[LineView]("amount", self.tr("Amount"), cell, 112, right=True)

    def _side(self) -> SidePanel:
        panel = SidePanel(RECORD_PANEL)
        panel.close_button.hide()
        facts = Section()
        self.facts = Facts(1)
        facts.body.addWidget(self.facts)
        panel.add(facts)
        self.line_section = LineSection(self._context)
        self.line_section.part_released.connect(self.line_steps.release_part)
        panel.add(self.line_section)
        note = ActionButton(self._context.commands[commands.NOTE.id], "plus", Kind.QUIET)
        activity = Section(self.tr("Activity"), note)
        self.timeline = Timeline()
        activity.body.addWidget(self.timeline)
        panel.add(activity, line=False)
        return panel

    # showing -----------------------------------------------------------------------------------

    def _show(self, read: tuple[OrderOverview, OrderMargins | None]) -> None:
        overview, margins_found = read
        if overview.order.id != self._order_id:
            return  # another order was asked for meanwhile
        self.overview, self.margins = overview, margins_found
        order, today = overview.order, self._context.today()
        self.header.set_title(order.number, order.customer_name)
        detail = f"{order.progress} %" if 0 < order.progress < 100 else ""
        self.header.set_state(order.stage, detail)
        text, icon = words.STEP_WORDS.get(overview.next_step, ("", "check"))
        self.next.setVisible(bool(text))
        self.next.set_text(self.tr(text))
        self.next.set_icon(icon)
        self._context.commands.select("orders", selected=True)
        self.stages.set_stages(words.stages(overview, today))
        found = words.warning(overview, today)
        self.banner.set_text(found.text if found else "", found.detail if found else "")
        sums = subtotals((line.kind, line.amount) for line in overview.lines)
        self._subtotals = {overview.lines[place].id: amount for place, amount in sums.items()}
        self.lines.set_rows(overview.lines)
        self._line_picked(self.current_line())
        self.table.setFixedHeight(34 + LINE_HEIGHT * max(1, min(len(overview.lines), 12)) + 14)
        self.edit.setVisible(order.state in {"draft", "confirmed"} and not order.taken_over)
        besides = margin_words.rows(self.margins.whole) if self.margins else []
        self.totals.set_rows([*words.totals(overview), *besides])
        self._show_papers(overview)
        self._show_facts(overview)
        now = self._context.now()
        self.timeline.set_entries([entry(one, now) for one in overview.happenings])

    def _show_papers(self, overview: OrderOverview) -> None:
        while (item := self._papers.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        today = self._context.today()
        self._add_paper(
            "order", overview.order.id, self.tr("Order confirmation {}").format(overview.order.number), "file-text", ""
        )
        for paper in overview.papers:
            name, icon = words.PAPER_WORDS[paper.kind]
            text = f"{self.tr(name)} {paper.number or self.tr('(draft)')}"
            amount = written.amount(paper.amount) if paper.amount is not None else ""
            on = written.day(paper.on, today) if paper.on else ""
            self._add_paper(paper.kind, paper.id, text, icon, "  ".join(part for part in (amount, on) if part))

    def _add_paper(self, kind: str, paper_id: UUID, text: str, icon: str, detail: str) -> None:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        button = Button(text, icon, Kind.LINK)
        button.clicked.connect(partial(self.print_wanted.emit, kind, paper_id))
        layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(Label(detail, Type.META, Tone.FAINT))
        self._papers.addWidget(row)

    def _show_facts(self, overview: OrderOverview) -> None:
        order, customer, today = overview.order, overview.customer, self._context.today()
        link = Button(customer.name, kind=Kind.LINK)
        link.clicked.connect(partial(self._context.open, "customer", customer.id))
        contact = customer.contacts[0][1] if customer.contacts else None
        reach = " · ".join(part for part in ((contact.name, contact.phone) if contact else ()) if part)
        signed = overview.signature
        facts = [
            Fact(self.tr("Customer"), widget=link),
            Fact(self.tr("Contact"), reach or customer.email),
            Fact(self.tr("PO number"), order.customer_po, code=True),
            Fact(self.tr("Terms"), words.terms(order, self._terms.names)),
            Fact(self.tr("Promised"), written.full_day(order.promised_on) if order.promised_on else ""),
            Fact(self.tr("Ship to"), words.place(order.shipping_address)),
            Fact(self.tr("Ordered"), written.day(order.ordered_on, today)),
        ]
        if signed is not None:
            facts.append(Fact(self.tr("Signed by"), f"{signed.name}, {written.day_within(signed.signed_on, today)}"))
        self.facts.set_facts(facts)

    # listening ---------------------------------------------------------------------------------

    def _changed(self, changes: Any) -> None:
        if self._order_id is not None and changes.touch(*ROW_TABLES):
            self.show_order(self._order_id)

    def _switched(self) -> None:
        if self._order_id is not None:
            self.show_order(self._order_id)

    def _edit(self) -> None:
        self.edit_wanted.emit(self._order_id)


def _read(connection: Connection, order_id: UUID, margins_on: date | None) -> tuple[OrderOverview, OrderMargins | None]:
    """Read an order, and with ``margins_on`` its margins; a currency without a rate has none."""
    found = overviews.read(connection, order_id)
    try:
        return found, margins.of_order(connection, found, margins_on) if margins_on else None
    except NoRate:  # confirming and invoicing say what to do about it
        return found, None


def _ordered(line: LineView) -> Cell:
    if line.kind in UNPRICED:
        return Cell()
    left = line.quantity - line.cancelled
    if line.cancelled:
        return Cell(shown(left), strong=True, second=f"{shown(line.cancelled)} cancelled")
    return Cell(shown(left), strong=True, second=unit_words.of(line.unit, left))


def _done(part: Any, line: LineView) -> Cell:
    wanted = line.quantity - line.cancelled
    if line.kind in UNPRICED or not wanted:
        return Cell()
    share = int(min(1, part / wanted) * 100) if wanted > 0 else 0
    return Cell(f"{shown(part)}/{shown(wanted)}", share=share, tone=Tone.SOFT)


def _named(line: LineView) -> str:
    """A component stands under its kit."""
    return f"\u2003\u21b3 {line.name}" if line.component else line.name


def _item(line: LineView) -> Cell:
    return unpriced(line.kind, line.name) if line.kind in UNPRICED else cells.two_lines(_named(line), line.sku)


def _invoiced(line: LineView) -> Cell:
    return Cell() if line.component else _done(line.invoiced, line)


def _sold_for(line: LineView, amount: Decimal) -> Cell:
    return Cell() if line.component or line.kind in UNPRICED else cells.amount(amount)


_COLUMNS = (
    Column[LineView](
        "position",
        "#",
        lambda line: Cell() if line.component else cells.text(str(line.position), tone=Tone.FAINT),
        34,
        right=True,
    ),
    Column[LineView]("item", "Item", _item, 150, stretch=True),
    Column[LineView]("quantity", "Qty", _ordered, 58, right=True),
    Column[LineView]("source", "Source", sources.source, 190),
    Column[LineView]("shipped", "Shipped", lambda line: _done(line.shipped, line) if line.goods else Cell(), 92),
    Column[LineView]("invoiced", "Invoiced", _invoiced, 104, hidden=True),
    Column[LineView]("price", "Price", lambda line: _sold_for(line, line.unit_price), 82, right=True),
)
