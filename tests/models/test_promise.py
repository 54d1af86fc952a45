"""What may be promised: the arithmetic against a model that counts every day and tries every quantity."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.promise import Flow, PlannedShipment, Portion, Projection, available_now, plan_early

TODAY = date(2026, 11, 25)


def day(n):
    return TODAY + timedelta(days=n)


def flows(*pairs):
    return [Flow(day(n), grains) for n, grains in pairs]


def stocked():
    """20 there, 30 and 20 come in, 15 and 25 are promised."""
    return Projection(TODAY, 20, flows((5, 30), (12, 20)), flows((3, 15), (8, 25)))


@pytest.mark.parametrize(("grains", "first"), [(5, 0), (10, 5), (11, 12), (30, 12), (31, None)])
def test_the_first_day_a_quantity_can_leave_without_taking_what_was_promised(grains, first):
    assert stocked().earliest(grains) == (None if first is None else day(first))


def test_a_quantity_is_split_over_the_days_it_comes_free():
    split = stocked().split(25)
    assert split.portions == (Portion(day(0), 5), Portion(day(5), 5), Portion(day(12), 15))
    assert (split.missing, split.ready_on) == (0, day(12))
    split = stocked().split(40, from_day=day(4), until=day(11))
    assert split.portions == (Portion(day(4), 5), Portion(day(5), 5))
    assert (split.missing, split.ready_on) == (30, None)


def test_the_figures_of_the_curve():
    assert stocked().balances() == [
        Portion(day(n), grains) for n, grains in ((0, 20), (3, 5), (5, 35), (8, 10), (12, 30))
    ]
    assert stocked().figures() == [Portion(day(0), 5), Portion(day(5), 10), Portion(day(12), 30)]


def test_what_is_overdue_counts_as_today():
    late = Projection(TODAY, 0, flows((-3, 10)), flows((-9, 4)))
    assert late.available(TODAY) == 6
    assert late.available(day(-20)) == 6


def test_more_promised_than_there_is_leaves_nothing_until_it_is_made_up():
    short = Projection(TODAY, 2, flows((4, 10)), flows((0, 5)))
    assert [short.available(day(n)) for n in (0, 3, 4)] == [0, 0, 7]
    assert short.figures()[0].grains == -3


def test_available_is_counted_over_all_records_and_negative_only_when_asked_for():
    assert available_now([(10, 9), (1, 1)]) == 1
    assert available_now([(10, 20), (5, 0)]) == 0
    assert available_now([(10, 20), (5, 0)], allow_negative=True) == -5


near = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 9)), max_size=6)
stock = st.integers(0, 15)
LAST = 14


def model(on_hand, receipts, promises):
    """The balance of each day, the plain way."""
    return [
        on_hand + sum(g for n, g in receipts if n <= each) - sum(g for n, g in promises if n <= each)
        for each in range(LAST + 1)
    ]


@given(stock, near, near, st.integers(1, 25))
def test_what_may_be_promised_is_what_the_plain_model_finds(on_hand, receipts, promises, wanted):
    projection = Projection(TODAY, on_hand, flows(*receipts), flows(*promises))
    balances = model(on_hand, receipts, promises)
    lowest = [min(balances[n:]) for n in range(LAST + 1)]
    assert [projection.available(day(n)) for n in range(LAST + 1)] == [max(0, low) for low in lowest]
    first = next((n for n, low in enumerate(lowest) if low >= wanted), None)
    assert projection.earliest(wanted) == (None if first is None else day(first))


@given(stock, near, near, st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_an_accepted_promise_never_makes_an_earlier_one_late(on_hand, receipts, promises, wishes):
    """A day that was not short before is never short after, whatever is promised on top and in whatever portions."""
    projection = Projection(TODAY, on_hand, flows(*receipts), flows(*promises))
    before = model(on_hand, receipts, promises)
    accepted = list(promises)
    for wish in wishes:
        split = projection.split(wish)
        assert sum(portion.grains for portion in split.portions) + split.missing == wish
        for portion in split.portions:
            projection.add(portion.on, -portion.grains)
            accepted.append(((portion.on - TODAY).days, portion.grains))
        if split.missing:  # then every grain that is not needed for a promise has been given away
            assert projection.available(day(LAST)) == 0
    after = model(on_hand, receipts, accepted)
    assert all(later >= min(earlier, 0) for earlier, later in zip(before, after, strict=True))


@given(stock, near, near, st.integers(1, 25), st.integers(0, 6), st.integers(0, 12))
def test_each_portion_of_a_split_leaves_as_early_as_it_may(on_hand, receipts, promises, wanted, since, until):
    projection = Projection(TODAY, on_hand, flows(*receipts), flows(*promises))
    split = projection.split(wanted, from_day=day(since), until=day(max(since, until)))
    by_day = {portion.on: portion.grains for portion in split.portions}
    for n in range(since, max(since, until) + 1):
        given_away = sum(grains for on, grains in by_day.items() if on <= day(n))
        assert given_away == min(wanted, projection.available(day(n)))


def test_a_planned_shipment_goes_earlier_as_a_whole_or_in_part():
    receipts = {"P1": flows((0, 5), (14, 10), (28, 5)), "P2": flows((7, 5), (14, 5))}
    found = plan_early(
        TODAY,
        receipts,
        {
            "S1": PlannedShipment(day(21), {"P1": 4, "P2": 6}),
            "S2": PlannedShipment(day(21), {"P1": 8}),
            "S3": PlannedShipment(day(28), {"P1": 4}),
        },
    )
    assert [(each.whole_on, each.first_on, each.share_first) for each in found.values()] == [
        (day(14), day(0), Fraction(2, 5)),
        (day(14), day(14), Fraction(1)),
        (day(28), day(0), Fraction(3, 4)),
    ]


@given(near, st.lists(st.tuples(st.integers(1, 12), st.integers(1, 9)), min_size=1, max_size=3))
def test_going_early_never_makes_another_shipment_late(receipts, planned):
    """Each shipment by itself: sent as the plan says, the balance is nowhere lower than it was below zero before."""
    found = plan_early(
        TODAY,
        {"P": flows(*receipts)},
        {str(n): PlannedShipment(day(on), {"P": grains}) for n, (on, grains) in enumerate(planned)},
    )
    before = model(0, receipts, planned)
    for n, (on, grains) in enumerate(planned):
        early = found[str(n)]
        assert early.whole_on <= day(on) and early.first_on <= early.whole_on
        first = int(early.share_first * grains)
        assert first == early.share_first * grains
        others = [each for m, each in enumerate(planned) if m != n]
        sent = [((early.first_on - TODAY).days, first), ((early.whole_on - TODAY).days, grains - first)]
        after = model(0, receipts, [*others, *sent])
        assert all(later >= min(earlier, 0) for earlier, later in zip(before, after, strict=True))
