"""Before packages leave they are scanned, weighed and photographed, as far as the company wants it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.product import product
from app.services import activity, companies, dispatch_check, integrity, shipping
from app.services.fulfilment import shipment_sheet
from tests.services.carrier_office import Despatch

PNG = b"\x89PNG\r\n\x1a\nphoto"


class Door(Despatch):
    """Two packages of valves that weigh 1.5 kg each: 6 and 4 of them."""

    def __init__(self, database):
        super().__init__(database)
        self.company.do(lambda tx: tx.update(product, self.company.valve, weight_g=1_500))
        sheet = self.company.read(lambda c: shipment_sheet(c, self.shipment))
        self.first, self.second = sheet.packages

    def want(self, rule, tolerance=None):
        values = {"dispatch_check": rule, "weight_tolerance": tolerance}
        self.company.do(lambda tx: companies.change(tx, values))

    def scan(self, code):
        return self.company.do(lambda tx: dispatch_check.scan(tx, self.shipment, code))

    def weigh(self, one, grams):
        return self.company.do(lambda tx: dispatch_check.weigh(tx, one.id, grams))

    def points(self):
        return self.company.read(lambda c: dispatch_check.open_points(c, self.shipment))

    def ship(self):
        self.company.do(lambda tx: shipping.ship(tx, self.shipment))


@pytest.fixture
def door(database):
    return Door(database)


def test_every_package_is_scanned_and_a_stranger_changes_nothing(door):
    door.want("block")
    assert door.points() == ["Package 1 was not scanned.", "Package 2 was not scanned."]
    with pytest.raises(NotAllowed, match=r"stays here: Package 1 was not scanned\. Package 2"):
        door.ship()
    with pytest.raises(NotAllowed, match="no package of"):
        door.scan("376104250021234569")
    with pytest.raises(Invalid):
        door.scan("]C100376104250021234560")
    assert door.scan(f"]C100{door.first.sscc}") == 1
    assert door.scan(door.first.sscc) == 1  # the same one again
    assert door.scan(f"(00){door.second.sscc}") == 0
    door.ship()
    with pytest.raises(NotAllowed, match="shipped"):
        door.scan(door.first.sscc)
    assert door.database.read(integrity.check) == []


def test_a_package_that_weighs_other_than_what_is_in_it_stays_here(door):
    door.want("block", Decimal("0.05"))
    for one in (door.first, door.second):
        door.scan(one.sscc)
    assert door.points() == ["Package 1 was not weighed.", "Package 2 was not weighed."]
    assert door.weigh(door.first, 7_400) == "Package 1 weighs 7.4 kg, what is in it 9 kg."
    assert door.weigh(door.second, 6_300) == ""  # 5 % is within
    with pytest.raises(NotAllowed, match=r"weighs 7\.4 kg"):
        door.ship()
    assert door.weigh(door.first, 9_100) == ""
    door.ship()
    head = door.company.read(lambda c: shipment_sheet(c, door.shipment)).head
    assert head.weight_g == 15_400


def test_goods_of_unknown_weight_are_not_held_to_one(door):
    door.company.do(lambda tx: tx.update(product, door.company.valve, weight_g=None))
    door.want("block", Decimal("0.05"))
    assert door.weigh(door.first, 7_400) == ""
    assert door.points() == ["Package 1 was not scanned.", "Package 2 was not scanned."]


def test_what_was_left_out_is_noted_where_that_is_enough_and_nothing_is_asked_where_it_is_off(door):
    door.want("warn")
    door.scan(door.first.sscc)
    door.ship()
    [noted] = [
        one for one in door.company.read(lambda c: activity.timeline(c, door.order)) if one.name == "shipment.unchecked"
    ]
    assert noted.facts["points"] == "Package 2 was not scanned."
    door.want("off")


def test_a_photo_is_kept_until_the_package_is_opened(door):
    door.company.do(lambda tx: dispatch_check.photograph(tx, door.first.id, PNG))
    assert door.company.read(lambda c: dispatch_check.photo(c, door.first.id)) == PNG
    assert [one.has_photo for one in door.company.read(lambda c: dispatch_check.checks(c, door.shipment))] == [
        True,
        False,
    ]
    for wrong in (b"GIF89a", PNG + b"x" * dispatch_check.LARGEST_PHOTO):
        with pytest.raises(Invalid):
            door.company.do(lambda tx, picture=wrong: dispatch_check.photograph(tx, door.first.id, picture))
    door.company.do(lambda tx: shipping.unpack(tx, door.shipment))
    assert door.company.read(lambda c: dispatch_check.photo(c, door.first.id)) is None
    assert door.database.read(integrity.check) == []
