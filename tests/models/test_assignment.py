"""Pieces are shared out among those who ask: nobody takes what is reserved for another, and no piece is lost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.models.assignment import Ask, Pile, assign


def test_a_line_handled_first_leaves_the_carton_that_is_reserved_for_another():
    cartons = [Pile("c1", 10, reserved_for="line 1"), Pile("c2", 10)]
    found = assign([Ask("line 2", 10), Ask("line 1", 10)], cartons)
    assert found["line 1"].taken == (("c1", 10),)
    assert found["line 2"].taken == (("c2", 10),)


def test_decimals_add_up_to_exactly_what_was_asked():
    rolls = [Pile(n, Decimal(length)) for n, length in enumerate(("2.1", "1.7", "1.2", "1.8"))]
    found = assign([Ask("order", Decimal("6.8"))], rolls)["order"]
    assert (found.total, found.waiting) == (Fraction("6.8"), 0)


def test_who_names_a_lot_gets_that_lot_or_waits():
    shelves = [Pile("zone 1", 5, lot="L1"), Pile("zone 2", 5, lot="L2")]
    found = assign([Ask("order", 8, lot="L2")], shelves)["order"]
    assert (found.taken, found.waiting) == ((("zone 2", 5),), 3)


names = st.sampled_from(["ann", "bob", "eve"])
amounts = st.fractions(min_value=0, max_value=20, max_denominator=4)
asks = st.lists(st.builds(Ask, names, amounts, st.sampled_from(["", "L1"])), max_size=3, unique_by=lambda ask: ask.by)
piles = st.lists(st.builds(Pile, st.uuids(), amounts, st.none() | names, st.sampled_from(["", "L1", "L2"])), max_size=6)


@given(asks, piles)
def test_no_piece_goes_twice_and_nobody_waits_beside_a_piece_they_may_take(asked, there):
    found = assign(asked, there)
    taken = {pile.place: Fraction(0) for pile in there}
    by_place = {pile.place: pile for pile in there}
    for ask in asked:
        got = found[ask.by]
        assert got.total + got.waiting == ask.quantity
        for place, quantity in got.taken:
            pile = by_place[place]
            assert quantity > 0 and pile.reserved_for in {None, ask.by} and ask.lot in {"", pile.lot}
            taken[place] += quantity
    for pile in there:
        assert taken[pile.place] <= pile.quantity
        for ask in asked:
            may = pile.reserved_for in {None, ask.by} and ask.lot in {"", pile.lot}
            assert not (found[ask.by].waiting and may and taken[pile.place] < pile.quantity)
