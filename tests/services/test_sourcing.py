"""Confirming an order creates what it needs, each piece pegged; what changes later follows; people are told why."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.invoice import invoice
from app.models.purchase import purchase_line
from app.models.sourcing import Supply
from app.models.supply import Way
from app.models.work import work_order
from app.services import (
    billing,
    orders,
    payments,
    pegs,
    production,
    promising,
    purchasing,
    receiving,
    sourcing,
    stock,
    transfers,
    work_orders,
)
from app.services.bills import Component, Step
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.promising import Policy, Wanted
from tests.desk import START
from tests.supply_desk import GRAIN, supply_desk

MONDAY = START.date()


@pytest.fixture
def desk(database):
    return supply_desk(database)


def order(desk, product_id, quantity, **fields):
    """A confirmed order of one line, sourced: its id."""
    lines = (LineInput(product_id, Decimal(quantity)),)
    new = orders.NewOrder(desk.customer_id, lines, **fields)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def change(desk, order_id, quantity):
    line_id = desk.line(order_id).id
    desk.do("order.change", lambda tx: orders.change_line(tx, order_id, line_id, quantity=Decimal(quantity)))


def sources(desk, order_id):
    """The pegs of the order's line: way, pieces, open pieces, days after Monday."""
    found = desk.read(pegs.of_demand, desk.line(order_id).id)
    return [
        (str(one.way), one.quantity // GRAIN, one.open // GRAIN, (one.ready_on - MONDAY).days)
        for one in found
        if one.quantity
    ]


def rows(desk, table):
    return desk.read(lambda c: c.execute(select(table).order_by(table.c.id)).all())


def told(desk, order_id):
    line = desk.line(order_id)
    return line.ready_on, line.ready_reason


def test_part_comes_from_stock_and_the_rest_is_bought_and_when_it_is_here_the_line_is_ready(desk):
    desk.way(desk.sensor, Way.BUY, "4.00")
    desk.receive(desk.sensor, 3)
    order_id = order(desk, desk.sensor, 8)
    assert sources(desk, order_id) == [("buy", 5, 5, 3)]
    assert desk.line(order_id).reserved == 3 * GRAIN
    assert told(desk, order_id) == (date(2026, 11, 5), "5 from Orbis, due Thu 5 Nov")
    (line,) = rows(desk, purchase_line)
    assert (line.ordered, line.requested_on) == (5 * GRAIN, date(2026, 11, 5))
    desk.do("purchase.send", lambda tx: purchasing.send(tx, line.purchase_id))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, line.purchase_id))
    assert desk.line(order_id).reserved == 8 * GRAIN
    assert told(desk, order_id) == (MONDAY, "in stock")
    assert desk.damages() == []


