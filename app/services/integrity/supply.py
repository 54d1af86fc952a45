"""Supply: purchases, work orders and transfers against the moves of the stock ledger, and pegs against both sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.services.integrity.damage import LOOK, REBUILD, Damage, Query, Rule, Steps

FOLDED_COMPONENTS: Final = """
    SELECT f.id AS key, w.number, c.sku, p.grain, f.said_reserved, f.reserved, f.said_consumed, f.consumed
      FROM (SELECT id, SUM(said_reserved) AS said_reserved, SUM(reserved) AS reserved,
                   SUM(said_consumed) AS said_consumed, SUM(consumed) AS consumed
              FROM (SELECT id, reserved AS said_reserved, 0 AS reserved, consumed AS said_consumed, 0 AS consumed
                      FROM work_component
                     UNION ALL
                    SELECT m.line_id, 0,
                           CASE m.target WHEN 'promised' THEN m.quantity ELSE 0 END
                             - CASE m.source WHEN 'promised' THEN m.quantity ELSE 0 END,
                           0,
                           CASE m.target WHEN 'production' THEN m.quantity ELSE 0 END
                             - CASE m.source WHEN 'production' THEN m.quantity ELSE 0 END
                      FROM stock_move m JOIN work_component c ON c.id = m.line_id AND c.product_id = m.product_id) g
             GROUP BY id) f
      JOIN work_component c ON c.id = f.id JOIN work_order w ON w.id = c.work_order_id
      JOIN product p ON p.id = c.product_id
     WHERE f.said_reserved <> f.reserved OR f.said_consumed <> f.consumed
"""

FOLDED_TRANSFERS: Final = """
    SELECT f.id AS key, t.number, l.sku, p.grain, f.said_reserved, f.reserved, f.said_shipped, f.shipped,
           f.said_received, f.received, f.said_lost, f.lost
      FROM (SELECT id, SUM(said_reserved) AS said_reserved, SUM(reserved) AS reserved,
                   SUM(said_shipped) AS said_shipped, SUM(shipped) AS shipped,
                   SUM(said_received) AS said_received, SUM(received) AS received,
                   SUM(said_lost) AS said_lost, SUM(lost) AS lost
              FROM (SELECT id, reserved AS said_reserved, 0 AS reserved, shipped AS said_shipped, 0 AS shipped,
                           received AS said_received, 0 AS received, lost AS said_lost, 0 AS lost
                      FROM transfer_line
                     UNION ALL
                    SELECT m.line_id, 0,
                           CASE m.target WHEN 'promised' THEN m.quantity ELSE 0 END
                             - CASE m.source WHEN 'promised' THEN m.quantity ELSE 0 END,
                           0, CASE m.target WHEN 'transit' THEN m.quantity ELSE 0 END,
                           0, CASE WHEN m.source = 'transit' AND m.target <> 'adjustment' THEN m.quantity ELSE 0 END,
                           0, CASE WHEN m.source = 'transit' AND m.target = 'adjustment' THEN m.quantity ELSE 0 END
                      FROM stock_move m JOIN transfer_line l ON l.id = m.line_id AND l.product_id = m.product_id) g
             GROUP BY id) f
      JOIN transfer_line l ON l.id = f.id JOIN transfer t ON t.id = l.transfer_id
      JOIN product p ON p.id = l.product_id
     WHERE f.said_reserved <> f.reserved OR f.said_shipped <> f.shipped OR f.said_received <> f.received
        OR f.said_lost <> f.lost
"""

_TRANSIT: Final = """
    SELECT f.product_id AS key, p.sku, p.grain, f.moved, f.said
      FROM (SELECT product_id, SUM(moved) AS moved, SUM(said) AS said
              FROM (SELECT product_id, CASE target WHEN 'transit' THEN quantity ELSE -quantity END AS moved, 0 AS said
                      FROM stock_move WHERE source = 'transit' OR target = 'transit'
                     UNION ALL
                    SELECT product_id, 0, shipped - received - lost FROM transfer_line) g
             GROUP BY product_id) f
      JOIN product p ON p.id = f.product_id
     WHERE f.moved <> f.said
