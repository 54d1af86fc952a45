"""Counting by bin and lot: what to count, a list counted blind, the differences before they are booked.  Grains.

The counter does not see what the books say.  A difference is against what the books said when it was counted, less
what pickers had in their hands, so goods that move between counting and booking do no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, literal, or_, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, Moment, new_id
from app.models.counting import COUNT_NEXT, CountState, stock_count, stock_count_line
from app.models.product import product
from app.models.route import natural
from app.models.shelving import Spot
from app.models.stock import NOWHERE, Place, lot, shelf_stock, stock_move, storage_bin
from app.services import (
    allocation,
    arrivals,
    lots,
    placing,
    products,
    promises,
    shelf_ledger,
    stock_ledger,
    write_offs,
)
from app.services.shelf_ledger import UNPLACED
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction

SHARES: Final = (("A", Fraction(80, 100)), ("B", Fraction(95, 100)), ("C", Fraction(1)))
"""Classes of products by the value that leaves: A is the first 80 %, B the next 15 %, C the rest (Pareto)."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A spot of one product that can be put on a count list; ``missing``: a picker did not find all of it."""

    product_id: UUID
    sku: str
    spot: Spot
    bin: str
    lot: str
    counted_at: datetime | None
    missing: bool


def due(
    connection: Connection,
    location_id: UUID,
    *,
    zone: str | None = None,
    classes: Mapping[UUID, str] | None = None,
    only: str = "",
    before: datetime | None = None,
    most: int = 100,
) -> list[Shelf]:
    """Find what to count next: what pickers missed, then what was never counted, then what was counted longest ago.

    ``zone`` and ``before`` (counted last before then) narrow it down; ``only`` names the classes of products to count,
    e.g. ``"A"``, as ``classes`` says (see :func:`classes_of`).
    """
    statement, counted_at = _lying_and_counted(location_id)
    if zone is not None:
        statement = statement.where(storage_bin.c.zone == zone)
    if before is not None:
        statement = statement.where(or_(counted_at.is_(None), counted_at < before))
    found = [
        Shelf(row.product_id, row.sku, _spot(row), row.bin or "", row.lot or "", row.counted_at, bool(row.missing))
        for row in connection.execute(statement)
        if not only or (classes or {}).get(row.product_id, "C") in only
    ]
    found.sort(key=lambda one: (not one.missing, one.counted_at or _NEVER, natural(one.bin), one.sku, one.lot))
    return found[:most]


def _lying_and_counted(location_id: UUID) -> tuple[Select[Any], ColumnElement[Any]]:
    """Write the statement for all that lies on shelves of a warehouse, and when it was last counted there."""
    line, lying = stock_count_line.c, shelf_stock.c
    last = (
        select(line.product_id, line.bin_id, line.lot_id, func.max(stock_count.c.booked_at).label("counted_at"))
        .join(stock_count, stock_count.c.id == line.count_id)
        .where(stock_count.c.location_id == location_id, stock_count.c.state == CountState.BOOKED)
        .group_by(line.product_id, line.bin_id, line.lot_id)
        .subquery()
    )
    same = and_(
        last.c.product_id == lying.product_id,
        func.coalesce(last.c.bin_id, _NOWHERE) == lying.bin_id,
        func.coalesce(last.c.lot_id, _NOWHERE) == lying.lot_id,
    )
    statement = (
        select(
            lying.product_id,
            product.c.sku,
            lying.bin_id,
            lying.lot_id,
            storage_bin.c.code.label("bin"),
            lot.c.code.label("lot"),
            last.c.counted_at,
            lying.missing,
        )
        .select_from(
            shelf_stock.join(product, product.c.id == lying.product_id)
            .outerjoin(storage_bin, storage_bin.c.id == lying.bin_id)
            .outerjoin(lot, lot.c.id == lying.lot_id)
            .outerjoin(last, same)
        )
        .where(lying.location_id == location_id, lying.quantity > 0)
    )
    return statement, last.c.counted_at


def classes_of(connection: Connection, at: datetime, days: int = 365) -> dict[UUID, str]:
    """Sort products into A, B and C by the value (at list price) that left in the last ``days``; the others are C."""
    rows = connection.execute(
        select(stock_move.c.product_id, func.sum(stock_move.c.quantity), product.c.grain, product.c.list_price)
        .join(product, product.c.id == stock_move.c.product_id)
        .where(stock_move.c.target == Place.CUSTOMER, stock_move.c.at >= at - timedelta(days=days))
        .group_by(stock_move.c.product_id, product.c.grain, product.c.list_price)
    )
    worth = [(Fraction(int(row[1]), row.grain) * Fraction(row.list_price), row.product_id) for row in rows]
    worth.sort(key=lambda one: (-one[0], one[1]))
    total, reached = sum((value for value, _ in worth), Fraction(0)), Fraction(0)
    found: dict[UUID, str] = {}
    for value, product_id in worth:
        found[product_id] = next(name for name, share in SHARES if reached < share * total or name == "C")
        reached += value
    return found


