"""Customers: find one, see what is open, change what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.einvoice import Form
from app.models.invoice import Rhythm
from app.services import activity, companies, credit_checks, parties
from app.services.activity import Happening
from app.services.einvoices import cards
from app.services.einvoices.cards import CustomerCard
from app.services.listing import ListQuery
from app.services.lists import CUSTOMERS, ORDERS, CustomerRow, OrderRow
from app.services.parties import Address, Contact, Customer, NewCustomer
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.commands import Command
from app.views.context import Context, Inverse
from app.views.dialogs.einvoicing import EInvoicingDialog
from app.views.dialogs.form_dialog import FormDialog
from app.views.einvoice_names import FORMS
from app.views.list_screen import PageScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.screen import Finder, Found, Group, Place, Target
from app.views.sentences import entry
from app.views.tables import RowsTable
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Button, Kind
from app.views.widgets.facts import Fact, Facts
from app.views.widgets.fields import AmountField, Field
from app.views.widgets.labels import Hairline
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import RECORD_PANEL, Section, SidePanel
from app.views.widgets.timeline import Timeline

_Shown = tuple[Customer, list[OrderRow], list[Happening], CustomerCard, str]
"""A customer's page as it is read; last what counts against the credit limit, where there is one."""

NEW = Command("customer.new", "New customer", "Add a customer.", "Ctrl+N", "plus", opens=True)
EDIT = Command("customer.edit", "Change", "Change what is known of the customer.", "F2", "pencil", needs_selection=True)
ADDRESS = Command("customer.add_address", "Add address", "Add an address.", "", "map-pin", needs_selection=True)
CONTACT = Command("customer.add_contact", "Add contact", "Add a person to talk to.", "", "user", needs_selection=True)
EINVOICES = Command(
    "customer.einvoices",
    "E-invoices",
    "Say in which form this customer gets e-invoices.",
    "",
    "file-check",
    needs_selection=True,
)
PAID = Command("customer.pay", "Record payment", "Book money of this customer.", "", "hand-coins", needs_selection=True)
TABLES: Final = ("customer", "address", "contact", "sales_order", "invoice")
ORDERS_SHOWN: Final = 50
GROUP_LETTERS: Final = 40
RHYTHMS: Final = {
    Rhythm.EACH: "for each delivery",
    Rhythm.WEEKLY: "one a week, over all orders",
    Rhythm.MONTHLY: "one a month, over all orders",
}
"""How often a customer gets an invoice, in words."""

SPEC: Final = ListSpec(
    listing=CUSTOMERS,
    columns=(
        Column[CustomerRow]("number", "Number", lambda row: cells.code(row.number), 100, sort="number"),
        Column[CustomerRow](
            "name", "Customer", lambda row: cells.text(row.name, strong=True), 220, sort="name", stretch=True
        ),
        Column[CustomerRow]("city", "City", lambda row: cells.text(row.city), 140),
        Column[CustomerRow]("country", "", lambda row: cells.text(row.country, tone=Tone.FAINT), 44),
        Column[CustomerRow]("phone", "Phone", lambda row: cells.text(row.phone, tone=Tone.SOFT), 140),
        Column[CustomerRow]("open", "Open", lambda row: cells.amount(row.open_amount), 110, right=True),
        Column[CustomerRow]("currency", "", lambda row: cells.text(row.currency, tone=Tone.FAINT), 52),
    ),
    nouns=("customer", "customers"),
    search_hint="Name, number, city, e-mail…",
    tabs=(Tab("active", "Active", {"active": "yes"}), Tab("all", "All", counted=False)),
    filters=(Filter("active", "Customers", (Option("yes", "active", True), Option("no", "inactive", False))),),
)


