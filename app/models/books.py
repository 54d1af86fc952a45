"""The books as an accountant keeps them: periods that close, which account takes what, and entries made by hand.

A period is a calendar month.  It is open unless it was closed, so that a row is made when that is done first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, String, UniqueConstraint

from app.models.base import DataClass, Key, Moment, amount, key, reference, table
from app.models.payment import Purpose


class AccountKind(StrEnum):
    """What an account stands for in the balance sheet or in profit and loss."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


BALANCE: Final = frozenset({AccountKind.ASSET, AccountKind.LIABILITY, AccountKind.EQUITY})
"""Accounts whose balance goes on from year to year; the others begin a year with nothing."""

FOLLOWED: Final = frozenset(
    {
        Purpose.RECEIVABLE,
        Purpose.PREPAYMENT,
        Purpose.DEPOSIT,
        Purpose.GIFT_CARD,
        Purpose.STORE_CREDIT,
        Purpose.STOCK,
        Purpose.WORK_IN_PROCESS,
    }
)
"""What is on these accounts is, to the cent, what documents and goods say: nobody books there by hand."""


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Period:
        """Give the month a day is in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def next(self) -> Period:
        """The month after it."""
        return Period(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def words(self) -> str:
        """Its name, e.g. November 2026."""
        return f"{MONTHS[self.month - 1]} {self.year}"


MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class AccountRule:
    """Sends what is booked for a purpose to an account of its own.

    An empty ``category`` stands for products of any, an empty ``tax_code`` for lines with any taxes.
    """

    purpose: str
    category: str
    tax_code: str
    account: str


def account_for(
    rules: Iterable[AccountRule], purpose: str, category: str, tax_codes: Iterable[str], default: str
) -> str:
    """Choose the account of a line: the rule that says most wins, the product's category before the tax."""
    codes = set(tax_codes)
    found = [
        rule
        for rule in rules
        if rule.purpose == purpose and rule.category in ("", category) and (not rule.tax_code or rule.tax_code in codes)
    ]
    best = max(found, key=lambda rule: (bool(rule.category), bool(rule.tax_code), rule.tax_code), default=None)
    return best.account if best else default


accounting_period = table(
    "accounting_period",
    DataClass.HUB_ONLY,
    key(),
    Column("first_on", Date, nullable=False, unique=True),  # the first day of its month
    Column("closed", Boolean, nullable=False),
)

period_change = table(
    "period_change",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    Column("first_on", Date, nullable=False, index=True),
    Column("closed", Boolean, nullable=False),  # or opened again
    Column("entries", BigInteger, nullable=False),  # how many journal entries it held then
    amount("debit"),  # and the sum of their debits, in the company's currency
    Column("reason", String(200), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

account_rule = table(
    "account_rule",
    DataClass.HUB_ONLY,
    key(),
    Column("purpose", String(24), nullable=False),
    Column("category", String(80), nullable=False),  # of the product; empty: any
    Column("tax_code", String(16), nullable=False),  # of the line; empty: any
    Column("account", String(16), nullable=False),
    UniqueConstraint("purpose", "category", "tax_code"),
)

manual_entry = table(
    "manual_entry",
    DataClass.LEDGER,
    key(),
    Column("command_id", Key, nullable=False),
    Column("on", Date, nullable=False),
    Column("text", String(160), nullable=False),
    Column("reverses_id", Key, unique=True),  # the entry by hand that this one takes back
    reference("payment_id", "payment", required=False),  # a bank's fee for it
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)
