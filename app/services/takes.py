"""What pickers do at the shelf: begin, take, take from elsewhere, find too little, leave, go on, finish.  Grains.

A stop at a shelf is a *take*: of one line of a list, at one spot.  It belongs to one picker at a time, so two pickers
on one list or wave never take the same.  What was taken is written down at once; the goods leave the books' shelves
when the list is finished.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key
from app.models.shelving import Spot, choose
from app.models.shipment import PickState, pick_line, pick_take
from app.models.stock import storage_bin
from app.services import allocation, picking, shelf_ledger, stock_ledger
from app.services.shelf_ledger import UNPLACED
from app.services.statements import Prepared
from app.services.transaction import Transaction


def begin(tx: Transaction, pick_ids: Sequence[UUID], picker: str, *, zone: str = "") -> int:
    """Begin or go on with lists walked together; give how many stops are this picker's, 0 for lists without bins.

    With ``zone``, only stops in that zone are taken over.

    Stops nobody works on are taken over.  Where another picker has them all, the later half of what is not begun goes
    to this one.

    Raises:
        NotAllowed: a list is done or cancelled.
        NotFound: a list does not exist.

    """
    lists = sorted(pick_ids)
    for pick_id in lists:
        allocation.release(tx, pick_id)
    rows = _open(tx, lists)
    rows = [row for row in rows if not zone or row.zone == zone]
    free = [row for row in rows if not row.picker]
    mine = [row for row in rows if row.picker == picker]
    if not free and not mine:
        others = [row for row in rows if not row.taken]
        free = others[len(others) - len(others) // 2 :]
    tx.update_rows(pick_take, [(row.id, {"picker": picker}) for row in free])
    return len(free) + len(mine)


def leave(tx: Transaction, pick_ids: Sequence[UUID], picker: str) -> None:
    """Stop for now: what was taken stays written down, stops not begun are open to others."""
    rows = [row for row in _open(tx, sorted(pick_ids)) if row.picker == picker and not row.taken]
    tx.update_rows(pick_take, [(row.id, {"picker": ""}) for row in rows])


def take(tx: Transaction, take_id: UUID, picker: str, quantity: int) -> None:
    """Write down how much was taken at a stop in all.

    Raises:
        NotAllowed: the stop is another picker's, its list is closed, or more was taken than it asks for.
        Invalid: the quantity is below zero.
        NotFound: the stop does not exist.

    """
    row, head = _lock(tx, take_id, picker)
    if quantity < 0:
        raise Invalid("quantity", "A quantity cannot be below zero.")
    if quantity > row.wanted:
        raise NotAllowed(f"{head.number} asks for less here. Put the rest back.")
    changed = {"taken": quantity, "short": min(row.short, row.wanted - quantity), "picker": picker}
    tx.update(pick_take, take_id, **changed)


def take_elsewhere(tx: Transaction, take_id: UUID, picker: str, quantity: int, spot: Spot) -> UUID:
    """Take part of a stop from another bin or lot than was asked for; give the stop that stands for it.

    The books follow at once: what was asked for is free again, and lists that had asked for what was taken now ask
    for that instead.

    Raises:
        NotAllowed: the stop is another picker's or asks for less, the goods do not lie there, may not be sold, or
            another picker is taking them.
        Invalid: the quantity is not above zero.
        NotFound: the stop does not exist.

    """
    row, head = _lock(tx, take_id, picker)
    if quantity <= 0:
        raise Invalid("quantity", "Type a quantity above zero.")
    if quantity > row.wanted - row.taken:
        raise NotAllowed(f"{head.number} asks for less here. Put the rest back.")
    place, goods = head.location_id, row.product_id
    there = _there(tx, place, goods, spot)
    asked = Spot(row.bin_id, row.lot_id)
    if asked == spot:
        take(tx, take_id, picker, row.taken + quantity)
        return take_id
    _move_take(tx, head, row, quantity, asked)
    if quantity > there:
        _swap(tx, place, goods, (spot, asked), quantity - there, row.id)
    shelf_ledger.allocate(tx, place, goods, [(spot, quantity)])
    new = allocation.new_take(row.pick_line_id, spot, quantity, picker)
    new |= {"taken": quantity, "position": row.position}
    tx.insert(pick_take, new)
    new_id: UUID = new["id"]
    return new_id


def short(tx: Transaction, take_id: UUID, picker: str, found: int) -> tuple[int, int]:
    """Only ``found`` is at a stop: ask for the rest at other spots; give how much that is, and how much is missing.

    The spot is asked for no more than was found there before it is counted.

    Raises:
        NotAllowed: the stop is another picker's, its list is closed, or more was found than it asks for.
        Invalid: the quantity is below zero.
        NotFound: the stop does not exist.

    """
    take(tx, take_id, picker, found)
    row, head = _lock(tx, take_id, picker)
    rest, place, goods = row.wanted - found, head.location_id, row.product_id
    if not rest:
        return 0, 0
    known = shelf_ledger.shelves_of(tx, place, goods)
    here = Spot(row.bin_id, row.lot_id)
    shelf_ledger.note_missing(tx, place, goods, here, rest)
    others = [one for one in shelf_ledger.lying(tx, place, goods) if one.spot != here]
    chosen = choose(others, rest, tx.at.date())
    loose = min(rest - sum(n for _, n in chosen), known.unplaced_open if here != UNPLACED else 0)
    chosen += [(UNPLACED, loose)] if loose else []
    elsewhere = sum(n for _, n in chosen)
    tx.update(pick_take, take_id, wanted=row.wanted - elsewhere, short=rest - elsewhere)
    shelf_ledger.allocate(tx, place, goods, [(here, -elsewhere), *chosen])
    tx.insert(pick_take, *(allocation.new_take(row.pick_line_id, spot, n, picker) for spot, n in chosen))
    allocation.put_in_order(tx, [head.id])
    tx.record("pick.short", head.order_id, head.id, number=head.number, product=str(goods))
    return elsewhere, rest - elsewhere


def finish(
    tx: Transaction, pick_ids: Sequence[UUID], picker: str, *, cancel: Collection[UUID] = ()
) -> tuple[list[UUID], list[UUID]]:
    """Finish lists with what was taken at their stops; give those finished, and those other pickers still work on.

    ``cancel`` names pick lines whose missing goods are taken off the order; else they become backorders.  Lists
    nothing was taken of stay as they are.

    Raises:
        NotAllowed: a stop of this picker is not settled, or nothing at all was taken.
        NotFound: a list does not exist.

    """
    done, waiting = [], []
    for pick_id in sorted(pick_ids):
        head = allocation.lock_list(tx, pick_id)
        if head.state != PickState.OPEN:
            continue
        rows = _ALL.all(tx.connection, pick=pick_id)
        left = [row for row in rows if row.taken + row.short < row.wanted]
        if any(row.picker == picker for row in left):
            raise NotAllowed(f"Stops of {head.number} are still to do. Pick them, or say what is missing.")
        if left:
            waiting.append(pick_id)
            continue
        taken: dict[UUID, int] = {}
        for row in rows:
            taken[row.pick_line_id] = taken.get(row.pick_line_id, 0) + row.taken
        if any(taken.values()):
            picking.complete(tx, pick_id, taken, cancel=cancel)
            done.append(pick_id)
    if not done and not waiting:
        raise NotAllowed("Nothing was taken. Say what is missing when you know, or leave the list.")
    return done, waiting


def _lock(tx: Transaction, take_id: UUID, picker: str) -> tuple[Any, Any]:
    """Lock a stop with its list, its order and its goods' level, under which others may send it elsewhere."""
    known = _LIST_OF.first(tx.connection, take=take_id)
    if known is None:
        raise NotFound("Stop", take_id)
    head = allocation.lock_list(tx, known.pick_id)
    stock_ledger.lock_levels(tx, head.location_id, [known.product_id])
    if head.state != PickState.OPEN:
        raise NotAllowed(f"Pick list {head.number} is {head.state}. Nothing was counted.")
    row = _TAKE.first(tx.connection, take=take_id)
    if row.picker not in {"", picker}:
        raise NotAllowed(f"{row.picker} picks this now. Go on with the next stop.")
    if not row.wanted:
        raise NotAllowed(f"{head.number} no longer asks for this. Put it back and go on.")
    return row, head


