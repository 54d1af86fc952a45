"""Texts in fields of fixed size: smaller where they must be, and never cut without a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.services.documents.blocks import Stack, divide, stack
from app.services.documents.typesetting import Style, TextLine, set_text

_LONGEST: Final = 400  # characters; no line of a page holds more


def fitted(texts: Sequence[str], styles: Sequence[Style], width: float, room: float) -> tuple[Stack, bool]:
    """Set texts one below the other in the first style in which they fit into ``room`` points.

    Gives the lines that fit and whether they are all; where they are not, the caller prints the texts elsewhere.
    """
    kept: Stack = ()
    for style in styles:
        kept, rest = divide(stack(*((text, style) for text in texts), width=width), room)
        if not rest:
            return kept, True
    return kept, False


def shortened(text: str, style: Style, width: float) -> TextLine:
    """Set a text that stands in full elsewhere on one line, with an ellipsis where it is longer."""
    kept = " ".join(text[:_LONGEST].split())
    if len(text) <= _LONGEST and len(lines := set_text(kept, style, width)) == 1:
        return lines[0]
    while len(lines := set_text(f"{kept.rstrip()}…", style, width)) > 1 and kept:
        kept = kept[: len(kept) * 15 // 16]
    return lines[0]
