"""Goods come in while another clerk works on what waits for them: every promise is counted where it was made."""

from __future__ import annotations

import pytest

from app.models.sourcing import Demand, Supply
from app.models.supply import Way
from app.services import purchasing, receiving, transfers, work_orders
from tests.races import overtaken
from tests.supply_desk import FRIDAY, GRAIN, SupplyDesk, supply_desk


@pytest.fixture
def desk(database) -> SupplyDesk:
    made = supply_desk(database)
    made.bill()
    made.branch = made.warehouse("ROT")
    return made


def bought(desk, product, pieces):
    """A purchase order that was sent: its line and itself."""
    way = desk.way(product, Way.BUY, "4.00")
    line = desk.do(
        "purchase.propose", lambda tx: purchasing.propose(tx, way, pieces * GRAIN, FRIDAY, location_id=desk.main)
    )
    purchase = desk.do("purchase.find", lambda tx: tx.lock(purchasing.purchase_line, line, "Line").purchase_id)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    return line, purchase


def planned_work(desk, pieces):
    way = desk.way(desk.pump, Way.MAKE)
    work = desk.do("work.plan", lambda tx: work_orders.plan(tx, way, pieces * GRAIN, None, location_id=desk.main))
    housing = next(row for row in desk.read(work_orders.components, work) if row.product_id == desk.housing)
    return work, housing.id


def reserved(desk, work):
    return {row.sku: row.reserved // GRAIN for row in desk.read(work_orders.components, work)}


def test_components_come_in_while_their_work_is_released(desk):
    work, housing = planned_work(desk, 3)
    line, purchase = bought(desk, desk.housing, 2)
    desk.peg(housing, Supply.PURCHASE_LINE, line, 2, demand=Demand.COMPONENT)
    desk.receive(desk.housing, 1)
    overtaken(desk, lambda tx: receiving.receive(tx, purchase), lambda tx: work_orders.release(tx, work))
    assert (reserved(desk, work)["HOUSING"], desk.level(desk.housing)) == (3, (0, 3))
    assert desk.damages() == []


def test_components_come_in_while_their_work_is_called_off(desk):
    work, housing = planned_work(desk, 3)
    line, purchase = bought(desk, desk.housing, 2)
    desk.peg(housing, Supply.PURCHASE_LINE, line, 2, demand=Demand.COMPONENT)
    overtaken(desk, lambda tx: receiving.receive(tx, purchase), lambda tx: work_orders.cancel(tx, work))
    assert (reserved(desk, work)["HOUSING"], desk.level(desk.housing)) == (0, (2, 0))
    assert desk.damages() == []


def test_goods_come_in_while_the_transfer_that_waits_for_them_leaves(desk):
    desk.receive(desk.sensor, 2)
    places = {"from_location": desk.main, "to_location": desk.branch, "needed_on": FRIDAY}
    moving = desk.do("transfer.plan", lambda tx: transfers.plan(tx, desk.sensor, 5 * GRAIN, **places))
    transfer = desk.do("transfer.find", lambda tx: tx.lock(transfers.transfer_line, moving, "Line").transfer_id)
    _, purchase = bought(desk, desk.sensor, 3)
    overtaken(
        desk,
        lambda tx: receiving.receive(tx, purchase),
        lambda tx: transfers.ship(tx, transfer, {moving: 2 * GRAIN}),
    )
    (row,) = desk.read(transfers.lines, transfer)
    assert (row.shipped // GRAIN, row.reserved // GRAIN, desk.level(desk.sensor)) == (2, 3, (0, 3))
    assert desk.damages() == []