"""

FOLDED_WORK: Final = """
    SELECT f.id AS key, COALESCE(w.number, 'a work order that is gone') AS number, COALESCE(p.grain, 1) AS grain,
           f.said_made, f.made, f.said_scrapped, f.scrapped
      FROM (SELECT id, SUM(said_made) AS said_made, SUM(made) AS made, SUM(said_scrapped) AS said_scrapped,
                   SUM(scrapped) AS scrapped
              FROM (SELECT id, made AS said_made, 0 AS made, scrapped AS said_scrapped, 0 AS scrapped FROM work_order
                     UNION ALL
                    SELECT document_id, 0, CASE WHEN target IN ('free', 'blocked') THEN quantity ELSE 0 END,
                           0, CASE target WHEN 'scrap' THEN quantity ELSE 0 END
                      FROM stock_move WHERE source = 'production' AND line_id IS NULL) g
             GROUP BY id) f
      LEFT JOIN work_order w ON w.id = f.id LEFT JOIN product p ON p.id = w.product_id
     WHERE f.said_made <> f.made OR f.said_scrapped <> f.scrapped
"""

# Several lines of a purchase may deliver one order line, which is all that a drop shipment's move knows: the first
# of them stands for all.
_FIRST: Final = """(SELECT x.id FROM purchase_line x WHERE x.purchase_id = l.purchase_id
                               AND x.order_line_id = l.order_line_id ORDER BY x.id LIMIT 1)"""
FOLDED_PURCHASES: Final = f"""
    SELECT f.id AS key, COALESCE(o.number, 'a purchase line that is gone') AS number, COALESCE(l.sku, '') AS sku,
           COALESCE(p.grain, 1) AS grain, f.received, f.moved, l.work_order_id,
           l.order_line_id
      FROM (SELECT id, SUM(received) AS received, SUM(moved) AS moved
              FROM (SELECT COALESCE({_FIRST}, l.id) AS id, l.received, 0 AS moved FROM purchase_line l
                      JOIN product p ON p.id = l.product_id AND p.kind = 'goods'
                     WHERE l.work_order_id IS NULL
                     UNION ALL
                    SELECT line_id, 0, quantity FROM stock_move
                     WHERE source = 'supplier' AND target <> 'customer' AND line_id IS NOT NULL
                     UNION ALL
                    SELECT line_id, 0, -quantity FROM stock_move WHERE target = 'supplier' AND line_id IS NOT NULL
                     UNION ALL
                    SELECT l.id, 0, m.quantity FROM stock_move m
                      JOIN shipment s ON s.id = m.document_id
                      JOIN purchase_line l ON l.purchase_id = s.purchase_id AND l.order_line_id = m.line_id
                       AND l.id = {_FIRST}
                     WHERE m.source = 'supplier' AND m.target = 'customer'
                     UNION ALL
                    SELECT l.id, l.received, CASE WHEN l.received <= w.made + w.scrapped THEN l.received ELSE 0 END
                      FROM purchase_line l JOIN work_order w ON w.id = l.work_order_id) g
             GROUP BY id) f
      LEFT JOIN purchase_line l ON l.id = f.id LEFT JOIN purchase_order o ON o.id = l.purchase_id
      LEFT JOIN product p ON p.id = l.product_id
     WHERE f.received <> f.moved
"""

_TOTAL: Final = """
    SELECT o.id AS key, o.number, o.total, COALESCE(l.net, 0) AS net
      FROM purchase_order o
      LEFT JOIN (SELECT purchase_id, SUM(net) AS net FROM purchase_line GROUP BY purchase_id) l ON l.purchase_id = o.id
     WHERE o.total <> COALESCE(l.net, 0)
"""

_PURCHASE_STATE: Final = """
    SELECT l.id AS key, o.number, o.state, l.sku, p.grain, l.ordered, l.received, l.cancelled
      FROM purchase_line l JOIN purchase_order o ON o.id = l.purchase_id JOIN product p ON p.id = l.product_id
     WHERE (o.state IN ('closed', 'cancelled') AND l.ordered - l.cancelled - l.received > 0)
        OR (o.state IN ('draft', 'cancelled') AND l.received <> 0)
        OR (o.state = 'draft' AND l.cancelled <> 0) OR l.cancelled > l.ordered
