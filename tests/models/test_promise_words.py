"""What people read beside a date."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest

from app.models.capable import Planner, Want
from app.models.promise import Flow, Projection
from app.models.promise_words import day, reason
from app.models.supply import Way
from app.models.ways import Center, Item, Lane, Need, Source, Step, Tier, World

TODAY = date(2026, 11, 18)  # a Wednesday
HERE, THERE, GAUGE, SENSOR, BENCH, BUYING, MAKING = (UUID(int=n) for n in range(1, 8))
ITEMS = {GAUGE: Item(GAUGE, "Gauge", 60), SENSOR: Item(SENSOR, "Sensor", 60)}
ORBIS = Source(BUYING, Way.BUY, partner="Orbis", lead_days=2, tiers=(Tier(0, Fraction(3)),))
MAKE = Source(MAKING, Way.MAKE, lead_days=2, needs=(Need(SENSOR, Fraction(3, 8)),))


def promise(*, stock=(), sources=None, lanes=None, centers=None, by=TODAY, pieces=8):
    world = World(TODAY, ITEMS, dict(stock), sources or {}, {HERE: lanes or ()}, centers or {})
    return reason(Planner(world).answer(Want(GAUGE, HERE, pieces * 60, by)), world)


def shelf(on_hand, *receipts):
    return Projection(TODAY, on_hand * 60, [Flow(TODAY + timedelta(days=n), many * 60) for n, many in receipts])


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"stock": {(GAUGE, HERE): shelf(9)}}, "8 in stock"),
        ({"stock": {(GAUGE, HERE): shelf(3, (12, 5))}}, "3 in stock; 5 from what comes in, free Mon 30 Nov"),
        (
            {"stock": {(GAUGE, THERE): shelf(8)}, "lanes": [Lane(THERE, "Rotterdam", 1)]},
            "8 from Rotterdam, here Thu 19 Nov",
        ),
        ({"sources": {GAUGE: [ORBIS]}}, "8 from Orbis, due Fri 20 Nov"),
        (
            {"sources": {GAUGE: [MAKE], SENSOR: [ORBIS]}},
            "8 made by Tue 24 Nov: waits for 3 Sensor from Orbis, due Fri 20 Nov",
        ),
        ({"sources": {GAUGE: [MAKE]}, "stock": {(SENSOR, HERE): shelf(3)}}, "8 made by Fri 20 Nov"),
        ({}, "8 not to be had: no supplier, bill or receipt is known"),
    ],
)
def test_the_reason(known, words):
    assert promise(**known) == words


def test_a_full_work_center_is_named():
    booked = {TODAY + timedelta(days=n): Fraction(480) for n in range(2)}
    made = Source(MAKING, Way.MAKE, steps=(Step(BENCH, Fraction(0), Fraction(1, 60)),))
    words = promise(sources={GAUGE: [made]}, centers={BENCH: Center("Assembly", 480, booked=booked)})
    assert words == "8 made by Fri 20 Nov: Assembly is full until Fri 20 Nov"


def test_a_day_of_another_year_says_so():
    assert [day(date(2027, 1, 4), TODAY), day(date(2026, 12, 4), TODAY)] == ["Mon 4 Jan 2027", "Fri 4 Dec"]
