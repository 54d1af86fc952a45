"""Cartons stand on pallets: numbers, weights, labels and papers follow, and opening them leaves nothing behind."""

from __future__ import annotations

from io import BytesIO

import pytest
from pikepdf import Pdf
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.cartons import Box
from app.models.shipment import package, shipment
from app.services import (
    calling_back,
    carriers,
    companies,
    dispatch_check,
    fulfilment,
    labels,
    manifests,
    packing_proposals,
    shipping,
)
from app.services.packaging import NewPackage
from app.services.papers import fulfilling
from tests.store import ONE, Store


@pytest.fixture
def store(sqlite_database) -> Store:
    return opened(sqlite_database)


def opened(database) -> Store:
    made = Store(database).open()
    euro = Box("EUR", (1200, 800, 1500), 25_000, 700_000)
    made.euro = made.do("c", lambda tx: packing_proposals.add_carton(tx, "EUR", "Euro pallet", euro, kind="pallet"))
    made.drum = made.product("DRUM", units={}, weight_g=4_000)
    made.put(made.drum, 20, "A-1")
    return made


def planned(store: Store, quantity: int = 7):
    store.order_id = store.order(store.drum, quantity)
    store.pick_all(store.order_id)
    return store.one(shipment, store.order_id, "planned")


def line_of(store: Store, key):
    return store.read(fulfilment.shipment_sheet, key).to_pack[0].order_line_id


def on_a_pallet(store: Store, key) -> list[NewPackage]:
    """Two cartons and a loose drum on a pallet, and a parcel beside it."""
    line = line_of(store, key)
    return [
        NewPackage({line: 2 * ONE}, 8_400, 400, 400, 400, on=2),
        NewPackage({line: 3 * ONE}, 12_600, 400, 400, 400, on=2),
        NewPackage({line: ONE}, 51_000, 1200, 800, 900, carton_id=store.euro, kind="pallet"),
        NewPackage({line: ONE}, 4_200),
    ]


def pack(store: Store, key, packages):
    return store.do("shipment.pack", lambda tx: shipping.pack(tx, key, packages))


def test_a_pallet_weighs_what_is_on_it_and_itself_and_is_handed_over_as_one(store):
    key = planned(store)
    ids = pack(store, key, on_a_pallet(store, key))
    sheet = store.read(fulfilment.shipment_sheet, key)
    assert [(one.position, one.kind, one.on) for one in sheet.packages] == [
        (1, "pallet", None),
        (3, "parcel", 1),
        (4, "parcel", 1),
        (2, "parcel", None),
    ]
    assert sheet.packages[0].id == ids[2]
    assert (sheet.head.packages, sheet.head.weight_g) == (2, 55_200)
    assert len({one.sscc for one in sheet.packages}) == 4
    assert store.damages() == []


def test_an_unweighed_pallet_weighs_its_packages_and_its_kind_empty(store):
    key = planned(store, 5)
    first, second, *_ = on_a_pallet(store, key)
    pack(store, key, [first, second, NewPackage({}, carton_id=store.euro, kind="pallet")])
    assert store.read(fulfilment.shipment_sheet, key).packages[0].weight_g == 25_000 + 8_400 + 12_600


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "pallet", "on": 2},  # a pallet on a pallet
        {"on": 0},  # on itself
        {"on": 9},
    ],
)
def test_nothing_but_a_pallet_on_the_floor_is_stood_on(store, wrong):
    key = planned(store)
    line = line_of(store, key)
    packages = on_a_pallet(store, key)
    with pytest.raises(Invalid):
        pack(store, key, [NewPackage({line: 2 * ONE}, **wrong), *packages[1:]])
    assert store.read(fulfilment.shipment_sheet, key).packages == ()


def test_a_pallet_weighs_no_less_than_what_is_on_it(store):
    key = planned(store, 5)
    first, second, *_ = on_a_pallet(store, key)
    with pytest.raises(Invalid):
        pack(store, key, [first, second, NewPackage({}, 20_000, kind="pallet")])
    with pytest.raises(Invalid, match="Nothing stands"):
        pack(store, key, [NewPackage({line_of(store, key): ONE}), NewPackage({}, kind="pallet")])


def test_one_label_for_each_thing_handed_over_and_more_inside_where_the_carrier_wants_them(store):
    key = planned(store)
    pack(store, key, on_a_pallet(store, key))
    of = [(paper.package, paper.packages, paper.weight_g) for _, paper in store.read(fulfilling.label_snapshots, key)]
    assert of == [(1, 2, 51_000), (2, 2, 4_200)]
    freight = store.do("carrier.add", lambda tx: companies.add_carrier(tx, "HAUL", "Haul"))
    store.do("c", lambda tx: carriers.connect(tx, freight, "table"))
    store.do("c", lambda tx: carriers.add_service(tx, freight, carriers.NewService("STD", "Standard")))
    inside = carriers.NewService("ALL", "All labelled", label_inside=True)
    store.do("c", lambda tx: carriers.add_service(tx, freight, inside))
    assert len(store.do("l", lambda tx: labels.plan(tx, key, freight, "STD"))) == 2
    assert len(store.do("l", lambda tx: labels.plan(tx, key, freight, "ALL"))) == 4
    assert len(store.do("l", lambda tx: labels.plan(tx, key, freight, "ALL"))) == 4  # once
    assert len(store.read(fulfilling.labels, key)) == 4
    assert store.damages() == []


def test_the_slip_shows_what_stands_on_what(store):
    key = planned(store)
    pack(store, key, on_a_pallet(store, key))
    with Pdf.open(BytesIO(store.read(fulfilling.slip, key).pdf)) as slip:
        assert len(slip.pages) == 1


def test_the_check_at_the_door_is_of_the_pallet_with_all_that_is_on_it(store):
    key = planned(store)
    ids = pack(store, key, on_a_pallet(store, key))
    checks = store.read(dispatch_check.checks, key)
    assert [(one.position, one.expected_g) for one in checks] == [(1, 25_000 + 6 * 4_000), (2, 4_000)]
    inside = store.read(fulfilment.shipment_sheet, key).packages[1].sscc
    with pytest.raises(NotAllowed, match="pallet 1"):
        store.do("s", lambda tx: dispatch_check.scan(tx, key, inside))
    with pytest.raises(Invalid):
        store.do("w", lambda tx: dispatch_check.weigh(tx, ids[2], 20_000))
    store.do("w", lambda tx: dispatch_check.weigh(tx, ids[2], 50_500))
    assert store.read(fulfilment.shipment_sheet, key).head.weight_g == 54_700
    assert store.damages() == []


def test_unpacked_packed_again_shipped_and_taken_back_nothing_stays(database):
    store = opened(database)
    key = planned(store)
    pack(store, key, on_a_pallet(store, key))
    store.do("u", lambda tx: shipping.unpack(tx, key))
    assert store.read(lambda c: c.execute(select(package)).all()) == []
    pack(store, key, on_a_pallet(store, key))
    store.do("s", lambda tx: shipping.ship(tx, key))
    waiting = store.read(manifests.waiting, store.now.date())
    assert [one.weight_g for lines in waiting.values() for one in lines] == [51_000, 4_200]
    store.do("c", lambda tx: calling_back.call_back(tx, key))
    assert store.read(lambda c: c.execute(select(package)).all()) == []
    assert store.damages() == []
