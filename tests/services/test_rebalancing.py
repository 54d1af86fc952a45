"""Short stock goes to whom the rules put first: shown piece by piece, then applied exactly as shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Conflict, NotAllowed
from app.models.base import new_id
from app.models.product import product_substitute
from app.models.rebalancing import Strategy
from app.models.shipment import shipment
from app.models.supply import Way
from app.services import (
    backorders,
    order_book,
    orders,
    parties,
    purchasing,
    rebalancing,
    reservations,
    routing,
    shipping,
    sourcing,
    stock,
    stock_outlook,
    supply_ways,
)
from app.services.document_lines import LineInput
from app.services.rebalancing import Rules
from tests.desk import START
from tests.supply_desk import GRAIN, supply_desk

MONDAY = START.date()
BY_CLASS = Rules(by_priority={"A": Strategy.WIN, "B": Strategy.GAIN, "C": Strategy.LOSE})


@pytest.fixture
def desk(database):
    return supply_desk(database)


def sell(desk, priority, pieces, days=10, product_id=None):
    """A confirmed order of a customer of that class: its id."""
    new = parties.NewCustomer(f"Customer {priority}{pieces}")
    buyer = desk.do("customer.add", lambda tx: parties.add(tx, new))
    seen = {"priority": ""}
    desk.do("customer.change", lambda tx: parties.change(tx, buyer, {"priority": priority}, seen))
    lines = (LineInput(product_id or desk.housing, Decimal(pieces)),)
    day = MONDAY + timedelta(days=days)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, orders.NewOrder(buyer, lines, promised_on=day)))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def show(desk, rules=BY_CLASS):
    return desk.database.read(lambda connection: rebalancing.preview(connection, rules, on=MONDAY))


def pieces(desk, *order_ids):
    return [desk.line(order_id).reserved // GRAIN for order_id in order_ids]


def test_a_run_moves_what_the_preview_showed_and_says_why(desk):
    desk.receive(desk.housing, 10)
    plain, lowest, best = sell(desk, "", 6), sell(desk, "C", 4), sell(desk, "A", 5, days=3)
    assert pieces(desk, plain, lowest, best) == [6, 4, 0]
    shown = show(desk)
    assert [(piece.grains // GRAIN, piece.giver.order_number, piece.taker.order_number) for piece in shown.moved] == [
        (4, "SO-00002", "SO-00003"),
        (1, "SO-00001", "SO-00003"),
    ]
    assert shown.moved[0].why == (
        "SO-00003 (class A, promised for Thu 5 Nov) wins over SO-00002 (class C, promised for Thu 12 Nov) (lose)"
    )
    assert pieces(desk, plain, lowest, best) == [6, 4, 0]  # nothing has moved yet
    assert desk.do("stock.rebalance", lambda tx: rebalancing.apply(tx, BY_CLASS, shown.mark))["grains"] == 5 * GRAIN
    assert pieces(desk, plain, lowest, best) == [5, 0, 5]
    assert desk.level(desk.housing) == (0, 10)
    assert show(desk).moved == ()
    assert desk.damages() == []


def test_a_run_is_taken_back_piece_by_piece_unless_the_pieces_have_gone_on(desk):
    desk.receive(desk.housing, 10)
    plain, lowest, best = sell(desk, "", 6), sell(desk, "C", 4), sell(desk, "A", 5, days=3)
    share = lambda tx: rebalancing.apply(tx, BY_CLASS, show(desk).mark)  # noqa: E731
    done = desk.do("stock.rebalance", share)
    assert pieces(desk, plain, lowest, best) == [5, 0, 5]
    assert desk.do("stock.take_back", lambda tx: rebalancing.take_back(tx, done)) == 5 * GRAIN
    assert pieces(desk, plain, lowest, best) == [6, 4, 0]
    assert (desk.level(desk.housing), desk.damages()) == ((0, 10), [])
    done = desk.do("stock.rebalance", share)
    sent = desk.read(lambda c: c.execute(select(shipment.c.id).where(shipment.c.order_id == best)).scalar_one())
    desk.do("shipment.ship", lambda tx: shipping.ship(tx, sent))
    with pytest.raises(NotAllowed, match="SO-00003 has picked or shipped the HOUSING it gained"):
        desk.do("stock.take_back", lambda tx: rebalancing.take_back(tx, done))
    assert pieces(desk, plain, lowest) == [5, 0]


def test_who_was_held_back_is_promised_its_goods_again(desk):
    desk.receive(desk.housing, 6)
    lowest = sell(desk, "C", 4)
    done = desk.do("stock.rebalance", lambda tx: rebalancing.apply(tx, BY_CLASS, show(desk).mark))
    desk.do("stock.take_back", lambda tx: rebalancing.take_back(tx, done))
    assert (pieces(desk, lowest), desk.level(desk.housing)) == ([4], (2, 4))
    assert (desk.line(lowest).reserve_limit, desk.damages()) == (None, [])
    done = desk.do("stock.rebalance", lambda tx: rebalancing.apply(tx, BY_CLASS, show(desk).mark))
    desk.do("order.reserve", lambda tx: reservations.automatic(tx, lowest))
    with pytest.raises(NotAllowed, match="reserved by hand since"):
        desk.do("stock.take_back", lambda tx: rebalancing.take_back(tx, done))


def test_what_changed_since_the_preview_is_not_moved_blindly(desk):
    desk.receive(desk.housing, 4)
    sell(desk, "", 4)
    sell(desk, "A", 3)
    shown = show(desk)
    desk.receive(desk.housing, 1)
    before = desk.fingerprint()
    with pytest.raises(Conflict, match="the orders that share this stock"):
        desk.do("stock.rebalance", lambda tx: rebalancing.apply(tx, BY_CLASS, shown.mark))
    assert desk.fingerprint() == before


def test_who_should_win_and_cannot_is_named(desk):
    desk.receive(desk.housing, 2)
    sell(desk, "B", 2)
    best = sell(desk, "A", 5)
    ((line, got),) = show(desk).exceptions
    assert (line.order_id, line.wanted, got) == (best, 5 * GRAIN, 0)


def test_who_loses_is_held_back_until_somebody_lets_it_be_promised_again(desk):
    desk.receive(desk.housing, 6)
    lowest = sell(desk, "C", 4)
    shown = show(desk)
    assert [piece.taker for piece in shown.moved] == [None]
    desk.do("stock.rebalance", lambda tx: rebalancing.apply(tx, BY_CLASS, shown.mark))
    assert (pieces(desk, lowest), desk.level(desk.housing)) == ([0], (6, 0))
    desk.receive(desk.housing, 1)
    assert pieces(desk, lowest) == [0]
    desk.do("order.reserve", lambda tx: reservations.automatic(tx, lowest))
    assert pieces(desk, lowest) == [4]


def test_who_loses_is_sourced_anew(desk):
    desk.receive(desk.sensor, 4)
    plain = sell(desk, "", 4, product_id=desk.sensor)
    desk.way(desk.sensor, Way.BUY, "4.00")
    best = sell(desk, "A", 3, product_id=desk.sensor)
    desk.do("order.cancel", lambda tx: orders.cancel(tx, best))
    best = sell(desk, "A", 3, product_id=desk.sensor)
    assert pieces(desk, plain, best) == [4, 0]
    assert show(desk).moved == ()  # what it waits for is on its way to it
    rows = desk.rows("SELECT count(*) FROM purchase_line")
    assert rows == [(1,)]


def told(desk, *order_ids):
    """Day and reason of the orders' lines."""
    return [(line.ready_on, line.ready_reason) for line in map(desk.line, order_ids)]


