"""The e-invoice of a posted invoice: in which form, what the rules say of it, and the file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.models.einvoice import Form
from app.services import billing, einvoices
from app.services.einvoices import Finding, Made
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.einvoice_names import FORMS, PLACES
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView


class EInvoiceDialog(FormDialog):
    """Checks the e-invoice as soon as it is open, and again for each form; what passes is saved and kept."""

    def __init__(self, context: Context, invoice_id: UUID, number: str, wanted: Form, *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("E-invoice of {}").format(number),
            context.messages.tr("Save as…"),
            parent=parent,
        )
        self.setMinimumWidth(680)
        self._invoice_id = invoice_id
        self.made: Made | None = None
        self.forms = QComboBox()
        for form in Form:
            if form:
                self.forms.addItem(self.tr(FORMS[form]), form)
        self.forms.setCurrentIndex(max(0, self.forms.findData(wanted or Form.FACTUR_X)))
        self.form.add("form", self.tr("Form"), self.forms)
        self.verdict = Label("", Type.BODY_BOLD, wrap=True)
        self.asked = Label("", Type.META, Tone.FAINT, wrap=True)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.asked)
        self.findings: RowsTable[Finding] = RowsTable(_COLUMNS)
        self.table = ListView(self.findings, "einvoice_findings", two_lines=True)
        self.table.setAccessibleName(self.tr("What the rules say"))
        self.table.setMinimumHeight(190)
        self.table.opened.connect(self._show_place)
        self.body.addWidget(self.table)
        self.forms.currentIndexChanged.connect(self.check)
        self.check()

    def check(self, _index: int = 0) -> None:
        """Make the e-invoice in the chosen form and ask the rules."""
        self.go.setEnabled(False)
        self.made = None
        self.verdict.setText(self.tr("Checking…"))
        self.verdict.set_tone(Tone.SOFT)
        self.asked.setText("")
        read = partial(einvoices.make, invoice_id=self._invoice_id, form=Form(self.forms.currentData()))
        self.context.tasks.read(self, read, self._show, self._refused)

    def submit(self) -> None:
        """Ask for a file and save it there."""
        if self.made is not None and self.made.passed:
            kinds = self.tr("PDF (*.pdf)") if self.made.form == Form.FACTUR_X else self.tr("XML (*.xml)")
            name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the e-invoice"), self.made.file_name, kinds)
            if name:
                self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Save the file and keep in the books that it was made."""
        assert self.made is not None
        self.context.tasks.read(self, partial(_file, self._invoice_id, self.made), partial(self._write, path))

    def _write(self, path: Path, file: bytes) -> None:
        made, invoice_id = self.made, self._invoice_id
        if made is None:
            return
        try:
            writing = path.with_name(f"{path.name}.writing")
            writing.write_bytes(file)
            writing.replace(path)
        except OSError as error:
            self.form.show_error(UserError(self.tr("{} could not be written: {}.").format(path.name, error.strerror)))
            return
        self.run(
            "einvoice.send", lambda tx: einvoices.send(tx, invoice_id, made), self.tr("Saved as {}.").format(path.name)
        )

    def _show(self, made: Made) -> None:
        if made.form != self.forms.currentData():
            return  # another form was chosen meanwhile
        self.made = made
        self.go.setEnabled(made.passed)
        self.findings.set_rows(made.findings)
        self.table.setVisible(bool(made.findings))
        wrong = sum(one.fatal for one in made.findings)
        if made.passed:
            self.verdict.setText(self.tr("It keeps every rule that was asked."))
        else:
            what = self.tr("1 thing is missing or wrong") if wrong == 1 else self.tr("{} things are missing or wrong")
            self.verdict.setText(self.tr("{}: it would be refused.").format(what.format(wrong)))
        self.verdict.set_tone(Tone.OK if made.passed else Tone.BAD)
        self.asked.setText(_asked(made))

    def _refused(self, error: UserError) -> None:
        self.verdict.setText(str(error))
        self.verdict.set_tone(Tone.BAD)

    def _show_place(self, finding: Finding) -> None:
        """Go to where a finding is put right."""
        if finding.place == "customer":
            self.context.tasks.read(self, partial(_customer, invoice_id=self._invoice_id), self._show_customer)
        elif finding.place != "invoice":
            self.reject()
            self.context.open("settings")

    def _show_customer(self, customer_id: UUID) -> None:
        self.reject()
        self.context.open("customer", customer_id)


def _file(invoice_id: UUID, made: Made, connection: Connection) -> bytes:
    return einvoices.file_of(connection, invoice_id, made.form, made.document)


def _customer(connection: Connection, invoice_id: UUID) -> UUID:
    found: UUID = billing.get(connection, invoice_id).customer_id
    return found


def _asked(made: Made) -> str:
    if made.checked_with:
        return tr("Asked: our own rules, {}.").format(", ".join(made.checked_with))
    if made.passed:
        return tr("Only our own rules were asked: the official ones come with an extra, see the guide on billing.")
    return tr("Enter on a row goes to where it is put right. The official rules are asked after that.")


def _what(one: Finding) -> Cell:
    return cells.two_lines(one.text, one.rule if one.fatal else tr("{}, a warning").format(one.rule))


def _where(one: Finding) -> Cell:
    return cells.text(tr(PLACES.get(one.place, one.place)), tone=Tone.SOFT)


_COLUMNS: Final = (
    Column[Finding]("what", "What is wrong", _what, 440, stretch=True),
    Column[Finding]("where", "Put right at", _where, 130),
)
