"""Order points worked out from history: what they would have done last year, before anything is changed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from importlib import import_module
from typing import Any, Final

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.errors import UserError
from app.services import replenishment_rules
from app.services.database import Database
from app.services.progress import Progress
from app.services.replenishment_aims import Aim, Point, Study, Suggestion
from app.views import format as written
from app.views.chart_card import ChartCard
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.picture import Ink, Picture, Series, Shape
from app.views.replenishment import commands
from app.views.replenishment.tables import rule_columns
from app.views.rows_table import TickedRows
from app.views.screen import Group, Place, Screen, Target
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.fields import NumberField
from app.views.widgets.form import Form
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_frame import frame
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel

CHART_HEIGHT: Final = 250
USUAL: Final = Aim()


class RulesScreen(Screen):
    """The picture above, the order points below it, what they are to do at the side."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "replenishment_rules")
        self.bind(commands.STUDY, self.work_out)
        self.bind(commands.SET, self.use_ticked)
        self.found: Study | None = None
        self._lay_out()

    def visit(self, _target: Target) -> None:
        """Work them out the first time; then what was found stays until it is asked for anew."""
        if self.found is None:
            self.work_out()

    def aim(self) -> Aim | None:
        """What is typed at the side; None where it cannot be taken, which is said there."""
        level, cost, share = (field.value() for field in (self.level, self.order_cost, self.holding))
        if level is None or not 50 <= level < 100:
            self.banner.set_text(self.tr("Type the share to be served: from 50 to below 100 %."))
            return None
        if cost is None or cost < 0 or share is None or share <= 0:
            self.banner.set_text(
                self.tr("Type what an order costs, and what holding goods for a year does, above zero.")
            )
            return None
        return Aim(level / 100, cost, share / 100)

    def work_out(self) -> None:
        """Try every rule on the last year; nothing is changed."""
        aim = self.aim()
        if aim is None:
            return
        self.banner.set_text("")
        self.context.commands.allow(commands.SET.id, allowed=False)
        if self.found is None:
            self.stack.setCurrentIndex(2)
        work = partial(_study, database=self.context.database, at=self.context.now(), aim=aim)
        self.context.tasks.run_long(self, self.tr("Trying order points on last year…"), work, self._show, self._refused)

    def use_ticked(self) -> None:
        """Order by the ticked order points from now on."""
        chosen = self.rows.ticked()
        if not chosen:
            return
        rules = [one.rule for one in chosen]
        before = [one.before for one in chosen if one.before is not None]
        shelves = [(one.product_id, one.location_id) for one in rules]
        self.context.run(
            self,
            "replenishment.set",
            lambda tx: len(replenishment_rules.put(tx, rules)),
            said=_said,
            done=self._used,
            failed=self._refused,
            inverse=Inverse("replenishment.unset", lambda tx, _count: replenishment_rules.restore(tx, before, shelves)),
        )

    # inner -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        known = self.context.commands
        self.header = PageHeader(self.tr("Order points"), back=True)
        self.header.back_wanted.connect(self.context.navigator.back)
        self.header.add(
            ActionButton(known[commands.STUDY.id], "refresh-cw"),
            ActionButton(known[commands.SET.id], "check", Kind.PRIMARY),
        )
        self.banner = Banner()
        self.card = ChartCard(self.context)
        self.card.setMinimumHeight(CHART_HEIGHT)
        self.rows: TickedRows[Suggestion] = TickedRows(rule_columns(), _key)
        self.rows.ticks_changed.connect(self._count)
        self.view = ListView(self.rows, "replenishment_rules", two_lines=True)
        self.view.setAccessibleName(self.tr("Order points"))
        self.view.picked.connect(self._picked)
        empty = EmptyState(
            "chart-line",
            self.tr("Not enough is known yet"),
            self.tr("Order points are worked out from half a year of orders and more. Until then, set them by hand."),
        )
        self.stack = QStackedWidget()
        self.shown = QWidget()
        inside = QVBoxLayout(self.shown)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(Space.MEDIUM)
        inside.addWidget(self.card, 2)
        inside.addWidget(self.view, 3)
        self.why = Label("", Type.BODY, Tone.SOFT, wrap=True)
        inside.addWidget(self.why)
        self.stack.addWidget(self.shown)
        self.stack.addWidget(empty)
        self.stack.addWidget(
            EmptyState(
                "chart-line",
                self.tr("Trying order points on last year"),
                self.tr("Every rule is tried on what was wanted then; nothing is changed."),
            )
        )
        self.stack.setCurrentIndex(2)
        main = QVBoxLayout()
        main.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        main.addWidget(self.banner)
        main.addWidget(self.stack, 1)
        frame(self, self.header, main, self._side())

    def _side(self) -> QWidget:
        panel = SidePanel(RECORD_PANEL)
        panel.close_button.hide()
        section = Section(self.tr("What they are to do"))
        self.form = Form()
        self.level = NumberField(self.tr("From the shelf, %"), USUAL.level * 100)
        self.order_cost = NumberField(self.tr("An order costs"), USUAL.order_cost)
        self.holding = NumberField(self.tr("Holding a year, %"), USUAL.holding_share * 100)
        for name, field in (("level", self.level), ("order_cost", self.order_cost), ("holding", self.holding)):
            self.form.add(name, field.accessibleName(), field)
        section.body.addWidget(self.form)
        self.told = Label("", Type.META, Tone.FAINT, wrap=True)
        section.body.addWidget(self.told)
        panel.add(section, line=False)
        return panel

    def _show(self, found: Study) -> None:
        self.found = found
        self.rows.set_rows(found.suggestions)
        self.rows.check_all(checked=True)
        self.stack.setCurrentIndex(0 if found.suggestions else 1)
        if not found.suggestions:
            return
        self.card.show_picture(picture(found), _compared(found))
        self.told.setText(
            self.tr(
                "What was wanted in the last {} weeks of {} products at their warehouses. The rule they are set by was "
                "chosen by setting them anew as time went on. Goods count at what they cost from their supplier, "
                "else at the list price."
            ).format(found.weeks, found.items)
        )
        self.view.pick(0)
        self.view.setFocus()

    def _count(self) -> None:
        number = len(self.rows.ticked())
        total = len(self.found.suggestions) if self.found is not None else 0
        self.header.set_title(
            self.tr("Order points"), self.tr("{} of {} ticked").format(number, total) if total else ""
        )
        self.context.commands.allow(commands.SET.id, allowed=bool(number))

    def _picked(self, one: Suggestion | None) -> None:
        self.why.setText(one.rule.reason if one is not None else "")

    def _used(self, _count: int) -> None:
        self.found = None
        self.work_out()

    def _refused(self, error: UserError) -> None:
        self.banner.set_text(str(error), self.tr("Nothing was changed."))


