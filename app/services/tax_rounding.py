"""Turns line amounts into net amounts and taxes, rounding each line or the whole document.

Used by :mod:`app.services.totals` only.  Amounts are whole steps of the document's currency.

- *line*: every line is rounded by itself, on its rounded amount; the document adds lines up.
- *document*: nothing is rounded before the document's sum of a tax; that is rounded once and then shared out over
  the lines, so that lines still add up to the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from math import lcm
from typing import NamedTuple

from app.models.rounding import Rounding, round_ratio, settle
from app.models.tax_formula import Formula, Ratio


class Entry(NamedTuple):
    """One line as its taxes see it: the rounded price amount, the same unrounded, and the units it counts."""

    formula: Formula
    price: int
    exact: Ratio
    units: Ratio
    is_negative: bool


class Share(NamedTuple):
    """One line's net amount and the amount of each tax of its formula."""

    net: int
    taxes: Sequence[int]


@dataclass(slots=True)
class TaxSum:
    """Base and amount of one tax over lines of one sign."""

    base: int = 0
    amount: int = 0


TaxSums = dict[tuple[str, bool], TaxSum]
"""Sums by tax code and whether the lines are negative, in the order they came up."""


def by_line(entries: Iterable[Entry], mode: Rounding) -> list[Share]:
    """Round every line by itself."""
    return [Share(*entry.formula.inside(entry.price, entry.units, mode)) for entry in entries]


def add_up(entries: Sequence[Entry], shares: Sequence[Share]) -> TaxSums:
    """Add the taxes of lines up by tax and sign."""
    sums: TaxSums = {}
    for entry, (net, taxes) in zip(entries, shares, strict=True):
        for term, amount in zip(entry.formula.terms, taxes, strict=True):
            key = (term.tax.code, entry.is_negative)
            found = sums.get(key)
            if found is None:
                found = sums[key] = TaxSum()
            found.amount += amount
            found.base += net
            for feed in term.feeds:
                found.base += taxes[feed]
    return sums


