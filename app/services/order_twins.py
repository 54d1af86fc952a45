"""Orders that may have been entered twice: the same PO number of the same customer, or the same goods within days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.order import OrderState, sales_order, sales_order_line
from app.services import orders
from app.services.statements import Prepared

DAYS: Final = 7
"""Within how many days the same goods for the same customer are worth a question."""


@dataclass(frozen=True, slots=True)
class Twin:
    """An order that another one looks like; ``same_po`` by its PO number, else by its goods."""

    number: str
    ordered_on: date
    same_po: bool


def find(connection: Connection, order_id: UUID, days: int = DAYS) -> list[Twin]:
    """Find orders of the same customer that are not cancelled and look like this one, the newest first.

    They bear the same PO number, whenever they were given; or they are at most ``days`` apart and have the same
    products in the same quantities, whatever the prices.

    Raises:
        NotFound: the order does not exist.

    """
    head = orders.get(connection, order_id)
    found = dict[UUID, Twin]()
    for row in _SAME_PO.all(connection, customer=head.customer_id, po=head.customer_po) if head.customer_po else ():
        if row.id != order_id:
            found[row.id] = Twin(row.number, row.ordered_on, same_po=True)
    span = timedelta(days=days)
    near = _NEAR.all(connection, customer=head.customer_id, first=head.ordered_on - span, last=head.ordered_on + span)
    goods = _goods(near)
    wanted = goods.pop(order_id, Counter())
    for row in near:
        if wanted and row.id not in found and goods.get(row.id) == wanted:
            found[row.id] = Twin(row.number, row.ordered_on, same_po=False)
    return [found[key] for key in sorted(found, reverse=True)]


def _goods(rows: Iterable[Any]) -> dict[UUID, Counter[UUID]]:
    """The grains of each product on each order."""
    found = dict[UUID, Counter[UUID]]()
    for row in rows:
        found.setdefault(row.id, Counter())[row.product_id] += row.ordered
    return found


_CUSTOMER: Final = sales_order.c.customer_id == bindparam("customer", type_=Key)
_KNOWN: Final = sales_order.c.state != OrderState.CANCELLED
_HEAD: Final = (sales_order.c.id, sales_order.c.number, sales_order.c.ordered_on)
_SAME_PO: Final = Prepared(
    select(*_HEAD).where(
        sales_order.c.customer_po == bindparam("po", type_=sales_order.c.customer_po.type), _CUSTOMER, _KNOWN
    )
)
_NEAR: Final = Prepared(
    select(*_HEAD, sales_order_line.c.product_id, sales_order_line.c.ordered)
    .join(sales_order_line, sales_order_line.c.order_id == sales_order.c.id)
    .where(
        _CUSTOMER,
        _KNOWN,
        sales_order.c.ordered_on.between(
            bindparam("first", type_=sales_order.c.ordered_on.type),
            bindparam("last", type_=sales_order.c.ordered_on.type),
        ),
        sales_order_line.c.product_id.is_not(None),
        sales_order_line.c.kit_line_id.is_(None),
    )
)
