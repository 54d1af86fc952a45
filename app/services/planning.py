"""What follows from an order as it stands: reservations, the planned shipment, pick lists, draft invoices.

:func:`settle` recomputes what should exist and changes only what differs, so it may be called after
any change of an order, any number of times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, literal, select, union_all

from app.models.base import Key, new_id
from app.models.invoice import InvoiceState, invoice, invoice_line
from app.models.order import OrderState
from app.models.reservation import reservation
from app.models.returns import goods_return_line
from app.models.shipment import PickState, ShipmentState, pick, pick_line, pick_take, shipment, shipment_line
from app.models.stock import Place
from app.services import (
    allocation,
    companies,
    deposit_parts,
    invoice_drafts,
    order_money,
    ready_days,
    stock_ledger,
)
from app.services.order_book import BookLine, OrderBook
from app.services.statements import Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction


def settle(tx: Transaction, book: OrderBook) -> None:
    """Make everything that depends on the order agree with it, then save the book."""
    order_money.read(tx, book)
    book.follow_kits()
    if book.state != OrderState.DRAFT:
        plan_reservations(tx, book)
        plan_deliveries(tx, book)
        invoice_drafts.plan(tx, book)
        ready_days.settle(tx, book)
    book.save(tx)


def settle_money(tx: Transaction, book: OrderBook) -> None:
    """Follow what was invoiced and paid of an order that goes on, or goes on waiting for a deposit; save the book.

    What is promised and planned does not depend on it, so that neither is read.
    """
    order_money.read(tx, book)
    book.packed = is_packed(tx, book)
    if book.state != OrderState.DRAFT:
        invoice_drafts.plan(tx, book)
    book.save(tx)


def is_packed(tx: Transaction, book: OrderBook) -> bool:
    """Say whether a packed shipment waits to be sent."""
    return any(row.state == ShipmentState.PACKED for row in _SHIPMENTS.all(tx.connection, order=book.id))


def derive_anew(tx: Transaction, book: OrderBook) -> None:
    """Compute the order's sums and states again from what is stored, and plan nothing."""
    order_money.read(tx, book)
    deposit_parts.follow(tx.connection, book)
    book.packed = is_packed(tx, book)
    book.save(tx)


def plan_reservations(tx: Transaction, book: OrderBook) -> None:
    """Promise free stock to what is still to ship; give back what is promised beyond it."""
    changes: dict[UUID, list[tuple[BookLine, int]]] = {}
    for line in book.lines:
        if line.goods:
            for place, change in _reservations(tx, book, line):
                changes.setdefault(place, []).append((line, change))
    for place in sorted(changes):  # always in this order, so that two clerks never wait for each other
        _reserve_at(tx, book, place, changes[place])


def _reservations(tx: Transaction, book: OrderBook, line: BookLine) -> Iterator[tuple[UUID, int]]:
    """Say by how much a line's promise at each warehouse differs from what it should be, where it does."""
    if book.waits_for_deposit:
        need = 0
    elif line.to_order:
        served = sum(one.quantity - one.open for one in line.pegs if not one.stock)
        need = min(line.to_ship, served + line.returned_open - line.shipped) - line.picked
    else:
        need = line.to_ship - line.picked - line.coming
    if line.row.reserve_limit is not None:
        need = min(need, line.row.reserve_limit + line.returned_open - line.shipped - line.picked)
    need = max(0, need)
    if line.elsewhere or line.pegs:
        for place in sorted(line.elsewhere.keys() | line.shares.keys()):
            part = book.at(line, place)
            here = min(need, max(0, line.shares.get(place, 0) - part.picked))
            need -= here
            if here != part.reserved:
                yield place, here - part.reserved
        own = book.at(line, book.place(tx))
        if need != own.reserved:
            yield book.place(tx), need - own.reserved
    elif need != line.reserved:
        yield book.place(tx), need - line.reserved