# a list ----------------------------------------------------------------------------------------------


def open_list(tx: Transaction, location_id: UUID, shelves: Iterable[tuple[UUID, Spot]], *, note: str = "") -> UUID:
    """Make a count list of products at spots, in walking order, and return its id.

    Raises:
        NotAllowed: nothing is to be counted.

    """
    wanted = list(dict.fromkeys(shelves))
    if not wanted:
        raise NotAllowed("There is nothing to count. Choose at least one bin or product.")
    count_id = new_id()
    number = tx.number("CNT", count_id)
    head = {"number": number, "state": str(CountState.OPEN), "location_id": location_id, "note": note}
    tx.insert(stock_count, {"id": count_id, **head, "booked_at": None})
    tx.insert(stock_count_line, *(_new_line(count_id, n, *one) for n, one in enumerate(wanted, 1)))
    tx.record("count.opened", count_id, number=number, lines=len(wanted))
    return count_id


def add_found(tx: Transaction, count_id: UUID, product_id: UUID, spot: Spot) -> UUID:
    """Add a line for goods that were found where the list does not ask for them; give the line to enter them on.

    Raises:
        NotAllowed: the list is booked or cancelled, or asks for them already.
        Invalid: the product has lots and none of its own is named.
        NotFound: the list, or the bin in its warehouse, does not exist.

    """
    head = _open_head(tx, count_id)
    known = products.get(tx.connection, product_id)
    if known.tracked and (spot.lot_id is None or lots.get(tx.connection, spot.lot_id).product_id != product_id):
        raise Invalid("lot", f"{known.sku} has lots or serial numbers. Name the one that was found.")
    rows = _LINES.all(tx.connection, count=count_id)
    if any(row.product_id == product_id and Spot(row.bin_id, row.lot_id) == spot for row in rows):
        raise NotAllowed(f"{head.number} asks for these goods there already. Enter them on that line.")
    if spot.bin_id is not None:
        placing.refuse_other_bins(tx, head.location_id, {spot.bin_id})
    line = _new_line(count_id, len(rows) + 1, product_id, spot)
    tx.insert(stock_count_line, line)
    line_id: UUID = line["id"]
    return line_id


def enter(tx: Transaction, count_id: UUID, counted: Mapping[UUID, int]) -> None:
    """Write down what was counted (grains by line); a line entered again was counted again.

    Raises:
        NotAllowed: the list is booked or cancelled.
        Invalid: a count is below zero, or a serial number is counted more than once.
        NotFound: the list or one of its lines does not exist.

    """
    head = _open_head(tx, count_id)
    rows = {row.id: row for row in _LINES.all(tx.connection, count=count_id)}
    changes = []
    for line_id, quantity in counted.items():
        row = rows.get(line_id)
        if row is None:
            raise NotFound("Count line", line_id)
        if quantity < 0:
            raise Invalid("counted", "A count cannot be below zero.")
        if row.tracking == "serial" and quantity not in {0, row.grain}:
            raise Invalid("counted", f"{row.sku}: a serial number is there once or not at all.")
        expected = _expected(tx, head.location_id, row)
        values = {"counted": quantity, "expected": expected, "recount": False}
        changes.append((line_id, values | {"counted_by": tx.by, "counted_at": tx.at}))
    tx.update_rows(stock_count_line, changes)


def ask_again(tx: Transaction, count_id: UUID, line_ids: Collection[UUID]) -> None:
    """Have lines counted once more before they are booked.

    Raises:
        NotAllowed: the list is booked or cancelled.
        NotFound: the list does not exist.

    """
    _open_head(tx, count_id)
    tx.update_rows(stock_count_line, [(line_id, {"recount": True}) for line_id in line_ids])
    tx.record("count.asked_again", count_id, lines=len(line_ids))


@dataclass(frozen=True, slots=True)
class Difference:
    """A counted line beside the books; ``value`` of the difference at list price, in the company's currency."""

    line_id: UUID
    product_id: UUID
    sku: str
    name: str
    unit: str
    bin: str
    lot: str
    expected: Fraction | None  # in the stock unit; None: not counted yet
    counted: Fraction | None
    value: Decimal
    recount: bool
    counted_by: str

    @property
    def differs(self) -> bool:
        """Whether something else was counted than the books said."""
        return self.counted != self.expected


