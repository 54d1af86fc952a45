"""Packing and shipping: goods put into packages, goods leaving the house.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select

from app.errors import NotAllowed
from app.models.base import Key, new_id
from app.models.order import sales_order_line
from app.models.product import shown
from app.models.shipment import SHIPMENT_NEXT, ShipmentState, shipment, shipment_line
from app.models.stock import Place, Tracking
from app.services import (
    companies,
    credit_checks,
    dispatch_check,
    freight,
    lots,
    order_book,
    originals,
    packaging,
    picking,
    planning,
    sourcing,
    stock_ledger,
    tolerances,
    unit_words,
)
from app.services.memory import Followed
from app.services.order_book import BookLine, OrderBook
from app.services.packaging import NewPackage
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Held:
    """Grains by order line that lie packed in other shipments: all, and those packed at the same warehouse."""

    everywhere: Mapping[UUID, int]
    here: Mapping[UUID, int]


def pack(tx: Transaction, shipment_id: UUID, packages: Sequence[NewPackage] | None = None) -> list[UUID]:
    """Pack a planned shipment and return the ids of its packages (default: one with all that is picked).

    What is planned and not packed becomes a shipment of its own.

    Raises:
        NotAllowed: the shipment is not planned, its order or customer is stopped, nothing is packed, or more than is
            picked or allowed.
        NotFound: the shipment does not exist.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    _refuse_step(head, ShipmentState.PACKED)
    book = order_book.load(tx, head.order_id)
    book.refuse_held()
    credit_checks.refuse_release(tx, book)
    book.place(tx)
    held = held_elsewhere(tx, book, head)
    free = {line.id: book.at(line, head.location_id).picked - held.here.get(line.id, 0) for line in book.lines}
    if packages is None:
        packages = [NewPackage({line_id: quantity for line_id, quantity in free.items() if quantity})]
    packed = packaging.contents(packages)
    if not packed:
        raise NotAllowed(f"Nothing is picked for {book.head.number} yet. Complete its pick list, then pack.")
    for line_id, quantity in packed.items():
        line = book.line(line_id)
        tolerances.refuse_over_delivery(tx, line, quantity, held.everywhere.get(line.id, 0))
        if quantity > free[line_id]:
            raise NotAllowed(f"{line.row.sku}: more is packed than was picked. Pick it first or lower the quantity.")
    _set_planned(tx, book, head, CONTENTS.all(tx.connection, shipment=shipment_id), packed)
    stored = packaging.store(tx, shipment_id, packages, lots.pools(tx.connection, _tracked(book, packed)))
    count, weight = stored.handed_over, stored.weight_g
    tx.update(shipment, shipment_id, state=str(ShipmentState.PACKED), packages=count, weight_g=weight)
    tx.record("shipment.packed", book.id, shipment_id, number=head.number, packages=count)
    planning.settle(tx, book)
    return stored.ids


def unpack(tx: Transaction, shipment_id: UUID) -> None:
    """Open a packed shipment again; its goods stay picked, its packages and our own labels are void.

    Raises:
        NotAllowed: it is not packed, or has labels bought from a carrier, which are voided there first.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    _refuse_step(head, ShipmentState.PLANNED)
    book = order_book.load(tx, head.order_id)
    packaging.void(tx, head)
    other = _OTHER_PLANNED.values(
        tx.connection, order=book.id, shipment=shipment_id, place=head.location_id, ship_to=head.ship_to
    )
    for other_id in other:  # the rest was planned apart; it comes together again
        rows = _LINE_IDS.values(tx.connection, shipment=other_id)
        tx.update_rows(shipment_line, [(row_id, {"planned": 0}) for row_id in rows])
        tx.update(shipment, other_id, state=str(ShipmentState.CANCELLED))
    tx.update(shipment, shipment_id, state=str(ShipmentState.PLANNED), packages=0, weight_g=0)
    tx.record("shipment.unpacked", book.id, shipment_id, number=head.number)
    planning.settle(tx, book)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How a shipment leaves: carrier, service, tracking number; one tracking number per package if they differ.

    What is left empty is taken from the labels that were bought.
    """

    carrier: str = ""
    service: str = ""
    tracking_number: str = ""
    package_tracking: tuple[str, ...] = ()


