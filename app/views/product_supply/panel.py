"""The product under the highlight of the list: what it costs, how it may be had, what goes into it."""

from __future__ import annotations

from typing import Final

from app.services import product_sheets
from app.services.lists import ProductRow
from app.services.product_sheets import Branch, ProductSheet, WayRow
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.product_supply.supplying import TABLES
from app.views.product_supply.tabs import INDENT, way_price, way_title
from app.views.row_panel import RowPanel, fit_rows
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.side_panel import Section


class ProductPanel(RowPanel[ProductRow, ProductSheet]):
    """Shows how a product may be had; all of it can be changed on its page."""

    def __init__(self, context: Context) -> None:
        hint = context.messages.tr("Choose a product to see how it may be had.")
        super().__init__(context, product_sheets.read, ("product", "stock_level", *TABLES), hint)
        head = Section()
        self.name, self.sku = Label("", Type.ITEM, wrap=True), Label("", Type.META, Tone.FAINT, code=True)
        head.body.addWidget(Row(self.name, self.close_button, gap=Space.MEDIUM))
        head.body.addWidget(self.sku)
        self.open = Button(self.tr("Open"), "arrow-right", Kind.SECONDARY)
        self.open.clicked.connect(self._open_product)
        head.body.addWidget(Row(self.open, None))
        self.place(head)
        facts = Section()
        self.facts = Facts()
        facts.body.addWidget(self.facts)
        self.place(facts)
        self.ways: RowsTable[WayRow] = RowsTable(_WAYS)
        self.ways_view = ListView(self.ways, "product_panel_ways", two_lines=True)
        self.ways_view.setAccessibleName(self.tr("Ways of supply, the preferred one first"))
        self.place(self.ways_view, table=True)
        self.tree: RowsTable[Branch] = RowsTable(_TREE)
        self.tree_view = ListView(self.tree, "product_panel_tree")
        self.tree_view.setAccessibleName(self.tr("Components over all levels"))
        self.tree_view.opened.connect(self._open_branch)
        self.place(self.tree_view, line=False, table=True)

    def show_head(self, row: ProductRow) -> None:
        """Name and SKU."""
        self.name.setText(row.name)
        self.sku.setText(row.sku)

    def show_sheet(self, sheet: ProductSheet) -> None:
        """Price, ways and components."""
        row, of = self.row, sheet.product
        available = written.measured(row.available, of.unit) if row is not None and of.kind == "goods" else ""
        used = len(sheet.uses)
        self.facts.set_facts(
            [
                Fact(self.tr("List price"), f"{written.quantity(of.list_price)} / {of.unit}"),
                Fact(self.tr("Available"), available),
                Fact(self.tr("Category"), of.category),
                Fact(self.tr("Goes into"), self.tr("{} products").format(used) if used else ""),
            ]
        )
        self.ways.set_rows(sheet.ways)
        self.tree.set_rows(sheet.tree)
        for view, count, height in ((self.ways_view, len(sheet.ways), 48), (self.tree_view, len(sheet.tree), 38)):
            view.setVisible(bool(count))
            fit_rows(view, count, height, most=30)

    def _open_product(self) -> None:
        if self.row is not None:
            self.context.open("product", self.row.id)

    def _open_branch(self, row: Branch) -> None:
        self.context.open("product", row.product_id)


def _component(row: Branch) -> Cell:
    return cells.text(f"{INDENT * row.depth}{row.name}", strong=not row.depth)


def _quantity(row: Branch) -> Cell:
    words = written.measured(row.quantity, row.unit)
    return cells.text(tr("{} once").format(words) if row.fixed else words, tone=Tone.SOFT)


_WAYS: Final = (
    Column[WayRow]("way", "How it is had", way_title, 190, stretch=True),
    Column[WayRow]("price", "Price", way_price, 120, right=True),
)
_TREE: Final = (
    Column[Branch]("item", "What goes into one", _component, 220, stretch=True),
    Column[Branch]("quantity", "Quantity", _quantity, 104, right=True),
)
