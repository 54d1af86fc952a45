"""Stock value: what comes in is what left and what is here, to the cent, by both methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid, NotAllowed
from app.models.costing import Issued, Layer, Method, StockValue, bring_in, issue, receive, take_back, transfer

both = pytest.mark.parametrize("method", list(Method))


def stock(method, *receipts, decimals=2, cost=0):
    """A product with these receipts of (quantity, unit cost)."""
    state = StockValue(method, decimals, Fraction(cost))
    for index, (quantity, unit_cost) in enumerate(receipts, 1):
        state = receive(state, f"R{index}", Decimal(quantity), Decimal(unit_cost)).state
    return state


@pytest.mark.parametrize(("method", "cost", "left"), [(Method.AVERAGE, "225", "75"), (Method.FIFO, "200", "100")])
def test_fifteen_leave_of_ten_at_ten_and_ten_at_twenty(method, cost, left):
    change = issue(stock(method, ("10", "10"), ("10", "20")), "sale", 15)
    assert (-change.value, change.state.value, change.state.quantity) == (Decimal(cost), Decimal(left), 5)


def test_the_cost_of_fifo_is_that_of_what_is_still_here():
    state = stock(Method.FIFO, ("4", "10"), ("2", "25"))
    costs = [state.unit_cost]
    for quantity in (3, 2):
        state = issue(state, "sale", quantity).state
        costs.append(state.unit_cost)
    assert costs == [15, 20, 25]


def test_the_average_stays_between_receipts_however_the_cents_fall():
    state = stock(Method.AVERAGE, ("1", "1.00"), ("1", "1.00"), ("1", "1.01"))
    booked = []
    for _ in range(3):
        change = issue(state, "sale", 1)
        booked.append((-change.value, change.rounding_adjustment))
        state = change.state
        assert state.unit_cost == Fraction("3.01") / 3
    assert booked == [(Decimal("1.00"), 0), (Decimal("1.01"), Decimal("-0.01")), (Decimal("1.00"), 0)]
    assert state.value == 0


@both
def test_goods_sold_before_they_came_cost_what_the_receipt_says(method):
    sale = issue(stock(method, ("1", "8")), "sale", 3)
    issued = Issued("sale", Fraction(3), -sale.value)
    assert issued.value == 24
    change = receive(sale.state, "R2", 5, Decimal("9.50"))
    assert [(each.issue, each.value) for each in change.corrections] == [("sale", Decimal(-3))]
    assert issued.corrected(change.corrections).value == 27  # one at 8, two at 9.50
    assert (change.state.quantity, change.state.value, change.state.unit_cost) == (3, Decimal("28.50"), Decimal("9.5"))


@pytest.mark.parametrize(("method", "assumed"), [(Method.AVERAGE, 150), (Method.FIFO, 200)])
def test_what_is_short_is_assumed_to_cost_what_left_last(method, assumed):
    change = issue(stock(method, ("10", "10"), ("10", "20")), "sale", 30)
    assert [each.value for each in change.state.shortages] == [assumed]
    assert change.state.value == -assumed


@both
def test_a_receipt_that_is_too_small_settles_the_oldest_issue_first(method):
    state = stock(method, cost=5)
    for name in ("first", "second"):
        state = issue(state, name, 2).state
    change = receive(state, "R1", 3, 6)
    assert [(each.issue, each.value) for each in change.corrections] == [("first", -2), ("second", -1)]
    assert [(each.issue, each.quantity, each.value) for each in change.state.shortages] == [("second", 1, 5)]
    assert (change.state.quantity, change.state.value, change.state.unit_cost) == (-1, -5, 6)


@both
def test_a_customer_brings_back_what_the_issue_cost_with_its_corrections(method):
    sale = issue(stock(method, cost=1), "sale", 10)
    receipt = receive(sale.state, "R1", 10, 2)
    issued = Issued("sale", Fraction(10), -sale.value).corrected(receipt.corrections)
    change, left = take_back(receipt.state, "return", issued, 4)
    assert (change.value, change.state.value, change.state.unit_cost) == (8, 8, 2)
    assert left == Issued("sale", Fraction(6), Decimal(12))


@both
def test_goods_that_were_short_and_come_back_correct_nobody_else(method):
    state = stock(method, cost=5)
    state = issue(state, "other", 2).state
    sale = issue(state, "sale", 3)
    change, left = take_back(sale.state, "return", Issued("sale", Fraction(3), -sale.value), 3)
    assert (change.correction, left.quantity, left.value) == (0, 0, 0)
    assert [each.issue for each in change.state.shortages] == ["other"]


def test_a_picked_lot_leaves_before_older_goods():
    state = stock(Method.FIFO, ("5", "1"), ("5", "2"), ("5", "3"))
    change = issue(state, "sale", 7, receipts={"R2"})
    assert [(each.receipt, each.quantity) for each in change.slices] == [("R2", 5), ("R1", 2)]
    assert change.state.layers == tuple(
        Layer.worth(receipt, Fraction(quantity), Decimal(value))
        for receipt, quantity, value in [("R1", 3, 3), ("R3", 5, 15)]
    )


@both
def test_screws_that_leave_one_by_one_keep_what_they_are_worth(method):
    state = stock(method, ("1000", "0.004"))
    for left in range(999, -1, -1):
        state = issue(state, "sale", 1).state
        assert abs(state.value - Decimal("0.004") * left) < Decimal("0.01")
    assert state.value == 0


@pytest.mark.parametrize(
    ("worth", "costs"),
    [("100", "33.33 33.34 33.33"), ("98", "32.67 32.67 32.66"), ("4.85", "1.62 1.62 1.61")],
)
@both
def test_three_pieces_share_a_value_that_three_do_not_divide(method, worth, costs):
    state, booked = bring_in(StockValue(method), "R1", Fraction(3), Decimal(worth), Fraction(worth) / 3).state, []
    for _ in range(3):
        change = issue(state, "sale", 1)
        state, booked = change.state, [*booked, f"{-change.value:f}"]
    assert " ".join(booked) == costs


@both
def test_goods_that_come_to_an_empty_shelf_cost_exactly_their_price(method):
    state = receive(StockValue(method), "R1", 1, Decimal("0.0049")).state
    assert state.cost == Fraction("0.0049")


def test_a_transfer_takes_the_layers_along_first_in_first_out():
    here, there = stock(Method.FIFO, ("5", "1"), ("5", "2")), issue(stock(Method.FIFO, cost=4), "sale", 1).state
    left, came = transfer(here, there, "T1", 7)
    assert (left.value, came.value, came.correction) == (-9, 9, 3)
    assert [(each.receipt, each.quantity, each.value) for each in came.state.layers] == [("R1", 4, 4), ("R2", 2, 4)]
    assert [(each.receipt, each.quantity) for each in left.state.layers] == [("R2", 3)]


def test_a_transfer_loses_no_cent_with_the_average():
    here = stock(Method.AVERAGE, ("1", "1.00"), ("1", "1.00"), ("1", "1.01"))
    there = stock(Method.AVERAGE, ("1", "2.00"))
    left, came = transfer(here, there, "T1", 2)
    assert (left.state.value, came.state.value, came.state.unit_cost) == (
        Decimal("1.00"),
        Decimal("4.01"),
        Fraction("4.01") / 3,
    )
    with pytest.raises(NotAllowed, match="less in stock"):
        transfer(here, there, "T2", 4)


@both
def test_what_can_not_be_is_refused(method):
    state = stock(method, ("1", "8"))
    with pytest.raises(NotAllowed, match="less in stock"):
        issue(state, "sale", 2, may_be_short=False)
    with pytest.raises(NotAllowed, match="More comes back"):
        take_back(state, "return", Issued("sale", Fraction(1), Decimal(8)), 2)
    for act in (lambda: receive(state, "R", 0, 1), lambda: receive(state, "R", 1, -1), lambda: issue(state, "s", -1)):
        with pytest.raises(Invalid):
            act()


@dataclass
class Ledger:
    """What a service books: every value once, the issues with their corrections, and the slices."""

    state: StockValue
    came: Decimal = Decimal(0)
    booked: Decimal = Decimal(0)
    out: dict[str, Issued] = field(default_factory=dict)
    slices: list = field(default_factory=list)
    moved: Fraction = Fraction(0)

    def book(self, change, quantity):
        self.booked += change.value + change.correction
        self.moved += quantity
        self.slices += change.slices
        self.out = {name: issued.corrected(change.corrections) for name, issued in self.out.items()}
        self.state = change.state

    def check(self):
        state = self.state
        assert state.quantity == self.moved
        assert state.value == self.booked, "the books and the state differ"
        assert self.came == state.value + sum(each.value for each in self.out.values()), "a cent was lost"
        here = sum((each.quantity for each in state.layers), Fraction(0))
        short = sum((each.quantity for each in state.shortages), Fraction(0))
        assert state.quantity == here - short and not (here and short)
        assert all(each.quantity > 0 for each in (*state.layers, *state.shortages))
        if state.method is Method.FIFO or short:
            values = [each.value for each in state.layers] + [-each.value for each in state.shortages]
            assert state.value == sum(values), "the value is not that of the layers"
        if state.quantity == 0:
            assert state.value == 0, "nothing is here and it is worth something"
        if state.quantity > 0:
            assert state.value >= 0
        by_issue = dict.fromkeys(self.out, Fraction(0))
        for each in self.slices:
            by_issue[each.issue] += each.quantity
        waiting = dict.fromkeys(self.out, Fraction(0)) | {each.issue: each.quantity for each in state.shortages}
        for name in self.out:
            assert by_issue[name] + waiting[name] == self.quantities[name], "goods left of no receipt"

    quantities: dict[str, Fraction] = field(default_factory=dict)


quantities = st.fractions(min_value=Fraction(1, 12), max_value=40, max_denominator=12)
costs = st.decimals(0, 30, places=4)
events = st.lists(st.tuples(st.sampled_from(["in", "out", "back"]), quantities, costs, st.integers(0, 50)), max_size=25)


@given(st.sampled_from(list(Method)), st.integers(0, 3), costs, events)
def test_no_cent_is_lost_whatever_happens(method, decimals, cost, happened):
    books = Ledger(StockValue(method, decimals, Fraction(cost)))
    for index, (what, quantity, unit_cost, pick) in enumerate(happened):
        if what == "in":
            change = receive(books.state, f"R{index}", quantity, unit_cost)
            books.came += change.value
            books.book(change, quantity)
        elif what == "out":
            name = f"S{index}"
            change = issue(books.state, name, quantity)
            books.quantities[name] = quantity
            books.book(change, -quantity)
            books.out[name] = Issued(name, quantity, -change.value)
        elif open_issues := [each for each in books.out.values() if each.quantity]:
            issued = open_issues[pick % len(open_issues)]
            back = min(quantity, issued.quantity)
            change, left = take_back(books.state, f"B{index}", issued, back)
            books.book(change, back)
            books.out[issued.issue] = left
        books.check()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 20), st.integers(0, 30)), max_size=30))
def test_both_methods_give_what_a_plain_list_of_pieces_gives(happened):
    """Whole pieces at whole costs, one by one: the oldest leaves, or the mean of all."""
    fifo, average = StockValue(Method.FIFO), StockValue(Method.AVERAGE, decimals=12)
    pieces, mean = [], []
    for index, (comes, quantity, cost) in enumerate(happened):
        if comes:
            fifo = receive(fifo, f"R{index}", quantity, cost).state
            average = receive(average, f"R{index}", quantity, cost).state
            pieces += [cost] * quantity
            mean = [Fraction(sum(mean) + cost * quantity, len(mean) + quantity)] * (len(mean) + quantity)
        elif quantity <= len(pieces):
            assert -issue(fifo, "S", quantity).value == sum(pieces[:quantity])
            fifo, average = issue(fifo, "S", quantity).state, issue(average, "S", quantity).state
            pieces, mean = pieces[quantity:], mean[quantity:]
        assert fifo.value == sum(pieces)
        assert abs(Fraction(average.value) - sum(mean)) < Fraction(1, 10**9)
