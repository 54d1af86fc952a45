"""Today: key figures, orders per week, what needs you, what happened, and open orders by stage."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services import orders, today
from app.services.today import Day, KeyFigures, Need, Sums, Weeks
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context
from app.views.figure_words import GOAL, THOUSAND, change_of, one_decimal, points_of, short_money
from app.views.screen import Group, Place, Screen, Target
from app.views.sentences import entry
from app.views.theme import Type
from app.views.today.cards import Stages
from app.views.today.chart import WeekChart
from app.views.today.needs import sentence
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.cards import Card, NeedsYou, OpeningFigure
from app.views.widgets.labels import Label, Row
from app.views.widgets.page_header import PageHeader
from app.views.widgets.timeline import ENTRY, Timeline

TABLES: Final = (
    "sales_order",
    "shipment",
    "invoice",
    "payment",
    "allocation",
    "quote",
    "quote_approval",
    "goods_return",
    "stock_level",
    "pick",
    "bank_line",
)
READ_AFTER_MS: Final = 400
NEED: Final = 39
LEAST_SHOWN: Final = 5


class TodayScreen(Screen):
    """The first page of the day."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "today")
        self.day: Day | None = None
        self._weeks_of: date | None = None
        self._timer = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._timer.timeout.connect(self.reload)
        self._lay_out()
        context.tasks.changed.connect(self._changed)

    def visit(self, target: Target) -> None:
        """Read the day anew."""
        self.reload()

    def reload(self) -> None:
        """Read the figures, and once a day the weeks."""
        now = self.context.now()
        self.header.set_title(self.tr("Today"), written.full_day(self.context.today()))
        self.context.tasks.read(self, partial(_day, now=now), self._show)
        if self._weeks_of != self.context.today():
            self.context.tasks.read(self, partial(_weeks, day=self.context.today()), self._show_weeks)

    # building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        inner = QWidget()
        inner.setObjectName("canvas")
        column = QVBoxLayout(inner)
        column.setContentsMargins(Space.PAGE, 0, Space.PAGE, Space.PAGE)
        column.setSpacing(Space.MEDIUM)
        self.header = PageHeader(self.tr("Today"))
        self.header.setContentsMargins(-Space.PAGE, 0, -Space.PAGE, 0)
        new = Button(self.tr("New order"), "plus", Kind.PRIMARY)
        new.clicked.connect(partial(self.context.open, "new_order"))
        self.header.add(new)
        column.addWidget(self.header)
        column.addLayout(self._figures())
        column.addWidget(self._chart(), 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(Space.MEDIUM)
        self.needs = Card(self.tr("Needs you"))
        self._needs = QVBoxLayout()
        self._needs.setSpacing(0)
        self.needs.body.addLayout(self._needs)
        self.needs.body.addStretch(1)
        activity = Card(self.tr("Recent activity"))
        self.timeline = Timeline()
        activity.body.addWidget(self.timeline)
        activity.body.addStretch(1)
        stages = Card(self.tr("Open orders by stage"))
        self.stages = Stages()
        self.stages.opened.connect(self._open_stage)
        stages.body.addSpacing(Space.TINY)
        stages.body.addWidget(self.stages)
        stages.body.addStretch(1)
        self.open_orders = stages.note
        for card, share in ((self.needs, 5), (activity, 4), (stages, 3)):
            bottom.addWidget(card, share)
        column.addLayout(bottom)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        outer.addWidget(area)

    def _figures(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        self.to_ship = OpeningFigure(self.tr("Orders to ship today"))
        self.open_value = OpeningFigure(self.tr("Open order value"))
        self.on_time = OpeningFigure(self.tr("Shipped on time, 30 d"))
        self.overdue = OpeningFigure(self.tr("Overdue receivables"))
        for figure, place, tab in (
            (self.to_ship, "orders", "due"),
            (self.open_value, "orders", "open"),
            (self.on_time, "shipments", "shipped"),
            (self.overdue, "invoices", "overdue"),
        ):
            figure.opened.connect(partial(self.context.open, place, tab=tab))
            row.addWidget(figure, 1)
        return row

    def _chart(self) -> Card:
        card = Card()
        self.chart_note = Label("", Type.META, Tone.SOFT)
        legend = Row(Label("—", Type.META_BOLD, Tone.ACCENT), Label(self.tr("Last 53 weeks"), Type.META, Tone.SOFT))
        before = Row(Label("- -", Type.META_BOLD, Tone.FAINT), Label(self.tr("Year before"), Type.META, Tone.SOFT))
        titles = QVBoxLayout()
        titles.setSpacing(0)
        titles.addWidget(Label(self.tr("Orders taken per week"), Type.CARD))
        titles.addWidget(self.chart_note)
        head = QHBoxLayout()
        head.setSpacing(Space.LARGE)
        head.addLayout(titles)
        head.addStretch(1)
        head.addWidget(legend)
        head.addWidget(before)
        card.body.addLayout(head)
        self.chart = WeekChart()
        card.body.addWidget(self.chart, 1)
        return card

    # showing -----------------------------------------------------------------------------------

    def _show(self, day: Day) -> None:
        self.day = day
        self._show_figures(day.figures)
        self._show_needs(day.needs)
        self.stages.show_stages(day.stages)
        self.open_orders.setText(str(sum(one.count for one in day.stages)))
        now = self.context.now()
        shown = max(len(day.needs) * NEED // ENTRY, LEAST_SHOWN)
        self.timeline.set_entries([entry(one, now) for one in day.happenings[:shown]])

    def _show_figures(self, figures: KeyFigures) -> None:
        all_today = figures.to_ship + figures.shipped_today
        late = self.tr("{} late").format(figures.late) if figures.late else self.tr("none late")
        self.to_ship.set_figure(
            str(figures.to_ship),
            self.tr("of {}").format(all_today) if figures.shipped_today else "",
            late,
            self.tr("{} packed").format(figures.packed),
            Tone.BAD if figures.late else Tone.OK,
        )
        amount, unit, others = _money(figures.open_value)
        change, tone = change_of(figures.ordered_week, figures.ordered_week_before)
        self.open_value.set_figure(amount, unit, change, others or self.tr("new orders, 7 d"), tone)
        self._show_on_time(figures)
        amount, unit, others = _money(figures.overdue)
        words = self.tr("1 invoice") if figures.overdue_count == 1 else self.tr("{} invoices")
        oldest = (self.context.today() - figures.oldest_overdue).days if figures.oldest_overdue else 0
        note = self.tr("oldest {} d").format(oldest) if oldest else self.tr("nothing overdue")
        count = words.format(figures.overdue_count) if figures.overdue_count else ""
        self.overdue.set_figure(amount, unit, count, " · ".join(part for part in (note, others) if part), Tone.BAD)

    def _show_on_time(self, figures: KeyFigures) -> None:
        rate, before = figures.on_time, figures.on_time_before
        if rate is None:
            self.on_time.set_figure("–", "", "", self.tr("nothing was due"))
            return
        tone = Tone.OK if rate >= GOAL else Tone.WARN
        self.on_time.set_figure(one_decimal(rate * 100), "%", points_of(rate, before), self.tr("goal 97 %"), tone)

    def _show_needs(self, needs: tuple[Need, ...]) -> None:
        while (item := self._needs.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.needs.note.setText(str(len(needs)) if needs else "")
        if not needs:
            self._needs.addWidget(Label(self.tr("Nothing waits for you. Well done."), Type.BODY, Tone.SOFT))
        for need in needs:
            said = sentence(need, self.context.today())
            button = Button(said.button, small=True)
            button.setAccessibleName(f"{said.button}: {said.title}")
            button.clicked.connect(partial(self._act, need))
            self._needs.addWidget(NeedsYou(said.icon, said.title, said.text, button, tone=said.tone))

    def _show_weeks(self, weeks: Weeks) -> None:
        self._weeks_of = self.context.today()
        self.chart.show_weeks(weeks)
        total, before = sum(weeks.values, Decimal(0)), sum(weeks.year_before, Decimal(0))
        change, _ = change_of(total, before)
        money = f"{written.quantity(round(total / THOUSAND, 1))} k {weeks.currency}"
        words = self.tr("{} in 53 weeks").format(money)
        self.chart_note.setText(" · ".join(part for part in (words, change and f"{change} vs year before") if part))

    # acting ------------------------------------------------------------------------------------

    def _act(self, need: Need) -> None:
        said = sentence(need, self.context.today())
        if need.kind == "backorder" and need.record_id is not None:
            self._reserve(need.record_id, need.number)
        elif need.record_id is not None:
            self.context.open(said.place, need.record_id)
        else:
            self.context.open(said.place, tab=said.tab)

    def _reserve(self, order_id: UUID, number: str) -> None:
        self.context.run(
            self,
            "order.reserve",
            partial(_reserve, order_id=order_id),
            said=self.tr("Stock is promised to {}.").format(number),
            done=self._reserved,
        )

    def _reserved(self, _: Any) -> None:
        self.reload()

    def _open_stage(self, stage: str) -> None:
        self.context.open("orders", tab="all", stage=stage)

    def _changed(self, changes: Any) -> None:
        if self.isVisible() and changes.touch(*TABLES):
            self._timer.start()


def _money(sums: Sums) -> tuple[str, str, str]:
    """Write sums by currency: figure, its unit, and the other currencies in a few words."""
    currency, own = sums[0]
    others = " · ".join(f"+ {written.quantity(round(value, 0))} {code}" for code, value in sums[1:])
    return *short_money(own, currency), others


def _day(connection: Connection, now: datetime) -> Day:
    return today.read(connection, now)


def _weeks(connection: Connection, day: date) -> Weeks:
    return today.weeks(connection, day)


def _reserve(tx: Transaction, order_id: UUID) -> str:
    return orders.reserve(tx, order_id)


PLACE: Final = Place("today", "Today", "layout-dashboard", Group.TOP, TodayScreen)
