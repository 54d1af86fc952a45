"""Lots and serial numbers: named when goods come in, followed to the customers.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.order import sales_order_line
from app.models.product import product
from app.models.shelving import Parts, Spot
from app.models.shipment import ShipmentState, package, package_line, shipment, shipment_line, shipment_lot
from app.models.stock import Tracking, location, lot, shelf_move, shelf_stock, storage_bin
from app.services.products import Product
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Named:
    """A lot or serial number as it stands on the goods; ``expires_on`` is the last day they may be sold."""

    code: str
    expires_on: date | None = None


def named(tx: Transaction, of: Product, wanted: Named) -> UUID:
    """Give the lot of that number, a new one where the product has none yet.

    A new lot without a date lasts as many days from today as the product does.

    Raises:
        Invalid: the product has no lots, the number is empty or too long, or the lot is known with another last day.

    """
    code = wanted.code.strip()
    if not of.tracked:
        raise Invalid("lot", f"{of.sku} has no lots or serial numbers. Leave the number out.")
    if not code or len(code) > 60:
        raise Invalid("lot", f"{of.sku}: type the {_word(of)} number, at most 60 characters.")
    row = _BY_CODE.first(tx.connection, product=of.id, code=code)
    if row is not None:
        if wanted.expires_on is not None and row.expires_on != wanted.expires_on:
            known = f"{row.expires_on:%d %b %Y}" if row.expires_on else "no last day"
            raise Invalid("expires_on", f"{of.sku}, {_word(of)} {code} is in the books with {known}. Check the label.")
        known_id: UUID = row.id
        return known_id
    lot_id, life = new_id(), of.shelf_life_days
    lasts = tx.at.date() + timedelta(days=life) if life is not None else None
    tx.insert(
        lot,
        {
            "id": lot_id,
            "product_id": of.id,
            "code": code,
            "expires_on": wanted.expires_on or lasts,
            "blocked": False,
            "created_at": tx.at,
        },
    )
    return lot_id


def refuse_second_piece(tx: Transaction, of: Product, lot_id: UUID, quantity: int) -> None:
    """Make sure that a serial number is of one whole piece, and that this piece is not in the house already.

    Raises:
        Invalid: the quantity is not exactly one stock unit, or the number is inside already.

    """
    if of.tracking != Tracking.SERIAL:
        return
    if quantity != of.grain:
        raise Invalid("quantity", f"{of.sku}: each serial number is exactly one {of.unit}.")
    if is_inside(tx, lot_id):
        code = _LOT.first(tx.connection, lot=lot_id).code
        raise Invalid("lot", f"{of.sku}: serial number {code} is in the house already. Scan the number again.")


def is_inside(tx: Transaction, lot_id: UUID) -> bool:
    """Tell whether goods of a lot lie on a shelf, or are picked and have not left."""
    if _ON_SHELF.first(tx.connection, lot=lot_id):
        return True
    taken = sum(row.quantity * (1 if row.from_shelf else -1) for row in _TAKEN_OF_LOT.all(tx.connection, lot=lot_id))
    gone = _GONE_OF_LOT.value(tx.connection, lot=lot_id) or 0
    return bool(taken > gone)


# picked, packed, shipped -------------------------------------------------------------------------------


Pool = dict[UUID, dict[UUID, int]]
"""Grains by order line and lot."""


def picked(connection: Connection, line_ids: Iterable[UUID]) -> Pool:
    """Read of which lots what was picked for order lines is, and has not left: taken less put back less shipped."""
    found: Pool = {}
    for part in _portions(line_ids):
        for row in _TAKEN.all(connection, lines=part):
            _count(found, row.line_id, row.lot_id, int(row.quantity) * (1 if row.from_shelf else -1))
        for row in _GONE.all(connection, lines=part):
            _count(found, row.order_line_id, row.lot_id, -int(row.quantity))
    return {line: {key: n for key, n in lots.items() if n > 0} for line, lots in found.items()}


def packed(connection: Connection, line_ids: Iterable[UUID]) -> Pool:
    """Read of which lots what lies packed for order lines in shipments that have not left is."""
    found: Pool = {}
    for part in _portions(line_ids):
        for row in _PACKED.all(connection, lines=part):
            _count(found, row.order_line_id, row.lot_id, int(row.quantity))
    return found


def pools(connection: Connection, line_ids: Sequence[UUID]) -> Pool:
    """Read of which lots what may be packed for order lines is: picked, and not packed in another shipment."""
    if not line_ids:
        return {}
    found, boxed = picked(connection, line_ids), packed(connection, line_ids)
    return {
        line: {key: n - boxed.get(line, {}).get(key, 0) for key, n in there.items()} for line, there in found.items()
    }


def draw(
    pool: Pool, line_id: UUID, quantity: int, wanted: Mapping[UUID, int] | None = None
) -> list[tuple[UUID | None, int]]:
    """Take ``quantity`` of a line from its pool, of the lots ``wanted`` names or in their order; give it by lot.

    Raises:
        NotAllowed: less of a lot was picked.

    """
    there = pool.get(line_id)
    if there is None:
        return [(None, quantity)]
    parts = list(wanted.items()) if wanted else split(there, quantity)
    if sum(n for _, n in parts) != quantity or any(n < 0 or there.get(key, 0) < n for key, n in parts):
        raise NotAllowed("Other lots or serial numbers are packed than were picked. Scan the package again.")
    for key, n in parts:
        there[key] -= n
    return [*parts]


def split(pool: Mapping[UUID, int], quantity: int) -> list[tuple[UUID, int]]:
    """Take ``quantity`` from lots in order; callers have seen to it that they reach."""
    parts = []
    for lot_id, there in pool.items():
        taken = min(there, quantity)
        if taken > 0:
            parts.append((lot_id, taken))
            quantity -= taken
    return parts


def ship(tx: Transaction, shipment_id: UUID, line_ids: Sequence[UUID]) -> None:
    """Write down of which lots a shipment's goods are, for lines whose product has lots; its goods have just left.

    A packed shipment leaves with the lots in its packages; another with what was taken for its lines, less what lies
    packed in others.

    Raises:
        NotAllowed: fewer pieces with numbers were taken than leave.

    """
    if not line_ids:
        return
    rows = [row for row in _SHIPPED.all(tx.connection, shipment=shipment_id) if row.order_line_id in set(line_ids)]
    boxed: Pool = {}
    for row in _BOXED.all(tx.connection, shipment=shipment_id):
        _count(boxed, row.order_line_id, row.lot_id, int(row.quantity))
    taken, elsewhere = picked(tx.connection, line_ids), packed(tx.connection, line_ids)
    written: list[dict[str, Any]] = []
    for row in rows:
        line = row.order_line_id
        pool = boxed.get(line) or {
            key: n - elsewhere.get(line, {}).get(key, 0) for key, n in taken.get(line, {}).items()
        }
        parts = split(pool, row.shipped)
        if sum(n for _, n in parts) != row.shipped:
            raise NotAllowed(f"{row.sku}: more leaves than was picked with a number. Pick the goods first.")
        written += [{"id": new_id(), "shipment_line_id": row.id, "lot_id": key, "quantity": n} for key, n in parts]
    tx.insert(shipment_lot, *written)


def origins(connection: Connection, line_id: UUID, quantity: int, today: date) -> tuple[Parts, Parts]:
    """Give from which bins and lots the last ``quantity`` grains picked for a line came and have not left.

    The second list is of lots that may not be sold today.  Goods that came from no bin are in neither.
    """
    rows = _ORIGINS.all(connection, line=line_id)
    if not rows:
        return (), ()
    left, boxed = picked(connection, [line_id]).get(line_id, {}), packed(connection, [line_id]).get(line_id, {})
    nets: dict[Spot, int] = {}
    for row in rows:
        spot = Spot(row.from_bin_id if row.from_shelf else row.to_bin_id, row.lot_id)
        nets[spot] = nets.get(spot, 0) + row.quantity * (1 if row.from_shelf else -1)
    held_lots = {row.lot_id for row in rows if row.blocked or (row.expires_on is not None and row.expires_on < today)}
    fine: list[tuple[Spot, int]] = []
    held: list[tuple[Spot, int]] = []
    for spot, net in reversed(nets.items()):
        most = min(net, quantity)
        if spot.lot_id is not None:
            most = min(most, left.get(spot.lot_id, 0) - boxed.get(spot.lot_id, 0))
            left[spot.lot_id] = left.get(spot.lot_id, 0) - max(0, most)
        if most > 0:
            (held if spot.lot_id in held_lots else fine).append((spot, most))
            quantity -= most
    return fine, held


def on_the_way(connection: Connection, line_id: UUID, quantity: int) -> Parts:
    """Give the lots of goods that left for a transfer line and have not arrived yet, in no bin."""
    nets: dict[UUID, int] = {}
    for row in _ORIGINS.all(connection, line=line_id):
        if row.lot_id is not None:
            nets[row.lot_id] = nets.get(row.lot_id, 0) + row.quantity * (1 if row.from_shelf else -1)
    return [(Spot(None, lot_id), part) for lot_id, part in split(nets, quantity)]


# looking up ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot; ``on_shelf`` grains of it lie in all warehouses."""

    id: UUID
    product_id: UUID
    sku: str
    code: str
    expires_on: date | None
    blocked: bool
    created_at: datetime
    on_shelf: int
    grain: int


