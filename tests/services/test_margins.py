"""What is left over the cost: of goods still to be sold, and of an order of which some has left."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.models.product import GRAIN
from app.services import bills, margins, orders, overview, shipping, stock, valuation
from app.services.bills import Component, NewBill
from app.services.document_lines import LineInput
from app.services.margins import Margin
from app.services.orders import NewOrder
from tests.desk import Desk, unhurried

D = Decimal
TODAY = date(2026, 11, 2)


@pytest.fixture
def desk(database):
    """Ten pumps that cost 70 lie here, and hoses that never had a cost."""
    made = Desk(unhurried(database)).found()
    made.pump, made.hose, made.buyer = made.product("PUMP", "100"), made.product("HOSE", "20"), made.customer()
    made.do("stock.receive", lambda tx: stock.receive(tx, made.pump, D(10), unit_cost=D(70)))
    return made


def of(desk, order_id):
    return desk.read(lambda connection: margins.of_order(connection, overview.read(connection, order_id), TODAY))


def ordered(desk, *lines):
    return desk.do("order.create", lambda tx: orders.create(tx, NewOrder(desk.buyer, lines)))


def test_a_margin_is_exact_and_says_when_goods_are_sold_below_cost():
    assert (Margin(D(300), D(200)).left, Margin(D(300), D(200)).percent) == (100, D("33.3"))
    assert Margin(D("69.99"), D(70)).below_cost
    assert not Margin(D(70), D(70)).below_cost
    assert Margin(D(0), D(70)).percent is None


def test_goods_that_left_cost_what_they_did_and_the_rest_what_it_costs_now(desk):
    order_id = ordered(desk, LineInput(desk.pump, D(6)), LineInput(desk.hose, D(1)))
    pump, hose = (row.id for row in desk.read(orders.lines, order_id))
    assert of(desk, order_id).lines == {pump: Margin(D(600), D(420))}
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    shipped = {pump: 4 * GRAIN, hose: 0}
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, shipping.planned_shipment(tx, order_id), quantities=shipped))
    desk.do("stock.say_worth", lambda tx: valuation.say_worth(tx, desk.pump, D(90)))
    found = of(desk, order_id)
    assert found.lines == {pump: Margin(D(600), D(460))}
    assert (found.whole.margin, found.whole.without) == (Margin(D(600), D(460)), 1)

    desk.do("order.close", lambda tx: orders.close(tx, order_id))
    assert of(desk, order_id).lines == {pump: Margin(D(400), D(280))}


def test_a_kit_costs_what_its_parts_do_before_and_after_it_is_brought_down_to_them(desk):
    pair = desk.product("PAIR", "200", kind="kit", units={})
    bill = NewBill(pair, (Component(desk.pump, D(2)),))
    desk.do("bill.add", lambda tx: bills.add(tx, bill))
    order_id = ordered(desk, LineInput(pair, D(3)), LineInput(None, D(1), unit_price=D(-30), name="Off", kind="fee"))
    kit = desk.read(orders.lines, order_id)[0].id
    draft = of(desk, order_id)
    assert draft.lines == {kit: Margin(D(600), D(420))}
    assert draft.whole.margin == Margin(D(570), D(420))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    assert of(desk, order_id) == draft
