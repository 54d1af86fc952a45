"""The end of a carrier's day: every package handed over is listed once."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from app.errors import NotAllowed
from app.services import activity, manifests, papers, shipping
from app.services.papers import Wanted
from app.services.shipping import Dispatch
from tests.races import overtaken
from tests.services.carrier_office import Despatch
from tests.views.small_company import MORNING, TODAY


@pytest.fixture
def desk(database):
    return Despatch(database)


def close(desk, on=TODAY, carrier="Meridian"):
    return desk.company.do(lambda tx: manifests.close_day(tx, carrier, on, "M-17"))


def test_what_was_handed_over_is_listed_once_with_a_paper_to_sign(desk):
    desk.buyer.buy_all(desk.plan())
    desk.company.do(lambda tx: shipping.ship(tx, desk.shipment))
    other = desk.company.order({desk.company.gasket: 3})
    desk.company.ship(other, Dispatch("Pallet Co", "Freight", "PC1"))
    loose = desk.company.order({desk.company.cable: 1})
    desk.company.do(lambda tx: shipping.ship(tx, shipping.planned_shipment(tx, loose), Dispatch("Meridian", "", "MR9")))
    waiting = desk.company.read(lambda c: manifests.waiting(c, TODAY))
    assert {name: [line.tracking_number for line in lines] for name, lines in waiting.items()} == {
        "Meridian": ["MR000001", "MR000002", "MR9"],
        "Pallet Co": ["PC1"],
    }
    manifest_id = close(desk)
    head = desk.company.read(lambda c: manifests.get(c, manifest_id))
    assert (head.packages, head.weight_g, head.carrier_reference) == (3, 15_000, "M-17")
    assert desk.company.read(lambda c: manifests.waiting(c, TODAY)).keys() == {"Pallet Co"}
    with pytest.raises(NotAllowed, match="nothing"):
        close(desk)
    paper = desk.company.read(lambda c: papers.build(c, [Wanted("manifest", manifest_id)]))
    said = "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper.pdf)).pages)
    assert all(number in said for number in ("MR000001", "MR000002", "MR9", "NL 3115 HC Schiedam", head.number))
    assert "PC1" not in said
    told = [one.name for one in desk.company.read(lambda c: activity.timeline(c, desk.order))]
    assert "shipment.handed_over" in told
    assert [row.id for row in desk.company.read(manifests.latest)] == [manifest_id]


def test_what_leaves_tomorrow_is_not_on_todays(desk):
    desk.company.do(
        lambda tx: shipping.ship(tx, desk.shipment, Dispatch("Meridian", "", "X")), MORNING + timedelta(days=1)
    )
    with pytest.raises(NotAllowed):
        close(desk)
    assert close(desk, TODAY + timedelta(days=1))


def test_two_who_close_the_same_day_list_each_package_once(desk):
    desk.buyer.buy_all(desk.plan())
    desk.company.do(lambda tx: shipping.ship(tx, desk.shipment))
    clerk = SimpleNamespace(database=desk.company.database, do=lambda _, op: desk.company.do(op))
    with pytest.raises(NotAllowed, match="nothing"):
        overtaken(clerk, *[lambda tx: manifests.close_day(tx, "Meridian", TODAY)] * 2)
    [manifest] = desk.company.read(manifests.latest)
    assert manifest.packages == 2
