"""The double-entry journal: entries that balance, or are refused; and what is read from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, func, literal, select, union_all

from app.errors import Invalid
from app.models.base import new_id
from app.models.books import AccountRule, account_rule
from app.models.company import account, company, exchange_rate
from app.models.company import currency as currency_table
from app.models.payment import journal_entry, journal_line
from app.models.rounding import Rounding, round_decimals
from app.services.books import periods
from app.services.memory import Remembered
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: debit positive, credit negative; company currency and document currency."""

    account: str
    amount: Decimal
    currency_amount: Decimal
    customer_id: UUID | None = None
    invoice_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Converter:
    """Turns amounts of a document into the company's currency at one rate (document units per company unit)."""

    currency: str
    rate: Decimal
    decimals: int

    def company(self, value: Decimal) -> Decimal:
        """Convert, rounded to the company currency's decimals, halves away from zero."""
        if self.rate == 1 and value == round(value, self.decimals):
            return value
        return round_decimals(Fraction(value) / Fraction(self.rate), self.decimals, Rounding.HALF_UP)


def converter(connection: Connection, currency: str, on: date) -> Converter:
    """Find the rate of ``currency`` valid on a day: the last one stored on or before it.

    Raises:
        Invalid: no rate is known for that day.

    """
    found = _OWN.first(connection)
    own: str = found.currency
    decimals: int = found.decimals
    if currency == own:
        return Converter(own, Decimal(1), decimals)
    rate = connection.execute(
        select(exchange_rate.c.rate)
        .where(exchange_rate.c.currency == currency, exchange_rate.c.on <= on)
        .order_by(exchange_rate.c.on.desc())
        .limit(1)
    ).scalar_one_or_none()
    if rate is None:
        raise Invalid("currency", f"There is no rate of {currency} for {on.isoformat()}. Add it in the settings.")
    return Converter(currency, rate, decimals)


def company_decimals(connection: Connection) -> int:
    """Read how many decimal places amounts in the company's own currency have."""
    found: int = _OWN.first(connection).decimals
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """What a journal entry is about: its day, its document, what is written beside it, the document's currency."""

    on: date
    document_id: UUID
    text: str
    currency: str


def book(tx: Transaction, entry: Entry, postings: Sequence[Posting]) -> UUID:
    """Write one entry.

    Its postings must sum to zero in the company's and in its own currency: anything else is a bug
    (ArithmeticError), and nothing is kept.

    Raises:
        NotAllowed: its month is closed.

    """
    postings = [one for one in postings if one.amount or one.currency_amount]
    rest = sum((one.amount for one in postings), Decimal(0))
    if rest or sum((one.currency_amount for one in postings), Decimal(0)):  # no assert: it would go with python -O
        raise ArithmeticError(f"the entry for {entry.text} does not balance")
    entry_id = new_id()
    n = tx.count_up(periods.JOURNAL, entry_id)
    periods.refuse_closed(tx, entry.on)  # after the number, which whoever closes a month waits for
    tx.insert(
        journal_entry,
        {
            "id": entry_id,
            "command_id": tx.key,
            "site": tx.site,
            "n": n,
            "booked_on": entry.on,
            "document_id": entry.document_id,
            "text": entry.text[:160],
            "at": tx.at,
        },
    )
    tx.insert(
        journal_line,
        *(
            {
                "id": new_id(),
                "entry_id": entry_id,
                "account": one.account,
                "amount": one.amount,
                "currency": entry.currency,
                "currency_amount": one.currency_amount,
                "customer_id": one.customer_id,
                "invoice_id": one.invoice_id,
            }
            for one in postings
        ),
    )
    return entry_id


def balances(connection: Connection) -> list[tuple[str, str, Decimal]]:
    """Read the trial balance: account, name, balance in the company's currency; debit is positive."""
    rows = connection.execute(
        select(account.c.code, account.c.name, func.coalesce(func.sum(journal_line.c.amount), 0))
        .select_from(account.outerjoin(journal_line, journal_line.c.account == account.c.code))
        .group_by(account.c.code, account.c.name)
        .order_by(account.c.code)
    )
    return [(row[0], row[1], row[2]) for row in rows]


class Accounts(dict[str, str]):
    """The codes of the accounts by the purpose they serve, and the rules that send sales to others."""

    rules: tuple[AccountRule, ...] = ()

    def __missing__(self, purpose: str) -> str:
        """Refuse to book where the chart of accounts has none for a purpose."""
        raise Invalid("account", f"No account is set up for: {purpose}. Choose one in the chart of accounts.")


def accounts(connection: Connection) -> Accounts:
    """Read which account serves which purpose; to ask for one that is not set up raises Invalid."""
    found, rules = Accounts(), list[AccountRule]()
    for row in _ACCOUNTS.all(connection):
        if row.rule:
            rules.append(AccountRule(row.purpose, row.category, row.tax_code, row.code))
        else:
            found[row.purpose] = row.code
    found.rules = tuple(rules)
    return found


_OWN: Final = Remembered(
    select(company.c.currency, currency_table.c.decimals).join(
        currency_table, currency_table.c.code == company.c.currency
    )
)
_ACCOUNTS: Final = Remembered(
    union_all(
        select(
            account.c.purpose,
            account.c.code,
            literal("").label("category"),
            literal("").label("tax_code"),
            literal(0).label("rule"),
        ).where(account.c.purpose.is_not(None)),
        select(
            account_rule.c.purpose, account_rule.c.account, account_rule.c.category, account_rule.c.tax_code, literal(1)
        ),
    )
)
