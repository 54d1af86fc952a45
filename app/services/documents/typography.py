"""The few styles all papers are set in, and the lengths of their layout."""

from __future__ import annotations

from typing import Final

from app.services.documents.shaping import Figures
from app.services.documents.typefaces import Weight
from app.services.documents.typesetting import QUIET, Align, Colour, Style

HAIRLINE: Final[Colour] = (0.827, 0.847, 0.875)
TINT: Final[Colour] = (0.957, 0.961, 0.969)

TITLE: Final = Style(19, 24, Weight.SEMIBOLD)
NAME: Final = Style(15, 19, Weight.SEMIBOLD)  # ours, where there is no logo
ADDRESS: Final = Style(10, 12.75)  # 4.5 mm from line to line, DIN 5008
RETURN_ADDRESS: Final = Style(6.2, 8, Weight.REGULAR, QUIET)
BODY: Final = Style(9, 12.5)
STRONG: Final = Style(9, 12.5, Weight.MEDIUM)
HEADING: Final = Style(10, 13.5, Weight.SEMIBOLD)  # of a section of lines
DETAIL: Final = Style(8, 11, Weight.REGULAR, QUIET)
QUIET_BODY: Final = Style(9, 12.5, Weight.REGULAR, QUIET)
CODE: Final = Style(8, 11, Weight.REGULAR, QUIET, Figures.CODE)
LABEL: Final = Style(7.6, 11, Weight.MEDIUM, QUIET)
FACT_LABEL: Final = Style(8.2, 12.75, Weight.REGULAR, QUIET)
FACT: Final = Style(8.6, 12.75, Weight.MEDIUM)
TOTAL: Final = Style(11.5, 16, Weight.SEMIBOLD)
FOOT: Final = Style(6.8, 9.2, Weight.REGULAR, QUIET, Figures.TABULAR)
FOOT_NAME: Final = Style(6.8, 9.2, Weight.SEMIBOLD, QUIET)
RUNNING: Final = Style(7.6, 11, Weight.REGULAR, QUIET)  # head of the following pages
PAGE_NUMBER: Final = Style(7.6, 11, Weight.REGULAR, QUIET, Figures.TABULAR, Align.RIGHT)

SECTION_ABOVE: Final = 9.0  # points above the heading of a section
COLUMN_GAP: Final = 10.0  # points between two columns of a table
