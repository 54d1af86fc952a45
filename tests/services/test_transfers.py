"""Transfers: promised where they start, shipped and received in parts, lost on the way, called off."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.purchase import purchase_line
from app.models.sourcing import Demand, Supply
from app.models.stock import Place
from app.models.supply import Way
from app.models.transfer import transfer
from app.services import pegs, purchasing, receiving, transfers, valuation
from tests.supply_desk import FRIDAY, GRAIN, supply_desk


@pytest.fixture
def desk(database):
    made = supply_desk(database)
    made.branch = made.warehouse("ROT", transfer_days=2)
    return made


def plan(desk, pieces, needed_on=FRIDAY, source=None, target=None):
    return desk.do(
        "transfer.plan",
        lambda tx: transfers.plan(
            tx,
            desk.sensor,
            pieces * GRAIN,
            from_location=source or desk.branch,
            to_location=target or desk.main,
            needed_on=needed_on,
        ),
    )


def do(desk, name, *arguments, **fields):
    return desk.do(f"transfer.{name}", lambda tx: getattr(transfers, name)(tx, *arguments, **fields))


def head_of(desk, line_id):
    rows = desk.database.read(lambda c: c.execute(transfers.transfer_line.select()).all())
    (found,) = [row.transfer_id for row in rows if row.id == line_id]
    return found


def counts(desk, line_id):
    (row,) = [row for row in desk.read(transfers.lines, head_of(desk, line_id)) if row.id == line_id]
    return [n // GRAIN for n in (row.wanted, row.reserved, row.shipped, row.received, row.lost, row.cancelled)]


def test_goods_for_an_order_arrive_in_parts_and_are_promised_to_it(desk):
    order, line = desk.order(desk.sensor, 5)
    rival, _ = desk.order(desk.sensor, 1, promised_on=date(2026, 11, 3))
    desk.receive(desk.sensor, 4, desk.branch)
    moving = plan(desk, 5)
    desk.peg(line, Supply.TRANSFER_LINE, moving, 5)
    assert (counts(desk, moving), desk.level(desk.sensor, desk.branch)) == ([5, 4, 0, 0, 0, 0], (0, 4))
    transfer = head_of(desk, moving)
    head = desk.read(transfers.get, transfer)
    assert (head.number, head.ships_on, head.expected_on) == ("TR-00001", date(2026, 11, 4), FRIDAY)
    do(desk, "ship", transfer, {moving: 3 * GRAIN})
    do(desk, "receive", transfer, {moving: 2 * GRAIN})
    assert (desk.line(order).reserved // GRAIN, desk.line(rival).reserved) == (2, 0)
    desk.receive(desk.sensor, 1, desk.branch)  # what the transfer waits for comes to where it starts
    do(desk, "ship", transfer)
    do(desk, "lose", transfer, {moving: GRAIN})
    do(desk, "receive", transfer)
    assert counts(desk, moving) == [5, 0, 5, 4, 1, 0]
    assert desk.read(transfers.get, transfer).state == "received"
    (peg,) = desk.read(pegs.of_supply, moving)
    assert (desk.line(order).reserved // GRAIN, peg.open // GRAIN, peg.trouble) == (
        4,
        1,
        "TR-00001 brings less than is needed.",
    )
    assert desk.moved(desk.sensor, Place.TRANSIT, Place.ADJUSTMENT) == 1
    assert desk.damages() == []


def test_lines_that_leave_together_share_a_transfer(desk):
    desk.receive(desk.sensor, 9, desk.branch)
    first, second, later = plan(desk, 2), plan(desk, 3), plan(desk, 1, date(2026, 11, 20))
    assert head_of(desk, first) == head_of(desk, second) != head_of(desk, later)
    do(desk, "ship", head_of(desk, first), {first: GRAIN}, backorder=False)
    assert (counts(desk, first), counts(desk, second)) == ([2, 0, 1, 0, 0, 1], [3, 0, 0, 0, 0, 3])
    assert head_of(desk, plan(desk, 1)) not in {head_of(desk, first), head_of(desk, later)}
    with pytest.raises(NotAllowed, match="shipped"):
        do(desk, "ship", head_of(desk, first))
    with pytest.raises(Invalid):
        plan(desk, 1, source=desk.main)
    assert desk.damages() == []


def test_what_is_called_off_goes_back_and_so_does_what_was_bought_for_it(desk):
    way = desk.way(desk.sensor, Way.BUY, "4.00")
    desk.receive(desk.sensor, 2, desk.branch)
    _, line = desk.order(desk.sensor, 5)
    moving = plan(desk, 5)
    desk.peg(line, Supply.TRANSFER_LINE, moving, 5)
    bought = desk.do(
        "purchase.propose", lambda tx: purchasing.propose(tx, way, 3 * GRAIN, FRIDAY, location_id=desk.branch)
    )
    desk.peg(moving, Supply.PURCHASE_LINE, bought, 3, demand=Demand.TRANSFER_LINE, location_id=desk.branch)
    do(desk, "cancel", head_of(desk, moving))
    assert (counts(desk, moving), desk.level(desk.sensor, desk.branch)) == ([5, 0, 0, 0, 0, 5], (2, 0))
    (purchase,) = desk.database.read(lambda c: c.execute(purchasing.purchase_order.select()).all())
    assert purchase.state == "cancelled"
    (peg,) = desk.read(pegs.of_demand, line)
    assert peg.trouble == "TR-00001 brings less than is needed."
    with pytest.raises(NotAllowed, match="cancelled"):
        do(desk, "cancel", head_of(desk, moving))
    assert desk.damages() == []


def test_more_than_is_there_cannot_leave_nor_arrive(desk):
    desk.receive(desk.sensor, 2, desk.branch)
    moving = plan(desk, 3)
    transfer = head_of(desk, moving)
    before = desk.fingerprint()
    for name, pieces in (("ship", 3), ("receive", 1), ("lose", 1)):
        with pytest.raises(NotAllowed):
            do(desk, name, transfer, {moving: pieces * GRAIN})
    assert desk.fingerprint() == before


def test_what_is_not_sent_later_is_missed_by_who_waits_for_it_and_free_where_it_lies(desk):
    _, line = desk.order(desk.sensor, 5)
    desk.receive(desk.sensor, 5, desk.branch)
    moving = plan(desk, 5)
    desk.peg(line, Supply.TRANSFER_LINE, moving, 5)
    rival, _ = desk.order(desk.sensor, 2, location_id=desk.branch)
    do(desk, "ship", head_of(desk, moving), {moving: 3 * GRAIN}, backorder=False)
    (one,) = desk.read(pegs.of_demand, line)
    assert one.trouble == "TR-00001 brings less than is needed."
    assert desk.line(rival).reserved == 2 * GRAIN, "what stayed is promised to who waits there"
    assert desk.damages() == []


def test_goods_without_a_value_arrive_without_one_where_such_goods_cost_something(desk):
    desk.receive(desk.sensor, 4, desk.branch)  # nobody said what they cost
    way = desk.way(desk.sensor, Way.BUY, "11")
    desk.do("buy", lambda tx: purchasing.propose(tx, way, 2 * GRAIN, FRIDAY, location_id=desk.main))
    (bought,) = desk.read(lambda c: c.execute(select(purchase_line)).all())
    desk.do("purchase.send", lambda tx: purchasing.send(tx, bought.purchase_id))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, bought.purchase_id))
    plan(desk, 3)
    moved = desk.read(lambda c: c.execute(select(transfer.c.id)).scalar_one())
    desk.do("transfer.ship", lambda tx: transfers.ship(tx, moved))
    desk.do("transfer.receive", lambda tx: transfers.receive(tx, moved))
    assert desk.read(valuation.read, desk.sensor).value == Decimal("22.00")
    assert desk.damages() == []
