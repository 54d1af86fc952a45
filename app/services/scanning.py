"""What a scanned text says: a GS1 element string taken apart, a bare GTIN or SSCC, or a code of the house.

Scanners send GS1 symbols with a symbology identifier in front (``]C1`` GS1-128, ``]d2`` GS1 DataMatrix, ``]Q3`` GS1
QR, ``]e0`` GS1 DataBar) and with FNC1 between elements of open length, as ASCII 29 or as what a keyboard wedge makes of
it (GS1 General Specifications 7.8).  The library biip knows the application identifiers; this module decides what
the warehouse may rely on, and refuses what is damaged instead of guessing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from biip import ParseConfig, ParseError
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message
from stdnum import ean

from app.errors import Invalid

LONGEST: Final = 512
"""Characters of one scan; a GS1 symbol holds at most 90 (GS1-128) or some 2,000 (QR), ours never more than this."""

FNC1: Final = "\x1d"
WEDGE_FNC1: Final = ("<GS>", "{GS}", "^]", "~1", "\u241d")
"""How keyboard wedges write function code 1 when the keyboard cannot."""

_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLS: Final = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_SSCC_LENGTH: Final = 18
_CONFIG: Final = ParseConfig(
    separator_chars=[FNC1],
    rcn_verify_variable_measure=False,  # a shop's own price codes follow no common rule
)


class ScanKind(StrEnum):
    """What was scanned."""

    GS1 = "gs1"  # an element string: any of GTIN, lot, serial number, dates, SSCC, counts
    GTIN = "gtin"  # a bare article number of 8, 12, 13 or 14 digits with a right check digit
    SSCC = "sscc"  # a bare package number
    CODE = "code"  # anything else: a SKU, a bin, a document number, a control code


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan says; texts are empty and figures None where it says nothing of them.

    ``gtin`` has 14 digits whatever length was scanned; ``content`` is the GTIN of the articles inside a package
    (AI 02) and ``count`` how many (AI 30, 37); ``weight_kg`` the net weight (AI 310n), exact.  ``code`` is the text
    as scanned, without symbology identifier.
    """

    kind: ScanKind
    code: str
    gtin: str = ""
    content: str = ""
    lot: str = ""
    serial: str = ""
    sscc: str = ""
    expires_on: date | None = None
    best_before_on: date | None = None
    produced_on: date | None = None
    count: int | None = None
    weight_kg: Decimal | None = None
    customer_part: str = ""
    order_number: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The texts under which a product may be known: the code itself, and the GTIN in all its lengths."""
        if not self.gtin:
            return (self.code,)
        short = self.gtin.lstrip("0")
        lengths = [self.gtin[-length:] for length in (14, 13, 12, 8) if len(short) <= length]
        return tuple(dict.fromkeys((self.code, *lengths)))


def read(text: str) -> Scan:
    """Say what a scanned text is.

    A text is taken for an element string when its symbology identifier says so, when it holds FNC1, when it is
    written for people as ``(01)…(10)…``, or when it begins with an SSCC or GTIN identifier and all of it can be read
    as one.  Everything else is a bare number with a right check digit, or a code of the house.

    Raises:
        Invalid: the text is empty, too long, holds characters no scanner sends, or is a GS1 symbol whose content
            is damaged: a wrong check digit, an impossible date, an unknown identifier.

    """
    symbology, rest = _split(text)
    if symbology in _GS1_SYMBOLS or FNC1 in rest:
        return _element_string(rest, rest)
    if rest.startswith("(") and ")" in rest:
        return _written(rest)
    bare = _bare(rest)
    if bare is not None:
        return bare
    if not symbology and rest[:2] in {"00", "01", "02"} and len(rest) >= 16 and rest.isprintable():
        try:
            return _element_string(rest, rest)
        except Invalid:
            return Scan(ScanKind.CODE, rest)  # a number of the house that only looks like one
    return Scan(ScanKind.CODE, rest)


def grains_of(codes: Iterable[tuple[str, int]], said: Scan) -> int | None:
    """How many grains a scan stands for, by the ``codes`` of a thing and the grains of each; None: it is another's."""
    wanted = {key.casefold() for key in said.keys}
    for known, grains in codes:
        if known.casefold() in wanted or any(_same_gtin(known, key) for key in said.keys):
            return grains * (said.count or 1)
    return None


def _same_gtin(known: str, code: str) -> bool:
    """Compare GTINs as numbers: a UPC-A read as EAN-13 or GTIN-14 has leading zeros (GS1 General Specifications)."""
    if not (known.isdecimal() and code.isdecimal() and len(known) in _GTIN_LENGTHS and len(code) in _GTIN_LENGTHS):
        return False
    return known.zfill(14) == code.zfill(14)


