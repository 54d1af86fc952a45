"""The figures of the last week or month as a PDF, saved in a folder: by hand, when a day begins, or by a scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from app.errors import Invalid
from app.models.figures import Dimension
from app.models.rounding import Rounding, round_decimals
from app.services import companies
from app.services.analytics import (
    inventory_figures,
    operations_figures,
    receivable_figures,
    sales_figures,
    sales_sums,
)
from app.services.analytics.sales_figures import MemberSales
from app.services.analytics.spans import Choice, Days, Span, span
from app.services.database import Database
from app.services.progress import Progress

LISTED: Final = 15
"""So many rows a table of the paper has at most."""
DASH: Final = "-"


class Often(StrEnum):
    """How often the figures are saved."""

    WEEKLY = "week"
    MONTHLY = "month"


CHOICES: Final = {Often.WEEKLY: Choice.LAST_WEEK, Often.MONTHLY: Choice.LAST_MONTH}


@dataclass(frozen=True, slots=True)
class Made:
    """A paper that was made: what its file is called, and its bytes."""

    file_name: str
    pdf: bytes


def name_of(often: Often, today: date) -> str:
    """Name the last whole week or month as seen on a day: ``2026-W47`` (ISO 8601), ``2026-10``."""
    first = span(CHOICES[often], today).now.first
    year, week, _ = first.isocalendar()
    return f"{year}-W{week:02}" if often is Often.WEEKLY else f"{first:%Y-%m}"


def save(database: Database, often: Often, folder: Path, now: datetime, progress: Progress) -> Path:
    """Make the paper of the last whole week or month and save it; give the file.

    ``now`` has the time zone of the desk.  A file of that name, e.g. of a first try, is written anew.

    Raises:
        Invalid: the folder is not there, or the file cannot be written.
        Cancelled: the user stopped it; no file is left.

    """
    if not folder.is_dir():
        raise Invalid("folder", f"There is no folder {folder}. Choose another one, or make it; nothing was saved.")
    sales_sums.keep_up(database, progress)
    made = database.read(partial(make, often=often, now=now))
    path = folder / made.file_name
    writing = path.with_name(f"{path.name}.writing")
    try:
        writing.write_bytes(made.pdf)
        writing.replace(path)
    except OSError as error:
        raise Invalid("folder", f"{path} cannot be written: {error.strerror}. Choose another folder.") from error
    return path


def make(connection: Connection, *, often: Often, now: datetime) -> Made:
    """Make the paper of the last whole week or month."""
    today = now.date()
    asked = span(CHOICES[often], today)
    ours = companies.get(connection)
    place = " ".join(part for part in (ours.postal_code, ours.city) if part)
    address = tuple(line for line in (*ours.street.split("\n"), place, ours.country) if line.strip())
    paper: Any = import_module("app.services.documents.figures")
    words: Any = import_module("app.services.documents.paper_locale").paper_locale(ours.language)
    sections = (
        _sales(connection, paper, words, asked),
        _operations(connection, paper, words, asked, now),
        _receivables(connection, paper, words, today),
        _inventory(connection, paper, words, now),
    )
    name = name_of(often, today)
    facts = (
        ("Days", _days(words, asked.now)),
        ("Compared with", _days(words, asked.before)),
        ("Currency", ours.currency),
    )
    company = paper.Company(name=ours.name, address=address)
    pdf: bytes = paper.build(paper.Figures(f"Figures {name}", company, facts, sections, ours.language))
    return Made(f"{_file_words(ours.name)} figures {name}.pdf", pdf)


def _file_words(text: str) -> str:
    """Give a name as file systems take it."""
    return " ".join("".join(" " if letter in '\\/:*?"<>|' else letter for letter in text).split())[:60].strip(". ")


def _sales(connection: Connection, paper: Any, words: Any, asked: Span) -> Any:
    found = sales_figures.read(connection, asked, Dimension.CUSTOMER)
    products = sales_figures.read(connection, asked, Dimension.PRODUCT)
    left = sales_figures.margin(found.now)
    facts = (
        ("Revenue", _amount(words, found.now.revenue)),
        ("Period before", _amount(words, found.before.revenue)),
        ("Year before", _amount(words, found.year_ago.revenue)),
        ("Gross profit", DASH if left is None else _amount(words, left.left)),
        ("Margin", DASH if left is None or left.percent is None else f"{left.percent} %"),
    )
    rows = [("Customer", *_member(words, row)) for row in found.rows[:LISTED]]
    rows += [("Product", *_member(words, row)) for row in products.rows[:LISTED]]
    return paper.FiguresSection(
        "Sales",
        facts,
        _columns(paper, ("By", "Name"), ("Revenue", "Period before", "Year before", "Gross profit")),
        rows,
    )


def _member(words: Any, row: MemberSales) -> tuple[str, ...]:
    left = sales_figures.margin(row.now)
    amounts = (row.now.revenue, row.before.revenue, row.year_ago.revenue)
    profit = DASH if left is None else _amount(words, left.left)
    return (
        "All others" if row.member is None else row.name or "(none)",
        *(_amount(words, one) for one in amounts),
        profit,
    )


def _operations(connection: Connection, paper: Any, words: Any, asked: Span, now: datetime) -> Any:
    found = operations_figures.read(connection, asked, now)
    lines, full = found.picked
    facts = (
        ("On time in full", _percent(found.on_time)),
        ("Period before", _percent(found.on_time_before)),
        ("Backlog", _amount(words, found.open_value)),
        ("Open orders", str(found.open_orders)),
        ("Lines picked", str(lines)),
        ("Found in full", _percent(Fraction(full, lines) if lines else None)),
        ("Returns", f"{found.returned} of {found.shipped}"),
    )
    rows = [
        (one.name or "(none)", str(one.lines), str(one.days), _tenth(one.per_day)) for one in found.pickers[:LISTED]
    ]
    return paper.FiguresSection(
        "Operations", facts, _columns(paper, ("Picked by",), ("Lines", "Days", "Lines a day")), rows
    )


def _receivables(connection: Connection, paper: Any, words: Any, today: date) -> Any:
    found = receivable_figures.read(connection, today)
    days = found.days[-1]
    facts = (
        ("Receivables", _amount(words, found.held)),
        ("Overdue", _amount(words, found.overdue)),
        ("Days sales outstanding", DASH if days is None else _tenth(days)),
    )
    rows = [
        (one.customer, one.currency, *(_amount(words, part) for part in (*one.classes, one.total)))
        for one in found.rows[:LISTED]
    ]
    numbers = ("Not due", "1-30", "31-60", "61-90", "Over 90", "Total")
    columns = _columns(paper, ("Customer", "Currency"), numbers, stretch=0)
    return paper.FiguresSection("Receivables", facts, columns, rows)


def _inventory(connection: Connection, paper: Any, words: Any, now: datetime) -> Any:
    found = inventory_figures.read(connection, now)
    dead = sum((one.value for one in found.dead), Decimal(0))
    facts = (
        ("Stock value", _amount(words, found.value)),
        ("Turns a year", DASH if found.turns is None else _tenth(found.turns)),
        ("Cover, days", DASH if found.cover is None else _tenth(found.cover)),
        ("Dead stock", _amount(words, dead)),
    )
    rows = [(one.sku, one.name, _amount(words, one.value)) for one in found.dead[:LISTED]]
    return paper.FiguresSection(
        "Inventory: what did not sell in twelve months", facts, _columns(paper, ("SKU", "Product"), ("Value",)), rows
    )


def _columns(paper: Any, texts: Sequence[str], numbers: Sequence[str], stretch: int = -1) -> tuple[Any, ...]:
    wide = texts[stretch]
    return (
        *(paper.ReportColumn(one, right=False, stretch=one == wide) for one in texts),
        *(paper.ReportColumn(one, right=True) for one in numbers),
    )


def _days(words: Any, days: Days) -> str:
    return f"{words.date(days.first)} - {words.date(days.last)}"


def _amount(words: Any, value: Decimal) -> str:
    said: str = words.number(value, 2)
    return said


def _percent(rate: Fraction | None) -> str:
    return DASH if rate is None else f"{_tenth(rate * 100)} %"


def _tenth(value: Fraction) -> str:
    return str(round_decimals(value, 1, Rounding.HALF_UP))
