"""A picker's way is the shortest there is, and never longer than walking every aisle from end to end."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from app.models.route import Stand, block_of, natural, serpentine, shortest

stands = st.builds(Stand, st.sampled_from(["A", "A", "B"]), st.integers(1, 5), st.integers(1, 9))


def best(places):
    """The shortest walk of all orders: what the warehouse could at best do."""
    block = block_of(places)
    return min(block.walk(order) for order in permutations(places))


@given(st.lists(stands, min_size=1, max_size=6, unique=True))
def test_the_way_is_the_shortest_of_all(places):
    found = shortest(places)
    assert sorted(found) == sorted(places)
    assert block_of(places).walk(found) == best(places)


@given(st.lists(stands, min_size=1, max_size=60))
def test_every_bin_is_visited_once_and_the_s_shape_is_never_shorter(places):
    found, block = shortest(places), block_of(places)
    assert sorted(found) == sorted(set(places))
    assert block.walk(found) <= block.walk(serpentine(places))


def test_a_wave_of_two_thousand_bins_saves_a_good_part_of_the_s_shape():
    places = [Stand("A", 1 + n * 7 % 40, 1 + n * n * 13 % 90) for n in range(60)]
    block = block_of(places)
    assert block.walk(shortest(places)) < block.walk(serpentine(places)) * 9 // 10


def test_few_bins_at_the_front_are_visited_without_walking_aisles_through():
    places = [Stand("A", aisle, 2) for aisle in (1, 2, 3, 4)]
    assert block_of(places, 40).walk(shortest(places, 40)) == 2 * 9 + 4 * 4


def test_bins_are_named_in_natural_order():
    assert sorted(["B-10", "B-7", "A-2", "A-10"], key=natural) == ["A-2", "A-10", "B-7", "B-10"]
