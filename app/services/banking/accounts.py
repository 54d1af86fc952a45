"""Our accounts at banks: each has a currency, and an account of the chart on which its money is booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Invalid
from app.models.banking import bank_account
from app.models.base import new_id
from app.models.company import account
from app.models.payment import Purpose
from app.services import companies, journal
from app.services.transaction import Transaction

_BANK_CODE: Final = 8
"""Digits of a German bank code, which MT940 writes before the account's number: 50880050/0194774600888."""
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class NewBankAccount:
    """An account at a bank: ``number`` is its IBAN, or what its statements call it; ``account`` of the chart."""

    name: str
    number: str
    currency: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account at a bank as it is stored."""

    id: UUID
    name: str
    number: str
    currency: str
    account: str


def normalised(number: str) -> str:
    """Write an account's number as it is compared: capitals, no spaces."""
    return "".join(number.split()).upper()


def add(tx: Transaction, new: NewBankAccount) -> UUID:
    """Add an account at a bank; without an account of the chart it is booked on the one for the bank.

    Raises:
        Invalid: the number is missing, too long or known already, or currency or account are none of the books.

    """
    number = normalised(new.number)
    if not number or len(number) > _LONGEST:
        raise Invalid("number", f"Type the account's IBAN or number, at most {_LONGEST} characters.")
    if any(one.number == number for one in known(tx.connection)):
        raise Invalid("number", f"The account {number} is here already.")
    companies.decimals(tx.connection, new.currency)
    code = new.account or journal.accounts(tx.connection)[Purpose.BANK]
    if tx.execute(select(account.c.code).where(account.c.code == code)).first() is None:
        raise Invalid("account", f"There is no account {code} in the chart of accounts.")
    account_id = new_id()
    row = {"name": new.name.strip() or number, "number": number, "currency": new.currency, "account": code}
    tx.insert(bank_account, {"id": account_id, "active": True, **row})
    tx.record("bank_account.added", account_id, number=number)
    return account_id


def known(connection: Connection) -> list[BankAccount]:
    """Read our accounts at banks by name."""
    columns = (bank_account.c[name] for name in BankAccount.__dataclass_fields__)
    rows = connection.execute(select(*columns).order_by(bank_account.c.name, bank_account.c.id))
    return [BankAccount(*row) for row in rows]


def find(accounts: list[BankAccount], number: str) -> BankAccount | None:
    """Find the account a statement is of, by its IBAN or number, or as a German bank writes it in MT940."""
    wanted = normalised(number)
    bank, _, own = wanted.partition("/")
    german = f"{bank}{own.zfill(10)}" if len(bank) == _BANK_CODE and bank.isdigit() and own.isdigit() else ""
    for one in accounts:
        if one.number == wanted or (german and one.number.startswith("DE") and one.number[4:] == german):
            return one
    return None
