"""What is used besides the bill, and what goes back on the shelf: counted to the piece, and free for others."""

import pytest

from app.errors import Invalid, NotAllowed
from app.models.supply import Way
from app.services import production, work_orders
from tests.supply_desk import FRIDAY, GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


@pytest.fixture
def work(desk):
    """Four pumps on the shop floor: four housings, and nine sensors of which eight are promised to them."""
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    made = desk.do("work.plan", lambda tx: work_orders.plan(tx, way, 4 * GRAIN, FRIDAY, location_id=desk.main))
    desk.receive(desk.housing, 4)
    desk.receive(desk.sensor, 9)
    desk.do("work.release", lambda tx: work_orders.release(tx, made))
    return made


def counts(desk, work):
    return [
        (one.needed // GRAIN, one.reserved // GRAIN, one.consumed // GRAIN)
        for one in desk.read(work_orders.components, work)
    ]


def test_a_spoilt_part_is_replaced_from_what_is_free_and_the_rest_is_made_as_planned(desk, work):
    _, sensor = desk.read(work_orders.components, work)
    desk.do("work.consume", lambda tx: production.consume(tx, work, {sensor.id: GRAIN}))
    assert counts(desk, work) == [(4, 4, 0), (9, 8, 1)]
    with pytest.raises(NotAllowed, match="SENSOR: less than that is free"):
        desk.do("work.consume", lambda tx: production.consume(tx, work, {sensor.id: GRAIN}))
    desk.do("work.report", lambda tx: production.report(tx, work, 4 * GRAIN))
    assert counts(desk, work) == [(4, 0, 4), (9, 0, 9)]
    assert desk.level(desk.sensor) == (0, 0)
    assert desk.damages() == []


def test_what_was_not_used_goes_back_to_who_waits_for_it(desk, work):
    _, sensor = desk.read(work_orders.components, work)
    desk.do("work.consume", lambda tx: production.consume(tx, work, {sensor.id: GRAIN}))
    order, _ = desk.order(desk.sensor, 1)
    assert desk.line(order).reserved == 0
    desk.do("work.give_back", lambda tx: production.give_back(tx, work, {sensor.id: GRAIN}))
    assert (counts(desk, work)[1], desk.line(order).reserved) == ((8, 8, 0), GRAIN)
    with pytest.raises(NotAllowed, match="less than that was taken"):
        desk.do("work.give_back", lambda tx: production.give_back(tx, work, {sensor.id: GRAIN}))
    assert desk.damages() == []


def test_what_a_report_takes_is_known_beforehand(desk, work):
    housing, sensor = desk.read(work_orders.components, work)
    assert desk.read(production.shares, work, 3 * GRAIN) == {housing.id: 3 * GRAIN, sensor.id: 6 * GRAIN}
    for wrong in ({}, {sensor.id: -GRAIN}, {work: GRAIN}):
        with pytest.raises(Invalid, match="component"):
            desk.do("work.consume", lambda tx, more=wrong: production.consume(tx, work, more))
    desk.do("work.finish", lambda tx: work_orders.finish(tx, work))
    with pytest.raises(NotAllowed, match="is done"):
        desk.do("work.consume", lambda tx: production.consume(tx, work, {sensor.id: GRAIN}))
