"""Which carrier takes a shipment: rate tables, limits, rules, and the reason a person reads."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.carrier import Choice
from app.services import carrier_choice, carriers, companies, orders, shipping, stock
from app.services.carrier_choice import Parcel, Wish, chargeable_g, compare, price_of, wish_for
from app.services.carriers import NewRule, NewService, Rate, Zone, zone_of
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import Desk

WEDNESDAY = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
THURSDAY, FRIDAY, MONDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30)


class Carriers:
    """Two carriers: Meridian with a slow cheap and a fast dear service, Pallet Co for what is heavy."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.meridian = desk.do("carrier.add", lambda tx: companies.add_carrier(tx, "MER", "Meridian"))
        self.pallets = desk.do("carrier.add", lambda tx: companies.add_carrier(tx, "PAL", "Pallet Co"))
        self.parcel = self._service(
            self.meridian, NewService("P", "Parcel", 1, 2, max_weight_g=31_500, volume_divisor=5_000, cut_off="16:00")
        )
        self.express = self._service(self.meridian, NewService("X", "Express", max_weight_g=31_500))
        self.pallet = self._service(self.pallets, NewService("F", "Freight", 2, 4))
        zones = [Zone("near", "NL"), Zone("islands", "NL", "88", "89"), Zone("far", "DE")]
        desk.do("carrier.zones", lambda tx: carriers.set_zones(tx, self.meridian, zones))
        self._rates(
            self.parcel,
            Rate(0, Decimal("5.10"), "near"),
            Rate(10_000, Decimal("7.40"), "near", per_kg=Decimal("0.20")),
            Rate(0, Decimal("16.00"), "islands"),
            Rate(0, Decimal("11.90"), "far"),
        )
        self._rates(self.express, Rate(0, Decimal("14.50"), "near"), Rate(0, Decimal("29.00"), "far"))
        self._rates(self.pallet, Rate(0, Decimal("62.00")))

    def _service(self, carrier_id, new):
        return self.desk.do("carrier.add_service", lambda tx: carriers.add_service(tx, carrier_id, new))

    def _rates(self, service_id, *rates):
        self.desk.do("carrier.rates", lambda tx: carriers.set_rates(tx, service_id, rates))

    def rule(self, name, choice, **facts):
        return self.desk.do("carrier.rule", lambda tx: carriers.add_rule(tx, NewRule(name, choice, **facts)))

    def compare(self, *parcels, country="NL", postcode="3115 HC", promised=FRIDAY, ready=WEDNESDAY, **facts):
        wish = Wish(parcels or (Parcel(2_000),), country, postcode, ready, promised, **facts)
        return self.desk.read(compare, wish)


@pytest.fixture
def known(database):
    return Carriers(Desk(database).found())


def test_the_cheapest_that_is_there_in_time_is_chosen_and_the_others_can_be_compared(known):
    found = known.compare()
    assert [(one.name, one.cost, one.latest_on) for one in found.offers] == [
        ("Meridian Parcel", Decimal("5.10"), FRIDAY),
        ("Meridian Express", Decimal("14.50"), THURSDAY),
        ("Pallet Co Freight", Decimal("62.00"), date(2026, 12, 1)),
    ]
    assert found.reason == (
        "Meridian Parcel: 5.10 EUR, there Thu 26 Nov to Fri 27 Nov; the cheapest of 2 there by the promised Fri 27 Nov."
    )


def test_what_would_be_too_late_is_named_with_what_it_would_have_saved(known):
    assert known.compare(promised=THURSDAY).reason == (
        "Meridian Express: 14.50 EUR, there Thu 26 Nov; the only one there by the promised Thu 26 Nov."
    )
    late = known.compare(promised=date(2026, 11, 25))
    assert late.chosen.name == "Meridian Express"
    assert "none is sure to be there by the promised Wed 25 Nov" in late.reason


def test_what_is_ready_after_the_cut_off_leaves_a_working_day_later(known):
    after = known.compare(ready=datetime(2026, 11, 27, 16, 1, tzinfo=UTC), promised=None)
    assert {one.service: one.latest_on for one in after.offers} == {
        "Parcel": date(2026, 12, 2),  # leaves on Monday
        "Express": MONDAY,
        "Freight": date(2026, 12, 3),
    }


def test_weight_size_and_place_decide_what_can_be_used_and_each_refusal_says_why(known):
    heavy = known.compare(Parcel(40_000))
    assert heavy.chosen.name == "Pallet Co Freight"
    assert [(one.name, one.why) for one in heavy.excluded] == [
        ("Meridian Express", "the package weighs 40 kg, it takes 31.5 kg"),
        ("Meridian Parcel", "the package weighs 40 kg, it takes 31.5 kg"),
    ]
    [abroad] = [one for one in known.compare(country="US", postcode="90210").excluded if "Express" in one.name]
    assert abroad.why == "its rate table has no price for 2 kg to US 90210"
    islands = known.compare(postcode="8899 AB")
    assert islands.chosen.cost == Decimal("16.00")


