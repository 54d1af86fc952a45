"""From which warehouses the goods of one order leave: the nearest, the fewest parcels, or the cheapest."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import chain, combinations
from typing import Final, TypeVar
from uuid import UUID

from app.models.assignment import Ask, Pile, assign
from app.models.rounding import Rational

Line = TypeVar("Line", bound=Hashable)
Price = Callable[[UUID, Mapping[Line, int]], Rational | None]
Cost = Callable[["Warehouse", Mapping[Line, int]], tuple[int, Fraction]]

TRIED: Final = 10
"""Warehouses of which every combination is tried; of more only the nearest so many and all together."""


class Rule(StrEnum):
    """What decides from where an order leaves."""

    NEAREST = "nearest"  # each line from the nearest warehouse that has it, the rest from the next
    FEWEST = "fewest"  # from as few warehouses as can send all that is there
    CHEAPEST = "cheapest"  # from those whose parcels cost least together, as heavy as they are


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse: where it is, which rank it has among ours, and what a parcel from it to the customer costs."""

    id: UUID
    country: str = ""
    postal_code: str = ""
    rank: int = 0
    parcel_cost: Rational = 1


def by_distance(warehouses: Sequence[Warehouse], country: str, postal_code: str) -> list[Warehouse]:
    """Sort the nearest first: same country, then the longest common beginning of the postal code, then by rank.

    Postal codes number neighbouring regions alike, so where they begin differently the difference of their first two
    digits decides.
    """
    return sorted(warehouses, key=lambda each: (*_distance(each, country, postal_code), each.rank, each.id))


def choose(
    rule: Rule,
    warehouses: Sequence[Warehouse],
    wants: Mapping[Line, int],
    free: Mapping[UUID, Mapping[Line, int]],
    price: Price[Line] | None = None,
) -> dict[Line, list[tuple[UUID, int]]]:
    """Say of each want how much leaves from which warehouse; ``warehouses`` come nearest first.

    All rules send as much as is free at all; they differ in from where.  ``price`` says what a warehouse's share costs
    to send (None: not known), for the cheapest; without it each parcel costs what its warehouse says.
    """
    if rule != Rule.NEAREST:
        cost = _as_parcels if rule == Rule.FEWEST else _priced(price)
        warehouses = _best(warehouses, wants, free, cost)
    return _shares(warehouses, wants, free)


def _shares(
    warehouses: Sequence[Warehouse], wants: Mapping[Line, int], free: Mapping[UUID, Mapping[Line, int]]
) -> dict[Line, list[tuple[UUID, int]]]:
    """Take each want from the first warehouse that has it, the rest from the next."""
    found: dict[Line, list[tuple[UUID, int]]] = {}
    for want, grains in wants.items():
        piles = [Pile[Line, UUID](each.id, free.get(each.id, {}).get(want, 0)) for each in warehouses]
        taken = assign([Ask(want, grains)], piles)[want].taken
        found[want] = [(place, int(part)) for place, part in taken]
    return found


def _as_parcels(_warehouse: Warehouse, _share: Mapping[Line, int]) -> tuple[int, Fraction]:
    return 0, Fraction(1)


def _priced(price: Price[Line] | None) -> Cost[Line]:
    """Price the share of a warehouse; a share nobody can price is worse than any that has a price."""

    def cost(warehouse: Warehouse, share: Mapping[Line, int]) -> tuple[int, Fraction]:
        if price is None:
            return 0, Fraction(warehouse.parcel_cost)
        found = price(warehouse.id, share)
        return (1, Fraction(0)) if found is None else (0, Fraction(found))

    return cost


def _best(
    warehouses: Sequence[Warehouse],
    wants: Mapping[Line, int],
    free: Mapping[UUID, Mapping[Line, int]],
    cost: Cost[Line],
) -> Sequence[Warehouse]:
    """The combination that sends most for least; of equal ones the one with the nearer warehouses."""

    def key(some: Sequence[Warehouse]) -> tuple[int, int, Fraction, int]:
        sent: dict[UUID, dict[Line, int]] = {each.id: {} for each in some}
        for want, parts in _shares(some, wants, free).items():
            for place, grains in parts:
                sent[place][want] = grains
        costs = [cost(each, sent[each.id]) for each in some]
        amount = sum(grains for share in sent.values() for grains in share.values())
        return -amount, sum(n for n, _ in costs), sum((money for _, money in costs), Fraction(0)), len(some)

    return min(_combinations(warehouses), key=key)


def _combinations(warehouses: Sequence[Warehouse]) -> Iterator[Sequence[Warehouse]]:
    near = warehouses[:TRIED]
    some = chain.from_iterable(combinations(near, size) for size in range(len(near) + 1))
    return chain(some, [warehouses] if len(warehouses) > TRIED else [])


def _distance(warehouse: Warehouse, country: str, postal_code: str) -> tuple[bool, int, int]:
    theirs, ours = (code.replace(" ", "").upper() for code in (postal_code, warehouse.postal_code))
    common = 0
    for left, right in zip(theirs, ours, strict=False):
        if left != right:
            break
        common += 1
    regions = [int(code[:2]) if code[:2].isdecimal() else 0 for code in (theirs, ours)]
    return warehouse.country != country, -common, abs(regions[0] - regions[1])
