"""Orders on hold, shipments called off and decided about, closed orders opened again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.shipment import pick, shipment
from app.services import billing, bills, order_stops, orders, picking, routing, shipping
from app.services.bills import Component, NewBill
from tests.desk import DAY
from tests.supply_desk import GRAIN, SupplyDesk, supply_desk


@pytest.fixture
def desk(sqlite_database) -> SupplyDesk:
    made = supply_desk(sqlite_database)
    made.receive(made.sensor, 10)
    return made


def open_shipment(desk, order, place=None):
    here = select(shipment.c.id).where(shipment.c.order_id == order, shipment.c.state == "planned")
    here = here.where(shipment.c.location_id == place) if place else here
    return desk.read(lambda c: c.execute(here).scalar_one_or_none())


def call_off(desk, order, place=None):
    found = open_shipment(desk, order, place)
    desk.do("shipment.call_off", lambda tx: order_stops.call_off(tx, found))


def counts(desk, order):
    line = desk.line(order)
    return [n // GRAIN for n in (line.reserved, line.picked, line.shipped, line.cancelled, line.stopped)]


def test_what_is_on_hold_keeps_its_goods_and_does_not_leave(database):
    desk = supply_desk(database, delivery_steps=2)
    desk.receive(desk.sensor, 10)
    order, _ = desk.order(desk.sensor, 4, invoice_policy="order")
    with pytest.raises(Invalid, match="Say why"):
        desk.do("order.hold", lambda tx: order_stops.hold(tx, order, " "))
    desk.do("order.hold", lambda tx: order_stops.hold(tx, order, "Credit limit"))
    head = desk.read(orders.get, order)
    assert (head.stage, head.state, counts(desk, order)) == ("on_hold", "confirmed", [4, 0, 0, 0, 0])
    pick_id = desk.read(lambda c: c.execute(select(pick.c.id).where(pick.c.order_id == order)).scalar_one())
    draft, planned = desk.read(billing.find_draft, order), open_shipment(desk, order)
    before = desk.fingerprint()
    for step in (
        lambda tx: picking.complete(tx, pick_id),
        lambda tx: shipping.pack(tx, planned),
        lambda tx: shipping.ship(tx, planned),
        lambda tx: billing.post(tx, draft, DAY),
    ):
        with pytest.raises(NotAllowed, match="on hold: Credit limit"):
            desk.do("order.step", step)
    assert desk.fingerprint() == before
    desk.do("order.release", lambda tx: order_stops.release(tx, order))
    desk.do("pick.complete", lambda tx: picking.complete(tx, pick_id))
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, planned))
    assert counts(desk, order) == [0, 0, 4, 0, 0]
    assert desk.damages() == []


def test_an_order_closed_with_a_part_shipped_is_opened_again(desk):
    order, line = desk.order(desk.sensor, 8)
    first = open_shipment(desk, order)
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, first, quantities={line: 3 * GRAIN}))
    with pytest.raises(NotAllowed, match="Not all of"):
        desk.do("order.close", lambda tx: orders.close(tx, order, cancel_rest=False))
    desk.do("order.close", lambda tx: orders.close(tx, order))
    assert counts(desk, order) == [0, 0, 3, 5, 0]
    desk.do("order.reopen", lambda tx: order_stops.reopen(tx, order))
    assert counts(desk, order) == [5, 0, 3, 0, 0]
    with pytest.raises(NotAllowed, match="nothing to open again"):
        desk.do("order.reopen", lambda tx: order_stops.reopen(tx, order))
    assert desk.damages() == []


def test_goods_of_a_shipment_called_off_go_to_whoever_waits_and_are_promised_again_when_decided(desk):
    order, line = desk.order(desk.sensor, 8)
    waiting, _ = desk.order(desk.sensor, 6)
    assert counts(desk, waiting) == [2, 0, 0, 0, 0]
    call_off(desk, order)
    assert (counts(desk, order), counts(desk, waiting)) == ([0, 0, 0, 0, 8], [6, 0, 0, 0, 0])
    assert open_shipment(desk, order) is None
    assert "called off" in desk.read(orders.get, order).warning
    desk.receive(desk.sensor, 1)
    assert counts(desk, order) == [0, 0, 0, 0, 8]
    desk.do("order.decide", lambda tx: order_stops.decide(tx, order, again=[line]))
    assert (counts(desk, order), desk.read(orders.get, order).warning) == ([5, 0, 0, 0, 0], "")
    with pytest.raises(NotAllowed, match="waits for no decision"):
        desk.do("order.decide", lambda tx: order_stops.decide(tx, order, dropped=[line]))
    assert desk.damages() == []


def test_of_two_warehouses_the_shipment_of_one_is_called_off(desk):
    branch = desk.warehouse("ROT")
    desk.receive(desk.sensor, 4, branch)
    order, line = desk.order(desk.sensor, 10)
    desk.do("order.route", lambda tx: routing.send_from(tx, order, line, {branch: 4 * GRAIN}))
    call_off(desk, order, branch)
    assert (counts(desk, order), open_shipment(desk, order, branch)) == ([6, 0, 0, 0, 4], None)
    rest = open_shipment(desk, order)
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, rest, backorder=False))
    assert counts(desk, order) == [0, 0, 6, 0, 4]
    desk.do("order.decide", lambda tx: order_stops.decide(tx, order, dropped=[line]))
    assert counts(desk, order) == [0, 0, 6, 4, 0]
    assert desk.read(orders.get, order).delivery_state == "shipped"
    assert desk.damages() == []


def test_picked_goods_go_back_on_the_shelf_and_a_lower_quantity_needs_less_of_a_decision(sqlite_database):
    desk = supply_desk(sqlite_database, delivery_steps=2)
    desk.receive(desk.sensor, 10)
    order, line = desk.order(desk.sensor, 8)
    pick_id = desk.read(lambda c: c.execute(select(pick.c.id).where(pick.c.order_id == order)).scalar_one())
    desk.do("pick.complete", lambda tx: picking.complete(tx, pick_id))
    call_off(desk, order)
    assert (counts(desk, order), desk.level(desk.sensor)) == ([0, 0, 0, 0, 8], (10, 0))
    desk.do("order.change_line", lambda tx: orders.change_line(tx, order, line, quantity=Decimal(5)))
    desk.do("order.decide", lambda tx: order_stops.decide(tx, order, again=[line]))
    assert counts(desk, order) == [5, 0, 0, 0, 0]
    assert desk.damages() == []


def test_a_kit_is_decided_as_a_whole(desk):
    kit = desk.product("SET", kind="kit")
    desk.receive(desk.housing, 5)
    parts = (Component(desk.housing, Decimal(1)), Component(desk.sensor, Decimal(2)))
    desk.do("bill.add", lambda tx: bills.add(tx, NewBill(kit, parts)))
    order, _ = desk.order(kit, 3)
    call_off(desk, order)
    desk.do("order.decide", lambda tx: order_stops.decide(tx, order, dropped=[desk.line(order).id]))
    assert desk.line(order).cancelled == 3 * GRAIN
    assert desk.damages() == []
