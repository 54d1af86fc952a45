"""From characters to placed glyphs: HarfBuzz joins Arabic, orders Indic vowels, kerns, and gives tabular figures.

All lengths are thousandths of the type size, so that one shaped word serves every size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import uharfbuzz

from app.services.documents.typefaces import INTER, MISSING, Face, Weight, face, lacks, runs
from app.services.documents.writing_direction import visual_order


class Figures(StrEnum):
    """Which figures Inter sets: proportional in running text, equally wide in tables, a slashed zero in codes."""

    TEXT = "text"
    TABULAR = "tabular"
    CODE = "code"


# Inter's contextual alternates turn "->" into an arrow and "2x4" into "2×4": text stays what was typed.
_FEATURES: Final[dict[Figures, dict[str, bool]]] = {
    Figures.TEXT: {"calt": False},
    Figures.TABULAR: {"calt": False, "tnum": True},
    Figures.CODE: {"calt": False, "zero": True},
}
_IN_OTHER_FACES: Final[dict[str, bool]] = {}


class Glyph(NamedTuple):
    """One glyph: its number in the face, the characters it stands for, its advance and its shift from the pen."""

    number: int
    text: str
    advance: float
    shift_x: float
    shift_y: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Glyphs of one face, from left to right; ``level`` is odd when they run to the left."""

    face: Face
    glyphs: tuple[Glyph, ...]
    width: float
    level: int


@lru_cache(maxsize=32768)
def segments(text: str, weight: Weight, figures: Figures, levels: tuple[int, ...] | None = None) -> tuple[Segment, ...]:
    """Shape a word or a few spaces; the segments stand in the order of the text, not yet of the line.

    ``levels`` gives the direction of each character; None means all run to the right.
    """
    found = []
    for start, stop, level in _stretches(text, levels):
        for each, part in runs(text[start:stop], weight):
            if lacks(each, part):
                found.append(_missing(part, weight, figures, level))
            else:
                found.append(_segment(each, _shape(each, part, figures, level), level))
    return tuple(found)


def in_line(parts: list[Segment]) -> list[Segment]:
    """Give the segments of one line from left to right."""
    if all(part.level == 0 for part in parts):
        return parts
    return visual_order(parts, [part.level for part in parts])


def _stretches(text: str, levels: tuple[int, ...] | None) -> list[tuple[int, int, int]]:
    if levels is None:
        return [(0, len(text), 0)]
    found = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or levels[index] != levels[start]:
            found.append((start, index, levels[start]))
            start = index
    return found


def _segment(of: Face, glyphs: tuple[Glyph, ...], level: int) -> Segment:
    return Segment(of, glyphs, sum(glyph.advance for glyph in glyphs), level)


def _missing(character: str, weight: Weight, figures: Figures, level: int) -> Segment:
    """A visible box that still reads as ``character`` when the paper's text is copied."""
    inter = face(INTER[weight])
    box = _shape(inter, MISSING, figures, 0)[0]
    return _segment(inter, (box._replace(text=character),), level)


def _shape(of: Face, text: str, figures: Figures, level: int) -> tuple[Glyph, ...]:
    buffer = uharfbuzz.Buffer()
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_codepoints([ord(character) for character in text])
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    uharfbuzz.shape(of.font, buffer, _FEATURES[figures] if of.is_inter else _IN_OTHER_FACES)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    owned = _owned_text(text, [info.cluster for info in infos])
    scale = 1000 / of.upem
    return tuple(
        Glyph(info.codepoint, own, at.x_advance * scale, at.x_offset * scale, at.y_offset * scale)
        for info, at, own in zip(infos, positions, owned, strict=True)
    )


def _owned_text(text: str, starts: list[int]) -> list[str]:
    """Give each glyph the characters it stands for; of several glyphs of one cluster the first has them all."""
    ends = dict(zip(sorted(set(starts)), [*sorted(set(starts))[1:], len(text)], strict=True))
    seen: set[int] = set()
    owned = []
    for start in starts:
        owned.append("" if start in seen else text[start : ends[start]])
        seen.add(start)
    return owned
