"""Goods that were booked as shipped and had not left after all."""

from __future__ import annotations

import pytest

from app.errors import NotAllowed
from app.models.shipment import shipment
from app.services import billing, calling_back, lots, orders, returns, shipping
from app.services.packaging import NewPackage
from tests.desk import DAY
from tests.replay import differences
from tests.store import SOON, Store
from tests.views import small_company

UNIT = 3_600_000


@pytest.fixture
def company(database):
    made = small_company.found(database)
    yield made
    assert made.read(differences) == []


def ship_packed(company, order_id):
    shipment_id = company.shipment_of(order_id)
    company.pick_all(order_id)
    [line] = company.read(lambda connection: orders.lines(connection, order_id))
    company.do(lambda tx: shipping.pack(tx, shipment_id, [NewPackage({line.id: line.ordered}, 900)]))
    company.do(lambda tx: shipping.ship(tx, shipment_id))
    return shipment_id


def line_of(company, order_id):
    return company.read(lambda connection: orders.lines(connection, order_id))[0]


def test_goods_that_have_not_left_are_promised_and_planned_again(company):
    order_id = company.order({company.valve: 4})
    shipment_id = ship_packed(company, order_id)
    company.do(lambda tx: calling_back.call_back(tx, shipment_id))
    line = line_of(company, order_id)
    assert (line.shipped, line.returned, line.reserved) == (0, 0, 4 * UNIT)
    head = company.read(lambda connection: orders.get(connection, order_id))
    assert (head.delivery_state, head.stage) == ("waiting", "confirmed")
    again = company.shipment_of(order_id)
    assert again != shipment_id
    company.pick_all(order_id)
    company.do(lambda tx: shipping.ship(tx, again))
    assert line_of(company, order_id).shipped == 4 * UNIT


def test_a_part_that_has_not_left_joins_what_is_still_planned(company):
    order_id = company.order({company.valve: 4})
    first = company.shipment_of(order_id)
    line = line_of(company, order_id)
    company.do(lambda tx: shipping.ship(tx, first, quantities={line.id: UNIT}))
    company.do(lambda tx: calling_back.call_back(tx, first))
    assert line_of(company, order_id).reserved == 4 * UNIT


def test_what_is_invoiced_or_came_back_or_arrived_is_not_taken_back(company):
    order_id = company.order({company.valve: 4})
    shipment_id = ship_packed(company, order_id)
    quantities = {line_of(company, order_id).id: 4 * UNIT}
    draft = company.do(lambda tx: billing.draft(tx, order_id, quantities))
    company.do(lambda tx: billing.post(tx, draft, on=DAY))
    with pytest.raises(NotAllowed, match="invoiced"):
        company.do(lambda tx: calling_back.call_back(tx, shipment_id))
    other = company.order({company.valve: 2})
    second = ship_packed(company, other)
    line = line_of(company, other)
    back = company.do(lambda tx: returns.authorise(tx, other, {line.id: UNIT}, reason="Scratched"))
    company.do(lambda tx: returns.receive(tx, back))
    with pytest.raises(NotAllowed, match="came back"):
        company.do(lambda tx: calling_back.call_back(tx, second))
    company.do(lambda tx: shipping.deliver(tx, second))
    with pytest.raises(NotAllowed, match="delivered"):
        company.do(lambda tx: calling_back.call_back(tx, second))


def test_goods_with_lots_lie_in_the_warehouse_with_their_lots_again(database):
    store = Store(database).open()
    milk = store.product("MILK", units={}, tracking="lot")
    store.put(milk, 5, "A-1", "L-1", SOON)
    order_id = store.order(milk, 3)
    store.release(order_id)
    store.pick_all(order_id)
    store.ship(order_id)
    shipped = store.one(shipment, order_id, "shipped")
    store.do("shipment.call_back", lambda tx: calling_back.call_back(tx, shipped))
    trace = store.read(lots.trace, store.lot("L-1"))
    assert (trace.went, sum(n for n, _ in store.lying(milk).values())) == ((), 5)
    assert store.damages() == []
