"""Settling an invoice without money: write it off, take a deduction back, use a credit note for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.models.payment import DeductionKind
from app.services import cash_application, deductions, payments
from app.services.cash_application import Deducted
from app.services.payments import OpenInvoice
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import AmountField, DateField, Field
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

ZERO: Final = Decimal(0)
DEDUCTIONS: Final = {
    DeductionKind.DISCOUNT: "discount",
    DeductionKind.WRITE_OFF: "written off",
    DeductionKind.KEPT: "kept",
}
"""What a deduction is called beside its amount."""


class WriteOffDialog(FormDialog):
    """Asks how much of an open invoice is given up, and why."""

    def __init__(self, context: Context, head: Any, *, parent: QWidget) -> None:
        about = tr("{}, {} open. What is written off is a cost, and not asked for any more.")
        about = about.format(head.customer_name, written.money(head.open_amount, head.currency))
        super().__init__(context, tr("Write off {}").format(head.number), tr("Write off"), about=about, parent=parent)
        self._head = head
        self.amount = AmountField(tr("Amount"), head.open_amount)
        self.on = DateField(tr("Day"), context.today, context.today())
        self.reason = Field(tr("Reason"))
        self.form.add("amount", tr("Amount {}").format(head.currency), self.amount, tr("All of it, or a part."))
        self.form.add("on", tr("Day"), self.on)
        self.form.add("reason", tr("Reason"), self.reason)

    def showEvent(self, event: Any) -> None:
        """What is missing is the reason: the keyboard begins there."""
        self.reason.setFocus()
        super().showEvent(event)

    def submit(self) -> None:
        """Write it off."""
        amount, on, reason = self.amount.value() or ZERO, self.on.value() or self.context.today(), self.reason.text()
        if not reason.strip():
            self.form.show_error(Invalid("reason", tr("Say why it is written off.")))
            return
        invoice_id = self._head.id
        kind = DeductionKind.WRITE_OFF
        said = tr("{} of {} is written off.").format(written.money(amount, self._head.currency), self._head.number)
        self.run(
            "invoice.write_off",
            lambda tx: deductions.settle(tx, invoice_id, amount, kind, on, reason=reason),
            said,
            inverse=Inverse("deduction.take_back", lambda tx, key: deductions.take_back(tx, key, on)),
        )


class TakeBackDialog(FormDialog):
    """Shows the deductions of an invoice that stand; the highlighted one is taken back."""

    def __init__(self, context: Context, number: str, standing: Sequence[Deducted], *, parent: QWidget) -> None:
        about = tr("{} is open by the highlighted amount again.").format(number)
        super().__init__(context, tr("Take a deduction back"), tr("Take back"), about=about, parent=parent)
        self.setMinimumWidth(640)
        self._number = number
        self.on = DateField(tr("Day"), context.today, context.today())
        self.form.add("on", tr("Day"), self.on)
        self.found: RowsTable[Deducted] = RowsTable(_DEDUCTED)
        self.found.set_rows(standing)
        self.view = ListView(self.found, "deductions_standing", two_lines=True)
        self.view.setAccessibleName(tr("Deductions"))
        self.view.setMinimumHeight(130)
        self.view.selectRow(0)
        self.body.addWidget(self.view)

    def showEvent(self, event: Any) -> None:
        """The keyboard begins in the table."""
        self.view.setFocus()
        super().showEvent(event)

    def submit(self) -> None:
        """Take the highlighted one back."""
        one, on = self.view.current_row(), self.on.value() or self.context.today()
        if one is None:
            return
        said = tr("{} of {} is open again.").format(written.money(one.amount, one.currency), self._number)
        self.run(
            "deduction.take_back",
            lambda tx: deductions.take_back(tx, one.id, on),
            said,
            inverse=Inverse("invoice.write_off", lambda tx, _: cash_application.settle_again(tx, one, on)),
        )


class UseCreditDialog(FormDialog):
    """Says for which open invoices of the customer a credit note is used; no money moves."""

    def __init__(self, context: Context, head: Any, known: Sequence[OpenInvoice], *, parent: QWidget) -> None:
        about = tr("{}: {} is owed to the customer. Both documents are settled by what is used; no money moves.")
        about = about.format(head.customer_name, written.money(-head.open_amount, head.currency))
        super().__init__(context, tr("Use {} for invoices").format(head.number), tr("Use"), about=about, parent=parent)
        self.setMinimumWidth(600)
        self._head, self._known = head, list(known)
        self._shares = payments.propose(-head.open_amount, self._known, head.currency)
        self.rows: RowsTable[OpenInvoice] = RowsTable(
            (
                _INVOICE,
                Column[OpenInvoice]("due", tr("Due"), lambda one: cells.text(written.full_day(one.due_on)), 136),
                Column[OpenInvoice]("open", tr("Open"), lambda one: cells.amount(one.open_amount), 100, right=True),
                Column[OpenInvoice]("share", tr("Uses"), self._cell, 100, right=True, edit=self._text),
            )
        )
        self.view = ListView(self.rows, "credit_uses")
        self.view.setAccessibleName(tr("Open invoices"))
        self.view.setMinimumHeight(170)
        self.left = Label("", Type.META, Tone.SOFT)
        self.body.addWidget(self.view)
        self.body.addWidget(self.left)
        self.rows.edited.connect(self._edited)
        self._show()

    def submit(self) -> None:
        """Use it."""
        if self._left() < 0:
            self.form.banner.set_text(tr("More is used than the credit note is worth. Lower an amount."))
            return
        credit_id, shares, on = self._head.id, dict(self._shares), self.context.today()
        numbers = ", ".join(one.number for one in self._known if shares.get(one.id))
        self.run(
            "credit.net",
            lambda tx: cash_application.use_credit(tx, credit_id, shares, on),
            tr("{} is used for {}.").format(self._head.number, numbers),
        )

    def _left(self) -> Decimal:
        left: Decimal = -self._head.open_amount - sum(self._shares.values(), ZERO)
        return left

    def _show(self) -> None:
        self.rows.set_errors({})
        self.rows.set_rows(self._known)
        left = written.money(self._left(), self._head.currency)
        self.left.setText(tr("{} stays open on the credit note.").format(left) if self._left() else "")

    def _edited(self, row: int, _column: str, typed: str) -> None:
        value, one = written.number(typed) if typed.strip() else ZERO, self._known[row]
        if value is None or not 0 <= value <= one.open_amount:
            wrong = tr("Between 0 and {}.").format(written.amount(one.open_amount))
            self.rows.set_errors({(row, "share"): wrong})
            return
        self._shares[one.id] = value
        self._show()

    def _cell(self, one: OpenInvoice) -> cells.Cell:
        return cells.amount(self._shares.get(one.id))

    def _text(self, one: OpenInvoice) -> str:
        return written.amount(self._shares.get(one.id, ZERO))


def _kind(one: Deducted) -> cells.Cell:
    return cells.two_lines(tr(DEDUCTIONS[DeductionKind(one.kind)]), one.reason or one.by, code_below=False)


_INVOICE: Final = Column[OpenInvoice]("number", "Invoice", lambda one: cells.code(one.number), 120, stretch=True)
_DEDUCTED: Final = (
    Column[Deducted]("kind", "Deduction", _kind, 220, stretch=True),
    Column[Deducted]("on", "On", lambda one: cells.text(written.full_day(one.on), tone=Tone.SOFT), 140),
    Column[Deducted]("amount", "Amount", lambda one: cells.amount(one.amount), 110, right=True),
)
