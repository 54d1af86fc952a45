"""Finds out which format a bank's file has, and reads it."""

from __future__ import annotations

import re
from typing import Final

from app.services.banking import camt_file, mt940_file, ofx_file
from app.services.banking.statement import Statement, Unreadable

LARGEST_FILE: Final = 100_000_000
"""Bytes; a year of a busy account has a tenth of it."""
_HEAD: Final = 4_000
_SWIFT: Final = re.compile(rb"(?m)^:(20|25|28C?|60[FM]|61|62[FM]|64|86|NS):?")


def read(data: bytes) -> tuple[str, list[Statement]]:
    """Read a bank's file: the name of its format, and its statements in the order of the file.

    Raises:
        Unreadable: it is none of the formats that are read, or it is damaged; the text says where.

    """
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > LARGEST_FILE:
        raise Unreadable("The file is larger than any statement.")
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    upper = head.upper()
    if b"OFXHEADER" in upper or b"<OFX>" in upper:
        return "OFX", ofx_file.read(data)
    if head.startswith(b"<"):
        return "camt", camt_file.read(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("The file is written in UTF-16, which no bank's format allows.")
    if _SWIFT.search(data.replace(b"\r", b"\n")):
        return "MT940", mt940_file.read(data)
    raise Unreadable("This is no statement of a bank that is read: MT940, camt.053 (XML) or OFX.")
