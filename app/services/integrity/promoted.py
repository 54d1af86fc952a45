"""Promotions: coupons are used as often as they stand on orders, and what was given belongs to lines that are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import LOOK, RESTORE, Damage, Query, Rule, Steps

_USES: Final = """
    SELECT c.id AS key, c.code, c.uses, COUNT(o.id) AS found
      FROM coupon c LEFT JOIN order_coupon o ON o.coupon_id = c.id
     GROUP BY c.id, c.code, c.uses HAVING COUNT(o.id) <> c.uses
"""

_CANCELLED: Final = """
    SELECT c.id AS key, c.code, s.number FROM order_coupon o
      JOIN coupon c ON c.id = o.coupon_id JOIN sales_order s ON s.id = o.order_id
     WHERE s.state = 'cancelled' OR s.customer_id <> o.customer_id
"""

_GIVEN: Final = """
    SELECT p.id AS key, p.reason, s.number FROM order_promotion p
      JOIN sales_order s ON s.id = p.order_id LEFT JOIN sales_order_line l ON l.id = p.order_line_id
     WHERE l.id IS NULL OR l.order_id <> p.order_id OR p.amount < 0 OR s.promotions <> 'on'
"""

_STRAYED: Final = """
    SELECT p.id AS key, p.reason, s.number, l.position FROM order_promotion p
      JOIN sales_order s ON s.id = p.order_id JOIN sales_order_line l ON l.id = p.order_line_id
     WHERE NOT p.added AND l.discount_percent <> p.set_percent
       AND NOT EXISTS (SELECT 1 FROM sales_order_line i WHERE i.order_id = p.order_id AND i.invoiced <> 0)
"""

QUERIES: Final = (
    Query(Rule.COUPON, "coupon", _USES, "Coupon {code} was used {uses} times, but it stands on {found} orders."),
    Query(
        Rule.COUPON,
        "coupon",
        _CANCELLED,
        "Coupon {code} stands on {number}, which is cancelled or another customer's.",
        LOOK,
    ),
    Query(
        Rule.PROMOTION,
        "order_promotion",
        _GIVEN,
        "{number}: {reason} was given for a line that is not on the order, or to an order without promotions.",
        RESTORE,
    ),
    Query(
        Rule.PROMOTION,
        "order_promotion",
        _STRAYED,
        "{number}, line {position}: its discount is not the one {reason} gave it.",
        LOOK,
    ),
)


def given(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check what promotions did to orders, and which coupons opened them."""
    for query in QUERIES:
        yield from query.find(connection, steps)
