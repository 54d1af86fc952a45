"""Order lines that leave from several warehouses against the moves at each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import REBUILD, Damage, Query, Rule, Steps

FOLDED_PARTS: Final = """
    SELECT f.line_id, f.location_id, f.stored_reserved, f.reserved, f.stored_picked, f.picked
      FROM (SELECT line_id, location_id,
                   CAST(SUM(stored_reserved) AS BIGINT) AS stored_reserved, CAST(SUM(reserved) AS BIGINT) AS reserved,
                   CAST(SUM(stored_picked) AS BIGINT) AS stored_picked, CAST(SUM(picked) AS BIGINT) AS picked
              FROM (SELECT order_line_id AS line_id, location_id, reserved AS stored_reserved,
                           picked AS stored_picked, 0 AS reserved, 0 AS picked
                      FROM line_stock
                     UNION ALL
                    SELECT m.line_id, m.location_id, 0, 0,
                           CASE m.target WHEN 'promised' THEN m.quantity ELSE 0 END
                             - CASE m.source WHEN 'promised' THEN m.quantity ELSE 0 END,
                           CASE m.target WHEN 'picked' THEN m.quantity ELSE 0 END
                             - CASE m.source WHEN 'picked' THEN m.quantity ELSE 0 END
                      FROM sales_order o
                      JOIN sales_order_line l ON l.order_id = o.id
                      JOIN stock_move m ON m.line_id = l.id
                     WHERE o.spread AND m.location_id <> COALESCE(o.location_id, (
                           SELECT id FROM location WHERE active ORDER BY "rank", id LIMIT 1))) g
             GROUP BY line_id, location_id) f
     WHERE f.stored_reserved <> f.reserved OR f.stored_picked <> f.picked
"""
"""Parts of lines at other warehouses than their order's that are not the sum of their moves there: what both say."""

_PART: Final = f"""
    SELECT f.line_id AS key, COALESCE(o.number, 'a removed line') AS number, COALESCE(l.position, 0) AS position,
           COALESCE(p.grain, 1) AS grain, w.code AS place, f.stored_reserved, f.reserved, f.stored_picked, f.picked
      FROM ({FOLDED_PARTS}) f
      LEFT JOIN location w ON w.id = f.location_id
      LEFT JOIN sales_order_line l ON l.id = f.line_id LEFT JOIN sales_order o ON o.id = l.order_id
      LEFT JOIN product p ON p.id = l.product_id
"""

PARTS: Final = Query(
    Rule.LINE_PLACES,
    "line_stock",
    _PART,
    "{number}, line {position} at {place}: {stored_reserved} promised and {stored_picked} picked; "
    "its moves there add up to {reserved} and {picked}.",
    REBUILD,
    quantities=("stored_reserved", "reserved", "stored_picked", "picked"),
)


def parts(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check what lies at other warehouses for order lines."""
    yield from PARTS.find(connection, steps)
