"""One sales order loaded for change: its head, its lines with their progress, what must be written back.

Every command that touches an order loads the book (which locks the order), changes lines in memory,
lets :mod:`app.services.planning` settle what follows, and saves once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from operator import attrgetter, ne
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, select, text

from app.errors import NotAllowed, NotFound
from app.models import kit
from app.models.base import Key
from app.models.kit import KitPart
from app.models.order import (
    NEXT,
    BillingState,
    DeliveryState,
    InvoicePolicy,
    LineProgress,
    OrderFacts,
    OrderState,
    derive,
    line_stock,
    sales_order,
    sales_order_line,
)
from app.models.product import GRAIN, from_grains, product
from app.models.sourcing import Demand, Supply, peg
from app.models.supply import Way
from app.services import stock_ledger
from app.services.memory import Followed
from app.services.statements import Prepared
from app.services.transaction import Transaction

FROM_STOCK: Final = frozenset({"", Way.STOCK, Way.TRANSFER, Way.KIT})
"""Ways of a line that takes what lies free."""

COUNTS: Final = (
    "ordered",
    "reserved",
    "picked",
    "shipped",
    "returned",
    "cancelled",
    "invoiced",
    "returned_open",
    "advanced",
    "exchanged",
    "stopped",
    "in_transit",
)
_counts_of: Final[Callable[[Any], tuple[int, ...]]] = attrgetter(*COUNTS)


@dataclass(slots=True)
class Part:
    """What of a line lies at a warehouse other than the order's own, in grains; ``saved`` as stored."""

    reserved: int = 0
    picked: int = 0
    saved: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class BookPeg:
    """One source of a line: ``open`` grains of it are still to come, or, from ``stock``, still to leave from there."""

    id: UUID
    way: str
    stock: bool
    location_id: UUID
    quantity: int
    open: int
    saved: int


