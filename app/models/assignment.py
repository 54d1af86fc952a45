"""Which pieces of what is there each of several askers gets: pure arithmetic, exact, no piece twice."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from app.models.rounding import Rational

Asker = TypeVar("Asker", bound=Hashable)
Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True)
class Pile(Generic[Asker, Place]):
    """Pieces that lie together; ``reserved_for`` one asker who alone may take them; ``lot`` where there are lots."""

    place: Place
    quantity: Rational
    reserved_for: Asker | None = None
    lot: str = ""


@dataclass(frozen=True)
class Ask(Generic[Asker]):
    """What somebody asks for, of a certain lot where one is named."""

    by: Asker
    quantity: Rational
    lot: str = ""


@dataclass(frozen=True)
class Assigned(Generic[Place]):
    """What one asker gets: so much from each place, and how much waits."""

    taken: tuple[tuple[Place, Fraction], ...]
    waiting: Fraction

    @property
    def total(self) -> Fraction:
        """All that was assigned."""
        return sum((quantity for _, quantity in self.taken), Fraction(0))


def assign(asks: Sequence[Ask[Asker]], piles: Sequence[Pile[Asker, Place]]) -> dict[Asker, Assigned[Place]]:
    """Serve asks in their order from piles in theirs; give both oldest or nearest first.

    Whoever has a pile reserved takes from it before anything else, and nobody else touches it, whoever comes first.
    """
    left = [Fraction(pile.quantity) for pile in piles]
    found: dict[Asker, Assigned[Place]] = {}
    for ask in asks:
        waiting, taken = Fraction(ask.quantity), list[tuple[Place, Fraction]]()
        own = [n for n, pile in enumerate(piles) if pile.reserved_for == ask.by]
        free = [n for n, pile in enumerate(piles) if pile.reserved_for is None]
        for n in own + free:
            part = min(waiting, left[n]) if not ask.lot or piles[n].lot == ask.lot else Fraction(0)
            if part > 0:
                taken.append((piles[n].place, part))
                left[n] -= part
                waiting -= part
        found[ask.by] = Assigned(tuple(taken), waiting)
    return found
