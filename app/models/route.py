"""The way of a picker through the bins of a warehouse: the shortest one, computed exactly.

The warehouse is a block of parallel aisles with a cross aisle in front (where the picker starts and ends) and one at
the back.  For such a block the shortest tour is found aisle by aisle in time linear in the aisles: what a part of a
tour to the left means for the rest is only whether its ends in front and at the back are met an even or odd number of
times, and how many pieces it is in (H. D. Ratliff and A. S. Rosenthal, Order-Picking in a Rectangular Warehouse: a
Solvable Case of the Traveling Salesman Problem, Operations Research 31, 1983).

Lengths are bays; whole numbers throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

AISLE_GAP: Final = 3
"""From the middle of one aisle to that of the next, in bays."""


@dataclass(frozen=True, slots=True, order=True)
class Stand:
    """Where a bin stands: zones lie side by side, aisles within them, bays are counted from the front."""

    zone: str
    aisle: int
    bay: int


@dataclass(frozen=True, slots=True)
class Block:
    """The block of aisles that stands lie in: the place of each aisle from the left, and how long aisles are."""

    columns: dict[tuple[str, int], int]
    length: int  # from the front cross aisle to the one at the back

    def distance(self, one: Stand, other: Stand) -> int:
        """How far it is from one stand to another."""
        across = abs(self.place(one) - self.place(other))
        if not across:
            return abs(one.bay - other.bay)
        front, back = one.bay + other.bay, 2 * self.length - one.bay - other.bay
        return across + min(front, back)

    def place(self, stand: Stand) -> int:
        """How far an aisle is from the left."""
        return self.columns[stand.zone, stand.aisle]

    def walk(self, stands: Sequence[Stand]) -> int:
        """How long it is from the front of the first aisle over the stands in their order and back."""
        if not stands:
            return 0
        (zone, aisle), _ = min(self.columns.items(), key=lambda one: one[1])
        start = Stand(zone, aisle, 0)
        return sum(self.distance(one, other) for one, other in pairwise([start, *stands, start]))


def block_of(stands: Iterable[Stand], length: int = 0) -> Block:
    """Lay the aisles of stands side by side; ``length`` is the highest bay there is, where that is known."""
    known = sorted({(stand.zone, stand.aisle) for stand in stands})
    columns, offset, zone, last = dict[tuple[str, int], int](), 0, "", 0
    for n, (of, aisle) in enumerate(known):
        if n and of != zone:
            offset, last = offset + AISLE_GAP, aisle
        elif n:
            offset += AISLE_GAP * (aisle - last)
        zone, last = of, aisle
        columns[of, aisle] = offset
    return Block(columns, max(length, *(stand.bay for stand in stands), 0) + 1 if known else 1)


def serpentine(stands: Iterable[Stand]) -> list[Stand]:
    """Walk every aisle that has a stop from end to end, up one and down the next (the S-shape)."""
    aisles: dict[tuple[str, int], list[Stand]] = {}
    for stand in sorted(set(stands)):
        aisles.setdefault((stand.zone, stand.aisle), []).append(stand)
    order: list[Stand] = []
    for n, key in enumerate(sorted(aisles)):
        order += reversed(aisles[key]) if n % 2 else aisles[key]
    return order


def shortest(stands: Iterable[Stand], length: int = 0) -> list[Stand]:
    """Order the stands so that the walk from the front of the first aisle over all of them and back is shortest."""
    wanted = sorted(set(stands))
    if len(wanted) < 3:
        return wanted
    block = block_of(wanted, length)
    aisles = [[stand for stand in wanted if (stand.zone, stand.aisle) == key] for key in block.columns]
    return _tour(block, aisles, _best_plan(block, aisles))


# the plan: how each aisle is walked, and how often each cross aisle between two aisles ------------------------

Ends = tuple[int, int, int]
"""Met at the back, met in front (0 never, 1 an odd, 2 an even number of times), and in how many pieces."""

ACROSS: Final = ((1, 1), (2, 0), (0, 2), (2, 2))
"""How often the cross aisles at the back and in front may be walked between two aisles."""


def _best_plan(block: Block, aisles: Sequence[Sequence[Stand]]) -> list[tuple[str, tuple[int, int]]]:
    """Choose for each aisle how it is walked, and for each gap to the next how often it is crossed."""
    places = [block.place(aisle[0]) for aisle in aisles]
    plans: dict[Ends, tuple[int, list[tuple[str, tuple[int, int]]]]] = {(0, 2, 1): (0, [])}
    for n, aisle in enumerate(aisles):
        last = n == len(aisles) - 1
        across = 0 if last else places[n + 1] - places[n]
        found: dict[Ends, tuple[int, list[tuple[str, tuple[int, int]]]]] = {}
        for ends, (cost, plan) in plans.items():
            for way, walked in _ways(block.length, aisle).items():
                inside = _along(ends, way)
                for crossing in ((0, 0),) if last else ACROSS:
                    beyond = _across(inside, crossing, last=last)
                    total = cost + walked + across * sum(crossing)
                    if beyond is not None and (beyond not in found or total < found[beyond][0]):
                        found[beyond] = (total, [*plan, (way, crossing)])
        plans = found
    return min(plans.values(), key=lambda one: one[0])[1]


def _ways(length: int, aisle: Sequence[Stand]) -> dict[str, int]:
    """The ways to reach all stands of an aisle, and how long each is."""
    bays = [stand.bay for stand in aisle]
    gaps = [far - near for near, far in pairwise(bays)]
    ways = {
        "through": length,
        "front": 2 * bays[-1],
        "back": 2 * (length - bays[0]),
        "twice": 2 * length,
    }
    if gaps:
        ways["gap"] = 2 * (length - max(gaps))
    return ways


def _along(ends: Ends, way: str) -> Ends:
    """What the ends are after an aisle was walked one way."""
    back, front, pieces = ends
    at_back, in_front = {"through": (1, 1), "front": (0, 2), "back": (2, 0), "twice": (2, 2), "gap": (2, 2)}[way]
    if way in {"through", "twice"}:
        joined = 1
    else:
        fresh = (at_back and not back) + (in_front and not front)
        joined = pieces + int(bool(at_back and not back)) + int(bool(in_front and not front)) if fresh else pieces
    return _met(back, at_back), _met(front, in_front), joined


def _across(ends: Ends, crossing: tuple[int, int], *, last: bool) -> Ends | None:
    """What the ends are at the next aisle; None where the tour would fall apart or have a loose end."""
    back, front, pieces = ends
    if _met(back, crossing[0]) == 1 or _met(front, crossing[1]) == 1:
        return None
    if last:
        return ends if pieces == 1 else None
    if (crossing[0] and not back) or (crossing[1] and not front):
        pieces += 1  # a cross aisle that begins at a corner nothing has come to: a piece of its own
    left_behind = (back and not crossing[0]) or (front and not crossing[1])
    if pieces > 2 or (pieces == 2 and left_behind):
        return None
    return crossing[0], crossing[1], pieces


def _met(before: int, more: int) -> int:
    if not before or not more:
        return before or more
    return 2 if (before + more) % 2 == 0 else 1


# the tour: a walk over every edge of the plan exactly once ----------------------------------------------------

Corner = tuple[int, int]
"""An aisle's number and a bay: 0 is its front end, the block's length its end at the back."""


def _tour(block: Block, aisles: Sequence[Sequence[Stand]], plan: Sequence[tuple[str, tuple[int, int]]]) -> list[Stand]:
    edges: dict[Corner, list[Corner]] = {}

    def join(one: Corner, other: Corner, times: int) -> None:
        for _ in range(times if one != other else 0):
            edges.setdefault(one, []).append(other)
            edges.setdefault(other, []).append(one)

    for n, (aisle, (way, crossing)) in enumerate(zip(aisles, plan, strict=True)):
        for one, other in _segments(block.length, aisle, way):
            join((n, one), (n, other), 1 if way == "through" else 2)
        join((n, block.length), (n + 1, block.length), crossing[0])
        join((n, 0), (n + 1, 0), crossing[1])
    known = {(n, stand.bay): stand for n, aisle in enumerate(aisles) for stand in aisle}
    return [known[corner] for corner in dict.fromkeys(_circuit(edges)) if corner in known]


def _segments(length: int, aisle: Sequence[Stand], way: str) -> list[tuple[int, int]]:
    """The parts of an aisle that are walked."""
    bays = [stand.bay for stand in aisle]
    whole = list(pairwise([0, *bays, length]))
    if way == "front":
        return whole[:-1]
    if way == "back":
        return whole[1:]
    if way == "gap":
        gaps = [far - near for near, far in whole[1:-1]]
        left_out = 1 + gaps.index(max(gaps))
        return whole[:left_out] + whole[left_out + 1 :]
    return whole


def _circuit(edges: dict[Corner, list[Corner]]) -> list[Corner]:
    """Walk every edge exactly once, from the front of the first aisle back to it (Hierholzer)."""
    left = {corner: list(others) for corner, others in edges.items()}
    path, walked = [(0, 0)], list[Corner]()
    while path:
        here = path[-1]
        if left.get(here):
            there = left[here].pop()
            left[there].remove(here)
            path.append(there)
        else:
            walked.append(path.pop())
    return walked[::-1]


def natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Give a key that sorts the numbers inside a text as numbers: B-7 comes before B-10."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts)
