"""What is told of the lines of a document while they are typed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.models.base import new_id
from app.models.supply import Way
from app.services import line_promises, orders, soft_holds
from app.services.document_lines import LineInput
from app.services.line_promises import Asked, Typed
from app.services.orders import NewOrder
from app.services.progress import Cancelled, Quiet
from app.services.promising import Policy
from tests.desk import START
from tests.supply_desk import GRAIN, supply_desk

TODAY, THURSDAY = START.date(), date(2026, 11, 5)


@pytest.fixture
def desk(database):
    """Ten pumps lie free, Orbis sends more in three working days; nobody has sensors."""
    desk = supply_desk(database)
    desk.way(desk.pump, Way.BUY, "12.50")
    desk.receive(desk.pump, 10)
    return desk


def typed(product_id, quantity):
    return Typed(new_id(), product_id, quantity * GRAIN)


def ask(desk, *lines, **fields):
    return Asked(tuple(lines), "mine", **fields)


def read(desk, asked):
    told = desk.database.read(lambda c: line_promises.read(c, asked, at=START))
    return told, [told.lines[line.line_id] for line in asked.lines]


def test_lines_of_one_product_share_what_lies_free_and_what_is_bought_is_no_piece_to_hold(desk):
    told, (first, second) = read(desk, ask(desk, typed(desk.pump, 7), typed(desk.pump, 7)))
    assert (first.now, first.ready_on, first.free) == (True, TODAY, 10 * GRAIN)
    assert (second.now, second.late, second.ready_on) == (False, True, THURSDAY)
    assert [(piece.way, piece.grains) for piece in second.pieces] == [(Way.STOCK, 3 * GRAIN), (Way.BUY, 4 * GRAIN)]
    assert told.ready_on == THURSDAY
    assert told.holds == {(desk.pump, desk.main): 10 * GRAIN}


def test_what_cannot_be_had_has_no_day_and_is_counted(desk):
    told, (pump, sensor) = read(desk, ask(desk, typed(desk.pump, 1), typed(desk.sensor, 2)))
    assert pump.now
    assert (sensor.ready_on, sensor.missing, sensor.late) == (None, 2 * GRAIN, True)
    assert told.ready_on is None


def test_a_question_that_is_not_wanted_any_more_is_stopped(desk):
    progress = Quiet()
    progress.stop()
    with pytest.raises(Cancelled):
        desk.database.read(lambda c: line_promises.read(c, ask(desk, typed(desk.pump, 1)), at=START, progress=progress))


def test_lines_that_ship_together_wait_for_the_last_one(desk):
    desk.receive(desk.sensor, 5)
    asked = ask(desk, typed(desk.sensor, 5), typed(desk.pump, 12), policy=Policy(ship="complete"))
    _, (sensor, pump) = read(desk, asked)
    assert (sensor.ready_on, pump.ready_on) == (THURSDAY, THURSDAY)
    assert not sensor.now


def test_a_line_wanted_later_is_not_late_when_it_comes_in_time(desk):
    _, (pump,) = read(desk, ask(desk, typed(desk.pump, 12), wanted_on=THURSDAY))
    assert (pump.ready_on, pump.late, pump.now) == (THURSDAY, False, False)


def test_a_confirmed_order_keeps_what_it_has_and_only_the_rest_is_planned(desk):
    lines = (LineInput(desk.pump, Decimal(12)),)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(desk.customer_id, lines)))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    line = Typed(desk.line(order_id).id, desk.pump, 13 * GRAIN)
    told, (pump,) = read(desk, ask(desk, line, order_id=order_id))
    assert [(piece.way, piece.grains // GRAIN) for piece in pump.pieces] == [
        (Way.STOCK, 10),
        (Way.BUY, 2),
        (Way.BUY, 1),
    ]
    assert told.holds == {}


def test_the_stamp_tells_when_others_take_or_give_back(desk):
    asked = ask(desk, typed(desk.pump, 1))
    before = read(desk, asked)[0].stamp
    soft_holds.hold(desk.database, "mine", {(desk.pump, desk.main): GRAIN}, by="ann", at=START)
    assert read(desk, asked)[0].stamp == before
    soft_holds.hold(desk.database, "theirs", {(desk.pump, desk.main): GRAIN}, by="bob", at=START)
    held, (pump,) = read(desk, asked)
    assert (held.stamp != before, pump.held, pump.free) == (True, GRAIN, 9 * GRAIN)
    soft_holds.let_go(desk.database, "theirs")
    assert read(desk, asked)[0].stamp == before
    desk.receive(desk.pump, 1)
    assert read(desk, asked)[0].stamp != before


def test_other_ways_are_compared_by_day_and_cost(desk):
    desk.receive(desk.housing, 50)
    desk.receive(desk.sensor, 50)
    desk.bill()
    desk.way(desk.pump, Way.MAKE)
    line = typed(desk.pump, 14)
    found = desk.read(lambda c: line_promises.choices(c, ask(desk, line), line.line_id, at=START))
    assert [(one.way, one.ready_on) for one in found.alternatives] == [(Way.MAKE, TODAY), (Way.BUY, THURSDAY)]


def test_confirming_takes_what_lies_free_whoever_holds_it(desk):
    soft_holds.hold(
        desk.database, "theirs", {(desk.pump, desk.main): 10 * GRAIN}, by="bob", at=START + timedelta(hours=1)
    )
    lines = (LineInput(desk.pump, Decimal(8)),)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(desk.customer_id, lines)))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    assert desk.level(desk.pump) == (2, 8)
    assert desk.rows("SELECT count(*) FROM purchase_line") == [(0,)]
