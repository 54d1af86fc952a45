"""``promotion`` and ``extras``: what an order's articles cost, and what is added to it, once it reaches a threshold."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from app.models.promoting import Step
from app.models.promotion import Benefit, Target
from app.services import order_promotions, orders, products, promotions
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.products import NewProduct
from app.services.promotions import PromotionRules
from tests.scenarios.cases import Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

PRICE = Decimal(20)
"""What one of the article costs whose order is to reach an amount."""
EXTRA = Decimal(3)
"""List price of the article that is added."""


@adapter("promotion", "extras")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        given = Facts(dict(round_.given))
        percent = given.optional_number("tax_pct")
        taxes = {} if percent is None else {"t": {"rate": str(percent)}}
        company = found(Facts({"taxes": taxes}))
        try:
            play = _promotion if case.kind == "promotion" else _extras
            play(company, given, round_, checks)
        finally:
            company.close()


def _promotion(company: Company, given: Facts, round_: Round, checks: Checks) -> None:
    """Write the order as a draft, put promotions on it, take them back."""
    tax = "t" if "tax_pct" in given else ""
    inputs, counted, others = _lines(company, given, tax)
    rule = given.facts("promotion")
    percent = 100 * (1 - rule.number("factor"))
    step = Step(rule.number("min_qty", "0"), rule.number("min_amount", "0"), percent)
    rules = PromotionRules("P", "Promotion", Benefit.PERCENT, Target.LINES, (step,), products=counted, excluded=others)
    company.do("promotion.save", lambda tx: promotions.save(tx, rules))
    order_id = _order(company, inputs)
    finish(given)
    expected = round_.expected()
    before = _head(company, order_id)
    checks.amounts(expected, {"untaxed_before": before.untaxed, "total_before": before.total})
    company.do("order.promote", lambda tx: order_promotions.apply(tx, order_id))
    after = _head(company, order_id)
    checks.amounts(expected, {"untaxed": after.untaxed, "tax": after.tax, "total": after.total})
    if "after_back_to_draft" in expected:
        company.do("order.take_promotions_back", lambda tx: order_promotions.take_back(tx, order_id))
        checks.figure("after_back_to_draft", expected.value("after_back_to_draft"), _head(company, order_id).untaxed)
    finish(expected)


def _extras(company: Company, given: Facts, round_: Round, checks: Checks) -> None:
    """From 100 on two free ones, from 50 on one at its list price: as the cases' title says."""
    article, extra = _product(company, "A", PRICE), _product(company, "E", EXTRA)
    steps = (
        Step(min_amount=Decimal(100), quantity=Decimal(2), product_id=extra),
        Step(min_amount=Decimal(50), quantity=Decimal(1), product_id=extra, at_list=True),
    )
    rules = PromotionRules("X", "Extras", Benefit.GOODS, Target.ORDER, steps)
    company.do("promotion.save", lambda tx: promotions.save(tx, rules))
    amount = given.number("untaxed_before")
    order_id = _order(company, (LineInput(article, amount / PRICE, unit_price=PRICE),))
    finish(given)
    expected = round_.expected()
    company.do("order.promote", lambda tx: order_promotions.apply(tx, order_id))
    lines = company.read(lambda c: orders.lines(c, order_id))
    checks.amounts(
        expected,
        {
            "lines": len(lines),
            "pieces": sum((line.quantity for line in lines), Decimal(0)),
            "untaxed": _head(company, order_id).untaxed,
        },
    )
    if "quote_again_lines" in expected:
        company.do("order.promote", lambda tx: order_promotions.apply(tx, order_id))
        again = company.read(lambda c: orders.lines(c, order_id))
        checks.figure("quote_again_lines", expected.value("quote_again_lines"), len(again))
    finish(expected)


def _lines(
    company: Company, given: Facts, tax: str
) -> tuple[tuple[LineInput, ...], tuple[UUID, ...], tuple[UUID, ...]]:
    """Write the order's lines and name the products that are in the promotion and those that are not."""
    inputs, counted, others = [], [], []
    for number, row in enumerate(given.all_facts("lines"), 1):
        price = row.number("unit_price")
        product_id = _product(company, f"P{number}", price, tax_codes=tax)
        inputs.append(LineInput(product_id, row.number("qty"), unit_price=price))
        (counted if row.flag("in_promotion", True) else others).append(product_id)
    return tuple(inputs), tuple(counted), tuple(others)


def _product(company: Company, sku: str, price: Decimal, **fields: Any) -> UUID:
    new = NewProduct(sku, f"Article {sku}", price, **fields)
    return company.do("product.add", lambda tx: products.add(tx, new))


def _order(company: Company, inputs: tuple[LineInput, ...]) -> UUID:
    return company.do("order.create", partial(orders.create, new=NewOrder(company.customer, inputs)))


def _head(company: Company, order_id: UUID) -> Any:
    return company.read(lambda c: orders.get(c, order_id))
