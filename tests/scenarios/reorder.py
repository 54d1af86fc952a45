"""``reorder``: what a run of proposals asks for at a stock, with what waits and by a rule; and again, nothing."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import partial
from uuid import UUID

from app.models.replenishment import Policy
from app.models.supply import Way
from app.services import (
    orders,
    products,
    purchasing,
    replenishing,
    replenishment_orders,
    replenishment_rules,
    stock,
    stock_ledger,
    suppliers,
    supply_ways,
)
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.replenishing import Proposal
from app.services.replenishment_orders import Chosen
from app.services.replenishment_rules import NewRule
from app.services.suppliers import NewSupplier
from app.services.supply_ways import NewWay, PriceBreak
from tests.scenarios import flow_company
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered, number
from tests.scenarios.flow_company import Company
from tests.scenarios.running import adapter, finish

WRITTEN_RULE = re.compile(r"(min|target|max)\w*\D*?(-?\d+(?:\.\d+)?)")
ALSO_AT_IT = re.compile(r"at or below|<=|≤|or equal|not above", re.IGNORECASE)


@adapter("reorder")
def run_reorder(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given, expected = Facts(round_.given), round_.expected()
        company = flow_company.found(Facts({}))
        try:
            _run(company, given, expected, checks)
        finally:
            company.close()
        finish(given, expected)


def _run(company: Company, given: Facts, expected: Facts, checks: Checks) -> None:
    product_id = company.products["P"] = company.do(
        "product.add", partial(products.add, new=products.NewProduct("P", "P", Decimal(10)))
    )
    if on_hand := given.number("on_hand", "0"):
        company.do("stock.receive", partial(stock.receive, product_id=product_id, quantity=on_hand))
    for wanted in given.list("demand"):
        _sell(company, product_id, number(wanted, "demand"))
    way = _buy(company, product_id, given)
    if ordered := given.number("already_on_purchase", "0"):
        company.do("purchase.propose", partial(_ask, way=way, grains=_grains(company, ordered)))
    _set_rule(company, product_id, given)
    if "projected" in expected:
        shelf = product_id, company.read(stock_ledger.main_location)
        position = company.read(lambda c: replenishing.positions(c, [shelf], company.now))[shelf]
        checks.figure("projected", expected.value("projected"), Fraction(position.known, company.grain("P")))
    if "request" in expected:
        asked = _propose(company)
        quantity = Fraction(asked[0].grains, company.grain("P")) if asked else None
        checks.figure("request", expected.value("request"), quantity)
        company.do("replenishment.order", partial(_order, asked=asked))
        if _propose(company):
            raise AssertionError("what was ordered is asked for again")


def _sell(company: Company, product_id: UUID, quantity: Decimal) -> None:
    lines = (LineInput(product_id, quantity),)
    order_id = company.do("order.create", partial(orders.create, new=NewOrder(company.customer, lines)))
    company.do("order.confirm", partial(orders.confirm, order_id=order_id))


def _buy(company: Company, product_id: UUID, given: Facts) -> UUID:
    supplier_id = company.do("supplier.add", partial(suppliers.add, new=NewSupplier("Orbis")))
    new = NewWay(
        product_id,
        Way.BUY,
        supplier_id,
        minimum=given.optional_number("order_min"),
        multiple=given.optional_number("multiple"),
        prices=(PriceBreak(Decimal(4)),),
    )
    return company.do("supply.add", partial(supply_ways.add, new=new))


def _set_rule(company: Company, product_id: UUID, given: Facts) -> None:
    told = dict(WRITTEN_RULE.findall(given.text("rule").lower()))
    least = given.optional_number("min")
    target = given.optional_number("target")
    target = given.optional_number("max") if target is None else target
    least = number(told["min"], "rule") if least is None and "min" in told else least
    written = told.get("target", told.get("max"))
    target = number(written, "rule") if target is None and written else target
    if least is None and target is None:
        return  # no order point
    point = _grains(company, least or Decimal(0)) + (1 if ALSO_AT_IT.search(given.text("rule")) else 0)
    amount = max(_grains(company, target if target is not None else Decimal(0)), point)
    place = company.read(stock_ledger.main_location)
    rule = NewRule(product_id, place, Policy.TARGET, point, amount)
    company.do("replenishment.set", partial(replenishment_rules.put, rules=[rule]))


def _propose(company: Company) -> list[Proposal]:
    return company.read(lambda c: replenishing.propose(c, company.now))


def _grains(company: Company, quantity: Decimal) -> int:
    return int(quantity * company.grain("P"))


def _ask(tx, way, grains):
    return purchasing.propose(tx, way, grains, None, location_id=stock_ledger.main_location(tx.connection))


def _order(tx, asked):
    return replenishment_orders.order(tx, [Chosen(one, one.grains) for one in asked])
