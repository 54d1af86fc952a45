"""``carrier``: freight by a weight table, charged with the order or for each shipment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.models.carrier import FreightPolicy
from app.services import freight, orders, products, stock
from app.services.document_lines import LineInput
from app.services.freight import FreightRow, NewFreightTable
from app.services.orders import NewOrder
from tests.scenarios.cases import REMARKS, Case, Round
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company, found
from tests.scenarios.running import adapter, finish

POLICIES = {
    "real": FreightPolicy.SHIPMENT,
    "shipment": FreightPolicy.SHIPMENT,
    "estimated": FreightPolicy.ORDER,
    "order": FreightPolicy.ORDER,
}
LIGHTEST = {
    **dict.fromkeys(("first row", "first_row", "lightest row", "lightest_row", "the first row"), True),
    **dict.fromkeys(("nothing", "none", "0", "0.00", "zero"), False),
}
"""What weighs less than every row pays: the first row's price, or nothing."""


@adapter("carrier")
def run(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        given = Facts(dict(round_.given))
        rows = _rows(given)
        if "weight" in given:
            _look_up(rows, given, round_, checks)
            finish(given)
            continue
        company = found(Facts({}))
        try:
            _play(company, rows, given, round_, checks)
        finally:
            company.close()


def _look_up(rows: tuple[tuple[FreightRow, ...], bool], given: Facts, round_: Round, checks: Checks) -> None:
    """Ask the table alone: what does this weight pay?"""
    given.ignore("lines")
    price = freight.price_of(rows[0], _grams(given.number("weight")), lightest_pays=rows[1])
    if isinstance(round_.expect, str | int):
        checks.figure("expect", str(round_.expect), price)
        return
    expected = round_.expected() if round_.expect is not None else given
    names = [name for name in ("price", "pays", "cost", "freight") if name in expected]
    if not names:
        raise NotCovered("a weight without a price")
    for name in names:
        checks.figure(name, expected.value(name), price)
    if expected is not given:
        finish(expected)


def _play(
    company: Company, rows: tuple[tuple[FreightRow, ...], bool], given: Facts, round_: Round, checks: Checks
) -> None:
    """Write the order, agree the freight, and do what the steps say."""
    lines = _lines(company, given)
    customer = company.customer
    company.order_id = company.do("order.create", lambda tx: orders.create(tx, NewOrder(customer, lines)))
    order_id = company.order_id
    policy = POLICIES[given.choice("invoice_policy", tuple(POLICIES), "order")]
    finish(given)
    if rows[0]:
        table = NewFreightTable("F", "Freight", rows[0], lightest_pays=rows[1])
        table_id = company.do("freight.add_table", lambda tx: freight.add_table(tx, table))
        company.do("order.agree_freight", lambda tx: freight.agree(tx, order_id, table_id, policy))
    if round_.expect is not None:
        _compare(company, round_.expected(), checks)
    for index, values in enumerate(round_.steps, 1):
        checks.label = f"{round_.label} step {index}".strip()
        step = Facts(values, f"steps[{index}]")
        step.ignore(*REMARKS)
        expected = step.facts("expect")
        _step(company, step)
        _compare(company, expected, checks)
        finish(step)


def _step(company: Company, step: Facts) -> None:
    order_id = company.order_id
    assert order_id is not None
    match step.text("do"):
        case "confirm":
            company.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        case "ship" if "qty" in step:
            line = company.goods()[0]
            company.ship({line.id: line.to_grains(step.number("qty"))})
        case "ship" | "ship_backorder":
            company.ship(None)
        case other:
            raise NotCovered(f"step {other}")


def _compare(company: Company, expected: Facts, checks: Checks) -> None:
    order_id = company.order_id
    assert order_id is not None
    if "weight" in expected:
        weight = company.read(lambda c: freight.weight_of_order(c, order_id))
        checks.figure("weight", expected.value("weight"), Decimal(weight) / 1000)
    if "freight_lines" in expected:
        charged = {row.order_line_id for row in company.read(lambda c: freight.charges(c, order_id))}
        found_lines = [line.net for line in company.read(lambda c: orders.lines(c, order_id)) if line.id in charged]
        wanted = expected.list("freight_lines")
        checks.same("freight_lines", len(wanted), len(found_lines))
        for index, (price, net) in enumerate(zip(wanted, found_lines, strict=False)):
            checks.figure(f"freight_lines[{index}]", price, net)


def _lines(company: Company, given: Facts) -> tuple[LineInput, ...]:
    """Write the goods: lines with weights, or one line of the quantity ordered."""
    asked = [(row.number("qty"), _grams(row.number("weight"))) for row in given.all_facts("lines")]
    if not asked or "ordered" in given:
        asked.append((given.number("ordered", "1"), 1000))
    inputs = []
    for number, (quantity, weight) in enumerate(asked, 1):
        new = products.NewProduct(f"G{number}", f"Goods {number}", Decimal(10), weight_g=weight)
        product_id = company.do("product.add", lambda tx, new=new: products.add(tx, new))
        company.do("stock.receive", lambda tx, one=product_id: stock.receive(tx, one, Decimal(1000)))
        inputs.append(LineInput(product_id, quantity))
    return tuple(inputs)


def _rows(given: Facts) -> tuple[tuple[FreightRow, ...], bool]:
    """Read the table, and whether the lightest pays the first row's price."""
    if "freight_per_shipment" in given:
        return (FreightRow(0, given.number("freight_per_shipment")),), True
    rows = tuple(FreightRow(_grams(row.number("above")), row.number("price")) for row in given.all_facts("rows"))
    return rows, _lightest(given.value("lightest_pays"), rows)


def _lightest(said: Any, rows: tuple[FreightRow, ...]) -> bool:
    text = "first row" if said is None else str(said).strip().lower()
    if text in LIGHTEST:
        return LIGHTEST[text]
    first = min(rows, key=lambda row: row.above_g, default=None)
    if first is not None and text.replace(".", "", 1).isdigit() and Decimal(text) == first.price:
        return True
    raise NotCovered(f"lightest_pays is {said!r}")


def _grams(kilograms: Decimal) -> int:
    grams = kilograms * 1000
    if grams != grams.to_integral_value():
        raise NotCovered(f"{kilograms} is finer than a gram")
    return int(grams)
