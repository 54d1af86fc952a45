"""Chance that is the same on every machine: seeded, in named streams, whole numbers only.

No binary fraction is drawn anywhere, so the same seed gives the same company on every platform.  Each
part of the company draws from a stream of its own name: a change in one does not move the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of draws; ``path`` names what is drawn, e.g. ``Chance(7, "customers")``."""

    def __init__(self, seed: int, *path: object) -> None:
        name = "/".join(str(part) for part in (seed, *path))
        self._below = Random(name).randrange

    def below(self, limit: int) -> int:
        """Draw a whole number from 0 to ``limit`` - 1, each as likely."""
        return self._below(limit)

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from ``low`` to ``high``, both included."""
        return low + self._below(high - low + 1)

    def percent(self, share: int) -> bool:
        """Say yes in ``share`` of a hundred cases."""
        return self._below(100) < share

    def one_of(self, choices: Sequence[T]) -> T:
        """Draw one, each as likely."""
        return choices[self._below(len(choices))]

    def some(self, choices: Iterable[T], count: int) -> list[T]:
        """Draw ``count`` different ones (fewer when there are not as many), in drawn order."""
        return self.shuffled(choices)[:count]

    def shuffled(self, choices: Iterable[T]) -> list[T]:
        """Give them all in drawn order."""
        mixed = list(choices)
        for last in range(len(mixed) - 1, 0, -1):
            other = self._below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def spelled(self, pattern: str) -> str:
        """Write a pattern out: ``#`` becomes a digit, ``@`` a letter that postal codes use everywhere."""
        letters = {"#": "0123456789", "@": "ABDEFGHJLNPRSTUWXYZ"}
        return "".join(self.one_of(letters[sign]) if sign in letters else sign for sign in pattern)


class Wheel:
    """A wheel of fortune: index ``i`` comes up in proportion to the ``i``-th weight (whole numbers)."""

    def __init__(self, weights: Iterable[int]) -> None:
        self._edges = list(accumulate(weights))
        self.total = self._edges[-1] if self._edges else 0

    def turn(self, chance: Chance) -> int:
        """Draw an index; the weights must not all be nothing."""
        return bisect_right(self._edges, chance.below(self.total))


def zipf(count: int, head: int = 2) -> list[int]:
    """Give the weights of a popularity list after Zipf: the first sells most, the tail is long.

    The larger ``head``, the flatter the top of the list.
    """
    return [1_000_000 // (rank + head) for rank in range(count)]