def _split(text: str) -> tuple[str, str]:
    """Take the symbology identifier off, and make every way to write FNC1 the same."""
    if len(text) > LONGEST:
        raise Invalid("scan", f"This scan is longer than {LONGEST} characters. Nothing was counted; scan one code.")
    rest = text.strip(" \t\r\n")
    found = _SYMBOLOGY.match(rest)
    symbology = found.group() if found else ""
    rest = rest[len(symbology) :]
    if symbology in _GS1_SYMBOLS or rest[:2] in {"00", "01", "02"}:
        for wedge in WEDGE_FNC1:
            rest = rest.replace(wedge, FNC1)
    rest = rest.strip(FNC1)
    if not rest:
        raise Invalid("scan", "Nothing was scanned. Hold the scanner straight and try again.")
    if any(not character.isprintable() and character != FNC1 for character in rest):
        raise Invalid("scan", "The scan holds characters that no code has. Nothing was counted; scan it again.")
    return symbology, rest


def _bare(text: str) -> Scan | None:
    if not (text.isascii() and text.isdigit()):
        return None
    right = ean.calc_check_digit(text[:-1]) == text[-1] if len(text) > 1 else False
    if right and len(text) in _GTIN_LENGTHS:
        return Scan(ScanKind.GTIN, text, gtin=text.zfill(14))
    if right and len(text) == _SSCC_LENGTH:
        return Scan(ScanKind.SSCC, text, sscc=text)
    return None


def _element_string(text: str, code: str) -> Scan:
    try:
        message = GS1Message.parse(text, config=_CONFIG)
    except ParseError as error:
        raise _damaged(error) from error
    return _scan(message, code)


def _written(text: str) -> Scan:
    """Read what stands under the bars, as people type it."""
    try:
        message = GS1Message.parse_hri(text, config=_CONFIG)
    except ParseError:
        return Scan(ScanKind.CODE, text)  # a code of the house may have brackets too
    return _scan(message, text)


def _scan(message: GS1Message, code: str) -> Scan:
    found: dict[str, GS1ElementString] = {}
    for element in message.element_strings:
        known = found.setdefault(element.ai.ai, element)
        if known.value != element.value:
            raise Invalid("scan", f"The code says ({element.ai.ai}) twice with different values. Nothing was counted.")
    values = {identifier: element.value for identifier, element in found.items()}
    if not all(_right(identifier, value) for identifier, value in values.items()):
        raise Invalid("scan", "The code is damaged: a check digit is wrong. Nothing was counted; scan it again.")
    return Scan(
        ScanKind.GS1,
        code,
        gtin=values.get("01", ""),
        content=values.get("02", ""),
        lot=values.get("10", ""),
        serial=values.get("21", ""),
        sscc=values.get("00", ""),
        expires_on=_date(found.get("17")),
        best_before_on=_date(found.get("15")),
        produced_on=_date(found.get("11")),
        count=_count(values),
        weight_kg=_weight(values),
        customer_part=values.get("241", ""),
        order_number=values.get("400", ""),
    )


def _right(identifier: str, value: str) -> bool:
    """Prove the check digits of the keys; the library reads an article number without looking at them."""
    if identifier not in {"00", "01", "02"}:
        return True
    return value.isascii() and value.isdigit() and ean.calc_check_digit(value[:-1]) == value[-1]


def _date(element: GS1ElementString | None) -> date | None:
    if element is None:
        return None
    if element.date is None:
        raise Invalid("scan", f"The date ({element.ai.ai}) {element.value} does not exist. Nothing was counted.")
    return element.date


def _count(values: dict[str, str]) -> int | None:
    written = values.get("30") or values.get("37")
    return int(written) if written and written.isascii() and written.isdigit() else None


def _weight(values: dict[str, str]) -> Decimal | None:
    """AI 310n: net weight in kilograms, six digits of which n are decimals."""
    for decimals in range(6):
        written = values.get(f"310{decimals}")
        if written and written.isascii() and written.isdigit():
            return Decimal(int(written)).scaleb(-decimals)
    return None


def _damaged(error: Exception) -> Invalid:
    return Invalid("scan", f"The code cannot be read: {_short(str(error))} Nothing was counted; scan it again.")


def _short(text: str) -> str:
    text = text if text.endswith(".") else f"{text}."
    return text if len(text) <= 160 else f"{text[:157]}…"
