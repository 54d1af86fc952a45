"""Which open items settle an amount: compared with trying every combination."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from app.models.open_items import settle_best

AMOUNTS = st.integers(-9, 9).map(Decimal)


@given(st.lists(AMOUNTS, min_size=1, max_size=7), AMOUNTS)
def test_no_combination_is_better_than_the_one_that_is_chosen(items, amount):
    tried = [taken for size in range(1, len(items) + 1) for taken in combinations(range(len(items)), size)]
    rests = {taken: sum(items[place] for place in taken) - amount for taken in tried}
    nearest = min(abs(rest) for rest in rests.values())
    near = [taken for taken in tried if abs(rests[taken]) == nearest]
    found = settle_best(items, amount)
    assert found.take == min(near, key=lambda taken: (-len(taken), taken))
    assert found.remain == rests[found.take]
    assert found.unique == (len(near) == 1)


def test_nothing_is_said_where_there_is_nothing_or_too_much():
    assert settle_best([], Decimal(5)) is None
    assert settle_best([Decimal(2) ** power for power in range(20)], Decimal(5), most_sums=1000) is None


def test_a_hundred_invoices_of_round_amounts_are_weighed():
    items = [Decimal(number % 7 + 1) * 10 for number in range(100)]
    found = settle_best(items, Decimal(3990))
    assert sum(items[place] for place in found.take) == 3990 + found.remain
