"""The one gate through which every text on a paper passes.

Papers are set glyph by glyph and no markup language is read anywhere, so ``<b>`` or ``&amp;`` in a name are just
characters.  What is left to make harmless are characters that are no characters.
"""

from __future__ import annotations

import re
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
# Line ends of every system and of Unicode: LF, VT, FF, CR, NEL, line and paragraph separator.
_LINE_END: Final = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
# Controls have no glyph; embeddings, overrides and isolates would let a text reorder what stands beside it.
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_PLAIN: Final = re.compile(r"[\x20-\x7e\u00a0-\u02ff\u2010-\u2027\u20ac]*")


def printable(text: str) -> str:
    r"""Give ``text`` as it can be set: line ends as ``\n``, tabs as spaces, no controls, no half characters.

    A lone surrogate, which no encoding can write, becomes U+FFFD; everything else that Unicode may ever assign stays.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _LINE_END.sub("\n", text).replace("\t", "    ")
    return _SURROGATE.sub(REPLACEMENT, _CONTROL.sub("", text))


def one_line(text: str) -> str:
    """Give ``text`` printable and on one line, for the title of a file and the like."""
    return " ".join(printable(text).split())
