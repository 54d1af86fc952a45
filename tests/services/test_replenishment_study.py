"""Rules from what was wanted: worked out, shown against today's, set and taken back."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from app.models.replenishment import Policy
from app.models.supply import Way
from app.services import replenishment_demand, replenishment_rules, replenishment_study
from app.services.replenishment_aims import Aim
from app.services.replenishment_rules import NewRule
from tests.supply_desk import GRAIN, supply_desk

WANTED = (3, 4, 2, 3, 5, 3, 4, 3, 2, 4, 3, 3, 6, 2, 3, 4, 3, 5, 2, 3, 4, 3, 2, 4, 3, 3, 4, 2, 5, 3)


@pytest.fixture
def desk(sqlite_database):
    found = supply_desk(sqlite_database)
    found.way(found.sensor, Way.BUY, "4.00", multiple=Decimal(6), lead_days=10)
    today = found.now.date()
    for weeks_ago, pieces in enumerate(WANTED, 1):
        found.order(found.sensor, pieces, requested_on=today - timedelta(days=7 * weeks_ago))
    return found


def study(desk, **aim):
    return desk.read(partial(replenishment_study.study, at=desk.now, aim=Aim(**aim)))


def test_demand_is_counted_in_the_week_it_was_wanted_for(desk):
    found = desk.read(lambda c: replenishment_demand.read(c, desk.now.date(), weeks=31))
    assert [grains // GRAIN for grains in found.grains[desk.sensor, desk.main]] == [0, *reversed(WANTED)]


def test_a_rule_is_worked_out_and_set_and_taken_back(desk):
    old = NewRule(desk.sensor, desk.main, Policy.TARGET, 0, 2 * GRAIN)
    desk.do("replenishment.set", lambda tx: replenishment_rules.put(tx, [old]))
    found = study(desk, order_cost=Decimal("0.01"))
    [one] = found.suggestions
    # 3.3 a week: two weeks to come and one until it is looked at again, and what it takes to serve 95 of 100
    assert 8 * GRAIN <= one.rule.order_point <= 18 * GRAIN
    assert one.rule.order_point % GRAIN == 0
    assert one.rule.amount % (6 * GRAIN) == 0
    assert "wanted a week, 2 weeks to come; 95 % from the shelf" in one.rule.reason
    assert found.today.served < 700
    assert found.proposed.served > 930
    assert found.proposed.worth > found.today.worth
    before = [one.before for one in found.suggestions]
    desk.do("replenishment.set", lambda tx: replenishment_rules.put(tx, [one.rule for one in found.suggestions]))
    [stored] = desk.read(replenishment_rules.all_of)
    assert (stored.order_point, stored.chosen_by) == (one.rule.order_point, "ann")
    desk.do("replenishment.unset", lambda tx: replenishment_rules.restore(tx, before, [(desk.sensor, desk.main)]))
    [again] = desk.read(replenishment_rules.all_of)
    assert (again.order_point, again.amount, again.policy) == (0, 2 * GRAIN, Policy.TARGET)
    assert desk.damages() == []


def test_without_half_a_year_of_demand_nothing_is_said(sqlite_database):
    desk = supply_desk(sqlite_database)
    desk.order(desk.sensor, 3, requested_on=desk.now.date() - timedelta(days=14))
    found = study(desk)
    assert (found.suggestions, found.line, found.today, found.items) == ((), (), None, 0)
