"""A report as a paper: title, days, a table whose head repeats on each page, and what it adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.services.documents import list_paper
from app.services.documents.columns import Column
from app.services.documents.paper_locale import paper_locale
from app.services.documents.snapshots import Company, PaperFormat
from app.services.documents.typesetting import Align, Style

_TEXT: Final = Style(7.6, 10.5)
_NUMBER: Final = Style(7.6, 10.5, align=Align.RIGHT)
_WIDE: Final = 150.0


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A heading; figures stand at the right, one column takes the room that is left."""

    title: str
    right: bool = False
    stretch: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report prints; ``facts`` are (label, value), e.g. its days and its sums."""

    title: str
    company: Company
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ReportColumn, ...]
    rows: Sequence[Sequence[str]]
    language: str = "en"
    paper_format: PaperFormat = PaperFormat.A4


def build(report: Report) -> bytes:
    """Draw the report as PDF; the same report always gives the same bytes."""
    on = list_paper.ground(report.title, report.company, paper_locale(report.language), report.paper_format)
    pages = list_paper.pages_of(on)
    pages.add(list_paper.title_row(on, ""))
    pages.add(list_paper.fact_row(on, report.facts))
    pages.space(8)
    columns = [
        Column(one.title, _NUMBER if one.right else _TEXT, most=None if one.stretch else _WIDE)
        for one in report.columns
    ]
    pages.add_table(list_paper.table(on, columns, report.rows))
    return list_paper.draw(on, pages)
