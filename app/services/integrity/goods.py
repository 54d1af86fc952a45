"""Goods: levels, order lines, shipments, picks and returns against the moves of the stock ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from app.models.stock import INSIDE, Place
from app.services.integrity.damage import LOOK, REBUILD, Damage, Query, Rule, Steps
from app.services.integrity.returning import RETURNED


def moved(place: Place) -> str:
    """Write the SQL that sums what came to a place less what left it."""
    came, left = (f"CASE {side} WHEN '{place}' THEN quantity ELSE 0 END" for side in ("target", "source"))
    return f"SUM({came} - {left})"


_FOLD: Final = f"""
    SELECT product_id, location_id, {", ".join(f"{place} AS level_{place}, 0 AS moved_{place}" for place in INSIDE)}
      FROM stock_level
     UNION ALL
    SELECT product_id, location_id, {", ".join(f"0, {moved(place)}" for place in INSIDE)}
      FROM stock_move GROUP BY product_id, location_id
"""
_BOTH: Final = [f"{said}_{place}" for place in INSIDE for said in ("level", "moved")]
FOLDED_LEVELS: Final = f"""
    SELECT f.product_id, f.location_id, {", ".join(f"f.{name}" for name in _BOTH)}
      FROM (SELECT product_id, location_id, {", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in _BOTH)}
              FROM ({_FOLD}) g GROUP BY product_id, location_id) f
     WHERE {" OR ".join(f"f.level_{place} <> f.moved_{place}" for place in INSIDE)}
"""
"""Levels that are not the sum of their moves: what both say."""

_LEVEL: Final = f"""
    SELECT d.product_id AS key, p.sku, p.grain, l.code AS place, {", ".join(f"d.{name}" for name in _BOTH)}
      FROM ({FOLDED_LEVELS}) d
      LEFT JOIN product p ON p.id = d.product_id LEFT JOIN location l ON l.id = d.location_id
"""

_FLOOR: Final = """
    SELECT s.product_id AS key, p.sku, p.grain, l.code AS place, s.free, s.promised, s.picked, s.blocked
      FROM stock_level s LEFT JOIN product p ON p.id = s.product_id LEFT JOIN location l ON l.id = s.location_id
     WHERE s.free < 0 OR s.promised < 0 OR s.picked < 0 OR s.blocked < 0
"""

_MOVE: Final = """
    SELECT m.id AS key, p.sku, p.grain, m.quantity, m.source, m.target, m.reason
      FROM stock_move m
      LEFT JOIN product p ON p.id = m.product_id LEFT JOIN sales_order_line l ON l.id = m.line_id
     WHERE m.quantity <= 0 OR m.source = m.target OR p.kind <> 'goods'
        OR m.source NOT IN ('free', 'promised', 'picked', 'blocked', 'supplier', 'customer', 'adjustment', 'history',
                            'transit', 'production', 'scrap')
        OR m.target NOT IN ('free', 'promised', 'picked', 'blocked', 'supplier', 'customer', 'adjustment', 'scrap',
                            'transit', 'production', 'history', 'supplier')
        OR (m.source = 'scrap' AND m.target NOT IN ('free', 'blocked'))
        OR (m.target = 'supplier' AND m.source NOT IN ('free', 'blocked'))
        OR (m.target = 'history' AND m.source <> 'customer')
        OR ((m.source IN ('promised', 'picked', 'customer') OR m.target IN ('promised', 'picked', 'customer'))
            AND (m.line_id IS NULL OR l.product_id <> m.product_id))
"""

_PROMISED: Final = """
    SELECT f.product_id AS key, p.sku, p.grain, f.promised, f.reserved, f.level_picked, f.picked
      FROM (SELECT product_id, SUM(promised) AS promised, SUM(level_picked) AS level_picked,
                   SUM(reserved) AS reserved, SUM(picked) AS picked
              FROM (SELECT product_id, promised, picked AS level_picked, 0 AS reserved, 0 AS picked FROM stock_level
                     UNION ALL
                    SELECT product_id, 0, 0, reserved, picked FROM sales_order_line WHERE reserved <> 0 OR picked <> 0
                     UNION ALL
                    SELECT product_id, 0, 0, reserved, 0 FROM work_component WHERE reserved <> 0
                     UNION ALL
                    SELECT product_id, 0, 0, reserved, 0 FROM transfer_line WHERE reserved <> 0
                   ) g
             GROUP BY product_id) f
      LEFT JOIN product p ON p.id = f.product_id
     WHERE f.promised <> f.reserved OR f.level_picked <> f.picked
"""

FOLDED_LINES: Final = """
    SELECT id, CAST(SUM(line_reserved) AS BIGINT) AS line_reserved, CAST(SUM(reserved) AS BIGINT) AS reserved,
           CAST(SUM(line_picked) AS BIGINT) AS line_picked, CAST(SUM(picked) AS BIGINT) AS picked,
           CAST(SUM(line_shipped) AS BIGINT) AS line_shipped, CAST(SUM(shipped) AS BIGINT) AS shipped,
           CAST(SUM(line_returned) AS BIGINT) AS line_returned, CAST(SUM(returned) AS BIGINT) AS returned
      FROM (SELECT id, reserved AS line_reserved, picked AS line_picked, shipped AS line_shipped,
                   returned AS line_returned, 0 AS reserved, 0 AS picked, 0 AS shipped, 0 AS returned
              FROM sales_order_line k
             WHERE NOT EXISTS (SELECT 1 FROM product p WHERE p.id = k.product_id AND p.kind = 'kit')
             UNION ALL
            SELECT line_id, 0, 0, 0, 0,
                   CASE target WHEN 'promised' THEN quantity ELSE 0 END
                     - CASE source WHEN 'promised' THEN quantity ELSE 0 END,
                   CASE target WHEN 'picked' THEN quantity ELSE 0 END
                     - CASE source WHEN 'picked' THEN quantity ELSE 0 END,
                   CASE WHEN target = 'customer' THEN quantity WHEN target = 'history' THEN -quantity
                        WHEN source = 'customer' AND target = 'promised' THEN -quantity ELSE 0 END,
                   CASE WHEN source = 'customer' AND target NOT IN ('history', 'promised') THEN quantity ELSE 0 END
              FROM stock_move m WHERE line_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM work_component c WHERE c.id = m.line_id)
               AND NOT EXISTS (SELECT 1 FROM transfer_line t WHERE t.id = m.line_id)) g
     GROUP BY id
    HAVING SUM(line_reserved) <> SUM(reserved) OR SUM(line_picked) <> SUM(picked)
        OR SUM(line_shipped) <> SUM(shipped) OR SUM(line_returned) <> SUM(returned)
