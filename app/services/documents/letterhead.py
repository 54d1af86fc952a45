"""Head and foot of a letter: who we are, whom we write to, the facts beside the address, the page number.

The address stands where window envelopes show it: DIN 5008 form B, address field 20 mm from the left and 45 mm from
the top, 85 x 45 mm, its text 25 mm from the left; the six lines of the address begin 62.7 mm from the top.  That
place also shows in a US no. 10 window envelope.  What a fixed field cannot hold is never cut: it grows downwards and,
beyond the middle of the page, goes on after the end of the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from app.services.documents.blocks import Cell, Gap, Row, Stack, divide, draw_stack, stack, stack_height
from app.services.documents.fitting import fitted, shortened
from app.services.documents.paper_locale import PaperLocale
from app.services.documents.pictures import picture
from app.services.documents.sheet import MM, PageSize, Sheet
from app.services.documents.snapshots import Company, Party
from app.services.documents.typesetting import Style, text_width
from app.services.documents.typography import (
    ADDRESS,
    BODY,
    FACT,
    FACT_LABEL,
    FOOT,
    FOOT_NAME,
    HAIRLINE,
    NAME,
    PAGE_NUMBER,
    RETURN_ADDRESS,
    RUNNING,
    STRONG,
)

LEFT: Final = 25 * MM
RIGHT_MARGIN: Final = 20 * MM
_TOP: Final = 15 * MM
_LOGO: Final = (62 * MM, 22 * MM)
_RETURN_TOP: Final = 57 * MM
_ADDRESS_TOP: Final = 62.7 * MM
_ADDRESS_HEIGHT: Final = 27.3 * MM
_ADDRESS_WIDTH: Final = 75 * MM
_FACTS_LEFT: Final = 116 * MM
_FACTS_TOP: Final = 50 * MM
_FACTS_HIGHEST: Final = 33 * MM  # where many facts begin, so that they push nothing down
_FACTS_BOTTOM: Final = 90 * MM
_FACT_LABEL_WIDTH: Final = 29 * MM
_BODY_TOP: Final = 98.5 * MM
_HEAD_LIMIT: Final = 160 * MM  # a head grows down to here and no further
_NEXT_TOP: Final = 27 * MM
_FOOT_LIMIT: Final = 30 * MM
_FOOT_GAP: Final = 12.0
_FOOT_BOTTOM: Final = 9 * MM
_FOLDS: Final = (105 * MM, 210 * MM)  # where the letter is folded for the window envelope, DIN 5008 form B
_ADDRESS_STYLES: Final = (ADDRESS, Style(8.6, 10.9), Style(7.4, 9.4))  # for up to 6, 7 and 8 lines


@dataclass(slots=True)
class Letterhead:
    """Head and foot of every page of one letter; ``overflow`` holds what their fields had no room for."""

    company: Company
    addressee: Party
    locale: PaperLocale
    size: PageSize
    facts: Sequence[tuple[str, str]]
    running_title: str
    overflow: list[str] = field(default_factory=list)
    body_top: float = _BODY_TOP
    next_top: float = _NEXT_TOP
    body_bottom: float = 0.0
    _name: Stack = ()
    _address: Stack = ()
    _facts: list[Row] = field(default_factory=list)
    _facts_top: float = _FACTS_TOP
    _foot: list[Cell] = field(default_factory=list)
    _foot_top: float = 0.0

    def __post_init__(self) -> None:
        self._set_name()
        self._set_address()
        self._set_facts()
        self._set_foot()

    @property
    def width(self) -> float:
        """The width of the text, in points."""
        return self.size.width - LEFT - RIGHT_MARGIN

    # setting -------------------------------------------------------------------------------------

    def _set_name(self) -> None:
        if self.company.logo is not None:
            self._name = (picture(self.company.logo, "logo", width=_LOGO[0], height=_LOGO[1]),)
            return
        room = _FACTS_HIGHEST - _TOP
        self._name, is_whole = fitted([self.company.name], (NAME, STRONG), self.width, room)
        if not is_whole:
            self.overflow.append(self.company.name)

    def _set_address(self) -> None:
        party = self.addressee
        texts = [text for text in (party.name, party.contact, *party.address) if text]
        self._address, is_whole = fitted(texts, _ADDRESS_STYLES, _ADDRESS_WIDTH, _ADDRESS_HEIGHT)
        if not is_whole:
            smallest = _ADDRESS_STYLES[-1:]
            self._address, is_whole = fitted(texts, smallest, _ADDRESS_WIDTH, _HEAD_LIMIT - _ADDRESS_TOP)
        self.body_top = max(self.body_top, _ADDRESS_TOP + stack_height(self._address) + 8.5 * MM)
        if not is_whole:
            self.overflow.append("\n".join(texts))

    def _set_facts(self) -> None:
        label_width, value_width = _FACT_LABEL_WIDTH, self.width + LEFT - _FACTS_LEFT - _FACT_LABEL_WIDTH
        room = _HEAD_LIMIT - _FACTS_HIGHEST
        for label, value in self.facts:
            if not value:
                continue
            named = Cell(0, label_width - 6, stack((label, FACT_LABEL), width=label_width - 6))
            row = Row((named, Cell(label_width, value_width, stack((value, FACT), width=value_width))))
            if row.height > room:
                self.overflow.append(f"{label}: {value}")
                continue
            self._facts.append(row)
            room -= row.height
        height = sum(row.height for row in self._facts)
        self._facts_top = min(_FACTS_TOP, max(_FACTS_HIGHEST, _FACTS_BOTTOM - height))
        self.body_top = max(self.body_top, self._facts_top + height + 8.5 * MM)

    def _set_foot(self) -> None:
        company, words = self.company, self.locale.words
        registered = [
            *((f"{words['vat_number']} {company.vat_number}",) if company.vat_number else ()),
            *((company.registration,) if company.registration else ()),
        ]
        columns = [
            [(company.name, FOOT_NAME), *((line, FOOT) for line in company.address)],
            [(words["contact"], FOOT_NAME), *((line, FOOT) for line in company.contact)] if company.contact else [],
            [(words["bank"], FOOT_NAME), *((line, FOOT) for line in company.bank)] if company.bank else [],
            [(line, FOOT) for line in registered],
        ]
        columns = [column for column in columns if column]
        self._foot = []
        left = 0.0
        for column, width in zip(columns, _column_widths(columns, self.width), strict=True):
            pieces, rest = divide(stack(*column, width=width), _FOOT_LIMIT)
            self._foot.append(Cell(left, width, pieces))
            left += width + _FOOT_GAP
            if rest:
                self.overflow.append("\n".join(text for text, _ in column))
        height = max(stack_height(cell.pieces) for cell in self._foot)
        self._foot_top = self.size.height - _FOOT_BOTTOM - height
        self.body_bottom = self._foot_top - PAGE_NUMBER.leading - 5 * MM

    # drawing -------------------------------------------------------------------------------------

    def draw_first(self, sheet: Sheet) -> None:
        """Draw the head of the first page."""
        draw_stack(sheet, self._name, LEFT, _TOP, self.width)
        company = " · ".join(part for part in (self.company.name, *self.company.address) if part)
        draw_stack(sheet, (shortened(company, RETURN_ADDRESS, 80 * MM),), LEFT, _RETURN_TOP, 80 * MM)
        draw_stack(sheet, self._address, LEFT, _ADDRESS_TOP, _ADDRESS_WIDTH)
        top = self._facts_top
        for row in self._facts:
            row.draw(sheet, _FACTS_LEFT, top)
            top += row.height
        for fold in _FOLDS:
            sheet.rule(5 * MM, fold, 9 * MM, thickness=0.3, colour=HAIRLINE)

    def draw_next(self, sheet: Sheet) -> None:
        """Draw the short head of a following page: who we are and which paper this is."""
        right = LEFT + self.width
        title = shortened(self.running_title, RUNNING.right(), self.width * 0.6)
        name = shortened(self.company.name, RUNNING, self.width - title.width - 20)
        top = 13 * MM
        draw_stack(sheet, (name,), LEFT, top, self.width)
        draw_stack(sheet, (title,), LEFT, top, self.width)
        sheet.rule(LEFT, top + RUNNING.leading + 4, right, thickness=0.5, colour=HAIRLINE)

    def draw_foot(self, sheet: Sheet, page: int, pages: int, *, raised: float = 0.0) -> None:
        """Draw the foot of page ``page`` of ``pages``, ``raised`` points higher than usual."""
        number = self.locale.words.filled("page", page=str(page), pages=str(pages))
        foot_top = self._foot_top - raised
        top = foot_top - 8
        draw_stack(
            sheet, stack((number, PAGE_NUMBER), width=self.width), LEFT, top - PAGE_NUMBER.leading - 3, self.width
        )
        sheet.rule(LEFT, top, LEFT + self.width, thickness=0.5, colour=HAIRLINE)
        for cell in self._foot:
            draw_stack(sheet, cell.pieces, LEFT + cell.left, foot_top, cell.width)

    def overflow_rows(self) -> list[Row]:
        """Give what the fields had no room for, in full, to be printed after the end of the paper."""
        if not self.overflow:
            return []
        title = stack((self.locale.words["continued"], STRONG), width=self.width)
        texts = [stack((text, BODY), width=self.width) for text in self.overflow]
        return [Row((Cell(0, self.width, (Gap(12), *title)),), below=4)] + [
            Row((Cell(0, self.width, pieces),), below=6) for pieces in texts
        ]


def _column_widths(columns: Sequence[Sequence[tuple[str, Style]]], width: float) -> list[float]:
    """Share the width out by what the columns need; equally when they need more than there is."""
    free = width - _FOOT_GAP * (len(columns) - 1)
    needs = [max(text_width(text, style) for text, style in column) for column in columns]
    spare = free - sum(needs)
    if spare < 0:
        return [free / len(columns)] * len(columns)
    gaps = max(1, len(columns) - 1)
    return [need + (spare / gaps if index < gaps else 0.0) for index, need in enumerate(needs)]
