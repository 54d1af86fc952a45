"""The label on a package: scanned from what the printer prints, readable without a scanner."""

from __future__ import annotations

from dataclasses import replace

import pytest
from biip.gs1_messages import GS1Message
from pypdf import PdfReader

from app.errors import Invalid
from app.services.documents.shipping_label import build, build_all
from tests.services.documents.examples import SSCC, papers
from tests.services.documents.reading import BytesIO, pages, place, symbols, text

LABEL = papers()["shipping_label"]


@pytest.mark.parametrize("dpi", [203, 300])
def test_tracking_number_and_sscc_scan_from_the_printed_label(dpi):
    found = {each.symbology_identifier: each for each in symbols(build(LABEL), dpi)}
    assert found["]C0"].text == LABEL.tracking_number
    (element,) = GS1Message.parse(found["]C1"].text.replace("(", "").replace(")", "")).element_strings
    assert (element.ai.ai, element.value) == ("00", SSCC)


def test_it_is_100_by_150_millimetres_and_says_what_a_driver_needs():
    page = PdfReader(BytesIO(build(LABEL))).pages[0]
    assert [round(float(side) / 72 * 25.4, 1) for side in page.mediabox[2:]] == [100.0, 150.0]
    found = text(build(LABEL))
    for said in (
        "From",
        "Nordlicht Werkzeuge GmbH",
        "To",
        "Bergmann & Söhne AG",
        "Industriestraße 22",
        "70565 Stuttgart",
        "Nordpaket",
        "Express 12:00",
        "1 of 2",
        "4.2\u00a0kg",
        "JJD000390007812345678",
        f"(00) {SSCC}",
        "SO-H1-01042",
        "PO-77-4410",
    ):
        assert said in found, said


def test_the_sscc_stands_last_and_its_figures_below_its_bars():
    pdf = build(LABEL)
    assert place(pdf, "(00)")[1] > place(pdf, LABEL.tracking_number)[3] > place(pdf, "Nordpaket")[3]
    assert place(pdf, "(00)")[3] < 147


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("number", ["1Z999AA10123456784", "00340434161094042557", "RR123456785DE", "9" * 30, "Ü-5 <b>"])
def test_numbers_of_all_carriers_scan(number, dpi):
    found = symbols(build(replace(LABEL, tracking_number=number)), dpi)
    assert number in [each.text for each in found]


def test_without_tracking_number_or_sscc_there_is_no_symbol():
    assert symbols(build(replace(LABEL, tracking_number="", sscc="")), 203) == []


def test_a_wrong_sscc_is_refused():
    with pytest.raises(Invalid):
        build(replace(LABEL, sscc="340123450000000184"))


def test_labels_of_several_packages_come_one_per_page():
    found = pages(build_all([replace(LABEL, package=number, packages=3) for number in (1, 2, 3)]))
    assert ["1 of 3" in found[0], "2 of 3" in found[1], "3 of 3" in found[2]] == [True] * 3
    assert len(found) == 3


def test_an_address_too_long_for_the_label_goes_on_on_another():
    long = replace(LABEL.ship_to, address=tuple(f"Line {number} of a very long address" for number in range(40)))
    found = pages(build(replace(LABEL, ship_to=long)))
    assert len(found) > 1
    assert "Line 39 of a very long address" in found[-1]
    assert "Line 0 of a very long address" in found[0]
