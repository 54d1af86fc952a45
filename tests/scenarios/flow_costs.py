"""What goods of a ``flow`` cost us and the customer: the supplier's price, the sale's cost, freight, last invoice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from sqlalchemy import select

from app.models.carrier import FreightPolicy
from app.models.returns import goods_return
from app.models.stock import Place, stock_move
from app.models.valuation import value_entry
from app.services import cost_corrections, freight, purchasing, valuation
from app.services.freight import FreightRow, NewFreightTable
from app.services.purchasing import Answer
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company
from tests.scenarios.flow_supply import purchase_lines

FREIGHT = {"order": FreightPolicy.ORDER, "shipment": FreightPolicy.SHIPMENT}


def vendor_invoice(company: Company, facts: Facts) -> None:
    """The supplier's invoice names another price: a correction where goods came, else another price of the order."""
    price = facts.number("unit_price")
    rows = [one for one in purchase_lines(company) if one.state != "cancelled"]
    if not rows:
        raise NotCovered("nothing was bought")
    for one in rows:
        if one.received:
            correct = partial(cost_corrections.correct_price, purchase_line_id=one.id, unit_price=price)
            company.do("purchase.correct_price", correct)
        else:
            answers = {one.id: Answer(unit_price=price)}
            company.do("purchase.confirm", partial(purchasing.confirm, purchase_id=one.purchase_id, answers=answers))


def agree_freight(company: Company, facts: Facts) -> None:
    """Charge the order what its carrier takes, with the order or with each shipment."""
    said = facts.choice("bill_shipping", ("", "none", *FREIGHT))
    if said not in FREIGHT:
        return
    if company.freight is None:
        raise NotCovered("shipping is billed, and there is no carrier")
    order_id, new = company.order.order.id, NewFreightTable("F", "Freight", (FreightRow(0, company.freight),))
    table_id = company.do("freight.add_table", partial(freight.add_table, new=new))
    step = partial(freight.agree, order_id=order_id, table_id=table_id, policy=FREIGHT[said])
    company.do("order.agree_freight", step)


def read_carrier(company: Company, given: Facts) -> None:
    """What the carrier asks of the customer; what we pay them is no matter of the order."""
    if "carrier" in given:
        facts = given.facts("carrier")
        facts.ignore("cost", "name")
        company.freight = facts.number("price")


def _customer_cost(company: Company, wanted: Facts, checks: Checks) -> None:
    """What one of the first line cost, as the value of what left says; nothing before it has left."""
    order_id, line = company.order.order.id, company.goods()[0]
    costs = [one for one in company.read(lambda c: valuation.of_order(c, order_id)) if one.line_id == line.id]
    found = Fraction(costs[0].cost) * line.grains_per_unit / costs[0].quantity if costs and costs[0].quantity else None
    checks.figure(wanted.place("customer_cost"), wanted.value("customer_cost"), found)


def _supplier_cost(company: Company, wanted: Facts, checks: Checks) -> None:
    """What one costs at the supplier: as it was booked, and before that as it was ordered."""
    line = company.goods()[0]
    entry = value_entry.c
    rows = select(entry.quantity, entry.value).where(entry.line_id == line.id, entry.place == str(Place.SUPPLIER))
    booked = company.read(lambda c: c.execute(rows).all())
    if booked:
        quantity, value = sum(one.quantity for one in booked), sum((one.value for one in booked), Decimal(0))
        found = Fraction(value) * line.grains_per_unit / quantity
    else:
        bought = [one for one in purchase_lines(company) if one.state != "cancelled"]
        if not bought:
            raise NotCovered("nothing was bought")
        found = Fraction(bought[0].unit_price)
    checks.figure(wanted.place("supplier_cost"), wanted.value("supplier_cost"), found)


def _last_invoice(company: Company) -> Any:
    found = company.invoices()
    if not found:
        raise NotCovered("there is no invoice")
    return found[-1]


def _invoice_quantity(company: Company) -> Fraction:
    rows = [row for row in company.invoice_lines(_last_invoice(company).id) if row.product_id is not None]
    return sum((Fraction(row.quantity) for row in rows), Fraction(0))


def _put_away(company: Company, wanted: Facts, checks: Checks) -> None:
    """What came back with the last return and was put on the shelf, in the order of its lines."""
    returned = select(goods_return.c.id).where(goods_return.c.order_id == company.order_id)
    ids = company.read(lambda c: c.execute(returned.order_by(goods_return.c.id)).scalars().all())
    lines = {line.id: line for line in company.order.lines}
    there = (str(Place.FREE), str(Place.PROMISED))
    move = stock_move.c
    rows = select(move.line_id, move.quantity).where(
        move.document_id.in_(ids[-1:]), move.source == str(Place.CUSTOMER), move.target.in_(there)
    )
    found: dict[Any, Fraction] = {}
    for row in company.read(lambda c: c.execute(rows).all()):
        found[row.line_id] = found.get(row.line_id, Fraction(0)) + row.quantity / lines[row.line_id].grains_per_unit
    expected = [Fraction(str(each)) for each in wanted.list("put_away_moves")]
    checks.same(wanted.place("put_away_moves"), expected, [found[key] for key in lines if key in found])


def _origin(company: Company, wanted: Facts, checks: Checks) -> None:
    """What the last return is of: an order of ours, whatever it is called elsewhere."""
    wanted.choice("origin", ("order", "sale"))
    returned = select(goods_return.c.order_id).order_by(goods_return.c.id.desc())
    found = company.read(lambda c: c.execute(returned).scalars().first())
    checks.same(wanted.place("origin"), company.order_id, found)


COST_STEPS: dict[str, Callable[[Company, Facts], None]] = {"vendor_invoice": vendor_invoice}
COST_FIGURES: dict[str, Callable[[Company], Fraction]] = {
    "customer_unit_price": lambda company: Fraction(company.goods()[0].unit_price),
    "invoice_qty": _invoice_quantity,
    "invoice_untaxed": lambda company: Fraction(_last_invoice(company).untaxed),
    "last_invoice_total": lambda company: Fraction(_last_invoice(company).total),
}
COST_COMPARED: dict[str, Callable[[Company, Facts, Checks], None]] = {
    "customer_cost": _customer_cost,
    "supplier_cost": _supplier_cost,
    "put_away_moves": _put_away,
    "origin": _origin,
}
