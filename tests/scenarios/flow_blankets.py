"""Blanket orders in a ``flow``: agreed with the case, called off step by step, closed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from app.services import blankets
from app.services.blankets import Agreed, NewBlanket
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company

STATES = {"open": "open", "running": "open", "active": "open", "to order": "open", "closed": "closed", "done": "closed"}


def agree(company: Company, given: Facts) -> None:
    """Agree on the blanket order of a case: each product with its quantity, or with quantity and price."""
    facts = given.facts("blanket")
    lines = []
    for product in facts:
        value = facts.value(product)
        row = facts.facts(product) if isinstance(value, dict) else Facts({"qty": value})
        price = row.optional_number("unit_price")
        lines.append(Agreed(company.product(product), row.number("qty"), Decimal(10) if price is None else price))
    if lines:
        new = NewBlanket(company.customer, tuple(lines), starts_on=company.today)
        company.blanket_id = company.do("blanket.add", partial(blankets.add, new=new))


def _sheet(company: Company) -> Any:
    if company.blanket_id is None:
        raise NotCovered("there is no blanket order")
    return company.read(partial(_read, blanket_id=company.blanket_id))


def _read(connection: Any, blanket_id: Any) -> Any:
    return blankets.read(connection, blanket_id)


def _call_off(company: Company, facts: Facts) -> None:
    quantity = facts.number("qty")
    company.overrun = quantity
    _order(company, quantity, beyond=False)
    company.overrun = None


def _order(company: Company, quantity: Decimal, *, beyond: bool) -> None:
    sheet = _sheet(company)
    line = sheet.lines[0]
    wanted = {line.id: line.product.grains(quantity, line.unit)}
    step = partial(blankets.call_off, blanket_id=sheet.head.id, quantities=wanted, beyond=beyond)
    company.order_id = company.do("blanket.call_off", step)


def accept(company: Company) -> bool:
    """Call off what was refused as more than is left, if that is what there was a warning of."""
    quantity, company.overrun = company.overrun, None
    if quantity is None:
        return False
    _order(company, quantity, beyond=True)
    return True


def _close(company: Company, _: Facts) -> None:
    company.do("blanket.close", partial(blankets.close, blanket_id=_sheet(company).head.id))


def _state(company: Company, wanted: Facts, checks: Checks) -> None:
    word, head = wanted.text("blanket"), _sheet(company).head
    if word not in STATES:
        raise NotCovered(f"{wanted.place('blanket')} is {word!r}")
    checks.same(wanted.place("blanket"), STATES[word], str(head.state))


def _left(company: Company) -> Fraction:
    return sum((line.in_unit(line.left) for line in _sheet(company).lines), Fraction(0))


def _ordered(company: Company) -> Fraction:
    """Called off so far; without a blanket order, what the order wants."""
    if company.blanket_id is not None:
        return sum((line.in_unit(line.called) for line in _sheet(company).lines), Fraction(0))
    return sum((line.quantity - line.cancelled for line in company.order.lines if not line.component), Fraction(0))


BLANKET_STEPS: dict[str, Callable[[Company, Facts], None]] = {"call_off": _call_off, "close_blanket": _close}
BLANKET_FIGURES: dict[str, Callable[[Company], Any]] = {"blanket_remaining": _left, "ordered": _ordered}
BLANKET_COMPARED: dict[str, Callable[[Company, Facts, Checks], None]] = {"blanket": _state}