@dataclass(slots=True, kw_only=True)
class BookLine(LineProgress):
    """A line of the order and how far it is; ``row`` is the stored line, ``saved`` its counts as stored.

    ``elsewhere`` has its parts at warehouses other than the order's own, ``pegs`` where its pieces come from.
    """

    id: UUID
    row: Any
    grain: int
    bin: str
    composed: bool = False  # goods that are sold with components beside them
    saved: tuple[int, ...] = ()
    elsewhere: dict[UUID, Part] = field(default_factory=dict)
    pegs: list[BookPeg] = field(default_factory=list)

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
    def share(self) -> Fraction | None:
        """Grains of this component in one grain of its kit; None: a fixed quantity in all."""
        return None if self.row.kit_fixed else Fraction(self.row.kit_numerator, self.row.kit_denominator)

    @property
    def to_order(self) -> bool:
        """Whether its pieces are made or bought for it, so that it takes none that lie free."""
        return self.row.way not in FROM_STOCK

    @property
    def dropping(self) -> int:
        """What suppliers still send straight to the customer."""
        return sum(one.open for one in self.pegs if one.way == Way.DROP_SHIP) if self.pegs else 0

    @property
    def coming(self) -> int:
        """What is on its way to this line and was not promised to it yet."""
        return sum(one.open for one in self.pegs if not one.stock) if self.pegs else 0

    @property
    def shares(self) -> dict[UUID, int]:
        """What is to leave from other warehouses than the order's own."""
        found: dict[UUID, int] = {}
        for one in self.pegs:
            if one.stock and one.open > 0:
                found[one.location_id] = found.get(one.location_id, 0) + one.open
        return found

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
    drafted: bool = True  # there may be a draft invoice of any kind
    own_place: UUID | None = None  # see place()

    @property
    def id(self) -> UUID:
        """The order's key."""
        found: UUID = self.head.id
        return found

    def get(self, name: str) -> Any:
        """Read a head column, as changed so far."""
        return self.changes.get(name, getattr(self.head, name))

    @property
    def sold(self) -> list[BookLine]:
        """The lines as they were sold: kits, not their components."""
        return [line for line in self.lines if not line.component]

    @property
    def state(self) -> OrderState:
        """The order's state, as changed so far."""
        return OrderState(self.get("state"))

    @property
    def waits_for_deposit(self) -> bool:
        """Whether the deposit must be paid before anything is reserved, shipped or invoiced."""
        return bool(self.get("deposit_open"))

    def billed_on_arrival(self, line: BookLine) -> bool:
        """Whether what has left of a line is not invoiced before it has arrived.

        Its product says so, or where that says nothing the order; of a component, its kit's product.
        """
        sold = self.line(line.row.kit_line_id) if line.component else line
        policy = sold.row.product_policy or self.head.invoice_policy
        return bool(policy == InvoicePolicy.DELIVERY) and not (sold.by_hand or sold.on_order)

    def refuse_held(self) -> None:
        """Refuse to let goods leave while the order is on hold.

        Raises:
            NotAllowed: it is.

        """
        if self.head.hold:
            raise NotAllowed(f"{self.head.number} is on hold: {self.head.hold}. Release it, then go on.")

    def place(self, tx: Transaction) -> UUID:
        """The warehouse this order leaves from unless a line says otherwise.

        Raises:
            NotFound: the company has no warehouse.

        """
        if self.own_place is None:
            self.own_place = self.head.location_id or stock_ledger.main_location(tx.connection)
        return self.own_place

    def at(self, line: BookLine, location_id: UUID) -> Part:
        """Give what of a line is reserved and picked at a warehouse."""
        if location_id in line.elsewhere:
            return line.elsewhere[location_id]
        if location_id != self.own_place:
            return Part()
        if not line.elsewhere:
            return Part(line.reserved, line.picked)
        return Part(
            line.reserved - sum(part.reserved for part in line.elsewhere.values()),
            line.picked - sum(part.picked for part in line.elsewhere.values()),
        )

    def shift(self, line: BookLine, location_id: UUID, *, reserved: int = 0, picked: int = 0) -> None:
        """Count so much more (or, below zero, less) of a line as reserved and picked at a warehouse."""
        line.reserved += reserved
        line.picked += picked
        if location_id != self.own_place:
            part = line.elsewhere.setdefault(location_id, Part())
            part.reserved += reserved
            part.picked += picked

    def leave(self, line: BookLine, location_id: UUID, quantity: int) -> None:
        """Note that so much of a line has left a warehouse: less of it is to leave from there."""
        for one in line.pegs:
            if one.stock and one.location_id == location_id:
                gone = min(quantity, one.open)
                one.open -= gone
                quantity -= gone

    def end_share(self, tx: Transaction, line: BookLine, location_id: UUID) -> None:
        """Let nothing more of a line leave from another warehouse than has left."""
        self.lower_share(tx, line, location_id, line.shares.get(location_id, 0))

    def lower_share(self, tx: Transaction, line: BookLine, location_id: UUID, quantity: int) -> None:
        """Let so much less of a line leave from another warehouse."""
        for one in line.pegs:
            part = min(quantity, one.open) if one.stock and one.location_id == location_id else 0
            if part > 0:
                quantity -= part
                one.quantity -= part
                one.open -= part
                one.saved -= part
                tx.update(peg, one.id, quantity=one.quantity)

    def arrived(self, line: BookLine, peg_id: UUID, quantity: int) -> None:
        """Note that so much of a peg came in, or went to the customer; the peg itself is stored already."""
        for one in line.pegs:
            if one.id == peg_id:
                one.open -= quantity
                one.saved = one.open

    def stay(self, line: BookLine, location_id: UUID, quantity: int) -> None:
        """Note that so much of a line has not left a warehouse after all."""
        for one in line.pegs:
            if one.stock and one.location_id == location_id:
                back = min(quantity, one.quantity - one.open)
                one.open += back
                quantity -= back

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
            held=bool(self.get("hold")),
        )

    def save(self, tx: Transaction) -> None:
        """Derive the states and write back what changed."""
        self.follow_kits()
        self.changes.update(derive(self.facts, self.lines))
        changed = [line for line in self.lines if line.counts != line.saved]
        moved = zip(*(map(ne, line.counts, line.saved) for line in changed), strict=True)  # by count, for each line
        names = [name for name, differs in zip(COUNTS, moved, strict=False) if any(differs)]
        tx.update_rows(sales_order_line, [(line.id, {name: getattr(line, name) for name in names}) for line in changed])
        self._save_parts(tx)
        values = {name: value for name, value in self.changes.items() if getattr(self.head, name) != value}
        if values or changed:
            tx.update(sales_order, self.id, **{name: _stored(value) for name, value in values.items()})

    def follow_kits(self) -> None:
        """Let kits have got what their components have got."""
        for line in [line for line in self.lines if line.kit]:
            parts = [part for part in self.lines if part.row.kit_line_id == line.id]
            if parts:
                kit.follow(line, line.grain, [KitPart(part, part.share) for part in parts])

    def _save_parts(self, tx: Transaction) -> None:
        """Write back what changed at other warehouses, and what is still to come from where."""
        parts = [(line.id, place, part) for line in self.lines for place, part in line.elsewhere.items()]
        rows = [
            {"line": line_id, "place": place, "reserved": part.reserved, "picked": part.picked}
            for line_id, place, part in parts
            if part.saved != (part.reserved, part.picked)
        ]
        if rows:
            tx.change_projection(line_stock, SET_PART, rows)
            self.changes["spread"] = True
        served = [one for line in self.lines for one in line.pegs if one.open != one.saved]
        for one in served:
            tx.update(peg, one.id, served=one.quantity - one.open)


