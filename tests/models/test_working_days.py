"""Working days are counted over weekends and feasts; work is placed on the capacity that is left."""

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.working_days import MONDAY_TO_FRIDAY, Calendar, Work, place_backward, place_forward

FRIDAY = date(2026, 11, 27)
CHRISTMAS = Calendar(days={date(2026, 12, 25): False, date(2026, 12, 26): True})


def test_days_are_counted_over_weekends_feasts_and_worked_saturdays():
    assert MONDAY_TO_FRIDAY.add(FRIDAY, 1) == date(2026, 11, 30)
    assert MONDAY_TO_FRIDAY.add(date(2026, 11, 28), 1) == date(2026, 11, 30)
    assert MONDAY_TO_FRIDAY.add(date(2026, 11, 30), -1) == FRIDAY
    assert MONDAY_TO_FRIDAY.add(date(2026, 11, 28), 0) == date(2026, 11, 30)
    assert CHRISTMAS.add(date(2026, 12, 24), 1) == date(2026, 12, 26)
    assert CHRISTMAS.between(date(2026, 12, 24), date(2026, 12, 28)) == 2
    with pytest.raises(Invalid, match="no working day"):
        Calendar("0000000").on_or_after(FRIDAY)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(-40, 40))
def test_counting_back_what_was_counted_forth_comes_home(day, count):
    start = CHRISTMAS.on_or_after(day)
    end = CHRISTMAS.add(start, count)
    assert CHRISTMAS.add(end, -count) == start
    assert CHRISTMAS.between(start, end) == count


MINUTES = st.integers(1, 300).map(Fraction)


@given(st.lists(st.tuples(st.sampled_from("AB"), MINUTES), min_size=1, max_size=4), st.integers(60, 200))
def test_placed_work_is_whole_in_order_and_never_more_than_a_day_holds(steps, a_day):
    works = [Work(center, minutes) for center, minutes in steps]

    def free(_, day):
        return Fraction(a_day if CHRISTMAS.works_on(day) else 0)

    late = place_backward(works, date(2026, 12, 31), date(2026, 12, 1), free)
    early = place_forward(works, date(2026, 12, 1), free)
    for found in (early, late) if late else (early,):
        assert [sum(one.minutes for one in found if one.step == n) for n in range(len(works))] == [
            work.minutes for work in works
        ]
        assert sorted(found, key=lambda one: (one.step, one.on)) == found
        assert all(first.on <= second.on for first, second in pairwise(found))
        for center in "AB":
            days = {one.on for one in found}
            loads = [sum(o.minutes for o in found if o.on == day and works[o.step].center == center) for day in days]
            assert all(load <= a_day for load in loads)
    if late:
        assert late[0].on >= early[0].on
        assert late[-1].on >= early[-1].on


def test_work_that_begins_too_early_is_not_placed_and_no_capacity_is_said():
    def free(*_):
        return Fraction(60)

    assert place_backward([Work("A", Fraction(61))], FRIDAY, FRIDAY, free) is None
    with pytest.raises(Invalid, match="No capacity"):
        place_forward([Work("A", Fraction(1))], FRIDAY, lambda *_: Fraction(0))
