"""A quantity's unit stands in the number and language people read it in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from app.services import unit_words


@pytest.mark.parametrize(
    ("unit", "count", "language", "word"),
    [
        ("unit", 1, "", "unit"),
        ("unit", Decimal("1.000000"), "", "unit"),
        ("unit", 6, "", "units"),
        ("unit", 0, "", "units"),
        ("unit", Decimal(-6), "", "units"),
        ("box", Fraction(3, 2), "", "boxes"),
        ("Box", 2, "", "Boxes"),
        ("dozen", 2, "", "dozen"),
        ("boxes", 1, "", "box"),
        ("hour", Decimal("1.5"), "", "hours"),
        ("hour", Decimal("1.5"), "fr", "heure"),
        ("hour", 2, "fr", "heures"),
        ("piece", 6, "de", "Stück"),
        ("Rolle", 3, "", "Rollen"),
        ("Rolle", 3, "en", "rolls"),
        ("day", 2, "de", "Tage"),
        ("pair", 2, "it", "paia"),
        ("unit", 2, "es", "unidades"),
        ("piece", 2, "nl", "stuks"),
        ("piece", 2, "pl", "pieces"),
    ],
)
def test_a_known_word_is_in_the_number_of_its_quantity(
    unit: str, count: int | Decimal | Fraction, language: str, word: str
) -> None:
    assert unit_words.of(unit, count, language) == word


@pytest.mark.parametrize("unit", ["kg", "m", "h", "l", "pcs", "Stk", "m²", "Gebinde", "unit of ten", ""])
@pytest.mark.parametrize("language", ["", *unit_words.LANGUAGES])
def test_symbols_abbreviations_and_words_of_ones_own_never_change(unit: str, language: str) -> None:
    assert {unit_words.of(unit, count, language) for count in (0, 1, 6)} == {unit}


def test_every_word_is_told_in_every_language_of_the_papers() -> None:
    for unit in ("piece", "unit", "dozen", "pair", "set", "box", "carton", "pack", "bag", "bottle", "roll", "sheet"):
        assert all(unit_words.of(unit, 2, language) for language in unit_words.LANGUAGES)
