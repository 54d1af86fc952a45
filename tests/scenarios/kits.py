"""``explode``, ``kit_available``, ``kit_cost``, ``kit_delivered``, ``kit_price``: bills over all levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.errors import Invalid
from app.models.bill import (
    Bill,
    BillCycle,
    BillLine,
    Contents,
    contents,
    cost,
    explode,
    spread_price,
    still_open,
    summed_price,
    whole_kits,
)
from app.models.measure import standard
from tests.scenarios.cases import REMARKS, Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.running import adapter, finish

REFUSALS = {
    **dict.fromkeys(("cycle", "circular", "cyclic", "recursion", "recursive_bill", "loop"), BillCycle),
    **dict.fromkeys(("refused", "error", "invalid"), Invalid),
}


@dataclass(frozen=True)
class Recipe:
    """The bills of a case, all quantities in the products' own units."""

    bills: dict[str, Bill]
    units: dict[str, Fraction]
    own: dict[str, str]
    step: Decimal | None

    def steps(self, parts: Mapping[str, Any]) -> dict[str, Decimal]:
        return dict.fromkeys(parts, self.step) if self.step is not None else {}

    def quantity(self, product: str, written: Any, place: str) -> Fraction:
        """A quantity of a product in its own unit: ``'2'``, ``'2 dozen'``, ``[2, dozen]`` or ``{qty, unit}``."""
        unit = ""
        if isinstance(written, Mapping):
            facts = Facts(written, place)
            figure, unit = facts.number("qty"), facts.text("unit" if "unit" in facts else "uom")
            finish(facts)
        else:
            parts = written if isinstance(written, list) else str(written).split()
            if len(parts) not in {1, 2}:
                raise NotCovered(f"{place}: {written!r}")
            figure, unit = number(parts[0], place), str(parts[1]) if len(parts) > 1 else ""
        if not unit:
            return Fraction(figure)
        return Fraction(figure) * self.factor(unit) / self.factor(self.own.get(product, ""))

    def factor(self, unit: str) -> Fraction:
        """Of what a unit holds the base: a single piece, or a gram, or what the case says."""
        if not unit:
            return self.units.get("unit", Fraction(1))
        if unit in self.units:
            return self.units[unit]
        return standard(unit).factor

    def quantities(self, facts: Facts) -> dict[str, Fraction]:
        return {name: self.quantity(name, facts.value(name), facts.place(name)) for name in facts}


def _recipe(given: Facts) -> Recipe:
    units = given.facts("units")
    own = given.facts("own_unit")
    decimals = given.value("qty_decimals")
    recipe = Recipe(
        {},
        {name: Fraction(units.number(name)) for name in units},
        {name: own.text(name) for name in own},
        None if decimals is None else Decimal(1).scaleb(-given.whole("qty_decimals")),
    )
    fixed = {str(each) for each in given.list("fixed")}
    made = given.facts("bill_for")
    bills = given.facts("bill")
    for product in bills:
        lines = bills.facts(product)
        recipe.bills[product] = Bill(
            product,
            tuple(
                BillLine(name, recipe.quantity(name, lines.value(name), lines.place(name)), fixed=name in fixed)
                for name in lines
            ),
            recipe.quantity(product, made.value(product), made.place(product)) if product in made else Fraction(1),
        )
    return recipe