def load(tx: Transaction, order_id: UUID) -> OrderBook:
    """Lock an order and read its book.

    Raises:
        NotFound: the order does not exist.

    """
    head = tx.lock(sales_order, order_id, "Order")
    book = OrderBook(head, _read_lines(tx.connection, order_id))
    if head.spread or head.pegged or head.location_id:
        _read_parts(tx, book)
    return book


def look(connection: Connection, order_id: UUID) -> OrderBook:
    """Read an order's book without locking it, to compute from and never to be saved; pegs and parts are left out.

    Raises:
        NotFound: the order does not exist.

    """
    head = connection.execute(select(sales_order).where(sales_order.c.id == order_id)).one_or_none()
    if head is None:
        raise NotFound("Order", order_id)
    return OrderBook(head, _read_lines(connection, order_id))


def _read_lines(connection: Connection, order_id: UUID) -> list[BookLine]:
    lines = []
    for row in _LINES.all(connection, order=order_id):
        goods = row.kind == "product" and row.product_kind == "goods"
        counts = _counts_of(row)
        progress: dict[str, Any] = dict(zip(COUNTS, counts, strict=True))
        line = BookLine(
            id=row.id,
            row=row,
            goods=goods,
            kit=row.kind == "product" and row.product_kind == "kit",
            component=row.kit_line_id is not None,
            no_charge=row.no_charge,
            by_hand=row.by_hand,
            grain=row.grain or GRAIN,
            bin=row.bin or "",
            composed=goods and bool(row.composed) and row.kit_line_id is None,
            on_order=row.on_order,
            saved=counts,
            **progress,
        )
        lines.append(line)
    return lines


def _read_parts(tx: Transaction, book: OrderBook) -> None:
    own, lines = book.place(tx), {line.id: line for line in book.lines}
    for row in _PARTS.all(tx.connection, order=book.id) if book.head.spread else ():
        counts = (row.reserved, row.picked)
        lines[row.order_line_id].elsewhere[row.location_id] = Part(*counts, saved=counts)
    for row in _PEGS.all(tx.connection, order=book.id) if book.head.pegged else ():
        stock, left = row.supply == Supply.STOCK, row.quantity - row.served
        if not (stock and row.location_id == own):
            lines[row.demand_id].pegs.append(BookPeg(row.id, row.way, stock, row.location_id, row.quantity, left, left))


def _stored(value: Any) -> Any:
    return str(value) if isinstance(value, (OrderState, DeliveryState, BillingState)) else value


_PARTS: Final = Prepared(
    select(line_stock)
    .join(sales_order_line, sales_order_line.c.id == line_stock.c.order_line_id)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key))
)
_PEGS: Final = Prepared(
    select(peg).where(
        peg.c.order_id == bindparam("order", type_=Key), peg.c.demand == Demand.ORDER_LINE, peg.c.quantity > 0
    )  # of a line that was removed nothing is left
)
SET_PART: Final = Prepared(
    text(
        "INSERT INTO line_stock (order_line_id, location_id, reserved, picked) "
        "VALUES (:line, :place, :reserved, :picked) ON CONFLICT (order_line_id, location_id) "
        "DO UPDATE SET reserved = excluded.reserved, picked = excluded.picked"
    ).bindparams(
        bindparam("line", type_=Key),
        bindparam("place", type_=Key),
        bindparam("reserved", type_=BigInteger),
        bindparam("picked", type_=BigInteger),
    )
)
_LINES: Final = Followed(
    select(
        sales_order_line,
        product.c.kind.label("product_kind"),
        product.c.grain,
        product.c.bin,
        product.c.tracking,
        product.c.over_delivery,
        product.c.under_delivery,
        product.c.composed,
        product.c.invoice_policy.label("product_policy"),
    )
    .select_from(sales_order_line.outerjoin(product, product.c.id == sales_order_line.c.product_id))
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key))
    .order_by(sales_order_line.c.position, sales_order_line.c.id),
    sales_order_line,
    "order_id",
    fixed=["position", "product_id"],
)
