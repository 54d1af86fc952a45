"""Shares the sales of an invoice out to the accounts that rules name; without rules all go to the account of sales."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.books import account_for
from app.models.payment import Purpose
from app.models.product import product
from app.services.journal import Accounts, Converter, Posting
from app.services.statements import LONGEST_LIST, Prepared

ZERO: Final = Decimal(0)


def share_out(
    connection: Connection, accounts: Accounts, lines: Sequence[Any], sales: Posting, rate: Converter
) -> list[Posting]:
    """Split the posting of an invoice's sales by its lines, to the cent in both currencies.

    What the lines do not explain (a rounding of the rate) stays on the account of sales.
    """
    if not accounts.rules:
        return [sales]
    categories = _categories(connection, accounts, lines)
    shares: dict[str, Decimal] = {}
    for line in lines:
        if line.deposit_id is None and line.net:
            category = categories.get(line.product_id, "")
            code = account_for(accounts.rules, Purpose.REVENUE, category, line.tax_codes.split(), sales.account)
            shares[code] = shares.get(code, ZERO) - line.net
    shares.pop(sales.account, None)
    found = [Posting(code, rate.company(net), net) for code, net in sorted(shares.items())]
    rest = sales.amount - sum((one.amount for one in found), ZERO)
    currency_rest = sales.currency_amount - sum((one.currency_amount for one in found), ZERO)
    if not currency_rest and found:  # all sales have accounts of their own: the cents of the rate go to the last one
        last = found.pop()
        return [*found, Posting(last.account, last.amount + rest, last.currency_amount)]
    return [*found, Posting(sales.account, rest, currency_rest)]


def _categories(connection: Connection, accounts: Accounts, lines: Sequence[Any]) -> dict[Any, str]:
    """Read the categories of the lines' products, where a rule asks for one."""
    if not any(rule.category for rule in accounts.rules):
        return {}
    wanted = sorted({line.product_id for line in lines if line.product_id})
    found: dict[Any, str] = {}
    for first in range(0, len(wanted), LONGEST_LIST):
        rows = _CATEGORIES.all(connection, products=wanted[first : first + LONGEST_LIST])
        found.update((row.id, row.category) for row in rows)
    return found


_CATEGORIES: Final = Prepared(
    select(product.c.id, product.c.category).where(product.c.id.in_(bindparam("products", type_=Key, expanding=True)))
)
