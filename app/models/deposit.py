"""A deposit by the taxes of its order: how it is split, how much of it an invoice deducts, what is left of it.

A *part* is what bears the same taxes.  Parts are taken from what is left, and the last takes all of it: whatever is
invoiced, credited and deducted in between, the parts and each of their taxes add up to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.models.rounding import Rational, round_ratio, spread, times

ZERO: Final = Decimal(0)


class Deduction(StrEnum):
    """How invoices deduct the deposits of their order; stored on the order."""

    ONCE = "once"  # all at once: the next invoice, as far as it goes
    SHARE = "share"  # in proportion to what is invoiced; the last invoice takes the rest


@dataclass(frozen=True, slots=True)
class Part:
    """What of an amount bears the same taxes: net, and each tax of ``codes`` in their order."""

    codes: str
    net: Decimal
    taxes: tuple[Decimal, ...] = ()

    @property
    def total(self) -> Decimal:
        """Net and taxes."""
        return sum(self.taxes, self.net)

    def __add__(self, other: Part) -> Part:
        """Add what bears the same taxes."""
        return Part(
            self.codes,
            self.net + other.net,
            tuple(mine + theirs for mine, theirs in zip(self.taxes, other.taxes, strict=True)),
        )

    def __neg__(self) -> Part:
        """Give the opposite."""
        return Part(self.codes, -self.net, tuple(-tax for tax in self.taxes))

    @property
    def is_nothing(self) -> bool:
        """Whether neither net nor any tax is left."""
        return not self.net and not any(self.taxes)


def add_up(parts: Iterable[Part]) -> list[Part]:
    """Put parts that bear the same taxes together, in the order they come up."""
    found: dict[str, Part] = {}
    for part in parts:
        known = found.get(part.codes)
        found[part.codes] = part if known is None else known + part
    return list(found.values())


def total_of(parts: Iterable[Part]) -> Decimal:
    """Add up net and taxes of all parts."""
    return sum((part.total for part in parts), ZERO)


def split(parts: Sequence[Part], gross: Decimal, step: Decimal) -> list[Part]:
    """Take ``gross`` of the parts in proportion, to the ``step`` of the currency; all of it takes them as they are.

    The totals are shared out by largest remainder, so that they add up to ``gross`` exactly.
    """
    whole = total_of(parts)
    if gross == whole:
        return [part for part in parts if not part.is_nothing]
    shares = spread(int(gross / step), [int(part.total / step) for part in parts])
    taken = [take(part, times(share, step), step) for part, share in zip(parts, shares, strict=True) if share]
    return [part for part in taken if not part.is_nothing]


def split_net(parts: Sequence[Part], net: Decimal, step: Decimal) -> list[Part]:
    """As :func:`split`, by an amount before tax."""
    whole = sum((part.net for part in parts), ZERO)
    if net == whole:
        return [part for part in parts if not part.is_nothing]
    shares = spread(int(net / step), [int(part.net / step) for part in parts])
    taken = []
    for part, share in zip(parts, shares, strict=True):
        if share:
            amount = times(share, step)
            taxes = _scaled(part.taxes, Fraction(amount) / Fraction(part.net), step)
            taken.append(Part(part.codes, amount, taxes))
    return taken


def take(part: Part, total: Decimal, step: Decimal) -> Part:
    """Take ``total`` of a part: its taxes in proportion, the net amount is the rest; all of it takes it as it is."""
    if total == part.total:
        return part
    taxes = _scaled(part.taxes, Fraction(total) / Fraction(part.total), step)
    return Part(part.codes, total - sum(taxes, ZERO), taxes)


def _scaled(taxes: Sequence[Decimal], share: Fraction, step: Decimal) -> tuple[Decimal, ...]:
    return tuple(_rounded(Fraction(tax) * share, step) for tax in taxes)


def _rounded(value: Rational, step: Decimal) -> Decimal:
    exact = Fraction(value) / Fraction(step)
    return times(round_ratio(exact.numerator, exact.denominator), step)


@dataclass(frozen=True, slots=True)
class Bill:
    """What an invoice is about before deposits are deducted: its parts, and those of the whole order.

    ``is_last``: after it nothing of the order is left to invoice.
    """

    parts: tuple[Part, ...]
    ordered: tuple[Part, ...]
    is_last: bool
    step: Decimal


@dataclass(frozen=True, slots=True)
class Open:
    """A deposit by the codes of its parts: what was asked for, and what is left to deduct."""

    asked: Mapping[str, Part]
    left: Mapping[str, Part]


def deduct(bill: Bill, deposits: Sequence[Open], way: Deduction) -> list[list[Part]]:
    """Say which parts an invoice deducts of each deposit, the earlier first.

    A part is deducted from what bears the same taxes.  What bears taxes that the order does not have (any more), and
    on the last invoice all that is left, is deducted from whatever the invoice asks for; never more than that.
    """
    room = {part.codes: part.total for part in bill.parts}
    rest = sum(room.values(), ZERO)
    whole = {part.codes: part.total for part in bill.ordered}
    billed = dict(room)
    found = []
    for deposit in deposits:
        taken: dict[str, Decimal] = {}
        for codes, part in deposit.left.items():
            wanted = _within(part.total, room.get(codes, ZERO))
            if way is Deduction.SHARE and not bill.is_last and whole.get(codes):
                share = Fraction(billed.get(codes, ZERO)) / Fraction(whole[codes])
                wanted = _within(wanted, _rounded(Fraction(deposit.asked[codes].total) * share, bill.step))
            taken[codes] = min(wanted, max(rest, ZERO))
            room[codes] = room.get(codes, ZERO) - taken[codes]
            rest -= taken[codes]
        for codes, part in deposit.left.items():
            if bill.is_last or codes not in whole:
                more = min(part.total - taken[codes], max(rest, ZERO))
                taken[codes] += more
                rest -= more
        parts = [take(part, taken[codes], bill.step) for codes, part in deposit.left.items()]
        found.append([part for part in parts if not part.is_nothing])
    return found


def _within(amount: Decimal, limit: Decimal) -> Decimal:
    """Give the amount as far as ``limit`` goes, on its side of nothing."""
    if amount > 0:
        return max(ZERO, min(amount, limit))
    return min(ZERO, max(amount, limit))
