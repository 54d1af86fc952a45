"""Payment terms: by which day how much of an invoice is to be paid.

A term is one part or several.  Each says how much (a share or a fixed amount; the last takes the rest) and when,
counted from the day of the invoice.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.errors import Invalid
from app.models.rounding import Rounding, round_decimals

ZERO: Final = Decimal(0)
MOST_PARTS: Final = 60
"""Most instalments of one invoice: five years by the month."""


class ShareOf(StrEnum):
    """What the figure of a part is a share of."""

    TOTAL = "total"  # per cent of the invoice
    REST = "rest"  # per cent of what earlier parts leave
    FIXED = "fixed"  # an amount of money
    ALL_REST = "all_rest"  # all that is left; the last part of every term


@dataclass(frozen=True, slots=True)
class After:
    """When a part is due: months, then the day of the month, then days, then the end of that month, then days."""

    months: int = 0
    set_day: int = 0  # 1 to 31, the last day where the month is shorter; 0: as it is
    days: int = 0
    end_of_month: bool = False
    days_after: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """How much is due when; ``figure`` is in per cent, or an amount of money where it is fixed."""

    share: ShareOf = ShareOf.ALL_REST
    figure: Decimal = ZERO
    after: After = After()


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is due on a day, in the invoice's currency."""

    due_on: date
    amount: Decimal


def due_day(on: date, after: After) -> date:
    """Count when a part of an invoice of day ``on`` is due; never before the invoice itself."""
    months = on.year * 12 + on.month - 1 + after.months
    day = after.set_day or on.day
    found = _within_month(months // 12, months % 12 + 1, day) + timedelta(days=after.days)
    if after.end_of_month:
        found = _within_month(found.year, found.month, 31)
    return max(on, found + timedelta(days=after.days_after))


def instalments(
    total: Decimal, parts: Sequence[Part], on: date, decimals: int, tax: Decimal = ZERO
) -> tuple[Instalment, ...]:
    """Say what of ``total`` is due when; the instalments add up to it exactly.

    Shares are taken of the net amount and of the ``tax`` contained apart, each rounded to ``decimals`` places, so that
    every instalment holds its own part of the tax.  A fixed amount has the sign of the total and is never more than
    what is left.  Nothing, or nothing left, gives no instalment; an invoice of zero is one on its own day.

    Raises:
        Invalid: the parts are no payment term.

    """
    check(parts)
    if not total:
        return (Instalment(on, ZERO),)
    whole, left, found = (total - tax, tax), [total - tax, tax], list[Instalment]()
    for part in parts:
        taken = _taken(part, whole, left, decimals)
        left = [rest - share for rest, share in zip(left, taken, strict=True)]
        if amount := sum(taken, ZERO):
            found.append(Instalment(due_day(on, part.after), amount))
    return tuple(sorted(found, key=lambda one: one.due_on))


class Every(StrEnum):
    """How far apart even instalments are."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    QUARTER = "quarter"


def evenly(amount: Decimal, parts: int, first_on: date, every: Every, decimals: int) -> tuple[Instalment, ...]:
    """Spread an amount over days as evenly as its currency allows; the first ones are the greater.

    Raises:
        Invalid: there are too few or too many parts, or fewer of the smallest coin than parts.

    """
    if not 0 < parts <= MOST_PARTS:
        raise Invalid("parts", f"Choose 1 to {MOST_PARTS} instalments.")
    coins = int(amount.scaleb(decimals))
    share, more = divmod(abs(coins), parts)
    if not share:
        raise Invalid("parts", f"{amount:f} cannot be paid in {parts} parts.")
    sign = -1 if coins < 0 else 1
    values = [Decimal(sign * (share + (place < more))).scaleb(-decimals) for place in range(parts)]
    return tuple(Instalment(_later(first_on, place, every), value) for place, value in enumerate(values))


def check(parts: Sequence[Part]) -> None:
    """See that parts are a payment term.

    Raises:
        Invalid: there is none or are too many, the last one leaves something, or a figure makes no sense.

    """
    if not 0 < len(parts) <= MOST_PARTS:
        raise Invalid("parts", f"Payment terms have 1 to {MOST_PARTS} parts.")
    if parts[-1].share is not ShareOf.ALL_REST or any(one.share is ShareOf.ALL_REST for one in parts[:-1]):
        raise Invalid("parts", "The last part, and no other, takes the rest.")
    for part in parts:
        shares = part.share in {ShareOf.TOTAL, ShareOf.REST}
        if (part.share is not ShareOf.ALL_REST and part.figure <= 0) or (shares and part.figure > 100):
            raise Invalid("parts", "A share is more than 0 and at most 100 %, a fixed amount more than 0.")
        if not 0 <= part.after.set_day <= 31 or part.after.months < 0:
            raise Invalid("parts", "A day of the month is 1 to 31, months are counted forward.")


def _taken(part: Part, whole: Sequence[Decimal], left: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Take a part's share of the net amount and of the tax."""
    if part.share is ShareOf.ALL_REST:
        return list(left)
    rest = sum(left, ZERO)
    if part.share is ShareOf.FIXED:
        fraction = min(Fraction(1), Fraction(part.figure) / abs(Fraction(rest))) if rest else Fraction(0)
        amount = round_decimals(fraction * Fraction(rest), decimals, Rounding.HALF_UP)
        tax = round_decimals(fraction * Fraction(left[1]), decimals, Rounding.HALF_UP)
        return [amount - tax, tax]
    of = whole if part.share is ShareOf.TOTAL else left
    shares = [round_decimals(Fraction(one) * Fraction(part.figure) / 100, decimals, Rounding.HALF_UP) for one in of]
    more = abs(sum(shares, ZERO)) > abs(rest) or sum(shares, ZERO) * rest < 0
    return list(left) if more else shares


def _later(first_on: date, place: int, every: Every) -> date:
    if every in {Every.WEEK, Every.FORTNIGHT}:
        return first_on + timedelta(weeks=place * (2 if every is Every.FORTNIGHT else 1))
    return due_day(first_on, After(months=place * (3 if every is Every.QUARTER else 1)))


def _within_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
