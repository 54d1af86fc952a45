"""Symbols are proved by printing and scanning them: at the resolutions of label printers, 203 and 300 dpi."""

from __future__ import annotations

import random

import pypdfium2
import pytest
from biip.gs1_messages import GS1Message
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.services.documents.barcodes import DOT, Bars, Squares, check_sscc, code_128, gs1_128_sscc, qr, scannable
from app.services.documents.sheet import A4, MM, PageSize, Sheet
from tests.services.documents.examples import SSCC
from tests.services.documents.reading import symbols

PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def printed(drawings: list[Bars | Squares], left: float = 30.0, size: PageSize = A4) -> bytes:
    sheet = Sheet(size, title="Symbols", author="", language="en")
    top = 20.0
    for drawing in drawings:
        drawing.draw(sheet, left, top, size.width - 60)
        top += drawing.height + 12
    assert top < size.height
    sheet.finish_page()
    return sheet.pdf()


def skus() -> list[str]:
    """Every printable ASCII character at every kind of place, digits in runs of all lengths, what people really use."""
    rng = random.Random(7)
    found = [
        "A",
        "7",
        "12",
        "123",
        "1234",
        "A1",
        "1A",
        "HX-M8-30",
        "4006381333931",
        "AB12345CD",
        "a b",
        " lead",
        "tail ",
    ]
    found += [PRINTABLE[start : start + 12] for start in range(0, len(PRINTABLE), 12)]
    found += ["".join(rng.choices(PRINTABLE, k=rng.randint(1, 14))) for _ in range(25)]
    found += ["".join(rng.choices("0123456789AZ", k=rng.randint(1, 16))) for _ in range(20)]
    return found


@pytest.mark.parametrize("dpi", [203, 300])
def test_any_printable_sku_scans_as_code_128(dpi):
    wanted = skus()
    for start in range(0, len(wanted), 16):
        some = wanted[start : start + 16]
        drawings = [code_128(sku, width=190 * MM, height=10 * MM, largest=3) for sku in some]
        found = symbols(printed(drawings), dpi)
        assert {(each.text, str(each.format)) for each in found} == {(sku, "Code 128") for sku in some}


@pytest.mark.parametrize("dpi", [203, 300])
def test_an_sscc_scans_as_gs1_128_with_its_identifier(dpi):
    for sscc in ("340123450000000185", "000000000000000000", "106141411234567897"):
        (found,) = symbols(printed([gs1_128_sscc(sscc, width=100 * MM, height=32 * MM)], left=0), dpi)
        assert found.symbology_identifier == "]C1"
        assert found.text in (f"00{sscc}", f"(00){sscc}")
        (element,) = GS1Message.parse("00" + sscc).element_strings
        assert (element.ai.ai, element.sscc.value) == ("00", sscc)


def test_its_bars_are_as_wide_and_high_as_gs1_asks_for():
    bars = gs1_128_sscc("340123450000000185", width=100 * MM, height=32 * MM)
    assert 0.495 * MM <= bars.module <= 0.94 * MM
    assert bars.height >= 31.75 * MM
    assert bars.width <= 100 * MM
    assert bars.module / DOT == 4, "whole dots of a 203 dpi printer"


def test_bars_fill_whole_dots_of_a_label_printer():
    """Half a dot at an edge is printed or not as the printer likes, which makes bars of unequal width."""
    whole = PageSize(800 * DOT, 1200 * DOT)  # so that the renderer has nothing to round
    pdf = printed([gs1_128_sscc(SSCC, width=100 * MM, height=32 * MM)], left=3.3, size=whole)
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=203 / 72, grayscale=True).to_pil()
    across = [image.getpixel((x, image.height // 12)) for x in range(image.width)]
    assert min(across) < 32
    assert max(across) > 223
    assert [tone for tone in across if 32 <= tone <= 223] == []


@pytest.mark.parametrize(
    "wrong", ["", "34012345000000018", "340123450000000184", "3401234500000001850", "34012345000000018X", "３" * 18]
)
def test_a_wrong_sscc_is_never_printed(wrong):
    with pytest.raises(Invalid) as refused:
        gs1_128_sscc(wrong, width=100 * MM, height=32 * MM)
    assert refused.value.field == "sscc"


@given(st.integers(0, 10**17 - 1), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(serial, shift):
    body = f"{serial:017d}"
    digit = (10 - sum(int(figure) * (3, 1)[place % 2] for place, figure in enumerate(reversed(body)))) % 10
    check_sscc(f"{body}{digit}")
    with pytest.raises(Invalid):
        check_sscc(f"{body}{(digit + shift) % 10}")


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(
    "text", ["SCHRÄUBCHEN-Ü", "螺丝-8", "مفك", "X" * 80, "line\nbreak", "emoji 🎁", "naïve—“quotes”"]
)
def test_what_bars_cannot_hold_scans_as_a_qr_symbol(text, dpi):
    symbol = scannable(text, width=52 * MM, height=11 * MM)
    assert isinstance(symbol, Squares)
    (found,) = symbols(printed([symbol]), dpi)
    assert (found.text, str(found.format).replace(" ", "")) == (text, "QRCode")


def test_what_no_symbol_can_hold_is_printed_as_text_only():
    assert scannable("", width=52 * MM, height=11 * MM) is None
    assert scannable("ä" * 3000, width=52 * MM, height=11 * MM) is None
    assert scannable("half a character \ud83d", width=52 * MM, height=11 * MM) is None
    assert qr("x", size=1.0) is None
    assert code_128("tab\t", width=500, height=10) is None


def test_a_symbol_is_never_finer_than_a_quarter_of_a_millimetre():
    for text in ("A" * length for length in range(1, 40)):
        symbol = scannable(text, width=52 * MM, height=11 * MM)
        assert symbol.module >= 0.249 * MM
        assert symbol.width <= 52 * MM
