"""Stock: receipts, counts, reservations and everything else that moves goods.  Quantities are grains.

Every change is a move from one place to another in the append-only ledger; the levels beside it are
changed in the same breath, rows locked in product order so that two clerks never wait for each other.
A level below zero is refused by the database itself: nobody can sell what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.order import sales_order, sales_order_line
from app.models.product import product
from app.models.stock import INSIDE, Place, location, stock_level, stock_move
from app.services import products
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Move:
    """``quantity`` grains of a product from ``source`` to ``target``, for an order line where there is one."""

    product_id: UUID
    source: Place
    target: Place
    quantity: int
    line_id: UUID | None = None
    document_id: UUID | None = None
    reason: str = ""


@dataclass(slots=True)
class Level:
    """What is at one location of one product, in grains; on hand is the sum of the three."""

    free: int = 0
    promised: int = 0
    picked: int = 0

    @property
    def on_hand(self) -> int:
        """All that is physically there."""
        return self.free + self.promised + self.picked


_LOCK: Final = Prepared(
    select(stock_level)
    .where(
        stock_level.c.location_id == bindparam("location_id", type_=Key),
        stock_level.c.product_id.in_(bindparam("ids", type_=Key, expanding=True)),
    )
    .order_by(stock_level.c.product_id)
    .with_for_update()
)
_ADD: Final = Prepared(stock_level.insert())
_CHANGE: Final = Prepared(
    stock_level.update()
    .where(
        stock_level.c.product_id == bindparam("product", type_=Key),
        stock_level.c.location_id == bindparam("place", type_=Key),
    )
    .values({name: stock_level.c[name] + bindparam(f"by_{name}", type_=BigInteger) for name in INSIDE})
)
_MAIN: Final = Prepared(select(location.c.id).where(location.c.active).order_by(location.c.id).limit(1))


def main_location(connection: Connection) -> UUID:
    """Give the warehouse that goods come to and leave from unless another is named.

    Raises:
        NotFound: the company has no warehouse.

    """
    found: UUID | None = _MAIN.value(connection)
    if found is None:
        raise NotFound("Warehouse", "(none is set up)")
    return found


def lock_levels(tx: Transaction, location_id: UUID, product_ids: Iterable[UUID]) -> dict[UUID, Level]:
    """Read the levels of products at a location and keep others from changing them until the command ends."""
    wanted = sorted(set(product_ids))
    levels: dict[UUID, Level] = {}
    for start in range(0, len(wanted), 500):
        for row in _LOCK.all(tx.connection, location_id=location_id, ids=wanted[start : start + 500]):
            levels[row.product_id] = Level(row.free, row.promised, row.picked)
    missing = [product_id for product_id in wanted if product_id not in levels]
    if missing:
        empty = [{"product_id": p, "location_id": location_id, "free": 0, "promised": 0, "picked": 0} for p in missing]
        tx.change_projection(stock_level, _ADD, empty)
        levels.update((product_id, Level()) for product_id in missing)
    return levels


def move(tx: Transaction, location_id: UUID, moves: Sequence[Move]) -> None:
    """Book moves in the ledger and change the levels beside it.

    The levels of the products must have been locked with :func:`lock_levels`, which also refuses
    nothing: callers decide from what it returned, and the database's floor is the last word.
    """
    moves = [one for one in moves if one.quantity]
    if not moves:
        return
    changes: dict[UUID, dict[str, int]] = {}
    for one in moves:
        change = changes.setdefault(one.product_id, dict.fromkeys(INSIDE, 0))
        if one.source in change:
            change[one.source] -= one.quantity
        if one.target in change:
            change[one.target] += one.quantity
    tx.change_projection(
        stock_level,
        _CHANGE,
        [
            {"product": p, "place": location_id, **{f"by_{name}": by for name, by in changes[p].items()}}
            for p in sorted(changes)
            if any(changes[p].values())
        ],
    )
    tx.insert(
        stock_move,
        *(
            {
                "id": new_id(),
                "command_id": tx.key,
                "product_id": one.product_id,
                "location_id": location_id,
                "source": str(one.source),
                "target": str(one.target),
                "quantity": one.quantity,
                "line_id": one.line_id,
                "document_id": one.document_id,
                "reason": one.reason,
                "at": tx.at,
            }
            for one in moves
        ),
    )


def receive(
    tx: Transaction,
    product_id: UUID,
    quantity: Decimal,
    *,
    unit: str = "",
    location_id: UUID | None = None,
    reason: str = "receipt",
) -> None:
    """Take goods in from a supplier: ``quantity`` of ``unit`` (default: the stock unit).

    Raises:
        Invalid: the quantity is not more than zero, the unit is unknown, or the product is a service.

    """
    receive_many(tx, [(product_id, quantity, unit)], location_id=location_id, reason=reason)
    tx.record("stock.received", product_id, quantity=quantity, unit=unit, reason=reason)


def receive_many(
    tx: Transaction,
    goods: Sequence[tuple[UUID, Decimal, str]],
    *,
    location_id: UUID | None = None,
    reason: str = "receipt",
) -> None:
    """Take several goods in at once: product, quantity, unit of each.

    Raises:
        Invalid: a quantity is not more than zero, a unit is unknown, or a product is a service.

    """
    place = location_id or main_location(tx.connection)
    known = products.get_many(tx.connection, [product_id for product_id, _, _ in goods])
    moves = []
    for product_id, quantity, unit in goods:
        if known[product_id].kind != "goods":
            raise Invalid("product", f"{known[product_id].sku} is a service: it has no stock.")
        if quantity <= 0:
            raise Invalid("quantity", "Type a quantity above zero.")
        wanted = known[product_id].grains(quantity, unit)
        moves.append(Move(product_id, Place.SUPPLIER, Place.FREE, wanted, reason=reason))
    lock_levels(tx, place, known)
    move(tx, place, moves)


def count(
    tx: Transaction, product_id: UUID, counted: Decimal, *, unit: str = "", location_id: UUID | None = None
) -> Decimal:
    """Book what was counted on the shelf and return the difference in stock units.

    The books follow the shelf.  When less is there than is promised, the youngest promises are taken
    back until it fits; their lines become backorders.

    Raises:
        Invalid: the count is negative.
        NotAllowed: less is counted than lies picked for shipments.

    """
    place = location_id or main_location(tx.connection)
    known = products.get(tx.connection, product_id)
    if counted < 0:
        raise Invalid("quantity", "A count cannot be below zero.")
    actual = known.grains(counted, unit)
    level = lock_levels(tx, place, [product_id])[product_id]
    if actual < level.picked:
        raise NotAllowed(
            f"{known.sku}: more than the {counted:f} counted lies picked for shipments. "
            "Put the picked goods back first."
        )
    short = level.picked + level.promised - actual
    if short > 0:
        _take_back_promises(tx, place, product_id, short)
        level = lock_levels(tx, place, [product_id])[product_id]
    difference = actual - level.on_hand
    if difference > 0:
        move(tx, place, [Move(product_id, Place.ADJUSTMENT, Place.FREE, difference, reason="count")])
    elif difference < 0:
        move(tx, place, [Move(product_id, Place.FREE, Place.ADJUSTMENT, -difference, reason="count")])
    exact = known.quantity(difference)
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    tx.record("stock.counted", product_id, counted=counted, unit=unit or known.unit, difference=shown)
    return shown


def _take_back_promises(tx: Transaction, place: UUID, product_id: UUID, short: int) -> None:
    holders = tx.execute(
        select(sales_order_line.c.id, sales_order_line.c.order_id, sales_order_line.c.reserved, sales_order.c.number)
        .join(sales_order, sales_order.c.id == sales_order_line.c.order_id)
        .where(sales_order_line.c.product_id == product_id, sales_order_line.c.reserved > 0)
        .order_by(sales_order_line.c.id.desc())
    ).all()
    moves, rows = [], []
    for holder in holders:
        back = min(short, holder.reserved)
        if not back:
            break
        short -= back
        moves.append(Move(product_id, Place.PROMISED, Place.FREE, back, line_id=holder.id, reason="short count"))
        rows.append((holder.id, {"reserved": holder.reserved - back}))
        tx.record("order.promise_lost", holder.order_id, product_id)
    move(tx, place, moves)
    tx.update_rows(sales_order_line, rows)


@dataclass(frozen=True, slots=True)
class StockFigures:
    """A product's stock over all locations, in grains, and the grain to read them with."""

    product_id: UUID
    free: int
    promised: int
    picked: int
    backordered: int
    grain: int

    @property
    def on_hand(self) -> int:
        """All that is physically there."""
        return self.free + self.promised + self.picked


