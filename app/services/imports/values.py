"""Turning a cell into the value of a field: an exact Decimal, a date, a code or a text, or the reason why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, TypeAlias

from babel import Locale
from babel.numbers import list_currencies

from app.services.imports import date_style, number_style
from app.services.imports.cells import DIGITS, FAULT, UNREADABLE, Cell, Unclear, plain, short, shown
from app.services.imports.date_style import EITHER, SERIAL, YEAR_FIRST
from app.services.imports.fields import Field, Type
from app.services.imports.formulas import unguarded
from app.services.imports.mapping import FieldSource

Value: TypeAlias = str | Decimal | date | bool | None
"""What a field holds; None or an empty text where the cell is empty."""

PLACES: Final = 6
"""Decimal places kept of a price, a quantity or a percentage (app.models.base.PRICE)."""

_YES: Final = frozenset(["yes", "y", "true", "t", "1", "-1", "on", "x", "ja", "j", "wahr", "w"])
_NO: Final = frozenset(["no", "n", "false", "f", "0", "off", "nein", "falsch"])
_SHORTENED: Final = re.compile(r"[0-9][.,][0-9]+E\+[0-9]+")
_SYMBOLS: Final = {"€": "EUR", "£": "GBP", "¥": "JPY", "zł": "PLN", "kč": "CZK", "₹": "INR"}
_COUNTRIES: Final = {  # what people write besides the names the CLDR knows
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "usa": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "america": "US",
    "eire": "IE",
    "republic of ireland": "IE",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "brd": "DE",
    "deutschland": "DE",
    "russia": "RU",
    "south korea": "KR",
    "korea": "KR",
    "uae": "AE",
    "hong kong": "HK",
    "macedonia": "MK",
    "turkey": "TR",
    "taiwan": "TW",
    "vietnam": "VN",
}
_CAR_PLATES: Final = {"d": "DE", "a": "AT", "f": "FR", "i": "IT", "e": "ES", "b": "BE", "p": "PT", "s": "SE", "h": "HU"}


class CellReader:
    """Reads the cells of one column into one field, remembering what it has read before.

    Calling it gives the value and a note; the note is empty unless the value differs from the cell in a
    way a person should see.  Raises :class:`Unclear` with the reason and the remedy.
    """

    def __init__(self, field: Field, source: FieldSource) -> None:
        self.field, self.source = field, source
        self._values = {old.casefold(): new for old, new in source.values.items()}
        self._read = _READERS[field.type]
        self._bare = replace(source, prefix="")
        self._known: dict[Cell, tuple[Value, str]] = {}

    @property
    def empty(self) -> Value:
        """What the field holds where the cell is empty and nothing stands in for it."""
        return "" if self.field.type not in {Type.NUMBER, Type.PERCENT, Type.DATE, Type.YES_NO} else None

    def __call__(self, cell: Cell) -> tuple[Value, str]:
        """Give the value and the note of one cell."""
        if cell.__class__ is not str and cell.__class__ is not Decimal:  # True and Decimal(1) would be one key
            return self._fresh(cell)
        found = self._known.get(cell)
        if found is None:
            found = self._fresh(cell)
            if len(self._known) < 50_000:
                self._known[cell] = found
        return found

    def _fresh(self, cell: Cell) -> tuple[Value, str]:
        if isinstance(cell, str):
            cell = _clean(cell)
        if self._values and (new := self._values.get(shown(cell).casefold())) is not None:
            cell = new
        if cell != "":
            return self._read(cell, self.field, self.source)
        instead = self.source.when_empty or self.source.constant
        return (self.stated(instead), "") if instead else (self.empty, "")

    def stated(self, text: str) -> Value:
        """Give the value of a text that a person stated, not the file; no prefix is put before it."""
        return self._read(text, self.field, self._bare)[0] if text else self.empty


def _clean(text: str) -> str:
    """Take off surrounding spaces and a formula guard; refuse what could not be read."""
    if UNREADABLE in text:
        raise Unclear(
            f"“{short(text)}” has characters that cannot be read.",
            "Choose the right encoding, or type the value again.",
        )
    if text == FAULT:
        raise Unclear("the formula in this cell failed.", "Put the value there.")
    return unguarded(text.strip().strip("\ufeff\u200b"))


# ------------------------------------------------------------------------------------------- the types


def _read_text(cell: Cell, field: Field, source: FieldSource) -> tuple[str, str]:
    text, note = shown(cell), ""
    if source.whole and number_style.is_whole_float(text):
        text = text[:-2]
    if not text.isprintable():
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        text = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
        note = "" if text == lines else "an invisible control character was taken out"
    if source.upper:
        text = text.upper()
    if source.prefix:
        text = source.prefix + text
    if len(text) > field.width:
        raise Unclear(f"“{short(text, 40)}” has {len(text):,} characters, {field.width} fit.", "Shorten it.")
    return text, note


def _read_code(cell: Cell, field: Field, source: FieldSource) -> tuple[str, str]:
    if isinstance(cell, str):
        if _SHORTENED.fullmatch(cell):
            raise Unclear(
                f"“{cell}” was shortened by a spreadsheet program; its last digits are lost.",
                "Export the column again with all its digits.",
            )
    elif isinstance(cell, Decimal):
        if abs(cell) >= 10**DIGITS:
            raise Unclear(
                f"“{cell:f}” has more digits than a spreadsheet keeps of a number; the last ones are lost.",
                "Format the column as text and type the code again.",
            )
    elif isinstance(cell, date):
        raise Unclear(
            f"the spreadsheet has turned this code into the date {shown(cell)}.",
            "Format the column as text and type the code again.",
        )
    text, note = _read_text(cell, field, source)
    code = " ".join(text.split())
    if not field.choices:
        return code, note
    if code.casefold() not in field.choices:
        raise Unclear(f"“{short(code)}” is not one of: {', '.join(field.choices)}.", "Write one of these.")
    return code.casefold(), note


def _read_number(cell: Cell, field: Field, source: FieldSource) -> tuple[Decimal, str]:
    number = _number(cell, source)
    if isinstance(cell, str) and "%" in cell:
        raise Unclear(f"“{short(cell)}” is a percentage, not a number.", "Choose another column, or write the number.")
    if abs(number) > field.high:
        raise Unclear(f"“{shown(cell)}” is larger than {field.high:,}.", "Check the decimal sign.")
    return _placed(number, shown(cell), source), ""


def _read_percent(cell: Cell, _field: Field, source: FieldSource) -> tuple[Decimal, str]:
    text = shown(cell)
    number = _placed(_number(cell, source), text, source)
    if source.share and "%" not in text:
        number = plain(number * 100)
    if not 0 <= number <= 100:
        raise Unclear(f"“{text}” is not between 0 and 100 %.", "Correct the percentage.")
    return number, ""


def _number(cell: Cell, source: FieldSource) -> Decimal:
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, bool | date):
        raise Unclear(f"“{shown(cell)}” is no number.", "Write digits only.")
    return number_style.parse(cell, source.decimal_sign or number_style.UNKNOWN)


def _placed(number: Decimal, text: str, source: FieldSource) -> Decimal:
    """Round where the mapping says so; refuse more decimal places than are kept."""
    if source.decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-source.decimals), ROUND_HALF_UP)
    if number_style.places(number) > PLACES:
        number = plain(number)
        if number_style.places(number) > PLACES:
            raise Unclear(f"“{text}” has more than {PLACES} decimal places.", "Round the column in the file.")
    return number


def _read_date(cell: Cell, _field: Field, source: FieldSource) -> tuple[date, str]:
    serial = source.date_order == SERIAL
    if isinstance(cell, datetime):
        return cell.date(), ""
    if isinstance(cell, bool):
        raise Unclear(f"“{shown(cell)}” is no date.", "Write it as 2026-11-24.")
    if isinstance(cell, date):
        return cell, ""
    if isinstance(cell, Decimal):
        found = date_style.from_serial(cell)
    else:
        found = date_style.parse(cell, YEAR_FIRST if serial else source.date_order or EITHER)
    return found.on, "" if serial else found.note


def _read_country(cell: Cell, _field: Field, _source: FieldSource) -> tuple[str, str]:
    text = shown(cell)
    code = countries().get(" ".join(text.casefold().split()))
    if code is None:
        raise Unclear(f"“{short(text)}” is no country that is known here.", "Write its two-letter ISO code.")
    return code, ""


def _read_currency(cell: Cell, _field: Field, _source: FieldSource) -> tuple[str, str]:
    text = shown(cell)
    code = _SYMBOLS.get(text.casefold(), text.upper())
    if code not in _currencies():
        raise Unclear(f"“{short(text)}” is no currency.", "Write its three-letter ISO code, such as EUR.")
    return code, ""


def _read_yes_no(cell: Cell, _field: Field, _source: FieldSource) -> tuple[bool, str]:
    text = shown(cell).casefold()
    if text not in _YES and text not in _NO:
        raise Unclear(f"“{short(text)}” is neither yes nor no.", "Write yes or no.")
    return text in _YES, ""


def _read_email(cell: Cell, field: Field, source: FieldSource) -> tuple[str, str]:
    text, note = _read_text(cell, field, source)
    local, _, domain = text.rpartition("@")
    if not local or "." not in domain.strip(".") or any(c.isspace() for c in text):
        raise Unclear(f"“{short(text)}” is no e-mail address.", "Correct it or leave it empty.")
    return text, note


@cache
def countries() -> dict[str, str]:
    """Names of countries in English and German, in lower case, and their codes, to the ISO 3166-1 code."""
    found: dict[str, str] = dict(_CAR_PLATES)
    for language in ("de", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}:
                found[name.casefold()] = code
                found[code.casefold()] = code
    return found | _COUNTRIES


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


_READERS: Final[dict[Type, Callable[[Cell, Field, FieldSource], tuple[Value, str]]]] = {
    Type.TEXT: _read_text,
    Type.CODE: _read_code,
    Type.NUMBER: _read_number,
    Type.PERCENT: _read_percent,
    Type.DATE: _read_date,
    Type.COUNTRY: _read_country,
    Type.CURRENCY: _read_currency,
    Type.YES_NO: _read_yes_no,
    Type.EMAIL: _read_email,
}
