"""ZPL II, the language of label printers: a label is text commands from ``^XA`` to ``^XZ``.

Everything a person can type goes through :func:`hexed`: ``^FH`` tells the printer that ``_41`` is the byte 41, and each
character that is not a plain letter, digit or harmless sign is written so.  Commands (``^``), control commands (``~``),
the hex sign (``_``) and the backslash of field blocks therefore never reach the printer as themselves, whatever a
customer calls himself.  ``^CI28`` makes the bytes UTF-8, so that any character can be printed whose glyph the printer's
font has.  A finished label is plain ASCII.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from app.errors import Invalid

PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;/()+-*=#&%'!?")
"""Characters written as themselves; all others are written in hex."""

SWISS: Final = "E:TT0003M_.FNT"
"""Swiss 721, in every Zebra printer: Latin, Greek, Cyrillic, Hebrew, Arabic, Thai."""

_MM_PER_INCH_TENTHS: Final = 254
_LATIN_END: Final = 0x250


class Resolution(IntEnum):
    """Dots an inch of a print head."""

    DPI_203 = 203  # 8 dots a millimetre
    DPI_300 = 300  # 12 dots a millimetre

    @property
    def per_mm(self) -> int:
        """Whole dots a millimetre, as ZPL counts them."""
        return 8 if self is Resolution.DPI_203 else 12


@dataclass
class ZplLabel:
    """One label under construction; places and sizes are tenths of a millimetre from the upper left corner."""

    width: int
    height: int
    resolution: Resolution = Resolution.DPI_203
    copies: int = 1
    _fields: list[str] = field(default_factory=list)

    def dots(self, tenths: int) -> int:
        """Turn tenths of a millimetre into dots, to the nearest."""
        return (tenths * self.resolution.per_mm + 5) // 10

    def text(self, left: int, top: int, height: int, value: str, *, room: int = 0) -> None:
        """Write one line of text ``height`` tenths high, narrowed so that it needs no more than ``room``."""
        shown = one_line(value)
        if not shown:
            return
        size = self.dots(height)
        width = size
        if room and estimated_width(shown, size) > self.dots(room):
            width = max(1, size * self.dots(room) // estimated_width(shown, size))
        font = f"^A0N,{size},{width}" if ord(max(shown)) < _LATIN_END else f"^A@N,{size},{width},{SWISS}"
        self._place(left, top, f"{font}^FH^FD{hexed(shown)}")

    def rule(self, left: int, top: int, length: int, thickness: int = 3) -> None:
        """Draw a horizontal line."""
        width, dots = self.dots(length), max(1, self.dots(thickness))
        self._place(left, top, f"^GB{width},{dots},{dots}")

    def sscc(self, top: int, height: int, value: str) -> None:
        """Draw a package number as GS1-128: start in code C, function code 1, (00) and 18 digits, centred.

        ``>;`` is start C and ``>8`` function code 1 of Code 128 (ZPL II Programming Guide, ^BC).
        """
        modules = 11 * 12 + 13  # start, function code, ten pairs; check and stop are 11 + 13
        self._bars(top, height, f">;>800{value}", modules, mode="N", largest=4)

    def code_128(self, top: int, height: int, value: str, *, largest: int = 4) -> bool:
        """Draw Code 128 as wide as the label allows; tell whether the text can be drawn so."""
        if not value or any(character not in _CODE_128 for character in value):
            return False
        modules = 11 * (len(value) + 2) + 13
        return self._bars(top, height, value, modules, mode="A", largest=largest)

    def ean_13(self, left: int, top: int, height: int, value: str) -> None:
        """Draw an EAN-13 of ``value``, 13 digits, 95 modules wide, with its digits below."""
        module = max(2, self.dots(33) // 10)
        self._place(left, top, f"^BY{module}^BEN,{self.dots(height)},Y,N^FD{value[:12]}")

    def data_matrix(self, left: int, top: int, elements: str) -> None:
        """Draw a GS1 DataMatrix of element strings; ``_1`` in ``elements`` is function code 1.

        Only for text that the caller has checked (:func:`is_element_text`): ``_`` is the escape sign here, not ^FH.
        """
        module = self.dots(5)
        self._place(left, top, f"^BXN,{module},200,,,,_,1^FD_1{elements}")

    def qr(self, left: int, top: int, value: str, magnification: int = 4) -> None:
        """Draw a QR symbol of any text, error correction M."""
        self._place(left, top, f"^BQN,2,{magnification * self.resolution.per_mm // 8}^FH^FDMA,{hexed(value)}")

    def written(self) -> str:
        """Give the whole label."""
        width, height = self.dots(self.width), self.dots(self.height)
        head = f"^XA^CI28^LH0,0^PW{width}^LL{height}^PQ{self.copies}"
        return "\n".join([head, *self._fields, "^XZ", ""])

    def _bars(self, top: int, height: int, data: str, modules: int, *, mode: str, largest: int) -> bool:
        quiet = 20
        module = min(self.dots(self.width) // (modules + quiet), largest * self.resolution.per_mm // 8)
        if module < 2 * self.resolution.per_mm // 8:
            return False
        left = (self.dots(self.width) - modules * module) // 2
        self._fields.append(f"^FO{left},{self.dots(top)}^BY{module}^BCN,{self.dots(height)},N,N,N,{mode}^FD{data}^FS")
        return True

    def _place(self, left: int, top: int, commands: str) -> None:
        self._fields.append(f"^FO{self.dots(left)},{self.dots(top)}{commands}^FS")


_CODE_128: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -./+$%")
_ELEMENT: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./+")


def hexed(text: str) -> str:
    """Write a text so that a printer can take none of it for a command (with ``^FH`` before ``^FD``).

    Raises:
        Invalid: the text holds half a character (a lone surrogate), which no printer can print.

    """
    pieces = []
    for character in text:
        if character in PLAIN:
            pieces.append(character)
            continue
        try:
            pieces.extend(f"_{byte:02X}" for byte in character.encode())
        except UnicodeEncodeError as error:
            raise Invalid(
                "text", "A text holds a character that is none. Nothing was printed; type it again."
            ) from error
    return "".join(pieces)


def one_line(text: str) -> str:
    """Put a text on one line: what is no glyph (line ends, tabs, controls, direction marks) becomes a space."""
    plain = "".join(" " if unicodedata.category(character) in _NO_GLYPH else character for character in text)
    return " ".join(plain.split())


_NO_GLYPH: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co"})


def is_element_text(text: str) -> bool:
    """Tell whether a lot or serial number can stand in a symbol as it is."""
    return bool(text) and len(text) <= 20 and all(character in _ELEMENT for character in text)


def estimated_width(text: str, size: int) -> int:
    """Give the dots a line of the printer's font needs at most: it is about 0.6 as wide as high, wide scripts 1.0."""
    wide = sum(unicodedata.east_asian_width(character) in {"W", "F"} for character in text)
    return (len(text) - wide) * size * 6 // 10 + wide * size
