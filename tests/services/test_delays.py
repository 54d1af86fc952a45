"""A late supply moves what waits for it over every level, and says which orders it hits."""

from datetime import date

import pytest

from app.models.sourcing import Demand, Supply
from app.models.supply import Way
from app.services import call_off, delays, pegs, purchasing, work_orders
from tests.supply_desk import FRIDAY, GRAIN, supply_desk

LATE = date(2026, 11, 11)  # a Wednesday


@pytest.fixture
def desk(database):
    """Two pumps for an order promised for Friday, made of bought sensors; two sensors for another order."""
    made = supply_desk(database)
    made.bill(lead_days=1)
    way = made.way(made.sensor, Way.BUY, "4.00")
    made.first, made.pumps = made.order(made.pump, 2, promised_on=FRIDAY)
    made.second, made.sensors = made.order(made.sensor, 2, promised_on=date(2026, 11, 30))
    make = made.way(made.pump, Way.MAKE)
    made.work = made.do("work.plan", lambda tx: work_orders.plan(tx, make, 2 * GRAIN, FRIDAY, location_id=made.main))
    made.bought = made.do(
        "purchase.propose", lambda tx: purchasing.propose(tx, way, 6 * GRAIN, FRIDAY, location_id=made.main)
    )
    made.part = made.read(work_orders.components, made.work)[1].id
    thursday = date(2026, 11, 5)
    fields = {"demand": Demand.COMPONENT, "ready_on": thursday}
    made.peg(made.part, Supply.PURCHASE_LINE, made.bought, 4, **fields)
    made.peg(made.sensors, Supply.PURCHASE_LINE, made.bought, 2, ready_on=thursday)
    made.peg(made.pumps, Supply.WORK_ORDER, made.work, 2, ready_on=FRIDAY)
    rows = made.database.read(lambda c: c.execute(purchasing.purchase_order.select()).all())
    made.purchase = rows[0].id
    made.do("purchase.send", lambda tx: purchasing.send(tx, made.purchase))
    return made


def told(hits):
    return [(hit.order_number, hit.sku, hit.old, hit.new, hit.late) for hit in hits]


def test_a_late_purchase_lists_the_orders_it_hits_with_old_and_new_dates(desk):
    before = desk.fingerprint()
    shown = desk.read(delays.hits, desk.bought, LATE)
    assert told(shown) == [
        ("SO-00001", "PUMP", FRIDAY, date(2026, 11, 12), True),
        ("SO-00002", "SENSOR", date(2026, 11, 5), LATE, False),
    ]
    assert desk.fingerprint() == before
    happened = desk.do("purchase.confirm", lambda tx: purchasing.confirm(tx, desk.purchase, expected_on=LATE))
    assert told(happened) == told(shown)
    head = desk.read(work_orders.get, desk.work)
    assert (head.starts_on, head.due_on) == (LATE, date(2026, 11, 12))
    (peg,) = desk.read(pegs.of_demand, desk.pumps)
    assert peg.trouble == "Ready on 2026-11-12, promised for 2026-11-06."
    assert [one.trouble for one in desk.read(pegs.of_demand, desk.sensors)] == [""]
    assert desk.damages() == []


def test_what_a_supplier_will_not_bring_is_missing_where_it_is_wanted_last(desk):
    answers = {desk.bought: purchasing.Answer(quantity=desk.read(purchasing.lines, desk.purchase)[0].quantity - 1)}
    desk.do("purchase.confirm", lambda tx: purchasing.confirm(tx, desk.purchase, answers))
    troubled = [one.trouble for one in desk.read(pegs.of_supply, desk.bought)]
    assert troubled == ["", "PO-00001 brings less than is needed."]
    desk.do("purchase.close", lambda tx: purchasing.close(tx, desk.purchase))
    assert {one.trouble for one in desk.read(pegs.of_supply, desk.bought)} == {"PO-00001 was closed."}
    desk.do("purchase.reopen", lambda tx: purchasing.reopen(tx, desk.purchase))
    assert [one.trouble for one in desk.read(pegs.of_supply, desk.bought)] == troubled
    assert desk.damages() == []


def test_pegs_know_the_order_over_all_levels_and_what_is_at_stake(desk):
    assert {one.demand for one in desk.read(pegs.of_order, desk.first)} == {Demand.ORDER_LINE, Demand.COMPONENT}
    assert [stake.number for stake in desk.read(call_off.at_stake, desk.sensors)] == ["PO-00001"]
    assert desk.read(call_off.at_stake, desk.pumps) == []
    kept = desk.do("demand.lower", lambda tx: call_off.lower(tx, desk.pumps, GRAIN))
    assert kept == []  # the work order was lowered
    assert desk.read(work_orders.get, desk.work).ordered == GRAIN
    assert [one.quantity // GRAIN for one in desk.read(pegs.of_demand, desk.part)] == [2]
    (kept,) = desk.do("demand.lower", lambda tx: call_off.lower(tx, desk.sensors, 2 * GRAIN))
    assert (kept.supply, kept.grains) == (Supply.PURCHASE_LINE, 2 * GRAIN)  # sent: it comes in and is free
    assert desk.damages() == []
