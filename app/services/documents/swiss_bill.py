"""The Swiss QR-bill: receipt and payment part at the foot of an invoice, and what its symbol says.

After the Swiss Implementation Guidelines QR-bill 2.3 and the Style Guide of SIX: 210 x 105 mm, the symbol 46 x 46 mm
with the Swiss cross of 7 x 7 mm in its middle.  Their typefaces are not ours: it is set in Inter, as the paper.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import segno

from app.services.documents.blocks import draw_stack, stack, stack_height
from app.services.documents.paper_locale import paper_locale
from app.services.documents.sheet import MM, Sheet
from app.services.documents.typefaces import Weight
from app.services.documents.typesetting import Align, Style
from app.services.documents.wording import Wording

HEIGHT: Final = 105 * MM
RECEIPT_WIDTH: Final = 62 * MM
_EDGE: Final = 5 * MM
_SYMBOL: Final = 46 * MM
_BLACK: Final = (0.0, 0.0, 0.0)
_WHITE: Final = (1.0, 1.0, 1.0)
_TITLE: Final = Style(11, 13, Weight.BOLD, _BLACK)
_HEAD: Final = Style(8, 11, Weight.BOLD, _BLACK)
_TEXT: Final = Style(10, 11, Weight.REGULAR, _BLACK)
_SMALL_HEAD: Final = Style(6, 9, Weight.BOLD, _BLACK)
_SMALL: Final = Style(8, 9, Weight.REGULAR, _BLACK)
_HINT: Final = Style(7, 9, Weight.REGULAR, _BLACK, align=Align.CENTRE)
_LEVEL: Final = "m"  # of error correction, as the guidelines ask


@dataclass(frozen=True, slots=True)
class BillParty:
    """Who is paid, or who pays: an address of type S, in its parts."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str

    @property
    def fields(self) -> list[str]:
        """Its seven fields in the symbol; the number of the house stands with the street."""
        place = (self.postal_code, 16), (self.city, 35)
        return ["S", *_latin((self.name, 70), (self.street, 70)), "", *_latin(*place), self.country]

    @property
    def text(self) -> str:
        """Its lines."""
        return "\n".join(line for line in (self.name, self.street, f"{self.postal_code} {self.city}") if line.strip())


@dataclass(frozen=True, slots=True)
class SwissBill:
    """All a QR-bill says; ``amount`` in Swiss francs or euros, ``reference`` of the kind ``QRR``, ``SCOR`` or ``NON``.

    ``language`` is that of the paper; a bill in a language that Switzerland does not print is in English.
    """

    iban: str
    creditor: BillParty
    amount: Decimal
    currency: str
    kind: str
    reference: str = ""
    debtor: BillParty | None = None
    message: str = ""
    language: str = "en"

    @property
    def height(self) -> float:
        """The room it takes at the foot of a page, in points."""
        return HEIGHT

    def payload(self) -> str:
        """Write what the symbol says: SPC, version 0200, its fields on lines of their own."""
        debtor = self.debtor.fields if self.debtor else [""] * 7
        (message,) = _latin((self.message, 140))
        fields = ["SPC", "0200", "1", self.iban, *self.creditor.fields, *[""] * 7]
        fields += [f"{self.amount:.2f}", self.currency, *debtor, self.kind, self.reference, message, "EPD"]
        return "\n".join(fields)

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        """Draw receipt and payment part, and the lines along which they are cut off, over what is there."""
        words = paper_locale(self.language).words
        sheet.box(left, top, width, HEIGHT, colour=_WHITE)
        sheet.rule(left, top, left + width, thickness=0.4, colour=_BLACK)
        sheet.box(left + RECEIPT_WIDTH, top, 0.4, HEIGHT, colour=_BLACK)
        draw_stack(sheet, stack((words["slip_separate"], _HINT), width=width), left, top - 10, width)
        self._draw_receipt(sheet, words, left + _EDGE, top + _EDGE)
        self._draw_payment(sheet, words, left + RECEIPT_WIDTH + _EDGE, top + _EDGE)

    def _draw_receipt(self, sheet: Sheet, words: Wording, left: float, top: float) -> None:
        width = RECEIPT_WIDTH - 2 * _EDGE
        _put(sheet, words["slip_receipt"], _TITLE, left, top, width)
        end = _put_all(sheet, self._told(words, whole=False), (_SMALL_HEAD, _SMALL), left, top + 7 * MM, width)
        if self.debtor is None:
            _draw_corners(sheet, left, end, 52 * MM, 20 * MM)
        _put_all(sheet, [(words["currency"], self.currency)], (_SMALL_HEAD, _SMALL), left, top + 63 * MM, width)
        amount = [(words["slip_amount"], _spaced(self.amount))]
        _put_all(sheet, amount, (_SMALL_HEAD, _SMALL), left + 13 * MM, top + 63 * MM, width)
        point = Style(6, 9, Weight.BOLD, _BLACK, align=Align.RIGHT)
        _put(sheet, words["slip_acceptance"], point, left, top + 77 * MM, width)

    def _draw_payment(self, sheet: Sheet, words: Wording, left: float, top: float) -> None:
        _put(sheet, words["slip_payment"], _TITLE, left, top, _SYMBOL + _EDGE)
        _draw_symbol(sheet, self.payload(), left, top + 12 * MM)
        _put_all(sheet, [(words["currency"], self.currency)], (_HEAD, _TEXT), left, top + 63 * MM, _SYMBOL)
        amount = [(words["slip_amount"], _spaced(self.amount))]
        _put_all(sheet, amount, (_HEAD, _TEXT), left + 16 * MM, top + 63 * MM, _SYMBOL)
        end = _put_all(sheet, self._told(words, whole=True), (_HEAD, _TEXT), left + 51 * MM, top, 87 * MM)
        if self.debtor is None:
            _draw_corners(sheet, left + 51 * MM, end, 65 * MM, 25 * MM)

    def _told(self, words: Wording, *, whole: bool) -> list[tuple[str, str]]:
        """Give what is said in words: on the receipt all but what the payment is for."""
        payee = f"{_grouped(self.iban)}\n{self.creditor.text}"
        told = [(words["slip_payable_to"], payee), (words["slip_reference"], self._printed_reference())]
        if whole:
            told.append((words["slip_additional"], self.message))
        if self.debtor is not None:
            told.append((words["slip_payable_by"], self.debtor.text))
        else:
            told.append((words["slip_payable_by_blank"], ""))
        return [(head, text) for head, text in told if text or head == words["slip_payable_by_blank"]]

    def _printed_reference(self) -> str:
        if self.kind != "QRR":
            return _grouped(self.reference)
        return f"{self.reference[:2]} {' '.join(self.reference[at : at + 5] for at in range(2, 27, 5))}"