def _open(tx: Transaction, lists: Iterable[UUID]) -> list[Any]:
    """Read the stops of lists that are not settled, in walking order."""
    rows = [row for pick_id in lists for row in _ALL.all(tx.connection, pick=pick_id)]
    rows.sort(key=lambda row: (row.position, row.id))
    return [row for row in rows if row.taken + row.short < row.wanted]


def _there(tx: Transaction, location_id: UUID, product_id: UUID, spot: Spot) -> int:
    """How much at a spot nobody has asked for; refuse what may not be taken from there at all."""
    words = shelf_ledger.sku(tx, product_id)
    if spot == UNPLACED:
        return shelf_ledger.shelves_of(tx, location_id, product_id).unplaced_open
    found = shelf_ledger.lying_at(tx, location_id, product_id, spot)
    if not found.quantity:
        raise NotAllowed(f"{words} does not lie there by the books. Put it back, and have the bin counted.")
    if not found.usable(tx.at.date()):
        raise NotAllowed(f"{words}: this lot is blocked or over its last day. Put it back.")
    return found.quantity - found.allocated


def _move_take(tx: Transaction, head: Any, row: Any, quantity: int, asked: Spot) -> None:
    """Ask for so much less at a stop."""
    left = row.wanted - quantity
    tx.update(pick_take, row.id, wanted=left, short=min(row.short, left - row.taken))
    shelf_ledger.allocate(tx, head.location_id, row.product_id, [(asked, -quantity)])


