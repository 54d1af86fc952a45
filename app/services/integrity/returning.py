"""Returns: what arrived, what it opened on its order and where it stands, against the rows they follow from."""

from __future__ import annotations

from typing import Final

from app.services.integrity.damage import LOOK, REBUILD, Query, Rule

_RETURN_LINE: Final = """
    SELECT COALESCE(l.id, f.return_id) AS key, COALESCE(r.number, 'a return that is gone') AS number, p.grain,
           COALESCE(p.sku, 'unknown goods') AS sku, f.stored, f.moved
      FROM (SELECT return_id, order_line_id, SUM(good + scrap) AS stored, SUM(moved_good + moved_scrap) AS moved
              FROM (SELECT return_id, order_line_id, received_good + refused + repaired
                           + CASE WHEN disposition IN ('repair', 'send_back') THEN 0 ELSE received_repair END AS good,
                           received_scrap + beyond_repair AS scrap, 0 AS moved_good, 0 AS moved_scrap
                      FROM goods_return_line
                     UNION ALL
                    SELECT document_id, line_id, 0, 0, CASE target WHEN 'scrap' THEN 0 ELSE quantity END,
                           CASE target WHEN 'scrap' THEN quantity ELSE 0 END
                      FROM stock_move WHERE source = 'customer' AND target NOT IN ('history', 'promised')) g
             GROUP BY return_id, order_line_id
            HAVING SUM(good) <> SUM(moved_good) OR SUM(scrap) <> SUM(moved_scrap)) f
      LEFT JOIN goods_return r ON r.id = f.return_id
      LEFT JOIN goods_return_line l ON l.return_id = f.return_id AND l.order_line_id = f.order_line_id
      LEFT JOIN product p ON p.id = l.product_id
"""

_ARRIVED: Final = "l.received_good + l.received_scrap + l.received_repair + l.refused"
_MENDING: Final = (
    "CASE WHEN l.disposition IN ('repair', 'send_back') "
    "THEN l.received_repair - l.repaired - l.beyond_repair ELSE 0 END"
)
_DISPOSITION: Final = (
    """CASE WHEN l.disposition <> '' THEN l.disposition WHEN r."replace" THEN 'replace' ELSE 'credit' END"""
)

_TAKEN: Final = (
    "l.received_good + l.received_scrap + "
    "CASE WHEN l.disposition IN ('repair', 'send_back') THEN l.beyond_repair ELSE l.received_repair END"
)

_RETURN_LIMITS: Final = f"""
    SELECT l.id AS key, r.number, r.state, p.sku, p.grain, l.authorised, {_ARRIVED} AS received
      FROM goods_return_line l JOIN goods_return r ON r.id = l.return_id JOIN product p ON p.id = l.product_id
     WHERE {_ARRIVED} + l.given_up > l.authorised OR l.repaired + l.beyond_repair > l.received_repair
        OR l.received_repair < 0 OR l.refused < 0 OR l.given_up < 0 OR l.repaired < 0 OR l.beyond_repair < 0
        OR (l.disposition IN ('repair', 'send_back') AND l.received_good <> 0)
        OR (l.disposition = 'send_back' AND l.received_repair <> 0)
        OR (l.disposition <> 'repair' AND l.repaired + l.beyond_repair <> 0)
"""

_SETTLED: Final = f"""
    SELECT l.id AS key, r.number, p.sku, p.grain, l.credited + l.exchanged AS settled, {_TAKEN} AS taken,
           COALESCE(n.grains, 0) AS noted
      FROM goods_return_line l JOIN goods_return r ON r.id = l.return_id JOIN product p ON p.id = l.product_id
      LEFT JOIN (SELECT i.return_id, c.order_line_id, CAST(-SUM(c.grains) AS BIGINT) AS grains
                   FROM invoice i JOIN invoice_line c ON c.invoice_id = i.id
                  WHERE i.return_id IS NOT NULL AND i.state IN ('posted', 'paid')
                  GROUP BY i.return_id, c.order_line_id) n
        ON n.return_id = l.return_id AND n.order_line_id = l.order_line_id
     WHERE l.credited < 0 OR l.exchanged < 0 OR l.credited + l.exchanged > {_TAKEN}
        OR COALESCE(n.grains, 0) > l.credited
        OR ({_DISPOSITION} <> 'exchange' AND l.exchanged <> 0) OR ({_DISPOSITION} = 'replace' AND l.credited <> 0)
"""

