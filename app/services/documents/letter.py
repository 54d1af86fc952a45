"""A letter: a letterhead, a title, and rows that flow over as many pages as they need."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.documents.blocks import Drawing, Row, paragraph
from app.services.documents.letterhead import LEFT, Letterhead
from app.services.documents.pagination import Pages
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.sheet import A4, LETTER, PageSize, Sheet
from app.services.documents.snapshots import Heading, PaperFormat, Party
from app.services.documents.typography import BODY, TITLE

_SIZES: dict[PaperFormat, PageSize] = {PaperFormat.A4: A4, PaperFormat.LETTER: LETTER}


class Letter:
    """One letter under construction: add rows to ``pages``, then take ``pdf``."""

    def __init__(
        self,
        heading: Heading,
        title: str,
        facts: Sequence[tuple[str, str]],
        *,
        addressee: Party | None = None,
        introduction: str = "",
    ) -> None:
        self.heading = heading
        self.slip: Drawing | None = None  # across the foot of the last page, to be cut off
        self.title = f"{title} {heading.number}".strip()
        self.locale = paper_locale(heading.language)
        self.head = Letterhead(
            company=heading.company,
            addressee=addressee or heading.customer,
            locale=self.locale,
            size=_SIZES[heading.paper_format],
            facts=[*facts, *heading.facts],
            running_title=self.title,
        )
        self.width = self.head.width
        self.pages = Pages(first_top=self.head.body_top, next_top=self.head.next_top, bottom=self.head.body_bottom)
        self.pages.add(paragraph(self.title, TITLE, self.width, below=9))
        if introduction:
            self.pages.add(paragraph(introduction, BODY, self.width, below=10))

    def add(self, rows: Sequence[Row], *, above: float = 0.0) -> None:
        """Add rows that belong together, after some white space."""
        if rows:
            self.pages.space(above)
            self.pages.add(*rows)

    def pdf(self) -> bytes:
        """Draw every page and give the file."""
        for row in self.head.overflow_rows():
            self.pages.add(row)
        if self.slip is not None and self.slip.height > self.pages.room:
            self.pages.new_page()
        sheet = Sheet(
            self.head.size,
            title=self.title,
            author=self.heading.company.name,
            language=str(self.locale.locale),
        )
        for number, page in enumerate(self.pages, start=1):
            if number == 1:
                self.head.draw_first(sheet)
            else:
                self.head.draw_next(sheet)
            for top, row in page.rows:
                row.draw(sheet, LEFT, top)
            slip = self.slip if number == len(self.pages) else None
            self.head.draw_foot(sheet, number, len(self.pages), raised=slip.height if slip else 0.0)
            if slip is not None:
                slip.draw(sheet, 0.0, sheet.size.height - slip.height, sheet.size.width)
            sheet.finish_page()
        return sheet.pdf()


def usual_facts(heading: Heading, locale: PaperLocale) -> list[tuple[str, str]]:
    """Give the facts every letter states, those without a value left out."""
    words = locale.words
    facts = [
        (words["date"], locale.date(heading.dated)),
        (words["customer_number"], heading.customer.number),
        (words["customer_vat"], heading.customer.vat_number),
        (words["po_number"], heading.po_number),
        (words["order_number"], heading.order_number),
        (words["clerk"], heading.clerk),
    ]
    return [(label, value) for label, value in facts if value]
