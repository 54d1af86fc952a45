"""What people say of demand: another quantity, lines that do not count, an event, a product that is new or ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.models.product import shown, to_grains
from app.services import demand_forecasts, demand_history
from app.services.demand_forecasts import ForecastPeriod, NewEvent, Plan
from app.services.demand_history import Wish
from app.services.demand_sheets import DemandSheet, Expected
from app.services.lists import ForecastRow
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import CHECK, Cell, Column
from app.views.context import Context, Inverse
from app.views.demand.pictures import PER
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.rows_table import TickedRows
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, Field, NumberField, QuantityField
from app.views.widgets.list_view import ListView
from app.views.widgets.record_field import Choice, Find, RecordField

ROWS_HEIGHT: Final = 360
ONE: Final = Fraction(1)
"""Quantities of demand are typed in stock units."""


class OverrideDialog(FormDialog):
    """Says what is expected in one bucket instead of the statistics, and why; empty takes it back."""

    def __init__(self, context: Context, sheet: DemandSheet, starts_on: date | None, *, parent: QWidget) -> None:
        about = tr(
            "The statistics stay beside it. When the {} is over, both are judged by what was wanted. Leave the "
            "quantity empty to go by the statistics again."
        ).format(tr(PER[sheet.bucket]))
        title = tr("What do you expect of {}?").format(sheet.head.sku)
        super().__init__(context, title, tr("Expect it"), about=about, parent=parent)
        self._sheet = sheet
        self.period = QComboBox()
        for one in sheet.ahead:
            self.period.addItem(_period_words(one), one)
        known = [one.starts_on for one in sheet.ahead]
        self.period.setCurrentIndex(known.index(starts_on) if starts_on in known else min(1, len(known) - 1))
        self.quantity = QuantityField(tr("Quantity"), decimals=4)
        self.reason = Field(tr("Reason"))
        self.form.add("starts_on", tr("From"), self.period)
        self.form.add("quantity", tr("Expected, {}").format(sheet.head.unit), self.quantity)
        self.form.add("reason", tr("Reason"), self.reason, tr("E.g. Harbor & Finch opens a branch."))
        self.period.currentIndexChanged.connect(self._show_known)
        self._show_known()
        self.quantity.setFocus()

    def submit(self) -> None:
        """Keep it."""
        one: Expected = self.period.currentData()
        head, typed, reason = self._sheet.head, self.quantity.value(), self.reason.text()
        period = ForecastPeriod(head.product_id, head.location_id, self._sheet.bucket, one.starts_on)
        try:
            grains = None if typed is None else to_grains(typed, ONE, head.grain)
        except Invalid as error:
            self.form.show_error(error)
            return
        before = None if one.said is None else to_grains(one.said, ONE, head.grain)
        back = Inverse("forecast.override", _taking_back(period, before, one.reason or tr("taken back")))
        day = written.full_day(one.starts_on)
        said = tr("{} is expected by the statistics from {} on.").format(head.sku, day)
        if typed is not None:
            said = tr("{} {} are expected from {} on.").format(written.quantity(typed), head.unit, day)
        self.run(
            "forecast.override",
            lambda tx: demand_forecasts.override(tx, period, grains, reason),
            said,
            inverse=back,
        )

    def _show_known(self, *_changed: object) -> None:
        one: Expected | None = self.period.currentData()
        if one is not None:
            self.quantity.set_value(one.said)
            self.reason.setText(one.reason)


def _taking_back(period: ForecastPeriod, before: int | None, reason: str) -> Callable[[Transaction, object], UUID]:
    return lambda tx, _: demand_forecasts.override(tx, period, before, reason)


def _period_words(one: Expected) -> str:
    words = tr("{}: {} expected, 80 % between {} and {}")
    figures = (written.quantity(round(figure, 1)) for figure in (one.point, one.low_80, one.high_80))
    return words.format(written.full_day(one.starts_on), *figures)


class WishesDialog(FormDialog):
    """The order lines behind a product's demand; ticked ones are left out, with a reason, or taken in again."""

    def __init__(self, context: Context, row: ForecastRow, wishes: Sequence[Wish], *, parent: QWidget) -> None:
        about = tr(
            "Everything ordered counts, shipped or not. Tick what says nothing about the future, e.g. a project of "
            "once, and say why. Ticked lines that are left out already count again."
        )
        super().__init__(context, tr("Order lines of {}").format(row.sku), tr("Leave out"), about=about, parent=parent)
        self.setMinimumWidth(760)
        self.rows: TickedRows[Wish] = TickedRows(_WISH_COLUMNS, lambda one: one.line_id)
        self.view = ListView(self.rows, "demand_wishes")
        self.view.setAccessibleName(tr("Order lines"))
        self.view.setMinimumHeight(ROWS_HEIGHT)
        self.rows.set_rows(list(wishes))
        self.rows.ticks_changed.connect(self._ticked)
        self.body.addWidget(self.view)
        self.reason = Field(tr("Reason"))
        self.form.add("reason", tr("Reason"), self.reason, tr("E.g. Hotel project, ordered once."))
        if wishes:
            self.view.pick(0)
        self._ticked()

    def submit(self) -> None:
        """Leave the ticked lines out; or take them in, where all of them are out already."""
        chosen = self.rows.ticked()
        line_ids, reason = [one.line_id for one in chosen], self.reason.text()
        if not chosen:
            self.form.show_error(Invalid("reason", tr("Tick the lines that are meant first: Space ticks one.")))
            return
        if all(one.left_out for one in chosen):
            self.run("demand.take_in", lambda tx: demand_history.take_in(tx, line_ids), tr("They count again."))
            return
        said = tr("Left out. The next forecast is made without them.")
        back = Inverse("demand.take_in", lambda tx, _: demand_history.take_in(tx, line_ids))
        op = partial(_leave_out, line_ids=line_ids, reason=reason)
        self.run("demand.leave_out", op, said, inverse=back)

    def _ticked(self, *_changed: object) -> None:
        chosen = self.rows.ticked()
        out = bool(chosen) and all(one.left_out for one in chosen)
        self.go.set_text(tr("Count again") if out else tr("Leave out"))


