"""How one paper speaks: its words, and its numbers and dates as people of its locale write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property, lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, parse_pattern

from app.services import unit_words
from app.services.documents.wording import LANGUAGES, Wording

MINUS: Final = "\N{MINUS SIGN}"
_DIGITS: Final = 1000  # more than any stored number has, so that nothing is rounded on the way


class PaperLocale:
    """Words and formats of a locale such as ``de_AT``; where we have no words for its language all is English."""

    def __init__(self, code: str) -> None:
        self.locale = _locale(code)
        self.words = Wording(self.locale.language)

    def date(self, day: date) -> str:
        """Write a day in the locale's middle length: ``3 Nov 2026``, ``03.11.2026``."""
        return format_date(day, "medium", locale=self.locale)

    def number(self, value: Decimal, decimals: int = 0) -> str:
        """Write ``value`` exactly, grouped, with at least ``decimals`` places and no needless zeros beyond."""
        with localcontext(prec=_DIGITS):
            text: str = _pattern(max(decimals, _places(value))).apply(value, self.locale)
        return text.replace("-", MINUS)

    def percent(self, value: Decimal) -> str:
        """Write a percentage of 0 to 100: ``7.5%``, ``7,5 %``."""
        before, after = self._percent_signs
        return f"{before}{self.number(value)}{after}"

    def unit(self, unit: str, quantity: Decimal) -> str:
        """Write a quantity's unit in the paper's language and the number it asks for; a symbol stays as it is."""
        return unit_words.of(unit, quantity, self.locale.language)

    def weight(self, grams: int) -> str:
        """Write a weight in kilograms, exact to the gram."""
        return f"{self.number(Decimal(grams) / 1000, 1)}\u00a0kg"

    @cached_property
    def _percent_signs(self) -> tuple[str, str]:
        pattern = self.locale.percent_formats[None]
        return pattern.prefix[0], pattern.suffix[0]


@lru_cache(maxsize=64)
def paper_locale(code: str) -> PaperLocale:
    """Give the locale of a paper, made once."""
    return PaperLocale(code)


def _locale(code: str) -> Locale:
    try:
        found = Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError):
        return Locale("en")
    return found if found.language in LANGUAGES else Locale("en")


def _places(value: Decimal) -> int:
    assert value.is_finite(), "a printed number is finite"
    return len(f"{value:f}".partition(".")[2].rstrip("0"))


@lru_cache(maxsize=32)
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern("#,##0." + "0" * decimals if decimals else "#,##0")
