"""The count sheet: what to count at which bin, in walking order, with room to write; never what the books say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.documents.barcodes import code_128
from app.services.documents.blocks import Cell, Gap, Row, Rule, Stack, draw_stack, paragraph, stack
from app.services.documents.closing import SECTION_GAP
from app.services.documents.columns import Column, Place, head_row
from app.services.documents.fitting import shortened
from app.services.documents.pagination import Pages, Table
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.sheet import A4, MM, Sheet
from app.services.documents.snapshots import Company
from app.services.documents.typesetting import INK
from app.services.documents.typography import (
    BODY,
    CODE,
    DETAIL,
    FACT,
    HAIRLINE,
    LABEL,
    PAGE_NUMBER,
    RUNNING,
    STRONG,
    TITLE,
)


@dataclass(frozen=True, slots=True)
class CountLine:
    """One thing to count; ``bin`` and ``lot`` may be empty."""

    bin: str
    sku: str
    name: str
    unit: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class CountSheet:
    """All a count sheet prints; its lines are in the order they are walked."""

    number: str
    dated: date
    company: Company
    lines: tuple[CountLine, ...]
    language: str = "en"
    location: str = ""
    notes: str = ""


_MARGIN: Final = 15 * MM
_TOP: Final = 14 * MM
_NEXT_TOP: Final = 24 * MM
_FOOT: Final = 20 * MM
_BIN: Final = 34 * MM
_LOT: Final = 34 * MM
_UNIT: Final = 20 * MM
_ROOM: Final = 34 * MM


def build(count: CountSheet) -> bytes:
    """Draw the count sheet as PDF; the same list always gives the same bytes."""
    locale = paper_locale(count.language)
    width = A4.width - 2 * _MARGIN
    title = f"{locale.words['count_sheet']} {count.number}".strip()
    pages = Pages(first_top=_TOP, next_top=_NEXT_TOP, bottom=A4.height - _FOOT)
    pages.add(_title_row(count, title, width))
    pages.add(_fact_row(count, locale, width))
    pages.space(8)
    pages.add_table(_table(count, locale, width))
    pages.space(SECTION_GAP)
    pages.add(_signing_row(locale, width))
    sheet = Sheet(A4, title=title, author=count.company.name, language=str(locale.locale))
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_stack(sheet, (shortened(title, RUNNING, width),), _MARGIN, 12 * MM, width)
        for top, row in page.rows:
            row.draw(sheet, _MARGIN, top)
        text = locale.words.filled("page", page=str(number), pages=str(len(pages)))
        draw_stack(sheet, (*stack((text, PAGE_NUMBER), width=width),), _MARGIN, A4.height - 13 * MM, width)
        sheet.finish_page()
    return sheet.pdf()


def _title_row(count: CountSheet, title: str, width: float) -> Row:
    """The title and, to its right, the number to scan when counting begins."""
    code = code_128(count.number, width=75 * MM, height=11 * MM, largest=3)
    room = width - code.width - 10 if code else width
    cells = [Cell(0, room, stack((count.company.name, LABEL), (title, TITLE), width=room))]
    if code:
        cells.append(Cell(width - code.width, code.width, (Gap(4), code)))
    return Row(tuple(cells), below=8)


def _fact_row(count: CountSheet, locale: PaperLocale, width: float) -> Row:
    words = locale.words
    facts = [
        (words["location"], count.location),
        (words["date"], locale.date(count.dated)),
        (words["notes"], count.notes),
    ]
    known = [(label, value) for label, value in facts if value]
    own = (width - 12 * (len(known) - 1)) / len(known)
    cells = tuple(
        Cell(place * (own + 12), own, stack((label, DETAIL), (value, FACT), width=own))
        for place, (label, value) in enumerate(known)
    )
    return Row(cells, below=6)


def _table(count: CountSheet, locale: PaperLocale, width: float) -> Table:
    words = locale.words
    item = width - _BIN - _LOT - _UNIT - _ROOM - 4 * 8
    where, left = list[Place](), 0.0
    for own in (_BIN, item, _LOT, _UNIT, _ROOM):
        where.append(Place(left, own))
        left += own + 8
    titles = (words["bin"], words["item"], words["lot"], "", words["counted"])
    rows = [_row(line, where) for line in count.lines]
    if not rows:
        rows = [paragraph(words["no_lines"], DETAIL, width, above=6, below=6)]
    return Table(head_row([Column(title, BODY) for title in titles], where), rows)


def _row(line: CountLine, where: Sequence[Place]) -> Row:
    """One line, with a rule to write the figure on."""
    bin_place, item_place, lot_place, unit_place, _ = where
    stacks: list[Stack] = [
        stack((line.bin, STRONG), width=bin_place.width),
        stack((line.name, STRONG), (line.sku, CODE), width=item_place.width),
        stack((line.lot, CODE), width=lot_place.width),
        stack((line.unit, BODY), width=unit_place.width),
        (Gap(16), Rule(INK, 0.6, after=1)),
    ]
    cells = tuple(Cell(place.left, place.width, pieces) for place, pieces in zip(where, stacks, strict=True))
    return Row(cells, above=6, below=6, rule_below=HAIRLINE)


def _signing_row(locale: PaperLocale, width: float) -> Row:
    """Room for who counted, when."""
    own = (width - 20) / 2
    captions = (locale.words["counted_by"], locale.words["date"])
    cells = tuple(
        Cell(place * (own + 20), own, (Gap(20), Rule(INK, 0.6, after=3), *stack((caption, DETAIL), width=own)))
        for place, caption in enumerate(captions)
    )
    return Row(cells)
