"""Numbers and dates are exact and look as people of the locale write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.documents.paper_locale import paper_locale

DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("code", "number", "day", "percent"),
    [
        ("en", "−1,234,567.50", "Nov 3, 2026", "7.5%"),
        ("en_GB", "−1,234,567.50", "3 Nov 2026", "7.5%"),
        ("de", "−1.234.567,50", "03.11.2026", "7,5\u00a0%"),
        ("de-CH", "−1’234’567.50", "03.11.2026", "7.5%"),
        ("fr_FR", "−1\u202f234\u202f567,50", "3 nov. 2026", "7,5\u00a0%"),
    ],
)
def test_each_locale_has_its_own_way(code, number, day, percent):
    ours = paper_locale(code)
    assert ours.number(Decimal("-1234567.5"), 2) == number
    assert ours.date(DAY) == day
    assert ours.percent(Decimal("7.50")) == percent


@pytest.mark.parametrize("code", ["", "xx", "pt_BR", "en_US; DROP", "🎁", "a" * 500])
def test_a_language_we_have_no_words_for_is_english_throughout(code):
    assert paper_locale(code).words["invoice"] == "Invoice"
    assert paper_locale(code).number(Decimal("1234.5"), 2) == "1,234.50"


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 4))
def test_a_number_is_never_rounded(value, decimals):
    written = paper_locale("en").number(value, decimals)
    assert Decimal(written.replace("−", "-").replace(",", "")) == value
    places = written.partition(".")[2]
    assert len(places) >= decimals
    assert len(places) == decimals or not places.endswith("0")


def test_weights_are_kilograms():
    assert paper_locale("de").weight(12_505) == "12,505\u00a0kg"
    assert paper_locale("en").weight(500) == "0.5\u00a0kg"


def test_a_unit_is_written_in_the_papers_language_and_number():
    german, english = paper_locale("de_AT"), paper_locale("xx")
    assert [german.unit(unit, Decimal(2)) for unit in ("piece", "box", "hour", "kg")] == [
        "Stück",
        "Schachteln",
        "Stunden",
        "kg",
    ]
    assert [english.unit("Stück", Decimal(count)) for count in (1, 2)] == ["piece", "pieces"]
