"""The dashboards: a period, four tabs, and behind every figure its documents."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout
from sqlalchemy import Connection

from app.errors import UserError
from app.services.analytics import sales_sums
from app.services.analytics.spans import Choice, Span, span
from app.services.database import Changes, Database
from app.services.progress import Cancelled, Progress
from app.views.commands import Command
from app.views.context import Context
from app.views.dashboards.board import Board
from app.views.dashboards.inventory import InventoryBoard
from app.views.dashboards.operations import OperationsBoard
from app.views.dashboards.receivables import ReceivablesBoard
from app.views.dashboards.report_dialog import FIGURES_REPORT, ReportDialog
from app.views.dashboards.sales import SalesBoard
from app.views.format import tr
from app.views.screen import Group, Place, Screen, Target
from app.views.tokens import Space
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Hairline, show_or_hide
from app.views.widgets.page_header import PageHeader
from app.views.widgets.tab_bar import TabBar

READ_AFTER_MS: Final = 600
BOARDS: Final[tuple[type[Board[Any]], ...]] = (SalesBoard, OperationsBoard, ReceivablesBoard, InventoryBoard)
PERIODS: Final = (
    (Choice.TWELVE_MONTHS, "Last 12 months"),
    (Choice.LAST_WEEK, "Last week"),
    (Choice.THIS_MONTH, "This month"),
    (Choice.LAST_MONTH, "Last month"),
    (Choice.THIS_QUARTER, "This quarter"),
    (Choice.LAST_QUARTER, "Last quarter"),
    (Choice.THIS_YEAR, "This year"),
    (Choice.LAST_YEAR, "Last year"),
)
REPORT: Final = Command(
    "figures.save", "Save as a paper", "Save the figures of the last week or month as PDF, now or regularly.", "Ctrl+P"
)
PERIOD_SETTING: Final = "dashboards/period"
TAB_SETTING: Final = "dashboards/tab"


class DashboardsScreen(Screen):
    """Figures about the whole company; the tab and the period are remembered at this desk."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "dashboards")
        self.bind(REPORT, self.save_report)
        self.header = PageHeader(self.tr("Dashboards"))
        self.header.add(ActionButton(context.commands[REPORT.id], "printer"))
        self.boards = {one.id: one(context) for one in BOARDS}
        sales = self.boards[SalesBoard.id]
        assert isinstance(sales, SalesBoard)
        sales.asked_anew = self.reload
        self._asked, self._keeping = 0, False
        self._timer = QTimer(self, singleShot=True, interval=READ_AFTER_MS)
        self._timer.timeout.connect(self.reload)
        self._lay_out()
        kept = str(context.settings.value(TAB_SETTING, SalesBoard.id))
        self.board: Board[Any] = self.boards.get(kept, sales)
        self._stack.setCurrentWidget(self._areas[self.board.id])
        self.tabs.choose(self.board.id)
        show_or_hide(self.period, shown=self.board.takes_period)
        context.tasks.changed.connect(self._changed)

    def visit(self, target: Target) -> None:
        """Show a tab, or what was on show before, and read it anew."""
        if target.kind == FIGURES_REPORT:
            self.save_report()
        wanted = str(target.option("tab", ""))
        if wanted in self.boards and wanted != self.board.id:
            self.choose(wanted)
        else:
            self.reload()

    def save_report(self) -> None:
        """Save the figures as a paper, and say how often that is done by itself."""
        ReportDialog(self.context, parent=self).open()

    def take_keyboard(self) -> None:
        """Begin at the tabs."""
        self.tabs.setFocus()

    def choose(self, tab_id: str) -> None:
        """Show a board."""
        self.board = self.boards[tab_id]
        self.context.settings.setValue(TAB_SETTING, tab_id)
        self.tabs.choose(tab_id)
        show_or_hide(self.period, shown=self.board.takes_period)
        self._stack.setCurrentWidget(self._areas[tab_id])
        self.reload()

    def asked(self) -> Span:
        """The days that are asked about."""
        return span(Choice(self.period.currentData()), self.context.today())

    def reload(self) -> None:
        """Read the board on show; sums that are far behind are brought up to date first, with progress and Cancel."""
        self._asked += 1
        op = self.board.reading(self.asked(), self.context.now())
        look = partial(_look, op=op, sums=self.board.sums)
        self.context.tasks.read(self, look, partial(self._show, self._asked), self._refused)

    # inner -----------------------------------------------------------------------------------------

    def _show(self, asked: int, found: Any) -> None:
        if asked != self._asked:
            return
        if found is None:
            if self._keeping:
                return
            self._keeping = True
            self.banner.set_text(
                self.tr("The figures are being added up."), self.tr("It is done once; you may go on working.")
            )
            self.context.tasks.run_long(
                self,
                self.tr("Adding up sales…"),
                partial(_keep_up, self.context.database),
                self._kept_up,
                self._not_kept_up,
            )
            return
        self.banner.set_text("")
        if self.board.show_found(found):
            self._stack.setCurrentWidget(self._areas[self.board.id])
        else:
            self._stack.setCurrentWidget(self.empty)

    def _kept_up(self, whole: bool) -> None:
        self._keeping = False
        if whole:
            self.reload()
        else:
            self.banner.set_text(
                self.tr("The figures are not added up yet."), self.tr("You stopped it; F5 goes on from there.")
            )

    def _not_kept_up(self, error: UserError) -> None:
        self._keeping = False
        self._refused(error)

    def _refused(self, error: UserError) -> None:
        self.banner.set_text(str(error))

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.touch(*self.board.tables):
            self._timer.start()

    def _period_chosen(self, _: int) -> None:
        self.context.settings.setValue(PERIOD_SETTING, self.period.currentData())
        self.reload()

    def _lay_out(self) -> None:
        self.tabs = TabBar()
        self.tabs.setAccessibleName(self.tr("Dashboards"))
        self.tabs.set_tabs([(one.id, tr(one.title)) for one in BOARDS])
        self.tabs.chosen.connect(self.choose)
        self.period = QComboBox()
        self.period.setAccessibleName(self.tr("Period"))
        for choice, words in PERIODS:
            self.period.addItem(tr(words), str(choice))
        kept = self.period.findData(str(self.context.settings.value(PERIOD_SETTING, "")))
        self.period.setCurrentIndex(max(kept, 0))
        self.period.currentIndexChanged.connect(self._period_chosen)
        bar = QHBoxLayout()
        bar.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
        bar.addWidget(self.tabs)
        bar.addStretch(1)
        self.header.add(self.period)
        self.banner = Banner()
        self._stack, self._areas = QStackedWidget(), dict[str, QScrollArea]()
        for name, board in self.boards.items():
            area = self._areas[name] = QScrollArea()
            area.setWidgetResizable(True)
            area.setWidget(board)
            self._stack.addWidget(area)
        self.empty = EmptyState(
            "chart-column",
            self.tr("No figures yet"),
            self.tr(
                "They appear here as orders are shipped and invoiced. Past orders of another program can be imported."
            ),
        )
        self._stack.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addLayout(bar)
        outer.addWidget(Hairline())
        outer.addWidget(self.banner)
        outer.addWidget(self._stack, 1)


def _look(connection: Connection, *, op: Callable[[Connection], Any], sums: bool) -> Any:
    """Read the figures; None where sums must be brought up to date first."""
    if sums and sales_sums.lag(connection).is_long:
        return None
    return op(connection)


def _keep_up(database: Database, progress: Progress) -> bool:
    """Bring the sums up to date; tell whether that was done to the end."""
    try:
        sales_sums.keep_up(database, progress)
    except Cancelled:  # what was added up is kept
        return False
    return True


PLACE: Final = Place(
    "dashboards",
    "Dashboards",
    "chart-column",
    Group.PLAN,
    DashboardsScreen,
    kinds=(FIGURES_REPORT,),
    commands=(REPORT,),
)
