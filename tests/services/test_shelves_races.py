"""Two people at the same goods: a picker, and whoever moves them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.shelving import Spot
from app.models.shipment import pick_take
from app.services import shelves, takes
from tests.races import overtaken
from tests.store import ONE, Store


@pytest.fixture
def store(database) -> Store:
    return Store(database).open()


def test_goods_a_picker_has_in_hand_are_not_moved_from_under_them(store):
    valve = store.product("VALVE", units={})
    store.put(valve, 5, "A-1")
    pick_id = store.release(store.order(valve, 5))
    store.do("pick.begin", lambda tx: takes.begin(tx, [pick_id], "bo"))
    [stop] = store.read(lambda c: c.execute(select(pick_take)).all())
    bins = Spot(store.bins["A-1"]), store.bins["A-2"]
    with pytest.raises(NotAllowed, match="pickers are taking it"):
        overtaken(
            store,
            lambda tx: takes.take(tx, stop.id, "bo", 4 * ONE),
            lambda tx: shelves.move(tx, store.main, valve, *bins, 5 * ONE),
        )
    [stop] = store.read(lambda c: c.execute(select(pick_take)).all())
    assert (stop.wanted // ONE, stop.taken // ONE) == (5, 4)
    assert store.damages() == []
