"""What is asked about reminders, disputes and statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.models.dunning import Level
from app.services import disputes, dunning, dunning_levels
from app.services.disputes import NewDispute
from app.services.dunning_levels import PROPOSED, Procedure
from app.services.payments import OpenInvoice
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.fields import AmountField, DateField, Field
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

ZERO: Final = Decimal(0)
_YES: Final = frozenset({"x", "y", "yes", "1", "true"})
COLUMNS: Final = (
    TypedColumn("days", "Days late", 92, right=True),
    TypedColumn("name", "Title of the letter", 150),
    TypedColumn("fee", "Fee", 70, right=True),
    TypedColumn("interest", "Interest %", 100, right=True),
    TypedColumn("blocks", "Stop goods", 104),
    TypedColumn("text", "Text", 220, stretch=True),
)


class LevelsDialog(FormDialog):
    """Sets the levels up; a company without any is offered three."""

    def __init__(self, context: Context, known: Procedure, *, parent: QWidget) -> None:
        about = tr(
            "A row for each level: after how many days, the title, a fee and interest a year where they are agreed. "
            "Goods are stopped (x) until what was reminded is paid."
        )
        super().__init__(context, tr("Reminder levels"), tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(880)
        self._known = known
        begin = [_texts(one) for one in (known.levels or PROPOSED.levels)]
        self.levels = TypedTable(tr("Levels"), COLUMNS, begin, height=190)
        self.form.add("levels", "", self.levels)

    def submit(self) -> None:
        """Save them."""
        found = [self._level(place, row) for place, row in self.levels.texts()]
        if reason := self.levels.first_error():
            self.form.show_error(Invalid("levels", reason))
            return
        before = self._known
        self.run(
            "dunning.save_levels",
            lambda tx: dunning_levels.save(tx, found, before.charges, before.year_days),
            tr("The levels are saved. Letters that went out keep what they say."),
            inverse=Inverse(
                "dunning.save_levels",
                lambda tx, _: dunning_levels.save(tx, before.levels, before.charges, before.year_days),
            ),
        )

    def _level(self, place: int, row: Texts) -> Level:
        days, fee, interest = (self._number(place, row, name) for name in ("days", "fee", "interest"))
        blocks = row.get("blocks", "").lower() in _YES
        return Level(int(days), row.get("name", ""), fee, interest, row.get("text", ""), blocks)

    def _number(self, place: int, row: Texts, name: str) -> Decimal:
        typed = row.get(name, "").strip().replace(",", ".")
        try:
            found = Decimal(typed or "0")
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or (name == "days" and found != int(found)):
            self.levels.mark(place, name, tr("Type a number."))
            return ZERO
        self.levels.mark(place, name, "")
        return found


def _texts(level: Level) -> Texts:
    return {
        "days": str(level.days),
        "name": level.name,
        "fee": written.amount(level.fee) if level.fee else "",
        "interest": f"{level.interest_percent.normalize():f}" if level.interest_percent else "",
        "blocks": "x" if level.blocks else "",
        "text": level.text,
    }


class DisputeDialog(FormDialog):
    """Writes a dispute down about one of a customer's open invoices."""

    def __init__(self, context: Context, customer: str, known: Sequence[OpenInvoice], *, parent: QWidget) -> None:
        about = tr("What is disputed is neither reminded of nor counted against the credit limit until it is solved.")
        super().__init__(context, tr("Dispute of {}").format(customer), tr("Write down"), about=about, parent=parent)
        self._open = [one for one in known if one.open_amount > 0]
        self.invoice, self.amount = QComboBox(), AmountField(tr("Amount"), None)
        for one in self._open:
            due = written.day(one.due_on, context.today())
            amount = written.money(one.open_amount, one.currency)
            self.invoice.addItem(tr("{}, due {}, {} open").format(one.number, due, amount), one.id)
        self.invoice.currentIndexChanged.connect(self._show)
        self._show(0)
        self.reason, self.owner = Field(tr("What the customer says")), Field(tr("Who sees to it"))
        self.form.add("invoice", tr("Invoice"), self.invoice)
        self.form.add("amount", tr("Amount"), self.amount, tr("All of it, or the part that is disputed."))
        self.form.add("reason", tr("What the customer says"), self.reason)
        self.form.add("owner", tr("Who sees to it"), self.owner, tr("Empty: you."))

    def submit(self) -> None:
        """Write it down."""
        if not self._open:
            self.form.show_error(Invalid("invoice", tr("This customer has no open invoice to dispute.")))
            return
        known = self._open[self.invoice.currentIndex()]
        figures = (known.id, self.amount.value() or ZERO, self.reason.text())
        new = NewDispute(*figures, self.context.today(), self.owner.text())
        self.run("dispute.open", lambda tx: disputes.open_one(tx, new), tr("The dispute is written down."))

    def _show(self, place: int) -> None:
        self.amount.set_value(self._open[place].open_amount if self._open else None)