def test_what_is_made_is_planned_over_all_levels_and_finished_work_wakes_the_line(desk):
    bench = desk.center()
    desk.bill((Step("Assemble", bench, Decimal(0), Decimal(60)),))
    desk.way(desk.pump, Way.MAKE)
    desk.way(desk.sensor, Way.BUY, "4.00")
    desk.way(desk.housing, Way.BUY, "11.50", lead_days=1)
    desk.receive(desk.sensor, 4)
    order_id = order(desk, desk.pump, 5)
    (work,) = rows(desk, work_order)
    assert (work.ordered, work.state) == (5 * GRAIN, "planned")
    assert sources(desk, order_id) == [("make", 5, 5, 3)]
    ready_on, words = told(desk, order_id)
    assert ready_on == date(2026, 11, 5) == work.due_on
    assert words == "5 made by Thu 5 Nov: waits for 6 Valve SENSOR from Orbis, due Thu 5 Nov"
    bought = {row.product_id: row.ordered // GRAIN for row in rows(desk, purchase_line)}
    assert bought == {desk.sensor: 6, desk.housing: 5}
    assert desk.level(desk.sensor) == (0, 4)  # kept for the work order
    for purchase in {row.purchase_id for row in rows(desk, purchase_line)}:
        desk.do("purchase.send", lambda tx, p=purchase: purchasing.send(tx, p))
        desk.do("purchase.receive", lambda tx, p=purchase: receiving.receive(tx, p))
    desk.do("work.release", lambda tx: work_orders.release(tx, work.id))
    desk.do("work.report", lambda tx: production.report(tx, work.id, 5 * GRAIN))
    assert desk.line(order_id).reserved == 5 * GRAIN
    assert told(desk, order_id)[1] == "in stock"
    assert desk.damages() == []


def test_an_order_that_is_raised_lowered_and_cancelled_takes_its_supply_along(desk):
    desk.way(desk.sensor, Way.BUY, "4.00")
    order_id = order(desk, desk.sensor, 5)
    change(desk, order_id, 9)
    assert [row.ordered // GRAIN for row in rows(desk, purchase_line)] == [9]
    change(desk, order_id, 2)
    assert [row.ordered // GRAIN for row in rows(desk, purchase_line)] == [2]
    assert sources(desk, order_id) == [("buy", 2, 2, 3)]
    desk.do("order.reserve", lambda tx: orders.reserve(tx, order_id))  # any number of times: nothing more is bought
    assert sources(desk, order_id) == [("buy", 2, 2, 3)]
    desk.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    assert rows(desk, purchase_line) == []
    assert sources(desk, order_id) == []
    assert desk.damages() == []


def test_what_was_sent_to_the_supplier_comes_in_all_the_same_and_the_next_order_gets_it(desk):
    desk.way(desk.sensor, Way.BUY, "4.00")
    first = order(desk, desk.sensor, 5)
    (line,) = rows(desk, purchase_line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, line.purchase_id))
    desk.do("order.cancel", lambda tx: orders.cancel(tx, first))
    second = order(desk, desk.sensor, 4)
    assert [row.ordered // GRAIN for row in rows(desk, purchase_line)] == [5]
    assert told(desk, second) == (date(2026, 11, 5), "4 from what comes in, free Thu 5 Nov")
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, line.purchase_id))
    assert desk.line(second).reserved == 4 * GRAIN
    assert desk.level(desk.sensor) == (1, 4)


def test_a_late_purchase_gives_the_orders_it_hits_a_new_day_over_every_level(desk):
    desk.bill(parts=(Component(desk.sensor, Decimal(2)),))
    desk.way(desk.pump, Way.MAKE)
    desk.way(desk.sensor, Way.BUY, "4.00")
    order_id = order(desk, desk.pump, 3)
    assert told(desk, order_id)[0] == date(2026, 11, 5)
    (line,) = rows(desk, purchase_line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, line.purchase_id))
    answer = {line.id: purchasing.Answer(expected_on=date(2026, 11, 17))}
    hits = desk.do(
        "purchase.confirm",
        lambda tx: [hit.order_number for hit in purchasing.confirm(tx, line.purchase_id, answers=answer)],
    )
    assert hits == [desk.read(orders.get, order_id).number]
    ready_on, words = told(desk, order_id)
    assert ready_on == date(2026, 11, 17)
    assert words.endswith("now Tue 17 Nov")


def test_another_warehouse_sends_what_it_has_before_anything_is_bought(desk):
    south = desk.warehouse("SOUTH", transfer_days=2)
    desk.way(desk.sensor, Way.BUY, "4.00")
    desk.receive(desk.sensor, 2)
    desk.receive(desk.sensor, 3, south)
    order_id = order(desk, desk.sensor, 9)
    assert sources(desk, order_id) == [("transfer", 3, 3, 2), ("buy", 4, 4, 3)]
    assert told(desk, order_id) == (
        date(2026, 11, 5),
        "3 from Warehouse SOUTH, here Wed 4 Nov; 4 from Orbis, due Thu 5 Nov",
    )
    assert desk.level(desk.sensor, south) == (0, 3)
    moved = desk.read(lambda c: c.execute(select(transfers.transfer.c.id)).scalar_one())
    desk.do("transfer.ship", lambda tx: transfers.ship(tx, moved))
    desk.do("transfer.receive", lambda tx: transfers.receive(tx, moved))
    assert desk.line(order_id).reserved == 5 * GRAIN


def test_a_rule_over_warehouses_lets_lines_leave_where_they_lie(desk):
    south = desk.warehouse("SOUTH", country="NL", postal_code="3100")
    desk.receive(desk.sensor, 2)
    desk.receive(desk.sensor, 7, south)
    order_id = order(desk, desk.sensor, 5, sourcing_rule="fewest")
    assert sources(desk, order_id) == [("stock", 5, 5, 0)]
    assert desk.level(desk.sensor, south) == (2, 5)
    assert desk.level(desk.sensor) == (2, 0)


def test_a_supplier_sends_it_straight_to_the_customer(desk):
    desk.way(desk.pump, Way.DROP_SHIP, "90.00", stock_first=False)
    desk.receive(desk.pump, 9)
    order_id = order(desk, desk.pump, 4)
    assert sources(desk, order_id) == [("drop_ship", 4, 4, 3)]
    assert desk.level(desk.pump) == (9, 0)
    (line,) = rows(desk, purchase_line)
    assert (line.order_line_id, line.ordered) == (desk.line(order_id).id, 4 * GRAIN)
    assert told(desk, order_id)[1] == "4 sent by Orbis, leaves Thu 5 Nov"


