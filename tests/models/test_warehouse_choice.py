"""From where an order leaves, against a model that tries every combination of warehouses."""

from __future__ import annotations

from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.models.warehouse_choice import Rule, Warehouse, by_distance, choose

ROTTERDAM, ANTWERP, MUNICH = (UUID(int=n) for n in (1, 2, 3))
PLACES = [
    Warehouse(MUNICH, "DE", "80331", rank=0, parcel_cost=4),
    Warehouse(ROTTERDAM, "NL", "3011 AA", rank=1, parcel_cost=9),
    Warehouse(ANTWERP, "BE", "2000", rank=2, parcel_cost=3),
]


def test_the_nearest_has_the_same_country_then_a_like_postal_code_then_the_lowest_rank():
    def ids(country, code):
        return [each.id for each in by_distance(PLACES, country, code)]

    assert ids("NL", "3012 BB") == [ROTTERDAM, ANTWERP, MUNICH]
    assert ids("DE", "20095")[0] == MUNICH
    assert ids("FR", "75001") == [MUNICH, ROTTERDAM, ANTWERP]


def test_each_rule_sends_the_same_from_other_places():
    near = by_distance(PLACES, "NL", "3012 BB")
    free = {ROTTERDAM: {"gauge": 3}, ANTWERP: {"gauge": 1, "valve": 4}, MUNICH: {"gauge": 5, "valve": 4}}
    wants = {"gauge": 5, "valve": 2}
    assert choose(Rule.NEAREST, near, wants, free) == {
        "gauge": [(ROTTERDAM, 3), (ANTWERP, 1), (MUNICH, 1)],
        "valve": [(ANTWERP, 2)],
    }
    assert choose(Rule.FEWEST, near, wants, free) == {"gauge": [(MUNICH, 5)], "valve": [(MUNICH, 2)]}
    wants = {"gauge": 6, "valve": 2}
    assert choose(Rule.CHEAPEST, near, wants, free) == {
        "gauge": [(ANTWERP, 1), (MUNICH, 5)],
        "valve": [(ANTWERP, 2)],
    }


lines = st.sampled_from(["a", "b", "c"])
shelves = st.lists(st.dictionaries(lines, st.integers(0, 5)), min_size=1, max_size=5)


@given(st.dictionaries(lines, st.integers(1, 8), min_size=1), shelves, st.lists(st.integers(1, 9), min_size=5))
def test_no_combination_sends_more_or_as_much_for_less(wants, stock, costs):
    places = [Warehouse(UUID(int=n), parcel_cost=costs[n]) for n in range(len(stock))]
    free = {UUID(int=n): each for n, each in enumerate(stock)}
    possible = [some for size in range(len(stock) + 1) for some in combinations(range(len(stock)), size)]

    def sent(some):
        return sum(min(many, sum(stock[n].get(line, 0) for n in some)) for line, many in wants.items())

    most = max(map(sent, possible))
    for rule, cost in ((Rule.NEAREST, None), (Rule.FEWEST, len), (Rule.CHEAPEST, lambda s: sum(costs[n] for n in s))):
        found = choose(rule, places, wants, free)
        for line, parts in found.items():
            assert sum(grains for _, grains in parts) <= wants[line]
            assert all(0 < grains <= free[place].get(line, 0) for place, grains in parts)
        assert sum(grains for parts in found.values() for _, grains in parts) == most
        used = {place.int for parts in found.values() for place, _ in parts}
        if cost:
            assert cost(used) <= min(cost(some) for some in possible if sent(some) == most)
