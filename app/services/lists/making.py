"""Work orders: what their list shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from app.models.order import sales_order
from app.models.product import product
from app.models.sourcing import peg
from app.models.stock import stock_level
from app.models.supply import supplier
from app.models.work import WorkState, work_component, work_order
from app.services.listing import Linked, Listing, Words
from app.services.work_shortages import LACKED_BEFORE, OPEN_STATES


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work order in the list; quantities are grains.  ``customer`` is whom it is for, empty for the shelf.

    ``short`` tells that a component is neither promised to it nor left free where it is needed by work due before it.
    """

    id: UUID
    number: str
    state: str
    way: str
    sku: str
    name: str
    ordered: int
    made: int
    scrapped: int
    cancelled: int
    grain: int
    unit: str
    starts_on: date | None
    due_on: date | None
    product_id: UUID
    supplier: str | None
    order_number: str | None
    customer: str | None
    short: bool

    @property
    def waits(self) -> bool:
        """Whether something is still to be done on it."""
        return self.state in {WorkState.PLANNED, WorkState.RELEASED}


_OPEN: Final = OPEN_STATES
_FREE: Final = (
    select(stock_level.c.free)
    .where(
        stock_level.c.product_id == work_component.c.product_id,
        stock_level.c.location_id == work_order.c.parts_location_id,
    )
    .correlate(work_component, work_order)
    .scalar_subquery()
)
_SHORT: Final = exists(
    select(work_component.c.id)
    .where(
        work_component.c.work_order_id == work_order.c.id,
        work_component.c.needed > work_component.c.reserved + work_component.c.consumed,
        work_component.c.needed - work_component.c.reserved - work_component.c.consumed
        > func.coalesce(_FREE, 0) - LACKED_BEFORE,
    )
    .correlate(work_order)
)
"""A component of which more is needed than is promised, used or left free by the work that is due before it."""


def _of_order(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return (
        select(column)
        .join(peg, peg.c.order_id == sales_order.c.id)
        .where(peg.c.supply_id == work_order.c.id)
        .order_by(peg.c.id)
        .limit(1)
        .correlate(work_order)
        .scalar_subquery()
    )


def _late(today: date) -> ColumnElement[bool]:
    return and_(work_order.c.state.in_(_OPEN), work_order.c.due_on < today)


WORK: Final = Listing(
    name="work",
    row=WorkRow,
    source=work_order.outerjoin(product, product.c.id == work_order.c.product_id).outerjoin(
        supplier, supplier.c.id == work_order.c.supplier_id
    ),
    columns=(
        work_order.c.id,
        work_order.c.number,
        work_order.c.state,
        work_order.c.way,
        work_order.c.sku,
        work_order.c.name,
        work_order.c.ordered,
        work_order.c.made,
        work_order.c.scrapped,
        work_order.c.cancelled,
        product.c.grain,
        product.c.unit,
        work_order.c.starts_on,
        work_order.c.due_on,
        work_order.c.product_id,
        supplier.c.name,
        _of_order(sales_order.c.number),
        _of_order(sales_order.c.customer_name),
        and_(work_order.c.state.in_(_OPEN), _SHORT).label("short"),
    ),
    tables=("work_order", "work_component", "stock_level", "peg"),
    sorts={
        "number": work_order.c.id,
        "name": work_order.c.name,
        "state": work_order.c.state,
        "starts_on": work_order.c.starts_on,
        "due_on": work_order.c.due_on,
    },
    default_sort="due_on",
    default_descending=False,
    filters={
        "state": lambda value: work_order.c.state == value,
        "open": lambda _: work_order.c.state.in_(_OPEN),
        "short": lambda _: and_(work_order.c.state.in_(_OPEN), _SHORT),
        "late": _late,
        "way": lambda value: work_order.c.way == value,
        "product": lambda value: work_order.c.product_id == value,
    },
    search=(
        Words(work_order.c.number, work_order.c.sku, work_order.c.name),
        Linked(work_order.c.supplier_id, supplier.c.id, (supplier.c.name,)),
        Linked(
            work_order.c.id,
            peg.c.supply_id,
            (sales_order.c.number, sales_order.c.customer_name),
            via=(peg.c.order_id, sales_order.c.id),
        ),
    ),
)
