"""Forecasts that a person follows with a pencil: exact figures, no statistics."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil


def exponential(sold: Sequence[Decimal], constant: Decimal, start: Decimal) -> tuple[Decimal, ...]:
    """Return the forecast before each period and the one after the last: next = last + constant × (sold - last).

    Args:
        sold: what was sold in each period, oldest first.
        constant: how far a forecast goes towards what was sold, from 0 to 1.
        start: the forecast of the first period.
    """
    found = [start]
    for quantity in sold:
        found.append(found[-1] + constant * (quantity - found[-1]))
    return tuple(found)


def average_rate(sold: Sequence[Decimal], periods_back: int, periods_ahead: int) -> Fraction:
    """Return what ``periods_ahead`` take at the average of all that was sold in the last ``periods_back``.

    Raises:
        ValueError: there is no period to take the average of, or a number of periods ahead below none.
    """
    if periods_back < 1 or periods_ahead < 0:
        raise ValueError("an average is over one period at least, and nothing is forecast backwards")
    return sum(map(Fraction, sold), Fraction(0)) * periods_ahead / periods_back


def same_period(sold: Mapping[str, Sequence[Decimal]], excluded: Collection[str] = ()) -> dict[str, Decimal]:
    """Return for each item what was sold in the same period a year before; excluded items get no line."""
    return {item: sum(each, Decimal(0)) for item, each in sold.items() if item not in excluded}


def spread(pieces: int, periods: int) -> tuple[int, ...]:
    """Share whole pieces out over periods as evenly as can be; each comes in the middle of its part of the time.

    The shares add up to all pieces, and no two differ by more than one: after each period as many have come as is its
    part of them, halves rounded down.

    Raises:
        ValueError: fewer than no pieces, or no period to share them out over.
    """
    if pieces < 0 or periods < 1:
        raise ValueError("pieces are shared out over one period at least, and there are none below nothing")
    come = (ceil(Fraction(pieces * number, periods) - Fraction(1, 2)) for number in range(periods + 1))
    return tuple(after - before for before, after in pairwise(come))
