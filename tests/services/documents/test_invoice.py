"""The invoice: figures in columns, subtotals that add up, the address in its window."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.services.documents.invoice import Invoice, build
from app.services.documents.snapshots import (
    Currency,
    LineKind,
    PaperFormat,
    PaperLine,
    Party,
    Priced,
    TotalsKind,
    TotalsRow,
)
from tests.services.documents.examples import COMPANY, DAY, heading, lines, papers, priced
from tests.services.documents.reading import pages, place, symbols, text


def amounts(number: str) -> Decimal:
    return Decimal(number.replace("−", "-").replace(",", ""))


def invoice(count: int, **changes) -> Invoice:
    return replace(papers(count)["invoice"], **changes)


def test_it_says_what_is_to_be_paid_by_whom_until_when_and_where_to():
    found = text(build(invoice(3)))
    for said in (
        "Invoice INV-H1-00318",
        "Bergmann & Söhne AG",
        "Industriestraße 22",
        "70565 Stuttgart",
        "3 Nov 2026" if "3 Nov 2026" in found else "Nov 3, 2026",
        "C-10042",
        "DE811907980",
        "PO-77-4410",
        "Cordless drill 18 V",
        "VAT 19% on",
        "1,190.44",
        "−357.13",
        "Amount due EUR",
        "833.31",
        "30 days net",
        "IBAN DE89 3704 0044 0532 0130 00",
        "VAT no. DE123456789",
        "Page 1 of 1",
    ):
        assert said in found, said


def test_a_thousand_lines_carry_exact_subtotals_from_page_to_page():
    paper = invoice(1000)
    found = pages(build(paper))
    assert len(found) > 40
    remaining = list(paper.priced.lines)
    subtotal = Decimal(0)
    for number, page in enumerate(found, start=1):
        on_page = [int(position) for position in re.findall(r"#(\d+)$", page, re.MULTILINE)]
        if not on_page:
            continue
        assert "Description" in page and "Amount EUR" in page, "the head is repeated"
        if number > 1:
            (brought,) = re.findall(r"Brought forward\s+([−\d,.]+)", page)
            assert amounts(brought) == subtotal
        for position in on_page:
            line = remaining.pop(0)
            assert line.position == str(position), "in order, none twice"
            subtotal += line.amount
        if remaining:
            (carried,) = re.findall(r"Carried forward\s+([−\d,.]+)", page)
            assert amounts(carried) == subtotal
    assert remaining == []
    assert subtotal == sum(line.amount for line in paper.priced.lines)
    assert "Carried forward" not in found[-1]


def test_a_long_description_goes_on_on_the_next_page_and_its_amount_counts_once():
    long = replace(lines(1)[0], description=" ".join(f"part{n:04d}" for n in range(2500)), amount=Decimal("100.00"))
    rows = (lines(1)[0], long, replace(lines(1)[0], amount=Decimal("1.00")))
    found = pages(build(invoice(0, priced=replace(priced(1), lines=rows))))
    assert len(found) > 2
    spoken = re.findall(r"part\d{4}", "\n".join(found))
    assert spoken == [f"part{n:04d}" for n in range(2500)], "every word once and in order"
    carried = re.findall(r"Carried forward\s+([−\d,.]+)", "\n".join(found))
    assert {amounts(each) for each in carried} == {rows[0].amount + Decimal("100.00")}


def test_texts_and_subtotals_are_not_summed_again():
    rows = [
        PaperLine("1", "Drill", amount=Decimal("10.00"), quantity=Decimal(1), unit_price=Decimal("10.00")),
        PaperLine("", "Delivered in two parts", kind=LineKind.TEXT, amount=Decimal("999.00")),
        PaperLine("", "So far", kind=LineKind.SUBTOTAL, amount=Decimal("10.00")),
    ] * 20
    found = pages(build(invoice(0, priced=Priced(Currency("EUR"), tuple(rows), ()))))
    (carried,) = re.findall(r"Carried forward\s+([\d.]+)", found[0])
    printed = found[0].count("Drill")
    assert Decimal(carried) == printed * 10
    assert "999.00" not in found[0], "a text has no amount"


def test_without_lines_it_says_so():
    found = text(build(invoice(0)))
    assert "No lines." in found
    assert "Carried forward" not in found


def test_amounts_are_never_rounded_and_have_the_decimals_of_their_currency():
    yen = PaperLine("1", "Drill", quantity=Decimal("2.5"), unit_price=Decimal(3980), amount=Decimal("9950.0000"))
    found = text(
        build(invoice(0, priced=Priced(Currency("JPY", 0), (yen,), (TotalsRow(TotalsKind.TOTAL, Decimal(9950)),))))
    )
    assert "9,950" in found and "9,950." not in found and "2.5" in found
    fine = replace(yen, unit_price=Decimal("0.000125"), amount=Decimal("0.3125"))
    found = text(
        build(invoice(0, priced=Priced(Currency("BHD", 3), (fine,), (TotalsRow(TotalsKind.TOTAL, Decimal("0.3")),))))
    )
    assert "0.000125" in found and "0.3125" in found and "0.300" in found


def test_all_amounts_end_at_the_same_edge():
    pdf = build(invoice(3))
    edges = {
        said: place(pdf, said)[2]
        for said in ("Amount EUR", "1,190.44", "−357.13", "833.31", *_printed_amounts(invoice(3)))
    }
    assert max(edges.values()) - min(edges.values()) < 0.35, edges


def _printed_amounts(paper: Invoice) -> list[str]:
    found = []
    for line in paper.priced.lines:
        cents = f"{line.amount:,.2f}" if line.amount == round(line.amount, 2) else f"{line.amount.normalize():,f}"
        found.append(cents.replace("-", "−"))
    return found


@pytest.mark.parametrize("paper_format", PaperFormat)
def test_the_address_stands_in_the_window_of_the_envelope(paper_format):
    tall = Party("Name AG", ("Department", "Building 7", "Street 1", "12345 Town", "Country"), "Person", "C-1")
    for customer in (tall, Party("Name AG", ("Street 1", "12345 Town", "Country"), number="C-1")):
        pdf = build(invoice(1, heading=heading("1", customer=customer, paper_format=paper_format)))
        for said in ("Name AG", "Street 1", "12345 Town", "Country"):
            left, top, right, bottom = place(pdf, said)
            assert left == pytest.approx(25, abs=0.6)
            assert top >= 45 + 17.7 - 0.5 and bottom <= 90.5 and right <= 105, said


def test_a_long_address_gets_smaller_then_grows_down_and_the_letter_begins_below_it():
    long = Party("Name " * 12, tuple(f"Line number {n}" for n in range(20)), "Person", "C-1")
    pdf = build(invoice(1, heading=heading("X-9", customer=long)))
    assert place(pdf, "Line number 19")[3] < place(pdf, "Invoice X-9")[1]


def test_german_papers_speak_german():
    found = text(build(invoice(2, heading=heading("RE-1", language="de_DE"))))
    for said in (
        "Rechnung RE-1",
        "Bezeichnung",
        "Betrag EUR",
        "1.190,44",
        "Zu zahlen EUR",
        "03.11.2026",
        "Seite 1 von 1",
    ):
        assert said in found, said


def test_its_payment_code_scans():
    paper = invoice(1)
    (found,) = [each for each in symbols(build(paper), 203) if str(each.format).replace(" ", "") == "QRCode"]
    assert found.text == paper.payment_code


def test_a_deposit_invoice_says_that_it_is_one():
    assert "Deposit invoice INV-H1-00318" in text(build(invoice(1, is_deposit=True)))


def test_what_names_nothing_is_left_out():
    bare = Invoice(
        replace(heading("1", customer=Party("Ann")), po_number="", order_number="", clerk=""),
        Priced(Currency("EUR"), (PaperLine("1", "Advice", amount=Decimal("5.00")),), ()),
    )
    found = text(build(bare))
    for label in ("Your PO", "Order", "Due date", "Disc.", "Tax", "Unit\n", "Payment terms", "Notes"):
        assert label not in found
    assert "Advice" in found and date(2026, 11, 3) == DAY and COMPANY.name in found