def _reserve_at(tx: Transaction, book: OrderBook, place: UUID, changes: list[tuple[BookLine, int]]) -> None:
    levels = stock_ledger.lock_levels(tx, place, [line.product_id for line, _ in changes])
    moves = []
    for line, change in changes:
        level = levels[line.product_id]
        taken = min(change, level.free)
        level.free -= taken
        book.shift(line, place, reserved=taken)
        source, target = (Place.FREE, Place.PROMISED) if taken > 0 else (Place.PROMISED, Place.FREE)
        moves.append(Move(line.product_id, source, target, abs(taken), line.id, book.id, book.head.number))
    stock_ledger.move(tx, place, moves)


@dataclass(slots=True)
class _Planned:
    """A shipment that has not left, and its lines by order line."""

    id: UUID
    place: UUID
    ship_to: str
    lines: dict[UUID, Any]


Stop = tuple[UUID, str]
"""Where a shipment leaves from and where it goes to (the address as it is stored)."""


def plan_deliveries(tx: Transaction, book: OrderBook) -> None:
    """Keep a planned shipment with what is still to ship, and an open pick list with what can be picked.

    There is one for each warehouse that goods leave from and each address they go to: for most orders, one.
    """
    planned: dict[UUID, _Planned] = {}
    packed: dict[tuple[UUID, UUID], int] = {}
    for row in _SHIPMENTS.all(tx.connection, order=book.id):
        if row.state == ShipmentState.PLANNED:
            known = planned.setdefault(row.id, _Planned(row.id, row.location_id, row.ship_to, {}))
            if row.line_id:
                known.lines[row.order_line_id] = row
        else:
            key = (row.order_line_id, row.location_id)
            packed[key] = packed.get(key, 0) + row.planned
    book.packed = bool(packed)
    stops = _stops(tx, book, packed)
    picks = bool(stops) and companies.delivery_steps(tx.connection) > 1
    lists = _open_picks(tx, book)
    for stop, found in _match(list(planned.values()), list(stops)):
        shipment_id = _plan_shipment(tx, book, found, stop, stops.get(stop, {}) if stop else {})
        if stop:
            want = _pickable(book, stop) if picks and shipment_id else {}
            _plan_pick(tx, book, _list_for(lists, shipment_id, stop[0]), stop[0], shipment_id, want)
    for rest in lists.values():
        _plan_pick(tx, book, rest, rest[0].location_id, None, {})


def _stops(tx: Transaction, book: OrderBook, packed: dict[tuple[UUID, UUID], int]) -> dict[Stop, dict[UUID, int]]:
    """Say what is still to ship and not packed, by order line, for each stop."""
    stops = dict[Stop, dict[UUID, int]]()
    if book.waits_for_deposit:
        return stops
    usual = book.get("shipping_address")
    for line in book.lines:
        left = max(0, line.to_ship - line.dropping) if line.goods else 0
        if not left:
            continue
        own, address = book.place(tx), line.row.ship_to or usual
        for place, share in line.shares.items():
            here = min(left, share)
            left -= here
            wanted = max(0, here - packed.get((line.id, place), 0))
            if wanted:
                stops.setdefault((place, address), {})[line.id] = wanted
        wanted = max(0, left - packed.get((line.id, own), 0))
        if wanted:
            stops.setdefault((own, address), {})[line.id] = wanted
    return stops


def _match(planned: list[_Planned], stops: list[Stop]) -> list[tuple[Stop | None, _Planned | None]]:
    """Pair the stops with the shipments planned: the same one, else one from the same warehouse, else none yet."""
    same = {(one.place, one.ship_to): one for one in planned}
    pairs: list[tuple[Stop | None, _Planned | None]] = [(stop, same[stop]) for stop in stops if stop in same]
    left = [one for one in planned if same[one.place, one.ship_to] is not one or (one.place, one.ship_to) not in stops]
    for stop in stops:
        if stop not in same:
            near = next((one for one in left if one.place == stop[0]), None)
            pairs.append((stop, near))
            left = [one for one in left if one is not near]
    return [*pairs, *((None, one) for one in left)]


def _pickable(book: OrderBook, stop: Stop) -> dict[UUID, int]:
    """Say what is promised at a stop's warehouse, as the order's ship policy lets it go."""
    policy, usual = book.get("ship_policy"), book.get("shipping_address")
    goods = [line for line in book.lines if line.goods]
    if policy == "complete" and any(line.backordered for line in goods):
        return {}
    found = {}
    for line in goods:
        reserved = book.at(line, stop[0]).reserved
        waits = policy == "line" and line.backordered
        if reserved and (line.row.ship_to or usual) == stop[1] and not waits:
            found[line.id] = reserved
    return found


