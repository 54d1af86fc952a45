"""Work orders: planned on capacity, released, reported in parts, finished short, cancelled, outsourced, assembled."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.shipment import shipment
from app.models.sourcing import Supply
from app.models.stock import Place
from app.models.supply import Way
from app.services import (
    orders,
    pegs,
    production,
    purchasing,
    receiving,
    returns,
    shipping,
    stock,
    suppliers,
    transfers,
    work_orders,
    work_sheets,
)
from app.services.bills import Component, Step
from tests.supply_desk import FRIDAY, GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def plan(desk, way, pieces, due_on=FRIDAY, **fields):
    return desk.do(
        "work.plan",
        lambda tx: work_orders.plan(tx, way, pieces * GRAIN, due_on, location_id=desk.main, **fields),
    )


def do(desk, name, *arguments, **fields):
    module = production if name == "report" else work_orders
    return desk.do(f"work.{name}", lambda tx: getattr(module, name)(tx, *arguments, **fields))


def pieces(desk, work_order):
    """Needed, promised and consumed of each component."""
    rows = desk.read(work_orders.components, work_order)
    return [(row.needed // GRAIN, row.reserved // GRAIN, row.consumed // GRAIN) for row in rows]


def test_parts_of_a_work_order_consume_what_the_bill_says_and_serve_whom_it_is_for(desk):
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    order, line = desk.order(desk.pump, 5)
    work = plan(desk, way, 5)
    desk.peg(line, Supply.WORK_ORDER, work, 5)
    desk.receive(desk.housing, 5)
    desk.receive(desk.sensor, 8)
    do(desk, "release", work)
    assert pieces(desk, work) == [(5, 5, 0), (10, 8, 0)]
    do(desk, "report", work, 2 * GRAIN)
    assert pieces(desk, work) == [(5, 3, 2), (10, 4, 4)]
    assert desk.line(order).reserved == 2 * GRAIN
    with pytest.raises(NotAllowed, match="SENSOR"):
        do(desk, "report", work, 3 * GRAIN)
    desk.receive(desk.sensor, 2)
    do(desk, "report", work, 2 * GRAIN, scrapped=GRAIN)
    assert pieces(desk, work) == [(5, 0, 5), (10, 0, 10)]
    head = desk.read(work_orders.get, work)
    assert (head.state, head.made // GRAIN, head.scrapped // GRAIN) == ("done", 4, 1)
    assert desk.line(order).reserved == 4 * GRAIN
    assert desk.moved(desk.pump, Place.PRODUCTION, Place.SCRAP) == 1
    (peg,) = desk.read(pegs.of_supply, work)
    assert (peg.open // GRAIN, peg.trouble) == (1, "WO-00001 was finished.")
    assert desk.damages() == []


def test_work_is_booked_on_capacity_that_others_left(desk):
    steps = (Step("Turn", desk.center("LATHE", 120), Decimal(30), Decimal(30)), Step("Paint", desk.center("PAINT")))
    desk.bill(steps)
    way = desk.way(desk.pump, Way.MAKE)
    first, second = plan(desk, way, 5), plan(desk, way, 5)
    booked = [[(row.on, row.minutes) for row in desk.read(work_orders.steps, work)] for work in (first, second)]
    assert booked[0] == [(date(2026, 11, 5), Decimal(60)), (FRIDAY, Decimal(120))]
    assert booked[1] == [(date(2026, 11, 4), Decimal(120)), (date(2026, 11, 5), Decimal(60))]
    third = plan(desk, way, 20)
    assert desk.read(work_orders.get, third).due_on == date(2026, 11, 12)  # 630 minutes, from today on
    do(desk, "cancel", second)
    assert desk.read(work_orders.steps, second) == []
    assert desk.damages() == []


def test_a_bigger_half_and_a_fixed_component_add_up_to_the_whole(desk):
    parts = (Component(desk.housing, Decimal("0.3333")), Component(desk.sensor, Decimal(1), fixed=True))
    desk.bill(parts=parts, quantity=Decimal(7))
    work = plan(desk, desk.way(desk.pump, Way.MAKE), 3)
    desk.receive(desk.housing, 1)
    desk.receive(desk.sensor, 1)
    do(desk, "release", work)
    needed = [row.needed for row in desk.read(work_orders.components, work)]
    assert needed == [-(-3333 * 3 * GRAIN // 70_000), GRAIN]
    for _ in range(3):
        do(desk, "report", work, GRAIN)
    assert [row.consumed for row in desk.read(work_orders.components, work)] == needed
    assert desk.damages() == []


def test_finishing_short_gives_components_to_who_waits_and_reopening_needs_them_again(desk):
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    work = plan(desk, way, 4)
    desk.receive(desk.housing, 4)
    desk.receive(desk.sensor, 8)
    do(desk, "release", work)
    order, _ = desk.order(desk.sensor, 3)
    do(desk, "report", work, GRAIN)
    do(desk, "finish", work)
    assert (desk.line(order).reserved // GRAIN, desk.level(desk.housing)) == (3, (3, 0))
    do(desk, "reopen", work)
    assert pieces(desk, work) == [(4, 0, 1), (8, 0, 2)]
    with pytest.raises(NotAllowed, match="begun"):
        do(desk, "take_back", work)
    assert desk.damages() == []


def test_what_is_assembled_is_bought_first_and_waits_for_it(desk):
    desk.bill(lead_days=1)
    desk.way(desk.housing, Way.BUY, "11.00")
    desk.way(desk.sensor, Way.BUY, "4.00", lead_days=8)
    work = plan(desk, desk.way(desk.pump, Way.ASSEMBLE), 2)
    rows = desk.read(work_orders.components, work)
    bought = [desk.read(pegs.of_demand, row.id)[0] for row in rows]
    assert [one.supply for one in bought] == [Supply.PURCHASE_LINE] * 2
    head = desk.read(work_orders.get, work)
    assert (head.starts_on, head.due_on) == (date(2026, 11, 12), FRIDAY.replace(day=13))
    purchases = {row.id for row in desk.database.read(lambda c: c.execute(purchasing.purchase_order.select()).all())}
    for purchase in purchases:
        desk.do("purchase.send", lambda tx, p=purchase: purchasing.send(tx, p))
        desk.do("purchase.receive", lambda tx, p=purchase: receiving.receive(tx, p))
    assert pieces(desk, work) == [(2, 2, 0), (4, 4, 0)]  # promised before the work is released
    do(desk, "release", work)
    do(desk, "report", work, 2 * GRAIN)
    assert desk.level(desk.pump) == (2, 0)
    assert desk.damages() == []


def test_a_subcontractor_gets_the_components_and_is_paid_for_the_work(desk):
    desk.bill()
    lathe = desk.supplier("Lathe Works", lead_days=4)
    desk.receive(desk.housing, 2)
    desk.receive(desk.sensor, 4)
    work = plan(desk, desk.way(desk.pump, Way.OUTSOURCE, "30.00", supplier_id=lathe), 2)
    yard = desk.read(suppliers.find_yard, lathe)
    (moving,) = desk.database.read(lambda c: c.execute(transfers.transfer.select()).all())
    assert (moving.to_location_id, desk.level(desk.sensor)) == (yard, (0, 4))
    desk.do("transfer.ship", lambda tx: transfers.ship(tx, moving.id))
    assert (desk.level(desk.sensor), desk.level(desk.sensor, yard)) == ((0, 0), (0, 0))
    desk.do("transfer.receive", lambda tx: transfers.receive(tx, moving.id))
    assert desk.level(desk.sensor, yard) == (0, 4)
    do(desk, "release", work)
    (purchase,) = desk.database.read(lambda c: c.execute(purchasing.purchase_order.select()).all())
    (line,) = desk.read(purchasing.lines, purchase.id)
    assert (line.net, line.work_order_id) == (Decimal("60.00"), work)
    with pytest.raises(NotAllowed, match="is not sent"):
        do(desk, "report", work, GRAIN)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase.id))
    with pytest.raises(NotAllowed, match="WO-00001"):
        desk.do("purchase.cancel", lambda tx: purchasing.cancel(tx, purchase.id))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase.id, {line.id: GRAIN}))
    assert (desk.level(desk.pump), desk.level(desk.sensor, yard)) == ((1, 0), (0, 2))
    do(desk, "report", work, GRAIN)
    assert desk.read(purchasing.get, purchase.id).state == "closed"
    assert desk.read(work_orders.get, work).state == "done"
    assert desk.damages() == []


def test_cancelling_calls_off_what_nobody_is_bound_to(desk):
    desk.bill()
    lathe = desk.supplier("Lathe Works")
    desk.receive(desk.housing, 2)
    desk.receive(desk.sensor, 4)
    work = plan(desk, desk.way(desk.pump, Way.OUTSOURCE, "30.00", supplier_id=lathe), 2)
    order, _ = desk.order(desk.sensor, 4)
    do(desk, "lower", work, GRAIN)
    assert (desk.level(desk.sensor), desk.line(order).reserved) == ((0, 4), 2 * GRAIN)
    do(desk, "cancel", work)
    (purchase,) = desk.database.read(lambda c: c.execute(purchasing.purchase_order.select()).all())
    (moving,) = desk.database.read(lambda c: c.execute(transfers.transfer.select()).all())
    assert (purchase.state, moving.state) == ("cancelled", "cancelled")
    assert desk.line(order).reserved == 4 * GRAIN
    assert desk.damages() == []


def test_outsourced_work_that_is_taken_up_again_is_due_when_the_subcontractor_can_have_it_done(desk):
    desk.bill()
    lathe = desk.supplier("Lathe Works", lead_days=4)
    work = plan(desk, desk.way(desk.pump, Way.OUTSOURCE, "30.00", supplier_id=lathe), 2)
    do(desk, "cancel", work)
    desk._minutes += 60 * 24 * 14  # the day it was due is over
    do(desk, "reopen", work)
    head = desk.read(work_orders.get, work)
    rows = desk.database.read(lambda c: c.execute(purchasing.purchase_line.select()).all())
    (asked,) = [row for row in rows if row.cancelled == 0 and row.work_order_id == work]
    assert (head.due_on, asked.expected_on) == (date(2026, 11, 20), date(2026, 11, 20))


def test_what_an_order_gives_up_and_what_a_count_finds_goes_to_work_that_waits(desk):
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    desk.receive(desk.housing, 5)
    desk.receive(desk.sensor, 4)
    order_id, _ = desk.order(desk.sensor, 4)
    work = plan(desk, way, 3)
    do(desk, "release", work)
    assert pieces(desk, work) == [(3, 3, 0), (6, 0, 0)]
    desk.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    assert pieces(desk, work) == [(3, 3, 0), (6, 4, 0)]
    desk.do("stock.count", lambda tx: stock.count(tx, desk.sensor, Decimal(9)))
    assert pieces(desk, work) == [(3, 3, 0), (6, 6, 0)]


def test_what_the_last_piece_leaves_over_is_promised_to_who_waits(desk):
    desk.bill()
    desk.receive(desk.housing, 2)
    desk.receive(desk.sensor, 4)
    work, other = (plan(desk, desk.way(desk.pump, Way.MAKE), pieces) for pieces in (2, 1))
    do(desk, "release", work)
    do(desk, "release", other)
    order, _ = desk.order(desk.sensor, 1)
    sensor = next(row.id for row in desk.read(work_orders.components, work) if row.product_id == desk.sensor)
    used = {sensor: 2 * GRAIN}
    desk.do("work.report", lambda tx: production.report(tx, work, 2 * GRAIN, consumed=used))
    assert desk.line(order).reserved == GRAIN
    assert {row.sku: row.reserved // GRAIN for row in desk.read(work_orders.components, other)}["SENSOR"] == 1
    assert desk.damages() == []


def test_less_work_takes_less_of_the_work_center(desk):
    lathe = desk.center("LATHE", 120)
    desk.bill((Step("Turn", lathe, Decimal(0), Decimal(60)),))
    work = plan(desk, desk.way(desk.pump, Way.MAKE), 6)

    def booked():
        return [(row.on.isoformat(), int(row.minutes)) for row in desk.read(work_orders.steps, work)]

    assert booked() == [("2026-11-04", 120), ("2026-11-05", 120), ("2026-11-06", 120)]
    do(desk, "lower", work, 3 * GRAIN)
    assert booked() == [("2026-11-05", 60), ("2026-11-06", 120)]
    assert desk.read(work_orders.get, work).due_on == FRIDAY
    assert desk.damages() == []


def test_parts_that_work_due_before_takes_are_short_for_the_work_after_it(desk):
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    desk.receive(desk.housing, 5)
    desk.receive(desk.sensor, 10)
    first = plan(desk, way, 3, supply_components=False)
    second = plan(desk, way, 3, date(2026, 11, 13), supply_components=False)
    sheets = [desk.read(work_sheets.read, work) for work in (first, second)]
    assert [[part.short // GRAIN for part in sheet.parts] for sheet in sheets] == [[0, 0], [1, 2]]
    do(desk, "release", second)  # who is released takes what is free, whenever it is due
    sheets = [desk.read(work_sheets.read, work) for work in (first, second)]
    assert [[part.short // GRAIN for part in sheet.parts] for sheet in sheets] == [[1, 2], [0, 0]]


def test_goods_that_come_back_serve_work_that_waits_for_them(desk):
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    desk.receive(desk.housing, 5)
    desk.receive(desk.sensor, 4)
    order_id, line_id = desk.order(desk.sensor, 4)
    planned = desk.database.read(lambda c: c.execute(select(shipment.c.id)).scalar_one())
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, planned))
    work = plan(desk, way, 3)
    do(desk, "release", work)
    assert pieces(desk, work) == [(3, 3, 0), (6, 0, 0)]
    back = desk.do(
        "return.authorise", lambda tx: returns.authorise(tx, order_id, {line_id: 3 * GRAIN}, reason="too many")
    )
    desk.do("return.receive", lambda tx: returns.receive(tx, back))
    assert pieces(desk, work) == [(3, 3, 0), (6, 3, 0)]
    assert desk.damages() == []
