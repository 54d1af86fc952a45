"""Returns: what a customer may send back, why and what becomes of it; what arrived; what was repaired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.product import shown
from app.models.returns import OURS, Disposition
from app.services import products, return_sheets, returns
from app.services.return_sheets import ReturnLine, ReturnSheet
from app.services.returns import Inspection, LineTerms, Terms
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import Extras, QuantityLine, QuantityTable, set_part
from app.views.format import tr
from app.views.scanner import ScannerInput, ScannerSettings
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, Field
from app.views.widgets.labels import Label
from app.views.widgets.record_field import Choice, RecordField

DISPOSITIONS: Final = (
    (Disposition.CREDIT, "Credit"),
    (Disposition.REPLACE, "Replace"),
    (Disposition.EXCHANGE, "Exchange"),
    (Disposition.REPAIR, "Repair"),
    (Disposition.SEND_BACK, "Send back"),
)
"""What may become of goods, in words."""

USUAL_DAYS: Final = 14
"""Goods that are replaced in advance are expected within so many days, unless another day is typed."""

MODES: Final = (
    ("chosen", "Good", "WB-GOOD"),
    ("broken", "Broken", "WB-BROKEN"),
    ("repair", "To repair", "WB-REPAIR"),
    ("refused", "Refused", "WB-REFUSED"),
)
"""The columns of an inspection, and the codes on a card that make the next scans count there."""


def disposition_word(disposition: Disposition) -> str:
    """Say what becomes of goods."""
    return tr(dict(DISPOSITIONS)[disposition])


class AuthoriseReturnDialog(FormDialog):
    """Asks which goods come back, why, and what becomes of them; ``lines`` carry what is out with the customer."""

    def __init__(
        self, context: Context, order_id: UUID, number: str, lines: Sequence[QuantityLine], *, parent: QWidget
    ) -> None:
        super().__init__(
            context,
            context.messages.tr("Return from {}").format(number),
            context.messages.tr("Authorise return"),
            parent=parent,
        )
        self.setMinimumWidth(680)
        self._order_id = order_id
        self.reason = Field(self.tr("Reason"))
        self.usual = QComboBox()
        for key, word in DISPOSITIONS:
            self.usual.addItem(self.tr(word), str(key))
        self.other = RecordField(self.tr("Product given"), context.tasks, _find_products)
        self.other.setPlaceholderText(self.tr("SKU or name, where it is exchanged"))
        self.advance = QCheckBox(self.tr("Send what replaces them before they are here"))
        self.expected = DateField(self.tr("Here by"), context.today)
        self.form.add("reason", self.tr("Reason"), self.reason)
        self.form.add("disposition", self.tr("The goods are"), self.usual)
        self.form.add("exchange_for", self.tr("Product given"), self.other)
        self.form.add("in_advance", "", self.advance)
        self.form.add(
            "expected_on", self.tr("Here by"), self.expected, self.tr("What is not here by then is invoiced.")
        )
        options = [(str(key), self.tr(word)) for key, word in DISPOSITIONS]
        extras = Extras(
            choice=self.tr("Becomes"),
            options=options,
            usual=self.usual.currentText(),
            note=self.tr("Own reason"),
        )
        self.table = QuantityTable(self.tr("Lines that come back"), self.tr("Comes back"), lines, extras=extras)
        self.body.addWidget(self.table)
        self.usual.currentIndexChanged.connect(self._follow)
        self.advance.toggled.connect(self._follow)
        self.table.rows.edited.connect(self._follow)
        self._follow()
        self.reason.setFocus()

    def submit(self) -> None:
        """Authorise the return."""
        try:
            quantities = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        order_id, reason, terms = self._order_id, self.reason.text(), self._terms()
        self.run(
            "return.authorise",
            lambda tx: returns.authorise(tx, order_id, quantities, reason=reason, terms=terms),
            self.tr("The return is authorised."),
            inverse=Inverse("return.cancel", returns.cancel),
        )

    def _terms(self) -> Terms:
        choice = self.other.choice()
        given, usual = choice.id if choice else None, Disposition(self.usual.currentData())
        own = {
            line.id: LineTerms(Disposition(line.choice or usual), line.note, given)
            for line in self.table.lines
            if line.choice or line.note
        }
        advance = self.advance.isEnabled() and self.advance.isChecked()
        return Terms(LineTerms(usual, "", given), own, advance, self.expected.value() if advance else None)

    def _follow(self, *_: object) -> None:
        """Ask only for what the dispositions need."""
        usual = self.usual.currentText()
        chosen = {line.choice or str(self.usual.currentData()) for line in self.table.lines}
        self.table.show_usual(usual)
        self.other.setEnabled(str(Disposition.EXCHANGE) in chosen)
        self.advance.setEnabled(bool(chosen & {str(Disposition.REPLACE), str(Disposition.EXCHANGE)}))
        wanted = self.advance.isEnabled() and self.advance.isChecked()
        self.expected.setEnabled(wanted)
        if wanted and self.expected.value() is None:
            self.expected.set_value(self.context.today() + timedelta(days=USUAL_DAYS))


class ReceiveReturnDialog(FormDialog):
    """Asks what arrived and what inspection made of it; each piece may be scanned instead of typed."""

    def __init__(self, context: Context, sheet: ReturnSheet, *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("Receive {}").format(sheet.head.number),
            context.messages.tr("Receive return"),
            about=context.messages.tr("Type what arrived, or scan each piece: the first scan begins at nothing."),
            parent=parent,
        )
        self.setMinimumWidth(880)
        self._return_id = sheet.head.id
        self._awaited = [line for line in sheet.lines if line.awaited]
        self._mode, self._scanned = "chosen", False
        extras = Extras(more=[(key, self.tr(word)) for key, word, _ in MODES[1:]], note=self.tr("Found"))
        self.table = QuantityTable(
            self.tr("Lines that arrived"), self.tr("Good"), [_arriving(line) for line in self._awaited], extras=extras
        )
        self.body.addWidget(self.table)
        self.said = Label("", Type.BODY_STRONG, wrap=True)
        self.last = QCheckBox(self.tr("No more of it is awaited"))
        self.body.addWidget(self.said)
        self.body.addWidget(self.last)
        self._scanner = ScannerInput(ScannerSettings(prefix=str(context.settings.value("scanner/prefix", ""))), self)
        self._scanner.scanned.connect(self.scan)
        self.finished.connect(self._let_go)

    def submit(self) -> None:
        """Book what arrived."""
        try:
            good = self.table.grains()
            more = {key: self.table.more_grains(key) for key, _, _ in MODES[1:]}
        except Invalid as error:
            self.form.show_error(error)
            return
        findings = {line.id: line.note for line in self.table.lines if line.note}
        return_id = self._return_id
        found = Inspection(more["repair"], more["refused"], findings, self.last.isChecked())
        self.run(
            "return.receive",
            lambda tx: returns.receive(tx, return_id, good, more["broken"], None, found),
            self.tr("The return is booked."),
        )

    def scan(self, code: str) -> None:
        """Count a scanned piece where the last card said, or take a card."""
        mode = next((one for one in MODES if one[2] == code.strip().upper()), None)
        if mode is not None:
            self._mode = mode[0]
            self._say(self.tr("Next scans count as: {}").format(self.tr(mode[1])))
            return
        number = next((at for at, line in enumerate(self._awaited) if code.strip() in line.codes), None)
        if number is None:
            self._say(self.tr("{} is not on this return. Nothing was counted.").format(code.strip()), bad=True)
            return
        if not self._scanned:
            self._scanned = True
            for at, line in enumerate(self.table.lines):
                self.table.set_line(at, replace(line, chosen=Fraction(0), more={}))
        line = self.table.lines[number]
        if line.chosen + sum(line.more.values()) + 1 > line.most:
            self._say(self.tr("{}: all that were authorised are counted.").format(line.sku), bad=True)
            return
        counted = (line.chosen if self._mode == "chosen" else line.more.get(self._mode, Fraction(0))) + 1
        self.table.set_line(number, set_part(line, self._mode, counted))
        word = next(self.tr(word) for key, word, _ in MODES if key == self._mode)
        self._say(f"{line.sku}: {shown(counted)} × {word}")

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.said.set_tone(Tone.BAD if bad else Tone.OK)
        self.said.setText(text)

    def _let_go(self, _: int) -> None:
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self._scanner)


class FinishRepairDialog(FormDialog):
    """Asks what was repaired and what could not be."""

    def __init__(self, context: Context, sheet: ReturnSheet, *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("Repair of {}").format(sheet.head.number),
            context.messages.tr("Repair is done"),
            about=context.messages.tr("Repaired goods go back to the customer with the order; others are credited."),
            parent=parent,
        )
        self._return_id = sheet.head.id
        lines = [_asked(line, line.in_repair, line.in_repair) for line in sheet.lines if line.in_repair]
        self.table = QuantityTable(
            self.tr("Lines in repair"),
            self.tr("Repaired"),
            lines,
            extras=Extras(more=[("lost", self.tr("Beyond repair"))]),
        )
        self.body.addWidget(self.table)

    def submit(self) -> None:
        """Book what was done."""
        try:
            done, lost = self.table.grains(), self.table.more_grains("lost")
        except Invalid as error:
            self.form.show_error(error)
            return
        return_id = self._return_id
        self.run(
            "return.repair",
            lambda tx: returns.finish_repair(tx, return_id, done, lost),
            self.tr("The repair is booked."),
        )


def ask_return(context: Context, parent: QWidget, order_id: UUID, number: str) -> None:
    """Read what of an order is with the customer, then ask what of it comes back."""

    def ask(lines: list[ReturnLine]) -> None:
        if not lines:
            context.messages.say(tr("Nothing of {} is with the customer.").format(number))
            return
        asked = [_asked(one, one.authorised, Fraction(0)) for one in lines]
        AuthoriseReturnDialog(context, order_id, number, asked, parent=parent).open()

    context.tasks.read(parent, _Returnable(order_id), ask)


def ask_about(
    context: Context, parent: QWidget, return_id: UUID, dialog: Callable[..., ReceiveReturnDialog | FinishRepairDialog]
) -> None:
    """Read a return, then ask what arrived of it or what was repaired, as the ``dialog`` does."""

    def ask(sheet: ReturnSheet) -> None:
        waits = any(one.awaited if dialog is ReceiveReturnDialog else one.in_repair for one in sheet.lines)
        if waits and sheet.head.state != "cancelled":
            dialog(context, sheet, parent=parent).open()
        else:
            context.messages.say(tr("Nothing of {} waits for that.").format(sheet.head.number))

    context.tasks.read(parent, _Sheet(return_id), ask)


class _Returnable:
    """Reads what of an order may come back."""

    def __init__(self, order_id: UUID) -> None:
        self._order_id = order_id

    def __call__(self, connection: Connection) -> list[ReturnLine]:
        return return_sheets.returnable(connection, self._order_id)


class _Sheet:
    """Reads a return."""

    def __init__(self, return_id: UUID) -> None:
        self._return_id = return_id

    def __call__(self, connection: Connection) -> ReturnSheet:
        return return_sheets.sheet(connection, self._return_id)


def _asked(one: ReturnLine, most: Fraction, chosen: Fraction) -> QuantityLine:
    return QuantityLine(one.order_line_id, one.name, one.sku, one.unit, most, one.grains_per_unit, chosen)


def _arriving(one: ReturnLine) -> QuantityLine:
    """All that is awaited is proposed where its disposition puts it."""
    asked = _asked(one, one.awaited, one.awaited if one.disposition in OURS else Fraction(0))
    if one.disposition in OURS:
        return asked
    return set_part(asked, "repair" if one.disposition == Disposition.REPAIR else "refused", one.awaited)


def _find_products(connection: Connection, text: str) -> list[Choice]:
    return [Choice(one.id, one.name, "", one.sku) for one in products.find(connection, text, 12)]
