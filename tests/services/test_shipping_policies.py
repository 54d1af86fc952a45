"""When what has left may be invoiced: as the product says, and where it says nothing as the order does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid
from app.services import bills, calling_back, orders, overview, products, shipping, stock
from app.services.bills import Component, NewBill
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import Desk, unhurried


@pytest.fixture
def desk(sqlite_database):
    return Desk(unhurried(sqlite_database)).found()


def billing_on_the_way(desk, product_id, policy):
    """The billing states of an order when it is confirmed, shipped and delivered."""
    new = NewOrder(desk.customer(), (LineInput(product_id, Decimal(2)),), invoice_policy=policy)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    states = []

    def step(operation, command):
        desk.do(operation, command)
        states.append(desk.read(orders.get, order_id).billing_state)

    step("order.confirm", lambda tx: orders.confirm(tx, order_id))
    shipment_id = desk.do("shipment.plan", lambda tx: shipping.planned_shipment(tx, order_id))
    step("shipment.ship", lambda tx: shipping.ship(tx, shipment_id))
    step("shipment.deliver", lambda tx: shipping.deliver(tx, shipment_id))
    assert desk.damages() == []
    return states


@pytest.mark.parametrize(
    ("policy", "own", "states"),
    [
        ("delivery", "", ["none", "none", "to_invoice"]),
        ("delivery", "shipment", ["none", "to_invoice", "to_invoice"]),
        ("delivery", "order", ["to_invoice", "to_invoice", "to_invoice"]),
        ("shipment", "delivery", ["none", "none", "to_invoice"]),
        ("order", "delivery", ["none", "none", "to_invoice"]),
        ("by_hand", "delivery", ["none"] * 3),
    ],
)
def test_a_product_says_when_it_is_invoiced_before_the_order_does(desk, policy, own, states):
    pump = desk.product("PUMP", "100", invoice_policy=own)
    desk.do("stock.receive", lambda tx: stock.receive(tx, pump, Decimal(2)))
    assert billing_on_the_way(desk, pump, policy) == states


def test_goods_that_had_not_left_are_not_on_their_way_when_they_leave(desk):
    pump = desk.product("PUMP", "100")
    desk.do("stock.receive", lambda tx: stock.receive(tx, pump, Decimal(2)))
    new = NewOrder(desk.customer(), (LineInput(pump, Decimal(2)),), invoice_policy="delivery")
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    for step in (calling_back.call_back, shipping.deliver):
        shipment_id = desk.do("shipment.plan", lambda tx: shipping.planned_shipment(tx, order_id))
        desk.do("shipment.ship", lambda tx, key=shipment_id: shipping.ship(tx, key))
        desk.do("shipment.step", lambda tx, key=shipment_id, step=step: step(tx, key))
    assert desk.read(overview.read, order_id).lines[0].to_invoice == 2
    assert desk.damages() == []


def test_a_kit_is_invoiced_as_it_says_itself_whatever_is_in_it(desk):
    panel = desk.product("PANEL", "10", invoice_policy="shipment")
    table = desk.product("TABLE", "100", kind="kit", units={}, invoice_policy="delivery")
    desk.do("bill.add", lambda tx: bills.add(tx, NewBill(table, (Component(panel, Decimal(1)),))))
    desk.do("stock.receive", lambda tx: stock.receive(tx, panel, Decimal(2)))
    assert billing_on_the_way(desk, table, "shipment") == ["none", "none", "to_invoice"]


def test_a_product_is_not_invoiced_by_hand_or_by_a_rule_that_is_none(desk):
    pump = desk.product("PUMP", "100")
    for policy in ("by_hand", "never"):
        with pytest.raises(Invalid, match="ordered, shipped or delivered"):
            desk.do("p", lambda tx, own=policy: products.change(tx, pump, {"invoice_policy": own}, {}))
