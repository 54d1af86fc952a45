"""Short stock shared out anew over open orders, by rules as SAP's backorder processing names them.

Each line that wants a product falls under one strategy, in this order of right:

* *win*: shall be served whole and is served first; where that cannot be it is an exception for a person.
* *gain*: keeps at least what it has and is given more where there is more.
* *share*: is shared out anew in the order of the sort; it may gain or lose.
* *fill*: gains nothing; keeps what it has while the ones before it do not need it.
* *lose*: gives up all it has.

Only what is promised and not picked yet can move.  Within a strategy the sort decides: customer priority, the day it
was promised for, the day it was ordered, in whichever order the rules say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


class Strategy(StrEnum):
    """What may happen to a line when short stock is shared out anew."""

    WIN = "win"
    GAIN = "gain"
    SHARE = "share"
    FILL = "fill"
    LOSE = "lose"


_RIGHT: Final = {strategy: place for place, strategy in enumerate(Strategy)}


@dataclass(frozen=True, slots=True)
class Claim:
    """A line that wants ``wanted`` grains and is promised ``kept`` of them now; ``sort``: who comes first within it."""

    line_id: UUID
    strategy: Strategy
    wanted: int
    kept: int
    sort: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a line is promised after the run."""

    claim: Claim
    promised: int

    @property
    def change(self) -> int:
        """Grains gained, or lost below zero."""
        return self.promised - self.claim.kept

    @property
    def fails(self) -> bool:
        """Whether a line that should win is not served whole."""
        return self.claim.strategy == Strategy.WIN and self.promised < self.claim.wanted


@dataclass(frozen=True, slots=True)
class Move:
    """Grains that go from one line to another; None stands for the free stock."""

    grains: int
    giver: Claim | None
    taker: Claim | None


def share_out(free: int, claims: Iterable[Claim]) -> list[Outcome]:
    """Share the free stock and all that is promised out anew; the answer is in the order in which lines were served."""
    ranked = sorted(claims, key=lambda claim: (_RIGHT[claim.strategy], claim.sort, claim.line_id))
    pool = free + sum(claim.kept for claim in ranked)
    sure = sum(min(claim.kept, claim.wanted) for claim in ranked if claim.strategy == Strategy.GAIN)
    found = []
    for claim in ranked:
        own = min(claim.kept, claim.wanted) if claim.strategy == Strategy.GAIN else 0
        sure -= own
        most = {Strategy.FILL: min(claim.kept, claim.wanted), Strategy.LOSE: 0}.get(claim.strategy, claim.wanted)
        promised = min(most, pool - sure)
        pool -= promised
        found.append(Outcome(claim, promised))
    return found


def moves(outcomes: Sequence[Outcome]) -> list[Move]:
    """Say who gives to whom: what the last lose goes to the first who gain, the rest comes from or goes to the free."""
    found = list[Move]()
    givers = deque((outcome.claim, -outcome.change) for outcome in reversed(outcomes) if outcome.change < 0)
    for outcome in outcomes:
        needed = outcome.change
        while needed > 0 and givers:
            giver, left = givers[0]
            part = min(needed, left)
            found.append(Move(part, giver, outcome.claim))
            needed -= part
            givers[0] = (giver, left - part)
            if part == left:
                givers.popleft()
        if needed > 0:
            found.append(Move(needed, None, outcome.claim))
    return found + [Move(left, giver, None) for giver, left in givers]
