"""What a supplier sends straight to a customer: it counts on the purchase and on the order, and never is in our stock.

Quantities are grains, by purchase line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from app.errors import NotAllowed
from app.models.base import new_id
from app.models.order import OrderState
from app.models.product import shown
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.shipment import ShipmentState, shipment, shipment_line
from app.models.sourcing import Demand
from app.models.stock import Place
from app.services import order_book, originals, pegs, purchase_lines, purchasing, sourcing, stock_ledger, unit_words
from app.services.order_book import BookLine, OrderBook
from app.services.purchase_lines import missing, shown_quantity
from app.services.shipping import Dispatch
from app.services.stock_ledger import Move
from app.services.transaction import Transaction

BEYOND: Final = "more than was ordered"


def ship(
    tx: Transaction,
    purchase_id: UUID,
    quantities: Mapping[UUID, int] | None = None,
    *,
    dispatch: Dispatch | None = None,
    expected_on: date | None = None,
    beyond: bool = False,
) -> UUID:
    """Note that the supplier shipped (default: all that is still to come) and return the id of the drop shipment.

    The customer's order lines count as shipped by exactly as much as the purchase lines as received; with ``beyond``
    also by what the supplier shipped beyond what was ordered: it is with the customer already.  An order that was
    cancelled meanwhile is delivered then, to be invoiced or taken back.

    Raises:
        NotAllowed: it is no drop shipment, was not sent, or more is shipped than is still to come.
        NotFound: it does not exist.

    """
    order_id = purchasing.get(tx.connection, purchase_id).order_id
    if order_id is None:
        raise NotAllowed("This purchase order comes to our warehouse. Receive it there.")
    book = order_book.load(tx, order_id)
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    if head.state not in {PurchaseState.SENT, PurchaseState.CONFIRMED}:
        raise NotAllowed(f"Purchase order {head.number} is {head.state}. Send it first.")
    rows = purchase_lines.of_purchase(tx.connection, purchase_id)
    leaving = _leaving(head, book, rows, quantities, beyond=beyond)
    if book.state == OrderState.CANCELLED:
        book.move_to(OrderState.CONFIRMED)
    shipment_id = _new_shipment(tx, book, head, dispatch or Dispatch(), expected_on)
    moves = []
    for one, grains in leaving:
        line = book.line(one.order_line_id)
        asked = max(0, min(grains, missing(one), line.outstanding - line.picked))
        line.shipped += grains
        if book.billed_on_arrival(line):
            line.in_transit += grains
        cost = purchase_lines.grain_cost(one, head.exchange_rate, one.grain)
        for part, reason in ((asked, head.number), (grains - asked, BEYOND)):
            move = Move(one.product_id, Place.SUPPLIER, Place.CUSTOMER, part, line.id, shipment_id, reason)
            moves.append(replace(move, cost=cost))
        tx.update(purchase_line, one.id, received=one.received + grains)
        _serve(tx, book, one.id, line, grains)
    stock_ledger.move(tx, head.location_id, [move for move in moves if move.quantity])
    tracking = dispatch.tracking_number if dispatch else ""
    tx.update(shipment, shipment_id, **originals.of_shipment(tx, book, _by_line(leaving), tracking))
    tx.insert(shipment_line, *(_shipment_line(shipment_id, book, one, grains) for one, grains in leaving))
    tx.record("purchase.shipped", purchase_id, shipment_id, number=head.number, supplier=head.supplier_name)
    tx.record("shipment.drop_shipped", order_id, shipment_id, number=head.number, supplier=head.supplier_name)
    purchasing.finish_when_complete(tx, head)
    sourcing.settle(tx, book)
    return shipment_id


def _leaving(
    head: Any, book: OrderBook, rows: Sequence[Any], quantities: Mapping[UUID, int] | None, *, beyond: bool
) -> list[tuple[Any, int]]:
    """Give the purchase lines with the grains that left; more than is open only where somebody agreed to it."""
    wanted = {one.id: missing(one) for one in rows} if quantities is None else quantities
    chosen = [(purchase_lines.find(rows, key, head.number), grains) for key, grains in wanted.items() if grains]
    if not chosen:
        raise NotAllowed(f"Nothing of {head.number} is still to come. Look at it again.")
    left = {line.id: line.outstanding - line.picked for line in book.lines}
    for one, grains in chosen:
        most = min(missing(one), left[one.order_line_id])
        left[one.order_line_id] -= grains
        if grains < 0 or (grains > most and not beyond):
            left_open = Fraction(shown_quantity(one, max(0, most)))
            said = f"{shown(left_open)} {unit_words.of(one.unit, left_open)}"
            raise NotAllowed(
                f"{one.sku}: {said} of {head.number} are open for {book.head.number}. "
                "Change the order, or put picked goods back, then note the shipment. What they sent all the same is "
                "noted as more than was ordered."
            )
    return chosen


def _serve(tx: Transaction, book: OrderBook, purchase_line_id: UUID, line: BookLine, grains: int) -> None:
    for one in pegs.of_supply(tx.connection, purchase_line_id):
        part = min(one.open, grains)
        if one.demand == Demand.ORDER_LINE and one.demand_id == line.id and part > 0:
            pegs.serve(tx, one, part)
            book.arrived(line, one.id, part)
            grains -= part


def _new_shipment(tx: Transaction, book: OrderBook, head: Any, dispatch: Dispatch, expected_on: date | None) -> UUID:
    shipment_id = new_id()
    tx.insert(
        shipment,
        {
            "id": shipment_id,
            "number": tx.number("SH", shipment_id),
            "state": str(ShipmentState.SHIPPED),
            "order_id": book.id,
            "order_number": book.head.number,
            "customer_id": book.get("customer_id"),
            "customer_name": book.get("customer_name"),
            "location_id": head.location_id,
            "ship_to": head.ship_to,
            "carrier": dispatch.carrier,
            "service": dispatch.service,
            "tracking_number": dispatch.tracking_number,
            "packages": 0,
            "weight_g": 0,
            "shipped_at": tx.at,
            "delivered_at": None,
            "kind": "drop_ship",
            "purchase_id": head.id,
            "expected_on": expected_on,
        },
    )
    return shipment_id


def _by_line(leaving: list[tuple[Any, int]]) -> dict[UUID, int]:
    grains: dict[UUID, int] = {}
    for one, part in leaving:
        grains[one.order_line_id] = grains.get(one.order_line_id, 0) + part
    return grains


def _shipment_line(shipment_id: UUID, book: OrderBook, one: Any, grains: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "shipment_id": shipment_id,
        "order_line_id": one.order_line_id,
        "product_id": one.product_id,
        "position": book.line(one.order_line_id).row.position,
        "planned": grains,
        "shipped": grains,
    }
