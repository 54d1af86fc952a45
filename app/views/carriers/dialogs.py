"""Adding carriers, services, rates, rules and freight tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QWidget

from app.errors import Invalid
from app.models.carrier import Choice
from app.services import carriers, companies, freight, rate_tables
from app.services.carriers import NewRule, NewService, Rate, Zone
from app.services.freight import NewFreightTable
from app.services.transaction import Transaction
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.fields import AmountField, Field, QuantityField

CHOICES: Final = {
    Choice.IN_TIME: "Take the cheapest that is there in time",
    Choice.CHEAPEST: "Take the cheapest",
    Choice.FASTEST: "Take the fastest",
    Choice.SERVICE: "Take this service",
    Choice.NEVER: "Never take this service",
}
"""What people call the choices of a rule."""
CONNECTORS: Final = (
    ("table", "Our own label, its number is the SSCC"),
    ("manual", "Bought elsewhere, the number is typed"),
)


class CarrierDialog(FormDialog):
    """Adds a carrier and says how its labels are got."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        title = context.messages.tr("New carrier")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self.code, self.name, self.url = Field(self.tr("Code")), Field(self.tr("Name")), Field(self.tr("Tracking page"))
        self.connector = QComboBox()
        self.connector.setEditable(True)
        for value, words in CONNECTORS:
            self.connector.addItem(tr(words), value)
        self.form.add("code", self.tr("Code"), self.code)
        self.form.add("name", self.tr("Name"), self.name)
        hint = self.tr("The address of its tracking page; {number} stands for the tracking number.")
        self.form.add("tracking_url", self.tr("Tracking page"), self.url, hint)
        hint = self.tr("Or karrio:NAME to buy labels from the carrier, where the extra is installed.")
        self.form.add("connector", self.tr("Labels"), self.connector, hint)
        self.code.setFocus()

    def submit(self) -> None:
        """Add it."""
        code, name, url = self.code.text().strip(), self.name.text().strip(), self.url.text().strip()
        typed = self.connector.currentText().strip()
        place = self.connector.findText(typed)
        connector = str(self.connector.itemData(place)) if place >= 0 else typed

        def op(tx: Transaction) -> UUID:
            if not code or not name:
                raise Invalid("code", "A carrier needs a code and a name.")
            carrier_id = companies.add_carrier(tx, code, name, tracking_url=url)
            carriers.connect(tx, carrier_id, connector)
            return carrier_id

        self.run("carrier.add", op, self.tr("The carrier is added."))


class ServiceDialog(FormDialog):
    """Adds a service of a carrier."""

    def __init__(self, context: Context, known: Sequence[Any], *, parent: QWidget) -> None:
        title = context.messages.tr("New service")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self.carrier = QComboBox()
        for row in known:
            self.carrier.addItem(row.name, row.id)
        self.code, self.name, self.cut_off = Field(self.tr("Code")), Field(self.tr("Name")), Field(self.tr("Cut-off"))
        self.days_min = QuantityField(self.tr("Days at least"), decimals=0)
        self.days_max = QuantityField(self.tr("Days at most"), decimals=0)
        self.weight = QuantityField(self.tr("Heaviest package, kg"), decimals=3)
        self.divisor = QuantityField(self.tr("cm³ that count as a kilogram"), decimals=0)
        self.form.add("carrier", self.tr("Carrier"), self.carrier)
        self.form.add("code", self.tr("Code"), self.code, self.tr("As the carrier's own system calls it."))
        self.form.add("name", self.tr("Name"), self.name)
        self.form.add("days_min", self.tr("Days at least"), self.days_min)
        self.form.add("days_max", self.tr("Days at most"), self.days_max, self.tr("Working days under way."))
        self.form.add("max_weight_g", self.tr("Heaviest package, kg"), self.weight, self.tr("Empty: no limit."))
        self.form.add("volume_divisor", self.tr("cm³ that count as a kilogram"), self.divisor)
        self.form.add("cut_off", self.tr("Cut-off"), self.cut_off, self.tr("Hours and minutes, e.g. 16:30."))
        self.inside = QCheckBox(self.tr("Cartons on a pallet have labels of their own"))
        self.form.add("label_inside", "", self.inside)
        self.carrier.setFocus()

    def submit(self) -> None:
        """Add it."""
        carrier_id: UUID = self.carrier.currentData()
        weight, divisor = self.weight.value(), self.divisor.value()
        days_min, days_max = int(self.days_min.value() or 1), int(self.days_max.value() or self.days_min.value() or 1)
        new = NewService(
            self.code.text().strip(),
            self.name.text().strip(),
            days_min,
            days_max,
            max_weight_g=int(weight * 1000) if weight else None,
            volume_divisor=int(divisor) if divisor else None,
            cut_off=self.cut_off.text().strip(),
            label_inside=self.inside.isChecked(),
        )
        self.run("carrier.add_service", lambda tx: carriers.add_service(tx, carrier_id, new), self.tr("Added."))


