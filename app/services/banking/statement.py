"""What a bank's file says, whatever its format: statements of accounts and their lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from app.errors import Invalid
from app.models.base import AMOUNT

ZERO: Final = Decimal(0)
LARGEST: Final = Decimal(10) ** 14
"""No line of a bank reaches this; a larger figure is a damaged file, and would not fit into the books."""


class StatementKind(StrEnum):
    """How final a statement is."""

    STATEMENT = "statement"  # what was booked, with balances: MT940, camt.053, OFX
    REPORT = "report"  # of the running day, without final balances: MT942, camt.052
    NOTICE = "notice"  # details of single bookings that the statement holds as well: camt.054


class Unreadable(Invalid):
    """A bank's file that cannot be taken; nothing of it was kept."""

    def __init__(self, text: str) -> None:
        super().__init__("file", f"{text} Nothing was imported.")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booking of the bank: ``amount`` in the account's currency, negative where money left.

    ``name`` and ``account`` are the other party's, ``reference`` is what the payer's side gave (structured
    reference, end-to-end id), ``text`` all that was written, ``bank_reference`` the bank's own.
    """

    booked_on: date
    value_on: date
    amount: Decimal
    name: str = ""
    account: str = ""
    reference: str = ""
    text: str = ""
    bank_reference: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of one account; balances are None where the file names none.

    ``pending`` counts what the bank announces and has not booked yet: it is left out of the lines.
    """

    kind: StatementKind
    account: str
    currency: str
    number: str
    opening: Decimal | None
    closing: Decimal | None
    lines: tuple[StatementLine, ...]
    pending: int = 0

    @property
    def gap(self) -> Decimal:
        """What opening balance and lines leave over to the closing balance; zero where one of them is not named."""
        if self.opening is None or self.closing is None:
            return ZERO
        return self.closing - self.opening - sum((line.amount for line in self.lines), ZERO)


def exact(text: str, what: str) -> Decimal:
    """Read a figure of a bank's file, written with a comma or a point before the decimals.

    Raises:
        Unreadable: it is no figure, has more decimals than money is kept with, or is beyond all measure.

    """
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise Unreadable(f"{what} is no figure: {text[:40]!r}.") from None
    if not value.is_finite() or abs(value) >= LARGEST:
        raise Unreadable(f"{what} cannot be right: {text[:40]}.")
    if value != round(value, AMOUNT):
        raise Unreadable(f"{what} has more than {AMOUNT} decimal places: {text[:40]}.")
    return value


def one_line(parts: Iterable[str | None]) -> str:
    """Join what is filled, with single spaces."""
    return " ".join(" ".join(part for part in parts if part).split())
