"""The word of a unit in the number its quantity asks for: ``1 piece``, ``6 pieces``, on a German paper ``6 Stück``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.units import format_unit

WORDS: Final = Path(__file__).parents[2] / "resources" / "unit_words.toml"
LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl")
"""Languages whose words are known; where a word is that of several, the first counts."""

_SPANS: Final = ("hour", "day", "week", "month", "year")
_Forms = tuple[str, str]  # of one, of several


def of(unit: str, count: Decimal | Fraction | int, language: str = "") -> str:
    """Give the word of ``unit`` for ``count`` of it.

    A word that is known is written in ``language`` (ISO 639-1), without one in its own. All else stays as the
    company wrote it: symbols (kg, m, h), abbreviations and words of its own. Which number a count asks for is
    CLDR's plural rule of the language: 1.5 is plural in English and singular in French.
    """
    known = _index().get(unit) or _index().get(unit.lower())
    if known is None:
        return unit
    meaning, own = known
    spoken = language if language in LANGUAGES else own
    word = _forms()[meaning][spoken][0 if _is_one(Fraction(count), spoken) else 1]
    as_typed = spoken == own and unit not in _forms()[meaning][own] and unit[:1].isupper()
    return word[0].upper() + word[1:] if as_typed else word


def _is_one(count: Fraction, language: str) -> bool:
    """Ask the language's rule; it looks at the whole part, and at whether anything stands behind the point."""
    whole = abs(count).__floor__()
    number = Decimal(whole) if count.denominator == 1 else Decimal(whole) + Decimal("0.5")
    return str(_locale(language).plural_form(number)) == "one"


@cache
def _locale(language: str) -> Locale:
    return Locale(language)


@cache
def _forms() -> Mapping[str, Mapping[str, _Forms]]:
    """Give the words by meaning and language."""
    told = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    forms = {meaning: {language: (one, many) for language, (one, many) in of_.items()} for meaning, of_ in told.items()}
    return forms | {span: {language: _span(span, language) for language in LANGUAGES} for span in _SPANS}


def _span(span: str, language: str) -> _Forms:
    """Take the words of a span of time from the locale data: ``2 hours`` without the number."""
    one, many = (format_unit(count, f"duration-{span}", locale=language) for count in (1, 2))
    return one.removeprefix("1").strip(), many.removeprefix("2").strip()


@cache
def _index() -> Mapping[str, tuple[str, str]]:
    """Give the meaning and language of every word, as it is written and in small letters."""
    found: dict[str, tuple[str, str]] = {}
    for language in LANGUAGES:
        for meaning, spoken in _forms().items():
            for word in spoken[language]:
                found.setdefault(word, (meaning, language))
    for word, known in list(found.items()):
        found.setdefault(word.lower(), known)
    return found
