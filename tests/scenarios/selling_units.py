"""``quantity_rules`` and ``secondary_unit``: the quantities a product is sold in, and lines in two units."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.errors import Invalid
from app.models.measure import convert_quantity, factor, round_quantity, standard
from app.models.quantity_rules import QuantityRules
from app.models.rounding import round_decimals
from app.models.secondary_unit import TwoUnitLine
from tests.scenarios.cases import REMARKS, Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.running import adapter, finish

PRICE_DECIMALS = 4
REFUSALS = dict.fromkeys(("refused", "error", "below_minimum", "not_a_step", "too_small", "invalid"), Invalid)


def _figure(written: Any, unit: str, place: str) -> tuple[Decimal, str]:
    """``'0.1 kg'``: the figure and its unit, or the one that is meant where none is written."""
    parts = str(written).split()
    if len(parts) not in {1, 2}:
        raise NotCovered(f"{place}: {written!r}")
    return number(parts[0], place), parts[1] if len(parts) > 1 else unit


@adapter("quantity_rules")
def run_rules(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        given = Facts(round_.given)
        product = given.facts("product")
        unit = product.text("sale_uom", product.text("uom", "unit"))
        rules = QuantityRules(unit, *(_rule(product, name, unit) for name in ("min_qty", "step")))
        product.ignore("list_price", "price", "name")
        if round_.expect is not None:
            checks.label = round_.label
            _compare_rules(given, round_.expect, rules, checks)
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            facts = Facts(step, f"steps[{index}]")
            facts.ignore(*REMARKS)
            _compare_rules(facts, facts.value("expect"), rules, checks)
            finish(facts)
        finish(given)


def _rule(product: Facts, name: str, unit: str) -> Fraction:
    if product.value(name) is None:
        return Fraction(0)
    figure, written = _figure(product.value(name), unit, product.place(name))
    return convert_quantity(figure, standard(written), standard(unit))


def _compare_rules(facts: Facts, expect: Any, rules: QuantityRules, checks: Checks) -> None:
    sale_unit = standard(rules.unit)
    typed = facts.value("qty")
    if isinstance(expect, dict):
        expected = Facts(expect, "expect")
        if "default" in expected:
            figure, unit = _figure(expected.value("default"), rules.unit, "expect.default")
            checks.figure("expect.default", str(figure), convert_quantity(rules.default, sale_unit, standard(unit)))
        finish(expected)
        return
    unit = facts.text("uom" if "uom" in facts else "unit") or rules.unit
    quantity, unit = (rules.default, rules.unit) if typed is None else _figure(typed, unit, "qty")
    per_typed = factor(standard(unit), sale_unit)
    if expect in REFUSALS:
        checks.refused(expect, REFUSALS, rules.check, quantity, per_typed)
    elif expect in {"accepted", "ok"}:
        found = "accepted"
        try:
            rules.check(quantity, per_typed)
        except Invalid as error:
            found = str(error)
        checks.same("expect", "accepted", found)
    else:
        raise NotCovered(f"expect {expect!r}")


class _Line:
    """A line of a product with a second unit, and the names of its two units."""

    def __init__(self, given: Facts) -> None:
        product = given.facts("product")
        self.unit = self.product_unit = product.text("uom", "unit")
        second = product.facts("secondary")
        override = given.facts("customer_override")
        chosen = override if "uom" in override or "per_unit" in override else second
        self.second = self.base = chosen.text("uom") or second.text("uom")
        self.per_unit = Fraction(chosen.number("per_unit") if "per_unit" in chosen else second.number("per_unit"))
        second.ignore("uom", "per_unit")
        self.line = TwoUnitLine(self._ratio(), unit_price=Fraction(product.number("list_price", "0")))

    def _ratio(self) -> Fraction:
        per_line_unit = factor(standard(self.unit), standard(self.product_unit))
        return self.per_unit * per_line_unit * factor(standard(self.base), standard(self.second))

    def type(self, changes: Facts) -> None:
        if "uom" in changes:
            former, self.unit = self.unit, changes.text("uom")
            self.line = self.line.with_unit(factor(standard(self.unit), standard(former)))
        if "secondary_uom" in changes:
            self.second = changes.text("secondary_uom")
            self.line = self.line.with_second_unit(self._ratio())
        if "qty" in changes:
            self.line = self.line.with_quantity(changes.number("qty"))
        for name in ("secondary", "secondary_qty"):
            if name in changes:
                figure, unit = _figure(changes.value(name), self.second, changes.place(name))
                if unit != self.second:
                    self.second = unit
                    self.line = self.line.with_second_unit(self._ratio())
                self.line = self.line.with_second_quantity(figure)
        if "unit_price" in changes:
            self.line = self.line.with_unit_price(changes.number("unit_price"))
        if "secondary_unit_price" in changes:
            self.line = self.line.with_second_unit_price(changes.number("secondary_unit_price"))

    def compare(self, expected: Facts, checks: Checks) -> None:
        checks.amounts(
            expected,
            {
                "qty": round_quantity(self.line.quantity, standard(self.unit)),
                "unit_price": round_decimals(self.line.unit_price, PRICE_DECIMALS),
                "secondary_unit_price": round_decimals(self.line.second_unit_price, PRICE_DECIMALS),
            },
        )
        if "secondary" in expected:
            figure, unit = _figure(expected.value("secondary"), self.second, expected.place("secondary"))
            checks.same(expected.place("secondary"), standard(unit).name, standard(self.second).name)
            found = round_quantity(self.line.second_quantity, standard(self.second))
            checks.figure(expected.place("secondary"), str(figure), found)


@adapter("secondary_unit")
def run_secondary(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        given = Facts(round_.given)
        line = _Line(given)
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            facts = Facts(step, f"steps[{index}]")
            facts.ignore(*REMARKS)
            line.type(facts.facts("set"))
            if "expect" in facts:
                line.compare(facts.facts("expect"), checks)
            finish(facts)
        if not round_.steps:
            line.type(given.facts("set"))
        if round_.expect is not None:
            checks.label = round_.label
            expected = round_.expected()
            line.compare(expected, checks)
            finish(expected)
        finish(given)
