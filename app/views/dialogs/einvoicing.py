"""What a customer's card says for e-invoices, and the codes of our units."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.services.einvoices import cards, unit_codes
from app.services.einvoices.cards import CustomerCard
from app.services.einvoices.unit_codes import UsedUnit
from app.services.transaction import Transaction
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.einvoice_names import CATEGORIES, FORMS
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.fields import Field
from app.views.widgets.list_view import ListView

CODE: Final = "code"


class EInvoicingDialog(FormDialog):
    """Asks in which form a customer gets e-invoices, and what these need to know."""

    def __init__(self, context: Context, customer_id: UUID, name: str, *, parent: QWidget) -> None:
        super().__init__(
            context, context.messages.tr("E-invoices"), context.messages.tr("Save"), about=name, parent=parent
        )
        self.setMinimumWidth(560)
        self._customer_id = customer_id
        self._known: CustomerCard | None = None
        self.forms, self.category = QComboBox(), QComboBox()
        for form, words in FORMS.items():
            self.forms.addItem(self.tr(words), str(form))
        for category, words in CATEGORIES.items():
            if category != "S":
                self.category.addItem(self.tr(words), str(category))
        self.fields = {
            "buyer_reference": Field(self.tr("Buyer reference"), code=True),
            "electronic_address": Field(self.tr("Electronic address"), code=True),
            "electronic_scheme": Field(self.tr("Its scheme"), code=True),
            "legal_id": Field(self.tr("Register number"), code=True),
            "exempt_reason": Field(self.tr("Reason in words")),
        }
        hints = {
            "buyer_reference": self.tr("In Germany the Leitweg-ID; else what the customer asks for."),
            "electronic_address": self.tr("Empty: by Leitweg-ID, VAT number or e-mail."),
            "electronic_scheme": self.tr("Four digits (EAS), e.g. 0204 for a Leitweg-ID; EM for e-mail."),
        }
        self.form.add("einvoice_form", self.tr("Form"), self.forms)
        for name_, field in self.fields.items():
            if name_ == "exempt_reason":
                words = self.tr("Lines without a tax are")
                self.form.add("exempt_category", words, self.category)
            self.form.add(name_, field.accessibleName(), field, hints.get(name_, ""))
        self.go.setEnabled(False)
        self.form.setEnabled(False)  # what is typed before the card is read would be lost
        context.tasks.read(self, partial(cards.read, customer_id=customer_id), self._show)

    def submit(self) -> None:
        """Save the card."""
        if self._known is None:
            return
        values = {name: field.text().strip() for name, field in self.fields.items()}
        values["einvoice_form"] = str(self.forms.currentData())
        values["exempt_category"] = str(self.category.currentData())
        customer_id, card = self._customer_id, asdict(self._known)
        values = {name: value for name, value in values.items() if value != card[name]}
        seen = {name: card[name] for name in values}
        self.run(
            "customer.change",
            lambda tx: cards.change(tx, customer_id, values, seen),
            self.tr("Saved."),
            inverse=Inverse("customer.change", lambda tx, _: cards.change(tx, customer_id, seen, values)),
        )

    def _show(self, card: CustomerCard) -> None:
        self._known = card
        for name, field in self.fields.items():
            field.setText(getattr(card, name))
        self.forms.setCurrentIndex(max(0, self.forms.findData(card.einvoice_form)))
        self.category.setCurrentIndex(max(0, self.category.findData(card.exempt_category)))
        self.form.setEnabled(True)
        self.go.setEnabled(True)
        self.forms.setFocus()


class UnitCodesDialog(FormDialog):
    """Shows the units products are sold in with the codes everybody knows; those without one stand first."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        about = context.messages.tr(
            "E-invoices call units by the codes of UN/ECE Recommendation 20: C62 (one), KGM (kilogram), XBX (box)."
        )
        super().__init__(
            context, context.messages.tr("Units on e-invoices"), context.messages.tr("Save"), about=about, parent=parent
        )
        self._typed: dict[str, str] = {}
        self.rows: RowsTable[UsedUnit] = RowsTable(
            (
                Column[UsedUnit]("unit", self.tr("Unit"), lambda row: cells.text(row.unit), 200, stretch=True),
                Column[UsedUnit](CODE, self.tr("Code"), self._code, 130, edit=self._edited_code),
            )
        )
        self.table = ListView(self.rows, "unit_codes")
        self.table.setAccessibleName(self.tr("Units"))
        self.table.setMinimumHeight(320)
        self.rows.edited.connect(self._take)
        self.body.addWidget(self.table)
        self.go.setEnabled(False)
        context.tasks.read(self, _units, self._show)

    def submit(self) -> None:
        """Keep the codes that were typed."""
        typed = dict(self._typed)
        self.run("unit.name", lambda tx: _name(tx, typed), self.tr("Saved."))

    def _show(self, units: list[UsedUnit]) -> None:
        self.rows.set_rows(units)
        self.go.setEnabled(True)

    def _code(self, row: UsedUnit) -> Cell:
        code = self._typed.get(row.unit, row.code)
        return cells.code(code) if code else cells.text(tr("no code yet"), tone=Tone.WARN)

    def _edited_code(self, row: UsedUnit) -> str:
        return self._typed.get(row.unit, row.code)

    def _take(self, number: int, _column: str, text: str) -> None:
        row = self.rows.row(number)
        if row is not None:
            self._typed[row.unit] = text.strip().upper()
            self.rows.redraw(CODE)


def _units(connection: Connection) -> list[UsedUnit]:
    return unit_codes.in_use(connection)


def _name(tx: Transaction, typed: dict[str, str]) -> None:
    for unit, code in typed.items():
        unit_codes.name(tx, unit, code)
