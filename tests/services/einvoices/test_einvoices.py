"""Electronic invoices say what was posted, keep the official rules, and where not, name the field to change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import NotAllowed
from app.services import billing, companies, einvoices
from app.services.document_lines import LineInput
from app.services.einvoices import Form, schematron, unit_codes
from app.services.parties import Address
from tests.databases import opened
from tests.services.einvoices.office import FORMS, Biller, fee, only, said

UBL, CII = Form.XRECHNUNG_UBL, Form.XRECHNUNG_CII


@pytest.fixture(scope="module")
def desk(sqlite_databases):
    with opened(sqlite_databases) as database:
        yield Biller(database).found()


def fatal(made):
    return [(one.place, one.field) for one in made.findings if one.fatal]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_keeps_the_schema_and_the_official_rules(desk, form):
    lines = (fee("18.40", quantity="3", discount_percent=Decimal(5)), fee("10", "V9", "7"), fee("-12.34"))
    made = desk.make(desk.bill(*lines, LineInput(kind="text", name="Thank you")), form)

    assert fatal(made) == []
    assert made.passed
    assert len(made.checked_with) == (2 if schematron.is_there() else 1), "schema and rules are asked"
    assert only(made.document, "PayableAmount", "DuePayableAmount") == "118.52"
    assert "Thank you" in said(made.document, "Note", "Content"), "a line of text is a note"


def test_a_deposit_is_taken_off_line_by_line_and_named(desk):
    order_id = desk.order(
        fee("100", "V21", "4"), deposit_amount=Decimal(50), deposit_blocks=False, discount_percent=Decimal(10)
    )
    deposit_id, invoice_id = (desk.post(one) for one in desk.drafts(order_id))
    deposit, final = desk.make(deposit_id, Form.PEPPOL), desk.make(invoice_id, Form.PEPPOL)

    assert (deposit.passed, final.passed) == (True, True)
    assert only(deposit.document, "InvoiceTypeCode") == "386"
    number = desk.read(billing.get, deposit_id).number
    assert number in said(final.document, "ID"), "the deposit invoice is named as the one before"
    assert only(final.document, "AllowanceTotalAmount") == "40.00"
    assert only(final.document, "PayableAmount") == "385.60"
    assert only(desk.make(deposit_id, UBL).document, "InvoiceTypeCode") == "380", "XRechnung has no kind for deposits"


@pytest.mark.parametrize("form", FORMS)
def test_a_credit_note_gives_back_what_the_invoice_asked_for(desk, form):
    invoice_id = desk.bill(fee("99.99", "V21", "3"), fee("10", "I21"))
    made = desk.make(desk.credit(invoice_id), form)

    assert made.passed, made.findings
    assert "381" in said(made.document, "CreditNoteTypeCode", "TypeCode")
    assert only(made.document, "PayableAmount", "DuePayableAmount") == "372.96"
    assert desk.read(billing.get, invoice_id).number in said(made.document, "ID", "IssuerAssignedID")


def test_the_tax_is_said_in_the_companys_currency_too(desk):
    made = desk.make(desk.bill(fee("100"), currency="GBP"), UBL)

    assert made.passed, made.findings
    assert said(made.document, "TaxCurrencyCode") == ["EUR"]
    assert "24.95" in said(made.document, "TaxAmount"), "21.00 pounds at 0.8417"


@pytest.mark.parametrize(
    ("taxes", "category", "reason"), [("RC", "AE", "Reverse charge"), ("EX", "E", "Education"), ("V9", "S", "")]
)
def test_each_tax_has_its_category_and_its_reason(desk, taxes, category, reason):
    made = desk.make(desk.bill(fee("100", taxes)), CII)

    assert made.passed, made.findings
    assert set(said(made.document, "CategoryCode")) == {category}
    assert said(made.document, "ExemptionReason") == ([reason] if reason else [])


def test_a_customer_free_of_tax_elsewhere_in_the_union_needs_goods_that_left(desk):
    free = desk.buyer("Atelier Sud", Address(street="Rue 1", postal_code="69001", city="Lyon", country="FR"),
                      vat_number="FR40303265045", tax_exempt=True)  # fmt: skip
    invoice_id = desk.bill(fee("100", ""), customer=free)

    assert fatal(desk.make(invoice_id, Form.PEPPOL)) == [("invoice", "delivered_on")]
    desk.card(free, exempt_category="AE")
    made = desk.make(invoice_id, Form.PEPPOL)
    assert made.passed, made.findings
    assert "VATEX-EU-AE" in said(made.document, "TaxExemptionReasonCode")


@pytest.mark.parametrize(
    ("card", "place", "field"),
    [
        ({"buyer_reference": ""}, "customer", "buyer_reference"),
        ({"electronic_address": "0815", "electronic_scheme": ""}, "customer", "electronic_scheme"),
    ],
)
def test_what_the_customers_card_lacks_is_said_at_its_field(desk, card, place, field):
    buyer = desk.buyer("Stadt Bonn")
    desk.card(buyer, **card)
    made = desk.make(desk.bill(fee("100"), customer=buyer), UBL)

    assert fatal(made) == [(place, field)]
    assert not made.passed


def test_what_is_mistyped_at_the_company_is_said_at_its_field(desk):
    invoice_id = desk.bill(fee("100"))
    before = desk.read(companies.get)
    desk.do("company.change", lambda tx: companies.change(tx, {"iban": "NL91 ABNA 0417 1643 01", "phone": ""}))
    made = desk.make(desk.bill(fee("100")), UBL)
    desk.do("company.change", lambda tx: companies.change(tx, {"iban": before.iban, "phone": before.phone}))

    assert fatal(made) == [("company", "iban"), ("company", "phone")]
    assert desk.make(invoice_id, UBL).passed, "what was posted before says the IBAN of then"


def test_a_unit_nobody_knows_gets_its_code_in_the_settings(desk):
    product = desk.product("SLAB", "10", unit="slab", units={})
    invoice_id = desk.bill(LineInput(product, Decimal(2)))

    assert fatal(desk.make(invoice_id, UBL)) == [("unit", "slab")]
    desk.do("unit.name", lambda tx: unit_codes.name(tx, "slab", "h87"))
    made = desk.make(invoice_id, UBL)
    assert made.passed, made.findings
    assert b'unitCode="H87"' in made.document
    desk.do("unit.name", lambda tx: unit_codes.name(tx, "slab", "QQQ"))
    if schematron.is_there():
        assert fatal(desk.make(invoice_id, UBL)) == [("unit", "")], "no code of the list, say the official rules"


@pytest.mark.parametrize(("taxes", "field"), [("V21 V6", "V21"), ("N0", "N0")])
def test_taxes_no_electronic_invoice_can_say_are_named(desk, taxes, field):
    assert fatal(desk.make(desk.bill(fee("100", taxes)), UBL)) == [("tax", field)]


def test_what_was_sent_is_kept_as_it_was_made(desk):
    buyer = desk.buyer("Stadt Trier")
    invoice_id = desk.bill(fee("100"), customer=buyer)
    with pytest.raises(NotAllowed, match="gets no e-invoices"):
        desk.make(invoice_id)
    desk.card(buyer, einvoice_form="xrechnung_cii")
    made = desk.make(invoice_id)
    desk.do("einvoice.send", lambda tx: einvoices.send(tx, invoice_id, made))
    desk.card(buyer, buyer_reference="")
    kept = desk.read(einvoices.last, invoice_id)

    assert (kept.document, kept.form, kept.by) == (made.document, CII, "ann")
    refused = desk.make(invoice_id)
    with pytest.raises(NotAllowed, match="Leitweg-ID"):
        desk.do("einvoice.send", lambda tx: einvoices.send(tx, invoice_id, refused))
    assert desk.damages() == []


def test_a_draft_has_no_electronic_invoice(desk):
    new = billing.FreeInvoice(desk.city, (fee("1"),))
    draft = desk.do("invoice.write", lambda tx: billing.write(tx, new))
    with pytest.raises(NotAllowed, match="Post it first"):
        desk.make(draft, UBL)


def test_names_and_notes_are_written_whatever_is_in_them(desk):
    buyer = desk.buyer("<Müller & Söhne>\x0b")
    made = desk.make(desk.bill(fee("1"), customer=buyer, customer_po='4711 <"&">\x00'), Form.FACTUR_X)

    assert made.passed, made.findings
    assert "<Müller & Söhne>" in said(made.document, "Name")
    assert '4711 <"&">' in said(made.document, "IssuerAssignedID")
