"""What was wanted of each product at each warehouse, week by week, from the documents themselves.

Demand counts on the day it was wanted for, delivered or not: what was ordered, what work orders use, and what other
warehouses were sent.  Cancelled documents do not count.  Weeks go from Monday to Sunday, in the company's days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Select, func, select

from app.models.order import OrderState, sales_order, sales_order_line
from app.models.product import product
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.work import WorkState, work_component, work_order
from app.services import stock_ledger
from app.services.stock_outlook import Shelf

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DemandHistory:
    """Grains wanted of each product at each warehouse in each week, the first of which begins on ``first``."""

    first: date
    weeks: int
    grains: dict[Shelf, list[int]]


def read(connection: Connection, today: date, weeks: int = 104) -> DemandHistory:
    """Read what was wanted in the last whole weeks before today's; products not in use are left out."""
    monday = today - timedelta(days=today.weekday())
    first = monday - weeks * WEEK
    main = stock_ledger.main_location(connection)
    found = dict[Shelf, list[int]]()
    for statement in _statements(first, monday):
        for row in connection.execute(statement):
            week = (row.on - first).days // 7
            shelf = row.product_id, row.location_id or main
            found.setdefault(shelf, [0] * weeks)[week] += int(row.grains)
    return DemandHistory(first, weeks, found)


def _statements(first: date, end: date) -> Iterator[Select[Any]]:
    sold, used, sent = sales_order_line.c, work_component.c, transfer_line.c
    wanted_on = func.coalesce(
        sold.requested_on, sales_order.c.requested_on, sales_order.c.ordered_on, type_=sold.requested_on.type
    )
    yield (
        _summed(
            sold.product_id,
            sales_order.c.location_id,
            wanted_on,
            sold.ordered,
        )
        .join(sales_order, sales_order.c.id == sold.order_id)
        .join(product, product.c.id == sold.product_id)
        .where(sales_order.c.state.in_([OrderState.CONFIRMED, OrderState.CLOSED]), *_within(wanted_on, first, end))
    )
    parts = func.coalesce(work_order.c.parts_location_id, work_order.c.location_id, type_=work_order.c.location_id.type)
    starts_on = func.coalesce(work_order.c.starts_on, work_order.c.due_on, type_=work_order.c.due_on.type)
    yield (
        _summed(used.product_id, parts, starts_on, used.needed)
        .join(work_order, work_order.c.id == used.work_order_id)
        .join(product, product.c.id == used.product_id)
        .where(work_order.c.state != WorkState.CANCELLED, *_within(starts_on, first, end))
    )
    yield (
        _summed(sent.product_id, transfer.c.from_location_id, transfer.c.ships_on, sent.wanted)
        .join(transfer, transfer.c.id == sent.transfer_id)
        .join(product, product.c.id == sent.product_id)
        .where(transfer.c.state != TransferState.CANCELLED, *_within(transfer.c.ships_on, first, end))
    )


def _summed(product_id: Any, place: Any, on: Any, grains: Any) -> Select[Any]:
    total = func.sum(grains, type_=BigInteger).label("grains")
    return select(product_id.label("product_id"), place.label("location_id"), on.label("on"), total).group_by(
        product_id, place, on
    )


def _within(on: Any, first: date, end: date) -> tuple[Any, ...]:
    return product.c.active, product.c.kind == "goods", on >= first, on < end
