"""Units hold exactly what their definitions say."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.measure import (
    STANDARD,
    IncompatibleUnits,
    convert_price,
    convert_quantity,
    factor,
    round_quantity,
    standard,
)

units = st.sampled_from(STANDARD)


@pytest.mark.parametrize(
    ("count", "source", "target", "expected"),
    [
        ("100", "Kilogram", "Gram", "100000"),
        ("1", "Pound", "Kilogram", "0.45359237"),
        ("16", "Ounce", "Pound", "1"),
        ("1", "Mile", "Yard", "1760"),
        ("1", "Acre", "Square yard", "4840"),
        ("1", "Gallon", "Cubic inch", "231"),
        ("128", "Fluid ounce", "Gallon", "1"),
        ("1", "Cubic yard", "Cubic foot", "27"),
        ("1", "Cubic foot", "Cubic inch", "1728"),
        ("1", "Square mile", "Acre", "640"),
        ("1", "Short ton", "Pound", "2000"),
        ("1", "Long ton", "Pound", "2240"),
        ("1", "Stone", "Pound", "14"),
        ("8", "Pint", "Gallon", "1"),
        ("4", "Quart", "Gallon", "1"),
        ("1", "Gross", "Dozen", "12"),
        ("1", "Week", "Hour", "168"),
        ("3", "Work day", "Hour", "24"),
    ],
)
def test_units_hold_what_their_definitions_say(count, source, target, expected):
    assert convert_quantity(Decimal(count), standard(source), standard(target)) == Fraction(expected)


@pytest.mark.parametrize(
    ("written", "name"),
    [("kg", "Kilogram"), ("Pieces", "Unit"), ("each", "Unit"), ("kilometres", "Kilometer"), ("LITRE", "Liter"),
     ("M", "Thousand"), ("m", "Meter"), ("dozens", "Dozen"), ("lbs", "Pound"), ("m³", "Cubic meter")],
)  # fmt: skip
def test_a_unit_is_found_as_people_write_it(written, name):
    assert standard(written).name == name


def test_an_unknown_unit_is_refused_at_its_field():
    with pytest.raises(Invalid, match="no unit furlong") as refusal:
        standard("furlong")
    assert refusal.value.field == "unit"


@given(st.decimals(-(10**6), 10**6, places=4), units, units)
def test_there_and_back_is_the_same_quantity_and_price(figure, source, target):
    if source.quantity is not target.quantity:
        with pytest.raises(IncompatibleUnits):
            factor(source, target)
        return
    assert convert_quantity(convert_quantity(figure, source, target), target, source) == figure
    assert convert_price(convert_price(figure, source, target), target, source) == figure
    assert convert_quantity(figure, source, target) * convert_price(1, source, target) == figure


def test_a_product_s_own_ratio_bridges_weight_and_volume():
    gram, cubic_meter = standard("Gram"), standard("Cubic meter")
    assert convert_quantity(10_000, gram, cubic_meter, ratio=Fraction(2)) == Fraction(2, 100)
    assert convert_price(Decimal("0.001"), gram, cubic_meter, ratio=Fraction(2)) == 500


def test_only_what_is_read_is_rounded_to_the_step_of_its_unit():
    twelfth = convert_quantity(1, standard("Unit"), standard("Dozen"))
    assert twelfth == Fraction(1, 12)
    assert round_quantity(twelfth, standard("Dozen")) == Decimal("0.08")
    assert convert_quantity(twelfth, standard("Dozen"), standard("Unit")) == 1
    assert round_quantity(Fraction(5, 2), standard("Unit")) == 3
