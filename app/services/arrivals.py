"""Goods that come in, from wherever: what is pegged to them is promised first, then who waits.

Locks are taken in one order by all commands of supply: sales orders, the documents of supply, stock levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.base import Key
from app.models.order import OrderState
from app.models.sourcing import Demand, Supply
from app.models.stock import Place
from app.models.supply import Way
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.work import WorkState, work_component, work_order
from app.services import pegs, promises, stock_ledger
from app.services.order_book import BookLine, BookPeg, OrderBook
from app.services.pegs import Peg
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Arrival:
    """A move that brings goods to the free stock, and the supply that brings them."""

    move: Move
    supply_id: UUID


def lock_waiting(tx: Transaction, product_ids: Iterable[UUID]) -> list[OrderBook]:
    """Lock the orders that wait for any of these products; before the document that brings them is locked."""
    return promises.lock_orders(tx, product_ids)


def take_in(tx: Transaction, books: Sequence[OrderBook], place: UUID, arrivals: Sequence[Arrival]) -> None:
    """Book what comes in at a place and promise it: pegged demands first, then waiting orders, then the shop floor.

    ``books`` are what :func:`lock_waiting` gave for the products that come.
    """
    ids = sorted({one.move.product_id for one in arrivals})
    stock_ledger.lock_levels(tx, place, ids)
    stock_ledger.move(tx, place, [one.move for one in arrivals])
    for one in arrivals:
        _serve_pegs(tx, books, place, one)
    promises.serve(tx, books)
    serve_waiting(tx, place, ids)


def serve_others(tx: Transaction, book: OrderBook, product_ids: Iterable[UUID]) -> None:
    """Promise what an order has just given up: to the orders that wait for it, then to work and transfers that do."""
    ids = sorted(set(product_ids))
    if not ids:
        return
    promises.serve(tx, [other for other in promises.lock_orders(tx, ids) if other.id != book.id])
    places = {book.place(tx)}.union(*(line.elsewhere for line in book.lines))
    for place in sorted(places):
        serve_waiting(tx, place, ids)


def serve_waiting(tx: Transaction, place: UUID, product_ids: Sequence[UUID]) -> None:
    """Promise what is still free to released work and planned transfers that wait for it, the first due first."""
    levels = stock_ledger.lock_levels(tx, place, product_ids)
    wanted = [product_id for product_id in product_ids if levels[product_id].free]
    if not wanted:
        return
    waiting = [(_COMPONENT, row) for row in _COMPONENTS.all(tx.connection, ids=wanted, place=place)]
    waiting += [(_TRANSFER, row) for row in _TRANSFERS.all(tx.connection, ids=wanted, place=place)]
    for kind, row in waiting:
        part = min(levels[row.product_id].free, row.missing)
        if part > 0:
            levels[row.product_id].free -= part
            promise(tx, place, kind, row, part)


def promise(tx: Transaction, place: UUID, table: Any, row: Any, grains: int) -> None:
    """Promise free stock to a component or transfer line; the level is locked, ``row`` has its document's number."""
    move = Move(row.product_id, Place.FREE, Place.PROMISED, grains, row.id, row.document_id, row.number)
    stock_ledger.move(tx, place, [move])
    tx.update(table, row.id, reserved=row.reserved + grains)


def _serve_pegs(tx: Transaction, books: Sequence[OrderBook], place: UUID, arrival: Arrival) -> None:
    """Give what came in to the demands pegged to it; one that needs it no more leaves it to the others."""
    left = arrival.move.quantity
    for one in pegs.of_supply(tx.connection, arrival.supply_id):
        part = min(one.open, left)
        if part <= 0:
            continue
        left -= part
        if one.location_id == place:
            _promise_to(tx, books, place, one, part)
        pegs.serve(tx, one, part)


def _promise_to(tx: Transaction, books: Sequence[OrderBook], place: UUID, one: Peg, grains: int) -> None:
    if one.demand == Demand.ORDER_LINE:
        _promise_to_order(tx, books, place, one, grains)
        return
    statement = _ONE_COMPONENT if one.demand == Demand.COMPONENT else _ONE_TRANSFER
    row = statement.first(tx.connection, row_id=one.demand_id)
    if row is not None and (part := min(grains, row.missing)) > 0:
        promise(tx, place, _COMPONENT if one.demand == Demand.COMPONENT else _TRANSFER, row, part)


