"""A work order as people look at it: components, route, whom it is for, what a subcontractor was sent.

Quantities are grains of their own product; ``grain`` says how many make one stock unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.order import sales_order
from app.models.purchase import purchase_line, purchase_order
from app.models.sourcing import Demand, Supply
from app.models.stock import location, stock_level
from app.models.supply import supplier, work_center
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.work import work_component, work_order
from app.services import bills, pegs, products, work_orders, work_shortages
from app.services.pegs import Peg
from app.services.products import Product
from app.services.text_search import contains


@dataclass(frozen=True, slots=True)
class Part:
    """A component: needed in all, promised to the work order, used, and ``there`` for it (promised or free).

    ``free`` is what work that is due before it leaves.

    ``comes`` says by which document more of it comes, ``comes_on`` when the last of it does.
    """

    id: UUID
    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    fixed: bool
    needed: int
    reserved: int
    consumed: int
    free: int
    comes: str
    comes_on: date | None

    @property
    def open(self) -> int:
        """What the rest of the work still takes."""
        return max(0, self.needed - self.consumed)

    @property
    def there(self) -> int:
        """What of the rest lies where it is needed: promised to it, or free."""
        return min(self.open, self.reserved + self.free)

    @property
    def short(self) -> int:
        """What of the rest is neither promised to it nor free."""
        return self.open - self.there


@dataclass(frozen=True, slots=True)
class RouteStep:
    """A step of the work: at which center, all its minutes, on which days, and whether it is done."""

    position: int
    name: str
    center: str
    minutes: Decimal
    days: tuple[date, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class WantedBy:
    """Whom the work is for: a line of a customer's order, or another work order or transfer that needs it."""

    kind: str  # order | work_order | transfer: what is opened
    id: UUID
    number: str
    customer: str
    grains: int
    served: int
    ready_on: date | None
    told: date | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Components on their way to a subcontractor: a transfer, with how many pieces were sent and arrived of each."""

    id: UUID
    number: str
    state: str
    ships_on: date | None
    lines: tuple[Any, ...]

    @property
    def to_send(self) -> bool:
        """Whether something of it can be sent, or waits to be."""
        return self.state == TransferState.PLANNED

    @property
    def on_the_way(self) -> bool:
        """Whether something was sent and has not arrived."""
        return any(line.shipped > line.received + line.lost for line in self.lines)


@dataclass(frozen=True, slots=True)
class Service:
    """The purchase of a subcontractor's work."""

    purchase_id: UUID
    number: str
    state: str
    expected_on: date | None


@dataclass(frozen=True, slots=True)
class WorkSheet:
    """All of one work order; ``product`` is what is made."""

    head: Any
    product: Product
    bill_code: str
    location: str
    parts_location: str
    supplier: str
    parts: tuple[Part, ...]
    steps: tuple[RouteStep, ...]
    wanted_by: tuple[WantedBy, ...]
    sent: tuple[Sent, ...]
    services: tuple[Service, ...]

    @property
    def left(self) -> int:
        """Grains still to be made."""
        head = self.head
        return max(0, int(head.ordered - head.cancelled - head.made - head.scrapped))


