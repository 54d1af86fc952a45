"""A box to try the rules: a country, a VAT number or none, a product class and a day give taxes and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QCheckBox, QComboBox

from app.errors import UserError
from app.services import tax_trial
from app.services.companies import TaxRule
from app.services.place_taxes import Considered
from app.services.tax_trial import Case, Outcome
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.tax_rules import words
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.cards import Card
from app.views.widgets.fields import DateField, Field
from app.views.widgets.form import Form
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView

CLASSES: Final = ("goods", "service")


class TrialCard(Card):
    """Tries the rules at each key; nothing is stored."""

    def __init__(self, context: Context) -> None:
        super().__init__(tr("Try it"), tr("nothing is stored"))
        self._context, self._asked = context, 0
        self.form = Form()
        self.country, self.region = Field(tr("Goods go to"), code=True), Field(tr("Region"))
        self.vat_number = Field(tr("VAT number"), code=True)
        self.country.setPlaceholderText(tr("a country by two letters, such as FR"))
        self.vat_number.setPlaceholderText(tr("none: a consumer"))
        self.exempt = QCheckBox(tr("An authority exempted the customer"))
        self.product_class, self.own = QComboBox(), QComboBox()
        self.product_class.setEditable(True)
        self.product_class.addItems(CLASSES)
        editor = self.product_class.lineEdit()
        assert editor is not None, "a list that can be typed into has a field"
        editor.setAccessibleName(tr("Product class"))
        self.day = DateField(tr("Day"), context.today, context.today())
        self.form.add("country", tr("Goods go to"), self.country)
        self.form.add("region", tr("Region"), self.region)
        self.form.add("vat_number", tr("VAT number"), self.vat_number)
        self.form.add("exempt", "", self.exempt)
        self.form.add("product_class", tr("Product class"), self.product_class)
        self.form.add("own", tr("Product's tax"), self.own)
        self.form.add("day", tr("Day"), self.day)
        self.outcome, self.seen = Label("", Type.ITEM, wrap=True), Label("", Type.META, Tone.SOFT, wrap=True)
        self.reasons: RowsTable[Considered] = RowsTable(
            (
                Column[Considered]("rule", tr("Rule"), _reason, 260, stretch=True),
                Column[Considered]("won", tr("Result"), _won, 90),
            )
        )
        self.view = ListView(self.reasons, "tax_trial", two_lines=True)
        self.view.setAccessibleName(tr("Why"))
        self.view.setMinimumHeight(110)
        for part in (self.form, Hairline(), self.outcome, self.seen):
            self.body.addWidget(part)
        self.body.addWidget(self.view, 1)
        for field in (self.country, self.region, self.vat_number):
            field.textChanged.connect(self.try_it)
        self.exempt.toggled.connect(self.try_it)
        self.product_class.editTextChanged.connect(self.try_it)
        self.own.currentIndexChanged.connect(self.try_it)
        self.day.changed.connect(self.try_it)

    def begin(self, country: str, taxes: Sequence[TaxRule]) -> None:
        """Offer the company's taxes, keep what was chosen, and try it again."""
        chosen = self.own.currentData()
        self.own.blockSignals(True)
        self.own.clear()
        for one in taxes:
            self.own.addItem(f"{one.code}  {one.name}", one.code)
        self.own.addItem(tr("none"), "")
        first = next((one.code for one in taxes if one.rate), "") if chosen is None else chosen
        self.own.setCurrentIndex(max(0, self.own.findData(first)))
        self.own.blockSignals(False)
        if not self.country.text():
            self.country.setText(country)
        self.try_it()

    def case(self) -> Case:
        """What is asked."""
        return Case(
            self.country.text(),
            self.region.text().strip(),
            self.vat_number.text().strip(),
            self.exempt.isChecked(),
            self.product_class.currentText().strip(),
            str(self.own.currentData() or ""),
            self.day.value(),
        )

    def try_it(self, *_changed: object) -> None:
        """Ask the rules, off the GUI thread; the last question asked is the one that is answered."""
        self._asked += 1
        read = partial(tax_trial.try_out, case=self.case())
        self._context.tasks.read(self, read, partial(self._show, self._asked), partial(self._refused, self._asked))

    def _show(self, asked: int, found: Outcome) -> None:
        if asked != self._asked:
            return
        self.form.clear_errors()
        self.outcome.setText("\n".join(words.tax(one) for one in found.taxes) or tr("No tax"))
        seen = tr("The customer is {}.").format(tr(words.STATUSES[found.status]))
        if not any(one.won for one in found.considered):
            seen += " " + tr("No rule applies: the product's own taxes stay, and an exempt customer pays none.")
        self.seen.setText(seen)
        self.reasons.set_rows(sorted(found.considered, key=lambda one: not one.won))

    def _refused(self, asked: int, error: UserError) -> None:
        if asked != self._asked:
            return
        self.outcome.setText("")
        self.seen.setText(str(error))
        self.reasons.set_rows(())


def _reason(one: Considered) -> Cell:
    return cells.two_lines(one.rule.name, words.verdict(one), code_below=False)


def _won(one: Considered) -> Cell:
    return cells.text(tr("won"), tone=Tone.OK, strong=True) if one.won else cells.text(tr("did not"), tone=Tone.FAINT)
