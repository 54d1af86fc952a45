"""Adding and changing payment terms."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.models.payment_terms import Part
from app.services import payment_terms
from app.services.payment_terms import Terms
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.payment_terms import parts
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import Field, QuantityField
from app.views.widgets.labels import Label
from app.views.widgets.typed_table import TypedTable


class TermsDialog(FormDialog):
    """Adds payment terms, or changes some; what they mean for 1,000.00 invoiced today stands below."""

    def __init__(self, context: Context, known: Terms | None, *, parent: QWidget) -> None:
        title = tr("Change {}").format(known.name) if known else tr("New payment terms")
        about = tr(
            "A row for each part: a share (30 %), an amount (100.00) or the rest; due after months, on a day of the "
            "month, after days, at the month's end (x), and days after that."
        )
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(620)
        self._known = known
        self.code = Field(tr("Code"), known.code if known else "", code=True)
        self.name = Field(tr("Name"), known.name if known else "")
        self.code.setEnabled(known is None)
        self.form.add("code", tr("Code"), self.code)
        self.form.add("name", tr("Name"), self.name, tr("Papers print it, e.g. 30 days net."))
        discount, days = (known.discount, known.discount_days) if known else (Decimal(0), 0)
        self.discount = QuantityField(tr("Early discount %"), discount or None, decimals=4)
        self.discount_days = QuantityField(tr("Within days"), Decimal(days) if discount else None, decimals=0)
        self.form.add("discount", tr("Early discount %"), self.discount, tr("Off the total, for paying early."))
        self.form.add("discount_days", tr("Within days"), self.discount_days)
        self.parts = TypedTable(tr("Parts"), parts.COLUMNS, [parts.texts(one) for one in self._begin()], height=150)
        self.form.add("parts", "", self.parts)
        self.example = Label("", Type.META, Tone.SOFT, wrap=True)
        self.body.addWidget(self.example)
        self.parts.changed.connect(self._show)
        self._show()
        (self.name if known else self.code).setFocus()

    def submit(self) -> None:
        """Save them."""
        try:
            found = parts.read(self.parts)
        except Invalid as error:
            self.form.show_error(error)
            return
        off, days = self.discount.value() or Decimal(0), int(self.discount_days.value() or 0)
        new, before = Terms(self.code.text().strip(), self.name.text().strip(), found, off, days), self._known
        inverse = Inverse("payment_term.remove", lambda tx, _: payment_terms.remove(tx, new.code))
        if before is not None:
            inverse = Inverse("payment_term.save", lambda tx, _: payment_terms.save(tx, before))
        said = tr("{} is saved. What is posted from now on follows it.").format(new.name)
        self.run("payment_term.save", lambda tx: payment_terms.save(tx, new), said, inverse=inverse)

    def _begin(self) -> tuple[Part, ...]:
        return self._known.parts if self._known is not None else ()

    def _show(self, *_changed: object) -> None:
        try:
            found = parts.read(self.parts)
        except Invalid as error:
            self.example.setText(str(error))
            return
        said = parts.words(found, self.context.today())
        self.example.setText(tr("1,000.00 invoiced today: {}").format(said))
