"""A company that sends electronic invoices, and readers of what it sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

from sqlalchemy import select

from app.models.invoice import InvoiceKind, invoice
from app.services import billing, companies, einvoices, orders, parties
from app.services.billing import FreeInvoice
from app.services.companies import TaxRule
from app.services.document_lines import LineInput
from app.services.einvoices import Form, Made
from app.services.orders import NewOrder
from app.services.parties import Address, NewCustomer
from tests.desk import DAY, Desk

FORMS = tuple(form for form in Form if form)
AT_HOME = {"street": "Kade 1", "postal_code": "3011 AA", "city": "Rotterdam", "phone": "+31 10 555 0101"}
BANK = {"iban": "NL91 ABNA 0417 1643 00", "bic": "ABNANL2A", "email": "books@delta.example"}
COLOGNE = Address(street="Domkloster 4", postal_code="50667", city="Köln", country="DE")


class Biller(Desk):
    """Sells services that are invoiced when they are ordered, to a city that wants XRechnung."""

    def found(self, **settings: Any) -> Biller:
        settings = {"vat_number": "NL123456789B01", "invoice_policy": "order", **AT_HOME, **BANK, **settings}
        super().found(**settings)
        for rule in (
            TaxRule("V6", "VAT 6 %", Decimal(6)),
            TaxRule("I21", "VAT 21 %, in the price", Decimal(21), included=True),
            TaxRule("RC", "Reverse charge", Decimal(0), category="AE"),
            TaxRule("EX", "Exempt", Decimal(0), category="E", exempt_reason="Education"),
            TaxRule("N0", "Nothing", Decimal(0)),
        ):
            self.do("tax.add", lambda tx, rule=rule: companies.add_tax(tx, rule))
        self.city = self.buyer("Stadt Köln")
        return self

    def buyer(self, name: str, place: Address = COLOGNE, **fields: Any) -> UUID:
        fields = {"vat_number": "DE123456788", "email": "rechnung@koeln.example", **fields}
        customer_id = self.do(
            "customer.add", lambda tx: parties.add(tx, NewCustomer(name, addresses=(place,), **fields))
        )
        self.card(customer_id, buyer_reference="04011000-12345-03")
        return customer_id

    def card(self, customer_id: UUID, **values: str) -> None:
        self.do("customer.change", lambda tx: parties.change(tx, customer_id, values, {}))

    def bill(self, *lines: LineInput, customer: UUID | None = None, **fields: Any) -> UUID:
        """Write an invoice without an order and post it."""
        new = FreeInvoice(customer or self.city, lines, **fields)
        invoice_id = self.do("invoice.write", lambda tx: billing.write(tx, new))
        return self.post(invoice_id)

    def order(self, *lines: LineInput, **agreed: Any) -> UUID:
        new = NewOrder(self.city, lines, **agreed)
        order_id = self.do("order.write", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def drafts(self, order_id: UUID) -> list[UUID]:
        wanted = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.state == "draft")
        return self.read(lambda c: c.execute(wanted.order_by(invoice.c.kind)).scalars().all())

    def post(self, invoice_id: UUID) -> UUID:
        self.do("invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))
        return invoice_id

    def credit(self, invoice_id: UUID, share: int | None = None) -> UUID:
        """Credit the whole invoice, or of each line the given share: a half for 2."""
        lines = self.read(billing.lines, invoice_id)
        part = None if share is None else {one.id: one.grains // share for one in lines if one.grains // share}
        return self.do("invoice.credit", lambda tx: billing.credit(tx, invoice_id, DAY, part))

    def make(self, invoice_id: UUID, form: Form | None = None) -> Made:
        return self.read(lambda connection: einvoices.make(connection, invoice_id, form))


def fee(price: str, taxes: str = "V21", quantity: str = "1", **fields: Any) -> LineInput:
    return LineInput(
        kind="fee", name="Crane", unit_price=Decimal(price), quantity=Decimal(quantity), tax_codes=taxes, **fields
    )


def said(document: bytes, *tags: str) -> list[str]:
    """The texts of all elements of these names, whatever their namespace, in the order of the document."""
    return [
        (element.text or "").strip()
        for element in ET.fromstring(document).iter()  # noqa: S314  # what we wrote ourselves
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] in tags
    ]


def only(document: bytes, *tags: str) -> str:
    (text,) = said(document, *tags)
    return text


def is_credit(desk: Biller, invoice_id: UUID) -> bool:
    return desk.read(billing.get, invoice_id).kind == InvoiceKind.CREDIT
