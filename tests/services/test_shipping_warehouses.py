"""A line that leaves from two warehouses: what one shipment leaves behind is no business of the other."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.purchase import purchase_line
from app.models.shipment import shipment
from app.models.sourcing import Supply
from app.models.supply import Way
from app.services import purchasing, receiving, routing, shipping
from tests.supply_desk import FRIDAY, GRAIN, SupplyDesk, supply_desk


@pytest.fixture
def desk(database) -> SupplyDesk:
    made = supply_desk(database)
    made.branch = made.warehouse("ROT")
    made.receive(made.sensor, 6)
    made.receive(made.sensor, 4, made.branch)
    return made


def split(desk, **fields):
    """Ten sensors: six from the main warehouse, four from the branch."""
    order, line = desk.order(desk.sensor, 10, **fields)
    desk.do("order.route", lambda tx: routing.send_from(tx, order, line, {desk.branch: 4 * GRAIN}))
    return order


def shipment_from(desk, order, place):
    here = select(shipment.c.id).where(
        shipment.c.order_id == order, shipment.c.location_id == place, shipment.c.state == "planned"
    )
    return desk.read(lambda c: c.execute(here).scalar_one())


def ship(desk, order, place, pieces=None, **fields):
    wanted = {desk.line(order).id: pieces * GRAIN} if pieces else None
    found = shipment_from(desk, order, place)
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, found, quantities=wanted, **fields))


def counts(desk, order):
    line = desk.line(order)
    return [n // GRAIN for n in (line.shipped, line.reserved, line.cancelled)]


def test_the_rest_that_is_cancelled_is_that_of_the_warehouse_that_shipped(desk):
    order = split(desk)
    ship(desk, order, desk.branch, 3, backorder=False)
    assert counts(desk, order) == [3, 6, 1]
    assert (desk.level(desk.sensor), desk.level(desk.sensor, desk.branch)) == ((0, 6), (1, 0))
    ship(desk, order, desk.main, 5, backorder=False)
    assert counts(desk, order) == [8, 0, 2]
    assert desk.damages() == []


@pytest.mark.parametrize("first", ["main", "branch"])
def test_an_order_that_ships_complete_leaves_each_warehouse_with_all_that_is_there_for_it(desk, first):
    order = split(desk, ship_policy="complete")
    places = [desk.main, desk.branch] if first == "main" else [desk.branch, desk.main]
    with pytest.raises(NotAllowed, match="complete"):
        ship(desk, order, desk.branch, 3)
    for place in places:
        ship(desk, order, place)
    assert counts(desk, order) == [10, 0, 0]
    assert desk.damages() == []


def test_what_was_bought_for_an_order_at_another_warehouse_leaves_from_there(desk):
    desk.receive(desk.housing, 2)
    order, line = desk.order(desk.housing, 10)
    way = desk.way(desk.housing, Way.BUY, "4.00")
    bought = desk.do(
        "purchase.propose", lambda tx: purchasing.propose(tx, way, 5 * GRAIN, FRIDAY, location_id=desk.branch)
    )
    desk.peg(line, Supply.PURCHASE_LINE, bought, 5, location_id=desk.branch)
    purchase = desk.read(lambda c: c.execute(select(purchase_line.c.purchase_id)).scalar_one())
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    for pieces in (2, 3):
        wanted = {bought: pieces * GRAIN}
        desk.do("purchase.receive", lambda tx, wanted=wanted: receiving.receive(tx, purchase, wanted))
    assert desk.level(desk.housing, desk.branch) == (0, 5)
    assert counts(desk, order) == [0, 7, 0]
    ship(desk, order, desk.branch)
    ship(desk, order, desk.main, 2)
    assert counts(desk, order) == [7, 0, 0]
    assert desk.level(desk.housing, desk.branch) == (0, 0)
    assert desk.damages() == []
