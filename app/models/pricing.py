"""What price lists make of a product, a quantity, a unit and a day; exact, and every step of it can be told.

Within a list its rules are asked in order and the first that fits gives the list's price.  Between lists the
one with the greater priority wins, one with a priority before one without; then the one that is nearer to the
buyer (customer, group, channel, everybody); then the one whose rule is nearer to the product (product, the
nearest category, all products).  Two that stand equal with different prices are an error, not a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from app.errors import Invalid
from app.models.price_list import CATEGORY_SEPARATOR
from app.models.rounding import Rational, round_step

ZERO: Final = Decimal(0)
Convert = Callable[[Rational, str, str], Fraction]
"""Turns an amount of one currency into another, exactly."""


class Base(StrEnum):
    """What a rule starts from."""

    FIXED = "fixed"  # a price of its own
    LIST = "list"  # the product's list price
    OTHER = "other"  # what another price list says


class Nearness(IntEnum):
    """How near a list is to the buyer; the least wins."""

    CUSTOMER = 0
    GROUP = 1
    CHANNEL = 2
    EVERYBODY = 3


class Verdict(StrEnum):
    """What became of a rule that speaks of the product."""

    WON = "won"
    OUTRANKED = "outranked"  # it fits, but another list goes before its own
    LATER = "later"  # it fits, but a rule before it in its list does too
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    NOT_YET = "not_yet"
    OVER = "over"
    OTHER_UNIT = "other_unit"


class PriceConflict(Invalid):
    """Two price lists give different prices and neither goes before the other."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            "unit_price",
            f"{' and '.join(names)} give different prices and neither goes first. Give one of them a priority.",
        )
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class Formula:
    """How a rule makes a price of what it starts from, in the list's currency per unit.

    ``percent`` and ``amount`` are taken off (below zero: put on), the result is rounded to a multiple of ``step``
    (zero: not at all), the surcharge is added; at last the price is kept at least ``min_margin`` and at most
    ``max_margin`` above the start.  A fixed price is its own start.
    """

    base: Base = Base.LIST
    fixed: Decimal | None = None
    percent: Decimal = ZERO
    amount: Decimal = ZERO
    step: Decimal = ZERO
    surcharge: Decimal = ZERO
    min_margin: Decimal | None = None
    max_margin: Decimal | None = None

    def price(self, start: Fraction) -> Fraction:
        """Give the price that starts from ``start``."""
        found = start * (100 - Fraction(self.percent)) / 100 - Fraction(self.amount)
        if self.step:
            found = Fraction(round_step(found, self.step))
        found += Fraction(self.surcharge)
        if self.min_margin is not None:
            found = max(found, start + Fraction(self.min_margin))
        if self.max_margin is not None:
            found = min(found, start + Fraction(self.max_margin))
        return found


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One rule of a list; without product and category it speaks of every product.

    With a ``unit`` it speaks of lines in that unit only, and counts and prices it; without one, the stock unit.
    """

    id: UUID
    list_id: UUID
    formula: Formula
    position: int = 1
    product_id: UUID | None = None
    category: str = ""
    unit: str = ""
    min_quantity: Decimal = ZERO
    max_quantity: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    base_list_id: UUID | None = None

    def distance(self, product_id: UUID, category: str) -> int | None:
        """How far the rule is from a product: 0 for the product itself, then its category; None: not of it."""
        if self.product_id is not None:
            return 0 if self.product_id == product_id else None
        steps = [part.strip() for part in category.split(CATEGORY_SEPARATOR) if part.strip()]
        if not self.category:
            return len(steps) + 2
        wanted = [part.strip() for part in self.category.split(CATEGORY_SEPARATOR) if part.strip()]
        return 1 + len(steps) - len(wanted) if steps[: len(wanted)] == wanted else None


@dataclass(frozen=True, slots=True)
class PriceList:
    """A list as it concerns one buyer; ``nearness`` says how it comes to them."""

    id: UUID
    name: str
    currency: str
    rules: tuple[PriceRule, ...]
    priority: int | None = None
    nearness: Nearness = Nearness.EVERYBODY
    shows_discount: bool = False
    starts_on: date | None = None
    ends_on: date | None = None

    def days(self, on: date) -> Verdict | None:
        """Why the list is not in use on a day; None: it is."""
        return _outside(self.starts_on, self.ends_on, on)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a price is asked for; ``factor`` stock units are one ``unit``, ``list_price`` is per stock unit.

    The list price is in the company's currency.  A quantity below zero counts as what it takes back.
    """

    product_id: UUID
    category: str
    list_price: Decimal
    quantity: Fraction
    on: date
    unit: str = ""
    factor: Fraction = Fraction(1)

    def verdict(self, rule: PriceRule) -> Verdict | None:
        """Why a rule that speaks of the product does not fit; None: it does."""
        if rule.unit and rule.unit != self.unit:
            return Verdict.OTHER_UNIT
        quantity = abs(self.quantity) * (1 if rule.unit else self.factor)
        if quantity < Fraction(rule.min_quantity):
            return Verdict.TOO_FEW
        if rule.max_quantity is not None and quantity > Fraction(rule.max_quantity):
            return Verdict.TOO_MANY
        return _outside(rule.starts_on, rule.ends_on, self.on)


