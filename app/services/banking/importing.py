"""Statements come into the books: each line once, whichever files hold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid
from app.models.banking import LineState, bank_line, bank_statement, fingerprint
from app.models.base import Key, new_id
from app.services.banking import accounts
from app.services.banking.accounts import BankAccount
from app.services.banking.matching import written
from app.services.banking.statement import Statement, StatementKind, StatementLine, Unreadable
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction

Brought = tuple[int, int, tuple[str, ...]]
"""How many lines of a file are new, how many were here already, and what the person who imports should look at."""


def unknown(connection: Connection, statements: Sequence[Statement]) -> list[tuple[str, str]]:
    """Name the accounts of statements that are none of ours: number and currency, each once."""
    ours = accounts.known(connection)
    missing = {
        (accounts.normalised(one.account), one.currency): None
        for one in statements
        if accounts.find(ours, one.account) is None
    }
    return list(missing)


def take(tx: Transaction, file_name: str, file_format: str, statements: Sequence[Statement]) -> Brought:
    """Keep the lines of a file's statements that are not here yet, and say what was brought; nothing is booked.

    Raises:
        Unreadable: a statement does not add up, or only tells details of what another statement holds.
        Invalid: an account is none of ours, or is in another currency.

    """
    ours = accounts.known(tx.connection)
    warnings: list[str] = []
    new = known = 0
    for one in statements:
        _refuse_unsound(one)
        account = _account(ours, one)
        missing = _gap(tx.connection, account, one)
        added, there = _keep(tx, account, one, file_name, file_format)
        new, known = new + added, known + there
        if added and missing:
            warnings.append(missing)
        if one.pending:
            warnings.append(f"{one.pending} bookings that the bank only announces were left out.")
    return new, known, tuple(warnings)


def _refuse_unsound(statement: Statement) -> None:
    if statement.kind == StatementKind.NOTICE:
        raise Unreadable(
            "This camt.054 tells details of bookings that the statement (camt.053) holds as well. "
            "Import the statement, so that nothing is there twice."
        )
    if statement.gap and statement.opening is not None and statement.closing is not None:
        found = f"{written(statement.opening)} and its {len(statement.lines)} bookings"
        raise Unreadable(
            f"Statement {statement.number or 'without number'} of {statement.account} does not add up: "
            f"{found} are not {written(statement.closing)}, {written(statement.gap)} is missing. "
            "Ask the bank for the whole file."
        )


def _account(ours: list[BankAccount], statement: Statement) -> BankAccount:
    account = accounts.find(ours, statement.account)
    if account is None:
        number = statement.account or "without number"
        raise Invalid("account", f"The account {number} is none of ours. Add it, then import the file again.")
    if statement.currency and statement.currency != account.currency:
        raise Invalid(
            "account",
            f"{account.name} is in {account.currency}, the statement in {statement.currency}. Nothing was kept.",
        )
    return account


def _gap(connection: Connection, account: BankAccount, statement: Statement) -> str:
    """Say so where a statement does not begin with what the last one ended with."""
    last = _LAST.value(connection, account=account.id)
    if last is None or statement.opening is None or last == statement.opening:
        return ""
    return (
        f"{account.name}: the statement before ended with {written(last)}, "
        f"this one begins with {written(statement.opening)}. Look whether one is missing between them."
    )


def _keep(
    tx: Transaction, account: BankAccount, statement: Statement, file_name: str, file_format: str
) -> tuple[int, int]:
    rows = _rows(account, statement.lines)
    there = _there(tx.connection, [row["fingerprint"] for row in rows])
    fresh = [row for row in rows if row["fingerprint"] not in there]
    if not fresh:
        return 0, len(rows)
    statement_id = new_id()
    head = {
        "command_id": tx.key,
        "bank_account_id": account.id,
        "format": file_format,
        "file_name": file_name[-200:],
        "number": statement.number[:60],
        "opening": statement.opening,
        "closing": statement.closing,
        "new_lines": len(fresh),
        "known_lines": len(rows) - len(fresh),
    }
    tx.insert(bank_statement, {"id": statement_id, **head, "by": tx.by, "at": tx.at})
    tx.insert(bank_line, *({"id": new_id(), "statement_id": statement_id, **row} for row in fresh))
    tx.record("bank_statement.imported", account.id, statement_id, file=file_name[-200:], lines=len(fresh))
    return len(fresh), len(rows) - len(fresh)


def _rows(account: BankAccount, lines: Sequence[StatementLine]) -> list[dict[str, Any]]:
    twins: Counter[str] = Counter()
    found = []
    for line in lines:
        facts = _Facts(line)
        first = fingerprint(account.number, facts, 0)
        twin = twins[first]
        twins[first] += 1
        row: dict[str, Any] = {name: getattr(facts, name) for name in _Facts.__slots__}
        row |= {"fingerprint": fingerprint(account.number, facts, twin) if twin else first, "twin": twin}
        row |= {"bank_account_id": account.id, "currency": account.currency, "value_on": line.value_on}
        found.append({**row, "state": str(LineState.OPEN), "reason": "", "decided_by": "", "decided_at": None})
    return found


class _Facts:
    """A line's facts as they are stored."""

    __slots__ = ("amount", "bank_reference", "booked_on", "counterparty", "name", "reference", "text")

    def __init__(self, line: StatementLine) -> None:
        self.booked_on, self.amount = line.booked_on, line.amount
        self.name, self.counterparty = line.name[:160], accounts.normalised(line.account)[:60]
        self.reference, self.text, self.bank_reference = line.reference[:140], line.text, line.bank_reference[:80]


def _there(connection: Connection, fingerprints: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(fingerprints), LONGEST_LIST):
        found.update(_KNOWN.values(connection, fingerprints=fingerprints[start : start + LONGEST_LIST]))
    return found


def last_statement(connection: Connection, account_id: UUID) -> Any:
    """Read the last imported statement of an account, None where there is none."""
    return connection.execute(
        select(bank_statement)
        .where(bank_statement.c.bank_account_id == account_id)
        .order_by(bank_statement.c.id.desc())
        .limit(1)
    ).one_or_none()


_KNOWN: Final = Prepared(
    select(bank_line.c.fingerprint).where(bank_line.c.fingerprint.in_(bindparam("fingerprints", expanding=True)))
)
_LAST: Final = Prepared(
    select(bank_statement.c.closing)
    .where(bank_statement.c.bank_account_id == bindparam("account", type_=Key), bank_statement.c.closing.is_not(None))
    .order_by(bank_statement.c.id.desc())
    .limit(1)
)
