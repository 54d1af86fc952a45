"""Every business case that comes with the shared material: none fails, and these kinds are covered whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.cases import load
from tests.scenarios.running import Result, run

FOLDER = Path(__file__).parents[2].parent / "shared" / "scenarios"
WHOLE = {
    "alloc",
    "reserve",
    "assign",
    "available",
    "early_plan",
    "pick_group",
    "promise",
    "carrier",
    "promotion",
    "extras",
    "gift_card",
    "wallet",
    "totals",
    "price_line",
    "deposit_taxes",
    "price_list",
    "price_rule_priority",
    "tax_mapping",
    "uom",
    "uom_price",
    "uom_round",
    "currency_convert",
    "currency_round",
    "costing",
    "cost_queue",
    "explode",
    "kit_available",
    "kit_cost",
    "kit_delivered",
    "kit_price",
    "quantity_rules",
    "secondary_unit",
    "reconcile",
    "settle",
    "overflow",
    "reorder",
    "forecast_spread",
    "forecast_ref",
    "smoothing",
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no business cases at {FOLDER}")


@pytest.fixture(scope="module")
def outcomes():
    return [run(case) for case in load([FOLDER])]


def test_no_case_fails(outcomes):
    assert [(each.id, each.detail) for each in outcomes if each.result is Result.FAILED] == []


def test_the_kinds_of_this_release_are_covered_whole(outcomes):
    known = [each for each in outcomes if each.kind in WHOLE]
    assert {each.kind for each in known} == WHOLE
    assert [(each.id, each.detail) for each in known if each.result is not Result.PASSED] == []
