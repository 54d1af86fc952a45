"""Single items of stock in a ``flow``: chosen for an order, checked, sent.  An item is a lot of ours.

What is chosen is reserved by hand and taken off the shelf; a shipment is packed, checked at the door, and sent.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.shelving import Spot
from app.models.shipment import pick, pick_line, pick_take, shipment_line, shipment_lot
from app.services import allocation, companies, dispatch_check, lots, products, reservations, shipping, stock, takes
from app.services.placing import Put
from app.services.transaction import Transaction
from tests.scenarios.checks import Checks
from tests.scenarios.facts import Facts, NotCovered
from tests.scenarios.flow_company import Company

PICKER = "clerk"


class Items:
    """The items a case has: lots of its one product."""

    def __init__(self, company: Company, given: Facts) -> None:
        self.company = company
        self.items = given.facts("stock_items")
        self.is_checked = given.flag("require_check")
        self.names = list(given.value("products", {}) or ["P"])

    def arrange(self) -> None:
        """Receive the items, each as a lot of its own, and let shipments wait for their check if they must."""
        if self.is_checked:
            values: dict[str, Any] = {"dispatch_check": dispatch_check.BLOCK}
            self.company.do("company.change", partial(companies.change, values=values))
        if not list(self.items):
            return
        if len(self.names) != 1 or self.names[0] in self.company.products:
            raise NotCovered("stock items of another product than the only one")
        name = self.names[0]
        new = products.NewProduct(name, name, Decimal(10), tracking="lot")
        product_id = self.company.do("product.add", partial(products.add, new=new))
        self.company.products[name] = product_id
        for item in self.items:
            quantity = self.items.number(item)
            put = partial(stock.receive, product_id=product_id, quantity=quantity, puts=[Put(quantity, lot=item)])
            self.company.do("stock.receive", put)


def _product(company: Company) -> UUID:
    (product_id,) = company.products.values()
    return product_id


def _lot(company: Company, item: str) -> UUID:
    product_id = _product(company)
    found = company.read(lambda c: lots.by_code(c, product_id, item))
    if found is None:
        raise NotCovered(f"there is no item {item}")
    return found


def _allocate(company: Company, facts: Facts) -> None:
    """Reserve what is chosen, and take it from just these items."""
    items, line = facts.facts("items"), company.goods()[0]
    chosen = {_lot(company, item): line.to_grains(items.number(item)) for item in items}
    order_id = company.order.order.id

    def op(tx: Transaction) -> None:
        reservations.reserve(tx, order_id, {line.id: sum(chosen.values())})
        (pick_id,) = tx.execute(select(pick.c.id).where(pick.c.order_id == order_id, pick.c.state == "open")).scalars()
        allocation.release(tx, pick_id)
        takes.begin(tx, [pick_id], PICKER)
        for lot_id, grains in chosen.items():
            _take(tx, pick_id, lot_id, grains)
        takes.finish(tx, [pick_id], PICKER)

    company.do("order.allocate", op)


def _take(tx: Transaction, pick_id: UUID, lot_id: UUID, grains: int) -> None:
    stops = (
        select(pick_take)
        .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
        .where(pick_line.c.pick_id == pick_id, pick_take.c.wanted > pick_take.c.taken)
    )
    for row in sorted(tx.execute(stops).all(), key=lambda one: one.lot_id != lot_id):
        part = min(grains, row.wanted - row.taken)
        if part:
            takes.take_elsewhere(tx, row.id, PICKER, part, Spot(None, lot_id))
            grains -= part


def _pack(company: Company) -> UUID:
    """The shipment to send, packed with all that was picked for it."""
    packed = company.shipments("packed")
    if packed:
        return packed[0].id
    order_id = company.order.order.id
    planned = company.shipments("planned")
    shipment_id = planned[0].id if planned else company.do("shipment.find", partial(_planned, order_id=order_id))
    company.do("shipment.pack", partial(shipping.pack, shipment_id=shipment_id))
    return shipment_id


def _planned(tx: Transaction, order_id: UUID) -> UUID:
    return shipping.planned_shipment(tx, order_id)


def _check(company: Company, _: Facts) -> None:
    shipment_id = _pack(company)
    for one in company.read(lambda c: dispatch_check.checks(c, shipment_id)):
        company.do("package.scan", partial(dispatch_check.scan, shipment_id=shipment_id, code=one.sscc))


def _complete(company: Company, facts: Facts) -> None:
    facts.ignore("reason")  # why it is refused, in the words of another program
    shipment_id = _pack(company)
    company.do("shipment.ship", partial(shipping.ship, shipment_id=shipment_id))


def _stock_items(company: Company, wanted: Facts, checks: Checks) -> None:
    """What is in the house of each item: on its shelf, or picked and not sent yet."""
    facts = wanted.facts("stock_items")
    ids = [line.id for line in company.order.lines] if company.order_id else []
    picked = company.read(lambda c: lots.pools(c, ids)) if ids else {}
    for item in facts:
        lot_id = _lot(company, item)
        lot = company.read(lambda c, key=lot_id: lots.get(c, key))
        there = lot.on_shelf + sum(pool.get(lot_id, 0) for pool in picked.values())
        checks.figure(facts.place(item), facts.value(item), Fraction(there, lot.grain))


def _new_items(company: Company, wanted: Facts, checks: Checks) -> None:
    """The parts of items that went to the customer."""
    ids = [line.id for line in company.order.lines]
    grain = company.order.lines[0].grains_per_unit
    rows = select(shipment_lot.c.quantity).where(shipment_lot.c.shipment_line_id.in_(_shipment_lines(ids)))
    found = [Fraction(quantity) / grain for quantity in company.read(lambda c: c.execute(rows).scalars().all())]
    expected = sorted(Fraction(str(each)) for each in wanted.list("new_items"))
    checks.same(wanted.place("new_items"), expected, sorted(found))


def _shipment_lines(order_lines: list[UUID]) -> Any:
    return select(shipment_line.c.id).where(shipment_line.c.order_line_id.in_(order_lines))


ITEM_STEPS: dict[str, Callable[[Company, Facts], None]] = {
    "allocate": _allocate,
    "check_shipment": _check,
    "complete_shipment": _complete,
}
ITEM_COMPARED: dict[str, Callable[[Company, Facts, Checks], None]] = {
    "stock_items": _stock_items,
    "new_items": _new_items,
}