"""
"""Order lines whose counts are not the sum of their moves: what both say."""

_LINE: Final = f"""
    SELECT f.id AS key, COALESCE(o.number, 'a removed line') AS number, COALESCE(l.position, 0) AS position,
           COALESCE(p.grain, 1) AS grain, f.line_reserved, f.reserved, f.line_picked, f.picked, f.line_shipped,
           f.shipped, f.line_returned, f.returned
      FROM ({FOLDED_LINES}) f
      LEFT JOIN sales_order_line l ON l.id = f.id LEFT JOIN sales_order o ON o.id = l.order_id
      LEFT JOIN product p ON p.id = l.product_id
"""

_PROMISE: Final = """
    SELECT l.id AS key, o.number, l.position, p.grain, o.state, l.reserved, l.picked,
           l.ordered - l.cancelled - l.shipped + l.returned_open AS outstanding
      FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id JOIN product p ON p.id = l.product_id
     WHERE (l.reserved > 0 AND l.reserved + l.picked > l.ordered - l.cancelled - l.shipped + l.returned_open)
        OR ((l.reserved <> 0 OR l.picked <> 0) AND (o.state IN ('draft', 'cancelled') OR p.kind <> 'goods'))
        OR l.returned + l.advanced > l.shipped OR l.returned_open > l.returned + l.advanced OR l.returned_open < 0