def _outside(starts_on: date | None, ends_on: date | None, on: date) -> Verdict | None:
    if starts_on is not None and on < starts_on:
        return Verdict.NOT_YET
    return Verdict.OVER if ends_on is not None and on > ends_on else None


@dataclass(frozen=True, slots=True)
class Considered:
    """A rule that was looked at; ``price`` is what it says per asked unit, None where it prices another unit."""

    list: PriceList
    rule: PriceRule
    verdict: Verdict
    price: Fraction | None

    def rank(self, asked: Asked) -> tuple[int, int, int]:
        """The least goes first."""
        priority = -1 if self.list.priority is None else self.list.priority
        distance = self.rule.distance(asked.product_id, asked.category)
        return (-priority, self.list.nearness, 0 if distance is None else distance)


@dataclass(frozen=True, slots=True)
class Lists:
    """The price lists of one buyer, all in the ``currency`` that is asked for, and those they are based on.

    ``company_currency`` is that of list prices; ``convert`` takes them into the currency of a list.
    """

    lists: tuple[PriceList, ...]
    currency: str
    company_currency: str
    convert: Convert
    bases: Mapping[UUID, PriceList] = field(default_factory=dict)

    def look(self, asked: Asked) -> tuple[Considered, ...]:
        """Look at every rule that speaks of the product, the one that wins first, then in the order they are asked.

        Raises:
            PriceConflict: two lists stand equal and give different prices.
            Invalid: a currency has no rate, or lists are based on each other in a circle.

        """
        looked = self.judge(asked)
        best = _best([one for one in looked if one.verdict is Verdict.WON], asked)
        beaten = [
            replace(one, verdict=Verdict.OUTRANKED) if one.verdict is Verdict.WON else one
            for one in looked
            if one is not best
        ]
        return (*(() if best is None else (best,)), *beaten)

    def judge(self, asked: Asked) -> tuple[Considered, ...]:
        """Judge each list by itself, as if it stood alone: in every list one rule at most has won.

        Raises:
            Invalid: a currency has no rate, or lists are based on each other in a circle.

        """
        return tuple(one for each in self.lists for one in self._of_list(each, asked))

    def winner(self, asked: Asked) -> Considered | None:
        """The rule that gives the price; None: no rule does, the list price stands.

        Raises:
            PriceConflict: two lists stand equal and give different prices.
            Invalid: a currency has no rate, or lists are based on each other in a circle.

        """
        found = []
        for each in self.lists:
            rule = _first(each, asked)
            if rule is not None:
                found.append(Considered(each, rule, Verdict.WON, self._price(each, rule, asked, ())))
        return _best(found, asked)

    def _of_list(self, each: PriceList, asked: Asked) -> Iterator[Considered]:
        """Judge the rules of one list; the first that fits has won within it."""
        outside, first = each.days(asked.on), _first(each, asked)
        for rule in each.rules:
            if rule.distance(asked.product_id, asked.category) is None:
                continue
            verdict = outside or asked.verdict(rule) or (Verdict.WON if rule is first else Verdict.LATER)
            price = None if rule.unit not in {"", asked.unit} else self._price(each, rule, asked, ())
            yield Considered(each, rule, verdict, price)

    def _price(self, each: PriceList, rule: PriceRule, asked: Asked, path: tuple[UUID, ...]) -> Fraction:
        """What a rule says per asked unit, in its list's currency; formulas count in the rule's unit."""
        per_asked = Fraction(1) if rule.unit else asked.factor
        formula = rule.formula
        if formula.base is Base.FIXED:
            return formula.price(Fraction(formula.fixed or ZERO)) * per_asked
        if formula.base is Base.OTHER and rule.base_list_id is not None:
            start = self._of_base(rule.base_list_id, each.currency, asked, (*path, each.id))
        else:
            start = self._listed(asked, each.currency)
        return formula.price(start / per_asked) * per_asked

    def _of_base(self, list_id: UUID, currency: str, asked: Asked, path: tuple[UUID, ...]) -> Fraction:
        """What another list says per asked unit, in ``currency``; the list price where none of its rules fits."""
        if list_id in path:
            raise Invalid("base_list_id", "These price lists are based on each other in a circle. Base one on prices.")
        base = self.bases[list_id]
        rule = _first(base, asked)
        if rule is None:
            return self._listed(asked, currency)
        return self.convert(self._price(base, rule, asked, path), base.currency, currency)

    def _listed(self, asked: Asked, currency: str) -> Fraction:
        return self.convert(asked.list_price, self.company_currency, currency) * asked.factor

    def start(self, asked: Asked) -> Fraction:
        """The list price of one asked unit in the currency that is asked for.

        Raises:
            Invalid: that currency has no rate.

        """
        return self._listed(asked, self.currency)

    def turns(self, asked: Asked) -> tuple[list[Fraction], list[date]]:
        """The quantities (of the asked unit) and days from which on another rule may give the price, in order.

        Past the most a rule speaks of it is the next whole one.
        """
        quantities: set[Fraction] = set()
        days = {each.starts_on for each in (*self.lists, *self.bases.values())}
        ended = {each.ends_on for each in (*self.lists, *self.bases.values())}
        for each in (*self.lists, *self.bases.values()):
            for rule in each.rules:
                if rule.distance(asked.product_id, asked.category) is not None and rule.unit in {"", asked.unit}:
                    per_unit = 1 if rule.unit else asked.factor
                    quantities.add(Fraction(rule.min_quantity) / per_unit)
                    if rule.max_quantity is not None:
                        quantities.add(Fraction(int(Fraction(rule.max_quantity) / per_unit) + 1))
                    days.add(rule.starts_on)
                    ended.add(rule.ends_on)
        turning = {day for day in days if day is not None}
        turning |= {day + timedelta(days=1) for day in ended if day is not None and day < date.max}
        more = sorted(each for each in quantities if each > abs(asked.quantity))
        return more, sorted(day for day in turning if day > asked.on)


def _first(each: PriceList, asked: Asked) -> PriceRule | None:
    """The rule that gives a list's price: the first that speaks of the product and fits."""
    if each.days(asked.on) is not None:
        return None
    for rule in each.rules:
        if rule.distance(asked.product_id, asked.category) is not None and asked.verdict(rule) is None:
            return rule
    return None


def _best(fitting: Sequence[Considered], asked: Asked) -> Considered | None:
    ranked = sorted(fitting, key=lambda one: one.rank(asked))
    equal = [one for one in ranked if one.rank(asked) == ranked[0].rank(asked)]
    if len({one.price for one in equal}) > 1:
        raise PriceConflict([one.list.name for one in equal])
    return ranked[0] if ranked else None
