"""``price_line``: list price, margin, discount and unit price of one line, each from the others."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from app.errors import Invalid
from app.models.measure import Measure, Quantity, factor, standard
from app.services.line_price import Agreed, LinePrice
from tests.scenarios.cases import REMARKS, Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.running import adapter, finish


@adapter("price_line")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        state = dict(round_.given)
        price = _start(Facts(state))
        price = _change(price, state, Facts(state))
        if round_.expect is not None or not round_.steps:
            _compare(price, state, round_.expected(), checks)
        for index, step in enumerate(round_.steps, 1):
            checks.label = f"{round_.label} step {index}".strip()
            facts = Facts(step, f"steps[{index}]")
            facts.ignore(*REMARKS)
            changes = facts.value("set", {})
            state |= changes
            price = _change(price, state, Facts(changes, "set"))
            _compare(price, state, facts.facts("expect"), checks)
            finish(facts)


def _start(given: Facts) -> LinePrice:
    return LinePrice(
        given.number("list_price"),
        given.whole("price_decimals", 4),
        given.whole("discount_decimals", 2),
    )


_TYPED = ("discount_pct", "discount_amount", "unit_price")


def _change(price: LinePrice, state: dict[str, object], changes: Facts) -> LinePrice:
    """Type values into the line, as a person would: the margin first, then the discount or the price."""
    changes.ignore("qty", "qty_uom", "uom", "factor", "price_decimals", "discount_decimals")
    if "list_price" in changes:
        price = replace(price, list_price=changes.number("list_price"))
    if "margin_pct" in changes:
        price = replace(price, margin_percent=changes.number("margin_pct"))
    if "margin_amount" in changes:
        price = replace(price, margin_amount=changes.number("margin_amount"))
    typed = [name for name in _TYPED if name in changes]
    if len(typed) > 1:
        raise NotCovered(f"{' and '.join(typed)} typed at once")
    for name in typed:
        value = changes.number(name)
        if name == "unit_price":
            price = price.with_unit_price(value, factor=_factor(Facts(state)))
        else:
            price = replace(price, agreed=Agreed.PERCENT if name == "discount_pct" else Agreed.AMOUNT, value=value)
    finish(changes)
    return price


def _compare(price: LinePrice, state: dict[str, object], expected: Facts, checks: Checks) -> None:
    given = Facts(state)
    per_typed_unit = _factor(given)
    checks.amounts(
        expected,
        {
            "price_with_margin": price.price_with_margin,
            "discount_pct": price.discount_percent,
            "discount_amount": price.discount_amount,
            "unit_price": price.price_of(per_typed_unit),
            "line_total": price.line_total(given.number("qty", "1"), factor=per_typed_unit),
        },
    )
    finish(expected)


def _factor(given: Facts) -> Fraction:
    """How many units that the list price is for (``uom``) one unit of the quantity (``qty_uom``) holds.

    ``factor`` belongs to the bigger of the two when one of them is a single piece; where both are standard
    units it must agree with what they are.
    """
    uom, typed = given.text("uom"), given.text("qty_uom")
    factor_given = given.optional_number("factor")
    if typed in {"", uom}:
        return Fraction(1) if factor_given is None or typed else Fraction(factor_given)
    if not uom:
        raise NotCovered("a unit of the quantity without one of the price")
    known = _known(typed, uom)
    if factor_given is None:
        if known is None:
            raise NotCovered(f"nothing says how many {uom} are one {typed}")
        return known
    given_factor = Fraction(factor_given)
    if known is not None and known in {given_factor, 1 / given_factor}:
        return known
    if _is_piece(typed):
        return 1 / given_factor
    if _is_piece(uom):
        return given_factor
    raise NotCovered(f"which of {uom} and {typed} the factor {factor_given} belongs to")


def _known(typed: str, uom: str) -> Fraction | None:
    source, target = _measure(typed), _measure(uom)
    if source is None or target is None or source.quantity is not target.quantity:
        return None
    return factor(source, target)


def _is_piece(name: str) -> bool:
    measure = _measure(name)
    return measure is not None and measure.quantity is Quantity.COUNT and measure.factor == 1


def _measure(name: str) -> Measure | None:
    try:
        return standard(name)
    except Invalid:
        return None