def test_a_line_that_cannot_be_had_says_so_and_one_that_comes_in_says_when(desk):
    order_id = order(desk, desk.housing, 3)
    assert told(desk, order_id) == (None, "3 not to be had: no supplier, bill or receipt is known")
    desk.do("stock.receive", lambda tx: stock.receive(tx, desk.housing, Decimal(3)))
    assert told(desk, order_id) == (MONDAY, "in stock")


def test_two_orders_never_count_on_the_same_receipt(desk):
    desk.way(desk.sensor, Way.BUY, "4.00", minimum=Decimal(10))
    first, second, third = (order(desk, desk.sensor, quantity) for quantity in (6, 3, 3))
    assert sources(desk, first) == [("buy", 6, 6, 3)]
    assert sources(desk, second) == []
    assert told(desk, second)[1] == "3 from what comes in, free Thu 5 Nov"
    assert sources(desk, third) == [("buy", 2, 2, 3)]
    (line,) = rows(desk, purchase_line)
    assert line.ordered >= 12 * GRAIN


def test_what_a_line_showed_while_it_was_typed_is_what_confirming_makes(desk):
    bench = desk.center()
    desk.bill((Step("Assemble", bench, Decimal(30), Decimal(100)),), lead_days=1)
    desk.way(desk.pump, Way.MAKE)
    desk.way(desk.pump, Way.BUY, "75.00", lead_days=1)
    desk.way(desk.sensor, Way.BUY, "4.00")
    desk.receive(desk.pump, 1)
    desk.receive(desk.housing, 50)
    wanted = Wanted(desk.pump, 12 * GRAIN, by=date(2026, 11, 13))
    found = desk.database.read(lambda c: promising.promise(c, [wanted], at=START, policy=Policy()))
    order_id = order(desk, desk.pump, 12, requested_on=date(2026, 11, 13))
    shown = [(str(part.way), part.grains // GRAIN, part.on) for _, part in found.lines[0].parts]
    made = [(way, pieces, MONDAY.toordinal() + days) for way, pieces, _, days in sources(desk, order_id)]
    assert [("stock", 1)] + [(way, pieces) for way, pieces, _ in made] == [(way, pieces) for way, pieces, _ in shown]
    assert [on for _, _, on in made] == [on.toordinal() for way, _, on in shown if way != "stock"]


def test_components_of_a_subcontractor_are_sent_along(desk):
    lathe = desk.supplier("Lathe Works", lead_days=4)
    desk.bill(parts=(Component(desk.sensor, Decimal(2)),))
    desk.way(desk.pump, Way.OUTSOURCE, "15.00", supplier_id=lathe)
    desk.way(desk.sensor, Way.BUY, "4.00")
    desk.receive(desk.sensor, 3)
    order_id = order(desk, desk.pump, 4)
    assert [way for way, *_ in sources(desk, order_id)] == ["outsource"]
    (work,) = rows(desk, work_order)
    (component,) = desk.read(work_orders.components, work.id)
    (sent,) = desk.read(pegs.of_demand, component.id)
    assert (sent.supply, sent.quantity) == (Supply.TRANSFER_LINE, 8 * GRAIN)
    (bought,) = desk.read(pegs.of_demand, sent.supply_id)
    assert (bought.supply, bought.quantity) == (Supply.PURCHASE_LINE, 5 * GRAIN)
    assert bought.order_id == order_id


def test_two_clerks_who_confirm_at_once_never_count_on_the_same_receipt(desk):
    way = desk.way(desk.sensor, Way.BUY, "4.00")
    desk.do("purchase.propose", lambda tx: purchasing.propose(tx, way, 5 * GRAIN, MONDAY, location_id=desk.main))
    lines = (LineInput(desk.sensor, Decimal(5)),)
    new = orders.NewOrder(desk.customer_id, lines)
    drafts = [desk.do("order.create", lambda tx: orders.create(tx, new)) for _ in range(2)]
    together = threading.Barrier(2)

    def confirm(order_id):
        database = Database(desk.database.url)
        try:
            together.wait()
            database.run("order.confirm", lambda tx: orders.confirm(tx, order_id), by="ann", at=START)
        finally:
            database.close()

    with ThreadPoolExecutor(2) as clerks:
        list(clerks.map(confirm, drafts))
    assert sorted(len(sources(desk, order_id)) for order_id in drafts) == [0, 1]
    assert sum(row.ordered for row in rows(desk, purchase_line)) == 10 * GRAIN


def test_what_a_count_takes_away_is_sourced_anew(desk):
    desk.way(desk.sensor, Way.BUY, "4.00")
    desk.receive(desk.sensor, 6)
    order_id = order(desk, desk.sensor, 5)
    assert sources(desk, order_id) == []
    desk.do("stock.count", lambda tx: stock.count(tx, desk.sensor, Decimal(3)))
    assert desk.line(order_id).reserved == 3 * GRAIN
    assert sources(desk, order_id) == [("buy", 2, 2, 3)]
    assert desk.damages() == []
    (bought,) = rows(desk, purchase_line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, bought.purchase_id))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, bought.purchase_id))
    desk.do("stock.count", lambda tx: stock.count(tx, desk.sensor, Decimal(0)))  # what came in for it is lost as well
    assert sum(open_ for _, _, open_, _ in sources(desk, order_id)) == 5
    assert desk.damages() == []


