"""What stock is worth: its levels and layers against the value ledger, and the ledger against the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import LOOK, REBUILD, Damage, Query, Rule, Steps
from app.services.value_entries import ACCOUNTS

FOLDED_WORTH: Final = """
    SELECT g.product_id, g.location_id, g.said_quantity, g.said_value, g.said_costing, g.said_cost, g.quantity,
           g.value, g.costing, CASE WHEN g.costing = 'fifo' AND g.quantity > 0 THEN '' ELSE g.cost END AS cost
      FROM (SELECT product_id, location_id, CAST(SUM(said_quantity) AS BIGINT) AS said_quantity,
                   CAST(SUM(said_value) AS BIGINT) AS said_value, MAX(said_costing) AS said_costing,
                   MAX(said_cost) AS said_cost, CAST(SUM(quantity) AS BIGINT) AS quantity,
                   CAST(SUM(value) AS BIGINT) AS value, MAX(costing) AS costing, MAX(cost) AS cost
              FROM (SELECT product_id, location_id, free + promised + picked + blocked AS said_quantity,
                           value AS said_value, costing AS said_costing, cost AS said_cost,
                           0 AS quantity, 0 AS value, '' AS costing, '' AS cost
                      FROM stock_level WHERE costing <> '' OR value <> 0 OR cost <> ''
                     UNION ALL
                    SELECT product_id, location_id, 0, 0, '', '', SUM(quantity), SUM(value), '', ''
                      FROM value_entry WHERE NOT direct GROUP BY product_id, location_id
                     UNION ALL
                    SELECT product_id, location_id, 0, 0, '', '', 0, 0,
                           CASE WHEN receipt_id IS NULL THEN 'average' ELSE 'fifo' END, ''
                      FROM (SELECT product_id, location_id, receipt_id,
                                   ROW_NUMBER() OVER (PARTITION BY product_id, location_id ORDER BY id DESC) AS n
                              FROM value_entry WHERE NOT direct AND (quantity <> 0 OR cost <> '')) last WHERE n = 1
                     UNION ALL
                    SELECT product_id, location_id, 0, 0, '', '', 0, 0, '', cost
                      FROM (SELECT product_id, location_id, cost,
                                   ROW_NUMBER() OVER (PARTITION BY product_id, location_id ORDER BY id DESC) AS n
                              FROM value_entry WHERE NOT direct AND cost <> '') last WHERE n = 1) parts
             GROUP BY product_id, location_id) g
"""
"""What stands beside the levels, and what the value ledger adds up to."""

WRONG_WORTH: Final = f"""
    SELECT f.*, f.product_id AS key, p.sku, p.grain, l.code AS place
      FROM ({FOLDED_WORTH}) f JOIN product p ON p.id = f.product_id JOIN location l ON l.id = f.location_id
     WHERE f.said_quantity <> f.quantity OR f.said_value <> f.value OR f.said_costing <> f.costing
        OR f.said_cost <> f.cost
"""
"""Levels that do not say what their entries add up to: what both say."""

FOLDED_LAYERS: Final = """
    SELECT g.id, g.said_quantity, g.said_value, g.quantity, g.value
      FROM (SELECT id, CAST(SUM(said_quantity) AS BIGINT) AS said_quantity,
                   CAST(SUM(said_value) AS BIGINT) AS said_value,
                   CAST(SUM(quantity) AS BIGINT) AS quantity, CAST(SUM(value) AS BIGINT) AS value
              FROM (SELECT id, quantity AS said_quantity, value AS said_value, 0 AS quantity, 0 AS value
                      FROM stock_layer
                     UNION ALL
                    SELECT receipt_id, 0, 0, SUM(quantity), SUM(value) FROM value_entry
                     WHERE receipt_id IS NOT NULL AND NOT direct GROUP BY receipt_id) parts
             GROUP BY id) g
     WHERE g.said_quantity <> g.quantity OR g.said_value <> g.value
"""
"""Layers that do not hold what their entries add up to: what both say."""

_LAYERS: Final = f"""
    SELECT f.id AS key, COALESCE(p.sku, 'A layer of no receipt') AS sku, COALESCE(p.grain, 1) AS grain,
           f.said_quantity, f.said_value, f.quantity, f.value
      FROM ({FOLDED_LAYERS}) f LEFT JOIN value_entry v ON v.id = f.id LEFT JOIN product p ON p.id = v.product_id
