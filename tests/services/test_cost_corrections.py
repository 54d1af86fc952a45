"""What becomes known late: shown before, booked today, carried on to where the goods are now."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.purchase import purchase_line
from app.models.supply import Way
from app.services import cost_corrections, drop_shipping, production, purchasing, valuation, work_orders
from app.services.cost_corrections import LateCost
from tests.services.test_drop_shipping import drop
from tests.supply_desk import FRIDAY, GRAIN
from tests.valued_desk import valued_desk


@pytest.fixture(params=["average", "fifo"])
def desk(request, database):
    return valued_desk(database, request.param)


def correct(desk, line, price):
    """Show a price, book it, and see that both say the same."""
    before = desk.fingerprint()
    shown = desk.database.read(lambda c: cost_corrections.preview_price(c, line, Decimal(price), desk.now))
    assert desk.fingerprint() == before
    booked = desk.do("purchase.correct_price", lambda tx: cost_corrections.correct_price(tx, line, Decimal(price)))
    assert booked == shown.total
    return shown


def test_another_price_on_the_invoice_falls_on_stock_and_on_what_has_left(desk):
    line = desk.buy(desk.means_to_buy("4.00"), 10)
    order, order_line, shipment = desk.sell(desk.sensor, 4)
    shown = correct(desk, line, "5.00")
    assert (shown.stock, shown.total) == (Decimal(6), Decimal(10))
    assert [(one.place, one.document_id, one.value) for one in shown.touched] == [("customer", shipment, Decimal(4))]
    assert desk.worth(desk.sensor) == (6, "30.00")
    assert desk.read(valuation.of_order, order)[0].cost == 20
    desk.bring_back(order, order_line, 4)
    assert desk.worth(desk.sensor) == (10, "50.00")
    assert correct(desk, line, "5.00").touched == ()  # nothing is left to say
    assert correct(desk, line, "4.50").total == -5
    assert desk.damages() == []


def test_a_price_that_was_not_known_is_what_such_goods_cost_until_the_invoice(desk):
    desk.take(desk.sensor, 2, "3.00")
    line = desk.buy(desk.means_to_buy("0"), 2)
    assert desk.worth(desk.sensor) == (4, "12.00")
    desk.sell(desk.sensor, 3)
    shown = correct(desk, line, "4.00")
    assert (shown.total, shown.stock) == (Decimal(2), Decimal(1))
    assert desk.account("Goods received, not invoiced") == "-14.00"
    assert desk.damages() == []


def test_a_correction_follows_goods_to_another_warehouse_and_into_what_was_made(desk):
    line = desk.buy(desk.means_to_buy("2.00"), 8)
    desk.bring(desk.sensor, 3, desk.branch, lost=1)
    desk.take(desk.housing, 2, "10.00")
    desk.bill()
    way = desk.way(desk.pump, Way.MAKE)
    work = desk.do("work.plan", lambda tx: work_orders.plan(tx, way, 2 * GRAIN, FRIDAY, location_id=desk.main))
    desk.do("work.release", lambda tx: work_orders.release(tx, work))
    desk.do("work.report", lambda tx: production.report(tx, work, GRAIN, scrapped=GRAIN))
    order, _, _ = desk.sell(desk.pump, 1)
    correct(desk, line, "3.00")  # one is left here, two are at the branch, one is lost, four went into two pumps
    assert desk.worth(desk.sensor) == (3, "9.00")
    assert desk.read(valuation.of_order, order)[0].cost == 16
    assert (desk.account("Scrap"), desk.account("Stock differences")) == ("16.00", "3.00")
    assert desk.damages() == []


def test_the_price_of_a_drop_shipment_falls_on_the_sale(desk):
    _, order_line = desk.order(desk.sensor, 5)
    line, purchase = drop(desk, desk.way(desk.sensor, Way.DROP_SHIP, "4.00"), order_line, 5)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, {line: 2 * GRAIN}))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase))
    assert correct(desk, line, "4.20").total == 1
    assert correct(desk, line, "4.20").total == 0
    assert desk.account("Cost of goods sold") == "21.00"
    assert desk.damages() == []


def test_a_receipt_that_is_booked_late_is_shown_and_corrects_what_left_since(desk):
    desk.take(desk.sensor, 2, "1.00")
    came = desk.now
    desk.take(desk.sensor, 2, "4.00")
    desk.sell(desk.sensor, 3)
    fifo = desk.worth(desk.sensor) == (1, "4.00")
    at = desk.now + timedelta(minutes=1)
    shown = desk.database.read(
        lambda c: cost_corrections.preview_receipt(
            c, desk.sensor, Decimal(2), Decimal("2.00"), since=came + timedelta(seconds=1), at=at
        )
    )
    desk.take(desk.sensor, 2, "2.00", since=came + timedelta(seconds=1))
    # in time, three of (2 at 1, 2 at 2, 2 at 4) would have cost 4 by layers, and 7 by the average of 14 / 6
    assert desk.worth(desk.sensor) == (3, "10.00" if fifo else "7.00")
    assert desk.account("Cost of goods sold") == ("4.00" if fifo else "7.00")
    assert shown.stock == (Decimal(6) if fifo else Decimal("4.50"))
    assert [one.value for one in shown.touched] == [Decimal(-2) if fifo else Decimal("-0.50")]
    desk.sell(desk.sensor, 2)
    assert desk.damages() == []


def test_what_cannot_be_corrected_says_why(desk):
    way = desk.means_to_buy("4.00")
    line = desk.buy(way, 1)
    with pytest.raises(Invalid, match="negative"):
        correct(desk, line, "-1")
    with pytest.raises(Invalid, match="later than now"):
        desk.take(desk.sensor, 1, "1.00", since=desk.now + timedelta(days=2))
    ordered = desk.do("purchase.propose", lambda tx: purchasing.propose(tx, way, GRAIN, FRIDAY, location_id=desk.main))
    with pytest.raises(NotAllowed, match="came in"):
        correct(desk, ordered, "1")


def test_a_correction_takes_no_more_off_goods_than_they_are_worth(desk):
    line = desk.buy(desk.means_to_buy("10.00"), 4)
    desk.do("stock.revalue", lambda tx: valuation.say_worth(tx, desk.sensor, Decimal("1.00")))  # they are spoilt
    correct(desk, line, "5.00")  # five euros less for each of them, where only one is left
    assert desk.worth(desk.sensor) == (4, "0.00")
    assert desk.account("Stock differences") == "20.00"
    assert desk.damages() == []


def late(desk, line, prices=None, freight="0"):
    """Show what became known late of a purchase order, book it, and see that both say the same."""
    purchase = desk.read(lambda c: c.execute(select(purchase_line.c.purchase_id)).scalars().first())
    found = LateCost({line: Decimal(prices)} if prices else {}, Decimal(freight))
    before = desk.fingerprint()
    shown = desk.database.read(lambda c: cost_corrections.preview(c, purchase, found, desk.now))
    assert desk.fingerprint() == before
    stock = Decimal(desk.account("Stock"))
    booked = desk.do("purchase.correct_cost", lambda tx: cost_corrections.correct(tx, purchase, found))
    assert (booked, Decimal(desk.account("Stock")) - stock) == (shown.total, shown.stock)
    return shown, desk.read(cost_corrections.received, purchase, desk.now)


def test_freight_is_shared_over_what_came_in_and_outlives_another_price(desk):
    desk.take(desk.sensor, 5, "1.00")  # older goods, which nothing touches
    line = desk.buy(desk.means_to_buy("4.00"), 9)
    desk.sell(desk.sensor, 5)
    shown, [known] = late(desk, line, freight="10.00")
    assert (shown.total, shown.stock, known.unit_price, known.freight) == (10, 10, 4, 10)
    desk.sell(desk.sensor, 3)
    shown, [known] = late(desk, line, "5.00", freight="0.10")
    assert (shown.total, known.unit_price, known.freight) == (Decimal("9.10"), 5, Decimal("10.10"))
    assert shown.stock + sum(one.value for one in shown.touched) == shown.total
    assert late(desk, line, "5.00")[0].total == 0  # freight is no part of the price
    assert late(desk, line, freight="-10.10")[1][0].freight == 0
    assert desk.damages() == []


def test_freight_of_a_drop_shipment_falls_on_the_sale(desk):
    _, order_line = desk.order(desk.sensor, 5)
    line, purchase = drop(desk, desk.way(desk.sensor, Way.DROP_SHIP, "4.00"), order_line, 5)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase, {line: 2 * GRAIN}))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase))
    shown, [known] = late(desk, line, freight="7.00")
    assert (shown.stock, known.freight) == (0, 7)
    assert {one.place for one in shown.touched} == {"customer"}
    assert desk.account("Cost of goods sold") == "27.00"
    assert desk.damages() == []


def test_freight_is_refused_where_nothing_came_or_it_is_no_amount(desk):
    line = desk.buy(desk.means_to_buy("4.00"), 5, received=1)
    for wrong, error in (("0.001", Invalid), ("NaN", Invalid)):
        with pytest.raises(error):
            late(desk, line, freight=wrong)
