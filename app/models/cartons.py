"""Which cartons goods are packed in, and where in them: no carton is too small, too full or too heavy.

Sizes are millimetres, weights grams, costs whole ten-thousandths of the company's currency; whole numbers throughout.
Few goods are packed as cheaply as can be, by looking at all ways to share them out; for many the largest go first and
what follows fills up.  Every box stands with its sides along the carton's, never overlaps another, and rests at a
corner that others have left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import permutations
from typing import Final

FEW: Final = 9
"""Up to so many pieces, all ways to share them out are looked at."""
STEPS: Final = 3_000
"""Places tried to fit pieces into one carton before they are said not to fit."""

Size = tuple[int, int, int]
Point = tuple[int, int, int]
_Alike = tuple[Size, int, bool]


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to pack; ``upright`` pieces are never laid on another side; ``key`` tells alike ones apart."""

    key: int
    size: Size
    weight_g: int
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A kind of carton or pallet: what it holds inside, its own weight, the most it may weigh packed, its cost."""

    code: str
    size: Size
    tare_g: int
    most_g: int
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece at its corner nearest the carton's origin, with the size it has as it lies."""

    piece: Piece
    at: Point
    size: Size


@dataclass(frozen=True, slots=True)
class Packed:
    """A carton and what lies where in it."""

    box: Box
    placed: tuple[Placed, ...]

    @property
    def weight_g(self) -> int:
        """What it weighs with its contents."""
        return self.box.tare_g + sum(one.piece.weight_g for one in self.placed)


@dataclass(frozen=True, slots=True)
class Packing:
    """Cartons with their contents, and pieces that fit none of them."""

    cartons: tuple[Packed, ...] = ()
    loose: tuple[Piece, ...] = field(default=())

    @property
    def cost(self) -> int:
        """What the cartons cost together."""
        return sum(one.box.cost for one in self.cartons)


def pack(pieces: Iterable[Piece], boxes: Sequence[Box]) -> Packing:
    """Share pieces out to cartons so that these cost as little as can be, then are few, then small."""
    wanted = list(pieces)
    loose = [piece for piece in wanted if not any(_alone(piece, box) for box in boxes)]
    fitting = [piece for piece in wanted if piece not in loose]
    cartons = _all_ways(fitting, boxes) if len(fitting) <= FEW else _largest_first(fitting, boxes)
    return Packing(tuple(cartons), tuple(loose))


def fit(pieces: Sequence[Piece], box: Box) -> Packed | None:
    """Find places for all of the pieces in one carton; None where they are too heavy or no way was found."""
    if box.tare_g + sum(piece.weight_g for piece in pieces) > box.most_g:
        return None
    if sum(volume(piece.size) for piece in pieces) > volume(box.size):
        return None
    ranked = sorted(pieces, key=lambda piece: (-volume(piece.size), -max(piece.size), piece.size, piece.key))
    placed = _search(ranked, box.size, [], [(0, 0, 0)], [STEPS])
    return Packed(box, tuple(placed)) if placed is not None else None


def volume(size: Size) -> int:
    """How much room a size takes, in cubic millimetres."""
    return size[0] * size[1] * size[2]


def is_sound(packed: Packed) -> bool:
    """Tell whether a carton keeps every limit: weight, walls, no two pieces in one place, pieces their own size."""
    if packed.weight_g > packed.box.most_g:
        return False
    for n, one in enumerate(packed.placed):
        if one.size not in _ways_to_lie(one.piece):
            return False
        if any(
            start < 0 or start + long > most
            for start, long, most in zip(one.at, one.size, packed.box.size, strict=True)
        ):
            return False
        if any(_overlap(one, other) for other in packed.placed[:n]):
            return False
    return True


# one carton -------------------------------------------------------------------------------------------------


