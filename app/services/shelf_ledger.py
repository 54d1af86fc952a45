"""The shelf ledger and the shelf stock beside it: the one place that writes where goods lie.  Quantities are grains.

:func:`follow` is called by the stock ledger for every move of goods, so that what leaves the warehouse leaves its
bins as well.  Companies without bins and lots never come here: :func:`note` was not told of them.

The level of a product and location is locked before its shelves are read or changed; nothing else locks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, select, text

from app.errors import NotAllowed
from app.models.base import Key, new_id
from app.models.product import product
from app.models.shelving import Lying, Parts, Spot, choose_from
from app.models.shipment import PickState, pick, pick_line, pick_take
from app.models.stock import NOWHERE, SHELVED, Place, lot, shelf_move, shelf_stock, stock_level, storage_bin
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(slots=True)
class Shelves:
    """A product's shelves at a location, its level locked: whether it has lots, what they hold, what lies there."""

    tracked: bool
    shelved: int
    asked: int  # of what is unplaced, by pick lists
    inside: int  # free, promised and blocked

    @property
    def unplaced(self) -> int:
        """What lies there in no bin that we know of."""
        return self.inside - self.shelved

    @property
    def unplaced_open(self) -> int:
        """What lies unplaced and no open pick list has asked for; of goods with lots, never any."""
        return 0 if self.tracked else max(0, self.unplaced - self.asked)


@dataclass(frozen=True, slots=True)
class ShelfMove:
    """``quantity`` grains from one spot (None: off the shelves) to another, for an order line where there is one."""

    source: Spot | None
    target: Spot | None
    quantity: int
    line_id: UUID | None = None
    document_id: UUID | None = None
    reason: str = ""


def note(tx: Transaction, location_id: UUID, level: Any) -> Shelves:
    """Remember, for the length of the command, that a level just locked has goods on shelves or lots."""
    known = Shelves(level.tracked, level.shelved, level.asked, level.free + level.promised + level.blocked)
    tx.shelves[location_id, level.product_id] = known
    return known


def shelves_of(tx: Transaction, location_id: UUID, product_id: UUID) -> Shelves:
    """Give what is known of a product's shelves; its level is locked."""
    known: Shelves | None = tx.shelves.get((location_id, product_id))
    return known or note(tx, location_id, _LEVEL.first(tx.connection, product=product_id, place=location_id))


def follow(tx: Transaction, location_id: UUID, moves: Iterable[Any]) -> dict[UUID, int]:
    """Let the shelves follow moves of the stock ledger; give by product how much more (or less) they hold then.

    What a move does not say is decided here: goods come to no bin, and leave from where nobody has asked for them.

    Raises:
        NotAllowed: goods with lots come in without one, leave from where they do not lie, or none may be used.

    """
    more: dict[UUID, int] = {}
    for one in moves:
        key = (location_id, one.product_id)
        leaves, comes = one.source in SHELVED, one.target in SHELVED
        if leaves == comes or not (one.spots or key in tx.shelves):
            continue
        known = shelves_of(tx, *key)
        parts = _parts_out(tx, key, one) if leaves else _parts_in(tx, key, one)
        sign = -1 if leaves else 1
        back = one.source in _BACK or (one.source is Place.CUSTOMER and one.target is Place.PROMISED)
        line_id = one.line_id if leaves or back else None
        written = [
            ShelfMove(spot if leaves else None, None if leaves else spot, n, line_id, one.document_id, one.reason)
            for spot, n in parts
        ]
        write(tx, location_id, one.product_id, written)
        placed = sum(quantity for _, quantity in parts)
        more[one.product_id] = more.get(one.product_id, 0) + sign * placed
        known.shelved += sign * placed
        known.inside += sign * one.quantity
    return more


def move(tx: Transaction, location_id: UUID, product_id: UUID, moves: Sequence[ShelfMove]) -> None:
    """Move goods between shelves, onto them from unplaced, or off them to unplaced; the level is locked.

    Raises:
        NotAllowed: goods with lots would lie nowhere, or more is moved than lies there.

    """
    known = shelves_of(tx, location_id, product_id)
    more = sum(one.quantity for one in moves if one.source is None) - sum(
        one.quantity for one in moves if one.target is None
    )
    if more > known.unplaced:
        raise NotAllowed(f"{sku(tx, product_id)}: more is put away than lies unplaced. Count the product first.")
    if known.tracked and more < 0:
        raise NotAllowed(f"{sku(tx, product_id)}: goods with lots always have a place. Move them to another one.")
    taken: dict[Spot, int] = {}
    for one in moves:
        if one.source is not None:
            taken[one.source] = taken.get(one.source, 0) + one.quantity
    for spot, quantity in taken.items():
        refuse_missing(tx, location_id, product_id, spot, quantity)
    write(tx, location_id, product_id, moves)
    if more:
        known.shelved += more
        row = {"product": product_id, "place": location_id, "by": more, "asked": 0}
        tx.change_projection(stock_level, _SHELVE, [row])


