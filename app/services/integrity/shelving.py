"""Shelves: what lies in bins and of which lots, against the shelf ledger, the levels, pick lists and shipments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Select, and_, cast, func, literal, or_, select, union_all

from app.models.base import Key
from app.models.product import product
from app.models.shipment import PickState, pick, pick_line, pick_take
from app.models.stock import NOWHERE, shelf_move, shelf_stock, stock_level
from app.services.integrity.damage import LOOK, REBUILD, Damage, Query, Rule, Steps, key_text, quantity

_NOWHERE: Final = literal(NOWHERE, Key)


def _spot(source: Any, bin_column: Any) -> list[Any]:
    """The four columns that name a spot."""
    return [
        source.product_id.label("product_id"),
        source.location_id.label("location_id"),
        func.coalesce(bin_column, _NOWHERE).label("bin_id"),
        func.coalesce(source.lot_id, _NOWHERE).label("lot_id"),
    ]


def _folded(*parts: Any) -> Select[Any]:
    """Sum ``said`` and ``found`` of the parts by spot, and keep those where both differ."""
    both = union_all(*parts).subquery()
    names = ("product_id", "location_id", "bin_id", "lot_id")
    said, found = (cast(func.sum(both.c[name]), BigInteger) for name in ("said", "found"))
    sums = select(*(both.c[name] for name in names), said.label("said"), found.label("found"))
    return sums.group_by(*(both.c[name] for name in names)).having(func.sum(both.c.said) != func.sum(both.c.found))


_M, _S = shelf_move.c, shelf_stock.c
FOLDED_SHELVES: Final = _folded(
    select(*_spot(_S, _S.bin_id), _S.quantity.label("said"), literal(0).label("found")),
    select(*_spot(_M, _M.to_bin_id), literal(0), _M.quantity).where(_M.to_shelf),
    select(*_spot(_M, _M.from_bin_id), literal(0), -_M.quantity).where(_M.from_shelf),
)
"""Spots that do not hold the sum of their shelf moves: what both say."""

_TAKEN_FROM: Final = pick_take.join(pick_line, pick_line.c.id == pick_take.c.pick_line_id).join(
    pick, pick.c.id == pick_line.c.pick_id
)
_PLACED: Final = or_(pick_take.c.bin_id.is_not(None), pick_take.c.lot_id.is_not(None))
FOLDED_ASKED: Final = _folded(
    select(*_spot(_S, _S.bin_id), _S.allocated.label("said"), literal(0).label("found")),
    select(
        pick_line.c.product_id,
        pick.c.location_id,
        func.coalesce(pick_take.c.bin_id, _NOWHERE),
        func.coalesce(pick_take.c.lot_id, _NOWHERE),
        literal(0),
        pick_take.c.wanted,
    )
    .select_from(_TAKEN_FROM)
    .where(pick.c.state == PickState.OPEN, _PLACED),
    select(
        stock_level.c.product_id, stock_level.c.location_id, _NOWHERE, _NOWHERE, stock_level.c.asked, literal(0)
    ).where(stock_level.c.asked != 0),
    select(pick_line.c.product_id, pick.c.location_id, _NOWHERE, _NOWHERE, literal(0), pick_take.c.wanted)
    .select_from(_TAKEN_FROM)
    .where(and_(pick.c.state == PickState.OPEN, ~_PLACED)),
)
"""Spots (and, in no bin and of no lot, levels) that are not asked for as open pick lists ask: what both say."""

FOLDED_SHELVED: Final = """
    SELECT product_id, location_id, CAST(SUM(said) AS BIGINT) AS said, CAST(SUM(found) AS BIGINT) AS found
      FROM (SELECT product_id, location_id, shelved AS said, 0 AS found FROM stock_level
             UNION ALL
            SELECT product_id, location_id, 0, quantity FROM shelf_stock) g
     GROUP BY product_id, location_id HAVING SUM(said) <> SUM(found)
