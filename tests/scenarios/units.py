"""``uom``, ``uom_price``, ``uom_round``: units of measure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from app.models.measure import IncompatibleUnits, Measure, convert_price, convert_quantity, round_quantity, standard
from app.models.rounding import Rounding, round_step
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish

REFUSALS = {"incompatible_units": IncompatibleUnits}


@adapter("uom")
def run_quantity(case: Case, checks: Checks) -> None:
    for given, expect in _rounds(case, checks):
        _compare_quantity(given, expect, checks)
        finish(given)


def _compare_quantity(given: Facts, expect: Any, checks: Checks) -> None:
    source, target, ratio = _units(given)
    quantity = given.optional_number("qty")
    if error := _error(given, expect):
        checks.refused(error, REFUSALS, convert_quantity, quantity or 0, source, target)
        return
    exact = None if quantity is None else convert_quantity(quantity, source, target, ratio=ratio)
    expected = given
    if isinstance(expect, dict):
        expected = Facts(expect, "expect")
    elif expect is not None:
        checks.written("expect", expect, exact)
    if "exact" in expected:
        checks.written("exact", expected.value("exact"), exact)
    if "rounded" in expected:
        checks.figure("rounded", expected.value("rounded"), None if exact is None else round_quantity(exact, target))
    if expected is not given:
        finish(expected)


@adapter("uom_price")
def run_price(case: Case, checks: Checks) -> None:
    for given, expect in _rounds(case, checks):
        source, target, ratio = _units(given)
        price = given.optional_number("price")
        if error := _error(given, expect):
            checks.refused(error, REFUSALS, convert_price, price or 0, source, target)
        else:
            found = None if price is None else convert_price(price, source, target, ratio=ratio)
            checks.written("expect", expect, found)
        finish(given)


@adapter("uom_round")
def run_round(case: Case, checks: Checks) -> None:
    modes = {
        "round": Rounding.HALF_UP,
        "ceil": Rounding.CEILING,
        "floor": Rounding.FLOOR,
        "half_even": Rounding.HALF_EVEN,
        "half_down": Rounding.HALF_DOWN,
    }
    for given, expect in _rounds(case, checks):
        quantity = given.number("qty")
        step = standard(given.text("unit")).step if "unit" in given else given.number("step")
        expected = given if expect is None else Facts(expect, "expect")
        for name, mode in modes.items():
            if name in expected:
                checks.figure(name, expected.value(name), round_step(quantity, step, mode))
        finish(given, expected)


def _rounds(case: Case, checks: Checks) -> Iterator[tuple[Facts, Any]]:
    for round_ in case.rounds():
        if round_.steps:
            raise NotCovered("steps")
        checks.label = round_.label
        yield Facts(round_.given), round_.expect


def _units(given: Facts) -> tuple[Measure, Measure, Fraction | None]:
    """Read the two units and what bridges two kinds of quantity: how much of the other is one, or one over that."""
    ratio = None
    if given.value("rate") is not None:
        ratio = 1 / Fraction(given.number("rate"))
        given.ignore("factor")
    elif given.value("factor") is not None:
        ratio = Fraction(given.number("factor"))
    return standard(given.text("from")), standard(given.text("to")), ratio


def _error(given: Facts, expect: Any) -> str:
    """The refusal that is expected, or nothing."""
    if isinstance(expect, str) and expect in REFUSALS:
        return expect
    return given.text("error")