def _plan_shipment(
    tx: Transaction, book: OrderBook, known: _Planned | None, stop: Stop | None, want: dict[UUID, int]
) -> UUID | None:
    if not stop or not want:
        if known:
            tx.update_rows(
                shipment_line, [(row.line_id, {"planned": 0}) for row in known.lines.values() if row.planned]
            )
            tx.update(shipment, known.id, state=str(ShipmentState.CANCELLED))
        return None
    if known and known.ship_to != stop[1]:
        tx.update(shipment, known.id, ship_to=stop[1])
    stored = known.lines if known else {}
    shipment_id = known.id if known else _new_shipment(tx, book, stop)
    new, changed = [], []
    for line in book.lines:
        quantity = want.get(line.id, 0)
        if line.id in stored:
            if stored[line.id].planned != quantity:
                changed.append((stored[line.id].line_id, {"planned": quantity}))
        elif quantity:
            new.append(_shipment_line(shipment_id, line, quantity))
    tx.update_rows(shipment_line, changed)
    tx.insert(shipment_line, *new)
    return shipment_id


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


def _new_shipment(tx: Transaction, book: OrderBook, stop: Stop) -> UUID:
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
            "location_id": stop[0],
            "ship_to": stop[1],
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


def _open_picks(tx: Transaction, book: OrderBook) -> dict[UUID, list[Any]]:
    """Read the open pick lists of the order, each as its rows."""
    lists: dict[UUID, list[Any]] = {}
    for row in _OPEN_PICK.all(tx.connection, order=book.id):
        lists.setdefault(row.id, []).append(row)
    return lists


def _list_for(lists: dict[UUID, list[Any]], shipment_id: UUID | None, place: UUID) -> list[Any]:
    """Take the list of a shipment, else one of its warehouse whose shipment was packed or called off."""
    same = [key for key, rows in lists.items() if rows[0].shipment_id == shipment_id]
    near = [key for key, rows in lists.items() if rows[0].location_id == place]
    key = next(iter(same or near), None)
    return lists.pop(key) if key else []


def _plan_pick(
    tx: Transaction, book: OrderBook, rows: list[Any], place: UUID, shipment_id: UUID | None, want: dict[UUID, int]
) -> None:
    """Make the open pick list ask for exactly what is promised and still on the shelf."""
    pick_id: UUID | None = rows[0].id if rows else None
    stored = {row.order_line_id: row for row in rows if row.line_id}
    if not want or shipment_id is None:
        if pick_id:
            tx.update_rows(pick_line, [(row.line_id, {"wanted": 0}) for row in stored.values() if row.wanted])
            tx.update(pick, pick_id, state=str(PickState.CANCELLED), lines=0)
            _follow(tx, rows)
        return
    if pick_id is None:
        pick_id = _new_pick(tx, book, shipment_id, place, len(want))
    elif rows[0].lines != len(want) or rows[0].shipment_id != shipment_id:
        tx.update(pick, pick_id, lines=len(want), shipment_id=shipment_id)
    new, changed = [], []
    for line in book.lines:
        wanted = want.get(line.id, 0)
        if line.id in stored:
            if stored[line.id].wanted != wanted:
                changed.append((stored[line.id].line_id, {"wanted": wanted}))
        elif wanted:
            new.append(_pick_line(pick_id, line, wanted))
    tx.update_rows(pick_line, changed)
    tx.insert(pick_line, *new)
    _follow(tx, rows)


def _follow(tx: Transaction, rows: list[Any]) -> None:
    """Let the bins and lots of a list that has them follow what it asks for now."""
    if rows and rows[0].released_at is not None:
        allocation.follow(tx, rows[0].id)


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


def _new_pick(tx: Transaction, book: OrderBook, shipment_id: UUID, place: UUID, lines: int) -> UUID:
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
            "location_id": place,
            "lines": lines,
            "picked_at": None,
            "picked_by": "",
        },
    )
    return pick_id