class RatesDialog(FormDialog):
    """Zones of a carrier and rates of one of its services, pasted from a spreadsheet."""

    def __init__(
        self, context: Context, service: Any, rates: Sequence[Rate], zones: Sequence[Zone], *, parent: QWidget
    ) -> None:
        title = context.messages.tr("Rates of {}").format(f"{service.carrier} {service.name}")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self.setMinimumSize(560, 560)
        self._service = service
        self.rates = _table(self.tr("Rates"), rate_tables.rates_text(rates))
        self.zones = _table(self.tr("Zones of the carrier"), rate_tables.zones_text(zones))
        hint = self.tr("A row a line: above kg; price; zone; price of each further kg. Zone empty: everywhere.")
        self.form.add("rates", self.tr("Rates"), self.rates, hint)
        hint = self.tr("A row a line: zone; country; postcode from; to. The narrowest range counts.")
        self.form.add("zones", self.tr("Zones"), self.zones, hint)
        self.rates.setFocus()

    def submit(self) -> None:
        """Keep both tables."""
        rates, zones = self.rates.toPlainText(), self.zones.toPlainText()
        service_id, carrier_id = self._service.id, self._service.carrier_id

        def op(tx: Transaction) -> None:
            carriers.set_zones(tx, carrier_id, rate_tables.zones_from(zones))
            carriers.set_rates(tx, service_id, rate_tables.rates_from(rates))

        self.run("carrier.rates", op, self.tr("The rates are saved."))


class RuleDialog(FormDialog):
    """Adds a rule by which a service is chosen."""

    def __init__(self, context: Context, services: Sequence[Any], *, parent: QWidget) -> None:
        title = context.messages.tr("New rule")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self.name, self.countries = Field(self.tr("Name")), Field(self.tr("Countries"))
        self.choice, self.service = QComboBox(), QComboBox()
        for choice, words in CHOICES.items():
            self.choice.addItem(tr(words), choice)
        for row in services:
            self.service.addItem(f"{row.carrier} {row.name}", row.id)
        self.weight_from = QuantityField(self.tr("From kg"), decimals=3)
        self.weight_to = QuantityField(self.tr("To kg"), decimals=3)
        self.form.add("name", self.tr("Name"), self.name, self.tr("People read it as the reason."))
        self.form.add("choice", self.tr("The rule"), self.choice)
        self.form.add("service_id", self.tr("Service"), self.service)
        self.form.add("countries", self.tr("Countries"), self.countries, self.tr("Two letters each; empty: all."))
        self.form.add("weight_from_g", self.tr("From kg"), self.weight_from)
        self.form.add("weight_to_g", self.tr("To kg"), self.weight_to)
        self.choice.currentIndexChanged.connect(self._show_choice)
        self._show_choice()
        self.name.setFocus()

    def submit(self) -> None:
        """Add it."""
        low, high = self.weight_from.value(), self.weight_to.value()
        new = NewRule(
            self.name.text().strip(),
            self.choice.currentData(),
            self.service.currentData() if self.service.isEnabled() else None,
            tuple(self.countries.text().replace(",", " ").split()),
            int(low * 1000) if low is not None else None,
            int(high * 1000) if high is not None else None,
        )
        self.run("carrier.add_rule", lambda tx: carriers.add_rule(tx, new), self.tr("The rule is added."))

    def _show_choice(self, _index: int = 0) -> None:
        self.service.setEnabled(self.choice.currentData() in {Choice.SERVICE, Choice.NEVER})


class FreightDialog(FormDialog):
    """Adds a table of what customers are charged."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        title = context.messages.tr("New freight table")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self.code, self.name = Field(self.tr("Code")), Field(self.tr("Name"))
        self.taxes = Field(self.tr("Taxes"))
        self.rows = _table(self.tr("Prices"), "")
        self.lightest = QCheckBox(self.tr("What is lighter than every row pays the first row"))
        self.lightest.setChecked(True)
        self.free_from = AmountField(self.tr("Free from"))
        self.form.add("code", self.tr("Code"), self.code)
        self.form.add("name", self.tr("Name"), self.name, self.tr("As papers print it, e.g. Freight."))
        self.form.add("rows", self.tr("Prices"), self.rows, self.tr("A row a line: above kg; price; country."))
        self.form.add("lightest_pays", "", self.lightest)
        self.form.add("free_from", self.tr("Free from"), self.free_from, self.tr("Value of the goods; empty: never."))
        self.form.add("tax_codes", self.tr("Taxes"), self.taxes, self.tr("Codes, e.g. V21."))
        self.code.setFocus()

    def submit(self) -> None:
        """Add it."""
        code, name, taxes = self.code.text().strip(), self.name.text().strip(), self.taxes.text().strip()
        text, lightest, free_from = self.rows.toPlainText(), self.lightest.isChecked(), self.free_from.value()

        def op(tx: Transaction) -> UUID:
            rows = tuple(rate_tables.freight_from(text))
            new = NewFreightTable(code, name, rows, lightest_pays=lightest, tax_codes=taxes, free_from=free_from)
            return freight.add_table(tx, new)

        self.run("freight.add_table", op, self.tr("The freight table is added."))


def _table(name: str, text: str) -> QPlainTextEdit:
    field = QPlainTextEdit(text)
    field.setAccessibleName(name)
    field.setMinimumHeight(120)
    field.setTabChangesFocus(False)
    return field
