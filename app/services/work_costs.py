"""What comes off the shop floor is worth: the components that went in, the work on them, and a subcontractor's price.

What has gone in and not come out yet is in process, by work order.  Each report takes out all of it, spread over what
was made and spoilt; what rounding leaves goes to the stock differences when the work order ends.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.base import Key
from app.models.costing import NOTHING
from app.models.rounding import round_decimals
from app.models.stock import Place
from app.models.supply import work_center
from app.models.valuation import Side
from app.models.work import work_step
from app.services import value_history
from app.services.statements import Prepared
from app.services.transaction import Transaction
from app.services.value_entries import Booked, Books, Passing, books, pair, write

_HOUR: Final = 60


def report(tx: Transaction, head: Any, done: int) -> Fraction | None:
    """Put the work of a report into process and give what one grain of its ``done`` output costs, exactly.

    None where the company keeps no values.
    """
    kept = books(tx.connection)
    if not kept.keeps:
        return None
    steps = _STEPS.all(tx.connection, work_order=head.id)
    planned = sum((Fraction(each.minutes) * Fraction(each.hour_cost) / _HOUR for each in steps), Fraction(0))
    work = round_decimals(planned * done / head.ordered, kept.decimals)
    _put_in(tx, kept, head, Side.OPERATION, work)
    return Fraction(max(NOTHING, _in_process(tx, head.id))) / done


def put_in_service(tx: Transaction, head: Any, price: Fraction) -> None:
    """Put what a subcontractor asks (exact, company currency) for work that is done into process."""
    kept = books(tx.connection)
    if kept.keeps:
        _put_in(tx, kept, head, Place.SUPPLIER, round_decimals(price, kept.decimals))


def end(tx: Transaction, head: Any) -> None:
    """Book what is left in process when a work order ends as a stock difference."""
    kept = books(tx.connection)
    if kept.keeps and (left := _in_process(tx, head.id)):
        booked = Booked(kept)
        passing = Passing(Place.PRODUCTION, Place.ADJUSTMENT, None, head.id)
        pair(tx, booked, (head.location_id, head.product_id), passing, left)
        write(tx, booked)


def _put_in(tx: Transaction, kept: Books, head: Any, source: str, value: Decimal) -> None:
    if value:
        booked = Booked(kept)
        passing = Passing(source, Place.PRODUCTION, None, head.id)
        pair(tx, booked, (head.location_id, head.product_id), passing, value)
        write(tx, booked)


def _in_process(tx: Transaction, work_order_id: UUID) -> Decimal:
    return -sum((each.value for each in value_history.of_work(tx.connection, work_order_id)), NOTHING)


_STEPS: Final = Prepared(
    select(work_step.c.minutes, work_center.c.hour_cost)
    .join(work_center, work_center.c.id == work_step.c.work_center_id)
    .where(work_step.c.work_order_id == bindparam("work_order", type_=Key))
)
