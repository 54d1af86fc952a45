"""Where a line may end: after spaces and hyphens, and between the characters of Chinese and Japanese.

A small part of UAX #14, enough for names, addresses and descriptions.  Languages that write without spaces and need a
dictionary (Thai, Lao, Khmer, Burmese) break between any two clusters once a line is full.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

_PIECE: Final = re.compile("[^ \u2000-\u2006\u2008-\u200a\u205f]*[ \u2000-\u2006\u2008-\u200a\u205f]*")
_SPACES: Final = " \u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f"
# After a hyphen, dash or slash inside a word when a letter follows; after a zero-width space.
_INSIDE: Final = re.compile("(?<=[^\\W_][-\u2010\u2013\u2014/])(?=[^\\W\\d_])|(?<=\u200b)")
_IDEOGRAPH: Final = re.compile(
    "[\u2e80-\u30ff\u31c0-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_NOT_AT_START: Final = frozenset(
    "、。，．・：；！？）］｝」』】〕〉》ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々ゝゞ゛゜)]},.!?:;%”’…"
)
_NOT_AT_END: Final = frozenset("（［｛「『【〔〈《([{“‘¥￥$€£")
_JOINER: Final = "\u200d"


class Word(NamedTuple):
    """A stretch that stays on one line: its ink and the spaces after it, as places in the text."""

    start: int
    end: int
    spaces_end: int


def words(text: str) -> Iterator[Word]:
    """Cut one paragraph into its words, in order and without loss."""
    for piece in _PIECE.finditer(text):
        start, stop = piece.span()
        if start == stop:
            continue
        ink_end = start + len(piece.group().rstrip(_SPACES))
        for place in _breaks_inside(text, start, ink_end):
            yield Word(start, place, place)
            start = place
        yield Word(start, ink_end, stop)


def clusters(text: str) -> Iterator[str]:
    """Cut ``text`` into what a reader takes for one character: marks, joined emoji and pairs of flags stay together."""
    start = 0
    flags = 0
    for index in range(1, len(text)):
        before, character = text[index - 1], text[index]
        flags = flags + 1 if "\U0001f1e6" <= before <= "\U0001f1ff" else 0
        second_flag = flags % 2 == 1 and "\U0001f1e6" <= character <= "\U0001f1ff"
        extends = unicodedata.category(character) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= character <= "\U0001f3ff"
        if extends or second_flag or _JOINER in (before, character) or 0xE0020 <= ord(character) <= 0xE007F:
            continue
        yield text[start:index]
        start = index
    if text:
        yield text[start:]


def _breaks_inside(text: str, start: int, stop: int) -> list[int]:
    places = {match.start() for match in _INSIDE.finditer(text, start, stop)} - {start, stop}
    if _IDEOGRAPH.search(text, start, stop):
        for index in range(start + 1, stop):
            before, after = text[index - 1], text[index]
            if not (_IDEOGRAPH.match(before) or _IDEOGRAPH.match(after)):
                continue
            is_mark = unicodedata.category(after) in ("Mn", "Mc", "Me")
            if after not in _NOT_AT_START and before not in _NOT_AT_END and not is_mark:
                places.add(index)
    return sorted(places)