"""
"""Levels that do not say what their shelves hold: what both say."""

_SHELVED: Final = f"""
    SELECT f.product_id AS key, p.sku, p.grain, f.said, f.found
      FROM ({FOLDED_SHELVED}) f LEFT JOIN product p ON p.id = f.product_id
"""

_PLACES: Final = """
    SELECT s.product_id AS key, p.sku, p.grain, s.shelved, s.free + s.promised + s.blocked AS inside
      FROM stock_level s JOIN product p ON p.id = s.product_id
     WHERE s.shelved > s.free + s.promised + s.blocked
        OR (p.tracking <> 'none' AND s.shelved <> s.free + s.promised + s.blocked)
        OR (p.tracking = 'none' AND s.tracked) OR (p.tracking <> 'none' AND NOT s.tracked)
"""

_SERIAL: Final = """
    SELECT l.id AS key, p.sku, l.code, p.grain, f.inside
      FROM (SELECT lot_id, SUM(quantity) AS inside
              FROM (SELECT lot_id, quantity FROM shelf_stock
                     UNION ALL
                    SELECT m.lot_id, CASE WHEN m.from_shelf THEN m.quantity ELSE -m.quantity END FROM shelf_move m
                      JOIN sales_order_line o ON o.id = m.line_id WHERE m.from_shelf <> m.to_shelf
                     UNION ALL
                    SELECT lot_id, -quantity FROM shipment_lot) g
             GROUP BY lot_id) f
      JOIN lot l ON l.id = f.lot_id JOIN product p ON p.id = l.product_id
     WHERE p.tracking = 'serial' AND f.inside NOT IN (0, p.grain)
"""

_LOT_SHIPPED: Final = """
    SELECT l.id AS key, s.number, p.sku, p.grain, l.shipped, COALESCE(SUM(t.quantity), 0) AS named
      FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id JOIN product p ON p.id = l.product_id
      LEFT JOIN shipment_lot t ON t.shipment_line_id = l.id
     WHERE s.kind = 'own' AND p.tracking <> 'none'
     GROUP BY l.id, s.number, p.sku, p.grain, l.shipped
    HAVING l.shipped <> COALESCE(SUM(t.quantity), 0)
"""

_LOT_PICKED: Final = """
    SELECT f.line_id AS key, o.number, p.sku, p.grain, t.code, f.picked, f.named
      FROM (SELECT line_id, lot_id, SUM(picked) AS picked, SUM(named) AS named
              FROM (SELECT m.line_id, m.lot_id, CASE WHEN m.from_shelf THEN m.quantity ELSE -m.quantity END AS picked,
                           0 AS named
                      FROM shelf_move m
                     WHERE m.line_id IS NOT NULL AND m.lot_id IS NOT NULL AND m.from_shelf <> m.to_shelf
                     UNION ALL
                    SELECT l.order_line_id, t.lot_id, 0, t.quantity
                      FROM shipment_lot t JOIN shipment_line l ON l.id = t.shipment_line_id
                     UNION ALL
                    SELECT c.order_line_id, c.lot_id, 0, c.quantity
                      FROM package_line c JOIN package k ON k.id = c.package_id
                      JOIN shipment s ON s.id = k.shipment_id
                     WHERE s.state = 'packed' AND c.lot_id IS NOT NULL) g
             GROUP BY line_id, lot_id HAVING SUM(named) > SUM(picked)) f
      JOIN sales_order_line l ON l.id = f.line_id JOIN sales_order o ON o.id = l.order_id
      JOIN lot t ON t.id = f.lot_id JOIN product p ON p.id = t.product_id
"""

_LOT_BLOCKED: Final = """
    SELECT f.product_id AS key, p.sku, p.grain, f.lying, COALESCE(s.blocked, 0) AS blocked
      FROM (SELECT t.product_id, t.location_id, SUM(t.quantity) AS lying
              FROM shelf_stock t JOIN lot l ON l.id = t.lot_id WHERE l.blocked GROUP BY t.product_id, t.location_id) f
      JOIN product p ON p.id = f.product_id
      LEFT JOIN stock_level s ON s.product_id = f.product_id AND s.location_id = f.location_id
     WHERE f.lying > COALESCE(s.blocked, 0)