@dataclass(slots=True)
class _Group:
    """Lines of one formula and sign, with the exact amount of every tax on every line over one denominator."""

    formula: Formula
    is_negative: bool
    lines: list[int] = field(default_factory=list)
    parts: list[list[int]] = field(default_factory=list)  # by tax, then by line
    sums: list[int] = field(default_factory=list)  # by tax
    denominator: int = 1
    price: int = 0
    amounts: list[int] = field(default_factory=list)  # by tax, rounded

    def fill(self, entries: Sequence[Entry]) -> None:
        """Compute the exact taxes of the group's lines."""
        group = [entries[line] for line in self.lines]
        self.price = sum(entry.price for entry in group)
        ratios = [(entry.price, 1) if self.formula.included else entry.exact for entry in group]
        counted = any(entry.units[0] for entry in group)
        common = lcm(*(denominator for _, denominator in ratios))
        if counted:
            common = lcm(common, *(entry.units[1] for entry in group))
        prices = [numerator * (common // denominator) for numerator, denominator in ratios]
        self.parts = [[term.slope * price for price in prices] for term in self.formula.terms]
        if counted:
            units = [entry.units[0] * (common // entry.units[1]) for entry in group]
            self.parts = [
                [part + term.slope_per_unit * count for part, count in zip(parts, units, strict=True)]
                for term, parts in zip(self.formula.terms, self.parts, strict=True)
            ]
        self.sums = [sum(parts) for parts in self.parts]
        self.denominator = common * self.formula.denominator
        self.amounts = [0] * len(self.formula.terms)

    def spread_over_lines(self, entries: Sequence[Entry], shares: list[Share | None], mode: Rounding) -> None:
        """Share the group's rounded taxes out; what they leave of a contained price is the line's net amount."""
        columns = [
            settle(amount, parts, self.denominator, mode)
            for amount, parts in zip(self.amounts, self.parts, strict=True)
        ]
        included = self.formula.included
        for line, taxes in zip(self.lines, zip(*columns, strict=True) if columns else repeat(()), strict=False):
            net = entries[line].price
            for place in included:
                net -= taxes[place]
            shares[line] = Share(net, taxes)

    def add_to(self, sums: TaxSums, mode: Rounding) -> None:
        """Add the group's taxes to the document's; the base is the net amount and what feeds the tax, rounded once."""
        net = self.price - sum(self.amounts[place] for place in self.formula.included)
        for place, term in enumerate(self.formula.terms):
            total = sums.setdefault((term.tax.code, self.is_negative), TaxSum())
            fed = sum(self.sums[feed] for feed in term.feeds)
            total.base += net + (round_ratio(fed, self.denominator, mode) if fed else 0)
            total.amount += self.amounts[place]


def by_document(entries: Sequence[Entry], mode: Rounding) -> tuple[list[Share], TaxSums]:
    """Round each tax once for the document and share it out over the lines."""
    groups: dict[tuple[Formula, bool], _Group] = {}
    for line, entry in enumerate(entries):
        key = (entry.formula, entry.is_negative)
        if key not in groups:
            groups[key] = _Group(*key)
        groups[key].lines.append(line)
    for group in groups.values():
        group.fill(entries)
    _round_contained(list(groups.values()), mode)
    _round_on_top(list(groups.values()), mode)
    shares: list[Share | None] = [None] * len(entries)
    sums: TaxSums = {}
    for group in groups.values():
        group.spread_over_lines(entries, shares, mode)
        group.add_to(sums, mode)
    return [share for share in shares if share is not None], sums


def _round_contained(groups: Sequence[_Group], mode: Rounding) -> None:
    """For each set of taxes: the net amount is rounded, the contained taxes are the rest of the price."""
    for formula in dict.fromkeys(group.formula for group in groups if group.formula.included):
        same = [group for group in groups if group.formula is formula]
        denominator = lcm(*(group.denominator for group in same))
        exact = {
            place: [group.sums[place] * (denominator // group.denominator) for group in same]
            for place in formula.included
        }
        price = sum(group.price for group in same)
        contained = sum(sum(parts) for parts in exact.values())
        rest = price - round_ratio(price * denominator - contained, denominator, mode)
        amounts = settle(rest, [sum(exact[place]) for place in formula.included], denominator, mode)
        for place, amount in zip(formula.included, amounts, strict=True):
            for group, part in zip(same, settle(amount, exact[place], denominator, mode), strict=True):
                group.amounts[place] = part


def _round_on_top(groups: Sequence[_Group], mode: Rounding) -> None:
    """Round each tax that comes on top once for the document; equal taxes of the same lines as one."""
    denominator = lcm(*(group.denominator for group in groups))
    exact: dict[str, list[tuple[_Group, int, int]]] = {}
    for group in groups:
        for place, term in enumerate(group.formula.terms):
            if not term.included:
                part = group.sums[place] * (denominator // group.denominator)
                exact.setdefault(term.tax.code, []).append((group, place, part))
    sums = {code: sum(part for _, _, part in parts) for code, parts in exact.items()}
    amounts = {code: round_ratio(part, denominator, mode) for code, part in sums.items()}
    for twins in _twins(groups):
        together = round_ratio(sum(sums[code] for code in twins), denominator, mode)
        amounts.update(zip(twins, settle(together, [sums[code] for code in twins], denominator, mode), strict=True))
    for code, parts in exact.items():
        settled = settle(amounts[code], [part for _, _, part in parts], denominator, mode)
        for (group, place, _), amount in zip(parts, settled, strict=True):
            group.amounts[place] = amount


def _twins(groups: Sequence[_Group]) -> list[tuple[str, ...]]:
    """Find the equal taxes on top that stand together wherever one of them stands."""
    formulas = list(dict.fromkeys(group.formula for group in groups))
    found: dict[tuple[str, ...], int] = {}
    seen: dict[str, int] = {}
    for formula in formulas:
        for term in formula.terms:
            seen[term.tax.code] = seen.get(term.tax.code, 0) + 1
        for twins in formula.twins:
            if not formula.terms[twins[0]].included:
                codes = tuple(formula.terms[place].tax.code for place in twins)
                found[codes] = found.get(codes, 0) + 1
    return [codes for codes, times in found.items() if all(seen[code] == times for code in codes)]