def refuse_missing(tx: Transaction, location_id: UUID, product_id: UUID, spot: Spot, quantity: int) -> None:
    """Make sure that so much lies at a spot that no pick list has asked for.

    Raises:
        NotAllowed: less lies there, or pick lists have asked for it.

    """
    there = lying_at(tx, location_id, product_id, spot)
    if quantity > there.quantity:
        raise NotAllowed(f"{sku(tx, product_id)}: less than that lies there by the books. Count the bin first.")
    if quantity > there.quantity - there.allocated:
        raise NotAllowed(f"{sku(tx, product_id)}: pick lists have asked for what lies there. Pick it first.")


def allocate(tx: Transaction, location_id: UUID, product_id: UUID, parts: Iterable[tuple[Spot, int]]) -> None:
    """Set goods at spots aside for pick lists, or, below zero, let them go."""
    parts = list(parts)
    rows = [_at(location_id, product_id, spot) | {"by": 0, "asked": n} for spot, n in parts if n and spot != UNPLACED]
    if rows:
        tx.change_projection(shelf_stock, _CHANGE, rows)
    unplaced = sum(n for spot, n in parts if spot == UNPLACED)
    if unplaced:
        shelves_of(tx, location_id, product_id).asked += unplaced
        row = {"product": product_id, "place": location_id, "by": 0, "asked": unplaced}
        tx.change_projection(stock_level, _SHELVE, [row])


def note_missing(tx: Transaction, location_id: UUID, product_id: UUID, spot: Spot, quantity: int) -> None:
    """Note that so much was looked for at a spot and not found: no list asks for it before the spot is counted."""
    if quantity and spot != UNPLACED:
        tx.change_projection(shelf_stock, _MISS, [_at(location_id, product_id, spot) | {"missing": quantity}])


def note_counted(tx: Transaction, location_id: UUID, product_id: UUID, spot: Spot) -> None:
    """Note that a spot was counted: nothing is missing there any more."""
    if spot != UNPLACED:
        tx.change_projection(shelf_stock, _FOUND, [_at(location_id, product_id, spot)])


def lying(tx: Transaction, location_id: UUID, product_id: UUID) -> list[Lying]:
    """Read all that lies on a product's shelves at a location."""
    return [_lying(row) for row in _LYING.all(tx.connection, product=product_id, place=location_id)]


def lying_at(tx: Transaction, location_id: UUID, product_id: UUID, spot: Spot) -> Lying:
    """Read what lies at one spot; nothing where there is none of it."""
    row = _LYING_AT.first(tx.connection, **_at(location_id, product_id, spot))
    return _lying(row) if row else Lying(spot, 0)


def write(tx: Transaction, location_id: UUID, product_id: UUID, moves: Sequence[ShelfMove]) -> None:
    """Add rows to the shelf ledger and change the stock beside it; callers have seen to it that it is there."""
    changes: dict[Spot, int] = {}
    for one in moves:
        for spot, sign in ((one.source, -1), (one.target, 1)):
            if spot is not None:
                changes[spot] = changes.get(spot, 0) + sign * one.quantity
    grown = [_at(location_id, product_id, spot) | {"by": n} for spot, n in changes.items() if n > 0]
    shrunk = [_at(location_id, product_id, spot) | {"by": n, "asked": 0} for spot, n in changes.items() if n < 0]
    if grown:
        tx.change_projection(shelf_stock, _ADD, grown)
    if shrunk:
        tx.change_projection(shelf_stock, _CHANGE, shrunk)
        tx.change_projection(shelf_stock, _CLEAR, [{name: row[name] for name in _KEY} for row in shrunk])
    tx.insert(shelf_move, *(_row(tx, location_id, product_id, one) for one in moves))


def sku(tx: Transaction, product_id: UUID) -> str:
    """Give a product's SKU, for words."""
    return str(_SKU.value(tx.connection, product=product_id))


_BACK: Final = frozenset({Place.PICKED, Place.TRANSIT})
"""Where goods come from that had left shelves for a line before: what is put back, or arrives, counts against it.

Shipping that is taken back does so too; a return does not: its goods had left.
"""