_RETURN_STATE: Final = f"""
    SELECT f.id AS key, f.number, f.state, f.derived
      FROM (SELECT r.id, r.number, r.state,
                   CASE WHEN SUM({_ARRIVED}) <> 0 AND SUM(l.authorised - l.given_up) > SUM({_ARRIVED}) THEN 'partial'
                        WHEN SUM(l.authorised - l.given_up) > SUM({_ARRIVED}) THEN 'authorised'
                        WHEN SUM({_MENDING}) <> 0 THEN 'in_repair'
                        WHEN SUM({_ARRIVED}) <> 0 THEN 'received' ELSE 'kept' END AS derived
              FROM goods_return r JOIN goods_return_line l ON l.return_id = r.id
             GROUP BY r.id, r.number, r.state) f
     WHERE (f.state <> 'cancelled' AND f.state <> f.derived) OR (f.state = 'cancelled' AND f.derived <> 'authorised')
"""

_FREE_LINE: Final = """
    SELECT l.id AS key, o.number, l.position
      FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
     WHERE l.no_charge AND l.kit_line_id IS NULL
       AND (l.total <> 0 OR NOT EXISTS (SELECT 1 FROM goods_return r JOIN goods_return_line g ON g.return_id = r.id
                                         WHERE r.order_id = l.order_id AND g.disposition = 'exchange'))
"""

_ADVANCED: Final = f"""
    CASE WHEN r.in_advance AND {_DISPOSITION} = 'replace' THEN l.authorised - l.given_up - ({_ARRIVED}) ELSE 0 END
"""
FOLDED_REPLACED: Final = f"""
    SELECT id, CAST(SUM(stored) AS BIGINT) AS stored, CAST(SUM(replaced) AS BIGINT) AS replaced,
           CAST(SUM(announced) AS BIGINT) AS announced, CAST(SUM(advanced) AS BIGINT) AS advanced,
           CAST(SUM(other) AS BIGINT) AS other, CAST(SUM(exchanged) AS BIGINT) AS exchanged
      FROM (SELECT id, returned_open AS stored, 0 AS replaced, advanced AS announced, 0 AS advanced,
                   exchanged AS other, 0 AS exchanged
              FROM sales_order_line
             WHERE (returned_open <> 0 OR advanced <> 0 OR exchanged <> 0)
               AND product_id NOT IN (SELECT id FROM product WHERE kind = 'kit')
             UNION ALL
            SELECT l.order_line_id, 0,
                   l.refused + l.repaired + {_ADVANCED} + CASE WHEN {_DISPOSITION} = 'replace'
                       THEN l.received_good + l.received_scrap + l.received_repair ELSE 0 END,
                   0, {_ADVANCED}, 0, l.exchanged
              FROM goods_return_line l JOIN goods_return r ON r.id = l.return_id WHERE r.state <> 'cancelled') g
     GROUP BY id HAVING SUM(stored) <> SUM(replaced) OR SUM(announced) <> SUM(advanced) OR SUM(other) <> SUM(exchanged)
"""
"""Order lines whose pieces to be replaced, announced or exchanged are not those of its returns: what both say."""

_REPLACED: Final = f"""
    SELECT l.id AS key, o.number, l.position, p.grain, f.stored + f.announced + f.other AS stored,
           f.replaced + f.advanced + f.exchanged AS replaced
      FROM ({FOLDED_REPLACED}) f
      JOIN sales_order_line l ON l.id = f.id JOIN sales_order o ON o.id = l.order_id
      LEFT JOIN product p ON p.id = l.product_id
"""

RETURNED: Final = (
    Query(
        Rule.RETURN_LINES,
        "goods_return_line",
        _RETURN_LINE,
        "{number}: {stored} {sku} received, but {moved} came back with it, or good and scrap are mixed up.",
        quantities=("stored", "moved"),
    ),
    Query(
        Rule.RETURN_LINES,
        "goods_return_line",
        _RETURN_LIMITS,
        "{number} is {state}: {received} {sku} received of {authorised} authorised, or more repaired than came.",
        LOOK,
        quantities=("authorised", "received"),
    ),
    Query(
        Rule.RETURN_LINES,
        "goods_return_line",
        _SETTLED,
        "{number}: {settled} {sku} credited or exchanged of {taken} kept, its credit notes say {noted}.",
        LOOK,
        quantities=("settled", "taken", "noted"),
    ),
    Query(Rule.RETURN_LINES, "goods_return", _RETURN_STATE, "{number} is {state}; by its lines it is {derived}.", LOOK),
    Query(
        Rule.RETURN_LINES,
        "sales_order_line",
        _FREE_LINE,
        "{number}, line {position} is at no charge, but has an amount, or no return gave it for other goods.",
        LOOK,
    ),
    Query(
        Rule.RETURN_LINES,
        "sales_order_line",
        _REPLACED,
        "{number}, line {position}: {stored} to be replaced or exchanged, but its returns say {replaced}.",
        REBUILD,
        quantities=("stored", "replaced"),
    ),
)
"""The rules of returns."""
