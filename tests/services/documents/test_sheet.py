"""Inside the file: text can be copied as it was typed, nothing names the time or the machine."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from app.services.documents.sheet import A4, Sheet
from app.services.documents.typefaces import Weight
from app.services.documents.typesetting import Style, set_text
from tests.services.documents.reading import copied, fonts

STYLE = Style(11, 16)


def written(*texts: str, style: Style = STYLE) -> bytes:
    sheet = Sheet(A4, title="Title <b>\ud800", author="Ann & Söhne", language="de_AT")
    for index, each in enumerate(texts):
        for line in set_text(each, style, 500):
            sheet.text(line, 40, 40 + index * 20)
    sheet.finish_page()
    return sheet.pdf()


@pytest.mark.parametrize(
    "typed",
    [
        "AVATAR To. fi ffi ﬁ 1,234.50 €",
        "Ελλάδα Москва Łódź Đặng",
        "深圳市华强北路 東京都 대한민국",
        "ภาษาไทย",
        "e\u0301 x̂ 🎁 👩\u200d🔧 🇩🇪",
        "no glyph anywhere: \u0378 \U0001e8ff",
    ],
)
@pytest.mark.parametrize("weight", [Weight.REGULAR, Weight.BOLD])
def test_text_is_copied_as_it_was_typed(typed, weight):
    assert copied(written(typed, style=Style(11, 16, weight))).split() == typed.split()


@pytest.mark.parametrize("typed", ["مرحبا بالعالم", "שלום עולם"])
def test_arabic_and_hebrew_are_copied_in_reading_order(typed):
    with pypdfium2.PdfDocument(written(typed)) as document:
        assert document[0].get_textpage().get_text_bounded().strip() == typed


def test_indic_text_is_copied_without_losses():
    found = copied(written("नमस्ते क्षत्रिय हिन्दी"))
    assert sorted("".join(found.split())) == sorted("नमस्तेक्षत्रियहिन्दी")


def test_all_faces_are_embedded_and_the_file_names_neither_time_nor_tool():
    pdf = written("Latin", "深圳", "مرحبا", "🎁")
    found = list(fonts(pdf))
    assert len(found) == 4
    assert all(is_embedded for _, is_embedded in found)
    with pikepdf.open(BytesIO(pdf)) as document:
        info = document.docinfo
        assert str(info.Title) == "Title <b>\ufffd"
        assert str(info.Author) == "Ann & Söhne"
        assert str(info.Producer) == "Waybill"
        assert str(info.CreationDate).startswith("D:20000101"), "the same at every time"
        assert str(document.Root.Lang) == "de-AT"
    assert b"Helvetica" not in pdf


def test_a_second_page_has_its_own_ink():
    sheet = Sheet(A4, title="", author="", language="en")
    for name in ("first", "second"):
        sheet.rule(10, 10, 90)
        sheet.frame(10, 20, 30, 30)
        sheet.strokes([[(1, 1), (5, 9)]], thickness=1)
        for line in set_text(name, STYLE, 500):
            sheet.text(line, 40, 40)
        sheet.finish_page()
    with pypdfium2.PdfDocument(sheet.pdf()) as document:
        first, second = (page.render(scale=1).to_pil().convert("L") for page in document)
        assert first.getextrema()[0] < 60
        assert second.getextrema()[0] < 60