def _leave_out(tx: Transaction, line_ids: Sequence[UUID], reason: str) -> int:
    return demand_history.leave_out(tx, line_ids, reason)


class EventDialog(FormDialog):
    """Adds an event: days, percent, and which products it concerns."""

    def __init__(self, context: Context, find: Find, *, parent: QWidget) -> None:
        about = tr(
            "Demand of its days is read without its effect, and forecasts are made with it. Without a product or a "
            "category it concerns everything."
        )
        super().__init__(context, tr("Add an event"), tr("Add it"), about=about, parent=parent)
        self.name = Field(tr("Name"))
        self.starts_on = DateField(tr("First day"), context.today)
        self.ends_on = DateField(tr("Last day"), context.today)
        self.percent = NumberField(tr("Percent"))
        self.product = RecordField(tr("Product"), context.tasks, find)
        self.category = Field(tr("Category"))
        self.form.add("name", tr("Name"), self.name)
        self.form.add("starts_on", tr("First day"), self.starts_on)
        self.form.add("ends_on", tr("Last day"), self.ends_on)
        self.form.add("percent", tr("Percent more"), self.percent, tr("Below zero where less is wanted."))
        self.form.add("product_id", tr("Product"), self.product)
        self.form.add("category", tr("Or category"), self.category)

    def submit(self) -> None:
        """Add it."""
        first, last, percent = self.starts_on.value(), self.ends_on.value(), self.percent.value()
        if first is None or last is None:
            missing = "starts_on" if first is None else "ends_on"
            self.form.show_error(Invalid(missing, tr("Type the first and the last day.")))
            return
        if percent is None:
            self.form.show_error(Invalid("percent", tr("Type how many percent more are wanted.")))
            return
        choice = self.product.choice()
        new = NewEvent(self.name.text(), first, last, percent, choice.id if choice else None, self.category.text())
        said = tr("{} is in the next forecast.").format(new.name)
        back = Inverse("demand.drop_event", demand_forecasts.drop_event)
        self.run("demand.add_event", lambda tx: demand_forecasts.add_event(tx, new), said, inverse=back)


class PlanDialog(FormDialog):
    """Says which product a new one sells like, and when one ends."""

    def __init__(
        self, context: Context, row: ForecastRow, plan: Plan, like: Choice | None, find: Find, *, parent: QWidget
    ) -> None:
        about = tr(
            "While a product has fewer than eight weeks of its own, it is forecast like another one. After its last "
            "day nothing is expected any more."
        )
        super().__init__(context, tr("New or ending: {}").format(row.sku), tr("Keep it"), about=about, parent=parent)
        self._row, self._before = row, plan
        self.analogue = RecordField(tr("Sells like"), context.tasks, find)
        if like is not None:
            self.analogue.set_choice(like)
        self.percent = NumberField(tr("Percent"), plan.analogue_percent)
        self.ends_on = DateField(tr("Last day"), context.today, plan.ends_on)
        self.form.add("analogue_id", tr("Sells like"), self.analogue)
        self.form.add("analogue_percent", tr("Percent of it"), self.percent)
        self.form.add("ends_on", tr("Last day"), self.ends_on)

    def submit(self) -> None:
        """Keep it."""
        choice, before, product_id = self.analogue.choice(), self._before, self._row.product_id
        plan = Plan(choice.id if choice else None, self.percent.value() or Decimal(100), self.ends_on.value())
        said = tr("The next forecast of {} is made with it.").format(self._row.sku)
        back = Inverse("demand.plan", lambda tx, _: demand_forecasts.set_plan(tx, product_id, before))
        self.run("demand.plan", lambda tx: demand_forecasts.set_plan(tx, product_id, plan), said, inverse=back)


def _wish_order(one: Wish) -> Cell:
    return cells.code(one.number)


def _wish_day(one: Wish) -> Cell:
    return cells.text(written.full_day(one.wanted_on), tone=Tone.SOFT)


def _wish_quantity(one: Wish) -> Cell:
    return cells.text(shown(one.quantity), strong=True)


def _wish_out(one: Wish) -> Cell:
    return cells.text(one.left_out, tone=Tone.WARN)


_WISH_COLUMNS: Final = (
    Column[Wish](CHECK, "", lambda _: Cell(), 36),
    Column[Wish]("order", "Order", _wish_order, 110),
    Column[Wish]("customer", "Customer", lambda one: cells.text(one.customer), 180, stretch=True),
    Column[Wish]("day", "Wanted", _wish_day, 144),
    Column[Wish]("quantity", "Quantity", _wish_quantity, 90, right=True),
    Column[Wish]("left_out", "Left out because", _wish_out, 160),
)
