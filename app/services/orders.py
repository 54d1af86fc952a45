"""Sales orders: writing, confirming, changing, closing, cancelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.invoice import InvoiceKind, InvoiceState, invoice
from app.models.lines import UNPRICED, document_tax, signature
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.shipment import ShipmentState, shipment
from app.services import (
    arrivals,
    companies,
    credit_checks,
    deposits,
    document_lines,
    freight,
    invoice_drafts,
    kits,
    numbering,
    order_book,
    order_lines,
    order_promotions,
    order_tenders,
    originals,
    parties,
    picking,
    promotion_lines,
    sourcing,
)
from app.services.document_lines import ZERO, LineInput, Rules
from app.services.parties import Address
from app.services.pricing import Buyer
from app.services.statements import Prepared
from app.services.text_search import contains
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed and how: a typed name, or a drawn or scanned image (PNG)."""

    name: str
    signed_on: date
    kind: str = "name"
    image: bytes | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What a new order is made of; what is left empty comes from the customer and the company."""

    customer_id: UUID
    lines: tuple[LineInput, ...]
    customer_po: str = ""
    currency: str = ""
    payment_term: str = ""
    invoice_policy: str = ""
    billing_address: Address | None = None
    shipping_address: Address | None = None
    ordered_on: date | None = None
    requested_on: date | None = None
    promised_on: date | None = None
    deposit_percent: Decimal = ZERO
    deposit_amount: Decimal = ZERO
    deposit_blocks: bool = True
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    tax_rounding: str = ""
    cash_rounding: Decimal | None = None  # of a quote, or where rounding_given; else an order takes the company's
    rounding_given: bool = False
    channel: str = ""
    campaign: str = ""
    notes: str = ""
    quote_id: UUID | None = None
    number: str = ""
    location_id: UUID | None = None  # where it leaves from; None: the main warehouse
    ship_policy: str = "available"  # available | complete | line
    sourcing_rule: str = ""  # nearest | fewest | cheapest; empty: from its own warehouse


def create(tx: Transaction, new: NewOrder) -> UUID:
    """Write a draft order and return its id.

    Raises:
        Invalid: a line, the currency or the deposit cannot be taken.
        NotFound: the customer or a product does not exist.

    """
    customer, company = parties.get(tx.connection, new.customer_id), companies.get(tx.connection)
    rules = _rules(tx, new, customer, company)
    day = new.ordered_on or tx.at.date()
    who = Buyer(customer.id, day, customer.customer_group, new.channel, new.campaign)
    priced = order_lines.price_new(tx.connection, rules, customer, new.shipping_address, new.lines, who)
    order_id, policy = new_id(), new.invoice_policy or company.invoice_policy
    number = new.number or numbering.free_number(tx, "SO", order_id, sales_order.c.number)
    tx.insert(
        sales_order,
        {
            "id": order_id,
            "number": number,
            "quote_id": new.quote_id,
            "state": str(OrderState.DRAFT),
            "delivery_state": "none",
            "billing_state": "none",
            "stage": "draft",
            "progress": 0,
            "customer_id": customer.id,
            "customer_name": customer.name,
            "customer_po": new.customer_po,
            "payment_term": new.payment_term or customer.payment_term,
            "invoice_policy": policy,
            "billing_address": (new.billing_address or customer.billing_address).to_json(),
            "shipping_address": (new.shipping_address or customer.shipping_address).to_json(),
            "ordered_on": day,
            "requested_on": new.requested_on,
            "promised_on": new.promised_on or new.requested_on,
            "confirmed_at": None,
            "deposit_percent": new.deposit_percent,
            "deposit_amount": order_lines.deposit(
                rules, priced.totals["total"], new.deposit_percent, new.deposit_amount
            ),
            "deposit_blocks": new.deposit_blocks,
            "channel": new.channel,
            "campaign": new.campaign,
            "warning": "",
            "taken_over": False,
            "notes": new.notes,
            "invoiced_total": ZERO,
            "paid_total": ZERO,
            "location_id": new.location_id,
            "ship_policy": new.ship_policy,
            "sourcing_rule": new.sourcing_rule,
            **rules.columns(),
            **priced.totals,
        },
    )
    tx.insert(sales_order_line, *order_lines.new_rows(order_id, priced, policy))
    document_lines.store_taxes(tx, order_id, priced.taxes, replace=False)
    tx.record("order.written", order_id, number=number, total=priced.totals["total"], currency=rules.currency)
    return order_id


def _rules(tx: Transaction, new: NewOrder, customer: parties.Customer, company: companies.Company) -> Rules:
    currency = new.currency or customer.currency
    return Rules(
        currency,
        companies.decimals(tx.connection, currency),
        new.tax_rounding or company.tax_rounding,
        new.discount_percent,
        new.discount_amount,
        new.cash_rounding if new.quote_id or new.rounding_given else company.cash_rounding,
    )


def sign(tx: Transaction, document_id: UUID, signed: Signature) -> UUID:
    """Keep a customer's signature under an order; return its id.

    Raises:
        Invalid: the name is empty, or an image is missing or no PNG.

    """
    if not signed.name.strip():
        raise Invalid("name", "Type the name of the person who signed.")
    if signed.kind != "name" and not (signed.image or b"").startswith(b"\x89PNG"):
        raise Invalid("image", "The signature must be a PNG picture.")
    signature_id = new_id()
    tx.insert(
        signature,
        {
            "id": signature_id,
            "document_id": document_id,
            "name": signed.name,
            "kind": signed.kind,
            "image": signed.image,
            "signed_on": signed.signed_on,
            "signed_at": tx.at,
        },
    )
    tx.record("order.signed", document_id, name=signed.name)
    return signature_id


def confirm(tx: Transaction, order_id: UUID) -> str:
    """Make a draft order binding: reserve stock, plan its delivery, draft what may be invoiced; return its number.

    What is missing stays on the line as a backorder.  An order beyond its customer's credit limit is put on hold.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it is not a draft, or it has no lines.

    """
    order_promotions.refresh(tx, order_id)
    freight.refresh(tx, order_id)
    book = order_book.load(tx, order_id)
    if not any(line.row.kind not in UNPRICED for line in book.lines):
        raise NotAllowed(f"Order {book.head.number} has no lines. Add one, then confirm it.")
    if book.state != OrderState.DRAFT:  # one that is closed or cancelled may be open again, but not by this
        raise NotAllowed(f"Order {book.head.number} is {book.state}; only a draft is confirmed.")
    book = kits.explode(tx, book)
    book.move_to(OrderState.CONFIRMED)
    book.changes.update(originals.of_order(tx, book), confirmed_at=tx.at)
    deposits.invoice_agreed(tx, book)
    tx.record("order.confirmed", order_id, number=book.head.number)
    credit_checks.check_confirmed(tx, book)
    sourcing.settle(tx, book)
    return str(book.head.number)


def cancel(tx: Transaction, order_id: UUID) -> str:
    """Call the whole order off: free its stock, gift cards and coupons, cancel its lists and drafts; return its number.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: something was shipped or invoiced, or a shipment is packed.

    """
    book = order_book.load(tx, order_id)
    number: str = book.head.number
    if any(line.shipped for line in book.lines):
        raise NotAllowed(f"Part of {number} was shipped. Close it to cancel the rest, or take the goods back.")
    if any(line.invoiced for line in book.lines) or _posted_deposit(tx, order_id):
        raise NotAllowed(f"{number} is invoiced. Write a credit note first, then cancel the order.")
    book.move_to(OrderState.CANCELLED)
    if book.head.promotions:
        promotion_lines.let_go(tx, order_id)
    if book.head.tendered:
        order_tenders.give_back(tx, order_id, tx.at.date())
    _stop_deliveries(tx, book)
    for line in book.lines:
        line.cancelled = line.ordered
    for draft_id in _DRAFTS.values(tx.connection, order=order_id):
        tx.update(invoice, draft_id, state=str(InvoiceState.CANCELLED))
    tx.record("order.cancelled", order_id, number=number)
    held = order_lines.held_products(book)
    sourcing.settle(tx, book)
    arrivals.serve_others(tx, book, held)
    return number


def close(tx: Transaction, order_id: UUID, *, cancel_rest: bool = True) -> str:
    """Cancel whatever is not shipped; what was shipped stays to be invoiced and paid.  Return the number.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it is not confirmed, a shipment is packed, or, without ``cancel_rest``, something is still to ship.

    """
    book = order_book.load(tx, order_id)
    number: str = book.head.number
    if book.state != OrderState.CONFIRMED:
        raise NotAllowed(f"Order {number} is {book.state}; only a confirmed order can be closed.")
    if not cancel_rest and any(line.outstanding for line in book.lines):
        raise NotAllowed(f"Not all of {number} was shipped. Ship the rest, or close the order and cancel it.")
    _stop_deliveries(tx, book)
    for line in book.lines:
        line.cancelled += line.outstanding
    book.changes["warning"] = ""
    tx.record("order.closed", order_id, number=number)
    held = order_lines.held_products(book)
    sourcing.settle(tx, book)
    arrivals.serve_others(tx, book, held)
    return number


def reserve(tx: Transaction, order_id: UUID) -> str:
    """Promise free stock to what an order still waits for; return its number.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it is not confirmed.

    """
    book = order_book.load(tx, order_id)
    if book.state != OrderState.CONFIRMED:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; stock is promised to confirmed orders only.")
    sourcing.settle(tx, book)
    return str(book.head.number)


def set_lines(tx: Transaction, order_id: UUID, revision: int, lines: Sequence[LineInput]) -> None:
    """Replace the lines of an order (a line stays by its ``id``); what follows from a confirmed order's lines follows.

    Raises:
        NotAllowed: the order is finished, less is asked for than was picked, shipped or invoiced, or the price of
            a line is changed that is invoiced.
        Conflict: the order was changed since ``revision`` was read.
        Invalid: a line cannot be taken.

    """
    book = order_book.load(tx, order_id)
    _expect(book, revision)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED} or book.head.taken_over:
        raise NotAllowed(f"Order {book.head.number} is {book.state} and its lines cannot be changed.")
    order_lines.reprice(tx, book, lines)


def change_head(tx: Transaction, order_id: UUID, revision: int, values: dict[str, Any]) -> None:
    """Change dates, PO number, terms, addresses, notes of an order that is not finished.

    Raises:
        NotAllowed: the order is cancelled or closed, or a field cannot be changed any more.
        Invalid: a discount cannot be taken.
        Conflict: the order was changed since ``revision`` was read.

    """
    book = order_book.load(tx, order_id)
    _expect(book, revision)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED}:
        raise NotAllowed(f"Order {book.head.number} is {book.state} and cannot be changed.")
    fixed = sorted(set(values) - CHANGEABLE - (WHILE_A_DRAFT if book.state == OrderState.DRAFT else set()))
    if fixed:
        raise NotAllowed(f"{fixed[0].replace('_', ' ').capitalize()} cannot be changed here.")
    tx.record("order.changed", order_id, fields=", ".join(values))
    discounts = {name: value for name, value in values.items() if name in DISCOUNTS}
    if not discounts:
        book.changes.update(values)
        sourcing.settle(tx, book)
        invoice_drafts.follow_head(tx, book)
        return
    if any(line.invoiced for line in book.lines):
        raise NotAllowed(f"Order {book.head.number} is invoiced in part: its discount is fixed.")
    document_lines.check_discounts(**discounts)
    tx.update(sales_order, order_id, **values)
    changed = order_book.load(tx, order_id)
    order_lines.reprice(tx, changed, [order_lines.as_input(line.row) for line in changed.sold])
    invoice_drafts.follow_head(tx, changed)


def change_line(
    tx: Transaction,
    order_id: UUID,
    line_id: UUID,
    *,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
    discount_percent: Decimal | None = None,
) -> None:
    """Change one line of a draft or confirmed order; reservations and lists follow.

    Raises:
        NotAllowed: the order is finished, less is asked for than was shipped or invoiced, or the price is
            changed of a line that is invoiced.
        Invalid: a number cannot be taken.

    """
    book = _changeable(tx, order_id)
    book.line(line_id)
    changed = {"quantity": quantity, "unit_price": unit_price, "discount_percent": discount_percent}
    changed = {name: value for name, value in changed.items() if value is not None}
    inputs = [order_lines.as_input(one.row, changed if one.id == line_id else {}) for one in book.sold]
    order_lines.reprice(tx, book, inputs)


def add_line(tx: Transaction, order_id: UUID, line: LineInput) -> UUID:
    """Add a line to a draft or confirmed order and return its id.

    Raises:
        NotAllowed: the order is finished.
        Invalid: the line cannot be taken.

    """
    book = _changeable(tx, order_id)
    line_id = line.id or new_id()
    fields = {name: getattr(line, name) for name in LineInput.__dataclass_fields__}
    inputs = [
        *(order_lines.as_input(one.row, {}) for one in book.sold),
        LineInput(**{**fields, "id": line_id}),
    ]
    order_lines.reprice(tx, book, inputs)
    return line_id


def remove_line(tx: Transaction, order_id: UUID, line_id: UUID) -> None:
    """Remove a line from a draft or confirmed order.

    Raises:
        NotAllowed: the order is finished, or part of the line was picked, shipped or invoiced.

    """
    book = _changeable(tx, order_id)
    book.line(line_id)
    order_lines.reprice(tx, book, [order_lines.as_input(one.row, {}) for one in book.sold if one.id != line_id])


WHILE_A_DRAFT: Final = {"location_id"}
"""What can be changed until stock is promised from there; then lines are sent from elsewhere (:mod:`routing`)."""
DISCOUNTS: Final = {"discount_percent", "discount_amount"}
CHANGEABLE: Final = {
    *DISCOUNTS,
    "customer_po",
    "requested_on",
    "promised_on",
    "payment_term",
    "billing_address",
    "shipping_address",
    "notes",
    "channel",
    "campaign",
    "warning",
    "ship_policy",
    "sourcing_rule",
}


def _changeable(tx: Transaction, order_id: UUID) -> order_book.OrderBook:
    book = order_book.load(tx, order_id)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED, OrderState.CLOSED}:
        raise NotAllowed(f"Order {book.head.number} is {book.state} and cannot be changed.")
    if book.head.taken_over:
        raise NotAllowed(f"Order {book.head.number} was taken over from another system and cannot be changed.")
    return book


def _expect(book: order_book.OrderBook, revision: int) -> None:
    if book.head.revision != revision:
        raise Conflict(f"order {book.head.number}")


def _stop_deliveries(tx: Transaction, book: order_book.OrderBook) -> None:
    packed = _PACKED.value(tx.connection, order=book.id)
    if packed:
        raise NotAllowed(f"Shipment {packed} is packed. Unpack it first.")
    if any(line.picked for line in book.lines):
        picking.shelve(tx, book)


def _posted_deposit(tx: Transaction, order_id: UUID) -> bool:
    """Tell whether a deposit was invoiced and not taken back by a credit note."""
    return bool(_DEPOSITS.first(tx.connection, order=order_id))


def get(connection: Connection, order_id: UUID) -> Any:
    """Read an order's head.

    Raises:
        NotFound: the order does not exist.

    """
    row = _BY_ID.first(connection, order=order_id)
    if row is None:
        raise NotFound("Order", order_id)
    return row


def lines(connection: Connection, order_id: UUID) -> list[Any]:
    """Read an order's lines in their order, as they were sold: kits, not their components."""
    return _LINES.all(connection, order=order_id)


