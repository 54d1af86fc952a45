"""The sales board: revenue against the period before and the year before, and by whom and what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox
from sqlalchemy import Connection

from app.models.figures import Dimension
from app.services.analytics import sales_figures
from app.services.analytics.sales_figures import MemberSales, SalesFigures, margin
from app.services.analytics.spans import Span, months_back
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dashboards.board import Board, TableCard, billed
from app.views.figure_words import DASH, change_of, one_decimal, short_money
from app.views.format import tr
from app.views.picture import Ink, Picture, Series, Shape
from app.views.tokens import Tone
from app.views.widgets.labels import Label

BREAKDOWNS: Final = (
    (Dimension.CUSTOMER, "By customer"),
    (Dimension.PRODUCT, "By product"),
    (Dimension.CHANNEL, "By channel"),
    (Dimension.REGION, "By region"),
    (Dimension.SALESPERSON, "By salesperson"),
)
UNNAMED: Final = {
    Dimension.PRODUCT: "Fees and texts",
    Dimension.CHANNEL: "No channel",
    Dimension.REGION: "No country",
    Dimension.SALESPERSON: "Not known",
    Dimension.CUSTOMER: "No customer",
}


class SalesBoard(Board[SalesFigures]):
    """Revenue and margin."""

    id = "sales"
    title = "Sales"
    tables = ("invoice", "journal_entry", "value_entry", "sales_order")
    sums = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._found: SalesFigures | None = None
        self.revenue, self.year_ago, self.profit, self.margin = self.key_figures(
            (self.tr("Revenue"), self.open_period),
            (self.tr("Against the year before"), self.open_year_ago),
            (self.tr("Gross profit"), self.open_period),
            (self.tr("Margin"), self.open_period),
        )
        (self.chart,) = self.charts(1)
        self.chart.chart.place_chosen.connect(self.open_month)
        self.table: TableCard[MemberSales] = TableCard(
            context, self.tr("Breakdown"), "sales_breakdown", self._columns()
        )
        self.by = QComboBox()
        self.by.setAccessibleName(self.tr("Broken down by"))
        for dimension, words in BREAKDOWNS:
            self.by.addItem(tr(words), str(dimension))
        self.by.currentIndexChanged.connect(self._dimension_chosen)
        self.table.head.addWidget(self.by)
        self.note = Label("", tone=Tone.FAINT)
        self.table.head.addWidget(self.note, 1)
        self.table.head.addWidget(self.table.save_button)
        self.table.view.opened.connect(self.open_member)
        self.column.addWidget(self.table, 1)
        self.asked_anew: Callable[[], None] | None = None

    def reading(self, span: Span, now: datetime) -> Callable[[Connection], SalesFigures]:
        """Read the period by the dimension that is chosen."""
        return partial(sales_figures.read, span=span, dimension=Dimension(self.by.currentData()))

    def show_found(self, found: SalesFigures) -> bool:
        """Show it."""
        self._found = found
        self._show_figures(found)
        self.chart.show_picture(picture(found), self._chart_note(found))
        self.table.set_rows(found.rows)
        self.note.setText(
            self.tr("{} orders of another program are left out: their currency had no rate").format(found.without_rate)
            if found.without_rate
            else ""
        )
        return not found.is_empty

    def _show_figures(self, found: SalesFigures) -> None:
        now, before, year_ago = found.now, found.before, found.year_ago
        change, tone = change_of(now.revenue, before.revenue)
        note = self.tr("before {}").format(_short(before.revenue, found.currency)) if before.revenue else ""
        self.revenue.set_figure(*short_money(now.revenue, found.currency), change, note, tone)
        change, tone = change_of(now.revenue, year_ago.revenue)
        note = self.tr("then {}").format(_short(year_ago.revenue, found.currency)) if year_ago.revenue else ""
        figure, unit = change.rstrip(" %") or DASH, "%" if change else ""
        self.year_ago.set_figure(figure, unit, "", note or self.tr("nothing was sold then"), tone)
        left = margin(now)
        if left is None:
            for one in (self.profit, self.margin):
                one.set_figure(DASH, "", "", self.tr("no goods have a cost yet"))
            return
        was = margin(before)
        change, tone = change_of(left.left, was.left) if was else ("", Tone.OK)
        self.profit.set_figure(
            *short_money(left.left, found.currency), change, self.tr("of what was billed here"), tone
        )
        percent, earlier = left.percent, was.percent if was else None
        change = ""
        if percent is not None and earlier is not None and percent != earlier:
            change = f"{'↑' if percent > earlier else '↓'} {abs(percent - earlier)} pt"
        said = DASH if percent is None else written.amount(percent, 1)
        self.margin.set_figure(said, "%" if percent is not None else "", change, self.tr("of revenue"))

    def _chart_note(self, found: SalesFigures) -> str:
        total = sum((one.revenue for one in found.by_month), Decimal(0))
        before = sum((one.revenue for one in found.year_before), Decimal(0))
        change, _ = change_of(total, before)
        words = self.tr("{} in twelve months").format(_short(total, found.currency))
        return " · ".join(part for part in (words, change and self.tr("{} on the year before").format(change)) if part)

    # documents -----------------------------------------------------------------------------------

    def open_period(self) -> None:
        """Show the invoices of the period."""
        if self._found is not None:
            days = self._found.span.now
            self.invoices(billed(days.first, days.last, _days(days)))

    def open_year_ago(self) -> None:
        """Show the invoices of the same days a year before."""
        if self._found is not None:
            days = self._found.span.year_ago
            self.invoices(billed(days.first, days.last, _days(days)))

    def open_month(self, number: int) -> None:
        """Show the invoices of a month in the chart."""
        if self._found is not None:
            month = self._found.months[number]
            last = months_back(month, -1) - timedelta(days=1)
            self.invoices(billed(month, last, f"{written.month(month)} {month.year}"))

    def open_member(self, row: MemberSales) -> None:
        """Show the invoices of a row in the period."""
        if self._found is None or row.member is None:
            return
        days, dimension = self._found.span.now, self._found.dimension
        value: Any = row.member
        if dimension in {Dimension.CUSTOMER, Dimension.PRODUCT}:
            value = UUID(hex=row.member) if row.member else None
        self.invoices(billed(days.first, days.last, _days(days)), (str(dimension), self._name(row), value))

    # inner ---------------------------------------------------------------------------------------

    def _dimension_chosen(self, _: int) -> None:
        if self.asked_anew is not None:
            self.asked_anew()

    def _name(self, row: MemberSales) -> str:
        if row.member is None:
            return self.tr("All others")
        dimension = Dimension(self.by.currentData())
        return row.name or tr(UNNAMED[dimension])

    def _named(self, row: MemberSales) -> Cell:
        faint = row.member is None or not row.name
        return cells.text(self._name(row), tone=Tone.FAINT if faint else Tone.TEXT)

    def _share(self, row: MemberSales) -> Cell:
        total = self._found.now.revenue if self._found else Decimal(0)
        said = f"{one_decimal(Fraction(row.now.revenue) * 100 / Fraction(total))} %" if total > 0 else DASH
        return cells.text(said, tone=Tone.SOFT)

    def _columns(self) -> tuple[Column[MemberSales], ...]:
        return (
            Column[MemberSales]("name", self.tr("Name"), self._named, 200, stretch=True),
            Column[MemberSales]("revenue", self.tr("Revenue"), lambda row: _money(row.now.revenue), 112, right=True),
            Column[MemberSales]("share", self.tr("Share"), self._share, 72, right=True),
            Column[MemberSales](
                "before", self.tr("Period before"), lambda row: _money(row.before.revenue), 112, right=True
            ),
            Column[MemberSales](
                "change", "±", lambda row: _change(row.now.revenue, row.before.revenue), 96, right=True
            ),
            Column[MemberSales](
                "year", self.tr("Year before"), lambda row: _money(row.year_ago.revenue), 112, right=True
            ),
            Column[MemberSales]("profit", self.tr("Gross profit"), _profit, 112, right=True),
            Column[MemberSales]("margin", self.tr("Margin"), _margin, 92, right=True),
        )


def picture(found: SalesFigures) -> Picture:
    """Draw revenue by month, and that of the year before."""
    return Picture(
        tr("Revenue by month"),
        [f"{written.month(month)} {month:%y}" for month in found.months],
        (
            Series(tr("Revenue"), [one.revenue for one in found.by_month], Ink.FORECAST, Shape.BARS),
            Series(tr("Year before"), [one.revenue for one in found.year_before], Ink.FAINT, Shape.DASHED),
        ),
        unit=found.currency,
        decimals=2,
        place_name=tr("Month"),
    )


def _money(value: Decimal) -> Cell:
    return cells.amount(value, strong=False) if value else cells.text(DASH, tone=Tone.FAINT)


def _change(now: Decimal, before: Decimal) -> Cell:
    said, tone = change_of(now, before)
    return cells.text(said, tone=tone)


def _profit(row: MemberSales) -> Cell:
    left = margin(row.now)
    return cells.text(DASH, tone=Tone.FAINT) if left is None else cells.amount(left.left, strong=False)


def _margin(row: MemberSales) -> Cell:
    left = margin(row.now)
    if left is None or left.percent is None:
        return cells.text(DASH, tone=Tone.FAINT)
    return cells.text(f"{written.amount(left.percent, 1)} %", tone=Tone.BAD if left.below_cost else Tone.TEXT)


def _short(value: Decimal, currency: str) -> str:
    return " ".join(short_money(value, currency))


def _days(days: Any) -> str:
    return f"{written.short_day(days.first)} – {written.full_day(days.last)}"