class RejectDialog(FormDialog):
    """Solves a dispute for us."""

    def __init__(self, context: Context, dispute_id: UUID, number: str, *, parent: QWidget) -> None:
        about = tr("The amount is owed, reminded of and counted as before.")
        super().__init__(context, tr("Reject {}").format(number), tr("Reject"), about=about, parent=parent)
        self._id, self._number = dispute_id, number
        self.answer = Field(tr("What the customer was told"))
        self.form.add("answer", tr("What the customer was told"), self.answer)

    def submit(self) -> None:
        """Reject it."""
        key, on, answer = self._id, self.context.today(), self.answer.text()
        self.run(
            "dispute.reject",
            lambda tx: disputes.reject(tx, key, on, answer),
            tr("{} is solved.").format(self._number),
            inverse=Inverse("dispute.reopen", lambda tx, _: disputes.reopen(tx, key)),
        )


class CreditedDialog(FormDialog):
    """Solves a dispute for the customer, with a credit note for its invoice that is posted."""

    def __init__(self, context: Context, row: Any, notes: Sequence[Any], *, parent: QWidget) -> None:
        about = tr("{}, {} of {}. The newest credit note for it is proposed.")
        about = about.format(row.customer_name, written.money(row.amount, row.currency), row.invoice_number)
        super().__init__(context, tr("{} is credited").format(row.number), tr("Solve"), about=about, parent=parent)
        self._id, self._number = row.id, row.number
        self.note = QComboBox()
        for one in notes:
            self.note.addItem(f"{one.number} · {written.money(-one.total, one.currency)}", one.id)
        self.answer = Field(tr("What the customer was told"))
        self.form.add("credit_id", tr("Credit note"), self.note)
        self.form.add("answer", tr("What the customer was told"), self.answer)

    def submit(self) -> None:
        """Solve it."""
        key, note, on, answer = self._id, self.note.currentData(), self.context.today(), self.answer.text()
        said = tr("{} is solved.").format(self._number)
        self.run("dispute.credit", lambda tx: disputes.credit(tx, key, note, on, answer), said)


class PaidDialog(FormDialog):
    """Solves a dispute because the customer paid all the same."""

    def __init__(self, context: Context, row: Any, *, parent: QWidget) -> None:
        about = tr("{} paid {} of {} all the same.")
        about = about.format(row.customer_name, written.money(row.amount, row.currency), row.invoice_number)
        super().__init__(context, tr("{} is paid").format(row.number), tr("Solve"), about=about, parent=parent)
        self._id, self._number = row.id, row.number
        self.answer = Field(tr("What was agreed"))
        self.form.add("answer", tr("What was agreed"), self.answer)

    def submit(self) -> None:
        """Solve it."""
        key, on, answer = self._id, self.context.today(), self.answer.text()
        said = tr("{} is solved.").format(self._number)
        self.run("dispute.paid", lambda tx: disputes.paid(tx, key, on, answer), said)


class BlockDialog(FormDialog):
    """Keeps an invoice out of reminders until a day, or until the block is lifted."""

    def __init__(self, context: Context, customer_id: UUID, invoice_id: UUID, number: str, *, parent: QWidget) -> None:
        title = tr("Do not remind of {}").format(number)
        super().__init__(context, title, tr("Block"), parent=parent)
        self._about, self._number = (customer_id, invoice_id), number
        self.reason = Field(tr("Reason"))
        self.until = DateField(tr("Until"), context.today)
        self.form.add("reason", tr("Reason"), self.reason)
        self.form.add("until", tr("Until"), self.until, tr("Empty: until it is lifted."))

    def submit(self) -> None:
        """Block it."""
        (customer_id, invoice_id), reason, until = self._about, self.reason.text(), self.until.value()
        self.run(
            "dunning.block",
            lambda tx: dunning.block(tx, customer_id, reason, invoice_id=invoice_id, until=until),
            tr("{} is not reminded of.").format(self._number),
            inverse=Inverse("dunning.unblock", dunning.unblock),
        )


class StatementDialog(FormDialog):
    """Asks for the period of a statement and shows it as it prints."""

    def __init__(self, context: Context, customer: str, show: Callable[[date, date], None], *, parent: QWidget) -> None:
        super().__init__(context, tr("Statement of {}").format(customer), tr("Show"), parent=parent)
        self._show = show
        today = context.today()
        self.first = DateField(tr("From"), context.today, today.replace(month=1, day=1))
        self.last = DateField(tr("Until"), context.today, today)
        self.form.add("first", tr("From"), self.first)
        self.form.add("last", tr("Until"), self.last)

    def submit(self) -> None:
        """Show it."""
        first, last = self.first.value(), self.last.value()
        if first is None or last is None or last < first:
            self.form.show_error(Invalid("last", tr("Type a first day, and a last one that is not before it.")))
            return
        self.accept()
        self._show(first, last)
