"""Promotions and coupons on orders: put on, followed, redeemed once, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.order import sales_order
from app.models.promoting import Step
from app.models.promotion import Benefit, Running, Target
from app.models.recurring import Rhythm
from app.services import (
    billing,
    integrity,
    order_promotions,
    orders,
    promotions,
    quotes,
    recurring_orders,
    stock,
)
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.promotions import NewCoupon, PromotionRules
from app.services.recurring_orders import Repeat
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
    assert [code for _, code in found.coupons] == ["SPRING 15"]
    without = replace(shop.desk.read(order_promotions.standing, second), coupons=frozenset())
    shop.desk.do("order.remove_coupon", lambda tx: order_promotions.restore(tx, second, without))
    assert shop.nets(second) == ["40.00"]
    assert shop.redeem(second, "ONCE") == Decimal(15)
    with pytest.raises(Invalid, match="as often as they may"):
        shop.redeem(shop.order(1), "ONCE")
    assert shop.desk.damages() == []


def test_each_step_is_undone_to_what_stood_on_the_order_before_it(shop):
    shop.offer(Benefit.PERCENT, Target.LINES, Step(figure=Decimal(5)))
    promotion_id = shop.offer(Benefit.AMOUNT, Target.ORDER, Step(figure=Decimal(15)), needs_coupon=True, code="C")
    shop.coupon(promotion_id, "SAVE", most_uses=1)
    order_id = shop.order(10)

    def seen():
        found = shop.desk.read(order_promotions.of_order, order_id)
        return found.running, [code for _, code in found.coupons], shop.nets(order_id)

    def undone(step):
        standing = shop.desk.read(order_promotions.standing, order_id)
        was = seen()
        step()
        assert seen() != was
        shop.desk.do("order.restore_promotions", lambda tx: order_promotions.restore(tx, order_id, standing))
        assert seen() == was

    undone(lambda: shop.apply(order_id))
    undone(lambda: shop.redeem(order_id, "SAVE"))
    assert seen() == (Running.NOT_YET, [], ["200.00"])
    shop.redeem(order_id, "SAVE")
    assert seen() == (Running.ON, ["SAVE"], ["175.00"])
    undone(lambda: shop.desk.do("order.take_promotions_back", lambda tx: order_promotions.take_back(tx, order_id)))
    standing = shop.desk.read(order_promotions.standing, order_id)
    shop.desk.do("order.take_promotions_back", lambda tx: order_promotions.take_back(tx, order_id))
    shop.redeem(shop.order(5), "SAVE")
    with pytest.raises(Invalid, match="SAVE is used up"):
        shop.desk.do("order.restore_promotions", lambda tx: order_promotions.restore(tx, order_id, standing))
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


def test_a_reduction_that_rounds_to_nothing_is_not_taken_again_at_every_change(shop):
    washer = shop.desk.product("WASHER", "0.04")
    shop.offer(Benefit.PERCENT, Target.LINES, Step(figure=Decimal(10)))
    new = NewOrder(shop.customer, (LineInput(shop.goods[0], Decimal(10)), LineInput(washer, Decimal(1))))
    order_id = shop.desk.do("order.create", lambda tx: orders.create(tx, new))
    shop.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    for quantity in range(11, 16):
        shop.change(order_id, 0, quantity=Decimal(quantity))
    assert [line.discount_percent for line in shop.lines(order_id)] == [10, 0]
    shop.change(order_id, 1, quantity=Decimal(1000))
    assert shop.nets(order_id) == ["270.00", "36.00"]
    assert shop.desk.damages() == []


def test_what_was_agreed_in_a_quote_stays_until_a_person_puts_promotions_on_it(shop):
    shop.offer(Benefit.PERCENT, Target.LINES, Step(figure=Decimal(10)))
    new = quotes.NewQuote(shop.customer, (LineInput(shop.goods[0], Decimal(10), unit_price=Decimal(15)),))
    quote_id = shop.desk.do("quote.create", lambda tx: quotes.create(tx, new))
    shop.desk.do("quote.send", lambda tx: quotes.send(tx, quote_id))
    order_id = shop.desk.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, quotes.Acceptance()))
    shop.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    assert shop.nets(order_id) == ["150.00"]
    assert shop.apply(order_id) == Decimal(15)
    assert shop.nets(order_id) == ["135.00"]


def test_an_order_that_is_given_again_starts_from_its_lines_as_they_were_typed(shop):
    shop.offer(Benefit.PERCENT, Target.LINES, Step(figure=Decimal(10)))
    shop.offer(Benefit.GOODS, Target.LINES, Step(product_id=shop.goods[2]), code="GIFT")
    order_id = shop.order(10)
    shop.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    repeat = Repeat(1, Rhythm.MONTH, date(2026, 12, 1))
    repeat_id = shop.desk.do("order.repeat", lambda tx: recurring_orders.repeat(tx, order_id, repeat))
    shop.desk.do("order.write_due", lambda tx: recurring_orders.write_due(tx, repeat_id, date(2026, 12, 1)))
    (again,) = [key for (key,) in shop.desk.read(lambda c: c.execute(_OTHERS, {"known": order_id}).all())]
    assert shop.nets(again) == ["200.00"]
    shop.desk.do("order.confirm", lambda tx: orders.confirm(tx, again))
    assert shop.nets(again) == shop.nets(order_id) == ["180.00", "0.00"]


_OTHERS = select(sales_order.c.id).where(sales_order.c.id != bindparam("known", type_=Key))


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
