"""What should be ordered now: proposals with their reason, the most pressing first, ordered with one key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.models.product import shown
from app.services import replenishing, replenishment_orders, replenishment_surplus
from app.services.database import Database
from app.services.progress import Progress
from app.services.replenishing import Proposal, Urgency
from app.services.replenishment_orders import Chosen, Done
from app.services.replenishment_surplus import SurplusStock
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.replenishment import commands
from app.views.replenishment.tables import URGENCIES, Line, grains_of, proposal_columns, surplus_columns
from app.views.rows_table import RowsTable, TickedRows
from app.views.screen import Group, Place, Screen, Target
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.labels import Label, show_or_hide
from app.views.widgets.list_view import ListView
from app.views.widgets.page_frame import frame
from app.views.widgets.page_header import PageHeader
from app.views.widgets.search_field import SearchField
from app.views.widgets.side_panel import Section, SidePanel
from app.views.widgets.tab_bar import TabBar

TABLES: Final = (
    "sales_order_line",
    "stock_level",
    "purchase_line",
    "work_order",
    "transfer_line",
    "replenishment_rule",
    "product_supply",
)


TO_ORDER: Final = "to_order"
TOO_MUCH: Final = "too_much"


class ReplenishmentScreen(Screen):
    """The proposals in the middle, what the highlighted one is worked out from at the side."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "replenishment")
        self.bind_all(
            (commands.ORDER, self.order),
            (commands.AGAIN, self.reload),
            (commands.RULES, self.show_rules),
            (commands.PRODUCT, self.show_product),
        )
        self._all: list[Line] = []
        self._ordering = False
        self._lay_out()
        context.tasks.changed.connect(self._changed)

    def visit(self, _target: Target) -> None:
        """Work the proposals out, unless some are on show that somebody has changed."""
        if not self._touched():
            self.reload()

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.setFocus()

    def reload(self) -> None:
        """Work the proposals out anew."""
        self.banner.set_text("")
        work = partial(_propose, database=self.context.database, at=self.context.now())
        self.context.tasks.run_long(self, self.tr("Working out what to order…"), work, self._show, self._refused)

    # commands ----------------------------------------------------------------------------------

    def order(self) -> None:
        """Order what is ticked, by one command."""
        chosen = [Chosen(line.proposal, line.grains) for line in self.rows.ticked() if line.grains]
        if not chosen or self._ordering:
            self.banner.set_text(self.tr("Nothing is ticked. Tick proposals with the space bar, then order."))
            return
        self._ordering = True
        self.context.run(
            self,
            "replenishment.order",
            lambda tx: replenishment_orders.order(tx, chosen),
            said=_said,
            done=self._ordered,
            failed=self._refused,
            inverse=Inverse("replenishment.take_back", replenishment_orders.take_back),
        )

    def show_rules(self) -> None:
        """Show the order points."""
        self.context.open("replenishment_rules")

    def show_product(self) -> None:
        """Show the highlighted product."""
        line = self.view.current_row()
        if line is not None:
            self.context.open("product", line.proposal.product_id)

    # inner -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        known = self.context.commands
        self.header = PageHeader(self.tr("Replenishment"))
        self.header.add(
            ActionButton(known[commands.RULES.id], "chart-line"),
            ActionButton(known[commands.AGAIN.id], "refresh-cw"),
            ActionButton(known[commands.ORDER.id], "shopping-cart", Kind.PRIMARY),
        )
        self.filter = SearchField(self.tr("Product, warehouse, supplier…"), self.tr("Filter"))
        self.filter.textChanged.connect(self._filter)
        self.filter.leave_wanted.connect(self._to_list)
        self.rows: TickedRows[Line] = TickedRows(proposal_columns(self.context.today), lambda line: line.proposal.shelf)
        self.rows.edited.connect(self._typed)
        self.rows.ticks_changed.connect(self._count)
        self._lay_out_lists()
        self.count = Label("", Type.BODY, Tone.SOFT)
        bar = QHBoxLayout()
        bar.setContentsMargins(Space.PAGE, Space.SMALL, Space.PAGE, Space.SMALL)
        bar.addWidget(self.tabs)
        bar.addWidget(self.filter)
        bar.addStretch(1)
        bar.addWidget(self.count)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        frame(self, self.header, column, self._side())

    def _lay_out_lists(self) -> None:
        self.view = ListView(self.rows, "replenishment", two_lines=True)
        self.view.setAccessibleName(self.tr("Proposals"))
        self.view.keep_columns_in(self.context.settings)
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.view.filter_wanted.connect(self.search)
        self.banner = Banner()
        empty = EmptyState(
            "circle-check",
            self.tr("Nothing to order"),
            self.tr("Everything is above its order point, and what is promised is there or on its way."),
            ActionButton(self.context.commands[commands.RULES.id], "chart-line"),
        )
        none = EmptyState("search", self.tr("Nothing matches"), self.tr("Escape in the filter shows all again."))
        self.surplus: RowsTable[SurplusStock] = RowsTable(surplus_columns())
        self.surplus_view = ListView(self.surplus, "replenishment_surplus", two_lines=True)
        self.surplus_view.setAccessibleName(self.tr("Too much"))
        self.surplus_view.opened.connect(self._surplus_opened)
        fine = EmptyState(
            "circle-check",
            self.tr("Nothing is too much"),
            self.tr("What was not wanted for a year, or lies above what is ordered up to, stands here."),
        )
        self.stack = QStackedWidget()
        for widget in (self.view, empty, none, self.surplus_view, fine):
            self.stack.addWidget(widget)
        self.tabs = TabBar()
        self.tabs.setAccessibleName(self.tr("Proposals and stock"))
        self.tabs.set_tabs(((TO_ORDER, self.tr("To order")), (TOO_MUCH, self.tr("Too much"))))
        self.tabs.chosen.connect(self._tab_chosen)

    def _side(self) -> QWidget:
        self.panel = SidePanel()
        self.panel.close_button.hide()
        about = Section()
        self.title = Label("", Type.CARD)
        self.reason = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.facts = Facts(2)
        for widget in (self.title, self.reason, self.facts):
            about.body.addWidget(widget)
        self.panel.add(about)
        acts = Section()
        acts.body.addWidget(ActionButton(self.context.commands[commands.PRODUCT.id], "package"))
        self.panel.add(acts, line=False)
        self.panel.hide()
        return self.panel

    def _show(self, found: list[Proposal]) -> None:
        self._all = [Line(one, one.grains) for one in found]
        self._filter()
        self.rows.tick({one.shelf for one in found if one.urgency != Urgency.STUCK})

    def _filter(self) -> None:
        wanted = self.filter.text().lower().split()
        rows = [line for line in self._all if all(word in _words(line) for word in wanted)]
        kept = {line.proposal.shelf for line in self.rows.ticked()}
        self.rows.set_rows(rows)
        self.rows.tick(kept)
        if self.tabs.current_id == TOO_MUCH:
            return
        self.stack.setCurrentIndex(0 if rows else 2 if self._all else 1)
        if rows and self.view.current_row() is None:
            self.view.pick(0)
        self._picked(self.view.current_row() if rows else None)

    def _tab_chosen(self, tab: str) -> None:
        show_or_hide(self.filter, shown=tab == TO_ORDER)
        if tab == TO_ORDER:
            self._filter()
            return
        self.panel.hide()
        self.context.tasks.read(self, partial(_surplus, at=self.context.now()), self._show_surplus)

    def _show_surplus(self, found: list[SurplusStock]) -> None:
        self.surplus.set_rows(found)
        self.tabs.set_counts({TOO_MUCH: len(found)})
        if self.tabs.current_id == TOO_MUCH:
            self.stack.setCurrentIndex(3 if found else 4)
            if found:
                self.surplus_view.pick(0)

    def _surplus_opened(self, one: SurplusStock) -> None:
        self.context.open("product", one.product_id)

    def _count(self) -> None:
        ticked = self.rows.ticked()
        cost = sum((line.cost or Decimal(0) for line in ticked), Decimal(0))
        self.count.setText(self.tr("{} of {} ticked, {}").format(len(ticked), len(self._all), written.amount(cost)))
        lines = written.counted(len(self._all), "1 proposal", "{} proposals")
        pressing = sum(line.proposal.urgency in {Urgency.SHORT, Urgency.LATE} for line in self._all)
        told = self.tr("{}, {} of them pressing").format(lines, pressing) if pressing else lines
        self.header.set_title(self.tr("Replenishment"), told if self._all else "")
        self.context.commands.allow(commands.ORDER.id, allowed=bool(ticked))

    def _typed(self, number: int, _column: str, typed: str) -> None:
        line = self.rows.row(number)
        if line is None:
            return
        grains = grains_of(line.proposal, typed)
        if grains is None:
            words = self.tr("Type a quantity of {} that stock is counted in.").format(line.proposal.unit)
            self.rows.set_errors({(number, "order"): words})
            return
        self.rows.set_errors({})
        changed = replace(line, grains=grains)
        self._all[self._all.index(line)] = changed
        self.rows.set_row(number, changed)
        self._count()

    def _touched(self) -> bool:
        return any(line.grains != line.proposal.grains for line in self._all)

    def _to_list(self) -> None:
        self.view.setFocus()

    def _picked(self, line: Line | None) -> None:
        self.context.commands.select(self.place_id, selected=line is not None)
        self.panel.setVisible(line is not None and self.tabs.current_id == TO_ORDER)
        if line is None:
            return
        one, today = line.proposal, self.context.today()
        self.title.setText(
            self.tr("{} of {}").format(written.measured(Fraction(line.grains, one.grain), one.unit), one.sku)
        )
        self.reason.setText(one.reason)
        lasts = Fraction(one.position.grains + line.grains, one.weekly) if one.weekly else None
        self.facts.set_facts(
            [
                Fact(self.tr("Why now"), tr(URGENCIES[one.urgency][0])),
                Fact(self.tr("Runs out"), written.full_day(one.out_on) if one.out_on else self.tr("not known")),
                Fact(self.tr("Free"), one.written(one.position.free)),
                Fact(self.tr("Coming"), one.written(one.position.coming)),
                Fact(self.tr("Waited for"), one.written(one.position.waits)),
                Fact(self.tr("Other proposals"), one.written(one.position.taken)),
                Fact(self.tr("Order point"), one.written(one.rule.order_point) if one.rule_id else self.tr("none")),
                Fact(self.tr("Comes"), written.day(one.arrives_on, today) if one.way else ""),
                Fact(self.tr("Then lasts"), self.tr("{} weeks").format(shown(round(lasts, 1))) if lasts else ""),
            ]
        )

    def _opened(self, _line: object) -> None:
        self.show_product()

    def _ordered(self, done: Done) -> None:
        self._ordering = False
        self._all = []
        self.reload()
        if done["left_out"]:
            words = self.tr("Left out, as somebody else has ordered or received them since: {}")
            self.banner.set_text(words.format(", ".join(done["left_out"])))

    def _refused(self, error: UserError) -> None:
        self._ordering = False
        self.banner.set_text(str(error), self.tr("Nothing was ordered."))

    def _changed(self, changes: Any) -> None:
        if not self.isVisible() or self._ordering or not changes.touch(*TABLES):
            return
        if self._touched():
            self.banner.set_text(
                self.tr("Stock or orders have changed since."),
                self.tr("What you typed is kept. Work out anew to see how it stands now."),
            )
        else:
            self.reload()


def _said(done: Done) -> str:
    made = len(done["purchases"]) + len(done["works"]) + len(done["transfers"])
    if not made:
        return tr("Nothing was ordered: all of it has been by somebody else.")
    numbers: Sequence[str] = done["numbers"]
    more = tr(" and {} more").format(len(numbers) - 4) if len(numbers) > 4 else ""
    lines = written.counted(made, "1 line is ordered", "{} lines are ordered")
    return tr("{}: {}").format(lines, ", ".join(numbers[:4]) + more)


def _words(line: Line) -> str:
    one = line.proposal
    return f"{one.sku} {one.name} {one.warehouse} {one.partner}".lower()


def _surplus(connection: Connection, at: datetime) -> list[SurplusStock]:
    return replenishment_surplus.read(connection, at)


def _propose(progress: Progress, database: Database, at: datetime) -> list[Proposal]:
    return database.read(lambda connection: replenishing.propose(connection, at, progress))


PLACE: Final = Place(
    "replenishment",
    "Replenishment",
    "package-plus",
    Group.FULFIL,
    ReplenishmentScreen,
    kinds=("replenishment",),
    tables=TABLES,
    commands=commands.COMMANDS,
)
