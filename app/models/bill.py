"""Bills of materials and kits: what goes into one of a product, over all levels, exactly.

Pure arithmetic: bills go in as values, wherever they are stored.  Every quantity is exact and in the stock unit of
its own product; a line typed in another unit is multiplied by that unit's factor before.  Rounding happens only where
a component's unit has fewer decimals than the need, at the end and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm
from typing import Final

from app.errors import Invalid
from app.models.rounding import Rational, round_step, scaled, spread

ONCE_FOR_ALL: Final = "A kit needs at least one component whose quantity grows with it. Change the bill."


@dataclass(frozen=True, slots=True)
class BillLine:
    """A component: how much of it, in its own unit, goes into what the bill makes.

    A ``fixed`` quantity is needed once, however much is made (a manual in the box of a delivery).
    """

    component: str
    quantity: Fraction
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """What goes into ``quantity`` of ``product``."""

    product: str
    lines: tuple[BillLine, ...]
    quantity: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a product comes down to over all levels: of each component so much per unit, and so much once."""

    each: Mapping[str, Fraction] = field(default_factory=dict)
    once: Mapping[str, Fraction] = field(default_factory=dict)

    def of(self, quantity: Rational, steps: Mapping[str, Decimal] | None = None) -> dict[str, Fraction]:
        """The components of ``quantity`` of the product; nothing for none.

        ``steps`` are the smallest quantities of components that can not be divided at will; what is needed of these
        is rounded to the nearest multiple, halves up.
        """
        if not quantity:
            return {}
        needs = {component: share * Fraction(quantity) for component, share in self.each.items()}
        for component, share in self.once.items():
            needs[component] = needs.get(component, Fraction(0)) + share
        return {component: _stepped(need, (steps or {}).get(component)) for component, need in needs.items()}


class BillCycle(Invalid):
    """A product is, over some levels, a component of itself; ``path`` leads from it to it."""

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__(
            "component",
            f"{path[0]} would be made of itself: {' → '.join(path)}. Take it out of one of these bills.",
        )
        self.path = tuple(path)


def contents(bills: Mapping[str, Bill], product: str) -> Contents:
    """Bring a product down to the components that have no bill themselves.

    Each bill is read once, however often and however deep it is used.

    Raises:
        BillCycle: a product is part of itself.
        Invalid: a bill is for nothing, or a line has a negative quantity.

    """
    done = dict[str, Contents]()
    for name in _from_below(bills, product):
        done[name] = _one_level(bills[name], done) if name in bills else Contents({name: Fraction(1)})
    return done[product]


def levels(bills: Mapping[str, Bill], product: str) -> list[str]:
    """All products that go into one, itself first, each before its own components: the order to plan them in.

    Raises:
        BillCycle: a product is part of itself.

    """
    return _from_below(bills, product)[::-1]


def explode(
    bills: Mapping[str, Bill], product: str, quantity: Rational, steps: Mapping[str, Decimal] | None = None
) -> dict[str, Fraction]:
    """What ``quantity`` of a product needs of components without a bill, over all levels; see :meth:`Contents.of`.

    Raises:
        BillCycle: a product is part of itself.
        Invalid: a bill is for nothing, or a line has a negative quantity.

    """
    return contents(bills, product).of(quantity, steps)


def whole_kits(parts: Contents, quantities: Mapping[str, Rational], steps: Mapping[str, Decimal] | None = None) -> int:
    """How many whole kits these components make: on the shelf, or at the customer's.

    A component whose need was rounded to a step counts as complete with the rounded quantity.  Components that are
    needed once must be there once.

    Raises:
        Invalid: the kit consists of components needed once only, so that nothing counts it.

    """
    if not any(parts.each.values()):
        raise Invalid("bill", ONCE_FOR_ALL)
    steps = steps or {}
    most = None
    for component in {**parts.each, **parts.once}:
        there = Fraction(quantities.get(component, 0))
        once = parts.once.get(component, Fraction(0))
        each = parts.each.get(component, Fraction(0))
        if each:
            count = _complete(there, each, once, steps.get(component))
        elif there >= _stepped(once, steps.get(component)):
            continue
        else:
            count = 0
        most = count if most is None else min(most, count)
    return most or 0


