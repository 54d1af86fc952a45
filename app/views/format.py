"""Numbers, money and dates as people write them, by the locale in force, and back; exact both ways."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from app.models.product import shown
from app.services import unit_words

MINUS: Final = "−"
_SUM: Final = re.compile(r"[+\-*/]")
_WEEKDAY_DAYS: Final = 7
_DATE: Final = re.compile(r"(\d{1,4})(?:[.\-/ ](\d{1,2})(?:[.\-/ ](\d{1,4}))?)?[.]?")


def tr(text: str) -> str:
    """Translate ``text`` of this module."""
    return QCoreApplication.translate("format", text)


# numbers ---------------------------------------------------------------------------------------------


def amount(value: Decimal, decimals: int = 2) -> str:
    """``−1,234.50``: grouped, with a true minus; ``decimals`` is the currency's (never rounds away digits)."""
    kept = max(decimals, -_exponent(value.normalize()))
    return _grouped(value, kept)


def quantity(value: Decimal) -> str:
    """``2,500`` or ``0.75``: grouped, without needless zeros."""
    return _grouped(value, max(0, -_exponent(value.normalize())))


def measured(value: Decimal | Fraction, unit: str) -> str:
    """``6 units``, ``1 unit``, ``2.5 kg``: a quantity with its unit in the number it asks for."""
    text = shown(value) if isinstance(value, Fraction) else quantity(value)
    return f"{text} {unit_words.of(unit, value)}".strip()


def percent(value: Decimal) -> str:
    """A rate of 0…1 as ``21 %``."""
    return f"{quantity(value * 100)} %"


def money(value: Decimal, currency: str, decimals: int = 2) -> str:
    """``412,806.90 EUR``."""
    return f"{amount(value, decimals)} {currency}".strip()


def counted(count: int, one: str, many: str) -> str:
    """``1 line``, or ``1,200 lines``: ``one`` as it is, or ``many`` with the number; both in the user's language."""
    return one if count == 1 else many.format(quantity(Decimal(count)))


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "a number on screen is finite"
    return exponent


def _grouped(value: Decimal, decimals: int) -> str:
    locale = QLocale()
    whole, _, rest = f"{abs(value):.{decimals}f}".partition(".")
    separator = locale.groupSeparator()
    grouped = f"{int(whole):,}".replace(",", separator)
    sign = MINUS if value < 0 else ""
    return f"{sign}{grouped}{locale.decimalPoint()}{rest}" if rest else f"{sign}{grouped}"


def number(text: str) -> Decimal | None:
    """Read a number as typed, also a small sum (``3*12+4``); None if it is none.

    The locale's own decimal sign counts; where the text has only the other one (``.`` or ``,``) with
    other than three digits behind, that is taken for the decimal sign too.
    """
    cleaned = text.replace(MINUS, "-").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if not cleaned:
        return None
    try:
        return _sum(cleaned)
    except (InvalidOperation, ZeroDivisionError, ValueError):
        return None


def _sum(text: str) -> Decimal:
    terms = re.split(r"(?<=[\d.,])([+\-])", text)
    total = _product(terms[0])
    for sign, term in zip(terms[1::2], terms[2::2], strict=True):
        total = total + _product(term) if sign == "+" else total - _product(term)
    return total


def _product(text: str) -> Decimal:
    factors = re.split(r"([*x/])", text)
    result = _one(factors[0])
    for sign, factor in zip(factors[1::2], factors[2::2], strict=True):
        result = result / _one(factor) if sign == "/" else result * _one(factor)
    return result


def _one(text: str) -> Decimal:
    point, separator = QLocale().decimalPoint(), QLocale().groupSeparator()
    if point in text:
        plain = text.replace(separator, "").replace(point, ".")
    else:
        other = "," if point == "." else "."
        head, _, tail = text.rpartition(other)
        grouping = (other == separator and len(tail) == len("000")) or not head
        plain = text.replace(other, "") if grouping else f"{head.replace(other, '')}.{tail}"
    if not re.fullmatch(r"-?\d*\.?\d*", plain):
        raise ValueError(text)
    return Decimal(plain)


# dates -----------------------------------------------------------------------------------------------


