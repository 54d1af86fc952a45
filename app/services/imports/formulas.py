"""Texts that a spreadsheet would read as a formula are guarded with an apostrophe, which reading takes off again.

What begins with = + - @, a tab or a carriage return, after any apostrophes, gets one apostrophe more
(OWASP, CSV injection); a plain number is none.  Reading takes one off, so that any text comes back as
it was.
"""

from __future__ import annotations

import re
from typing import Final

_DANGEROUS: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9.,]*")


def guarded(text: str) -> str:
    """Make the text safe to be opened in a spreadsheet."""
    return f"'{text}" if _DANGEROUS.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Take the guard off again."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
