"""Tables: columns as wide as their contents ask for, a head that repeats, rows that can be divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.services.documents.blocks import Cell, Row, Stack, stack
from app.services.documents.typesetting import INK, Align, Style, text_width
from app.services.documents.typography import COLUMN_GAP, HAIRLINE, LABEL

ROW_PADDING = 5.2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, the style of its texts, and how wide it may become in points.

    A column with ``least`` equal to ``most`` is as wide as that; the one with ``most`` None takes what is left.
    """

    title: str
    style: Style
    least: float = 0.0
    most: float | None = 90.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands: from the left edge of the text, in points."""

    left: float
    width: float


def places(columns: Sequence[Column], contents: Sequence[Sequence[str]], width: float) -> list[Place]:
    """Give each column its place; ``contents`` are the texts of each column, for those that follow their contents."""
    widths = []
    for column, texts in zip(columns, contents, strict=True):
        if column.most is None:
            widths.append(0.0)
            continue
        title = text_width(column.title, LABEL)
        needed = max((text_width(text, column.style) for text in set(texts)), default=0.0)
        widths.append(min(max(column.least, title, needed) + 0.5, max(column.most, column.least, title + 0.5)))
    free = width - sum(widths) - COLUMN_GAP * (len(columns) - 1)
    found = []
    left = 0.0
    for column, fixed in zip(columns, widths, strict=True):
        own = free if column.most is None else fixed
        found.append(Place(left, own))
        left += own + COLUMN_GAP
    return found


def head_row(columns: Sequence[Column], where: Sequence[Place]) -> Row:
    """Give the row of titles, with the rule that opens the table."""
    cells = tuple(
        Cell(place.left, place.width, stack((column.title, _titled(column)), width=place.width))
        for column, place in zip(columns, where, strict=True)
    )
    return Row(cells, above=2.0, below=3.5, rule_below=INK, rule_thickness=0.8)


def body_row(where: Sequence[Place], stacks: Sequence[Stack]) -> Row:
    """Give a row of stacks, closed by a hairline."""
    cells = tuple(Cell(place.left, place.width, pieces) for place, pieces in zip(where, stacks, strict=True))
    return Row(cells, above=ROW_PADDING, below=ROW_PADDING, rule_below=HAIRLINE, rule_thickness=0.4)


def _titled(column: Column) -> Style:
    return replace(LABEL, align=Align.LEFT if column.style.align is Align.LEFT else column.style.align)
