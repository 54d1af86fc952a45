"""The figures of a week or month as a paper: for each part its key figures, and a table of what is behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.services.documents import list_paper
from app.services.documents.blocks import paragraph
from app.services.documents.columns import Column
from app.services.documents.paper_locale import paper_locale
from app.services.documents.report import ReportColumn
from app.services.documents.snapshots import Company, PaperFormat
from app.services.documents.typesetting import Align, Style
from app.services.documents.typography import TOTAL

_TEXT: Final = Style(7.6, 10.5)
_NUMBER: Final = Style(7.6, 10.5, align=Align.RIGHT)
_WIDE: Final = 150.0


@dataclass(frozen=True, slots=True)
class FiguresSection:
    """One part: its key figures as (label, value), and its table."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ReportColumn, ...]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the paper prints; ``facts`` are (label, value), e.g. its days."""

    title: str
    company: Company
    facts: tuple[tuple[str, str], ...]
    sections: tuple[FiguresSection, ...]
    language: str = "en"
    paper_format: PaperFormat = PaperFormat.A4


def build(figures: Figures) -> bytes:
    """Draw the figures as PDF; the same figures always give the same bytes."""
    on = list_paper.ground(figures.title, figures.company, paper_locale(figures.language), figures.paper_format)
    pages = list_paper.pages_of(on)
    pages.add(list_paper.title_row(on, ""))
    pages.add(list_paper.fact_row(on, figures.facts))
    for section in figures.sections:
        pages.space(10)
        pages.add(paragraph(section.title, TOTAL, on.width, above=6, below=4))
        pages.add(list_paper.fact_row(on, section.facts))
        columns = [
            Column(one.title, _NUMBER if one.right else _TEXT, most=None if one.stretch else _WIDE)
            for one in section.columns
        ]
        pages.add_table(list_paper.table(on, columns, section.rows))
    return list_paper.draw(on, pages)
