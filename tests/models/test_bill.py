"""Bills over all levels, kits on the shelf and at the customer's, their cost and their price."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.bill import (
    Bill,
    BillCycle,
    BillLine,
    contents,
    cost,
    explode,
    levels,
    spread_price,
    still_open,
    summed_price,
    whole_kits,
)


def bill(product, *, makes=1, once=(), **lines):
    parts = [BillLine(name, Fraction(quantity), fixed=name in once) for name, quantity in lines.items()]
    return Bill(product, tuple(parts), Fraction(makes))


TABLE = {"TABLE": bill("TABLE", PANEL=1, BOLT=4)}
DESK = {
    "DESK": bill("DESK", TOP=1, LEG=4, MANUAL=1, once={"MANUAL"}),
    "LEG": bill("LEG", makes=10, TUBE="7.5", FOOT=10),
    "TOP": bill("TOP", BOARD=2, FOOT=1),
}


def test_a_part_that_is_used_at_two_levels_is_added_up():
    assert explode(DESK, "DESK", 3) == {"BOARD": 6, "FOOT": 15, "TUBE": 9, "MANUAL": 1}
    assert explode(DESK, "DESK", 0) == {}
    assert explode(DESK, "BOARD", 3) == {"BOARD": 3}


def test_a_bill_for_two_dozen_serves_two_pieces_and_rounds_once():
    kits = {"KIT": bill("KIT", makes=24, U=6, KG=7)}
    assert explode(kits, "KIT", 2) == {"U": Fraction(1, 2), "KG": Fraction(7, 12)}
    assert explode(kits, "KIT", 2, {"KG": Decimal("0.01")})["KG"] == Fraction("0.58")


def test_each_product_is_planned_before_its_parts():
    order = levels(DESK, "DESK")
    assert order[0] == "DESK" and set(order) == {"DESK", "TOP", "LEG", "BOARD", "FOOT", "TUBE", "MANUAL"}
    assert all(order.index(name) < order.index(each.component) for name in DESK for each in DESK[name].lines)


def test_a_product_that_is_made_of_itself_is_refused_with_the_way_it_goes_round():
    bills = {"A": bill("A", B=1), "B": bill("B", C=1, X=1), "C": bill("C", B=2)}
    with pytest.raises(BillCycle, match="B would be made of itself: B → C → B") as refusal:
        explode(bills, "A", 1)
    assert refusal.value.path == ("B", "C", "B")
    with pytest.raises(BillCycle, match="S → S"):
        contents({"S": bill("S", S=1)}, "S")


@pytest.mark.parametrize("wrong", [bill("K", makes=0, A=1), bill("K", A=-1)])
def test_a_bill_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(Invalid):
        contents({"K": wrong}, "K")


def test_a_bill_may_be_thousands_of_levels_deep_and_wide_in_all_of_them():
    deep = {f"P{level}": bill(f"P{level}", **{f"P{level + 1}": 2, "SCREW": 1}) for level in range(3000)}
    assert explode(deep, "P0", 1)["P3000"] == 2**3000
    assert explode(deep, "P0", 1)["SCREW"] == 2**3000 - 1


@pytest.mark.parametrize(
    ("there", "tables"),
    [({"PANEL": 1, "BOLT": 1}, 0), ({"PANEL": 5, "BOLT": 19}, 4), ({"PANEL": 5, "BOLT": 20}, 5), ({"BOLT": 400}, 0)],
)
def test_only_whole_tables_count(there, tables):
    assert whole_kits(contents(TABLE, "TABLE"), there) == tables


def test_a_manual_is_needed_once_for_any_number_of_desks():
    parts = contents(DESK, "DESK")
    shelf = {"BOARD": 100, "FOOT": 100, "TUBE": 100}
    assert whole_kits(parts, shelf) == 0
    assert whole_kits(parts, {**shelf, "MANUAL": 1}) == 20
    with pytest.raises(Invalid, match="grows with it"):
        whole_kits(contents({"K": bill("K", M=1, once={"M"})}, "K"), {"M": 5})


def test_a_part_shared_by_two_kits_in_a_kit_is_not_counted_twice():
    bills = {"SET": bill("SET", CUP=1, POT=1), "CUP": bill("CUP", CLAY=1), "POT": bill("POT", CLAY=3)}
    assert whole_kits(contents(bills, "SET"), {"CLAY": 11}) == 2


def test_a_kit_is_delivered_when_its_rounded_parts_are():
    parts, steps = contents({"KIT": bill("KIT", makes=24, U=24, KG=7)}, "KIT"), {"KG": Decimal("0.01")}
    shipped = {"U": 2, "KG": Fraction("0.58")}
    assert whole_kits(parts, shipped) == 1
    assert whole_kits(parts, shipped, steps) == 2
    assert still_open(parts, 2, shipped, steps) == {}
    assert still_open(parts, 3, shipped, steps) == {"U": 1, "KG": Fraction("0.30")}


def test_what_was_shipped_in_excess_makes_up_for_nothing_else():
    parts = contents(TABLE, "TABLE")
    assert still_open(parts, 5, {"PANEL": 9, "BOLT": 3}) == {"BOLT": 17}
    assert still_open(parts, 5, {}) == {"PANEL": 5, "BOLT": 20}


def test_the_cost_of_a_kit_is_that_of_its_parts():
    costs = {"BOARD": 10, "FOOT": Decimal("0.10"), "TUBE": 4, "MANUAL": 1}
    assert cost(contents(DESK, "DESK"), costs) == 20 + Decimal("0.5") + 12 + 1
    with pytest.raises(Invalid, match="FOOT, TUBE"):
        cost(contents(DESK, "DESK"), {"BOARD": 1, "MANUAL": 1})


def test_the_price_of_a_kit_is_the_sum_of_its_parts_or_is_shared_out_over_them():
    assert summed_price([(1, 150), (Decimal("0.5"), 400)]) == 350
    assert spread_price(Decimal("100.00"), [(1, 1), (1, 1), (1, 1)]) == [
        Decimal("33.34"), Decimal("33.33"), Decimal("33.33"),
    ]  # fmt: skip
    assert spread_price(Decimal(90), [(2, 0), (1, 0)]) == [60, 30]
    with pytest.raises(Invalid, match="more decimals"):
        spread_price(Decimal("1.001"), [(1, 1)])


shares = st.fractions(min_value=0, max_value=5, max_denominator=12)


@st.composite
def kits(draw):
    """Bills without a cycle: the parts of each product come later in the alphabet."""
    names = "ABCDEFGH"
    bills = {}
    for index, name in enumerate(names[:5]):
        parts = draw(st.lists(st.sampled_from(names[index + 1 :]), max_size=4))
        lines = tuple(BillLine(part, draw(shares), fixed=draw(st.booleans())) for part in parts)
        if lines or name == "A":
            bills[name] = Bill(name, lines, draw(st.fractions(min_value=Fraction(1, 4), max_value=24)))
    return bills


def naive(bills, product, quantity, once):
    """Walk down every branch by itself; fixed quantities are gathered apart."""
    if product not in bills:
        return {product: quantity}
    needs = {}
    for line in bills[product].lines:
        if not line.quantity:
            continue
        if line.fixed:
            below = naive(bills, line.component, line.quantity, once)
            for name, need in below.items():
                once[name] = once.get(name, 0) + need
        else:
            below = naive(bills, line.component, quantity * line.quantity / bills[product].quantity, once)
            for name, need in below.items():
                needs[name] = needs.get(name, 0) + need
    return needs


def naive_need(bills, quantity):
    once = {}
    needs = naive(bills, "A", Fraction(quantity), once)
    return {name: needs.get(name, 0) + once.get(name, 0) for name in {**needs, **once}}


@given(kits(), st.fractions(min_value=Fraction(1, 10), max_value=100))
def test_exploding_agrees_with_walking_down_every_branch(bills, quantity):
    assert explode(bills, "A", quantity) == naive_need(bills, quantity)


@given(kits(), st.dictionaries(st.sampled_from("BCDEFGH"), st.integers(0, 400)), st.sampled_from([None, "1", "0.01"]))
def test_the_shelf_holds_so_many_kits_and_not_one_more(bills, shelf, step):
    parts = contents(bills, "A")
    steps = {} if step is None else dict.fromkeys("BCDEFGH", Decimal(step))
    if not any(parts.each.values()):
        return
    count = whole_kits(parts, shelf, steps)

    def fits(number):
        return all(shelf.get(name, 0) >= need for name, need in parts.of(number, steps).items())

    assert count == 0 or fits(count)
    assert not fits(count + 1)


@given(kits(), st.lists(st.tuples(st.sampled_from("BCDEFGH"), st.integers(1, 60)), max_size=12), st.integers(1, 20))
def test_what_is_shipped_more_never_lowers_what_is_delivered(bills, shipments, ordered):
    parts = contents(bills, "A")
    if not any(parts.each.values()):
        return
    shipped, delivered = {}, 0
    for name, quantity in shipments:
        shipped[name] = shipped.get(name, 0) + quantity
        now = whole_kits(parts, shipped)
        assert now >= delivered
        delivered = now
        rest = still_open(parts, ordered, shipped)
        assert all(quantity > 0 for quantity in rest.values())
        assert (delivered >= ordered) == (not rest)
    everything = {name: ceil(shipped.get(name, 0) + rest) for name, rest in still_open(parts, ordered, shipped).items()}
    assert whole_kits(parts, {**shipped, **everything}) >= ordered


@given(
    st.decimals(-1000, 1000, places=2),
    st.lists(st.tuples(st.integers(1, 20), st.decimals(0, 500, places=2)), min_size=1, max_size=8),
)
def test_the_shares_of_a_kit_s_price_are_its_price(amount, lines):
    shared = spread_price(amount, lines)
    assert sum(shared) == amount
    total = sum(Fraction(quantity) * Fraction(price) for quantity, price in lines)
    for share, (quantity, price) in zip(shared, lines, strict=True):
        if total:
            assert abs(Fraction(share) - Fraction(amount) * quantity * Fraction(price) / total) < Fraction(1, 100)
