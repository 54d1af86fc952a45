"""Adding a supplier and changing what is known of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection, select

from app.models.company import payment_term
from app.services import calendars, suppliers
from app.services.suppliers import NewSupplier, Supplier
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.fields import Field, QuantityField

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a supplier is set up with: terms by code, calendars by id."""

    terms: dict[str, str]
    calendars: dict[UUID, str]


class SupplierDialog(FormDialog):
    """Adds a supplier, or changes one; ``done_with`` tells the id of a new one."""

    def __init__(self, context: Context, known: Supplier | None, choices: Choices, *, parent: QWidget) -> None:
        title = tr("Change {}").format(known.name) if known else tr("New supplier")
        super().__init__(context, title, tr("Save"), parent=parent)
        self.setMinimumWidth(560)
        self._known = known
        shown = known or NewSupplier("")
        texts = (
            ("name", tr("Name"), ""),
            ("street", tr("Street"), ""),
            ("postal_code", tr("Postal code"), ""),
            ("city", tr("City"), ""),
            ("country", tr("Country"), tr("Two letters, e.g. NL.")),
            ("email", tr("E-mail"), ""),
            ("phone", tr("Phone"), ""),
            ("our_number", tr("Our customer number"), tr("Printed on purchase orders.")),
            ("currency", tr("Currency"), tr("Three letters; empty: our own.")),
        )
        self.fields = {name: Field(words, getattr(shown, name)) for name, words, _ in texts}
        for name, words, hint in texts:
            self.form.add(name, words, self.fields[name], hint)
        self._add_figures(shown, choices)
        self.fields["name"].setFocus()

    def submit(self) -> None:
        """Save the supplier."""
        values: dict[str, Any] = {name: field.text().strip() for name, field in self.fields.items()}
        for name in ("country", "currency"):
            values[name] = values[name].upper()
        values |= {
            "payment_term": self.term.currentData(),
            "calendar_id": self.calendar.currentData(),
            "lead_days": int(self.lead_days.value() or 0),
            "over_receipt": (self.over.value() or Decimal(0)) / HUNDRED,
            "under_receipt": (self.under.value() or Decimal(0)) / HUNDRED,
            "drop_ships": self.drop_ships.isChecked(),
        }
        if self._known is None:
            new = NewSupplier(**values)
            self.run("supplier.add", lambda tx: suppliers.add(tx, new), tr("The supplier is added."))
            return
        supplier_id, known = self._known.id, self._known
        values["currency"] = values["currency"] or known.currency
        fresh = {name: value for name, value in values.items() if value != getattr(known, name)}
        seen = {name: getattr(known, name) for name in fresh}
        self.run(
            "supplier.change",
            lambda tx: suppliers.change(tx, supplier_id, fresh, seen),
            tr("{} is changed.").format(values["name"]),
            inverse=Inverse("supplier.change", lambda tx, _: suppliers.change(tx, supplier_id, seen, fresh)),
        )

    def _add_figures(self, shown: Supplier | NewSupplier, choices: Choices) -> None:
        self.term, self.calendar = QComboBox(), QComboBox()
        for code, words in choices.terms.items():
            self.term.addItem(words, code)
        self.term.setCurrentIndex(max(0, self.term.findData(shown.payment_term)))
        self.calendar.addItem(tr("Monday to Friday"), None)
        for place, (key, name) in enumerate(choices.calendars.items(), 1):
            self.calendar.addItem(name, key)
            if key == shown.calendar_id:
                self.calendar.setCurrentIndex(place)
        self.lead_days = QuantityField(tr("Lead time"), Decimal(shown.lead_days), decimals=0)
        self.over = QuantityField(tr("More than ordered, %"), shown.over_receipt * HUNDRED, decimals=4)
        self.under = QuantityField(tr("Less than ordered, %"), shown.under_receipt * HUNDRED, decimals=4)
        self.drop_ships = QCheckBox(tr("Sends to our customers"))
        self.drop_ships.setChecked(shown.drop_ships)
        self.form.add("payment_term", tr("Payment terms"), self.term)
        self.form.add("lead_days", tr("Lead time"), self.lead_days, tr("Working days; a product may say otherwise."))
        self.form.add("calendar_id", tr("Works"), self.calendar)
        self.form.add("over_receipt", tr("More than ordered, %"), self.over, tr("So much more is taken in."))
        self.form.add("under_receipt", tr("Less than ordered, %"), self.under, tr("So much less counts as complete."))
        self.form.add("drop_ships", "", self.drop_ships)


def read_choices(connection: Connection) -> Choices:
    """Read what a supplier can be set up with."""
    terms = connection.execute(select(payment_term.c.code, payment_term.c.name).order_by(payment_term.c.code))
    return Choices({row.code: row.name for row in terms}, {one.id: one.name for one in calendars.all_of(connection)})
