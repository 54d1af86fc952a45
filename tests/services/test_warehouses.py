"""Warehouses: which of them is the main one may change, and orders go on leaving from where they were promised."""

from __future__ import annotations

import pytest

from app.services import orders, shipping, warehouses
from app.services.warehouses import NewWarehouse
from tests.supply_desk import GRAIN, SupplyDesk, supply_desk


@pytest.fixture
def desk(database) -> SupplyDesk:
    return supply_desk(database)


@pytest.mark.parametrize("how", ["add", "change", "reopen"])
def test_another_main_warehouse_leaves_open_orders_where_they_were_promised(desk, how):
    other = desk.do("warehouse.add", lambda tx: warehouses.add(tx, NewWarehouse("ROT", "Rotterdam")))
    if how == "reopen":
        desk.do("warehouse.close", lambda tx: warehouses.deactivate(tx, other))
        desk.do("warehouse.change", lambda tx: warehouses.change(tx, other, {"rank": -1}))
    desk.receive(desk.sensor, 8)
    kept, _ = desk.order(desk.sensor, 5)
    dropped, _ = desk.order(desk.sensor, 3)
    if how == "add":
        desk.do("warehouse.add", lambda tx: warehouses.add(tx, NewWarehouse("NEW", "New main", rank=-1)))
    elif how == "change":
        desk.do("warehouse.change", lambda tx: warehouses.change(tx, other, {"rank": -1}))
    else:
        desk.do("warehouse.reopen", lambda tx: warehouses.reopen(tx, other))
    desk.do("order.cancel", lambda tx: orders.cancel(tx, dropped))
    assert desk.level(desk.sensor) == (3, 5)
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, shipping.planned_shipment(tx, kept)))
    assert desk.line(kept).shipped == 5 * GRAIN
    assert desk.level(desk.sensor) == (3, 0)
    assert desk.damages() == []
