"""Goods that come in on a purchase order, in part or whole.  Quantities are grains, by purchase line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.errors import NotAllowed
from app.models.product import shown
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.stock import Place
from app.services import arrivals, placing, production, purchase_lines, purchasing, stock_ledger, suppliers, unit_words
from app.services.arrivals import Arrival
from app.services.placing import Put
from app.services.purchase_lines import missing, shown_quantity
from app.services.stock_ledger import Move
from app.services.suppliers import Supplier
from app.services.transaction import Transaction


def receive(
    tx: Transaction,
    purchase_id: UUID,
    quantities: Mapping[UUID, int] | None = None,
    puts: Mapping[UUID, Sequence[Put]] | None = None,
) -> str:
    """Take in what a supplier brought (default: all that is still to come) and return the purchase order's number.

    What is pegged to it is promised first, then who waits.  More than ordered is taken in within the supplier's
    tolerance; what is short by no more than theirs is complete.  The work of a subcontractor comes in as output of
    its work order.  The purchase order is closed when nothing more will come.  ``puts`` says by line into which bins
    and of which lots the goods are (in stock units).

    Raises:
        NotAllowed: it was not sent, goes to a customer, nothing comes in, or too much does; or goods with lots have
            none.
        NotFound: it does not exist.

    """
    known = purchase_lines.of_purchase(tx.connection, purchase_id)
    books = arrivals.lock_waiting(tx, {one.product_id for one in known})
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    _refuse(head)
    rows = purchase_lines.of_purchase(tx.connection, purchase_id)
    wanted = {one.id: missing(one) for one in rows} if quantities is None else dict(quantities)
    wanted = {line_id: grains for line_id, grains in wanted.items() if grains}
    if not wanted:
        raise NotAllowed(f"Nothing of {head.number} is still to come. Reopen it, or write a new purchase order.")
    supplier = suppliers.get(tx.connection, head.supplier_id)
    coming: list[Arrival] = []
    held: list[Move] = []
    services = []
    for line_id, grains in wanted.items():
        one = purchase_lines.find(rows, line_id, head.number)
        _refuse_too_much(head, one, grains, supplier)
        if one.work_order_id:
            services.append((one.work_order_id, grains))
            continue
        _note(tx, one, grains, supplier)
        if one.kind == "goods":
            move = Move(one.product_id, Place.SUPPLIER, Place.FREE, grains, one.id, purchase_id, head.number)
            move = replace(move, cost=purchase_lines.grain_cost(one, head.exchange_rate, one.grain))
            named = placing.brought(tx, move, head.location_id, (puts or {}).get(line_id, ()))
            coming += [Arrival(part, one.id) for part in named if part.target is Place.FREE]
            held += [part for part in named if part.target is Place.BLOCKED]
    tx.record("purchase.received", purchase_id, number=head.number, supplier=head.supplier_name)
    if held:
        stock_ledger.lock_levels(tx, head.location_id, [move.product_id for move in held])
        stock_ledger.move(tx, head.location_id, held)
    if coming:
        arrivals.take_in(tx, books, head.location_id, coming)
    for work_order_id, grains in services:
        production.report(tx, work_order_id, grains)
    _after(tx, purchase_id)
    number: str = head.number
    return number


def _refuse(head: Any) -> None:
    if head.state not in {PurchaseState.SENT, PurchaseState.CONFIRMED}:
        raise NotAllowed(f"Purchase order {head.number} is {head.state}. Send or confirm it, then receive it.")
    if head.order_id:
        raise NotAllowed(f"{head.number} goes to the customer. Note what the supplier shipped instead.")


def _refuse_too_much(head: Any, line: Any, grains: int, supplier: Supplier) -> None:
    """Refuse less than none, and more than ordered and the supplier's tolerance above it."""
    most = (line.ordered - line.cancelled) * (1 + Fraction(supplier.over_receipt))
    if line.work_order_id:
        most = Fraction(line.ordered - line.cancelled)
    if grains < 0 or line.received + grains > most:
        left = shown_quantity(line, missing(line))
        raise NotAllowed(
            f"{line.sku}: {shown(left)} {unit_words.of(line.unit, left)} are still to come on {head.number}. "
            "Receive no more, or confirm with the supplier what was agreed and receive that."
        )


def _note(tx: Transaction, line: Any, grains: int, supplier: Supplier) -> None:
    """Count what came; what is short within the supplier's tolerance will not come any more."""
    received = line.received + grains
    rest = line.ordered - line.cancelled - received
    complete = 0 < rest <= (line.ordered - line.cancelled) * Fraction(supplier.under_receipt)
    tx.update(
        purchase_line, line.id, received=received, cancelled=line.cancelled + rest if complete else line.cancelled
    )


def _after(tx: Transaction, purchase_id: UUID) -> None:
    head = purchasing.get(tx.connection, purchase_id)
    for line in purchase_lines.of_purchase(tx.connection, purchase_id):
        purchasing.follow(tx, head, line)
    purchase_lines.sum_up(tx, head)
    purchasing.finish_when_complete(tx, purchasing.get(tx.connection, purchase_id))
