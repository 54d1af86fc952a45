"""The return slip: what may come back and why, for the parcel, with a label for it to cut off and stick on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.documents.barcodes import code_128
from app.services.documents.blocks import Cell, Gap, Row, stack
from app.services.documents.closing import SECTION_GAP, titled
from app.services.documents.goods_table import goods_table
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.sheet import MM
from app.services.documents.snapshots import GoodsLine, Heading, Party
from app.services.documents.typefaces import Weight
from app.services.documents.typesetting import Style
from app.services.documents.typography import LABEL, STRONG, TINT


@dataclass(frozen=True, slots=True)
class ReturnSlip:
    """All a return slip prints; ``send_to`` is where the goods go, ``return_by`` the day they must be there."""

    heading: Heading
    lines: tuple[GoodsLine, ...]
    send_to: Party
    reason: str = ""
    return_by: date | None = None


_BIG: Final = Style(16, 21, Weight.BOLD)
_CODE_WIDTH: Final = 80 * MM
_CODE_HEIGHT: Final = 18 * MM
_INSET: Final = 10.0


def build(slip: ReturnSlip) -> bytes:
    """Draw the return slip as PDF; the same return always gives the same bytes.

    Raises Invalid when the logo is no picture.
    """
    heading = slip.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = usual_facts(heading, locale)
    if slip.return_by:
        facts = [*facts, (words["return_by"], locale.date(slip.return_by))]
    letter = Letter(heading, words["return_slip"], facts, introduction=words["return_how"])
    letter.pages.add_table(goods_table(slip.lines, locale, letter.width, quantity_title=words["quantity"]))
    letter.add(titled(words["reason"], [slip.reason], letter.width), above=SECTION_GAP)
    letter.add([_label(slip, locale, letter.width)], above=SECTION_GAP)
    return letter.pdf()


def _label(slip: ReturnSlip, locale: PaperLocale, width: float) -> Row:
    """The part that is stuck on the parcel: whom it goes to, whom it is from, the number as bars."""
    words, heading = locale.words, slip.heading
    code = code_128(heading.number, width=_CODE_WIDTH, height=_CODE_HEIGHT, largest=3)
    room = width - 2 * _INSET - (code.width + _INSET if code else 0)
    sender = ", ".join(part for part in (heading.customer.name, *heading.customer.address) if part)
    texts = stack(
        (words["return_label"], LABEL),
        (words["to"], LABEL),
        (slip.send_to.name, _BIG),
        *((line, STRONG) for line in slip.send_to.address),
        (f"{words['ship_from']} {sender}", LABEL),
        width=room,
    )
    cells = [Cell(0, _INSET, ()), Cell(_INSET, room, (Gap(6), *texts))]
    if code:
        number = stack((heading.number, STRONG), width=code.width)
        cells.append(Cell(width - code.width - _INSET, code.width, (Gap(10), code, Gap(3), *number)))
    cells.append(Cell(width - _INSET, _INSET, ()))
    return Row(tuple(cells), above=8, below=10, background=TINT)
