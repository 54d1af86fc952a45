"""Soft holds: pieces in a quote or order that somebody is typing, shown to the others as taken.

A hold binds nobody and is in no log.  It ends when its window says so, or by itself some minutes after the window was
last heard of, whatever became of it.  Who sells a held piece for good simply has it: promises count stock, not holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key, Moment, new_id
from app.models.stock import location
from app.models.supply import soft_hold
from app.services.database import Database
from app.services.statements import Prepared

LASTS: Final = timedelta(minutes=5)
"""How long a hold counts after it was made or extended; a window that is alive extends it every minute or so."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Grains of a product that somebody is about to sell, and the place they would leave from."""

    holder: str
    product_id: UUID
    location_id: UUID
    grains: int
    until: datetime
    location_name: str


def hold(database: Database, window: str, wants: Mapping[tuple[UUID, UUID], int], *, by: str, at: datetime) -> None:
    """Make ``wants`` (grains by product and place) all that a window of ``by`` holds, in the place of what it held.

    Raises:
        Unavailable: the database cannot be reached; then what the window held before stays as it was.

    """
    kept = {key: grains for key, grains in sorted(wants.items()) if grains > 0}
    rows = [
        {
            "id": new_id(),
            "holder": by,
            "window": window,
            "product_id": product_id,
            "location_id": place,
            "quantity": grains,
            "until": at + LASTS,
        }
        for (product_id, place), grains in kept.items()
    ]
    expired = [{"held_product": product_id, "at": at} for product_id in sorted({key[0] for key in kept})]
    if not rows:
        database.run_local((_LET_GO, [{"held_by": window}]))
        return
    database.run_local((_LET_GO, [{"held_by": window}]), (_SWEEP, expired), (_HOLD, rows))


def extend(database: Database, window: str, *, at: datetime) -> None:
    """Keep what a window holds for some minutes more; what has ended already stays ended.

    Raises:
        Unavailable: the database cannot be reached.

    """
    database.run_local((_EXTEND, [{"held_by": window, "at": at, "to": at + LASTS}]))


def let_go(database: Database, window: str) -> None:
    """Give back all that a window holds: it was saved, or closed.

    Raises:
        Unavailable: the database cannot be reached; then it ends by itself.

    """
    database.run_local((_LET_GO, [{"held_by": window}]))


def of_product(connection: Connection, product_id: UUID, *, at: datetime, window: str = "") -> list[Hold]:
    """Read who holds a product, the oldest hold first; a window's own is left out."""
    return [Hold(*row) for row in _OF_PRODUCT.all(connection, product=product_id, at=at, held_by=window)]


_WINDOW: Final = bindparam("held_by", type_=soft_hold.c.window.type)
_AT: Final = bindparam("at", type_=Moment)
_LET_GO: Final = Prepared(soft_hold.delete().where(soft_hold.c.window == _WINDOW))
_SWEEP: Final = Prepared(
    soft_hold.delete().where(soft_hold.c.product_id == bindparam("held_product", type_=Key), soft_hold.c.until <= _AT)
)
_EXTEND: Final = Prepared(
    soft_hold.update()
    .where(soft_hold.c.window == _WINDOW, soft_hold.c.until > _AT)
    .values(until=bindparam("to", type_=Moment))
)
_HOLD: Final = Prepared(
    soft_hold.insert().inline().values({each.name: bindparam(each.name, type_=each.type) for each in soft_hold.columns})
)
_OF_PRODUCT: Final = Prepared(
    select(
        soft_hold.c.holder,
        soft_hold.c.product_id,
        soft_hold.c.location_id,
        soft_hold.c.quantity,
        soft_hold.c.until,
        location.c.name,
    )
    .join(location, location.c.id == soft_hold.c.location_id)
    .where(
        soft_hold.c.product_id == bindparam("product", type_=Key),
        soft_hold.c.until > _AT,
        soft_hold.c.window != _WINDOW,
    )
    .order_by(soft_hold.c.until, soft_hold.c.id)
)
