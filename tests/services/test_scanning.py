"""What a scan says: GS1 element strings, bare numbers, codes of the house; and that nothing else is ever raised."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum import ean

from app.errors import Invalid
from app.services.scanning import FNC1, ScanKind, read

GTIN = "07032069804988"
SSCC = "376104250021234569"
DIGITS = st.text("0123456789", min_size=1)
LOT = st.text("ABCDEFXYZ0123456789-./_", min_size=1, max_size=20)


def keyed(length):
    """Numbers of ``length`` digits with a right check digit."""
    body = st.text("0123456789", min_size=length - 1, max_size=length - 1)
    return body.map(lambda digits: digits + ean.calc_check_digit(digits))


@pytest.mark.parametrize("symbol", ["", "]C1", "]d2", "]Q3", "]e0"])
def test_a_case_label_gives_article_lot_and_expiry(symbol):
    scan = read(f"{symbol}01{GTIN}1727013110AB-7{FNC1}21S-0042")
    assert (scan.kind, scan.gtin, scan.lot, scan.serial) == (ScanKind.GS1, GTIN, "AB-7", "S-0042")
    assert scan.expires_on == date(2027, 1, 31)


def test_a_package_label_gives_its_number_with_or_without_identifier():
    for text in (f"]C100{SSCC}", f"00{SSCC}", f"(00){SSCC}"):
        assert (read(text).kind, read(text).sscc) == (ScanKind.GS1, SSCC)
    assert (read(SSCC).kind, read(SSCC).sscc) == (ScanKind.SSCC, SSCC)


def test_day_zero_is_the_last_of_the_month():
    assert read(f"]C101{GTIN}17280200").expires_on == date(2028, 2, 29)


def test_what_lies_inside_a_pallet_and_its_weight():
    scan = read(f"]C100{SSCC}02{GTIN}3103001234372400")
    assert (scan.content, scan.count, scan.weight_kg) == (GTIN, 2400, Decimal("1.234"))


@pytest.mark.parametrize("separator", ["<GS>", "{GS}", "^]", "~1", FNC1])
def test_a_keyboard_wedge_may_write_fnc1_in_its_own_way(separator):
    scan = read(f"]C110LOT1{separator}21SERIAL")
    assert (scan.lot, scan.serial) == ("LOT1", "SERIAL")


def test_a_gtin_is_known_by_every_length_it_may_be_stored_in():
    assert read("8719327004418").keys == ("8719327004418", "08719327004418")
    assert "036000291452" in read(f"]C10100036000291452{'10L'}").keys


@pytest.mark.parametrize("code", ["VAL-1", "A-07-2", "SO-00042", "WB-UNDO", "8719327004419", "0112345", "(x)", "<GS>A"])
def test_codes_of_the_house_are_left_as_they_are(code):
    assert read(code) == read(f"  {code}\r\n")
    assert (read(code).kind, read(code).code, read(code).gtin) == (ScanKind.CODE, code, "")


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        " \t",
        FNC1,
        "]C1",
        "]C10107032069804989",  # check digit
        f"]C101{GTIN}17271331",  # month 13
        "]C100376104250021234560",
        f"]C101{GTIN}10A{FNC1}10B",  # two lots
        "]C1ABC",
        "A\x00B",
        "x" * 513,
    ],
)
def test_a_damaged_code_is_refused_in_words(damaged):
    with pytest.raises(Invalid) as refusal:
        read(damaged)
    assert refusal.value.field == "scan"
    assert len(str(refusal.value)) < 260


@given(gtin=keyed(14), lot=LOT, serial=LOT, days=st.integers(0, 8000))
def test_what_was_printed_is_read_back(gtin, lot, serial, days):
    expires = date(2000, 1, 1) + timedelta(days)
    scan = read(f"]C101{gtin}17{expires:%y%m%d}10{lot}{FNC1}21{serial}")
    assert (scan.gtin, scan.lot, scan.serial) == (gtin, lot, serial)
    assert f"{scan.expires_on:%y%m%d}" == f"{expires:%y%m%d}"


@given(st.one_of(keyed(8), keyed(12), keyed(13), keyed(14)))
def test_bare_article_numbers_are_the_same_article_in_every_length(number):
    assert read(number).gtin == number.zfill(14)
    assert read(f"]C101{number.zfill(14)}").gtin == number.zfill(14)


PIECES = st.one_of(
    st.sampled_from(
        ["]C1", "]d2", "]Q3", "]A0", FNC1, "<GS>", "(", ")", "00", "01", "02", "10", "17", "21", "310", "37"]
    ),
    st.sampled_from([GTIN, SSCC, "271331", "000000", "99", "8005", "7003", "3922", "4300", "8110", "253", "414"]),
    DIGITS,
    st.text(max_size=6),
)


@settings(max_examples=600)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=9).map("".join)))
@example("]C18110106141416543213150110000310123196000")
@example("]C13929" + "1" * 15)
@example("(01)" + "٣" * 14)
@example("]C17003" + "9" * 10)
def test_nothing_but_a_refusal_is_ever_raised(text):
    try:
        scan = read(text)
    except Invalid:
        return
    assert scan.code
    for key, length in ((scan.gtin, 14), (scan.content, 14), (scan.sscc, 18)):
        assert not key or (len(key) == length and ean.calc_check_digit(key[:-1]) == key[-1])
