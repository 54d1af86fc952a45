"""Instalments: they come to their invoice, and what is paid settles the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import REBUILD, Damage, Query, Rule, Steps

INSTALMENTS: Final = """
    SELECT i.id AS key, COALESCE(i.number, 'A draft invoice') AS number, i.total, i.open_amount, i.instalments,
           COALESCE(s.n, 0) AS n, COALESCE(s.amount, 0) AS amount, COALESCE(s.left_over, 0) AS left_over
      FROM invoice i
      LEFT JOIN (SELECT invoice_id, COUNT(*) AS n, CAST(SUM(amount) AS BIGINT) AS amount,
                        CAST(SUM(open_amount) AS BIGINT) AS left_over, MAX(due_on) AS last_day,
                        MIN(CASE WHEN open_amount <> 0 THEN due_on END) AS first_day,
                        SUM(CASE WHEN amount >= 0 AND open_amount BETWEEN 0 AND amount THEN 0
                                 WHEN amount < 0 AND open_amount BETWEEN amount AND 0 THEN 0 ELSE 1 END) AS odd
                   FROM instalment GROUP BY invoice_id) s
        ON s.invoice_id = i.id
     WHERE i.instalments <> COALESCE(s.n, 0)
        OR (s.n > 0 AND (s.amount <> i.total OR s.left_over <> i.open_amount OR s.odd > 0 OR i.due_on IS NULL
                         OR i.due_on <> COALESCE(s.first_day, s.last_day)))
        OR (s.n > 0 AND EXISTS (
            SELECT 1 FROM instalment a JOIN instalment b ON b.invoice_id = a.invoice_id
             WHERE a.invoice_id = i.id AND a.open_amount <> 0 AND b.open_amount <> b.amount
               AND (b.due_on > a.due_on OR (b.due_on = a.due_on AND b.id > a.id))))
"""
"""Invoices whose instalments do not agree with them."""

_RULE: Final = Query(
    Rule.INSTALMENTS,
    "invoice",
    INSTALMENTS,
    "{number}: {total} with {open_amount} open, in {instalments} parts; its {n} instalments come to {amount} with "
    "{left_over} open, or they are not settled the first due first.",
    REBUILD,
    amounts=("total", "open_amount", "amount", "left_over"),
)


def instalments(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check the instalments of invoices against what they are of."""
    yield from _RULE.find(connection, steps)
