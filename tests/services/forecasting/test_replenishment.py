"""Order points from history: the rule that needs the least stock is chosen, and it serves what it was to serve."""

from __future__ import annotations

import numpy as np
import pytest

from app.services.forecasting import choosing, order_points, replenishment
from app.services.forecasting.choosing import CLASSES, Choice, DemandClass
from app.services.forecasting.order_points import SHORTAGES, Rule, Terms
from app.services.forecasting.replenishment import Limits
from app.services.forecasting.simulation import simulate, stock_for

ITEMS = 160


@pytest.fixture(scope="module")
def spare_parts():
    """Three years of weeks of parts that are seldom wanted, some by the dozen."""
    chance = np.random.default_rng(7)
    sizes = chance.geometric(0.35, (ITEMS, 156)) * np.where(np.arange(ITEMS) % 4 == 0, 12, 1)[:, None]
    return sizes * (chance.random((ITEMS, 156)) < chance.uniform(0.05, 0.5, (ITEMS, 1))).astype(float)


def terms(history, lead=3):
    quantities = np.maximum(np.ceil(history.mean(axis=1)), 1.0)
    return Terms(np.full(len(history), lead), quantities, window=26)


def test_a_period_sells_what_lies_there_and_orders_what_comes_after_the_lead_time():
    demand = np.array([[4.0, 4.0, 4.0, 4.0, 4.0, 4.0]])
    found = simulate(demand, np.array([1]), np.array([4.0]), [(0, np.array([[8.0], [0.0]]))])
    # ten at first: 6 left, 4 ordered for the third period; from then on four come and four go
    assert found.served[0, 0] == 24
    assert found.stock[0, 0] == pytest.approx((6 + 2 + 2 + 2 + 2 + 2) / 6)
    assert found.fill()[1] < 0.5  # without an order point customers wait
    up_to = simulate(demand, np.array([1]), np.array([10.0]), [(0, np.array([[8.0]]))], up_to=np.array([True]))
    assert up_to.orders[0, 0] < found.orders[0, 0]


def test_the_stock_for_a_share_lies_between_the_settings_around_it():
    fill, stock = np.array([0.5, 0.9, 1.0]), np.array([1.0, 3.0, 9.0])
    assert stock_for(fill, stock, 0.95) == pytest.approx(6.0)
    assert np.isnan(stock_for(fill[:2], stock[:2], 0.95))


def test_the_chosen_rule_serves_what_it_was_to_serve_with_less_than_the_common_rules(spare_parts):
    known, held_back = spare_parts[:, :-40], 40
    choice = choosing.choose(known, held_back, terms(known), [0.95])[0.95]
    tried = choosing.tried(spare_parts, held_back, terms(known))
    ours = choosing.mixed(tried, choice.rules, choosing.classes(known))
    assert 0.92 < ours.fill()[replenishment.place_of(choice)] < 0.97
    needed = {
        name: stock_for(one.fill(), one.stock.sum(axis=1), 0.95)
        for name, one in (("ours", ours), ("common", tried[Rule.MULTIPLE]), ("textbook", tried[Rule.TEXTBOOK]))
    }
    assert needed["ours"] < 0.8 * needed["common"]
    assert needed["ours"] < 1.06 * needed["textbook"]


def test_parameters_are_those_of_the_chosen_setting(spare_parts):
    some = terms(spare_parts)
    choice = Choice(dict.fromkeys(DemandClass, Rule.BLEND), float(SHORTAGES[20]), 0.0)
    found = replenishment.parameters(spare_parts, some, choice)
    table = order_points.points(spare_parts, some, Rule.BLEND)
    assert np.allclose(found.order_point, table[20])
    expected = found.rate * (some.lead_times + 1)
    assert np.allclose(found.safety_stock, np.maximum(table[20] - expected, 0))


def test_demand_is_told_apart_by_how_often_and_how_much():
    smooth, lumpy = [5.0, 6.0, 5.0, 4.0] * 10, [0.0, 0.0, 30.0, 0.0, 1.0, 0.0, 0.0, 2.0] * 5
    erratic, seldom = [1.0, 30.0, 2.0, 1.0] * 10, [0.0, 0.0, 0.0, 4.0] * 10
    kinds = choosing.classes(np.array([smooth, lumpy, erratic, seldom]))
    wanted = [DemandClass.SMOOTH, DemandClass.LUMPY, DemandClass.ERRATIC, DemandClass.INTERMITTENT]
    assert [CLASSES[kind] for kind in kinds] == wanted


def test_a_lead_time_that_varies_asks_for_more(spare_parts):
    sure = order_points.at_shortages(spare_parts, terms(spare_parts), Rule.BLEND, SHORTAGES)
    lead = terms(spare_parts)
    unsure = Terms(lead.lead_times, lead.quantities, 1, np.full(ITEMS, 2.0), 26)
    wider = order_points.at_shortages(spare_parts, unsure, Rule.BLEND, SHORTAGES)
    high = SHORTAGES < 0.1
    assert (wider[high] >= sure[high] - 1e-6).all()
    assert wider[high].sum() > 1.1 * sure[high].sum()


def test_what_is_ordered_at_once_keeps_minimum_multiple_and_room():
    rate, holding = np.array([25.0, 25.0, 25.0, 25.0]), np.array([0.005, 0.005, 0.005, 0.0])
    limits = Limits(
        np.array([0.0, 400.0, 0.0, 0.0]), np.array([0.0, 0.0, 24.0, 0.0]), np.array([np.inf, np.inf, 150.0, np.inf])
    )
    found = replenishment.order_quantities(rate, 8.0, holding, limits)
    # the economic quantity is 282.8; the third has room for 150 and comes by 24, the last has no known cost
    assert found.tolist() == [283.0, 400.0, 168.0, 25.0]
    assert replenishment.with_price_breaks(25.0, 8.0, 0.004, [(0, 1.0), (500, 0.8)], 300.0) == 500
    assert replenishment.with_price_breaks(25.0, 8.0, 0.004, [(0, 1.0), (9000, 0.99)], 300.0) == 300
