"""The chart of accounts: which accounts there are, what each is for, and which account takes what is booked.

A company is founded with a chart that serves every purpose.  Accounts may be added and renamed at any time.  What was
booked stays where it was booked, so that a purpose whose account has entries keeps it; sales are sent to accounts of
their own by rules, by product category and tax, which may be changed whenever somebody likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, exists, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.banking import bank_account
from app.models.base import new_id
from app.models.books import AccountKind, AccountRule, account_rule
from app.models.company import account, tax
from app.models.payment import Purpose, journal_line
from app.services import companies, journal
from app.services.transaction import Transaction

RULED: Final = (Purpose.REVENUE,)
"""The purposes that rules may send to several accounts."""
KINDS: Final[dict[str, tuple[AccountKind, ...]]] = {
    Purpose.BANK: (AccountKind.ASSET, AccountKind.LIABILITY),
    Purpose.RECEIVABLE: (AccountKind.ASSET,),
    Purpose.STOCK: (AccountKind.ASSET,),
    Purpose.WORK_IN_PROCESS: (AccountKind.ASSET,),
    Purpose.PREPAYMENT: (AccountKind.LIABILITY,),
    Purpose.DEPOSIT: (AccountKind.LIABILITY,),
    Purpose.GIFT_CARD: (AccountKind.LIABILITY,),
    Purpose.STORE_CREDIT: (AccountKind.LIABILITY,),
    Purpose.RECEIVED: (AccountKind.LIABILITY,),
    Purpose.OPENING: (AccountKind.EQUITY,),
    Purpose.REVENUE: (AccountKind.INCOME,),
}
"""What kind an account for a purpose has; for the others income or expense."""
RESULT: Final = (AccountKind.INCOME, AccountKind.EXPENSE)


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart; ``uses`` says in words what books there beside its purpose."""

    id: UUID | None
    code: str
    name: str
    kind: str
    purpose: str
    booked: bool
    uses: tuple[str, ...] = ()


def read(connection: Connection) -> list[Account]:
    """Read the chart in the order of its codes."""
    uses: dict[str, list[str]] = {}
    for row in connection.execute(select(tax.c.account, tax.c.code).where(tax.c.active).order_by(tax.c.code)):
        uses.setdefault(row.account, []).append(f"tax {row.code}")
    for row in connection.execute(select(bank_account.c.account, bank_account.c.name).order_by(bank_account.c.name)):
        uses.setdefault(row.account, []).append(f"bank {row.name}")
    for rule in rules(connection):
        words = " with ".join(word for word in (rule.category, rule.tax_code) if word)
        uses.setdefault(rule.account, []).append(f"sales of {words}")
    booked = exists(select(journal_line.c.id).where(journal_line.c.account == account.c.code))
    rows = connection.execute(select(account, booked.label("booked")).order_by(account.c.code))
    return [
        Account(
            row.id, row.code, row.name, row.kind, row.purpose or "", bool(row.booked), tuple(uses.get(row.code, ()))
        )
        for row in rows
    ]


def add(tx: Transaction, code: str, name: str, kind: AccountKind) -> UUID:
    """Add an account.

    Raises:
        Invalid: the code is taken or no number of three to eight digits, or the name is empty.

    """
    code = code.strip()
    if not (code.isascii() and code.isdigit() and 3 <= len(code) <= 8):
        raise Invalid("code", "An account is a number of three to eight digits, e.g. 4010.")
    if tx.execute(select(account.c.code).where(account.c.code == code)).first():
        raise Invalid("code", f"There is an account {code} already.")
    account_id = new_id()
    tx.insert(
        account, {"id": account_id, "code": code, "name": _name(name), "kind": str(AccountKind(kind)), "purpose": None}
    )
    tx.record("account.added", account_id, code=code)
    return account_id


def change(tx: Transaction, code: str, name: str, kind: AccountKind) -> None:
    """Rename an account, or say that it is of another kind while nothing is booked there.

    Raises:
        Invalid: the name is empty, or the kind does not fit what is booked there.
        NotFound: there is no such account.

    """
    row = _row(tx, code)
    if kind != row.kind:
        if _is_booked(tx, code):
            raise Invalid("kind", f"Account {code} has entries; its kind stays, so that closed years stay as they are.")
        _refuse_kind(row.purpose, kind)
    tx.update(account, row.id, name=_name(name), kind=str(AccountKind(kind)))
    tx.record("account.changed", row.id, code=code)


def remove(tx: Transaction, code: str) -> None:
    """Remove an account that nothing books on.

    Raises:
        NotAllowed: it has entries, a purpose, or a tax, a bank account or a rule books there.
        NotFound: there is no such account.

    """
    row = _row(tx, code)
    if _is_booked(tx, code):
        raise NotAllowed(
            f"Account {code} has entries and stays in the chart. Rename it, if another name says it better."
        )
    known = next(one for one in read(tx.connection) if one.code == code)
    if known.purpose or known.uses:
        words = known.purpose.replace("_", " ") or ", ".join(known.uses)
        raise NotAllowed(f"Account {code} takes what is booked for {words}. Choose another account for that first.")
    tx.delete(account, [row.id])
    tx.record("account.removed", row.id, code=code)


