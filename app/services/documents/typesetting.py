"""Text into lines: every paragraph a paper prints is broken here, and nothing is ever cut off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.services.documents.line_breaking import clusters, words
from app.services.documents.printable import printable
from app.services.documents.shaping import Figures, Segment, in_line, segments
from app.services.documents.typefaces import Weight
from app.services.documents.writing_direction import levels, runs_left

Colour = tuple[float, float, float]  # red, green, blue, 0 to 1
INK: Final[Colour] = (0.078, 0.094, 0.122)
QUIET: Final[Colour] = (0.353, 0.388, 0.443)
_SLACK: Final = 0.5  # thousandths of the size: sums of advances are not exact


class Align(StrEnum):
    """Where the lines of a text stand in their column."""

    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; ``size`` and ``leading`` (from line to line) in points."""

    size: float
    leading: float
    weight: Weight = Weight.REGULAR
    colour: Colour = INK
    figures: Figures = Figures.TEXT
    align: Align = Align.LEFT

    def right(self) -> Style:
        """Give the same style, aligned right."""
        return replace(self, align=Align.RIGHT)

    def tabular(self) -> Style:
        """Give the same style with figures of equal width, aligned right: for columns of numbers."""
        return replace(self, align=Align.RIGHT, figures=Figures.TABULAR)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line, its segments from left to right; ``width`` in points."""

    segments: tuple[Segment, ...]
    width: float
    style: Style

    @property
    def height(self) -> float:
        """The room the line takes, in points."""
        return self.style.leading


def text_width(text: str, style: Style) -> float:
    """Measure the widest line of ``text`` when it may be as wide as it likes, in points."""
    return max(line.width for line in _paragraphs(text, style))


@lru_cache(maxsize=8192)
def set_text(text: str, style: Style, width: float) -> tuple[TextLine, ...]:
    """Break ``text`` into lines of at most ``width`` points.

    A word wider than the column is split between characters; a single character wider than it stands alone.
    """
    whole = _paragraphs(text, style)
    limit = width * 1000 / style.size + _SLACK
    if all(line.width <= width for line in whole):
        return whole
    return tuple(
        _line(parts, style) for paragraph in printable(text).split("\n") for parts in _break(paragraph, style, limit)
    )


@lru_cache(maxsize=8192)
def _paragraphs(text: str, style: Style) -> tuple[TextLine, ...]:
    """Set each paragraph on one line, as wide as it takes."""
    return tuple(
        _line(parts, style) for paragraph in printable(text).split("\n") for parts in _break(paragraph, style, math.inf)
    )


def _line(parts: list[Segment], style: Style) -> TextLine:
    return TextLine(tuple(in_line(parts)), sum(part.width for part in parts) * style.size / 1000, style)


def _break(paragraph: str, style: Style, limit: float) -> Iterator[list[Segment]]:
    """Fill lines greedily; spaces where a line ends are dropped."""
    directions = tuple(levels(paragraph)) if runs_left(paragraph) else None
    line: list[Segment] = []
    spaces: tuple[Segment, ...] = ()
    used = 0.0
    for word in words(paragraph):
        ink = _shaped(paragraph, word.start, word.end, style, directions)
        ink_width, space_width = _width(ink), _width(spaces)
        if used + space_width + ink_width > limit:
            if line:
                yield line
                line, spaces, used, space_width = [], (), 0.0, 0.0
            if ink_width > limit:
                *full, (start, end) = _split(paragraph, word.start, word.end, ink, limit)
                for first, last in full:
                    yield list(_shaped(paragraph, first, last, style, directions))
                ink = _shaped(paragraph, start, end, style, directions)
                ink_width = _width(ink)
        line.extend(spaces)
        line.extend(ink)
        used += space_width + ink_width
        spaces = _shaped(paragraph, word.end, word.spaces_end, style, directions)
    yield line


def _shaped(text: str, start: int, end: int, style: Style, directions: tuple[int, ...] | None) -> tuple[Segment, ...]:
    if start == end:
        return ()
    return segments(text[start:end], style.weight, style.figures, directions and directions[start:end])


def _width(parts: tuple[Segment, ...]) -> float:
    return sum(part.width for part in parts)


def _split(text: str, start: int, end: int, ink: tuple[Segment, ...], limit: float) -> list[tuple[int, int]]:
    """Cut an overlong word between clusters into stretches that fit; at least one cluster each."""
    advance = _advances(text[start:end], ink)
    pieces = []
    first = place = start
    used = 0.0
    for cluster in clusters(text[start:end]):
        wide = sum(advance[place - start : place - start + len(cluster)])
        if used + wide > limit and place > first:
            pieces.append((first, place))
            first, used = place, 0.0
        used += wide
        place += len(cluster)
    pieces.append((first, end))
    return pieces


def _advances(text: str, ink: tuple[Segment, ...]) -> list[float]:
    """Give each character of a word its share of the width: what its glyphs advance, at the first of a cluster."""
    found = [0.0] * len(text)
    place = 0
    for part in ink:
        glyphs = part.glyphs if part.level % 2 == 0 else part.glyphs[::-1]
        begin, pending = place, 0.0
        for glyph in glyphs:
            pending += glyph.advance
            if glyph.text:
                begin, place = place, place + len(glyph.text)
            found[min(begin, len(found) - 1)] += pending
            pending = 0.0
    return found
