"""Labels for label printers: the shipping label of a package, labels for articles and shelves, as ZPL.

They print what the PDF labels print (:mod:`app.services.documents.shipping_label`), laid out for a printer's own fonts
and symbols, which are sharp at every resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum import ean

from app.errors import Invalid
from app.services.documents import zpl
from app.services.documents.barcodes import check_sscc
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.shipping_label import ShippingLabel
from app.services.documents.zpl import Resolution, ZplLabel

_WIDTH: Final = 1000  # tenths of a millimetre
_HEIGHT: Final = 1500
_LEFT: Final = 50
_ROOM: Final = _WIDTH - 2 * _LEFT
_SMALLEST: Final = 22  # height of letters that can still be read
_MOST_COPIES: Final = 10_000


@dataclass(frozen=True, slots=True)
class ItemLabel:
    """A label for an article: 57 x 32 mm.  ``barcode`` is a GTIN or any code; texts may be empty."""

    sku: str
    name: str
    barcode: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    copies: int = 1
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ShelfLabel:
    """A label for a bin: 100 x 38 mm; the bin in letters to be read from afar, its bars, and what stands there."""

    bin: str
    sku: str = ""
    name: str = ""
    location: str = ""
    copies: int = 1


def shipping(labels: Sequence[ShippingLabel], resolution: Resolution = Resolution.DPI_203) -> bytes:
    """Write the labels of packages, one after the other, 100 x 150 mm each; texts too long go on on one more.

    Raises:
        Invalid: an SSCC is wrong.

    """
    return "".join(_Shipping(label, resolution).written() for label in labels).encode("ascii")


def items(labels: Sequence[ItemLabel], resolution: Resolution = Resolution.DPI_203) -> bytes:
    """Write labels for articles: name, SKU and a symbol that holds GTIN, lot, expiry and serial number.

    Raises:
        Invalid: there are no copies, or too many; or a lot or serial number has characters no symbol takes.

    """
    return "".join(_item(label, resolution) for label in labels).encode("ascii")


def shelves(labels: Sequence[ShelfLabel], resolution: Resolution = Resolution.DPI_203) -> bytes:
    """Write labels for bins.

    Raises:
        Invalid: a bin has no name, or there are no copies, or too many.

    """
    return "".join(_shelf(label, resolution) for label in labels).encode("ascii")


class _Shipping:
    """The label of one package; what its fields have no room for is printed in full on further labels."""

    def __init__(self, label: ShippingLabel, resolution: Resolution) -> None:
        self.label, self.resolution = label, resolution
        self.locale: PaperLocale = paper_locale(label.language)
        self.page = ZplLabel(_WIDTH, _HEIGHT, resolution)
        self.overflow: list[str] = []

    def written(self) -> str:
        label, words, page = self.label, self.locale.words, self.page
        sender, shipped = label.ship_from, label.shipped_on
        page.text(_LEFT, 45, 22, words["ship_from"])
        self._lines(70, 27, [sender.name, sender.contact, *sender.address], 5, room=520)
        facts = [
            (words["date"], self.locale.date(shipped) if shipped else ""),
            (words["order_number"], label.order_number),
            (words["po_number"], label.po_number),
        ]
        self._lines(45, 30, [f"{name}: {value}" for name, value in facts if value], 6, left=600, room=350)
        page.rule(_LEFT, 235, _ROOM)
        page.text(_LEFT, 255, 22, words["to"])
        party = label.ship_to
        self._lines(285, 52, [party.name], 2, gap=58)
        self._lines(400, 42, [party.contact, *party.address, party.phone], 5, gap=47)
        page.rule(_LEFT, 640, _ROOM, 5)
        self._carriage()
        page.rule(_LEFT, 800, _ROOM)
        self._tracking()
        self._sscc()
        return page.written() + self._further()

    def _carriage(self) -> None:
        label, words = self.label, self.locale.words
        self._lines(655, 60, [label.carrier], 1, room=560)
        self._lines(730, 40, [label.service], 1, room=560)
        place = words.filled("package_of", page=str(label.package), pages=str(label.packages))
        self._lines(655, 50, [place], 1, left=640, room=310)
        self._lines(730, 40, [self.locale.weight(label.weight_g) if label.weight_g else ""], 1, left=640, room=310)

    def _tracking(self) -> None:
        number = self.label.tracking_number
        if not number:
            return
        if not self.page.code_128(815, 150, number):
            self.page.qr(430, 812, number)
        self._lines(985, 36, [f"{self.locale.words['tracking_number']} {number}"], 1)

    def _sscc(self) -> None:
        if not self.label.sscc:
            return
        check_sscc(self.label.sscc)
        self.page.rule(_LEFT, 1045, _ROOM)
        self.page.sscc(1065, 320, self.label.sscc)
        self.page.text(_LEFT + 200, 1400, 42, f"(00) {self.label.sscc}", room=_ROOM)

    def _lines(
        self,
        top: int,
        height: int,
        texts: Sequence[str],
        most: int,
        *,
        left: int = _LEFT,
        room: int = _ROOM,
        gap: int = 0,
    ) -> None:
        """Write lines of text in a field of ``most`` lines, wrapped at spaces, narrowed to two thirds at most."""
        size = self.page.dots(height)
        wrapped = [line for text in texts for line in _wrapped(zpl.one_line(text), size * 2 // 3, self.page.dots(room))]
        if len(wrapped) > most:
            self.overflow.append("\n".join(text for text in texts if text))
            wrapped = wrapped[:most]
        for index, line in enumerate(wrapped):
            self.page.text(left, top + index * (gap or height + 6), height, line, room=room)

    def _further(self) -> str:
        if not self.overflow:
            return ""
        title = " ".join(part for part in (self.label.order_number, self.label.tracking_number) if part)
        size = self.page.dots(30)
        texts = [title, *(line for text in self.overflow for line in text.split("\n"))]
        lines = [part for text in texts for part in _wrapped(zpl.one_line(text), size, self.page.dots(_ROOM))]
        pages = []
        for start in range(0, len(lines), 36):
            page = ZplLabel(_WIDTH, _HEIGHT, self.resolution)
            for index, line in enumerate(lines[start : start + 36]):
                page.text(_LEFT, 50 + index * 38, 30, line, room=_ROOM)
            pages.append(page.written())
        return "".join(pages)


def _item(label: ItemLabel, resolution: Resolution) -> str:
    page = ZplLabel(570, 320, resolution, _copies(label.copies))
    page.text(20, 20, 40, label.sku, room=530)
    size = page.dots(28)
    for index, line in enumerate(_wrapped(zpl.one_line(label.name), size * 3 // 4, page.dots(530))[:2]):
        page.text(20, 68 + index * 32, 28, line, room=530)
    locale = paper_locale(label.language)
    facts = [
        (locale.words["lot"], label.lot),
        (locale.words["serial"], label.serial),
        (locale.words["expires"], locale.date(label.expires_on) if label.expires_on else ""),
    ]
    known = [f"{name} {value}" for name, value in facts if value]
    gtin = label.barcode.zfill(14) if _is_gtin(label.barcode) else ""
    if gtin and known:
        page.data_matrix(20, 140, _elements(gtin, label))
        for index, line in enumerate([f"(01) {gtin}", *known]):
            page.text(200, 140 + index * 36, 28, line, room=350)
        return page.written()
    for index, line in enumerate(known):
        page.text(20, 134 + index * 28, _SMALLEST, line, room=530)
    top = 140 + 28 * len(known)
    code = label.barcode or label.sku
    if gtin and len(label.barcode) in {12, 13}:
        page.ean_13(110, top, 250 - top + 20, label.barcode.zfill(13))
    elif not page.code_128(top, 280 - top, code, largest=2):
        page.qr(220, top, code, 2)
    return page.written()


def _elements(gtin: str, label: ItemLabel) -> str:
    """Put GTIN, expiry, lot and serial number as element strings, those of open length ended by function code 1."""
    for name, value in (("lot", label.lot), ("serial", label.serial)):
        if value and not zpl.is_element_text(value):
            raise Invalid(
                name, f"“{value}” cannot stand in a GS1 symbol: up to 20 letters, digits, - . / + are possible."
            )
    found = f"01{gtin}"
    if label.expires_on:
        found += f"17{label.expires_on:%y%m%d}"
    open_ended = [f"{identifier}{value}" for identifier, value in (("10", label.lot), ("21", label.serial)) if value]
    return found + "_1".join(open_ended)


def _shelf(label: ShelfLabel, resolution: Resolution) -> str:
    if not zpl.one_line(label.bin):
        raise Invalid("bin", "A shelf label needs a bin. Nothing was printed; name the bin.")
    page = ZplLabel(1000, 380, resolution, _copies(label.copies))
    page.text(30, 20, 130, label.bin, room=940)
    if not page.code_128(165, 110, label.bin, largest=4):
        page.qr(800, 150, label.bin, 3)
    below = " · ".join(part for part in (label.sku, label.name, label.location) if part)
    page.text(30, 300, 42, below, room=940)
    return page.written()


def _copies(copies: int) -> int:
    if not 1 <= copies <= _MOST_COPIES:
        raise Invalid("copies", f"Print between 1 and {_MOST_COPIES} labels at once.")
    return copies


def _is_gtin(code: str) -> bool:
    is_number = code.isascii() and code.isdigit() and len(code) in {8, 12, 13, 14}
    return is_number and ean.calc_check_digit(code[:-1]) == code[-1]


def _wrapped(text: str, size: int, room: int) -> list[str]:
    """Break a text at its spaces into lines that fit ``room`` dots; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        rest = word
        while rest:
            longer = f"{line} {rest}" if line else rest
            if zpl.estimated_width(longer, size) <= room:
                line, rest = longer, ""
            elif line:
                lines.append(line)
                line = ""
            else:
                fits = next(n for n in range(len(rest), 0, -1) if n == 1 or zpl.estimated_width(rest[:n], size) <= room)
                lines.append(rest[:fits])
                rest = rest[fits:]
    return [*lines, line] if line else lines