"""

_SUM: Final = """
    SELECT s.product_id AS key, p.sku, l.code AS place, s.value, COALESCE(y.value, 0) AS layers
      FROM stock_level s JOIN product p ON p.id = s.product_id JOIN location l ON l.id = s.location_id
      LEFT JOIN (SELECT product_id, location_id, SUM(value) AS value FROM stock_layer
                  GROUP BY product_id, location_id) y
        ON y.product_id = s.product_id AND y.location_id = s.location_id
     WHERE (s.costing = 'fifo' OR y.product_id IS NOT NULL) AND s.value <> COALESCE(y.value, 0)
"""

_PURPOSES: Final = " ".join(f"WHEN '{place}' THEN '{purpose}'" for place, purpose in ACCOUNTS.items())

_BOOKED: Final = f"""
    SELECT f.command_id AS key, f.account, SUM(f.wanted) AS wanted, SUM(f.booked) AS booked
      FROM (SELECT v.command_id, a.code AS account, v.value AS wanted, 0 AS booked
              FROM value_entry v JOIN account a ON a.purpose = 'stock'
             UNION ALL
            SELECT v.command_id, a.code, -v.value, 0
              FROM value_entry v JOIN account a ON a.purpose = CASE v.place {_PURPOSES} END
             UNION ALL
            SELECT e.command_id, l.account, 0, l.amount
              FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id
              JOIN (SELECT DISTINCT command_id FROM value_entry) m ON m.command_id = e.command_id
              LEFT JOIN payment p ON p.id = e.document_id LEFT JOIN invoice i ON i.id = e.document_id
             WHERE p.id IS NULL AND i.id IS NULL) f
     GROUP BY f.command_id, f.account HAVING SUM(f.wanted) <> SUM(f.booked)
"""

_UNDER_WAY: Final = """
    SELECT l.id AS key, t.number, l.sku, p.grain, l.shipped - l.received - l.lost AS quantity, -SUM(v.value) AS value
      FROM value_entry v JOIN transfer_line l ON l.id = v.line_id JOIN transfer t ON t.id = l.transfer_id
      JOIN product p ON p.id = l.product_id
     WHERE v.place = 'transit'
     GROUP BY l.id, t.number, l.sku, p.grain, l.shipped, l.received, l.lost
    HAVING (l.shipped - l.received - l.lost = 0 AND SUM(v.value) <> 0) OR SUM(v.value) > 0
"""

_IN_PROCESS: Final = """
    SELECT w.id AS key, w.number, w.state, -SUM(v.value) AS value
      FROM value_entry v JOIN work_order w ON w.id = v.document_id
     WHERE v.place = 'production' GROUP BY w.id, w.number, w.state
    HAVING w.state = 'done' AND SUM(v.value) <> 0
"""

VALUES: Final = (
    Query(
        Rule.STOCK_VALUE,
        "stock_level",
        WRONG_WORTH,
        "{sku} at {place}: {said_quantity} are worth {said_value}; the value ledger adds up to {quantity} worth "
        "{value}, or they are costed otherwise.",
        REBUILD,
        amounts=("said_value", "value"),
        quantities=("said_quantity", "quantity"),
    ),
    Query(
        Rule.STOCK_LAYERS,
        "stock_layer",
        _LAYERS,
        "{sku}: {said_quantity} of a receipt are left, worth {said_value}; its entries add up to {quantity}, worth "
        "{value}.",
        REBUILD,
        amounts=("said_value", "value"),
        quantities=("said_quantity", "quantity"),
    ),
    Query(
        Rule.STOCK_LAYERS,
        "stock_level",
        _SUM,
        "{sku} at {place} is worth {value}, its layers {layers}.",
        REBUILD,
        amounts=("value", "layers"),
    ),
    Query(
        Rule.VALUE_JOURNAL,
        "value_entry",
        _BOOKED,
        "What a command moved is worth {wanted} on account {account}, the journal holds {booked}.",
        amounts=("wanted", "booked"),
    ),
    Query(
        Rule.VALUE_UNDER_WAY,
        "transfer_line",
        _UNDER_WAY,
        "{number}, {sku}: {quantity} are on their way, worth {value}.",
        LOOK,
        amounts=("value",),
        quantities=("quantity",),
    ),
    Query(
        Rule.VALUE_UNDER_WAY,
        "work_order",
        _IN_PROCESS,
        "{number} is {state}, and {value} of it is still in process.",
        LOOK,
        amounts=("value",),
    ),
)


def worth(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check what stock is worth."""
    for query in VALUES:
        yield from query.find(connection, steps)
