"""Pick lists given bins and lots: which goods a list has asked for, kept in step with what it asks.  Grains.

A list without goods on shelves has no takes at all and is picked by its lines.  A released list has takes for every
line: their ``wanted`` add up to the line's, and what lies at their spots is set aside (``allocated``) for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.order import sales_order
from app.models.route import Stand, natural, shortest
from app.models.shelving import Parts, Spot, choose
from app.models.shipment import PickState, pick, pick_line, pick_take
from app.models.stock import storage_bin
from app.services import shelf_ledger, stock_ledger
from app.services.shelf_ledger import UNPLACED
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


def release(tx: Transaction, pick_id: UUID) -> bool:
    """Give an open list its bins and lots, first expired first; tell whether it has any.

    Called when the list is printed, begun, or put into a wave; calling it again brings it up to date.

    Raises:
        NotAllowed: the list is done or cancelled.
        NotFound: the list does not exist.

    """
    head = lock_list(tx, pick_id)
    if head.state != PickState.OPEN:
        raise NotAllowed(f"Pick list {head.number} is {head.state}; it cannot be released.")
    return allot_list(tx, head)


def lock_list(tx: Transaction, pick_id: UUID) -> Any:
    """Lock a list and, before it, its order, as every command does.

    Raises:
        NotFound: the list does not exist.

    """
    order_id = _ORDER_OF.value(tx.connection, pick=pick_id)
    if order_id is None:
        raise NotFound("Pick list", pick_id)
    tx.lock(sales_order, order_id, "Order")
    return tx.lock(pick, pick_id, "Pick list")


def allot_list(tx: Transaction, head: Any) -> bool:
    """Give a locked open list takes where its goods lie on shelves; tell whether it has any."""
    if head.released_at is not None:
        _look_again(tx, head)
        follow(tx, head.id)
        return True
    rows = _LINES.all(tx.connection, pick=head.id)
    levels = stock_ledger.lock_levels(tx, head.location_id, [row.product_id for row in rows])
    if not any(level.shelved or level.tracked for level in levels.values()):
        return False
    added: list[dict[str, Any]] = []
    for row in rows:
        added += _takes(row.id, allot(tx, head.location_id, row.product_id, row.wanted))
    tx.insert(pick_take, *added)
    tx.update(pick, head.id, released_at=tx.at)
    _put_in_order(tx, head.id)
    return True


def _look_again(tx: Transaction, head: Any) -> None:
    """Let go of what a list asked for in no bin, where more is asked for so than lies in none: it may lie in one now.

    :func:`follow` asks for it again.
    """
    loose = [row for row in _TAKES.all(tx.connection, pick=head.id) if row.bin_id is None and row.lot_id is None]
    stock_ledger.lock_levels(tx, head.location_id, [row.product_id for row in loose])
    for row in loose:
        known = shelf_ledger.shelves_of(tx, head.location_id, row.product_id)
        if known.tracked or known.asked > known.unplaced:
            untouched = row.wanted - row.taken - row.short
            _give_up(tx, head.location_id, row.product_id, [row], untouched)


def allot(tx: Transaction, location_id: UUID, product_id: UUID, wanted: int) -> Parts:
    """Choose where ``wanted`` grains are to be taken, and set them aside; what lies nowhere is asked of no bin."""
    known = shelf_ledger.shelves_of(tx, location_id, product_id)
    chosen: list[tuple[Spot, int]] = []
    if known.shelved:
        chosen = choose(shelf_ledger.lying(tx, location_id, product_id), wanted, tx.at.date())
    rest = wanted - sum(quantity for _, quantity in chosen)
    if rest:
        chosen.append((UNPLACED, rest))
    shelf_ledger.allocate(tx, location_id, product_id, chosen)
    return chosen


def follow(tx: Transaction, pick_id: UUID) -> None:
    """Make the takes of a released list agree with what its lines ask for now."""
    head = _HEAD.first(tx.connection, pick=pick_id)
    open_ = head.state == PickState.OPEN
    asked = {row.id: row for row in _ALL_LINES.all(tx.connection, pick=pick_id)}
    takes: dict[UUID, list[Any]] = {line_id: [] for line_id in asked}
    for row in _TAKES.all(tx.connection, pick=pick_id):
        takes[row.pick_line_id].append(row)
    more = {
        line_id: (row.wanted if open_ else 0) - sum(take.wanted for take in takes[line_id])
        for line_id, row in asked.items()
    }
    changed = [line_id for line_id, by in more.items() if by]
    if not changed:
        return
    stock_ledger.lock_levels(tx, head.location_id, [asked[line_id].product_id for line_id in changed])
    for line_id in changed:
        product_id, by = asked[line_id].product_id, more[line_id]
        if by > 0:
            tx.insert(pick_take, *_takes(line_id, allot(tx, head.location_id, product_id, by)))
        else:
            _give_up(tx, head.location_id, product_id, takes[line_id], -by)
    if any(by > 0 for by in more.values()):
        _put_in_order(tx, pick_id)


def trim(tx: Transaction, location_id: UUID, product_id: UUID, books: Iterable[Any]) -> None:
    """Let go of what lists have asked for beyond what is promised to their lines now; orders and level are locked.

    For commands that take goods away before the lists are planned anew.
    """
    if (location_id, product_id) not in tx.shelves:
        return
    reserved: dict[UUID, int] = {}
    for book in books:
        book.place(tx)
        lines = [line for line in book.lines if line.row.product_id == product_id]
        reserved.update((line.id, book.at(line, location_id).reserved) for line in lines)
    asked: dict[UUID, list[Any]] = {}
    for part in _portions(reserved):
        for row in _OF_ORDER_LINES.all(tx.connection, lines=part, place=location_id):
            asked.setdefault(row.order_line_id, []).append(row)
    for line_id, takes in asked.items():
        _give_up(tx, location_id, product_id, takes, sum(take.wanted for take in takes) - reserved[line_id])


def drop_lot(tx: Transaction, location_id: UUID, product_id: UUID, lot_id: UUID) -> None:
    """Let go of all that open lists have asked for of a lot; their next planning asks for other goods."""
    takes = [row for row in _OPEN_AT.all(tx.connection, product=product_id, place=location_id) if row.lot_id == lot_id]
    _give_up(tx, location_id, product_id, takes, sum(row.wanted for row in takes))


def free_spot(tx: Transaction, location_id: UUID, product_id: UUID, spot: Spot, by: int) -> None:
    """Let go of so much of what open lists have asked for at a spot, the youngest takes first."""
    if by > 0:
        _give_up(tx, location_id, product_id, open_takes(tx, location_id, product_id, spot), by)


def open_takes(tx: Transaction, location_id: UUID, product_id: UUID, spot: Spot) -> list[Any]:
    """Read the takes of open lists at a spot, the youngest first."""
    rows = _OPEN_AT.all(tx.connection, product=product_id, place=location_id)
    return [row for row in rows if (row.bin_id, row.lot_id) == (spot.bin_id, spot.lot_id)]


def settle_takes(tx: Transaction, head: Any, taken: Mapping[UUID, int]) -> dict[UUID, Parts]:
    """Write down what was taken at each spot of a released list that is now done, and let the rest go.

    ``taken`` is grains by pick line; what was scanned at a spot counts there first.  Gives the spots by pick line.
    """
    by_line: dict[UUID, list[Any]] = {}
    for row in _TAKES.all(tx.connection, pick=head.id):
        by_line.setdefault(row.pick_line_id, []).append(row)
    found: dict[UUID, Parts] = {}
    changes = []
    for line_id, takes in by_line.items():
        counts = _spread(takes, taken.get(line_id, 0))
        found[line_id] = [(Spot(row.bin_id, row.lot_id), counts[row.id]) for row in takes if counts[row.id]]
        changes += [
            (row.id, {"taken": counts[row.id], "short": min(row.short, row.wanted - counts[row.id])})
            for row in takes
            if counts[row.id] != row.taken
        ]
        asked = [(Spot(row.bin_id, row.lot_id), -row.wanted) for row in takes]
        shelf_ledger.allocate(tx, head.location_id, takes[0].product_id, asked)
    tx.update_rows(pick_take, changes)
    return found


def _spread(takes: Sequence[Any], taken: int) -> dict[UUID, int]:
    """Share what was taken of a line among its takes: where it was scanned, then where it was not looked for."""
    counts = dict.fromkeys((row.id for row in takes), 0)
    most = [{row.id: (row.taken, row.wanted - row.short, row.wanted)[n] for row in takes} for n in range(3)]
    for limits in most:
        for take_id, limit in limits.items():
            more = min(max(0, limit - counts[take_id]), taken)
            counts[take_id] += more
            taken -= more
    return counts


def _give_up(tx: Transaction, location_id: UUID, product_id: UUID, takes: Sequence[Any], by: int) -> None:
    """Ask for so much less, first where nothing was taken yet, the last stops first."""
    changes, freed = [], []
    for row in sorted(takes, key=lambda row: (row.taken > 0, -row.position)):
        less = min(by, row.wanted)
        if less > 0:
            left = row.wanted - less
            taken = min(row.taken, left)
            changes.append((row.id, {"wanted": left, "taken": taken, "short": min(row.short, left - taken)}))
            freed.append((Spot(row.bin_id, row.lot_id), -less))
            by -= less
    tx.update_rows(pick_take, changes)
    shelf_ledger.allocate(tx, location_id, product_id, freed)


def _takes(line_id: UUID, parts: Parts) -> list[dict[str, Any]]:
    return [new_take(line_id, spot, quantity) for spot, quantity in parts]


def new_take(line_id: UUID, spot: Spot, wanted: int, picker: str = "") -> dict[str, Any]:
    """Make the row of a take; its place in the walk is given by :func:`put_in_order`."""
    return {
        "id": new_id(),
        "pick_line_id": line_id,
        "bin_id": spot.bin_id,
        "lot_id": spot.lot_id,
        "position": 0,
        "wanted": wanted,
        "taken": 0,
        "short": 0,
        "picker": picker,
    }


def _put_in_order(tx: Transaction, pick_id: UUID) -> None:
    put_in_order(tx, [pick_id])


def put_in_order(tx: Transaction, pick_ids: Sequence[UUID]) -> None:
    """Number the takes of lists that are walked together along their bins; goods in no bin come last."""
    rows: list[Any] = []
    for part in _portions(pick_ids):
        rows += _STANDS.all(tx.connection, picks=part)
    walked = {stand: n for n, stand in enumerate(shortest(_stand(row) for row in rows if _stands(row)))}
    rows.sort(key=lambda row: _turn(row, walked))
    changes = [(row.id, {"position": n}) for n, row in enumerate(rows, 1) if row.position != n]
    tx.update_rows(pick_take, changes)


def _stands(row: Any) -> bool:
    """Whether it is known where the bin of a take stands."""
    return row.bin_id is not None and bool(row.aisle or row.bay)


def _stand(row: Any) -> Stand:
    return Stand(row.zone, row.aisle, row.bay)


def _turn(row: Any, walked: Mapping[Stand, int]) -> tuple[Any, ...]:
    """Give when a take's turn is: along the shortest way, then bins nobody placed by name, then goods in no bin."""
    if _stands(row):
        return (0, walked[_stand(row)], row.level, natural(row.code), row.id)
    if row.bin_id is not None:
        return (1, row.zone, 0, natural(row.code), row.id)
    return (2, 0, 0, natural(row.usual), row.id)


