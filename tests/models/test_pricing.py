"""What price lists make of a product: the figures by hand, and which rule goes before which."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest

from app.errors import Invalid
from app.models.base import new_id
from app.models.pricing import (
    Asked,
    Base,
    Formula,
    Lists,
    Nearness,
    PriceConflict,
    PriceList,
    PriceRule,
    Verdict,
)
from app.services.currency import convert

PRODUCT, DAY = new_id(), date(2026, 11, 26)
ASKED = Asked(PRODUCT, "Office/Chairs", Decimal(100), Fraction(1), DAY, "unit")


def d(text):
    return Decimal(text)


def rule(formula=None, /, **more):
    return PriceRule(new_id(), new_id(), formula or Formula(), **more)


def percent(off, **more):
    return rule(Formula(percent=d(off)), **more)


def a_list(*rules, name="Retail", **more):
    return PriceList(new_id(), name, more.pop("currency", "EUR"), tuple(rules), **more)


def book(*lists, bases=(), rates=(("EUR", 1),), currency="EUR"):
    exchange = partial(convert, rates=dict(rates))
    return Lists(tuple(lists), currency, "EUR", exchange, {one.id: one for one in bases})


def price(lists, asked=ASKED):
    won = lists.winner(asked)
    return None if won is None else won.price


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Formula(percent=d("12.5")), "87.5"),
        (Formula(percent=d(-20)), "120"),
        (Formula(amount=d("7.5")), "92.5"),
        (Formula(percent=d(3), step=d(5)), "95"),
        (Formula(percent=d(3), step=d(5), surcharge=d("-0.01")), "94.99"),
        (Formula(percent=d(50), min_margin=d(-30)), "70"),
        (Formula(surcharge=d(90), max_margin=d(40)), "140"),
    ],
)
def test_a_formula_takes_off_rounds_adds_and_keeps_the_margins(formula, expected):
    assert formula.price(Fraction(100)) == Fraction(expected)


def test_quantities_days_and_units_decide_whether_a_rule_fits_each_limit_included():
    box = ASKED.__class__(PRODUCT, "", d(100), Fraction(2), DAY, "box", Fraction(6))
    fits = [
        (percent(10, min_quantity=d(12)), None),
        (percent(10, min_quantity=d("12.01")), Verdict.TOO_FEW),
        (percent(10, max_quantity=d(12)), None),
        (percent(10, max_quantity=d("11.99")), Verdict.TOO_MANY),
        (percent(10, unit="box", min_quantity=d(2)), None),
        (percent(10, unit="unit"), Verdict.OTHER_UNIT),
        (percent(10, starts_on=DAY, ends_on=DAY), None),
        (percent(10, starts_on=date(2026, 11, 27)), Verdict.NOT_YET),
        (percent(10, ends_on=date(2026, 11, 25)), Verdict.OVER),
    ]
    assert [box.verdict(each) for each, _ in fits] == [verdict for _, verdict in fits]


def test_a_category_speaks_of_those_within_it_and_of_no_namesake():
    distances = [rule(category=name).distance(PRODUCT, "Office/Chairs") for name in ("Office", "Office / Chairs", "Of")]
    assert distances == [2, 1, None]
    assert rule(product_id=PRODUCT).distance(PRODUCT, "") == 0
    assert rule(product_id=new_id(), category="").distance(PRODUCT, "") is None


def test_within_a_list_the_first_rule_that_fits_gives_the_price():
    assert price(book(a_list(percent(5), percent(50, product_id=PRODUCT)))) == 95
    assert price(book(a_list(percent(50, product_id=new_id())))) is None


def test_priority_goes_before_nearness_to_the_buyer_and_that_before_nearness_to_the_product():
    mine = a_list(percent(1), name="Mine", nearness=Nearness.CUSTOMER)
    group = a_list(percent(2), name="Group", nearness=Nearness.GROUP)
    item = a_list(percent(3, product_id=PRODUCT), name="Item")
    general = a_list(percent(4), name="General")
    first = a_list(percent(5), name="First", priority=0)
    assert price(book(general, item)) == 97
    assert price(book(general, item, group)) == 98
    assert price(book(general, item, group, mine)) == 99
    assert price(book(general, item, group, mine, first)) == 95
    assert price(book(first, a_list(percent(6), name="Second", priority=7))) == 94


def test_two_lists_of_equal_rank_contradict_unless_they_agree_on_the_price():
    one, other = a_list(percent(10), name="Spring"), a_list(percent(11), name="Autumn")
    with pytest.raises(PriceConflict, match="Spring and Autumn"):
        book(one, other).winner(ASKED)
    with pytest.raises(PriceConflict):
        book(one, other).look(ASKED)
    assert price(book(one, a_list(rule(Formula(amount=d(10))), name="Ten less"))) == 90


def test_a_list_on_a_list_in_another_currency_takes_its_exact_price():
    base = a_list(percent(10, min_quantity=d(5)), name="Wholesale", currency="USD")
    child = a_list(rule(Formula(Base.OTHER, percent=d(10)), base_list_id=base.id))
    lists = book(child, bases=[base], rates=(("EUR", 1), ("USD", d("1.1"))))
    assert price(lists) == 90, "none of the base's rules fits one piece: its list price"
    assert price(lists, Asked(PRODUCT, "", d("33.33"), Fraction(5), DAY)) == Fraction("33.33") * Fraction(81, 100)


def test_lists_in_a_circle_are_refused_and_not_followed_for_ever():
    ids = [new_id(), new_id()]
    made = [
        PriceList(ids[n], f"List {n}", "EUR", (rule(Formula(Base.OTHER), base_list_id=ids[1 - n]),)) for n in range(2)
    ]
    with pytest.raises(Invalid, match="circle"):
        book(made[0], bases=made).winner(ASKED)


def test_every_rule_of_the_product_is_told_with_what_became_of_it():
    general = a_list(percent(10, min_quantity=d(10)), percent(5), percent(1), name="General")
    mine = a_list(percent(20, ends_on=date(2026, 1, 1)), percent(8), name="Mine", nearness=Nearness.CUSTOMER)
    other = a_list(percent(50, product_id=new_id()), name="Of another product")
    told = [(one.list.name, one.verdict, one.price) for one in book(general, mine, other).look(ASKED)]
    assert told == [
        ("Mine", Verdict.WON, 92),
        ("General", Verdict.TOO_FEW, 90),
        ("General", Verdict.OUTRANKED, 95),
        ("General", Verdict.LATER, 99),
        ("Mine", Verdict.OVER, 80),
    ]


def test_the_next_quantities_and_days_at_which_the_price_may_turn():
    lists = book(
        a_list(
            percent(1, min_quantity=d(24)),
            percent(2, unit="box", min_quantity=d(3)),
            percent(3, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31)),
        )
    )
    box = Asked(PRODUCT, "", d(100), Fraction(2), DAY, "box", Fraction(6))
    assert lists.turns(box) == ([Fraction(3), Fraction(4)], [date(2026, 12, 1), date(2027, 1, 1)])
    few = book(a_list(percent(1, max_quantity=d(20)), percent(2)))
    assert few.turns(box)[0] == [Fraction(4)], "three boxes hold 18, four are past the 20"
