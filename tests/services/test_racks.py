"""Racks: bins named from ranges, in walking order."""

from __future__ import annotations

import pytest

from app.errors import Invalid
from app.services.racks import Rack, bins_of


def test_a_rack_is_every_aisle_bay_and_level_in_walking_order():
    made = bins_of(Rack("A", "1-2", "9-10", "1-2", "pick_face"))
    assert [one.code for one in made] == [
        "A-01-09-1", "A-01-09-2", "A-01-10-1", "A-01-10-2", "A-02-09-1", "A-02-09-2", "A-02-10-1", "A-02-10-2",
    ]  # fmt: skip
    assert {(one.zone, one.kind) for one in made} == {("A", "pick_face")}
    assert (made[-1].aisle, made[-1].bay, made[-1].level) == (2, 10, 2)


def test_what_is_not_said_is_left_out_of_the_code():
    assert [one.code for one in bins_of(Rack("COLD"))] == ["COLD"]
    assert [one.code for one in bins_of(Rack("", bays="100–101"))] == ["100", "101"]


@pytest.mark.parametrize(
    ("rack", "why"),
    [
        (Rack(" "), "at least a zone"),
        (Rack("A", "x"), "not a range"),
        (Rack("A", "0-3"), "below one"),
        (Rack("A", bays="5-2"), "backwards"),
        (Rack("A", "1-100", "1-100"), "10,000 bins"),
    ],
)
def test_what_cannot_be_meant_is_refused(rack, why):
    with pytest.raises(Invalid, match=why):
        bins_of(rack)
