"""Numbers and dates as people write and type them; exact both ways."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from app.views import format as written

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("1234.5", 2, "1,234.50"),
        ("-155.23", 2, "−155.23"),
        ("0", 2, "0.00"),
        ("1234567", 0, "1,234,567"),
        ("9007199254740993.01", 2, "9,007,199,254,740,993.01"),
        ("1.2345", 2, "1.2345"),
        ("-0.001", 3, "−0.001"),
    ],
)
def test_amounts_are_written_whole(value, decimals, text):
    assert written.amount(Decimal(value), decimals) == text


def test_quantities_and_rates_have_no_needless_zeros():
    assert [written.quantity(Decimal(v)) for v in ("2500.000000", "0.750", "3E+2", "-4")] == [
        "2,500",
        "0.75",
        "300",
        "−4",
    ]
    assert written.percent(Decimal("0.21")) == "21 %"
    assert written.money(Decimal("412806.9"), "EUR") == "412,806.90 EUR"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15))
def test_what_is_written_is_read_back_exactly(value):
    for locale in (QLocale("en_GB"), QLocale("de_DE"), QLocale("fr_CH"), QLocale("sv_SE")):
        QLocale.setDefault(locale)
        assert written.number(written.amount(value, 2)) == value
    QLocale.setDefault(QLocale("en_GB"))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", "12"), ("3*12+4", "40"), ("10-2-3", "5"), ("100/8", "12.5"), ("2x6", "12"), ("-5", "-5"), ("−5", "-5"),
        ("1,234.50", "1234.50"), ("18,4", "18.4"), ("1,234", "1234"), (".5", "0.5"), ("1 250", "1250"), ("3*-2", "-6"),
    ],
)  # fmt: skip
def test_numbers_and_small_sums_can_be_typed(typed, value):
    assert written.number(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["", "abc", "1+", "*3", "1/0", "12abc", "1..2", "--", "1e5", "NaN", "1_000"])
def test_what_is_no_number_is_none(typed):
    assert written.number(typed) is None


def test_a_german_desk_types_and_reads_its_own_way():
    QLocale.setDefault(QLocale("de_DE"))
    assert written.amount(Decimal("1234.5")) == "1.234,50"
    assert written.number("18,40") == Decimal("18.40")
    assert written.number("1.234,5") == Decimal("1234.5")
    assert written.number("18.40") == Decimal("18.40"), "two digits behind a dot are no thousands"
    assert written.date_from("5-2", TODAY) == date(2027, 2, 5)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+5", date(2026, 11, 28)), ("-2", date(2026, 11, 21)), ("today", TODAY), ("tom", date(2026, 11, 24)),
        ("3", date(2026, 12, 3)), ("23", TODAY), ("24", date(2026, 11, 24)), ("5-2", date(2027, 2, 5)),
        ("24/11", date(2026, 11, 24)), ("1.12.", date(2026, 12, 1)), ("5.2.27", date(2027, 2, 5)),
        ("2026-12-24", date(2026, 12, 24)), ("fri", date(2026, 11, 27)), ("monday", date(2026, 11, 30)),
        ("1-10", date(2026, 10, 1)),
    ],
)  # fmt: skip
def test_dates_can_be_typed_in_short(typed, expected):
    assert written.date_from(typed, TODAY) == expected


@pytest.mark.parametrize("typed", ["31-2", "0", "45", "1-13", "x", "mo", "", "1-2-3-4", "+12345"])
def test_what_is_no_date_is_none(typed):
    assert written.date_from(typed, TODAY) is None


@given(st.integers(-3000, 3000))
def test_a_date_that_is_shown_in_full_is_read_back(days):
    day = TODAY + timedelta(days=days)
    assert written.date_from(day.isoformat(), TODAY) == day


def test_dates_are_as_near_as_they_are():
    assert [written.day(TODAY + timedelta(days=n), TODAY) for n in (-1, 0, 1, 2, 9, 400)] == [
        "Yesterday", "Today", "Tomorrow", "Wed 25 Nov", "2 Dec", "28 Dec 2027",
    ]  # fmt: skip
    assert written.days_late(TODAY - timedelta(days=3), TODAY) == "3 d late"
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert written.when(now - timedelta(days=3), now) == "Fri"
    assert written.when(now - timedelta(days=30), now) == "24 Oct"
    assert ":" in written.when(now - timedelta(minutes=5), now)


def test_a_near_day_within_a_sentence_is_written_small():
    assert f"confirmed {written.day_within(TODAY, TODAY)}" == "confirmed today"
    assert written.day_within(TODAY + timedelta(days=1), TODAY) == "tomorrow"
    assert written.day_within(TODAY + timedelta(days=3), TODAY) == written.day(TODAY + timedelta(days=3), TODAY)
