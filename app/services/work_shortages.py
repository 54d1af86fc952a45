"""Which components open work lacks: what is free goes first to the work that is due first."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, ScalarSelect, and_, bindparam, func, or_, select, text

from app.models.base import Key
from app.models.work import OPEN_COMPONENT, WorkState, work_component, work_order
from app.services.statements import Prepared

OPEN_STATES: Final = (WorkState.PLANNED, WorkState.RELEASED)


def _lacked_before() -> ScalarSelect[Any]:
    """Say in SQL how many grains of a component's goods the work due before its own lacks, at the same place."""
    other, earlier = work_component.alias("other"), work_order.alias("earlier")
    lacked = other.c.needed - other.c.reserved - other.c.consumed
    return (
        select(func.coalesce(func.sum(lacked), 0, type_=BigInteger))
        .join(earlier, earlier.c.id == other.c.work_order_id)
        .where(
            other.c.product_id == work_component.c.product_id,
            text(OPEN_COMPONENT),
            earlier.c.state.in_(OPEN_STATES),
            earlier.c.parts_location_id == work_order.c.parts_location_id,
            or_(
                earlier.c.due_on < work_order.c.due_on,
                and_(earlier.c.due_on == work_order.c.due_on, earlier.c.id < work_order.c.id),
            ),
        )
        .correlate(work_component, work_order)
        .scalar_subquery()
    )


LACKED_BEFORE: Final = _lacked_before()
"""In SQL, beside a work order and its component: what the work due before it lacks of the same goods."""


def lacked_before(connection: Connection, work_order_id: UUID) -> dict[UUID, int]:
    """Read what the work due before a work order lacks of the goods of its components, in grains by component."""
    return {row.id: int(row.before) for row in _OF_WORK.all(connection, work_order=work_order_id)}


_OF_WORK: Final = Prepared(
    select(work_component.c.id, LACKED_BEFORE.label("before"))
    .join(work_order, work_order.c.id == work_component.c.work_order_id)
    .where(work_order.c.id == bindparam("work_order", type_=Key))
)
