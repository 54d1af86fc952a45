"""The first start: sample company, a new one, or one that is there already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import settings
from app.errors import Invalid, UserError
from app.services import demo, migration, opening
from app.services.companies import CURRENCIES, Founding, TaxRule
from app.services.database import Database, sqlite_url
from app.services.progress import Cancelled, Quiet
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.cards import Card
from app.views.widgets.fields import Field, NumberField
from app.views.widgets.form import Form
from app.views.widgets.labels import IconLabel, Label

SAMPLE_NAME: Final = "Delta Trading (sample)"


def ask(by: str, at: datetime, trouble: str = "") -> Database | None:
    """Show the welcome until a company is open, or None when the user leaves; ``trouble`` says why one did not open."""
    dialog = WelcomeDialog(by, at)
    dialog.trouble.setText(trouble)
    dialog.exec()
    return dialog.database


class _Making(QThread):
    """Makes a company on a thread of its own; tells how far it is."""

    stepped = Signal(int, int)
    made = Signal(object)
    refused = Signal(str)

    def __init__(self, make: Callable[[Any], Database], parent: QObject) -> None:
        super().__init__(parent)
        self._make = make
        self.progress = _Told(self.stepped)

    def run(self) -> None:
        try:
            self.made.emit(self._make(self.progress))
        except Cancelled:
            self.refused.emit("")
        except UserError as error:
            self.refused.emit(str(error))
        except OSError as error:
            self.refused.emit(f"The company's file cannot be written. ({error})")


class _Told(Quiet):
    """Progress that is told to the dialog and can be stopped by it."""

    def __init__(self, stepped: Any) -> None:
        super().__init__()
        self._stepped = stepped

    def step(self, done: int, total: int, text: str = "") -> None:
        super().step(done, total, text)
        self._stepped.emit(done, total)


class WelcomeDialog(QDialog):
    """Three ways to begin; ``database`` is the company that was opened."""

    def __init__(self, by: str, at: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.database: Database | None = None
        self._by, self._at = by, at
        self._making: _Making | None = None
        self.setWindowTitle(self.tr("Welcome to Waybill"))
        self.setMinimumSize(720, 460)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.HUGE)
        outer.setSpacing(Space.MEDIUM)
        outer.addWidget(Label(self.tr("Welcome to Waybill"), Type.TITLE))
        outer.addWidget(
            Label(
                self.tr("From the first quote to the last payment. How would you like to begin?"), Type.BODY, Tone.SOFT
            )
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self._choices())
        self._pages.addWidget(self._founding())
        self._pages.addWidget(self._waiting())
        outer.addWidget(self._pages, 1)
        self.trouble = Label("", Type.BODY, Tone.BAD, wrap=True)
        outer.addWidget(self.trouble)

    # pages -------------------------------------------------------------------------------------

    def _choices(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setSpacing(Space.MEDIUM)
        for icon, title, text, button, act in (
            (
                "play",
                self.tr("Look around"),
                self.tr("A sample company with three years of orders and work in every stage. Delete it at any time."),
                self.tr("Open the sample company"),
                self.make_sample,
            ),
            (
                "building-2",
                self.tr("Start your company"),
                self.tr("An empty company: add or import customers, products and orders, then sell."),
                self.tr("New company"),
                self.show_founding,
            ),
            (
                "database",
                self.tr("Open a company"),
                self.tr("A company file on this computer, a backup, or one that a colleague gave you."),
                self.tr("Open a file"),
                self.choose_file,
            ),
        ):
            card = Card(title)
            card.body.addWidget(IconLabel(icon, Tone.ACCENT, 24))
            card.body.addWidget(Label(text, Type.BODY, Tone.SOFT, wrap=True))
            card.body.addStretch(1)
            go = Button(button, kind=Kind.PRIMARY if act == self.make_sample else Kind.SECONDARY)
            go.clicked.connect(act)
            card.body.addWidget(go)
            row.addWidget(card, 1)
        return page

    def _founding(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        self.form = Form()
        self.name = Field(self.tr("Company name"))
        self.country = Field(self.tr("Country"), "NL")
        self.country.setMaxLength(2)
        self.currency = QComboBox()
        self.currency.addItems(sorted(CURRENCIES))
        self.currency.setCurrentText("EUR")
        self.tax_name, self.tax_rate = (
            Field(self.tr("Tax name"), self.tr("VAT")),
            NumberField(self.tr("Rate %"), Decimal(21)),
        )
        self.costing = QComboBox()
        self.costing.setAccessibleName(self.tr("What stock is worth"))
        for words, method in (
            (self.tr("Kept, at the moving average"), "average"),
            (self.tr("Kept, first in, first out"), "fifo"),
            (self.tr("Not kept here"), ""),
        ):
            self.costing.addItem(words, method)
        for name, label, field in (
            ("name", self.tr("Company name"), self.name),
            ("country", self.tr("Country (two letters)"), self.country),
            ("currency", self.tr("Currency"), self.currency),
            ("tax_name", self.tr("Your usual tax"), self.tax_name),
            ("rate", self.tr("Its rate, %"), self.tax_rate),
            ("costing", self.tr("What stock is worth"), self.costing),
        ):
            self.form.add(name, label, field)
        column.addWidget(self.form)
        column.addStretch(1)
        row = QHBoxLayout()
        back, go = Button(self.tr("Back")), Button(self.tr("Start the company"), kind=Kind.PRIMARY)
        back.clicked.connect(self.show_choices)
        go.clicked.connect(self.found)
        row.addStretch(1)
        row.addWidget(back)
        row.addWidget(go)
        column.addLayout(row)
        return page

    def _waiting(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        self.doing = Label("", Type.ITEM)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Progress"))
        stop = Button(self.tr("Cancel"))
        stop.clicked.connect(self._stop)
        column.addWidget(self.doing, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.bar)
        column.addWidget(stop, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page

    # ways --------------------------------------------------------------------------------------

    def show_choices(self) -> None:
        """Go back to the three ways."""
        self._pages.setCurrentIndex(0)
        self.trouble.setText("")

    def show_founding(self) -> None:
        """Ask what a new company needs."""
        self._pages.setCurrentIndex(1)
        self.name.setFocus()

    def make_sample(self) -> None:
        """Make the sample company in the data folder, or open the one made before."""
        path = settings.companies_folder() / f"{SAMPLE_NAME}{settings.FILE_ENDING}"
        if path.exists():
            self.open_file(path)
            return
        by, today = self._by, self._at.date()
        working = path.with_name(f"{path.name}.making")

        def make(progress: Any) -> Database:
            working.unlink(missing_ok=True)
            migration.upgrade(sqlite_url(working))
            database = Database(sqlite_url(working))
            try:
                demo.build(database, "S", today=today, by=by, progress=progress)
            finally:
                database.close()
            working.replace(path)
            return opening.open_company(path)

        self._start(self.tr("Making the sample company…"), make)

    def found(self) -> None:
        """Found the company described in the form."""
        name, rate = self.name.text().strip(), self.tax_rate.value() or Decimal(0)
        if not name:
            self.form.show_error(Invalid("name", self.tr("Type your company's name.")))
            return
        code = "STD"
        taxes = (TaxRule(code, f"{self.tax_name.text().strip()} {rate.normalize() + 0:f} %", rate),) if rate else ()
        method = self.costing.currentData()
        founding = Founding(
            name,
            self.country.text().strip().upper(),
            self.currency.currentText(),
            taxes=taxes,
            stock_value=bool(method),
            costing=method or "average",
        )
        try:
            self.database = opening.found_company(settings.free_company_path(name), founding, by=self._by, at=self._at)
        except UserError as error:
            self.form.show_error(error)
            return
        self.accept()

    def choose_file(self) -> None:
        """Ask for a company file."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open a company"), str(settings.companies_folder()), f"Waybill (*{settings.FILE_ENDING});;(*)"
        )
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Open a company file; it is brought up to date on a copy first."""
        self._start(self.tr("Opening {}…").format(path.stem), lambda _: opening.open_company(path))

    # work --------------------------------------------------------------------------------------

    def _start(self, text: str, make: Callable[[Any], Database]) -> None:
        self.trouble.setText("")
        self.doing.setText(text)
        self.bar.setRange(0, 0)
        self._pages.setCurrentIndex(2)
        self._making = _Making(make, self)
        self._making.stepped.connect(self._stepped)
        self._making.made.connect(self._made)
        self._making.refused.connect(self._refused)
        self._making.start()

    def _stop(self) -> None:
        if self._making is not None:
            self._making.progress.stop()

    def _stepped(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _made(self, database: Database) -> None:
        self.database = database
        self._end()
        self.accept()

    def _refused(self, why: str) -> None:
        self._end()
        self.show_choices()
        self.trouble.setText(why)

    def _end(self) -> None:
        if self._making is not None:
            self._making.wait()

    def closeEvent(self, event: Any) -> None:
        """Leaving stops what is being made."""
        self._stop()
        self._end()
        super().closeEvent(event)
