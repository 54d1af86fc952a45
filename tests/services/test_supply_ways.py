"""How products may be had: prices by quantity and day, order of preference, and ways that cannot work."""

from datetime import date
from decimal import Decimal

import pytest

from app.errors import Conflict, Invalid
from app.models.supply import Way
from app.services import calendars, suppliers, supply_ways
from app.services.calendars import NewCenter
from app.services.suppliers import NewSupplier
from app.services.supply_ways import NewWay, PriceBreak
from tests.supply_desk import MONDAY, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def test_the_cheapest_price_at_a_quantity_and_a_day_is_found(desk):
    near = desk.supplier("Near", lead_days=1)
    prices = (
        PriceBreak(Decimal(5)),
        PriceBreak(Decimal(4), Decimal(10)),
        PriceBreak(Decimal(3), Decimal(10), valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 31)),
    )
    far = desk.way(desk.sensor, Way.BUY, prices=prices)
    by_dozen = desk.way(desk.sensor, Way.BUY, "54", supplier_id=near, unit="dozen")

    def cheapest(quantity, on=MONDAY):
        found = desk.read(supply_ways.cheapest, desk.sensor, Decimal(quantity), on)
        return [(way.id, price) for way, price in found]

    assert cheapest(9) == [(by_dozen, 54), (far, 5)]
    assert cheapest(10) == [(far, 4), (by_dozen, 54)]
    assert cheapest(10, date(2026, 12, 31))[0] == (far, 3)
    assert [way.lead_days for way in desk.read(supply_ways.of_product, desk.sensor)] == [3, 1]


def test_ways_come_in_the_order_they_are_preferred(desk):
    first, second, third = (desk.way(desk.sensor, Way.BUY, price) for price in "123")
    desk.do("supply.prefer", lambda tx: supply_ways.prefer(tx, desk.sensor, [third]))
    assert [way.id for way in desk.read(supply_ways.of_product, desk.sensor)] == [third, first, second]
    desk.do("supply.change", lambda tx: supply_ways.change(tx, third, {"active": False}, {"active": True}))
    assert [way.id for way in desk.read(supply_ways.of_product, desk.sensor)] == [first, second]
    with pytest.raises(Conflict):
        desk.do("supply.change", lambda tx: supply_ways.change(tx, third, {"active": True}, {"active": True}))
    assert desk.damages() == []


def test_ways_that_cannot_work_are_refused(desk):
    bill = desk.bill()
    for wrong in (
        NewWay(desk.sensor, Way.BUY),
        NewWay(desk.sensor, Way.MAKE, bill_id=bill),
        NewWay(desk.sensor, Way.BUY, supplier_id=desk.orbis, unit="pallet"),
        NewWay(desk.sensor, Way.BUY, supplier_id=desk.orbis, minimum=Decimal(0)),
        NewWay(desk.sensor, Way.BUY, supplier_id=desk.orbis, lead_days=-1),
        NewWay(desk.sensor, Way.BUY, supplier_id=desk.orbis, prices=(PriceBreak(Decimal(-1)),)),
    ):
        with pytest.raises(Invalid):
            desk.do("supply.add", lambda tx, new=wrong: supply_ways.add(tx, new))


def test_masters_are_checked_and_numbered(desk):
    found = desk.read(suppliers.get, desk.orbis)
    assert (found.number, found.currency, found.address.lines()[0]) == ("S-00001", "EUR", "Orbis")
    for wrong in (NewSupplier(" "), NewSupplier("A", number="S-00001"), NewSupplier("A", currency="XXX")):
        with pytest.raises(Invalid):
            desk.do("supplier.add", lambda tx, new=wrong: suppliers.add(tx, new))
    desk.do("supplier.change", lambda tx: suppliers.change(tx, desk.orbis, {"lead_days": 9}, {"lead_days": 3}))
    assert desk.read(suppliers.get, desk.orbis).lead_days == 9
    calendar = desk.do("calendar.add", lambda tx: calendars.add_calendar(tx, "NL", "Netherlands", "1111000"))
    desk.do("calendar.day", lambda tx: calendars.set_day(tx, calendar, date(2026, 11, 3), working=False, note="Feast"))
    assert desk.read(calendars.read, calendar).add(MONDAY, 1) == date(2026, 11, 4)
    for week in ("111", "0000000", "11111x0"):
        with pytest.raises(Invalid):
            desk.do("calendar.add", lambda tx, week=week: calendars.add_calendar(tx, "X", "X", week))
    with pytest.raises(Invalid):
        desk.do("center.add", lambda tx: calendars.add_center(tx, NewCenter("Z", "Z", 0)))
    assert desk.damages() == []


def test_a_kit_is_had_as_a_kit_and_nothing_else_is(desk):
    kit = desk.product("SET", kind="kit", units={})
    for wrong in (NewWay(kit, Way.BUY, supplier_id=desk.orbis), NewWay(desk.pump, Way.KIT)):
        with pytest.raises(Invalid, match="A kit is had as a kit"):
            desk.do("supply.add", lambda tx, new=wrong: supply_ways.add(tx, new))
    desk.way(kit, Way.KIT)
    assert [one.way for one in desk.read(supply_ways.of_product, kit)] == [Way.KIT]
