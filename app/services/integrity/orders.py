"""Orders: their states, what was invoiced and paid, and what a draft may ask for, all computed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection

from app.models import kit
from app.models.kit import KitPart
from app.models.order import LineProgress, OrderFacts, OrderState, derive
from app.services.integrity.damage import REBUILD, Damage, Query, Rule, Steps, amount, key_text, read, readable
from app.services.integrity.documents import Groups
from app.services.order_book import COUNTS

_ORDERS: Final = """
    SELECT id, number, state, delivery_state, billing_state, stage, progress, taken_over, deposit_blocks, hold,
           deposit_amount, deposit_open, invoiced_total, paid_total, confirmed_at
      FROM sales_order ORDER BY id
"""
_LINES: Final = """
    SELECT l.order_id AS parent, l.id, l.position, l.kind, p.kind AS product_kind, l.on_order, l.ordered, l.reserved,
           l.picked, l.shipped, l.returned, l.cancelled, l.invoiced, l.returned_open,
           l.advanced, l.exchanged, l.stopped, l.no_charge, l.kit_line_id, l.kit_numerator, l.kit_denominator,
           l.kit_fixed, l.by_hand, l.in_transit, p.grain
      FROM sales_order_line l LEFT JOIN product p ON p.id = l.product_id ORDER BY l.order_id
"""
_MONEY: Final = """
    SELECT order_id AS parent, CAST(SUM(total) AS BIGINT) AS invoiced, CAST(SUM(total - open_amount) AS BIGINT) AS paid,
           SUM(CASE WHEN open_amount <> 0 THEN 1 ELSE 0 END) AS unsettled
      FROM (SELECT order_id, total, open_amount FROM invoice WHERE order_id IS NOT NULL AND state IN ('posted', 'paid')
             UNION ALL
            SELECT order_id, amount, open_amount FROM invoice_order) f
     GROUP BY order_id ORDER BY order_id
"""
_DEPOSITS: Final = """
    SELECT order_id AS parent, CAST(SUM(asked) AS BIGINT) AS asked,
           CAST(SUM(CASE WHEN blocks AND rest > 0 THEN rest ELSE 0 END) AS BIGINT) AS awaited,
           MAX(CASE WHEN blocks AND asked <> 0 THEN 1 ELSE 0 END) AS blocks
      FROM (SELECT d.order_id, d.id, d.blocks, SUM(f.total) AS asked, SUM(f.rest) AS rest
              FROM (SELECT id, total, CASE state WHEN 'draft' THEN total ELSE open_amount END AS rest FROM invoice
                     WHERE kind = 'deposit' AND state <> 'cancelled'
                     UNION ALL
                    SELECT credits_id, total, open_amount FROM invoice
                     WHERE kind = 'credit' AND state IN ('posted', 'paid') AND credits_id IS NOT NULL) f
              JOIN invoice d ON d.id = f.id AND d.kind = 'deposit' WHERE d.order_id IS NOT NULL
             GROUP BY d.order_id, d.id, d.blocks) k
     GROUP BY order_id ORDER BY order_id
"""
_PACKED: Final = "SELECT DISTINCT order_id FROM shipment WHERE state = 'packed'"
_DRAFTS: Final = """
    SELECT l.order_line_id, l.grains, i.id, i.order_id FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id
     WHERE i.state = 'draft' AND i.kind = 'invoice' AND l.order_line_id IS NOT NULL
"""
_DRAFTED_TWICE: Final = Query(
    Rule.ORDER_DRAFT,
    "sales_order",
    """
    SELECT o.id AS key, o.number, COUNT(*) AS found FROM invoice i JOIN sales_order o ON o.id = i.order_id
     WHERE i.state = 'draft' AND i.kind = 'invoice' GROUP BY o.id, o.number HAVING COUNT(*) > 1
    """,
    "{number} has {found} draft invoices instead of one.",
    "Discard the drafts that are not wanted.",
)
FOLDED_INVOICED: Final = """
    SELECT id, CAST(SUM(stored) AS BIGINT) AS stored, CAST(SUM(posted) AS BIGINT) AS posted
      FROM (SELECT l.id, l.invoiced AS stored,
                   CASE WHEN o.taken_over AND o.state <> 'cancelled' THEN l.ordered ELSE 0 END AS posted
              FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
             UNION ALL
            SELECT l.order_line_id, 0, l.grains FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
             WHERE l.order_line_id IS NOT NULL AND i.state IN ('posted', 'paid')) f
     GROUP BY id HAVING SUM(stored) <> SUM(posted)
