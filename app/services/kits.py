"""The components of kits on orders: added when the order is confirmed, changed as the kit's line changes.

Goods that are *composed* get the lines of their components as well, and are goods beside them: the desk is shipped
and invoiced, its legs are shipped with it and cost nothing of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import Invalid, NotAllowed
from app.models.base import new_id
from app.models.bill import Bill, Contents, contents
from app.models.order import sales_order_line
from app.models.product import product
from app.services import bills, planning, products
from app.services.order_book import COUNTS, BookLine, OrderBook, load
from app.services.products import Product
from app.services.transaction import Transaction

MICRO: Final = Decimal("0.000001")


def explode(tx: Transaction, book: OrderBook, before: Mapping[UUID, int] | None = None) -> OrderBook:
    """Give every kit and all composed goods of an order the lines of their components, as many as are ordered.

    A kit of which as many are ordered as ``before`` (grains by line) keeps the components it was sold with, whatever
    its bill says by now.

    Returns the book read again where anything changed, else the same.

    Raises:
        Invalid: a kit has no bill, or not a whole number of kits is ordered.
        NotAllowed: more of a component is shipped or picked than fewer kits need.

    """
    same = {line.id for line in book.lines if (before or {}).get(line.id) == line.ordered}
    same &= {line.row.kit_line_id for line in book.lines}
    kits = [line for line in book.lines if (line.kit or line.composed) and line.id not in same]
    if not kits:
        return book
    known = parts_of(tx.connection, {line.product_id for line in kits})
    sold = products.get_many(
        tx.connection, [UUID(hex=name) for parts in known.values() for name in {**parts.each, **parts.once}]
    )
    changed = False
    for line in kits:
        changed = _explode_line(tx, book, line, known[line.product_id], sold) or changed
    return load(tx, book.id) if changed else book


def parts_of(connection: Connection, kit_ids: Iterable[UUID]) -> dict[UUID, Contents]:
    """Bring kits down to what is taken from the shelf: stock units by product (its hex key), kits in kits opened.

    Raises:
        Invalid: a kit has no bill, or is made of itself.

    """
    wanted, known = set(kit_ids), dict[str, Bill]()
    waiting = set(wanted)
    while waiting:
        level = bills.read_level(connection, waiting)
        for key in waiting - level.keys():
            raise Invalid("bill", f"{_named(connection, key)} without a bill. Say what is in it first.")
        known |= {key.hex: one.bill for key, one in level.items()}
        waiting = {part for one in level.values() for part in one.kits if part.hex not in known}
    return {key: contents(known, key.hex) for key in wanted}


def _explode_line(
    tx: Transaction, book: OrderBook, line: BookLine, parts: Contents, sold: Mapping[UUID, Product]
) -> bool:
    if line.kit and line.ordered % line.grain:
        raise Invalid("quantity", f"Line {line.row.position}: {line.row.sku} is a kit; order whole ones.")
    known = {one.product_id: one for one in book.lines if one.row.kit_line_id == line.id}
    new, changed = [], False
    for name in sorted({**parts.each, **parts.once}):
        key = UUID(hex=name)
        component = sold[key]
        each, once = parts.each.get(name, Fraction(0)), parts.once.get(name, Fraction(0))
        share = each * component.grain / line.grain
        ordered = ceil(share * line.ordered + once * component.grain) if line.ordered else 0
        if key in known:
            changed = _resize(tx, known.pop(key), ordered) or changed
        else:
            new.append(_part_row(line, component, ordered, share))
    for left in known.values():
        changed = _resize(tx, left, 0) or changed
    tx.insert(sales_order_line, *new)
    return changed or bool(new)


def _resize(tx: Transaction, part: BookLine, ordered: int) -> bool:
    if ordered == part.ordered:
        return False
    if ordered < part.shipped - part.returned + part.picked:
        raise NotAllowed(
            f"More of {part.row.sku} is shipped or picked than fewer kits need. Take it back or put it back first."
        )
    quantity = _shown(ordered, part.grain)
    tx.update(sales_order_line, part.id, ordered=ordered, quantity=quantity, cancelled=min(part.cancelled, ordered))
    return True


def _part_row(line: BookLine, component: Product, ordered: int, share: Fraction) -> dict[str, Any]:
    row = {column.name: getattr(line.row, column.name) for column in sales_order_line.c}
    nothing = dict.fromkeys(("unit_price", "discount_percent", "amount", "net", "tax", "total"), Decimal(0))
    row.update(
        nothing,
        **dict.fromkeys(COUNTS, 0),
        id=new_id(),
        product_id=component.id,
        sku=component.sku,
        name=component.name,
        description="",
        quantity=_shown(ordered, component.grain),
        unit=component.unit,
        numerator=1,
        denominator=1,
        tax_codes="",
        on_order=False,
        way="",
        kit_line_id=line.id,
        kit_numerator=share.numerator or None,
        kit_denominator=share.denominator if share else None,
        kit_fixed=not share,
    )
    row["ordered"] = ordered
    return row


def _shown(grains: int, grain: int) -> Decimal:
    """A quantity as it is shown, to six decimals; the grains are exact."""
    return (Decimal(grains) / Decimal(grain)).quantize(MICRO, ROUND_HALF_UP)


def _named(connection: Connection, product_id: UUID) -> str:
    found = connection.execute(select(product.c.sku, product.c.kind).where(product.c.id == product_id)).one()
    return f"{found.sku} is {'a kit' if found.kind == 'kit' else 'sold with components,'}"


def remove(tx: Transaction, kit_line_ids: set[UUID], book: OrderBook) -> None:
    """Remove the components of kits whose lines are removed from an order; their promises were given back.

    Raises:
        NotAllowed: a component was picked or shipped.

    """
    parts = [line for line in book.lines if line.row.kit_line_id in kit_line_ids]
    for part in parts:
        if part.picked or part.shipped or planning.is_on_paper(tx, part.id):
            raise NotAllowed(f"{part.row.sku} of a kit is picked or shipped; the kit cannot be removed.")
    planning.drop_lines(tx, {part.id for part in parts})
    tx.delete(sales_order_line, [part.id for part in parts])
