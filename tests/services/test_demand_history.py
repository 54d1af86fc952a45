"""Demand is what customers asked for and when, however much of it they got."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.errors import Invalid
from app.models.demand import Bucket
from app.services import bills, demand_history, orders
from app.services.bills import Component, NewBill
from app.services.demand_history import Asked, Facet
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.supply_desk import GRAIN, SupplyDesk

MONDAY, NEXT = date(2026, 11, 9), date(2026, 11, 16)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def desk(database):
    return SupplyDesk(database).open()


def wanted(desk, *by, bucket=Bucket.WEEK, **only):
    asked = Asked(*NOVEMBER, bucket, tuple(by) or (Facet.PRODUCT,), **only)
    return {(*one.of, one.starts_on): one.grains // GRAIN for one in desk.read(demand_history.read, asked)}


def test_what_was_asked_for_counts_in_the_week_it_was_wanted_shipped_or_not(desk):
    desk.order(desk.pump, 4, requested_on=date(2026, 11, 11))
    lost, _ = desk.order(desk.pump, 3, requested_on=date(2026, 11, 15))  # a Sunday
    desk.do("order.cancel", lambda tx: orders.cancel(tx, lost))
    desk.order(desk.pump, 2, requested_on=NEXT)
    assert wanted(desk) == {(desk.pump, MONDAY): 7, (desk.pump, NEXT): 2}
    assert wanted(desk, bucket=Bucket.MONTH) == {(desk.pump, NOVEMBER[0]): 9}
    assert wanted(desk, bucket=Bucket.DAY)[desk.pump, date(2026, 11, 15)] == 3


def test_a_draft_is_no_demand_and_without_a_day_it_is_wanted_when_ordered(desk):
    desk.order(desk.pump, 5)
    assert wanted(desk) == {(desk.pump, date(2026, 11, 2)): 5}
    draft = NewOrder(desk.customer_id, (LineInput(desk.pump, Decimal(9)),))
    desk.do("order.create", lambda tx: orders.create(tx, draft))
    assert wanted(desk) == {(desk.pump, date(2026, 11, 2)): 5}


def test_it_is_kept_apart_by_warehouse_channel_and_class_of_customer(desk):
    north = desk.warehouse("NORTH")
    desk.order(desk.pump, 1, requested_on=MONDAY, channel="web")
    desk.order(desk.pump, 2, requested_on=MONDAY, channel="phone", location_id=north)
    assert wanted(desk, Facet.WAREHOUSE) == {(desk.main, MONDAY): 1, (north, MONDAY): 2}
    assert wanted(desk, Facet.CHANNEL) == {("web", MONDAY): 1, ("phone", MONDAY): 2}
    assert wanted(desk, Facet.CUSTOMER_CLASS, channel="web", product_ids=[desk.pump]) == {("", MONDAY): 1}
    assert wanted(desk, location_id=north, customer_class="none such") == {}


def test_a_project_of_once_is_left_out_with_a_reason_and_taken_in_again(desk):
    desk.order(desk.pump, 2, requested_on=MONDAY)
    _, once = desk.order(desk.pump, 500, requested_on=MONDAY)
    with pytest.raises(Invalid, match="Say why"):
        desk.do("demand.leave_out", lambda tx: demand_history.leave_out(tx, [once], " "))
    desk.do("demand.leave_out", lambda tx: demand_history.leave_out(tx, [once], "Hotel project"))
    assert wanted(desk) == {(desk.pump, MONDAY): 2}
    seen = desk.read(demand_history.wishes, desk.pump, *NOVEMBER)
    assert [(one.quantity, one.left_out) for one in seen] == [(500, "Hotel project"), (2, "")]
    desk.do("demand.take_in", lambda tx: demand_history.take_in(tx, [once]))
    assert wanted(desk) == {(desk.pump, MONDAY): 502}


def test_a_kit_is_wanted_as_its_parts(desk):
    kit = desk.product("SET", kind="kit")
    parts = (Component(desk.housing, Decimal(1)), Component(desk.sensor, Decimal(2)))
    desk.do("bill.add", lambda tx: bills.add(tx, NewBill(kit, parts)))
    new = NewOrder(desk.customer_id, (LineInput(kit, Decimal(3)),), requested_on=MONDAY)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    assert wanted(desk) == {(desk.housing, MONDAY): 3, (desk.sensor, MONDAY): 6}
