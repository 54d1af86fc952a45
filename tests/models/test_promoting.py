"""What promotions take off and give, to the cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.base import new_id
from app.models.promoting import Bought, Promotion, Step, work_out
from app.models.promotion import Benefit, Target

GOODS = [new_id() for _ in range(4)]
VAT = Fraction(121, 100)


def bought(number, pieces, price, **fields):
    quantity = Fraction(Decimal(pieces))
    return Bought(new_id(), GOODS[number], "unit", quantity, quantity * Fraction(Decimal(price)), **fields)


def promotion(benefit, target, figure="0", *, name="Offer", quantity="1", least="0", amount="0", gives=None, **fields):
    step = Step(Decimal(least), Decimal(amount), Decimal(figure), Decimal(quantity), gives)
    fields.setdefault("steps", (step,))
    return Promotion(new_id(), name, benefit, target, **fields)


def off(promotions, lines):
    """What is taken off each line, in their order."""
    taken = dict.fromkeys((line.line_id for line in lines), Decimal(0))
    for effect in work_out(promotions, lines, 2).effects:
        taken[effect.line_id] += effect.amount
    return [str(amount) for amount in taken.values()]


def asked(line, percent, places=2):
    """What the totals engine makes of a line with a discount."""
    exact = line.listed * (1 - Fraction(percent) / 100) * 10**places
    return Decimal(int(exact + Fraction(1, 2))).scaleb(-places)


def test_a_percentage_comes_off_the_lines_that_count_once_there_are_enough_of_them():
    lines = [bought(0, 5, 20), bought(1, 10, 20), bought(2, 5, 20)]
    ten = promotion(Benefit.PERCENT, Target.LINES, "10", least="10", products=frozenset(GOODS[:2]))
    assert off([ten], lines) == ["10.00", "20.00", "0"]
    assert off([ten], [bought(0, 5, 20), bought(2, 9, 20)]) == ["0", "0"]
    (verdict,) = work_out([ten], [bought(0, 5, 20), bought(2, 9, 20)], 2).verdicts
    assert (verdict.applies, verdict.reason) == (False, "5 more of its goods are needed")


def test_an_amount_off_the_order_is_shared_out_to_the_last_cent_and_never_more_than_there_is():
    lines = [bought(0, 1, "10.00"), bought(1, 1, "10.00"), bought(2, 1, "10.00")]
    ten = promotion(Benefit.AMOUNT, Target.ORDER, "10")
    assert off([ten], lines) == ["3.34", "3.33", "3.33"]
    assert off([promotion(Benefit.AMOUNT, Target.ORDER, "50")], lines) == ["10.00", "10.00", "10.00"]
    left_out = promotion(Benefit.AMOUNT, Target.ORDER, "10", excluded=frozenset(GOODS[:1]))
    assert off([left_out], lines) == ["0", "5.00", "5.00"]


def test_an_amount_with_tax_takes_its_net_part_off_net_prices():
    lines = [bought(0, 1, "100", gross=Fraction(115, 100)), bought(1, 1, "100", gross=Fraction(115, 100))]
    assert off([promotion(Benefit.AMOUNT, Target.ORDER, "115", with_tax=True)], lines) == ["50.00", "50.00"]
    contained = [bought(0, 1, "121", net=1 / VAT)]
    assert off([promotion(Benefit.AMOUNT, Target.ORDER, "10", with_tax=True)], contained) == ["10.00"]
    assert off([promotion(Benefit.AMOUNT, Target.ORDER, "10")], contained) == ["12.10"]


def test_three_for_two_gives_the_cheapest_pieces_as_often_as_it_is_reached():
    three = promotion(Benefit.PERCENT, Target.CHEAPEST, "100", least="3", repeats=True)
    assert off([three], [bought(0, 5, "9.99"), bought(1, 2, "4.00")]) == ["0", "8.00"]
    assert off([three], [bought(0, 2, "9.99"), bought(1, 4, "4.00")]) == ["0", "8.00"]
    once = promotion(Benefit.PERCENT, Target.CHEAPEST, "100", least="3", repeats=True, most=1)
    assert off([once], [bought(0, 5, "9.99"), bought(1, 2, "4.00")]) == ["0", "4.00"]
    five_off = promotion(Benefit.AMOUNT, Target.CHEAPEST, "5", quantity="3")
    assert off([five_off], [bought(0, 2, "9.99"), bought(1, 2, "4.00")]) == ["5.00", "8.00"]


def test_buy_two_get_another_thing_and_what_reaches_a_higher_step_gets_only_that():
    two = promotion(Benefit.GOODS, Target.ORDER, least="2", gives=GOODS[3], repeats=True)
    gifts = work_out([two], [bought(0, 5, 10)], 2).gifts
    assert [(gift.product_id, gift.quantity, gift.price) for gift in gifts] == [(GOODS[3], 2, 0)]
    steps = (
        Step(min_amount=Decimal(50), product_id=GOODS[3], at_list=True),
        Step(min_amount=Decimal(100), quantity=Decimal(2), product_id=GOODS[3]),
    )
    extras = promotion(Benefit.GOODS, Target.ORDER, steps=steps)
    for pieces, wanted in (("5", [(2, 0)]), ("4.999", [(1, None)]), ("2.499", [])):
        gifts = work_out([extras], [bought(0, pieces, 20)], 2).gifts
        assert [(gift.quantity, gift.price) for gift in gifts] == wanted
    (verdict,) = work_out([extras], [bought(0, "2.4", 20)], 2).verdicts
    assert verdict.reason == "2.00 more is needed"


def test_promotions_stack_by_priority_until_one_that_stands_alone():
    line = bought(0, 1, "100", own_percent=Decimal(10))
    ten = promotion(Benefit.PERCENT, Target.ORDER, "10", priority=1, name="Ten")
    five = promotion(Benefit.AMOUNT, Target.ORDER, "5", priority=2, name="Five")
    outcome = work_out([five, ten], [line], 2)
    assert [(one.name, one.amount) for one in outcome.verdicts] == [("Ten", Decimal("9.00")), ("Five", Decimal(5))]
    assert outcome.percents[line.line_id] == Decimal(24)
    alone = promotion(Benefit.PERCENT, Target.ORDER, "20", priority=0, exclusive=True, name="Alone")
    assert [(one.applies, one.reason) for one in work_out([five, alone], [line], 2).verdicts] == [
        (True, "Alone"),
        (False, "not with Alone"),
    ]
    missed = promotion(Benefit.PERCENT, Target.ORDER, "20", priority=0, exclusive=True, least="2")
    assert off([five, missed], [line]) == ["5.00"]


def test_lines_with_a_discount_of_their_own_or_in_another_unit_can_be_left_out():
    lines = [bought(0, 1, "100", own_percent=Decimal(10)), bought(1, 1, "100")]
    assert off([promotion(Benefit.PERCENT, Target.ORDER, "10", skip_discounted=True)], lines) == ["0", "10.00"]
    assert off([promotion(Benefit.PERCENT, Target.LINES, "10", unit="kg")], lines) == ["0", "0"]


LINE = st.builds(
    lambda number, pieces, price, own: bought(number, pieces, price, own_percent=own, gross=VAT),
    st.integers(0, 3),
    st.integers(1, 400),
    st.decimals("0.01", "900", places=2),
    st.sampled_from([Decimal(0), Decimal(5), Decimal("33.333333")]),
)
RULE = st.builds(
    lambda benefit, target, figure, least, tax: promotion(
        benefit, target, str(figure), quantity="2", least=str(least), with_tax=tax, repeats=least > 0
    ),
    st.sampled_from([Benefit.PERCENT, Benefit.AMOUNT]),
    st.sampled_from(Target),
    st.decimals("0.01", "100", places=2),
    st.integers(0, 5),
    st.booleans(),
)


@given(st.lists(LINE, min_size=1, max_size=5), st.lists(RULE, min_size=1, max_size=3))
def test_what_is_said_to_be_taken_off_is_what_the_line_then_asks_less(lines, rules):
    outcome = work_out(rules, lines, 2)
    for line in lines:
        taken = sum((one.amount for one in outcome.effects if one.line_id == line.line_id), Decimal(0))
        before, after = asked(line, line.own_percent), asked(line, outcome.percents.get(line.line_id, line.own_percent))
        assert before - after == taken
        assert 0 <= taken <= before


@pytest.mark.parametrize("promotions", [[], [promotion(Benefit.PERCENT, Target.ORDER, "10")]])
def test_an_empty_order_gets_nothing(promotions):
    outcome = work_out(promotions, [], 2)
    assert (outcome.effects, outcome.gifts, outcome.percents) == ((), (), {})
