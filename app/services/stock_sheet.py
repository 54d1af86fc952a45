"""All there is to know of one product's stock: where it lies, what will come and go and why, what moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, func, literal, select, text

from app.models.order import OUTSTANDING, OrderState, sales_order, sales_order_line
from app.models.purchase import OPEN as OPEN_PURCHASE
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.stock import location, stock_level, storage_bin
from app.models.transfer import OPEN as OPEN_TRANSFER
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.work import OPEN as OPEN_WORK
from app.models.work import OPEN_COMPONENT, WorkState, work_component, work_order
from app.services import calendars, products, shelves, stock, stock_ledger
from app.services.lists.stocking import PlaceFigures, StockRow, with_outlook
from app.services.products import Product
from app.services.shelves import Shelf
from app.services.source_documents import SourceDocuments
from app.services.stock import MoveRow
from app.services.stock_outlook import SENT_BY_OTHERS, WAITS


@dataclass(frozen=True, slots=True)
class Lies:
    """Grains of the product at one place: in a bin or none, of a lot or none; ``unplaced`` where no bin is known.

    With ``packing`` they are picked and lie with the packers.
    """

    location_id: UUID
    warehouse: str
    bin_id: UUID | None
    bin: str
    lot_id: UUID | None
    lot: str
    expires_on: date | None
    blocked: bool
    quantity: int
    allocated: int
    unplaced: bool = False
    packing: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """Grains that will come (or leave, below zero) on a day; ``kind`` is what of, ``document_id`` which one.

    ``balance`` is what is free afterwards over all warehouses.  ``planned_on`` is what the document says where that
    is over.
    """

    on: date
    kind: str  # purchase | work order | transfer | order | component
    document_id: UUID
    number: str
    who: str
    warehouse: str
    grains: int
    planned_on: date | None = None
    balance: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """A stock move with the document it came from: ``kind`` is a record the window can open, or empty."""

    move: MoveRow
    warehouse: str
    kind: str = ""
    document_id: UUID | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class StockSheet:
    """One product's stock; ``figures`` are over all warehouses, ``bins`` the warehouses that have any."""

    product: Product
    row: StockRow
    figures: PlaceFigures
    lies: tuple[Lies, ...]
    due: tuple[Due, ...]
    moved: tuple[Moved, ...]
    bins: frozenset[UUID]


def read(connection: Connection, product_id: UUID, at: datetime, *, moves: int = 200) -> StockSheet:
    """Read a product's stock with its latest ``moves``; ``at`` is now, UTC.

    Raises:
        NotFound: the product does not exist.

    """
    known = products.get(connection, product_id)
    short = stock.figures(connection, product_id).backordered
    row = StockRow(known.id, known.sku, known.name, known.unit, known.grain, known.bin, known.tracking, short, None)
    [row] = with_outlook([row], connection, at)
    figures = row.figures()
    lies = where(connection, product_id)
    row = replace(row, expires_on=min((one.expires_on for one in lies if one.expires_on), default=None))
    return StockSheet(
        known,
        row,
        figures,
        tuple(lies),
        tuple(due(connection, product_id, at.date(), figures.free)),
        tuple(moved(connection, product_id, moves)),
        frozenset(
            connection.execute(select(storage_bin.c.location_id).where(storage_bin.c.active).distinct()).scalars()
        ),
    )


def where(connection: Connection, product_id: UUID) -> list[Lies]:
    """Read where a product lies: on shelves, unplaced, and with the packers."""
    found = [_on_shelf(one) for one in shelves.of_product(connection, product_id)]
    level = stock_level.c
    rows = connection.execute(
        select(stock_level, location.c.code)
        .join(location, location.c.id == level.location_id)
        .where(level.product_id == product_id)
        .order_by(location.c.rank)
    )
    for row in rows:
        there = (row.location_id, row.code, None, "", None, "", None)
        unplaced = row.free + row.promised + row.blocked - row.shelved
        if unplaced > 0:
            held = bool(row.blocked and not row.free and not row.promised)
            found.append(Lies(*there, held, unplaced, min(unplaced, row.asked), unplaced=True))
        if row.picked > 0:
            found.append(Lies(*there, blocked=False, quantity=row.picked, allocated=row.picked, packing=True))
    return found


def _on_shelf(one: Shelf) -> Lies:
    return Lies(
        one.location_id,
        one.warehouse,
        one.bin_id,
        one.bin,
        one.lot_id,
        one.lot,
        one.expires_on,
        one.blocked,
        one.quantity,
        one.allocated,
    )


# what will come and go ---------------------------------------------------------------------------------


def due(connection: Connection, product_id: UUID, today: date, free: int) -> list[Due]:
    """Read what will come and leave, by day, with what is free afterwards; the same as the outlook says by kind.

    What is overdue to come in is expected on the next working day; what nobody gave a day for is left out.
    """
    calendar = calendars.ours(connection)
    main = stock_ledger.main_location(connection)
    codes = {row.id: row.code for row in connection.execute(select(location.c.id, location.c.code))}
    found = list[Due]()
    for kind, sign, statement in (*_coming(product_id), *_going(product_id)):
        for row in connection.execute(statement):
            grains = int(row.grains)
            if grains <= 0 or (sign > 0 and row.on is None):
                continue
            on, planned = row.on or today, None
            if on < today:
                planned, on = on, calendar.add(today, 1) if sign > 0 else today
            place = codes.get(row.place or main, "")
            found.append(Due(on, kind, row.id, row.number, row.who, place, sign * grains, planned))
    found.sort(key=lambda one: (one.on, one.grains < 0, one.number))  # what comes in the morning may leave that day
    balance, told = free, []
    for one in found:
        balance += one.grains
        told.append(replace(one, balance=balance))
    return told


