"""What was issued prints the same bytes for ever, whatever changes afterwards; a draft follows every change."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, update

from app.models.company import letterhead
from app.models.party import address
from app.models.quote import quote_version
from app.models.shipment import shipment
from app.services import (
    amendments,
    billing,
    calling_back,
    companies,
    orders,
    papers,
    parties,
    payments,
    products,
    quote_snapshots,
    quotes,
    shipping,
    stock,
)
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.papers import Wanted
from app.services.parties import Address, Contact
from app.services.payments import NewPayment
from app.services.quotes import NewQuote
from app.services.shipping import Dispatch
from tests.desk import DAY, Desk

HOME = {
    "registration": "KvK 1",
    "street": "Quay 1",
    "city": "Rotterdam",
    "iban": "NL91 ABNA 0417 1643 00",
    "bic": "ABNANL2A",
}


class Office(Desk):
    """A company that sold ten valves, shipped six, invoiced them and took one back, and has drafts of everything."""

    def open(self) -> Office:
        self.found(gs1_prefix="9521234").do("company.change", lambda tx: companies.change(tx, HOME))
        self.valve = self.product("VAL-1")
        self.do("stock.receive", lambda tx: stock.receive(tx, self.valve, Decimal(100)))
        self.buyer = self.customer("Harbor & Finch", vat_number="NL1B01", phone="+31 10 1")
        self.do("contact.add", lambda tx: parties.add_contact(tx, self.buyer, Contact("Jo Finch")))
        self.lines = lines = (LineInput(self.valve, Decimal(10)),)
        new = NewQuote(self.buyer, lines)
        self.quote = self.do("quote.create", lambda tx: quotes.create(tx, new))
        self.do("quote.send", lambda tx: quotes.send(tx, self.quote))
        ordered = NewOrder(self.buyer, lines, customer_po="4500", shipping_address=Address("Yard", city="Breda"))
        self.order = self.do("order.create", lambda tx: orders.create(tx, ordered))
        self.do("order.confirm", lambda tx: orders.confirm(tx, self.order))
        self.shipped = self.ship(6)
        self.invoice = self.read(billing.find_draft, self.order)
        self.do("invoice.post", lambda tx: billing.post(tx, self.invoice, DAY))
        line = self.read(billing.lines, self.invoice)[0]
        back = {line.id: line.grains // 6}
        self.credit = self.do("invoice.credit", lambda tx: billing.credit(tx, self.invoice, DAY, back))
        self.draft_quote = self.do("quote.create", lambda tx: quotes.create(tx, new))
        self.draft_order = self.do("order.create", lambda tx: orders.create(tx, NewOrder(self.buyer, lines)))
        free = FreeInvoice(self.buyer, lines)
        self.draft_invoice = self.do("invoice.write", lambda tx: billing.write(tx, free))
        return self

    def ship(self, pieces: int) -> UUID:
        [line] = self.read(orders.lines, self.order)
        planned = self.planned
        grains = {line.id: line.ordered * pieces // int(line.quantity)}
        sent = Dispatch("DHL", "Freight", "JD0146")
        self.do("shipment.ship", lambda tx: shipping.ship(tx, planned, sent, grains))
        return planned

    def change_customer(self, **values: Any) -> None:
        was = self.read(parties.get, self.buyer)
        seen = {name: getattr(was, name) for name in values}
        self.do("customer.change", lambda tx: parties.change(tx, self.buyer, values, seen))

    def printed(self, *wanted: tuple[str, UUID]) -> dict[str, bytes]:
        return {kind: self.read(papers.build, (Wanted(kind, key),)).pdf for kind, key in wanted}

    @property
    def planned(self) -> UUID:
        waiting = select(shipment.c.id).where(shipment.c.order_id == self.order, shipment.c.state == "planned")
        return self.read(lambda c: c.execute(waiting).scalar_one())

    @property
    def issued(self) -> dict[str, bytes]:
        return self.printed(
            ("quote", self.quote),
            ("order", self.order),
            ("delivery_note", self.shipped),
            ("invoice", self.invoice),
            ("credit", self.credit),
        )

    @property
    def drafts(self) -> dict[str, bytes]:
        return self.printed(
            ("quote", self.draft_quote),
            ("order", self.draft_order),
            ("delivery_note", self.planned),
            ("invoice", self.draft_invoice),
        )


@pytest.fixture
def office(database):
    return Office(database).open()


def company(**values):
    return lambda office: office.do("company.change", lambda tx: companies.change(tx, values))


def customer(**values):
    return lambda office: office.change_customer(**values)


def another_contact(office):
    [(old, _)] = office.read(parties.get, office.buyer).contacts
    gone = {"active": False}
    office.do("contact.change", lambda tx: parties.change_contact(tx, old, gone, {"active": True}))
    office.do("contact.add", lambda tx: parties.add_contact(tx, office.buyer, Contact("Kim Quay")))


def logo():
    out = BytesIO()
    Image.new("RGB", (40, 20), "navy").save(out, "PNG")
    return out.getvalue()


CHANGES = {
    "moved": company(street="Canal 9", postal_code="1011 AB", city="Amsterdam"),
    "renamed": company(name="Delta & Sons", registration="KvK 2", vat_number="NL9B09"),
    "reached elsewhere": company(email="sales@delta.example", phone="+31 20 9", website="delta.example"),
    "another bank": company(bank_name="Quay Bank", iban="NL02 RABO 0123 4567 89", bic="RABONL2U"),
    "a logo": company(logo=logo()),
    "another country": company(country="US"),
    "another language": company(language="de"),
    "customer's VAT number": customer(vat_number="NL7B07"),
    "customer's phone": customer(phone="+31 10 7"),
    "customer's name": customer(name="Harbor Finch Quay"),
    "customer's language": customer(language="fr"),
    "another contact": another_contact,
}
"""What papers show of the company and the customer, and how it changes."""
UNSEEN = {"customer's phone", "customer's name"}
"""No paper shows the phone; the name is in the addresses that drafts have already."""


def test_every_change_is_on_the_drafts_and_on_nothing_that_was_issued(office):
    issued, drafts = office.issued, office.drafts
    draft = ("order", office.draft_order)
    before = office.printed(draft)
    for name, change in CHANGES.items():
        change(office)
        after = office.printed(draft)
        assert after != before or name in UNSEEN, f"{name}: a draft does not follow"
        before = after
    for kind, pdf in office.drafts.items():
        assert pdf != drafts[kind], f"the draft {kind} does not follow"
    for kind, pdf in office.issued.items():
        assert pdf == issued[kind], f"the {kind} is not the one that was sent"
    assert office.damages() == []


def pay(office):
    half = NewPayment(office.buyer, Decimal(50), DAY, allocations={office.invoice: Decimal(50)})
    office.do("payment.receive", lambda tx: payments.receive(tx, half))


def rename_the_product(office):
    new, seen = {"name": "Gate valve"}, {"name": "Valve VAL-1"}
    office.do("product.change", lambda tx: products.change(tx, office.valve, new, seen))


def another_address(office):
    old = office.read(lambda c: c.execute(select(address.c.id)).scalar_one())
    moved = {"street": "Dock 88"}
    office.do("address.change", lambda tx: parties.change_address(tx, old, moved, {"street": "Dock 4"}))


def test_what_follows_later_is_not_on_the_papers_that_were_sent(office):
    """Payments, names, addresses, and what becomes of the order after part of it has left and was invoiced."""
    before = office.issued
    pay(office)
    rename_the_product(office)
    another_address(office)
    assert office.issued == before

    [line] = office.read(orders.lines, office.order)
    said = LineInput(office.valve, Decimal(12), id=line.id, name="Gate valve", description="Brass")
    revision = office.read(orders.get, office.order).revision
    office.do("order.write", lambda tx: orders.set_lines(tx, office.order, revision, [said]))
    to = Address("Elsewhere", city="Lille", country="FR").to_json()
    values = {"customer_po": "4501", "billing_address": to, "shipping_address": to, "payment_term": "NET60"}
    revision = office.read(orders.get, office.order).revision
    office.do("order.change", lambda tx: orders.change_head(tx, office.order, revision, values))
    office.ship(6)
    after = office.issued
    for kind in ("quote", "delivery_note", "invoice", "credit"):
        assert after[kind] == before[kind], kind
    confirmation = words(after["order"])
    assert "60 days net" in confirmation, "a confirmed order that is changed is confirmed as it is now"
    assert "4501" in confirmation
    assert office.damages() == []


def words(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_a_delivery_note_says_what_was_still_to_come_when_it_left(office):
    rest = office.planned
    assert goods_on(office, rest) == ["10 4"], "before it leaves, what lies in it is not still to come"
    office.ship(4)
    assert goods_on(office, office.shipped) == ["10 6 4"]
    assert goods_on(office, rest) == ["10 4"]


def test_an_order_taken_over_by_another_customer_is_confirmed_to_them(office):
    order = office.do("order.create", lambda tx: orders.create(tx, NewOrder(office.buyer, office.lines)))
    office.do("order.confirm", lambda tx: orders.confirm(tx, order))
    heir = office.customer("Quay & Sons", vat_number="NL5B05")
    revision = office.read(orders.get, order).revision
    office.do("order.amend", lambda tx: amendments.amend(tx, order, revision, customer_id=heir))
    paper = words(office.printed(("order", order))["order"])
    assert "NL5B05" in paper
    assert "NL1B01" not in paper


def test_a_shipment_that_is_taken_back_keeps_nothing(office):
    rest = office.planned
    office.ship(4)
    office.do("shipment.call_back", lambda tx: calling_back.call_back(tx, rest))
    before = office.printed(("delivery_note", rest))
    CHANGES["moved"](office)
    assert office.printed(("delivery_note", rest)) != before
    assert office.damages() == []


def goods_on(office, shipment_id):
    """Give the figures of a delivery note's only line: ordered, delivered, and outstanding where that is anything."""
    paper = words(office.printed(("delivery_note", shipment_id))["delivery_note"])
    return re.findall(r"^([\d ]+) units$", paper, re.MULTILINE)


