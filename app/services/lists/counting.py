"""Count lists: what their list shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from app.models.counting import CountState, stock_count, stock_count_line
from app.models.stock import location
from app.services.listing import Listing, Words


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count list: how many lines it has, and how many of them are counted."""

    id: UUID
    number: str
    state: str
    warehouse: str
    note: str
    created_at: datetime
    lines: int
    counted: int


COUNTS: Final = Listing(
    name="counts",
    row=CountRow,
    source=stock_count.outerjoin(location, location.c.id == stock_count.c.location_id),
    columns=(
        stock_count.c.id,
        stock_count.c.number,
        stock_count.c.state,
        location.c.name,
        stock_count.c.note,
        stock_count.c.created_at,
        select(func.count()).where(stock_count_line.c.count_id == stock_count.c.id).scalar_subquery(),
        select(func.count())
        .where(
            stock_count_line.c.count_id == stock_count.c.id,
            stock_count_line.c.counted.is_not(None),
            stock_count_line.c.recount.is_(False),
        )
        .scalar_subquery(),
    ),
    tables=("stock_count", "stock_count_line"),
    sorts={"number": stock_count.c.id, "state": stock_count.c.state},
    default_sort="number",
    filters={
        "state": lambda value: stock_count.c.state == value,
        "open": lambda _: stock_count.c.state == CountState.OPEN,
    },
    search=(Words(stock_count.c.number, stock_count.c.note),),
)