def _search(
    left: Sequence[Piece], room: Size, placed: list[Placed], corners: Sequence[Point], budget: list[int]
) -> list[Placed] | None:
    """Place the pieces one after the other at corners, and take back what leads nowhere, within the budget."""
    if not left:
        return placed
    tried: set[tuple[Size, bool]] = set()
    for n, piece in enumerate(left):
        if (tuple(sorted(piece.size)), piece.upright) in tried:
            continue
        tried.add((_sorted(piece.size), piece.upright))
        for corner in corners:
            for size in _ways_to_lie(piece):
                budget[0] -= 1
                if budget[0] < 0:
                    return None
                one = Placed(piece, corner, size)
                if _inside(one, room) and not any(_overlap(one, other) for other in placed):
                    rest = [*left[:n], *left[n + 1 :]]
                    found = _search(rest, room, [*placed, one], _corners([*placed, one], room), budget)
                    if found is not None:
                        return found
        if len(left) > FEW:
            return None  # many pieces: each has its turn, the largest first
    return None


def _corners(placed: Sequence[Placed], room: Size) -> list[Point]:
    """The corners where a next piece may lie: where walls and sides of pieces meet, slid towards the origin."""
    found: set[Point] = set()
    for one in placed:
        for axis in range(3):
            corner = list(one.at)
            corner[axis] += one.size[axis]
            if corner[axis] < room[axis]:
                found.update(_slid(corner, axis, placed))
    return sorted(found, key=lambda corner: (corner[2], corner[1], corner[0]))


def _slid(corner: list[int], axis: int, placed: Sequence[Placed]) -> Iterable[Point]:
    """A corner as it is, and slid to the next side or wall along each other axis."""
    x, y, z = corner
    yield x, y, z
    for along in (n for n in range(3) if n != axis):
        sides = [0]
        for other in placed:
            end = other.at[along] + other.size[along]
            across = [n for n in range(3) if n != along]
            if end <= corner[along] and all(other.at[n] <= corner[n] < other.at[n] + other.size[n] for n in across):
                sides.append(end)
        slid = list(corner)
        slid[along] = max(sides)
        yield slid[0], slid[1], slid[2]


@cache
def _ways_to_lie(piece: Piece) -> tuple[Size, ...]:
    length, width, height = piece.size
    if piece.upright:
        return tuple(dict.fromkeys(((length, width, height), (width, length, height))))
    return tuple(dict.fromkeys((a, b, c) for a, b, c in permutations(piece.size)))


def _sorted(size: Size) -> Size:
    small, middle, large = sorted(size)
    return small, middle, large


def _inside(one: Placed, room: Size) -> bool:
    return all(start + long <= most for start, long, most in zip(one.at, one.size, room, strict=True))


def _overlap(one: Placed, other: Placed) -> bool:
    return all(
        one.at[axis] < other.at[axis] + other.size[axis] and other.at[axis] < one.at[axis] + one.size[axis]
        for axis in range(3)
    )


def _alone(piece: Piece, box: Box) -> bool:
    return fit([piece], box) is not None


# sharing out ------------------------------------------------------------------------------------------------


def _all_ways(pieces: Sequence[Piece], boxes: Sequence[Box]) -> list[Packed]:
    """Look at all ways to share few pieces out: the cheapest carton of every part, then the cheapest parts."""
    every = (1 << len(pieces)) - 1
    cheapest: dict[int, Packed] = {}
    known: dict[tuple[_Alike, ...], Packed | None] = {}
    for part in range(1, every + 1):
        chosen = [piece for n, piece in enumerate(pieces) if part >> n & 1]
        smaller = [part & ~(1 << n) for n in range(len(pieces)) if part >> n & 1]
        if len(chosen) > 1 and any(less not in cheapest for less in smaller):
            continue  # where some of them do not fit together, all of them do not
        alike = tuple(sorted(_alike(piece) for piece in chosen))
        if alike not in known:
            known[alike] = _cheapest(chosen, boxes)
        found = known[alike]
        if found is not None:
            cheapest[part] = _with(found, chosen)
    best: dict[int, tuple[tuple[int, int, int], list[int]]] = {0: ((0, 0, 0), [])}
    for done in range(every):
        if done not in best:
            continue
        worth, parts = best[done]
        first = ~done & (done + 1)  # the lowest piece still left goes into the next carton
        for part, packed in cheapest.items():
            if part & first and not part & done:
                more = (worth[0] + packed.box.cost, worth[1] + 1, worth[2] + volume(packed.box.size))
                if done | part not in best or more < best[done | part][0]:
                    best[done | part] = (more, [*parts, part])
    return [cheapest[part] for part in best[every][1]]