def get(connection: Connection, lot_id: UUID) -> Lot:
    """Read a lot.

    Raises:
        NotFound: the lot does not exist.

    """
    row = _LOT.first(connection, lot=lot_id)
    if row is None:
        raise NotFound("Lot", lot_id)
    return Lot(row.id, row.product_id, row.sku, row.code, row.expires_on, row.blocked, row.created_at, *_there(row))


def find(connection: Connection, code: str, limit: int = 20) -> list[Lot]:
    """Find lots of all products by their number as scanned or typed."""
    rows = _FIND.all(connection, code=code.strip())[:limit]
    return [get(connection, row.id) for row in rows]


def by_code(connection: Connection, product_id: UUID, code: str) -> UUID | None:
    """Find a product's lot by its number."""
    row = _BY_CODE.first(connection, product=product_id, code=code.strip())
    return row.id if row else None


@dataclass(frozen=True, slots=True)
class Came:
    """Goods of a lot that came in: when, as what, with which document, how many grains."""

    at: datetime
    reason: str
    document_id: UUID | None
    warehouse: str
    quantity: int


@dataclass(frozen=True, slots=True)
class LiesIn:
    """Goods of a lot on a shelf; ``bin`` is empty where they are in none."""

    warehouse: str
    bin: str
    quantity: int