def day(value: date, today: date) -> str:
    """``Today``, ``Tomorrow``, ``Wed 25 Nov``, ``2 Dec``, ``2 Dec 2027``: as near as the date is."""
    ahead = (value - today).days
    names = {-1: tr("Yesterday"), 0: tr("Today"), 1: tr("Tomorrow")}
    if ahead in names:
        return names[ahead]
    if 0 < ahead < _WEEKDAY_DAYS:
        return _cldr(value, "ddd d MMM")
    return _cldr(value, "d MMM" if value.year == today.year else "d MMM yyyy")


def day_within(value: date, today: date) -> str:
    """As :func:`day`, within a sentence: ``confirmed today``."""
    near = abs((value - today).days) <= 1
    return day(value, today).lower() if near else day(value, today)


def full_day(value: date) -> str:
    """``Tue 24 Nov 2026``."""
    return _cldr(value, "ddd d MMM yyyy")


def short_day(value: date) -> str:
    """``24 Nov``: where the year goes without saying."""
    return _cldr(value, "d MMM")


def month(value: date) -> str:
    """``Nov``."""
    return _cldr(value, "MMM")


def days_late(value: date, today: date) -> str:
    """``3 d late``."""
    return tr("{} d late").format((today - value).days)


def when(value: datetime, now: datetime) -> str:
    """A moment in a timeline, at this desk's clock: ``10:42`` today, ``Fri`` this week, else ``19 Nov``."""
    local, here = value.astimezone(), now.astimezone()
    behind = (here.date() - local.date()).days
    if not behind:
        return f"{local:%H:%M}"
    if 0 < behind < _WEEKDAY_DAYS:
        return _cldr(local.date(), "ddd")
    return _cldr(local.date(), "d MMM" if local.year == here.year else "d MMM yyyy")


def moment(value: datetime) -> str:
    """``Tue 24 Nov 2026 10:42`` at this desk's clock."""
    local = value.astimezone()
    return f"{full_day(local.date())} {local:%H:%M}"


def _cldr(value: date, pattern: str) -> str:
    return QLocale().toString(QDate(value.year, value.month, value.day), pattern)


def date_from(text: str, today: date) -> date | None:
    """Read a date as people type it; None if it is none.

    ``+5`` in five days, ``-2`` two days ago, ``3`` the next 3rd, ``5-2`` by the locale's order of day and
    month, ``5.2.27`` with the year, ``2026-11-24`` ISO, and ``today``, ``tomorrow``, a weekday's name.
    """
    typed = text.strip().lower()
    if re.fullmatch(r"[+\-]\d{1,4}", typed):
        return today + timedelta(days=int(typed))
    named = _named_day(typed, today)
    if named is not None:
        return named
    match = _DATE.fullmatch(typed)
    if match is None:
        return None
    try:
        return _from_parts([int(part) for part in match.groups() if part], today)
    except ValueError:
        return None


def _named_day(typed: str, today: date) -> date | None:
    names = {tr("Today").lower(): 0, tr("Tomorrow").lower(): 1, tr("Yesterday").lower(): -1}
    if len(typed) < len("mon"):
        return None
    for name, ahead in names.items():
        if name.startswith(typed):
            return today + timedelta(days=ahead)
    for number_of_day in range(1, 8):
        if QLocale().dayName(number_of_day).lower().startswith(typed):
            return today + timedelta(days=(number_of_day - today.isoweekday() - 1) % 7 + 1)
    return None


def _from_parts(parts: list[int], today: date) -> date:
    if len(parts) == 1:
        return _next_day_of_month(parts[0], today)
    if parts[0] > 31 and len(parts) == 3:  # ISO: year first
        return date(parts[0], parts[1], parts[2])
    order = QLocale().dateFormat(QLocale.FormatType.ShortFormat).lower()
    day_first = order.find("d") < order.find("m")
    day_number, month = (parts[0], parts[1]) if day_first else (parts[1], parts[0])
    if len(parts) == 3:
        year = parts[2] if parts[2] > 99 else 2000 + parts[2]
        return date(year, month, day_number)
    this_year = date(today.year, month, day_number)
    half_a_year = timedelta(days=183)
    if this_year < today - half_a_year:
        return date(today.year + 1, month, day_number)
    return this_year


def _next_day_of_month(number_of_day: int, today: date) -> date:
    year, month = today.year, today.month
    if number_of_day < today.day:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, number_of_day)
