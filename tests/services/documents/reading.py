"""What a reader finds on a paper: its text, its symbols, its fonts, where a word stands."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pypdfium2
import zxingcpp
from pypdf import PdfReader

POINTS_PER_MM = 72 / 25.4
HYPHEN = "\ufffe"  # how PDFium writes a hyphen at the end of a line
SECOND_GLYPH = "\u200b"  # what the second glyph of a character reads as


def pages(pdf: bytes) -> list[str]:
    """The text of each page, as a PDF viewer copies it."""
    with pypdfium2.PdfDocument(pdf) as document:
        found = [page.get_textpage().get_text_range() for page in document]
    return [each.replace("\r\n", "\n").replace(HYPHEN, "-").replace(SECOND_GLYPH, "") for each in found]


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))


def copied(pdf: bytes) -> str:
    """The text of all pages as another, stricter reader finds it: in the order in which it was written."""
    found = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "\n".join(found).replace(SECOND_GLYPH, "")


def squeezed(some: str) -> str:
    """Without white space, of which line breaks and columns make more or less."""
    return "".join(some.split())


def symbols(pdf: bytes, dpi: int, page: int = 0) -> list[zxingcpp.Barcode]:
    """What a scanner reads from a page printed at ``dpi``."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[page].render(scale=dpi / 72, grayscale=True).to_pil()
    return zxingcpp.read_barcodes(image)


def fonts(pdf: bytes) -> Iterator[tuple[str, bool]]:
    """Every font of the file that draws glyphs, and whether it brings them along."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for each in document.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font":
                if each.Subtype == "/Type0":
                    continue  # draws by its descendant, which comes as well
                descriptor = each.get("/FontDescriptor", {})
                yield str(each.BaseFont), "/FontFile2" in descriptor


def complaints(pdf: bytes) -> list[str]:
    """What a strict reader has against the file."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return list(document.check_pdf_syntax())


def place(pdf: bytes, wanted: str, page: int = 0) -> tuple[float, float, float, float]:
    """Where a text stands: left, top, right, bottom in millimetres from the upper left corner."""
    with pypdfium2.PdfDocument(pdf) as document:
        height = document[page].get_height()
        on_page = document[page].get_textpage()
        found = on_page.search(wanted, match_case=True).get_next()
        assert found is not None, f"{wanted!r} is not on the page"
        boxes = [on_page.get_charbox(index) for index in range(found[0], found[0] + found[1])]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
    return tuple(length / POINTS_PER_MM for length in (left, height - top, right, height - bottom))
