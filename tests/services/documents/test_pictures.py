"""Logos and signatures come from outside: good ones are printed, bad ones are named, none stops the program."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from app.errors import Invalid
from app.services.documents import invoice
from app.services.documents.pictures import picture
from tests.services.documents.examples import COMPANY, heading, papers, png


def encoded(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        png(),
        encoded(Image.new("RGB", (30, 20), "red"), "JPEG"),
        encoded(Image.new("CMYK", (30, 20)), "JPEG"),
        encoded(Image.new("P", (30, 20)), "PNG"),
        encoded(Image.new("1", (30, 20)), "PNG"),
        encoded(Image.new("LA", (30, 20)), "PNG"),
        encoded(Image.new("I;16", (30, 20)), "PNG"),
        encoded(Image.new("RGB", (4000, 10)), "PNG"),
    ],
    ids=["RGBA", "JPEG", "CMYK", "palette", "bitonal", "grey alpha", "16 bit", "wide"],
)
def test_a_picture_is_scaled_into_its_room_in_its_own_proportions(data):
    found = picture(data, "logo", width=100, height=50)
    assert found.width <= 100.01
    assert found.height <= 50.01
    assert found.width == pytest.approx(100) or found.height == pytest.approx(50)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        png()[:60],
        b"%PDF-1.4",
        encoded(Image.new("RGB", (9, 9)), "GIF"),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    ],
    ids=["nothing", "text", "cut off", "PDF", "GIF", "damaged"],
)
def test_what_is_no_picture_is_refused_by_name(data):
    with pytest.raises(Invalid) as refused:
        picture(data, "logo", width=100, height=50)
    assert refused.value.field == "logo"
    assert "choose another" in str(refused.value)


def test_a_picture_that_would_fill_the_memory_is_not_unpacked():
    bomb = encoded(Image.new("1", (9000, 9000)), "PNG")
    assert len(bomb) < 100_000
    with pytest.raises(Invalid, match="too large"):
        picture(bomb, "logo", width=100, height=50)


def test_the_logo_is_on_the_first_page_with_its_transparency():
    paper = replace(papers()["invoice"], heading=heading("1", company=replace(COMPANY, logo=png(200, 100))))
    with pikepdf.open(BytesIO(invoice.build(paper))) as document:
        (image,) = document.pages[0].Resources.XObject.values()
        assert (image.Width, image.Height) == (200, 100)
        assert "/SMask" in image
