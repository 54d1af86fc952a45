"""Dates as people and programs write them: in which order day, month and year stand, and the date of a text."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.services.imports.cells import Unclear
from app.services.imports.findings import Finding

YEAR_FIRST: Final = "year-month-day"
DAY_FIRST: Final = "day-month-year"
MONTH_FIRST: Final = "month-day-year"
SERIAL: Final = "serial day"
EITHER: Final = "?"
"""Day or month may stand first: no text of the column tells."""

ORDERS: Final = (YEAR_FIRST, DAY_FIRST, MONTH_FIRST, SERIAL)

_CLOCK: Final = r"[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]{1,9})?)?"
_TIME: Final = rf"(?:[T ,]+{_CLOCK}\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[-+][0-9]{{2}}:?[0-9]{{2}})?)?"
_WEEKDAY: Final = r"(?:[A-Za-zä]{2,10}\.?,?\s+)?"
_DIGITS: Final = re.compile(rf"{_WEEKDAY}([0-9]{{1,4}})\s*([./\-\s])\s*([0-9]{{1,2}})\s*\2\s*([0-9]{{1,4}})\.?{_TIME}")
_NAMED: Final = re.compile(
    rf"{_WEEKDAY}([0-9]{{1,4}})(?:st|nd|rd|th)?[.\-/\s]*([^\W\d]{{3,9}})\.?[,.\-/\s]*([0-9]{{1,4}}){_TIME}"
)
_NAME_FIRST: Final = re.compile(
    rf"{_WEEKDAY}([^\W\d]{{3,9}})\.?\s*([0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+([0-9]{{4}}){_TIME}"
)
_SHORT_DASHED: Final = re.compile(r"([0-9]{2})-(?:0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_COMPACT: Final = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_SERIAL: Final = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")
_SERIAL_FROM, _SERIAL_TO = 18_264, 73_415  # 1950-01-01 to 2100-12-31
_EPOCH: Final = date(1899, 12, 30)  # day 0 of the 1900 date system, from 1 March 1900 on (ECMA-376 part 1, 18.17.4.1)

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jän jänner",
            "feb february februar feber",
            "mar march mär märz mrz maerz",
            "apr april",
            "may mai",
            "jun june juni",
            "jul july juli",
            "aug august",
            "sep sept september",
            "oct october okt oktober",
            "nov november",
            "dec december dez dezember",
        ),
        start=1,
    )
    for name in names.split()
}

_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and a sentence where it differs from what stands in the file."""

    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The three numbers of a date as they stand, and which order they allow."""

    first: int
    second: int
    third: int
    order: str  # EITHER where the text does not tell
    why: str
    short: bool  # the year has two digits


def looks_dated(text: str) -> bool:
    """Tell whether the text could be a date."""
    return _parts(text) is not None


def detect(values: Mapping[str, int]) -> Finding | None:
    """Find the order of day and month in a column from its different texts (each with its first row).

    Gives None unless half of the texts look like dates.
    """
    read = {text: (parts, row) for text, row in values.items() if (parts := _parts(text))}
    if not read or len(read) * 2 < len(values):
        return None
    votes: dict[str, str] = {}
    for text, (parts, row) in read.items():
        if parts.order not in votes:
            votes[parts.order] = f"“{text.strip()}” in row {row:,} {parts.why}"
    orders = [order for order in votes if order != EITHER]
    if orders == [DAY_FIRST] and (found := _year_or_day(list(read))):
        return found
    if len(orders) == 1:
        return Finding("date", orders[0], votes[orders[0]], sure=True, choices=ORDERS)
    if orders:
        counts = {order: sum(parts.order == order for parts, _ in read.values()) for order in orders}
        best = max(orders, key=lambda order: counts[order])
        evidence = "the dates are written in different orders: " + " but ".join(votes[order] for order in orders)
        return Finding("date", best, evidence, sure=False, choices=ORDERS)
    return Finding("date", EITHER, f"{votes[EITHER]}; no other date tells", sure=False, choices=ORDERS)


def _year_or_day(texts: list[str]) -> Finding | None:
    """Look at dates such as 26-11-24, which may begin with the year: what changes least is taken for it, unsurely."""
    found = [_SHORT_DASHED.fullmatch(text.strip()) for text in texts]
    parts = [match.groups() for match in found if match]
    if len(parts) < len(texts):
        return None
    first, last = {a for a, _ in parts}, {b for _, b in parts}
    if len(last) < len(first):
        return None  # days before years, as most write them
    order = YEAR_FIRST if len(first) < len(last) else DAY_FIRST
    evidence = f"“{texts[0].strip()}” can begin with the year or the day"
    return Finding("date", order, evidence, sure=False, choices=ORDERS)


def detect_serial(values: Mapping[str, int]) -> bool:
    """Tell whether all texts are day numbers of a spreadsheet program (1950 to 2100)."""
    return bool(values) and all(_is_serial(text.strip()) for text in values)


def parse(text: str, order: str) -> Day:
    """Give the date of a text such as ``24.11.26``, ``11/24/2026 4:05 PM`` or ``24 Nov 2026``; a time is dropped.

    A two-digit year is 1970 to 2069.  A 29th, 30th or 31st that its month does not have becomes the
    month's last day, with a note.

    Raises:
        Unclear: it is no date, or day and month may be exchanged.

    """
    body = text.strip()
    if len(body) >= 10 and body[4] == "-" and body[7] == "-" and order in {YEAR_FIRST, EITHER}:  # ISO, the fast way
        try:
            return Day(date.fromisoformat(body[:10])) if len(body) == 10 or body[10] in "T " else _slowly(body, order)
        except ValueError:
            return _slowly(body, order)
    return _slowly(body, order)


def from_serial(number: Decimal) -> Day:
    """Give the date of a day number of a spreadsheet program (1900 date system); the time is dropped.

    Raises:
        Unclear: the number is outside 1950 to 2100.

    """
    if not _SERIAL_FROM <= number <= _SERIAL_TO:
        raise Unclear(f"“{number:f}” is a number, not a date.", "Write the date as 2026-11-24.")
    on = _EPOCH + timedelta(days=int(number))
    return Day(on, f"day number {number:f} read as {on.isoformat()}")


def written(on: date) -> str:
    """Give the date as it stands in sentences: 24 Nov 2026, whatever the machine's language."""
    return f"{on.day} {_NAMES[on.month - 1]} {on.year}"