def ship(
    tx: Transaction,
    shipment_id: UUID,
    dispatch: Dispatch | None = None,
    quantities: Mapping[UUID, int] | None = None,
    *,
    backorder: bool = True,
) -> str:
    """Send a shipment out and return its number.

    A packed shipment leaves as packed.  A planned one leaves with ``quantities`` (grains by order line;
    default: all that is picked or promised), without pick list or packages.  What is still missing is
    planned again, or, without ``backorder``, taken off the order with a warning on it.  What a product's tolerance
    calls too little to wait for is taken off in any case.

    Raises:
        NotAllowed: it has left, its order or customer is stopped, too little is there, or its packages are not checked.
        Invalid: a quantity is below zero, or the tracking numbers are not one per package.
        NotFound: the shipment does not exist.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    _refuse_step(head, ShipmentState.SHIPPED)
    book = order_book.load(tx, head.order_id)
    book.refuse_held()
    credit_checks.refuse_release(tx, book)
    if book.waits_for_deposit:
        raise NotAllowed(f"{book.head.number} waits for its deposit. Book the payment, then ship.")
    if head.state == ShipmentState.PACKED:
        dispatch_check.allow(tx, head)
    book.place(tx)
    held = held_elsewhere(tx, book, head)
    rows = CONTENTS.all(tx.connection, shipment=shipment_id)
    leaving = _leaving(tx, head, book, rows, held, quantities)
    if book.get("ship_policy") == "complete" and head.state == ShipmentState.PLANNED:
        _refuse_incomplete(book, head, held, leaving)
    moves = _take(book, head, held, leaving)
    stock_ledger.lock_levels(tx, head.location_id, [move.product_id for move in moves])
    stock_ledger.move(tx, head.location_id, moves)
    _set_planned(tx, book, head, rows, leaving, shipped=True)
    lots.ship(tx, shipment_id, _tracked(book, leaving))
    dispatch = _dispatch(head, dispatch or Dispatch())
    packaging.store_tracking(tx, shipment_id, dispatch.tracking_number, dispatch.package_tracking)
    _cancel_rest(tx, book, head, held, leaving, all_of_it=not backorder)
    tx.update(
        shipment,
        shipment_id,
        state=str(ShipmentState.SHIPPED),
        carrier=dispatch.carrier,
        service=dispatch.service,
        tracking_number=dispatch.tracking_number,
        shipped_at=tx.at,
        **originals.of_shipment(tx, book, leaving, dispatch.tracking_number),
    )
    facts = {"number": head.number, "carrier": dispatch.carrier, "tracking": dispatch.tracking_number}
    tx.record("shipment.shipped", book.id, shipment_id, **facts)
    sourcing.settle(tx, book)
    freight.charge(tx, shipment_id, book.id)
    number: str = head.number
    return number


def deliver(tx: Transaction, shipment_id: UUID, at: datetime | None = None) -> None:
    """Note that a shipment has arrived, now or at a time the carrier says (UTC).

    Raises:
        NotAllowed: it has not left yet, or had arrived before.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    _refuse_step(head, ShipmentState.DELIVERED)
    tx.update(shipment, shipment_id, state=str(ShipmentState.DELIVERED), delivered_at=at or tx.at)
    tx.record("shipment.delivered", head.order_id, shipment_id, number=head.number)
    if _IN_TRANSIT.first(tx.connection, shipment=shipment_id):
        _arrive(tx, head)


def _arrive(tx: Transaction, head: Any) -> None:
    """Let what has arrived be invoiced."""
    book = order_book.load(tx, head.order_id)
    for row in CONTENTS.all(tx.connection, shipment=head.id):
        line = book.line(row.order_line_id)
        line.in_transit -= min(line.in_transit, row.shipped)
    planning.settle(tx, book)


def planned_shipment(tx: Transaction, order_id: UUID) -> UUID:
    """Find the planned shipment of an order.

    Raises:
        NotAllowed: nothing is left to ship.

    """
    found: UUID | None = _PLANNED.value(tx.connection, order=order_id)
    if found is None:
        raise NotAllowed("Nothing is left to ship on this order.")
    return found


def _leaving(
    tx: Transaction,
    head: Any,
    book: OrderBook,
    rows: Sequence[Any],
    held: Held,
    quantities: Mapping[UUID, int] | None,
) -> dict[UUID, int]:
    if head.state == ShipmentState.PACKED:
        return {row.order_line_id: row.planned for row in rows if row.planned}
    there = {}
    for line in book.lines:
        part = book.at(line, head.location_id)
        if line.goods and (line.row.ship_to or head.ship_to) == head.ship_to:
            there[line.id] = part.reserved + part.picked - held.here.get(line.id, 0)
    wanted = there if quantities is None else dict(quantities)
    wanted = {line_id: quantity for line_id, quantity in wanted.items() if quantity}
    if not wanted:
        raise NotAllowed(f"Nothing of {book.head.number} is in stock to ship. Receive the goods first.")
    for line_id, quantity in wanted.items():
        line = book.line(line_id)
        tolerances.refuse_over_delivery(tx, line, quantity, held.everywhere.get(line.id, 0))
        if quantity > there.get(line_id, 0):
            _reserve_more(tx, book, head, line, quantity - there.get(line_id, 0))
    return wanted


