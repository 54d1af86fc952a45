"""Payment terms: every share, every way to count days, and never a cent lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.models.payment_terms import After, Every, Instalment, Part, ShareOf, check, due_day, evenly, instalments

DAY = date(2026, 1, 31)
AMOUNTS = st.decimals(Decimal("-99999.99"), Decimal("99999.99"), places=2)
AFTERS = st.builds(
    After,
    months=st.integers(0, 14),
    set_day=st.integers(0, 31),
    days=st.integers(-40, 400),
    end_of_month=st.booleans(),
    days_after=st.integers(0, 60),
)
SHARES = st.builds(
    Part,
    share=st.sampled_from([ShareOf.TOTAL, ShareOf.REST, ShareOf.FIXED]),
    figure=st.decimals(Decimal("0.01"), 100, places=2),
    after=AFTERS,
)


def test_days_are_counted_in_the_order_months_day_days_end_days():
    assert due_day(DAY, After()) == DAY
    assert due_day(DAY, After(months=1)) == date(2026, 2, 28)
    assert due_day(DAY, After(months=2, set_day=15, days=30)) == date(2026, 4, 14)
    assert due_day(DAY, After(days=1, end_of_month=True, days_after=10)) == date(2026, 3, 10)
    assert due_day(DAY, After(days=-60)) == DAY, "nothing is due before it is invoiced"


def test_half_at_once_and_half_later_share_the_odd_cent_and_the_tax():
    half = Part(ShareOf.TOTAL, Decimal(50))
    found = instalments(Decimal("121.01"), [half, Part(after=After(days=30))], DAY, 2, tax=Decimal("21.00"))
    assert found == (Instalment(DAY, Decimal("60.51")), Instalment(date(2026, 3, 2), Decimal("60.50")))


def test_a_fixed_part_takes_no_more_than_there_is():
    parts = [Part(ShareOf.FIXED, Decimal(100)), Part(after=After(days=30))]
    assert instalments(Decimal("80.00"), parts, DAY, 2) == (Instalment(DAY, Decimal("80.00")),)
    assert instalments(Decimal("-80.00"), parts, DAY, 2) == (Instalment(DAY, Decimal("-80.00")),)


@given(AMOUNTS, AMOUNTS, st.lists(SHARES, max_size=6), AFTERS)
def test_instalments_come_to_the_invoice_and_have_its_sign(net, tax, shares, after):
    tax = tax if net and abs(tax) < abs(net) and tax * net >= 0 else Decimal(0)
    total = net + tax
    found = instalments(total, [*shares, Part(after=after)], DAY, 2, tax)
    assert sum(one.amount for one in found) == total
    assert all(one.amount * total > 0 for one in found if total)
    assert [one.due_on for one in found] == sorted(one.due_on for one in found)
    assert found[0].due_on >= DAY


@given(AMOUNTS.filter(bool), st.integers(1, 60), st.sampled_from(list(Every)))
def test_even_instalments_differ_by_a_cent_at_most(amount, parts, every):
    if abs(amount) * 100 < parts:
        with pytest.raises(Invalid):
            evenly(amount, parts, DAY, every, 2)
        return
    found = evenly(amount, parts, DAY, every, 2)
    assert sum(one.amount for one in found) == amount
    assert max(one.amount for one in found) - min(one.amount for one in found) <= Decimal("0.01")
    assert len({one.due_on for one in found}) == parts


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [Part(ShareOf.TOTAL, Decimal(50))],
        [Part(), Part()],
        [Part(ShareOf.TOTAL, Decimal(101)), Part()],
        [Part(ShareOf.FIXED, Decimal(0)), Part()],
        [Part(after=After(set_day=32))],
    ],
)
def test_what_is_no_payment_term_is_refused(parts):
    with pytest.raises(Invalid):
        check(parts)
