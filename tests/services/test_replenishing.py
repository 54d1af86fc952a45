"""Proposals: what is below its order point is bought, made or brought; branches and components follow; never twice."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.purchase import purchase_line
from app.models.replenishment import Policy, Rule
from app.models.supply import Way
from app.services import purchasing, replenishing, replenishment_orders, replenishment_rules, replenishment_surplus
from app.services.replenishing import Urgency
from app.services.replenishment_orders import Chosen
from app.services.replenishment_rules import NewRule
from app.services.replenishment_surplus import Surplus
from tests.races import overtaken
from tests.supply_desk import GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


@pytest.fixture
def small(sqlite_database):
    return supply_desk(sqlite_database)


def set_rule(desk, product_id, point, amount, place=None, policy=Policy.TARGET, **fields):
    pieces = {name: fields.pop(name) * GRAIN for name in ("weekly", "most") if name in fields}
    rule = NewRule(product_id, place or desk.main, policy, point * GRAIN, amount * GRAIN, **pieces, **fields)
    return desk.do("replenishment.set", lambda tx: replenishment_rules.put(tx, [rule]))[0]


def proposals(desk):
    return desk.read(lambda connection: replenishing.propose(connection, desk.now))


def order(desk, chosen=None):
    lines = [Chosen(one, one.grains) for one in proposals(desk)] if chosen is None else chosen
    return desk.do("replenishment.order", lambda tx: replenishment_orders.order(tx, lines))


def test_what_is_below_its_order_point_is_ordered_once_and_can_be_taken_back(desk):
    desk.way(desk.sensor, Way.BUY, "4.00", multiple=Decimal(6))
    set_rule(desk, desk.sensor, 5, 20)
    desk.receive(desk.sensor, 4)
    [one] = proposals(desk)
    assert (one.way, one.partner, one.wanted, one.grains) == (Way.BUY, "Orbis", 16 * GRAIN, 18 * GRAIN)
    assert "4 free" in one.reason
    assert "16 raised to 18" in one.reason
    done = order(desk)
    assert done["numbers"] == ["PO-00001"]
    assert proposals(desk) == []
    desk.do("replenishment.take_back", lambda tx: replenishment_orders.take_back(tx, done))
    assert [again.grains for again in proposals(desk)] == [18 * GRAIN]
    assert desk.damages() == []


def test_two_clerks_who_saw_the_same_proposals_order_once(desk):
    desk.way(desk.sensor, Way.BUY, "4.00")
    set_rule(desk, desk.sensor, 5, 20)
    chosen = [Chosen(one, one.grains) for one in proposals(desk)]

    def place(tx):
        return replenishment_orders.order(tx, chosen)

    second = overtaken(desk, place, place)
    assert second["left_out"] == ["SENSOR"]
    lines = desk.read(lambda c: c.execute(select(purchase_line.c.ordered)).scalars().all())
    assert lines == [20 * GRAIN]


def test_a_branch_is_supplied_from_the_centre_and_pumps_ask_for_their_parts(small):
    branch = small.warehouse("WEST", transfer_days=2)
    small.bill()
    for part in (small.housing, small.sensor):
        small.way(part, Way.BUY, "4.00")
    small.way(small.pump, Way.MAKE)
    set_rule(small, small.pump, 5, 10, branch, from_location_id=small.main)
    set_rule(small, small.pump, 3, 6)
    small.receive(small.pump, 4)
    small.receive(small.sensor, 15)
    found = {(one.sku, one.way): one.grains // GRAIN for one in proposals(small)}
    # ten go west: the centre falls from 4 to -6 and makes 12, of 12 housings and 24 sensors, 15 of which are there
    assert found == {
        ("PUMP", Way.TRANSFER): 10,
        ("PUMP", Way.MAKE): 12,
        ("HOUSING", Way.BUY): 12,
        ("SENSOR", Way.BUY): 9,
    }
    order(small)
    assert proposals(small) == []
    assert small.damages() == []


def test_what_is_promised_and_not_there_is_ordered_without_a_rule(small):
    small.order(small.sensor, 7)
    [stuck] = proposals(small)
    assert (stuck.urgency, stuck.way, stuck.grains) == (Urgency.STUCK, None, 7 * GRAIN)
    with pytest.raises(Invalid, match="Add a way of supply"):
        order(small)
    small.way(small.sensor, Way.BUY, "4.00")
    assert [(one.urgency, one.grains) for one in proposals(small)] == [(Urgency.SHORT, 7 * GRAIN)]


def test_a_line_written_by_hand_without_a_day_is_not_ordered_again(small):
    small.way(small.sensor, Way.BUY, "4.00")
    set_rule(small, small.sensor, 5, 20)
    line = purchasing.NewLine(small.sensor, Decimal(20), "", Decimal(4))
    small.do("purchase.write", lambda tx: purchasing.write(tx, small.orbis, (line,), location_id=small.main))
    assert proposals(small) == []


def test_what_runs_out_before_it_can_come_is_first(small):
    small.way(small.sensor, Way.BUY, "4.00")
    small.way(small.housing, Way.BUY, "9.00")
    set_rule(small, small.housing, 30, 40, weekly=1)
    set_rule(small, small.sensor, 5, 20, weekly=14)
    small.receive(small.housing, 10)
    small.receive(small.sensor, 3)
    sensor, housing = proposals(small)
    assert (sensor.sku, sensor.urgency, sensor.out_on) == ("SENSOR", Urgency.LATE, date(2026, 11, 4))
    assert (housing.urgency, housing.out_on) == (Urgency.USUAL, date(2027, 1, 11))


def test_what_lasts_for_ages_has_no_day_on_which_it_runs_out(small):
    small.way(small.sensor, Way.BUY, "4.00")
    small.receive(small.sensor, 40_000)
    rule = NewRule(small.sensor, small.main, Policy.TARGET, 50_000 * GRAIN, 60_000 * GRAIN, weekly=1)
    small.do("replenishment.set", lambda tx: replenishment_rules.put(tx, [rule]))
    [one] = proposals(small)
    assert (one.out_on, one.urgency) == (None, Urgency.USUAL)


def test_a_purchase_that_was_sent_is_not_taken_back(small):
    small.way(small.sensor, Way.BUY, "4.00")
    set_rule(small, small.sensor, 5, 20)
    done = order(small)
    line_id = done["purchases"][0][0]
    purchase = small.read(
        lambda c: c.execute(select(purchase_line.c.purchase_id).where(purchase_line.c.id == line_id)).scalar_one()
    )
    small.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    with pytest.raises(NotAllowed, match="was sent since"):
        small.do("replenishment.take_back", lambda tx: replenishment_orders.take_back(tx, done))


def test_a_periodic_rule_waits_for_its_day_and_undo_gives_the_day_back(small):
    small.way(small.sensor, Way.BUY, "4.00")
    set_rule(small, small.sensor, 0, 20, policy=Policy.PERIODIC, review_days=7)
    done = order(small)
    small.order(small.sensor, 3)
    assert proposals(small) == []  # not before the week is over
    small.do("replenishment.take_back", lambda tx: replenishment_orders.take_back(tx, done))
    assert [one.grains for one in proposals(small)] == [23 * GRAIN]


@pytest.mark.parametrize(
    ("rule", "position", "wanted"),
    [
        (Rule(Policy.QUANTITY, 10, 25), 10, 0),
        (Rule(Policy.QUANTITY, 10, 25), 9, 25),
        (Rule(Policy.QUANTITY, 10, 25), -20, 50),
        (Rule(Policy.TARGET, 10, 30), 9, 21),
        (Rule(Policy.TARGET, 10, 30, most=28), 9, 19),
        (Rule(Policy.PERIODIC, 0, 30), 29, 1),
    ],
)
def test_how_much_a_rule_orders(rule, position, wanted):
    assert rule.wanted(position) == wanted


def test_what_nobody_wanted_for_a_year_and_what_is_above_its_top_is_too_much(small):
    small.receive(small.pump, 5)
    small.receive(small.sensor, 90)
    small.receive(small.housing, 10)
    set_rule(small, small.sensor, 20, 40)
    set_rule(small, small.housing, 5, 20)
    small.order(small.sensor, 10, requested_on=date(2026, 10, 26))
    next_year = small.now + timedelta(days=400)
    assert [(one.sku, one.why) for one in small.read(replenishment_surplus.read, small.now)] == [
        ("SENSOR", Surplus.EXCESS)
    ]
    [sensor] = small.read(replenishment_surplus.read, small.now)
    assert (sensor.grains, sensor.beyond, sensor.weeks) == (80 * GRAIN, 40 * GRAIN, 416)  # ten a year: eight years
    later = small.read(replenishment_surplus.read, next_year)
    assert {one.sku: one.why for one in later} == dict.fromkeys(("SENSOR", "HOUSING", "PUMP"), Surplus.DEAD)
