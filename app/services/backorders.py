"""Lines that wait: why, what comes next and how much of it would be theirs; what could be sold in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, func, or_, select, text

from app.models.base import Key
from app.models.order import OUTSTANDING, WAITING_STAGES, OrderState, sales_order, sales_order_line
from app.models.party import customer
from app.models.product import product, product_substitute, shown
from app.models.sourcing import peg
from app.models.supply import Way
from app.services import promising, stock_ledger, stock_outlook, supply_sources
from app.services.statements import Prepared
from app.services.stock_outlook import Entry, Viewer


@dataclass(frozen=True, slots=True)
class Backorder:
    """A line that waits for ``waiting`` grains.

    ``ready_on`` and ``reason`` are what people were told.  ``next_receipt`` is what comes in first that would serve it,
    ``freed`` how much of that it would get after those who are to be served before it.
    """

    order_id: UUID
    order_number: str
    customer_name: str
    priority: str
    promised_on: date | None
    line_id: UUID
    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    waiting: int
    ready_on: date | None
    reason: str
    next_receipt: Entry | None
    freed: int

    def shown(self, grains: int) -> str:
        """Write grains of the product in its stock unit."""
        return shown(Fraction(grains, self.grain))


@dataclass(frozen=True, slots=True)
class Substitute:
    """A product that may be sold in the place of another, and the grains of it that may be promised today."""

    product_id: UUID
    sku: str
    name: str
    available: int


def waiting(connection: Connection, *, at: datetime, product_ids: Sequence[UUID] = ()) -> list[Backorder]:
    """List the lines that wait for stock, of some products or all; whoever is served first comes first.

    What suppliers send straight to customers does not wait for ours.
    """
    rows = connection.execute(_statement(product_ids)).all()
    calendar = supply_sources.our_calendar(connection)
    wanted = {row.product_id for row in rows}
    outlook = stock_outlook.read(connection, wanted, Viewer(at, calendar=calendar))
    main = stock_ledger.main_location(connection)
    receipts: dict[tuple[UUID, UUID], list[list[Any]]] = {}
    for entry in sorted(outlook.entries, key=lambda entry: entry.on):
        if entry.grains > 0:
            receipts.setdefault((entry.product_id, entry.location_id), []).append([entry, entry.grains])
    found = []
    for row in sorted(rows, key=lambda row: (row.promised_on or date.max, row.order_id)):
        comes, freed = _next(receipts.get((row.product_id, row.location_id or main), []), int(row.waits))
        found.append(_backorder(row, comes, freed))
    return found


def count(connection: Connection) -> int:
    """Count the lines that wait for stock."""
    found: int = connection.execute(select(func.count()).select_from(_statement(()).subquery())).scalar_one()
    return found


def substitutes(connection: Connection, product_id: UUID, *, at: datetime) -> list[Substitute]:
    """List what may be sold in the place of a product, the best first, with what is available of it today."""
    found = list[Substitute]()
    for row in _SUBSTITUTES.all(connection, product=product_id):
        other = row.substitute_id if row.product_id == product_id else row.product_id
        known = _PRODUCT.first(connection, product=other)
        if known is not None and known.active and other not in {each.product_id for each in found}:
            there = promising.available(connection, other, at=at).available
            found.append(Substitute(other, known.sku, known.name, there))
    return found


def _next(receipts: list[list[Any]], waits: int) -> tuple[Entry | None, int]:
    """Take what a line waits for from what comes in; give the first receipt it is served from, and by how much."""
    first, freed = None, 0
    for receipt in receipts:
        part = min(waits, receipt[1])
        if part <= 0:
            continue
        receipt[1] -= part
        waits -= part
        if first is None:
            first, freed = receipt[0], part
    return first, freed


def _backorder(row: Any, entry: Entry | None, freed: int) -> Backorder:
    return Backorder(
        row.order_id,
        row.number,
        row.customer_name,
        row.priority,
        row.promised_on,
        row.id,
        row.product_id,
        row.sku,
        row.name,
        row.unit,
        row.grain,
        int(row.waits),
        row.ready_on,
        row.ready_reason or "short when it was confirmed",
        entry,
        freed,
    )


def _statement(product_ids: Sequence[UUID]) -> Any:
    line, order = sales_order_line.c, sales_order.c
    sent_by_others = (
        select(func.sum(peg.c.quantity - peg.c.served))
        .where(peg.c.demand_id == line.id, peg.c.way == Way.DROP_SHIP)
        .scalar_subquery()
    )
    waits = line.ordered - line.cancelled - line.shipped + line.returned_open - line.reserved - line.picked
    waits -= func.coalesce(sent_by_others, 0, type_=BigInteger)
    statement = (
        select(
            order.id.label("order_id"),
            order.number,
            order.customer_name,
            order.promised_on,
            order.location_id,
            customer.c.priority,
            line.id,
            line.product_id,
            line.sku,
            line.name,
            line.ready_on,
            line.ready_reason,
            product.c.unit,
            product.c.grain,
            waits.label("waits"),
        )
        .join(sales_order, order.id == line.order_id)
        .join(customer, customer.c.id == order.customer_id)
        .join(product, product.c.id == line.product_id)
        .where(
            text(OUTSTANDING),
            waits > 0,
            order.state == OrderState.CONFIRMED,
            product.c.kind == "goods",
        )
    )
    if product_ids:
        return statement.where(line.product_id.in_(product_ids))
    return statement.where(order.stage.in_(WAITING_STAGES))


_SUBSTITUTES: Final = Prepared(
    select(product_substitute)
    .where(
        or_(
            product_substitute.c.product_id == bindparam("product", type_=Key),
            (product_substitute.c.substitute_id == bindparam("product", type_=Key)) & product_substitute.c.both_ways,
        )
    )
    .order_by(product_substitute.c.rank, product_substitute.c.id)
)
_PRODUCT: Final = Prepared(
    select(product.c.sku, product.c.name, product.c.active).where(product.c.id == bindparam("product", type_=Key))
)
