"""Adding, changing and ending tax rules, and where we are registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.services import place_taxes
from app.services.place_taxes import Registration, StoredRule
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tax_rules import words
from app.views.widgets.fields import DateField, Field, QuantityField
from app.views.widgets.typed_table import TypedColumn, TypedTable

COLUMNS: Final = (
    TypedColumn("country", "Country", 90),
    TypedColumn("region", "Region", 120),
    TypedColumn("number", "Number", 200, stretch=True),
)


class TaxRuleDialog(FormDialog):
    """Adds a rule, or changes one; what is left empty matches everything."""

    def __init__(self, context: Context, known: StoredRule | None, codes: Sequence[str], *, parent: QWidget) -> None:
        title = tr("Change “{}”").format(known.name) if known else tr("New tax rule")
        about = tr(
            "What is left empty matches everything. Of the rules that apply the one that says most wins; a country "
            "says more than EU or NOT EU, and among equals the lowest rank wins."
        )
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(640)
        self._known, rule = known, known or StoredRule("")
        self.name = Field(tr("Name"), rule.name)
        self.taxes = Field(tr("Taxes"), rule.tax_codes, code=True)
        self.destination = Field(tr("Goods go to"), rule.destination, code=True)
        self.region = Field(tr("Region"), rule.region)
        self.status, self.registered = QComboBox(), QComboBox()
        self.product_class = Field(tr("Product class"), rule.product_class)
        self.replaces = Field(tr("In place of"), rule.replaces, code=True)
        self.starts_on = DateField(tr("First day"), context.today, rule.starts_on)
        self.ends_on = DateField(tr("Last day"), context.today, rule.ends_on)
        self.rank = QuantityField(tr("Rank"), Decimal(rule.rank), decimals=0)
        for status, said in words.STATUSES.items():
            self.status.addItem(tr(said), str(status))
        for registered, said in words.REGISTERED.items():
            self.registered.addItem(tr(said), str(registered))
        self.status.setCurrentIndex(self.status.findData(rule.status))
        self.registered.setCurrentIndex(self.registered.findData(rule.registered))
        there = tr("Codes with blanks between: {}. Empty: no tax.").format(" ".join(codes))
        place = tr("A country such as FR; EU: another member state; NOT EU: outside it.")
        self.form.add("name", tr("Name"), self.name)
        self.form.add("tax_codes", tr("Taxes"), self.taxes, there)
        self.form.add("destination", tr("Goods go to"), self.destination, place)
        self.form.add("region", tr("Region"), self.region)
        self.form.add("status", tr("Customer is"), self.status)
        self.form.add("product_class", tr("Product class"), self.product_class, tr("goods, service, or a tax class."))
        self.form.add("replaces", tr("In place of"), self.replaces, tr("One tax of the product; empty: whichever."))
        self.form.add("registered", tr("Counts"), self.registered)
        self.form.add("starts_on", tr("First day"), self.starts_on)
        self.form.add("ends_on", tr("Last day"), self.ends_on)
        self.form.add("rank", tr("Rank"), self.rank)

    def submit(self) -> None:
        """Save it."""
        before = self._known
        rule = StoredRule(
            self.name.text().strip(),
            " ".join(self.taxes.text().split()),
            destination=self.destination.text().strip().upper(),
            region=self.region.text().strip(),
            status=str(self.status.currentData()),
            product_class=self.product_class.text().strip(),
            replaces=self.replaces.text().strip(),
            registered=str(self.registered.currentData()),
            starts_on=self.starts_on.value(),
            ends_on=self.ends_on.value(),
            rank=int(self.rank.value() or 0),
            id=before.id if before else None,
        )
        inverse = Inverse("tax_rule.remove", place_taxes.remove)
        if before is not None:
            inverse = Inverse("tax_rule.save", lambda tx, _: place_taxes.save(tx, before, seen=rule))
        said = tr("“{}” is saved. Lines written from now on follow it.").format(rule.name)
        self.run("tax_rule.save", lambda tx: place_taxes.save(tx, rule, seen=before), said, inverse=inverse)


class EndDialog(FormDialog):
    """Says which day is the last that a rule holds."""

    def __init__(self, context: Context, rule: StoredRule, *, parent: QWidget) -> None:
        about = tr("Lines of later days do not follow it any more; what is written keeps its taxes.")
        super().__init__(context, tr("End “{}”").format(rule.name), tr("End rule"), about=about, parent=parent)
        self._rule = rule
        self.ends_on = DateField(tr("Last day"), context.today, rule.ends_on or context.today())
        self.form.add("ends_on", tr("Last day"), self.ends_on)

    def submit(self) -> None:
        """End it."""
        on, before = self.ends_on.value(), self._rule
        if on is None:
            self.form.show_error(Invalid("ends_on", tr("Type the last day it holds.")))
            return
        ended = replace(before, ends_on=on)
        self.run(
            "tax_rule.end",
            lambda tx: place_taxes.save(tx, ended, seen=before),
            tr("“{}” holds until {}.").format(before.name, written.full_day(on)),
            inverse=Inverse("tax_rule.save", lambda tx, _: place_taxes.save(tx, before, seen=ended)),
        )


class RegistrationsDialog(FormDialog):
    """Says where we are registered for tax, besides our own country."""

    def __init__(self, context: Context, known: Sequence[Registration], *, parent: QWidget) -> None:
        about = tr("Rules that ask whether we are registered look at these. Ctrl+Del takes a row out.")
        super().__init__(context, tr("Registered for tax"), tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(520)
        self._known = tuple(known)
        rows = [{"country": one.country, "region": one.region, "number": one.number} for one in known]
        self.table = TypedTable(tr("Registrations"), COLUMNS, rows, height=160)
        self.form.add("country", "", self.table)

    def submit(self) -> None:
        """Keep them."""
        rows = [
            Registration(row.get("country", "").strip(), row.get("region", "").strip(), row.get("number", "").strip())
            for _, row in self.table.texts()
        ]
        before = self._known
        self.run(
            "tax_registration.set",
            lambda tx: place_taxes.register(tx, rows),
            tr("The registrations are saved."),
            inverse=Inverse("tax_registration.set", lambda tx, _: place_taxes.register(tx, before)),
        )
