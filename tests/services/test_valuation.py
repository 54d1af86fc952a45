"""What stock is worth: every receipt, sale, return, transfer, count and work order moves it to the cent."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from app.errors import NotAllowed
from app.models.costing import Method
from app.models.supply import Way
from app.services import (
    calendars,
    calling_back,
    companies,
    drop_shipping,
    production,
    purchasing,
    shipping,
    stock,
    stock_value_report,
    transfers,
    valuation,
    work_orders,
    write_offs,
)
from app.services.bills import Step
from app.services.calendars import NewCenter
from tests.services.test_drop_shipping import drop
from tests.supply_desk import FRIDAY, GRAIN
from tests.valued_desk import valued_desk


@pytest.fixture
def desk(database):
    return valued_desk(database)


@pytest.fixture
def fifo(database):
    return valued_desk(database, "fifo")


def sound(desk):
    assert desk.damages() == []
    return True


def test_the_average_moves_with_each_receipt_and_goods_leave_at_it(desk):
    desk.take(desk.sensor, 3, "10.00")
    desk.take(desk.sensor, 1, "15.00")
    assert desk.worth(desk.sensor) == (4, "45.00")
    order, line, _ = desk.sell(desk.sensor, 3)
    assert desk.worth(desk.sensor) == (1, "11.25")
    assert desk.read(valuation.of_order, order) == [valuation.LineCost(line, 3 * GRAIN, Decimal("33.75"))]
    assert (desk.account("Stock"), desk.account("Cost of goods sold")) == ("11.25", "33.75")
    assert desk.account("Goods received, not invoiced") == "-45.00"
    known = desk.read(valuation.read, desk.sensor)
    assert (known.unit_cost, known.margin(Decimal("18.00"))) == (Fraction("11.25"), Fraction("0.375"))
    assert sound(desk)


def test_first_in_first_out_takes_the_oldest_and_the_last_piece_takes_the_cents(fifo):
    fifo.take(fifo.sensor, 3, "3.335")  # 10.005: ten euros and one cent
    fifo.take(fifo.sensor, 3, "5.00")
    fifo.sell(fifo.sensor, 2)
    assert fifo.worth(fifo.sensor) == (4, "18.34")
    fifo.sell(fifo.sensor, 2)
    assert fifo.worth(fifo.sensor) == (2, "10.00")
    assert fifo.account("Cost of goods sold") == "15.01"
    assert sound(fifo)


def test_what_comes_back_costs_what_it_left_with_and_broken_pieces_are_scrap(desk):
    desk.take(desk.sensor, 4, "10.00")
    order, line, _ = desk.sell(desk.sensor, 3)
    desk.take(desk.sensor, 1, "40.00")  # now they cost 25
    desk.bring_back(order, line, 1, 1)
    assert desk.worth(desk.sensor) == (3, "60.00")
    assert (desk.account("Cost of goods sold"), desk.account("Scrap")) == ("10.00", "10.00")
    assert sound(desk)


def test_a_shipment_taken_back_puts_the_cost_back(fifo):
    fifo.take(fifo.sensor, 2, "4.00")
    order, _, shipment = fifo.sell(fifo.sensor, 2)
    fifo.do("shipment.call_back", lambda tx: calling_back.call_back(tx, shipment))
    assert (fifo.worth(fifo.sensor), fifo.account("Cost of goods sold")) == ((2, "8.00"), "0.00")
    fifo.do("shipment.ship", lambda tx: shipping.ship(tx, shipping.planned_shipment(tx, order)))
    assert fifo.account("Cost of goods sold") == "8.00"
    assert sound(fifo)


@pytest.mark.parametrize("costing", ["average", "fifo"])
def test_a_transfer_keeps_the_value_and_what_is_lost_is_a_difference(database, costing):
    desk = valued_desk(database, costing)
    desk.take(desk.sensor, 2, "1.00")
    desk.take(desk.sensor, 1, "1.01")
    desk.bring(desk.sensor, 3, desk.branch, lost=1)
    assert desk.worth(desk.sensor) == (2, "2.01")
    assert (desk.account("Stock"), desk.account("Stock differences")) == ("2.01", "1.00")
    assert sound(desk)


def test_counts_and_scrap_are_booked_at_what_goods_cost(desk):
    desk.take(desk.sensor, 10, "3.00")
    desk.do("stock.count", lambda tx: stock.count(tx, desk.sensor, Decimal(12)))
    assert desk.account("Stock differences") == "-6.00"
    desk.do("stock.count", lambda tx: stock.count(tx, desk.sensor, Decimal(9)))
    desk.do(
        "stock.scrap", lambda tx: write_offs.scrap(tx, desk.main, desk.sensor, 2 * GRAIN, reason="Fell off the fork")
    )
    assert desk.worth(desk.sensor) == (7, "21.00")
    assert (desk.account("Stock differences"), desk.account("Scrap")) == ("3.00", "6.00")
    assert sound(desk)


def test_what_is_bought_abroad_is_converted_exactly(desk):
    abroad = desk.supplier("Cog & Co", lead_days=3, currency="GBP")
    way = desk.way(desk.sensor, Way.BUY, "4.00", supplier_id=abroad)
    desk.buy(way, 7)  # 28 pounds at 0.8417 pounds for a euro
    assert desk.worth(desk.sensor) == (7, "33.27")
    desk.take(desk.sensor, 1, None)  # nobody says a price: it costs what such pieces cost
    assert desk.worth(desk.sensor) == (8, "38.02")
    assert desk.read(valuation.read, desk.sensor).unit_cost == Fraction("38.02") / 8
    assert sound(desk)


def test_a_drop_shipment_costs_its_price_and_was_never_here(desk):
    way = desk.way(desk.sensor, Way.DROP_SHIP, "4.00")
    order, line = desk.order(desk.sensor, 5)
    _, purchase = drop(desk, way, line, 5)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.ship", lambda tx: drop_shipping.ship(tx, purchase))
    assert desk.worth(desk.sensor) == (0, "0.00")
    assert (desk.account("Stock"), desk.account("Cost of goods sold")) == ("0.00", "20.00")
    desk.bring_back(order, line, 2)
    assert (desk.worth(desk.sensor), desk.account("Cost of goods sold")) == ((2, "8.00"), "12.00")
    assert sound(desk)


def test_what_is_made_costs_its_components_and_the_work_on_them(desk):
    lathe = NewCenter("LATHE", "Lathe", 480, hour_cost=Decimal(30))
    center = desk.do("center.add", lambda tx: calendars.add_center(tx, lathe))
    desk.bill(steps=(Step("Turn", center, unit_minutes=Decimal(10)),))
    desk.take(desk.housing, 3, "10.00")
    desk.take(desk.sensor, 6, "2.00")
    way = desk.way(desk.pump, Way.MAKE)
    work = desk.do("work.plan", lambda tx: work_orders.plan(tx, way, 3 * GRAIN, FRIDAY, location_id=desk.main))
    desk.do("work.release", lambda tx: work_orders.release(tx, work))
    desk.do("work.report", lambda tx: production.report(tx, work, GRAIN, scrapped=GRAIN))
    assert (desk.worth(desk.pump), desk.account("Scrap")) == ((1, "19.00"), "19.00")
    desk.do("work.report", lambda tx: production.report(tx, work, GRAIN))
    assert (desk.worth(desk.pump), desk.worth(desk.housing)) == ((2, "38.00"), (0, "0.00"))
    assert (desk.account("Work in process"), desk.account("Work that went into stock")) == ("0.00", "-15.00")
    assert sound(desk)


def test_goods_without_a_cost_have_no_value_and_no_journal(desk):
    desk.take(desk.sensor, 5, None)
    order, _, _ = desk.sell(desk.sensor, 2)
    assert desk.worth(desk.sensor) == (0, "0.00")
    assert desk.read(valuation.of_order, order) == []
    assert desk.rows("SELECT id FROM journal_entry") == []
    desk.take(desk.sensor, 1, "8.00")  # three were here for nothing
    assert (desk.worth(desk.sensor), desk.read(valuation.read, desk.sensor).unit_cost) == ((4, "8.00"), 2)
    assert sound(desk)


def test_the_way_of_costing_is_chosen_by_product_and_keeps_the_value(desk):
    for cost in ("1.00", "2.00", "4.00"):
        desk.take(desk.sensor, 1, cost)
    desk.do("product.costing", lambda tx: valuation.choose_method(tx, desk.sensor, Method.FIFO))
    desk.take(desk.sensor, 1, "5.00")
    desk.sell(desk.sensor, 3)
    assert desk.worth(desk.sensor) == (1, "5.00")
    desk.do("product.costing", lambda tx: valuation.choose_method(tx, desk.sensor, ""))
    desk.take(desk.sensor, 1, "6.00")
    desk.sell(desk.sensor, 1)
    assert desk.worth(desk.sensor) == (1, "5.50")
    assert sound(desk)


@pytest.mark.parametrize("costing", ["average", "fifo"])
def test_saying_what_goods_are_worth_books_the_difference(database, costing):
    desk = valued_desk(database, costing)
    desk.take(desk.sensor, 2, "1.00")
    desk.take(desk.sensor, 1, "7.00")
    more = desk.do("stock.revalue", lambda tx: valuation.say_worth(tx, desk.sensor, Decimal("2.50")))
    assert (more, desk.worth(desk.sensor)) == (Decimal("-1.50"), (3, "7.50"))
    desk.sell(desk.sensor, 1)
    assert desk.worth(desk.sensor) == (2, "5.00")
    assert sound(desk)


def test_books_that_began_without_it_are_opened_with_values(database):
    desk = valued_desk(database)
    with pytest.raises(NotAllowed, match="already"):
        desk.do("valuation.start", lambda tx: valuation.start(tx, {}))
    desk.do("company.change", lambda tx: companies.change(tx, {"stock_value": False}))
    desk.take(desk.sensor, 4, "9.00")
    assert desk.rows("SELECT id FROM value_entry") == []
    desk.do("valuation.start", lambda tx: valuation.start(tx, {desk.sensor: Decimal("2.50")}))
    assert (desk.worth(desk.sensor), desk.account("Opening balances")) == ((4, "10.00"), "-10.00")
    desk.sell(desk.sensor, 1)
    assert (desk.worth(desk.sensor), desk.account("Cost of goods sold")) == ((3, "7.50"), "2.50")
    assert sound(desk)


def test_the_value_of_stock_on_a_day_is_what_the_account_held_then(desk):
    desk.take(desk.sensor, 3, "10.00")
    desk.take(desk.pump, 1, "70.00")
    moving = desk.do(
        "transfer.plan",
        lambda tx: transfers.plan(
            tx, desk.sensor, GRAIN, from_location=desk.main, to_location=desk.branch, needed_on=FRIDAY
        ),
    )
    transfer = desk.do("transfer.find", lambda tx: tx.lock(transfers.transfer_line, moving, "Line").transfer_id)
    desk.do("transfer.ship", lambda tx: transfers.ship(tx, transfer))
    evening = desk.now + timedelta(seconds=1)
    held = Decimal(desk.account("Stock"))
    desk.sell(desk.sensor, 2)
    lines = desk.read(stock_value_report.at_day, evening)
    assert [(one.sku, one.warehouse, one.quantity, one.value) for one in lines] == [
        ("PUMP", "Main warehouse", 1, 70),
        ("SENSOR", "Main warehouse", 2, 20),
        ("SENSOR", "(on its way)", 1, 10),
    ]
    assert stock_value_report.total(lines) == held
    assert stock_value_report.as_csv(lines).splitlines()[2] == "SENSOR,Valve SENSOR,Main warehouse,2,unit,20.00,10"