def test_who_loses_is_told_of_what_comes_in_once_all_have_what_they_get(desk, monkeypatch):
    desk.receive(desk.housing, 9)
    losers = [sell(desk, "", 4, days=2), sell(desk, "", 3, days=9), sell(desk, "", 2, days=9)]
    way = desk.way(desk.housing, Way.BUY, "11.50")
    for pieces_, day in ((2, 6), (4, 20)):
        desk.do(
            "purchase.propose",
            lambda tx, n=pieces_, d=day: purchasing.propose(
                tx, way, n * GRAIN, date(2026, 11, d), location_id=desk.main
            ),
        )
    desk.do("supply.change", lambda tx: supply_ways.change(tx, way, {"active": False}, {"active": True}))
    best = sell(desk, "A", 8, days=3)
    shown = show(desk)
    reads = []
    read = stock_outlook.read
    monkeypatch.setattr(stock_outlook, "read", lambda *asked: reads.append(asked) or read(*asked))
    desk.do("stock.rebalance", lambda tx: rebalancing.apply(tx, BY_CLASS, shown.mark))
    assert pieces(desk, best, *losers) == [8, 1, 0, 0]
    assert len(reads) == 1  # however many orders share it
    said = told(desk, *losers)
    assert said[0][1] == (
        "1 from what comes in, free Fri 20 Nov; 2 not to be had: no supplier, bill or receipt is known"
    )
    for order_id in losers:
        desk.do("order.settle", lambda tx, o=order_id: sourcing.settle(tx, order_book.load(tx, o)))
    assert told(desk, *losers) == said  # what each is told when it is looked at alone


