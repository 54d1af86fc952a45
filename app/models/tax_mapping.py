"""Which taxes apply between two places, and what a price that contained tax becomes under other taxes.

A rule may also look at the customer (does it have a VAT number, is it exempt), at the product's tax class, and at
whether we are registered for tax where the goods go.

The place decides by where goods go: from the seller's country to the buyer's.  Where a third party ships from
(drop shipment) changes nothing, since the sale is still between the same two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.models.rounding import Rational
from app.models.tax import Prices, Tax
from app.models.tax_formula import formula

EUROPEAN_UNION: Final = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
"""Members by ISO 3166."""

OTHER_EU: Final = "EU"
"""As a destination: another member state than the origin."""

NOT_EU: Final = "NOT EU"
"""As a destination: any country outside the European Union."""


class Status(StrEnum):
    """What the tax law sees in a customer."""

    ANY = ""
    BUSINESS = "business"  # has a VAT number
    OTHER_EU_BUSINESS = "eu business"  # has one of another member state than the origin
    CONSUMER = "consumer"  # has none
    EXEMPT = "exempt"  # an authority said so


class Registered(StrEnum):
    """Whether we are registered for tax where the goods go."""

    ANY = ""
    YES = "yes"
    NO = "no"


class Side(StrEnum):
    """Whose document it is."""

    SALE = "sale"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Between two places these taxes take the place of ``replaces``, or of all.  What is empty matches everything.

    ``origin`` and ``destination`` are ISO 3166 country codes (``destination`` also OTHER_EU or NOT_EU), ``region`` is
    one of the destination, such as CA; ``starts_on`` and ``ends_on`` are the first and last day it holds.
    """

    name: str
    taxes: tuple[Tax, ...] = ()
    origin: str = ""
    destination: str = ""
    side: Side | None = None
    replaces: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    region: str = ""
    status: Status = Status.ANY
    product_class: str = ""
    registered: Registered = Registered.ANY


@dataclass(frozen=True, slots=True)
class Sale:
    """What a rule looks at: from where to where, on which side and day, to whom, and what."""

    origin: str
    destination: str
    side: Side = Side.SALE
    day: date | None = None
    region: str = ""
    status: Status = Status.ANY
    product_class: str = ""
    is_registered: bool = False


def find_rule(rules: Iterable[PlaceRule], sale: Sale, *, replaces: str = "") -> PlaceRule | None:
    """Find the rule for the tax ``replaces``: the one that says most about the case, among equals the first."""
    matching = [rule for rule in rules if _matches(rule, sale, replaces)]
    return max(matching, key=_precision, default=None)


def map_taxes(rules: Sequence[PlaceRule], taxes: Iterable[Tax], sale: Sale) -> tuple[Tax, ...]:
    """Put the taxes of the place in place of a product's own; a tax no rule speaks of stays."""
    mapped: dict[str, Tax] = {}
    own = tuple(taxes)
    if not own:  # a product without taxes gets those of the place, where a rule speaks of any tax
        rule = find_rule(rules, sale)
        return rule.taxes if rule is not None else ()
    for tax in own:
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


def mismatch(rule: PlaceRule, sale: Sale, replaces: str = "") -> str:
    """Name the first condition of a rule that a sale does not meet: a field of the rule; empty: it applies."""
    checks = (
        ("origin", rule.origin in {"", sale.origin}),
        ("destination", _goes_to(rule.destination, sale)),
        ("region", rule.region in {"", sale.region}),
        ("status", _is_status(rule.status, sale.status)),
        ("product_class", rule.product_class in {"", sale.product_class}),
        ("registered", rule.registered is Registered.ANY or (rule.registered is Registered.YES) == sale.is_registered),
        ("side", rule.side in {None, sale.side}),
        ("replaces", rule.replaces in {"", replaces}),
        ("starts_on", sale.day is None or rule.starts_on is None or rule.starts_on <= sale.day),
        ("ends_on", sale.day is None or rule.ends_on is None or sale.day <= rule.ends_on),
    )
    return next((name for name, met in checks if not met), "")


def status_of(vat_number: str, origin: str, *, is_exempt: bool) -> Status:
    """Say what the tax law sees in a customer with this VAT number (empty: none), sold to from ``origin``."""
    if is_exempt:
        return Status.EXEMPT
    if not vat_number:
        return Status.CONSUMER
    country = {"EL": "GR", "XI": "GB"}.get(vat_number[:2].upper(), vat_number[:2].upper())
    if country in EUROPEAN_UNION and origin in EUROPEAN_UNION and country != origin:
        return Status.OTHER_EU_BUSINESS
    return Status.BUSINESS


def _goes_to(destination: str, sale: Sale) -> bool:
    if destination == OTHER_EU:
        return sale.destination in EUROPEAN_UNION and sale.destination != sale.origin
    if destination == NOT_EU:
        return bool(sale.destination) and sale.destination not in EUROPEAN_UNION
    return destination in {"", sale.destination}


def _is_status(wanted: Status, found: Status) -> bool:
    return wanted in {Status.ANY, found} or (wanted is Status.BUSINESS and found is Status.OTHER_EU_BUSINESS)


def _matches(rule: PlaceRule, sale: Sale, replaces: str) -> bool:
    return not mismatch(rule, sale, replaces)


def _precision(rule: PlaceRule) -> tuple[int, bool]:
    """How much a rule says; a country says more than a group of countries."""
    conditions = (
        rule.origin,
        rule.destination,
        rule.side,
        rule.replaces,
        rule.region,
        rule.status,
        rule.product_class,
        rule.registered,
    )
    return sum(map(bool, conditions)), rule.destination not in {"", OTHER_EU, NOT_EU}
