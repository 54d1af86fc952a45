"""Packages are planned before they are packed: proposed, changed by hand, checked by scanning, and kept meanwhile."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid
from app.models.cartons import Box
from app.models.shipment import PALLET, shipment
from app.services import fulfilment, orders, packing_plans, packing_proposals, shipping
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.packing_plans import PackingPlan
from app.services.packing_scans import Kind, PackingScans
from tests.store import ONE, Store


@pytest.fixture
def store(sqlite_database) -> Store:
    made = Store(sqlite_database).open()
    kinds = (
        ("M", Box("M", (400, 300, 300), 300, 12_000, 8_000), "parcel"),
        ("EUR", Box("EUR", (1200, 800, 1500), 25_000, 700_000), "pallet"),
    )
    for code, box, kind in kinds:
        made.do("carton.add", lambda tx, c=code, b=box, k=kind: packing_proposals.add_carton(tx, c, c, b, kind=k))
    sizes = {"length_mm": 300, "width_mm": 200, "height_mm": 150, "weight_g": 2_500}
    made.lamp = made.product("LAMP", units={}, barcode="8719327004418", **sizes)
    made.cloth = made.product("CLOTH", units={}, length_mm=100, width_mm=100, height_mm=50, weight_g=100)
    made.meter = made.product("METER", units={}, tracking="serial", length_mm=100, width_mm=100, height_mm=50)
    made.put(made.lamp, 20, "A-1")
    made.put(made.cloth, 20, "A-2")
    for serial in ("M-1", "M-2", "M-3"):
        made.put(made.meter, 1, "A-3", serial)
    return made


def plan_of(store: Store, *goods) -> PackingPlan:
    new = NewOrder(store.buyer, tuple(LineInput(product, Decimal(n)) for product, n in goods))
    order = store.do("order.create", lambda tx: orders.create(tx, new))
    store.do("order.confirm", lambda tx: orders.confirm(tx, order))
    if any(product == store.meter for product, _ in goods):
        store.release(order)
    store.pick_all(order)
    return PackingPlan(store.read(packing_plans.read, store.one(shipment, order, "planned")))


def proposed(store: Store, plan: PackingPlan, *, on_pallets: bool = False) -> PackingPlan:
    key = plan.sheet.shipment_id
    plan.take(store.read(lambda c: packing_plans.propose(c, key, on_pallets=on_pallets)))
    return plan


def pack(store: Store, plan: PackingPlan):
    packages = plan.packages()
    store.do("shipment.pack", lambda tx: shipping.pack(tx, plan.sheet.shipment_id, packages))
    assert store.damages() == []
    return store.read(fulfilment.shipment_sheet, plan.sheet.shipment_id)


def test_a_plan_begins_with_all_in_one_package_without_a_weight(store):
    plan = plan_of(store, (store.lamp, 3))
    [one] = pack(store, plan).packages
    assert (one.weight_g, one.contents[0].quantity) == (0, 3)


def test_proposed_cartons_on_a_pallet_are_packed_as_they_stand(store):
    plan = proposed(store, plan_of(store, (store.lamp, 9)), on_pallets=True)
    first, *others = plan.in_order()
    assert first.kind == PALLET
    assert [plan.number(one) for one in others] == [2, 3, 4]
    assert sorted((plan.weight_g(one), plan.fill(one)) for one in others) == [
        (2_800, Decimal("0.25")),
        (10_300, 1),
        (10_300, 1),
    ]
    sheet = pack(store, plan)
    assert (sheet.head.packages, sheet.head.weight_g) == (1, 25_000 + 23_400)
    assert [one.on for one in sheet.packages] == [None, 1, 1, 1]


def test_pieces_are_moved_between_cartons_and_onto_the_pallet_and_limits_are_told(store):
    plan = proposed(store, plan_of(store, (store.lamp, 9)), on_pallets=True)
    pallet, first, _, last = plan.in_order()
    [line] = plan.goods
    plan.put(first.key, line, 5 * ONE)
    assert plan.troubles(first) == ["too heavy", "too full"]
    assert last.contents == {}
    plan.put(pallet.key, line, 2 * ONE)
    assert sum(one.contents.get(line, 0) for one in plan.units) == 9 * ONE
    with pytest.raises(Invalid):
        plan.put(pallet.key, line, 10 * ONE)
    plan.put(first.key, line, 4 * ONE)
    assert plan.left(line) == ONE
    plan.put(last.key, line, last.contents.get(line, 0) + ONE)
    sheet = pack(store, plan)
    loose = sheet.packages[0]
    assert loose.contents[0].quantity == 2
    assert loose.weight_g == 25_000 + 5_000 + sum(one.weight_g for one in sheet.packages[1:])


def test_wrong_things_and_too_many_are_told_and_change_nothing(store):
    plan = proposed(store, plan_of(store, (store.lamp, 5), (store.cloth, 1)))
    first, second = plan.in_order()
    scans = PackingScans(plan)
    lamp, cloth = plan.goods
    with_cloth, other = (first, second) if cloth in first.contents else (second, first)
    before = plan.to_text()
    assert scans.scan(first.key, "NOTHING").kind == Kind.WRONG_ITEM
    told = scans.scan(other.key, "CLOTH")
    assert (told.kind, told.belongs) == (Kind.WRONG_PACKAGE, with_cloth)
    assert plan.to_text() == before
    assert scans.scan(with_cloth.key, "CLOTH").kind in {Kind.COUNTED, Kind.PACKAGE_DONE}
    assert scans.scan(with_cloth.key, "CLOTH").kind == Kind.TOO_MANY
    assert plan.unscanned() == {lamp: 5 * ONE}
    for unit in (first, second):
        for _ in range(unit.contents.get(lamp, 0) // ONE):
            answer = scans.scan(unit.key, "08719327004418")
    assert answer.kind == Kind.ALL_DONE
    pack(store, plan)


def test_what_lies_in_a_package_made_by_hand_follows_the_scan(store):
    plan = plan_of(store, (store.lamp, 2))
    first, second = plan.units[0], plan.add()
    [line] = plan.goods
    assert PackingScans(plan).scan(second.key, "LAMP").kind == Kind.COUNTED
    assert (first.contents, second.contents) == ({line: ONE}, {line: ONE})


def test_serial_numbers_are_packed_where_they_are_scanned(store):
    plan = plan_of(store, (store.meter, 2))
    scans, first, second = PackingScans(plan), plan.units[0], plan.add()
    picked = [code for _, code, _ in plan.sheet.goods[0].lots]
    other = ({"M-1", "M-2", "M-3"} - set(picked)).pop()
    assert scans.scan(second.key, "METER").kind == Kind.NEEDS_LOT
    assert scans.scan(second.key, other).kind == Kind.WRONG_LOT
    assert scans.scan(second.key, picked[1]).kind == Kind.COUNTED
    assert scans.scan(first.key, picked[1]).kind == Kind.TOO_MANY
    sheet = pack(store, plan)
    query = "SELECT k.position, l.code FROM package_line c JOIN package k ON k.id = c.package_id JOIN lot l"
    rows = store.rows(f"{query} ON l.id = c.lot_id ORDER BY k.position")
    assert [tuple(row) for row in rows] == [(1, picked[0]), (2, picked[1])]
    assert len(sheet.packages) == 2


def test_what_is_under_way_is_kept_unless_other_goods_are_there(store):
    plan = proposed(store, plan_of(store, (store.lamp, 5)))
    PackingScans(plan).scan(plan.units[0].key, "LAMP")
    again = PackingPlan(plan.sheet)
    assert again.resume(plan.to_text())
    assert again.to_text() == plan.to_text()
    assert not PackingPlan(plan_of(store, (store.lamp, 4)).sheet).resume(plan.to_text())
    assert not again.resume("[1, 2]")


def test_empty_cartons_and_pallets_are_left_out(store):
    plan = plan_of(store, (store.lamp, 1))
    pallet = plan.add(next(one for one in plan.sheet.kinds if one.kind == PALLET))
    plan.stand(plan.add().key, pallet.key)
    assert len(plan.packages()) == 1
    with pytest.raises(Invalid):
        plan.stand(pallet.key, pallet.key)
