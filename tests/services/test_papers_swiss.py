"""Swiss QR-bills: the symbol on the printed invoice says what the books say, and the bank's line finds its invoice."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal

import pytest
import zxingcpp
from pypdfium2 import PdfDocument

from app.errors import Invalid
from app.models import payment_references as references
from app.services import billing, companies, papers, parties
from app.services.banking.matching import Confidence, OpenItem, OpenItems
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.papers import Wanted
from app.services.parties import Address, NewCustomer
from tests.desk import DAY, Desk, unhurried
from tests.services.banking.test_matching import line

D = Decimal
QR_IBAN, IBAN = "CH44 3199 9123 0008 8901 2", "CH93 0076 2011 6238 5295 7"


@pytest.fixture
def desk(sqlite_database):
    desk = Desk(unhurried(sqlite_database)).found(
        street="Rue du Lac 1268\nBâtiment B", postal_code="2501", city="Biel", iban=IBAN, language="de"
    )
    desk.do("company.change", lambda tx: companies.change(tx, {"country": "CH", "qr_iban": QR_IBAN}))
    return desk


def bill(desk, currency="CHF", lines=1, **address):
    if currency == "CHF":
        desk.do("rate.set", lambda tx: companies.set_rate(tx, "CHF", DAY, D("0.94")))
    where = Address(**{"street": "Grosse Marktgasse 28", "postal_code": "9400", "city": "Rorschach", **address})
    new = NewCustomer("Pia-Maria Rutschmann-Schnyder", addresses=(where,), currency=currency)
    customer = desk.do("customer.add", lambda tx: parties.add(tx, new))
    work = LineInput(kind="fee", name="Work", unit_price=D("1949.75"))
    free = FreeInvoice(customer, currency=currency, lines=(work,) * lines)
    key = desk.do("invoice.write", lambda tx: billing.write(tx, free))
    desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
    return key


def pages(desk, key):
    """Each page of the paper as a picture of 200 dots per inch."""
    paper = desk.read(papers.build, (Wanted("invoice", key),))
    with closing(PdfDocument(paper.pdf)) as pdf:
        return [page.render(scale=200 / 72).to_pil() for page in pdf], [
            page.get_textpage().get_text_range() for page in pdf
        ]


def scanned(picture):
    return [found.text.split("\n") for found in zxingcpp.read_barcodes(picture)]


def test_the_symbol_on_the_invoice_says_field_by_field_who_gets_what_from_whom(desk):
    pictures, texts = pages(desk, bill(desk))
    (fields,) = scanned(pictures[-1])
    assert fields[:11] == [
        *("SPC", "0200", "1", "CH4431999123000889012"),
        *("S", "Delta Trading", "Rue du Lac 1268, Bâtiment B", "", "2501", "Biel", "CH"),
    ]
    assert fields[11:20] == [*[""] * 7, "1949.75", "CHF"]
    assert fields[20:27] == [
        "S",
        "Pia-Maria Rutschmann-Schnyder",
        "Grosse Marktgasse 28",
        "",
        "9400",
        "Rorschach",
        "CH",
    ]
    assert fields[27:] == ["QRR", "000000000000000182331000016", "INV-00001", "EPD"], "I is 18, N 23, V 31"
    for told in ("Zahlteil", "Empfangsschein", "Konto / Zahlbar an", "CH44 3199 9123 0008 8901 2", "1 949.75"):
        assert told in texts[-1]


def test_without_a_qr_iban_it_has_a_creditor_reference_and_a_payer_without_a_town_is_left_blank(desk):
    desk.do("company.change", lambda tx: companies.change(tx, {"qr_iban": ""}))
    pictures, texts = pages(desk, bill(desk, "EUR", city=""))
    (fields,) = scanned(pictures[-1])
    assert fields[3] == "CH9300762011623852957"
    assert fields[18:] == ["1949.75", "EUR", *[""] * 7, "SCOR", "RF25INV00001", "INV-00001", "EPD"]
    assert "Zahlbar durch (Name/Adresse)" in texts[-1]


def test_a_full_page_leaves_the_bill_a_page_of_its_own_and_other_invoices_have_none(desk):
    pictures, texts = pages(desk, bill(desk, lines=14))
    assert len(pictures) == 2
    assert ["Zahlteil" in text for text in texts] == [False, True]
    assert len(scanned(pictures[1])) == 1
    _, texts = pages(desk, bill(desk, "GBP"))
    assert "Zahlteil" not in texts[-1], "neither francs nor euros"


def test_only_a_qr_iban_is_taken_for_one(desk):
    with pytest.raises(Invalid, match="is no QR-IBAN"):
        desk.do("company.change", lambda tx: companies.change(tx, {"qr_iban": IBAN}))


@pytest.mark.parametrize("reference", [references.qr_reference("INV-B1-00042"), "RF46INVB100042"])
def test_a_payment_that_bears_the_reference_is_sure(desk, reference):
    owner = desk.customer()
    item = OpenItem(owner, "INV-B1-00042", owner, "Harbor & Finch", "CHF", D("12.50"), DAY)
    assert reference in {references.qr_reference(item.number), references.creditor_reference(item.number)}
    found = OpenItems([item]).propose(line("12.50", currency="CHF", reference=reference))
    assert (found.confidence, found.parts[0].allocations) == (Confidence.SURE, ((item.id, D("12.50")),))