def read(connection: Connection, work_order_id: UUID) -> WorkSheet:
    """Read a work order with all that belongs to it.

    Raises:
        NotFound: it does not exist.

    """
    head = work_orders.get(connection, work_order_id)
    places = _names(connection, location, [head.location_id, head.parts_location_id])
    supplied_by = _names(connection, supplier, [head.supplier_id])
    sheet = bills.get(connection, head.bill_id) if head.bill_id else None
    return WorkSheet(
        head=head,
        product=products.get(connection, head.product_id),
        bill_code=sheet.head.code if sheet else "",
        location=places.get(head.location_id, ""),
        parts_location=places.get(head.parts_location_id, ""),
        supplier=supplied_by.get(head.supplier_id, ""),
        parts=_parts(connection, head),
        steps=_steps(connection, work_order_id),
        wanted_by=tuple(wanted_by(connection, one) for one in pegs.of_supply(connection, work_order_id)),
        sent=_sent(connection, work_order_id),
        services=_services(connection, work_order_id),
    )


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find work orders by number, SKU or name, newest first: id, number, name, state."""
    found = connection.execute(
        select(work_order.c.id, work_order.c.number, work_order.c.name, work_order.c.state)
        .where(contains((work_order.c.number, work_order.c.sku, work_order.c.name), text, connection.dialect.name))
        .order_by(work_order.c.id.desc())
        .limit(limit)
    )
    return [(row.id, row.number, row.name, row.state) for row in found]


def _names(connection: Connection, table: Any, ids: Sequence[UUID | None]) -> dict[UUID | None, str]:
    wanted = [one for one in ids if one is not None]
    rows = connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _parts(connection: Connection, head: Any) -> tuple[Part, ...]:
    rows = work_orders.components(connection, head.id)
    known = products.get_many(connection, [row.product_id for row in rows])
    levels = connection.execute(
        select(stock_level.c.product_id, stock_level.c.free).where(
            stock_level.c.location_id == head.parts_location_id, stock_level.c.product_id.in_(known)
        )
    )
    free = {level.product_id: level.free for level in levels}
    before = work_shortages.lacked_before(connection, head.id)
    tied = pegs.of_demands(connection, [row.id for row in rows])
    found = []
    for row in rows:
        coming = [one for one in tied.get(row.id, []) if one.open]
        days = [one.ready_on for one in coming if one.ready_on]
        numbers = dict.fromkeys(_number(connection, one) for one in coming)
        of = known[row.product_id]
        found.append(
            Part(
                row.id,
                row.product_id,
                row.sku,
                row.name,
                of.unit,
                of.grain,
                row.fixed,
                row.needed,
                row.reserved,
                row.consumed,
                max(0, free.get(row.product_id, 0) - before[row.id]),
                ", ".join(number for number in numbers if number),
                max(days, default=None),
            )
        )
    return tuple(found)


def _number(connection: Connection, one: Peg) -> str:
    statement = _DOCUMENT.get(one.supply)
    if statement is None or one.supply_id is None:
        return ""
    found: str | None = connection.execute(statement, {"row_id": one.supply_id}).scalar()
    return found or ""


def _steps(connection: Connection, work_order_id: UUID) -> tuple[RouteStep, ...]:
    rows = work_orders.steps(connection, work_order_id)
    names = _names(connection, work_center, list({row.work_center_id for row in rows}))
    by_position: dict[int, list[Any]] = {}
    for row in rows:
        by_position.setdefault(row.position, []).append(row)
    return tuple(
        RouteStep(
            position,
            found[0].name,
            names.get(found[0].work_center_id, ""),
            sum((row.minutes for row in found), Decimal(0)),
            tuple(row.on for row in found),
            all(row.done for row in found),
        )
        for position, found in sorted(by_position.items())
    )


def wanted_by(connection: Connection, one: Peg) -> WantedBy:
    """Say whom a peg's supply is for: the customer's order, or the work order or transfer that needs it."""
    row = connection.execute(
        select(sales_order.c.number, sales_order.c.customer_name).where(sales_order.c.id == one.order_id)
    ).first()
    customer = row.customer_name if row else ""
    told = pegs.needed_on(connection, one)
    rest = (customer, one.quantity, one.served, one.ready_on, told, one.trouble)
    if one.demand == Demand.ORDER_LINE and one.order_id is not None:
        return WantedBy("order", one.order_id, row.number if row else "", *rest)
    statement, kind = _WANTING[one.demand]
    above = connection.execute(statement, {"row_id": one.demand_id}).one()
    return WantedBy(kind, above.id, above.number, *rest)


def _sent(connection: Connection, work_order_id: UUID) -> tuple[Sent, ...]:
    heads = connection.execute(
        select(transfer)
        .where(transfer.c.work_order_id == work_order_id, transfer.c.state != TransferState.CANCELLED)
        .order_by(transfer.c.id)
    ).all()
    found = []
    for head in heads:
        lines = connection.execute(
            select(transfer_line).where(transfer_line.c.transfer_id == head.id).order_by(transfer_line.c.position)
        )
        found.append(Sent(head.id, head.number, head.state, head.ships_on, tuple(lines)))
    return tuple(found)


def _services(connection: Connection, work_order_id: UUID) -> tuple[Service, ...]:
    rows = connection.execute(
        select(purchase_order.c.id, purchase_order.c.number, purchase_order.c.state, purchase_line.c.expected_on)
        .join(purchase_line, purchase_line.c.purchase_id == purchase_order.c.id)
        .where(purchase_line.c.work_order_id == work_order_id)
        .order_by(purchase_line.c.id)
    )
    return tuple(Service(row.id, row.number, row.state, row.expected_on) for row in rows)


_ROW: Final = bindparam("row_id", type_=Key)
_DOCUMENT: Final = {
    Supply.PURCHASE_LINE: select(purchase_order.c.number)
    .join(purchase_line, purchase_line.c.purchase_id == purchase_order.c.id)
    .where(purchase_line.c.id == _ROW),
    Supply.WORK_ORDER: select(work_order.c.number).where(work_order.c.id == _ROW),
    Supply.TRANSFER_LINE: select(transfer.c.number)
    .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
    .where(transfer_line.c.id == _ROW),
}
_WANTING: Final = {
    Demand.COMPONENT: (
        select(work_order.c.id, work_order.c.number)
        .join(work_component, work_component.c.work_order_id == work_order.c.id)
        .where(work_component.c.id == _ROW),
        "work_order",
    ),
    Demand.TRANSFER_LINE: (
        select(transfer.c.id, transfer.c.number)
        .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
        .where(transfer_line.c.id == _ROW),
        "transfer",
    ),
}
