"""A real carrier's connector against a server on this machine that speaks its protocol, with everything that breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.services import carriers, label_buying, labels
from app.services.integrations.carriers import karrio
from app.services.integrations.carriers.karrio import KarrioCarrier, KarrioProcess
from app.services.integrations.carriers.port import Label, LabelRequest, NoAnswer, Place, Refused, Status
from tests.services.carrier_office import Despatch
from tests.services.integrations.carriers.sendle_server import ACCOUNT, LABEL, SendleServer

pytestmark = pytest.mark.skipif(not karrio.is_installed(), reason="the extra for carriers is not installed")

SYDNEY = Place(
    "Delta Trading", ("12 Wharf Road",), "2000", "Sydney", "NSW", "AU", phone="0400000000", email="a@b.example"
)
PERTH = Place("Harbor & Finch", ("1 Long Street", "Back door"), "6000", "Perth", "WA", "AU", phone="0400000001")
ASKED = LabelRequest("key-1", "sendle_standard_pickup", SYDNEY, PERTH, 2_400, 400, 301, 200, order_number="SO-00042")


@pytest.fixture(scope="module")
def process():
    running = KarrioProcess()
    yield running
    running.close()


@pytest.fixture
def server():
    with SendleServer() as running:
        yield running


@pytest.fixture
def sendle(process, server):
    return KarrioCarrier(process, "sendle", ACCOUNT, server=server.address, seconds=2)


def test_a_label_is_bought_and_says_what_the_package_is(sendle, server):
    label = sendle.buy(ASKED)
    assert (label.tracking_number, label.format, label.data) == ("S00001Z", "pdf", LABEL)
    [order] = server.orders.values()
    said = order["asked"]
    assert label.reference == order["order_id"]
    assert said["weight"] == {"units": "KG", "value": 2.4}
    sides = {"length": 40, "width": 31, "height": 20}  # begun centimetres; karrio goes by way of inches
    assert said["dimensions"] == {"units": "CM"} | {name: pytest.approx(side, abs=0.02) for name, side in sides.items()}
    assert (said["customer_reference"], said["product_code"]) == ("SO-00042", "STANDARD-PICKUP")
    assert said["receiver"]["contact"]["company"] == "Harbor & Finch"
    assert said["receiver"]["address"]["address_line2"] == "Back door"


def test_prices_are_asked_for_without_buying(sendle, server):
    [quote] = sendle.rates(ASKED)
    assert (quote.cost, quote.currency, quote.days) == (Decimal("12.4"), "AUD", 3)
    assert server.orders == {}


@pytest.mark.parametrize("fault", ["hang", "drop", "no label"])
def test_where_the_answer_is_lost_the_key_finds_the_label_that_was_bought(sendle, server, fault):
    server.faults = [fault]
    with pytest.raises(NoAnswer):
        sendle.buy(ASKED)
    assert len(server.orders) == 1
    assert sendle.find(ASKED).tracking_number == "S00001Z"
    assert sendle.buy(ASKED).tracking_number == "S00001Z"
    assert len(server.orders) == 1
    assert {key for method, _, key in server.requests if method == "POST"} == {"key-1"}


def test_a_broken_server_is_no_refusal(sendle, server):
    server.faults = ["error"]
    with pytest.raises(NoAnswer):
        sendle.buy(ASKED)
    assert server.orders == {}


def test_a_refusal_says_why_in_the_carriers_words(sendle, server):
    server.faults = ["no"]
    with pytest.raises(Refused, match="postcode does not exist"):
        sendle.buy(ASKED)
    stranger = KarrioCarrier(sendle._process, "sendle", {**ACCOUNT, "api_key": "x"}, server=server.address)
    with pytest.raises(Refused, match="not known"):
        stranger.buy(ASKED)


def test_a_carrier_whose_connector_is_not_there_is_refused_not_lost(process, server):
    with pytest.raises(Refused, match="not installed"):
        KarrioCarrier(process, "nobody", {}, server=server.address).buy(ASKED)


def test_nobody_listening_is_no_answer(process):
    with pytest.raises(NoAnswer):
        KarrioCarrier(process, "sendle", ACCOUNT, server="http://127.0.0.1:9", seconds=2).buy(ASKED)


def test_a_label_is_voided_once_and_a_used_one_is_not(sendle, server):
    label = sendle.buy(ASKED)
    server.faults = ["drop"]
    with pytest.raises(NoAnswer):
        sendle.void(label)
    sendle.void(label)
    assert next(iter(server.orders.values()))["state"] == "Cancelled"
    server.faults = ["no"]
    with pytest.raises(Refused, match="collected"):
        sendle.void(label)
    with pytest.raises(Refused, match="no such order"):
        sendle.void(Label("X", "unknown"))


def test_events_come_in_our_words_oldest_first(sendle, server):
    server.tracking["S00001Z"] = {
        "state": "Delivered",
        "status": {"description": "Delivered"},
        "scheduling": {"delivered_on": "2026-11-27", "estimated_delivery_date_minimum": "2026-11-27"},
        "tracking_events": [
            {
                "event_type": "Pickup",
                "scan_time": "2026-11-25T15:10:00Z",
                "description": "Collected",
                "location": "Sydney",
            },
            {"event_type": "Out for Delivery", "scan_time": "2026-11-27T07:00:00Z", "description": "On the van"},
            {"event_type": "Delivered", "scan_time": "2026-11-27T11:30:00Z", "description": "Left at desk"},
        ],
    }
    tracking = sendle.track("S00001Z")
    assert [one.status for one in tracking.events] == [Status.IN_TRANSIT, Status.OUT, Status.DELIVERED]
    assert [f"{one.at:%d %H:%M}" for one in tracking.events] == ["25 15:10", "27 07:00", "27 11:30"]
    assert tracking.events[0].place == "Sydney"
    assert tracking.expected_on == date(2026, 11, 27)
    with pytest.raises(Refused):
        sendle.track("S99999Z")


def test_a_packed_shipment_is_labelled_through_the_books(database, process, server):
    desk = Despatch(database)
    settings = {"sendle_id": "delta"}

    def connect(account):
        assert (account.connector, account.settings) == ("karrio:sendle", settings)
        return KarrioCarrier(process, "sendle", {**settings, "api_key": "s3cret"}, server=server.address, seconds=2)

    desk.company.do(lambda tx: carriers.connect(tx, desk.carrier, "karrio:sendle", settings))
    desk.company.do(
        lambda tx: carriers.add_service(tx, desk.carrier, carriers.NewService("sendle_standard_pickup", "Standard"))
    )
    first, second = desk.company.do(lambda tx: labels.plan(tx, desk.shipment, desk.carrier, "sendle_standard_pickup"))
    buyer = label_buying.Buyer(database, connect, "bea", lambda: desk.now)
    server.faults = ["drop"]
    assert buyer.buy_all([first, second]) == {first: "unknown", second: "done"}
    assert buyer.buy(first) == "done"
    assert len(server.orders) == 2
    assert sorted(desk.numbers()) == ["S00001Z", "S00002Z"]
    row = desk.company.read(lambda c: labels.get(c, first))
    assert (row.label, row.label_format) == (LABEL, "pdf")
    assert buyer.void(first) == "void"
    [again] = desk.company.do(lambda tx: labels.plan(tx, desk.shipment, desk.carrier, "sendle_standard_pickup"))
    assert buyer.buy(again) == "done"
    assert "S00003Z" in desk.numbers()


def test_a_request_survives_being_written_down():
    asked = replace(ASKED, leaves_on=date(2026, 11, 25), sscc="1" * 18)
    assert LabelRequest.from_json(asked.to_json()) == asked
