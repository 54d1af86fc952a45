"""A transfer as people look at it: its lines, what is on its way of each, and whom it is for.

Quantities are grains of the line's product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.models.stock import location
from app.models.transfer import TransferState, transfer
from app.models.work import work_order
from app.services import pegs, products, transfers, work_sheets
from app.services.lists import TRANSFERS
from app.services.products import Product
from app.services.text_search import contains
from app.services.transaction import Transaction
from app.services.work_sheets import WantedBy


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line: wanted in all, promised to it where it starts, shipped, received, lost, called off."""

    id: UUID
    product: Product
    wanted: int
    reserved: int
    shipped: int
    received: int
    lost: int
    cancelled: int
    wanted_by: tuple[WantedBy, ...]

    @property
    def going(self) -> int:
        """What is on its way."""
        return self.shipped - self.received - self.lost

    @property
    def unshipped(self) -> int:
        """What is still to leave."""
        return self.wanted - self.cancelled - self.shipped

    def pieces(self, grains: int) -> Fraction:
        """Give grains in stock units."""
        return Fraction(grains, self.product.grain)


@dataclass(frozen=True, slots=True)
class TransferSheet:
    """All of one transfer; ``work_number`` is the work order whose components it brings to a subcontractor."""

    head: Any
    source: str
    target: str
    work_number: str
    lines: tuple[SheetLine, ...]

    @property
    def going(self) -> bool:
        """Whether something is on its way."""
        return any(one.going for one in self.lines)

    @property
    def can_leave(self) -> bool:
        """Whether something is promised to it and has not left."""
        return self.head.state == TransferState.PLANNED and any(one.reserved for one in self.lines)


def read(connection: Connection, transfer_id: UUID) -> TransferSheet:
    """Read a transfer with all that belongs to it.

    Raises:
        NotFound: it does not exist.

    """
    head = transfers.get(connection, transfer_id)
    rows = transfers.lines(connection, transfer_id)
    known = products.get_many(connection, [row.product_id for row in rows])
    ends = [head.from_location_id, head.to_location_id]
    places = connection.execute(select(location.c.id, location.c.name).where(location.c.id.in_(ends)))
    names = {row.id: row.name for row in places}
    number = connection.execute(select(work_order.c.number).where(work_order.c.id == head.work_order_id)).scalar()
    return TransferSheet(
        head=head,
        source=names[head.from_location_id],
        target=names[head.to_location_id],
        work_number=number or "",
        lines=tuple(_line(connection, row, known[row.product_id]) for row in rows),
    )


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str]]:
    """Find transfers by number, newest first: id, number, state."""
    found = connection.execute(
        select(transfer.c.id, transfer.c.number, transfer.c.state)
        .where(contains((transfer.c.number,), text, connection.dialect.name))
        .order_by(transfer.c.id.desc())
        .limit(limit)
    )
    return [(row.id, row.number, row.state) for row in found]


def count(connection: Connection, today: date) -> tuple[int, int]:
    """Count the transfers that something is to be sent or received of, and those of them that are late."""
    planned = select(func.count()).select_from(transfer).where(transfer.c.state == TransferState.PLANNED)
    going = select(func.count()).select_from(transfer).where(transfer.c.state == TransferState.SHIPPED)
    late = select(func.count()).select_from(transfer).where(TRANSFERS.filters["late"](today))
    waiting = connection.execute(planned).scalar_one() + connection.execute(going).scalar_one()
    return waiting, connection.execute(late).scalar_one()


def plan(
    tx: Transaction, product_id: UUID, quantity: Decimal, from_location: UUID, to_location: UUID, needed_on: date | None
) -> UUID:
    """Plan to bring ``quantity`` stock units of a product between two warehouses and return the transfer's id.

    Raises:
        Invalid: the quantity is not above zero, both places are one, or the product is a service.
        NotFound: a place or the product does not exist.

    """
    grains = products.get(tx.connection, product_id).grains(quantity)
    line_id = transfers.plan(
        tx, product_id, grains, from_location=from_location, to_location=to_location, needed_on=needed_on
    )
    return transfers.of_line(tx.connection, line_id)


def _line(connection: Connection, row: Any, known: Product) -> SheetLine:
    return SheetLine(
        id=row.id,
        product=known,
        wanted=row.wanted,
        reserved=row.reserved,
        shipped=row.shipped,
        received=row.received,
        lost=row.lost,
        cancelled=row.cancelled,
        wanted_by=tuple(work_sheets.wanted_by(connection, one) for one in pegs.of_supply(connection, row.id)),
    )
