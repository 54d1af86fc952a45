"""What comes off the shop floor, or from a subcontractor: output, scrap, and the components it took.

Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.product import from_grains, product, shown
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.stock import Place
from app.models.work import WorkState, work_component, work_order
from app.services import (
    arrivals,
    placing,
    products,
    promises,
    purchase_lines,
    purchasing,
    stock_ledger,
    unit_words,
    work_costs,
    work_orders,
    work_plans,
)
from app.services.arrivals import Arrival
from app.services.placing import Put
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction
from app.services.work_plans import left


def report(
    tx: Transaction,
    work_order_id: UUID,
    made: int,
    *,
    scrapped: int = 0,
    consumed: Mapping[UUID, int] | None = None,
    puts: Sequence[Put] = (),
) -> str:
    """Report output of a released work order and return its number.

    ``made`` comes to stock and is promised to what it was made for; ``scrapped`` was spoilt.  Components are taken as
    the bill says for what is made and spoilt by now, or as ``consumed`` says by component for this report.  The work
    order is done when nothing is left to make.  ``puts`` says into which bins and of which lots the output is.

    Raises:
        Invalid: a quantity is below zero, or all are nothing.
        NotAllowed: it is not released, more is reported than is left to make, components are missing, or a
            subcontractor was not asked for the work.
        NotFound: it does not exist.

    """
    if made < 0 or scrapped < 0 or made + scrapped == 0:
        raise Invalid("quantity", "Type how many were made or spoilt: above zero.")
    known = work_orders.get(tx.connection, work_order_id)
    parts = {one.product_id for one in work_plans.components(tx.connection, work_order_id)}
    last = parts if made + scrapped >= left(known) else set()  # what the last piece leaves over is free again
    books = arrivals.lock_waiting(tx, {known.product_id} | last)
    head = tx.lock(work_order, work_order_id, "Work order")
    if head.state != WorkState.RELEASED:
        raise NotAllowed(f"Work order {head.number} is {head.state}. Release it, then report what was made.")
    if made + scrapped > left(head):
        raise NotAllowed(f"{head.number}: {_said(tx, head)} are left to make. Report less, or plan more first.")
    rows = work_plans.lock_components(tx, head)
    _consume(tx, head, rows, _taken(tx.connection, head, rows, made + scrapped, consumed))
    tx.update(work_order, work_order_id, made=head.made + made, scrapped=head.scrapped + scrapped)
    facts = {"number": head.number, "sku": head.sku}
    tx.record("work.reported", work_order_id, **facts)
    _bill_service(tx, head, made + scrapped)
    cost = work_costs.report(tx, head, made + scrapped)
    output = Move(head.product_id, Place.PRODUCTION, Place.FREE, made, None, work_order_id, head.number, cost=cost)
    if scrapped:
        stock_ledger.move(tx, head.location_id, [replace(output, target=Place.SCRAP, quantity=scrapped)])
    if made:
        named = placing.brought(tx, output, head.location_id, puts)
        if any(part.target is not Place.FREE for part in named):
            raise NotAllowed(f"{head.number}: this lot is blocked or over its last day. Give the output another one.")
        arrivals.take_in(tx, books, head.location_id, [Arrival(part, work_order_id) for part in named])
    after = work_orders.get(tx.connection, work_order_id)
    if left(after):
        work_orders.follow(tx, work_order_id)
    else:
        work_orders.end(tx, after)
        promises.serve(tx, arrivals.lock_waiting(tx, parts))
        arrivals.serve_waiting(tx, head.parts_location_id, sorted(parts))
    number: str = head.number
    return number


def consume(tx: Transaction, work_order_id: UUID, more: Mapping[UUID, int]) -> str:
    """Note that components were used besides what the bill asks for, and return the work order's number.

    ``more`` are grains by component, e.g. of a part that was spoilt.  They are taken from what is free; what is
    promised to the work order stays for the rest of it.

    Raises:
        Invalid: nothing is named, less than none, or a component of another work order.
        NotAllowed: it is not released, or not as much is free.
        NotFound: it does not exist.

    """
    head, rows = _released(tx, work_order_id, more)
    levels = stock_ledger.lock_levels(tx, head.parts_location_id, [one.product_id for one in rows])
    moves = []
    for one in rows:
        part = more[one.id]
        if part > levels[one.product_id].free:
            raise NotAllowed(f"{one.sku}: less than that is free. Receive it, or use less.")
        levels[one.product_id].free -= part
        for source, target in ((Place.FREE, Place.PROMISED), (Place.PROMISED, Place.PRODUCTION)):
            moves.append(Move(one.product_id, source, target, part, one.id, head.id, head.number))
        tx.update(work_component, one.id, needed=one.needed + part, consumed=one.consumed + part)
    stock_ledger.move(tx, head.parts_location_id, moves)
    tx.record("work.consumed", work_order_id, number=head.number)
    number: str = head.number
    return number


def give_back(tx: Transaction, work_order_id: UUID, less: Mapping[UUID, int]) -> str:
    """Put components back on the shelf that were taken and not used, and return the work order's number.

    ``less`` are grains by component.  They are free again, and promised to who waits.

    Raises:
        Invalid: nothing is named, less than none, or a component of another work order.
        NotAllowed: it is not released, or not as much was taken.
        NotFound: it does not exist.

    """
    known = work_plans.components(tx.connection, work_order_id)
    books = arrivals.lock_waiting(tx, {one.product_id for one in known})
    head, rows = _released(tx, work_order_id, less)
    moves = []
    for one in rows:
        part = less[one.id]
        if part > one.consumed:
            raise NotAllowed(f"{one.sku}: less than that was taken for {head.number}. Put back less.")
        moves.append(Move(one.product_id, Place.PRODUCTION, Place.FREE, part, one.id, head.id, head.number))
        tx.update(work_component, one.id, needed=one.needed - part, consumed=one.consumed - part)
    stock_ledger.lock_levels(tx, head.parts_location_id, [move.product_id for move in moves])
    stock_ledger.move(tx, head.parts_location_id, moves)
    tx.record("work.given_back", work_order_id, number=head.number)
    promises.serve(tx, books)
    number: str = head.number
    return number


def shares(connection: Connection, work_order_id: UUID, done: int) -> dict[UUID, int]:
    """Give what a report of ``done`` grains takes of each component as the bill says, before anybody says otherwise.

    Raises:
        NotFound: the work order does not exist.

    """
    head = work_orders.get(connection, work_order_id)
    return _taken(connection, head, work_plans.components(connection, work_order_id), done, None)


def _released(tx: Transaction, work_order_id: UUID, named: Mapping[UUID, int]) -> tuple[Any, list[Any]]:
    """Lock a released work order and give it with the components that are named."""
    head = tx.lock(work_order, work_order_id, "Work order")
    if head.state != WorkState.RELEASED:
        raise NotAllowed(f"Work order {head.number} is {head.state}. Release it, then say what was used.")
    rows = [one for one in work_plans.components(tx.connection, work_order_id) if named.get(one.id)]
    if len(rows) != len(named) or not rows or any(grains < 0 for grains in named.values()):
        raise Invalid("consumed", "Say how much of which component of this work order: above zero.")
    return head, rows


def _said(tx: Transaction, head: Any) -> str:
    known = products.get(tx.connection, head.product_id)
    quantity = from_grains(left(head), products.ONE, known.grain)
    return f"{shown(quantity)} {unit_words.of(known.unit, quantity)}"


def _taken(
    connection: Connection, head: Any, rows: Sequence[Any], done: int, given: Mapping[UUID, int] | None
) -> dict[UUID, int]:
    """Give what a report takes of each component: as given, else what the bill asks for all that is done by now.

    Cumulative, so that parts add up to the whole: of each the need for all done so far, raised to whole grains, less
    the same for what was done before.  A fixed component is taken with the first piece.
    """
    before = head.made + head.scrapped
    earlier = work_plans.needs_by_bill(connection, head, before)
    by_now = work_plans.needs_by_bill(connection, head, before + done)
    taken = {one.id: by_now[one.position] - earlier[one.position] for one in rows}
    if given is not None and (set(given) - taken.keys() or any(grains < 0 for grains in given.values())):
        raise Invalid("consumed", "A component is not on this work order, or less than none of it was taken.")
    return {**taken, **(given or {})}


def _consume(tx: Transaction, head: Any, rows: Sequence[Any], taken: Mapping[UUID, int]) -> None:
    """Take components: what is promised to the work order first, then what is free."""
    place = head.parts_location_id
    levels = stock_ledger.lock_levels(tx, place, [one.product_id for one in rows])
    moves = []
    for one in rows:
        grains = taken[one.id]
        short = max(0, grains - one.reserved)
        if short > levels[one.product_id].free:
            raise NotAllowed(
                f"{one.sku}: {head.number} takes more than is promised to it and free. Receive it, or report less."
            )
        levels[one.product_id].free -= short
        for source, target, part in ((Place.FREE, Place.PROMISED, short), (Place.PROMISED, Place.PRODUCTION, grains)):
            moves.append(Move(one.product_id, source, target, part, one.id, head.id, head.number))
        if grains:
            values = {"reserved": one.reserved + short - grains, "consumed": one.consumed + grains}
            tx.update(work_component, one.id, **values)
    stock_ledger.move(tx, place, moves)


def _bill_service(tx: Transaction, head: Any, done: int) -> None:
    """Note on the purchase order of a subcontractor how much of the work is done, and what it costs.

    Raises:
        NotAllowed: nobody has asked them for it yet.

    """
    for line in _SERVICE.all(tx.connection, work_order=head.id):
        part = min(done, max(0, line.ordered - line.cancelled - line.received))
        if part:
            asked = tx.lock(purchase_order, line.purchase_id, "Purchase order")
            if asked.state == PurchaseState.DRAFT:
                raise NotAllowed(
                    f"{asked.number} asks {asked.supplier_name} for this work and is not sent. Send it first."
                )
            tx.update(purchase_line, line.id, received=line.received + part)
            done -= part
            if (cost := purchase_lines.grain_cost(line, asked.exchange_rate, line.grain)) is not None:
                work_costs.put_in_service(tx, head, cost * part)
            purchasing.finish_when_complete(tx, asked)


_SERVICE: Final = Prepared(
    select(purchase_line, product.c.grain)
    .join(product, product.c.id == purchase_line.c.product_id)
    .where(purchase_line.c.work_order_id == bindparam("work_order", type_=Key))
    .order_by(purchase_line.c.id)
)
