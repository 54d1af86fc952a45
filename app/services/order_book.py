"""One sales order loaded for change: its head, its lines with their progress, what must be written back.

Every command that touches an order loads the book (which locks the order), changes lines in memory,
lets :mod:`app.services.planning` settle what follows, and saves once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.order import (
    NEXT,
    BillingState,
    DeliveryState,
    LineProgress,
    OrderFacts,
    OrderState,
    derive,
    sales_order,
    sales_order_line,
)
from app.models.product import GRAIN, from_grains, product
from app.services.statements import Prepared
from app.services.transaction import Transaction

COUNTS: Final = (
    "ordered",
    "reserved",
    "picked",
    "shipped",
    "returned",
    "cancelled",
    "invoiced",
    "returned_open",
)
_counts_of: Final[Callable[[Any], tuple[int, ...]]] = attrgetter(*COUNTS)


@dataclass(slots=True)
class BookLine(LineProgress):
    """A line of the order and how far it is; ``row`` is the stored line, ``saved`` its counts as stored."""

    row: Any
    grain: int
    bin: str
    saved: tuple[int, ...] = ()

    @property
    def id(self) -> UUID:
        """The line's key."""
        found: UUID = self.row.id
        return found

    @property
    def product_id(self) -> UUID:
        """The product sold; only asked of lines that have one."""
        found: UUID = self.row.product_id
        return found

    @property
    def factor(self) -> Fraction:
        """Stock units in one of the line's unit."""
        return Fraction(self.row.numerator, self.row.denominator)

    @property
    def counts(self) -> tuple[int, ...]:
        """The counted columns, in the order of COUNTS."""
        return _counts_of(self)

    @property
    def moved(self) -> set[str]:
        """Which counts differ from what is stored."""
        return {name for name, now, stored in zip(COUNTS, self.counts, self.saved, strict=True) if now != stored}

    def in_unit(self, grains: int) -> Fraction:
        """How many of the line's unit are ``grains``."""
        return from_grains(grains, self.factor, self.grain)


@dataclass(slots=True)
class OrderBook:
    """The order's head (a stored row), its lines, and values to write back to the head."""

    head: Any
    lines: list[BookLine]
    changes: dict[str, Any] = field(default_factory=dict)
    open_amount: bool = False  # a posted invoice is not settled
    packed: bool = False  # a packed shipment waits

    @property
    def id(self) -> UUID:
        """The order's key."""
        found: UUID = self.head.id
        return found

    def get(self, name: str) -> Any:
        """Read a head column, as changed so far."""
        return self.changes.get(name, getattr(self.head, name))

    @property
    def state(self) -> OrderState:
        """The order's state, as changed so far."""
        return OrderState(self.get("state"))

    @property
    def waits_for_deposit(self) -> bool:
        """Whether the deposit must be paid before anything is reserved, shipped or invoiced."""
        asked = self.head.deposit_amount
        return bool(self.head.deposit_blocks and asked and self.get("paid_total") < asked)

    def line(self, line_id: UUID) -> BookLine:
        """Find a line of the order.

        Raises:
            NotAllowed: the line is not on this order.

        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotAllowed(f"This line is not on order {self.head.number}.")

    def move_to(self, state: OrderState) -> None:
        """Take the next step.

        Raises:
            NotAllowed: the order's state forbids it; nothing was changed.

        """
        if state not in NEXT[self.state]:
            raise NotAllowed(f"Order {self.head.number} is {self.state}; it cannot become {state}.")
        self.changes["state"] = state

    @property
    def facts(self) -> OrderFacts:
        """What the order's states are computed from besides its lines."""
        return OrderFacts(
            state=self.state,
            taken_over=self.head.taken_over,
            open_amount=self.open_amount,
            packed=self.packed,
            deposit=self.waits_for_deposit,
        )

    def save(self, tx: Transaction) -> None:
        """Derive the states and write back what changed."""
        self.changes.update(derive(self.facts, self.lines))
        changed = [line for line in self.lines if line.counts != line.saved]
        moved = set().union(*(line.moved for line in changed))
        names = [name for name in COUNTS if name in moved]
        tx.update_rows(sales_order_line, [(line.id, {name: getattr(line, name) for name in names}) for line in changed])
        values = {name: value for name, value in self.changes.items() if getattr(self.head, name) != value}
        if values or changed:
            tx.update(sales_order, self.id, **{name: _stored(value) for name, value in values.items()})


def load(tx: Transaction, order_id: UUID) -> OrderBook:
    """Lock an order and read its book.

    Raises:
        NotFound: the order does not exist.

    """
    head = tx.lock(sales_order, order_id, "Order")
    lines = []
    for row in _LINES.all(tx.connection, order=order_id):
        goods = row.kind == "product" and row.product_kind == "goods"
        counts = _counts_of(row)
        line = BookLine(
            row=row,
            goods=goods,
            grain=row.grain or GRAIN,
            bin=row.bin or "",
            on_order=row.on_order,
            saved=counts,
            **dict(zip(COUNTS, counts, strict=True)),
        )
        lines.append(line)
    return OrderBook(head, lines)


def _stored(value: Any) -> Any:
    return str(value) if isinstance(value, (OrderState, DeliveryState, BillingState)) else value


_LINES: Final = Prepared(
    select(
        sales_order_line,
        product.c.kind.label("product_kind"),
        product.c.grain,
        product.c.bin,
    )
    .select_from(sales_order_line.outerjoin(product, product.c.id == sales_order_line.c.product_id))
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key))
    .order_by(sales_order_line.c.position)
)
