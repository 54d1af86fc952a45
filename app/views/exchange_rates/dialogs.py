"""A rate typed by hand, and where rates come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.models.rounding import round_decimals
from app.services import companies, exchange_rates
from app.services.companies import Company
from app.services.exchange_rates import Rate, Users
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.rate_day import DAYS
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, Field, QuantityField
from app.views.widgets.labels import Label

EXAMPLE: Final = Decimal(100)
BANK: Final = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
"""Where the European Central Bank publishes its rates since 1999."""


class RateDialog(FormDialog):
    """Stores a currency's rate of a day; what it makes of an amount stands below, beside the last one known."""

    def __init__(
        self, context: Context, own: str, codes: Sequence[str], known: Sequence[Rate], code: str, *, parent: QWidget
    ) -> None:
        about = tr("Invoices and payments of this day on are booked with it, and keep it. Check it before you save.")
        super().__init__(context, tr("Type a rate"), tr("Save"), about=about, parent=parent)
        self._own, self._known = own, {one.currency: one for one in known}
        self.currency = QComboBox()
        for one in codes:
            self.currency.addItem(one, one)
        self.currency.setCurrentIndex(max(0, self.currency.findData(code)))
        self.on = DateField(tr("Day"), context.today, context.today())
        self.rate = QuantityField(tr("Rate"), decimals=6)
        self.form.add("currency", tr("Currency"), self.currency)
        self.form.add("on", tr("Day"), self.on)
        self.form.add("rate", tr("One {} is").format(own), self.rate, tr("So many units of the currency."))
        self.example = Label("", Type.META, Tone.SOFT, wrap=True)
        self.body.addWidget(self.example)
        self.rate.changed.connect(self._show)
        self.currency.currentIndexChanged.connect(self._show)
        self._show()
        self.rate.setFocus()

    def submit(self) -> None:
        """Store it."""
        code, on, rate = str(self.currency.currentData()), self.on.value(), self.rate.value()
        if on is None:
            self.form.show_error(Invalid("on", tr("A rate is of a day. Type it.")))
        elif rate is None:
            self.form.show_error(Invalid("rate", tr("Type how many {} one {} is.").format(code, self._own)))
        else:
            said = tr("One {} is {} {} from {} on.").format(
                self._own, written.quantity(rate), code, written.full_day(on)
            )
            self.run("rates.type", lambda tx: companies.set_rate(tx, code, on, rate), said)

    def _show(self, *_changed: object) -> None:
        code, rate = str(self.currency.currentData()), self.rate.value()
        last, words = self._known.get(code), []
        if rate:
            worth = written.money(round_decimals(Fraction(EXAMPLE) / Fraction(rate), 2), self._own)
            words.append(tr("{} are {}.").format(written.money(EXAMPLE, code), worth))
        if last is not None:
            words.append(
                tr("The last rate is {}, of {}.").format(written.quantity(last.rate), written.full_day(last.on))
            )
        self.example.setText(" ".join(words))


class CorrectRateDialog(FormDialog):
    """Puts a mistyped rate of a day right, and says what was booked with it and keeps it."""

    def __init__(
        self, context: Context, own: str, code: str, on: date, rate: Decimal, booked: Users, *, parent: QWidget
    ) -> None:
        title = tr("Rate of {} for {}").format(code, written.full_day(on))
        about = keeps(booked) or tr("Nothing was booked with it yet.")
        super().__init__(context, title, tr("Correct"), about=about, parent=parent)
        self._code, self._on = code, on
        self.rate = QuantityField(tr("Rate"), decimals=6)
        self.rate.set_value(rate)
        self.form.add("rate", tr("One {} is").format(own), self.rate, tr("So many units of the currency."))

    def submit(self) -> None:
        """Correct it."""
        code, on, rate = self._code, self._on, self.rate.value()
        if rate is None:
            self.form.show_error(Invalid("rate", tr("Type the rate, or delete that of the day.")))
            return
        self.run(
            "rates.correct",
            lambda tx: exchange_rates.correct(tx, code, on, rate),
            tr("The rate of {} for {} is {}.").format(code, written.full_day(on), written.quantity(rate)),
            inverse=Inverse("rates.correct", lambda tx, before: exchange_rates.correct(tx, code, on, before)),
        )


def keeps(booked: Users) -> str:
    """Say which documents keep the rate they were booked with; nothing where there are none."""
    counts = (
        (booked.invoices, tr("1 invoice"), tr("{} invoices")),
        (booked.payments, tr("1 payment"), tr("{} payments")),
        (booked.purchases, tr("1 purchase order"), tr("{} purchase orders")),
    )
    told = [one if count == 1 else many.format(f"{count:,}") for count, one, many in counts if count]
    return tr("Booked with it, and kept as they are: {}.").format(", ".join(told)) if told else ""


class SourceDialog(FormDialog):
    """Says from which address rates are fetched, and of which day the rate of an invoice is."""

    def __init__(self, context: Context, company: Company, *, parent: QWidget) -> None:
        super().__init__(context, tr("Address and day of rates"), tr("Save"), parent=parent)
        self.setMinimumWidth(620)
        self._company = company
        self.address = Field(tr("Address"), company.rates_url)
        self.address.setPlaceholderText(BANK)
        self.day = QComboBox()
        for day, words in DAYS.items():
            self.day.addItem(tr(words), str(day))
        self.day.setCurrentIndex(self.day.findData(company.rate_day))
        about = tr("Of a file as the European Central Bank publishes it: CSV, or that in a ZIP archive.")
        self.form.add("rates_url", tr("Address"), self.address, about)
        self.form.add("rate_day", tr("Invoices take the rate of"), self.day, tr("An order may say otherwise."))

    def submit(self) -> None:
        """Keep them."""
        address = self.address.text().strip()
        if address and not address.startswith("https://"):
            self.form.show_error(Invalid("rates_url", tr("The address begins with https://. Correct it.")))
            return
        new = {"rates_url": address, "rate_day": str(self.day.currentData())}
        before = {"rates_url": self._company.rates_url, "rate_day": self._company.rate_day}
        inverse = Inverse("company.change", lambda tx, _: companies.change(tx, before))
        self.run("company.change", lambda tx: companies.change(tx, new), tr("Saved."), inverse=inverse)