def report(connection: Connection, count_id: UUID) -> list[Difference]:
    """Read what booking a list would change: what was counted beside what the books said then."""
    return [_difference(row) for row in _REPORT.all(connection, count=count_id)]


def to_count(connection: Connection, count_id: UUID) -> list[tuple[UUID, str, str, str, str, str]]:
    """Read a list for the counter, who does not see the books: line, bin, SKU, name, unit, lot; what is still to do."""
    rows = _REPORT.all(connection, count=count_id)
    left = [row for row in rows if row.counted is None or row.recount]
    return [(row.id, row.bin or "", row.sku, row.name, row.unit, row.lot or "") for row in left]


def book(tx: Transaction, count_id: UUID) -> int:
    """Book the differences of a list that is counted to the end; give how many lines differed.

    The books follow the shelf: promises that nothing is left for are taken back, the youngest first.

    Raises:
        NotAllowed: lines are not counted yet or to be counted again, or more is missing than lies there now.
        NotFound: the list does not exist.

    """
    head = _open_head(tx, count_id)
    rows = _LINES.all(tx.connection, count=count_id)
    left = sum(row.counted is None or row.recount for row in rows)
    if left:
        raise NotAllowed(f"{head.number}: {left} lines are still to count. Count them, or cancel the list.")
    differing = _correct(tx, head, [(row, row.counted - row.expected) for row in rows])
    for row in rows:
        shelf_ledger.note_counted(tx, head.location_id, row.product_id, Spot(row.bin_id, row.lot_id))
    tx.update(stock_count, count_id, state=str(CountState.BOOKED), booked_at=tx.at)
    tx.record("count.booked", count_id, number=head.number, lines=len(rows), differing=differing)
    return differing


def take_back(tx: Transaction, count_id: UUID) -> int:
    """Take the booking of a list back; give how many lines had differed.  The list is open again as it was counted.

    What was found goes out of the books again, from where it was found; what was missing comes back there.

    Raises:
        NotAllowed: it is not booked, a shelf of it was counted again since, or found goods do not lie there any more.
        NotFound: the list does not exist.

    """
    head = tx.lock(stock_count, count_id, "Count list")
    if CountState.OPEN not in COUNT_NEXT[CountState(head.state)]:
        raise NotAllowed(f"Count list {head.number} is {head.state}; only a booked one can be taken back.")
    rows = _LINES.all(tx.connection, count=count_id)
    since = _COUNTED_SINCE.all(tx.connection, count=count_id, place=head.location_id, at=head.booked_at)
    again = {(row.product_id, row.bin_id, row.lot_id): row.number for row in since}
    for row in rows:
        number = again.get((row.product_id, row.bin_id, row.lot_id))
        if number is not None:
            raise NotAllowed(f"{row.sku} was counted there again by {number}: correct it with a count, not by undoing.")
    differing = _correct(tx, head, [(row, row.expected - row.counted) for row in rows])
    tx.update(stock_count, count_id, state=str(CountState.OPEN), booked_at=None)
    tx.record("count.taken_back", count_id, number=head.number)
    return differing


def _correct(tx: Transaction, head: Any, differences: Sequence[tuple[Any, int]]) -> int:
    """Let the books change by so many grains at each line's spot; give how many lines change."""
    lost = {row.product_id for row, grains in differences if grains < 0}
    promises.lock_orders(tx, lost, holders=True)  # all at once and before any level, as every command does
    for row, grains in sorted(differences, key=lambda each: (each[0].product_id, each[0].position)):
        spot = Spot(row.bin_id, row.lot_id)
        if grains > 0:
            _bring(tx, head, row, spot, grains)
        elif grains < 0:
            gone = (head.location_id, row.product_id, spot, -grains)
            write_offs.take_off(tx, *gone, Place.ADJUSTMENT, reason=head.number, document_id=head.id)
    return sum(bool(grains) for _, grains in differences)


def cancel(tx: Transaction, count_id: UUID) -> None:
    """Call a list off; nothing is booked.

    Raises:
        NotAllowed: it is booked or cancelled.
        NotFound: the list does not exist.

    """
    head = _open_head(tx, count_id)
    tx.update(stock_count, count_id, state=str(CountState.CANCELLED))
    tx.record("count.cancelled", count_id, number=head.number)


