"""Formulas are typed as people write them, and read back as they were."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.models.pricing import Base, Formula
from app.views.price_words import formula_from, formula_text

d = Decimal


@pytest.mark.parametrize(
    ("typed", "formula", "text"),
    [
        ("", Formula(), ""),
        ("8.9", Formula(Base.FIXED, d("8.9")), "8.90"),
        ("1,250", Formula(Base.FIXED, d(1250)), "1,250.00"),
        ("-10%", Formula(percent=d(10)), "−10 %"),
        ("+ 5 %", Formula(percent=d(-5)), "+5 %"),
        ("−0.5", Formula(amount=d("0.5")), "−0.50"),
        ("-10 % -1 Round 0.05 then -0.01", Formula(Base.LIST, None, d(10), d(1), d("0.05"), d("-0.01")), None),
        ("12 -5 % margin to 8", Formula(Base.FIXED, d(12), d(5), max_margin=d(8)), "12.00 −5 % margin to 8.00"),
        ("then 1 margin 2 to 8", Formula(surcharge=d(1), min_margin=d(2), max_margin=d(8)), None),
    ],
)
def test_a_formula_is_read_as_people_type_it_and_written_so_that_it_reads_the_same(typed, formula, text):
    assert formula_from(typed) == formula
    written = formula_text(formula)
    assert formula_from(written) == formula
    assert text is None or written == text


@pytest.mark.parametrize("typed", ["ten", "10 %", "-10 % off", "margin", "5 6", "-1 -10 %", "1.2.3,4", "round"])
def test_what_could_mean_two_things_or_nothing_is_not_taken(typed):
    assert formula_from(typed) is None
