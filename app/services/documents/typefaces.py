"""The typefaces of papers: Inter in four weights, and for each character it lacks the first fallback that has it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import uharfbuzz

FONTS: Final = Path(__file__).parents[3] / "resources" / "fonts"
MISSING: Final = "\N{WHITE SQUARE}"  # stands for a character that no face has
_PICTURES: Final = "\U0001f000"
_BEYOND_PICTURES: Final = "\U00020000"
_EMOJI_STYLE: Final = "\ufe0f"
_JOINER: Final = "\u200d"


class Weight(IntEnum):
    """How heavy a text is set; the weights Inter is shipped in."""

    REGULAR = 0
    MEDIUM = 1
    SEMIBOLD = 2
    BOLD = 3


INTER: Final = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
# Asked in this order. Noto Emoji has digits and Droid has Latin of their own, so both come after the scripts;
# symbols come before emoji, so that a tick stays a tick unless it is followed by U+FE0F.  Pictures proper
# (U+1F000 and up) are asked for in Noto Emoji first.
_SCRIPTS: Final = (
    "Arabic Hebrew Armenian Georgian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala "
    "Thai Lao Khmer Myanmar Ethiopic Thaana Syriac NKo Tifinagh Cherokee Adlam CanadianAboriginal Javanese "
    "Symbols Symbols2"
)
_EMOJI: Final = "fallback/NotoEmoji-Regular.ttf"
FALLBACK: Final = (
    "fallback/NotoSans-Regular.ttf",
    *(f"fallback/NotoSans{script}-Regular.ttf" for script in _SCRIPTS.split()),
    "fallback/NanumGothic-Regular.ttf",
    "fallback/DroidSansFallbackFull.ttf",
    "fallback/NotoSansMongolian-Regular.ttf",  # has East Asian punctuation of its own, for vertical lines
    _EMOJI,
    "fallback/NotoSansMath-Regular.ttf",
)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One font file, ready to be shaped with and to be embedded; ``file`` below the folder of fonts names it."""

    file: str
    face: uharfbuzz.Face
    font: uharfbuzz.Font
    upem: int
    is_inter: bool = field(default=False)

    @property
    def name(self) -> str:
        """The name without folder and ending, as it stands in the PDF."""
        return Path(self.file).stem

    def has(self, character: str) -> bool:
        """Tell whether the face has a glyph for ``character``."""
        return bool(self.font.get_nominal_glyph(ord(character)))


@cache
def face(file: str) -> Face:
    """Read a font file below ``FONTS``, once; OSError when it is missing, which is a broken installation."""
    loaded = uharfbuzz.Face(uharfbuzz.Blob((FONTS / file).read_bytes()))
    return Face(file, loaded, uharfbuzz.Font(loaded), loaded.upem, file in INTER)


@lru_cache(maxsize=65536)
def face_of(character: str, weight: Weight, emoji: bool = False) -> Face | None:
    """Give the face to set ``character`` with, None when no face has it; ``emoji`` asks for its pictorial form."""
    if (emoji or _PICTURES <= character < _BEYOND_PICTURES) and face(_EMOJI).has(character):
        return face(_EMOJI)
    own = face(INTER[weight])
    if own.has(character):
        return own
    return next((other for other in map(face, FALLBACK) if other.has(character)), None)


def runs(text: str, weight: Weight) -> Iterator[tuple[Face, str]]:
    """Cut ``text`` into stretches of one face each.

    Marks, joiners and style selectors stay with the character before them where its face has them.  Characters
    without any glyph are one run each, to be shown as ``MISSING``.
    """
    start = 0
    current: Face | None = None
    for index, character in enumerate(text):
        follows = text[index + 1 : index + 2]
        if current is not None and index > start and _stays(character, text[index - 1], current):
            continue
        wanted = face_of(character, weight, follows == _EMOJI_STYLE)
        if wanted is None and _is_invisible(character):
            wanted = current or face(INTER[weight])
        if wanted is not current or wanted is None:
            if index > start:
                yield current or face(INTER[weight]), text[start:index]
            start, current = index, wanted
    if start < len(text):
        yield current or face(INTER[weight]), text[start:]


def lacks(of: Face, text: str) -> bool:
    """Tell whether ``text``, a run of one character, has no glyph anywhere and must be shown as ``MISSING``."""
    return len(text) == 1 and not of.has(text) and not _is_invisible(text)


def _stays(character: str, before: str, current: Face) -> bool:
    if _is_invisible(character):
        return True
    joined = before == _JOINER or unicodedata.category(character) in ("Mn", "Mc", "Me") or _is_skin_tone(character)
    return joined and current.has(character)


def _is_skin_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_invisible(character: str) -> bool:
    """Characters that shape or join others and have no glyph of their own (Default_Ignorable_Code_Point)."""
    point = ord(character)
    return (
        unicodedata.category(character) == "Cf"
        or 0xFE00 <= point <= 0xFE0F
        or 0xE0000 <= point <= 0xE0FFF
        or point in (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x3164, 0xFFA0)
    )
