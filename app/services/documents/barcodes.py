"""Symbols to scan: Code 128 and GS1-128 as bars, QR for what bars cannot hold.

Widths are whole dots of a 203 dpi label printer, the coarsest that prints our papers, so that every bar is sharp.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import segno
from reportlab.graphics.barcode.code128 import Code128
from segno.encoder import DataOverflowError
from stdnum import ean

from app.errors import Invalid
from app.services.documents.sheet import MM, Sheet

DOT: Final = 72 / 203  # points
_FNC1: Final = "\xf1"  # how ReportLab writes function code 1
_QUIET: Final = 10  # modules of white on both sides, ISO/IEC 15417 and GS1 5.4
_QR_QUIET: Final = 4  # modules of white all around, ISO/IEC 18004
_SMALLEST_BAR: Final = 2  # dots, 0.25 mm, the least that GS1 allows in general scanning
_SMALLEST_SQUARE: Final = 2  # dots, 0.25 mm
_SSCC_DIGITS: Final = 18
_BLACK: Final = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Bars:
    """A linear symbol: widths of bars and spaces in modules, a bar first; lengths in points."""

    widths: tuple[int, ...]
    module: float
    height: float
    centred: bool = False

    @property
    def width(self) -> float:
        """The symbol with its quiet zones."""
        return (sum(self.widths) + 2 * _QUIET) * self.module

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        """Draw the bars, on whole dots from the left edge of the sheet."""
        start = left + ((width - self.width) / 2 if self.centred else 0.0) + _QUIET * self.module
        pen = round(start / DOT) * DOT
        places = []
        for index, modules in enumerate(self.widths):
            if index % 2 == 0:
                places.append((pen, top, modules * self.module, self.height))
            pen += modules * self.module
        sheet.boxes(places, colour=_BLACK)


@dataclass(frozen=True, slots=True)
class Squares:
    """A QR symbol: rows of dark and light modules; lengths in points."""

    rows: tuple[bytes, ...]
    module: float
    centred: bool = False

    @property
    def width(self) -> float:
        """The symbol with its quiet zone."""
        return (len(self.rows) + 2 * _QR_QUIET) * self.module

    @property
    def height(self) -> float:
        """As wide as high."""
        return self.width

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        """Draw the dark modules, those side by side as one bar."""
        start = left + ((width - self.width) / 2 if self.centred else 0.0)
        x, y = round(start / DOT) * DOT, round(top / DOT) * DOT
        places = []
        for row_number, row in enumerate(self.rows, start=_QR_QUIET):
            column = 0
            while column < len(row):
                end = column
                while end < len(row) and row[end]:
                    end += 1
                if end > column:
                    places.append(
                        (
                            x + (column + _QR_QUIET) * self.module,
                            y + row_number * self.module,
                            (end - column) * self.module,
                            self.module,
                        )
                    )
                column = end + 1
        sheet.boxes(places, colour=_BLACK)


def code_128(text: str, *, width: float, height: float, largest: int = 4, centred: bool = False) -> Bars | None:
    """Give the bars for printable ASCII as wide as ``width`` points allow, at most ``largest`` dots a module.

    None when the text is empty, has other characters or is too long for bars of 0.25 mm.
    """
    if not text or not all(" " <= character <= "~" for character in text):
        return None
    return _fitted(_widths(text), width, height, largest, centred)


def gs1_128_sscc(sscc: str, *, width: float, height: float, centred: bool = False) -> Bars:
    """Give the GS1-128 symbol of a package number: function code 1, (00) and the 18 digits.

    Raises Invalid when ``sscc`` is no SSCC, its check digit wrong, or ``width`` too small for bars of 0.25 mm.
    """
    check_sscc(sscc)
    found = _fitted(_widths(f"{_FNC1}00{sscc}"), width, height, 4, centred)
    if found is None:
        raise Invalid("sscc", "The label is too narrow for the SSCC. Nothing was printed; choose a wider label.")
    return found


def check_sscc(sscc: str) -> None:
    """Refuse what is no SSCC: 18 digits, the last the check digit of GS1 General Specifications 7.9.

    Raises Invalid.
    """
    is_number = len(sscc) == _SSCC_DIGITS and sscc.isascii() and sscc.isdigit()
    if not is_number or ean.calc_check_digit(sscc[:-1]) != sscc[-1]:  # the same digit for GTIN and SSCC
        text = f"“{sscc}” is no valid SSCC. Nothing was printed; pack the package again to give it a new number."
        raise Invalid("sscc", text)


def qr(text: str, *, size: float, largest: int = 4, centred: bool = False) -> Squares | None:
    """Give the QR symbol of any text within ``size`` points.

    None when it is empty, too long for squares of 0.25 mm, or no text that can be written (lone surrogates).
    """
    if not text:
        return None
    rows = _matrix(text)
    if rows is None:
        return None
    dots = int(size / DOT / (len(rows) + 2 * _QR_QUIET))
    if dots < _SMALLEST_SQUARE:
        return None
    return Squares(rows, min(dots, largest) * DOT, centred)


def scannable(text: str, *, width: float, height: float) -> Bars | Squares | None:
    """Give bars where they fit, else a QR symbol of up to 30 mm; None when the text is too long even for that."""
    return code_128(text, width=width, height=height, largest=3) or qr(text, size=min(width, 30 * MM), largest=3)


def _fitted(widths: tuple[int, ...], width: float, height: float, largest: int, centred: bool) -> Bars | None:
    dots = int(width / DOT / (sum(widths) + 2 * _QUIET) + 1e-6)
    if dots < _SMALLEST_BAR:
        return None
    return Bars(widths, min(dots, largest) * DOT, height, centred)


@lru_cache(maxsize=4096)
def _widths(text: str) -> tuple[int, ...]:
    """Give the widths of bars and spaces, which ReportLab writes as letters, A to D and a to d."""
    symbol = Code128(text, quiet=0, humanReadable=0)
    symbol.validate()
    symbol.encode()
    symbol.decompose()
    return tuple(ord(letter.lower()) - ord("a") + 1 for letter in symbol.decomposed)


@lru_cache(maxsize=1024)
def _matrix(text: str) -> tuple[bytes, ...] | None:
    """Give the modules; other than ASCII is written as UTF-8 and says so (ECI 26), so that no reader has to guess."""
    is_ascii = text.isascii()
    encoding = None if is_ascii else "utf-8"
    try:
        symbol = segno.make(text, error="m", boost_error=False, micro=False, encoding=encoding, eci=not is_ascii)
    except (DataOverflowError, UnicodeEncodeError):  # too long, or half a character (a lone surrogate)
        return None
    return tuple(bytes(row) for row in symbol.matrix)
