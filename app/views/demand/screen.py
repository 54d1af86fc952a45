"""Demand: the forecasts of the last run, exceptions first, and what can be said of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.errors import UserError
from app.models.product import shown
from app.services import demand_forecasts, demand_history, products
from app.services.database import Database
from app.services.demand_forecasts import Plan
from app.services.demand_history import Wish
from app.services.lists import FORECASTS, ForecastRow
from app.services.progress import Progress
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.demand import commands
from app.views.demand.accuracy import AccuracyDialog
from app.views.demand.dialogs import EventDialog, OverrideDialog, PlanDialog, WishesDialog
from app.views.demand.panel import DemandPanel
from app.views.demand.pictures import share
from app.views.list_screen import ListScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.screen import Group, Place, Target
from app.views.tokens import Tone
from app.views.widgets.record_field import Choice

YEARS_BACK: Final = 3
FAR_OFF: Final = 3650
CHANGED: Final = Fraction(1, 4)


def _spec(today: date) -> ListSpec[ForecastRow]:
    def out(row: ForecastRow) -> Cell:
        return cells.due(row.runs_out_on, today)

    return ListSpec(
        listing=FORECASTS,
        columns=(
            Column[ForecastRow]("name", "Item", _item, 170, sort="name", stretch=True),
            Column[ForecastRow]("classes", "Class", lambda row: cells.code(row.classes), 62, sort="classes"),
            Column[ForecastRow]("expected", "Expected", _expected, 86, right=True),
            Column[ForecastRow]("change", "Change", _change, 80, right=True),
            Column[ForecastRow]("wape", "Error", _error, 70, sort="wape", right=True),
            Column[ForecastRow]("bias", "Bias", lambda row: cells.text(share(row.bias)), 78, sort="bias", right=True),
            Column[ForecastRow]("runs_out_on", "Runs out", out, 88, sort="runs_out_on"),
            Column[ForecastRow](
                "method", "Method", lambda row: cells.text(row.method, tone=Tone.SOFT), 130, hidden=True
            ),
        ),
        nouns=("forecast", "forecasts"),
        search_hint="SKU, name, category…",
        tabs=(
            Tab("exceptions", "Exceptions", {}, "rank", counted=False),
            Tab("out", "Runs out", {"out": "yes"}, "runs_out_on"),
            Tab("over", "Too high", {"over": "yes"}, "-bias"),
            Tab("under", "Too low", {"under": "yes"}, "bias"),
            Tab("worse", "Worse", {"worse": "yes"}),
        ),
        filters=(
            Filter("value_class", "Value", tuple(Option(one, one, one) for one in "ABC")),
            Filter("spread_class", "Spread", tuple(Option(one, one, one) for one in "XYZ")),
            Filter(
                "demand_class",
                "Demand",
                tuple(Option(one, one, one) for one in ("smooth", "erratic", "intermittent", "lumpy", "new")),
            ),
            Filter("out", "Stock", (Option("yes", "runs out", True),)),
            Filter("over", "Bias", (Option("yes", "over 20 % too high", True),)),
            Filter("under", "Bias down", (Option("yes", "over 20 % too low", True),)),
            Filter("worse", "Error", (Option("yes", "worse than naive", True),)),
        ),
        two_lines=True,
    )


class DemandScreen(ListScreen[ForecastRow]):
    """Forecasts with their pictures."""

    kind = "forecast"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "demand")
        self.bind_all(
            (commands.RUN, self.run),
            (commands.OVERRIDE, self.override),
            (commands.WISHES, self.show_wishes),
            (commands.PLAN, self.plan),
            (commands.EVENT, self.add_event),
            (commands.ACCURACY, self.show_accuracy),
        )
        self.panel = DemandPanel(context)
        self.show_list(self.tr("Demand"), _spec(context.today()), self.panel)
        self.list.always_pick()
        self.add_buttons((commands.ACCURACY, "percent"), (commands.EVENT, "plus"), new=commands.RUN)
        self.set_empty(
            "chart-line",
            self.tr("Nothing is forecast yet"),
            self.tr(
                "A forecast reads what customers ordered, week by week, chooses for each product the method that would "
                "have been right most often, and says when stock runs out. It takes a minute and changes nothing else."
            ),
            commands.RUN,
        )
        context.tasks.changed.connect(self._changed)
        self._read_run()

    # commands ----------------------------------------------------------------------------------

    def run(self) -> None:
        """Forecast everything, in a process of its own."""
        op = partial(_forecast, self.context.database, self.context.tasks.by, self.context.now(), self.context.today())
        self.context.tasks.run_long(self, self.tr("Forecasting demand…"), op, self._made, self._refused)

    def override(self) -> None:
        """Say what is expected instead, of the bucket under the chart's cursor or the next one."""
        sheet = self.panel.sheet
        if sheet is not None and sheet.ahead:
            chart = self.panel.card.chart
            place = chart.cursor_place - len(sheet.history)
            starts_on = sheet.ahead[place].starts_on if 0 <= place < len(sheet.ahead) else None
            OverrideDialog(self.context, sheet, starts_on, parent=self).open()

    def show_wishes(self) -> None:
        """Show the order lines behind the current product's demand."""
        self.with_row(self._read_wishes)

    def plan(self) -> None:
        """Say which product the current one sells like, and when it ends."""
        self.with_row(self._read_plan)

    def add_event(self) -> None:
        """Add an event."""
        EventDialog(self.context, find_goods, parent=self).open()

    def show_accuracy(self) -> None:
        """Show how far off forecasts were."""
        self.context.tasks.read(self, demand_forecasts.latest_run, self._show_accuracy)

    # what is asked of it -----------------------------------------------------------------------

    def show_asked(self, target: Target) -> None:
        """Show the list, or what it says of a product."""
        text = target.option("text", "")
        if text:
            self.list.show_query(tab="exceptions", text=text)
        else:
            super().show_asked(target)

    def open_row(self, row: ForecastRow) -> None:
        """Enter puts the keyboard into the picture."""
        self.panel.card.chart.setFocus()

    # inner -------------------------------------------------------------------------------------

    def _made(self, _run_id: UUID) -> None:
        self.context.messages.say(self.tr("The forecast is made. What needs you stands first."))
        self.list.reload()
        self._read_run()

    def _refused(self, error: UserError) -> None:
        self.context.messages.error(error)

    def _read_wishes(self, row: ForecastRow) -> None:
        today = self.context.today()
        first, last = today - timedelta(days=366 * YEARS_BACK), today + timedelta(days=FAR_OFF)
        read = partial(demand_history.wishes, product_id=row.product_id, first=first, last=last)
        self.context.tasks.read(self, read, partial(self._show_wishes, row))

    def _show_wishes(self, row: ForecastRow, wishes: list[Wish]) -> None:
        WishesDialog(self.context, row, wishes, parent=self).open()

    def _read_plan(self, row: ForecastRow) -> None:
        read = partial(_plan, product_id=row.product_id)
        self.context.tasks.read(self, read, partial(self._show_plan, row))

    def _show_plan(self, row: ForecastRow, found: tuple[Plan, Choice | None]) -> None:
        PlanDialog(self.context, row, *found, find_goods, parent=self).open()

    def _show_accuracy(self, run: Any) -> None:
        if run is None:
            self.context.messages.say(self.tr("Nothing is forecast yet. Make a forecast first."))
        else:
            AccuracyDialog(self.context, run.id, parent=self).open()

    def _changed(self, changes: Any) -> None:
        if changes.touch("forecast_run"):
            self.list.reload()
            self._read_run()

    def _read_run(self) -> None:
        self.context.tasks.read(self, demand_forecasts.latest_run, self._show_run)

    def _show_run(self, run: Any) -> None:
        if run is not None:
            made = written.when(run.at, self.context.now())
            self.list.header.set_note(self.tr("Made {} by {}").format(made, run.by))