"""

_TAKES: Final = """
    SELECT l.id AS key, k.number, p.sku, p.grain, k.state, l.wanted, l.picked, t.wanted AS asked, t.taken
      FROM (SELECT pick_line_id, SUM(wanted) AS wanted, SUM(taken) AS taken,
                   SUM(CASE WHEN taken + short > wanted THEN 1 ELSE 0 END) AS over
              FROM pick_take GROUP BY pick_line_id) t
      JOIN pick_line l ON l.id = t.pick_line_id JOIN pick k ON k.id = l.pick_id JOIN product p ON p.id = l.product_id
     WHERE (k.state <> 'cancelled' AND t.wanted <> l.wanted) OR (k.state = 'done' AND t.taken <> l.picked)
        OR (k.state = 'cancelled' AND t.wanted <> 0) OR t.over > 0
"""

QUERIES: Final = (
    Query(
        Rule.SHELF_LEVEL,
        "stock_level",
        _SHELVED,
        "{sku}: the level says {said} lie on shelves, {found} do.",
        REBUILD,
        quantities=("said", "found"),
    ),
    Query(
        Rule.SHELF_LEVEL,
        "stock_level",
        _PLACES,
        "{sku}: {shelved} lie on shelves of {inside} that are there; goods with lots lie nowhere else.",
        "Count the product's bins and enter what is there.",
        quantities=("shelved", "inside"),
    ),
    Query(
        Rule.SERIAL_ONCE,
        "lot",
        _SERIAL,
        "{sku}: {inside} pieces with serial number {code} are in the house.",
        "Find the piece and count its bin.",
        quantities=("inside",),
    ),
    Query(
        Rule.LOT_SHIPPED,
        "shipment_line",
        _LOT_SHIPPED,
        "{number}: {shipped} {sku} shipped, lots are named for {named}.",
        quantities=("shipped", "named"),
    ),
    Query(
        Rule.LOT_SHIPPED,
        "sales_order_line",
        _LOT_PICKED,
        "{number}: {picked} {sku} of lot {code} picked, {named} packed or shipped.",
        quantities=("picked", "named"),
    ),
    Query(
        Rule.LOT_BLOCKED,
        "stock_level",
        _LOT_BLOCKED,
        "{sku}: {lying} lie on shelves of lots that may not be sold, {blocked} are blocked.",
        "Block the lot again.",
        quantities=("lying", "blocked"),
    ),
    Query(
        Rule.PICK_TAKES,
        "pick_line",
        _TAKES,
        "{number} ({state}): {wanted} {sku} wanted and {picked} picked, its bins say {asked} and {taken}.",
        LOOK,
        quantities=("wanted", "picked", "asked", "taken"),
    ),
)


def shelves(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Check bins and lots."""
    told = "{sku}: {said} lie in a bin by its stock, {found} by its moves."
    yield from _spots(connection, steps, FOLDED_SHELVES, (Rule.SHELF_STOCK, told))
    told = "{sku}: {said} are set aside for pick lists, open lists ask for {found}."
    yield from _spots(connection, steps, FOLDED_ASKED, (Rule.SHELF_ASKED, told))
    for query in QUERIES:
        yield from query.find(connection, steps)


def _spots(connection: Connection, steps: Steps, folded: Select[Any], said: tuple[Rule, str]) -> Iterator[Damage]:
    wrong = folded.subquery()
    statement = select(wrong, product.c.sku, product.c.grain).outerjoin(product, product.c.id == wrong.c.product_id)
    for row in connection.execute(statement):
        steps.take()
        rule, words = said
        figures = {name: quantity(getattr(row, name), row.grain) for name in ("said", "found")}
        yield Damage(rule, "shelf_stock", key_text(row.product_id), words.format(sku=row.sku, **figures), REBUILD)
