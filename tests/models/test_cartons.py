"""Cartons for goods: no limit is ever broken, and few goods cost no more than a tenth above the best way there is."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.cartons import Box, Piece, fit, is_sound, pack

SMALL, LONG, LARGE = (
    Box("S", (4, 3, 2), 50, 900, 11),
    Box("L", (8, 2, 2), 60, 900, 12),
    Box("XL", (6, 5, 4), 120, 2000, 21),
)
BOXES = (SMALL, LONG, LARGE)

sizes = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 3))
pieces = st.builds(lambda size, weight, upright: (size, weight, upright), sizes, st.integers(10, 600), st.booleans())


def made(rows):
    return [Piece(key, size, weight, upright) for key, (size, weight, upright) in enumerate(rows)]


def possible(pieces_, box):
    """Whether pieces fit, by trying every piece at every whole millimetre: slow, and sure."""
    if box.tare_g + sum(piece.weight_g for piece in pieces_) > box.most_g:
        return False
    return _place(list(pieces_), box.size, frozenset())


def _place(left, room, filled):
    if not left:
        return True
    if sum(a * b * c for a, b, c in (piece.size for piece in left)) > room[0] * room[1] * room[2] - len(filled):
        return False
    piece = left[0]
    ways = {(piece.size[0], piece.size[1], piece.size[2]), (piece.size[1], piece.size[0], piece.size[2])}
    for way in sorted(ways if piece.upright else set(permutations(piece.size))):
        for at in product(*(range(most - long + 1) for most, long in zip(room, way, strict=True))):
            cells = frozenset(product(*(range(start, start + long) for start, long in zip(at, way, strict=True))))
            if not cells & filled and _place(left[1:], room, filled | cells):
                return True
    return False


def best_cost(pieces_):
    """The least that cartons for these pieces can cost: all ways to share them out."""
    if not pieces_:
        return 0
    first, rest = pieces_[0], pieces_[1:]
    found = []
    for choice in product([False, True], repeat=len(rest)):
        together = [first, *(piece for piece, chosen in zip(rest, choice, strict=True) if chosen)]
        costs = [box.cost for box in BOXES if possible(together, box)]
        if costs:
            found.append(
                min(costs) + best_cost([piece for piece, chosen in zip(rest, choice, strict=True) if not chosen])
            )
    return min(found)


@settings(max_examples=40)
@given(st.lists(pieces, min_size=1, max_size=4))
def test_few_pieces_cost_at_most_a_tenth_more_than_the_best(rows):
    wanted = made(rows)
    packing = pack(wanted, BOXES)
    fitting = [piece for piece in wanted if piece not in packing.loose]
    assert all(not possible([piece], box) for piece in packing.loose for box in BOXES)
    assert packing.cost * 10 <= best_cost(fitting) * 11


@settings(max_examples=30)
@given(st.lists(pieces, max_size=25))
def test_no_limit_is_ever_broken_and_every_piece_is_somewhere(rows):
    wanted = made(rows)
    packing = pack(wanted, BOXES)
    assert all(is_sound(carton) for carton in packing.cartons)
    inside = [one.piece for carton in packing.cartons for one in carton.placed]
    assert sorted(piece.key for piece in (*inside, *packing.loose)) == [piece.key for piece in wanted]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([((4, 3, 1), 100, True)] * 2, ["S"]),
        ([((8, 1, 1), 100, False)] * 4, ["L"]),
        ([((2, 2, 1), 500, False)] * 2, ["XL"]),  # small enough for S, too heavy for it
        ([((4, 3, 2), 100, False)] * 5, ["XL"]),
        ([((4, 3, 2), 100, False)] * 6, ["S", "XL"]),
    ],
)
def test_the_carton_is_the_cheapest_that_holds_all(rows, codes):
    assert sorted(carton.box.code for carton in pack(made(rows), BOXES).cartons) == codes


def test_a_full_pallet_of_cartons_uses_nine_tenths_of_its_room():
    pallet = Box("EUR", (1200, 800, 1500), 25_000, 700_000, 0)
    cartons = [Piece(key, (400, 300, 250), 8_000, upright=True) for key in range(48)]
    packing = pack(cartons, [pallet])
    assert len(packing.cartons) == 1
    assert is_sound(packing.cartons[0])


def test_an_upright_piece_is_not_laid_on_its_side():
    lying = Box("FLAT", (10, 10, 2), 0, 1000)
    assert fit([Piece(1, (2, 2, 5), 10)], lying) is not None
    assert fit([Piece(1, (2, 2, 5), 10, upright=True)], lying) is None
