"""Who gets the goods: promises taken back when they are missing, waiting orders served when they come in.

Orders are locked in the order of their keys and before the stock levels, as every other command does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select, text

from app.errors import Conflict
from app.models.base import Key
from app.models.order import OUTSTANDING, OrderState, sales_order, sales_order_line
from app.models.stock import Place
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.work import WorkState, work_component, work_order
from app.services import order_book, planning, stock_ledger
from app.services.order_book import BookLine, OrderBook
from app.services.statements import LONGEST_LIST, Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def lock_orders(tx: Transaction, product_ids: Iterable[UUID], *, holders: bool = False) -> list[OrderBook]:
    """Lock the open orders that wait for any of these products, with ``holders`` also those it is promised to."""
    ids = sorted(set(product_ids))
    orders: set[UUID] = set()
    for start in range(0, len(ids), LONGEST_LIST):
        part = ids[start : start + LONGEST_LIST]
        orders.update(_WAITING.values(tx.connection, ids=part))
        if holders:
            orders.update(_HOLDERS.values(tx.connection, ids=part))
    return [order_book.load(tx, order_id) for order_id in sorted(orders)]


def take_back(tx: Transaction, place: UUID, product_id: UUID, books: Sequence[OrderBook], short: int) -> None:
    """Take ``short`` grains of promises at a warehouse back; levels and ``books`` are locked.

    Orders lose first, the youngest promise before the others; then planned transfers and work that wait to take theirs.

    Raises:
        Conflict: the goods were promised to another order meanwhile.

    """
    moves = []
    for line, book in sorted(_holders(tx, place, product_id, books), key=lambda holder: holder[0].id, reverse=True):
        back = min(short, book.at(line, place).reserved)
        if back <= 0:
            break
        short -= back
        book.shift(line, place, reserved=-back)
        moves.append(Move(product_id, Place.PROMISED, Place.FREE, back, line.id, reason="short count"))
        tx.record("order.promise_lost", book.id, product_id)
    if short > 0:
        moves += _take_back_supply(tx, place, product_id, short)
    stock_ledger.move(tx, place, moves)


def _holders(
    tx: Transaction, place: UUID, product_id: UUID, books: Sequence[OrderBook]
) -> Iterator[tuple[BookLine, OrderBook]]:
    """Give the lines that the product is promised to at a warehouse; what they hold elsewhere is safe."""
    for book in books:
        book.place(tx)
        for line in book.lines:
            if line.row.product_id == product_id and book.at(line, place).reserved:
                yield line, book


def _take_back_supply(tx: Transaction, place: UUID, product_id: UUID, short: int) -> list[Move]:
    moves = []
    for statement, parts in ((_TRANSFERS, transfer_line), (_COMPONENTS, work_component)):
        for row in statement.all(tx.connection, product=product_id, place=place):
            back = min(short, row.reserved)
            if back:
                short -= back
                tx.update(parts, row.id, reserved=row.reserved - back)
                moves.append(Move(product_id, Place.PROMISED, Place.FREE, back, row.id, row.document_id, "short count"))
    if short > 0:
        raise Conflict("this stock")
    return moves


def serve(tx: Transaction, books: Sequence[OrderBook]) -> None:
    """Promise free stock to orders that wait, the one that was promised first before the others."""
    for book in sorted(books, key=_urgency):
        planning.settle(tx, book)


def _urgency(book: OrderBook) -> tuple[date, UUID]:
    return book.get("promised_on") or date.max, book.id


_LINE: Final = sales_order_line.c
_PRODUCTS: Final = _LINE.product_id.in_(bindparam("ids", type_=Key, expanding=True))
_WAITING: Final = Prepared(
    select(_LINE.order_id)
    .join(sales_order, sales_order.c.id == _LINE.order_id)
    .where(
        _PRODUCTS,
        text(OUTSTANDING),
        sales_order.c.state == OrderState.CONFIRMED,
        _LINE.ordered - _LINE.cancelled - _LINE.shipped + _LINE.returned_open > _LINE.reserved + _LINE.picked,
    )
    .distinct()
)
_HOLDERS: Final = Prepared(select(_LINE.order_id).where(_PRODUCTS, text(OUTSTANDING), _LINE.reserved > 0).distinct())
_PRODUCT: Final = bindparam("product", type_=Key)
_PLACE: Final = bindparam("place", type_=Key)
_TRANSFERS: Final = Prepared(
    select(transfer_line.c.id, transfer_line.c.reserved, transfer.c.id.label("document_id"))
    .join(transfer, transfer.c.id == transfer_line.c.transfer_id)
    .where(
        transfer.c.state == TransferState.PLANNED,
        transfer.c.from_location_id == _PLACE,
        transfer_line.c.product_id == _PRODUCT,
        transfer_line.c.reserved > 0,
    )
    .order_by(transfer_line.c.id.desc())
)
_COMPONENTS: Final = Prepared(
    select(work_component.c.id, work_component.c.reserved, work_order.c.id.label("document_id"))
    .join(work_order, work_order.c.id == work_component.c.work_order_id)
    .where(
        work_order.c.state.in_([WorkState.PLANNED, WorkState.RELEASED]),
        work_order.c.parts_location_id == _PLACE,
        work_component.c.product_id == _PRODUCT,
        work_component.c.reserved > 0,
    )
    .order_by(work_component.c.id.desc())
)