def _coming(product_id: UUID) -> Iterable[tuple[str, int, Select[Any]]]:
    """Write a statement for each kind of document that brings goods: its kind, and the sign of its grains."""
    bought, made, sent, nobody = purchase_line.c, work_order.c, transfer_line.c, literal("")
    yield (
        "purchase",
        1,
        _select(
            (purchase_order.c.id, purchase_order.c.number, purchase_order.c.supplier_name),
            func.coalesce(bought.expected_on, bought.requested_on, type_=bought.expected_on.type),
            (purchase_order.c.location_id, bought.ordered - bought.cancelled - bought.received),
        )
        .join(purchase_order, purchase_order.c.id == bought.purchase_id)
        .where(
            bought.product_id == product_id,
            text(OPEN_PURCHASE),
            purchase_order.c.state.in_([PurchaseState.DRAFT, PurchaseState.SENT, PurchaseState.CONFIRMED]),
            purchase_order.c.order_id.is_(None),
            bought.work_order_id.is_(None),
        ),
    )
    yield (
        "work order",
        1,
        _select(
            (made.id, made.number, nobody),
            made.due_on,
            (made.location_id, made.ordered - made.cancelled - made.made - made.scrapped),
        ).where(made.product_id == product_id, text(OPEN_WORK), made.state.in_(_WORKING)),
    )
    under_way = sent.wanted - sent.cancelled - sent.received - sent.lost
    yield (
        "transfer",
        1,
        _select(
            (transfer.c.id, transfer.c.number, nobody), transfer.c.expected_on, (transfer.c.to_location_id, under_way)
        )
        .join(transfer, transfer.c.id == sent.transfer_id)
        .where(
            sent.product_id == product_id,
            text(OPEN_TRANSFER),
            transfer.c.state.in_([TransferState.PLANNED, TransferState.SHIPPED]),
        ),
    )


def _going(product_id: UUID) -> Iterable[tuple[str, int, Select[Any]]]:
    """Write a statement for each kind of document that takes goods."""
    made, sent, sold, used = work_order.c, transfer_line.c, sales_order_line.c, work_component.c
    nobody = literal("")
    yield (
        "transfer",
        -1,
        _select(
            (transfer.c.id, transfer.c.number, nobody),
            transfer.c.ships_on,
            (transfer.c.from_location_id, sent.wanted - sent.cancelled - sent.shipped - sent.reserved),
        )
        .join(transfer, transfer.c.id == sent.transfer_id)
        .where(sent.product_id == product_id, text(OPEN_TRANSFER), transfer.c.state == TransferState.PLANNED),
    )
    wanted_on = (sold.ready_on, sold.requested_on, sales_order.c.promised_on, sales_order.c.requested_on)
    yield (
        "order",
        -1,
        _select(
            (sales_order.c.id, sales_order.c.number, sales_order.c.customer_name),
            func.coalesce(*wanted_on, type_=sold.ready_on.type),
            (sales_order.c.location_id, WAITS - func.coalesce(SENT_BY_OTHERS, 0)),
        )
        .join(sales_order, sales_order.c.id == sold.order_id)
        .where(sold.product_id == product_id, text(OUTSTANDING), sales_order.c.state == OrderState.CONFIRMED),
    )
    starts_on = func.coalesce(made.starts_on, made.due_on, type_=made.due_on.type)
    yield (
        "component",
        -1,
        _select(
            (made.id, made.number, made.name),
            starts_on,
            (
                func.coalesce(made.parts_location_id, made.location_id, type_=made.location_id.type),
                used.needed - used.reserved - used.consumed,
            ),
        )
        .join(work_order, made.id == used.work_order_id)
        .where(used.product_id == product_id, text(OPEN_COMPONENT), made.state.in_(_WORKING)),
    )


def _select(document: Sequence[Any], on: Any, goods: Sequence[Any]) -> Select[Any]:
    document_id, number, who = document
    place, grains = goods
    return select(
        document_id.label("id"),
        number.label("number"),
        who.label("who"),
        on.label("on"),
        place.label("place"),
        grains.label("grains"),
    )


_WORKING: Final = [WorkState.PLANNED, WorkState.RELEASED]


# what moved ----------------------------------------------------------------------------------------------


def moved(connection: Connection, product_id: UUID, limit: int = 200) -> list[Moved]:
    """Read a product's latest moves, newest first, each with the document it came from."""
    found = stock.movements(connection, product_id, limit)
    codes = {row.id: row.code for row in connection.execute(select(location.c.id, location.c.code))}
    papers = SourceDocuments(connection, ((one.document_id, one.line_id) for one in found))
    told = []
    for one in found:
        paper = papers.of(one.document_id, one.line_id)
        name = (paper.kind, paper.id, paper.number) if paper is not None else ()
        told.append(Moved(one, codes.get(one.location_id, ""), *name))
    return told