def assign(tx: Transaction, purpose: Purpose, code: str) -> None:
    """Choose which account serves a purpose.

    Raises:
        NotAllowed: the account it has now has entries of that purpose, or the other serves another purpose.
        Invalid: an account of that kind cannot serve it.
        NotFound: there is no such account.

    """
    tx.hold(account)  # whoever books read it: a first entry that is being booked is seen, the next goes to the new one
    row = _row(tx, code)
    if row.purpose == purpose:
        return
    if row.purpose:
        raise NotAllowed(f"Account {code} serves {row.purpose.replace('_', ' ')} already. Choose or add another one.")
    _refuse_kind(purpose, row.kind)
    before = tx.execute(select(account).where(account.c.purpose == str(purpose))).one_or_none()
    if before is not None:
        if _is_booked(tx, before.code):
            advice = (
                " Send sales elsewhere with a rule." if purpose in RULED else " Rename it, if that is what you want."
            )
            raise NotAllowed(
                f"Account {before.code} has entries for {purpose.replace('_', ' ')} and keeps them.{advice}"
            )
        tx.update(account, _row(tx, before.code).id, purpose=None)
    tx.update(account, row.id, purpose=str(purpose))
    tx.record("account.assigned", row.id, code=code, purpose=str(purpose))


def rules(connection: Connection) -> list[AccountRule]:
    """Read the rules that send sales to accounts of their own."""
    columns = account_rule.c
    rows = connection.execute(
        select(columns.purpose, columns.category, columns.tax_code, columns.account).order_by(
            columns.purpose, columns.category, columns.tax_code
        )
    )
    return [AccountRule(*row) for row in rows]


def set_rule(tx: Transaction, rule: AccountRule) -> None:
    """Send sales of a product category, with a tax, or both to an account of their own; from now on.

    Raises:
        Invalid: neither category nor tax is named, or the account is not one of income that nothing else is booked on.
        NotFound: there is no such account or tax.

    """
    if rule.purpose not in RULED:
        raise Invalid("purpose", "Only sales are sent to several accounts.")
    category, tax_code = rule.category.strip(), rule.tax_code.strip()
    if not category and not tax_code:
        raise Invalid(
            "category", "Name a product category, a tax, or both. All other sales go to the account of sales."
        )
    if tax_code and tax_code not in companies.known_taxes(tx.connection):
        raise NotFound("Tax", tax_code)
    row = _row(tx, rule.account)
    if row.kind != AccountKind.INCOME or row.purpose not in (None, Purpose.REVENUE):
        raise Invalid("account", f"Account {row.code} is not for sales. Choose one of income that serves nothing else.")
    known = _rule(tx, category, tax_code)
    if known is None:
        values = {"purpose": str(rule.purpose), "category": category, "tax_code": tax_code, "account": row.code}
        tx.insert(account_rule, {"id": new_id(), **values})
    else:
        tx.update(account_rule, known.id, account=row.code)
    tx.record("account_rule.set", row.id, account=row.code, category=category, tax=tax_code)


def remove_rule(tx: Transaction, rule: AccountRule) -> None:
    """Take a rule away: such sales go where they would without it, from now on.

    Raises:
        NotFound: there is no such rule.

    """
    known = _rule(tx, rule.category, rule.tax_code)
    if known is None:
        raise NotFound("Rule", f"{rule.category} {rule.tax_code}")
    tx.delete(account_rule, [known.id])
    tx.record("account_rule.removed", known.id, category=rule.category, tax=rule.tax_code)


def complete(tx: Transaction, purposes: Iterable[str]) -> journal.Accounts:
    """Give the accounts by purpose, with the usual account for each of ``purposes`` that the chart has none for."""
    found = journal.accounts(tx.connection)
    missing = [purpose for purpose in purposes if purpose not in found]
    if not missing:
        return found
    taken = set(tx.execute(select(account.c.code)).scalars())
    for code, name, kind, purpose in companies.CHART:
        if purpose in missing:
            free = next(str(n) for n in count(int(code)) if str(n) not in taken)
            tx.insert(account, {"id": new_id(), "code": free, "name": name, "kind": kind, "purpose": str(purpose)})
            taken.add(free)
            found[str(purpose)] = free
    return found


def _name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid("name", "Give the account a name of at most 80 letters.")
    return name


def _row(tx: Transaction, code: str) -> Any:
    row = tx.execute(select(account).where(account.c.code == code)).one_or_none()
    if row is None:
        raise NotFound("Account", code)
    return row


def _rule(tx: Transaction, category: str, tax_code: str) -> Any:
    columns = account_rule.c
    return tx.execute(
        select(account_rule).where(columns.category == category, columns.tax_code == tax_code)
    ).one_or_none()


def _is_booked(tx: Transaction, code: str) -> bool:
    return tx.execute(select(journal_line.c.id).where(journal_line.c.account == code).limit(1)).first() is not None


def _refuse_kind(purpose: str | None, kind: str) -> None:
    if purpose and kind not in KINDS.get(purpose, RESULT):
        wanted = " or ".join(KINDS.get(purpose, RESULT))
        raise Invalid("kind", f"An account for {purpose.replace('_', ' ')} is one of {wanted}.")
