"""Taking over sales orders from another system: history in bulk, exact, without touching today's stock.

A delivered order comes in closed: its goods went from *history* to the customer, so that demand,
turnover and "what did we sell them" are there, while stock on hand and receivables are not changed.
An order that is still open comes in confirmed, reserves stock and is delivered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.lines import document_tax
from app.models.order import OrderFacts, OrderState, derive, sales_order, sales_order_line
from app.models.party import address, customer
from app.models.stock import Place, stock_move
from app.services import companies, document_lines, order_lines, orders, stock_ledger
from app.services.document_lines import ZERO, Catalogue, LineInput, Priced, Rules
from app.services.orders import NewOrder
from app.services.parties import Address
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class TakenOrder:
    """An order as the other system knew it.

    ``delivered_on`` is None while it is open.  A line with a negative quantity is a cancellation or
    return of that system: it counts in turnover and moves no stock.
    """

    customer_id: UUID
    number: str
    ordered_on: date
    lines: tuple[LineInput, ...]
    delivered_on: date | None
    requested_on: date | None = None
    customer_po: str = ""
    currency: str = ""
    shipping_address: Address | None = None
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    channel: str = ""
    notes: str = ""


def take_over(tx: Transaction, taken: Sequence[TakenOrder], *, open_orders: bool = True) -> list[UUID]:
    """Take a batch of orders over and return their ids in order.

    Raises:
        Invalid: a line, number or currency cannot be taken; the text names the order.
        NotFound: a customer or product does not exist.

    """
    _refuse_taken(tx, [one.number for one in taken])
    known = document_lines.catalogue(tx.connection, {i.product_id for one in taken for i in one.lines if i.product_id})
    customers = _customers(tx, sorted({one.customer_id for one in taken}))
    ids: list[UUID] = []
    history = _Batch(tx, known, customers)
    for one in taken:
        if one.delivered_on is None and open_orders:
            ids.append(_open(tx, one))
        else:
            ids.append(history.add(one))
    history.write()
    return ids


def take_back(tx: Transaction, order_id: UUID, number: str) -> None:
    """Take a delivered order out of history again: cancelled, without turnover, its goods back where they came from.

    Ledgers keep what was booked; the opposite is booked on the same day.  ``number`` is what the order is
    called from now on, so that its own number is free again.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it was not taken over as history, or is cancelled already.

    """
    head = tx.lock(sales_order, order_id, "Order")
    if not head.taken_over or head.state != OrderState.CLOSED:
        raise NotAllowed(f"Order {head.number} is no order that was taken over as history.")
    lines = _LINES.all(tx.connection, order=order_id)
    moves = _MOVED.all(tx.connection, order=order_id)
    tx.insert(
        stock_move,
        *(
            {
                **move._asdict(),
                "id": new_id(),
                "command_id": tx.key,
                "source": str(Place.CUSTOMER),
                "target": str(Place.HISTORY),
            }
            for move in moves
        ),
    )
    gone = [(line.id, {"shipped": 0, "invoiced": 0, "cancelled": max(0, line.ordered)}) for line in lines]
    tx.update_rows(sales_order_line, gone)
    facts = OrderFacts(OrderState.CANCELLED, taken_over=True, open_amount=False, packed=False, deposit=False)
    states = {name: value if name == "progress" else str(value) for name, value in derive(facts, ()).items()}
    tx.update(sales_order, order_id, number=number, **states)


def _open(tx: Transaction, one: TakenOrder) -> UUID:
    new = NewOrder(
        customer_id=one.customer_id,
        lines=one.lines,
        number=one.number,
        customer_po=one.customer_po,
        currency=one.currency,
        ordered_on=one.ordered_on,
        requested_on=one.requested_on,
        shipping_address=one.shipping_address,
        discount_percent=one.discount_percent,
        discount_amount=one.discount_amount,
        channel=one.channel,
        notes=one.notes,
    )
    try:
        order_id = orders.create(tx, new)
    except Invalid as error:
        raise Invalid(error.field, f"Order {one.number}: {error}") from error
    orders.confirm(tx, order_id)
    return order_id


class _Batch:
    """Collects the rows of delivered orders, then writes each table once."""

    def __init__(self, tx: Transaction, known: Catalogue, customers: dict[UUID, tuple[Any, str, str]]) -> None:
        self._tx, self._known, self._customers = tx, known, customers
        self._company = companies.get(tx.connection)
        self._place = stock_ledger.main_location(tx.connection)
        self._decimals: dict[str, int] = {}
        self._orders: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []
        self._taxes: list[dict[str, Any]] = []
        self._moves: list[dict[str, Any]] = []

    def add(self, one: TakenOrder) -> UUID:
        head, billing, shipping = self._customers[one.customer_id]
        currency = one.currency or head.currency
        if currency not in self._decimals:
            self._decimals[currency] = companies.decimals(self._tx.connection, currency)
        rules = Rules(
            currency,
            self._decimals[currency],
            self._company.tax_rounding,
            one.discount_percent,
            one.discount_amount,
        )
        try:
            priced = document_lines.price_from(self._known, rules, one.lines, tax_exempt=head.tax_exempt)
        except Invalid as error:
            raise Invalid(error.field, f"Order {one.number}: {error}") from error
        order_id = new_id()
        at = datetime.combine(one.delivered_on or one.ordered_on, time(12), UTC)
        to = one.shipping_address.to_json() if one.shipping_address else shipping
        self._orders.append(self._head(order_id, one, head, (billing, to), (rules, priced)))
        for row in priced.lines:
            line = order_lines.new_row(order_id, row, priced, self._company.invoice_policy)
            line["shipped"] = max(0, line["ordered"]) if self._is_goods(row) else 0
            line["invoiced"] = line["ordered"]
            self._lines.append(line)
            if line["shipped"]:
                self._moves.append(self._move(order_id, line, at, one.number))
        self._taxes += [{"document_id": order_id, **row} for row in priced.taxes]
        return order_id

    def write(self) -> None:
        tx = self._tx
        tx.insert(sales_order, *self._orders)
        tx.insert(sales_order_line, *self._lines)
        tx.insert(document_tax, *self._taxes)
        tx.insert(stock_move, *self._moves)

    def _is_goods(self, row: dict[str, Any]) -> bool:
        return row["kind"] == "product" and self._known.products[row["product_id"]].kind == "goods"

    def _head(
        self, order_id: UUID, one: TakenOrder, head: Any, addresses: tuple[str, str], amounts: tuple[Rules, Priced]
    ) -> dict[str, Any]:
        rules, priced = amounts
        goods = any(self._is_goods(row) and row["quantity"] > 0 for row in priced.lines)
        return {
            "id": order_id,
            "number": one.number,
            "quote_id": None,
            "state": str(OrderState.CLOSED),
            "delivery_state": "shipped" if goods else "none",
            "billing_state": "paid",
            "stage": "paid",
            "progress": 100 if goods else 0,
            "customer_id": one.customer_id,
            "customer_name": head.name,
            "customer_po": one.customer_po,
            "payment_term": head.payment_term,
            "invoice_policy": self._company.invoice_policy,
            "billing_address": addresses[0],
            "shipping_address": addresses[1],
            "ordered_on": one.ordered_on,
            "requested_on": one.requested_on,
            "promised_on": one.requested_on,
            "confirmed_at": datetime.combine(one.ordered_on, time(8), UTC),
            "deposit_percent": ZERO,
            "deposit_amount": ZERO,
            "deposit_blocks": False,
            "channel": one.channel,
            "warning": "",
            "taken_over": True,
            "notes": one.notes,
            "invoiced_total": ZERO,
            "paid_total": ZERO,
            **rules.columns(),
            **priced.totals,
        }

    def _move(self, order_id: UUID, line: dict[str, Any], at: datetime, number: str) -> dict[str, Any]:
        return {
            "id": new_id(),
            "command_id": self._tx.key,
            "product_id": line["product_id"],
            "location_id": self._place,
            "source": str(Place.HISTORY),
            "target": str(Place.CUSTOMER),
            "quantity": line["shipped"],
            "line_id": line["id"],
            "document_id": order_id,
            "reason": number[:40],
            "at": at,
        }


def _customers(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, tuple[Any, str, str]]:
    """Read customers with their default billing and shipping address as documents keep them."""
    found: dict[UUID, tuple[Any, str, str]] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        known: dict[UUID, list[Address]] = {}
        for row in _ADDRESSES.all(tx.connection, ids=part):
            known.setdefault(row[0], []).append(Address(*row[1:]))
        for head in _CUSTOMERS.all(tx.connection, ids=part):
            mine = known.get(head.id, [])
            billing = next((one for one in mine if one.billing), mine[0] if mine else Address(name=head.name))
            shipping = next((one for one in mine if one.shipping), billing)
            found[head.id] = (head, billing.to_json(), shipping.to_json())
    return found


def _refuse_taken(tx: Transaction, numbers: list[str]) -> None:
    if len(numbers) != len(set(numbers)):
        raise Invalid("number", "Two of these orders have the same number.")
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        taken = _NUMBERS.value(tx.connection, numbers=part)
        if taken:
            raise Invalid("number", f"There is an order {taken} already. It was not taken over again.")


_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_NUMBERS: Final = Prepared(
    select(sales_order.c.number).where(sales_order.c.number.in_(bindparam("numbers", expanding=True)))
)
_LINES: Final = Prepared(
    select(sales_order_line.c.id, sales_order_line.c.ordered).where(
        sales_order_line.c.order_id == bindparam("order", type_=Key)
    )
)
_MOVED: Final = Prepared(
    select(*(column for column in stock_move.c if column.name not in {"id", "command_id", "source", "target"}))
    .join(sales_order_line, sales_order_line.c.id == stock_move.c.line_id)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key), stock_move.c.source == str(Place.HISTORY))
)
_CUSTOMERS: Final = Prepared(select(customer).where(customer.c.id.in_(_IDS)))
_ADDRESSES: Final = Prepared(
    select(address.c.customer_id, *(address.c[name] for name in Address.__dataclass_fields__))
    .where(address.c.customer_id.in_(_IDS), address.c.active)
    .order_by(address.c.id)
)
