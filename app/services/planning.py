"""What follows from an order as it stands: reservations, the planned shipment, pick lists, draft invoices.

:func:`settle` recomputes what should exist and changes only what differs, so it may be called after
any change of an order, any number of times.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.base import Key, new_id
from app.models.invoice import InvoiceState, invoice, invoice_line
from app.models.order import OrderState
from app.models.shipment import PickState, ShipmentState, pick, pick_line, shipment, shipment_line
from app.models.stock import Place
from app.services import companies, invoice_drafts, stock_ledger
from app.services.order_book import BookLine, OrderBook
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def settle(tx: Transaction, book: OrderBook) -> None:
    """Make everything that depends on the order agree with it, then save the book."""
    _read_money(tx, book)
    if book.state != OrderState.DRAFT:
        plan_reservations(tx, book)
        plan_deliveries(tx, book)
        invoice_drafts.plan(tx, book)
    book.save(tx)


def derive_anew(tx: Transaction, book: OrderBook) -> None:
    """Compute the order's sums and states again from what is stored, and plan nothing."""
    _read_money(tx, book)
    book.packed = any(row.state == ShipmentState.PACKED for row in _SHIPMENTS.all(tx.connection, order=book.id))
    book.save(tx)


def plan_reservations(tx: Transaction, book: OrderBook) -> None:
    """Promise free stock to what is still to ship; give back what is promised beyond it."""
    blocked = book.waits_for_deposit
    wants = {}
    for line in book.lines:
        if not line.goods:
            continue
        need = 0 if blocked else line.outstanding - line.picked
        change = max(0, need) - line.reserved
        if change:
            wants[line.id] = change
    if not wants:
        return
    lines = [line for line in book.lines if line.id in wants]
    place = stock_ledger.main_location(tx.connection)
    levels = stock_ledger.lock_levels(tx, place, [line.product_id for line in lines])
    moves = []
    for line in lines:
        change, level = wants[line.id], levels[line.product_id]
        taken = min(change, level.free)
        level.free -= taken
        line.reserved += taken
        source, target = (Place.FREE, Place.PROMISED) if taken > 0 else (Place.PROMISED, Place.FREE)
        moves.append(Move(line.product_id, source, target, abs(taken), line.id, book.id, book.head.number))
    stock_ledger.move(tx, place, moves)


def plan_deliveries(tx: Transaction, book: OrderBook) -> None:
    """Keep one planned shipment with what is still to ship, and one open pick list with what can be picked."""
    company = companies.get(tx.connection)
    shipments = _SHIPMENTS.all(tx.connection, order=book.id)
    packed: dict[UUID, int] = {}
    planned_id: UUID | None = None
    planned: dict[UUID, Any] = {}
    for row in shipments:
        if row.state == ShipmentState.PLANNED:
            if planned_id is None and row.ship_to != book.get("shipping_address"):
                tx.update(shipment, row.id, ship_to=book.get("shipping_address"))
            planned_id = row.id
            if row.line_id:
                planned[row.order_line_id] = row
        else:
            packed[row.order_line_id] = packed.get(row.order_line_id, 0) + row.planned
    book.packed = bool(packed)
    blocked = book.waits_for_deposit
    want = {
        line.id: 0 if blocked else max(0, line.outstanding - packed.get(line.id, 0))
        for line in book.lines
        if line.goods
    }
    planned_id = _plan_shipment(tx, book, planned_id, planned, want)
    _plan_pick(tx, book, planned_id if company.delivery_steps > 1 else None)


def _plan_shipment(
    tx: Transaction, book: OrderBook, planned_id: UUID | None, planned: dict[UUID, Any], want: dict[UUID, int]
) -> UUID | None:
    if not any(want.values()):
        if planned_id:
            tx.update_rows(shipment_line, [(row.line_id, {"planned": 0}) for row in planned.values() if row.planned])
            tx.update(shipment, planned_id, state=str(ShipmentState.CANCELLED))
        return None
    new = []
    if planned_id is None:
        planned_id = _new_shipment(tx, book)
    for line in book.lines:
        quantity = want.get(line.id, 0)
        if line.id in planned:
            if planned[line.id].planned != quantity:
                tx.update(shipment_line, planned[line.id].line_id, planned=quantity)
        elif quantity:
            new.append(_shipment_line(planned_id, line, quantity))
    tx.insert(shipment_line, *new)
    return planned_id


def _shipment_line(shipment_id: UUID, line: BookLine, planned: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "shipment_id": shipment_id,
        "order_line_id": line.id,
        "product_id": line.product_id,
        "position": line.row.position,
        "planned": planned,
        "shipped": 0,
    }


def _new_shipment(tx: Transaction, book: OrderBook) -> UUID:
    shipment_id = new_id()
    head = book.head
    tx.insert(
        shipment,
        {
            "id": shipment_id,
            "number": tx.number("SH", shipment_id),
            "state": str(ShipmentState.PLANNED),
            "order_id": book.id,
            "order_number": head.number,
            "customer_id": book.get("customer_id"),
            "customer_name": book.get("customer_name"),
            "location_id": stock_ledger.main_location(tx.connection),
            "ship_to": book.get("shipping_address"),
            "carrier": "",
            "service": "",
            "tracking_number": "",
            "packages": 0,
            "weight_g": 0,
            "shipped_at": None,
            "delivered_at": None,
        },
    )
    return shipment_id