@dataclass(frozen=True, slots=True)
class WentTo:
    """Goods of a lot that left: with which shipment of which order, to whom, when."""

    customer_id: UUID
    customer: str
    order: str
    shipment: str
    shipped_at: datetime | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A lot followed both ways: where it came from, where it lies, who has it."""

    lot: Lot
    came: tuple[Came, ...]
    lies: tuple[LiesIn, ...]
    went: tuple[WentTo, ...]


def trace(connection: Connection, lot_id: UUID) -> Trace:
    """Follow a lot from its receipts over the bins it lies in to the customers who have it.

    Raises:
        NotFound: the lot does not exist.

    """
    found = get(connection, lot_id)
    came = [Came(*row) for row in _CAME.all(connection, lot=lot_id)]
    lies = [LiesIn(row.code, row.bin or "", row.quantity) for row in _LIES.all(connection, lot=lot_id)]
    went = [WentTo(*row) for row in _WENT.all(connection, lot=lot_id)]
    return Trace(found, tuple(came), tuple(lies), tuple(went))


def _there(row: Any) -> tuple[int, int]:
    return int(row.on_shelf or 0), row.grain


def _word(of: Product) -> str:
    return "serial" if of.tracking == Tracking.SERIAL else "lot"


def _count(pool: Pool, line_id: UUID, lot_id: UUID, quantity: int) -> None:
    lots = pool.setdefault(line_id, {})
    lots[lot_id] = lots.get(lot_id, 0) + quantity


def _portions(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    wanted = sorted(set(ids))
    return (wanted[start : start + LONGEST_LIST] for start in range(0, len(wanted), LONGEST_LIST))


_LINES: Final = bindparam("lines", type_=Key, expanding=True)
_OF_LOT: Final = bindparam("lot", type_=Key)
_BY_CODE: Final = Prepared(
    select(lot).where(lot.c.product_id == bindparam("product", type_=Key), lot.c.code == bindparam("code"))
)
_FIND: Final = Prepared(select(lot.c.id).where(lot.c.code == bindparam("code")).order_by(lot.c.id))
_LOT: Final = Prepared(
    select(
        lot,
        product.c.sku,
        product.c.grain,
        select(func.sum(shelf_stock.c.quantity))
        .where(shelf_stock.c.lot_id == lot.c.id)
        .scalar_subquery()
        .label("on_shelf"),
    )
    .join(product, product.c.id == lot.c.product_id)
    .where(lot.c.id == _OF_LOT)
)
_ON_SHELF: Final = Prepared(
    select(shelf_stock.c.quantity).where(shelf_stock.c.lot_id == _OF_LOT, shelf_stock.c.quantity > 0).limit(1)
)
_TAKEN_OF_LOT: Final = Prepared(
    select(shelf_move.c.from_shelf, func.sum(shelf_move.c.quantity).label("quantity"))
    .join(sales_order_line, sales_order_line.c.id == shelf_move.c.line_id)
    .where(shelf_move.c.lot_id == _OF_LOT, shelf_move.c.from_shelf != shelf_move.c.to_shelf)
    .group_by(shelf_move.c.from_shelf)
)
_GONE_OF_LOT: Final = Prepared(
    select(func.sum(shipment_lot.c.quantity).label("quantity")).where(shipment_lot.c.lot_id == _OF_LOT)
)
_TAKEN: Final = Prepared(
    select(
        shelf_move.c.line_id,
        shelf_move.c.lot_id,
        shelf_move.c.from_shelf,
        func.sum(shelf_move.c.quantity).label("quantity"),
    )
    .where(
        shelf_move.c.line_id.in_(_LINES),
        shelf_move.c.lot_id.is_not(None),
        shelf_move.c.from_shelf != shelf_move.c.to_shelf,
    )
    .group_by(shelf_move.c.line_id, shelf_move.c.lot_id, shelf_move.c.from_shelf)
    .order_by(func.min(shelf_move.c.at), shelf_move.c.lot_id)
)
TRACKED: Final = frozenset({Tracking.LOT, Tracking.SERIAL})
"""How products are tracked whose pieces have numbers."""
_ORIGINS: Final = Prepared(
    select(
        shelf_move.c.lot_id,
        shelf_move.c.from_bin_id,
        shelf_move.c.to_bin_id,
        shelf_move.c.from_shelf,
        shelf_move.c.quantity,
        lot.c.blocked,
        lot.c.expires_on,
    )
    .outerjoin(lot, lot.c.id == shelf_move.c.lot_id)
    .where(
        shelf_move.c.line_id == bindparam("line", type_=Key),
        shelf_move.c.from_shelf != shelf_move.c.to_shelf,
    )
    .order_by(shelf_move.c.id)
)
_GONE: Final = Prepared(
    select(shipment_line.c.order_line_id, shipment_lot.c.lot_id, func.sum(shipment_lot.c.quantity).label("quantity"))
    .join(shipment_line, shipment_line.c.id == shipment_lot.c.shipment_line_id)
    .where(shipment_line.c.order_line_id.in_(_LINES))
    .group_by(shipment_line.c.order_line_id, shipment_lot.c.lot_id)
)
_PACKED: Final = Prepared(
    select(package_line.c.order_line_id, package_line.c.lot_id, func.sum(package_line.c.quantity).label("quantity"))
    .join(package, package.c.id == package_line.c.package_id)
    .join(shipment, shipment.c.id == package.c.shipment_id)
    .where(
        package_line.c.order_line_id.in_(_LINES),
        package_line.c.lot_id.is_not(None),
        shipment.c.state == ShipmentState.PACKED,
    )
    .group_by(package_line.c.order_line_id, package_line.c.lot_id)
)
_BOXED: Final = Prepared(
    select(package_line.c.order_line_id, package_line.c.lot_id, package_line.c.quantity)
    .join(package, package.c.id == package_line.c.package_id)
    .where(package.c.shipment_id == bindparam("shipment", type_=Key), package_line.c.lot_id.is_not(None))
    .order_by(package.c.position, package_line.c.id)
)
_SHIPPED: Final = Prepared(
    select(shipment_line.c.id, shipment_line.c.order_line_id, shipment_line.c.shipped, product.c.sku)
    .join(product, product.c.id == shipment_line.c.product_id)
    .where(
        shipment_line.c.shipment_id == bindparam("shipment", type_=Key),
        shipment_line.c.shipped > 0,
        product.c.tracking != Tracking.NONE,
    )
    .order_by(shipment_line.c.position)
)
_CAME: Final = Prepared(
    select(
        shelf_move.c.at,
        shelf_move.c.reason,
        shelf_move.c.document_id,
        location.c.code,
        func.sum(shelf_move.c.quantity).label("quantity"),
    )
    .join(location, location.c.id == shelf_move.c.location_id)
    .where(
        shelf_move.c.lot_id == _OF_LOT,
        shelf_move.c.from_shelf.is_(False),
        shelf_move.c.to_shelf,
        shelf_move.c.line_id.is_(None),
    )
    .group_by(shelf_move.c.command_id, shelf_move.c.at, shelf_move.c.reason, shelf_move.c.document_id, location.c.code)
    .order_by(shelf_move.c.at)
)
_LIES: Final = Prepared(
    select(location.c.code, storage_bin.c.code.label("bin"), shelf_stock.c.quantity)
    .join(location, location.c.id == shelf_stock.c.location_id)
    .outerjoin(storage_bin, storage_bin.c.id == shelf_stock.c.bin_id)
    .where(shelf_stock.c.lot_id == _OF_LOT, shelf_stock.c.quantity > 0)
    .order_by(location.c.code, storage_bin.c.code)
)
_WENT: Final = Prepared(
    select(
        shipment.c.customer_id,
        shipment.c.customer_name,
        shipment.c.order_number,
        shipment.c.number,
        shipment.c.shipped_at,
        func.sum(shipment_lot.c.quantity).label("quantity"),
    )
    .join(shipment_line, shipment_line.c.id == shipment_lot.c.shipment_line_id)
    .join(shipment, shipment.c.id == shipment_line.c.shipment_id)
    .where(shipment_lot.c.lot_id == _OF_LOT)
    .group_by(
        shipment.c.id,
        shipment.c.customer_id,
        shipment.c.customer_name,
        shipment.c.order_number,
        shipment.c.number,
        shipment.c.shipped_at,
    )
    .order_by(shipment.c.shipped_at)
)
