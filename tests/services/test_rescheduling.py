"""Work that begins on another day: whom it hits is shown first, then it moves, and can be moved back."""

from datetime import date
from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.sourcing import Supply
from app.models.supply import Way
from app.services import pegs, production, rescheduling, work_orders, work_sheets
from app.services.bills import Step
from tests.supply_desk import FRIDAY, GRAIN, MONDAY, supply_desk

TUESDAY = date(2026, 11, 3)
NEXT_MONDAY, NEXT_TUESDAY = date(2026, 11, 9), date(2026, 11, 10)


@pytest.fixture
def desk(database):
    return supply_desk(database)


@pytest.fixture
def work(desk):
    """Two pumps for an order that is promised for Friday, two days at the lathe."""
    desk.bill((Step("Turn", desk.center("LATHE", 120), Decimal(0), Decimal(120)),))
    way = desk.way(desk.pump, Way.MAKE)
    made = desk.do("work.plan", lambda tx: work_orders.plan(tx, way, 2 * GRAIN, FRIDAY, location_id=desk.main))
    _, line = desk.order(desk.pump, 2, requested_on=FRIDAY)
    desk.peg(line, Supply.WORK_ORDER, made, 2, ready_on=FRIDAY)
    return made


def test_moving_work_names_the_orders_it_hits_and_changes_nothing_before_it_is_done(desk, work):
    before = desk.fingerprint()
    seen = desk.read(rescheduling.preview, work, NEXT_MONDAY, MONDAY)
    assert desk.fingerprint() == before
    assert (seen.starts_on, seen.due_on) == (NEXT_MONDAY, NEXT_TUESDAY)
    [hit] = seen.hits
    assert (hit.sku, hit.old, hit.new, hit.late) == ("PUMP", FRIDAY, NEXT_TUESDAY, True)
    done = desk.do("work.move", lambda tx: rescheduling.move(tx, work, NEXT_MONDAY))
    assert [(one.order_number, one.new) for one in done] == [(hit.order_number, NEXT_TUESDAY)]
    [peg] = desk.read(pegs.of_supply, work)
    assert (peg.ready_on, "promised for" in peg.trouble) == (NEXT_TUESDAY, True)
    assert [row.on for row in desk.read(work_orders.steps, work)] == [NEXT_MONDAY, NEXT_TUESDAY]
    desk.do("work.move", lambda tx: rescheduling.move(tx, work, TUESDAY))
    [peg] = desk.read(pegs.of_supply, work)
    assert (peg.ready_on, peg.trouble) == (date(2026, 11, 4), "")
    assert desk.damages() == []


def test_a_day_that_is_past_or_work_that_is_done_is_refused(desk, work):
    with pytest.raises(Invalid, match="past"):
        desk.read(rescheduling.preview, work, date(2026, 11, 1), MONDAY)
    desk.do("work.cancel", lambda tx: work_orders.cancel(tx, work))
    with pytest.raises(NotAllowed, match="cancelled"):
        desk.do("work.move", lambda tx: rescheduling.move(tx, work, NEXT_MONDAY))


def test_the_sheet_tells_what_is_there_what_is_missing_and_whom_it_is_for(desk, work):
    desk.receive(desk.housing, 2)
    desk.receive(desk.sensor, 3)
    desk.do("work.release", lambda tx: work_orders.release(tx, work))
    desk.do("work.report", lambda tx: production.report(tx, work, GRAIN))
    sheet = desk.read(work_sheets.read, work)
    found = [(one.sku, one.open // GRAIN, one.there // GRAIN, one.short // GRAIN) for one in sheet.parts]
    assert found == [("HOUSING", 1, 1, 0), ("SENSOR", 2, 1, 1)]
    assert [(one.name, one.center, one.minutes, len(one.days)) for one in sheet.steps] == [("Turn", "Lathe", 240, 2)]
    [wanted] = sheet.wanted_by
    assert (wanted.kind, wanted.customer, wanted.grains // GRAIN, wanted.served // GRAIN) == (
        "order",
        "Harbor & Finch",
        2,
        1,
    )
    assert sheet.left == GRAIN
    assert [row[1] for row in desk.read(work_sheets.find, "pump")] == [sheet.head.number]