def test_the_payment_code_asks_for_what_the_invoice_asks_for(office, monkeypatch):
    head = office.read(billing.get, office.invoice)
    assert head.total == Decimal("133.58")
    assert head.open_amount < head.total, "the credit note settles part of it"
    made = []
    monkeypatch.setattr(papers.billing.invoice_paper, "build", lambda paper: made.append(paper) or b"")
    office.printed(("invoice", office.invoice))
    assert "NL91ABNA0417164300\nEUR133.58" in made[0].payment_code


def forget_all_that_was_kept(office):
    """Make the books those of a company that was just upgraded: its documents were issued before."""
    sqlite = office.database.dialect == "sqlite"
    with office.database.engine.connect() as connection:
        connection.begin()
        if sqlite:
            connection.info["gate"][0] = 1
            connection.exec_driver_sql("DROP TRIGGER ledger_delete_letterhead")
            connection.exec_driver_sql("DROP TRIGGER ledger_update_quote_version")
        else:
            connection.exec_driver_sql("SET LOCAL waybill.gate = 'open'")
            for name in ("letterhead", "quote_version"):
                connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        for name in KEEPING:
            connection.exec_driver_sql(f"UPDATE {name} SET letterhead_id = NULL, printed = ''")
        for row in connection.execute(select(quote_version)).all():
            mine = {"fingerprint": quote_snapshots.fingerprint(row.snapshot, "")}
            connection.execute(update(quote_version).where(quote_version.c.id == row.id).values(**mine))
        connection.exec_driver_sql("UPDATE company SET letterhead_id = NULL")
        connection.exec_driver_sql("DELETE FROM letterhead")
        connection.exec_driver_sql(
            "UPDATE command_log SET payload = NULL WHERE command IN ('company.found', 'company.change')"
        )
        connection.commit()
        if sqlite:
            connection.info["gate"][0] = 0