def taxes(connection: Connection, document_id: UUID) -> list[Any]:
    """Read the taxes of a quote, order or invoice."""
    return _TAXES.all(connection, document=document_id)


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find orders by number, PO number or customer: id, number, customer, stage; newest first."""
    order = sales_order.c
    rows = connection.execute(
        select(order.id, order.number, order.customer_name, order.stage)
        .where(contains((order.number, order.customer_po, order.customer_name), text, connection.dialect.name))
        .order_by(order.id.desc())
        .limit(limit)
    )
    return [tuple(row) for row in rows]


_BY_ID: Final = Prepared(select(sales_order).where(sales_order.c.id == bindparam("order", type_=Key)))
_LINES: Final = Prepared(
    select(sales_order_line)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key), sales_order_line.c.kit_line_id.is_(None))
    .order_by(sales_order_line.c.position)
)
_TAXES: Final = Prepared(select(document_tax).where(document_tax.c.document_id == bindparam("document", type_=Key)))
_PACKED: Final = Prepared(
    select(shipment.c.number).where(
        shipment.c.order_id == bindparam("order", type_=Key), shipment.c.state == ShipmentState.PACKED
    )
)
_OF_ORDER: Final = invoice.c.order_id == bindparam("order", type_=Key)
_DRAFTS: Final = Prepared(select(invoice.c.id).where(_OF_ORDER, invoice.c.state == InvoiceState.DRAFT))
_CREDIT: Final = invoice.alias("credit")
_DEPOSITS: Final = Prepared(
    select(invoice.c.id).where(
        _OF_ORDER,
        invoice.c.kind == InvoiceKind.DEPOSIT,
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
        ~select(_CREDIT.c.id).where(_CREDIT.c.credits_id == invoice.c.id, _CREDIT.c.number.is_not(None)).exists(),
    )
)
