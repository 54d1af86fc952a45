"""The operations board: on time in full, what is open and for how long, picking, returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial

from sqlalchemy import Connection

from app.services.analytics import operations_figures
from app.services.analytics.operations_figures import OperationsFigures, Picker
from app.services.analytics.spans import Span
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context
from app.views.dashboards.board import Board, TableCard
from app.views.figure_words import DASH, GOAL, one_decimal, points_of, rate, short_money
from app.views.format import tr
from app.views.picture import Ink, Level, Picture, Series, Shape
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.labels import Label

AGES = ("up to 7 days", "8 to 30", "31 to 60", "61 to 90", "over 90")


class OperationsBoard(Board[OperationsFigures]):
    """How orders are delivered."""

    id = "operations"
    title = "Operations"
    tables = ("sales_order", "shipment", "pick", "goods_return")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.on_time, self.backlog, self.picked, self.returned = self.key_figures(
            (self.tr("On time in full"), partial(context.open, "orders", tab="due")),
            (self.tr("Backlog"), partial(context.open, "orders", tab="open")),
            (self.tr("Lines picked"), partial(context.open, "picking")),
            (self.tr("Returns per 100 shipments"), partial(context.open, "returns", tab="all")),
        )
        self.on_time_chart, self.ages_chart = self.charts(3, 2)
        self.ages_chart.chart.place_chosen.connect(self.open_backlog)
        self.table: TableCard[Picker] = TableCard(
            context,
            self.tr("Picked, by person"),
            "pickers",
            (
                Column[Picker](
                    "name", self.tr("Person"), lambda row: cells.text(row.name or tr("Not known")), 200, stretch=True
                ),
                Column[Picker]("lines", self.tr("Lines"), lambda row: cells.quantity(row.lines), 90, right=True),
                Column[Picker]("days", self.tr("Days"), lambda row: cells.quantity(row.days), 90, right=True),
                Column[Picker](
                    "per_day", self.tr("Lines a day"), lambda row: cells.text(one_decimal(row.per_day)), 110, right=True
                ),
                Column[Picker](
                    "full",
                    self.tr("Found in full"),
                    lambda row: cells.text(f"{rate(Fraction(row.full, row.lines))} %"),
                    120,
                    right=True,
                ),
            ),
        )
        self.table.head.addWidget(Label(self.tr("Picked, by person"), Type.CARD), 1)
        self.table.head.addWidget(self.table.save_button)
        self.reasons = Label("", tone=Tone.SOFT, wrap=True)
        self.table.body.addWidget(self.reasons)
        self.column.addWidget(self.table, 1)

    def reading(self, span: Span, now: datetime) -> Callable[[Connection], OperationsFigures]:
        """Read the period, in days as they are at this desk."""
        return partial(operations_figures.read, span=span, now=now.astimezone())

    def show_found(self, found: OperationsFigures) -> bool:
        """Show it."""
        change = points_of(found.on_time, found.on_time_before) if found.on_time is not None else ""
        tone = Tone.OK if found.on_time is None or found.on_time >= GOAL else Tone.WARN
        note = self.tr("goal 97 %") if found.on_time is not None else self.tr("nothing was promised for these days")
        self.on_time.set_figure(rate(found.on_time), "%" if found.on_time is not None else "", change, note, tone)
        words = written.counted(found.open_orders, self.tr("1 order"), self.tr("{} orders"))
        old = found.backlog[-1].orders
        self.backlog.set_figure(
            *short_money(found.open_value, found.currency),
            self.tr("{} over 90 days").format(old) if old else "",
            words,
            Tone.WARN,
        )
        lines, full = found.picked
        share = (
            self.tr("{} % found in full").format(rate(Fraction(full, lines)))
            if lines
            else self.tr("nothing was picked")
        )
        before = self.tr("before {}").format(found.lines_before) if found.lines_before else ""
        self.picked.set_figure(
            written.quantity(Decimal(lines)), "", "", " · ".join(one for one in (share, before) if one)
        )
        self._show_returns(found)
        self.on_time_chart.show_picture(on_time_picture(found), self.tr("By the month of the promised day · goal 97 %"))
        self.ages_chart.show_picture(ages_picture(found), self.tr("By days since the order"))
        self.table.set_rows(found.pickers)
        return not found.is_empty

    def _show_returns(self, found: OperationsFigures) -> None:
        said = one_decimal(Fraction(found.returned * 100, found.shipped)) if found.shipped else DASH
        before = Fraction(found.returned_before * 100, found.shipped_before) if found.shipped_before else None
        note = self.tr("{} of {}").format(found.returned, found.shipped)
        if before is not None:
            note += self.tr(" · before {}").format(one_decimal(before))
        self.returned.set_figure(said, "", "", note)
        reasons = ", ".join(f"{name or tr('no reason given')} ({count})" for name, count in found.reasons[:6])
        self.reasons.setText(self.tr("Why goods came back: {}").format(reasons) if reasons else "")

    def open_backlog(self, _: int) -> None:
        """Show the open orders."""
        self.context.open("orders", tab="open")


def on_time_picture(found: OperationsFigures) -> Picture:
    """Draw which part left in time, month by month, in percent to a tenth."""
    shares = [None if one is None else Decimal(round(one * 1000)).scaleb(-1) for one in found.on_time_by_month]
    return Picture(
        tr("On time in full"),
        [f"{written.month(month)} {month:%y}" for month in found.months],
        (Series(tr("On time in full"), shares, Ink.FORECAST, Shape.BARS),),
        levels=(Level(Decimal(97), "", Ink.REORDER),),
        unit="%",
        place_name=tr("Month"),
    )


def ages_picture(found: OperationsFigures) -> Picture:
    """Draw the backlog by age."""
    return Picture(
        tr("Open orders by age"),
        [tr(one) for one in AGES],
        (Series(tr("Orders"), [one.orders for one in found.backlog], Ink.FORECAST, Shape.BARS),),
        place_name=tr("Age"),
    )
