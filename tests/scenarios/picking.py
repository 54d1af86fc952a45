"""``pick_group``: one sheet for the pick lists of several orders, driven through real orders."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from app.models.shipment import PickState, pick
from app.services import orders, pick_sheets
from app.services.document_lines import LineInput
from tests.scenarios import flow_company
from tests.scenarios.cases import Case
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company
from tests.scenarios.running import adapter, finish


@adapter("pick_group")
def run_pick_group(case: Case, checks: Checks) -> None:
    for round_ in case.rounds():
        checks.label = round_.label
        if round_.steps:
            raise NotCovered("steps")
        given = Facts(round_.given)
        lines = [(row.text("product"), row.number("qty")) for row in given.all_facts("lines")]
        company = flow_company.found(Facts({"delivery_steps": ["pick", "ship"]}))
        try:
            found = _sheet(company, _orders(lines))
        finally:
            company.close()
        expected = round_.expected()
        for name in expected:
            checks.figure(expected.place(name), expected.value(name), found.pop(name, Fraction(0)))
        checks.same("other products on the sheet", {}, found)
        finish(given, expected)


def _orders(lines: list[tuple[str, Decimal]]) -> list[list[tuple[str, Decimal]]]:
    """Deal the lines to orders: a product that an order has already begins the next one."""
    dealt: list[list[tuple[str, Decimal]]] = []
    for product, quantity in lines:
        if not dealt or product in {name for name, _ in dealt[-1]}:
            dealt.append([])
        dealt[-1].append((product, quantity))
    return dealt


def _sheet(company: Company, dealt: list[list[tuple[str, Decimal]]]) -> dict[str, Fraction]:
    for rows in dealt:
        lines = tuple(LineInput(product_id=company.product(name), quantity=quantity) for name, quantity in rows)
        new = orders.NewOrder(company.customer, lines)
        order_id = company.do("order.create", lambda tx, new=new: orders.create(tx, new))  # type: ignore[misc]
        company.do("order.confirm", lambda tx, order_id=order_id: orders.confirm(tx, order_id))  # type: ignore[misc]
    open_lists = select(pick.c.id).where(pick.c.state == PickState.OPEN).order_by(pick.c.id)
    ids = company.read(lambda c: c.execute(open_lists).scalars().all())
    sheets = [company.read(lambda c, pick_id=pick_id: pick_sheets.read(c, pick_id)) for pick_id in ids]  # type: ignore[misc]
    per = {stop.product_id: stop.grains_per_unit for sheet in sheets for stop in sheet.stops}
    return {stop.sku: Fraction(stop.wanted) / per[stop.product_id] for stop in pick_sheets.grouped(sheets)}
