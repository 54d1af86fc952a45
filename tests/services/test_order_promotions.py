"""Promotions and coupons on orders: put on, followed, redeemed once, taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.promoting import Step
from app.models.promotion import Benefit, Target
from app.services import billing, integrity, order_promotions, orders, promotions, stock
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.promotions import NewCoupon, PromotionRules
from tests.desk import DAY, Desk
from tests.races import overtaken
from tests.services.integrity_promotions import PROMOTED


class Shop:
    """A desk that sells two things, and gives a third away."""

    def __init__(self, database):
        self.desk = Desk(database).found(invoice_policy="order")
        self.customer = self.desk.customer()
        self.goods = [self.desk.product(f"P-{n}", "20") for n in range(3)]
        for key in self.goods:
            self.desk.do("stock.receive", lambda tx, key=key: stock.receive(tx, key, Decimal(100)))

    def offer(self, benefit, target, *steps, **fields):
        rules = PromotionRules(fields.pop("code", "P"), "Spring offer", benefit, target, steps, **fields)
        return self.desk.do("promotion.save", lambda tx: promotions.save(tx, rules))

    def coupon(self, promotion_id, code, **fields):
        return self.desk.do("coupon.add", lambda tx: promotions.add_coupon(tx, NewCoupon(promotion_id, code, **fields)))

    def order(self, *quantities, customer=None):
        lines = tuple(LineInput(key, Decimal(quantity)) for key, quantity in zip(self.goods, quantities, strict=False))
        new = NewOrder(customer or self.customer, lines)
        return self.desk.do("order.create", lambda tx: orders.create(tx, new))

    def apply(self, order_id):
        return self.desk.do("order.promote", lambda tx: order_promotions.apply(tx, order_id))

    def redeem(self, order_id, code):
        return self.desk.do("order.redeem_coupon", lambda tx: order_promotions.redeem(tx, order_id, code))

    def change(self, order_id, number, **values):
        line = self.lines(order_id)[number]
        self.desk.do("order.change_line", lambda tx: orders.change_line(tx, order_id, line.id, **values))

    def lines(self, order_id):
        return self.desk.read(orders.lines, order_id)

    def nets(self, order_id):
        return [f"{line.net:.2f}" for line in self.lines(order_id)]


TEN = Step(min_quantity=Decimal(10), figure=Decimal(10))


@pytest.fixture
def shop(sqlite_database):
    return Shop(sqlite_database)


def test_an_order_shows_what_was_taken_off_and_why_and_follows_when_its_lines_change(shop):
    shop.offer(Benefit.PERCENT, Target.LINES, TEN, products=tuple(shop.goods[:1]))
    order_id = shop.order(10, 5)
    assert shop.apply(order_id) == Decimal(20)
    assert shop.nets(order_id) == ["180.00", "100.00"]
    (given,) = shop.desk.read(order_promotions.of_order, order_id).applied
    assert (given.reason, given.amount, given.lines) == ("Spring offer", Decimal(20), (shop.lines(order_id)[0].id,))
    shop.change(order_id, 0, discount_percent=Decimal(5))
    assert shop.nets(order_id) == ["171.00", "100.00"]
    shop.change(order_id, 0, quantity=Decimal(9))
    assert shop.nets(order_id) == ["171.00", "100.00"]  # 9 pieces less 5 % of their own
    (missed,) = shop.desk.read(order_promotions.of_order, order_id).others
    assert missed.reason == "1 more of its goods are needed"
    shop.change(order_id, 0, quantity=Decimal(20))
    assert shop.nets(order_id) == ["342.00", "100.00"]
    shop.desk.do("order.take_promotions_back", lambda tx: order_promotions.take_back(tx, order_id))
    assert shop.nets(order_id) == ["380.00", "100.00"]
    shop.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    assert shop.nets(order_id) == ["380.00", "100.00"]
    assert shop.desk.damages() == []


def test_what_runs_by_itself_is_on_an_order_once_it_is_confirmed_and_fixed_once_it_is_invoiced(shop):
    shop.offer(Benefit.PERCENT, Target.ORDER, Step(figure=Decimal(10)), ends_on=date(2026, 11, 30))
    order_id = shop.order(10, 5)
    shop.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    assert shop.nets(order_id) == ["180.00", "90.00"]
    draft = shop.desk.read(billing.find_draft, order_id)
    assert shop.desk.read(billing.get, draft).untaxed == Decimal(270)
    shop.desk.do("invoice.post", lambda tx: billing.post(tx, draft, DAY))
    with pytest.raises(NotAllowed, match="invoiced"):
        shop.desk.do("order.take_promotions_back", lambda tx: order_promotions.take_back(tx, order_id))
    shop.desk.do("order.add_line", lambda tx: orders.add_line(tx, order_id, LineInput(shop.goods[2], Decimal(1))))
    assert shop.nets(order_id) == ["180.00", "90.00", "20.00"]
    assert shop.desk.damages() == []


def test_a_promotion_gives_only_from_its_first_to_its_last_day(shop):
    shop.offer(Benefit.PERCENT, Target.ORDER, Step(figure=Decimal(10)), starts_on=date(2026, 11, 3))
    assert shop.apply(shop.order(1)) == 0
    with pytest.raises(Invalid, match="ends before"):
        shop.offer(Benefit.PERCENT, Target.ORDER, TEN, code="Q", starts_on=DAY, ends_on=date(2026, 11, 1))


def test_goods_that_are_given_have_a_line_of_their_own_once_and_go_with_what_earned_them(shop):
    step = Step(min_quantity=Decimal(3), product_id=shop.goods[2])
    shop.offer(Benefit.GOODS, Target.ORDER, step, products=tuple(shop.goods[:1]), repeats=True)
    order_id = shop.order(7)
    shop.apply(order_id)
    shop.apply(order_id)
    _, gift = shop.lines(order_id)
    assert (gift.product_id, gift.quantity, gift.net, gift.description) == (shop.goods[2], 2, 0, "Spring offer")
    shop.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    shop.change(order_id, 0, quantity=Decimal(9))
    assert [(line.id, line.quantity, line.reserved > 0) for line in shop.lines(order_id)][1] == (gift.id, 3, True)
    shop.change(order_id, 0, quantity=Decimal(2))
    assert len(shop.lines(order_id)) == 1
    assert shop.desk.damages() == []


def test_a_coupon_opens_its_promotion_within_its_limits_and_is_free_again_when_the_order_is_called_off(shop):
    promotion_id = shop.offer(Benefit.AMOUNT, Target.ORDER, Step(figure=Decimal(15)), needs_coupon=True)
    shop.coupon(promotion_id, "spring 15", most_uses=1)
    shop.coupon(promotion_id, "MINE", customer_id=shop.desk.customer("Other"))
    shop.coupon(promotion_id, "ONCE", most_per_customer=1)
    first, second = shop.order(2, 1), shop.order(2)
    assert shop.apply(first) == 0
    assert shop.redeem(first, " Spring 15 ") == Decimal(15)
    assert shop.nets(first) == ["30.00", "15.00"]
    for order_id, code, words in (
        (second, "SPRING 15", "used up"),
        (second, "MINE", "another customer's"),
        (second, "SUMMER", "no coupon SUMMER"),
    ):
        with pytest.raises(Invalid, match=words):
            shop.redeem(order_id, code)
    with pytest.raises(NotAllowed, match="stands on"):
        shop.redeem(first, "SPRING 15")
    shop.desk.do("order.cancel", lambda tx: orders.cancel(tx, first))
    assert shop.redeem(second, "SPRING 15") == Decimal(15)
    found = shop.desk.read(order_promotions.of_order, second)
    ((coupon_id, code),) = found.coupons
    assert code == "SPRING 15"
    shop.desk.do("order.remove_coupon", lambda tx: order_promotions.remove(tx, second, coupon_id))
    assert shop.nets(second) == ["40.00"]
    assert shop.redeem(second, "ONCE") == Decimal(15)
    with pytest.raises(Invalid, match="as often as they may"):
        shop.redeem(shop.order(1), "ONCE")
    assert shop.desk.damages() == []


def test_two_clerks_redeem_a_coupon_once(database):
    shop = Shop(database)
    promotion_id = shop.offer(Benefit.AMOUNT, Target.ORDER, Step(figure=Decimal(15)), needs_coupon=True)
    shop.coupon(promotion_id, "ONE", most_uses=1)
    first, second = shop.order(2), shop.order(3)
    with pytest.raises(Invalid, match="used up"):
        overtaken(
            shop.desk,
            lambda tx: order_promotions.redeem(tx, first, "ONE"),
            lambda tx: order_promotions.redeem(tx, second, "ONE"),
        )
    assert (shop.nets(first), shop.nets(second)) == (["25.00"], ["60.00"])
    assert shop.desk.damages() == []


def test_every_damage_is_named(shop):
    promotion_id = shop.offer(Benefit.AMOUNT, Target.ORDER, Step(figure=Decimal(15)), needs_coupon=True)
    shop.coupon(promotion_id, "ONE")
    shop.redeem(shop.order(2), "ONE")
    for statement, rule in PROMOTED.items():
        with shop.desk.database.engine.connect() as connection:
            connection.exec_driver_sql("SAVEPOINT sound")
            connection.connection.dbapi_connection.create_function("waybill_gate", 0, lambda: 1)
            connection.exec_driver_sql(statement)
            found = {one.rule for one in integrity.check(connection)}
            connection.exec_driver_sql("ROLLBACK TO sound")
            connection.rollback()
        assert rule in found, (statement, found)
