"""All there is to know of one product's stock: where it lies, what comes and goes, every movement."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services import activity, stock_sheet, value_sheets
from app.services.activity import Happening
from app.services.stock_sheet import Lies, StockSheet
from app.services.value_sheets import ValueSheet
from app.views.context import Context
from app.views.format import tr
from app.views.inventory import words
from app.views.inventory.chart import StockChart
from app.views.inventory.panel import TABLES, facts
from app.views.inventory.tables import SheetTables
from app.views.sentences import entry
from app.views.tokens import Space
from app.views.value_tables import ValueTables
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Hairline
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.tab_bar import TabBar
from app.views.widgets.timeline import Timeline

PARTS = ("lies", "due", "moved", "value")
"""The parts of the page in the order of their tabs."""


class StockPage(QWidget):
    """One product's stock, full size; the tabs change what the table shows."""

    def __init__(self, context: Context, place_id: str) -> None:
        super().__init__()
        self._context, self._place_id = context, place_id
        self._product_id: UUID | None = None
        self.sheet: StockSheet | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("", back=True)
        outer.addWidget(self.header)
        self.tables = SheetTables(context, "stock_page")
        self.tabs = TabBar()
        self.tabs.setAccessibleName(tr("Parts of the page"))
        self.values = ValueTables(context, "stock_page")
        self.tabs.set_tabs(
            [
                ("lies", tr("Where it lies")),
                ("due", tr("Projected stock")),
                ("moved", tr("Movements")),
                ("value", tr("Value")),
            ]
        )
        self.tabs.chosen.connect(self.show_part)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        outer.addLayout(tabs)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        self._parts = QStackedWidget()
        for view, empty in (
            (self.tables.lies_view, tr("Nothing of it is here. Receive goods to begin.")),
            (self.tables.due_view, tr("Nothing is known to come or go. Stock stays what it is.")),
            (self.tables.moved_view, tr("Nothing has moved yet.")),
            (self.values.entries_view, tr("It has no value yet: no receipt said what one costs.")),
        ):
            part = QStackedWidget()
            part.addWidget(view)
            part.addWidget(EmptyState("boxes", tr("Nothing to show"), empty))
            self._parts.addWidget(part)
        row.addWidget(self._parts, 1)
        row.addWidget(self._side())
        outer.addLayout(row, 1)
        context.tasks.changed.connect(self._changed)

    def show_product(self, product_id: UUID) -> None:
        """Read and show a product's stock."""
        self._product_id = product_id
        read = partial(_read, product_id=product_id, at=self._context.now())
        self._context.tasks.read(self, read, self._show)

    def show_part(self, part: str) -> None:
        """Show where it lies, what comes and goes, the movements, or what they were worth."""
        self.tabs.choose(part)
        self._parts.setCurrentIndex(PARTS.index(part))

    def spot(self) -> Lies | None:
        """The place highlighted in the table."""
        row: Lies | None = self.tables.lies_view.current_row()
        return row

    def _side(self) -> SidePanel:
        panel = SidePanel(RECORD_PANEL)
        panel.close_button.hide()
        known, projected, happened = Section(), Section(tr("Projected stock")), Section(tr("Activity"))
        self.facts, self.chart, self.timeline = Facts(2), StockChart(), Timeline()
        known.body.addWidget(self.facts)
        projected.body.addWidget(self.chart)
        happened.body.addWidget(self.timeline)
        panel.add(known)
        panel.add(projected)
        panel.add(happened, line=False)
        return panel

    def _show(self, found: tuple[StockSheet, list[Happening], ValueSheet]) -> None:
        sheet, happenings, value = found
        if sheet.product.id != self._product_id:
            return
        self.sheet = sheet
        known = sheet.product
        self.header.set_title(known.name, known.sku)
        self.header.set_state(words.status_of(sheet.row, None))
        self.tables.show_sheet(sheet)
        self.values.show_sheet(value)
        for number, rows in enumerate((sheet.lies, sheet.due, sheet.moved, value.entries)):
            part = self._parts.widget(number)
            assert isinstance(part, QStackedWidget)
            part.setCurrentIndex(0 if rows else 1)
        tracking = {"lot": tr("by lot"), "serial": tr("by serial number")}.get(known.tracking, "")
        self.facts.set_facts(
            [*facts(sheet.row), Fact(tr("Usual bin"), known.bin, code=True), Fact(tr("Tracked"), tracking)]
        )
        self.chart.show_row(sheet.row)
        now = self._context.now()
        self.timeline.set_entries([entry(one, now) for one in happenings[:12]])
        self._context.commands.select(self._place_id, selected=True)

    def _changed(self, changes: Any) -> None:
        if self._product_id is not None and self.isVisible() and changes.touch(*TABLES):
            self.show_product(self._product_id)


def _read(connection: Connection, product_id: UUID, at: datetime) -> tuple[StockSheet, list[Happening], ValueSheet]:
    value = value_sheets.read(connection, product_id, value_sheets.end_of(at.date()))
    return stock_sheet.read(connection, product_id, at), activity.timeline(connection, product_id), value
