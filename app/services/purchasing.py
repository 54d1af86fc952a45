"""Purchase orders: proposed for what is wanted, sent, confirmed by the supplier, cancelled, closed short, reopened.

Receiving is in :mod:`app.services.receiving`, what suppliers send to customers in :mod:`app.services.drop_shipping`.
Quantities are grains unless a unit is beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models.base import Key
from app.models.order import sales_order
from app.models.purchase import NEXT, PurchaseState, purchase_line, purchase_order
from app.models.sourcing import Supply
from app.models.supply import Way
from app.models.work import work_order
from app.services import delays, pegs, products, purchase_drafts, purchase_lines, suppliers, supply_ways, unit_words
from app.services.delays import Hit
from app.services.purchase_lines import Wanted, missing
from app.services.statements import Prepared
from app.services.text_search import contains
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line typed by hand; what is None comes from the product's way of supply with this supplier."""

    product_id: UUID
    quantity: Decimal
    unit: str = ""
    unit_price: Decimal | None = None
    requested_on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the supplier says of a line: the day it comes, the price of one unit, how much; None: as ordered."""

    expected_on: date | None = None
    unit_price: Decimal | None = None
    quantity: Decimal | None = None


def propose(
    tx: Transaction,
    supply_id: UUID,
    grains: int,
    needed_on: date | None,
    *,
    location_id: UUID,
    order_line_id: UUID | None = None,
    work_order_id: UUID | None = None,
) -> UUID:
    """Ask for ``grains`` by a way of supply and return the purchase line's id.

    It joins an open draft to the same supplier, place and currency; a line for the same product and day is raised.
    With ``order_line_id`` the supplier sends it to that order's customer, exactly as much as is asked for; else
    minimum and multiple are kept.  With ``work_order_id`` it is the work of a subcontractor on that order.

    Raises:
        Invalid: the quantity is not above zero, the way is not bought, or no rate of its currency is known.
        NotFound: the way, the place or the order line does not exist.

    """
    way = supply_ways.get(tx.connection, supply_id)
    if way.supplier_id is None or way.way not in supply_ways.FROM_SUPPLIERS:
        raise Invalid("way", "This way of supply is not bought. Choose one with a supplier.")
    if grains <= 0:
        raise Invalid("quantity", "Say how much to order: more than zero.")
    target = purchase_drafts.target_of(tx.connection, location_id, order_line_id)
    supplier = suppliers.get(tx.connection, way.supplier_id)
    head = purchase_drafts.open_draft(tx, supplier, target) or purchase_drafts.new_draft(tx, supplier, target)
    rows = purchase_lines.of_purchase(tx.connection, head.id)
    same = (way.product_id, order_line_id, work_order_id, way.id)
    for one in rows:
        if (one.product_id, one.order_line_id, one.work_order_id, one.supply_id) == same and (
            order_line_id or one.requested_on == needed_on
        ):
            purchase_drafts.resize(tx, head, one, way, one.ordered + grains)
            line_id: UUID = one.id
            break
    else:
        wanted = purchase_drafts.wanted_of(tx, way, grains, needed_on, target, work_order_id)
        new = purchase_lines.row(
            head.id, purchase_lines.next_position(rows), wanted, purchase_lines.decimals_of(tx.connection, head)
        )
        tx.insert(purchase_line, new)
        line_id = new["id"]
    purchase_lines.sum_up(tx, head)
    return line_id


def lower(tx: Transaction, line_id: UUID, grains: int, *, bound: bool = True) -> int:
    """Take ``grains`` off a purchase line and return how many it was lowered by; without ``bound``, only off a draft.

    A draft asks for less (what other demands are pegged to it stays, minimum and multiple are kept), and goes when
    nothing is left; of what was sent, so much is cancelled as is still to come: agree on it with the supplier first.
    What is pegged to it and gets nothing then is in trouble.

    Raises:
        NotFound: the line does not exist.

    """
    head, one = purchase_lines.lock(tx, line_id)
    part = min(grains, missing(one))
    if part <= 0 or not (bound or head.state == PurchaseState.DRAFT):
        return 0
    if head.state != PurchaseState.DRAFT:
        tx.update(purchase_line, line_id, cancelled=one.cancelled + part)
        tx.record("purchase.lowered", head.id, line_id, number=head.number, sku=one.sku)
        finish_when_complete(tx, head)
        stored = purchase_lines.find(purchase_lines.of_purchase(tx.connection, head.id), line_id, head.number)
        follow(tx, get(tx.connection, head.id), stored)
        purchase_lines.sum_up(tx, head)
        return part
    keep = max(one.ordered - part, pegs.pegged(tx.connection, line_id))
    if keep > 0:
        way = supply_ways.get(tx.connection, one.supply_id) if one.supply_id else None
        purchase_drafts.resize(tx, head, one, way, keep)
    else:
        tx.delete(purchase_line, [line_id])
    rest = purchase_lines.of_purchase(tx.connection, head.id)
    if not rest:
        tx.update(purchase_order, head.id, state=str(PurchaseState.CANCELLED))
    purchase_lines.sum_up(tx, head)
    left = next((row.ordered for row in rest if row.id == line_id), 0)
    return int(one.ordered - left)


def send(tx: Transaction, purchase_id: UUID) -> str:
    """Mark a draft as sent to the supplier and return its number; its paper is ``purchase``.

    Raises:
        NotAllowed: it is not a draft, has no lines, or the customer's deposit is not paid.
        NotFound: it does not exist.

    """
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    _refuse_step(head, PurchaseState.SENT)
    if not purchase_lines.of_purchase(tx.connection, purchase_id):
        raise NotAllowed(f"Purchase order {head.number} has no lines. Add one, then send it.")
    if head.order_id and _waits_for_deposit(tx.connection, head.order_id):
        raise NotAllowed(f"{head.number} is for an order that waits for its deposit. Book the payment, then send it.")
    tx.update(purchase_order, purchase_id, state=str(PurchaseState.SENT), sent_at=tx.at, ordered_on=tx.at.date())
    tx.record("purchase.sent", purchase_id, number=head.number, supplier=head.supplier_name)
    number: str = head.number
    return number


def confirm(
    tx: Transaction,
    purchase_id: UUID,
    answers: Mapping[UUID, Answer] | None = None,
    *,
    reference: str = "",
    expected_on: date | None = None,
) -> list[Hit]:
    """Note what the supplier confirmed, or says now, and return the order lines that come on another day.

    ``answers`` are by line; ``expected_on`` is for all lines without one of their own.  The confirmed quantity takes
    the place of the ordered one.

    Raises:
        NotAllowed: it is closed or cancelled, a line is not on it, or less is confirmed than came in.
        Invalid: a price or quantity cannot be taken.
        NotFound: it does not exist.

    """
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    if head.state != PurchaseState.CONFIRMED:
        _refuse_step(head, PurchaseState.CONFIRMED)
        if head.state in {PurchaseState.CLOSED, PurchaseState.CANCELLED}:
            raise NotAllowed(f"Purchase order {head.number} is {head.state}. Reopen it first.")
    rows = purchase_lines.of_purchase(tx.connection, purchase_id)
    if not rows:
        raise NotAllowed(f"Purchase order {head.number} has no lines. Add one first.")
    given = dict(answers or {})
    for line_id in given:
        purchase_lines.find(rows, line_id, head.number)
    tx.update(
        purchase_order,
        purchase_id,
        state=str(PurchaseState.CONFIRMED),
        reference=reference or head.reference,
    )
    hits = []
    for one in rows:
        answer = given.get(one.id, Answer())
        hits += _take_answer(tx, head, one, answer, answer.expected_on or expected_on)
    purchase_lines.sum_up(tx, head)
    finish_when_complete(tx, get(tx.connection, purchase_id))
    tx.record("purchase.confirmed", purchase_id, number=head.number, reference=reference or head.reference)
    return hits


def cancel(tx: Transaction, purchase_id: UUID) -> str:
    """Call a purchase order off and return its number; what was pegged to it is in trouble.

    Raises:
        NotAllowed: something came in, or it is finished, or a work order needs it.
        NotFound: it does not exist.

    """
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    _refuse_step(head, PurchaseState.CANCELLED)
    rows = purchase_lines.of_purchase(tx.connection, purchase_id)
    if any(one.received for one in rows):
        raise NotAllowed(f"Part of {head.number} came in. Close it: the rest will not come.")
    _refuse_open_work(tx.connection, head, rows)
    _end(tx, head, rows, PurchaseState.CANCELLED)
    number: str = head.number
    return number


def close(tx: Transaction, purchase_id: UUID) -> str:
    """End a purchase order of which nothing more will come and return its number; what was pegged is in trouble.

    Raises:
        NotAllowed: it was not sent, or is finished, or a work order needs it.
        NotFound: it does not exist.

    """
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    _refuse_step(head, PurchaseState.CLOSED)
    rows = purchase_lines.of_purchase(tx.connection, purchase_id)
    _refuse_open_work(tx.connection, head, rows)
    _end(tx, head, rows, PurchaseState.CLOSED)
    number: str = head.number
    return number


def reopen(tx: Transaction, purchase_id: UUID) -> str:
    """Wait again for all that did not come of a closed purchase order, or make a cancelled one a draft again.

    Raises:
        NotAllowed: it is open, or everything came in.
        NotFound: it does not exist.

    """
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    to = {PurchaseState.CLOSED: PurchaseState.CONFIRMED, PurchaseState.CANCELLED: PurchaseState.DRAFT}.get(head.state)
    if to is None:
        raise NotAllowed(f"Purchase order {head.number} is {head.state}; only a finished one can be reopened.")
    rows = purchase_lines.of_purchase(tx.connection, purchase_id)
    if not any(one.cancelled for one in rows):
        raise NotAllowed(f"Everything on {head.number} came in. Write a new purchase order for more.")
    tx.update(purchase_order, purchase_id, state=str(to))
    tx.update_rows(purchase_line, [(one.id, {"cancelled": 0}) for one in rows if one.cancelled])
    opened = get(tx.connection, purchase_id)
    for one in purchase_lines.of_purchase(tx.connection, purchase_id):
        follow(tx, opened, one)
    purchase_lines.sum_up(tx, head)
    tx.record("purchase.reopened", purchase_id, number=head.number)
    number: str = head.number
    return number


def write(
    tx: Transaction, supplier_id: UUID, lines: tuple[NewLine, ...], *, location_id: UUID, notes: str = ""
) -> UUID:
    """Write a draft purchase order by hand and return its id.

    Raises:
        Invalid: a line cannot be taken, or no rate of the supplier's currency is known.
        NotFound: the supplier, the place or a product does not exist.

    """
    supplier = suppliers.get(tx.connection, supplier_id)
    head = purchase_drafts.new_draft(tx, supplier, purchase_drafts.target_of(tx.connection, location_id, None), notes)
    for line in lines:
        add_line(tx, head.id, line)
    return head.id  # type: ignore[no-any-return]  # a stored row


def add_line(tx: Transaction, purchase_id: UUID, line: NewLine) -> UUID:
    """Add a line to a draft and return its id.

    Raises:
        NotAllowed: it is not a draft.
        Invalid: quantity, unit or price cannot be taken.
        NotFound: it, or the product, does not exist.

    """
    head = _draft(tx, purchase_id)
    known = products.get(tx.connection, line.product_id)
    ways = supply_ways.of_product(tx.connection, known.id)
    way = next((one for one in ways if one.way == Way.BUY and one.supplier_id == head.supplier_id), None)
    unit = line.unit or (way.unit if way else "")
    price = line.unit_price
    if price is None and way is not None and known.factor(way.unit) == known.factor(unit):
        price = way.price(line.quantity, tx.at.date())
    due = purchase_lines.earliest(tx.connection, way, tx.at.date()) if way else None
    wanted = Wanted(
        known,
        line.quantity,
        unit,
        price or ZERO,
        line.requested_on,
        max((day for day in (due, line.requested_on) if day), default=None),
        supplier_sku=way.supplier_sku if way else "",
    )
    rows = purchase_lines.of_purchase(tx.connection, purchase_id)
    new = purchase_lines.row(
        purchase_id, purchase_lines.next_position(rows), wanted, purchase_lines.decimals_of(tx.connection, head)
    )
    tx.insert(purchase_line, new)
    purchase_lines.sum_up(tx, head)
    line_id: UUID = new["id"]
    return line_id


def change_line(
    tx: Transaction, line_id: UUID, *, quantity: Decimal | None = None, unit_price: Decimal | None = None
) -> None:
    """Change quantity or price of a draft's line; what is pegged to it and does not fit any more is in trouble.

    Raises:
        NotAllowed: its purchase order is not a draft, or a drop shipment would differ from the customer's order.
        Invalid: a number cannot be taken.
        NotFound: the line does not exist.

    """
    head, line = purchase_lines.lock(tx, line_id)
    _refuse_sent(head)
    if quantity is not None and line.order_line_id:
        raise NotAllowed("A drop shipment is as much as the customer ordered. Change the customer's order line.")
    known = products.get(tx.connection, line.product_id)
    wanted = line.quantity if quantity is None else quantity
    price = line.unit_price if unit_price is None else unit_price
    decimals = purchase_lines.decimals_of(tx.connection, head)
    tx.update(purchase_line, line_id, **purchase_lines.amounts(known, wanted, line.unit, price, decimals))
    purchase_lines.sum_up(tx, head)
    rows = purchase_lines.of_purchase(tx.connection, head.id)
    follow(tx, head, purchase_lines.find(rows, line_id, head.number))


def remove_line(tx: Transaction, line_id: UUID) -> None:
    """Take a line off a draft; nothing may be pegged to it.

    Raises:
        NotAllowed: its purchase order is not a draft, or something is pegged to it.
        NotFound: the line does not exist.

    """
    head, line = purchase_lines.lock(tx, line_id)
    _refuse_sent(head)
    if pegs.pegged(tx.connection, line_id) or line.work_order_id:
        raise NotAllowed(f"{line.sku} is ordered for somebody. Find another source for it first.")
    tx.delete(purchase_line, [line_id])
    purchase_lines.sum_up(tx, head)


def change_head(tx: Transaction, purchase_id: UUID, revision: int, values: dict[str, Any]) -> None:
    """Change payment terms, reference or notes of a purchase order that is not finished.

    Raises:
        NotAllowed: it is closed or cancelled, or a field cannot be changed.
        Conflict: it was changed since ``revision`` was read.
        NotFound: it does not exist.

    """
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    if head.revision != revision:
        raise Conflict(f"purchase order {head.number}")
    if head.state in {PurchaseState.CLOSED, PurchaseState.CANCELLED}:
        raise NotAllowed(f"Purchase order {head.number} is {head.state}. Reopen it first.")
    fixed = sorted(set(values) - {"payment_term", "reference", "notes"})
    if fixed:
        raise NotAllowed(f"{fixed[0].replace('_', ' ').capitalize()} cannot be changed here.")
    tx.update(purchase_order, purchase_id, **values)


def get(connection: Connection, purchase_id: UUID) -> Any:
    """Read a purchase order's head.

    Raises:
        NotFound: it does not exist.

    """
    row = _BY_ID.first(connection, purchase=purchase_id)
    if row is None:
        raise NotFound("Purchase order", purchase_id)
    return row


def lines(connection: Connection, purchase_id: UUID) -> list[Any]:
    """Read the lines of a purchase order in their order."""
    return purchase_lines.of_purchase(connection, purchase_id)


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find purchase orders by number, supplier or reference: id, number, supplier, state; newest first."""
    order = purchase_order.c
    rows = connection.execute(
        select(order.id, order.number, order.supplier_name, order.state)
        .where(contains((order.number, order.supplier_name, order.reference), text, connection.dialect.name))
        .order_by(order.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def follow(tx: Transaction, head: Any, line: Any) -> list[Hit]:
    """Bring the pegs of a purchase line in line with how much of it will come and when; say which orders it hits."""
    ended = head.state in {PurchaseState.CANCELLED, PurchaseState.CLOSED}
    text = f"{head.number} was {head.state}." if ended else f"{head.number} brings less than is needed."
    return delays.follow(tx, Supply.PURCHASE_LINE, line.id, left=missing(line), ready_on=line.expected_on, text=text)


def finish_when_complete(tx: Transaction, head: Any) -> None:
    """Close a purchase order that was sent when nothing more will come of it."""
    rows = purchase_lines.of_purchase(tx.connection, head.id)
    if head.state in {PurchaseState.SENT, PurchaseState.CONFIRMED} and not any(missing(one) for one in rows):
        tx.update(purchase_order, head.id, state=str(PurchaseState.CLOSED))
        tx.record("purchase.closed", head.id, number=head.number)


def _take_answer(tx: Transaction, head: Any, one: Any, answer: Answer, day: date | None) -> list[Hit]:
    """Store what the supplier said of a line, and let what depends on it follow."""
    known = purchase_lines.product_of(tx.connection, one)
    quantity = one.quantity if answer.quantity is None else answer.quantity
    price = one.unit_price if answer.unit_price is None else answer.unit_price
    agreed = known.grains(quantity, one.unit)
    if agreed < one.received:
        unit = unit_words.of(one.unit, quantity)
        raise NotAllowed(f"More of {one.sku} came in than {quantity:f} {unit}. Confirm at least what is here.")
    if agreed > one.ordered and one.order_line_id:
        raise NotAllowed(f"{one.sku} goes to a customer who ordered less. Change the customer's order line first.")
    decimals = purchase_lines.decimals_of(tx.connection, head)
    values = purchase_lines.amounts(known, quantity, one.unit, price, decimals)
    cancelled = one.cancelled if answer.quantity is None else 0
    tx.update(purchase_line, one.id, **values, cancelled=cancelled, expected_on=day or one.expected_on)
    stored = purchase_lines.find(purchase_lines.of_purchase(tx.connection, head.id), one.id, head.number)
    return follow(tx, head, stored)


def _end(tx: Transaction, head: Any, rows: list[Any], state: PurchaseState) -> None:
    tx.update(purchase_order, head.id, state=str(state))
    rest = [(one.id, {"cancelled": one.cancelled + missing(one)}) for one in rows if missing(one)]
    tx.update_rows(purchase_line, rest)
    ended = get(tx.connection, head.id)
    for one in purchase_lines.of_purchase(tx.connection, head.id):
        follow(tx, ended, one)
    tx.record(f"purchase.{state}", head.id, number=head.number)


def _draft(tx: Transaction, purchase_id: UUID) -> Any:
    head = tx.lock(purchase_order, purchase_id, "Purchase order")
    _refuse_sent(head)
    return head


def _refuse_sent(head: Any) -> None:
    if head.state != PurchaseState.DRAFT:
        raise NotAllowed(f"Purchase order {head.number} is {head.state}. Confirm it with what was agreed instead.")


def _refuse_step(head: Any, wanted: PurchaseState) -> None:
    if wanted not in NEXT[PurchaseState(head.state)]:
        raise NotAllowed(f"Purchase order {head.number} is {head.state}; it cannot become {wanted}.")


def _refuse_open_work(connection: Connection, head: Any, rows: list[Any]) -> None:
    """Refuse to end work that a subcontractor still has to do: the work order is ended, and this follows."""
    for one in rows:
        if one.work_order_id and missing(one):
            number = _WORK.value(connection, work_order=one.work_order_id)
            if number is None:
                continue
            raise NotAllowed(f"{head.number} is work on {number}. Finish or cancel that work order; this follows.")


def _waits_for_deposit(connection: Connection, order_id: UUID) -> bool:
    return bool(_DEPOSIT.value(connection, order=order_id))


_BY_ID: Final = Prepared(select(purchase_order).where(purchase_order.c.id == bindparam("purchase", type_=Key)))
_WORK: Final = Prepared(
    select(work_order.c.number).where(
        work_order.c.id == bindparam("work_order", type_=Key), work_order.c.state.in_(["planned", "released"])
    )
)
_DEPOSIT: Final = Prepared(select(sales_order.c.deposit_open).where(sales_order.c.id == bindparam("order", type_=Key)))