class CustomerDialog(FormDialog):
    """Adds a customer, or changes one; ``done_with`` tells the id of a new one."""

    def __init__(self, context: Context, known: Customer | None, *, parent: QWidget) -> None:
        title = context.messages.tr("Change customer") if known else context.messages.tr("New customer")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self.setMinimumWidth(520)
        self._known = known
        self.fields = {
            "name": Field(self.tr("Name"), known.name if known else ""),
            "vat_number": Field(self.tr("VAT number"), known.vat_number if known else "", code=True),
            "email": Field(self.tr("E-mail"), known.email if known else ""),
            "phone": Field(self.tr("Phone"), known.phone if known else ""),
            "customer_group": Field(self.tr("Customer group"), known.customer_group if known else ""),
        }
        self.fields["customer_group"].setMaxLength(GROUP_LETTERS)
        hints = {"customer_group": self.tr("Price lists may be for a group, e.g. Retail.")}
        for name, field in self.fields.items():
            self.form.add(name, field.accessibleName(), field, hints.get(name, ""))
        self.term, self.exempt = QComboBox(), QCheckBox(self.tr("Free of tax"))
        self.form.add("payment_term", self.tr("Payment terms"), self.term)
        self.rhythm = QComboBox()
        for rhythm, words in RHYTHMS.items():
            self.rhythm.addItem(self.tr(words), str(rhythm))
        self.rhythm.setCurrentIndex(max(0, self.rhythm.findData(known.invoice_rhythm if known else "")))
        self.form.add("invoice_rhythm", self.tr("Invoices"), self.rhythm)
        self.limit = AmountField(self.tr("Credit limit"), known.credit_limit if known else None)
        self.form.add("credit_limit", self.tr("Credit limit"), self.limit)
        self.form.add("tax_exempt", "", self.exempt)
        self.exempt.setChecked(bool(known and known.tax_exempt))
        self.notes = QPlainTextEdit(known.notes if known else "")
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(70)
        self.form.add("notes", self.tr("Notes"), self.notes, self.tr("Internal: never printed."))
        self.address = None if known else AddressFields(self)
        context.tasks.read(self, _choices, self._show_choices)
        self.fields["name"].setFocus()

    def submit(self) -> None:
        """Save the customer."""
        values: dict[str, Any] = {name: field.text().strip() for name, field in self.fields.items()}
        before = self._known.payment_term if self._known else "NET30"
        values["payment_term"] = str(self.term.currentData() or before)  # the terms may not be read yet
        values["invoice_rhythm"] = str(self.rhythm.currentData())
        values["credit_limit"] = self.limit.value()
        values["tax_exempt"] = self.exempt.isChecked()
        values["notes"] = self.notes.toPlainText()
        if self._known is None:
            address = self.address.address() if self.address else Address()
            addresses = (address,) if address.street or address.city else ()
            new = NewCustomer(**values, addresses=addresses)
            self.run("customer.add", lambda tx: parties.add(tx, new), self.tr("The customer is added."))
            return
        customer_id, seen = self._known.id, {name: getattr(self._known, name) for name in values}
        self.run(
            "customer.change",
            lambda tx: parties.change(tx, customer_id, values, seen),
            self.tr("{} is changed.").format(values["name"]),
            inverse=Inverse("customer.change", lambda tx, _: parties.change(tx, customer_id, seen, values)),
        )

    def _show_choices(self, found: tuple[dict[str, str], list[str]]) -> None:
        """Offer terms and groups; a group that is written otherwise would be another one, so it is completed."""
        terms, groups = found
        completer = QCompleter(groups, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.fields["customer_group"].setCompleter(completer)
        for code, name in terms.items():
            self.term.addItem(name, code)
        self.term.setCurrentIndex(max(0, self.term.findData(self._known.payment_term if self._known else "NET30")))


class AddressFields:
    """The fields of an address, put into a dialog's form."""

    def __init__(self, dialog: FormDialog, known: Address | None = None) -> None:
        known = known or Address()
        self._known = known
        self.fields = {
            "address_name": Field(dialog.tr("Name on the address"), known.name),
            "street": Field(dialog.tr("Street"), known.street),
            "postal_code": Field(dialog.tr("Postal code"), known.postal_code),
            "city": Field(dialog.tr("City"), known.city),
            "region": Field(dialog.tr("Region"), known.region),
            "country": Field(dialog.tr("Country"), known.country),
        }
        self.fields["country"].setMaxLength(2)
        self.fields["country"].setPlaceholderText(dialog.tr("Two letters, e.g. NL"))
        for name, field in self.fields.items():
            dialog.form.add(name, field.accessibleName(), field)

    def address(self) -> Address:
        """What was typed."""
        texts = {name: field.text().strip() for name, field in self.fields.items()}
        return replace(
            self._known,
            name=texts["address_name"],
            street=texts["street"],
            postal_code=texts["postal_code"],
            city=texts["city"],
            region=texts["region"],
            country=texts["country"].upper(),
        )


class AddressDialog(FormDialog):
    """Adds or changes an address of a customer."""

    def __init__(
        self, context: Context, customer_id: UUID, known: tuple[UUID, Address] | None, *, parent: QWidget
    ) -> None:
        super().__init__(context, context.messages.tr("Address"), context.messages.tr("Save"), parent=parent)
        self._customer_id, self._known = customer_id, known
        self.address = AddressFields(self, known[1] if known else None)
        self.billing, self.shipping = QCheckBox(self.tr("For invoices")), QCheckBox(self.tr("For goods"))
        self.billing.setChecked(known[1].billing if known else False)
        self.shipping.setChecked(known[1].shipping if known else True)
        self.form.add("billing", "", self.billing)
        self.form.add("shipping", "", self.shipping)

    def submit(self) -> None:
        """Save the address."""
        new = replace(self.address.address(), billing=self.billing.isChecked(), shipping=self.shipping.isChecked())
        if not (new.street or new.city):
            self.form.show_error(Invalid("street", self.tr("Type at least a street or a city.")))
            return
        if self._known is None:
            customer_id = self._customer_id
            self.run("customer.add_address", lambda tx: parties.add_address(tx, customer_id, new), self.tr("Saved."))
            return
        address_id, old = self._known
        values = {name: getattr(new, name) for name in Address.__dataclass_fields__}
        seen = {name: getattr(old, name) for name in Address.__dataclass_fields__}
        self.run(
            "customer.change_address",
            lambda tx: parties.change_address(tx, address_id, values, seen),
            self.tr("The address is changed."),
            inverse=Inverse(
                "customer.change_address", lambda tx, _: parties.change_address(tx, address_id, seen, values)
            ),
        )


class ContactDialog(FormDialog):
    """Adds a person at a customer."""

    def __init__(self, context: Context, customer_id: UUID, *, parent: QWidget) -> None:
        super().__init__(context, context.messages.tr("Contact"), context.messages.tr("Save"), parent=parent)
        self._customer_id = customer_id
        names = {"name": "Name", "role": "Role", "email": "E-mail", "phone": "Phone"}
        self.fields = {name: Field(self.tr(words)) for name, words in names.items()}
        for name, field in self.fields.items():
            self.form.add(name, field.accessibleName(), field)
        self.fields["name"].setFocus()

    def submit(self) -> None:
        """Save the contact."""
        values = {name: field.text().strip() for name, field in self.fields.items()}
        if not values["name"]:
            self.form.show_error(Invalid("name", self.tr("Type the person's name.")))
            return
        customer_id, new = self._customer_id, Contact(**values)
        self.run("customer.add_contact", lambda tx: parties.add_contact(tx, customer_id, new), self.tr("Saved."))


class CustomerPage(QWidget):
    """Everything about one customer."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.customer: Customer | None = None
        self._customer_id: UUID | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader("", back=True)
        commands = context.commands
        self.header.add(
            ActionButton(commands[ADDRESS.id], "map-pin"),
            ActionButton(commands[CONTACT.id], "user"),
            ActionButton(commands[EINVOICES.id], "file-check"),
            ActionButton(commands[PAID.id], "hand-coins"),
            ActionButton(commands[EDIT.id], "pencil", Kind.PRIMARY),
        )
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        row = QHBoxLayout()
        row.setSpacing(0)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        self.orders: RowsTable[OrderRow] = RowsTable(_ORDER_COLUMNS)
        self.table = ListView(self.orders, "customer_orders")
        self.table.setAccessibleName(self.tr("Orders"))
        self.table.opened.connect(self._open_order)
        column.addWidget(self.table, 1)
        row.addWidget(main, 1)
        row.addWidget(self._side())
        outer.addLayout(row, 1)
        context.tasks.changed.connect(self._changed)

    def show_customer(self, customer_id: UUID) -> None:
        """Read and show a customer."""
        self._customer_id = customer_id
        self._context.tasks.read(self, partial(_read, customer_id=customer_id, on=self._context.today()), self._show)

    def _side(self) -> SidePanel:
        panel = SidePanel(RECORD_PANEL + 40)
        panel.close_button.hide()
        known = Section()
        self.facts = Facts(1)
        known.body.addWidget(self.facts)
        panel.add(known)
        happened = Section(self.tr("Activity"))
        self.timeline = Timeline()
        happened.body.addWidget(self.timeline)
        panel.add(happened, line=False)
        return panel

    def _show(self, found: _Shown) -> None:
        customer, orders, happenings, card, used = found
        if customer.id != self._customer_id:
            return
        self.customer = customer
        self.header.set_title(customer.name, customer.number)
        self.header.set_state(None if customer.active else "inactive")
        self.orders.set_rows(orders)
        facts = [
            Fact(self.tr("Phone"), customer.phone),
            Fact(self.tr("E-mail"), customer.email),
            Fact(self.tr("VAT number"), customer.vat_number, code=True),
            Fact(self.tr("Terms"), customer.payment_term),
            Fact(self.tr("Currency"), customer.currency),
        ]
        if customer.invoice_rhythm:
            facts.append(Fact(self.tr("Invoices"), self.tr(RHYTHMS[Rhythm(customer.invoice_rhythm)])))
        if customer.customer_group:
            facts.append(Fact(self.tr("Customer group"), customer.customer_group))
        if customer.credit_limit is not None:
            facts.append(Fact(self.tr("Credit limit"), written.amount(customer.credit_limit)))
            facts.append(Fact(self.tr("Used of it"), used))
        if card.einvoice_form:
            facts.append(Fact(self.tr("E-invoices"), self.tr(FORMS[Form(card.einvoice_form)])))
        for address_id, address in customer.addresses:
            uses = [self.tr("invoices")] * address.billing + [self.tr("goods")] * address.shipping
            button = Button(", ".join(address.lines()[-3:]), kind=Kind.LINK)
            button.clicked.connect(partial(self._edit_address, address_id, address))
            facts.append(Fact(self.tr("Address ({})").format(", ".join(uses) or self.tr("other")), widget=button))
        for _, contact in customer.contacts:
            reach = " · ".join(part for part in (contact.name, contact.role, contact.phone, contact.email) if part)
            facts.append(Fact(self.tr("Contact"), reach))
        if customer.notes:
            facts.append(Fact(self.tr("Notes (internal)"), customer.notes))
        self.facts.set_facts(facts)
        now = self._context.now()
        self.timeline.set_entries([entry(one, now) for one in happenings[:15]])
        self._context.commands.select("customers", selected=True)

    def _edit_address(self, address_id: UUID, address: Address, _checked: bool = False) -> None:
        if self.customer is not None:
            AddressDialog(self._context, self.customer.id, (address_id, address), parent=self).open()

    def _open_order(self, row: OrderRow) -> None:
        self._context.open("order", row.id)

    def _changed(self, changes: Any) -> None:
        if self._customer_id is not None and self.isVisible() and changes.touch(*TABLES):
            self.show_customer(self._customer_id)


class CustomersScreen(PageScreen[CustomerRow, CustomerPage]):
    """The list of customers, and the page of one."""

    kind = "customer"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "customers")
        self.bind_all(
            (NEW, self.new),
            (EDIT, self.edit),
            (ADDRESS, self.add_address),
            (CONTACT, self.add_contact),
            (EINVOICES, self.set_einvoices),
            (PAID, self.pay),
        )
        self.show_list(self.tr("Customers"), SPEC)
        self.add_buttons(new=NEW)
        self.set_empty(
            "users",
            self.tr("No customers yet"),
            self.tr("Add the first one, or import them from a spreadsheet."),
            NEW,
        )
        self.set_page(CustomerPage(context))

    def show_page(self, record_id: UUID, target: Target) -> None:
        """Show one customer."""
        self.page.show_customer(record_id)

    def new(self) -> None:
        """Add a customer."""
        dialog = CustomerDialog(self.context, None, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()

    def edit(self) -> None:
        """Change the customer on show."""
        self._with_customer(self._edit)

    def add_address(self) -> None:
        """Add an address to the customer on show."""
        customer_id = self._shown()
        if customer_id is not None:
            AddressDialog(self.context, customer_id, None, parent=self).open()

    def add_contact(self) -> None:
        """Add a contact to the customer on show."""
        customer_id = self._shown()
        if customer_id is not None:
            ContactDialog(self.context, customer_id, parent=self).open()

    def set_einvoices(self) -> None:
        """Say in which form the customer on show gets e-invoices."""
        self._with_customer(self._ask_einvoices)

    def pay(self) -> None:
        """Book a payment of the customer on show."""
        customer_id = self._shown()
        if customer_id is not None:
            self.context.open("new_payment", customer_id)

    def _with_customer(self, act: Any) -> None:
        customer_id = self._shown()
        if customer_id is not None:
            self.context.tasks.read(self, partial(parties.get, customer_id=customer_id), act)

    def _shown(self) -> UUID | None:
        if self.on_page() and self.page.customer is not None:
            return self.page.customer.id
        row = self.list.current()
        return row.id if row is not None else None

    def _edit(self, customer: Customer) -> None:
        CustomerDialog(self.context, customer, parent=self).open()

    def _ask_einvoices(self, customer: Customer) -> None:
        EInvoicingDialog(self.context, customer.id, customer.name, parent=self).open()


def _choices(connection: Connection) -> tuple[dict[str, str], list[str]]:
    """Read the payment terms by code, and the groups that customers are in."""
    return {code: name for code, (name, _, _) in companies.terms(connection).items()}, parties.groups(connection)


def _read(connection: Connection, customer_id: UUID, on: date) -> _Shown:
    query = ListQuery().with_filter("customer", customer_id)
    condition = ORDERS.condition(query, connection.dialect.name)
    rows = connection.execute(ORDERS.rows(query, condition, ORDERS_SHOWN))
    orders = [OrderRow(*row) for row in rows]
    happenings = activity.timeline(connection, customer_id)
    customer, card = parties.get(connection, customer_id), cards.read(connection, customer_id)
    used = "" if customer.credit_limit is None else _used(connection, customer_id, on)
    return customer, orders, happenings, card, used


def _used(connection: Connection, customer_id: UUID, on: date) -> str:
    """Say how much of a customer's limit is used, or why that cannot be said."""
    try:
        return written.amount(credit_checks.standing(connection, customer_id, on).exposure.total)
    except Invalid as error:  # an order in a currency without a rate; the page opens all the same
        return str(error)


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    return [Found(key, name, number) for key, number, name in parties.find(connection, text, limit)]


def _state(row: OrderRow) -> Cell:
    return cells.state(row.stage)


_ORDER_COLUMNS: Final = (
    Column[OrderRow]("number", "Order", lambda row: cells.code(row.number), 110),
    Column[OrderRow]("po", "PO number", lambda row: cells.code(row.customer_po, strong=False), 130, stretch=True),
    Column[OrderRow]("ordered", "Ordered", lambda row: cells.text(written.full_day(row.ordered_on)), 140),
    Column[OrderRow]("state", "Status", _state, 150),
    Column[OrderRow]("total", "Total", lambda row: cells.amount(row.total), 110, right=True),
)

PLACE: Final = Place(
    "customers",
    "Customers",
    "users",
    Group.SELL,
    CustomersScreen,
    kinds=("customer",),
    commands=(NEW, EDIT, ADDRESS, CONTACT, EINVOICES, PAID),
    finders=(Finder("customer", "Customers", "users", _find),),
)