"""

_SHIPMENT_LINE: Final = """
    SELECT COALESCE(l.id, f.shipment_id) AS key, COALESCE(s.number, 'a shipment that is gone') AS number, p.grain,
           COALESCE(p.sku, 'unknown goods') AS sku, f.stored, f.moved
      FROM (SELECT shipment_id, order_line_id, SUM(stored) AS stored, SUM(moved) AS moved
              FROM (SELECT shipment_id, order_line_id, shipped AS stored, 0 AS moved FROM shipment_line
                     UNION ALL
                    SELECT document_id, line_id, 0, CASE WHEN target = 'customer' THEN quantity ELSE -quantity END
                      FROM stock_move
                     WHERE (target = 'customer' AND source <> 'history')
                        OR (source = 'customer' AND target = 'promised')) g
             GROUP BY shipment_id, order_line_id HAVING SUM(stored) <> SUM(moved)) f
      LEFT JOIN shipment s ON s.id = f.shipment_id
      LEFT JOIN shipment_line l ON l.shipment_id = f.shipment_id AND l.order_line_id = f.order_line_id
      LEFT JOIN product p ON p.id = l.product_id
"""

_SHIPMENT_STATE: Final = """
    SELECT l.id AS key, s.number, s.state, p.sku, p.grain, l.planned, l.shipped
      FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id JOIN product p ON p.id = l.product_id
     WHERE (s.state IN ('planned', 'packed', 'cancelled') AND l.shipped <> 0)
        OR (s.state IN ('shipped', 'delivered') AND l.planned <> l.shipped)
        OR (s.state = 'cancelled' AND l.planned <> 0)
        OR (s.state IN ('shipped', 'delivered') AND s.shipped_at IS NULL)
        OR (s.state IN ('planned', 'packed', 'cancelled') AND s.shipped_at IS NOT NULL)
        OR (s.state = 'delivered' AND (s.delivered_at IS NULL OR s.delivered_at < s.shipped_at))
"""

_PACKAGES: Final = """
    SELECT s.id AS key, s.number, s.packages AS stored, COALESCE(c.packages, 0) AS found
      FROM shipment s
      LEFT JOIN (SELECT shipment_id, COUNT(*) AS packages, SUM(weight_g) AS weight_g
                   FROM package WHERE parent_id IS NULL GROUP BY shipment_id) c ON c.shipment_id = s.id
     WHERE s.packages <> COALESCE(c.packages, 0) OR s.weight_g <> COALESCE(c.weight_g, 0)
        OR (s.state IN ('planned', 'cancelled') AND c.packages > 0)
        OR (s.state = 'packed' AND c.packages IS NULL)
"""

_NESTED: Final = """
    SELECT k.id AS key, s.number, k.position, k.weight_g, k.own_g, COALESCE(c.weight_g, 0) AS on_it
      FROM package k JOIN shipment s ON s.id = k.shipment_id
      LEFT JOIN (SELECT parent_id, SUM(weight_g) AS weight_g
                   FROM package WHERE parent_id IS NOT NULL GROUP BY parent_id) c ON c.parent_id = k.id
     WHERE (k.kind = 'pallet' AND (k.own_g < 0 OR k.weight_g <> k.own_g + COALESCE(c.weight_g, 0)))
        OR (k.kind <> 'pallet' AND (k.own_g <> 0 OR c.parent_id IS NOT NULL))
"""

_TOWER: Final = """
    SELECT k.id AS key, s.number, k.position, p.position AS under
      FROM package k JOIN shipment s ON s.id = k.shipment_id JOIN package p ON p.id = k.parent_id
     WHERE k.kind = 'pallet' OR p.kind <> 'pallet' OR p.parent_id IS NOT NULL OR p.shipment_id <> k.shipment_id
"""

_EMPTY: Final = """
    SELECT k.id AS key, s.number, k.position
      FROM package k JOIN shipment s ON s.id = k.shipment_id
     WHERE k.kind = 'pallet' AND NOT EXISTS (SELECT 1 FROM package c WHERE c.parent_id = k.id)
       AND NOT EXISTS (SELECT 1 FROM package_line l WHERE l.package_id = k.id)
