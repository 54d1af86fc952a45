"""What was not found at picking: besides a backorder, or taking it off the order, a substitute may be sold instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import PRICE, Key
from app.models.order import sales_order_line
from app.models.product import product, shown
from app.models.rounding import round_decimals
from app.services import backorders, orders, products
from app.services.document_lines import LineInput
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Offer:
    """A product there is enough of to take the place of what is missing of a line, in its own stock unit."""

    order_id: UUID
    order_line_id: UUID
    sku: str
    product_id: UUID
    substitute_sku: str
    substitute_name: str
    quantity: Fraction

    def words(self) -> str:
        """Say what would be sold for what: ``VAL-1 by 4 VAL-2``."""
        return f"{self.sku} by {shown(self.quantity)} {self.substitute_sku}"


def offers(connection: Connection, missing: Mapping[UUID, int], *, at: datetime) -> list[Offer]:
    """Find for lines (grains missing, by order line) the best substitute that enough lies free of; one for each line.

    Components of kits are left out: the kit would be another one.
    """
    found = []
    for line_id, grains in missing.items():
        line = _LINE.first(connection, line=line_id)
        if line is None or line.kit_line_id is not None or grains <= 0:
            continue
        for one in backorders.substitutes(connection, line.product_id, at=at):
            known = products.get(connection, one.product_id)
            quantity = Fraction(grains, line.grain)
            if known.grain and quantity * known.grain <= one.available:
                found.append(Offer(line.order_id, line_id, line.sku, one.product_id, one.sku, one.name, quantity))
                break
    return found


def sell_instead(tx: Transaction, chosen: Iterable[Offer]) -> list[UUID]:
    """Add a line for each substitute, at its own price, to the order it is for; give the new lines.

    What is missing of the old lines is to be taken off them by :func:`app.services.picking.complete`.

    Raises:
        NotAllowed: the order is finished.
        Invalid: the substitute has no price in the order's currency.

    """
    made = []
    for one in chosen:
        quantity = round_decimals(one.quantity, PRICE)
        made.append(orders.add_line(tx, one.order_id, LineInput(one.product_id, quantity)))
        tx.record("order.substituted", one.order_id, made[-1], sku=one.sku, by=one.substitute_sku)
    return made


_LINE: Final = Prepared(
    select(
        sales_order_line.c.order_id,
        sales_order_line.c.product_id,
        sales_order_line.c.sku,
        sales_order_line.c.kit_line_id,
        product.c.grain,
    )
    .join(product, product.c.id == sales_order_line.c.product_id)
    .where(sales_order_line.c.id == bindparam("line", type_=Key))
)