def figures(connection: Connection, product_id: UUID) -> StockFigures:
    """Read a product's stock.

    Raises:
        NotFound: the product does not exist.

    """
    row = connection.execute(
        select(
            product.c.grain,
            func.coalesce(func.sum(stock_level.c.free), 0),
            func.coalesce(func.sum(stock_level.c.promised), 0),
            func.coalesce(func.sum(stock_level.c.picked), 0),
        )
        .select_from(product.outerjoin(stock_level, stock_level.c.product_id == product.c.id))
        .where(product.c.id == product_id)
        .group_by(product.c.grain)
    ).one_or_none()
    if row is None:
        raise NotFound("Product", product_id)
    line = sales_order_line.c
    outstanding = line.ordered - line.cancelled - line.shipped + line.returned_open - line.reserved - line.picked
    missing = connection.execute(
        select(func.coalesce(func.sum(outstanding), 0))
        .join(sales_order, sales_order.c.id == line.order_id)
        .where(line.product_id == product_id, sales_order.c.state == "confirmed", outstanding > 0)
    ).scalar_one()
    return StockFigures(product_id, int(row[1]), int(row[2]), int(row[3]), int(missing), row.grain)


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One move of a product for its movements list; ``quantity`` in grains."""

    id: UUID
    at: Any
    source: str
    target: str
    quantity: int
    reason: str
    document_id: UUID | None


def movements(connection: Connection, product_id: UUID, limit: int = 200) -> list[MoveRow]:
    """Read a product's latest moves, newest first."""
    rows = connection.execute(
        select(*(stock_move.c[name] for name in MoveRow.__dataclass_fields__))
        .where(stock_move.c.product_id == product_id)
        .order_by(stock_move.c.id.desc())
        .limit(limit)
    )
    return [MoveRow(*row) for row in rows]