"""

_PACKED: Final = """
    SELECT COALESCE(l.id, f.shipment_id) AS key, s.number, COALESCE(p.sku, 'goods not on it') AS sku, p.grain,
           f.planned, f.packed
      FROM (SELECT g.shipment_id, g.order_line_id, SUM(g.planned) AS planned, SUM(g.packed) AS packed
              FROM (SELECT l.shipment_id, l.order_line_id, l.planned, 0 AS packed FROM shipment_line l
                      JOIN shipment s ON s.id = l.shipment_id AND s.packages > 0
                     UNION ALL
                    SELECT k.shipment_id, c.order_line_id, 0, c.quantity
                      FROM package_line c JOIN package k ON k.id = c.package_id) g
             GROUP BY g.shipment_id, g.order_line_id HAVING SUM(g.planned) <> SUM(g.packed)) f
      JOIN shipment s ON s.id = f.shipment_id
      LEFT JOIN shipment_line l ON l.shipment_id = f.shipment_id AND l.order_line_id = f.order_line_id
      LEFT JOIN product p ON p.id = l.product_id
"""

_NOT_PICKED: Final = """
    SELECT l.id AS key, o.number, l.position, p.grain, k.packed, l.picked
      FROM (SELECT l.order_line_id, SUM(l.planned) AS packed FROM shipment_line l
              JOIN shipment s ON s.id = l.shipment_id WHERE s.state = 'packed' GROUP BY l.order_line_id) k
      JOIN sales_order_line l ON l.id = k.order_line_id JOIN sales_order o ON o.id = l.order_id
      JOIN product p ON p.id = l.product_id
     WHERE k.packed > l.picked
"""

_PLAN: Final = """
    SELECT n.id AS key, n.number, n.position, n.grain, n.planned, n.needed
      FROM (SELECT l.id, o.number, l.position, p.grain, COALESCE(s.planned, 0) AS planned,
                   CASE WHEN o.state IN ('draft', 'cancelled') THEN 0
                        WHEN o.deposit_open > 0 THEN 0
                        WHEN l.ordered - l.cancelled - l.shipped + l.returned_open - l.stopped
                             <= COALESCE(s.packed, 0) + COALESCE(d.dropping, 0) THEN 0
                        WHEN l.ordered - l.cancelled - l.shipped + l.returned_open - l.stopped <= 0 THEN 0
                        ELSE l.ordered - l.cancelled - l.shipped + l.returned_open - l.stopped
                             - COALESCE(s.packed, 0) - COALESCE(d.dropping, 0) END
                   AS needed
              FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
              JOIN product p ON p.id = l.product_id AND p.kind = 'goods'
              LEFT JOIN (SELECT l.order_line_id,
                                SUM(CASE s.state WHEN 'planned' THEN l.planned ELSE 0 END) AS planned,
                                SUM(CASE s.state WHEN 'packed' THEN l.planned ELSE 0 END) AS packed
                           FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id
                          WHERE s.state IN ('planned', 'packed') GROUP BY l.order_line_id) s
                ON s.order_line_id = l.id
              LEFT JOIN (SELECT demand_id, SUM(quantity - served) AS dropping FROM peg
                          WHERE way = 'drop_ship' AND demand = 'order_line' GROUP BY demand_id) d
                ON d.demand_id = l.id
             WHERE l.kind = 'product') n
     WHERE n.planned <> n.needed
"""

_PLANNED_TWICE: Final = """
    SELECT o.id AS key, o.number, COUNT(*) AS found FROM shipment s JOIN sales_order o ON o.id = s.order_id
     WHERE s.state = 'planned' AND s.kind = 'own'
     GROUP BY o.id, o.number, s.location_id, s.ship_to HAVING COUNT(*) > 1
"""

_PICK_LINE: Final = """
    SELECT COALESCE(l.id, f.pick_id) AS key, COALESCE(k.number, 'a pick list that is gone') AS number, p.grain,
           COALESCE(p.sku, 'unknown goods') AS sku, f.stored, f.moved
      FROM (SELECT pick_id, order_line_id, SUM(stored) AS stored, SUM(moved) AS moved
              FROM (SELECT pick_id, order_line_id, picked AS stored, 0 AS moved FROM pick_line
                     UNION ALL
                    SELECT document_id, line_id, 0, quantity FROM stock_move
                     WHERE source = 'promised' AND target = 'picked') g
             GROUP BY pick_id, order_line_id HAVING SUM(stored) <> SUM(moved)) f
      LEFT JOIN pick k ON k.id = f.pick_id
      LEFT JOIN pick_line l ON l.pick_id = f.pick_id AND l.order_line_id = f.order_line_id
      LEFT JOIN product p ON p.id = l.product_id
