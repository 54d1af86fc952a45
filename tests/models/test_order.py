"""The states of an order: one word for what happened to its lines and its money."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.order import (
    NEXT,
    WAITING_STAGES,
    BillingState,
    DeliveryState,
    LineProgress,
    OrderFacts,
    OrderState,
    derive,
)

NO_FACTS = {"taken_over": False, "open_amount": False, "packed": False, "deposit": False}


def line(ordered=10, **counts) -> LineProgress:
    given_counts = {"goods": True, "on_order": False, **counts}
    rest = {field.name: given_counts.get(field.name, 0) for field in fields(LineProgress) if field.name != "ordered"}
    return LineProgress(ordered=ordered, **rest)


def service(ordered=10, **counts) -> LineProgress:
    return line(ordered, goods=False, **counts)


def states(state, *lines, **facts) -> str:
    """The four words in one, as a table shows them best."""
    found = derive(OrderFacts(OrderState(state), **{**NO_FACTS, **facts}), list(lines))
    return " ".join(str(found[name]) for name in ("state", "delivery_state", "billing_state", "stage")) + (
        f" {found['progress']}"
    )


@pytest.mark.parametrize(
    ("lines", "facts", "expected"),
    [
        # reserved, picked, packed
        ([line(reserved=10)], {}, "confirmed waiting none confirmed 0"),
        ([line(reserved=9)], {}, "confirmed waiting none backorder 0"),
        ([line(reserved=7, picked=3)], {}, "confirmed waiting none picking 0"),
        ([line(picked=10)], {"packed": True}, "confirmed waiting none packed 0"),
        ([line()], {"deposit": True}, "confirmed waiting none deposit 0"),
        # shipped in parts
        ([line(shipped=4, reserved=6)], {}, "confirmed partial to_invoice part 40"),
        ([line(shipped=4)], {}, "confirmed partial to_invoice backorder 40"),
        ([line(shipped=4, reserved=6, invoiced=4)], {}, "confirmed partial partial part 40"),
        ([line(shipped=4, reserved=6, invoiced=4)], {"open_amount": True}, "confirmed partial partial part 40"),
        # shipped
        ([line(shipped=10)], {}, "confirmed shipped to_invoice shipped 100"),
        ([line(shipped=10, invoiced=4)], {}, "confirmed shipped to_invoice shipped 100"),
        ([line(shipped=10, invoiced=10)], {"open_amount": True}, "confirmed shipped invoiced invoiced 100"),
        ([line(shipped=10, invoiced=10)], {}, "closed shipped paid paid 100"),
        ([line(shipped=11, invoiced=11)], {}, "closed shipped paid paid 100"),
        # the rest cancelled
        ([line(shipped=4, cancelled=6, invoiced=4)], {}, "closed shipped paid paid 100"),
        ([line(shipped=4, cancelled=6)], {}, "confirmed shipped to_invoice shipped 100"),
        ([line(cancelled=10)], {}, "closed none none closed 0"),
        ([line(cancelled=10, invoiced=5)], {"open_amount": True}, "confirmed none invoiced invoiced 0"),
        # services and fees
        ([service()], {}, "confirmed none to_invoice confirmed 0"),
        ([service(invoiced=10)], {"open_amount": True}, "confirmed none invoiced invoiced 0"),
        ([service(invoiced=10)], {}, "closed none paid paid 0"),
        ([service(invoiced=10), line(reserved=10)], {}, "confirmed waiting partial confirmed 0"),
        ([service()], {"deposit": True}, "confirmed none to_invoice deposit 0"),
        # invoiced when ordered
        ([line(reserved=10, on_order=True)], {}, "confirmed waiting to_invoice confirmed 0"),
        ([line(reserved=10, on_order=True, invoiced=10)], {}, "confirmed waiting paid confirmed 0"),
        ([line(shipped=10, on_order=True, invoiced=10)], {}, "closed shipped paid paid 100"),
        # came back: for good, and to be replaced in two parts
        ([line(shipped=10, returned=3, invoiced=10)], {}, "closed shipped paid paid 100"),
        ([line(shipped=10, returned=3, invoiced=7)], {}, "closed shipped paid paid 100"),
        ([line(shipped=10, returned=10)], {}, "closed shipped paid paid 100"),
        ([line(shipped=10, returned=3, returned_open=3, invoiced=10)], {}, "confirmed partial paid backorder 70"),
        ([line(shipped=12, returned=3, returned_open=3, invoiced=10)], {}, "confirmed partial paid backorder 90"),
        ([line(shipped=13, returned=3, returned_open=3, invoiced=10)], {}, "closed shipped paid paid 100"),
        # taken over from another system, where it was billed
        ([line(shipped=10, invoiced=10)], {"taken_over": True}, "closed shipped paid paid 100"),
        ([line(-2, invoiced=-2)], {"taken_over": True}, "closed none paid paid 0"),
    ],
)
def test_states_follow_from_what_happened(lines, facts, expected):
    assert states("confirmed", *lines, **facts) == expected
    assert states("closed", *lines, **facts) == expected  # what a person decided before does not matter


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_drafts_and_cancelled_orders_have_no_delivery_and_no_bill(state):
    assert states(state, line(), service()) == f"{state} none none {state} 0"


def test_an_order_goes_only_where_the_table_allows():
    reached, steps = {OrderState.DRAFT}, [OrderState.DRAFT]
    while steps:
        reached |= (new := NEXT[steps.pop()] - reached)
        steps += new
    assert reached == set(OrderState) == set(NEXT)
    assert NEXT[OrderState.CANCELLED] == {OrderState.CONFIRMED}, "only where its supplier delivered all the same"
    assert OrderState.DRAFT not in set().union(*NEXT.values())


counts = st.integers(0, 40)


@st.composite
def lines(draw) -> LineProgress:
    """A line as commands can leave it: what came back had been shipped, what is held is still to ship."""
    ordered, shipped = draw(counts), draw(counts)
    returned = draw(st.integers(0, shipped))
    again = draw(st.integers(0, returned))
    cancelled = draw(st.integers(0, ordered))
    outstanding = max(0, ordered - cancelled - shipped + again)
    reserved = draw(st.integers(0, outstanding))
    picked = draw(st.integers(0, outstanding - reserved))
    return line(
        ordered,
        shipped=shipped,
        returned=returned,
        returned_open=again,
        cancelled=cancelled,
        reserved=reserved,
        picked=picked,
        invoiced=draw(counts),
        on_order=draw(st.booleans()),
    )


@given(lines())
def test_what_is_wanted_is_kept_gone_or_still_to_ship(one):
    """Nothing is lost between order and customer, whatever came back and was replaced in whatever parts."""
    gone = one.returned - one.returned_open
    kept = one.shipped - one.returned
    assert one.outstanding >= 0
    assert kept + one.outstanding + gone >= one.wanted
    if one.outstanding:
        assert kept + one.outstanding + gone == one.wanted
    assert 0 <= one.replacement_open <= one.returned_open
    assert one.backordered == one.outstanding - one.reserved - one.picked
    assert one.billable <= one.invoiceable
    assert one.billable >= 0


@given(lines(), st.integers(1, 40))
def test_shipping_a_replacement_in_parts_is_as_shipping_it_at_once(one, part):
    """What is left to ship falls by exactly what is shipped."""
    part = min(part, one.outstanding)
    before, one.shipped = one.outstanding, one.shipped + part
    assert one.outstanding == before - part


@given(st.lists(lines(), min_size=1, max_size=4), st.booleans(), st.booleans())
def test_only_an_order_with_nothing_left_is_closed(some, open_amount, packed):
    facts = OrderFacts(OrderState.CONFIRMED, False, open_amount, packed, False)
    found = derive(facts, some)
    if found["state"] == OrderState.CLOSED:
        assert not any(one.outstanding for one in some)
        assert not any(one.billable > one.invoiced for one in some)
        assert found["delivery_state"] in {DeliveryState.SHIPPED, DeliveryState.NONE}
        assert found["billing_state"] in {BillingState.PAID, BillingState.NONE}
        assert not open_amount or found["billing_state"] == BillingState.NONE
    assert 0 <= found["progress"] <= 100
    assert (found["progress"] == 100) <= (not any(one.outstanding for one in some))


@given(
    st.lists(lines(), min_size=1, max_size=4), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
def test_an_order_that_goods_are_to_leave_of_is_in_one_of_the_waiting_stages(some, over, amount, packed, deposit, held):
    """Lists of what waits look for orders by these stages alone."""
    found = derive(OrderFacts(OrderState.CONFIRMED, over, amount, packed, deposit, held), some)
    waits = any(one.outstanding for one in some)
    assert (found["stage"] in WAITING_STAGES) >= (waits and found["state"] == OrderState.CONFIRMED)
