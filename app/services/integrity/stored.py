"""Gift cards and store credit: a balance is the sum of its ledger, and the company owes it in its books."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import Damage, Query, Rule, Steps

_BALANCE: Final = """
    SELECT v.id AS key, v.kind, v.code, v.balance, COALESCE(SUM(e.amount), 0) AS found
      FROM stored_value v LEFT JOIN stored_value_entry e ON e.value_id = v.id
     GROUP BY v.id, v.kind, v.code, v.balance, v.void
    HAVING COALESCE(SUM(e.amount), 0) <> v.balance OR (v.void AND v.balance <> 0)
"""

_SOLD: Final = """
    SELECT v.id AS key, v.code, v.value, COALESCE(SUM(e.amount), 0) AS sold
      FROM stored_value v LEFT JOIN stored_value_entry e ON e.value_id = v.id AND e.kind = 'sold'
     WHERE v.kind = 'gift_card'
     GROUP BY v.id, v.code, v.value HAVING COALESCE(SUM(e.amount), 0) <> v.value
"""

_STRANGE: Final = """
    SELECT e.id AS key, v.code, e.kind, e.amount
      FROM stored_value_entry e JOIN stored_value v ON v.id = e.value_id
      LEFT JOIN payment p ON p.id = e.payment_id
     WHERE (e.kind IN ('sold', 'granted') AND e.amount <= 0) OR (e.kind IN ('spent', 'expired') AND e.amount >= 0)
        OR (e.kind IN ('spent', 'given_back') AND e.payment_id IS NULL)
        OR (e.payment_id IS NOT NULL AND (p.id IS NULL OR p.amount <> -e.amount OR p.method <> v.kind))
"""

_PAID: Final = """
    SELECT p.id AS key, p.number, p.amount, COALESCE(SUM(e.amount), 0) AS taken
      FROM payment p LEFT JOIN stored_value_entry e ON e.payment_id = p.id
     WHERE p.method IN ('gift_card', 'wallet')
     GROUP BY p.id, p.number, p.amount HAVING COALESCE(SUM(e.amount), 0) <> -p.amount
"""

_JOURNAL: Final = """
    SELECT f.document AS key, f.purpose, SUM(f.wanted) AS wanted, SUM(f.booked) AS booked
      FROM (SELECT COALESCE(e.payment_id, e.invoice_id, e.id) AS document, e.amount AS wanted, 0 AS booked,
                   CASE v.kind WHEN 'wallet' THEN 'store_credit' ELSE v.kind END AS purpose
              FROM stored_value_entry e JOIN stored_value v ON v.id = e.value_id
             UNION ALL
            SELECT j.document_id, 0, -l.amount, a.purpose
              FROM journal_line l JOIN journal_entry j ON j.id = l.entry_id JOIN account a ON a.code = l.account
             WHERE a.purpose IN ('gift_card', 'store_credit')
               AND (EXISTS (SELECT 1 FROM payment p WHERE p.id = j.document_id)
                    OR EXISTS (SELECT 1 FROM invoice i WHERE i.id = j.document_id)
                    OR EXISTS (SELECT 1 FROM stored_value_entry s WHERE s.id = j.document_id))) f
     GROUP BY f.document, f.purpose HAVING SUM(f.wanted) <> SUM(f.booked)
"""

QUERIES: Final = (
    Query(
        Rule.STORED_VALUE,
        "stored_value",
        _BALANCE,
        "{kind} {code}: its balance is {balance}, its ledger says {found}.",
        amounts=("balance", "found"),
    ),
    Query(
        Rule.STORED_VALUE,
        "stored_value",
        _SOLD,
        "Gift card {code} is worth {value}, it was sold for {sold}.",
        amounts=("value", "sold"),
    ),
    Query(
        Rule.STORED_VALUE,
        "stored_value_entry",
        _STRANGE,
        "{code}: {amount} ({kind}) is not what its payment says, or of the wrong sign.",
        amounts=("amount",),
    ),
    Query(
        Rule.STORED_VALUE,
        "payment",
        _PAID,
        "{number}: {amount} was paid with a balance that changed by {taken}.",
        amounts=("amount", "taken"),
    ),
    Query(
        Rule.STORED_JOURNAL,
        "journal_entry",
        _JOURNAL,
        "The balance of a {purpose} changed by {wanted} with one document, the journal owes {booked} more for it.",
        amounts=("wanted", "booked"),
    ),
)


def balances(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check gift cards and store credit against their ledger, payments and the journal."""
    for query in QUERIES:
        yield from query.find(connection, steps)
