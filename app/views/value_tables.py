"""The tables of what one product is worth: by warehouse, in layers, and entry by entry."""

from __future__ import annotations

from app.services.value_sheets import LayerValue, PlacedValue, ValueEntry, ValueSheet
from app.views import cells
from app.views import format as written
from app.views import value_words as words
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.list_view import ListView


class ValueTables:
    """Three tables that show a sheet; those opened on a document tell the window."""

    def __init__(self, context: Context, scope: str) -> None:
        self._context = context
        self._sheet: ValueSheet | None = None
        self.places: RowsTable[PlacedValue] = RowsTable(self._place_columns())
        self.layers: RowsTable[LayerValue] = RowsTable(self._layer_columns())
        self.entries: RowsTable[ValueEntry] = RowsTable(self._entry_columns())
        self.places_view = ListView(self.places, f"{scope}_value_places")
        self.layers_view = ListView(self.layers, f"{scope}_value_layers", two_lines=True)
        self.entries_view = ListView(self.entries, f"{scope}_value_entries", two_lines=True)
        for view, name in (
            (self.places_view, tr("Value by warehouse")),
            (self.layers_view, tr("Layers, the oldest first")),
            (self.entries_view, tr("Value entries, the newest first")),
        ):
            view.setAccessibleName(name)
        self.layers_view.opened.connect(self._open)
        self.entries_view.opened.connect(self._open)

    def clear(self) -> None:
        """Show nothing, until another product's value is read."""
        for table in (self.places, self.layers, self.entries):
            table.set_rows([])

    def show_sheet(self, sheet: ValueSheet) -> None:
        """Show what a product is worth."""
        self._sheet = sheet
        self.places.set_rows(sheet.places)
        self.layers.set_rows(sheet.layers)
        self.entries.set_rows(sheet.entries)

    @property
    def _grain(self) -> int:
        return self._sheet.product.grain if self._sheet else 1

    def _cost(self, one: PlacedValue | LayerValue) -> Cell:
        return words.cost_cell(self._sheet.unit_cost(one.quantity, one.value) if self._sheet else None)

    def _money(self, one: PlacedValue | LayerValue) -> Cell:
        return cells.amount(one.value, self._sheet.decimals if self._sheet else 2)

    def _place_columns(self) -> tuple[Column[PlacedValue], ...]:
        return (
            Column[PlacedValue]("where", tr("Warehouse"), words.where, 110, stretch=True),
            Column[PlacedValue](
                "quantity", tr("Quantity"), lambda one: words.quantity(one.quantity, self._grain), 76, right=True
            ),
            Column[PlacedValue]("cost", tr("Cost of one"), self._cost, 92, right=True),
            Column[PlacedValue]("value", tr("Value"), self._money, 96, right=True),
        )

    def _layer_columns(self) -> tuple[Column[LayerValue], ...]:
        return (
            Column[LayerValue]("since", tr("Came in"), words.layer, 130, stretch=True),
            Column[LayerValue](
                "quantity", tr("Left"), lambda one: words.quantity(one.quantity, self._grain), 66, right=True
            ),
            Column[LayerValue]("cost", tr("Cost of one"), self._cost, 92, right=True),
            Column[LayerValue]("value", tr("Value"), self._money, 96, right=True),
        )

    def _entry_columns(self) -> tuple[Column[ValueEntry], ...]:
        def value(one: ValueEntry) -> Cell:
            return words.signed(one.value, self._sheet.decimals if self._sheet else 2)

        return (
            Column[ValueEntry]("at", tr("When"), lambda one: cells.text(written.moment(one.at), tone=Tone.SOFT), 184),
            Column[ValueEntry]("about", tr("What"), words.about, 210, stretch=True),
            Column[ValueEntry](
                "paper", tr("Document"), lambda one: cells.code(one.paper.number if one.paper else ""), 130
            ),
            Column[ValueEntry](
                "quantity", tr("Quantity"), lambda one: words.moved(one.quantity, self._grain), 90, right=True
            ),
            Column[ValueEntry]("value", tr("Value"), value, 100, right=True),
        )

    def _open(self, one: LayerValue | ValueEntry) -> None:
        """Show the document an entry came with, where it has a screen."""
        if one.paper is not None and self._context.navigator.can_open(one.paper.kind):
            self._context.open(one.paper.kind, one.paper.id)
