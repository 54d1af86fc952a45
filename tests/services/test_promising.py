"""What may be promised, read from the books: stock, what waits, what comes, and how else it may be had."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.models.product import GRAIN
from app.services import carriers, companies, orders, promising, stock
from app.services.carriers import NewService, Rate
from app.services.document_lines import LineInput
from app.services.promising import Policy, Wanted
from tests.desk import START, Desk
from tests.supply_desk import supply_desk

TODAY = START.date()
NOW = START + timedelta(hours=5)


@pytest.fixture
def desk(database):
    return Desk(database).found()


def pieces(n):
    return n * GRAIN


def sell(desk, product_id, quantity, **fields):
    customer = desk.customer(f"Buyer {quantity}")
    lines = (LineInput(product_id=product_id, quantity=Decimal(quantity)),)
    new = orders.NewOrder(customer, lines, **fields)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def look(desk, product_id, **fields):
    return desk.database.read(lambda c: promising.available(c, product_id, at=NOW, **fields))


def ask(desk, *wants, **policy):
    return desk.database.read(lambda c: promising.promise(c, wants, at=NOW, policy=Policy(**policy)))


def test_what_waits_is_not_promised_again_but_an_order_does_not_stand_in_its_own_way(desk):
    valve = desk.product("V-1")
    desk.do("stock.receive", lambda tx: stock.receive(tx, valve, Decimal(10)))
    order_id = sell(desk, valve, 14)
    found = look(desk, valve)
    assert (found.free, found.available, found.waiting, found.curve[-1].grains) == (0, 0, pieces(4), pieces(-4))
    own = look(desk, valve, order_id=order_id)
    assert (own.available, own.waiting) == (0, 0)
    desk.do("stock.receive", lambda tx: stock.receive(tx, valve, Decimal(9)))
    assert look(desk, valve).available == pieces(5)


def test_what_is_free_can_leave_today_and_the_rest_is_said_to_be_missing(desk):
    valve = desk.product("V-1")
    desk.do("stock.receive", lambda tx: stock.receive(tx, valve, Decimal(10)))
    (line,) = ask(desk, Wanted(valve, pieces(6))).lines
    assert (line.ready_on, line.reason, line.missing) == (TODAY, "6 in stock", 0)
    found = ask(desk, Wanted(valve, pieces(6)), Wanted(valve, pieces(6)))
    assert [line.missing for line in found.lines] == [0, pieces(2)]
    assert found.ready_on is None
    assert "2 not to be had" in found.lines[1].reason


def test_the_cheapest_warehouses_are_those_whose_parcels_cost_least_as_heavy_as_they_are(database):
    desk = supply_desk(database)
    near, far = desk.warehouse("NEAR"), desk.warehouse("FAR")
    heavy = desk.product("HEAVY", weight_g=1_000)
    for place, n in ((desk.main, 8), (near, 4), (far, 12)):
        desk.receive(heavy, n, place)

    def parts(rule):
        (line,) = ask(desk, Wanted(heavy, pieces(12)), rule=rule, country="NL", postal_code="3115").lines
        return {place: part.grains // GRAIN for place, part in line.parts}

    assert parts("fewest") == {far: 12}
    assert parts("cheapest") == {far: 12}  # nobody has a price: as few parcels as can be
    carrier = desk.do("carrier.add", lambda tx: companies.add_carrier(tx, "MER", "Meridian"))
    service = desk.do("service.add", lambda tx: carriers.add_service(tx, carrier, NewService("P", "Parcel")))
    light_is_cheap = [Rate(0, Decimal(6)), Rate(10_000, Decimal(30))]
    desk.do("rates.set", lambda tx: carriers.set_rates(tx, service, light_is_cheap))
    assert parts("cheapest") == {desk.main: 8, near: 4}
    assert parts("fewest") == {far: 12}
    desk.do("rates.set", lambda tx: carriers.set_rates(tx, service, [Rate(0, Decimal(6))]))
    assert parts("cheapest") == {far: 12}