def find_goods(connection: Connection, text: str) -> list[Choice]:
    """Find goods by what is typed."""
    return [
        Choice(one.id, one.name, one.unit, one.sku)
        for one in products.find(connection, text, 12)
        if one.kind == "goods"
    ]


def _forecast(database: Database, by: str, at: datetime, today: date, progress: Progress) -> UUID:
    return demand_forecasts.run(database, by=by, at=at, today=today, progress=progress)


def _plan(connection: Connection, product_id: UUID) -> tuple[Plan, Choice | None]:
    plan = demand_forecasts.plan_of(connection, product_id)
    if plan.analogue_id is None:
        return plan, None
    like = products.get(connection, plan.analogue_id)
    return plan, Choice(like.id, like.name, like.unit, like.sku)


def _item(row: ForecastRow) -> Cell:
    return cells.two_lines(row.name, row.sku)


def _expected(row: ForecastRow) -> Cell:
    return cells.text(f"{shown(Fraction(round(Fraction(row.expected, row.grain) * 10), 10))}", strong=True)


def _change(row: ForecastRow) -> Cell:
    change = row.change
    if change is None:
        return cells.text(cells.DASH, tone=Tone.FAINT)
    sign = "+" if change > 0 else written.MINUS if change < 0 else ""
    tone = Tone.TEXT if abs(change) >= CHANGED else Tone.SOFT
    return cells.text(f"{sign}{abs(round(change * 100))} %", tone=tone, strong=abs(change) >= CHANGED)


def _error(row: ForecastRow) -> Cell:
    worse = row.wape is not None and row.naive_wape is not None and row.wape > row.naive_wape
    return cells.text(share(row.wape), tone=Tone.WARN if worse else Tone.TEXT)


PLACE: Final = Place(
    "demand",
    "Demand",
    "chart-line",
    Group.PLAN,
    DemandScreen,
    kinds=("forecast",),
    tables=("forecast_run",),
    commands=commands.COMMANDS,
)
