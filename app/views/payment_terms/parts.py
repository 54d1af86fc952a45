"""Parts of payment terms as people type and read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from app.errors import Invalid
from app.models import payment_terms as rules
from app.models.payment_terms import After, Part, ShareOf
from app.views import format as written
from app.views.format import tr
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

COLUMNS: Final = (
    TypedColumn("share", "Share", 120, stretch=True),
    TypedColumn("months", "Months", 70, right=True),
    TypedColumn("set_day", "On the", 70, right=True),
    TypedColumn("days", "Days", 70, right=True),
    TypedColumn("end", "Month's end", 96),
    TypedColumn("days_after", "Then days", 84, right=True),
)
EXAMPLE: Final = Decimal(1000)
"""What terms are shown on: a round amount of any currency."""
_YES: Final = frozenset({"x", "y", "yes", "1", "true"})


def read(table: TypedTable) -> tuple[Part, ...]:
    """Read the parts that were typed, and mark the cell that cannot be read.

    Raises:
        Invalid: a cell cannot be read, or the parts are no payment terms.

    """
    found = []
    for place, row in table.texts():
        share, figure = _share(table, place, row.get("share", ""))
        months, day, days, then = (
            _whole(table, place, row, name) for name in ("months", "set_day", "days", "days_after")
        )
        found.append(Part(share, figure, After(months, day, days, row.get("end", "").lower() in _YES, then)))
    if reason := table.first_error():
        raise Invalid("parts", reason)
    rules.check(found)
    return tuple(found)


def texts(part: Part) -> Texts:
    """Write a part as it is typed."""
    after = part.after
    numbers = {"months": after.months, "set_day": after.set_day, "days": after.days, "days_after": after.days_after}
    cells = {name: str(number) if number else "" for name, number in numbers.items()}
    return {"share": share_words(part), "end": "x" if after.end_of_month else "", **cells}


def share_words(part: Part) -> str:
    """Name a share: ``30 %``, ``25 % of the rest``, ``100.00``, ``rest``."""
    if part.share is ShareOf.ALL_REST:
        return tr("rest")
    if part.share is ShareOf.FIXED:
        return written.amount(part.figure)
    percent = written.percent(part.figure)
    return percent if part.share is ShareOf.TOTAL else tr("{} of the rest").format(percent)


def words(parts: Sequence[Part], on: date) -> str:
    """Say when how much of an example is due, invoiced on a day."""
    found = rules.instalments(EXAMPLE, parts, on, 2)
    said = [f"{written.amount(one.amount)} {written.full_day(one.due_on)}" for one in found]
    return " · ".join(said)


def _share(table: TypedTable, place: int, typed: str) -> tuple[ShareOf, Decimal]:
    plain = typed.strip().lower()
    table.mark(place, "share", "")
    if plain in {"", "rest", tr("rest"), "remainder"}:
        return ShareOf.ALL_REST, Decimal(0)
    kind = ShareOf.FIXED
    if "%" in plain:
        kind = ShareOf.REST if "rest" in plain else ShareOf.TOTAL
        plain = plain.split("%")[0]
    value = written.number(plain)
    if value is None or value <= 0:
        table.mark(place, "share", tr("Type a share such as 30 %, an amount such as 100.00, or rest."))
        return ShareOf.ALL_REST, Decimal(0)
    return kind, value


def _whole(table: TypedTable, place: int, row: Texts, column: str) -> int:
    typed = row.get(column, "").strip()
    wrong = bool(typed) and not typed.lstrip("-").isdigit()
    table.mark(place, column, tr("“{}” is no whole number.").format(typed) if wrong else "")
    return int(typed) if typed and not wrong else 0