def _swap(
    tx: Transaction, location_id: UUID, product_id: UUID, spots: tuple[Spot, Spot], wanted: int, but: UUID
) -> None:
    """Let other lists ask for what lies at the second spot instead of the first."""
    here, there = spots
    lost = there == UNPLACED and shelf_ledger.shelves_of(tx, location_id, product_id).tracked
    for row in allocation.open_takes(tx, location_id, product_id, here):
        part = min(row.wanted - row.taken - row.short, wanted)
        if part <= 0 or row.id == but or lost:
            continue
        wanted -= part
        tx.update(pick_take, row.id, wanted=row.wanted - part)
        new = allocation.new_take(row.pick_line_id, there, part, row.picker) | {"position": row.position}
        tx.insert(pick_take, new)
        shelf_ledger.allocate(tx, location_id, product_id, [(here, -part), (there, part)])
    if wanted > 0:
        raise NotAllowed(
            f"{shelf_ledger.sku(tx, product_id)}: another picker is taking what lies there. Take it from its own bin."
        )


_TAKE_ROW: Final = select(pick_take, pick_line.c.product_id, pick_line.c.pick_id, storage_bin.c.zone).select_from(
    pick_take.join(pick_line, pick_line.c.id == pick_take.c.pick_line_id).outerjoin(
        storage_bin, storage_bin.c.id == pick_take.c.bin_id
    )
)
_TAKE: Final = Prepared(_TAKE_ROW.where(pick_take.c.id == bindparam("take", type_=Key)))
_ALL: Final = Prepared(
    _TAKE_ROW.where(pick_line.c.pick_id == bindparam("pick", type_=Key), pick_take.c.wanted > 0).order_by(
        pick_take.c.position, pick_take.c.id
    )
)
_LIST_OF: Final = Prepared(
    select(pick_line.c.pick_id, pick_line.c.product_id)
    .join(pick_take, pick_take.c.pick_line_id == pick_line.c.id)
    .where(pick_take.c.id == bindparam("take", type_=Key))
)
