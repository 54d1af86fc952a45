"""Periods: like is compared with like."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.analytics.spans import Choice, Days, last_months, months_back, span


def days(first, last):
    return Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("choice", "now", "before", "year_ago"),
    [
        ("last_week", ("2026-03-02", "2026-03-08"), ("2026-02-23", "2026-03-01"), ("2025-03-03", "2025-03-09")),
        ("this_month", ("2026-03-01", "2026-03-10"), ("2026-02-01", "2026-02-10"), ("2025-03-01", "2025-03-10")),
        ("last_month", ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31"), ("2025-02-01", "2025-02-28")),
        ("this_quarter", ("2026-01-01", "2026-03-10"), ("2025-10-01", "2025-12-10"), ("2025-01-01", "2025-03-10")),
        ("last_quarter", ("2025-10-01", "2025-12-31"), ("2025-07-01", "2025-09-30"), ("2024-10-01", "2024-12-31")),
        ("this_year", ("2026-01-01", "2026-03-10"), ("2025-01-01", "2025-03-10"), ("2025-01-01", "2025-03-10")),
        ("last_year", ("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31"), ("2024-01-01", "2024-12-31")),
        ("twelve_months", ("2025-04-01", "2026-03-10"), ("2024-04-01", "2025-03-10"), ("2024-04-01", "2025-03-10")),
    ],
)
def test_a_running_period_is_compared_with_as_much_of_the_others(choice, now, before, year_ago):
    found = span(Choice(choice), date(2026, 3, 10))
    assert (found.now, found.before, found.year_ago) == (days(*now), days(*before), days(*year_ago))


def test_a_whole_month_is_compared_with_whole_ones_and_the_31st_with_the_last_day():
    found = span(Choice.THIS_MONTH, date(2024, 2, 29))
    assert (found.before, found.year_ago) == (days("2024-01-01", "2024-01-31"), days("2023-02-01", "2023-02-28"))
    assert span(Choice.THIS_MONTH, date(2026, 3, 30)).before == days("2026-02-01", "2026-02-28")
    assert months_back(date(2024, 1, 31), -1) == date(2024, 2, 29)
    assert last_months(date(2026, 2, 3), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
