"""One cell of a file that is imported, as text or as the type its workbook gave it, and what can be wrong with it.

A workbook stores numbers in binary.  :func:`exact` takes the shortest decimal that names the stored
number and keeps at most 15 significant digits, which is all a spreadsheet program shows of it; from
there on every number is a Decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final, TypeAlias

Cell: TypeAlias = str | Decimal | date | bool
"""Text as it stands in the file, or a number, date (or datetime) or truth value of a workbook."""

DIGITS: Final = 15
"""Significant digits a spreadsheet program keeps of a number (IEEE 754 double, ECMA-376)."""

UNREADABLE: Final = "�"
"""Stands where a byte could not be read as text; such a cell is an error."""

FAULT: Final = "#ERROR!"
"""Stands for a workbook cell whose formula failed (#DIV/0!, #N/A, …)."""

_FIFTEEN: Final = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, or what was put right in it, in words a person can act on.

    ``column`` is the name in the file, ``field`` the key of the field it feeds, ``value`` the cell as
    it stands.  ``note`` is true when the row is kept and only changed; otherwise the row is rejected.
    """

    row: int
    column: str
    field: str
    value: str
    reason: str
    fix: str = ""
    note: bool = False

    def sentence(self) -> str:
        """Say it in one line, without the row: the column, the value, the reason and what to do."""
        place = f"{self.column}: " if self.column else ""
        return f"{place}{self.reason}" + (f" {self.fix}" if self.fix else "")


class Unclear(ValueError):
    """A text is no value of the kind that is wanted: why, and what to do about it."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


@lru_cache(maxsize=1 << 16)
def exact(number: float) -> Decimal:
    """Turn a workbook's binary number into the decimal a spreadsheet program shows for it.

    The shortest decimal that names the binary number, rounded half even to 15 significant digits
    where it needs more (0.1 + 0.2 is stored as 0.30000000000000004 and gives 0.3).
    """
    value = Decimal(repr(number))
    if not value.is_finite():
        return value
    if len(value.as_tuple().digits) > DIGITS:
        value = _FIFTEEN.plus(value)
    return plain(value)


def plain(value: Decimal) -> Decimal:
    """Drop trailing zeros after the point and any exponent: 5.0 is 5, 1E+3 is 1000."""
    whole = value.to_integral_value()
    if whole == value:
        return whole.quantize(Decimal(1), context=Context(prec=400)) if value.is_finite() else value
    return value.normalize(Context(prec=400))


def shown(cell: Cell) -> str:
    """Give the cell as people see it; dates are ISO, numbers have a point and no grouping."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return cell.isoformat()


def short(text: str, width: int = 60) -> str:
    """Cut a cell that is quoted in a sentence to ``width`` characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
