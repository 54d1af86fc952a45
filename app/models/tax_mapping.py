"""Which taxes apply between two places, and what a price that contained tax becomes under other taxes.

The place decides by where goods go: from the seller's country to the buyer's.  Where a third party ships from
(drop shipment) changes nothing, since the sale is still between the same two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from app.models.rounding import Rational
from app.models.tax import Prices, Tax
from app.models.tax_formula import formula


class Side(StrEnum):
    """Whose document it is."""

    SALE = "sale"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Between two places these taxes take the place of ``replaces``, or of all.  What is empty matches everything.

    ``origin`` and ``destination`` are ISO 3166 country codes; ``starts_on`` and ``ends_on`` are the first
    and last day it holds.
    """

    name: str
    taxes: tuple[Tax, ...] = ()
    origin: str = ""
    destination: str = ""
    side: Side | None = None
    replaces: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """What a rule looks at: from where to where, on which side and day."""

    origin: str
    destination: str
    side: Side = Side.SALE
    day: date | None = None


def find_rule(rules: Iterable[PlaceRule], sale: Sale, *, replaces: str = "") -> PlaceRule | None:
    """Find the rule for the tax ``replaces``: the one that says most about the case, among equals the first."""
    matching = [rule for rule in rules if _matches(rule, sale, replaces)]
    return max(matching, key=_precision, default=None)


def map_taxes(rules: Sequence[PlaceRule], taxes: Iterable[Tax], sale: Sale) -> tuple[Tax, ...]:
    """Put the taxes of the place in place of a product's own; a tax no rule speaks of stays."""
    mapped: dict[str, Tax] = {}
    for tax in taxes:
        rule = find_rule(rules, sale, replaces=tax.code)
        for each in (tax,) if rule is None else rule.taxes:
            mapped.setdefault(each.code, each)
    return tuple(mapped.values())


def adapt_price(price: Rational, before: tuple[Tax, ...], after: tuple[Tax, ...]) -> Fraction:
    """Give the unit price under other taxes, exactly.

    A price that contained all of its taxes keeps its net amount and then contains those of the new taxes
    that a price contains.  Any other price stays as it is typed.

    Raises:
        Invalid: the taxes of the price leave no net amount.

    """
    old = formula(before, Prices.BY_TAX)
    if not old.terms or len(old.included) < len(old.terms):
        return Fraction(price)
    net = Fraction(*old.net_in(Fraction(price).as_integer_ratio(), (1, 1)))
    new = formula(after, Prices.BY_TAX)
    if not new.included:
        return net
    # price = (net - net_per_unit / denominator) x denominator / net_slope, the inverse of net_in
    return (net * new.denominator - new.net_per_unit) / new.net_slope


def _matches(rule: PlaceRule, sale: Sale, replaces: str) -> bool:
    return (
        rule.origin in {"", sale.origin}
        and rule.destination in {"", sale.destination}
        and rule.side in {None, sale.side}
        and rule.replaces in {"", replaces}
        and (sale.day is None or rule.starts_on is None or rule.starts_on <= sale.day)
        and (sale.day is None or rule.ends_on is None or sale.day <= rule.ends_on)
    )


def _precision(rule: PlaceRule) -> int:
    return sum(map(bool, (rule.origin, rule.destination, rule.side, rule.replaces)))