_SHIPMENTS: Final = Prepared(
    select(
        shipment.c.id,
        shipment.c.state,
        shipment.c.ship_to,
        shipment.c.location_id,
        shipment_line.c.id.label("line_id"),
        shipment_line.c.order_line_id,
        shipment_line.c.planned,
    )
    .select_from(shipment.outerjoin(shipment_line, shipment_line.c.shipment_id == shipment.c.id))
    .where(
        shipment.c.order_id == bindparam("order", type_=Key),
        shipment.c.state.in_([ShipmentState.PLANNED, ShipmentState.PACKED]),
    )
    .order_by(shipment.c.id)
)
_OPEN_PICK: Final = Prepared(
    select(
        pick.c.id,
        pick.c.lines,
        pick.c.shipment_id,
        pick.c.location_id,
        pick.c.released_at,
        pick_line.c.id.label("line_id"),
        pick_line.c.order_line_id,
        pick_line.c.wanted,
    )
    .select_from(pick.outerjoin(pick_line, pick_line.c.pick_id == pick.c.id))
    .where(pick.c.order_id == bindparam("order", type_=Key), pick.c.state == PickState.OPEN)
    .order_by(pick.c.id)
)


PACKED_WITH: Final = Prepared(
    select(shipment.c.number)
    .join(shipment_line, shipment_line.c.shipment_id == shipment.c.id)
    .where(
        shipment_line.c.order_line_id == bindparam("line", type_=Key),
        shipment_line.c.planned > 0,
        shipment.c.state == ShipmentState.PACKED,
    )
)
"""Gives the number of a packed shipment that holds a line."""


def rename(tx: Transaction, order_id: UUID, named: dict[str, Any], billed: dict[str, Any]) -> None:
    """Let the open papers of an order bear another customer: planned shipments, open pick lists, drafts."""
    for row in _OPEN_PAPERS.all(tx.connection, order=order_id):
        if row.paper == "shipment":
            tx.update(shipment, row.id, **named)
        elif row.paper == "pick":
            tx.update(pick, row.id, customer_name=named["customer_name"])
        else:
            tx.update(invoice, row.id, **named, **billed)


_OPEN_PAPERS: Final = Prepared(
    union_all(
        select(shipment.c.id, literal("shipment").label("paper")).where(
            shipment.c.order_id == bindparam("order", type_=Key), shipment.c.state == ShipmentState.PLANNED
        ),
        select(pick.c.id, literal("pick")).where(
            pick.c.order_id == bindparam("order", type_=Key), pick.c.state == PickState.OPEN
        ),
        select(invoice.c.id, literal("invoice")).where(
            invoice.c.order_id == bindparam("order", type_=Key), invoice.c.state == InvoiceState.DRAFT
        ),
    )
)


def is_on_paper(tx: Transaction, line_id: UUID) -> bool:
    """Tell whether a finished pick list or a posted invoice holds an order line, even if it was undone since."""
    return bool(_WAS_PICKED.first(tx.connection, line=line_id) or _WAS_INVOICED.first(tx.connection, line=line_id))


def drop_lines(tx: Transaction, line_ids: set[UUID]) -> None:
    """Remove the empty entries of removed order lines from shipments, pick lists and invoice drafts called off.

    A return whose goods were to be exchanged for such a line gives nothing for them any more; they stay credited.
    """
    takes = select(pick_take.c.id).join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
    tx.delete(pick_take, tx.execute(takes.where(pick_line.c.order_line_id.in_(line_ids))).scalars().all())
    for parts in (shipment_line, pick_line, reservation):
        rows = tx.execute(select(parts.c.id).where(parts.c.order_line_id.in_(line_ids))).scalars().all()
        tx.delete(parts, rows)
    drafted = (
        select(invoice_line.c.id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(invoice_line.c.order_line_id.in_(line_ids), invoice.c.state == InvoiceState.CANCELLED)
    )
    tx.delete(invoice_line, tx.execute(drafted).scalars().all())
    exchanged = select(goods_return_line.c.id).where(goods_return_line.c.exchange_line_id.in_(line_ids))
    freed: list[tuple[UUID, dict[str, Any]]] = [
        (key, {"exchange_line_id": None}) for key in tx.execute(exchanged).scalars()
    ]
    tx.update_rows(goods_return_line, freed)


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
