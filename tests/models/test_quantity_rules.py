"""A product is sold from a minimum on and in steps, whatever unit is typed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.quantity_rules import QuantityRules

SPICE = QuantityRules("kg", Fraction("0.1"), Fraction("0.05"))
GRAM = Fraction(1, 1000)


@pytest.mark.parametrize(("quantity", "factor"), [("0.1", 1), ("500", GRAM), ("1.05", 1), ("-0.01", 1), ("0", 1)])
def test_what_the_rules_allow_is_taken_in_any_unit(quantity, factor):
    SPICE.check(Fraction(quantity), Fraction(factor))


@pytest.mark.parametrize(
    ("quantity", "factor", "said"),
    [
        ("0.05", 1, "The smallest quantity of this product is 0.1 kg."),
        ("50", GRAM, "0.1 kg"),
        ("505", GRAM, "in steps of 0.05 kg. Type 0.5 kg or 0.55 kg."),
        ("0.11", 1, "Type 0.1 kg or 0.15 kg."),
    ],
)
def test_what_they_do_not_allow_is_refused_with_the_nearest_that_they_do(quantity, factor, said):
    with pytest.raises(Invalid) as refusal:
        SPICE.check(Fraction(quantity), Fraction(factor))
    assert said in str(refusal.value) and refusal.value.field == "quantity"


@pytest.mark.parametrize(
    ("rules", "default"),
    [
        (SPICE, Fraction("0.1")),
        (QuantityRules("unit"), 1),
        (QuantityRules("unit", step=Fraction(6)), 6),
        (QuantityRules("unit", Fraction(10), Fraction(6)), 12),
        (QuantityRules("unit", Fraction(10)), 10),
    ],
)
def test_a_new_line_begins_with_the_least_that_is_allowed(rules, default):
    assert rules.default == default
    rules.check(default)


figures = st.fractions(min_value=0, max_value=50, max_denominator=20)


@given(figures, figures, st.fractions(min_value=Fraction(1, 100), max_value=200, max_denominator=100))
def test_the_proposed_quantity_is_the_least_that_is_allowed(minimum, step, quantity):
    rules = QuantityRules("unit", minimum, step)
    proposed = rules.at_least(quantity)
    rules.check(proposed)
    assert proposed >= quantity
    if step:
        assert proposed - step < max(quantity, minimum)
    try:
        rules.check(quantity)
    except Invalid:
        assert proposed != quantity
    else:
        assert proposed == quantity
