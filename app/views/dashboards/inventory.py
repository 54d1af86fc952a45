"""The inventory board: what stock is worth, how often it is turned over, what matters and what is dead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final

from PySide6.QtWidgets import QComboBox
from sqlalchemy import Connection

from app.services.analytics import inventory_figures
from app.services.analytics.inventory_figures import InventoryFigures, ProductFigures
from app.services.analytics.spans import Span
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dashboards.board import Board, TableCard
from app.views.figure_words import DASH, one_decimal, rate, short_money
from app.views.format import tr
from app.views.picture import Ink, Picture, Series, Shape
from app.views.tokens import Tone
from app.views.widgets.labels import Label

ALL, DEAD = "all", "dead"
SHOWN: Final = (
    (ALL, "All products"),
    ("A", "A: the first 80 % of sales"),
    ("B", "B: the next 15 %"),
    ("C", "C: the rest"),
    (DEAD, "Dead stock"),
)
IMPORTANCE: Final = ("A", "B", "C", "")
STEADINESS: Final = (
    ("X", "X steady", Ink.FORECAST),
    ("Y", "Y changing", Ink.REORDER),
    ("Z", "Z now and then", Ink.FOURTH),
    ("", "not sold", Ink.FAINT),
)


class InventoryBoard(Board[InventoryFigures]):
    """What lies here, and whether it should."""

    id = "inventory"
    title = "Inventory"
    tables = ("stock_level", "value_entry", "journal_entry", "product")
    sums = True
    takes_period = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._found: InventoryFigures | None = None
        self.value, self.turns, self.cover, self.dead = self.key_figures(
            (self.tr("Stock value"), partial(context.open, "stock_value")),
            (self.tr("Turns a year"), self.show_all),
            (self.tr("Cover"), self.show_all),
            (self.tr("Dead stock"), self.show_dead),
        )
        self.worth_chart, self.matrix_chart = self.charts(3, 2)
        self.matrix_chart.chart.place_chosen.connect(self.show_class)
        self.table: TableCard[ProductFigures] = TableCard(context, self.tr("Products"), "product_figures", _columns())
        self.shown = QComboBox()
        self.shown.setAccessibleName(self.tr("Products on show"))
        for key, words in SHOWN:
            self.shown.addItem(tr(words), key)
        self.shown.currentIndexChanged.connect(self._filter)
        self.table.head.addWidget(self.shown)
        self.count = Label("", tone=Tone.FAINT)
        self.table.head.addWidget(self.count, 1)
        self.table.head.addWidget(self.table.save_button)
        self.table.view.opened.connect(self.open_product)
        self.column.addWidget(self.table, 1)

    def reading(self, span: Span, now: datetime) -> Callable[[Connection], InventoryFigures]:
        """Read the figures as at now; the period does not matter."""
        return partial(inventory_figures.read, now=now.astimezone())

    def show_found(self, found: InventoryFigures) -> bool:
        """Show it."""
        self._found = found
        goods = sum(one.value > 0 for one in found.rows)
        self.value.set_figure(
            *short_money(found.value, found.currency),
            "",
            written.counted(goods, self.tr("1 product"), self.tr("{} products")),
        )
        unknown = self.tr("no goods have a cost yet")
        turns, cover = found.turns, found.cover
        self.turns.set_figure(
            DASH if turns is None else one_decimal(turns),
            "",
            "",
            unknown if turns is None else self.tr("cost of sales over average value"),
        )
        self.cover.set_figure(
            DASH if cover is None else one_decimal(cover),
            "" if cover is None else self.tr("days"),
            "",
            unknown if cover is None else self.tr("at the sales of 90 days"),
        )
        dead = sum((one.value for one in found.dead), Decimal(0))
        share = f"{rate(Fraction(dead) / Fraction(found.value))} %" if found.value > 0 else ""
        self.dead.set_figure(
            *short_money(dead, found.currency),
            share,
            self.tr("{} products, not sold in 12 months").format(len(found.dead)),
            Tone.WARN,
        )
        self.worth_chart.show_picture(worth_picture(found), self.tr("At the end of each month"))
        self.matrix_chart.show_picture(matrix_picture(found), self.tr("What is here, by sales and how steady they are"))
        self._filter()
        return not found.is_empty

    def show_all(self) -> None:
        """Show all products in the table."""
        self._show(ALL)

    def show_dead(self) -> None:
        """Show dead stock in the table."""
        self._show(DEAD)

    def show_class(self, number: int) -> None:
        """Show the products of a class of the chart."""
        self._show(IMPORTANCE[number] or DEAD)

    def open_product(self, row: ProductFigures) -> None:
        """Show the product."""
        self.context.open("product", row.id)

    def _show(self, key: str) -> None:
        self.shown.setCurrentIndex(self.shown.findData(key))
        self.table.view.setFocus()

    def _filter(self, _: int = 0) -> None:
        if self._found is None:
            return
        key = str(self.shown.currentData())
        rows: Sequence[ProductFigures] = self._found.rows
        if key == DEAD:
            rows = self._found.dead
        elif key != ALL:
            rows = [one for one in rows if one.importance == key]
        self.table.set_rows(rows)
        self.count.setText(written.counted(len(rows), self.tr("1 product"), self.tr("{} products")))


def worth_picture(found: InventoryFigures) -> Picture:
    """Draw what stock was worth at the end of each month."""
    return Picture(
        tr("Stock value"),
        [f"{written.month(month)} {month:%y}" for month in found.months],
        (Series(tr("Stock value"), list(found.worth), Ink.FORECAST, Shape.THICK),),
        unit=found.currency,
        decimals=2,
        place_name=tr("Month"),
    )


def matrix_picture(found: InventoryFigures) -> Picture:
    """Draw what is here by importance, each bar by steadiness."""
    matrix = found.matrix
    series = [
        Series(tr(words), [matrix.get((one, steady), (0, Decimal(0)))[1] for one in IMPORTANCE], ink, Shape.BARS)
        for steady, words, ink in STEADINESS
    ]
    return Picture(
        tr("Stock value by ABC and XYZ"),
        [one or tr("not sold") for one in IMPORTANCE],
        [one for one in series if any(one.values)],
        unit=found.currency,
        decimals=2,
        stacked=True,
        place_name=tr("Class"),
    )


def _columns() -> tuple[Column[ProductFigures], ...]:
    return (
        Column[ProductFigures]("sku", tr("SKU"), lambda row: cells.code(row.sku), 130),
        Column[ProductFigures]("name", tr("Product"), lambda row: cells.text(row.name), 200, stretch=True),
        Column[ProductFigures](
            "class", tr("Class"), lambda row: cells.text(f"{row.importance}{row.steadiness}" or DASH), 64
        ),
        Column[ProductFigures]("quantity", tr("On hand"), _quantity, 96, right=True),
        Column[ProductFigures](
            "value", tr("Value"), lambda row: cells.amount(row.value, strong=False), 110, right=True
        ),
        Column[ProductFigures](
            "sold", tr("Sold, 12 months"), lambda row: cells.amount(row.sold, strong=False), 120, right=True
        ),
        Column[ProductFigures]("cover", tr("Cover, days"), _cover, 96, right=True),
        Column[ProductFigures]("last", tr("Sold last"), _last, 96),
    )


def _quantity(row: ProductFigures) -> Cell:
    rounded = round(Decimal(row.quantity.numerator) / row.quantity.denominator, 2)
    return cells.text(written.measured(rounded, row.unit))


def _cover(row: ProductFigures) -> Cell:
    return cells.text(DASH if row.cover is None else one_decimal(row.cover))


def _last(row: ProductFigures) -> Cell:
    if row.last_month is None:
        return cells.text(tr("not lately"), tone=Tone.WARN if row.is_dead else Tone.FAINT)
    return cells.text(f"{written.month(row.last_month)} {row.last_month.year}", tone=Tone.SOFT)