def test_what_is_reserved_by_hand_takes_no_part(desk):
    desk.receive(desk.housing, 4)
    plain, best = sell(desk, "", 4), sell(desk, "A", 3)
    line = desk.line(plain)
    desk.do("order.reserve", lambda tx: reservations.reserve(tx, plain, {line.id: line.ordered}))
    assert show(desk).moved == ()
    assert pieces(desk, plain, best) == [4, 0]


def test_the_backorder_list_tells_what_comes_next_and_whom_it_serves(desk):
    first, second = sell(desk, "", 4, days=2), sell(desk, "A", 5, days=9)
    way = desk.way(desk.housing, Way.BUY, "11.50")
    desk.do(
        "purchase.propose",
        lambda tx: purchasing.propose(tx, way, 7 * GRAIN, date(2026, 11, 6), location_id=desk.main),
    )
    found = desk.database.read(lambda connection: backorders.waiting(connection, at=START))
    assert [(each.order_id, each.waiting // GRAIN, each.freed // GRAIN) for each in found] == [
        (first, 4, 4),
        (second, 5, 3),
    ]
    assert {(each.next_receipt.kind, each.next_receipt.on) for each in found} == {("purchase", date(2026, 11, 6))}
    assert found[0].reason == "4 not to be had: no supplier, bill or receipt is known"


def test_substitutes_are_offered_with_what_is_there_of_them(desk):
    def row(one, other, rank, *, both_ways):
        return {"id": new_id(), "product_id": one, "substitute_id": other, "rank": rank, "both_ways": both_ways}

    desk.do(
        "product.substitutes",
        lambda tx: tx.insert(
            product_substitute,
            row(desk.housing, desk.pump, 2, both_ways=False),
            row(desk.sensor, desk.housing, 1, both_ways=True),
        ),
    )
    desk.do("stock.receive", lambda tx: stock.receive(tx, desk.pump, Decimal(3)))
    found = desk.database.read(lambda connection: backorders.substitutes(connection, desk.housing, at=START))
    assert [(each.sku, each.available // GRAIN) for each in found] == [("SENSOR", 0), ("PUMP", 3)]
    assert desk.database.read(lambda connection: backorders.substitutes(connection, desk.pump, at=START)) == []


def spread(desk, order_id, branch, number):
    """So many pieces of an order leave from the branch."""
    line_id = desk.line(order_id).id
    desk.do("order.route", lambda tx: routing.send_from(tx, order_id, line_id, {branch: number * GRAIN}))


def branch_with(desk, number):
    branch = desk.warehouse("ROT")
    desk.receive(desk.housing, number, branch)
    return branch


def rebalance(desk, rules):
    shown = show(desk, rules)
    desk.do("stock.rebalance", lambda tx: rebalancing.apply(tx, rules, shown.mark))
    assert show(desk, rules).moved == ()
    return [(piece.grains // GRAIN, piece.taker and piece.taker.order_number) for piece in shown.moved]


def test_an_order_that_leaves_from_two_warehouses_takes_part_at_each(desk):
    desk.receive(desk.housing, 6)
    branch = branch_with(desk, 4)
    both = sell(desk, "C", 10)
    spread(desk, both, branch, 4)
    assert pieces(desk, both) == [10]
    best = sell(desk, "A", 5)
    assert rebalance(desk, BY_CLASS) == [(5, "SO-00002"), (1, None)]
    assert pieces(desk, both, best) == [4, 5]
    assert (desk.level(desk.housing), desk.level(desk.housing, branch)) == ((1, 5), (0, 4))
    assert desk.damages() == []


def test_what_an_order_loses_at_another_warehouse_is_not_to_leave_from_there_any_more(desk):
    desk.receive(desk.housing, 6)
    branch = branch_with(desk, 4)
    both = sell(desk, "C", 10)
    spread(desk, both, branch, 4)
    best = sell(desk, "A", 3)
    spread(desk, best, branch, 3)
    rules = replace(BY_CLASS, location_id=branch, otherwise=Strategy.SHARE, by_priority={"A": Strategy.WIN})
    assert rebalance(desk, rules) == [(3, "SO-00002")]
    assert pieces(desk, both, best) == [7, 3]
    assert (desk.level(desk.housing), desk.level(desk.housing, branch)) == ((0, 6), (0, 4))
    desk.receive(desk.housing, 3)
    assert pieces(desk, both, best) == [10, 3]
    assert desk.level(desk.housing) == (0, 9)
    assert desk.damages() == []
