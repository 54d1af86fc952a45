"""Promises taken back where goods are missing, whoever holds them and wherever they were to leave from."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.models.supply import Way
from app.services import routing, stock, work_orders, write_offs
from tests.supply_desk import GRAIN, SupplyDesk, supply_desk


@pytest.fixture
def desk(database) -> SupplyDesk:
    return supply_desk(database)


def test_what_is_missing_in_one_warehouse_is_not_taken_from_orders_of_another(desk):
    branch = desk.warehouse("ROT")
    desk.receive(desk.sensor, 5)
    desk.receive(desk.sensor, 5, branch)
    here, _ = desk.order(desk.sensor, 5)
    there, _ = desk.order(desk.sensor, 5, location_id=branch)  # the younger promise
    desk.do("stock.count", lambda tx: stock.count(tx, desk.sensor, Decimal(2), location_id=desk.main))
    assert [desk.line(order).reserved // GRAIN for order in (here, there)] == [2, 5]
    assert (desk.level(desk.sensor), desk.level(desk.sensor, branch)) == ((0, 2), (0, 5))
    assert desk.damages() == []


def test_of_a_line_that_leaves_from_two_warehouses_only_the_missing_part_is_lost(desk):
    branch = desk.warehouse("ROT")
    desk.receive(desk.sensor, 5)
    desk.receive(desk.sensor, 5, branch)
    order, line = desk.order(desk.sensor, 8)
    desk.do("order.route", lambda tx: routing.send_from(tx, order, line, {branch: 5 * GRAIN}))
    assert desk.line(order).reserved == 8 * GRAIN
    desk.do("stock.scrap", lambda tx: write_offs.scrap(tx, branch, desk.sensor, 4 * GRAIN, reason="wet"))
    assert desk.level(desk.sensor, branch) == (0, 1)
    assert desk.damages() == []


def test_goods_promised_to_the_shop_floor_can_be_written_off(desk):
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    desk.receive(desk.housing, 3)
    work = desk.do("work.plan", lambda tx: work_orders.plan(tx, way, 3 * GRAIN, None, location_id=desk.main))
    desk.do("work.release", lambda tx: work_orders.release(tx, work))
    assert desk.level(desk.housing) == (0, 3)
    desk.do("stock.count", lambda tx: stock.count(tx, desk.housing, Decimal(1)))
    assert desk.level(desk.housing) == (0, 1)
    assert desk.damages() == []
