"""Stock as people work with it: goods come in, are counted, are looked up.  Quantities in the ledger are grains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.order import sales_order, sales_order_line
from app.models.product import product
from app.models.stock import Place, stock_level, stock_move
from app.services import allocation, arrivals, placing, products, promises, sourcing, stock_ledger
from app.services.placing import Put
from app.services.products import Product
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def receive(
    tx: Transaction,
    product_id: UUID,
    quantity: Decimal,
    *,
    unit: str = "",
    location_id: UUID | None = None,
    reason: str = "receipt",
    puts: Sequence[Put] = (),
    unit_cost: Decimal | None = None,
    since: datetime | None = None,
) -> None:
    """Take goods in from a supplier: ``quantity`` of ``unit`` (default: the stock unit).

    Orders that wait for the product are promised what came in, the one promised first before the others.
    ``unit_cost`` is what one of the unit cost, in the company's currency; without it the goods cost what such goods
    cost now.  ``since`` is when they came, where they are booked late: goods that left since then are corrected today
    (:func:`app.services.cost_corrections.preview_receipt` shows it before).

    Raises:
        Invalid: the quantity is not more than zero, the unit is unknown, the product is a service, a cost is below
            zero, the day has not come yet, or a lot or serial number cannot be taken.
        NotAllowed: the product has lots and not every piece has one, or more is put away than comes in.
        NotFound: a bin is none of the warehouse's.

    """
    goods = [(product_id, quantity, unit)]
    if since is not None and since > tx.at:
        raise Invalid("since", "Goods cannot have come later than now. Type the day they came.")
    costs = [] if unit_cost is None else [unit_cost]
    receive_many(tx, goods, location_id=location_id, reason=reason, puts=[puts], unit_costs=costs, since=since)
    tx.record("stock.received", product_id, quantity=quantity, unit=unit, reason=reason)


def receive_many(
    tx: Transaction,
    goods: Sequence[tuple[UUID, Decimal, str]],
    *,
    location_id: UUID | None = None,
    reason: str = "receipt",
    source: Place = Place.SUPPLIER,
    document_id: UUID | None = None,
    puts: Sequence[Sequence[Put]] = (),
    unit_costs: Sequence[Decimal | None] = (),
    since: datetime | None = None,
) -> None:
    """Take several goods in at once: product, quantity, unit of each; waiting orders are promised what came in.

    ``unit_costs`` says what one of the unit of each cost, ``since`` when they came where they are booked late.
    ``puts`` says for each of the goods into which bins it is put and of which lots it is; pieces of a lot that is
    blocked or over its last day are taken in and blocked.

    Raises:
        Invalid: a quantity is not more than zero, a unit is unknown, a product is a service, or a lot or serial
            number cannot be taken.
        NotAllowed: a product has lots and not every piece has one, or more is put away than comes in.
        NotFound: a bin is none of the warehouse's.

    """
    place = location_id or stock_ledger.main_location(tx.connection)
    known = products.get_many(tx.connection, [product_id for product_id, _, _ in goods])
    waiting = promises.lock_orders(tx, known)
    stock_ledger.lock_levels(tx, place, known)
    moves: list[Move] = []
    for n, (product_id, quantity, unit) in enumerate(goods):
        _refuse_service(known[product_id])
        wanted = known[product_id].grains(quantity, unit)
        if wanted <= 0:
            raise Invalid("quantity", "Type a quantity above zero.")
        put = puts[n] if puts else ()
        fine, bad = placing.placed(tx, known[product_id], unit, place, put) if put else ((), ())
        spoiled = sum(grains for _, grains in bad)
        free = Move(
            product_id,
            source,
            Place.FREE,
            wanted - spoiled,
            document_id=document_id,
            reason=reason,
            spots=fine,
            cost=grain_cost(known[product_id], unit_costs[n] if unit_costs else None, unit),
            since=since,
        )
        moves += [free, replace(free, target=Place.BLOCKED, quantity=spoiled, spots=bad)]
    stock_ledger.move(tx, place, moves)
    promises.serve(tx, waiting)
    arrivals.serve_waiting(tx, place, sorted(known))


def grain_cost(known: Product, unit_cost: Decimal | None, unit: str) -> Fraction | None:
    """What one grain of a product costs exactly, when one of a unit costs ``unit_cost``; None where nobody knows.

    Raises:
        Invalid: the cost is below zero, or the unit is unknown.

    """
    if unit_cost is None:
        return None
    if not unit_cost.is_finite() or unit_cost < 0:
        raise Invalid("unit_cost", "A cost can not be negative. Type what one unit cost.")
    return Fraction(unit_cost) / (known.factor(unit) * known.grain)


def count(
    tx: Transaction, product_id: UUID, counted: Decimal, *, unit: str = "", location_id: UUID | None = None
) -> Decimal:
    """Book what was counted on the shelf and return the difference in stock units.

    The books follow the shelf.  When less is there than is promised, the youngest promises are taken
    back until it fits; their lines become backorders.  When more is there, waiting orders are promised it.

    Raises:
        Invalid: the count is negative, the unit is unknown, or the product is a service.
        NotAllowed: less is counted than lies picked for shipments or blocked, or the product has lots.
        Conflict: somebody promised the same goods at the same moment.

    """
    place = location_id or stock_ledger.main_location(tx.connection)
    known = products.get(tx.connection, product_id)
    _refuse_service(known)
    actual = known.grains(counted, unit)
    if actual < 0:
        raise Invalid("quantity", "A count cannot be below zero.")
    concerned = promises.lock_orders(tx, [product_id], holders=True)
    level = stock_ledger.lock_levels(tx, place, [product_id])[product_id]
    if level.tracked:
        raise NotAllowed(f"{known.sku} has lots or serial numbers. Count it lot by lot on a count list.")
    if actual < level.picked + level.blocked:
        raise NotAllowed(
            f"{known.sku}: more than the {counted:f} counted lies picked for shipments or blocked. "
            "Put the picked goods back first."
        )
    promises.take_back(tx, place, product_id, concerned, level.picked + level.blocked + level.promised - actual)
    allocation.trim(tx, place, product_id, concerned)
    difference = actual - level.on_hand
    if difference > 0:
        stock_ledger.move(tx, place, [Move(product_id, Place.ADJUSTMENT, Place.FREE, difference, reason="count")])
    elif difference < 0:
        stock_ledger.move(tx, place, [Move(product_id, Place.FREE, Place.ADJUSTMENT, -difference, reason="count")])
    promises.serve(tx, concerned)
    sourcing.make_up(tx, concerned)
    arrivals.serve_waiting(tx, place, [product_id])
    exact = known.quantity(difference)
    shown = Decimal(exact.numerator) / Decimal(exact.denominator)
    tx.record("stock.counted", product_id, counted=counted, unit=unit or known.unit, difference=shown)
    return shown


def _refuse_service(product: Product) -> None:
    if product.kind != "goods":
        raise Invalid("product", f"{product.sku} is a service: it has no stock.")


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
    location_id: UUID
    line_id: UUID | None  # the order line served, where there is one


def movements(connection: Connection, product_id: UUID, limit: int = 200) -> list[MoveRow]:
    """Read a product's latest moves, newest first."""
    rows = connection.execute(
        select(*(stock_move.c[name] for name in MoveRow.__dataclass_fields__))
        .where(stock_move.c.product_id == product_id)
        .order_by(stock_move.c.id.desc())
        .limit(limit)
    )
    return [MoveRow(*row) for row in rows]
