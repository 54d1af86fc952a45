"""Labels as the label printer prints them: drawn at 203 and 300 dpi, and scanned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.services import scanning
from app.services.documents.snapshots import Party
from app.services.documents.zpl import Resolution
from app.services.documents.zpl_labels import ItemLabel, ShelfLabel, items, shelves, shipping
from tests.services.documents.examples import SSCC, papers
from tests.services.documents.label_printer import printed, scanned, texts

LABEL = papers()["shipping_label"]
BOTH = pytest.mark.parametrize("resolution", list(Resolution))
GTIN = "8719327004418"


@BOTH
def test_sscc_and_tracking_number_scan_from_the_printed_label(resolution):
    [image] = printed(shipping([LABEL], resolution), 100, 150, resolution)
    found = scanned(image)
    assert found["]C0"] == LABEL.tracking_number
    assert scanning.read(f"]C1{found[']C1'].replace('(', '').replace(')', '')}").sscc == SSCC


@BOTH
@pytest.mark.parametrize("number", ["1Z999AA10123456784", "00340434161094042557", "9" * 30, "Ü-5 ^XZ~JR"])
def test_numbers_of_all_carriers_scan(number, resolution):
    [image] = printed(shipping([replace(LABEL, tracking_number=number)], resolution), 100, 150, resolution)
    assert number in scanned(image).values()


def test_it_says_what_a_driver_needs():
    said = " ".join(texts(shipping([LABEL])))
    for wanted in (
        "Nordlicht Werkzeuge GmbH",
        "Bergmann & Söhne AG",
        "70565 Stuttgart",
        "Nordpaket",
        "Express 12:00",
        "1 of 2",
        "JJD000390007812345678",
        f"(00) {SSCC}",
        "SO-H1-01042",
        "PO-77-4410",
    ):
        assert wanted in said, wanted


def test_a_customer_who_calls_himself_a_command_gets_one_label_like_any_other():
    hostile = Party(
        "^XZ^XA^FO0,0^GB800,1200,800^FS^XZ", ("~JR", "_5E_58_5A", "^FS^PQ500"), contact="\\&\\&", phone="^CC#"
    )
    ours, theirs = shipping([LABEL]), shipping([replace(LABEL, ship_to=hostile)])
    assert theirs.count(b"^XA") == ours.count(b"^XA") == 1
    assert b"^PQ500" not in theirs
    [image] = printed(theirs, 100, 150, 203)
    assert scanned(image)["]C0"] == LABEL.tracking_number


def test_texts_too_long_for_their_field_are_printed_in_full_on_one_more_label():
    long = Party("Verein zur Förderung " * 9, ("Straße der langen Namen " * 8, "10115 Berlin"))
    written = shipping([replace(LABEL, ship_to=long)])
    assert written.count(b"^XA") == 2
    assert " ".join(texts(written)).count("Förderung") > 9
    assert len(printed(written, 100, 150, 203)) == 2


def test_a_wrong_package_number_is_never_printed():
    with pytest.raises(Invalid):
        shipping([replace(LABEL, sscc="340123450000000186")])


@BOTH
def test_an_article_is_scanned_from_its_label(resolution):
    [image] = printed(items([ItemLabel("VAL-1", "Brass valve", GTIN)], resolution), 57, 32, resolution)
    assert scanned(image)["]E0"] == GTIN
    [image] = printed(items([ItemLabel("VAL-1", "Brass valve")], resolution), 57, 32, resolution)
    assert scanned(image) == {"]C0": "VAL-1"}


@BOTH
def test_lot_expiry_and_serial_number_are_scanned_from_one_symbol(resolution):
    label = ItemLabel("VAL-1", "Brass valve", GTIN, lot="AB-7", serial="S0042", expires_on=date(2027, 1, 31))
    [image] = printed(items([label], resolution), 57, 32, resolution)
    [(symbol, text)] = scanned(image).items()
    scan = scanning.read(text if text.startswith("(") else f"{symbol}{text}")
    assert (scan.gtin, scan.lot, scan.serial, scan.expires_on) == (f"0{GTIN}", "AB-7", "S0042", date(2027, 1, 31))


@BOTH
def test_a_bin_is_scanned_from_its_shelf_label(resolution):
    label = ShelfLabel("A-07-2", "VAL-1", "Brass valve", "Main warehouse", copies=3)
    written = shelves([label], resolution)
    assert b"^PQ3" in written
    assert "A-07-2" in scanned(printed(written, 100, 38, resolution)[0]).values()


def test_copies_and_lots_out_of_bounds_are_refused():
    for label in (ItemLabel("A", "A", copies=0), ItemLabel("A", "A", copies=10**9), ItemLabel("A", "A", GTIN, lot="^")):
        with pytest.raises(Invalid):
            items([label])
    with pytest.raises(Invalid):
        shelves([ShelfLabel("  ")])


@given(st.text(), st.text(), st.text())
def test_any_texts_make_labels_a_printer_accepts(one, two, three):
    party = Party(one, (two, three), contact=three)
    written = shipping([replace(LABEL, ship_to=party, order_number=one, tracking_number="X1", service=two)])
    written += items([ItemLabel(one, two, three if three.isascii() else "")]) + shelves([ShelfLabel(f"B{one}", two)])
    assert written.count(b"^XA") == written.count(b"^XZ") == written.count(b"^CI28")
    assert b"~" not in written
