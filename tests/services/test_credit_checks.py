"""Credit limits: exposure, orders that are held and released by somebody else, goods that stay here."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.dunning import Level
from app.models.shipment import shipment
from app.services import (
    billing,
    credit_checks,
    disputes,
    dunning,
    dunning_levels,
    order_stops,
    orders,
    parties,
    payments,
    shipping,
    stock,
)
from app.services.billing import FreeInvoice
from app.services.disputes import NewDispute
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.payments import NewPayment
from tests.desk import Desk
from tests.races import overtaken

DAY = date(2026, 11, 2)


class Counter(Desk):
    """A desk that sells to one customer with a limit of 1000."""

    def set_up(self) -> Counter:
        self.found(delivery_steps=1)
        self.buyer = self.customer(credit_limit=Decimal(1000))
        self.valve = self.product("V-1", "10", tax_codes="")
        self.do("stock.receive", lambda tx: stock.receive(tx, self.valve, Decimal(1000)))
        return self

    def order(self, pieces: int, **fields):
        new = NewOrder(self.buyer, (LineInput(product_id=self.valve, quantity=Decimal(pieces)),), **fields)
        key = self.do("order.write", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, key))
        return key

    def owes(self, total: str):
        new = FreeInvoice(self.buyer, (LineInput(kind="fee", name="Goods", unit_price=Decimal(total), tax_codes=""),))
        key = self.do("invoice.write", lambda tx: billing.write(tx, new))
        self.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
        return key

    def hold(self, order):
        return self.read(orders.get, order).hold

    def exposure(self):
        return self.read(credit_checks.standing, self.buyer, DAY).exposure

    def as_bob(self, op):
        return self.database.run("x", op, by="bob", at=self.now + timedelta(seconds=1)).value

    def ship(self, order):
        row = self.read(lambda c: c.execute(select(shipment.c.id).where(shipment.c.order_id == order)).scalar_one())
        self.do("shipment.ship", lambda tx: shipping.ship(tx, row))

    def limit(self, amount: str):
        values = {"credit_limit": Decimal(amount)}
        self.do("customer.change", lambda tx: parties.change(tx, self.buyer, values, {}))


@pytest.fixture
def counter(sqlite_database):
    return Counter(sqlite_database).set_up()


def test_an_order_beyond_the_limit_is_held_and_somebody_else_releases_it(counter):
    counter.owes("600")
    assert counter.hold(counter.order(30)) == ""
    over = counter.order(20)
    assert counter.hold(over) == "Credit limit: 1100.00 EUR of 1000.00 EUR"
    assert counter.exposure().total == 900  # what is held is not delivered and does not count
    with pytest.raises(NotAllowed, match="Somebody else must release it"):
        counter.do("order.release", lambda tx: order_stops.release(tx, over))
    counter.as_bob(lambda tx: order_stops.release(tx, over))
    assert counter.hold(over) == ""
    assert counter.exposure().total == 1100
    counter.ship(over)
    assert counter.damages() == []


def test_whoever_held_it_may_let_it_go_once_it_fits(counter):
    key = counter.owes("600")
    over = counter.order(50)
    new = NewPayment(counter.buyer, Decimal(600), DAY, allocations={key: Decimal(600)})
    counter.do("payment.receive", lambda tx: payments.receive(tx, new))
    counter.do("order.release", lambda tx: order_stops.release(tx, over))
    assert counter.exposure().total == 500


def test_exposure_is_what_the_ledger_says_less_disputes_and_money_on_account(counter):
    key = counter.owes("700")
    new = NewDispute(key, Decimal(120), "Scratched", DAY)
    counter.do("dispute.open", lambda tx: disputes.open_one(tx, new))
    paid = NewPayment(counter.buyer, Decimal(50), DAY)
    counter.do("payment.receive", lambda tx: payments.receive(tx, paid))
    counter.order(20, deposit_percent=Decimal(50))
    found = counter.exposure()
    assert (found.open_items, found.on_account, found.disputed, found.orders) == (700, 50, 120, 200)
    assert found.total == 730


def test_what_is_invoiced_or_cancelled_of_an_order_does_not_count_twice(counter):
    order = counter.order(40)
    assert counter.exposure().orders == 400
    counter.do("order.close", lambda tx: orders.cancel(tx, order))
    assert counter.exposure().total == 0


def test_goods_stay_here_when_the_limit_was_lowered_since(counter):
    order = counter.order(50)
    counter.limit("400")
    with pytest.raises(NotAllowed, match=r"beyond the credit limit: 500.00 EUR of 400.00 EUR"):
        counter.ship(order)
    with pytest.raises(NotAllowed, match="Somebody else must release it"):
        counter.do("x", lambda tx: credit_checks.release(tx, order, "Pays at the door"))
    counter.as_bob(lambda tx: credit_checks.release(tx, order, "Pays at the door"))
    counter.ship(order)
    assert counter.damages() == []


def test_nothing_leaves_for_who_was_reminded_at_a_level_that_stops_deliveries(counter):
    levels = (Level(7, "Final reminder", blocks=True),)
    counter.do("dunning.save_levels", lambda tx: dunning_levels.save(tx, levels))
    owed, order, late = counter.owes("100"), counter.order(10), DAY + timedelta(days=60)
    run = counter.do("dunning.draft", lambda tx: dunning.draft(tx, late))
    counter.do("dunning.send", lambda tx: dunning.send(tx, run, late))
    with pytest.raises(NotAllowed, match="was reminded of what is overdue"):
        counter.ship(order)
    new = NewPayment(counter.buyer, Decimal(100), DAY, allocations={owed: Decimal(100)})
    counter.do("payment.receive", lambda tx: payments.receive(tx, new))
    counter.ship(order)


def final_reminder(counter):
    levels = (Level(7, "Final reminder", blocks=True),)
    late = DAY + timedelta(days=60)
    counter.do("dunning.save_levels", lambda tx: dunning_levels.save(tx, levels))
    run = counter.do("dunning.draft", lambda tx: dunning.draft(tx, late))
    counter.do("dunning.send", lambda tx: dunning.send(tx, run, late))


def test_a_release_for_the_limit_lets_nothing_leave_that_a_later_letter_stops(counter):
    counter.owes("900")
    over = counter.order(20)
    counter.as_bob(lambda tx: order_stops.release(tx, over))
    final_reminder(counter)
    with pytest.raises(NotAllowed, match="was reminded of what is overdue"):
        counter.ship(over)
    counter.as_bob(lambda tx: credit_checks.release(tx, over, "Pays at the door"))
    counter.ship(over)


def test_ones_own_release_lets_nothing_leave_for_who_was_reminded(counter):
    counter.owes("100")
    counter.limit("50")
    over = counter.order(1)
    counter.limit("5000")
    counter.do("order.release", lambda tx: order_stops.release(tx, over))
    final_reminder(counter)
    with pytest.raises(NotAllowed, match="was reminded of what is overdue"):
        counter.ship(over)


def drafts(counter, *pieces):
    found = []
    for count in pieces:
        new = NewOrder(counter.buyer, (LineInput(product_id=counter.valve, quantity=Decimal(count)),))
        found.append(counter.do("order.write", lambda tx, new=new: orders.create(tx, new)))
    return found


def test_two_clerks_do_not_pass_the_limit_together(database):
    counter = Counter(database).set_up()
    first, second = drafts(counter, 80, 60)
    overtaken(counter, lambda tx: orders.confirm(tx, first), lambda tx: orders.confirm(tx, second))
    assert [bool(counter.hold(one)) for one in (first, second)] == [False, True]
    assert counter.exposure().total == 800


def test_two_clerks_release_one_order_after_the_other(database):
    counter = Counter(database).set_up()
    counter.limit("100")
    first, second = counter.order(60), counter.order(80)
    assert counter.hold(first) and counter.hold(second)
    counter.limit("1000")
    with pytest.raises(NotAllowed, match="Somebody else must release it"):
        overtaken(counter, lambda tx: order_stops.release(tx, first), lambda tx: order_stops.release(tx, second))


def test_a_customer_without_a_limit_is_never_asked(counter):
    counter.do("customer.change", lambda tx: parties.change(tx, counter.buyer, {"credit_limit": None}, {}))
    assert counter.hold(counter.order(900)) == ""
