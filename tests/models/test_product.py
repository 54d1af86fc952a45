"""Grains: every quantity that can be typed is a whole number of them, and reads back as it was typed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.product import GRAIN, from_grains, grain_for, shown, to_grains

packs = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 20, 24, 25, 36, 48, 50, 72, 100, 144, 250, 500, 1000])
factors = st.one_of(
    packs.map(Fraction),
    packs.map(lambda pieces: Fraction(1, pieces)),
    st.sampled_from([Fraction("0.45359237"), Fraction("0.0254"), Fraction("0.9144"), Fraction(1, 360)]),
)
quantities = st.decimals(min_value=-1000, max_value=1000, places=4)


@given(st.lists(factors, max_size=2), quantities, st.data())
def test_a_typed_quantity_reads_back_in_every_unit(units, quantity, data):
    grain = grain_for(units)
    factor = data.draw(st.sampled_from([Fraction(1), *units]))
    grains = to_grains(quantity, factor, grain)
    assert isinstance(grains, int)
    assert from_grains(grains, factor, grain) == Fraction(quantity)


@given(packs, st.integers(1, 10_000))
def test_as_many_pieces_as_a_pack_holds_are_the_pack(size, count):
    """Stocked in packs and sold by the piece, or the other way round: nothing is left over."""
    piece = Fraction(1, size)
    grain = grain_for([piece])
    assert size * count * to_grains(Decimal(1), piece, grain) == to_grains(Decimal(count), Fraction(1), grain)


def test_units_that_cannot_be_counted_together_are_refused():
    assert grain_for([Fraction("0.45359237"), Fraction("0.028349523125")]) <= 10**15  # pounds and ounces can
    with pytest.raises(Invalid):
        grain_for([Fraction(1, 997), Fraction(1, 991), Fraction(1, 983), Fraction(1, 977)])


def test_one_of_a_dozen_is_a_twelfth():
    assert to_grains(Decimal(1), Fraction(1, 12), GRAIN) * 12 == GRAIN
    assert shown(from_grains(GRAIN // 12, Fraction(1), GRAIN)) == "0.0833"
    assert shown(from_grains(GRAIN // 12, Fraction(1, 12), GRAIN)) == "1"


@pytest.mark.parametrize("typed", ["0.00000001", "NaN", "Infinity", "-Infinity", "1e30"])
def test_what_the_ledger_cannot_hold_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        to_grains(Decimal(typed), Fraction(1), GRAIN)
    assert refused.value.field == "quantity"
