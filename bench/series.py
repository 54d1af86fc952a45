"""Demand series read from any folder of CSV files: one demand a line, or one series a line or a column."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from app.services.forecasting.history import Days, Floats, Period, buckets, period_index, period_start

ITEM: Final = ("item", "sku", "stockcode", "product", "productid", "articleid", "material", "itemid", "uniqueid", "id")
DATE: Final = ("date", "invoicedate", "orderdate", "day", "ds", "requesteddate", "week", "month")
QUANTITY: Final = ("quantity", "qty", "demand", "units", "sold", "sales", "y", "orderqty")
COST: Final = ("cost", "costprice", "costpriceeur", "unitcost", "unitprice", "price")
LEAD_TIME: Final = ("leadtime", "leadtimeweeks", "leadtimedays", "leadtimemonths", "leadtimeperiods")
MINIMUM: Final = ("minimum", "minorderqty", "moq", "minqty", "minimumquantity")
FEWEST_COLUMNS: Final = 6
DATE_FORMATS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y%m%d", "%Y-%m")
PERIOD_DAYS: Final = {Period.DAY: 1.0, Period.WEEK: 7.0, Period.MONTH: 365.25 / 12}
DEFAULT_LEAD_TIMES: Final = {Period.DAY: 14, Period.WEEK: 4, Period.MONTH: 3}


@dataclass(frozen=True, slots=True)
class Series:
    """The demand of one data set.

    Attributes:
        name: the file it came from.
        period: how long a period is.
        history: ``(series, periods)`` demand, oldest first; what was taken back is set against its own period.
        lead_times: ``(series,)`` whole periods.
        costs: ``(series,)`` of one unit, in the currency of the file; 1 where it says none.
        minimums: ``(series,)`` the least quantity of an order; 1 where the file says none.
        items: ``(series,)`` what the rows are.
    """

    name: str
    period: Period
    history: Floats
    lead_times: Floats
    costs: Floats
    minimums: Floats
    items: tuple[str, ...]


def read(folder: Path, period: Period | None = None) -> Iterator[Series]:
    """Read every CSV file below a folder, gzipped or not, that holds demand; others are passed over.

    Args:
        folder: where to look; a file may be named as well.
        period: how long a period is in files of dated demand; by default the shortest in which items sell often enough.
    """
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.csv*"))
    for file in files:
        found = _file(file, period)
        if found is not None:
            yield found


def _file(file: Path, period: Period | None) -> Series | None:
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    text = raw.decode("utf-8-sig", errors="replace")
    head = text[: text.find("\n")]
    rows = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    header = next(rows, [])
    columns = {re.sub(r"[^a-z]", "", name.lower()): place for place, name in reversed(list(enumerate(header)))}
    item, day, quantity = (_column(columns, names) for names in (ITEM, DATE, QUANTITY))
    name = file.name.removesuffix(".gz").removesuffix(".csv")
    if item is not None and day is not None and quantity is not None:
        return _long(name, [row for row in rows if row], columns, period)
    if day == 0 and len(header) > 1:
        return _columns(name, header[1:], [row for row in rows if row], period)
    numbered = [
        place for place, column in enumerate(header) if re.fullmatch(r"(?i)(latest|\D*-?\d+.*)", column.strip())
    ]
    if item is not None and len(numbered) >= FEWEST_COLUMNS:
        return _wide(name, header, numbered, [row for row in rows if row], columns)
    return None


def _column(columns: dict[str, int], names: tuple[str, ...]) -> int | None:
    return next((columns[name] for name in names if name in columns), None)


def _long(name: str, rows: list[list[str]], columns: dict[str, int], period: Period | None) -> Series | None:
    item, day, quantity = (_column(columns, names) for names in (ITEM, DATE, QUANTITY))
    assert item is not None
    assert day is not None
    assert quantity is not None
    kept = [row for row in rows if len(row) > max(item, day, quantity) and row[item] and row[day] and row[quantity]]
    if not kept:
        return None
    names = np.array([row[item] for row in kept])
    days = _days([row[day] for row in kept])
    found = _dated(name, names, days, _numbers(kept, quantity), period)
    rows_of = dict(zip(names.tolist(), kept, strict=True))
    return _with_facts(found, [rows_of[one] for one in found.items], columns)


def _columns(name: str, items: list[str], rows: list[list[str]], period: Period | None) -> Series | None:
    """Read a file whose first column is the day and whose others are one item each."""
    days = _days([row[0] for row in rows])
    values = np.array([[float(cell or 0) for cell in row[1:]] for row in rows])
    names = np.repeat(np.array(items), len(rows))
    return _dated(name, names, np.tile(days, len(items)), values.T.ravel(), period)


def _dated(name: str, names: np.ndarray, days: Days, quantities: Floats, period: Period | None) -> Series:
    """Put dated demand into buckets; a last bucket that is not over is left out."""
    chosen = period or _natural(names, days)
    last = period_index(np.array([days.max()]), chosen)
    ends = period_start(last + 1, chosen)[0] - np.timedelta64(1, "D")
    whole = last if days.max() == ends else last - 1
    found = buckets(names, days, quantities, chosen, last=period_start(whole, chosen)[0])
    history = np.maximum(found.quantities, 0.0)
    items, ones = tuple(found.items.tolist()), np.ones(len(found.items))
    return Series(name, chosen, history, ones * DEFAULT_LEAD_TIMES[chosen], ones, ones, items)


def _days(written: list[str]) -> Days:
    """Read dates in the first of ``DATE_FORMATS`` that reads them all; a time of day after them is left out."""
    texts = {text: text.strip().partition(" ")[0].partition("T")[0] for text in set(written)}
    for form in DATE_FORMATS:
        try:
            days = {text: datetime.strptime(cut, form).date() for text, cut in texts.items()}  # noqa: DTZ007 - days
        except ValueError:
            continue
        return np.array([days[text] for text in written], dtype="datetime64[D]")
    raise ValueError(f"dates like {written[0]!r} are written in none of the forms {', '.join(DATE_FORMATS)}")


def _natural(names: np.ndarray, days: Days) -> Period:
    """Choose days where an item sells on half of them, else weeks while there are a hundred, else what is longer."""
    span = (days.max() - days.min()).astype(int) + 1
    sold = len(np.unique(np.char.add(names, days.astype(str)))) / len(np.unique(names))
    if sold > span / 2:
        return Period.DAY
    return Period.MONTH if len(np.unique(days.astype("datetime64[M]"))) == len(np.unique(days)) else Period.WEEK


def _wide(
    name: str, header: list[str], places: list[int], rows: list[list[str]], columns: dict[str, int]
) -> Series | None:
    """Read a file of one item a line whose numbered columns are the periods."""
    item = _column(columns, ITEM)
    assert item is not None
    history = np.maximum([[float(row[place] or 0) for place in places] for row in rows], 0.0)
    period = _named(header[places[0]], header[places[1]])
    ones = np.ones(len(rows))
    items = tuple(row[item] for row in rows)
    return _with_facts(
        Series(name, period, history, ones * DEFAULT_LEAD_TIMES[period], ones, ones, items), rows, columns
    )


def _named(first: str, second: str) -> Period:
    """Say how long the periods of two columns on end are: by their dates, or by the letter they begin with."""
    try:
        gap = int(np.diff(_days([first, second]))[0].astype(int))
    except ValueError:
        return next((one for one in Period if first.lower().startswith(one.value[0])), Period.MONTH)
    return Period.DAY if gap < 5 else Period.WEEK if gap < 20 else Period.MONTH


def _with_facts(series: Series, rows: list[list[str]], columns: dict[str, int]) -> Series:
    lead, cost, least = (_column(columns, names) for names in (LEAD_TIME, COST, MINIMUM))
    lead_times = series.lead_times
    if lead is not None:
        name = next(name for name, place in columns.items() if place == lead and name in LEAD_TIME)
        unit = next((PERIOD_DAYS[one] for one in Period if one.value in name), PERIOD_DAYS[series.period])
        lead_times = np.maximum(np.rint(_numbers(rows, lead) * unit / PERIOD_DAYS[series.period]), 1.0)
    costs = series.costs if cost is None else _numbers(rows, cost)
    minimums = series.minimums if least is None else np.maximum(_numbers(rows, least), 0.0)
    return Series(series.name, series.period, series.history, lead_times, costs, minimums, series.items)


def _numbers(rows: list[list[str]], column: int) -> Floats:
    return np.array([float(row[column] or 0) for row in rows])
