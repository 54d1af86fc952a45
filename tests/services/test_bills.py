"""Bills: the last one is in use, what is planned keeps the old, and nothing is made of itself."""

from decimal import Decimal

import pytest

from app.errors import Invalid
from app.models.bill import BillCycle
from app.services import bills
from app.services.bills import Component, NewBill, Step
from tests.races import overtaken
from tests.supply_desk import GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def test_a_new_version_takes_the_place_of_the_old_and_can_give_it_back(desk):
    first = desk.bill()
    parts = (Component(desk.housing, Decimal(1)), Component(desk.sensor, Decimal(3)))
    second = desk.do("bill.change", lambda tx: bills.change(tx, first, NewBill(desk.pump, parts, code="B")))
    assert desk.read(bills.active, desk.pump).head.id == second
    assert [row.active for row in desk.read(bills.versions, desk.pump)] == [True, False]
    desk.do("bill.activate", lambda tx: bills.activate(tx, first))
    assert desk.read(bills.active, desk.pump).head.id == first
    assert [row.product_id for row in desk.read(bills.used_in, desk.sensor)] == [desk.pump]
    desk.do("bill.deactivate", lambda tx: bills.deactivate(tx, first))
    assert desk.read(bills.active, desk.pump) is None
    assert desk.damages() == []


def test_a_product_made_of_itself_over_two_levels_is_refused_and_named(desk):
    desk.bill()
    deep = NewBill(desk.sensor, (Component(desk.pump, Decimal(1), "dozen"),))
    before = desk.fingerprint()
    with pytest.raises(BillCycle, match="SENSOR → PUMP → SENSOR"):
        desk.do("bill.add", lambda tx: bills.add(tx, deep))
    assert desk.fingerprint() == before


def test_needs_are_exact_in_any_unit_and_raised_to_what_can_be_counted(desk):
    parts = (Component(desk.housing, Decimal(1), "dozen"), Component(desk.sensor, Decimal("0.5"), fixed=True))
    bill = desk.bill(parts=parts, quantity=Decimal(7))

    def needed(grains):
        return desk.read(lambda c: bills.needs(c, bills.get(c, bill), grains))

    assert needed(7 * GRAIN) == [12 * GRAIN, GRAIN // 2]
    assert needed(GRAIN) == [-(-12 * GRAIN // 7), GRAIN // 2]
    assert needed(0) == [0, 0]


def test_what_cannot_be_made_is_refused(desk):
    service = desk.product("HOUR", kind="service", units={})
    center = desk.center()
    for wrong in (
        NewBill(desk.pump, ()),
        NewBill(service, (Component(desk.sensor, Decimal(1)),)),
        NewBill(desk.pump, (Component(service, Decimal(1)),)),
        NewBill(desk.pump, (Component(desk.sensor, Decimal(0)),)),
        NewBill(desk.pump, (Component(desk.sensor, Decimal(1)),), (Step("Turn", center, Decimal(-1)),)),
        NewBill(desk.pump, (Component(desk.sensor, Decimal(1)),), quantity=Decimal(0)),
    ):
        with pytest.raises(Invalid):
            desk.do("bill.add", lambda tx, new=wrong: bills.add(tx, new))


def test_a_kit_has_a_bill_without_steps_and_goes_into_kits_alone(desk):
    kit = desk.product("SET", kind="kit", units={})
    room = desk.product("ROOM", kind="kit", units={})
    bill = desk.do("bill.add", lambda tx: bills.add(tx, NewBill(kit, (Component(desk.sensor, Decimal(2)),))))
    desk.do("bill.add", lambda tx: bills.add(tx, NewBill(room, (Component(kit, Decimal(3)),))))
    assert desk.read(bills.active, kit).head.id == bill
    with pytest.raises(Invalid, match="SET is a kit"):
        desk.bill(parts=(Component(kit, Decimal(1)),))
    step = (Step("Turn", desk.center(), Decimal(1)),)
    with pytest.raises(Invalid, match="Leave the steps out"):
        desk.do("bill.add", lambda tx: bills.add(tx, NewBill(kit, (Component(desk.sensor, Decimal(2)),), step)))
    with pytest.raises(BillCycle, match="SET → ROOM → SET"):
        desk.do("bill.add", lambda tx: bills.add(tx, NewBill(kit, (Component(room, Decimal(1)),))))


def test_a_cycle_is_told_while_the_bill_is_typed(desk):
    desk.bill()
    assert desk.read(bills.path_to, desk.pump, desk.sensor) == ["SENSOR", "PUMP", "SENSOR"]
    assert desk.read(bills.path_to, desk.pump, desk.pump) == ["PUMP", "PUMP"]
    assert desk.read(bills.path_to, desk.housing, desk.sensor) == []
    assert set(desk.read(bills.tree, desk.pump)) == {desk.pump.hex}


def test_two_who_write_a_bill_at_the_same_moment_leave_one_active(desk):
    def write(tx):
        bills.add(tx, NewBill(desk.pump, (Component(desk.housing, Decimal(1)),)))

    overtaken(desk, write, write)
    assert sorted(row.active for row in desk.read(bills.versions, desk.pump)) == [False, True]
