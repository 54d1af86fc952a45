"""Price lists in the books: what a line without a price is asked for, and what is told of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from app.errors import Invalid, NotAllowed
from app.models.pricing import Base, Formula
from app.services import companies, drafting, orders, parties, price_lists, pricing, products, quotes
from app.services.document_lines import LineInput, Rules
from app.services.orders import NewOrder
from app.services.price_lists import For, NewPriceList, NewRule
from app.services.pricing import Buyer
from tests.desk import Desk


def d(text):
    return Decimal(text)


def off(percent, **more):
    return NewRule(Formula(percent=d(percent)), **more)


def fixed(price, **more):
    return NewRule(Formula(Base.FIXED, d(price)), **more)


class Shop:
    """The usual company with a chair at 100 that is also sold in boxes of 4, and lists to be added."""

    def __init__(self, database):
        self.desk = Desk(database).found()
        new = products.NewProduct("CHAIR", "Chair", d(100), category="Office/Chairs", units={"box": Fraction(4)})
        self.chair = self.do(lambda tx: products.add(tx, new))
        self.customer = self.desk.customer()
        self.today = self.desk.now.date()

    def do(self, op):
        return self.desk.do("price_list.save", op)

    def read(self, op):
        return self.desk.read(op)

    def add(self, name, *rules, **more):
        new = NewPriceList(name, rules=rules, **more)
        return self.do(lambda tx: price_lists.add(tx, new))

    def line(self, quantity=1, unit="", **typed):
        return LineInput(self.chair, d(quantity), unit, **typed)

    def order(self, *lines, **more):
        new = NewOrder(self.customer, lines, **more)
        order_id = self.do(lambda tx: orders.create(tx, new))
        return order_id, self.read(lambda c: orders.lines(c, order_id))

    def prices(self, *lines, **more):
        return [(row.unit_price, row.discount_percent) for row in self.order(*lines, **more)[1]]

    def explain(self, quantity=1, unit="", **more):
        buyer = Buyer(self.customer, self.today, **more)

        def read(connection):
            book = pricing.open_book(connection, buyer, "EUR") or pricing.list_price_only(connection, buyer, "EUR")
            return book.explain(products.get(connection, self.chair), d(quantity), unit)

        return self.read(read)


@pytest.fixture
def shop(sqlite_database):
    return Shop(sqlite_database)


def test_a_line_without_a_price_gets_the_lists_and_a_typed_price_stays(shop):
    assert shop.prices(shop.line()) == [(100, 0)], "without lists it is the list price"
    shop.add("Retail", fixed("80", product_id=shop.chair, min_quantity=d(10)), off(5))
    found = shop.prices(
        shop.line(), shop.line(10), shop.line(3, "box"), shop.line(10, unit_price=d(99)), shop.line(10, unit_price=d(0))
    )
    assert found == [(95, 0), (80, 0), (320, 0), (99, 0), (0, 0)]


def test_an_order_changed_later_keeps_its_prices_and_prices_what_is_new(shop):
    list_id = shop.add("Retail", off(10))
    order_id, (row,) = shop.order(shop.line())
    shop.do(lambda tx: price_lists.set_rules(tx, list_id, [off(20)]))
    kept = LineInput(**{name: getattr(row, name) for name in LineInput.__dataclass_fields__})
    revision = shop.read(lambda c: orders.get(c, order_id)).revision
    shop.do(lambda tx: orders.set_lines(tx, order_id, revision, [kept, shop.line()]))
    assert [one.unit_price for one in shop.read(lambda c: orders.lines(c, order_id))] == [90, 80]


def test_lists_are_for_customers_groups_channels_campaigns_and_currencies(shop):
    shop.add("All", off(1))
    shop.add("Shop", off(2), buyers=(For(channel="web"),))
    shop.add("Dealers", off(3), buyers=(For(group="dealer"),))
    shop.add("Autumn", off(4), buyers=(For(campaign="autumn"),), priority=5)
    shop.add("Dollars", fixed(70, product_id=shop.chair), currency="USD")
    assert shop.prices(shop.line()) == [(99, 0)]
    assert shop.prices(shop.line(), channel="web") == [(98, 0)]
    assert shop.prices(shop.line(), campaign="autumn", channel="web") == [(96, 0)]
    assert shop.prices(shop.line(), currency="USD") == [(70, 0)]
    shop.do(lambda tx: parties.change(tx, shop.customer, {"customer_group": "dealer"}, {}))
    assert shop.prices(shop.line(), channel="web") == [(97, 0)]
    mine = shop.add("Mine", off(5), buyers=(For(shop.customer),))
    assert shop.prices(shop.line(), channel="web") == [(95, 0)]
    shop.do(lambda tx: price_lists.change(tx, mine, {"active": False}, {}))
    assert shop.prices(shop.line(), channel="web") == [(97, 0)], "a list put away is not asked"


def test_a_list_that_shows_discounts_writes_list_price_and_discount_where_they_say_the_same(shop):
    shop.add("Retail", off(30, min_quantity=d(10)), NewRule(Formula(amount=d("33.333"))), shows_discount=True)
    assert shop.prices(shop.line(10), shop.line(), shop.line(10, discount_percent=d(5))) == [
        (100, 30),
        (d("66.667"), 0),
        (70, 5),
    ], "a typed discount comes off what the list asks"


def test_small_parts_keep_the_decimals_that_are_stored(shop):
    nail = shop.do(lambda tx: products.add(tx, products.NewProduct("NAIL", "Nail", d("0.012345"))))
    shop.add("All", off(10, min_quantity=d(1000)), off(0), shows_discount=True)
    lines = shop.order(LineInput(nail, d(100)), LineInput(nail, d(100_000)))[1]
    assert [(row.unit_price, row.discount_percent, row.net) for row in lines] == [
        (d("0.012345"), 0, d("1.23")),
        (d("0.012345"), 10, d("1111.05")),
    ]


def test_a_quote_asks_the_lists_and_its_order_takes_its_prices_and_its_campaign(shop):
    shop.add("Autumn", off(4), buyers=(For(campaign="autumn"),))
    new = quotes.NewQuote(shop.customer, (shop.line(),), campaign="autumn")
    quote_id = shop.do(lambda tx: quotes.create(tx, new))
    order_id = shop.do(lambda tx: quotes.accept(tx, quote_id, quotes.Acceptance()))
    assert [row.unit_price for row in shop.read(lambda c: orders.lines(c, order_id))] == [96]
    assert shop.read(lambda c: orders.get(c, order_id)).campaign == "autumn"


def test_lists_that_contradict_stop_the_line_and_say_what_to_do(shop):
    shop.add("Spring", off(10))
    other = shop.add("Sale", off(20))
    with pytest.raises(Invalid, match=r"Line 1: Sale and Spring give different prices.*priority"):
        shop.order(shop.line())
    assert shop.prices(shop.line(unit_price=d(90))) == [(90, 0)], "a typed price needs no list"
    assert "Sale and Spring" in shop.explain().conflict
    shop.do(lambda tx: price_lists.change(tx, other, {"priority": 1}, {"priority": None}))
    assert shop.prices(shop.line()) == [(80, 0)]


def test_the_explanation_names_the_winner_and_the_next_better_quantity_and_day(shop):
    in_winter = shop.today + timedelta(days=20)
    shop.add("Retail", off(30, min_quantity=d(24)), off(20, starts_on=in_winter), off(10))
    told = shop.explain(2, "box")
    assert (told.list_price, told.offer.unit_price, told.discount_percent) == (400, 360, 10)
    assert (told.won.list.name, told.won.rule.position) == ("Retail", 3)
    assert [str(one.verdict) for one in told.looked] == ["won", "too_few", "not_yet"]
    assert (told.more.quantity, told.more.unit_price, told.more.list_name) == (6, 280, "Retail")
    assert (told.later.on, told.later.unit_price) == (in_winter, 320)
    best = shop.explain(6, "box")
    assert (best.offer.unit_price, best.more, best.later) == (280, None, None)


def test_without_lists_the_explanation_says_that_the_list_price_stands(shop):
    told = shop.explain(3)
    assert (told.list_price, told.offer, told.looked, told.more, told.later) == (100, None, (), None, None)


def test_while_typing_the_price_follows_quantity_and_unit_until_somebody_types_one(shop):
    shop.add("Retail", off(20, min_quantity=d(8)), fixed(300, product_id=shop.chair, unit="box"), off(5))
    draft = shop.read(lambda c: _draft(c, shop))
    chair = shop.read(lambda c: products.get(c, shop.chair))
    line = draft.line_for(chair)
    assert line.unit_price == 95
    assert draft.with_quantity(line, d(8)).unit_price == 80
    assert draft.with_quantity(draft.with_quantity(line, d(8)), d(2)).unit_price == 95
    assert draft.with_unit(line, "box").unit_price == 300
    typed = draft.with_price(line, unit_price=d(95))
    assert draft.with_quantity(typed, d(8)).unit_price == 95, "it was typed, though it is the list's"
    assert draft.with_unit(typed, "box").unit_price == 380
    agreed = replace(line, unit_price=d(77))
    assert draft.with_quantity(agreed, d(8)).unit_price == 77, "stored with another price: that was agreed"


def _draft(connection, shop):
    company = companies.get(connection)
    rules = Rules("EUR", 2)
    prices = pricing.open_book(connection, Buyer(shop.customer, shop.today), "EUR")
    return drafting.Draft(rules, companies.taxes(connection), company.currency, prices=prices)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (fixed("-1"), "fixed"),
        (off(101), "percent"),
        (off(1, min_quantity=d(5), max_quantity=d(4)), "max_quantity"),
        (off(1, starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 31)), "ends_on"),
        (NewRule(Formula(min_margin=d(2), max_margin=d(1))), "max_margin"),
        (NewRule(Formula(Base.OTHER)), "base_list_id"),
        (off("1.0000001"), "percent"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_its_number(shop, rule, field):
    with pytest.raises(Invalid, match="Rule 2:") as refused:
        shop.add("Retail", off(1), rule)
    assert refused.value.field == field


def test_a_list_is_not_based_on_itself_nor_put_away_while_another_is_based_on_it(shop):
    base = shop.add("Base", off(10), buyers=())
    child = shop.add("Child", NewRule(Formula(Base.OTHER, percent=d(10)), base_list_id=base))
    assert shop.prices(shop.line()) == [(81, 0)]
    for list_id, on in ((base, base), (base, child)):
        with pytest.raises(Invalid, match="based on this one"):
            shop.do(
                lambda tx, a=list_id, b=on: price_lists.set_rules(tx, a, [NewRule(Formula(Base.OTHER), base_list_id=b)])
            )
    with pytest.raises(NotAllowed, match="Child is based on this list"):
        shop.do(lambda tx: price_lists.change(tx, base, {"active": False}, {}))


def test_rules_keep_their_identity_and_only_what_differs_is_written(shop):
    list_id = shop.add("Retail", off(1), off(2), off(3))
    first, _, third = shop.read(lambda c: price_lists.get(c, list_id)).rules
    shop.do(lambda tx: price_lists.set_rules(tx, list_id, [third, first, off(4)]))
    now = shop.read(lambda c: price_lists.get(c, list_id)).rules
    assert [rule.id for rule in now[:2]] == [third.id, first.id]
    assert [rule.formula.percent for rule in now] == [3, 1, 4]
