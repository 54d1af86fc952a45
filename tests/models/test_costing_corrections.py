"""Late prices and late receipts: corrected today, as far as they reach and no further."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.costing import Correction, Method, Slice, StockValue, issue, receive
from app.models.costing_corrections import Past, Period, add_cost, receive_late, revalue
from app.models.rounding import round_decimals
from tests.models.test_costing import both, stock


@both
def test_freight_falls_on_what_is_here_and_on_what_was_shipped(method):
    sale = issue(stock(method, ("10", "10")), "sale", 4)
    change = add_cost(sale.state, "R1", 10, Decimal(50), sale.slices)
    assert change.value == 50
    assert change.corrections == (Correction("sale", Decimal(-20)),)
    assert (change.state.value, change.state.unit_cost) == (90, 15)


@both
def test_a_lower_price_on_the_bill_is_shared_to_the_cent_over_all_issues(method):
    state, slices = stock(method, ("7", "10")), []
    for name in ("a", "b", "c"):
        change = issue(state, name, 1)
        state, slices = change.state, [*slices, *change.slices]
    change = add_cost(state, "R1", 7, Decimal("-1.00"), slices)
    assert [each.value for each in change.corrections] == [Decimal("0.15"), Decimal("0.14"), Decimal("0.14")]
    assert change.state.value == 40 - Decimal("0.57")


def test_of_a_receipt_that_has_left_nothing_reaches_the_stock():
    sale = issue(stock(Method.FIFO, ("10", "10"), ("10", "20")), "sale", 15)
    change = add_cost(sale.state, "R1", 10, Decimal(50), sale.slices)
    assert (change.correction, change.state.value) == (-50, 100)
    later = add_cost(sale.state, "R2", 10, Decimal(50), sale.slices)
    assert (later.correction, later.state.value) == (-25, 125)
    with pytest.raises(Invalid, match="no goods"):
        add_cost(sale.state, "R9", 0, Decimal(50), ())


def test_a_cent_of_freight_on_a_receipt_in_two_layers_is_one_cent():
    state = receive(stock(Method.FIFO, ("1", "10")), "R1", 1, 12).state
    change = add_cost(state, "R1", 2, Decimal("0.01"), ())
    assert sum(each.value for each in change.state.layers) == change.state.value == Decimal("22.01")


@both
def test_goods_are_worth_from_now_on_what_somebody_says(method):
    state = issue(stock(method, ("10", "10"), ("5", "16")), "sale", 3).state
    change = revalue(state, Decimal("9.99"))
    assert (change.state.value, change.value, change.state.unit_cost) == (
        Decimal("119.88"), Decimal("119.88") - state.value, Decimal("9.99"),
    )  # fmt: skip
    if method is Method.FIFO:
        assert sum(each.value for each in change.state.layers) == change.state.value
    assert revalue(stock(method), 7).state.unit_cost == 7
    with pytest.raises(Invalid):
        revalue(state, -1)


def test_a_late_receipt_at_another_price_corrects_what_left_since_average():
    before = stock(Method.AVERAGE, ("10", "10"))
    sale = issue(before, "sale", 5)
    past = Past(periods=[Period("sale", before.quantity, before.value, Fraction(5))])
    change = receive_late(sale.state, "late", 10, 20, past)
    assert change.corrections == (Correction("sale", Decimal(-25)),)
    assert (change.value, change.state.value, change.state.unit_cost) == (200, 225, 15)


def test_a_late_receipt_lets_older_goods_leave_instead_first_in_first_out():
    sale = issue(stock(Method.FIFO, ("10", "10")), "sale", 5)
    change = receive_late(sale.state, "late", 8, 20, Past(consumed=reversed(sale.slices)))
    assert change.corrections == (Correction("sale", Decimal(-50)),)
    assert [(each.receipt, each.quantity, each.value) for each in change.state.layers] == [
        ("late", 3, 60), ("R1", 10, 100),
    ]  # fmt: skip
    assert [(each.receipt, each.quantity) for each in change.slices] == [("R1", -5), ("late", 5)]


@both
def test_a_late_receipt_first_settles_what_is_short(method):
    state = issue(stock(method, cost=5), "sale", 4).state
    change = receive_late(state, "late", 6, 7, Past())
    assert (change.corrections, change.state.value) == ((Correction("sale", Decimal(-8)),), 14)


def test_a_late_receipt_reads_back_no_further_than_it_reaches():
    """A hundred thousand issues ago is not looked at when three pieces come late."""
    state, read = stock(Method.FIFO, ("1000000", "2")), []

    def consumed():
        for number in range(100_000, 0, -1):
            read.append(number)
            yield Slice(f"S{number}", "R1", Fraction(1), Decimal(2))

    change = receive_late(state, "late", 3, 5, Past(consumed=consumed()))
    assert (len(read), change.correction) == (3, -9)


def test_a_hundred_thousand_issues_are_one_figure_or_a_hundred_thousand_and_the_sum_is_the_same():
    """A million pieces at 3.33, one and a half at a time; 500 came late at 4."""
    quantity, cost = Fraction(1_000_000), Fraction("3.33")
    each = [
        Period(f"S{number}", here, round_decimals(here * cost, 2), Fraction(3, 2))
        for number, here in ((number, quantity - number * Fraction(3, 2)) for number in range(2_000))
    ]
    whole = [Period("all", quantity, Decimal(3_330_000), Fraction(3_000))]
    state = stock(Method.AVERAGE, ("997000", "3.33"))
    one, many = (receive_late(state, "late", 500, 4, Past(periods=periods)) for periods in (whole, each))
    assert abs(one.correction - many.correction) <= Decimal("0.01")
    assert one.correction == -round_decimals(3_000 * Fraction(500 * (4 - cost), 1_000_500), 2)


movement = st.tuples(st.booleans(), st.integers(1, 20), st.integers(0, 30))


@given(st.lists(movement, max_size=12), st.lists(movement, max_size=12), st.integers(1, 30), st.integers(0, 30))
def test_a_late_receipt_leaves_the_books_as_if_it_had_been_in_time(before, since, quantity, cost):
    """Played in time and played late: equal value for FIFO, and for the average but for the cents of rounding twice."""
    for method in Method:
        start = StockValue(method)
        for index, movement_ in enumerate(before):
            start = _move(start, f"A{index}", movement_)[0]
        in_time = receive(start, "late", quantity, cost).state
        late, consumed, periods = start, [], []
        young = set()
        for index, movement_ in enumerate(since):
            opening = late
            late, change = _move(late, f"B{index}", movement_)
            in_time = _move(in_time, f"B{index}", movement_ if change else (True, 0, 0))[0]
            if change and movement_[0]:
                young.add(f"B{index}")
            elif change:
                consumed += [each for each in change.slices if each.receipt in young]
                moved = Fraction(movement_[1])
                periods.append(Period(f"B{index}", opening.quantity, opening.value, moved))
        older = sum(each.receipt not in young for each in late.layers)
        change = receive_late(late, "late", quantity, cost, Past(older, reversed(consumed), periods))
        assert change.state.quantity == in_time.quantity
        tolerance = 0 if method is Method.FIFO else Decimal("0.03")
        assert abs(change.state.value - in_time.value) <= tolerance
        assert change.state.value == late.value + change.value + change.correction
        assert sorted(_by_receipt(change.state)) == sorted(_by_receipt(in_time))
        if method is Method.FIFO:
            assert change.state.layers == in_time.layers


def _by_receipt(state):
    return [(each.receipt, each.quantity) for each in state.layers]


def _move(state, name, movement_):
    """One movement; what would leave the stock short, or is nothing, does not happen."""
    comes, quantity, cost = movement_
    if not quantity or (not comes and quantity > state.quantity):
        return state, None
    change = receive(state, name, quantity, cost) if comes else issue(state, name, quantity)
    return change.state, change


@given(
    st.sampled_from(list(Method)),
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
    st.decimals(-100, 100, places=2),
    st.integers(1, 60),
)
def test_an_added_cost_reaches_stock_and_issues_and_nothing_else(method, issues, amount, received):
    state, slices = receive(StockValue(method), "R1", received, 100).state, []
    for index, quantity in enumerate(issues):
        if quantity <= state.quantity:
            change = issue(state, f"S{index}", quantity)
            state, slices = change.state, [*slices, *change.slices]
    change = add_cost(state, "R1", received, amount, slices)
    assert change.value == amount == (change.state.value - state.value) - change.correction
    if state.quantity == 0:
        assert change.state.value == 0
    if method is Method.FIFO:
        assert change.state.value == sum(each.value for each in change.state.layers)