KEEPING = ("quote_version", "sales_order", "shipment", "invoice")


def test_documents_issued_before_anything_was_kept_print_what_the_books_say_now(office):
    before = office.issued
    forget_all_that_was_kept(office)
    assert office.damages() == []
    after = office.issued
    assert {kind: after[kind] for kind in ("quote", "order")} == {kind: before[kind] for kind in ("quote", "order")}
    CHANGES["customer's VAT number"](office)
    for kind, pdf in office.issued.items():
        assert pdf != after[kind], kind

    second = office.ship(4)
    rest = office.read(billing.find_draft, office.order)
    office.do("invoice.post", lambda tx: billing.post(tx, rest, DAY))
    kept = office.printed(("invoice", rest), ("delivery_note", second))
    CHANGES["moved"](office)
    CHANGES["customer's phone"](office)
    assert office.printed(("invoice", rest), ("delivery_note", second)) == kept
    assert office.damages() == []


def test_one_letterhead_is_kept_for_each_change_that_papers_show(office):
    def kept():
        return office.read(lambda c: len(c.execute(select(letterhead.c.id)).all()))

    before = kept()
    company(email="info@delta.example")(office)
    assert kept() == before + 1
    company(email="info@delta.example")(office)
    company(quote_validity_days=14)(office)
    assert kept() == before + 1
