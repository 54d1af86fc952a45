"""Working days and hours in Rotterdam."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.services.demo.workdays import last_workday_before, moment, workdays_after


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 25), datetime(2026, 11, 25, 8, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 8, tzinfo=UTC)),  # the day before summer time
        (date(2026, 3, 29), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        (date(2026, 10, 24), datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # winter time
        (date(2027, 3, 28), datetime(2027, 3, 28, 7, tzinfo=UTC)),
    ],
)
def test_nine_in_the_morning_follows_summer_time(day: date, expected: datetime) -> None:
    assert moment(day, 9 * 60) == expected


def test_weekends_and_holidays_are_skipped() -> None:
    assert last_workday_before(date(2026, 11, 23)) == date(2026, 11, 20)
    assert last_workday_before(date(2026, 12, 28)) == date(2026, 12, 24)
    assert workdays_after(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert workdays_after(date(2026, 11, 20), -5) == date(2026, 11, 13)
    assert workdays_after(date(2026, 11, 22), 0) == date(2026, 11, 22)