"""

_PICK_STATE: Final = """
    SELECT l.id AS key, k.number, k.state, p.sku, p.grain, l.wanted, l.picked
      FROM pick_line l JOIN pick k ON k.id = l.pick_id JOIN product p ON p.id = l.product_id
     WHERE l.picked > l.wanted OR (k.state <> 'done' AND l.picked <> 0) OR (k.state = 'cancelled' AND l.wanted <> 0)
"""

_PICK_PLAN: Final = """
    SELECT l.id AS key, o.number, l.position, p.grain, k.wanted, l.reserved
      FROM (SELECT w.order_line_id, SUM(w.wanted) AS wanted FROM pick k
              JOIN pick_line w ON w.pick_id = k.id WHERE k.state = 'open' GROUP BY w.order_line_id) k
      JOIN sales_order_line l ON l.id = k.order_line_id JOIN sales_order o ON o.id = l.order_id
      JOIN product p ON p.id = l.product_id
     WHERE k.wanted <> l.reserved AND (o.ship_policy = 'available' OR k.wanted <> 0)
"""

_PICK_HEAD: Final = """
    SELECT k.id AS key, k.number, k.lines AS stored, COALESCE(c.found, 0) AS found
      FROM pick k
      LEFT JOIN (SELECT pick_id, COUNT(*) AS found FROM pick_line WHERE wanted > 0 GROUP BY pick_id) c
        ON c.pick_id = k.id
     WHERE k.lines <> COALESCE(c.found, 0)
        OR (k.state = 'open' AND EXISTS (SELECT 1 FROM pick t
                                          WHERE t.shipment_id = k.shipment_id AND t.state = 'open' AND t.id < k.id))
