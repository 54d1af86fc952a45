"""Which bins and lots goods are taken from: first expired first, then the oldest, then as few bins as can be.

Pure arithmetic over what lies on the shelves; quantities are grains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

KINDS: Final = ("pick_face", "shelf", "bulk", "staging")
"""Kinds of bins, the one to take from first in front."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the shelves: in a bin (None: in no bin), of a lot (None: of none)."""

    bin_id: UUID | None = None
    lot_id: UUID | None = None


Parts = Sequence[tuple[Spot, int]]
"""Grains by spot."""


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies at a spot: ``quantity``, of it ``allocated`` to pick lists; its lot's day and age; its bin's kind."""

    spot: Spot
    quantity: int
    allocated: int = 0
    expires_on: date | None = None
    since: datetime | None = None  # when the lot first came
    blocked: bool = False
    bin: str = ""
    kind: str = "shelf"
    missing: int = 0  # not found by a picker, and not counted since

    @property
    def open(self) -> int:
        """What no pick list has asked for, and nobody has missed."""
        return max(0, self.quantity - self.allocated - self.missing)

    def usable(self, today: date) -> bool:
        """Whether it may be sold: its lot is not blocked, and its last day is not over."""
        return not self.blocked and (self.expires_on is None or self.expires_on >= today)


def choose(lying: Iterable[Lying], wanted: int, today: date) -> list[tuple[Spot, int]]:
    """Choose where to take ``wanted`` grains from; less where the usable goods that are not allocated do not reach."""
    return choose_from([(one, one.open) for one in lying if one.usable(today)], wanted)


def choose_from(offers: Iterable[tuple[Lying, int]], wanted: int) -> list[tuple[Spot, int]]:
    """Choose where to take ``wanted`` grains from, each spot offering at most its figure."""
    chosen: list[tuple[Spot, int]] = []
    ranked = sorted(((one, most) for one, most in offers if most > 0), key=lambda offer: _turn(offer[0]))
    for _, equals in groupby(ranked, key=lambda offer: _turn(offer[0])):
        for spot, quantity in _fewest(list(equals), wanted):
            chosen.append((spot, quantity))
            wanted -= quantity
        if not wanted:
            break
    return chosen


def _turn(one: Lying) -> tuple[date, datetime]:
    """Give when a lot's turn is: by its last day, then by its age; what has neither comes last."""
    return one.expires_on or date.max, one.since or _LAST


def _fewest(offers: Sequence[tuple[Lying, int]], wanted: int) -> list[tuple[Spot, int]]:
    """Take from as few spots as can be: the largest first, and for the rest the smallest that holds all of it."""
    ranked = sorted(offers, key=lambda offer: (-offer[1], _kind(offer[0]), offer[0].bin))
    taken: list[tuple[Spot, int]] = []
    for place, (one, most) in enumerate(ranked):
        if not wanted:
            break
        if most < wanted:
            taken.append((one.spot, most))
            wanted -= most
            continue
        enough = [offer for offer in ranked[place:] if offer[1] >= wanted]
        best, _ = min(enough, key=lambda offer: (offer[1], _kind(offer[0]), offer[0].bin))
        taken.append((best.spot, wanted))
        wanted = 0
    return taken


def _kind(one: Lying) -> int:
    return KINDS.index(one.kind) if one.kind in KINDS else len(KINDS)


_LAST: Final = datetime.max.replace(tzinfo=UTC)