def _promise_to_order(tx: Transaction, books: Sequence[OrderBook], place: UUID, one: Peg, grains: int) -> None:
    """Promise goods to the order line they were ordered for; settling its order keeps the promise.

    What came in at another warehouse than the order's leaves from there.
    """
    for book in books:
        line = next((line for line in book.lines if line.id == one.demand_id), None)
        if line is None:
            continue
        book.arrived(line, one.id, grains)
        if book.state != OrderState.CONFIRMED or book.waits_for_deposit:
            continue
        part = min(grains, max(0, line.to_ship - line.picked - line.reserved))
        if part > 0:
            if place != book.place(tx):
                _share(tx, line, place, part)
            book.shift(line, place, reserved=part)
            move = Move(line.product_id, Place.FREE, Place.PROMISED, part, line.id, book.id, book.head.number)
            stock_ledger.move(tx, place, [move])


def _share(tx: Transaction, line: BookLine, place: UUID, grains: int) -> None:
    """Let so much of a line leave from a warehouse where it came in for it."""
    reason = "came in at another warehouse"
    way, kind = Way.STOCK, Supply.STOCK
    peg_id = pegs.make(tx, Demand.ORDER_LINE, line.id, way, kind, None, grains, location_id=place, reason=reason)
    for one in line.pegs:
        if one.id == peg_id:
            one.quantity, one.open, one.saved = one.quantity + grains, one.open + grains, one.saved + grains
            return
    line.pegs.append(BookPeg(peg_id, str(way), True, place, grains, grains, grains))


_COMPONENT: Final = work_component
_TRANSFER: Final = transfer_line
_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_PLACE: Final = bindparam("place", type_=Key)
_ROW: Final = bindparam("row_id", type_=Key)
_WC, _TL = work_component.c, transfer_line.c
_COMPONENT_MISSING: Final = _WC.needed - _WC.reserved - _WC.consumed
_LEFT: Final = _TL.wanted - _TL.cancelled - _TL.received - _TL.lost
_TRANSFER_MISSING: Final = _TL.wanted - _TL.cancelled - _TL.reserved - _TL.shipped
_COMPONENT_COLUMNS: Final = (
    _WC.id,
    _WC.product_id,
    _WC.reserved,
    work_order.c.id.label("document_id"),
    work_order.c.number,
    _COMPONENT_MISSING.label("missing"),
)
_TRANSFER_COLUMNS: Final = (
    _TL.id,
    _TL.product_id,
    _TL.reserved,
    transfer.c.id.label("document_id"),
    transfer.c.number,
    _TRANSFER_MISSING.label("missing"),
)
_SELECT_COMPONENT: Final = select(*_COMPONENT_COLUMNS).join(work_order, work_order.c.id == _WC.work_order_id)
_SELECT_TRANSFER: Final = select(*_TRANSFER_COLUMNS).join(transfer, transfer.c.id == _TL.transfer_id)
_ONE_COMPONENT: Final = Prepared(
    _SELECT_COMPONENT.where(_WC.id == _ROW, work_order.c.state.in_([WorkState.PLANNED, WorkState.RELEASED]))
)
_ONE_TRANSFER: Final = Prepared(_SELECT_TRANSFER.where(_TL.id == _ROW, transfer.c.state == TransferState.PLANNED))
_COMPONENTS: Final = Prepared(
    _SELECT_COMPONENT.where(
        _WC.product_id.in_(_IDS),
        _COMPONENT_MISSING > 0,
        work_order.c.state == WorkState.RELEASED,
        work_order.c.parts_location_id == _PLACE,
    ).order_by(work_order.c.due_on, _WC.id)
)
_TRANSFERS: Final = Prepared(
    _SELECT_TRANSFER.where(
        _TL.product_id.in_(_IDS),
        _LEFT > 0,
        _TRANSFER_MISSING > 0,
        transfer.c.state == TransferState.PLANNED,
        transfer.c.from_location_id == _PLACE,
    ).order_by(transfer.c.ships_on, _TL.id)
)
