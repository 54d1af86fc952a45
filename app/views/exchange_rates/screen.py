"""The rate of every currency, and the course of one; rates are imported, fetched or typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QFileDialog, QStackedWidget
from sqlalchemy import Connection

from app.errors import Invalid, UserError
from app.models.rounding import round_decimals
from app.services import companies, exchange_rates
from app.services.companies import Company
from app.services.exchange_rates import Imported, Published, Rate, Users
from app.services.progress import Progress
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.exchange_rates import commands
from app.views.exchange_rates.chart import RateChart
from app.views.exchange_rates.dialogs import CorrectRateDialog, RateDialog, SourceDialog, keeps
from app.views.format import tr
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.banner import Banner
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.cards import Card
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Label, Row
from app.views.widgets.list_view import ListView
from app.views.widgets.tab_bar import TabBar

SPANS: Final = (("90", "3 months", 92), ("365", "1 year", 366), ("1826", "5 years", 1827), ("all", "All", 0))
"""Tab, its words, and how many days back from the last rate it shows; 0: all."""
DECIMALS: Final = 4
"""How many decimals a rate is shown with at least."""
COURSE_SHARE: Final = 3
FILES: Final = "Exchange rates (*.csv *.zip)"


@dataclass(frozen=True, slots=True)
class Known:
    """All that the screen shows."""

    company: Company
    codes: tuple[str, ...]
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a currency; ``change`` is from the day before, 0.01 for a hundredth more."""

    on: date
    rate: Decimal
    change: Decimal | None


