"""Key figures in words: short amounts, changes with an arrow, rates to a tenth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.views import format as written
from app.views.tokens import Tone

COMPACT_FROM: Final = 10_000
THOUSAND: Final = 1000
MILLION: Final = 1_000_000
GOAL: Final = Fraction(97, 100)
"""Which part of the orders should leave in full and in time."""
DASH: Final = "\u2013"


def short_money(value: Decimal, currency: str) -> tuple[str, str]:
    """Write an amount short: the figure, and its unit, e.g. ``412.8`` and ``k EUR``."""
    if abs(value) >= COMPACT_FROM * THOUSAND:
        return written.amount(round(value / MILLION, 1), 1), f"M {currency}"
    if abs(value) >= COMPACT_FROM:
        return written.amount(round(value / THOUSAND, 1), 1), f"k {currency}"
    return written.amount(value), currency


def change_of(now: Decimal, before: Decimal) -> tuple[str, Tone]:
    """Say by how many percent a figure rose or fell, and whether that is well; nothing where there was none."""
    if before <= 0:
        return "", Tone.OK
    percent = (Fraction(now) / Fraction(before) - 1) * 100
    arrow = "↑" if percent >= 0 else "↓"
    return f"{arrow} {one_decimal(abs(percent))} %", Tone.OK if percent >= 0 else Tone.WARN


def points_of(now: Fraction, before: Fraction | None) -> str:
    """Say by how many points of a hundred a rate rose or fell."""
    if before is None or before == now:
        return ""
    return f"{'↑' if now > before else '↓'} {one_decimal(abs(now - before) * 100)} pt"


def one_decimal(value: Fraction) -> str:
    """Write a number to a tenth."""
    return written.amount(Decimal(round(value * 10)).scaleb(-1), 1)


def rate(value: Fraction | None) -> str:
    """Write a rate of 0\u20261 in percent to a tenth, without the sign; a dash where there is none."""
    return DASH if value is None else one_decimal(value * 100)
