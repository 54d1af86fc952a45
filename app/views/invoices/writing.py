"""Writing an invoice that belongs to no order."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.services import billing, receivables
from app.services.billing import FreeInvoice
from app.services.receivables import NewInvoice
from app.views import format as written
from app.views.context import Context
from app.views.dialogs.choose_customer import ChooseCustomerDialog
from app.views.invoices import commands
from app.views.lines import LineEditor
from app.views.screen import Group, Place, Screen, Target
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.facts import Fact, Facts, TotalRow, TotalsBlock
from app.views.widgets.fields import Field
from app.views.widgets.form import Form
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel


class InvoiceWriting(Screen):
    """The page the lines of a free invoice are typed on; what was typed stays until it is saved."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "invoice_writing")
        self.bind(commands.DONE, self.save)
        self.found: NewInvoice | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader(self.tr("New invoice"), back=True)
        self.header.add(ActionButton(context.commands[commands.DONE.id], "check", Kind.PRIMARY))
        self.header.back_wanted.connect(context.navigator.back)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        row.addWidget(self._side())
        outer.addLayout(row, 1)

    def visit(self, target: Target) -> None:
        """Go on with what is being written, or ask for the customer of a new invoice."""
        customer = target.option("customer")
        if customer is not None:
            self._start(customer)
        elif self.found is not None and self.editor.lines():
            self.header.set_note(self.tr("Going on with what you typed."))
            self.editor.start()
        else:
            dialog = ChooseCustomerDialog(self.context, self.tr("New invoice"), parent=self)
            dialog.done_with.connect(self._start)
            dialog.rejected.connect(self.context.navigator.back)
            dialog.open()

    def save(self) -> None:
        """Save the lines as a draft invoice and show it among those to post."""
        if self.found is None:
            return
        new = FreeInvoice(
            self.found.customer.id,
            tuple(line.to_input() for line in self.editor.lines()),
            payment_term=str(self.term.currentData() or ""),
            customer_po=self.po.text().strip(),
        )
        self.form.clear_errors()
        self.context.run(
            self,
            "invoice.write",
            lambda tx: billing.write(tx, new),
            said=self.tr("The invoice is drafted."),
            done=self._saved,
            failed=self._refused,
        )

    def _main(self) -> QWidget:
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        column.setSpacing(Space.MEDIUM)
        self.editor = LineEditor(self.context)
        self.editor.changed.connect(self._show_totals)
        column.addWidget(self.editor, 1)
        below = QHBoxLayout()
        hint = self.tr("F2 edits · Del removes · Ctrl+V pastes rows · Ctrl+Enter drafts the invoice")
        below.addWidget(Label(hint, Type.META, Tone.FAINT), alignment=Qt.AlignmentFlag.AlignTop)
        below.addStretch(1)
        self.totals = TotalsBlock()
        self.totals.setFixedWidth(320)
        below.addWidget(self.totals)
        column.addLayout(below)
        return main

    def _side(self) -> SidePanel:
        panel = SidePanel(RECORD_PANEL + 40)
        panel.close_button.hide()
        about = Section()
        self.facts = Facts(1)
        about.body.addWidget(self.facts)
        panel.add(about)
        fields = Section(self.tr("Terms"))
        self.form, self.po, self.term = Form(), Field(self.tr("Customer's PO number"), code=True), QComboBox()
        self.term.setAccessibleName(self.tr("Payment terms"))
        self.form.add("customer_po", self.tr("PO number"), self.po)
        self.form.add("payment_term", self.tr("Terms"), self.term)
        fields.body.addWidget(self.form)
        panel.add(fields, line=False)
        return panel

    def _start(self, customer_id: UUID) -> None:
        self.context.tasks.read(self, partial(_new, customer_id=customer_id, on=self.context.today()), self._show)

    def _show(self, found: NewInvoice) -> None:
        self.found = found
        customer = found.customer
        self.context.undo.forget_typed()
        self.header.set_title(self.tr("New invoice"), customer.name)
        self.header.set_note("")
        self.po.clear()
        self.term.clear()
        for code, name in found.terms.items():
            self.term.addItem(name, code)
        self.term.setCurrentIndex(max(0, self.term.findData(customer.payment_term)))
        self.facts.set_facts(
            [
                Fact(self.tr("Customer"), f"{customer.name}, {customer.number}"),
                Fact(self.tr("Bill to"), ", ".join(customer.billing_address.lines()[1:])),
                Fact(self.tr("Currency"), customer.currency),
            ]
        )
        self.editor.show_draft(found.opened.draft, found.opened.lines)
        self._show_totals()
        self.editor.start()

    def _show_totals(self) -> None:
        draft = self.editor.draft
        if draft is None or self.found is None:
            return
        total = draft.totals
        rows = [TotalRow(self.tr("Untaxed"), written.amount(total.untaxed))]
        rows += [TotalRow(draft.taxes[code].name, written.amount(part.amount)) for code, part in total.taxes.items()]
        if total.rounding:
            rows.append(TotalRow(self.tr("Rounding"), written.amount(total.rounding)))
        words = self.tr("Total {}").format(self.found.customer.currency)
        self.totals.set_rows([*rows, TotalRow(words, written.amount(total.total), strong=True)])

    def _saved(self, invoice_id: UUID) -> None:
        self.found = None
        self.context.open("invoice", invoice_id)

    def _refused(self, error: UserError) -> None:
        self.form.show_error(error)


def _new(connection: Connection, customer_id: UUID, on: date) -> NewInvoice:
    return receivables.new_invoice(connection, customer_id, on)


PLACE: Final = Place(
    "invoice_writing",
    "Write an invoice",
    "pencil",
    Group.HIDDEN,
    InvoiceWriting,
    kinds=("new_invoice",),
    commands=(commands.DONE,),
)
