"""What somebody is typing is taken in the eyes of the others, for as long as they are there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.models.product import GRAIN
from app.models.stock import stock_level
from app.models.supply import soft_hold
from app.services import promising, soft_holds, stock, stock_ledger
from app.services.database import Database
from app.services.soft_holds import LASTS
from app.services.statements import Prepared
from tests.desk import START, Desk

NOW = START + timedelta(hours=1)


@pytest.fixture
def desk(database):
    return Desk(database).found()


@pytest.fixture
def valves(desk):
    """Ten valves: the product, its key with the warehouse, and a function that tells how many others may promise."""
    valve = desk.product("V-1")
    desk.do("stock.receive", lambda tx: stock.receive(tx, valve, Decimal(10)))
    place = desk.read(stock_ledger.main_location)

    def pieces(window="", at=NOW, of=desk.database):
        found = of.read(lambda connection: promising.available(connection, valve, at=at, window=window))
        return found.available // GRAIN, found.held // GRAIN

    return valve, (valve, place), pieces


def test_others_see_at_once_what_a_window_holds_and_the_window_itself_does_not_count_it(desk, valves):
    valve, key, pieces = valves
    soft_holds.hold(desk.database, "bob/1", {key: 4 * GRAIN}, by="bob", at=NOW)
    other = Database(desk.database.url)
    try:
        assert pieces(of=other) == (6, 4)
    finally:
        other.close()
    assert pieces("bob/1") == (10, 0)
    (one,) = desk.read(lambda connection: soft_holds.of_product(connection, valve, at=NOW))
    assert (one.holder, one.grains, one.until) == ("bob", 4 * GRAIN, NOW + LASTS)
    assert desk.read(lambda connection: soft_holds.of_product(connection, valve, at=NOW, window="bob/1")) == []


def test_a_changed_line_replaces_what_was_held_and_closing_gives_it_back(desk, valves):
    _, key, pieces = valves
    soft_holds.hold(desk.database, "bob/1", {key: 4 * GRAIN}, by="bob", at=NOW)
    soft_holds.hold(desk.database, "eve/1", {key: GRAIN}, by="eve", at=NOW)
    soft_holds.hold(desk.database, "bob/1", {key: 7 * GRAIN}, by="bob", at=NOW)
    assert pieces() == (2, 8)
    soft_holds.let_go(desk.database, "bob/1")
    assert pieces() == (9, 1)
    soft_holds.hold(desk.database, "eve/1", {}, by="eve", at=NOW)
    assert pieces() == (10, 0)


def test_a_hold_ends_when_its_window_is_no_longer_heard_of(desk, valves):
    _, key, pieces = valves
    soft_holds.hold(desk.database, "bob/1", {key: 4 * GRAIN}, by="bob", at=NOW)
    soft_holds.extend(desk.database, "bob/1", at=NOW + timedelta(minutes=4))
    assert pieces(at=NOW + timedelta(minutes=8)) == (6, 4)
    assert pieces(at=NOW + timedelta(minutes=9)) == (10, 0)
    soft_holds.extend(desk.database, "bob/1", at=NOW + timedelta(minutes=10))  # too late: others may have sold it
    assert pieces(at=NOW + timedelta(minutes=10)) == (10, 0)
    soft_holds.hold(desk.database, "eve/1", {key: GRAIN}, by="eve", at=NOW + timedelta(minutes=11))
    assert desk.rows("SELECT holder FROM soft_hold") == [("eve",)]  # what has ended is swept away


def test_holds_are_no_part_of_the_books(desk, valves):
    _, key, _ = valves
    before = desk.rows("SELECT count(*) FROM command_log")
    soft_holds.hold(desk.database, "bob/1", {key: 4 * GRAIN}, by="bob", at=NOW)
    assert desk.rows("SELECT count(*) FROM command_log") == before
    assert desk.damages() == []


def test_no_other_table_can_be_written_beside_the_log(desk, valves):
    before = desk.fingerprint()
    spoil = Prepared(stock_level.update().values(free=stock_level.c.free + 1))
    sweep = Prepared(soft_hold.delete())
    for writes in ([(spoil, [{}])], [(sweep, [{}]), (spoil, [{}])]):
        with pytest.raises(ValueError, match="stock_level is written by commands only"):
            desk.database.run_local(*writes)
    assert desk.fingerprint() == before
