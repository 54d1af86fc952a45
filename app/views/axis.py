"""The axis of a chart: round numbers, few of them, written short."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.views import format as written

STEPS: Final = 4
THOUSAND: Final = 1000
_ROUND_STEPS: Final = (1, 2, 5, 10)


def ceiling(value: Decimal) -> Decimal:
    """The next round number above ``value``: 1, 2 or 5 times a power of ten, times the steps of the axis."""
    part = value / STEPS
    power = Decimal(10) ** part.adjusted()
    step = next(power * round_step for round_step in _ROUND_STEPS if power * round_step >= part)
    return step * STEPS


def thousands(value: Decimal) -> str:
    """Write an axis value: ``0``, ``750``, ``12 k``."""
    if value >= THOUSAND:
        return f"{written.quantity(round(value / THOUSAND, 1))} k"
    return written.quantity(round(value, 0))
