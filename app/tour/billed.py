"""A sale that is bargained for and billed in parts, through the window.

The customer asks for other prices twice before they sign; a deposit comes by bank statement, two invoices follow, one
of them is disputed in part, and who is late is reminded.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from sqlalchemy import Connection, select

from app.models.invoice import InvoiceKind, InvoiceState, invoice
from app.services import billing, disputes, dunning_levels, dunning_sheets, parties, quotes
from app.services.banking import accounts, proposals
from app.services.banking.accounts import NewBankAccount
from app.services.banking.matching import Confidence
from app.tour.sale import STEPS_MOST, Sale, stocked_skus
from app.tour.summary import TourFailed
from app.views.bank_lines.screen import BankLinesScreen
from app.views.dialogs.bill import PartInvoiceDialog
from app.views.dialogs.deposit import DepositDialog
from app.views.orders.screen import OrdersScreen
from app.views.quotes.counter import AnswerDialog, CounterDialog
from app.views.quotes.screen import QuotesScreen
from app.views.receivables.dialogs import DisputeDialog, LevelsDialog
from app.views.receivables.screen import ReceivablesScreen
from app.views.widgets.fields import place_of

STATEMENT: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>{number}</Id>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>
<RmtInf><Ustrd>Deposit {number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
"""
"""A camt.053 file with one line, as banks send them every morning (ISO 20022)."""
OUR_ACCOUNT: Final = "NL26VAYB8060476890"


