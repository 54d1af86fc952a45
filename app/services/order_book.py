"""One sales order loaded for change: its head, its lines with their progress, what must be written back.

Every command that touches an order loads the book (which locks the order), changes lines in memory,
lets :mod:`app.services.planning` settle what follows, and saves once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
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
    OrderState,
    billing_state,
    delivery_state,
    sales_order,
    sales_order_line,
    stage,
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


@dataclass(slots=True)
class BookLine:
    """A line of the order with its progress in grains; ``row`` is the stored line."""

    row: Any
    goods: bool
    grain: int
    bin: str
    on_order: bool
    ordered: int
    reserved: int
    picked: int
    shipped: int
    returned: int
    cancelled: int
    invoiced: int
    returned_open: int
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
    def progress(self) -> LineProgress:
        """The line's progress as the rules of the model read it."""
        return LineProgress(goods=self.goods, on_order=self.on_order, **dict(zip(COUNTS, self.counts, strict=True)))

    @property
    def counts(self) -> tuple[int, ...]:
        """The counted columns, in the order of COUNTS."""
        return (
            self.ordered,
            self.reserved,
            self.picked,
            self.shipped,
            self.returned,
            self.cancelled,
            self.invoiced,
            self.returned_open,
        )

    @property
    def outstanding(self) -> int:
        """Still to ship."""
        return self.progress.outstanding

    def in_unit(self, grains: int) -> Fraction:
        """How many of the line's unit are ``grains``."""
        return from_grains(grains, self.factor, self.grain)


@dataclass(slots=True)
class OrderBook:
    """The order's head (a stored row), its lines, and values to write back to the head."""

    head: Any
    lines: list[BookLine]
    changes: dict[str, Any] = field(default_factory=dict)
    drafts: bool = False  # a draft invoice waits
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

    def derive(self) -> None:
        """Compute delivery, billing and overall state from what happened."""
        progress = [line.progress for line in self.lines]
        if self.state in {OrderState.DRAFT, OrderState.CANCELLED}:
            delivery, billing = DeliveryState.NONE, BillingState.NONE
        else:
            delivery = delivery_state(progress)
            billing = self._billing(progress)
        if self.state in {OrderState.CONFIRMED, OrderState.CLOSED}:
            done = delivery in {DeliveryState.SHIPPED, DeliveryState.NONE} and billing == BillingState.PAID
            self.changes["state"] = OrderState.CLOSED if done else OrderState.CONFIRMED
        self.changes.update(
            delivery_state=delivery,
            billing_state=billing,
            stage=stage(self.state, delivery, billing, progress, packed=self.packed),
            progress=_percent_shipped(self.lines),
        )

    def _billing(self, progress: list[LineProgress]) -> BillingState:
        if self.head.taken_over:
            return BillingState.PAID if not any(line.outstanding for line in progress) else BillingState.NONE
        return billing_state(progress, drafts=self.drafts, open_amount=self.open_amount, closed=False)

    def save(self, tx: Transaction) -> None:
        """Derive the states and write back what changed."""
        self.derive()
        changed = [line for line in self.lines if line.counts != line.saved]
        tx.update_rows(sales_order_line, [(line.id, dict(zip(COUNTS, line.counts, strict=True))) for line in changed])
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
        policy = row.product_policy or head.invoice_policy
        goods = row.kind == "product" and row.product_kind == "goods"
        line = BookLine(
            row=row,
            goods=goods,
            grain=row.grain or GRAIN,
            bin=row.bin or "",
            on_order=policy == "order",
            **{name: getattr(row, name) for name in COUNTS},
        )
        line.saved = line.counts
        lines.append(line)
    return OrderBook(head, lines)


def _percent_shipped(lines: list[BookLine]) -> int:
    shares = [
        min(Fraction(1), Fraction(line.shipped, line.ordered - line.cancelled))
        for line in lines
        if line.goods and line.ordered > line.cancelled
    ]
    return int(100 * sum(shares, Fraction(0)) / len(shares)) if shares else 0


def _stored(value: Any) -> Any:
    return str(value) if isinstance(value, (OrderState, DeliveryState, BillingState)) else value


_LINES: Final = Prepared(
    select(
        sales_order_line,
        product.c.kind.label("product_kind"),
        product.c.grain,
        product.c.bin,
        product.c.invoice_policy.label("product_policy"),
    )
    .select_from(sales_order_line.outerjoin(product, product.c.id == sales_order_line.c.product_id))
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key))
    .order_by(sales_order_line.c.position)
)
