"""The pick list: what to take from which bin, in walking order, with a code to scan and a box to tick."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.services.documents.barcodes import code_128, scannable
from app.services.documents.blocks import Cell, Gap, Row, Rule, Stack, draw_stack, paragraph, stack
from app.services.documents.closing import SECTION_GAP, titled
from app.services.documents.columns import Column, Place, head_row
from app.services.documents.fitting import fitted, shortened
from app.services.documents.pagination import Pages, Table
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.sheet import A4, LETTER, MM, Sheet
from app.services.documents.snapshots import Company, PaperFormat
from app.services.documents.typefaces import Weight
from app.services.documents.typesetting import INK, Style, text_width
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
class PickLine:
    """One thing to take; ``scan`` is what its label says when that is not the SKU (a GTIN, a lot)."""

    bin: str
    sku: str
    name: str
    quantity: Decimal
    unit: str = ""
    description: str = ""
    scan: str = ""


@dataclass(frozen=True, slots=True)
class PickList:
    """All a pick list prints; the lines may come in any order, unless they are ``walked`` in the one they have."""

    number: str
    dated: date
    company: Company
    lines: tuple[PickLine, ...]
    language: str = "en"
    paper_format: PaperFormat = PaperFormat.A4
    order_number: str = ""
    customer_name: str = ""
    location: str = ""
    ship_by: date | None = None
    carrier: str = ""
    service: str = ""
    notes: str = ""  # for the warehouse
    walked: bool = False


_MARGIN: Final = 15 * MM
_TOP: Final = 14 * MM
_NEXT_TOP: Final = 24 * MM
_FOOT: Final = 20 * MM
_TICK: Final = 15.0  # points, the side of the box
_SCAN_WIDTH: Final = 52 * MM
_SCAN_HEIGHT: Final = 11 * MM
_BIG: Final = Style(20, 24, Weight.BOLD)
_LESS_BIG: Final = (_BIG, Style(14, 18, Weight.BOLD), Style(10, 13, Weight.BOLD))
_FACTS_PER_ROW: Final = 4


def build(pick: PickList) -> bytes:
    """Draw the pick list as PDF; the same pick always gives the same bytes."""
    locale = paper_locale(pick.language)
    size = {PaperFormat.A4: A4, PaperFormat.LETTER: LETTER}[pick.paper_format]
    width = size.width - 2 * _MARGIN
    title = f"{locale.words['pick_list']} {pick.number}".strip()
    pages = Pages(first_top=_TOP, next_top=_NEXT_TOP, bottom=size.height - _FOOT)
    pages.add(_title_row(pick, title, width))
    for row in _fact_rows(pick, locale, width):
        pages.add(row)
    pages.space(8)
    pages.add_table(_table(pick, locale, width))
    for rows in (titled(locale.words["notes"], [pick.notes], width), [_signing_row(locale, width)]):
        if rows:
            pages.space(SECTION_GAP)
            pages.add(*rows)
    sheet = Sheet(size, title=title, author=pick.company.name, language=str(locale.locale))
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_stack(sheet, (shortened(title, RUNNING, width),), _MARGIN, 12 * MM, width)
        for top, row in page.rows:
            row.draw(sheet, _MARGIN, top)
        text = locale.words.filled("page", page=str(number), pages=str(len(pages)))
        foot = (*stack((text, PAGE_NUMBER), width=width),)
        draw_stack(sheet, foot, _MARGIN, size.height - 13 * MM, width)
        sheet.finish_page()
    return sheet.pdf()


def walking_order(lines: Sequence[PickLine]) -> list[PickLine]:
    """Sort lines as one walks past their bins: A-2 before A-10, without a bin last."""
    return sorted(lines, key=lambda line: (not line.bin.strip(), _natural(line.bin), line.sku, line.name))


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Compare digits in a text as numbers and the rest without regard to case."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text.strip())
    return [(0, int(part), part) if part[0] in "0123456789" else (1, 0, part.casefold()) for part in parts]


def _title_row(pick: PickList, title: str, width: float) -> Row:
    """The title and, to its right, the number to scan when picking begins."""
    code_width = 75 * MM
    code = code_128(pick.number, width=code_width, height=11 * MM, largest=3)
    room = width - code.width - 10 if code else width
    texts = stack((pick.company.name, LABEL), (title, TITLE), width=room)
    cells = [Cell(0, room, texts)]
    if code:
        cells.append(Cell(width - code.width, code.width, (Gap(4), code)))
    return Row(tuple(cells), below=8)


def _fact_rows(pick: PickList, locale: PaperLocale, width: float) -> list[Row]:
    words = locale.words
    carrier = " · ".join(part for part in (pick.carrier, pick.service) if part)
    facts = [
        (words["order_number"], pick.order_number),
        (words["customer"], pick.customer_name),
        (words["location"], pick.location),
        (words["ship_by"], locale.date(pick.ship_by) if pick.ship_by else ""),
        (words["carrier"], carrier),
        (words["date"], locale.date(pick.dated)),
    ]
    facts = [(label, value) for label, value in facts if value]
    own = (width - 12 * (_FACTS_PER_ROW - 1)) / _FACTS_PER_ROW
    rows = []
    for start in range(0, len(facts), _FACTS_PER_ROW):
        cells = tuple(
            Cell(index * (own + 12), own, stack((label, DETAIL), (value, FACT), width=own))
            for index, (label, value) in enumerate(facts[start : start + _FACTS_PER_ROW])
        )
        rows.append(Row(cells, below=6))
    return rows


@dataclass(frozen=True, slots=True)
class _TickBox:
    """An empty box to tick."""

    height: float = _TICK

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        sheet.frame(left, top, _TICK, _TICK, thickness=1.1)


def _table(pick: PickList, locale: PaperLocale, width: float) -> Table:
    words = locale.words
    lines = list(pick.lines) if pick.walked else walking_order(pick.lines)
    takes = [locale.number(line.quantity) for line in lines]
    units = [locale.unit(line.unit, line.quantity) for line in lines]
    bin_width = _column_width([line.bin for line in lines], _BIG, 18 * MM, 42 * MM)
    take_width = _column_width(takes, _BIG.tabular(), 16 * MM, 36 * MM)
    unit_width = _column_width(units, BODY, 0, 22 * MM)
    scan_left = width - _SCAN_WIDTH
    unit_left = scan_left - 8 - unit_width
    take_left = unit_left - 4 - take_width
    item_left = _TICK + 9 + bin_width + 9
    where = [
        Place(0, _TICK),
        Place(_TICK + 9, bin_width),
        Place(item_left, take_left - item_left - 8),
        Place(take_left, take_width),
        Place(unit_left, unit_width),
        Place(scan_left, _SCAN_WIDTH),
    ]
    columns = [
        Column("", BODY),
        Column(words["bin"], BODY),
        Column(words["item"], BODY),
        Column(words["take"], BODY.tabular()),
        Column("", BODY),
        Column(words["scan"], BODY),
    ]
    rows = [_row(line, take, unit, where) for line, take, unit in zip(lines, takes, units, strict=True)]
    if not rows:
        rows = [paragraph(words["no_lines"], DETAIL, width, above=6, below=6)]
    return Table(head_row(columns, where), rows)


def _column_width(texts: Sequence[str], style: Style, least: float, most: float) -> float:
    """As wide as the texts that fit into ``most`` points; wider ones are set smaller."""
    widths = [width for width in (text_width(text, style) + 2 for text in texts) if width <= most]
    return max(least, *widths) if widths else max(least, most if texts else 0.0)


def _row(line: PickLine, take: str, unit: str, where: Sequence[Place]) -> Row:
    """One line; its bin and quantity are to be read at arm's length."""
    _, bin_place, item_place, take_place, unit_place, scan_place = where
    symbol = scannable(line.scan or line.sku, width=_SCAN_WIDTH, height=_SCAN_HEIGHT)
    spelled = "" if line.scan in ("", line.sku) else line.scan  # the SKU stands beside it anyway
    scan: Stack = (*((symbol,) if symbol else ()), *stack((spelled, CODE), width=scan_place.width))
    item = stack((line.name, STRONG), (line.sku, CODE), (line.description, DETAIL), width=item_place.width)
    stacks: list[Stack] = [
        (Gap(4), _TickBox()),
        _large(line.bin, bin_place.width),
        item,
        _large(take, take_place.width, is_number=True),
        (Gap(7), *stack((unit, BODY), width=unit_place.width)),
        scan,
    ]
    cells = tuple(Cell(place.left, place.width, pieces) for place, pieces in zip(where, stacks, strict=True))
    return Row(cells, above=7, below=7, rule_below=HAIRLINE)


def _large(text: str, width: float, *, is_number: bool = False) -> Stack:
    """Set as large as fits on one line; a long one in small type over several."""
    styles = [style.tabular() for style in _LESS_BIG] if is_number else list(_LESS_BIG)
    for style in styles:
        pieces, is_whole = fitted([text], [style], width, style.leading + 0.1)
        if is_whole:
            return pieces
    return stack((text, styles[-1]), width=width)


def _signing_row(locale: PaperLocale, width: float) -> Row:
    """Room for who picked, when."""
    words = locale.words
    own = (width - 20) / 2
    cells = tuple(
        Cell(index * (own + 20), own, (Gap(20), Rule(INK, 0.6, after=3), *stack((caption, DETAIL), width=own)))
        for index, caption in enumerate((words["picked_by"], words["date"]))
    )
    return Row(cells)