"""

STOCK: Final = (
    Query(
        Rule.STOCK_MOVE,
        "stock_move",
        _MOVE,
        "A move of {quantity} {sku} from {source} to {target} ({reason}) is none that can happen.",
        quantities=("quantity",),
    ),
    Query(
        Rule.STOCK_LEVEL,
        "stock_level",
        _LEVEL,
        "{sku} at {place}: the level says {level_free} free, {level_promised} promised, {level_picked} picked, "
        "{level_blocked} blocked; its moves add up to {moved_free}, {moved_promised}, {moved_picked}, {moved_blocked}.",
        REBUILD,
        quantities=tuple(_BOTH),
    ),
    Query(
        Rule.STOCK_FLOOR,
        "stock_level",
        _FLOOR,
        "{sku} at {place} is below zero: {free} free, {promised} promised, {picked} picked, {blocked} blocked.",
        "Count the product and enter what is there.",
        quantities=("free", "promised", "picked", "blocked"),
    ),
    Query(
        Rule.STOCK_PROMISED,
        "stock_level",
        _PROMISED,
        "{sku}: {promised} promised and {level_picked} picked in stock, but order lines hold {reserved} and {picked}.",
        REBUILD,
        quantities=("promised", "reserved", "level_picked", "picked"),
    ),
)

LINES: Final = (
    Query(
        Rule.LINE_MOVES,
        "sales_order_line",
        _LINE,
        "{number}, line {position}: {line_reserved} promised, {line_picked} picked, {line_shipped} shipped, "
        "{line_returned} returned; its moves add up to {reserved}, {picked}, {shipped}, {returned}.",
        REBUILD,
        quantities=(
            "line_reserved",
            "reserved",
            "line_picked",
            "picked",
            "line_shipped",
            "shipped",
            "line_returned",
            "returned",
        ),
    ),
    Query(
        Rule.LINE_PROMISE,
        "sales_order_line",
        _PROMISE,
        "{number} ({state}), line {position}: {reserved} promised and {picked} picked for {outstanding} still to ship, "
        "or more came back than was shipped.",
        "Reserve the order again, or put its goods back.",
        quantities=("reserved", "picked", "outstanding"),
    ),
)

DELIVERIES: Final = (
    Query(
        Rule.SHIPMENT_LINES,
        "shipment_line",
        _SHIPMENT_LINE,
        "{number}: {stored} {sku} shipped, but {moved} left the stock with it.",
        quantities=("stored", "moved"),
    ),
    Query(
        Rule.SHIPMENT_LINES,
        "shipment_line",
        _SHIPMENT_STATE,
        "{number} is {state}, but {planned} {sku} are planned and {shipped} shipped on it, or its times do not fit.",
        quantities=("planned", "shipped"),
    ),
    Query(
        Rule.SHIPMENT_PACKAGES,
        "shipment",
        _PACKAGES,
        "{number} says {stored} packages, {found} are there, or their weights do not add up.",
        LOOK,
    ),
    Query(
        Rule.SHIPMENT_PALLETS,
        "package",
        _NESTED,
        "{number}: package {position} weighs {weight_g} g, but itself {own_g} g and what stands on it {on_it} g.",
        "Unpack the shipment and pack it again.",
    ),
    Query(
        Rule.SHIPMENT_PALLETS,
        "package",
        _TOWER,
        "{number}: package {position} stands on package {under}, which is no pallet of this shipment on the floor.",
        "Unpack the shipment and pack it again.",
    ),
    Query(
        Rule.SHIPMENT_PALLETS,
        "package",
        _EMPTY,
        "{number}: pallet {position} is empty.",
        "Unpack the shipment and pack it again.",
    ),
    Query(
        Rule.SHIPMENT_PACKAGES,
        "shipment_line",
        _PACKED,
        "{number}: {planned} {sku} are on the shipment, {packed} in its packages.",
        LOOK,
        quantities=("planned", "packed"),
    ),
    Query(
        Rule.SHIPMENT_PICKED,
        "sales_order_line",
        _NOT_PICKED,
        "{number}, line {position}: {packed} packed, but only {picked} were picked.",
        "Unpack the shipment, pick what is missing, and pack it again.",
        quantities=("packed", "picked"),
    ),
    Query(
        Rule.SHIPMENT_PLAN,
        "sales_order_line",
        _PLAN,
        "{number}, line {position}: {needed} still to ship, but {planned} planned.",
        "Reserve the order again: its shipment is planned anew.",
        quantities=("planned", "needed"),
    ),
    Query(
        Rule.SHIPMENT_PLAN,
        "sales_order",
        _PLANNED_TWICE,
        "{number} has {found} planned shipments from one warehouse to one address.",
        LOOK,
    ),
    Query(
        Rule.PICK_LINES,
        "pick_line",
        _PICK_LINE,
        "{number}: {stored} {sku} picked, but {moved} were taken off the shelf with it.",
        quantities=("stored", "moved"),
    ),
    Query(
        Rule.PICK_LINES,
        "pick_line",
        _PICK_STATE,
        "{number} is {state}, asks for {wanted} {sku} and says {picked} were picked.",
        LOOK,
        quantities=("wanted", "picked"),
    ),
    Query(
        Rule.PICK_PLAN,
        "sales_order_line",
        _PICK_PLAN,
        "{number}, line {position}: {reserved} promised, but the pick list asks for {wanted}.",
        "Reserve the order again: its pick list is written anew.",
        quantities=("wanted", "reserved"),
    ),
    Query(
        Rule.PICK_PLAN,
        "pick",
        _PICK_HEAD,
        "{number} says {stored} lines, {found} are on it, or another list of the order is open.",
        LOOK,
    ),
    *RETURNED,
)


def stock(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check moves and levels."""
    for query in STOCK:
        yield from query.find(connection, steps)


def lines(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check what order lines say against their moves."""
    for query in LINES:
        yield from query.find(connection, steps)


def deliveries(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check pick lists, shipments, packages and returns."""
    for query in DELIVERIES:
        yield from query.find(connection, steps)
