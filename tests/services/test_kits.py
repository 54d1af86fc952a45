"""Kits on orders: the components are promised, picked and shipped; the kit is sold, invoiced and credited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.invoice import invoice, invoice_line
from app.models.order import sales_order, sales_order_line
from app.models.product import GRAIN
from app.services import billing, bills, orders, returns, shipping, stock
from app.services.bills import Component, NewBill
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import DAY, Desk, unhurried
from tests.replay import differences


class Company:
    """A table of one panel, four bolts and one manual in the box of each delivery; panels and bolts on the shelf."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.customer = desk.customer()
        self.panel, self.bolt, self.manual = (desk.product(sku, units={}) for sku in ("PANEL", "BOLT", "MANUAL"))
        self.table = desk.product("TABLE", "100", kind="kit", units={})
        desk.do("bill.add", lambda tx: self.write_bill(tx, self.table, {self.panel: 1, self.bolt: 4}, {self.manual: 1}))
        for product, pieces in ((self.panel, 5), (self.bolt, 18), (self.manual, 9)):
            desk.do("stock.receive", lambda tx, p=product, n=pieces: stock.receive(tx, p, Decimal(n)))

    @staticmethod
    def write_bill(tx: Any, kit: UUID, each: dict[UUID, int], once: dict[UUID, int]) -> None:
        parts = [(product, n, False) for product, n in each.items()] + [(p, n, True) for p, n in once.items()]
        bills.add(tx, NewBill(kit, tuple(Component(product, Decimal(n), fixed=fixed) for product, n, fixed in parts)))

    def order(self, kits: int, **fields: Any) -> UUID:
        new = NewOrder(self.customer, (LineInput(self.table, Decimal(kits)),), **fields)
        order_id = self.desk.do("order.create", lambda tx: orders.create(tx, new))
        self.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def counts(self, order_id: UUID, name: str) -> dict[str, int]:
        """Pieces by SKU: what of each line is ``name``."""
        line = sales_order_line.c
        query = select(line.sku, line[name]).where(line.order_id == order_id)
        return {sku: grains // GRAIN for sku, grains in self.desk.read(lambda c: c.execute(query).all())}

    def line(self, order_id: UUID, sku: str) -> UUID:
        line = sales_order_line.c
        query = select(line.id).where(line.order_id == order_id, line.sku == sku)
        return self.desk.read(lambda c: c.execute(query).scalar_one())

    def ship(self, order_id: UUID, pieces: dict[str, int] | None = None, **fields: Any) -> None:
        grains = None if pieces is None else {self.line(order_id, sku): n * GRAIN for sku, n in pieces.items()}

        def op(tx: Any) -> str:
            return shipping.ship(tx, shipping.planned_shipment(tx, order_id), quantities=grains, **fields)

        self.desk.do("shipment.ship", op)

    def drafted(self, order_id: UUID) -> list[tuple[str, int]]:
        query = (
            select(invoice_line.c.sku, invoice_line.c.grains)
            .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
            .where(invoice.c.order_id == order_id, invoice.c.state == "draft", invoice_line.c.grains != 0)
        )
        return [(sku, n // GRAIN) for sku, n in self.desk.read(lambda c: c.execute(query).all())]

    def head(self, order_id: UUID) -> Any:
        return self.desk.read(orders.get, order_id)

    def post(self, order_id: UUID) -> None:
        query = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.state == "draft")
        draft_id = self.desk.read(lambda c: c.execute(query).scalar_one())
        self.desk.do("invoice.post", lambda tx: billing.post(tx, draft_id, on=DAY))


@pytest.fixture
def company(database):
    made = Company(Desk(unhurried(database)).found(delivery_steps=1))
    yield made
    assert made.desk.damages() == []
    assert made.desk.read(differences) == []


def test_confirming_promises_the_components_and_sells_the_kit(company):
    order_id = company.order(3)
    assert company.counts(order_id, "ordered") == {"TABLE": 3, "PANEL": 3, "BOLT": 12, "MANUAL": 1}
    assert company.counts(order_id, "reserved") == {"TABLE": 0, "PANEL": 3, "BOLT": 12, "MANUAL": 1}
    assert [row.sku for row in company.desk.read(orders.lines, order_id)] == ["TABLE"]
    assert company.head(order_id).total == Decimal("363.00")
    assert company.drafted(order_id) == []


def test_a_kit_is_delivered_and_invoiced_when_all_of_it_is(company):
    order_id = company.order(5)
    company.ship(order_id, {"PANEL": 1, "BOLT": 1, "MANUAL": 1})
    assert company.counts(order_id, "shipped")["TABLE"] == 0
    assert company.drafted(order_id) == []
    company.ship(order_id, {"PANEL": 2, "BOLT": 8})
    assert company.counts(order_id, "shipped")["TABLE"] == 2
    assert company.drafted(order_id) == [("TABLE", 2)]
    assert (company.head(order_id).delivery_state, company.head(order_id).stage) == ("partial", "backorder")
    company.desk.do("stock.receive", lambda tx: stock.receive(tx, company.bolt, Decimal(2)))
    company.ship(order_id)
    assert company.drafted(order_id) == [("TABLE", 5)]
    company.post(order_id)
    assert company.head(order_id).billing_state == "invoiced"


def test_components_that_come_back_open_their_kits(company):
    order_id = company.order(3)
    company.ship(order_id)
    company.post(order_id)
    back = {company.line(order_id, "TABLE"): GRAIN}
    return_id = company.desk.do("return.authorise", lambda tx: returns.authorise(tx, order_id, back, reason="Wobbles"))
    company.desk.do("return.receive", lambda tx: returns.receive(tx, return_id))
    assert company.counts(order_id, "returned") == {"TABLE": 1, "PANEL": 1, "BOLT": 4, "MANUAL": 0}
    bolt = {company.line(order_id, "BOLT"): 3 * GRAIN}
    broken = company.desk.do(
        "return.authorise", lambda tx: returns.authorise(tx, order_id, bolt, reason="Bent", terms=returns.REPLACED)
    )
    company.desk.do("return.receive", lambda tx: returns.receive(tx, broken, scrap=bolt))
    assert company.counts(order_id, "returned")["TABLE"] == 2
    assert company.counts(order_id, "returned_open")["TABLE"] == 1
    assert company.head(order_id).delivery_state == "partial"
    company.ship(order_id)
    assert company.counts(order_id, "returned")["TABLE"] == 1
    assert company.head(order_id).delivery_state == "shipped"


def test_what_is_called_off_of_the_components_is_called_off_of_the_kit(company):
    order_id = company.order(5)
    company.ship(order_id, {"PANEL": 5, "BOLT": 18, "MANUAL": 1}, backorder=False)
    assert company.counts(order_id, "shipped")["TABLE"] == 4
    assert company.counts(order_id, "cancelled") == {"TABLE": 1, "PANEL": 0, "BOLT": 2, "MANUAL": 0}
    assert company.drafted(order_id) == [("TABLE", 4)]
    company.post(order_id)
    assert company.head(order_id).billing_state == "invoiced"


def test_more_or_fewer_kits_take_their_components_along(company):
    order_id = company.order(2)
    line_id = company.line(order_id, "TABLE")

    def change(kits: int) -> None:
        op = lambda tx: orders.change_line(tx, order_id, line_id, quantity=Decimal(kits))  # noqa: E731
        company.desk.do("order.change_line", op)

    change(4)
    assert company.counts(order_id, "reserved") == {"TABLE": 0, "PANEL": 4, "BOLT": 16, "MANUAL": 1}
    change(1)
    assert company.counts(order_id, "reserved") == {"TABLE": 0, "PANEL": 1, "BOLT": 4, "MANUAL": 1}
    company.ship(order_id)
    with pytest.raises(NotAllowed, match="shipped"):
        company.desk.do("order.remove", lambda tx: orders.remove_line(tx, order_id, line_id))


def test_a_kit_that_was_never_picked_can_be_removed(company):
    order_id = company.order(2)
    extra = LineInput(company.bolt, Decimal(3))
    company.desk.do("order.add", lambda tx: orders.add_line(tx, order_id, extra))
    line_id = company.line(order_id, "TABLE")
    company.desk.do("order.remove", lambda tx: orders.remove_line(tx, order_id, line_id))
    assert company.counts(order_id, "reserved") == {"BOLT": 3}


def test_a_kit_in_a_kit_comes_down_to_what_is_on_the_shelf(company):
    room = company.desk.product("ROOM", "450", kind="kit", units={})
    company.desk.do("bill.add", lambda tx: company.write_bill(tx, room, {company.table: 2, company.bolt: 1}, {}))
    company.table = room
    order_id = company.order(2)
    assert company.counts(order_id, "ordered") == {"ROOM": 2, "PANEL": 4, "BOLT": 18, "MANUAL": 1}


def test_a_kit_without_a_bill_or_cut_in_half_is_refused(company):
    company.table = company.desk.product("EMPTY", "9", kind="kit", units={})
    with pytest.raises(Invalid, match="kit without a bill"):
        company.order(1)


def test_an_order_of_a_kit_can_be_cancelled_whole(company):
    order_id = company.order(2)
    company.desk.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    assert company.counts(order_id, "cancelled") == {"TABLE": 2, "PANEL": 2, "BOLT": 8, "MANUAL": 1}
    query = select(sales_order.c.state).where(sales_order.c.id == order_id)
    assert company.desk.read(lambda c: c.execute(query).scalar_one()) == "cancelled"


def test_a_kit_that_was_sold_keeps_its_components_when_its_bill_and_other_lines_change(company):
    order_id = company.order(2)
    company.ship(order_id, {"PANEL": 1, "BOLT": 4})
    company.desk.do(
        "bill.change",
        lambda tx: company.write_bill(tx, company.table, {company.panel: 1, company.manual: 1}, {}),
    )
    company.desk.do("order.add_line", lambda tx: orders.add_line(tx, order_id, LineInput(company.bolt, Decimal(1))))
    ordered = {"TABLE": 2, "PANEL": 2, "BOLT": 8, "MANUAL": 1}
    line = sales_order_line.c
    query = select(line.sku, line.ordered).where(line.order_id == order_id, line.kit_line_id.is_not(None))
    parts = company.desk.read(lambda c: {row.sku: row.ordered // GRAIN for row in c.execute(query)})
    assert parts == {sku: n for sku, n in ordered.items() if sku != "TABLE"}