def test_a_line_whose_purchase_was_cancelled_is_sourced_anew_when_a_person_says_so(desk):
    desk.way(desk.sensor, Way.BUY, "4.00")
    order_id = order(desk, desk.sensor, 5)
    (line,) = rows(desk, purchase_line)
    line_id = desk.line(order_id).id
    with pytest.raises(NotAllowed, match="No source of Valve SENSOR"):
        desk.do("order.source", lambda tx: sourcing.source_anew(tx, order_id, line_id))
    desk.do("purchase.send", lambda tx: purchasing.send(tx, line.purchase_id))
    desk.do("purchase.cancel", lambda tx: purchasing.cancel(tx, line.purchase_id))
    assert [one.trouble for one in desk.read(pegs.of_demand, line_id)] == ["PO-00001 was cancelled."]
    desk.do("order.source", lambda tx: sourcing.source_anew(tx, order_id, line_id))
    assert sources(desk, order_id) == [("buy", 5, 5, 3)]
    (_, fresh) = rows(desk, purchase_line)
    assert fresh.ordered == 5 * GRAIN
    assert told(desk, order_id)[1] == "5 from Orbis, due Thu 5 Nov"
    assert desk.damages() == []


def test_a_person_chooses_how_a_line_is_had(desk):
    desk.way(desk.sensor, Way.DROP_SHIP, "9.00", stock_first=False)
    desk.receive(desk.sensor, 5)
    order_id = order(desk, desk.sensor, 3)
    line_id = desk.line(order_id).id
    (bought,) = rows(desk, purchase_line)
    from_stock = partial(sourcing.choose_way, order_id=order_id, line_id=line_id, way="stock")
    desk.do("purchase.send", lambda tx: purchasing.send(tx, bought.purchase_id))
    with pytest.raises(NotAllowed, match="goes to the customer"):
        desk.do("line.way", from_stock)
    desk.do("purchase.cancel", lambda tx: purchasing.cancel(tx, bought.purchase_id))
    desk.do("line.way", from_stock)
    assert sources(desk, order_id) == []
    assert desk.level(desk.sensor) == (2, 3)
    desk.do("line.way", lambda tx: sourcing.choose_way(tx, order_id, line_id, "drop_ship"))
    assert sources(desk, order_id) == [("drop_ship", 3, 3, 3)]
    assert desk.level(desk.sensor) == (5, 0)
    assert desk.damages() == []


def test_what_is_paid_ahead_is_sourced_once_it_is_paid(desk):
    desk.way(desk.sensor, Way.BUY, "4.00", stock_first=False)
    order_id = order(desk, desk.sensor, 3, deposit_percent=Decimal(100), deposit_blocks=True)
    assert sources(desk, order_id) == []
    (deposit,) = rows(desk, invoice)
    desk.do("invoice.post", lambda tx: billing.post(tx, deposit.id, MONDAY))
    part, rest = Decimal(1), deposit.total - 1
    for amount, expected in ((part, []), (rest, [("buy", 3, 3, 3)])):
        new = payments.NewPayment(desk.customer_id, amount, MONDAY, allocations={deposit.id: amount})
        desk.do("payment.receive", lambda tx, new=new: payments.receive(tx, new))
        assert sources(desk, order_id) == expected
    assert desk.damages() == []


def test_what_came_in_for_a_line_that_is_lowered_is_free_and_no_longer_its_own(desk):
    desk.way(desk.sensor, Way.BUY, "4.00")
    desk.receive(desk.sensor, 5)
    order_id = order(desk, desk.sensor, 8)
    (bought,) = rows(desk, purchase_line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, bought.purchase_id))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, bought.purchase_id))
    change(desk, order_id, 1)
    assert sources(desk, order_id) == [("buy", 1, 0, 3)]
    assert desk.level(desk.sensor) == (7, 1)
    assert desk.damages() == []
