"""What is left of blanket orders, and that no order takes more of one than that.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.blanket import BlanketState, blanket, blanket_call, blanket_line
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.product import shown
from app.services import products, unit_words
from app.services.order_book import OrderBook
from app.services.products import Product
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class BlanketLine:
    """A line with what is called off of it, in grains; below nothing is left where more was taken than agreed."""

    id: UUID
    product: Product
    unit: str
    unit_price: Decimal
    agreed: int
    called: int

    @property
    def left(self) -> int:
        """What may still be called off; never below zero."""
        return max(0, self.agreed - self.called)

    def in_unit(self, grains: int) -> Fraction:
        """How many of the line's unit are ``grains``."""
        return self.product.quantity(grains, self.unit)


def lines(connection: Connection, blanket_id: UUID) -> list[BlanketLine]:
    """Read the lines with what is called off of each."""
    rows = _LINES.all(connection, blanket=blanket_id)
    called = {row.blanket_line_id: int(row.called) for row in _CALLED.all(connection, blanket=blanket_id)}
    known = products.get_many(connection, [row.product_id for row in rows])
    return [
        BlanketLine(row.id, known[row.product_id], row.unit, row.unit_price, row.agreed, called.get(row.id, 0))
        for row in rows
    ]


def refuse_overrun(tx: Transaction, book: OrderBook, wanted: Mapping[UUID, int]) -> None:
    """Refuse to let lines of an order want more of a blanket order than is left of it, or once its time is over.

    ``wanted`` has what the lines are to want from now on; what they want already was agreed to.

    Raises:
        NotAllowed: one of them would take more than was agreed, or more of one that is closed or not in its time.

    """
    calls = _CALLS.all(tx.connection, order=book.id)
    for blanket_id in sorted({row.blanket_id for row in calls}):
        head = tx.lock(blanket, blanket_id, "Blanket order")
        left = {line.id: line for line in lines(tx.connection, blanket_id)}
        more = dict[UUID, int]()
        for row in calls:
            before = next((line.wanted for line in book.lines if line.id == row.order_line_id), 0)
            added = wanted.get(row.order_line_id, before) - before
            more[row.blanket_line_id] = more.get(row.blanket_line_id, 0) + added
        if any(added > 0 for added in more.values()):
            refuse_time(head, tx.at.date())
        for line_id, added in more.items():
            if line_id in left and 0 < added > left[line_id].left:
                raise NotAllowed(overrun(head.number, left[line_id]))


def is_called_off(connection: Connection, order_id: UUID) -> bool:
    """Whether an order calls anything off of a blanket order."""
    return bool(_CALLS.all(connection, order=order_id))


def refuse_time(head: Any, today: date) -> None:
    """Refuse to let anything more be called off of a blanket order that is not open on a day.

    Raises:
        NotAllowed: it is closed, has not begun, or has ended.

    """
    if head.state != BlanketState.OPEN:
        raise NotAllowed(f"Blanket order {head.number} is closed. Open it again, then call more of it off.")
    if today < head.starts_on:
        raise NotAllowed(f"Blanket order {head.number} begins on {head.starts_on:%d %b %Y}. Nothing was called off.")
    if head.ends_on is not None and today > head.ends_on:
        raise NotAllowed(f"Blanket order {head.number} ended on {head.ends_on:%d %b %Y}. Agree on a new one.")


def overrun(number: str, line: BlanketLine) -> str:
    """Say that more is wanted of a blanket order's line than is left."""
    left = line.in_unit(line.left)
    return (
        f"Of {line.product.sku} only {shown(left)} {unit_words.of(line.unit, left)} are left on {number}. "
        "Lower the quantity, or call off more than was agreed on the blanket order itself."
    )


_BLANKET: Final = bindparam("blanket", type_=Key)
_CALLS: Final = Prepared(
    select(blanket_line.c.blanket_id, blanket_call.c.blanket_line_id, blanket_call.c.order_line_id)
    .join(blanket_line, blanket_line.c.id == blanket_call.c.blanket_line_id)
    .where(blanket_call.c.order_id == bindparam("order", type_=Key))
)
_LINES: Final = Prepared(
    select(blanket_line).where(blanket_line.c.blanket_id == _BLANKET).order_by(blanket_line.c.position)
)
_CALLED: Final = Prepared(
    select(
        blanket_call.c.blanket_line_id,
        func.sum(sales_order_line.c.ordered - sales_order_line.c.cancelled).label("called"),
    )
    .join(blanket_line, blanket_line.c.id == blanket_call.c.blanket_line_id)
    .join(sales_order_line, sales_order_line.c.id == blanket_call.c.order_line_id)
    .join(sales_order, sales_order.c.id == blanket_call.c.order_id)
    .where(blanket_line.c.blanket_id == _BLANKET, sales_order.c.state != OrderState.CANCELLED)
    .group_by(blanket_call.c.blanket_line_id)
)
