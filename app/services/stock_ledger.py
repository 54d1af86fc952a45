"""The stock ledger and the levels beside it: the one place that moves goods.  Quantities are grains.

Every change is a move from one place to another in the append-only ledger; the levels beside it are
changed in the same breath, rows locked in product order so that two clerks never wait for each other.
A level below zero is refused by the database itself: nobody can sell what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, bindparam, select, text

from app.errors import NotFound
from app.models.base import Key, new_id
from app.models.shelving import Parts
from app.models.stock import INSIDE, Place, location, stock_level, stock_move
from app.services import shelf_ledger, value_entries, value_ledger
from app.services.memory import Remembered
from app.services.statements import Prepared
from app.services.transaction import Transaction

_INSIDE: Final = frozenset(INSIDE)


@dataclass(frozen=True, slots=True)
class Move:
    """``quantity`` grains of a product from ``source`` to ``target``, for an order line where there is one.

    ``spots`` says for goods that leave the shelves, or come to them, from or to which bins and lots; what it leaves
    open is decided by :mod:`app.services.shelf_ledger`.  ``cost`` is what one grain that comes in cost (company
    currency, exact); without it :mod:`app.services.value_ledger` finds what such goods cost.  ``since`` is when
    goods came that are booked late.
    """

    product_id: UUID
    source: Place
    target: Place
    quantity: int
    line_id: UUID | None = None
    document_id: UUID | None = None
    reason: str = ""
    spots: Parts = ()
    cost: Fraction | None = None
    since: datetime | None = None


@dataclass(slots=True)
class Level:
    """What is at one location of one product, in grains; on hand is the sum of the four."""

    free: int = 0
    promised: int = 0
    picked: int = 0
    blocked: int = 0
    shelved: int = 0  # of free, promised and blocked, what lies in bins or has lots
    tracked: bool = False  # the product has lots or serial numbers

    @property
    def on_hand(self) -> int:
        """All that is physically there."""
        return self.free + self.promised + self.picked + self.blocked


_LOCK: Final = Prepared(
    select(stock_level)
    .where(
        stock_level.c.location_id == bindparam("location_id", type_=Key),
        stock_level.c.product_id.in_(bindparam("ids", type_=Key, expanding=True)),
    )
    .order_by(stock_level.c.product_id)
    .with_for_update()
)
_ADD: Final = Prepared(
    text(
        "INSERT INTO stock_level (product_id, location_id, free, promised, picked, tracked) "
        "SELECT id, :location_id, 0, 0, 0, tracking <> 'none' FROM product WHERE id = :product_id "
        "ON CONFLICT DO NOTHING"
    ).bindparams(bindparam("product_id", type_=Key), bindparam("location_id", type_=Key))
)
_MOVED: Final = (
    stock_level.update()
    .where(
        stock_level.c.product_id == bindparam("product", type_=Key),
        stock_level.c.location_id == bindparam("place", type_=Key),
    )
    .values({name: stock_level.c[name] + bindparam(f"by_{name}", type_=BigInteger) for name in (*INSIDE, "shelved")})
)
_CHANGE: Final = Prepared(_MOVED)
_CHANGE_WORTH: Final = Prepared(_MOVED.values(value_entries.VALUES))
_MAIN: Final = Remembered(
    select(location.c.id)
    .where(location.c.active, location.c.kind == "warehouse")
    .order_by(location.c.rank, location.c.id)
    .limit(1)
)


def main_location(connection: Connection) -> UUID:
    """Give the warehouse that goods come to and leave from unless another is named.

    Raises:
        NotFound: the company has no warehouse.

    """
    found = find_main(connection)
    if found is None:
        raise NotFound("Warehouse", "(none is set up)")
    return found


def find_main(connection: Connection) -> UUID | None:
    """Give the main warehouse, or None before there is any."""
    found: UUID | None = _MAIN.value(connection)
    return found


def lock_levels(tx: Transaction, location_id: UUID, product_ids: Iterable[UUID]) -> dict[UUID, Level]:
    """Read the levels of products at a location and keep others from changing them until the command ends."""
    wanted = sorted(set(product_ids))
    levels = _read_locked(tx, location_id, wanted)
    missing = [product_id for product_id in wanted if product_id not in levels]
    if missing:  # two clerks may do this at once: one adds the row, both wait for it
        rows = [{"product_id": product_id, "location_id": location_id} for product_id in missing]
        tx.change_projection(stock_level, _ADD, rows)
        levels.update(_read_locked(tx, location_id, missing))
    return levels


def _read_locked(tx: Transaction, location_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, Level]:
    levels: dict[UUID, Level] = {}
    for start in range(0, len(product_ids), 500):
        for row in _LOCK.all(tx.connection, location_id=location_id, ids=product_ids[start : start + 500]):
            levels[row.product_id] = Level(
                row.free, row.promised, row.picked, row.blocked, row.shelved, bool(row.tracked)
            )
            if row.costing:
                value_entries.note(tx, location_id, row)
            if row.shelved or row.asked or row.tracked or tx.shelves:
                shelf_ledger.note(tx, location_id, row)
    return levels


def move(tx: Transaction, location_id: UUID, moves: Sequence[Move]) -> None:
    """Book moves in the ledger and change the levels beside it.

    The levels of the products must have been locked with :func:`lock_levels`, which also refuses
    nothing: callers decide from what it returned, and the database's floor is the last word.

    Raises:
        NotAllowed: goods with lots come in without one, or leave from bins where they do not lie.

    """
    moves = [one for one in moves if one.quantity]
    if not moves:
        return
    shelved = shelf_ledger.follow(tx, location_id, moves) if tx.shelves or any(one.spots for one in moves) else {}
    crossing = [one for one in moves if one.source not in _INSIDE or one.target not in _INSIDE]
    worth = value_ledger.follow(tx, location_id, crossing) if crossing else {}
    changes: dict[UUID, dict[str, int]] = {}
    for one in moves:
        change = changes.setdefault(one.product_id, dict.fromkeys(INSIDE, 0))
        if one.source in change:
            change[one.source] -= one.quantity
        if one.target in change:
            change[one.target] += one.quantity
    rows = [
        {
            "product": p,
            "place": location_id,
            "by_shelved": shelved.get(p, 0),
            **{f"by_{name}": by for name, by in changes[p].items()},
            **(worth[p].columns if p in worth else {}),
        }
        for p in sorted(changes)
        if any(changes[p].values()) or shelved.get(p) or p in worth
    ]
    plain = [row for row in rows if row["product"] not in worth]
    if plain or not worth:
        tx.change_projection(stock_level, _CHANGE, plain)
    if worth:
        tx.change_projection(stock_level, _CHANGE_WORTH, [row for row in rows if row["product"] in worth])
    tx.insert(
        stock_move,
        *(
            {
                "id": new_id(),
                "command_id": tx.key,
                "product_id": one.product_id,
                "location_id": location_id,
                "source": str(one.source),
                "target": str(one.target),
                "quantity": one.quantity,
                "line_id": one.line_id,
                "document_id": one.document_id,
                "reason": one.reason,
                "at": tx.at,
            }
            for one in moves
        ),
    )