def picture(found: Study) -> Picture:
    """Draw the share served against what the stock is worth: all that was possible, today's rules, the proposed."""
    marked = [point for point in (found.today, found.proposed) if point is not None]
    line = {point.worth: Decimal(point.served) / 10 for point in found.line}
    places = sorted({*line, *(point.worth for point in marked)})
    course = [_between(line, place) for place in places]

    def dot(point: Point | None) -> list[Decimal | None]:
        here = point.worth if point is not None else None
        return [Decimal(point.served) / 10 if point is not None and place == here else None for place in places]

    series = [
        Series(tr("What was possible"), course, Ink.ACTUAL, Shape.LINE),
        Series(tr("Proposed"), dot(found.proposed), Ink.FORECAST, Shape.DOTS),
    ]
    if found.today is not None:
        series.append(Series(tr("Today's order points"), dot(found.today), Ink.REORDER, Shape.DOTS))
    return Picture(
        tr("Served from the shelf, by what the stock is worth"),
        places,
        series,
        unit="%",
        decimals=1,
        from_zero=False,
        place_name=tr("Stock worth"),
    )


def _between(line: dict[int, Decimal], place: int) -> Decimal | None:
    """Give the height of a line at a place between two of its corners; None outside."""
    if place in line:
        return line[place]
    below = max((one for one in line if one < place), default=None)
    above = min((one for one in line if one > place), default=None)
    if below is None or above is None:
        return None
    part = Decimal(place - below) / Decimal(above - below)
    return round(line[below] + part * (line[above] - line[below]), 1)


def _compared(found: Study) -> str:
    def write(point: Point) -> str:
        share, worth = written.amount(Decimal(point.served) / 10, 1), written.amount(Decimal(point.worth), 0)
        return tr("{} % for {}").format(share, worth)

    told = tr("Proposed: {}").format(write(found.proposed)) if found.proposed is not None else ""
    if found.today is None:
        return tr("{}. No order points yet.").format(told)
    return tr("{}. Today: {}.").format(told, write(found.today))


def _key(one: Suggestion) -> Any:
    return one.rule.product_id, one.rule.location_id


def _said(count: int) -> str:
    return written.counted(count, "1 order point is set.", "{} order points are set.")


def _study(progress: Progress, database: Database, at: datetime, aim: Aim) -> Study:
    worker: Any = import_module("app.services.replenishment_study")  # brings numpy: not before it is needed
    found: Study = database.read(lambda connection: worker.study(connection, at, aim, progress))
    return found


PLACE: Final = Place(
    "replenishment_rules",
    "Order points",
    "chart-line",
    Group.HIDDEN,
    RulesScreen,
    kinds=("replenishment_rules",),
    commands=commands.RULE_COMMANDS,
)
