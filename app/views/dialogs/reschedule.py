"""Agreeing anew when what is open of an invoice is paid: so many even parts, from a day on, so far apart."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.models.payment_terms import Every, Instalment, evenly
from app.services import instalments
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.widgets.fields import DateField, QuantityField
from app.views.widgets.list_view import ListView

WORDS: Final = {
    Every.WEEK: "Every week",
    Every.FORTNIGHT: "Every two weeks",
    Every.MONTH: "Every month",
    Every.QUARTER: "Every three months",
}
INSTALMENTS: Final = (
    Column[Instalment]("due", "Due", lambda one: cells.text(written.full_day(one.due_on)), 180, stretch=True),
    Column[Instalment]("amount", "Amount", lambda one: cells.amount(one.amount), 120, right=True),
)


class RescheduleDialog(FormDialog):
    """Asks for parts, first day and distance, and shows the instalments they make."""

    def __init__(
        self, context: Context, head: Any, before: Sequence[Instalment], decimals: int, *, parent: QWidget
    ) -> None:
        title = tr("Other days for {}").format(head.number)
        about = tr("{} open. The printed invoice stays as it is.").format(
            written.money(head.open_amount, head.currency)
        )
        super().__init__(context, title, tr("Agree"), about=about, parent=parent)
        self._head, self._before, self._decimals = head, tuple(before), decimals
        self.parts = QuantityField(tr("Instalments"), Decimal(3), decimals=0)
        self.first_on = DateField(tr("First day"), context.today, max(head.due_on, context.today()))
        self.every = QComboBox()
        self.every.setAccessibleName(tr("How often"))
        for every, words in WORDS.items():
            self.every.addItem(tr(words), every)
        self.every.setCurrentIndex(list(WORDS).index(Every.MONTH))
        self.form.add("parts", tr("Instalments"), self.parts)
        self.form.add("first_on", tr("First day"), self.first_on)
        self.form.add("every", tr("How often"), self.every)
        self.found: RowsTable[Instalment] = RowsTable(INSTALMENTS)
        self.view = ListView(self.found, "reschedule")
        self.view.setAccessibleName(tr("Instalments"))
        self.view.setMinimumHeight(160)
        self.body.addWidget(self.view)
        self.parts.changed.connect(self._show)
        self.first_on.changed.connect(self._show)
        self.every.currentIndexChanged.connect(self._show)
        self._show()
        self.parts.setFocus()

    def submit(self) -> None:
        """Agree on the instalments shown."""
        try:
            wanted = self._wanted()
        except Invalid as error:
            self.form.show_error(error)
            return
        invoice_id, before = self._head.id, self._before
        self.run(
            "invoice.reschedule",
            lambda tx: instalments.reschedule(tx, invoice_id, wanted),
            tr("{} is due in {} parts.").format(self._head.number, len(wanted)) if len(wanted) > 1 else tr("Agreed."),
            inverse=Inverse("invoice.reschedule", lambda tx, _: instalments.reschedule(tx, invoice_id, before)),
        )

    def _wanted(self) -> tuple[Instalment, ...]:
        parts, first_on = self.parts.value(), self.first_on.value()
        if parts is None:
            raise Invalid("parts", tr("Say in how many parts it is paid."))
        if first_on is None:
            raise Invalid("first_on", tr("Say when the first part is due."))
        return evenly(self._head.open_amount, int(parts), first_on, self.every.currentData(), self._decimals)

    def _show(self, *_changed: object) -> None:
        try:
            self.found.set_rows(self._wanted())
        except Invalid:
            self.found.set_rows([])
