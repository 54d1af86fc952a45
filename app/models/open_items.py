"""Which open items settle an amount: all combinations are weighed, exactly, and within a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)
MOST_SUMS: Final = 100_000
"""Most different sums that are looked at; more of them take longer than a person waits, and prove nothing."""


@dataclass(frozen=True, slots=True)
class Settling:
    """The items taken, by their place, what they are above the amount, and whether others would do as well."""

    take: tuple[int, ...]
    remain: Decimal
    unique: bool = True


def settle_best(items: Sequence[Decimal], amount: Decimal, most_sums: int = MOST_SUMS) -> Settling | None:
    """Choose the items (credit notes are negative) that come closest to an amount; at least one is taken.

    Of those that come equally close the most items win, and of these the first ones: the caller puts the oldest
    first.  None where there are no items, or more different sums than ``most_sums``: then nothing can be said.
    """
    reached: dict[Decimal, tuple[tuple[int, ...], int]] = {}  # each sum: the best way to it, and how many there are
    for place in range(len(items) - 1, -1, -1):
        value = items[place]
        found: dict[Decimal, tuple[tuple[int, ...], int]] = {value: ((place,), 1)}
        for total, (taken, ways) in reached.items():
            _offer(found, total + value, (place, *taken), ways)
        for total, (taken, ways) in found.items():
            _offer(reached, total, taken, ways)
        if len(reached) > most_sums:
            return None
    if not reached:
        return None
    best = min(reached, key=lambda total: (abs(total - amount), -len(reached[total][0]), reached[total][0]))
    near = [total for total in reached if abs(total - amount) == abs(best - amount)]
    return Settling(reached[best][0], best - amount, unique=len(near) == 1 and reached[best][1] == 1)


def _offer(
    known: dict[Decimal, tuple[tuple[int, ...], int]], total: Decimal, taken: tuple[int, ...], ways: int
) -> None:
    """Keep a way to a sum where it is better than the one known: more items, then the first ones."""
    other = known.get(total)
    if other is None:
        known[total] = (taken, ways)
        return
    best = min(other[0], taken, key=lambda one: (-len(one), one))
    known[total] = (best, other[1] + ways)