class ExchangeRatesScreen(SetUpScreen[Known]):
    """Currencies on the left, the course of the highlighted one on the right."""

    tables: ClassVar[tuple[str, ...]] = ("exchange_rate", "company")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "exchange_rates")
        self.bind_all(
            (commands.OPEN, partial(context.open, "exchange_rates")),
            (commands.TYPE, self.type_rate),
            (commands.CORRECT, self.correct_rate),
            (commands.REMOVE, self.remove_rate),
            (commands.IMPORT, self.choose_file),
            (commands.FETCH, self.fetch),
            (commands.SOURCE, self.set_source),
        )
        self.known: Known | None = None
        self.span = SPANS[1][0]
        self.set_title(
            self.tr("Exchange rates"),
            (commands.SOURCE, "settings"),
            (commands.IMPORT, "upload"),
            (commands.FETCH, "download"),
            (commands.TYPE, "plus"),
        )
        self.set_columns((2, (self._currencies(),)), (COURSE_SHARE, (self._course(),)))

    # building ----------------------------------------------------------------------------------

    def _currencies(self) -> Card:
        self._card = Card(self.tr("Currencies"), " ")
        self.banner = Banner(tone=Tone.BAD)
        self.rates: RowsTable[Rate] = RowsTable(
            (
                Column[Rate]("currency", self.tr("Currency"), lambda one: cells.code(one.currency), 90),
                Column[Rate]("rate", self.tr("Rate"), lambda one: cells.amount(one.rate, DECIMALS), 120, right=True),
                Column[Rate]("on", self.tr("Of"), self._of, 140, stretch=True),
                Column[Rate](
                    "days", self.tr("Days"), lambda one: cells.quantity(one.days, strong=False), 80, right=True
                ),
            )
        )
        self.view = ListView(self.rates, "exchange_rates")
        self.view.setAccessibleName(self.tr("Currencies"))
        self.view.picked.connect(self._picked)
        bound = self.context.commands
        self.empty = EmptyState(
            "coins",
            self.tr("No exchange rates yet"),
            self.tr(
                "Fetch the rates of the European Central Bank, choose its file, or type a rate. Documents in "
                "another currency need one."
            ),
            ActionButton(bound[commands.IMPORT.id], "upload"),
            ActionButton(bound[commands.FETCH.id], "download", Kind.PRIMARY),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.source = Label("", Type.META, Tone.FAINT, wrap=True)
        for one in (self.banner, self.stack, self.source):
            self._card.body.addWidget(one, int(one is self.stack))
        return self._card

    def _course(self) -> Card:
        self.course = Card(self.tr("Course"), " ")
        self.tabs = TabBar()
        self.tabs.setAccessibleName(self.tr("Time on show"))
        self.tabs.set_tabs([(name, self.tr(words)) for name, words, _ in SPANS])
        self.tabs.choose(self.span)
        self.tabs.chosen.connect(self.show_span)
        self.chart = RateChart()
        self.days: RowsTable[Day] = RowsTable(
            (
                Column[Day]("on", self.tr("Day"), lambda one: cells.text(written.full_day(one.on)), 160, stretch=True),
                Column[Day]("rate", self.tr("Rate"), lambda one: cells.amount(one.rate, DECIMALS), 130, right=True),
                Column[Day]("change", self.tr("Change"), _change, 110, right=True),
            )
        )
        self.history = ListView(self.days, "exchange_rate_days")
        self.history.setAccessibleName(self.tr("Rates by day"))
        bound = self.context.commands
        steps = Row(None, *(ActionButton(bound[one.id], one.icon) for one in (commands.REMOVE, commands.CORRECT)))
        self.history.opened.connect(self._open_day)
        for one in (self.tabs, self.chart, self.history, steps):
            self.course.body.addWidget(one, int(one is self.history))
        return self.course

    # reading -----------------------------------------------------------------------------------

    def reading(self) -> Callable[[Connection], Known]:
        """Read the rates that count today."""
        return partial(_read, on=self.context.today())

    def show_found(self, found: Known) -> None:
        """Fill the list; the course follows the highlighted currency."""
        current = self.view.current_row()
        self.known = found
        self._card.note.setText(self.tr("what one {} is worth").format(found.company.currency))
        self.rates.set_rows(found.rates)
        self.course.setVisible(bool(found.rates))
        self.set_share(1, COURSE_SHARE if found.rates else 0)
        self.stack.setCurrentWidget(self.view if found.rates else self.empty)
        address = found.company.rates_url
        self.source.setText(
            self.tr("Fetched from {}").format(address) if address else self.tr("No address is set; F2 sets one.")
        )
        codes = [one.currency for one in found.rates]
        if codes:
            self.view.selectRow(codes.index(current.currency) if current and current.currency in codes else 0)
        self._read_course()

    def show_span(self, tab_id: str) -> None:
        """Show the course of another time."""
        self.span = tab_id
        self.tabs.choose(tab_id)
        self._read_course()

    def _picked(self, _row: object) -> None:
        self._read_course()

    def _read_course(self) -> None:
        one = self.view.current_row()
        if one is None:
            self._show_course("", [])
            return
        back = next(days for name, _, days in SPANS if name == self.span)
        since = one.on - timedelta(days=back) if back else date.min
        read = partial(exchange_rates.history, code=one.currency, since=since)
        self.context.tasks.read(self, read, partial(self._show_course, one.currency))

    def _show_course(self, code: str, found: Sequence[tuple[date, Decimal]]) -> None:
        current = self.view.current_row()
        if code != (current.currency if current else ""):  # another one was highlighted meanwhile
            return
        self.course.note.setText(code)
        self.chart.show_rates(code, found)
        before = [None, *(rate for _, rate in found)]
        rows = [Day(on, rate, _more(rate, last)) for (on, rate), last in zip(found, before, strict=False)]
        self.days.set_rows(rows[::-1])

    # bringing rates in -------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for the bank's file."""
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Import rates"), "", self.tr(FILES))
        if name:
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        """Read a file, and keep the rates that are not here yet."""
        self._start(self.tr("Reading {}…").format(path.name), partial(_from_file, path))

    def fetch(self) -> None:
        """Fetch the rates from the company's address; without one, ask for it."""
        if self.known is None:
            return
        address = self.known.company.rates_url
        if not address:
            self.set_source()
            return
        self._start(self.tr("Fetching rates…"), partial(_from_address, address))

    def _start(self, text: str, work: Callable[[Progress], list[Published]]) -> None:
        self.banner.set_text("")
        self.context.tasks.run_long(self, text, work, self._store, self._refused)

    def _store(self, days: list[Published]) -> None:
        self.context.run(self, "rates.import", partial(_add, days=days), said=_said, failed=self._refused)

    def _refused(self, error: UserError) -> None:
        self.banner.set_text(str(error), self.tr("No rate was changed."))

    def type_rate(self) -> None:
        """Store a rate by hand."""
        if self.known is not None:
            current = self.view.current_row()
            own, code = self.known.company.currency, current.currency if current else "USD"
            RateDialog(self.context, own, self.known.codes, self.known.rates, code, parent=self).open()

    def correct_rate(self) -> None:
        """Put the highlighted day's rate right, after saying what was booked with it."""
        self._ask_users(self._correct)

    def remove_rate(self) -> None:
        """Delete the highlighted day's rate, with Undo."""
        self._ask_users(self._remove)

    def _open_day(self, _day: Day) -> None:
        self.correct_rate()

    def _ask_users(self, go_on: Callable[[str, Day, Users], None]) -> None:
        one, day = self.view.current_row(), self.history.current_row() or self.days.row(0)
        if one is not None and day is not None:
            read = partial(exchange_rates.users, code=one.currency, on=day.on)
            self.context.tasks.read(self, read, partial(go_on, one.currency, day))

    def _correct(self, code: str, day: Day, booked: Users) -> None:
        if self.known is not None:
            own = self.known.company.currency
            CorrectRateDialog(self.context, own, code, day.on, day.rate, booked, parent=self).open()

    def _remove(self, code: str, day: Day, booked: Users) -> None:
        said = self.tr("The rate of {} for {} is deleted.").format(code, written.full_day(day.on))
        on = day.on
        self.context.run(
            self,
            "rates.remove",
            lambda tx: exchange_rates.remove(tx, code, on),
            said=f"{said} {keeps(booked)}".strip(),
            inverse=Inverse("rates.type", lambda tx, rate: companies.set_rate(tx, code, on, rate)),
            failed=self._refused,
        )

    def set_source(self) -> None:
        """Say where rates are fetched from, and of which day invoices take theirs."""
        if self.known is not None:
            SourceDialog(self.context, self.known.company, parent=self).open()

    def _of(self, one: Rate) -> Cell:
        return cells.text(written.full_day(one.on), tone=Tone.SOFT)


def _read(connection: Connection, on: date) -> Known:
    company = companies.get(connection)
    codes = tuple(code for code in exchange_rates.currencies(connection) if code != company.currency)
    return Known(company, codes, tuple(exchange_rates.current(connection, on)))


def _from_file(path: Path, progress: Progress) -> list[Published]:
    progress.step(0, 2)
    try:
        if path.stat().st_size > exchange_rates.LARGEST_FILE:
            raise Invalid("file", tr("{} is too large for a file of rates.").format(path.name))
        content = path.read_bytes()
    except OSError as error:
        raise Invalid("file", tr("{} cannot be read: {}.").format(path.name, error.strerror)) from error
    progress.step(1, 2)
    days = exchange_rates.read_file(content)
    progress.step(2, 2)
    return days


def _from_address(address: str, progress: Progress) -> list[Published]:
    progress.step(0, 2)
    content = exchange_rates.download(address)
    progress.step(1, 2)
    days = exchange_rates.read_file(content)
    progress.step(2, 2)
    return days


def _add(tx: Transaction, days: list[Published]) -> exchange_rates.Answer:
    return exchange_rates.add(tx, days)


def _said(answer: Any) -> str:
    brought = Imported(*answer)
    if not brought.added or brought.first_on is None or brought.last_on is None:
        return tr("No new rates: {} were here already.").format(f"{brought.known:,}")
    days = (written.full_day(brought.first_on), written.full_day(brought.last_on))
    said = tr("{} new rates of {} currencies, {} to {}.").format(f"{brought.added:,}", len(brought.currencies), *days)
    return said + (tr(" {} were here already.").format(f"{brought.known:,}") if brought.known else "")


def _more(rate: Decimal, last: Decimal | None) -> Decimal | None:
    return None if last is None else round_decimals(Fraction(rate) / Fraction(last) - 1, 4)


def _change(one: Day) -> Cell:
    if one.change is None:
        return cells.text(cells.DASH, tone=Tone.FAINT)
    return cells.text(f"{'+' if one.change > 0 else ''}{written.percent(one.change)}", tone=Tone.SOFT)


PLACE: Final = Place(
    "exchange_rates",
    "Exchange rates",
    "coins",
    Group.HIDDEN,
    ExchangeRatesScreen,
    kinds=("exchange_rates",),
    commands=commands.COMMANDS,
)
