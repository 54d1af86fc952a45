"""Rounding, and the sharing out of an amount so that no part of it is lost.

Everything is exact: ``int``, ``Fraction`` and ``Decimal`` go in, nothing binary in between.  The default
rounds halves away from zero, as commercial law and every price tag do; the modes that treat both signs
alike are the only ones a document may use, because a credit note must be the exact negative of its invoice.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from enum import StrEnum
from fractions import Fraction
from typing import Final

Rational = Decimal | Fraction | int
"""Any exact number."""


class Rounding(StrEnum):
    """Which whole number stands for one that lies between two."""

    HALF_UP = "half_up"  # the nearer, halves away from zero
    HALF_DOWN = "half_down"  # the nearer, halves towards zero
    HALF_EVEN = "half_even"  # the nearer, halves to the even one
    UP = "up"  # away from zero
    DOWN = "down"  # towards zero
    CEILING = "ceiling"  # the greater
    FLOOR = "floor"  # the smaller


MIRRORED: Final = frozenset({Rounding.HALF_UP, Rounding.HALF_DOWN, Rounding.HALF_EVEN, Rounding.UP, Rounding.DOWN})
"""The modes in which the negative of a number rounds to the negative."""

_EXACT: Final = Context(prec=999_999, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_MAGNITUDES: Final = {Rounding.CEILING: (Rounding.UP, Rounding.DOWN), Rounding.FLOOR: (Rounding.DOWN, Rounding.UP)}


def round_ratio(numerator: int, denominator: int, mode: Rounding = Rounding.HALF_UP) -> int:
    """Round ``numerator / denominator`` to a whole number; ``denominator`` is positive."""
    if mode is Rounding.HALF_UP:
        if numerator >= 0:
            return (2 * numerator + denominator) // (2 * denominator)
        return -((denominator - 2 * numerator) // (2 * denominator))
    negative = numerator < 0
    if mode in _MAGNITUDES:
        mode = _MAGNITUDES[mode][negative]
    whole, rest = divmod(-numerator if negative else numerator, denominator)
    if _is_raised(mode, whole, 2 * rest - denominator, rest):
        whole += 1
    return -whole if negative else whole


def _is_raised(mode: Rounding, whole: int, beyond_half: int, rest: int) -> bool:
    if mode is Rounding.UP:
        return rest > 0
    if mode is Rounding.HALF_EVEN and beyond_half == 0:
        return whole % 2 == 1
    return mode is not Rounding.DOWN and beyond_half > 0


def round_decimals(value: Rational, decimals: int, mode: Rounding = Rounding.HALF_UP) -> Decimal:
    """Round to ``decimals`` decimal places and keep them (1 with two is 1.00)."""
    numerator, denominator = value.as_integer_ratio()
    if decimals >= 0:
        numerator *= 10**decimals
    else:
        denominator *= 10**-decimals
    return scaled(round_ratio(numerator, denominator, mode), decimals)


def round_step(value: Rational, step: Decimal, mode: Rounding = Rounding.HALF_UP) -> Decimal:
    """Round to the nearest multiple of ``step``, which need not be a power of ten (0.05, 15).

    A ``step`` of zero stands for no rounding; ``value`` must then have a finite decimal form.
    """
    if not step:
        return value if isinstance(value, Decimal) else to_decimal(Fraction(value))
    step = abs(step)
    step_numerator, step_denominator = step.as_integer_ratio()
    numerator, denominator = value.as_integer_ratio()
    return _EXACT.multiply(Decimal(round_ratio(numerator * step_denominator, denominator * step_numerator, mode)), step)


def scaled(number: int, decimals: int) -> Decimal:
    """Give ``number`` x 10^-``decimals``, exactly whatever its size."""
    return Decimal(number).scaleb(-decimals, _EXACT)


def times(number: int, step: Decimal) -> Decimal:
    """Give ``number`` x ``step``, exactly whatever its size."""
    return _EXACT.multiply(Decimal(number), step)


def to_decimal(value: Fraction) -> Decimal:
    """Write a fraction as a decimal.

    Raises:
        ValueError: it has no finite decimal form, such as 1/3.

    """
    decimals, denominator = 0, value.denominator
    for prime in (2, 5):
        power = 0
        while denominator % prime == 0:
            denominator //= prime
            power += 1
        decimals = max(decimals, power)
    if denominator != 1:
        raise ValueError(f"{value} has no finite decimal form")
    return scaled(value.numerator * 10**decimals // value.denominator, decimals)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Share ``total`` out in proportion to ``weights`` by largest remainder; the parts add up to it exactly.

    Weights may be negative (a returned line takes its part of a discount back).  Where they add up to
    nothing the sizes decide, and where all are nothing everyone gets the same.  Ties go to the earlier part.
    """
    if not weights:
        return []
    if total < 0:
        return [-part for part in spread(-total, weights)]
    whole = sum(weights)
    if whole == 0:
        weights = [abs(weight) for weight in weights] if any(weights) else [1] * len(weights)
        whole = sum(weights)
    elif whole < 0:
        weights, whole = [-weight for weight in weights], -whole
    parts, remainders = [], []
    for weight in weights:
        part, remainder = divmod(total * weight, whole)
        parts.append(part)
        remainders.append(-remainder)
    rest = total - sum(parts)
    if rest:
        for index in sorted(range(len(parts)), key=remainders.__getitem__)[:rest]:
            parts[index] += 1
    return parts


def settle(total: int, parts: Sequence[int], denominator: int, mode: Rounding = Rounding.HALF_UP) -> list[int]:
    """Round each of ``parts / denominator`` so that together they are ``total``.

    Each is rounded by itself; what is then missing or too much goes, one by one, to the parts that
    rounding moved furthest the other way, the earlier first.  Parts that are nothing stay nothing.
    """
    rounded = [round_ratio(part, denominator, mode) for part in parts]
    rest = total - sum(rounded)
    if rest and rounded:
        direction = 1 if rest > 0 else -1
        open_parts = [index for index, part in enumerate(parts) if part] or list(range(len(parts)))
        moved = {index: direction * (rounded[index] * denominator - parts[index]) for index in open_parts}
        each, extra = divmod(abs(rest), len(open_parts))
        for place, index in enumerate(sorted(open_parts, key=moved.__getitem__)):
            rounded[index] += direction * (each + (place < extra))
    return rounded
