"""What papers that are lists have in common: a title with its code, facts, tables, room to sign, page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.services.documents.barcodes import code_128
from app.services.documents.blocks import Cell, Gap, Row, Rule, draw_stack, paragraph, stack
from app.services.documents.columns import Column, body_row, head_row, places
from app.services.documents.fitting import shortened
from app.services.documents.pagination import Pages, Table
from app.services.documents.paper_locale import PaperLocale
from app.services.documents.sheet import A4, LETTER, MM, PageSize, Sheet
from app.services.documents.snapshots import Company, PaperFormat
from app.services.documents.typesetting import INK
from app.services.documents.typography import DETAIL, FACT, LABEL, PAGE_NUMBER, RUNNING, TITLE

_MARGIN: Final = 15 * MM
_TOP: Final = 14 * MM
_NEXT_TOP: Final = 24 * MM
_FOOT: Final = 20 * MM


@dataclass(frozen=True, slots=True)
class Ground:
    """The sheet a list is laid out on: its title, whose it is, the language, and the width between the margins."""

    title: str
    company: Company
    locale: PaperLocale
    size: PageSize
    width: float


def ground(title: str, company: Company, locale: PaperLocale, paper_format: PaperFormat) -> Ground:
    """Choose the sheet."""
    size = {PaperFormat.A4: A4, PaperFormat.LETTER: LETTER}[paper_format]
    return Ground(title, company, locale, size, size.width - 2 * _MARGIN)


def pages_of(on: Ground) -> Pages:
    """Give the empty pages of a list."""
    return Pages(first_top=_TOP, next_top=_NEXT_TOP, bottom=on.size.height - _FOOT)


def draw(on: Ground, pages: Pages) -> bytes:
    """Draw the pages as PDF, with the title on those after the first and their numbers at the foot."""
    sheet = Sheet(on.size, title=on.title, author=on.company.name, language=str(on.locale.locale))
    for number, page in enumerate(pages, start=1):
        if number > 1:
            draw_stack(sheet, (shortened(on.title, RUNNING, on.width),), _MARGIN, 12 * MM, on.width)
        for top, row in page.rows:
            row.draw(sheet, _MARGIN, top)
        text = on.locale.words.filled("page", page=str(number), pages=str(len(pages)))
        draw_stack(sheet, (*stack((text, PAGE_NUMBER), width=on.width),), _MARGIN, on.size.height - 13 * MM, on.width)
        sheet.finish_page()
    return sheet.pdf()


def title_row(on: Ground, number: str) -> Row:
    """Name the paper and the company; the number stands beside as a code to scan."""
    code = code_128(number, width=75 * MM, height=11 * MM, largest=3)
    room = on.width - code.width - 10 if code else on.width
    address = ", ".join(on.company.address)
    cells = [Cell(0, room, stack((on.company.name, LABEL), (on.title, TITLE), (address, DETAIL), width=room))]
    if code:
        cells.append(Cell(on.width - code.width, code.width, (Gap(4), code)))
    return Row(tuple(cells), below=8)


def fact_row(on: Ground, facts: Sequence[tuple[str, str]]) -> Row:
    """Set facts side by side, label above value; empty ones are left out."""
    told = [(label, value) for label, value in facts if value]
    own = (on.width - 12 * (len(told) - 1)) / max(1, len(told))
    cells = tuple(
        Cell(index * (own + 12), own, stack((label, DETAIL), (value, FACT), width=own))
        for index, (label, value) in enumerate(told)
    )
    return Row(cells, below=6)


def table(on: Ground, columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> Table:
    """Set rows of texts in columns; without any the paper says so."""
    contents = [[row[index] for row in texts] for index in range(len(columns))]
    where = places(columns, contents, on.width)
    rows = [
        body_row(
            where,
            [
                stack((text, column.style), width=place.width)
                for text, column, place in zip(row, columns, where, strict=True)
            ],
        )
        for row in texts
    ]
    nothing = [paragraph(on.locale.words["no_lines"], DETAIL, on.width, above=6, below=6)]
    return Table(head_row(columns, where), rows or nothing)


def signing_row(on: Ground, captions: Sequence[str]) -> Row:
    """Leave room to sign, a line above each caption."""
    own = (on.width - 20 * (len(captions) - 1)) / len(captions)
    cells = tuple(
        Cell(index * (own + 20), own, (Gap(20), Rule(INK, 0.6, after=3), *stack((caption, DETAIL), width=own)))
        for index, caption in enumerate(captions)
    )
    return Row(cells)
