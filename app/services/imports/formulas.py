"""Texts that a spreadsheet would read as a formula are guarded with an apostrophe, which reading takes off again.

What begins with = + - @ (also written wide, as in Japanese), a tab or a line break, after any apostrophes, gets one
apostrophe more (OWASP, CSV injection); a plain number is none.  So does what follows a semicolon, a tab or a line
break: a program that takes these for the end of a cell begins a new one there.  Reading takes one off each, so that
any text comes back as it was.
"""

from __future__ import annotations

import re
from typing import Final

_BEGINS: Final = r"(?:^|(?<=[;\t\r\n]))"
_DANGEROUS: Final = re.compile(_BEGINS + r"(?='*[=+\-@＝＋－＠\t\r\n])")
_GUARDED: Final = re.compile(_BEGINS + r"'(?='*[=+\-@＝＋－＠\t\r\n])")
_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9.,]*")


def guarded(text: str) -> str:
    """Make the text safe to be opened in a spreadsheet."""
    return text if _NUMBER.fullmatch(text) else _DANGEROUS.sub("'", text)


def unguarded(text: str) -> str:
    """Take the guard off again."""
    return _GUARDED.sub("", text)