"""

_WORK_STATE: Final = """
    SELECT w.id AS key, w.number, w.state, p.grain, w.ordered, w.made, w.scrapped, w.cancelled
      FROM work_order w JOIN product p ON p.id = w.product_id
      LEFT JOIN (SELECT work_order_id, SUM(reserved) AS reserved, SUM(consumed) AS consumed,
                        SUM(CASE WHEN needed > consumed THEN 1 ELSE 0 END) AS waiting
                   FROM work_component GROUP BY work_order_id) c ON c.work_order_id = w.id
     WHERE (w.state IN ('done', 'cancelled')
            AND (w.ordered - w.cancelled - w.made - w.scrapped > 0 OR c.reserved <> 0 OR c.waiting <> 0))
        OR (w.state IN ('planned', 'cancelled') AND w.made + w.scrapped <> 0)
        OR w.made + w.scrapped + w.cancelled > w.ordered
        OR (w.state = 'done' AND w.finished_at IS NULL) OR (w.state <> 'done' AND w.finished_at IS NOT NULL)
"""

_TRANSFER_STATE: Final = """
    SELECT l.id AS key, t.number, t.state, l.sku, p.grain, l.wanted, l.shipped, l.received
      FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id JOIN product p ON p.id = l.product_id
     WHERE (t.state = 'received' AND l.shipped <> l.received + l.lost)
        OR (t.state <> 'planned' AND (l.reserved <> 0 OR l.wanted - l.cancelled - l.shipped > 0))
        OR (t.state = 'cancelled' AND l.shipped <> 0)
        OR l.reserved + l.shipped > l.wanted - l.cancelled
"""

_PEG: Final = """
    SELECT g.id AS key, p.sku, p.grain, g.quantity, g.served
      FROM peg g JOIN product p ON p.id = g.product_id
     WHERE g.served > g.quantity OR g.served < 0
        OR (g.supply = 'stock' AND g.supply_id IS NOT NULL) OR (g.supply <> 'stock' AND g.supply_id IS NULL)
"""

_PEG_DEMAND: Final = """
    SELECT g.demand_id AS key, d.number, d.sku, d.grain, SUM(g.quantity) AS pegged, d.wanted
      FROM peg g
      JOIN (SELECT l.id, o.number, l.sku, p.grain, l.ordered + l.returned_open AS wanted
              FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id JOIN product p ON p.id = l.product_id
             WHERE o.state = 'confirmed'
             UNION ALL
            SELECT c.id, w.number, c.sku, p.grain, CASE WHEN c.needed > c.consumed THEN c.needed ELSE c.consumed END
              FROM work_component c JOIN work_order w ON w.id = c.work_order_id JOIN product p ON p.id = c.product_id
             UNION ALL
            SELECT l.id, t.number, l.sku, p.grain, l.wanted - l.cancelled
              FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id
              JOIN product p ON p.id = l.product_id) d ON d.id = g.demand_id
     WHERE g.supply <> 'stock'
     GROUP BY g.demand_id, d.number, d.sku, d.grain, d.wanted HAVING SUM(g.quantity) > d.wanted
"""

_PEG_SUPPLY: Final = """
    SELECT f.supply_id AS key, COALESCE(d.number, 'A supply that is gone') AS number, f.grain, f.pegged,
           COALESCE(d.coming, 0) AS coming
      FROM (SELECT g.supply_id, MIN(p.grain) AS grain, SUM(g.quantity - g.served) AS pegged
              FROM peg g JOIN product p ON p.id = g.product_id
             WHERE g.supply <> 'stock' AND g.trouble = '' AND g.quantity > g.served
             GROUP BY g.supply_id) f
      LEFT JOIN (SELECT l.id, o.number, l.ordered - l.cancelled - l.received AS coming
                   FROM purchase_line l JOIN purchase_order o ON o.id = l.purchase_id
                  UNION ALL
                 SELECT id, number, ordered - cancelled - made - scrapped FROM work_order
                  UNION ALL
                 SELECT l.id, t.number, l.wanted - l.cancelled - l.received - l.lost
                   FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id) d ON d.id = f.supply_id
     WHERE d.id IS NULL OR f.pegged > d.coming