def _draw_symbol(sheet: Sheet, payload: str, left: float, top: float) -> None:
    """Draw the symbol, and in its middle the Swiss cross: white on black, with a white rim."""
    symbol = segno.make(payload, error=_LEVEL, boost_error=False, micro=False, encoding="utf-8")
    rows = [bytes(row) for row in symbol.matrix]
    module = _SYMBOL / len(rows)
    places = [
        (left + x * module, top + y * module, module, module)
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    ]
    sheet.boxes(places, colour=_BLACK)
    middle_x, middle_y = left + _SYMBOL / 2, top + _SYMBOL / 2
    for half, colour in ((3.5 * MM, _WHITE), (3 * MM, _BLACK)):
        sheet.box(middle_x - half, middle_y - half, 2 * half, 2 * half, colour=colour)
    long, short = 1.95 * MM, 0.6 * MM  # arms of the cross: a sixth longer than wide, as the flag's law says
    arms = [
        (middle_x - long, middle_y - short, 2 * long, 2 * short),
        (middle_x - short, middle_y - long, 2 * short, 2 * long),
    ]
    sheet.boxes(arms, colour=_WHITE)


def _put(sheet: Sheet, text: str, style: Style, left: float, top: float, width: float) -> None:
    draw_stack(sheet, stack((text, style), width=width), left, top, width)


def _put_all(
    sheet: Sheet, told: list[tuple[str, str]], styles: tuple[Style, Style], left: float, top: float, width: float
) -> float:
    """Set heads and texts one below the other; return where the last one ends."""
    end = top
    for head, text in told:
        pieces = stack((head, styles[0]), (text, styles[1]), width=width)
        draw_stack(sheet, pieces, left, top, width)
        end = top + stack_height(pieces)
        top = end + styles[1].leading
    return end


def _draw_corners(sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
    """Mark the corners of a field that is filled in by hand."""
    arm, line = 3 * MM, 0.75
    places = []
    for x in (left, left + width - arm):
        places += [(x, top, arm, line), (x, top + height - line, arm, line)]
    for y in (top, top + height - arm):
        places += [(left, y, line, arm), (left + width - line, y, line, arm)]
    sheet.boxes(places, colour=_BLACK)


def _spaced(amount: Decimal) -> str:
    """Write an amount as the guidelines do: 1 949.75."""
    return f"{amount:,.2f}".replace(",", " ")


def _grouped(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _latin(*texts: tuple[str, int]) -> list[str]:
    """Write texts in the characters the guidelines allow, on one line, each no longer than it may be."""
    return ["".join(map(_allowed, " ".join(text.split())))[:longest].strip() for text, longest in texts]


def _allowed(one: str) -> str:
    code = ord(one)
    if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0x17F or 0x218 <= code <= 0x21B or one == "€":
        return one
    base = "".join(part for part in unicodedata.normalize("NFKD", one) if not unicodedata.combining(part))
    return base if base.isascii() and base.isprintable() and base else "."
