"""The taxes of one line as arithmetic: what they are of a net amount, and which net amount a price contains.

Every tax is a straight line in the net amount N and the number of units Q: t = a x N + b x Q.  A price P that
contains some of the taxes is therefore a straight line in N too, and N follows by one exact division however the
taxes build on each other; in the end all of them are straight lines in P and Q.  Amounts are whole *steps* of
the currency (cents); ratios are pairs of whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Final

from app.errors import Invalid
from app.models.rounding import Rounding, round_ratio, settle
from app.models.tax import Prices, Tax, TaxKind, in_order

Ratio = tuple[int, int]
"""Numerator and positive denominator, not necessarily in lowest terms."""

NOTHING: Final[Ratio] = (0, 1)


@dataclass(frozen=True, slots=True)
class Term:
    """One tax of a formula.

    ``feeds`` are the places of the earlier taxes that belong to its base.  On top of a rounded base the
    amount is base x ``share`` + units x ``per_unit``; exactly it is price x ``slope`` + units x
    ``slope_per_unit``, both over the formula's denominator.
    """

    tax: Tax
    included: bool
    feeds: tuple[int, ...]
    share: Ratio
    per_unit: Ratio
    slope: int
    slope_per_unit: int


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """The taxes of a line, in order.  One object for each set of taxes, so that lines can be grouped by it.

    The net amount is price x ``net_slope`` + units x ``net_per_unit``, both over ``denominator``.
    ``twins`` are the places of equal taxes that nothing is built on (see :meth:`on_top`).
    """

    terms: tuple[Term, ...]
    denominator: int
    net_slope: int
    net_per_unit: int
    included: tuple[int, ...]
    twins: tuple[tuple[int, ...], ...]

    def net_in(self, price: Ratio, units: Ratio) -> Ratio:
        """Give the exact net amount that ``price`` contains."""
        if not self.included:
            return price
        numerator, denominator = price
        if not (self.net_per_unit and units[0]):
            return self.net_slope * numerator, denominator * self.denominator
        by_price, by_unit = self.net_slope * numerator * units[1], self.net_per_unit * units[0] * denominator
        return by_price + by_unit, denominator * units[1] * self.denominator

    def exact(self, price: Ratio, units: Ratio) -> tuple[list[int], int]:
        """Give every tax of an exact price: numerators and the denominator they share."""
        numerator, denominator = price
        if not units[0]:
            return [term.slope * numerator for term in self.terms], denominator * self.denominator
        by_price, by_unit = numerator * units[1], units[0] * denominator
        return (
            [term.slope * by_price + term.slope_per_unit * by_unit for term in self.terms],
            denominator * units[1] * self.denominator,
        )

    def on_top(self, net: int, units: Ratio, mode: Rounding, known: dict[int, int] | None = None) -> list[int]:
        """Give the taxes of a rounded net amount, each rounded, each later one built on the rounded earlier ones.

        Equal taxes on the same base (a tax that law splits in two halves) are rounded as one: the sum of
        their exact amounts is rounded, and what is left over goes to the first of them.  Where another tax
        is built on them each stands by itself, since its rounded amount is the other's base.
        ``known`` are amounts already settled, by place.
        """
        amounts: list[int] = []
        for place, term in enumerate(self.terms):
            if known and place in known:
                amounts.append(known[place])
                continue
            base = net
            for feed in term.feeds:
                base += amounts[feed]
            numerator, denominator = term.share
            numerator *= base
            if term.per_unit[0] and units[0]:
                scale = term.per_unit[1] * units[1]
                numerator = numerator * scale + term.per_unit[0] * units[0] * denominator
                denominator *= scale
            amounts.append(round_ratio(numerator, denominator, mode))
        for twins in self.twins:
            if not (known and twins[0] in known):
                self._settle_twins(twins, net, amounts, mode)
        return amounts

    def _settle_twins(self, twins: tuple[int, ...], net: int, amounts: list[int], mode: Rounding) -> None:
        first = self.terms[twins[0]]
        numerator, denominator = first.share
        numerator *= net + sum(amounts[feed] for feed in first.feeds)
        together = round_ratio(numerator * len(twins), denominator, mode)
        for place, amount in zip(twins, settle(together, [numerator] * len(twins), denominator, mode), strict=True):
            amounts[place] = amount

    def inside(self, price: int, units: Ratio, mode: Rounding) -> tuple[int, list[int]]:
        """Split a rounded price: the net amount is rounded, the contained taxes are the rest, others come on top."""
        if not self.included:
            return price, self.on_top(price, units, mode)
        numerator, denominator = self.net_in((price, 1), units)
        net = round_ratio(numerator, denominator, mode)
        if len(self.included) == len(self.terms) == 1:
            return net, [price - net]
        parts, denominator = self.exact((price, 1), units)
        amounts = settle(price - net, [parts[place] for place in self.included], denominator, mode)
        if len(self.included) == len(self.terms):
            return net, amounts
        return net, self.on_top(net, units, mode, dict(zip(self.included, amounts, strict=True)))

    def bases(self, net: int, amounts: Sequence[int]) -> list[int]:
        """Give the base each tax was computed on: the net amount and the taxes that feed it."""
        return [net + sum(amounts[feed] for feed in term.feeds) for term in self.terms]


_Line = tuple[Fraction, Fraction]
"""A straight line: of the net amount (or the price), and of one unit."""


@lru_cache(maxsize=4096)
def formula(taxes: tuple[Tax, ...], prices: Prices = Prices.BY_TAX) -> Formula:
    """Work the taxes of a line out once; the same taxes in another order give the same object.

    Raises:
        Invalid: a tax is there twice, or the contained taxes leave nothing to compute a net amount from.

    """
    return _formula(in_order(taxes), prices)


@lru_cache(maxsize=4096)
def _formula(ordered: tuple[Tax, ...], prices: Prices) -> Formula:
    included = [prices is Prices.GROSS or (prices is Prices.BY_TAX and tax.included) for tax in ordered]
    feeds = [
        tuple(earlier for earlier in range(place) if ordered[earlier].affects_base) if tax.base_affected else ()
        for place, tax in enumerate(ordered)
    ]
    shares = [_share(place, ordered, included, feeds) for place in range(len(ordered))]
    net, lines = _lines(ordered, included, feeds, shares)
    denominator = lcm(*(value.denominator for line in (net, *lines) for value in line))
    terms = tuple(
        Term(
            tax=tax,
            included=included[place],
            feeds=feeds[place],
            share=(shares[place] or Fraction(0)).as_integer_ratio(),
            per_unit=Fraction(tax.rate).as_integer_ratio() if tax.kind is TaxKind.FIXED else NOTHING,
            slope=int(lines[place][0] * denominator),
            slope_per_unit=int(lines[place][1] * denominator),
        )
        for place, tax in enumerate(ordered)
    )
    return Formula(
        terms=terms,
        denominator=denominator,
        net_slope=int(net[0] * denominator),
        net_per_unit=int(net[1] * denominator),
        included=tuple(place for place, is_included in enumerate(included) if is_included),
        twins=_twins(terms),
    )


def _share(
    place: int, taxes: Sequence[Tax], included: Sequence[bool], feeds: Sequence[tuple[int, ...]]
) -> Fraction | None:
    """Give a tax as a share of its base; None where it takes all of the price that contains it.

    A percentage of the gross counts all such taxes of the same base at once.
    """
    tax = taxes[place]
    if tax.kind is TaxKind.FIXED:
        return Fraction(0)
    rate = Fraction(tax.rate) / 100
    if tax.kind is TaxKind.PERCENT:
        return rate
    peers = [
        position
        for position, other in enumerate(taxes)
        if other.kind is TaxKind.DIVISION and included[position] == included[place] and feeds[position] == feeds[place]
    ]
    together = sum((Fraction(taxes[position].rate) for position in peers), Fraction(0)) / 100
    if together == 1 and included[place] and not feeds[place] and len(peers) == sum(included):
        return None
    if together >= 1:
        raise Invalid("tax_codes", "Taxes of the gross price must stay below 100 % together. Choose others.")
    return rate / (1 - together)


def _lines(
    taxes: Sequence[Tax],
    included: Sequence[bool],
    feeds: Sequence[tuple[int, ...]],
    shares: Sequence[Fraction | None],
) -> tuple[_Line, list[_Line]]:
    """Give the net amount and every tax as straight lines in the price and the units."""
    takes_all = None in shares
    net: _Line = (Fraction(0), Fraction(0)) if takes_all else (Fraction(1), Fraction(0))
    lines: list[_Line] = []
    for tax, fed_by, share in zip(taxes, feeds, shares, strict=True):
        if share is None:
            lines.append((Fraction(tax.rate) / 100, Fraction(0)))
            continue
        slope = share * (net[0] + sum(lines[feed][0] for feed in fed_by))
        per_unit = Fraction(tax.rate) if tax.kind is TaxKind.FIXED else Fraction(0)
        lines.append((slope, share * (net[1] + sum(lines[feed][1] for feed in fed_by)) + per_unit))
    if takes_all or not any(included):
        return net, lines
    inside = [line for line, is_included in zip(lines, included, strict=True) if is_included]
    price_slope = sum((line[0] for line in inside), Fraction(1))
    price_per_unit = sum((line[1] for line in inside), Fraction(0))
    if price_slope <= 0:
        raise Invalid("tax_codes", "These taxes take the whole price. Choose others.")
    net = 1 / price_slope, -price_per_unit / price_slope
    return net, [(slope * net[0], per_unit + slope * net[1]) for slope, per_unit in lines]


def _twins(terms: Sequence[Term]) -> tuple[tuple[int, ...], ...]:
    feeding = {feed for term in terms for feed in term.feeds}
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, term in enumerate(terms):
        if place not in feeding and term.tax.kind is not TaxKind.FIXED:
            groups.setdefault((term.tax.kind, term.tax.rate, term.included, term.feeds), []).append(place)
    return tuple(tuple(places) for places in groups.values() if len(places) > 1)
