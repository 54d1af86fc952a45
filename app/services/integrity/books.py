"""The books: what a closed month holds is what it held when it was closed, and rules name accounts that there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.models.books import Period
from app.services.books import periods
from app.services.integrity.damage import LOOK, RESTORE, Damage, Query, Rule, Steps

_STRAY_RULE: Final = """
    SELECT r.id AS key, r.account, r.category, r.tax_code FROM account_rule r LEFT JOIN account a ON a.code = r.account
     WHERE a.code IS NULL OR a.kind <> 'income'
"""

_PERIOD: Final = """
    SELECT p.id AS key, p.first_on FROM accounting_period p
     WHERE p.closed <> COALESCE((SELECT c.closed FROM period_change c WHERE c.first_on = p.first_on
                                  ORDER BY c.at DESC, c.id DESC LIMIT 1), NOT p.closed)
"""

BOOKS: Final = (
    Query(
        Rule.ACCOUNT_RULE,
        "account_rule",
        _STRAY_RULE,
        "Sales of {category} {tax_code} go to account {account}, which is not in the chart or not one of income.",
        LOOK,
    ),
    Query(
        Rule.PERIOD,
        "accounting_period",
        _PERIOD,
        "The month from {first_on} is not as it was last closed or opened.",
    ),
)


def books(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check rules of accounts, and that nothing was booked in a closed month."""
    for query in BOOKS:
        yield from query.find(connection, steps)
    for change, entries, debit in periods.closed_figures(connection):
        steps.take()
        if (entries, debit) != (change.entries, change.debit):
            yield Damage(
                Rule.PERIOD,
                "period_change",
                str(change.id),
                f"{Period.of(change.first_on).words} was closed with {change.entries} entries over {change.debit:f}, "
                f"and holds {entries} over {debit:f}.",
                RESTORE,
            )
