"""Cartons proposed for a shipment can be packed as they are; what has no size is left to the packer and named."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from app.errors import Invalid
from app.models.cartons import Box
from app.models.shipment import shipment
from app.services import orders, packing_proposals, shipping
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.store import ONE, Store


@pytest.fixture
def store(database) -> Store:
    made = Store(database).open()
    kinds = (
        ("S", Box("S", (300, 200, 150), 100, 5_000, 4_000), "parcel"),
        ("L", Box("L", (600, 400, 400), 400, 25_000, 12_000), "parcel"),
        ("EUR", Box("EUR", (1200, 800, 1500), 25_000, 700_000), "pallet"),
    )
    for code, box, kind in kinds:
        made.do("carton.add", lambda tx, c=code, b=box, k=kind: packing_proposals.add_carton(tx, c, c, b, kind=k))
    return made


def shipped(store: Store, *goods: tuple[UUID, int]) -> UUID:
    new = NewOrder(store.buyer, tuple(LineInput(product, Decimal(n)) for product, n in goods))
    order = store.do("order.create", lambda tx: orders.create(tx, new))
    store.do("order.confirm", lambda tx: orders.confirm(tx, order))
    store.pick_all(order)
    return store.one(shipment, order, "planned")


def test_the_proposal_is_packed_as_it_is(store):
    lamp = store.product("LAMP", units={}, length_mm=280, width_mm=190, height_mm=140, weight_g=900)
    cloth = store.product("CLOTH", units={})
    store.put(lamp, 20, "A-1")
    store.put(cloth, 5)
    key = shipped(store, (lamp, 9), (cloth, 2))
    proposal = store.read(packing_proposals.propose, key)
    assert proposal.unknown == ("CLOTH",)
    assert sorted(proposal.cartons) == ["", "L", "S"]
    assert all(one.weight_g <= 25_000 for one in proposal.packages)
    store.do("shipment.pack", lambda tx: shipping.pack(tx, key, proposal.packages))
    assert store.damages() == []


def test_cartons_stand_on_as_few_pallets_as_hold_them(store):
    drum = store.product("DRUM", units={}, length_mm=590, width_mm=390, height_mm=390, weight_g=20_000)
    store.put(drum, 30, "A-1")
    key = shipped(store, (drum, 14))
    proposal = store.read(lambda c: packing_proposals.propose(c, key, on_pallets=True))
    assert proposal.cartons == ("L",) * 14
    assert sorted(len(one) for one in proposal.pallets) == [2, 12]


def test_a_carton_that_may_weigh_less_than_it_does_is_none(store):
    with pytest.raises(Invalid):
        store.do("c", lambda tx: packing_proposals.add_carton(tx, "X", "X", Box("X", (1, 1, 1), 100, 100)))


def test_of_a_very_large_shipment_only_so_many_pieces_are_placed_whatever_lines_they_are_on(store, monkeypatch):
    monkeypatch.setattr(packing_proposals, "MOST_PIECES", 5)
    sizes = {"length_mm": 100, "width_mm": 100, "height_mm": 100, "weight_g": 100}
    goods = [store.product(sku, units={}, **sizes) for sku in ("CUBE", "DIE")]
    for product in goods:
        store.put(product, 4)
    key = shipped(store, *((product, 4) for product in goods))
    proposal = store.read(packing_proposals.propose, key)
    assert proposal.cartons == ("S", "")  # five in a carton, three for the packer to see to
    assert [sum(one.contents.values()) // ONE for one in proposal.packages] == [5, 3]
