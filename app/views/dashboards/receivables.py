"""The receivables board: what is open by how long it is overdue, by whom, and how long customers take to pay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from app.services.ageing import Aged
from app.services.analytics import receivable_figures
from app.services.analytics.receivable_figures import ReceivableFigures
from app.services.analytics.spans import Span
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dashboards.board import Board, TableCard
from app.views.figure_words import DASH, one_decimal, rate, short_money
from app.views.format import tr
from app.views.picture import Ink, Picture, Series, Shape
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.labels import Label

CLASSES: Final = ("not due", "1 to 30 days", "31 to 60", "61 to 90", "over 90")


class ReceivablesBoard(Board[ReceivableFigures]):
    """Who owes what, and since when."""

    id = "receivables"
    title = "Receivables"
    tables = ("invoice", "payment", "allocation", "journal_entry")
    takes_period = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._found: ReceivableFigures | None = None
        self.held, self.overdue, self.days, self.customers = self.key_figures(
            (self.tr("Receivables"), partial(context.open, "invoices", tab="open")),
            (self.tr("Overdue"), partial(context.open, "invoices", tab="overdue")),
            (self.tr("Days sales outstanding"), partial(context.open, "invoices", tab="open")),
            (self.tr("Customers overdue"), partial(context.open, "receivables")),
        )
        self.ages_chart, self.held_chart = self.charts(2, 3)
        self.ages_chart.chart.place_chosen.connect(self.open_class)
        self.table: TableCard[Aged] = TableCard(context, self.tr("By customer"), "aged_customers", self._columns())
        self.table.head.addWidget(Label(self.tr("By customer"), Type.CARD), 1)
        self.table.head.addWidget(self.table.save_button)
        self.table.view.opened.connect(self.open_customer)
        self.column.addWidget(self.table, 1)

    def reading(self, span: Span, now: datetime) -> Callable[[Connection], ReceivableFigures]:
        """Read the figures as at today; the period does not matter."""
        return partial(receivable_figures.read, on=now.astimezone().date())

    def show_found(self, found: ReceivableFigures) -> bool:
        """Show it."""
        self._found = found
        self.held.set_figure(*short_money(found.held, found.currency), "", self.tr("as the ledger holds them"))
        total = sum(found.classes, Decimal(0))
        share = rate(Fraction(found.overdue) / Fraction(total)) if total > 0 else DASH
        self.overdue.set_figure(
            *short_money(found.overdue, found.currency),
            f"{share} %",
            self.tr("of what is open"),
            Tone.BAD if found.overdue else Tone.OK,
        )
        now, before = found.days[-1], found.days[-2]
        note = self.tr("a month ago {}").format(one_decimal(before)) if before is not None else ""
        self.days.set_figure(
            one_decimal(now) if now is not None else DASH, self.tr("days") if now is not None else "", "", note
        )
        late = sum(one.overdue > 0 for one in found.rows)
        self.customers.set_figure(str(late), self.tr("of {}").format(len(found.rows)))
        self.ages_chart.show_picture(ages_picture(found), self.tr("What is owed in {}").format(found.currency))
        self.held_chart.show_picture(held_picture(found), self.tr("At the end of each month, all currencies"))
        self.table.set_rows(found.rows)
        return not found.is_empty

    def open_class(self, number: int) -> None:
        """Show the invoices that are overdue, or all open ones."""
        self.context.open("invoices", tab="overdue" if number else "open")

    def open_customer(self, row: Aged) -> None:
        """Show what a customer has not paid."""
        self.invoices(("customer", row.customer, row.customer_id), tab="open")

    def _columns(self) -> tuple[Column[Aged], ...]:
        def owed(place: int) -> Callable[[Aged], Cell]:
            return partial(_class, place=place)

        return (
            Column[Aged]("customer", self.tr("Customer"), lambda row: cells.text(row.customer), 200, stretch=True),
            Column[Aged]("currency", "", lambda row: cells.text(row.currency, tone=Tone.SOFT), 54),
            *(
                Column[Aged](f"class_{n}", tr(words).capitalize(), owed(n), 100, right=True)
                for n, words in enumerate(CLASSES)
            ),
            Column[Aged]("on_account", self.tr("On account"), lambda row: _money(row.on_account), 100, right=True),
            Column[Aged]("total", self.tr("Total"), lambda row: cells.amount(row.total), 110, right=True),
        )


def ages_picture(found: ReceivableFigures) -> Picture:
    """Draw what is open by how long it is overdue."""
    return Picture(
        tr("Open by days overdue"),
        [tr(one) for one in CLASSES],
        (Series(tr("Open"), list(found.classes), Ink.FORECAST, Shape.BARS),),
        unit=found.currency,
        decimals=2,
        place_name=tr("Overdue"),
    )


def held_picture(found: ReceivableFigures) -> Picture:
    """Draw what was owed at the end of each month."""
    return Picture(
        tr("Receivables"),
        [f"{written.month(month)} {month:%y}" for month in found.months],
        (Series(tr("Receivables"), list(found.open_at), Ink.FORECAST, Shape.THICK),),
        unit=found.currency,
        decimals=2,
        place_name=tr("Month"),
    )


def _class(row: Aged, place: int) -> Cell:
    return _money(row.classes[place], Tone.BAD if place and row.classes[place] > 0 else Tone.TEXT)


def _money(value: Decimal, tone: Any = Tone.TEXT) -> Cell:
    return cells.amount(value, strong=False, tone=tone) if value else cells.text(DASH, tone=Tone.FAINT)