def still_open(
    parts: Contents,
    ordered: Rational,
    shipped: Mapping[str, Rational],
    steps: Mapping[str, Decimal] | None = None,
) -> dict[str, Fraction]:
    """What of each component is still to be shipped for ``ordered`` kits; ``shipped`` is less what came back.

    A component that was shipped in excess is not owed; it never makes up for another.
    """
    needs = parts.of(ordered, steps)
    rest = {component: need - Fraction(shipped.get(component, 0)) for component, need in needs.items()}
    return {component: quantity for component, quantity in rest.items() if quantity > 0}


def cost(parts: Contents, unit_costs: Mapping[str, Rational], quantity: Rational = 1) -> Fraction:
    """The exact cost of ``quantity`` kits from the cost of one unit of each component.

    Raises:
        Invalid: the cost of a component is not known.

    """
    needs = parts.of(quantity)
    unknown = sorted(set(needs) - set(unit_costs))
    if unknown:
        raise Invalid("cost", f"The cost of {', '.join(unknown)} is not known. Type it in at the product.")
    return sum((need * Fraction(unit_costs[component]) for component, need in needs.items()), Fraction(0))


def summed_price(lines: Iterable[tuple[Rational, Rational]]) -> Fraction:
    """The price of one kit that costs what its parts cost: of each the quantity in one kit and its price."""
    return sum((Fraction(quantity) * Fraction(price) for quantity, price in lines), Fraction(0))


def spread_price(amount: Decimal, lines: Sequence[tuple[Rational, Rational]], decimals: int = 2) -> list[Decimal]:
    """Share the price of a kit out over its components, in proportion to quantity times list price.

    ``lines`` has of each component its quantity and list price.  The shares, in the currency's decimals, add up to
    ``amount``; the last cents go by largest remainder, ties to the earlier line.  Where no component has a price they
    share by quantity.

    Raises:
        Invalid: ``amount`` has more decimals than the currency.

    """
    cents = Fraction(amount) * 10**decimals
    if cents.denominator != 1:
        raise Invalid("price", f"{amount:f} has more decimals than the currency. Round the price of the kit first.")
    weights = [Fraction(quantity) * Fraction(price) for quantity, price in lines]
    if not any(weights):
        weights = [Fraction(quantity) for quantity, _ in lines]
    common = lcm(*(weight.denominator for weight in weights))
    return [scaled(part, decimals) for part in spread(int(cents), [int(weight * common) for weight in weights])]


def _one_level(bill: Bill, done: Mapping[str, Contents]) -> Contents:
    if bill.quantity <= 0:
        raise Invalid("quantity", f"The bill of {bill.product} is for nothing. Say how much it makes.")
    each, once = dict[str, Fraction](), dict[str, Fraction]()
    for line in bill.lines:
        if line.quantity < 0:
            raise Invalid("quantity", f"{line.component} in the bill of {bill.product} can not be less than nothing.")
        if not line.quantity:
            continue
        part = done[line.component]
        times = line.quantity if line.fixed else line.quantity / bill.quantity
        for component, share in part.each.items():
            target = once if line.fixed else each
            target[component] = target.get(component, Fraction(0)) + share * times
        for component, share in part.once.items():
            once[component] = once.get(component, Fraction(0)) + share
    return Contents(each, once)


def _from_below(bills: Mapping[str, Bill], product: str) -> list[str]:
    """The product and all below it, components before what they go into; without recursion, so of any depth."""
    order, finished, path = list[str](), set[str](), [product]
    waiting = [_components(bills, product)]
    on_path = {product}
    while path:
        following = next((name for name in waiting[-1] if name not in finished), None)
        if following is None:
            waiting.pop()
            on_path.discard(path[-1])
            finished.add(path[-1])
            order.append(path.pop())
        elif following in on_path:
            raise BillCycle([*path[path.index(following) :], following])
        else:
            path.append(following)
            on_path.add(following)
            waiting.append(_components(bills, following))
    return order


def _components(bills: Mapping[str, Bill], product: str) -> Iterable[str]:
    """An iterator that goes on where it stopped."""
    return iter([line.component for line in bills[product].lines]) if product in bills else iter(())


def _stepped(quantity: Fraction, step: Decimal | None) -> Fraction:
    return quantity if step is None else Fraction(round_step(quantity, step))


def _complete(there: Fraction, each: Fraction, once: Fraction, step: Decimal | None) -> int:
    """The greatest number of kits whose need of one component, rounded to its step, is there."""
    reach = there if step is None else there + Fraction(step) / 2
    count = max(floor((reach - once) / each), 0)
    if step is not None and _stepped(each * count + once, step) > there:
        count -= 1
    return max(count, 0)
