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
from app.models.blanket import blanket_call, blanket_line
from app.models.log import event
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.recurring import recurring_order
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
    products in the same quantities, whatever the prices.  Orders of one quote, call-offs of one blanket order and what
    is given again by itself are several on purpose.

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
    meant = _several(connection, head) if found else set()
    return [found[key] for key in sorted(found.keys() - meant, reverse=True)]


def _several(connection: Connection, head: Any) -> set[UUID]:
    """Find the orders of the same quote, blanket orders and repetitions as an order."""
    found = set(_OF_BLANKETS.values(connection, order=head.id))
    if head.quote_id:
        found.update(_OF_QUOTE.values(connection, quote=head.quote_id))
    given = dict[UUID, set[UUID]]()
    for row in _GIVEN_AGAIN.all(connection, customer=head.customer_id):
        given.setdefault(row.subject_id, {row.subject_id}).add(row.document_id)
    return found.union(*(orders_of for orders_of in given.values() if head.id in orders_of))


def _goods(rows: Iterable[Any]) -> dict[UUID, Counter[UUID]]:
    """The grains of each product on each order."""
    found = dict[UUID, Counter[UUID]]()
    for row in rows:
        found.setdefault(row.id, Counter())[row.product_id] += row.ordered
    return found


_OF_QUOTE: Final = Prepared(select(sales_order.c.id).where(sales_order.c.quote_id == bindparam("quote", type_=Key)))
_OTHER_CALL, _OTHER_LINE = blanket_call.alias(), blanket_line.alias()
_OF_BLANKETS: Final = Prepared(
    select(_OTHER_CALL.c.order_id)
    .join(_OTHER_LINE, _OTHER_LINE.c.id == _OTHER_CALL.c.blanket_line_id)
    .join(blanket_line, blanket_line.c.blanket_id == _OTHER_LINE.c.blanket_id)
    .join(blanket_call, blanket_call.c.blanket_line_id == blanket_line.c.id)
    .where(blanket_call.c.order_id == bindparam("order", type_=Key))
)
_CUSTOMER: Final = sales_order.c.customer_id == bindparam("customer", type_=Key)
_GIVEN_AGAIN: Final = Prepared(
    select(event.c.subject_id, event.c.document_id)
    .join(sales_order, sales_order.c.id == event.c.subject_id)
    .where(event.c.subject_id.in_(select(recurring_order.c.order_id)), event.c.name == "order.written_again", _CUSTOMER)
)
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