def test_each_package_is_priced_and_a_big_light_one_by_its_volume(known):
    assert known.compare(Parcel(2_000), Parcel(12_300)).offers[0].cost == Decimal("5.10") + Decimal(
        "7.40"
    ) + 3 * Decimal("0.20")
    big = Parcel(1_000, 600, 500, 400)  # 120 litres count as 24 kg
    assert chargeable_g(big, 5_000) == 24_000
    assert known.compare(big).offers[0].cost == Decimal("7.40") + 14 * Decimal("0.20")


def test_rules_are_asked_in_order_and_named_in_the_reason(known):
    harbor = known.desk.customer()
    known.rule("Harbor pays for speed", Choice.FASTEST, customer_id=harbor)
    known.rule("No express abroad", Choice.NEVER, service_id=known.express, countries=("de", "AT"))
    known.rule("Dear goods on pallets", Choice.SERVICE, service_id=known.pallet, value_from=Decimal(5_000))
    assert known.compare(customer_id=harbor).reason.endswith("the fastest, rule “Harbor pays for speed”.")
    assert known.compare(customer_id=harbor).chosen.service == "Express"
    germany = known.compare(country="DE", postcode="20457")
    assert [one.service for one in germany.offers] == ["Parcel", "Freight"]
    assert ("Meridian Express", "rule “No express abroad”") in [(one.name, one.why) for one in germany.excluded]
    dear = known.compare(value=Decimal(5_000))
    assert dear.reason == (
        "Pallet Co Freight: 62.00 EUR, there Fri 27 Nov to Tue 1 Dec; 56.90 dearer than Meridian Parcel, "
        "rule “Dear goods on pallets”."
    )


def test_a_rule_for_a_service_that_cannot_take_it_leaves_the_choice_to_the_next(known):
    known.rule("Always parcel", Choice.SERVICE, service_id=known.parcel)
    assert known.compare(Parcel(40_000)).chosen.service == "Freight"


def test_where_nothing_can_take_it_every_reason_is_said(known):
    known.rule("No pallets", Choice.NEVER, service_id=known.pallet)
    none = known.compare(Parcel(40_000))
    assert none.chosen is None
    assert none.reason.startswith("No service takes this shipment.")
    assert "rule “No pallets”" in none.reason
    assert "weighs 40 kg" in none.reason


def test_an_offer_from_the_carrier_itself_takes_the_place_of_its_table(known):
    [table] = [one for one in known.compare().offers if one.service == "Express"]
    cheap = carrier_choice.Offer(
        table.service_id, table.carrier_id, "Meridian", "X", "Express", Decimal("3.95"), THURSDAY, THURSDAY
    )
    wish = Wish((Parcel(2_000),), "NL", "3115HC", WEDNESDAY, FRIDAY)
    found = known.desk.read(lambda connection: compare(connection, wish, [cheap]))
    assert found.chosen == cheap
    assert len(found.offers) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        NewService("P", "Taken"),
        NewService("", "None"),
        NewService("A", "Days", 3, 2),
        NewService("A", "Limit", max_weight_g=0),
        NewService("A", "Late", cut_off="25:00"),
    ],
)
def test_a_service_that_makes_no_sense_is_refused(known, wrong):
    with pytest.raises(Invalid):
        known._service(known.meridian, wrong)


@given(
    st.dictionaries(st.integers(0, 50_000), st.integers(0, 10_000), min_size=1, max_size=8),
    st.integers(0, 60_000),
)
def test_a_package_never_pays_by_a_row_for_heavier_ones(rows, weight):
    table = [Rate(above, Decimal(price)) for above, price in rows.items()]
    below = [above for above in rows if above < weight]
    wanted = Decimal(rows[max(below)]) if below else (Decimal(rows[0]) if 0 in rows else None)
    assert price_of(table, "anywhere", weight) == wanted


@pytest.mark.parametrize(
    ("postcode", "zone"), [("8899 ab", "islands"), ("8712", "near"), ("9000", "near"), ("", "near"), ("88", "islands")]
)
def test_the_narrowest_range_of_postcodes_wins(postcode, zone):
    assert zone_of([Zone("near", "NL"), Zone("islands", "NL", "88", "89")], postcode) == zone
    assert zone_of([], postcode) is None


def test_rules_about_the_value_ask_for_it_in_the_companys_currency(known):
    desk = known.desk
    customer, product = desk.customer(currency="GBP"), desk.product("VAL-1", "10")
    desk.do("stock.receive", lambda tx: stock.receive(tx, product, Decimal(50)))
    new = NewOrder(customer, (LineInput(product, Decimal(50), unit_price=Decimal("9.00")),))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    planned = desk.do("shipment.find", lambda tx: shipping.planned_shipment(tx, order_id))
    wish = desk.read(wish_for, planned, WEDNESDAY)
    assert wish.value == Decimal("534.63")  # 450.00 GBP at 0.8417
