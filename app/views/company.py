"""The company's own data and rules, its taxes, the check of the books, and the look of the window."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any, Final

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.services import companies, integrity
from app.services.companies import Company, TaxRule
from app.services.database import Database
from app.services.integrity import Damage
from app.services.progress import Progress
from app.views import cells
from app.views.cells import Column
from app.views.commands import Command
from app.views.context import Context
from app.views.dialogs.approval_rules import ApprovalRulesDialog, KnownRules, known_rules
from app.views.dialogs.einvoicing import UnitCodesDialog
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.signature_pad import png_of
from app.views.einvoice_names import CATEGORIES
from app.views.format import tr
from app.views.screen import Group, Place, Screen, Target
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.cards import Card
from app.views.widgets.fields import Field, NumberField
from app.views.widgets.form import Form
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader

CHECK = Command(
    "books.check", "Check my data", "Prove that chain, ledgers, stock, numbers and totals agree.", "", "shield-check"
)
SAVE = Command("company.save", "Save", "Save the company's data.", "Ctrl+S", "save")
APPROVALS = Command(
    "approvals.rules",
    "Approvals of quotes…",
    "Say which quotes somebody else must look at before they are sent.",
    "Ctrl+Shift+A",
    "shield-check",
)
TEXTS: Final = (
    ("name", "Company name"),
    ("street", "Street"),
    ("postal_code", "Postal code"),
    ("city", "City"),
    ("country", "Country"),
    ("vat_number", "VAT number"),
    ("registration", "Registration"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("website", "Website"),
    ("bank_name", "Bank"),
    ("iban", "IBAN"),
    ("bic", "BIC"),
    ("qr_iban", "QR-IBAN (Swiss bills)"),
    ("tax_number", "Tax number"),
    ("legal_id", "Register number"),
    ("contact_name", "Contact on e-invoices"),
    ("electronic_address", "Electronic address"),
    ("electronic_scheme", "Its scheme (EAS)"),
    ("gs1_prefix", "GS1 prefix"),
)
POLICIES: Final = (
    ("shipment", "when shipped"),
    ("delivery", "when delivered"),
    ("order", "when ordered"),
    ("by_hand", "by hand"),
)
CHOICES: Final = (
    ("language", "Language of papers", (("en", "English"), ("de", "Deutsch"))),
    ("tax_rounding", "Taxes are rounded", (("line", "per line"), ("document", "per document"))),
    ("invoice_policy", "Invoices are drafted", POLICIES),
    ("delivery_steps", "Delivery", (("2", "pick, then ship"), ("1", "ship at once"))),
    (
        "dispatch_check",
        "Check at the door",
        (("off", "not asked for"), ("warn", "what is left out is noted"), ("block", "must be done before shipping")),
    ),
    (
        "unbooked_shipping",
        "Goods the books lack",
        (("False", "cannot be shipped"), ("True", "may be shipped; they are booked as found")),
    ),
    (
        "weight_tolerance",
        "Package weights may differ",
        (("", "as they like"), ("0.02", "by 2 %"), ("0.05", "by 5 %"), ("0.1", "by 10 %")),
    ),
)

WAYS: Final = (
    (
        "Figures as a paper",
        "The figures of each week or month, saved as PDF in a folder when this program runs.",
        "Choose how often, and the folder",
        "chart-column",
        "figures_report",
    ),
    (
        "Printing",
        "Which printer takes which paper at this workstation, and what waits to be printed.",
        "Printers and print queue",
        "printer",
        "print_queue",
    ),
    (
        "Payment terms",
        "What of an invoice is due when: days, the month's end, instalments.",
        "Payment terms",
        "hand-coins",
        "payment_terms",
    ),
    (
        "Price lists",
        "Which prices apply to whom: by customer, group, quantity, unit and day, or by a formula.",
        "Price lists and their rules",
        "tag",
        "price_lists",
    ),
    (
        "Promotions",
        "What orders get by a rule or with a coupon: per cent off, three for two, goods given along.",
        "Promotions and coupons",
        "percent",
        "promotions",
    ),
    (
        "Exchange rates",
        "What currencies are worth, day by day: fetched, imported or typed.",
        "Exchange rates",
        "coins",
        "exchange_rates",
    ),
    (
        "Tax rules",
        "Which taxes a sale bears by place, customer and product, and which rule says so.",
        "Tax rules",
        "percent",
        "tax_rules",
    ),
    (
        "Carriers and freight",
        "Who brings the goods, what that costs, and what customers are charged for it.",
        "Carriers, rates and freight",
        "truck",
        "carriers",
    ),
    (
        "Packing",
        "What shipments are packed in, with what each holds, weighs and costs.",
        "Cartons and pallets",
        "package",
        "cartons",
    ),
)
"""What has a window of its own: title, words, button, icon, place."""


class TaxDialog(FormDialog):
    """Adds a tax."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, context.messages.tr("New tax"), context.messages.tr("Save"), parent=parent)
        self.code, self.name, self.rate = Field(self.tr("Code")), Field(self.tr("Name")), NumberField(self.tr("Rate %"))
        self.included = QComboBox()
        self.included.addItem(self.tr("comes on top of the price"), False)
        self.included.addItem(self.tr("is in the price"), True)
        self.form.add("code", self.tr("Code"), self.code, self.tr("One word, e.g. V21."))
        self.form.add("name", self.tr("Name"), self.name, self.tr("As papers print it, e.g. VAT 21 %."))
        self.form.add("rate", self.tr("Rate %"), self.rate)
        self.form.add("included", self.tr("The tax"), self.included)
        self.category = QComboBox()
        for category, words in CATEGORIES.items():
            self.category.addItem(self.tr(words) if category else self.tr("by its rate"), str(category))
        self.reason = Field(self.tr("Reason in words"))
        self.form.add("category", self.tr("On e-invoices"), self.category, self.tr("A rate of 0 % wants its reason."))
        self.form.add("exempt_reason", self.tr("Reason in words"), self.reason)
        self.code.setFocus()

    def submit(self) -> None:
        """Add it."""
        rate = self.rate.value()
        rule = TaxRule(
            self.code.text().strip(),
            self.name.text().strip() or self.code.text().strip(),
            rate if rate is not None else Decimal(0),
            included=bool(self.included.currentData()),
            category=str(self.category.currentData()),
            exempt_reason=self.reason.text().strip(),
        )
        self.run("tax.add", lambda tx: companies.add_tax(tx, rule), self.tr("The tax is added."))


