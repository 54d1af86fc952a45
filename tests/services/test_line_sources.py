"""Where the pieces of an order's lines come from, with the document each waits for; and the list of what waits."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from app.models.supply import Way
from app.services import amendments, backorders, orders, overview, reservations, routing
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import START
from tests.supply_desk import GRAIN, supply_desk


@pytest.fixture
def desk(database):
    """Ten pumps lie free and Orbis sends more; nobody sells sensors."""
    desk = supply_desk(database)
    desk.way(desk.pump, Way.BUY, "12.50")
    desk.receive(desk.pump, 10)
    return desk


def sell(desk, *goods):
    lines = tuple(LineInput(product, Decimal(n)) for product, n in goods)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(desk.customer_id, lines)))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def lines(desk, order_id):
    return desk.read(overview.read, order_id).lines


def test_a_line_names_the_purchase_it_waits_for_and_the_warehouse_a_part_leaves_from(desk):
    order_id = sell(desk, (desk.pump, 14))
    south = desk.warehouse("SOUTH")
    desk.receive(desk.pump, 5, south)
    (line,) = lines(desk, order_id)
    (bought,) = line.sources
    assert (bought.way, bought.grains, bought.partner, bought.state) == (Way.BUY, 4 * GRAIN, "Orbis", "draft")
    desk.do("order.send_from", lambda tx: routing.send_from(tx, order_id, line.id, {south: 2 * GRAIN}))
    (line,) = lines(desk, order_id)
    shelf = next(one for one in line.sources if one.document_id is None)
    assert (shelf.partner, shelf.grains, shelf.place) == ("Warehouse SOUTH", 2 * GRAIN, south)
    assert desk.damages() == []


def test_parts_reserved_by_hand_stand_at_their_line(desk):
    order_id = sell(desk, (desk.pump, 8))
    (line,) = lines(desk, order_id)
    desk.do("order.reserve", lambda tx: reservations.reserve(tx, order_id, {line.id: 3 * GRAIN}))
    (line,) = lines(desk, order_id)
    assert [grains for _, grains in line.parts] == [3 * GRAIN]


def test_what_waits_is_counted_as_it_is_listed(desk):
    sell(desk, (desk.pump, 12), (desk.sensor, 3))
    found = desk.read(lambda connection: backorders.waiting(connection, at=START))
    assert sorted((row.sku, row.shown(row.waiting), row.unit) for row in found) == [
        ("PUMP", "2", "unit"),
        ("SENSOR", "3", "unit"),
    ]
    assert desk.read(backorders.count) == len(found)


def test_an_amendment_that_is_only_looked_at_leaves_no_trace(desk):
    order_id = sell(desk, (desk.pump, 14))
    revision = desk.read(orders.get, order_id).revision
    before = desk.fingerprint()
    (row,) = desk.read(orders.lines, order_id)
    fewer = (LineInput(desk.pump, Decimal(11), id=row.id),)
    change = partial(amendments.agree, head={"notes": "by phone"}, lines=fewer)
    seen = amendments.preview(desk.database, order_id, revision, change, by="ann", at=START)
    assert [sum(one.grains for one in each.lines[0].sources) // GRAIN for each in (seen.before, seen.after)] == [4, 1]
    assert desk.fingerprint() == before
    desk.do("order.amend", lambda tx: change(tx, order_id, revision))
    assert desk.read(orders.get, order_id).notes == "by phone"
    assert lines(desk, order_id)[0].quantity == 11
