"""What the product under the highlight was worth: figures, where it lay, the layers behind it, its latest entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout
from sqlalchemy import Connection

from app.models.rounding import round_decimals
from app.services import value_sheets
from app.services.lists import Scope, ValueRow
from app.services.value_sheets import ValueSheet
from app.views import format as written
from app.views import value_words as words
from app.views.context import Context
from app.views.format import tr
from app.views.row_panel import RowPanel, fit_rows
from app.views.stock_value import commands
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.value_tables import ValueTables
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.side_panel import Section

FEW_ENTRIES = 1
TABLES = ("product", "stock_level", "company")


class ValuePanel(RowPanel[ValueRow, ValueSheet]):
    """Shows a product's value in short; Enter opens every entry of it."""

    def __init__(self, context: Context, scope: Callable[[], Scope]) -> None:
        hint = context.messages.tr("Choose a product to see what it was worth, and why.")
        super().__init__(context, _reader(scope), TABLES, hint)
        head = Section()
        self.name = Label("", Type.ITEM, wrap=True)
        title = QHBoxLayout()
        title.addWidget(self.name, 1)
        title.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        head.body.addLayout(title)
        self.sku = Label("", Type.META, Tone.SOFT, code=True)
        head.body.addWidget(self.sku)
        bound = context.commands
        head.body.addWidget(
            Row(
                ActionButton(bound[commands.METHOD.id], "sliders-horizontal"),
                ActionButton(bound[commands.WORTH.id], "coins"),
                None,
                gap=Space.SMALL,
            )
        )
        self.place(head)
        figures = Section()
        self.facts = Facts(2)
        figures.body.addWidget(self.facts)
        self.place(figures)
        self.tables = ValueTables(context, "value_panel")
        entries = Button(tr("All entries"), kind=Kind.LINK)
        entries.clicked.connect(self._open_page)
        self.place(Section(tr("Where it lies"), entries), line=False)
        self.place(self.tables.places_view, table=True)
        self._layers = Section(tr("Layers, the oldest leave first"))
        self.place(self._layers, line=False)
        self.place(self.tables.layers_view, line=False, table=True)

    def show_head(self, row: ValueRow) -> None:
        """What the list knows."""
        self.name.setText(row.name)
        self.sku.setText(row.sku)
        if self.sheet is None:
            self.tables.clear()

    def show_sheet(self, sheet: ValueSheet) -> None:
        """Figures, places and layers."""
        self.facts.set_facts(facts(sheet))
        self.tables.show_sheet(sheet)
        fit_rows(self.tables.places_view, len(sheet.places), row_height=38)
        self._layers.setVisible(bool(sheet.layers))
        self.tables.layers_view.setVisible(bool(sheet.layers))
        fit_rows(self.tables.layers_view, len(sheet.layers), most=12)

    def _open_page(self) -> None:
        if self.row is not None:
            self.context.open("stock", self.row.id, part="value")


def facts(sheet: ValueSheet) -> Sequence[Fact]:
    """The figures of a product over all warehouses, with what is on its way."""
    known = sheet.product
    cost, margin = sheet.unit_cost(sheet.quantity, sheet.value), sheet.margin
    method = tr(words.METHODS[sheet.method])
    share = written.percent(round_decimals(margin, 3)) if margin is not None else ""
    return [
        Fact(tr("Value"), written.money(sheet.value, sheet.currency, sheet.decimals)),
        Fact(tr("Quantity"), written.measured(known.quantity(sheet.quantity), known.unit)),
        Fact(tr("Cost of one"), words.unit_cost(cost)),
        Fact(tr("Margin at the list price"), share),
        Fact(tr("Costing"), method if sheet.own_costing else tr("{}, as the company").format(method)),
        Fact(tr("List price"), written.amount(known.list_price, sheet.decimals)),
    ]


def _reader(scope: Callable[[], Scope]) -> Callable[[Connection, UUID], ValueSheet]:
    def read(connection: Connection, product_id: UUID) -> ValueSheet:
        return value_sheets.read(connection, product_id, scope().until, entries=FEW_ENTRIES)

    return read
