"""Invoices over several orders: what is about each comes to the invoice, and the orders are its customer's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import LOOK, Damage, Query, Rule, Steps

_RULE: Final = Query(
    Rule.COLLECTED,
    "invoice",
    """
    SELECT i.id AS key, COALESCE(i.number, 'A draft invoice') AS number, i.total, i.open_amount, i.orders,
           COALESCE(s.n, 0) AS n, COALESCE(s.amount, 0) AS amount, COALESCE(s.left_over, 0) AS left_over
      FROM invoice i
      LEFT JOIN (SELECT f.invoice_id, COUNT(*) AS n, CAST(SUM(f.amount) AS BIGINT) AS amount,
                        CAST(SUM(f.open_amount) AS BIGINT) AS left_over,
                        SUM(CASE WHEN o.customer_id = d.customer_id AND o.currency = d.currency AND o.collected THEN 0
                                 ELSE 1 END) AS odd
                   FROM invoice_order f JOIN sales_order o ON o.id = f.order_id JOIN invoice d ON d.id = f.invoice_id
                  GROUP BY f.invoice_id) s
        ON s.invoice_id = i.id
     WHERE i.orders <> COALESCE(s.n, 0)
        OR (s.n > 0 AND (s.amount <> i.total OR s.left_over <> i.open_amount OR s.odd > 0 OR i.order_id IS NOT NULL))
    """,
    "{number}: {total} with {open_amount} open, over {orders} orders; its {n} orders come to {amount} with "
    "{left_over} open, or an order is another customer's.",
    LOOK,
    amounts=("total", "open_amount", "amount", "left_over"),
)


def invoices(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check invoices over several orders against what is about each."""
    yield from _RULE.find(connection, steps)
