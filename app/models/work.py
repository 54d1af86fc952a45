"""Work orders: what is made from which components, in-house or by a subcontractor."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Index, Integer, String, Text, text

from app.models.base import PRICE, DataClass, Exact, Moment, grains, key, reference, table
from app.models.lines import document_columns


class WorkState(StrEnum):
    """Where a work order stands."""

    PLANNED = "planned"
    RELEASED = "released"  # components are promised to it; the shop floor has it
    DONE = "done"  # all made, or what was made is all that will be
    CANCELLED = "cancelled"


NEXT: Final[dict[WorkState, frozenset[WorkState]]] = {
    WorkState.PLANNED: frozenset({WorkState.RELEASED, WorkState.CANCELLED}),
    WorkState.RELEASED: frozenset({WorkState.PLANNED, WorkState.DONE, WorkState.CANCELLED}),
    WorkState.DONE: frozenset({WorkState.RELEASED}),
    WorkState.CANCELLED: frozenset({WorkState.PLANNED}),
}

work_order = table(
    "work_order",
    DataClass.DOCUMENT,
    key(),
    *document_columns(),
    Column("number", String(32), nullable=False, unique=True),
    Column("state", String(12), nullable=False),
    Column("way", String(12), nullable=False),  # make | assemble | outsource
    reference("product_id", "product"),
    Column("sku", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    reference("bill_id", "bill", required=False),
    reference("location_id", "location"),  # where what is made comes to
    reference("supplier_id", "supplier", required=False),  # the subcontractor
    grains("ordered"),
    grains("made"),  # good pieces that came to stock
    grains("scrapped"),
    grains("cancelled"),
    Column("starts_on", Date),
    Column("due_on", Date),
    Column("finished_at", Moment),
    Column("notes", Text, nullable=False),
    reference("parts_location_id", "location", required=False),  # where components lie: where it comes to, or in a yard
    reference("supply_id", "product_supply", required=False),  # the way it was planned by
    CheckConstraint("ordered > 0 AND made >= 0 AND scrapped >= 0 AND cancelled >= 0", name="within"),
    Index("ix_work_order_state", "state", "id"),
)

work_component = table(
    "work_component",
    DataClass.DOCUMENT,
    key(),
    reference("work_order_id", "work_order", index=True),
    Column("position", Integer, nullable=False),
    reference("product_id", "product"),
    Column("sku", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    Column("fixed", Boolean, nullable=False),  # the same quantity however many are made
    grains("needed"),  # for all that is ordered
    grains("reserved"),  # promised to it, not taken yet
    grains("consumed"),
    CheckConstraint("needed >= 0 AND reserved >= 0 AND consumed >= 0", name="within"),
)

work_step = table(
    "work_step",
    DataClass.DOCUMENT,
    key(),
    reference("work_order_id", "work_order", index=True),
    Column("position", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    reference("work_center_id", "work_center"),
    Column("on", Date, nullable=False),  # the day whose capacity it takes; a long step has a row for each
    Column("minutes", Exact(PRICE), nullable=False),
    Column("done", Boolean, nullable=False),
    Index("ix_work_step_load", "work_center_id", "on"),
)

OPEN: Final = "ordered - cancelled - made - scrapped > 0"
"""The condition of a work order of which more will come, word for word as queries must write it."""
OPEN_COMPONENT: Final = "needed - reserved - consumed > 0"
"""The condition of a component that is not covered by stock."""

open_work_order = Index(
    "ix_work_order_open", work_order.c.product_id, sqlite_where=text(OPEN), postgresql_where=text(OPEN)
)
open_work_component = Index(
    "ix_work_component_open",
    work_component.c.product_id,
    sqlite_where=text(OPEN_COMPONENT),
    postgresql_where=text(OPEN_COMPONENT),
)
