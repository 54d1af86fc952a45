"""Steps of ``flow`` cases about supply: what was ordered is bought, made, or sent by a supplier, and follows the order.

A peer's purchase request is our draft purchase order; a production planned is a work order released.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.errors import NotAllowed
from app.models.purchase import purchase_line, purchase_order
from app.models.sourcing import Supply, peg
from app.models.supply import Way
from app.models.work import work_order
from app.services import (
    bills,
    drop_shipping,
    orders,
    production,
    purchasing,
    shipping,
    sourcing,
    suppliers,
    supply_ways,
    work_orders,
)
from app.services.bills import Component, NewBill
from app.services.purchase_lines import missing
from app.services.purchasing import Answer
from app.services.suppliers import NewSupplier
from app.services.supply_ways import NewWay, PriceBreak
from tests.scenarios import flow_blankets
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company

SOURCES: dict[str, tuple[Way | None, bool]] = {
    "": (None, True),
    "stock": (None, True),
    "stock_first": (Way.BUY, True),
    "drop_ship": (Way.DROP_SHIP, False),
    "always_purchase": (Way.BUY, False),
    "always_make": (Way.MAKE, False),
}
"""What a case calls the source of a product: our way of supply, and whether it takes what lies free first."""

FROM: dict[str, str] = {"stock": Way.STOCK, "drop_ship": Way.DROP_SHIP, "purchase": Way.BUY, "make": Way.MAKE}


class Sources:
    """Says how the products of a case may be had: by the source each names, else by the one of the case."""

    def __init__(self, company: Company, given: Facts) -> None:
        self.company = company
        self.usual = given.choice("supply", tuple(SOURCES))
        self.parts: dict[str, dict[str, str]] = {**given.value("bill", {}), **given.value("bundle", {})}
        self.composed: dict[str, dict[str, str]] = given.value("composed", {})
        self.fixed = set(given.list("fixed"))
        self.products = given.value("products", {})
        self.suppliers: dict[str, UUID] = {}

    def arrange(self) -> None:
        """Let products be arranged as they are added; what has a bill and is not made is a kit."""
        made = {name for name, facts in self.products.items() if facts.get("make") or facts.get("source")}
        self.company.kits = frozenset(self.parts.keys() - made)
        self.company.composed = frozenset(self.composed)
        self.company.arrange = self._arrange

    def _arrange(self, name: str, facts: Facts) -> None:
        source, make = facts.choice("source", tuple(SOURCES), self.usual), facts.flag("make")
        supplier = facts.text("supplier", "Supplier")
        way, stock_first = SOURCES[source]
        if name in self.company.kits:
            self._bill(self.company.product(name), self.parts[name])
            return
        if name in self.composed:
            self._bill(self.company.product(name), self.composed[name])
            return
        if make and stock_first:
            way = Way.MAKE
        if way is None or any(name in parts for parts in self.parts.values()):
            return
        product_id = self.company.product(name)
        fields: dict[str, Any] = {"stock_first": stock_first}
        if way == Way.MAKE:
            self._bill(product_id, self.parts.get(name, {f"{name} part": "1"}))
        else:
            fields |= {"supplier_id": self._supplier(supplier), "prices": (PriceBreak(Decimal(1)),)}
        new = NewWay(product_id, way, **fields)
        self.company.do("supply.add", lambda tx: supply_ways.add(tx, new))

    def _supplier(self, name: str) -> UUID:
        if name not in self.suppliers:
            self.suppliers[name] = self.company.do("supplier.add", lambda tx: suppliers.add(tx, NewSupplier(name)))
        return self.suppliers[name]

    def _bill(self, product_id: UUID, parts: dict[str, str]) -> None:
        components = tuple(
            Component(self.company.product(part), Decimal(each), fixed=part in self.fixed)
            for part, each in parts.items()
        )
        self.company.do("bill.add", lambda tx: bills.add(tx, NewBill(product_id, components)))


# what is under way for the order ---------------------------------------------------------------------------------


def purchase_lines(company: Company) -> list[Any]:
    """The purchase lines for the order, with state, supplier and address of their purchase order, in their order."""
    mine = select(peg.c.supply_id).where(peg.c.order_id == company.order_id, peg.c.supply == str(Supply.PURCHASE_LINE))
    head = purchase_order.c
    found = (
        select(purchase_line, head.state, head.number, head.supplier_name, head.order_id, head.ship_to)
        .join(purchase_order, head.id == purchase_line.c.purchase_id)
        .where(purchase_line.c.id.in_(mine))
        .order_by(purchase_line.c.id)
    )
    return list(company.read(lambda c: c.execute(found).all()))


def work(company: Company) -> list[Any]:
    """The work orders for the order, in their order."""
    mine = select(peg.c.supply_id).where(peg.c.order_id == company.order_id, peg.c.supply == str(Supply.WORK_ORDER))
    found = select(work_order).where(work_order.c.id.in_(mine)).order_by(work_order.c.id)
    return list(company.read(lambda c: c.execute(found).all()))


def purchases(company: Company, *states: str) -> list[UUID]:
    """The purchase orders for the order in some states, each once."""
    return list(dict.fromkeys(one.purchase_id for one in purchase_lines(company) if one.state in states))


def _last(found: list[UUID], words: str) -> UUID:
    if not found:
        raise NotCovered(f"there is no purchase {words}")
    return found[-1]


# steps -----------------------------------------------------------------------------------------------------------


def _buy(company: Company, facts: Facts) -> None:
    price = facts.optional_number("unit_price")
    for purchase_id in purchases(company, "draft"):
        company.do("purchase.send", partial(purchasing.send, purchase_id=purchase_id))
        if price is not None:
            answers = {one.id: Answer(unit_price=price) for one in purchase_lines(company)}
            company.do("purchase.confirm", partial(purchasing.confirm, purchase_id=purchase_id, answers=answers))


def _confirm_purchase(company: Company, facts: Facts) -> None:
    _buy(company, facts)
    for purchase_id in purchases(company, "sent"):
        company.do("purchase.confirm", partial(purchasing.confirm, purchase_id=purchase_id))


def _cancel_purchase(company: Company, _: Facts) -> None:
    purchase_id = _last(purchases(company, "draft", "sent", "confirmed"), "to cancel")
    company.do("purchase.cancel", partial(purchasing.cancel, purchase_id=purchase_id))


def _reset_request(company: Company, _: Facts) -> None:
    purchase_id = _last(purchases(company, "cancelled"), "to take up again")
    company.do("purchase.reopen", partial(purchasing.reopen, purchase_id=purchase_id))


def _cancel_request(company: Company, facts: Facts) -> None:
    """Nothing is to be bought: what is open is cancelled; a cancelled one stays so."""
    if purchases(company, "draft", "sent", "confirmed"):
        _cancel_purchase(company, facts)


def _recreate_supply(company: Company, facts: Facts) -> None:
    order_id, way = company.order.order.id, str(FROM[facts.choice("from", tuple(FROM))])
    for line in company.goods():
        choose = partial(sourcing.choose_way, order_id=order_id, line_id=line.id, way=way)
        company.do("order.choose_way", choose)


def _supplier_sends(company: Company, purchase_id: UUID, quantities: dict[UUID, int], *, beyond: bool = False) -> None:
    ship = partial(drop_shipping.ship, purchase_id=purchase_id, quantities=quantities, beyond=beyond)
    try:
        company.do("purchase.ship", ship)
    except NotAllowed:
        company.refused = purchase_id, quantities
        raise


def _supplier_ships(company: Company, facts: Facts) -> None:
    """A quantity of a product, or all that is open, by the purchase orders that bring it."""
    product = company.product(facts.text("product")) if "product" in facts else None
    asked = facts.optional_number("qty")
    rows = [one for one in purchase_lines(company) if one.state in {"sent", "confirmed"} and one.order_id is not None]
    rows = [one for one in rows if product in {None, one.product_id} and missing(one)]
    if not rows:
        raise NotCovered("no supplier has anything to ship")
    left = None if asked is None else company.line().to_grains(asked)
    by_purchase: dict[UUID, dict[UUID, int]] = {}
    for one in rows:
        part = missing(one) if left is None else left if one is rows[-1] else min(left, missing(one))
        left = None if left is None else left - part
        if part:
            by_purchase.setdefault(one.purchase_id, {})[one.id] = part
    for purchase_id, quantities in by_purchase.items():
        _supplier_sends(company, purchase_id, quantities)


def _accept_warning(company: Company, _: Facts) -> None:
    if flow_blankets.accept(company):
        return
    if company.refused is None:
        raise NotCovered("there was no warning to accept")
    purchase_id, quantities = company.refused
    _supplier_sends(company, purchase_id, quantities, beyond=True)


def _split_supplier_move(company: Company, facts: Facts) -> None:
    """A part is sent by itself: with us a drop shipment is split by what the supplier sends at a time."""
    quantity = facts.number("qty")
    for _ in range(facts.whole("count", 1)):
        _supplier_ships(company, Facts({"qty": str(quantity)}))


def _split_shipment(company: Company, _: Facts) -> None:
    """Each part has a shipment of its own from the start; it is only looked whether there are parts."""
    if not company.shipments("shipped"):
        raise NotCovered("nothing was split before")


def _change_purchase(company: Company, facts: Facts) -> None:
    quantity = facts.number("qty")
    (one,) = [row for row in purchase_lines(company) if row.state in {"draft", "sent", "confirmed"}]
    if one.state == "draft":
        company.do("purchase.change", partial(purchasing.change_line, line_id=one.id, quantity=quantity))
        return
    answers = {one.id: Answer(quantity=quantity)}
    company.do("purchase.confirm", partial(purchasing.confirm, purchase_id=one.purchase_id, answers=answers))


def _cancel_open_drop_shipment(company: Company, _: Facts) -> None:
    """Of a purchase nothing more will come."""
    purchase_id = _last(purchases(company, "sent", "confirmed"), "to end")
    if any(one.received for one in purchase_lines(company) if one.purchase_id == purchase_id):
        company.do("purchase.close", partial(purchasing.close, purchase_id=purchase_id))
    else:
        company.do("purchase.cancel", partial(purchasing.cancel, purchase_id=purchase_id))


def _make_work_orders(company: Company, _: Facts) -> None:
    """They are made when an order is confirmed; asked for again, none may come on top."""
    order_id = company.order.order.id
    company.do("order.reserve", partial(orders.reserve, order_id=order_id))


def _plan_production(company: Company, _: Facts) -> None:
    for one in _work_in(company, "planned"):
        company.do("work.release", partial(work_orders.release, work_order_id=one.id))


def _finish_production(company: Company, facts: Facts) -> None:
    if any(one.state == "planned" for one in work(company)):
        _plan_production(company, facts)
    for one in _work_in(company, "released"):
        left = one.ordered - one.cancelled - one.made - one.scrapped
        company.do("work.report", partial(production.report, work_order_id=one.id, made=left))


def _delete_production(company: Company, _: Facts) -> None:
    """The work is called off by mistake; the order's line is sourced anew."""
    order_id = company.order.order.id
    for one in _work_in(company, "planned", "released"):
        company.do("work.cancel", partial(work_orders.cancel, work_order_id=one.id))
    for line in company.goods():
        anew = partial(sourcing.source_anew, order_id=order_id, line_id=line.id)
        company.do("order.source", anew)


def _work_in(company: Company, *states: str) -> Iterable[Any]:
    found = [one for one in work(company) if one.state in states]
    if not found:
        raise NotCovered(f"no work order is {' or '.join(states)}")
    return found


def _customer_receives(company: Company, _: Facts) -> None:
    for row in company.shipments("shipped"):
        company.do("shipment.deliver", partial(shipping.deliver, shipment_id=row.id))


SUPPLY_STEPS: dict[str, Callable[[Company, Facts], None]] = {
    "buy": _buy,
    "purchase_confirm": _confirm_purchase,
    "confirm_purchase": _confirm_purchase,
    "cancel_purchase": _cancel_purchase,
    "reset_request": _reset_request,
    "cancel_request": _cancel_request,
    "recreate_supply": _recreate_supply,
    "supplier_ships": _supplier_ships,
    "accept_warning": _accept_warning,
    "split_supplier_move": _split_supplier_move,
    "split_shipment": _split_shipment,
    "change_purchase": _change_purchase,
    "cancel_open_drop_shipment": _cancel_open_drop_shipment,
    "make_work_orders": _make_work_orders,
    "plan_production": _plan_production,
    "finish_production": _finish_production,
    "delete_production_then_process": _delete_production,
    "customer_receives": _customer_receives,
}
