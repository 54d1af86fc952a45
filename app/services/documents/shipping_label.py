"""The shipping label, 100 x 150 mm: from, to, carrier and service, tracking number and SSCC to scan.

Laid out as a GS1 logistic label: texts above, the symbols with the carrier's and our own keys below, the SSCC last.
Its bars are 0.5 mm wide and 32 mm high, as GS1 General Specifications 5.4 and 6.6 ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.services.documents.barcodes import Bars, Squares, code_128, gs1_128_sscc, qr
from app.services.documents.blocks import Cell, Row, Stack, draw_stack, stack, stack_height
from app.services.documents.fitting import fitted
from app.services.documents.pagination import Pages
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.shaping import Figures
from app.services.documents.sheet import LABEL, MM, Sheet
from app.services.documents.snapshots import Party
from app.services.documents.typefaces import Weight
from app.services.documents.typesetting import INK, Align, Style


@dataclass(frozen=True, slots=True)
class ShippingLabel:
    """All the label of one package prints; weight in grams, ``package`` of ``packages`` counted from 1."""

    ship_from: Party
    ship_to: Party
    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    sscc: str = ""
    package: int = 1
    packages: int = 1
    weight_g: int = 0
    order_number: str = ""
    po_number: str = ""
    shipped_on: date | None = None
    language: str = "en"


_MARGIN: Final = 5 * MM
_WIDTH: Final = LABEL.width - 2 * _MARGIN
_FROM: Final = (4.5 * MM, 19 * MM)  # top and height of each field
_TO: Final = (26 * MM, 36.5 * MM)
_CARRIER: Final = (65 * MM, 14 * MM)
_TRACKING: Final = (81.5 * MM, 23 * MM)
_SSCC: Final = (106.5 * MM, 40 * MM)
_SSCC_BARS: Final = 32 * MM
_TRACKING_BARS: Final = 16 * MM

_CAPTION: Final = Style(6.5, 8.5, Weight.MEDIUM)
_SENDER: Final = (Style(7.8, 10), Style(6.4, 8.2), Style(5.4, 6.9))
_NAME: Final = (Style(15, 19, Weight.BOLD), Style(11.5, 14.5, Weight.BOLD), Style(9, 11.5, Weight.BOLD))
_ADDRESS: Final = (Style(13, 17, Weight.MEDIUM), Style(10, 13, Weight.MEDIUM), Style(7.6, 9.8, Weight.MEDIUM))
_CARRIER_NAME: Final = (Style(17, 20, Weight.BOLD), Style(12, 14.5, Weight.BOLD), Style(8, 10, Weight.BOLD))
_SERVICE: Final = (Style(11, 15, Weight.MEDIUM), Style(8, 10, Weight.MEDIUM))
_SMALL: Final = Style(8, 10.5, Weight.REGULAR, INK, Figures.TABULAR)
_READABLE: Final = Style(10.5, 14, Weight.MEDIUM, INK, Figures.CODE, Align.CENTRE)
_CONTINUED: Final = Style(9, 12)


def build(label: ShippingLabel) -> bytes:
    """Draw the label of one package as PDF; the same label always gives the same bytes.

    Raises Invalid when the SSCC is wrong.
    """
    return build_all([label])


def build_all(labels: Sequence[ShippingLabel]) -> bytes:
    """Draw several labels into one PDF, one page each; a label whose texts need more room goes on on a second page.

    Raises Invalid when an SSCC is wrong.
    """
    first = labels[0] if labels else None
    title = " ".join(part for part in (first.carrier, first.tracking_number or first.sscc) if part) if first else ""
    sheet = Sheet(
        LABEL,
        title=title,
        author=first.ship_from.name if first else "",
        language=str(paper_locale(first.language if first else "en").locale),
    )
    for label in labels:
        drawing = _Drawing(sheet, label)
        drawing.draw()
    if not labels:
        sheet.finish_page()
    return sheet.pdf()


class _Drawing:
    """One label being drawn; ``overflow`` are texts its fields had no room for."""

    def __init__(self, sheet: Sheet, label: ShippingLabel) -> None:
        self.sheet = sheet
        self.label = label
        self.locale: PaperLocale = paper_locale(label.language)
        self.overflow: list[str] = []

    def draw(self) -> None:
        self._sender()
        self._recipient()
        self._carriage()
        self._tracking()
        self._sscc()
        self.sheet.finish_page()
        self._continue()

    def _rule(self, top: float, thickness: float = 0.9) -> None:
        self.sheet.rule(_MARGIN, top, _MARGIN + _WIDTH, thickness=thickness)

    def _fit(self, texts: Sequence[str], styles: Sequence[Style], width: float, room: float) -> Stack:
        kept = [text for text in texts if text]
        pieces, is_whole = fitted(kept, styles, width, room)
        if not is_whole:
            self.overflow.append("\n".join(kept))
        return pieces

    def _sender(self) -> None:
        top, height = _FROM
        words, label = self.locale.words, self.label
        width = _WIDTH * 0.56
        caption = stack((words["ship_from"], _CAPTION), width=width)
        party = label.ship_from
        sender = self._fit([party.name, party.contact, *party.address], _SENDER, width, height - 8.5)
        draw_stack(self.sheet, (*caption, *sender), _MARGIN, top, width)
        facts = [
            (words["date"], self.locale.date(label.shipped_on) if label.shipped_on else ""),
            (words["order_number"], label.order_number),
            (words["po_number"], label.po_number),
        ]
        left, room = _MARGIN + width + 8, _WIDTH - width - 8
        texts = [f"{name}: {value}" for name, value in facts if value]
        draw_stack(self.sheet, self._fit(texts, (_SMALL, *_SENDER[1:]), room, height), left, top, room)
        self._rule(_TO[0] - 1.8 * MM)

    def _recipient(self) -> None:
        top, height = _TO
        party = self.label.ship_to
        caption = stack((self.locale.words["to"], _CAPTION), width=_WIDTH)
        name = self._fit([party.name], _NAME, _WIDTH, height * 0.45)
        room = height - stack_height(caption) - stack_height(name)
        address = self._fit([party.contact, *party.address, party.phone], _ADDRESS, _WIDTH, room)
        draw_stack(self.sheet, (*caption, *name, *address), _MARGIN, top, _WIDTH)
        self._rule(_CARRIER[0] - 1.8 * MM, 1.6)

    def _carriage(self) -> None:
        top, height = _CARRIER
        label = self.label
        right_width = 30 * MM
        width = _WIDTH - right_width - 8
        name = self._fit([label.carrier], _CARRIER_NAME, width, height * 0.6)
        service = self._fit([label.service], _SERVICE, width, height - stack_height(name))
        draw_stack(self.sheet, (*name, *service), _MARGIN, top, width)
        place = self.locale.words.filled("package_of", page=str(label.package), pages=str(label.packages))
        weight = self.locale.weight(label.weight_g) if label.weight_g else ""
        sizes = [style.right() for style in _CARRIER_NAME]
        number = self._fit([place], sizes, right_width, height * 0.6)
        heavy = self._fit([weight], [style.right() for style in _SERVICE], right_width, height * 0.5)
        draw_stack(self.sheet, (*number, *heavy), _MARGIN + _WIDTH - right_width, top, right_width)
        self._rule(_TRACKING[0] - 1.8 * MM)

    def _tracking(self) -> None:
        number = self.label.tracking_number
        if not number:
            return
        top, height = _TRACKING
        words = self.locale.words
        symbol: Bars | Squares | None = code_128(number, width=LABEL.width, height=_TRACKING_BARS, centred=True)
        symbol = symbol or qr(number, size=_TRACKING_BARS, centred=True)
        bars: Stack = (symbol,) if symbol else ()
        room = height - stack_height(bars) - 2
        text = self._fit(
            [f"{words['tracking_number']} {number}"], (_READABLE, replace(_READABLE, size=7, leading=9)), _WIDTH, room
        )
        draw_stack(self.sheet, bars, 0, top, LABEL.width)
        draw_stack(self.sheet, text, _MARGIN, top + stack_height(bars) + 2, _WIDTH)

    def _sscc(self) -> None:
        if not self.label.sscc:
            return
        top, _ = _SSCC
        bars = gs1_128_sscc(self.label.sscc, width=LABEL.width, height=_SSCC_BARS, centred=True)
        self._rule(top - 1.8 * MM)
        draw_stack(self.sheet, (bars,), 0, top, LABEL.width)
        text = stack((f"(00) {self.label.sscc}", _READABLE), width=_WIDTH)
        draw_stack(self.sheet, text, _MARGIN, top + _SSCC_BARS + 1 * MM, _WIDTH)

    def _continue(self) -> None:
        """Print in full, on further pages, what the label could show only in part."""
        if not self.overflow:
            return
        pages = Pages(first_top=_MARGIN, next_top=_MARGIN, bottom=LABEL.height - _MARGIN)
        title = " ".join(part for part in (self.label.order_number, self.label.tracking_number) if part)
        for text in [title, *self.overflow]:
            pages.add(Row((Cell(0, _WIDTH, stack((text, _CONTINUED), width=_WIDTH)),), below=6))
        for page in pages:
            for top, row in page.rows:
                row.draw(self.sheet, _MARGIN, top)
            self.sheet.finish_page()
