"""Lines in two units: what was typed stays, the other figure follows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.secondary_unit import TwoUnitLine

HAM = TwoUnitLine(Fraction(200), unit_price=Fraction(10))  # a piece of 200 g for 10


def test_pieces_that_were_typed_stay_when_the_weight_is_shown_in_kilograms():
    line = HAM.with_quantity(10)
    assert line.second_quantity == 2000
    line = line.with_second_unit(Fraction("0.2"))
    assert (line.quantity, line.second_quantity, line.second_unit_price) == (10, 2, 50)


def test_a_weight_that_was_typed_stays_as_written_when_its_unit_changes():
    line = HAM.with_second_unit(Fraction("0.2")).with_second_quantity(1000)
    assert line.quantity == 5000
    line = line.with_second_unit(Fraction(200))
    assert (line.second_quantity, line.quantity) == (1000, 5)


def test_a_price_for_the_kilogram_is_a_price_for_the_piece():
    line = HAM.with_second_unit(Fraction("0.2")).with_second_unit_price(40)
    assert (line.unit_price, line.second_unit_price) == (8, 40)
    assert line.with_second_unit(Fraction(200)).unit_price == 8
    dozen = line.with_quantity(1).with_unit(Fraction(12))
    assert (dozen.quantity, dozen.unit_price, dozen.second_quantity) == (1, 96, Fraction("2.4"))
    assert dozen.second_unit_price == 40


def test_a_second_unit_that_is_nothing_is_refused():
    with pytest.raises(Invalid, match="more than zero"):
        HAM.with_second_unit(Fraction(0))


ratios = st.fractions(min_value=Fraction(1, 50), max_value=500)
figures = st.fractions(min_value=-1000, max_value=1000)


@given(ratios, ratios, figures, figures, st.booleans())
def test_the_line_is_worth_the_same_in_both_units(ratio, other, figure, price, in_second):
    line = TwoUnitLine(ratio, unit_price=price)
    line = line.with_second_quantity(figure) if in_second else line.with_quantity(figure)
    assert line.quantity * line.unit_price == line.second_quantity * line.second_unit_price
    changed = line.with_second_unit(other)
    assert changed.unit_price == price
    assert (changed.second_quantity if in_second else changed.quantity) == figure
    typed = line.with_second_quantity(line.second_quantity).with_second_unit_price(line.second_unit_price)
    assert (typed.quantity, typed.unit_price) == (line.quantity, line.unit_price)
