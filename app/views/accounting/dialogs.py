"""Booking by hand, opening a month again, accounts and rules, and handing the journal over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.models.books import AccountKind, AccountRule, Period
from app.models.payment import Purpose
from app.services.books import chart, entries, periods
from app.services.books.chart import Account
from app.services.books.datev import Client
from app.services.books.entries import Side
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, Field, QuantityField
from app.views.widgets.labels import Label
from app.views.widgets.typed_table import TypedColumn, TypedTable

LINES: Final = (
    TypedColumn("account", "Account", 90, code=True),
    TypedColumn("name", "Name", 200, stretch=True, typed=False),
    TypedColumn("debit", "Debit", 110, right=True),
    TypedColumn("credit", "Credit", 110, right=True),
)
ADVISER: Final = "accounting/datev_adviser"
CLIENT: Final = "accounting/datev_client"


class EntryDialog(FormDialog):
    """Books an entry by hand; what is still missing for it to balance is told while it is typed."""

    def __init__(self, context: Context, accounts: list[Account], on: date, *, parent: QWidget) -> None:
        about = tr("A row for each account. Receivables, deposits and stock follow their documents and are not typed.")
        super().__init__(context, tr("Book by hand"), tr("Book"), about=about, parent=parent)
        self.setMinimumWidth(640)
        self._names = {one.code: one.name for one in accounts}
        self.on = DateField(tr("Date"), context.today, on)
        self.text = Field(tr("Text"))
        self.form.add("on", tr("Date"), self.on)
        self.form.add("text", tr("Text"), self.text, tr("What it is about, e.g. Rent November."))
        self.lines = TypedTable(tr("Lines"), LINES, height=170)
        self.form.add("lines", "", self.lines)
        self.rest = Label("", Type.META, Tone.SOFT)
        self.body.addWidget(self.rest)
        self.lines.changed.connect(self._look)
        self.text.setFocus()

    def submit(self) -> None:
        """Book it."""
        on, text, sides = self.on.value(), self.text.text(), self._sides()
        if reason := self.lines.first_error():
            self.form.show_error(Invalid("lines", reason))
        elif on is None:
            self.form.show_error(Invalid("on", tr("Type the day it is booked on.")))
        else:
            inverse = Inverse("entry.take_back", lambda tx, key: entries.take_back(tx, key, on))
            self.run("entry.book", lambda tx: entries.book(tx, on, text, sides), tr("Booked."), inverse=inverse)

    def _sides(self) -> list[Side]:
        found = []
        for place, row in self.lines.texts():
            amounts = {}
            for name in ("debit", "credit"):
                typed = row.get(name, "").strip()
                amount = written.number(typed) if typed else Decimal(0)
                wrong = amount is None or amount < 0
                self.lines.mark(place, name, tr("“{}” is no amount.").format(typed) if wrong else "")
                amounts[name] = amount or Decimal(0)
            code = row.get("account", "").strip()
            known = code in self._names
            self.lines.mark(place, "account", "" if known else tr("There is no account {}.").format(code or "…"))
            found.append(Side(code, amounts["debit"] - amounts["credit"]))
        return found

    def _look(self, place: int, column: str) -> None:
        if column == "account":
            code = next((row.get("account", "") for number, row in self.lines.texts() if number == place), "")
            self.lines.put(place, {"name": self._names.get(code.strip(), "")})
        rest = sum((side.amount for side in self._sides()), Decimal(0))
        said = tr("{} more in debit than in credit.") if rest > 0 else tr("{} more in credit than in debit.")
        self.rest.setText(said.format(written.amount(abs(rest))) if rest else tr("Debit and credit are equal."))


class ReopenDialog(FormDialog):
    """Opens a closed month again; the reason is kept."""

    def __init__(self, context: Context, period: Period, *, parent: QWidget) -> None:
        about = tr("Until it is closed again, entries may be dated in it. Who opened it, when and why is kept.")
        super().__init__(context, tr("Open {} again").format(period.words), tr("Open it"), about=about, parent=parent)
        self._period = period
        self.reason = Field(tr("Reason"))
        self.form.add("reason", tr("Reason"), self.reason)

    def submit(self) -> None:
        """Open it."""
        period, reason = self._period, self.reason.text()
        self.run(
            "period.reopen",
            lambda tx: periods.reopen(tx, period, reason),
            tr("{} is open again.").format(period.words),
        )


class AccountDialog(FormDialog):
    """Adds an account, or changes one and what it is for."""

    def __init__(self, context: Context, known: Account | None, *, parent: QWidget) -> None:
        title = tr("Change account {}").format(known.code) if known else tr("New account")
        about = tr("What was booked stays where it was booked: an account with entries keeps its kind and its purpose.")
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self._known = known
        self.code = Field(tr("Account"), known.code if known else "", code=True)
        self.code.setEnabled(known is None)
        self.name = Field(tr("Name"), known.name if known else "")
        self.kind, self.purpose = QComboBox(), QComboBox()
        for kind in AccountKind:
            self.kind.addItem(tr(str(kind).capitalize()), str(kind))
        self.purpose.addItem(tr("nothing by itself"), "")
        for purpose in Purpose:
            self.purpose.addItem(tr(str(purpose).replace("_", " ").capitalize()), str(purpose))
        self.kind.setAccessibleName(tr("Kind"))
        self.purpose.setAccessibleName(tr("What is booked there"))
        if known is not None:
            self.kind.setCurrentIndex(self.kind.findData(known.kind))
            self.purpose.setCurrentIndex(max(0, self.purpose.findData(known.purpose)))
        self.form.add("code", tr("Account"), self.code, tr("Three to eight digits; DATEV wants four or more."))
        self.form.add("name", tr("Name"), self.name)
        self.form.add("kind", tr("Kind"), self.kind)
        self.form.add("purpose", tr("What is booked there"), self.purpose)
        (self.name if known else self.code).setFocus()

    def submit(self) -> None:
        """Save it."""
        code, name = self.code.text().strip(), self.name.text()
        kind, purpose = AccountKind(str(self.kind.currentData())), str(self.purpose.currentData())
        known = self._known
        if known is not None and known.purpose and not purpose:
            self.form.show_error(Invalid("purpose", tr("Give its purpose to another account; this one then has none.")))
            return

        def save(tx: Transaction) -> None:
            if known is None:
                chart.add(tx, code, name, kind)
            else:
                chart.change(tx, code, name, kind)
            if purpose:
                chart.assign(tx, Purpose(purpose), code)

        self.run("account.save", save, tr("Account {} is saved.").format(code))


class RuleDialog(FormDialog):
    """Sends sales of a product category, with a tax, or both to an account of their own."""

    def __init__(self, context: Context, known: Account, taxes: list[str], *, parent: QWidget) -> None:
        about = tr("From now on. The rule that names most wins; all other sales go to the account of sales.")
        title = tr("Send sales to {} {}").format(known.code, known.name)
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self._known = known
        self.category = Field(tr("Product category"))
        self.tax = QComboBox()
        self.tax.setAccessibleName(tr("Tax"))
        self.tax.addItem(tr("any tax"), "")
        for code in taxes:
            self.tax.addItem(code, code)
        self.form.add("category", tr("Product category"), self.category, tr("As the products name it; empty for any."))
        self.form.add("tax_code", tr("Tax"), self.tax)
        self.note = Label("", Type.META, Tone.SOFT, wrap=True)
        self.body.addWidget(self.note)

    def submit(self) -> None:
        """Save the rule."""
        rule = AccountRule(
            str(Purpose.REVENUE), self.category.text().strip(), str(self.tax.currentData()), self._known.code
        )
        inverse = Inverse("account_rule.remove", lambda tx, _: chart.remove_rule(tx, rule))
        self.run(
            "account_rule.set",
            lambda tx: chart.set_rule(tx, rule),
            tr("Such sales go there from now on."),
            inverse=inverse,
        )


class DropRuleDialog(FormDialog):
    """Takes a rule away that sends sales to an account."""

    def __init__(self, context: Context, known: Account, rules: list[AccountRule], *, parent: QWidget) -> None:
        about = tr("From now on such sales go where they would without the rule. What was booked stays.")
        title = tr("No longer send sales to {} {}").format(known.code, known.name)
        super().__init__(context, title, tr("Take away"), about=about, parent=parent)
        self._rules = rules
        self.rule = QComboBox()
        for one in rules:
            category, taxes = one.category or tr("any category"), one.tax_code or tr("any tax")
            self.rule.addItem(tr("Sales of {} with {}").format(category, taxes))
        self.form.add("rule", tr("Rule"), self.rule)

    def submit(self) -> None:
        """Take it away."""
        rule = self._rules[self.rule.currentIndex()]
        self.run(
            "account_rule.remove",
            lambda tx: chart.remove_rule(tx, rule),
            tr("Such sales no longer go to account {}.").format(rule.account),
            inverse=Inverse("account_rule.set", lambda tx, _: chart.set_rule(tx, rule)),
        )


class HandOverDialog(FormDialog):
    """Asks in which form the journal of the days on show is handed over."""

    chosen = Signal(str, object)  # the form, and whose books they are at the tax adviser's

    def __init__(self, context: Context, days: str, *, parent: QWidget) -> None:
        about = tr("The journal of {}.").format(days)
        super().__init__(context, tr("For the accountant"), tr("Save as…"), about=about, parent=parent)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("Form"))
        for name, kind in (("DATEV (EXTF)", "datev"), ("beancount", "beancount"), ("Excel, CSV", "table")):
            self.kind.addItem(name, kind)
        settings = context.settings
        adviser, client = (_whole(str(settings.value(name, ""))) for name in (ADVISER, CLIENT))
        self.adviser = QuantityField(tr("Adviser's number"), adviser, decimals=0)
        self.client = QuantityField(tr("Client's number"), client, decimals=0)
        self.form.add("kind", tr("Form"), self.kind)
        self.form.add("adviser", tr("Adviser's number"), self.adviser, tr("For DATEV; the tax adviser knows both."))
        self.form.add("client", tr("Client's number"), self.client)
        self.kind.currentIndexChanged.connect(self._show)
        self._show()

    def submit(self) -> None:
        """Tell what was chosen."""
        kind = str(self.kind.currentData())
        adviser, client = int(self.adviser.value() or 0), int(self.client.value() or 0)
        if kind == "datev" and not (adviser and client):
            self.form.show_error(Invalid("adviser", tr("Type both numbers; the tax adviser knows them.")))
            return
        if kind == "datev":
            self.context.settings.setValue(ADVISER, str(adviser))
            self.context.settings.setValue(CLIENT, str(client))
        self.chosen.emit(kind, Client(adviser, client))
        self.accept()

    def _show(self, *_changed: object) -> None:
        for field in (self.adviser, self.client):
            field.setEnabled(self.kind.currentData() == "datev")


def _whole(text: str) -> Decimal | None:
    return Decimal(text) if text.isdigit() else None
