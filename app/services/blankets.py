"""Blanket orders: agreed, called off in orders, ended.

What is called off is never counted by hand: it is what the order lines of the call-offs want, so that a lowered or
cancelled order gives its quantity back.  Every call-off locks the blanket; two clerks never sell the same piece.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.blanket import NEXT, BlanketState, blanket, blanket_call, blanket_line
from app.models.order import sales_order
from app.services import blanket_room, numbering, orders, parties, products
from app.services.blanket_room import BlanketLine
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.products import Product
from app.services.statements import Prepared
from app.services.text_search import contains
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Agreed:
    """A line as agreed: ``quantity`` of ``unit`` (empty: the stock unit) at ``unit_price`` of the unit."""

    product_id: UUID
    quantity: Decimal
    unit_price: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class NewBlanket:
    """What a blanket order is made of; ``ends_on`` is the last day it may be called off, None: no end."""

    customer_id: UUID
    lines: tuple[Agreed, ...]
    starts_on: date
    ends_on: date | None = None
    customer_po: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class CallOff:
    """An order that calls off the blanket."""

    id: UUID
    number: str
    ordered_on: date
    stage: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class BlanketSheet:
    """All of one blanket order: its head as stored, its lines, and the orders that call it off, oldest first."""

    head: Any
    lines: tuple[BlanketLine, ...]
    orders: tuple[CallOff, ...]


def add(tx: Transaction, new: NewBlanket) -> UUID:
    """Agree on a blanket order and return its id.

    Raises:
        Invalid: it has no lines, a quantity or price cannot be taken, or it ends before it begins.
        NotFound: the customer or a product does not exist.

    """
    if not new.lines:
        raise Invalid("lines", "Add at least one product with the quantity that is agreed.")
    if new.ends_on is not None and new.ends_on < new.starts_on:
        raise Invalid("ends_on", "A blanket order ends on or after its first day. Choose a later day.")
    customer = parties.get(tx.connection, new.customer_id)
    known = products.get_many(tx.connection, [one.product_id for one in new.lines])
    blanket_id = new_id()
    number = numbering.free_number(tx, "BO", blanket_id, blanket.c.number)
    tx.insert(
        blanket,
        {
            "id": blanket_id,
            "number": number,
            "state": str(BlanketState.OPEN),
            "customer_id": customer.id,
            "customer_name": customer.name,
            "customer_po": new.customer_po,
            "currency": customer.currency,
            "starts_on": new.starts_on,
            "ends_on": new.ends_on,
            "notes": new.notes,
        },
    )
    rows = [_row(blanket_id, place, one, known[one.product_id]) for place, one in enumerate(new.lines, 1)]
    tx.insert(blanket_line, *rows)
    tx.record("blanket.agreed", blanket_id, number=number, customer=customer.name)
    return blanket_id


def call_off(
    tx: Transaction,
    blanket_id: UUID,
    quantities: Mapping[UUID, int],
    *,
    requested_on: date | None = None,
    beyond: bool = False,
) -> UUID:
    """Write a draft order of ``quantities`` (grains by line) at the agreed prices and return its id.

    Raises:
        NotAllowed: the blanket is closed or not in its time, or more is called off than is left; with ``beyond`` more
            may be taken, which the blanket's history says.
        Invalid: nothing is called off, or a quantity is below zero.
        NotFound: the blanket does not exist.

    """
    head = tx.lock(blanket, blanket_id, "Blanket order")
    blanket_room.refuse_time(head, tx.at.date())
    by_id = {line.id: line for line in blanket_room.lines(tx.connection, blanket_id)}
    wanted = {line_id: grains for line_id, grains in quantities.items() if grains}
    if not wanted or any(grains < 0 for grains in wanted.values()) or wanted.keys() - by_id.keys():
        raise Invalid("quantity", "Say how much of at least one line is called off, above zero.")
    over = [by_id[line_id] for line_id, grains in wanted.items() if grains > by_id[line_id].left]
    if over and not beyond:
        raise NotAllowed(blanket_room.overrun(head.number, over[0]))
    chosen = [(by_id[line_id], grains, new_id()) for line_id, grains in wanted.items()]
    order_id = orders.create(
        tx,
        NewOrder(
            head.customer_id,
            tuple(_input(line, grains, line_id) for line, grains, line_id in chosen),
            customer_po=head.customer_po,
            currency=head.currency,
            requested_on=requested_on,
        ),
    )
    calls = [
        {"id": new_id(), "blanket_line_id": line.id, "order_id": order_id, "order_line_id": line_id}
        for line, _, line_id in chosen
    ]
    tx.insert(blanket_call, *calls)
    number = orders.get(tx.connection, order_id).number
    tx.record("blanket.called_off", blanket_id, order_id, order=number)
    for line in over:
        tx.record("blanket.overrun", blanket_id, order_id, order=number, sku=line.product.sku)
    return order_id


def close(tx: Transaction, blanket_id: UUID) -> str:
    """End a blanket order: nothing more is called off; orders that were go on.  Return its number.

    Raises:
        NotAllowed: it is closed already.
        NotFound: it does not exist.

    """
    return _move(tx, blanket_id, BlanketState.CLOSED, "blanket.closed")


def reopen(tx: Transaction, blanket_id: UUID) -> str:
    """Let a closed blanket order be called off again and return its number.

    Raises:
        NotAllowed: it is open.
        NotFound: it does not exist.

    """
    return _move(tx, blanket_id, BlanketState.OPEN, "blanket.reopened")


def get(connection: Connection, blanket_id: UUID) -> Any:
    """Read a blanket order's head.

    Raises:
        NotFound: it does not exist.

    """
    row = _BY_ID.first(connection, blanket=blanket_id)
    if row is None:
        raise NotFound("Blanket order", blanket_id)
    return row


def read(connection: Connection, blanket_id: UUID) -> BlanketSheet:
    """Read all of a blanket order.

    Raises:
        NotFound: it does not exist.

    """
    head = get(connection, blanket_id)
    called = tuple(CallOff(*row) for row in _ORDERS.all(connection, blanket=blanket_id))
    return BlanketSheet(head, tuple(blanket_room.lines(connection, blanket_id)), called)


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str]]:
    """Find blanket orders by number, PO number or customer: id, number, customer; the newest first."""
    words = contains((blanket.c.number, blanket.c.customer_po, blanket.c.customer_name), text, connection.dialect.name)
    found = select(blanket.c.id, blanket.c.number, blanket.c.customer_name).where(words).order_by(blanket.c.id.desc())
    return [tuple(row) for row in connection.execute(found.limit(limit))]


def _row(blanket_id: UUID, position: int, one: Agreed, product: Product) -> dict[str, Any]:
    if one.quantity <= 0 or one.unit_price < 0:
        raise Invalid("quantity", f"{product.sku}: type a quantity above zero and a price that is not below it.")
    unit = one.unit or product.unit
    return {
        "id": new_id(),
        "blanket_id": blanket_id,
        "position": position,
        "product_id": product.id,
        "sku": product.sku,
        "name": product.name,
        "unit": unit,
        "quantity": one.quantity,
        "unit_price": one.unit_price,
        "agreed": product.grains(one.quantity, unit),
    }


def _input(line: BlanketLine, grains: int, line_id: UUID) -> LineInput:
    part = line.in_unit(grains)
    quantity = Decimal(part.numerator) / Decimal(part.denominator)
    if line.product.grains(round(quantity, 6), line.unit) != grains:
        raise Invalid("quantity", f"{line.product.sku}: a quantity has at most six decimal places. Round it.")
    return LineInput(line.product.id, round(quantity, 6), line.unit, line.unit_price, id=line_id)


def _move(tx: Transaction, blanket_id: UUID, state: BlanketState, event: str) -> str:
    head = tx.lock(blanket, blanket_id, "Blanket order")
    number: str = head.number
    if state not in NEXT[BlanketState(head.state)]:
        raise NotAllowed(f"Blanket order {number} is {head.state} already.")
    tx.update(blanket, blanket_id, state=str(state))
    tx.record(event, blanket_id, number=number)
    return number


_BLANKET: Final = bindparam("blanket", type_=Key)
_BY_ID: Final = Prepared(select(blanket).where(blanket.c.id == _BLANKET))
_ORDERS: Final = Prepared(
    select(sales_order.c.id, sales_order.c.number, sales_order.c.ordered_on, sales_order.c.stage, sales_order.c.total)
    .where(
        sales_order.c.id.in_(
            select(blanket_call.c.order_id)
            .join(blanket_line, blanket_line.c.id == blanket_call.c.blanket_line_id)
            .where(blanket_line.c.blanket_id == _BLANKET)
        )
    )
    .order_by(sales_order.c.id)
)
