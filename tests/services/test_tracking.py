"""Packages under way: what the carrier or a person says happened, when it is expected, when it came."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.errors import Invalid, NotAllowed
from app.models.carrier import label_purchase
from app.services import activity, fulfilment, integrity, shipping, tracking
from app.services.integrations.carriers.port import Status, Tracking, TrackingEvent
from tests.services.carrier_office import Despatch, Office

THEN = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def event(status, hours=0, text="", place=""):
    return TrackingEvent(status, THEN + timedelta(hours=hours), text or str(status), place)


@pytest.fixture
def desk(database):
    desk = Despatch(database)
    desk.buyer.buy_all(desk.plan())
    desk.company.do(lambda tx: shipping.ship(tx, desk.shipment))
    desk.now = THEN + timedelta(days=4)
    return desk


def head(desk):
    return desk.company.read(lambda c: fulfilment.shipment_sheet(c, desk.shipment)).head


def events(desk):
    return [(row.status, row.text) for row in desk.company.read(lambda c: tracking.of_shipment(c, desk.shipment))]


def test_events_are_fetched_once_and_shown_in_the_orders_activity(desk):
    desk.office.tracking["MR000001"] = Tracking(
        (event(Status.COLLECTED, 0, "Collected", "Schiedam"),), date(2026, 11, 25)
    )
    assert tracking.fetch(desk.buyer) == tracking.Report(2, 1, {})
    assert tracking.fetch(desk.buyer).events == 0
    assert events(desk) == [("collected", "Collected")]
    assert head(desk).expected_on == date(2026, 11, 25)
    [told] = [
        one for one in desk.company.read(lambda c: activity.timeline(c, desk.order)) if one.name == "shipment.tracked"
    ]
    assert told.facts | {"status": "collected", "place": "Schiedam", "tracking": "MR000001"} == told.facts


def test_a_shipment_has_arrived_when_its_last_package_has(desk):
    desk.office.tracking["MR000001"] = Tracking((event(Status.DELIVERED, 20),))
    tracking.fetch(desk.buyer)
    assert head(desk).state == "shipped"
    desk.office.tracking["MR000002"] = Tracking((event(Status.OUT, 22), event(Status.DELIVERED, 26)))
    tracking.fetch(desk.buyer)
    assert (head(desk).state, head(desk).delivered_at) == ("delivered", THEN + timedelta(hours=26))
    assert tracking.fetch(desk.buyer).asked == 0  # nothing is under way any more


def test_a_carrier_that_does_not_answer_holds_up_nobody_else(desk):
    desk.office.faults = ["dead line"]
    desk.office.tracking["MR000002"] = Tracking((event(Status.COLLECTED),))
    assert tracking.fetch(desk.buyer) == tracking.Report(2, 1, {"MR000001": "The line is dead."})


def test_a_person_notes_what_a_driver_says(desk):
    def note(status, text="", **facts):
        desk.company.do(lambda tx: tracking.note(tx, desk.shipment, status, text, **facts), desk.now)

    note(Status.PROBLEM, "Nobody at home", place="Schiedam")
    note(Status.PROBLEM, "Nobody at home", place="Schiedam")
    assert events(desk) == [("problem", "Nobody at home")]
    with pytest.raises(Invalid, match="future"):
        note(Status.OUT, happened_at=desk.now + timedelta(minutes=1))
    with pytest.raises(Invalid, match="not of"):
        note(Status.OUT, package_id=desk.order)
    note(Status.DELIVERED, "Signed by Jo", happened_at=THEN + timedelta(days=2))
    assert head(desk).delivered_at == THEN + timedelta(days=2)
    desk.company.do(lambda tx: tracking.expect(tx, desk.shipment, date(2026, 12, 1)))
    assert head(desk).expected_on == date(2026, 12, 1)


def test_nothing_happens_under_way_before_it_left(database):
    desk = Despatch(database, Office())
    with pytest.raises(NotAllowed, match="packed"):
        desk.company.do(lambda tx: tracking.note(tx, desk.shipment, Status.COLLECTED, "x"))


def test_events_are_never_changed_and_the_books_stay_clean(desk):
    tracking.fetch(desk.buyer)
    desk.company.do(lambda tx: tracking.note(tx, desk.shipment, Status.OUT, "x"), desk.now)
    assert desk.database.read(integrity.check) == []


def test_packages_of_carriers_without_a_system_do_not_stand_in_the_line_of_those_that_are_asked(desk):
    desk.company.do(lambda tx: tx.update(label_purchase, desk.rows()[0].id, connector="table"))
    assert [one.tracking_number for one in desk.company.read(tracking.underway)] == ["MR000002"]
