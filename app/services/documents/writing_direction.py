"""Which way each part of a text runs: the Unicode bidirectional algorithm (UAX #9) for plain paragraphs.

Embeddings, overrides and isolates never reach it (``printable`` takes them out), so the explicit rules X1-X8 fall
away; what is left are the weak types W1-W7, the neutrals N0-N2, the levels I1-I2 and the order of a line L1-L2.
Even levels run to the right, odd ones to the left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar
from unicodedata import bidirectional, normalize

Item = TypeVar("Item")

# The blocks whose letters, or unassigned places, run to the left, and the right-to-left and Arabic letter marks.
_LEFTWARD: Final = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_STRONG: Final = ("L", "R", "AL")
_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON", "BN"})
_PAIRS: Final = (
    "()[]{}\u0f3a\u0f3b\u0f3c\u0f3d\u2045\u2046\u207d\u207e\u208d\u208e\u27e6\u27e7\u27e8\u27e9\u27ea\u27eb"
    "\u3008\u3009\u300a\u300b\u300c\u300d\u300e\u300f\u3010\u3011\u3014\u3015\u3016\u3017"
    "\uff08\uff09\uff3b\uff3d\uff5b\uff5d\uff62\uff63"
)
_OPENING: Final = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_CLOSING: Final = frozenset(_OPENING.values())
_DEEPEST: Final = 63  # pairs open at the same time, BD16


def runs_left(text: str) -> bool:
    """Tell whether any character of ``text`` may run to the left, so that ``levels`` has work to do."""
    return _LEFTWARD.search(text) is not None


def levels(text: str, base: int | None = None) -> list[int]:
    """Give the level of every character of one paragraph.

    ``base`` is the paragraph's own level, 0 or 1; without it the first strong character decides (P2, P3).
    """
    kinds = [_kind(character) for character in text]
    if base is None:
        base = next((int(kind != "L") for kind in kinds if kind in _STRONG), 0)
    side = "R" if base else "L"
    weak = _resolve_weak(kinds, side)
    _resolve_pairs(text, kinds, weak, side)
    _resolve_neutral(weak, side)
    return _trailing_space_at_base(kinds, [_level(kind, base) for kind in weak], base)


def visual_order(items: Sequence[Item], item_levels: Sequence[int]) -> list[Item]:
    """Give the items of one line from left to right (L2): stretches of a level or higher are turned, deepest first."""
    ordered = list(items)
    if not item_levels:
        return ordered
    current = list(item_levels)
    lowest_odd = min((level for level in current if level % 2), default=max(current) + 1)
    for level in range(max(current), lowest_odd - 1, -1):
        start = 0
        while start < len(current):
            if current[start] < level:
                start += 1
                continue
            stop = start
            while stop < len(current) and current[stop] >= level:
                stop += 1
            ordered[start:stop] = ordered[start:stop][::-1]
            current[start:stop] = current[start:stop][::-1]
            start = stop
    return ordered


def _kind(character: str) -> str:
    """Give the bidirectional class; places not yet assigned count by their block (DerivedBidiClass)."""
    kind = bidirectional(character)
    if kind:
        return kind
    if not _LEFTWARD.match(character):
        return "L"
    point = ord(character)
    arabic = 0x0600 <= point <= 0x07BF or 0x0860 <= point <= 0x08FF or 0xFB50 <= point <= 0xFDFF
    return "AL" if arabic or 0xFE70 <= point <= 0xFEFF or 0x1EE00 <= point <= 0x1EEFF else "R"


def _resolve_weak(kinds: Sequence[str], side: str) -> list[str]:
    """Apply W1-W7 and give the new classes."""
    found = _marks_and_arabic_numbers(kinds, side)
    _separators_between_numbers(found)
    _terminators_beside_numbers(found)
    strong = side
    for index, kind in enumerate(found):
        if kind in ("ES", "ET", "CS"):
            found[index] = "ON"  # W6
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            found[index] = "L"  # W7
    return found


def _marks_and_arabic_numbers(kinds: Sequence[str], side: str) -> list[str]:
    """W1: a mark takes the class before it; W2: numbers after Arabic letters are Arabic; W3: those letters are R."""
    found: list[str] = []
    before, strong = side, side
    for kind in kinds:
        now = before if kind == "NSM" else kind
        if now == "EN" and strong == "AL":
            now = "AN"
        elif now in _STRONG:
            strong = now
        found.append(now)
        if now != "BN":
            before = now
    return ["R" if kind == "AL" else kind for kind in found]


def _separators_between_numbers(kinds: list[str]) -> None:
    """W4: one separator between two numbers of a kind joins them."""
    visible = [index for index, kind in enumerate(kinds) if kind != "BN"]
    for left, middle, right in zip(visible, visible[1:], visible[2:], strict=False):
        if kinds[left] == kinds[right] and (
            (kinds[left] == "EN" and kinds[middle] in ("ES", "CS")) or (kinds[left] == "AN" and kinds[middle] == "CS")
        ):
            kinds[middle] = kinds[left]


def _terminators_beside_numbers(kinds: list[str]) -> None:
    """W5: percent and currency signs beside a number belong to it."""
    start = 0
    while start < len(kinds):
        if kinds[start] != "ET":
            start += 1
            continue
        stop = start
        while stop < len(kinds) and kinds[stop] in ("ET", "BN"):
            stop += 1
        after = stop < len(kinds) and kinds[stop] == "EN"
        before = next((kind for kind in reversed(kinds[:start]) if kind != "BN"), "")
        if after or before == "EN":
            kinds[start:stop] = ["EN"] * (stop - start)
        start = stop


def _resolve_pairs(text: str, original: Sequence[str], kinds: list[str], side: str) -> None:
    """N0: both brackets of a pair take the side of what they enclose, or of what stands before them."""
    for first, last in _pairs(text, kinds):
        inside = {_strong_side(kind) for kind in kinds[first + 1 : last]} - {""}
        if not inside:
            continue
        chosen = side
        if side not in inside:
            before = next((s for s in map(_strong_side, reversed(kinds[:first])) if s), side)
            chosen = before if before != side else side
        for index in (first, last):
            kinds[index] = chosen
            for mark in range(index + 1, len(kinds)):
                if original[mark] not in ("NSM", "BN"):
                    break
                kinds[mark] = chosen


def _pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """BD16: the places of the brackets that belong together, in the order of their opening."""
    waiting: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for index, character in enumerate(text):
        if kinds[index] != "ON":
            continue
        bracket = normalize("NFC", character)  # U+2329 is U+3008 by another name
        if bracket in _OPENING:
            if len(waiting) == _DEEPEST:
                return sorted(found)
            waiting.append((_OPENING[bracket], index))
        elif bracket in _CLOSING:
            for depth in range(len(waiting) - 1, -1, -1):
                if waiting[depth][0] == bracket:
                    found.append((waiting[depth][1], index))
                    del waiting[depth:]
                    break
    return sorted(found)


def _strong_side(kind: str) -> str:
    """L or R for what counts as strong among neutrals (numbers count as R), else nothing."""
    if kind == "L":
        return "L"
    return "R" if kind in ("R", "EN", "AN") else ""


def _resolve_neutral(kinds: list[str], side: str) -> None:
    """N1, N2: neutrals between two equal sides join them, others follow the paragraph."""
    start = 0
    before = side
    while start < len(kinds):
        if kinds[start] not in _NEUTRAL:
            before = _strong_side(kinds[start])
            start += 1
            continue
        stop = start
        while stop < len(kinds) and kinds[stop] in _NEUTRAL:
            stop += 1
        after = _strong_side(kinds[stop]) if stop < len(kinds) else side
        kinds[start:stop] = [before if before == after else side] * (stop - start)
        start = stop


def _level(kind: str, base: int) -> int:
    """I1, I2."""
    if base % 2 == 0:
        return base + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return base + (0 if kind == "R" else 1)


def _trailing_space_at_base(kinds: Sequence[str], found: list[int], base: int) -> list[int]:
    """L1, for a whole paragraph: white space at its end, and before a separator, is at the paragraph's level."""
    at_end = True
    for index in range(len(kinds) - 1, -1, -1):
        if kinds[index] in ("S", "B"):
            at_end = True
        if at_end and kinds[index] in ("WS", "S", "B", "BN"):
            found[index] = base
        else:
            at_end = False
    return found