def _slowly(text: str, order: str) -> Day:
    parts = _parts(text)
    if parts is None:
        if _is_serial(text):
            return from_serial(Decimal(text.replace(",", ".")))
        raise Unclear(f"“{text}” is no date.", "Write it as 2026-11-24.")
    stated = _stated(text, parts, order)
    year, month, day = {
        YEAR_FIRST: (parts.first, parts.second, parts.third),
        DAY_FIRST: (parts.third, parts.second, parts.first),
        MONTH_FIRST: (parts.third, parts.first, parts.second),
    }[stated]
    return _day(text, _century(year) if parts.short else year, month, day)


def _stated(text: str, parts: _Parts, order: str) -> str:
    """Decide the order for one text: its own where it tells, else the column's; a clash is refused."""
    if parts.order == YEAR_FIRST or (order == YEAR_FIRST and parts.short):
        return YEAR_FIRST
    if parts.order == EITHER:
        if parts.first == parts.second:
            return DAY_FIRST
        if order in {DAY_FIRST, MONTH_FIRST}:
            return order
        raise Unclear(f"“{text}” can mean {_names(parts)}.", "Say whether day or month stands first in this column.")
    if order in {DAY_FIRST, MONTH_FIRST} and parts.order != order:
        raise Unclear(f"“{text}” is no date with the order {order}.", "Write it in the order of the other dates.")
    return parts.order


def _day(text: str, year: int, month: int, day: int) -> Day:
    if not (1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year <= 2200):
        raise Unclear(f"“{text}” does not exist.", "Correct day, month and year.")
    last = monthrange(year, month)[1]
    if day <= last:
        return Day(date(year, month, day))
    on = date(year, month, last)
    return Day(on, f"“{text}” does not exist, set to {written(on)}")


def _parts(text: str) -> _Parts | None:
    body = text.strip()
    if found := _DIGITS.fullmatch(body):
        return _ordered(found.group(1), found.group(2), found.group(3), found.group(4))
    if found := _NAMED.fullmatch(body):
        month = _MONTHS.get(found.group(2).casefold())
        if month:
            return _named(found.group(1), month, found.group(3))
    if (found := _NAME_FIRST.fullmatch(body)) and (month := _MONTHS.get(found.group(1).casefold())):
        return _Parts(int(found.group(3)), month, int(found.group(2)), YEAR_FIRST, "names the month", short=False)
    if found := _COMPACT.fullmatch(body):
        first, second, third = (int(part) for part in found.groups())
        return _Parts(first, second, third, YEAR_FIRST, "begins with the year", short=False)
    return None


def _named(first: str, month: int, last: str) -> _Parts | None:
    if len(first) == 4 and len(last) <= 2:
        return _Parts(int(first), month, int(last), YEAR_FIRST, "names the month", short=False)
    if len(first) > 2 or len(last) == 3:
        return None
    year = _century(int(last)) if len(last) <= 2 else int(last)
    return _Parts(year, month, int(first), YEAR_FIRST, "names the month", short=False)


def _ordered(first: str, separator: str, second: str, third: str) -> _Parts | None:
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4 and len(third) <= 2:
        return _Parts(a, b, c, YEAR_FIRST, "begins with the year", short=False)
    if len(first) > 2 or len(third) not in {2, 4} or b > 31:
        return None
    short = len(third) == 2
    if a > 31:
        return _Parts(a, b, c, YEAR_FIRST, f"begins with {a}, a year", short=True) if short and b <= 12 else None
    if a > 12 and b > 12:
        return None
    order, why = _day_or_month(a, b, separator)
    return _Parts(a, b, c, order, why, short)


def _day_or_month(a: int, b: int, separator: str) -> tuple[str, str]:
    if a > 12:
        return DAY_FIRST, f"has no month {a}, so the day stands first"
    if b > 12:
        return MONTH_FIRST, f"has no month {b}, so the month stands first"
    if separator == ".":
        return DAY_FIRST, "has points, which are written with the day first"
    return EITHER, "has the same day and month" if a == b else "can have day or month first"


def _century(year: int) -> int:
    return 1900 + year if year >= 70 else 2000 + year


def _names(parts: _Parts) -> str:
    year = _century(parts.third) if parts.short else parts.third
    found = [date(year, month, day) for month, day in ((parts.second, parts.first), (parts.first, parts.second))]
    return " or ".join(written(on) for on in found)


def _is_serial(text: str) -> bool:
    return bool(_SERIAL.fullmatch(text)) and _SERIAL_FROM <= Decimal(text.replace(",", ".")) <= _SERIAL_TO