def _portions(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    wanted = sorted(set(ids))
    return (wanted[start : start + LONGEST_LIST] for start in range(0, len(wanted), LONGEST_LIST))


_PICK: Final = bindparam("pick", type_=Key)
_ORDER_OF: Final = Prepared(select(pick.c.order_id).where(pick.c.id == _PICK))
_HEAD: Final = Prepared(select(pick.c.state, pick.c.location_id).where(pick.c.id == _PICK))
_ALL_LINES: Final = Prepared(
    select(pick_line.c.id, pick_line.c.product_id, pick_line.c.wanted).where(pick_line.c.pick_id == _PICK)
)
_LINES: Final = Prepared(
    select(pick_line.c.id, pick_line.c.product_id, pick_line.c.wanted)
    .where(pick_line.c.pick_id == _PICK, pick_line.c.wanted > 0)
    .order_by(pick_line.c.position)
)
_TAKES: Final = Prepared(
    select(pick_take, pick_line.c.product_id)
    .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
    .where(pick_line.c.pick_id == _PICK, pick_take.c.wanted > 0)
    .order_by(pick_take.c.position, pick_take.c.id)
)
_OPEN: Final = (
    select(pick_take, pick_line.c.order_line_id, pick_line.c.pick_id)
    .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
    .join(pick, pick.c.id == pick_line.c.pick_id)
    .where(
        pick.c.state == PickState.OPEN,
        pick.c.location_id == bindparam("place", type_=Key),
        pick_take.c.wanted > 0,
    )
    .order_by(pick_take.c.id.desc())
)
_OF_ORDER_LINES: Final = Prepared(
    _OPEN.where(pick_line.c.order_line_id.in_(bindparam("lines", type_=Key, expanding=True)))
)
_OPEN_AT: Final = Prepared(_OPEN.where(pick_line.c.product_id == bindparam("product", type_=Key)))
_STANDS: Final = Prepared(
    select(
        pick_take.c.id,
        pick_take.c.position,
        pick_take.c.bin_id,
        storage_bin.c.zone,
        storage_bin.c.aisle,
        storage_bin.c.bay,
        storage_bin.c.level,
        storage_bin.c.code,
        pick_line.c.bin.label("usual"),
    )
    .select_from(
        pick_take.join(pick_line, pick_line.c.id == pick_take.c.pick_line_id).outerjoin(
            storage_bin, storage_bin.c.id == pick_take.c.bin_id
        )
    )
    .where(pick_line.c.pick_id.in_(bindparam("picks", type_=Key, expanding=True)), pick_take.c.wanted > 0)
)
