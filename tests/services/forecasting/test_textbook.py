"""The textbook forms give the figures that Snyder and Shen print for their examples and problems."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import pytest

from app.services.forecasting import textbook

INSTANCES = Path(__file__).parents[4] / "shared" / "data" / "ts" / "stockpyl_instances.json"
pytestmark = pytest.mark.skipif(not INSTANCES.is_file(), reason=f"no textbook instances at {INSTANCES}")


@pytest.fixture(scope="module")
def known():
    found = json.loads(INSTANCES.read_text(encoding="utf-8"))["instances"]
    return {one["name"]: one["data"] for one in found if one["type"] == "dict"}


def test_the_economic_order_quantity_and_its_kin(known):
    def of(name: str, *fields: str):
        return [known[name][field] for field in fields]

    harris = ("fixed_cost", "holding_cost", "demand_rate")
    waiting = ("fixed_cost", "holding_cost", "stockout_cost", "demand_rate")
    assert textbook.economic_order_quantity(*of("example_3_1", *harris)) == pytest.approx((304.04678, 68.410526))
    assert textbook.economic_order_quantity(*of("problem_3_1", *harris)) == pytest.approx((1728.109845, 475230.207373))
    assert textbook.with_backorders(*of("example_3_8", *waiting)) == pytest.approx((310.812555, 0.0430622, 66.9213636))
    assert textbook.with_backorders(*of("problem_3_2b", *waiting)) == pytest.approx((83.235448, 0.4002999, 1999.148244))
    made = of("problem_3_22", *harris, "production_rate")
    assert textbook.production_quantity(*made) == pytest.approx((171.269768, 3.7367949))


@pytest.mark.parametrize(("name", "printed"), [("example_3_5", (800, 978.60)), ("problem_3_12", (2400, 201251093.75))])
def test_a_price_break_is_worth_ordering_more(known, name, printed):
    data = known[name]
    breaks = list(zip(data["breakpoints"], data["unit_costs"], strict=True))
    found = textbook.with_price_breaks(data["fixed_cost"], data["holding_cost_rate"], data["demand_rate"], breaks)
    assert found == pytest.approx(printed)


def test_the_newsvendor(known):
    def costs(name: str):
        return known[name]["holding_cost"], known[name]["stockout_cost"]

    def normal(name: str):
        return textbook.newsvendor(*costs(name), known[name]["demand_mean"], known[name]["demand_sd"])

    assert normal("example_4_1") == normal("example_4_3") == pytest.approx((56.603956, 1.9976052))
    assert normal("problem_4_1") == pytest.approx((922.7214038, 2718.1967818))
    bought = known["example_4_2"]
    left, missed = bought["purchase_cost"] - bought["salvage_value"], bought["revenue"] - bought["purchase_cost"]
    level, cost = textbook.newsvendor(left, missed, bought["demand_mean"], bought["demand_sd"])
    assert (level, missed * bought["demand_mean"] - cost) == pytest.approx((56.603956, 33.0023948))
    base = known["example_4_4"]
    spread = base["demand_sd"] * sqrt(base["lead_time"] + 1)
    over_lead_time = textbook.newsvendor(*costs("example_4_4"), base["demand_mean"] * (base["lead_time"] + 1), spread)
    assert over_lead_time == pytest.approx((264.7668944, 4.466781))
    for name, printed in (("example_4_7", (8, 3.5701069)), ("problem_4_8a", (19, 786.0884409))):
        chances = textbook.poisson(known[name]["demand_mean"])
        assert textbook.discrete_newsvendor(*costs(name), chances) == pytest.approx(printed)
    pieces = known["problem_4_7b"]["demand_pmf"]
    chances = [pieces.get(str(count), 0.0) for count in range(9)]
    assert textbook.discrete_newsvendor(*costs("problem_4_7b"), chances) == pytest.approx((5, 1_225_000))


def _ordering(data):
    costs = data["holding_cost"], data["stockout_cost"], data["fixed_cost"]
    lead = data["lead_time"]
    return costs, data["demand_mean"], (data["demand_mean"] * lead, data.get("demand_sd", 0) * sqrt(lead))


def test_order_point_and_quantity(known):
    costs, rate, lead_demand = example = _ordering(known["example_5_1"])
    assert textbook.point_and_quantity_cost(126.8, 328.5, *example) == pytest.approx(78.0711625)
    assert textbook.best_point(300, *costs[:2], lead_demand) == pytest.approx(129.4272799)
    assert textbook.best_point_and_quantity(*example) == pytest.approx((126.867064, 328.449141, 78.0711463), rel=1e-6)
    assert textbook.point_and_quantity_by_shortage(costs, rate, lead_demand) == pytest.approx(
        (213.9704421, 318.5901811, 95.4511402)
    )
    for name, printed in (("problem_5_1", (17.97265, 162.1231617, 531.1189322)), ("problem_5_3", (644.8385, 400.756))):
        found = textbook.point_and_quantity_by_shortage(*_ordering(known[name]))
        assert found[: len(printed)] == pytest.approx(printed, rel=1e-6)
    for name, whole in (("example_5_8", (3, 5, 107.9235806)), ("problem_5_2", (6, 7, 28.2413128))):
        counted, pieces, _ = _ordering(known[name])
        assert textbook.best_poisson_point_and_quantity(counted, pieces, known[name]["lead_time"]) == pytest.approx(
            whole
        )


def test_order_point_and_up_to_level(known):
    def costs(name: str):
        return known[name]["holding_cost"], known[name]["stockout_cost"], known[name]["fixed_cost"]

    for name, printed in (("example_4_7", (4, 10, 8.0341116)), ("problem_4_31", (2, 7, 223.5748296))):
        chances = textbook.poisson(known[name]["demand_mean"])
        assert textbook.best_point_and_target(costs(name), chances) == pytest.approx(printed)
    for name, near in (("example_4_8", (40.194617, 74.2901701)), ("problem_4_32", (226.6137928, 324.3797868))):
        data = known[name]
        assert textbook.power_approximation(costs(name), data["demand_mean"], data["demand_sd"]) == pytest.approx(near)
