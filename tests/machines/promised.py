"""No more is promised by any day than is there by then: counted from the documents, goods that no peg ties included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.models.order import sales_order, sales_order_line
from app.models.purchase import purchase_line, purchase_order
from app.models.sourcing import peg
from app.models.stock import stock_level
from app.models.transfer import transfer, transfer_line
from app.models.work import work_component, work_order

Entry = tuple[UUID, UUID, date, int]
"""Product, place, day, grains: above zero they come, below they are promised to leave."""


class Promised:
    """Remembers what lines were told; a day that is told must be covered on that day and on all after it."""

    def __init__(self, main: UUID) -> None:
        self._main = main
        self._told: dict[UUID, tuple[Any, str]] = {}

    def hold(self, connection: Any, today: date) -> None:
        """Check every line that was told another day since it was called last."""
        rows = connection.execute(_LINES).all()
        pegged = {row.demand_id: (row.grains, row.away or 0) for row in connection.execute(_PEGS).all()}
        told = {row.id: (row.ready_on, row.ready_reason) for row in rows}
        anew = [
            row
            for row in rows
            if row.ready_on and row.reserve_limit is None and self._told.get(row.id) != told[row.id]
            if row.waits > pegged.get(row.id, (0, 0))[0]
        ]
        self._told = told
        if not anew:
            return
        entries = [*_receipts(connection, today), *_departures(connection, today)]
        for row in rows:
            left = row.waits - pegged.get(row.id, (0, 0))[1]
            if row.ready_on and left > 0:
                entries.append((row.product_id, row.location_id or self._main, max(row.ready_on, today), -left))
        for row in anew:
            self._is_covered(row, entries)

    def _is_covered(self, row: Any, entries: list[Entry]) -> None:
        place = row.location_id or self._main
        mine = sorted(
            (on, grains) for product_id, at, on, grains in entries if (product_id, at) == (row.product_id, place)
        )
        days: dict[date, int] = defaultdict(int)
        for on, grains in mine:
            days[on] += grains
        balance = 0
        for on in sorted(days):
            balance += days[on]
            short = on >= row.ready_on and balance < 0
            assert not short, f"{row.sku}: promised for {row.ready_on} and {-balance} grains short on {on}: {mine}"


def _receipts(connection: Any, today: date) -> Iterator[Entry]:
    for row in connection.execute(select(stock_level)).all():
        yield row.product_id, row.location_id, today, row.free
    for statement in (_BOUGHT, _MADE, _ARRIVING):
        for row in connection.execute(statement).all():
            if row.on is not None and row.grains > 0:
                yield row.product_id, row.location_id, max(row.on, today), row.grains


def _departures(connection: Any, today: date) -> Iterator[Entry]:
    for statement in (_USED, _LEAVING):
        for row in connection.execute(statement).all():
            if row.grains > 0:
                yield row.product_id, row.location_id, max(row.on or today, today), -row.grains


_SOLD = sales_order_line.c
_LINES = (
    select(
        _SOLD.id,
        _SOLD.sku,
        _SOLD.product_id,
        _SOLD.ready_on,
        _SOLD.ready_reason,
        _SOLD.reserve_limit,
        sales_order.c.location_id,
        (_SOLD.ordered - _SOLD.cancelled - _SOLD.shipped + _SOLD.returned_open - _SOLD.reserved - _SOLD.picked).label(
            "waits"
        ),
    )
    .join(sales_order, sales_order.c.id == _SOLD.order_id)
    .where(sales_order.c.state == "confirmed")
)
_OPEN = peg.c.quantity - peg.c.served
_PEGS = select(
    peg.c.demand_id,
    func.sum(_OPEN).label("grains"),
    func.sum(_OPEN).filter((peg.c.way == "drop_ship") | (peg.c.supply == "stock")).label("away"),
).group_by(peg.c.demand_id)
_BOUGHT = (
    select(
        purchase_line.c.product_id,
        purchase_order.c.location_id,
        func.coalesce(purchase_line.c.expected_on, purchase_line.c.requested_on).label("on"),
        (purchase_line.c.ordered - purchase_line.c.cancelled - purchase_line.c.received).label("grains"),
    )
    .join(purchase_order, purchase_order.c.id == purchase_line.c.purchase_id)
    .where(
        purchase_order.c.state.in_(["draft", "sent", "confirmed"]),
        purchase_order.c.order_id.is_(None),
        purchase_line.c.work_order_id.is_(None),
    )
)
_MADE = select(
    work_order.c.product_id,
    work_order.c.location_id,
    work_order.c.due_on.label("on"),
    (work_order.c.ordered - work_order.c.cancelled - work_order.c.made - work_order.c.scrapped).label("grains"),
).where(work_order.c.state.in_(["planned", "released"]))
_USED = (
    select(
        work_component.c.product_id,
        func.coalesce(work_order.c.parts_location_id, work_order.c.location_id).label("location_id"),
        func.coalesce(work_order.c.starts_on, work_order.c.due_on).label("on"),
        (work_component.c.needed - work_component.c.reserved - work_component.c.consumed).label("grains"),
    )
    .join(work_order, work_order.c.id == work_component.c.work_order_id)
    .where(work_order.c.state.in_(["planned", "released"]))
)
_MOVED = transfer_line.c
_ARRIVING = (
    select(
        _MOVED.product_id,
        transfer.c.to_location_id.label("location_id"),
        transfer.c.expected_on.label("on"),
        (_MOVED.wanted - _MOVED.cancelled - _MOVED.received - _MOVED.lost).label("grains"),
    )
    .join(transfer, transfer.c.id == _MOVED.transfer_id)
    .where(transfer.c.state.in_(["planned", "shipped"]))
)
_LEAVING = (
    select(
        _MOVED.product_id,
        transfer.c.from_location_id.label("location_id"),
        transfer.c.ships_on.label("on"),
        (_MOVED.wanted - _MOVED.cancelled - _MOVED.shipped - _MOVED.reserved).label("grains"),
    )
    .join(transfer, transfer.c.id == _MOVED.transfer_id)
    .where(transfer.c.state == "planned")
)