def _plan_pick(tx: Transaction, book: OrderBook, shipment_id: UUID | None) -> None:
    """Make the open pick list ask for exactly what is promised and still on the shelf."""
    rows = _OPEN_PICK.all(tx.connection, order=book.id)
    pick_id: UUID | None = rows[0].id if rows else None
    stored = {row.order_line_id: row for row in rows if row.line_id}
    want = {line.id: line.reserved for line in book.lines if line.goods and line.reserved}
    if not want or shipment_id is None:
        if pick_id:
            tx.update_rows(pick_line, [(row.line_id, {"wanted": 0}) for row in stored.values() if row.wanted])
            tx.update(pick, pick_id, state=str(PickState.CANCELLED), lines=0)
        return
    if pick_id is None:
        pick_id = _new_pick(tx, book, shipment_id, len(want))
    elif rows[0].lines != len(want) or rows[0].shipment_id != shipment_id:
        tx.update(pick, pick_id, lines=len(want), shipment_id=shipment_id)
    new = []
    for line in book.lines:
        wanted = want.get(line.id, 0)
        if line.id in stored:
            if stored[line.id].wanted != wanted:
                tx.update(pick_line, stored[line.id].line_id, wanted=wanted)
        elif wanted:
            new.append(_pick_line(pick_id, line, wanted))
    tx.insert(pick_line, *new)


def _pick_line(pick_id: UUID, line: BookLine, wanted: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "pick_id": pick_id,
        "order_line_id": line.id,
        "product_id": line.product_id,
        "position": line.row.position,
        "bin": line.bin,
        "wanted": wanted,
        "picked": 0,
    }


def _new_pick(tx: Transaction, book: OrderBook, shipment_id: UUID, lines: int) -> UUID:
    pick_id = new_id()
    tx.insert(
        pick,
        {
            "id": pick_id,
            "number": tx.number("PL", pick_id),
            "state": str(PickState.OPEN),
            "order_id": book.id,
            "shipment_id": shipment_id,
            "order_number": book.head.number,
            "customer_name": book.get("customer_name"),
            "location_id": stock_ledger.main_location(tx.connection),
            "lines": lines,
            "picked_at": None,
            "picked_by": "",
        },
    )
    return pick_id


def _read_money(tx: Transaction, book: OrderBook) -> None:
    """Read what the order's invoices say, so that its billing state can be computed."""
    invoiced = paid = Decimal(0)
    book.open_amount = False
    for row in _INVOICES.all(tx.connection, order=book.id):
        if row.state == InvoiceState.DRAFT:
            continue
        invoiced += row.total
        paid += row.total - row.open_amount
        book.open_amount = book.open_amount or row.open_amount != 0
    book.changes.update(invoiced_total=invoiced, paid_total=paid)


_SHIPMENTS: Final = Prepared(
    select(
        shipment.c.id,
        shipment.c.state,
        shipment.c.ship_to,
        shipment_line.c.id.label("line_id"),
        shipment_line.c.order_line_id,
        shipment_line.c.planned,
    )
    .select_from(shipment.outerjoin(shipment_line, shipment_line.c.shipment_id == shipment.c.id))
    .where(
        shipment.c.order_id == bindparam("order", type_=Key),
        shipment.c.state.in_([ShipmentState.PLANNED, ShipmentState.PACKED]),
    )
)
_OPEN_PICK: Final = Prepared(
    select(
        pick.c.id,
        pick.c.lines,
        pick.c.shipment_id,
        pick_line.c.id.label("line_id"),
        pick_line.c.order_line_id,
        pick_line.c.wanted,
    )
    .select_from(pick.outerjoin(pick_line, pick_line.c.pick_id == pick.c.id))
    .where(pick.c.order_id == bindparam("order", type_=Key), pick.c.state == PickState.OPEN)
)
_INVOICES: Final = Prepared(
    select(invoice.c.state, invoice.c.total, invoice.c.open_amount).where(
        invoice.c.order_id == bindparam("order", type_=Key), invoice.c.state != InvoiceState.CANCELLED
    )
)


def is_on_paper(tx: Transaction, line_id: UUID) -> bool:
    """Tell whether a finished pick list or a posted invoice holds an order line, even if it was undone since."""
    return bool(_WAS_PICKED.first(tx.connection, line=line_id) or _WAS_INVOICED.first(tx.connection, line=line_id))


def drop_lines(tx: Transaction, line_ids: set[UUID]) -> None:
    """Remove the empty entries of removed order lines from shipments, pick lists and invoice drafts called off."""
    for parts in (shipment_line, pick_line):
        rows = tx.execute(select(parts.c.id).where(parts.c.order_line_id.in_(line_ids))).scalars().all()
        tx.delete(parts, rows)
    drafted = (
        select(invoice_line.c.id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(invoice_line.c.order_line_id.in_(line_ids), invoice.c.state == InvoiceState.CANCELLED)
    )
    tx.delete(invoice_line, tx.execute(drafted).scalars().all())


_WAS_PICKED: Final = Prepared(
    select(pick_line.c.id)
    .join(pick, pick.c.id == pick_line.c.pick_id)
    .where(
        pick_line.c.order_line_id == bindparam("line", type_=Key),
        pick_line.c.wanted > 0,
        pick.c.state == PickState.DONE,
    )
)
_WAS_INVOICED: Final = Prepared(
    select(invoice_line.c.id)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(invoice_line.c.order_line_id == bindparam("line", type_=Key), invoice.c.number.is_not(None))
)
