"""What comes off the shop floor, or from a subcontractor: output, scrap, and the components it took.

Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.product import from_grains, shown
from app.models.purchase import purchase_line, purchase_order
from app.models.stock import Place
from app.models.work import WorkState, work_component, work_order
from app.services import arrivals, placing, products, purchasing, stock_ledger, work_orders, work_plans
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
        NotAllowed: it is not released, more is reported than is left to make, or components are missing.
        NotFound: it does not exist.

    """
    if made < 0 or scrapped < 0 or made + scrapped == 0:
        raise Invalid("quantity", "Type how many were made or spoilt: above zero.")
    known = work_orders.get(tx.connection, work_order_id)
    books = arrivals.lock_waiting(tx, [known.product_id])
    head = tx.lock(work_order, work_order_id, "Work order")
    if head.state != WorkState.RELEASED:
        raise NotAllowed(f"Work order {head.number} is {head.state}. Release it, then report what was made.")
    if made + scrapped > left(head):
        raise NotAllowed(f"{head.number}: {_said(tx, head)} are left to make. Report less, or plan more first.")
    rows = work_plans.components(tx.connection, work_order_id)
    _consume(tx, head, rows, _taken(head, rows, made + scrapped, consumed))
    tx.update(work_order, work_order_id, made=head.made + made, scrapped=head.scrapped + scrapped)
    if scrapped:
        spoilt = Move(head.product_id, Place.PRODUCTION, Place.SCRAP, scrapped, None, work_order_id, head.number)
        stock_ledger.move(tx, head.location_id, [spoilt])
    facts = {"number": head.number, "sku": head.sku}
    tx.record("work.reported", work_order_id, **facts)
    _bill_service(tx, work_order_id, made + scrapped)
    if made:
        move = Move(head.product_id, Place.PRODUCTION, Place.FREE, made, None, work_order_id, head.number)
        named = placing.brought(tx, move, head.location_id, puts)
        if any(part.target is not Place.FREE for part in named):
            raise NotAllowed(f"{head.number}: this lot is blocked or over its last day. Give the output another one.")
        arrivals.take_in(tx, books, head.location_id, [Arrival(part, work_order_id) for part in named])
    after = work_orders.get(tx.connection, work_order_id)
    if left(after):
        work_orders.follow(tx, work_order_id)
    else:
        work_orders.end(tx, after)
    number: str = head.number
    return number


def _said(tx: Transaction, head: Any) -> str:
    known = products.get(tx.connection, head.product_id)
    return f"{shown(from_grains(left(head), products.ONE, known.grain))} {known.unit}"


def _taken(head: Any, rows: Sequence[Any], done: int, given: Mapping[UUID, int] | None) -> dict[UUID, int]:
    """Give what a report takes of each component: as given, else what the bill asks for all that is done by now.

    Cumulative, so that parts add up to the whole: of each the need for all done so far, raised to whole grains, less
    the same for what was done before.  A fixed component is taken with the first piece.
    """
    before = head.made + head.scrapped
    taken = {}
    for one in rows:
        if given is not None and one.id in given:
            taken[one.id] = given[one.id]
        elif one.fixed:
            taken[one.id] = one.needed if not before else 0
        else:
            taken[one.id] = _share(one.needed, before + done, head.ordered) - _share(one.needed, before, head.ordered)
    if given is not None and (set(given) - taken.keys() or any(grains < 0 for grains in given.values())):
        raise Invalid("consumed", "A component is not on this work order, or less than none of it was taken.")
    return taken


def _share(needed: int, done: int, ordered: int) -> int:
    return -(-needed * done // ordered)


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


def _bill_service(tx: Transaction, work_order_id: UUID, done: int) -> None:
    """Note on the purchase order of a subcontractor how much of the work is done."""
    for line in _SERVICE.all(tx.connection, work_order=work_order_id):
        part = min(done, max(0, line.ordered - line.cancelled - line.received))
        if part:
            tx.update(purchase_line, line.id, received=line.received + part)
            done -= part
            purchasing.finish_when_complete(tx, tx.lock(purchase_order, line.purchase_id, "Purchase order"))


_SERVICE: Final = Prepared(
    select(purchase_line)
    .where(purchase_line.c.work_order_id == bindparam("work_order", type_=Key))
    .order_by(purchase_line.c.id)
)
