"""How long what is open has been due, in the classes an ageing report has."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)
CLASSES: Final = (0, 30, 60, 90)
"""The last day overdue of each class but the last: not due, up to 30, 60, 90 days, more."""


def age_class(days_overdue: int) -> int:
    """Give the class of what has been due for some days (0 or less: it is not overdue)."""
    return bisect_left(CLASSES, days_overdue)


def aged(due: Sequence[tuple[date, Decimal]], open_amount: Decimal, on: date) -> list[Decimal]:
    """Share what is open of a document out to the classes; what is paid settled what was due first.

    ``due`` are its instalments, or all of it with its day.  Amounts are negative for credit notes.
    """
    found = [ZERO] * (len(CLASSES) + 1)
    settled = sum((amount for _, amount in due), ZERO) - open_amount
    for day, amount in sorted(due):
        part = min(settled, amount, key=abs) if settled * amount > 0 else ZERO
        settled -= part
        found[age_class((on - day).days)] += amount - part
    if settled and due:  # more is open than is known to be due: with what is due last
        found[age_class((on - max(due)[0]).days)] -= settled
    return found