UNPLACED: Final = Spot()
"""No bin and no lot: what the shelves do not place."""


def _parts_in(tx: Transaction, key: tuple[UUID, UUID], one: Any) -> Parts:
    placed = sum(quantity for _, quantity in one.spots)
    if placed > one.quantity:
        raise NotAllowed(f"{sku(tx, one.product_id)}: more is put on shelves than comes in. Correct the quantities.")
    if tx.shelves[key].tracked and (placed < one.quantity or any(spot.lot_id is None for spot, _ in one.spots)):
        raise NotAllowed(f"{sku(tx, one.product_id)} has lots or serial numbers: name one for every piece.")
    return [part for part in one.spots if part[0] != UNPLACED]


def _parts_out(tx: Transaction, key: tuple[UUID, UUID], one: Any) -> Parts:
    """What is named, and for the rest: what pick lists asked for this line, what is unplaced, then what is open."""
    known, location_id = tx.shelves[key], key[0]
    named = [part for part in one.spots if part[0] != UNPLACED]
    for spot, quantity in named:
        refuse_missing(tx, location_id, one.product_id, spot, quantity)
    loose = sum(quantity for spot, quantity in one.spots if spot == UNPLACED)  # as far as so much lies in no bin
    loose = min(loose, 0 if known.tracked else max(0, known.unplaced))
    rest = one.quantity - loose - sum(quantity for _, quantity in named)
    if not rest or not (known.shelved or known.asked):
        return named
    there = _less(lying(tx, location_id, one.product_id), named)
    used: Parts = []
    if one.line_id and one.source is Place.PROMISED and (known.asked or any(spot.allocated for spot in there)):
        used = _use_own(tx, location_id, one, rest)
        own = sum(quantity for spot, quantity in used if spot == UNPLACED)
        there_loose = 0 if known.tracked else max(0, known.unplaced - loose)
        rest -= sum(quantity for _, quantity in used) - max(0, own - there_loose)
        loose += min(own, there_loose)
    rest -= min(rest, max(0, known.unplaced_open - loose))
    chosen = choose_from(_offers(there, one.source, tx.at.date()), rest)
    if sum(quantity for _, quantity in chosen) < rest:
        raise NotAllowed(
            f"{sku(tx, one.product_id)}: what lies on the shelves is expired, blocked or asked for by pick lists. "
            "Receive more, or release a lot."
        )
    return [*named, *(part for part in used if part[0] != UNPLACED), *chosen]


def _offers(there: Iterable[Lying], source: Place, today: date) -> list[tuple[Lying, int]]:
    """What may be taken: blocked goods when those leave, else what may be sold."""
    if source is not Place.BLOCKED:
        return [(one, one.open) for one in there if one.usable(today)]
    return [(one, one.open) for one in there if one.blocked] or [(one, one.open) for one in there]


def _less(there: Sequence[Lying], named: Parts) -> list[Lying]:
    """Take what is named already off what lies there."""
    gone: dict[Spot, int] = {}
    for spot, quantity in named:
        gone[spot] = gone.get(spot, 0) + quantity
    return [_smaller(one, gone.get(one.spot, 0)) for one in there]


def _smaller(one: Lying, by: int) -> Lying:
    fields = {name: getattr(one, name) for name in Lying.__dataclass_fields__}
    return Lying(**(fields | {"quantity": one.quantity - by})) if by else one


def _use_own(tx: Transaction, location_id: UUID, one: Any, wanted: int) -> Parts:
    """Give up a line's own places on its pick list for goods that leave without it."""
    used, changes = [], []
    for row in _OWN.all(tx.connection, line=one.line_id, place=location_id):
        quantity = min(wanted, row.wanted)
        if quantity:
            used.append((Spot(row.bin_id, row.lot_id), quantity))
            left = row.wanted - quantity
            changes.append((row.id, {"wanted": left, "taken": min(row.taken, left), "short": 0}))
            wanted -= quantity
    tx.update_rows(pick_take, changes)
    allocate(tx, location_id, one.product_id, [(spot, -quantity) for spot, quantity in used])
    return used


def _row(tx: Transaction, location_id: UUID, product_id: UUID, one: ShelfMove) -> dict[str, Any]:
    spots = [spot for spot in (one.source, one.target) if spot is not None]
    return {
        "id": new_id(),
        "command_id": tx.key,
        "product_id": product_id,
        "location_id": location_id,
        "lot_id": spots[0].lot_id,
        "from_bin_id": one.source.bin_id if one.source else None,
        "to_bin_id": one.target.bin_id if one.target else None,
        "from_shelf": one.source is not None,
        "to_shelf": one.target is not None,
        "quantity": one.quantity,
        "line_id": one.line_id,
        "document_id": one.document_id,
        "reason": one.reason,
        "at": tx.at,
    }