def _bring(tx: Transaction, head: Any, row: Any, spot: Spot, quantity: int) -> None:
    """Book goods that were found."""
    known = products.get(tx.connection, row.product_id)
    if spot.lot_id is not None:
        lots.refuse_second_piece(tx, known, spot.lot_id, quantity)
    waiting = promises.lock_orders(tx, [row.product_id])
    stock_ledger.lock_levels(tx, head.location_id, [row.product_id])
    target = Place.BLOCKED if row.blocked else Place.FREE
    found = Move(row.product_id, Place.ADJUSTMENT, target, quantity, document_id=head.id, reason=head.number)
    stock_ledger.move(tx, head.location_id, [replace(found, spots=[(spot, quantity)])])
    promises.serve(tx, waiting)
    arrivals.serve_waiting(tx, head.location_id, [row.product_id])


def _expected(tx: Transaction, location_id: UUID, row: Any) -> int:
    """What the books say lies at a line's spot, less what pickers have taken of it for lists not finished."""
    spot = Spot(row.bin_id, row.lot_id)
    level = stock_ledger.lock_levels(tx, location_id, [row.product_id])[row.product_id]
    if spot == UNPLACED:
        there = level.free + level.promised + level.blocked - level.shelved
    else:
        there = shelf_ledger.lying_at(tx, location_id, row.product_id, spot).quantity
    in_hand = sum(one.taken for one in allocation.open_takes(tx, location_id, row.product_id, spot))
    return int(there - in_hand)


def _open_head(tx: Transaction, count_id: UUID) -> Any:
    head = tx.lock(stock_count, count_id, "Count list")
    if CountState.BOOKED not in COUNT_NEXT[CountState(head.state)]:
        raise NotAllowed(f"Count list {head.number} is {head.state}; nothing can be entered on it any more.")
    return head


def _new_line(count_id: UUID, position: int, product_id: UUID, spot: Spot) -> dict[str, Any]:
    return {
        "id": new_id(),
        "count_id": count_id,
        "product_id": product_id,
        "bin_id": spot.bin_id,
        "lot_id": spot.lot_id,
        "position": position,
        "counted": None,
        "expected": None,
        "recount": False,
        "counted_by": "",
        "counted_at": None,
    }


def _difference(row: Any) -> Difference:
    expected = Fraction(row.expected, row.grain) if row.expected is not None else None
    counted = Fraction(row.counted, row.grain) if row.counted is not None else None
    value = Decimal(0)
    if counted is not None and expected is not None:
        exact = (counted - expected) * Fraction(row.list_price)
        value = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.0001"))
    return Difference(
        row.id,
        row.product_id,
        row.sku,
        row.name,
        row.unit,
        row.bin or "",
        row.lot or "",
        expected,
        counted,
        value,
        row.recount,
        row.counted_by,
    )


def _spot(row: Any) -> Spot:
    return Spot(
        None if row.bin_id == NOWHERE else row.bin_id,
        None if row.lot_id == NOWHERE else row.lot_id,
    )


_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_NOWHERE: Final = literal(NOWHERE, Key)
_COUNT: Final = bindparam("count", type_=Key)
_LINES: Final = Prepared(
    select(stock_count_line, product.c.sku, product.c.grain, product.c.tracking, lot.c.blocked)
    .join(product, product.c.id == stock_count_line.c.product_id)
    .outerjoin(lot, lot.c.id == stock_count_line.c.lot_id)
    .where(stock_count_line.c.count_id == _COUNT)
    .order_by(stock_count_line.c.position)
)
_REPORT: Final = Prepared(
    select(
        stock_count_line,
        product.c.sku,
        product.c.name,
        product.c.unit,
        product.c.grain,
        product.c.list_price,
        storage_bin.c.code.label("bin"),
        lot.c.code.label("lot"),
    )
    .join(product, product.c.id == stock_count_line.c.product_id)
    .outerjoin(storage_bin, storage_bin.c.id == stock_count_line.c.bin_id)
    .outerjoin(lot, lot.c.id == stock_count_line.c.lot_id)
    .where(stock_count_line.c.count_id == _COUNT)
    .order_by(stock_count_line.c.position)
)
_COUNTED_SINCE: Final = Prepared(
    select(stock_count_line.c.product_id, stock_count_line.c.bin_id, stock_count_line.c.lot_id, stock_count.c.number)
    .join(stock_count, stock_count.c.id == stock_count_line.c.count_id)
    .where(
        stock_count.c.id != bindparam("count", type_=Key),
        stock_count.c.location_id == bindparam("place", type_=Key),
        stock_count.c.state == CountState.BOOKED,
        stock_count.c.booked_at >= bindparam("at", type_=Moment),
        stock_count_line.c.product_id.in_(
            select(stock_count_line.c.product_id).where(stock_count_line.c.count_id == bindparam("count", type_=Key))
        ),
    )
)
