"""Drop shipments: the supplier's pieces are the customer's pieces, and never ours."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.shipment import shipment
from app.models.sourcing import Demand, Supply
from app.models.stock import Place
from app.models.supply import Way
from app.services import backorders, drop_shipping, order_book, orders, pegs, planning, purchasing, receiving
from app.services.shipping import Dispatch
from tests.desk import START
from tests.supply_desk import FRIDAY, GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def drop(desk, way, line, pieces):
    """Propose it for an order line, peg it, and give purchase line and purchase order."""

    def both(tx):
        found = purchasing.propose(tx, way, pieces * GRAIN, FRIDAY, location_id=desk.main, order_line_id=line)
        pegs.make(
            tx,
            Demand.ORDER_LINE,
            line,
            Way.DROP_SHIP,
            Supply.PURCHASE_LINE,
            found,
            pieces * GRAIN,
            location_id=desk.main,
            ready_on=FRIDAY,
        )
        planning.settle(tx, order_book.load(tx, desk.order_of[line]))
        return found, tx.lock(purchasing.purchase_line, found, "Line").purchase_id

    return desk.do("purchase.propose", both)


def shipments(desk, order):
    mine = select(shipment).where(shipment.c.order_id == order).order_by(shipment.c.id)
    return [(row.kind, row.state, row.tracking_number) for row in desk.read(lambda c: c.execute(mine).all())]


def test_part_deliveries_count_on_both_orders_and_leave_our_stock_alone(desk):
    desk.receive(desk.sensor, 4)
    way = desk.way(desk.sensor, Way.DROP_SHIP, "4.00", minimum=Decimal(10))
    order, line = desk.order(desk.sensor, 9)  # four from stock, five from the supplier
    bought, purchase = drop(desk, way, line, 5)
    assert [row.quantity for row in desk.read(purchasing.lines, purchase)] == [5]  # not the supplier's minimum
    ship_to = desk.read(purchasing.get, purchase).ship_to
    assert ship_to == desk.read(orders.get, order).shipping_address
    with pytest.raises(NotAllowed, match="draft"):
        desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase))
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    with pytest.raises(NotAllowed, match="customer"):
        desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase))
    ship = {bought: 2 * GRAIN}
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, ship, dispatch=Dispatch("DHL", "", "JD7")))
    assert (desk.line(order).shipped // GRAIN, desk.level(desk.sensor)) == (2, (0, 4))
    assert shipments(desk, order)[-1] == ("drop_ship", "shipped", "JD7")
    with pytest.raises(NotAllowed, match="3 units of"):
        desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, {bought: 4 * GRAIN}))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase))
    assert desk.read(purchasing.get, purchase).state == "closed"
    assert (desk.line(order).shipped // GRAIN, desk.line(order).reserved // GRAIN) == (5, 4)
    assert desk.moved(desk.sensor, Place.SUPPLIER, Place.CUSTOMER) == 5
    assert desk.damages() == []


def test_each_order_line_has_a_purchase_line_of_its_own_that_grows_with_it(desk):
    way = desk.way(desk.sensor, Way.DROP_SHIP, "4.00")
    _, line = desk.order(desk.sensor, 3)
    _, other_line = desk.order(desk.sensor, 2)
    bought, purchase = drop(desk, way, line, 1)
    assert drop(desk, way, line, 2) == (bought, purchase)
    assert drop(desk, way, other_line, 2)[1] != purchase
    with pytest.raises(NotAllowed, match="order line"):
        desk.do("purchase.change", lambda tx: purchasing.change_line(tx, bought, quantity=Decimal(4)))
    assert desk.do("purchase.lower", lambda tx: purchasing.lower(tx, bought, GRAIN)) == 0  # it is pegged
    assert desk.damages() == []


def test_a_cancelled_drop_shipment_leaves_the_line_in_trouble_until_it_is_bought_again(desk):
    way = desk.way(desk.sensor, Way.DROP_SHIP, "4.00")
    _, line = desk.order(desk.sensor, 3)
    bought, purchase = drop(desk, way, line, 3)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.cancel", lambda tx: purchasing.cancel(tx, purchase))
    assert [one.trouble for one in desk.read(pegs.of_supply, bought)] == ["PO-00001 was cancelled."]
    desk.do("purchase.reopen", lambda tx: purchasing.reopen(tx, purchase))
    assert [one.trouble for one in desk.read(pegs.of_supply, bought)] == [""]
    assert desk.read(purchasing.get, purchase).state == "draft"
    assert desk.damages() == []


def test_what_the_supplier_sent_beyond_the_order_counts_once_somebody_agrees(desk):
    desk.receive(desk.sensor, 4)
    way = desk.way(desk.sensor, Way.DROP_SHIP, "4.00")
    order, line = desk.order(desk.sensor, 9)  # four from stock, five from the supplier
    bought, purchase = drop(desk, way, line, 5)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    sent = {bought: 11 * GRAIN}
    with pytest.raises(NotAllowed, match="more than was ordered"):
        desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, sent))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, sent, beyond=True))
    row = desk.line(order)
    assert (row.shipped // GRAIN, row.reserved, desk.level(desk.sensor)) == (11, 0, (4, 0))  # nothing more is to leave
    assert desk.moved(desk.sensor, Place.SUPPLIER, Place.CUSTOMER) == 11
    assert desk.read(purchasing.get, purchase).state == "closed"
    assert desk.damages() == []


def test_an_order_that_was_cancelled_is_delivered_when_its_supplier_sends_the_goods_all_the_same(desk):
    way = desk.way(desk.sensor, Way.DROP_SHIP, "4.00")
    order, line = desk.order(desk.sensor, 5)
    bought, purchase = drop(desk, way, line, 5)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("order.cancel", lambda tx: orders.cancel(tx, order))
    with pytest.raises(NotAllowed, match="more than was ordered"):
        desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, {bought: 5 * GRAIN}))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, {bought: 5 * GRAIN}, beyond=True))
    head = desk.read(orders.get, order)
    assert (head.state, head.stage, desk.line(order).shipped) == ("confirmed", "shipped", 5 * GRAIN)
    assert desk.damages() == []


def test_two_lines_of_a_purchase_bring_one_order_line_no_more_than_it_waits_for(desk):
    ways = [desk.way(desk.sensor, Way.DROP_SHIP, price) for price in ("4.00", "4.40")]
    order, line = desk.order(desk.sensor, 6)
    (first, purchase), (second, same) = (drop(desk, way, line, 3) for way in ways)
    assert purchase == same
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("order.change", lambda tx: orders.change_line(tx, order, line, quantity=Decimal(4)))
    both = {first: 3 * GRAIN, second: 3 * GRAIN}
    with pytest.raises(NotAllowed, match="open for SO-00001"):
        desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, both))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, {first: 3 * GRAIN, second: GRAIN}))
    assert desk.line(order).shipped == 4 * GRAIN
    assert desk.damages() == []


def test_what_the_supplier_sends_waits_for_no_stock_of_ours(desk):
    way = desk.way(desk.sensor, Way.DROP_SHIP, "4.00")
    bought = desk.way(desk.sensor, Way.BUY, "3.00")
    _, line = desk.order(desk.sensor, 5, promised_on=FRIDAY)
    drop(desk, way, line, 5)
    waits, _ = desk.order(desk.sensor, 4)
    desk.do("purchase.propose", lambda tx: purchasing.propose(tx, bought, 4 * GRAIN, FRIDAY, location_id=desk.main))
    found = desk.read(lambda c: backorders.waiting(c, at=START))
    assert [(one.order_id, one.waiting // GRAIN, one.freed // GRAIN) for one in found] == [(waits, 4, 4)]