class BilledSale(Sale):
    """Sells what is bargained for, with a deposit and in two invoices."""

    def take(self) -> UUID:
        """Bargain, agree, bill in parts, dispute, remind; gives the order."""
        quote_id = self._bargain()
        order_id = self.accept(self.screen(QuotesScreen), quote_id, version=3, po="4500-88307")
        self._ask_deposit(order_id)
        self.take_step(order_id)
        self._pay_by_bank(order_id)
        self._invoice_part(order_id)
        for _ in range(STEPS_MOST):
            if len(self._invoices(order_id)) == 2 or not self.take_step(order_id):
                break
        if len(self._invoices(order_id)) != 2:
            raise TourFailed("the order was not invoiced in two parts")
        self.note("Two invoices follow: first the part that was chosen, then the rest; the deposit is deducted")
        self._dispute_and_remind(order_id)
        self.carry_out(order_id)
        return order_id

    # the quote ---------------------------------------------------------------------------------

    def _bargain(self) -> UUID:
        """Three versions: the customer asks for another price, then for more pieces."""
        self.window.show_place("quotes")
        screen = self.screen(QuotesScreen)
        screen.new_for(self.read(_customer))
        editor = screen.page.editor
        self.until(lambda: screen.page.document is not None and not editor.lines(), "the new quote did not open")
        self.settle()
        for sku in self.read(stocked_skus)[:2]:
            self.add_line(editor, sku)
            self.set_quantity(editor, "6", Decimal(6))
        self.until(screen.page.is_saved, "the quote was not saved")
        quote_id: UUID = screen.page.document.head.id  # type: ignore[union-attr]
        price = self.read(partial(quotes.lines, quote_id=quote_id))[0].unit_price
        self._send_version(screen, quote_id)
        self._counter(screen, quote_id, 0, 2, f"{price - 2:f}")
        screen.negotiating.answer()
        answer = self.dialog(AnswerDialog)
        answer.price.set_value(price - 1)
        self.settle()
        self.picture("quote_answering", answer)
        answer.submit()
        self.until(partial(self._settled, quote_id), "the answer was not taken")
        self._send_version(screen, quote_id)
        self._counter(screen, quote_id, 1, 3, "8")
        screen.negotiating.accept()
        self.until(partial(self._settled, quote_id), "what was asked was not given")
        self.settle()
        self.picture("quote_rounds")
        self._send_version(screen, quote_id)
        self.note("The customer asks for another price, then for more pieces: three versions are sent")
        self.program.context.open("quote", quote_id)
        return quote_id

    def _send_version(self, screen: QuotesScreen, quote_id: UUID) -> None:
        version = self.read(partial(quotes.get, quote_id=quote_id)).version
        screen.send()
        self.until(lambda: self.read(partial(quotes.get, quote_id=quote_id)).version > version, "it was not sent")
        self.until(lambda: self.window.screen_on_show is not screen, "the sent quote was not shown as it prints")

    def _counter(self, screen: QuotesScreen, quote_id: UUID, line: int, column: int, typed: str) -> None:
        """Note what the customer asks for in one cell, and highlight it."""
        self.program.context.open("quote", quote_id, rounds=True)
        page = screen.negotiating.page
        self.until(lambda: page.found is not None and page.found.head.id == quote_id, "the rounds were not shown")
        self.settle()
        screen.negotiating.note_counter()
        asking = self.dialog(CounterDialog)
        view = asking.view
        view.pick(line)
        view.setCurrentIndex(asking.rows.index(line, column))
        view.edit(view.currentIndex())
        editor = view.viewport().findChildren(QLineEdit)[-1]
        self.type(typed, editor)
        self.key(Qt.Key.Key_Return, editor)
        self.settle()
        self.picture("quote_counter_offer", asking)
        asking.submit()
        self.until(lambda: page.found is not None and page.found.head.open_counters == 1, "it was not noted")
        self.settle()
        page.counters.pick(0)
        self.settle()

    def _settled(self, quote_id: UUID) -> bool:
        return bool(self.read(partial(quotes.get, quote_id=quote_id)).open_counters == 0)

    # the bill ----------------------------------------------------------------------------------

    def _ask_deposit(self, order_id: UUID) -> None:
        self.open_order(order_id)
        self.settle()
        self.program.context.commands["order.deposit"].trigger()
        asking = self.dialog(DepositDialog)
        self.until(lambda: bool(asking.shown()), "the deposit's parts were not shown")
        self.picture("order_deposit", asking)
        asking.submit()
        self.until(lambda: bool(self.read(partial(_deposit, order_id=order_id))), "no deposit was drafted")
        self.note("A deposit of 30 % is asked for, its tax split by rate")

    def _pay_by_bank(self, order_id: UUID) -> None:
        """The bank's file brings the deposit: it is sure what the line pays."""
        head = self.read(partial(_deposit, order_id=order_id))
        known = {one.number: one for one in self.read(accounts.known)}
        if OUR_ACCOUNT not in known:
            new = NewBankAccount("House bank", OUR_ACCOUNT, head.currency)
            self.program.context.run(self.window, "bank_account.add", lambda tx: accounts.add(tx, new))
            self.until(lambda: bool(self.read(accounts.known)), "the bank account was not added")
        facts = {"number": head.number, "currency": head.currency, "amount": f"{head.open_amount:f}"}
        facts |= {"iban": OUR_ACCOUNT, "day": head.invoiced_on.isoformat(), "name": "Bank line of the tour"}
        path = self.out / "bank_statement.xml"
        path.write_text(STATEMENT.format(**facts), encoding="utf-8")
        self.window.show_place("bank_lines")
        screen = self.screen(BankLinesScreen)
        screen.import_files([path])
        self.until(lambda: bool(self.read(proposals.open_lines)), "the statement was not read")
        self.until(
            lambda: any(one.confidence == Confidence.SURE for one in screen.proposals.values()), "nothing is sure"
        )
        self.settle()
        self.picture("bank_statement")
        screen.accept_sure()
        self.agree()
        self.until(lambda: not self.read(partial(billing.get, invoice_id=head.id)).open_amount, "it was not booked")
        self.note("The bank's statement brings the deposit, and the line that names it is booked")

    def _invoice_part(self, order_id: UUID) -> None:
        """Half of the first line is to be invoiced apart from the rest."""
        self.open_order(order_id)
        orders = self.screen(OrdersScreen)
        self.settle()
        orders.invoice_part()
        asking = self.dialog(PartInvoiceDialog)
        lines = asking.table.lines
        asking.table.set_lines(
            [replace(line, chosen=line.most / 2 if place == 0 else Fraction(0)) for place, line in enumerate(lines)]
        )
        self.settle()
        self.picture("order_invoice_part", asking)
        asking.submit()
        self.until(lambda: bool(self.read(partial(_drafted, order_id=order_id))), "the part was not drafted")

    def _invoices(self, order_id: UUID) -> list[UUID]:
        return self.read(partial(_posted, order_id=order_id))

    def _dispute_and_remind(self, order_id: UUID) -> None:
        """The customer disputes a part of what is open; whoever is late gets a letter."""
        head = self.read(partial(billing.get, invoice_id=self._open_invoice(order_id)))
        self.window.show_place("receivables")
        screen = self.screen(ReceivablesScreen)
        self.until(lambda: screen.ageing.rowCount() > 0, "nothing is owed")
        place = next(n for n, row in enumerate(screen.ageing.rows) if row.customer_id == head.customer_id)
        screen.ageing_view.selectRow(place)
        self.settle()
        screen.open_dispute()
        asking = self.dialog(DisputeDialog)
        asking.invoice.setCurrentIndex(place_of(asking.invoice, head.id))
        asking.amount.set_value(Decimal(10))
        asking.reason.setText("One of them is scratched")
        self.settle()
        self.picture("dispute", asking)
        asking.submit()
        of_customer = partial(disputes.of_customer, customer_id=head.customer_id)
        self.until(lambda: bool(self.read(of_customer)), "the dispute was not written down")
        screen.change_levels()
        levels = self.dialog(LevelsDialog)
        self.settle()
        self.picture("dunning_levels", levels)
        levels.submit()
        self.until(lambda: bool(self.read(dunning_levels.read).levels), "the levels were not kept")
        self.settle()
        self.picture("receivables_due")
        screen.draft()
        self.until(lambda: bool(self.read(dunning_sheets.runs)), "no reminders were drafted")
        self.until(lambda: "drafted" in screen.reminders_card.note.text(), "what was drafted is not shown")
        screen.send()
        self.agree()
        self.until(lambda: self.window.screen_on_show is not screen, "the reminder was not shown as it prints")
        self.settle()
        self.picture("reminder_printed")
        self.note("A part of an invoice is disputed, and whoever is late is reminded")

    def _open_invoice(self, order_id: UUID) -> UUID:
        for invoice_id in self._invoices(order_id):
            if self.read(partial(billing.get, invoice_id=invoice_id)).open_amount > 0:
                return invoice_id
        raise TourFailed("both invoices are paid already")


def _customer(connection: Connection) -> UUID:
    found = parties.find(connection, "Summit", 1) or parties.find(connection, "", 1)
    return found[0][0]


def _deposit(connection: Connection, order_id: UUID) -> Any:
    """Read the head of an order's deposit invoice, None where there is none."""
    statement = select(invoice).where(invoice.c.order_id == order_id, invoice.c.kind == InvoiceKind.DEPOSIT)
    return connection.execute(statement).one_or_none()


def _drafted(connection: Connection, order_id: UUID) -> list[UUID]:
    statement = select(invoice.c.id).where(
        invoice.c.order_id == order_id,
        invoice.c.kind == InvoiceKind.INVOICE,
        invoice.c.state == InvoiceState.DRAFT,
    )
    return list(connection.execute(statement).scalars())


def _posted(connection: Connection, order_id: UUID) -> list[UUID]:
    statement = select(invoice.c.id).where(
        invoice.c.order_id == order_id,
        invoice.c.kind == InvoiceKind.INVOICE,
        invoice.c.state.in_((InvoiceState.POSTED, InvoiceState.PAID)),
    )
    return list(connection.execute(statement).scalars())