@adapter("explode", parts=("check",))
def run_explode(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given = Facts(round_.given)
        recipe = _recipe(given)
        demand = recipe.quantities(given.facts("demand"))
        refusal = round_.expect if isinstance(round_.expect, str) else given.text("error")
        if refusal:
            for product, quantity in demand.items():
                checks.refused(refusal, REFUSALS, explode, recipe.bills, product, quantity)
            finish(given)
            continue
        exact = _needs(recipe, demand, {})
        rounded = _needs(recipe, demand, recipe.steps(exact))
        expected = round_.expected()
        for name in expected:
            checks.figure(expected.place(name), expected.value(name), rounded.get(name, Fraction(0)))
        if round_.label == "":
            _check_exact(Facts(case.body.get("check") or {}, "check"), exact, checks)
        finish(given, expected)


def _needs(recipe: Recipe, demand: Mapping[str, Fraction], steps: Mapping[str, Decimal]) -> dict[str, Fraction]:
    needs: dict[str, Fraction] = {}
    for product, quantity in demand.items():
        for name, need in explode(recipe.bills, product, quantity, steps).items():
            needs[name] = needs.get(name, Fraction(0)) + need
    return needs


def _check_exact(check: Facts, exact: Mapping[str, Fraction], checks: Checks) -> None:
    for name in check:
        component, _, what = name.rpartition("_")
        if what == "exact":
            checks.written(check.place(name), check.value(name), exact.get(component))
    finish(check)


@adapter("kit_available")
def run_available(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        given = Facts(round_.given)
        recipe = _recipe(given)
        stock = recipe.quantities(given.facts("stock"))
        if round_.expect is not None:
            checks.label = round_.label
            _compare_available(round_.expected(), recipe, stock, checks)
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            facts = Facts(step, f"steps[{index}]")
            facts.ignore(*REMARKS)
            for name, sign in (("stock", 0), ("in", 1), ("receive", 1), ("out", -1), ("ship", -1)):
                for product, quantity in recipe.quantities(facts.facts(name)).items():
                    stock[product] = stock.get(product, Fraction(0)) + sign * quantity if sign else quantity
            _compare_available(facts.facts("expect"), recipe, stock, checks)
            finish(facts)
        finish(given)


def _compare_available(expected: Facts, recipe: Recipe, stock: Mapping[str, Fraction], checks: Checks) -> None:
    for product in expected:
        if product not in recipe.bills:
            raise NotCovered(f"{expected.place(product)} is no kit")
        parts = contents(recipe.bills, product)
        checks.figure(
            expected.place(product), expected.value(product), whole_kits(parts, stock, recipe.steps({**parts.each}))
        )
    finish(expected)


@adapter("kit_delivered")
def run_delivered(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        given = Facts(round_.given)
        recipe = _recipe(given)
        orders = given.facts("ordered")
        if len(list(orders)) != 1:
            raise NotCovered(f"{orders.where} of more than one kit")
        (product,) = orders
        ordered = recipe.quantity(product, orders.value(product), orders.place(product))
        typed = ordered / Fraction(number(_figure(orders.value(product)), orders.place(product)))
        parts, shipped = contents(recipe.bills, product), dict[str, Fraction]()
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            facts = Facts(step, f"steps[{index}]")
            facts.ignore(*REMARKS)
            for name, sign in (("ship", 1), ("deliver", 1), ("return", -1)):
                moves = facts.facts(name) if name in facts else Facts({})
                for component, quantity in recipe.quantities(moves).items():
                    shipped[component] = shipped.get(component, Fraction(0)) + sign * quantity
            if "expect" in facts:
                _compare_delivered(facts.facts("expect"), recipe, parts, (ordered, typed), shipped, checks)
            finish(facts)
        if round_.expect is not None:
            checks.label = round_.label
            expected = round_.expected()
            _compare_delivered(expected, recipe, parts, (ordered, typed), shipped, checks)
            finish(expected)
        finish(given)


def _compare_delivered(
    expected: Facts,
    recipe: Recipe,
    parts: Contents,
    ordered: tuple[Fraction, Fraction],
    shipped: Mapping[str, Fraction],
    checks: Checks,
) -> None:
    steps = recipe.steps({**parts.each, **parts.once})
    rest = still_open(parts, ordered[0], shipped, steps)
    checks.amounts(
        expected,
        {"delivered": whole_kits(parts, shipped, steps) / ordered[1], "backorders": 1 if rest else 0},
    )
    if "backorder" in expected:
        wanted = expected.value("backorder")
        wanted = {name: recipe.quantity(name, each, "backorder") for name, each in (wanted or {}).items()}
        checks.same("backorder", {name: each for name, each in wanted.items() if each}, rest)


def _figure(written: Any) -> Any:
    if isinstance(written, Mapping):
        return written.get("qty")
    return written[0] if isinstance(written, list) else str(written).split()[0]


@adapter("kit_cost")
def run_cost(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given, expected = Facts(round_.given), round_.expected()
        units = given.facts("units")
        recipe = Recipe({}, {name: Fraction(units.number(name)) for name in units}, {}, None)
        each, costs = dict[str, Fraction](), dict[str, Decimal]()
        for index, line in enumerate(given.all_facts("components")):
            name = str(index)
            each[name] = Fraction(line.number("qty")) * recipe.factor(line.text("unit")) / recipe.factor("")
            costs[name] = line.number("cost_per_unit")
        checks.written(expected.place("cost"), expected.value("cost"), cost(Contents(each), costs))
        finish(given, expected)


@adapter("kit_price")
def run_price(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given, expected = Facts(round_.given), round_.expected()
        quantity = given.number("qty", "1")
        lines = [
            (line.number("qty", "1"), line.number("list_price" if "list_price" in line else "rate"))
            for name in ("parts", "components")
            for line in given.all_facts(name)
        ]
        rate = given.optional_number("kit_price")
        rate = summed_price(lines) if rate is None else rate
        checks.amounts(expected, {"bundle_rate": rate, "amount": Fraction(rate) * Fraction(quantity)})
        if "component_unit_prices" in expected:
            if not isinstance(rate, Decimal):
                raise NotCovered("a price to share out without kit_price")
            shares = spread_price(rate, lines)
            wanted = expected.list("component_unit_prices")
            checks.same("component_unit_prices", len(wanted), len(shares))
            for index, (price, share, line) in enumerate(zip(wanted, shares, lines, strict=False)):
                checks.written(f"component_unit_prices[{index}]", price, Fraction(share) / Fraction(line[0]))
        finish(given, expected)