def _alike(piece: Piece) -> _Alike:
    return piece.size, piece.weight_g, piece.upright


def _with(packed: Packed, pieces: Sequence[Piece]) -> Packed:
    """Give the same carton with these pieces in the places of those that are just like them."""
    left: dict[_Alike, list[Piece]] = {}
    for piece in pieces:
        left.setdefault(_alike(piece), []).append(piece)
    return Packed(packed.box, tuple(replace(one, piece=left[_alike(one.piece)].pop()) for one in packed.placed))


def _largest_first(pieces: Sequence[Piece], boxes: Sequence[Box]) -> list[Packed]:
    """Fill cartons one after the other, the largest pieces first, each of the kind that is worth its cost most."""
    left = sorted(pieces, key=lambda piece: (-volume(piece.size), -max(piece.size), -piece.weight_g, piece.key))
    cartons: list[Packed] = []
    while left:
        ways = [(box, turned) for box in boxes for turned in (False, True)]
        filled = [full for box, turned in ways if (full := _fill(left, box, turned=turned)) is not None]
        best = min(filled, key=lambda full: _worth(full, len(full.placed) == len(left)))
        inside = {one.piece.key for one in best.placed}
        cartons.append(_cheapest([one.piece for one in best.placed], boxes) or best)
        left = [piece for piece in left if piece.key not in inside]
    return cartons


def _worth(full: Packed, last: bool) -> tuple[int, int, int]:
    """Cost for what is packed; where nothing is left, the cost alone; then the room taken."""
    packed = sum(volume(one.size) for one in full.placed) or 1
    return (0 if last else 1), full.box.cost * 10**12 // (1 if last else packed), -packed


def _fill(pieces: Sequence[Piece], box: Box, *, turned: bool) -> Packed | None:
    """Put in what fits, in the order given: each piece at the lowest corner where it finds room.

    ``turned``: the short side along the carton's length where it can be.
    """
    placed: list[Placed] = []
    corners: list[Point] = [(0, 0, 0)]
    weight, refused = box.tare_g, set[tuple[Size, bool]]()
    for piece in pieces:
        kind = (piece.size, piece.upright)
        if weight + piece.weight_g > box.most_g or kind in refused:
            continue
        one = _lowest(piece, box.size, placed, corners, turned=turned)
        if one is None:
            refused.add(kind)
            continue
        placed.append(one)
        weight += piece.weight_g
        corners = _corners(placed, box.size)
    return Packed(box, tuple(placed)) if placed else None


def _lowest(
    piece: Piece, room: Size, placed: Sequence[Placed], corners: Sequence[Point], *, turned: bool
) -> Placed | None:
    ways = sorted(_ways_to_lie(piece), key=lambda size: (size[2], size[0] if turned else -size[0]))
    for corner in corners:
        for size in ways:
            one = Placed(piece, corner, size)
            if _inside(one, room) and not any(_overlap(one, other) for other in placed):
                return one
    return None


def _cheapest(pieces: Sequence[Piece], boxes: Sequence[Box]) -> Packed | None:
    """The cheapest carton that holds all of the pieces, the smallest of those that cost the same."""
    for box in sorted(boxes, key=lambda box: (box.cost, volume(box.size), box.code)):
        found = fit(pieces, box)
        if found is not None:
            return found
    return None
