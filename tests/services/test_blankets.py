"""Blanket orders: what is left of them is exact, and two clerks never call off the same piece."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.services import blankets, order_stops, orders
from app.services.blankets import Agreed, NewBlanket
from app.services.document_lines import LineInput
from tests.desk import START, Desk, unhurried


@pytest.fixture
def desk(database):
    return Desk(unhurried(database)).found()


def agree(desk, quantity="10", **fields):
    line = Agreed(desk.product("P"), Decimal(quantity), Decimal("7.25"), fields.pop("unit", ""))
    new = NewBlanket(desk.customer(), (line,), START.date(), **fields)
    return desk.do("blanket.add", lambda tx: blankets.add(tx, new))


def call(desk, blanket_id, pieces, **fields):
    line = desk.read(blankets.read, blanket_id).lines[0]
    wanted = {line.id: line.product.grains(Decimal(pieces), line.unit)}
    return desk.do("blanket.call_off", lambda tx: blankets.call_off(tx, blanket_id, wanted, **fields))


def left(desk, blanket_id):
    line = desk.read(blankets.read, blanket_id).lines[0]
    return line.in_unit(line.left)


def test_of_two_clerks_who_call_off_the_same_pieces_one_is_refused(desk):
    blanket_id = agree(desk)

    def clerk(_):
        try:
            return call(desk, blanket_id, 6)
        except NotAllowed as error:
            return str(error)

    with ThreadPoolExecutor(2) as both:
        found = list(both.map(clerk, range(2)))
    refused = [one for one in found if isinstance(one, str)]
    assert ["only 4" in one for one in refused] == [True]
    assert left(desk, blanket_id) == 4


def test_an_order_takes_no_more_than_is_left_when_lines_are_changed_or_opened_again(desk):
    blanket_id = agree(desk)
    first = call(desk, blanket_id, 6)
    desk.do("order.confirm", lambda tx: orders.confirm(tx, first))
    desk.do("order.close", lambda tx: orders.close(tx, first))
    assert left(desk, blanket_id) == 10
    second = call(desk, blanket_id, 7)
    with pytest.raises(NotAllowed, match="only 3"):
        desk.do("order.reopen", lambda tx: order_stops.reopen(tx, first))
    line = desk.read(orders.lines, second)[0]
    with pytest.raises(NotAllowed, match="only 3"):
        desk.do("order.change_line", lambda tx: orders.change_line(tx, second, line.id, quantity=Decimal(11)))
    fee = LineInput(kind="fee", name="Courier", unit_price=Decimal(5))
    desk.do("order.add_line", lambda tx: orders.add_line(tx, second, fee))
    desk.do("order.remove_line", lambda tx: orders.remove_line(tx, second, line.id))
    assert left(desk, blanket_id) == 10
    third = call(desk, blanket_id, 10)
    desk.do("order.cancel", lambda tx: orders.cancel(tx, third))
    assert left(desk, blanket_id) == 10
    assert desk.damages() == []


def test_it_is_called_off_in_its_time_at_its_price_and_in_its_unit(desk):
    blanket_id = agree(desk, "2", unit="dozen", ends_on=START.date() + timedelta(days=1), customer_po="PO-7")
    order_id = call(desk, blanket_id, "0.5")
    head, line = desk.read(orders.get, order_id), desk.read(orders.lines, order_id)[0]
    assert (head.customer_po, line.unit, line.quantity, line.unit_price) == (
        "PO-7",
        "dozen",
        Decimal("0.5"),
        Decimal("7.25"),
    )
    with pytest.raises(Invalid, match="at least one"):
        call(desk, blanket_id, 0)
    desk._minutes += 3 * 24 * 60
    with pytest.raises(NotAllowed, match="ended on 03 Nov 2026"):
        call(desk, blanket_id, 1)


@pytest.mark.parametrize("over", ["closed", "ended on 03 Nov 2026"])
def test_an_order_takes_no_more_once_the_time_is_over_and_may_give_some_back(desk, over):
    blanket_id = agree(desk, ends_on=START.date() + timedelta(days=1))
    order_id = call(desk, blanket_id, 4)
    if over == "closed":
        desk.do("blanket.close", lambda tx: blankets.close(tx, blanket_id))
    else:
        desk._minutes += 3 * 24 * 60
    line = desk.read(orders.lines, order_id)[0]
    with pytest.raises(NotAllowed, match=over):
        desk.do("order.change_line", lambda tx: orders.change_line(tx, order_id, line.id, quantity=Decimal(5)))
    desk.do("order.change_line", lambda tx: orders.change_line(tx, order_id, line.id, quantity=Decimal(3)))
    assert left(desk, blanket_id) == 7


def test_more_than_is_left_is_called_off_when_somebody_says_so(desk):
    blanket_id = agree(desk)
    call(desk, blanket_id, 12, beyond=True)
    assert left(desk, blanket_id) == 0
    desk.do("blanket.close", lambda tx: blankets.close(tx, blanket_id))
    with pytest.raises(NotAllowed, match="closed"):
        call(desk, blanket_id, 1, beyond=True)
    desk.do("blanket.reopen", lambda tx: blankets.reopen(tx, blanket_id))
    assert [one.stage for one in desk.read(blankets.read, blanket_id).orders] == ["draft"]
