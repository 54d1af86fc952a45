"""Warehouses: which of them is the main one may change, and orders go on leaving from where they were promised."""

from __future__ import annotations

import pytest

from app.errors import NotAllowed
from app.services import orders, shipping, transfers, warehouses
from app.services.warehouses import NewWarehouse
from tests.supply_desk import GRAIN, SupplyDesk, supply_desk


@pytest.fixture
def desk(database) -> SupplyDesk:
    return supply_desk(database)


@pytest.mark.parametrize("how", ["add", "change", "choose", "reopen"])
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
    elif how == "choose":
        desk.do("warehouse.make_main", lambda tx: warehouses.make_main(tx, other))
    else:
        desk.do("warehouse.reopen", lambda tx: warehouses.reopen(tx, other))
    desk.do("order.cancel", lambda tx: orders.cancel(tx, dropped))
    assert desk.level(desk.sensor) == (3, 5)
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, shipping.planned_shipment(tx, kept)))
    assert desk.line(kept).shipped == 5 * GRAIN
    assert desk.level(desk.sensor) == (3, 0)
    assert desk.damages() == []


def test_a_warehouse_that_goods_are_on_their_way_to_stays_open(desk):
    other = desk.do("warehouse.add", lambda tx: warehouses.add(tx, NewWarehouse("ROT", "Rotterdam")))
    desk.receive(desk.sensor, 2)
    places = {"from_location": desk.main, "to_location": other, "needed_on": None}
    line = desk.do("transfer.plan", lambda tx: transfers.plan(tx, desk.sensor, 2 * GRAIN, **places))
    transfer = desk.do("transfer.find", lambda tx: tx.lock(transfers.transfer_line, line, "Line").transfer_id)
    with pytest.raises(NotAllowed, match="TR-00001 still names Rotterdam"):
        desk.do("warehouse.close", lambda tx: warehouses.deactivate(tx, other))
    desk.do("transfer.cancel", lambda tx: transfers.cancel(tx, transfer))
    desk.do("warehouse.close", lambda tx: warehouses.deactivate(tx, other))
    assert [one.code for one in desk.read(warehouses.all_of)] == ["MAIN"]