"""
"""Order lines whose invoiced quantity is not the sum of their posted invoice lines: what both say."""

_INVOICED: Final = Query(
    Rule.LINE_INVOICED,
    "sales_order_line",
    f"""
    SELECT f.id AS key, o.number, l.position, COALESCE(p.grain, 3600000) AS grain, f.stored, f.posted
      FROM ({FOLDED_INVOICED}) f JOIN sales_order_line l ON l.id = f.id JOIN sales_order o ON o.id = l.order_id
      LEFT JOIN product p ON p.id = l.product_id
    """,
    "{number}, line {position}: {stored} invoiced, its posted invoices hold {posted}.",
    REBUILD,
    quantities=("stored", "posted"),
)


def states(connection: Connection, steps: Steps) -> Iterator[Damage]:
    """Derive the states and sums of every order again."""
    yield from _INVOICED.find(connection, steps)
    yield from _DRAFTED_TWICE.find(connection, steps)
    packed = {row.order_id for row in read(connection, _PACKED)}
    drafts: dict[Any, int] = {}
    for row in read(connection, _DRAFTS):
        drafts[row.order_line_id] = drafts.get(row.order_line_id, 0) + row.grains
    lines, money = Groups(read(connection, _LINES)), Groups(read(connection, _MONEY))
    deposits = Groups(read(connection, _DEPOSITS))
    for order in read(connection, _ORDERS):
        steps.take()
        rows, sums = lines.of(order.id), next(iter(money.of(order.id)), None)
        found = _order(order, rows, sums, packed=order.id in packed, drafts=drafts)
        yield from readable(found, "sales_order", order.id, order.number)
        asked = _asked(order, next(iter(deposits.of(order.id)), None))
        yield from readable(asked, "sales_order", order.id, order.number)


def _order(order: Any, rows: list[Any], sums: Any, *, packed: bool, drafts: dict[Any, int]) -> Iterator[Damage]:
    progress = [_progress(row) for row in rows]
    yield from _money(order, sums)
    yield from _kits(order, rows, progress)
    yield from _states(order, progress, sums is not None and bool(sums.unsettled), packed)
    if drafts:
        yield from _drafts(order, rows, progress, drafts)


def _progress(row: Any) -> LineProgress:
    sold = row.kind == "product"
    return LineProgress(
        goods=sold and row.product_kind == "goods",
        kit=sold and row.product_kind == "kit",
        component=row.kit_line_id is not None,
        no_charge=bool(row.no_charge),
        by_hand=bool(row.by_hand),
        on_order=bool(row.on_order),
        **{name: getattr(row, name) for name in COUNTS},
    )


def _kits(order: Any, rows: list[Any], progress: list[LineProgress]) -> Iterator[Damage]:
    """A kit has got what its components have got."""
    for row, line in zip(rows, progress, strict=True):
        parts = [KitPart(p, _share(r)) for r, p in zip(rows, progress, strict=True) if r.kit_line_id == row.id]
        if not line.kit or not parts:
            continue
        followed = replace(line)
        kit.follow(followed, row.grain, parts)
        if followed != line:
            what = f"{order.number}, line {row.position}: the kit's counts are not those of its components."
            yield Damage(Rule.KIT, "sales_order_line", key_text(row.id), what, REBUILD)


def _share(row: Any) -> Fraction | None:
    return None if row.kit_fixed else Fraction(row.kit_numerator, row.kit_denominator)


def _money(order: Any, sums: Any) -> Iterator[Damage]:
    found = (0, 0) if sums is None else (sums.invoiced, sums.paid)
    if (order.invoiced_total, order.paid_total) != found:
        what = (
            f"{order.number}: {amount(order.invoiced_total)} invoiced and {amount(order.paid_total)} paid; "
            f"its invoices come to {amount(found[0])} and {amount(found[1])}."
        )
        yield Damage(Rule.ORDER_MONEY, "sales_order", key_text(order.id), what, REBUILD)


def _asked(order: Any, deposits: Any) -> Iterator[Damage]:
    """An order asks for its deposit invoices less what was credited, and waits for what is open of those that block."""
    asked, awaited, blocks = (0, 0, 0) if deposits is None else (deposits.asked, deposits.awaited, deposits.blocks)
    wrong = order.deposit_open != (0 if order.state == "draft" else awaited)
    if order.state in {"confirmed", "closed"}:
        wrong |= order.deposit_amount != asked or bool(asked and order.deposit_blocks) != bool(blocks)
    if wrong:
        what = (
            f"{order.number} asks for {amount(order.deposit_amount)} of deposits and waits for "
            f"{amount(order.deposit_open)}; its deposit invoices come to {amount(asked)} and {amount(awaited)}."
        )
        yield Damage(Rule.ORDER_MONEY, "sales_order", key_text(order.id), what, REBUILD)


def _states(order: Any, lines: list[LineProgress], unsettled: bool, packed: bool) -> Iterator[Damage]:
    facts = OrderFacts(
        state=OrderState(order.state),
        taken_over=bool(order.taken_over),
        open_amount=unsettled,
        packed=packed,
        deposit=order.deposit_open > 0,
        held=bool(order.hold),
    )
    wanted = derive(facts, lines)
    wrong = [
        f"{name} {getattr(order, name)} instead of {value}"
        for name, value in wanted.items()
        if getattr(order, name) != value
    ]
    if order.state in {"draft", "cancelled"} and any(line.shipped or line.invoiced for line in lines):
        wrong.append(f"{order.state} although something was shipped or invoiced")
    if order.state in {"confirmed", "closed"} and order.confirmed_at is None:
        wrong.append(f"{order.state} although it was never confirmed")
    if wrong:
        what = f"{order.number}: {', '.join(wrong)}."
        yield Damage(Rule.ORDER_STATES, "sales_order", key_text(order.id), what, REBUILD)


def _drafts(order: Any, rows: list[Any], progress: list[LineProgress], drafts: dict[Any, int]) -> Iterator[Damage]:
    for row, line in zip(rows, progress, strict=True):
        if drafts.get(row.id, 0) > max(0, line.invoiceable - line.invoiced):
            what = f"{order.number}, line {row.position}: its draft invoice asks for more than may be invoiced."
            advice = "Reserve the order again: its draft invoice is written anew."
            yield Damage(Rule.ORDER_DRAFT, "sales_order_line", key_text(row.id), what, advice)
