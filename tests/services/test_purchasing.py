"""Purchase orders: proposed and joined, sent, confirmed with other dates, cancelled and what that does to orders."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models.sourcing import Supply
from app.models.supply import Way
from app.services import pegs, purchasing, receiving
from tests.supply_desk import FRIDAY, GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def propose(desk, way, pieces, needed_on=FRIDAY, **fields):
    return desk.do(
        "purchase.propose",
        lambda tx: purchasing.propose(tx, way, pieces * GRAIN, needed_on, location_id=desk.main, **fields),
    )


def purchase_of(desk, line_id):
    statement = select(purchasing.purchase_line.c.purchase_id).where(purchasing.purchase_line.c.id == line_id)
    return desk.read(lambda c: c.execute(statement).scalar_one())


def test_proposals_to_one_supplier_come_together_until_they_are_sent(desk):
    sensors, housings = desk.way(desk.sensor, Way.BUY, "4.00"), desk.way(desk.housing, Way.BUY, "11.50")
    first, second = propose(desk, sensors, 6), propose(desk, housings, 2)
    assert propose(desk, sensors, 4) == first
    purchase = purchase_of(desk, first)
    assert purchase_of(desk, second) == purchase
    assert [row.quantity for row in desk.read(purchasing.lines, purchase)] == [10, 2]
    assert desk.read(purchasing.get, purchase).total == Decimal("63.00")
    assert desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase)) == "PO-00001"
    assert purchase_of(desk, propose(desk, sensors, 1)) != purchase
    assert desk.damages() == []


def test_what_is_received_is_promised_to_whom_it_was_bought_for(desk):
    way = desk.way(desk.sensor, Way.BUY, "4.00")
    early, _ = desk.order(desk.sensor, 5, promised_on=date(2026, 11, 3))
    late, late_line = desk.order(desk.sensor, 5, promised_on=date(2026, 12, 1))
    line = propose(desk, way, 6)
    desk.peg(late_line, Supply.PURCHASE_LINE, line, 5, order_id=late)
    purchase = purchase_of(desk, line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {line: 4 * GRAIN}))
    assert (desk.line(late).reserved, desk.line(early).reserved) == (4 * GRAIN, 0)
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase))
    assert (desk.line(late).reserved, desk.line(early).reserved) == (5 * GRAIN, 1 * GRAIN)
    assert desk.read(purchasing.get, purchase).state == "closed"
    assert [one.open for one in desk.read(pegs.of_supply, line)] == [0]
    assert desk.damages() == []