"""

DOCUMENTS: Final = (
    Query(
        Rule.COMPONENT_MOVES,
        "work_component",
        FOLDED_COMPONENTS,
        "{number}: {said_reserved} {sku} promised and {said_consumed} consumed; its moves add up to {reserved} and "
        "{consumed}.",
        REBUILD,
        quantities=("said_reserved", "reserved", "said_consumed", "consumed"),
    ),
    Query(
        Rule.WORK_MOVES,
        "work_order",
        FOLDED_WORK,
        "{number}: {said_made} made and {said_scrapped} scrapped; its moves add up to {made} and {scrapped}.",
        REBUILD,
        quantities=("said_made", "made", "said_scrapped", "scrapped"),
    ),
    Query(
        Rule.TRANSFER_MOVES,
        "transfer_line",
        FOLDED_TRANSFERS,
        "{number}, {sku}: {said_reserved} promised, {said_shipped} shipped, {said_received} received, {said_lost} "
        "lost; its moves add up to {reserved}, {shipped}, {received}, {lost}.",
        REBUILD,
        quantities=(
            "said_reserved",
            "reserved",
            "said_shipped",
            "shipped",
            "said_received",
            "received",
            "said_lost",
            "lost",
        ),
    ),
    Query(
        Rule.TRANSIT,
        "transfer_line",
        _TRANSIT,
        "{sku}: {moved} are between our places by the moves, {said} by the transfers.",
        quantities=("moved", "said"),
    ),
    Query(
        Rule.PURCHASE_MOVES,
        "purchase_line",
        FOLDED_PURCHASES,
        "{number}: {received} {sku} received, but {moved} came from the supplier with it.",
        REBUILD,
        quantities=("received", "moved"),
    ),
    Query(
        Rule.PURCHASE_TOTAL,
        "purchase_order",
        _TOTAL,
        "{number} comes to {total}, its lines to {net}.",
        LOOK,
        amounts=("total", "net"),
    ),
    Query(
        Rule.SUPPLY_STATES,
        "purchase_line",
        _PURCHASE_STATE,
        "{number} is {state}: of {ordered} {sku}, {received} are received and {cancelled} cancelled.",
        LOOK,
        quantities=("ordered", "received", "cancelled"),
    ),
    Query(
        Rule.SUPPLY_STATES,
        "work_order",
        _WORK_STATE,
        "{number} is {state}: of {ordered}, {made} are made, {scrapped} scrapped, {cancelled} cancelled, or its "
        "components or times do not fit.",
        LOOK,
        quantities=("ordered", "made", "scrapped", "cancelled"),
    ),
    Query(
        Rule.SUPPLY_STATES,
        "transfer_line",
        _TRANSFER_STATE,
        "{number} is {state}: of {wanted} {sku}, {shipped} have left and {received} arrived.",
        LOOK,
        quantities=("wanted", "shipped", "received"),
    ),
)

PEGS: Final = (
    Query(
        Rule.PEG,
        "peg",
        _PEG,
        "A peg of {quantity} {sku} says that {served} came in, or what supplies it is missing.",
        LOOK,
        quantities=("quantity", "served"),
    ),
    Query(
        Rule.PEG_DEMAND,
        "peg",
        _PEG_DEMAND,
        "{number}: {pegged} {sku} are pegged to it, but only {wanted} are wanted.",
        LOOK,
        quantities=("pegged", "wanted"),
    ),
    Query(
        Rule.PEG_SUPPLY,
        "peg",
        _PEG_SUPPLY,
        "{number}: {pegged} are pegged to it, but only {coming} will come, and nobody is told.",
        "Open the supply and confirm it again: whoever gets nothing is told.",
        quantities=("pegged", "coming"),
    ),
)


def documents(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check purchases, work orders and transfers."""
    for query in DOCUMENTS:
        yield from query.find(connection, steps)


def pegs(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check that no more is pegged than is wanted, or than will come."""
    for query in PEGS:
        yield from query.find(connection, steps)
