"""Reminders of what is overdue: levels, what a letter asks for, fees and interest.

What is reminded is a *claim*: what is due of one invoice on one day, an instalment or all of it.  A claim climbs the
levels one at a time.  A run drafts the letters of a day, sends them, and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final

from sqlalchemy import Boolean, Column, Date, Integer, String, Text

from app.errors import Invalid
from app.models.base import PRICE, DataClass, Exact, amount, key, reference, table
from app.models.lines import document_columns, original_columns
from app.models.rounding import Rounding, round_decimals

ZERO: Final = Decimal(0)
YEAR_DAYS: Final = 365
"""Days of a year that interest counts, leap years as well; see docs/decisions/0166."""
MOST_LEVELS: Final = 9


class Charges(StrEnum):
    """What becomes of the fee and the interest of a letter that is sent."""

    POSTED = "posted"  # an invoice of their own: they stay open until they are paid or credited
    ASKED = "asked"  # printed only; they are owed as long as the claim is


class RunState(StrEnum):
    """Where a run of reminders, each of its letters and each reminder stands."""

    DRAFT = "draft"
    SENT = "sent"
    UNDONE = "undone"  # called off as a draft, or taken back after it was sent


class Why(StrEnum):
    """What a run does with a claim, and why."""

    DUE = "due"  # it is reminded, at the next level
    EARLY = "early"  # the next level's days have not passed
    DRAFTED = "drafted"  # a letter is drafted and not sent
    BLOCKED = "blocked"  # this document is not to be reminded of
    CUSTOMER_BLOCKED = "customer_blocked"  # this customer is not to be reminded
    DISPUTED = "disputed"  # all of it is disputed
    LAST = "last"  # the last level was sent


@dataclass(frozen=True, slots=True)
class Level:
    """A level: how many days after the due day, what it costs (in the company's currency; per cent a year), its text.

    ``blocks``: nothing leaves for the customer while what was reminded at this level is open.
    """

    days: int
    name: str
    fee: Decimal = ZERO
    interest_percent: Decimal = ZERO
    text: str = ""
    blocks: bool = False


def check(levels: Sequence[Level]) -> None:
    """Refuse what are no levels.

    Raises:
        Invalid: there are too many, their days do not grow, one has no name, or a figure is below zero.

    """
    if len(levels) > MOST_LEVELS:
        raise Invalid("levels", f"At most {MOST_LEVELS} levels are possible.")
    before = -1
    for place, level in enumerate(levels, 1):
        if level.days <= before:
            raise Invalid("days", f"Level {place} comes after more days than the one before it, at least 0.")
        if not level.name.strip() or len(level.name) > 60:
            raise Invalid("name", f"Level {place} needs a name of at most 60 letters; its letters bear it.")
        if level.fee < 0 or not 0 <= level.interest_percent <= 100:
            raise Invalid("fee", f"Level {place}: fee and interest are not below zero, interest is at most 100 %.")
        before = level.days


def next_level(levels: Sequence[Level], reached: int, days_overdue: int) -> int:
    """Give the level (from 1) a claim at level ``reached`` (0: never reminded) goes to, or 0 where it stays.

    One level at a time: who was never reminded gets the first letter, however late it is.
    """
    following = reached + 1
    if following <= len(levels) and days_overdue >= levels[following - 1].days:
        return following
    return 0


def interest(
    stretches: Iterable[tuple[Decimal, int]], percent: Decimal, decimals: int, year_days: int = YEAR_DAYS
) -> Decimal:
    """Count simple interest on what was owed for some days each, rounded once, halves away from zero."""
    owed = sum((Fraction(claim) * days for claim, days in stretches), Fraction(0))
    return round_decimals(owed * Fraction(percent) / 100 / year_days, decimals, Rounding.HALF_UP)


def stretches(
    claimed: Decimal, paid: Sequence[tuple[date, Decimal]], since: date, until: date
) -> list[tuple[Decimal, int]]:
    """Give what was owed of a claim between two days, and for how many days each.

    ``claimed`` is what is owed now, ``paid`` what was on which day: from that day on it was owed no longer.
    """
    days = sorted({since, until, *(day for day, _ in paid if since < day < until)})
    return [
        (claimed + sum((amount for day, amount in paid if day > start), ZERO), (end - start).days)
        for start, end in pairwise(days)
    ]


def take_out(parts: Sequence[Decimal], disputed: Decimal) -> list[Decimal]:
    """Say how much of each part (the first due first) is disputed, where ``disputed`` of all of them is."""
    found, left = [], disputed
    for part in parts:
        taken = max(ZERO, min(part, left))
        found.append(taken)
        left -= taken
    return found


dunning_rule = table(
    "dunning_rule",
    DataClass.HUB_ONLY,
    key(),
    Column("charges", String(8), nullable=False),  # Charges
    Column("year_days", Integer, nullable=False),  # of interest
)
"""What holds for all levels; one row, none: posted, 365 days."""

dunning_level = table(
    "dunning_level",
    DataClass.HUB_ONLY,
    key(),
    Column("position", Integer, nullable=False),  # from 1
    Column("days", Integer, nullable=False),  # after the due day
    Column("name", String(60), nullable=False),
    amount("fee"),  # company currency
    Column("interest_percent", Exact(PRICE), nullable=False),  # a year
    Column("text", Text, nullable=False),
    Column("blocks", Boolean, nullable=False),
)

dunning_run = table(
    "dunning_run",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("run_on", Date, nullable=False),  # the day up to which days and interest are counted
    Column("state", String(8), nullable=False),  # RunState
    Column("letters", Integer, nullable=False),
)

dunning_letter = table(
    "dunning_letter",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    reference("run_id", "dunning_run", index=True),
    Column("number", String(32), unique=True),  # null until it is sent
    Column("state", String(8), nullable=False),  # RunState
    reference("customer_id", "customer", index=True),
    Column("customer_name", String(160), nullable=False),
    Column("billing_address", Text, nullable=False),  # JSON snapshot
    Column("currency", String(3), nullable=False),
    Column("level", Integer, nullable=False),  # the highest of its reminders
    Column("level_name", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("blocks", Boolean, nullable=False),  # nothing leaves while what it reminds of is open
    amount("claimed"),  # sum of its reminders
    amount("fee"),
    amount("interest"),  # sum of its reminders'
    amount("carried"),  # fees and interest of earlier letters that are open
    Column("sent_on", Date),
    reference("charges_id", "invoice", required=False, index=True),  # asks for fee and interest, where they are posted
    *original_columns(),
)

reminder = table(
    "reminder",
    DataClass.DOCUMENT,
    key(),
    reference("letter_id", "dunning_letter", index=True),
    reference("invoice_id", "invoice", index=True),
    Column("due_on", Date, nullable=False),  # with the invoice: which claim
    Column("level", Integer, nullable=False),
    Column("state", String(8), nullable=False),  # RunState
    amount("claimed"),  # open and not disputed, when it was drafted
    amount("disputed"),
    Column("interest_from", Date, nullable=False),  # the due day, or the day of the last letter that counted interest
    Column("interest_until", Date, nullable=False),  # the day of the run, or interest_from where none was counted
    amount("interest"),
)

dunning_block = table(
    "dunning_block",
    DataClass.MASTER,
    key(),
    reference("customer_id", "customer", index=True),
    reference("invoice_id", "invoice", required=False),  # null: all of the customer
    Column("reason", String(200), nullable=False),
    Column("until", Date),  # the last day; null until it is lifted
    Column("by", String(80), nullable=False),
    Column("active", Boolean, nullable=False),
)