class CompanyScreen(Screen):
    """Settings that belong to the company, and the self-check."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "settings")
        self.bind(CHECK, self.check)
        self.bind(SAVE, self.save)
        self.bind(APPROVALS, self.choose_approvals)
        self._company: Company | None = None
        self.header = PageHeader(self.tr("Settings"))
        self.header.add(
            ActionButton(context.commands[CHECK.id], "shield-check"),
            ActionButton(context.commands[SAVE.id], "save", Kind.PRIMARY),
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        row.setSpacing(Space.LARGE)
        row.addWidget(self._company_card(), 1)
        row.addLayout(self._right(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        outer.addWidget(area, 1)

    def visit(self, target: Target) -> None:
        """Read the company anew."""
        self.context.tasks.read(self, _read, self._show)

    def save(self) -> None:
        """Save what was changed."""
        if self._company is None:
            return
        values: dict[str, Any] = {name: field.text().strip() for name, field in self._texts.items()}
        values["street"] = self._street.toPlainText().strip()
        values |= {name: combo.currentData() for name, combo in self._combos.items()}
        values["delivery_steps"] = int(values["delivery_steps"])
        values["unbooked_shipping"] = values["unbooked_shipping"] == "True"
        values["weight_tolerance"] = Decimal(values["weight_tolerance"]) if values["weight_tolerance"] else None
        changed = {name: value for name, value in values.items() if getattr(self._company, name) != value}
        if changed:
            self.context.run(
                self,
                "company.change",
                lambda tx: companies.change(tx, changed),
                said=self.tr("Saved."),
                done=self._saved,
                failed=self.form.show_error,
            )

    def check(self) -> None:
        """Check the books; the window stays usable."""
        self.report.setText(self.tr("Checking…"))
        self.context.tasks.run_long(
            self,
            self.tr("Checking the books…"),
            partial(_check, self.context.database),
            self._checked,
            self._not_checked,
        )

    # building ----------------------------------------------------------------------------------

    def _company_card(self) -> Card:
        card = Card(self.tr("Company"))
        self.form = Form()
        self._texts: dict[str, Field] = {}
        self._street = QPlainTextEdit()
        self._street.setFixedHeight(56)
        self._street.setTabChangesFocus(True)
        for name, words in TEXTS:
            if name == "street":
                self.form.add(name, self.tr(words), self._street)
                continue
            self._texts[name] = Field(self.tr(words))
            self.form.add(name, self.tr(words), self._texts[name])
        self._combos: dict[str, QComboBox] = {}
        for name, words, choices in CHOICES:
            combo = QComboBox()
            for value, text in choices:
                combo.addItem(self.tr(text), value)
            self._combos[name] = combo
            self.form.add(name, self.tr(words), combo)
        logo = Button(self.tr("Choose a logo"), "image")
        logo.clicked.connect(self.choose_logo)
        self.form.add("logo", self.tr("Logo"), logo)
        card.body.addWidget(self.form)
        return card

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        taxes = Card(self.tr("Taxes"))
        self.taxes: RowsTable[TaxRule] = RowsTable(
            (
                Column[TaxRule]("code", self.tr("Code"), lambda rule: cells.code(rule.code), 90),
                Column[TaxRule]("name", self.tr("Name"), lambda rule: cells.text(rule.name), 160, stretch=True),
                Column[TaxRule]("rate", self.tr("Rate %"), lambda rule: cells.quantity(rule.rate), 90, right=True),
            )
        )
        view = ListView(self.taxes, "taxes")
        view.setAccessibleName(self.tr("Taxes"))
        view.setMinimumHeight(190)
        taxes.body.addWidget(view)
        add = Button(self.tr("Add a tax"), "plus")
        add.clicked.connect(self.add_tax)
        taxes.body.addWidget(add)
        column.addWidget(taxes)
        for title, words, button, icon, place_id in WAYS:
            lead = Button(tr(button), icon)
            lead.clicked.connect(partial(self.context.open, place_id))
            column.addWidget(_way_to(tr(title), tr(words), lead))
        units = Button(self.tr("Units on e-invoices"), "file-check")
        units.clicked.connect(self.name_units)
        words = self.tr(
            "Units are called by codes that everybody knows. Each customer's page says who gets which form."
        )
        column.addWidget(_way_to(self.tr("E-invoices"), words, units))
        rules = Button(self.tr("Limits for quotes"), "shield-check")
        rules.clicked.connect(self.choose_approvals)
        words = self.tr("Which quotes somebody else must look at before they are sent.")
        column.addWidget(_way_to(self.tr("Approvals"), words, rules))
        books = Card(self.tr("The books"))
        self.report = Label(
            self.tr("The check proves that every figure follows from the ledgers and that nobody changed the past."),
            Type.BODY,
            Tone.SOFT,
            wrap=True,
        )
        books.body.addWidget(self.report)
        self.damages: RowsTable[Damage] = RowsTable(
            (
                Column[Damage]("rule", self.tr("Rule"), lambda one: cells.text(one.rule), 130),
                Column[Damage]("text", self.tr("What is wrong"), lambda one: cells.text(one.what), 240, stretch=True),
            )
        )
        self._damage_view = ListView(self.damages, "damages")
        self._damage_view.setAccessibleName(self.tr("Damaged rows"))
        self._damage_view.setMinimumHeight(160)
        self._damage_view.hide()
        books.body.addWidget(self._damage_view)
        column.addWidget(books)
        column.addStretch(1)
        return column

    def choose_logo(self) -> None:
        """Ask for a picture and keep it as the logo of papers."""
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Logo"), "", self.tr("Pictures (*.png *.jpg *.jpeg)"))
        image = QImage(name) if name else QImage()
        if not image.isNull():
            logo = png_of(image)
            self.context.run(
                self,
                "company.change",
                lambda tx: companies.change(tx, {"logo": logo}),
                said=self.tr("The logo is kept."),
            )

    def name_units(self) -> None:
        """Say by which codes e-invoices call our units."""
        UnitCodesDialog(self.context, parent=self).open()

    def choose_approvals(self) -> None:
        """Say which quotes need an approval."""
        self.context.tasks.read(self, known_rules, self._show_rules)

    def add_tax(self) -> None:
        """Add a tax."""
        dialog = TaxDialog(self.context, self)
        dialog.done_with.connect(self._saved)
        dialog.open()

    # answers -----------------------------------------------------------------------------------

    def _show(self, found: tuple[Company, list[TaxRule]]) -> None:
        self._company, taxes = found
        for name, field in self._texts.items():
            field.setText(getattr(self._company, name))
        self._street.setPlainText(self._company.street)
        for name, combo in self._combos.items():
            chosen = _chosen(getattr(self._company, name))
            if combo.findData(chosen) < 0:  # set by other means than this page
                combo.addItem(chosen, chosen)
            combo.setCurrentIndex(combo.findData(chosen))
        self.taxes.set_rows(taxes)

    def _show_rules(self, known: KnownRules) -> None:
        ApprovalRulesDialog(self.context, known, parent=self).open()

    def _saved(self, _: Any) -> None:
        self.context.tasks.read(self, _read, self._show)

    def _checked(self, damages: list[Damage]) -> None:
        self.damages.set_rows(damages)
        self._damage_view.setVisible(bool(damages))
        if damages:
            self.report.setText(self.tr("{} rows are damaged. Restore a backup, or ask for help.").format(len(damages)))
            self.report.set_tone(Tone.BAD)
        else:
            self.report.setText(self.tr("The books are clean: every figure follows from the ledgers."))
            self.report.set_tone(Tone.OK)

    def _not_checked(self, error: UserError) -> None:
        self.report.setText(str(error))
        self.report.set_tone(Tone.BAD)


def _way_to(title: str, words: str, button: Button) -> Card:
    """Make a card that leads to what has a window of its own."""
    card = Card(title)
    card.body.addWidget(Label(words, Type.BODY, Tone.SOFT, wrap=True))
    card.body.addWidget(button)
    return card


def _chosen(value: Any) -> str:
    """Give a stored value as the choices write it."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value if value is not None else "")


def _read(connection: Connection) -> tuple[Company, list[TaxRule]]:
    return companies.get(connection), list(companies.taxes(connection).values())


def _check(database: Database, progress: Progress) -> list[Damage]:
    return database.read(lambda connection: integrity.check(connection, progress))


PLACE: Final = Place("settings", "Settings", "settings", Group.HIDDEN, CompanyScreen, commands=(CHECK, SAVE, APPROVALS))
