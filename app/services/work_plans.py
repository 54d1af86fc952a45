"""What planned work needs: components exploded one level, made smaller, given back.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key, new_id
from app.models.stock import Place
from app.models.supply import Way
from app.models.work import WorkState, work_component, work_order
from app.services import bills, calendars, products, stock_ledger, work_schedule
from app.services.bills import BillSheet
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def components(connection: Connection, work_order_id: UUID) -> list[Any]:
    """Read the components of a work order in their order."""
    return _COMPONENTS.all(connection, work_order=work_order_id)


def lock_components(tx: Transaction, head: Any) -> list[Any]:
    """Read the components of a locked work order with their levels locked: what is promised to them stays so."""
    ids = [one.product_id for one in components(tx.connection, head.id)]
    stock_ledger.lock_levels(tx, head.parts_location_id, ids)
    return components(tx.connection, head.id)


def component_rows(connection: Connection, work_order_id: UUID, sheet: BillSheet, grains: int) -> list[dict[str, Any]]:
    """Give the rows of the components that ``grains`` of the product need, in the order of the bill."""
    known = products.get_many(connection, [line.product_id for line in sheet.lines])
    return [
        {
            "id": new_id(),
            "work_order_id": work_order_id,
            "position": line.position,
            "product_id": line.product_id,
            "sku": known[line.product_id].sku,
            "name": known[line.product_id].name,
            "fixed": line.fixed,
            "needed": needed,
            "reserved": 0,
            "consumed": 0,
        }
        for line, needed in zip(sheet.lines, bills.needs(connection, sheet, grains), strict=True)
    ]


def left(head: Any) -> int:
    """How many grains of a work order are still to be made."""
    return int(head.ordered - head.cancelled - head.made - head.scrapped)


def needs_by_bill(connection: Connection, head: Any, grains: int) -> dict[int, int]:
    """Give the grains that ``grains`` of what is made need of each component, by its place on the bill."""
    sheet = bills.get(connection, head.bill_id)
    return dict(zip((line.position for line in sheet.lines), bills.needs(connection, sheet, grains), strict=True))


def set_needs(tx: Transaction, head: Any, ordered: int) -> dict[UUID, int]:
    """Make the components what ``ordered`` grains need and give back promises beyond that; return who needs less.

    Components are found again by their place on the bill the work order was planned with: bills are never rewritten.
    """
    needs = needs_by_bill(tx.connection, head, ordered)
    rows = lock_components(tx, head)
    return _shrink_to(tx, head, rows, {one.id: max(needs[one.position], one.consumed) for one in rows})


def end_needs(tx: Transaction, head: Any) -> dict[UUID, int]:
    """Let the components of a finished or cancelled work order need nothing more; return who needs less."""
    rows = lock_components(tx, head)
    return _shrink_to(tx, head, rows, {one.id: one.consumed for one in rows})


def shrink(tx: Transaction, work_order_id: UUID, grains: int) -> tuple[int, dict[UUID, int]]:
    """Plan up to ``grains`` less of a work order nobody has begun; return how many, and which components need less."""
    head = tx.lock(work_order, work_order_id, "Work order")
    part = min(grains, left(head)) if head.state == WorkState.PLANNED else 0
    if part <= 0:
        return 0, {}
    if part == left(head):
        return part, call_off(tx, head)
    rest = head.ordered - part
    tx.update(work_order, work_order_id, ordered=rest)
    _book_less(tx, head, rest)
    return part, set_needs(tx, head, rest)


def _book_less(tx: Transaction, head: Any, ordered: int) -> None:
    """Give back the capacity that less work does not take; work that should have begun by now stays as it is booked."""
    today = tx.at.date()
    if head.way == Way.OUTSOURCE or head.starts_on is None or head.starts_on < today:
        return
    sheet = bills.get(tx.connection, head.bill_id)
    tasks = work_schedule.tasks_of(sheet, products.get(tx.connection, head.product_id).quantity(ordered))
    if not tasks:
        return
    calendars.lock_centers(tx, [task.work_center_id for task in tasks])
    work_schedule.release(tx, head.id)
    lead_days = sheet.head.lead_days
    schedule = work_schedule.plan(tx.connection, tasks, lead_days=lead_days, due_on=head.due_on, today=today)
    work_schedule.store(tx, head.id, schedule)


def call_off(tx: Transaction, head: Any) -> dict[UUID, int]:
    """Cancel a work order nothing was made on; return which components need less."""
    tx.update(work_order, head.id, state=str(WorkState.CANCELLED), cancelled=head.ordered)
    work_schedule.release(tx, head.id)
    tx.record("work.cancelled", head.id, number=head.number)
    return end_needs(tx, head)


def _shrink_to(tx: Transaction, head: Any, rows: list[Any], needs: Mapping[UUID, int]) -> dict[UUID, int]:
    moves, changed, less = [], [], {}
    for one in rows:
        needed = needs[one.id]
        back = max(0, one.reserved - max(0, needed - one.consumed))
        if back:
            reason = head.number
            moves.append(Move(one.product_id, Place.PROMISED, Place.FREE, back, one.id, head.id, reason))
        if (needed, back) != (one.needed, 0):
            changed.append((one.id, {"needed": needed, "reserved": one.reserved - back}))
        if needed < one.needed:
            less[one.id] = one.needed - needed
    stock_ledger.move(tx, head.parts_location_id, moves)
    tx.update_rows(work_component, changed)
    return less


_COMPONENTS: Final = Prepared(
    select(work_component)
    .where(work_component.c.work_order_id == bindparam("work_order", type_=Key))
    .order_by(work_component.c.position)
)