def _at(location_id: UUID, product_id: UUID, spot: Spot) -> dict[str, Any]:
    bin_id, lot_id = spot.bin_id or NOWHERE, spot.lot_id or NOWHERE
    return {"product": product_id, "place": location_id, "bin": bin_id, "lot": lot_id}


def _lying(row: Any) -> Lying:
    bin_id = None if row.bin_id == NOWHERE else row.bin_id
    lot_id = None if row.lot_id == NOWHERE else row.lot_id
    return Lying(
        Spot(bin_id, lot_id),
        row.quantity,
        row.allocated,
        row.expires_on,
        row.since,
        bool(row.blocked),
        row.bin or "",
        row.kind or "shelf",
        row.missing,
    )


_KEY: Final = ("product", "place", "bin", "lot")
_S: Final = shelf_stock.c
_OF_LEVEL: Final = (
    _S.product_id == bindparam("product", type_=Key),
    _S.location_id == bindparam("place", type_=Key),
)
_OF_SPOT: Final = (*_OF_LEVEL, _S.bin_id == bindparam("bin", type_=Key), _S.lot_id == bindparam("lot", type_=Key))
_ALL_LYING: Final = select(
    _S.bin_id,
    _S.lot_id,
    _S.quantity,
    _S.allocated,
    _S.missing,
    lot.c.expires_on,
    lot.c.created_at.label("since"),
    lot.c.blocked,
    storage_bin.c.code.label("bin"),
    storage_bin.c.kind,
).select_from(shelf_stock.outerjoin(lot, lot.c.id == _S.lot_id).outerjoin(storage_bin, storage_bin.c.id == _S.bin_id))
_LYING: Final = Prepared(_ALL_LYING.where(*_OF_LEVEL, _S.quantity > 0))
_LYING_AT: Final = Prepared(_ALL_LYING.where(*_OF_SPOT))
_LEVEL: Final = Prepared(
    select(stock_level).where(
        stock_level.c.product_id == bindparam("product", type_=Key),
        stock_level.c.location_id == bindparam("place", type_=Key),
    )
)
_SHELVE: Final = Prepared(
    stock_level.update()
    .where(
        stock_level.c.product_id == bindparam("product", type_=Key),
        stock_level.c.location_id == bindparam("place", type_=Key),
    )
    .values(
        shelved=stock_level.c.shelved + bindparam("by", type_=BigInteger),
        asked=stock_level.c.asked + bindparam("asked", type_=BigInteger),
    )
)
_ADD: Final = Prepared(
    text(
        "INSERT INTO shelf_stock (product_id, location_id, bin_id, lot_id, quantity, allocated) "
        "VALUES (:product, :place, :bin, :lot, :by, 0) ON CONFLICT (product_id, location_id, bin_id, lot_id) "
        "DO UPDATE SET quantity = shelf_stock.quantity + excluded.quantity"
    ).bindparams(*(bindparam(name, type_=Key) for name in _KEY), bindparam("by", type_=BigInteger))
)
_CHANGE: Final = Prepared(
    shelf_stock.update()
    .where(*_OF_SPOT)
    .values(
        quantity=_S.quantity + bindparam("by", type_=BigInteger),
        allocated=_S.allocated + bindparam("asked", type_=BigInteger),
    )
)
_MISS: Final = Prepared(
    shelf_stock.update().where(*_OF_SPOT).values(missing=_S.missing + bindparam("missing", type_=BigInteger))
)
_FOUND: Final = Prepared(shelf_stock.update().where(*_OF_SPOT).values(missing=0))
_CLEAR: Final = Prepared(shelf_stock.delete().where(*_OF_SPOT, _S.quantity == 0))
_SKU: Final = Prepared(select(product.c.sku).where(product.c.id == bindparam("product", type_=Key)))
_OWN: Final = Prepared(
    select(pick_take)
    .join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
    .join(pick, pick.c.id == pick_line.c.pick_id)
    .where(
        pick_line.c.order_line_id == bindparam("line", type_=Key),
        pick.c.location_id == bindparam("place", type_=Key),
        pick.c.state == PickState.OPEN,
        pick_take.c.wanted > 0,
    )
    .order_by(pick_take.c.position)
)
