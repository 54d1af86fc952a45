"""The demand of the product under the highlight: picture, stock's end, accuracy, what was said by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout
from sqlalchemy import Connection

from app.services import demand_sheets
from app.services.demand_sheets import DemandSheet
from app.services.lists import ForecastRow
from app.views import format as written
from app.views.chart_card import ChartCard
from app.views.context import Context
from app.views.demand import commands
from app.views.demand.pictures import picture_of, share
from app.views.format import tr
from app.views.row_panel import RowPanel
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, Row
from app.views.widgets.side_panel import Section

WIDTH: Final = 600
CHART: Final = 340
TABLES: Final = ("forecast_run", "forecast_override", "demand_exclusion", "stock_level")


class DemandPanel(RowPanel[ForecastRow, DemandSheet]):
    """Shows one product's demand at a warehouse."""

    def __init__(self, context: Context) -> None:
        hint = context.messages.tr("Choose a product to see its demand and what is expected.")
        super().__init__(context, _reader(context.today), TABLES, hint)
        self.setFixedWidth(WIDTH)
        head = Section()
        self.name = Label("", Type.ITEM, wrap=True)
        title = QHBoxLayout()
        title.addWidget(self.name, 1)
        title.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        head.body.addLayout(title)
        self.where = Label("", Type.META, Tone.SOFT)
        head.body.addWidget(self.where)
        known = context.commands
        buttons = [ActionButton(known[one.id], one.icon) for one in (commands.OVERRIDE, commands.WISHES, commands.PLAN)]
        head.body.addWidget(Row(*buttons, None, gap=Space.SMALL))
        self.place(head)
        drawn = Section()
        self.card = ChartCard(context, narrow=True)
        self.card.setObjectName("")
        self.card.body.setContentsMargins(0, 0, 0, 0)
        self.card.chart.setMinimumHeight(CHART)
        drawn.body.addWidget(self.card)
        self.place(drawn)
        figures = Section()
        self.facts = Facts(3)
        figures.body.addWidget(self.facts)
        self.place(figures)
        self._said = Section(tr("Expected by hand"))
        self.said = Label("", Type.BODY, wrap=True)
        self._said.body.addWidget(self.said)
        self.place(self._said)

    def show_head(self, row: ForecastRow) -> None:
        """What the list knows."""
        self.name.setText(row.name)
        self.where.setText(f"{row.sku} · {row.warehouse}")

    def show_sheet(self, sheet: DemandSheet) -> None:
        """The picture and the figures."""
        made = written.day(sheet.made_on, self.context.today())
        note = tr("{} · error {}, naive {} · made {}").format(
            sheet.head.method.capitalize() if sheet.head.method[:1].islower() else sheet.head.method,
            share(sheet.head.wape),
            share(sheet.head.naive_wape),
            made,
        )
        self.card.show_picture(picture_of(sheet, self.context.today()), note)
        self.facts.set_facts(facts(sheet))
        self._said.setVisible(any(one.said is not None for one in sheet.ahead))
        self.said.setText("\n".join(_said_lines(sheet)))


def facts(sheet: DemandSheet) -> list[Fact]:
    """The figures of a forecast in words."""
    head, unit = sheet.head, sheet.head.unit
    expected = sum((one.point if one.said is None else one.said for one in sheet.ahead), Decimal(0))
    out = sheet.runs_out_on
    lasts = tr("beyond the forecast")
    added = sheet.value_added
    judged = tr("not judged yet") if added is None else _added(added.by_statistics, added.by_people)
    return [
        Fact(tr("On hand"), written.measured(sheet.here, unit)),
        Fact(tr("Runs out"), written.full_day(out) if out else lasts),
        Fact(tr("Days of cover"), str(sheet.cover_days) if out else tr("over {}").format(sheet.cover_days)),
        Fact(tr("Expected in all"), written.measured(round(expected, 1), unit)),
        Fact(tr("Kind of demand"), tr("{}, {} buckets of history").format(head.demand_class, head.history)),
        Fact(tr("Value and spread"), f"{head.value_class}{head.spread_class}"),
        Fact(tr("MASE, RMSSE"), f"{_ratio(head.mase)}, {_ratio(head.rmsse)}"),
        Fact(tr("Bias"), share(head.bias)),
        Fact(tr("Forecast value added"), judged),
    ]


def _added(by_statistics: Decimal, by_people: Decimal) -> str:
    return tr("statistics {}, people {}").format(share(by_statistics), share(by_people))


def _ratio(value: Decimal | None) -> str:
    return "–" if value is None else f"{round(value, 2)}"


def _said_lines(sheet: DemandSheet) -> list[str]:
    words = tr("From {}: {} instead of {}. {} ({})")
    return [
        words.format(
            written.full_day(one.starts_on),
            written.measured(one.said, sheet.head.unit),
            written.quantity(round(one.point, 1)),
            one.reason,
            one.by,
        )
        for one in sheet.ahead
        if one.said is not None
    ]


def _reader(today: Callable[[], date]) -> Callable[[Connection, UUID], DemandSheet]:
    def read(connection: Connection, forecast_id: UUID) -> DemandSheet:
        return demand_sheets.read(connection, forecast_id, today())

    return read
