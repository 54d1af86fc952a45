"""Work orders: planned for what is wanted, released to the shop floor, finished, cancelled, reopened.

What comes off the shop floor is reported in :mod:`app.services.production`.  Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.purchase import purchase_line
from app.models.sourcing import Demand, Supply
from app.models.stock import Place
from app.models.supply import Way
from app.models.transfer import transfer, transfer_line
from app.models.work import NEXT, WorkState, work_component, work_order
from app.services import (
    arrivals,
    bills,
    calendars,
    call_off,
    delays,
    pegs,
    products,
    promises,
    purchasing,
    stock_ledger,
    suppliers,
    supply_ways,
    transfers,
    work_costs,
    work_plans,
    work_schedule,
)
from app.services.bills import BillSheet
from app.services.order_book import OrderBook
from app.services.pegs import Freed
from app.services.products import Product
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.supply_ways import SupplyWay
from app.services.transaction import Transaction
from app.services.work_plans import left


def plan(
    tx: Transaction,
    supply_id: UUID,
    grains: int,
    due_on: date | None,
    *,
    location_id: UUID,
    supply_components: bool = True,
) -> UUID:
    """Plan to make ``grains`` by a way of supply and return the work order's id; its ``due_on`` says when it is ready.

    Components are exploded one level, steps are booked on free capacity so that it is ready on ``due_on``, or as soon
    as can be.  With ``supply_components`` the components of the way ``assemble`` are bought for it, and those of
    ``outsource`` are sent to the subcontractor, whose work is bought; without, who asks sees to the components.

    Raises:
        Invalid: the quantity is not above zero, the way is not made, or the product has no active bill.
        NotFound: the way or the place does not exist.

    """
    way = supply_ways.get(tx.connection, supply_id)
    if way.way not in supply_ways.MADE or grains <= 0:
        raise Invalid("way", "This way of supply is not made, or for nothing. Choose one with a bill, and a quantity.")
    known = products.get(tx.connection, way.product_id)
    sheet = bills.get(tx.connection, way.bill_id) if way.bill_id else bills.active(tx.connection, known.id)
    if sheet is None:
        raise Invalid("bill", f"{known.sku} has no active bill. Add one to the product.")
    outsourced = way.way == Way.OUTSOURCE and way.supplier_id is not None
    parts = suppliers.yard(tx, way.supplier_id) if outsourced and way.supplier_id else location_id
    work_order_id = _new(tx, way, known, sheet, grains, (location_id, parts))
    tx.insert(work_component, *work_plans.component_rows(tx.connection, work_order_id, sheet, grains))
    tasks = [] if outsourced else work_schedule.tasks_of(sheet, known.quantity(grains))
    calendars.lock_centers(tx, [task.work_center_id for task in tasks])
    schedule = work_schedule.plan(
        tx.connection,
        tasks,
        lead_days=sheet.head.lead_days,
        due_on=due_on or tx.at.date(),
        today=tx.at.date(),
        most_days=way.lead_days if outsourced else 0,
    )
    work_schedule.store(tx, work_order_id, schedule)
    if outsourced:
        purchasing.propose(tx, way.id, grains, schedule.due_on, location_id=location_id, work_order_id=work_order_id)
    if supply_components and way.way != Way.MAKE:
        _supply_components(tx, get(tx.connection, work_order_id))
    return work_order_id


def lower(tx: Transaction, work_order_id: UUID, grains: int) -> list[Freed]:
    """Plan up to ``grains`` less of a work order nobody has begun; return what comes in without being wanted.

    Components that are given back are promised to who waits.

    Raises:
        NotFound: it does not exist.

    """
    books = arrivals.lock_waiting(tx, _product_ids(tx.connection, work_order_id))
    part, less = work_plans.shrink(tx, work_order_id, grains)
    if part:
        call_off.lower_service(tx, work_order_id, part)
    kept = call_off.lower_all(tx, less)
    follow(tx, work_order_id)
    _serve(tx, books, work_order_id)
    return kept


def release(tx: Transaction, work_order_id: UUID) -> str:
    """Give a planned work order to the shop floor and return its number; free components are promised to it.

    What is missing is promised when it comes in.

    Raises:
        NotAllowed: it is not planned.
        NotFound: it does not exist.

    """
    head = tx.lock(work_order, work_order_id, "Work order")
    _refuse_step(head, WorkState.RELEASED)
    if head.state != WorkState.PLANNED:
        raise NotAllowed(f"Work order {head.number} is {head.state}. Reopen it first.")
    rows = work_plans.lock_components(tx, head)
    levels = stock_ledger.lock_levels(tx, head.parts_location_id, [one.product_id for one in rows])
    moves = []
    for one in rows:
        part = min(levels[one.product_id].free, max(0, one.needed - one.reserved - one.consumed))
        if part > 0:
            levels[one.product_id].free -= part
            moves.append(Move(one.product_id, Place.FREE, Place.PROMISED, part, one.id, head.id, head.number))
            tx.update(work_component, one.id, reserved=one.reserved + part)
    stock_ledger.move(tx, head.parts_location_id, moves)
    tx.update(work_order, work_order_id, state=str(WorkState.RELEASED))
    tx.record("work.released", work_order_id, number=head.number)
    number: str = head.number
    return number


def take_back(tx: Transaction, work_order_id: UUID) -> str:
    """Take a released work order back from the shop floor and return its number; promised components are given back.

    Raises:
        NotAllowed: it is not released, or something was reported on it.
        NotFound: it does not exist.

    """
    known = work_plans.components(tx.connection, work_order_id)
    books = arrivals.lock_waiting(tx, {one.product_id for one in known})
    head = tx.lock(work_order, work_order_id, "Work order")
    _refuse_step(head, WorkState.PLANNED)
    rows = work_plans.lock_components(tx, head)
    if head.state != WorkState.RELEASED or head.made or head.scrapped or any(one.consumed for one in rows):
        raise NotAllowed(f"Work order {head.number} was begun or is {head.state}. Finish it instead.")
    _give_back(tx, head, rows)
    tx.update(work_order, work_order_id, state=str(WorkState.PLANNED))
    tx.record("work.taken_back", work_order_id, number=head.number)
    _serve(tx, books, work_order_id)
    number: str = head.number
    return number


def cancel(tx: Transaction, work_order_id: UUID) -> str:
    """Call a work order off and return its number; its components and the work of a subcontractor are called off too.

    Raises:
        NotAllowed: something was made, or it is finished.
        NotFound: it does not exist.

    """
    books = arrivals.lock_waiting(tx, _product_ids(tx.connection, work_order_id))
    head = tx.lock(work_order, work_order_id, "Work order")
    _refuse_step(head, WorkState.CANCELLED)
    if head.made or head.scrapped or any(one.consumed for one in work_plans.components(tx.connection, work_order_id)):
        raise NotAllowed(f"Part of {head.number} is made. Finish it: the rest will not be made.")
    part = left(head)
    less = work_plans.call_off(tx, head)
    call_off.lower_all(tx, less)
    call_off.lower_service(tx, work_order_id, part)
    follow(tx, work_order_id)
    _serve(tx, books, work_order_id)
    number: str = head.number
    return number


def finish(tx: Transaction, work_order_id: UUID) -> str:
    """End a released work order and return its number; what was not made will not be, unused components are given back.

    Raises:
        NotAllowed: it is not released.
        NotFound: it does not exist.

    """
    books = arrivals.lock_waiting(tx, _product_ids(tx.connection, work_order_id))
    head = tx.lock(work_order, work_order_id, "Work order")
    if head.state != WorkState.RELEASED:
        raise NotAllowed(f"Work order {head.number} is {head.state}; only released work can be finished.")
    end(tx, head)
    _serve(tx, books, work_order_id)
    number: str = head.number
    return number


def end(tx: Transaction, head: Any) -> None:
    """Mark a released work order done: the rest is cancelled, its components need nothing more."""
    rest = left(head)
    values = {"state": str(WorkState.DONE), "finished_at": tx.at, "cancelled": head.cancelled + max(0, rest)}
    tx.update(work_order, head.id, **values)
    work_costs.end(tx, head)
    work_schedule.finish(tx, head.id)
    call_off.lower_all(tx, work_plans.end_needs(tx, head))
    if rest > 0:
        call_off.lower_service(tx, head.id, rest)
    follow(tx, head.id)
    tx.record("work.finished", head.id, number=head.number)


def reopen(tx: Transaction, work_order_id: UUID) -> str:
    """Make the rest of a finished work order after all, or plan a cancelled one again; return its number.

    The components are needed again and where they come from is to be planned anew; a subcontractor is asked anew.

    Raises:
        NotAllowed: it is open, or everything was made.
        NotFound: it does not exist.

    """
    head = tx.lock(work_order, work_order_id, "Work order")
    to = {WorkState.DONE: WorkState.RELEASED, WorkState.CANCELLED: WorkState.PLANNED}.get(head.state)
    if to is None:
        raise NotAllowed(f"Work order {head.number} is {head.state}; only a finished one can be reopened.")
    if not head.cancelled:
        raise NotAllowed(f"All of {head.number} was made. Plan another work order for more.")
    part = head.cancelled
    tx.update(work_order, work_order_id, state=str(to), cancelled=0, finished_at=None)
    work_plans.set_needs(tx, head, head.ordered)
    opened = get(tx.connection, work_order_id)
    sheet = bills.get(tx.connection, head.bill_id)
    known = products.get(tx.connection, head.product_id)
    tasks = [] if head.way == Way.OUTSOURCE else work_schedule.tasks_of(sheet, known.quantity(left(opened)))
    calendars.lock_centers(tx, [task.work_center_id for task in tasks])
    today = tx.at.date()
    outside = supply_ways.get(tx.connection, head.supply_id) if head.way == Way.OUTSOURCE and head.supply_id else None
    schedule = work_schedule.plan(
        tx.connection,
        tasks,
        lead_days=sheet.head.lead_days,
        due_on=max(head.due_on or today, today),
        today=today,
        most_days=outside.lead_days if outside else 0,
    )
    work_schedule.store(tx, work_order_id, schedule)
    if outside:
        purchasing.propose(
            tx, outside.id, part, schedule.due_on, location_id=head.location_id, work_order_id=work_order_id
        )
    follow(tx, work_order_id)
    tx.record("work.reopened", work_order_id, number=head.number)
    number: str = head.number
    return number


def follow(tx: Transaction, work_order_id: UUID) -> None:
    """Bring what is pegged to a work order in line with how much it will still make, and when."""
    head = get(tx.connection, work_order_id)
    ended = head.state in {WorkState.DONE, WorkState.CANCELLED}
    text = f"{head.number} was {'finished' if head.state == WorkState.DONE else 'cancelled'}."
    text = text if ended else f"{head.number} makes less than is needed."
    delays.follow(tx, Supply.WORK_ORDER, work_order_id, left=max(0, left(head)), ready_on=head.due_on, text=text)


def get(connection: Connection, work_order_id: UUID) -> Any:
    """Read a work order's head.

    Raises:
        NotFound: it does not exist.

    """
    row = _BY_ID.first(connection, work_order=work_order_id)
    if row is None:
        raise NotFound("Work order", work_order_id)
    return row


def components(connection: Connection, work_order_id: UUID) -> list[Any]:
    """Read the components of a work order in their order."""
    return work_plans.components(connection, work_order_id)


def steps(connection: Connection, work_order_id: UUID) -> list[Any]:
    """Read the steps of a work order, day by day."""
    return work_schedule.steps(connection, work_order_id)


def _new(
    tx: Transaction, way: SupplyWay, known: Product, sheet: BillSheet, grains: int, places: tuple[UUID, UUID]
) -> UUID:
    work_order_id = new_id()
    number = tx.number("WO", work_order_id)
    tx.insert(
        work_order,
        {
            "id": work_order_id,
            "number": number,
            "state": str(WorkState.PLANNED),
            "way": str(way.way),
            "product_id": known.id,
            "sku": known.sku,
            "name": known.name,
            "bill_id": sheet.head.id,
            "location_id": places[0],
            "parts_location_id": places[1],
            "supplier_id": way.supplier_id if way.way == Way.OUTSOURCE else None,
            "supply_id": way.id,
            "ordered": grains,
            "made": 0,
            "scrapped": 0,
            "cancelled": 0,
            "starts_on": None,
            "due_on": None,
            "finished_at": None,
            "notes": "",
        },
    )
    tx.record("work.planned", work_order_id, number=number, sku=known.sku)
    return work_order_id


def _supply_components(tx: Transaction, head: Any) -> None:
    """Buy the components of what is assembled, or send those of a subcontractor to their yard; peg them."""
    for one in work_plans.components(tx.connection, head.id):
        if head.parts_location_id != head.location_id:
            line_id = transfers.plan(
                tx,
                one.product_id,
                one.needed,
                from_location=head.location_id,
                to_location=head.parts_location_id,
                needed_on=head.starts_on,
                work_order_id=head.id,
            )
            supply, way, ready_on = Supply.TRANSFER_LINE, Way.TRANSFER, _ARRIVES.value(tx.connection, line=line_id)
        else:
            ways = supply_ways.of_product(tx.connection, one.product_id)
            bought = next((found for found in ways if found.way == Way.BUY), None)
            if bought is None:
                continue  # it is taken from stock
            line_id = purchasing.propose(tx, bought.id, one.needed, head.starts_on, location_id=head.location_id)
            supply, way, ready_on = Supply.PURCHASE_LINE, Way.BUY, _COMES.value(tx.connection, line=line_id)
        pegs.make(
            tx,
            Demand.COMPONENT,
            one.id,
            way,
            supply,
            line_id,
            one.needed,
            location_id=head.parts_location_id,
            ready_on=ready_on,
            reason=f"for {head.number}",
        )
        delays.follow(tx, supply, line_id, left=pegs.pegged(tx.connection, line_id), ready_on=ready_on, text="")


def _give_back(tx: Transaction, head: Any, rows: list[Any]) -> None:
    moves = [
        Move(one.product_id, Place.PROMISED, Place.FREE, one.reserved, one.id, head.id, head.number)
        for one in rows
        if one.reserved
    ]
    stock_ledger.move(tx, head.parts_location_id, moves)
    tx.update_rows(work_component, [(one.id, {"reserved": 0}) for one in rows if one.reserved])


def _serve(tx: Transaction, books: Sequence[OrderBook], work_order_id: UUID) -> None:
    """Promise components that were given back to the orders that wait, then to other work and transfers."""
    promises.serve(tx, books)
    head = get(tx.connection, work_order_id)
    arrivals.serve_waiting(tx, head.parts_location_id, sorted(_product_ids(tx.connection, work_order_id)))


def _product_ids(connection: Connection, work_order_id: UUID) -> set[UUID]:
    return {one.product_id for one in work_plans.components(connection, work_order_id)}


def _refuse_step(head: Any, wanted: WorkState) -> None:
    if wanted not in NEXT[WorkState(head.state)]:
        raise NotAllowed(f"Work order {head.number} is {head.state}; it cannot become {wanted}.")


_BY_ID: Final = Prepared(select(work_order).where(work_order.c.id == bindparam("work_order", type_=Key)))
_ARRIVES: Final = Prepared(
    select(transfer.c.expected_on)
    .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
    .where(transfer_line.c.id == bindparam("line", type_=Key))
)
_COMES: Final = Prepared(select(purchase_line.c.expected_on).where(purchase_line.c.id == bindparam("line", type_=Key)))
