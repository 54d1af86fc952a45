"""Accounting: the journal and what is read from it for some days, months that close, the chart of accounts."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.models.books import AccountRule, Period
from app.services import companies
from app.services.books import chart, entries, periods
from app.services.books.chart import Account
from app.services.books.datev import Client
from app.services.database import Changes
from app.views import format as written
from app.views import list_saving
from app.views.accounting import commands, saving
from app.views.accounting.dialogs import (
    AccountDialog,
    DropRuleDialog,
    EntryDialog,
    HandOverDialog,
    ReopenDialog,
    RuleDialog,
)
from app.views.accounting.reports import (
    ACCOUNTS,
    JOURNAL,
    OPEN_ITEMS,
    PERIODS,
    REPORTS,
    SHEET,
    TRIAL,
    Asked,
    Found,
    JournalRow,
    Report,
)
from app.views.accounting.saving import HandOver, Shown
from app.views.context import Context
from app.views.format import tr
from app.views.messages import confirm
from app.views.screen import Group, Place, Screen, Target
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Density, Space
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.fields import DateField, Field
from app.views.widgets.labels import Hairline, Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.search_field import SearchField
from app.views.widgets.tab_bar import TabBar

TABLES: Final = ("journal_entry", "accounting_period", "account", "account_rule", "tax")
DAY_WIDTH: Final = 176
ACCOUNT_WIDTH: Final = 90
KINDS: Final = "Excel (*.xlsx);;CSV (*.csv);;PDF (*.pdf)"
ENDINGS: Final = {"datev": ".csv", "beancount": ".beancount", "table": ".xlsx"}


class AccountingScreen(Screen):
    """A tab for each report, over the days chosen above."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "accounting")
        self.bind_all(
            (commands.OPEN, partial(context.open, "accounting")),
            (commands.BOOK, self.book),
            (commands.TAKE_BACK, self.take_back),
            (commands.SAVE, self.save),
            (commands.HAND_OVER, self.hand_over),
            (commands.CLOSE, self.close_month),
            (commands.REOPEN, self.reopen_month),
            (commands.ADD, self.add_account),
            (commands.CHANGE, self.change_account),
            (commands.REMOVE, self.remove_account),
            (commands.RULE, self.add_rule),
            (commands.DROP_RULE, self.remove_rule),
        )
        self.report, self._asked_for, self._found = JOURNAL, 0, Found(())
        self.header = PageHeader(self.tr("Accounting"))
        known = context.commands
        self.header.add(
            ActionButton(known[commands.HAND_OVER.id], "file-spreadsheet"),
            ActionButton(known[commands.SAVE.id], "download"),
            ActionButton(known[commands.BOOK.id], "plus", Kind.PRIMARY),
        )
        self.tabs = TabBar()
        self.tabs.setAccessibleName(self.tr("Reports"))
        self.tabs.set_tabs([(one.id, tr(one.title)) for one in REPORTS])
        self.tabs.chosen.connect(self.choose)
        self.banner = Banner()
        self._stack, self._views = QStackedWidget(), dict[str, ListView]()
        self.rows: dict[str, RowsTable[Any]] = {}
        for one in REPORTS:
            self._add_view(one)
        self.empty = EmptyState("file-spreadsheet", self.tr("Nothing here"), tr(JOURNAL.empty))
        self._stack.addWidget(self.empty)
        self._sums = Label("", Type.META_BOLD)
        self._lay_out()
        context.tasks.changed.connect(self._changed)
        self._show_for_tab()

    # what is on show ---------------------------------------------------------------------------

    def visit(self, target: Target) -> None:
        """Show a tab, and an account where one is asked for."""
        account = str(target.option("account", ""))
        if account:
            self.account.setText(account)
        self.choose(str(target.option("tab", SHEET.id if account else self.report.id)))

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def view(self) -> ListView:
        """The table on show."""
        return self._views[self.report.id]

    def choose(self, tab_id: str) -> None:
        """Show a report."""
        self.report = next(one for one in REPORTS if one.id == tab_id)
        self._found = Found(())
        self.tabs.choose(tab_id)
        self._show_for_tab()
        self.reload()

    def asked(self) -> Asked:
        """What the report is asked about."""
        today = self.context.today()
        last = today if self.report is PERIODS else self.last.value() or today
        return Asked(self.first.value() or last.replace(day=1), last, self.account.text().strip())

    def reload(self) -> None:
        """Read the report off the GUI thread."""
        self._asked_for += 1
        read = partial(_read, report=self.report, asked=self.asked())
        self.context.tasks.read(self, read, partial(self._show, self._asked_for), self._refused)

    def shown_rows(self) -> list[Any]:
        """The rows that hold all words of the filter; of the journal, whole entries."""
        words = self.words.text().casefold().split()
        if not words:
            return list(self._found.rows)
        said = {id(row): self._said(row) for row in self._found.rows}
        if self.report is not JOURNAL:
            return [row for row in self._found.rows if all(word in said[id(row)] for word in words)]
        whole: dict[tuple[str, int], str] = {}
        for row in self._found.rows:
            whole[row.id[:2]] = f"{whole.get(row.id[:2], '')} {said[id(row)]}"
        return [row for row in self._found.rows if all(word in whole[row.id[:2]] for word in words)]

    def _said(self, row: Any) -> str:
        return " ".join(column.cell(row).plain() for column in self.report.columns).casefold()

    def _show(self, asked: int, found: Found) -> None:
        if asked != self._asked_for:
            return
        self._found = found
        self.banner.set_text(found.trouble)
        self._sums.setText("    ".join(f"{label} {value}".strip() for label, value in found.sums))
        self._filter()

    def _filter(self, _text: str = "") -> None:
        rows, current = self.shown_rows(), self.view.current_row()
        self.rows[self.report.id].set_rows(rows)
        keys = [row.id for row in rows]
        if rows:
            self._stack.setCurrentWidget(self.view)
            self.view.pick(keys.index(current.id) if current is not None and current.id in keys else 0)
        else:
            filtered = bool(self._found.rows)
            self.empty.text.setText(self.tr("Nothing is as the filter asks.") if filtered else tr(self.report.empty))
            self._stack.setCurrentWidget(self.empty)
        self._picked(self.view.current_row() if rows else None)

    def _refused(self, error: UserError) -> None:
        self._show(self._asked_for, Found((), (), str(error)))

    # by hand -----------------------------------------------------------------------------------

    def book(self) -> None:
        """Book an entry by hand, on a day whose month is open."""
        self.context.tasks.read(self, partial(_entry_facts, today=self.context.today()), self._ask_entry)

    def _ask_entry(self, found: tuple[list[Account], date]) -> None:
        EntryDialog(self.context, *found, parent=self).open()

    def take_back(self) -> None:
        """Book the opposite of the highlighted entry, where it was made by hand."""
        row = self.view.current_row()
        if isinstance(row, JournalRow):
            on, document_id = self.context.today(), row.document_id
            self.context.run(
                self,
                "entry.take_back",
                lambda tx: entries.take_back(tx, document_id, on),
                said=tr("{} is taken back.").format(row.text),
                failed=self._not_by_hand,
            )

    def _not_by_hand(self, error: UserError) -> None:
        row = self.view.current_row()
        if isinstance(row, JournalRow) and "does not exist" in str(error):
            self.context.messages.say(
                tr("{} follows a document. Take that back: credit the invoice, or take the payment back.").format(
                    row.entry
                )
            )
        else:
            self.context.messages.error(error)

    # months ------------------------------------------------------------------------------------

    def close_month(self) -> None:
        """Close the highlighted month, after asking."""
        row = self.view.current_row()
        if self.report is not PERIODS or row is None:
            return
        period: Period = row.period
        text = tr("Nothing more is booked in {} from then on. Corrections go to the next open month.")
        title = tr("Close {}?").format(period.words)
        confirm(self, title, text.format(period.words), tr("Close the month"), partial(self._close, period))

    def _close(self, period: Period) -> None:
        self.context.run(
            self, "period.close", lambda tx: periods.close(tx, period), said=tr("{} is closed.").format(period.words)
        )

    def reopen_month(self) -> None:
        """Open the highlighted month again; the reason is asked for."""
        row = self.view.current_row()
        if self.report is PERIODS and row is not None:
            ReopenDialog(self.context, row.period, parent=self).open()

    # accounts ----------------------------------------------------------------------------------

    def add_account(self) -> None:
        """Add an account to the chart."""
        AccountDialog(self.context, None, parent=self).open()

    def change_account(self) -> None:
        """Change the highlighted account."""
        row = self.view.current_row()
        if isinstance(row, Account):
            AccountDialog(self.context, row, parent=self).open()

    def remove_account(self) -> None:
        """Take the highlighted account out of the chart."""
        row = self.view.current_row()
        if isinstance(row, Account):
            code = row.code
            self.context.run(
                self,
                "account.remove",
                lambda tx: chart.remove(tx, code),
                said=tr("Account {} is removed.").format(code),
            )

    def add_rule(self) -> None:
        """Send sales to the highlighted account."""
        row = self.view.current_row()
        if isinstance(row, Account):
            self.context.tasks.read(self, _tax_codes, partial(self._ask_rule, row))

    def _ask_rule(self, row: Account, taxes: list[str]) -> None:
        RuleDialog(self.context, row, taxes, parent=self).open()

    def remove_rule(self) -> None:
        """Take a rule away that sends sales to the highlighted account."""
        row = self.view.current_row()
        if isinstance(row, Account):
            self.context.tasks.read(self, chart.rules, partial(self._ask_which, row))

    def _ask_which(self, row: Account, rules: list[AccountRule]) -> None:
        here = [one for one in rules if one.account == row.code]
        if here:
            DropRuleDialog(self.context, row, here, parent=self).open()
        else:
            self.context.messages.say(self.tr("No rule sends sales to account {}.").format(row.code))

    # files -------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save what is on show as XLSX, CSV or PDF."""
        title = f"{self.report.title} {self._days()}".replace("/", "-")
        name, kind = QFileDialog.getSaveFileName(self, self.tr("Save the report"), f"{title}.xlsx", KINDS)
        if name:
            path = saving.with_ending(name, kind)
            shown = Shown(self.report, self.asked(), self.shown_rows(), self._found.sums, self._days())
            self._long(path, partial(saving.save, self.context.database, path, shown))

    def hand_over(self) -> None:
        """Save the journal of the days for the accountant."""
        asking = HandOverDialog(self.context, self._days(), parent=self)
        asking.chosen.connect(self._hand_over)
        asking.open()

    def _hand_over(self, kind: str, whose: Client) -> None:
        ending, asked = ENDINGS[kind], self.asked()
        proposed = f"EXTF_{asked.first:%Y%m%d}-{asked.last:%Y%m%d}{ending}" if kind == "datev" else f"journal{ending}"
        kinds = KINDS.rsplit(";;", 1)[0] if kind == "table" else f"*{ending}"
        name, chosen = QFileDialog.getSaveFileName(self, self.tr("Save the journal"), proposed, kinds)
        if name:
            path = saving.with_ending(name, chosen) if kind == "table" else Path(name)
            op = partial(
                saving.hand_over, self.context.database, path, HandOver(kind, asked, whose, self.context.now())
            )
            self._long(path, op)

    def _long(self, path: Path, op: Any) -> None:
        said = self.tr("Saving {}…").format(path.name)
        self.context.tasks.run_long(self, said, op, partial(self._saved, path.name), self.context.messages.error)

    def _saved(self, name: str, count: int) -> None:
        self.context.messages.say(list_saving.said(name, count))

    # inner -------------------------------------------------------------------------------------

    def _days(self) -> str:
        asked = self.asked()
        if self.report is OPEN_ITEMS:
            return written.full_day(asked.last)
        return f"{written.full_day(asked.first)} – {written.full_day(asked.last)}"

    def _add_view(self, report: Report) -> None:
        self.rows[report.id] = RowsTable(report.columns)
        view = ListView(self.rows[report.id], f"accounting_{report.id}", density=Density.COMPACT)
        view.setAccessibleName(tr(report.title))
        view.keep_columns_in(self.context.settings)
        view.picked.connect(self._picked)
        view.opened.connect(self._opened)
        self._views[report.id] = view
        self._stack.addWidget(view)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
        tabs.addWidget(self.tabs)
        tabs.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.PAGE, Space.SMALL, Space.PAGE, Space.SMALL)
        foot.addWidget(self._sums)
        foot.addStretch(1)
        outer.addWidget(self.header)
        outer.addLayout(tabs)
        outer.addWidget(Hairline())
        outer.addWidget(self._bar())
        outer.addWidget(self.banner)
        outer.addWidget(self._stack, 1)
        outer.addWidget(Hairline())
        outer.addLayout(foot)

    def _bar(self) -> QWidget:
        """Days, account, filter, and the buttons of the tab on show."""
        today, known = self.context.today, self.context.commands
        self.first = DateField(self.tr("From"), today, today().replace(day=1))
        self.last = DateField(self.tr("to"), today, Period.of(today()).last)
        self.account = Field(self.tr("Account"), code=True)
        self.words = SearchField(self.tr("Text, number, account…"), self.tr("Filter the report"))
        for field, width in ((self.first, DAY_WIDTH), (self.last, DAY_WIDTH), (self.account, ACCOUNT_WIDTH)):
            field.setFixedWidth(width)
        self._back = before = Button(icon="chevron-left", kind=Kind.ICON, name=self.tr("The month before"), small=True)
        after = Button(icon="chevron-right", kind=Kind.ICON, name=self.tr("The month after"), small=True)
        before.clicked.connect(self.month_before)
        after.clicked.connect(self.month_after)
        self._from = Row(Label(self.tr("From")), self.first, gap=Space.SMALL)
        self._to = Row(Label(self.tr("to")), self.last, after, gap=Space.SMALL)
        self._of = Row(Label(self.tr("Account")), self.account, gap=Space.SMALL)
        self._own = {
            JOURNAL.id: Row(ActionButton(known[commands.TAKE_BACK.id], "undo-2")),
            PERIODS.id: Row(
                ActionButton(known[commands.REOPEN.id], "undo-2"),
                ActionButton(known[commands.CLOSE.id], "lock"),
                gap=Space.SMALL,
            ),
            ACCOUNTS.id: Row(
                *(
                    ActionButton(known[one.id], one.icon)
                    for one in (commands.REMOVE, commands.CHANGE, commands.DROP_RULE, commands.RULE, commands.ADD)
                ),
                gap=Space.SMALL,
            ),
        }
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(Space.PAGE, Space.SMALL, Space.PAGE, Space.SMALL)
        row.setSpacing(Space.MEDIUM)
        for one in (self.words, self._of, self._back, self._from, self._to):
            row.addWidget(one)
        row.addStretch(1)
        for one in self._own.values():
            row.addWidget(one)
        self.words.textChanged.connect(self._filter)
        for field in (self.first, self.last):
            field.changed.connect(self._days_chosen)
        self.account.editingFinished.connect(self.reload)
        return bar

    def month_before(self) -> None:
        """Show the month before the one on show."""
        self._take_month(Period.of(_day_before(self._month_on_show().first)))

    def month_after(self) -> None:
        """Show the month after the one on show."""
        self._take_month(self._month_on_show().next)

    def _month_on_show(self) -> Period:
        """The month of the first day; open items are asked for the last day alone."""
        asked = self.asked()
        return Period.of(asked.last if self.report is OPEN_ITEMS else asked.first)

    def _take_month(self, period: Period) -> None:
        self.first.set_value(period.first)
        self.last.set_value(period.last)
        self.reload()

    def _days_chosen(self, _day: date | None) -> None:
        self.reload()

    def _show_for_tab(self) -> None:
        days = self.report not in (PERIODS, ACCOUNTS)
        self._from.setVisible(days and self.report is not OPEN_ITEMS)
        self._to.setVisible(days)
        self._back.setVisible(days)
        self._of.setVisible(self.report is SHEET)
        for tab_id, row in self._own.items():
            row.setVisible(tab_id == self.report.id)

    def _picked(self, row: object) -> None:
        bound = self.context.commands
        bound.select(self.place_id, selected=row is not None)
        closed = bool(getattr(row, "closed", False))
        here = self.report is PERIODS
        bound.allow(commands.CLOSE.id, allowed=here and not closed)
        bound.allow(commands.REOPEN.id, allowed=here and closed)
        bound.allow(commands.TAKE_BACK.id, allowed=self.report is JOURNAL)
        for one in (commands.CHANGE, commands.REMOVE, commands.RULE, commands.DROP_RULE):
            bound.allow(one.id, allowed=self.report is ACCOUNTS)

    def _opened(self, row: Any) -> None:
        if self.report is ACCOUNTS:
            self.change_account()
        elif self.report is TRIAL and row.code:
            self.account.setText(row.code)
            self.choose(SHEET.id)
        elif isinstance(row, JournalRow):
            self.account.setText(row.account)
            self.choose(SHEET.id)
        elif self.report is OPEN_ITEMS:
            self.context.open("payment" if row.kind == "payment" else "invoice", row.id)

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.touch(*TABLES):
            self.reload()


def _read(connection: Connection, report: Report, asked: Asked) -> Found:
    return report.read(connection, asked)


def _entry_facts(connection: Connection, today: date) -> tuple[list[Account], date]:
    return chart.read(connection), periods.open_day(connection, today)


def _tax_codes(connection: Connection) -> list[str]:
    return sorted(companies.taxes(connection))


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


PLACE: Final = Place(
    "accounting",
    "Accounting",
    "file-spreadsheet",
    Group.BILL,
    AccountingScreen,
    kinds=("accounting",),
    commands=commands.COMMANDS,
)