def _refuse_incomplete(book: OrderBook, head: Any, held: Held, leaving: Mapping[UUID, int]) -> None:
    """An order that ships complete leaves whole or not at all."""
    for line in book.lines:
        if line.goods and leaving.get(line.id, 0) < _rest(line, book, head, held):
            raise NotAllowed(
                f"{book.head.number} is to be shipped complete and {line.row.sku} is not all there. "
                "Wait for it, or let the order ship as goods are available."
            )


def _rest(line: BookLine, book: OrderBook, head: Any, held: Held) -> int:
    """What of a line was still to leave with a shipment: not packed, not from elsewhere, not to another address."""
    if (line.row.ship_to or head.ship_to) != head.ship_to:
        return 0
    packed = held.here.get(line.id, 0)
    if head.location_id != book.own_place:
        return max(0, line.shares.get(head.location_id, 0) - packed)
    others = sum(share for place, share in line.shares.items() if place != head.location_id)
    return max(0, line.to_ship - packed - line.dropping - others)


def held_elsewhere(tx: Transaction, book: OrderBook, head: Any) -> Held:
    """Read what lies packed in other shipments of the order: it leaves with those."""
    everywhere, here = dict[UUID, int](), dict[UUID, int]()
    for row in _PACKED_ELSEWHERE.all(tx.connection, order=book.id, shipment=head.id):
        everywhere[row.order_line_id] = everywhere.get(row.order_line_id, 0) + int(row.planned)
        if row.location_id == head.location_id:
            here[row.order_line_id] = int(row.planned)
    return Held(everywhere, here)


def _reserve_more(tx: Transaction, book: OrderBook, head: Any, line: BookLine, missing: int) -> None:
    """Take what a shipment needs beyond the promise from free stock: over-delivery within the tolerance."""
    level = stock_ledger.lock_levels(tx, head.location_id, [line.product_id])[line.product_id]
    if missing > level.free:
        if not companies.get(tx.connection).unbooked_shipping or line.row.tracking in _WITH_LOTS:
            part = book.at(line, head.location_id)
            there = line.in_unit(part.picked + part.reserved)
            unit = unit_words.of(line.row.unit, there)
            raise NotAllowed(
                f"{line.row.sku}: only {shown(there)} {unit} are in stock for {book.head.number}. "
                "Ship what is there; the rest stays on backorder."
            )
        _find(tx, head, line, missing - level.free)
    book.shift(line, head.location_id, reserved=missing)
    move = Move(line.product_id, Place.FREE, Place.PROMISED, missing, line.id, book.id, book.head.number)
    stock_ledger.move(tx, head.location_id, [move])


def _find(tx: Transaction, head: Any, line: BookLine, grains: int) -> None:
    """Book what leaves although the books do not know of it as found, as a count would have."""
    reason = f"shipped with {head.number}, not in the books"
    found = Move(line.product_id, Place.ADJUSTMENT, Place.FREE, grains, document_id=head.id, reason=reason)
    stock_ledger.move(tx, head.location_id, [found])
    facts = {"sku": line.row.sku, "quantity": shown(line.in_unit(grains)), "unit": line.row.unit}
    tx.record("stock.found_by_shipping", line.product_id, head.id, shipment=head.number, **facts)


def _take(book: OrderBook, head: Any, held: Held, leaving: Mapping[UUID, int]) -> list[Move]:
    moves = []
    for line_id, quantity in leaving.items():
        line = book.line(line_id)
        picked = min(book.at(line, head.location_id).picked - held.here.get(line_id, 0), quantity)
        promised = quantity - picked
        book.shift(line, head.location_id, reserved=-promised, picked=-picked)
        book.leave(line, head.location_id, quantity)
        line.shipped += quantity
        if book.billed_on_arrival(line):
            line.in_transit += quantity
        for source, part in ((Place.PICKED, picked), (Place.PROMISED, promised)):
            moves.append(Move(line.product_id, source, Place.CUSTOMER, part, line_id, head.id, head.number))
    return [move for move in moves if move.quantity]


def _tracked(book: OrderBook, quantities: Mapping[UUID, int]) -> list[UUID]:
    """Find the lines among ``quantities`` whose pieces have lots or serial numbers."""
    return [line.id for line in book.lines if quantities.get(line.id) and line.row.tracking in _WITH_LOTS]


