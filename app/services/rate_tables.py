"""Rate tables, zones and freight tables as text, one row a line, as they are pasted from a spreadsheet.

Columns are separated by tabs or semicolons.  A figure has a point or a comma before its decimals, and no grouping.
Weights are kilograms, to the gram; prices the company's currency.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final, TypeVar

from app.errors import Invalid
from app.services.carriers import Rate, Zone
from app.services.freight import FreightRow

T = TypeVar("T")

_FIGURE: Final = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?")
_MOST_ROWS: Final = 5_000


def rates_from(text: str) -> list[Rate]:
    """Read ``above kg; price; zone; per kg`` lines, the last two may be left out.

    Raises:
        Invalid: a line cannot be read; the text says which and why.

    """
    return _rows(text, "rates", _rate)


def zones_from(text: str) -> list[Zone]:
    """Read ``zone; country; postcode from; postcode to`` lines, the last two may be left out.

    Raises:
        Invalid: a line cannot be read; the text says which and why.

    """
    return _rows(text, "zones", _zone)


def freight_from(text: str) -> list[FreightRow]:
    """Read ``above kg; price; country`` lines, the last may be left out.

    Raises:
        Invalid: a line cannot be read; the text says which and why.

    """
    return _rows(text, "rows", _freight)


def rates_text(rates: Iterable[Rate]) -> str:
    """Write a rate table as :func:`rates_from` reads it."""
    return "\n".join(_line(_kg(one.above_g), f"{one.price:f}", one.zone, f"{one.per_kg:f}") for one in rates)


def zones_text(zones: Iterable[Zone]) -> str:
    """Write zones as :func:`zones_from` reads them."""
    return "\n".join(_line(one.zone, one.country, one.postcode_from, one.postcode_to) for one in zones)


def freight_text(rows: Iterable[FreightRow]) -> str:
    """Write a freight table as :func:`freight_from` reads it."""
    return "\n".join(_line(_kg(one.above_g), f"{one.price:f}", one.country) for one in rows)


def kilograms_from(text: str) -> int:
    """Read a weight in kilograms as grams.

    Raises:
        Invalid: it is no weight to the gram.

    """
    grams = _figure(text, "weight") * 1000
    if grams != grams.to_integral_value():
        raise Invalid("weight", f"{text} kg is finer than a gram.")
    return int(grams)


def _rows(text: str, field: str, read: Callable[[Sequence[str]], T]) -> list[T]:
    found: list[T] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if len(found) == _MOST_ROWS:
            raise Invalid(field, f"A table has at most {_MOST_ROWS} rows.")
        cells = [cell.strip() for cell in re.split(r"[\t;]", line)]
        try:
            found.append(read(cells))
        except Invalid as error:
            raise Invalid(field, f"Row {number}: {error}") from error
    return found


def _rate(cells: Sequence[str]) -> Rate:
    above, price, zone, per_kg = _filled(cells, 2, 4)
    return Rate(kilograms_from(above), _figure(price, "price"), zone, _figure(per_kg or "0", "price"))


def _zone(cells: Sequence[str]) -> Zone:
    zone, country, first, last = _filled(cells, 2, 4)
    return Zone(zone, country.upper(), first, last)


def _freight(cells: Sequence[str]) -> FreightRow:
    above, price, country = _filled(cells, 2, 3)
    return FreightRow(kilograms_from(above), _figure(price, "price"), country.upper())


def _filled(cells: Sequence[str], least: int, most: int) -> list[str]:
    if not least <= len(cells) <= most:
        raise Invalid("row", f"it has {len(cells)} columns, {least} to {most} are expected.")
    return [*cells, *([""] * (most - len(cells)))]


def _figure(text: str, field: str) -> Decimal:
    if not _FIGURE.fullmatch(text):
        raise Invalid(field, f"“{text}” is no figure. Write it like 12.50, without grouping.")
    return Decimal(text.replace(",", "."))


def _kg(grams: int) -> str:
    return f"{(Decimal(grams) / 1000).normalize():f}"


def _line(*cells: str) -> str:
    return "; ".join(cells).rstrip("; ")