def _cancel_rest(
    tx: Transaction, book: OrderBook, head: Any, held: Held, leaving: Mapping[UUID, int], *, all_of_it: bool
) -> None:
    """Take off the order what did not leave, all of it or what is too little to wait for; picked goods go back."""
    rest = {line.id: n for line in book.lines if (n := _rest(line, book, head, held))}
    short = [line for line in book.lines if line.id in rest]
    if not all_of_it:
        short = [line for line in short if line.id in leaving and tolerances.is_enough(line, rest[line.id])]
    if not short:
        return
    back = []
    for line in short:
        line.cancelled += rest[line.id]
        book.end_share(tx, line, head.location_id)
        back.append((line, book.at(line, head.location_id).picked - held.here.get(line.id, 0)))
    picking.put_back_at(tx, book, head.location_id, [part for part in back if part[1]], head.id)
    if all_of_it:
        skus = ", ".join(line.row.sku for line in short)
        book.changes["warning"] = f"Shipped short, the rest was cancelled: {skus}."


def _set_planned(
    tx: Transaction,
    book: OrderBook,
    head: Any,
    rows: Sequence[Any],
    quantities: Mapping[UUID, int],
    *,
    shipped: bool = False,
) -> None:
    """Make the shipment's lines, which are stored as ``rows``, hold exactly ``quantities``."""
    changed = []
    for row in rows:
        quantity = quantities.get(row.order_line_id, 0)
        if row.planned != quantity or shipped:
            changed.append((row.id, {"planned": quantity, "shipped": quantity if shipped else 0}))
    tx.update_rows(shipment_line, changed)
    known = {row.order_line_id for row in rows}
    missing = [line for line in book.lines if quantities.get(line.id) and line.id not in known]
    tx.insert(
        shipment_line,
        *(
            {
                "id": new_id(),
                "shipment_id": head.id,
                "order_line_id": line.id,
                "product_id": line.product_id,
                "position": line.row.position,
                "planned": quantities[line.id],
                "shipped": quantities[line.id] if shipped else 0,
            }
            for line in missing
        ),
    )


def _dispatch(head: Any, typed: Dispatch) -> Dispatch:
    """Complete what was typed by what the labels say, unless another carrier was typed."""
    if typed.carrier not in {"", head.carrier}:
        return typed
    number = typed.tracking_number or (typed.package_tracking[0] if typed.package_tracking else head.tracking_number)
    return replace(typed, carrier=head.carrier, service=typed.service or head.service, tracking_number=number)


def _refuse_step(head: Any, wanted: ShipmentState) -> None:
    if wanted not in SHIPMENT_NEXT[ShipmentState(head.state)]:
        raise NotAllowed(f"Shipment {head.number} is {head.state}; it cannot become {wanted}.")


_WITH_LOTS: Final = frozenset({Tracking.LOT, Tracking.SERIAL})
CONTENTS: Final = Followed(
    select(shipment_line)
    .where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key))
    .order_by(shipment_line.c.position),
    shipment_line,
    "shipment_id",
    fixed=["position"],
)
_LINE_IDS: Final = Prepared(
    select(shipment_line.c.id).where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key))
)
_IN_TRANSIT: Final = Prepared(
    select(shipment_line.c.id)
    .join(sales_order_line, sales_order_line.c.id == shipment_line.c.order_line_id)
    .where(shipment_line.c.shipment_id == bindparam("shipment", type_=Key), sales_order_line.c.in_transit > 0)
    .limit(1)
)
_PLANNED: Final = Prepared(
    select(shipment.c.id).where(
        shipment.c.order_id == bindparam("order", type_=Key), shipment.c.state == ShipmentState.PLANNED
    )
)
_OTHER_PLANNED: Final = Prepared(
    select(shipment.c.id).where(
        shipment.c.order_id == bindparam("order", type_=Key),
        shipment.c.state == ShipmentState.PLANNED,
        shipment.c.id != bindparam("shipment", type_=Key),
        shipment.c.location_id == bindparam("place", type_=Key),
        shipment.c.ship_to == bindparam("ship_to"),
    )
)
_PACKED_ELSEWHERE: Final = Prepared(
    select(shipment_line.c.order_line_id, shipment.c.location_id, func.sum(shipment_line.c.planned).label("planned"))
    .join(shipment, shipment.c.id == shipment_line.c.shipment_id)
    .where(
        shipment.c.order_id == bindparam("order", type_=Key),
        shipment.c.state == ShipmentState.PACKED,
        shipment.c.id != bindparam("shipment", type_=Key),
    )
    .group_by(shipment_line.c.order_line_id, shipment.c.location_id)
)
