"""Credit limits: what a customer owes and will owe, checked where an order is confirmed and where goods leave.

An order beyond the limit is confirmed and put on hold; somebody else may release it.  As long as it is held it is not
counted against the limit for other orders: nothing of it is delivered.  All amounts are in the company's currency, in
which limits are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.credit import Exposure, credit_hold, still_to_invoice
from app.models.dispute import DisputeState, dispute
from app.models.dunning import RunState, dunning_letter
from app.models.invoice import InvoiceState, invoice
from app.models.log import event
from app.models.order import LineProgress, OrderState, sales_order, sales_order_line
from app.models.party import customer
from app.models.payment import Purpose, journal_entry, journal_line, payment
from app.models.product import product
from app.services import companies, dunning_preview, journal, order_book
from app.services.order_book import COUNTS, OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's limit (None: none) and exposure."""

    limit: Decimal | None
    exposure: Exposure

    @property
    def is_over(self) -> bool:
        """Whether more counts against the limit than it is."""
        return self.limit is not None and self.exposure.total > self.limit

    @property
    def free(self) -> Decimal | None:
        """What is left of the limit; below zero where it is exceeded."""
        return None if self.limit is None else self.limit - self.exposure.total


def standing(connection: Connection, customer_id: UUID, on: date) -> Standing:
    """Read a customer's limit and exposure; foreign orders at the rate of a day.

    Raises:
        Invalid: there is no rate for the currency of an order.

    """
    limit = _FACTS.first(connection, customer=customer_id)
    return Standing(limit.credit_limit if limit else None, exposure(connection, customer_id, on))


def standing_with(connection: Connection, order_id: UUID, on: date) -> Standing:
    """Read what the exposure of an order's customer is with this order, held or not, confirmed or still a draft.

    Raises:
        Invalid: there is no rate for the currency of an order.

    """
    head = connection.execute(select(sales_order).where(sales_order.c.id == order_id)).one()
    facts = _FACTS.first(connection, customer=head.customer_id)
    known = exposure(connection, head.customer_id, on, apart=order_id)
    lines = list(connection.execute(_with_kind(sales_order_line.c.order_id == order_id)))
    return Standing(facts.credit_limit, _plus(known, _left(connection, head, lines, on)))


def exposure(connection: Connection, customer_id: UUID, on: date, *, apart: UUID | None = None) -> Exposure:
    """Count what a customer owes and will owe us, without the order ``apart``.

    Raises:
        Invalid: there is no rate for the currency of an order.

    """
    decimals = journal.company_decimals(connection)
    contested = {row.invoice_id: ZERO for row in _DISPUTED.all(connection, customer=customer_id)}
    for row in _DISPUTED.all(connection, customer=customer_id):
        contested[row.invoice_id] += row.amount
    items = disputed = ZERO
    for row in _OPEN.all(connection, customer=customer_id):
        rate = journal.Converter(row.currency, row.rate, decimals)
        items += rate.company(row.open_amount)
        off = min(contested.get(row.id, ZERO), row.open_amount) if row.id in contested else ZERO
        disputed += rate.company(row.open_amount) - rate.company(row.open_amount - off)
    prepayment = journal.accounts(connection)[Purpose.PREPAYMENT]
    held = _ON_ACCOUNT.values(connection, customer=customer_id, account=prepayment)
    return Exposure(items, -sum(held, ZERO), disputed, _orders(connection, customer_id, on, apart))


def check_confirmed(tx: Transaction, book: OrderBook) -> None:
    """Put an order that is confirmed now on hold where it goes beyond its customer's limit.

    Raises:
        Invalid: there is no rate for the currency of an order.

    """
    limit = _lock_limit(tx, book)
    if limit is None:
        return
    found = _with_book(tx, book, limit)
    if not found.is_over:
        return
    words = _words(tx, found)
    book.changes["hold"] = f"Credit limit: {words}"
    _insert(tx, book, found, held_by=tx.by)
    tx.record("order.credit_held", book.id, exposure=found.exposure.total, limit=limit)


def refuse_release(tx: Transaction, book: OrderBook) -> None:
    """Refuse to let goods leave for a customer beyond their limit, or reminded at a level that stops deliveries.

    Raises:
        NotAllowed: they are, and nobody else released this order, after the letter that stops deliveries.
        Invalid: there is no rate for the currency of an order.

    """
    facts = _FACTS.first(tx.connection, customer=book.head.customer_id)
    if facts is None or (facts.credit_limit is None and not facts.stopped):
        return
    limit = _lock_limit(tx, book)
    released = _released(tx.connection, book.id)
    if facts.stopped and (released is None or any(released.released_at < at for at in _stops(tx.connection, book))):
        raise NotAllowed(
            f"{book.head.customer_name} was reminded of what is overdue, and nothing leaves until it is paid. "
            f"{book.head.number} stays as it is; somebody who may can release it."
        )
    if limit is None:
        return
    found = _with_book(tx, book, limit)
    if found.is_over and (released is None or found.exposure.total > released.exposure):
        raise NotAllowed(
            f"{book.head.customer_name} is beyond the credit limit: {_words(tx, found)}. "
            f"{book.head.number} stays as it is; book what was paid, or let somebody else release the order."
        )


def let_go(tx: Transaction, book: OrderBook) -> None:
    """Note that an order's credit hold is released, where it has one.

    Raises:
        NotAllowed: the same person held it, and it is still beyond the limit.

    """
    row = next((one for one in _HOLDS.all(tx.connection, order=book.id) if not one.released_by), None)
    if row is None:
        return
    found = _with_book(tx, book, _lock_limit(tx, book))
    if found.is_over and tx.by == row.held_by:
        raise NotAllowed(
            f"{book.head.number} is beyond the credit limit ({_words(tx, found)}), and you confirmed it. "
            "Somebody else must release it."
        )
    tx.update(credit_hold, row.id, released_by=tx.by, released_at=tx.at, exposure=found.exposure.total)


def release(tx: Transaction, order_id: UUID, reason: str) -> None:
    """Let goods of an order leave though its customer is beyond the limit or reminded; for orders that are not held.

    Raises:
        Invalid: no reason is given.
        NotAllowed: the order is not confirmed, is on hold, or is the releasing person's own.
        NotFound: it does not exist.

    """
    if not reason.strip():
        raise Invalid("reason", "Say why the goods may leave all the same.")
    book = order_book.load(tx, order_id)
    number = book.head.number
    if book.state != OrderState.CONFIRMED or book.head.hold:
        raise NotAllowed(f"Order {number} is {'on hold' if book.head.hold else book.state}. Nothing was changed.")
    if book.head.created_by == tx.by:
        raise NotAllowed(f"You wrote {number} yourself. Somebody else must release it.")
    found = _with_book(tx, book, _lock_limit(tx, book))
    values = {"released_by": tx.by, "released_at": tx.at, "reason": reason.strip()[:200]}
    _insert(tx, book, found, held_by=book.head.created_by, **values)
    tx.record("order.credit_released", order_id, reason=reason.strip())


def _insert(tx: Transaction, book: OrderBook, found: Standing, *, held_by: str, **values: Any) -> None:
    row: dict[str, Any] = {
        "id": new_id(),
        "order_id": book.id,
        "customer_id": book.head.customer_id,
        "credit_limit": found.limit or ZERO,
        "exposure": found.exposure.total,
        "held_by": held_by,
        "held_at": tx.at,
        "released_by": "",
        "released_at": None,
        "reason": "",
    }
    tx.insert(credit_hold, {**row, **values})


def _lock_limit(tx: Transaction, book: OrderBook) -> Decimal | None:
    """Read the limit of an order's customer (None: none); two commands that count against one come one by one."""
    customer_id = book.head.customer_id
    facts = _FACTS.first(tx.connection, customer=customer_id)
    if facts is None or facts.credit_limit is None:
        return None
    found: Decimal | None = _LIMIT.value(tx.connection, customer=customer_id)
    return found


def _stops(connection: Connection, book: OrderBook) -> list[datetime]:
    """Read when the letters went out that stop deliveries to an order's customer."""
    return _STOPPED_AT.values(connection, customer=book.head.customer_id)


def _with_book(tx: Transaction, book: OrderBook, limit: Decimal | None) -> Standing:
    """Count the exposure with an order that is loaded for change."""
    on = tx.at.date()
    known = exposure(tx.connection, book.head.customer_id, on, apart=book.id)
    return Standing(limit, _plus(known, _left(tx.connection, book.head, [line.row for line in book.lines], on)))


def _plus(known: Exposure, order: Decimal) -> Exposure:
    return Exposure(known.open_items, known.on_account, known.disputed, known.orders + order)


def _words(tx: Transaction, found: Standing) -> str:
    currency, decimals = companies.get(tx.connection).currency, journal.company_decimals(tx.connection)
    owed, limit = round(found.exposure.total, decimals), round(found.limit or ZERO, decimals)
    return f"{owed:f} {currency} of {limit:f} {currency}"


def _released(connection: Connection, order_id: UUID) -> Any:
    """Read the last release of an order by another person than the one who held it, or wrote it."""
    rows = [one for one in _HOLDS.all(connection, order=order_id) if one.released_by not in {"", one.held_by}]
    return max(rows, key=lambda one: one.released_at, default=None)


def _orders(connection: Connection, customer_id: UUID, on: date, apart: UUID | None) -> Decimal:
    """Sum what is agreed with a customer and not invoiced, over orders that nobody holds for their credit."""
    found: dict[UUID, list[Any]] = {}
    for row in _ORDERS.all(connection, customer=customer_id):
        if row.order_id != apart:
            found.setdefault(row.order_id, []).append(row)
    return sum((_left(connection, lines[0], lines, on) for lines in found.values()), ZERO)


def _left(connection: Connection, head: Any, lines: list[Any], on: date) -> Decimal:
    """Give what of an order is still to be invoiced, in the company's currency."""
    total = head.order_total if hasattr(head, "order_total") else head.total
    shares = [(line.net, _part(line)) for line in lines if line.net]
    left = still_to_invoice(total, head.invoiced_total, shares, companies.decimals(connection, head.currency))
    return journal.converter(connection, head.currency, on).company(left) if left else ZERO


def _part(line: Any) -> Fraction:
    """Say what part of a line's quantity is or will be invoiced."""
    counts: dict[str, Any] = {name: getattr(line, name) for name in COUNTS}
    progress = LineProgress(
        goods=line.kind == "product" and line.product_kind == "goods",
        kit=line.kind == "product" and line.product_kind == "kit",
        component=line.kit_line_id is not None,
        no_charge=line.no_charge,
        on_order=line.on_order,
        **counts,
    )
    return Fraction(progress.invoiceable, line.ordered) if line.ordered else Fraction(1)


_STOPS: Final = (
    dunning_letter.c.state == RunState.SENT,
    dunning_letter.c.blocks,
    dunning_preview.claim_is_open(dunning_letter.c.id),
)
_STOPPED: Final = select(dunning_letter.c.id).where(dunning_letter.c.customer_id == customer.c.id, *_STOPS).exists()
_STOPPED_AT: Final = Prepared(
    select(event.c.at)
    .join(dunning_letter, dunning_letter.c.id == event.c.document_id)
    .where(
        event.c.subject_id == bindparam("customer", type_=Key),
        event.c.name == "dunning.letter_sent",
        dunning_letter.c.customer_id == event.c.subject_id,
        *_STOPS,
    )
)
_LIMIT: Final = Prepared(
    select(customer.c.credit_limit)
    .where(customer.c.id == bindparam("customer", type_=Key))
    .with_for_update(key_share=True)  # documents of the customer may be written meanwhile
)
_FACTS: Final = Prepared(
    select(customer.c.credit_limit, _STOPPED.label("stopped")).where(customer.c.id == bindparam("customer", type_=Key))
)
_OPEN: Final = Prepared(
    select(invoice.c.id, invoice.c.currency, invoice.c.rate, invoice.c.open_amount).where(
        invoice.c.customer_id == bindparam("customer", type_=Key), invoice.c.state == InvoiceState.POSTED
    )
)
_DISPUTED: Final = Prepared(
    select(dispute.c.invoice_id, dispute.c.amount).where(
        dispute.c.customer_id == bindparam("customer", type_=Key), dispute.c.state == DisputeState.OPEN
    )
)
_ON_ACCOUNT: Final = Prepared(
    select(journal_line.c.amount)
    .select_from(
        payment.join(journal_entry, journal_entry.c.document_id == payment.c.id).join(
            journal_line, journal_line.c.entry_id == journal_entry.c.id
        )
    )
    .where(payment.c.customer_id == bindparam("customer", type_=Key), journal_line.c.account == bindparam("account"))
)
_HOLDS: Final = Prepared(
    select(credit_hold).where(credit_hold.c.order_id == bindparam("order", type_=Key)).order_by(credit_hold.c.id)
)
_LINE: Final = (
    sales_order_line.c.kind,
    sales_order_line.c.net,
    sales_order_line.c.kit_line_id,
    sales_order_line.c.no_charge,
    sales_order_line.c.on_order,
    *(sales_order_line.c[name] for name in COUNTS),
    product.c.kind.label("product_kind"),
)
_JOINED: Final = sales_order_line.outerjoin(product, product.c.id == sales_order_line.c.product_id)


def _with_kind(condition: Any) -> Any:
    return select(*_LINE).select_from(_JOINED).where(condition)


_ORDERS: Final = Prepared(
    select(
        *_LINE,
        sales_order_line.c.order_id,
        sales_order.c.total.label("order_total"),
        sales_order.c.invoiced_total,
        sales_order.c.currency,
    )
    .select_from(_JOINED.join(sales_order, sales_order.c.id == sales_order_line.c.order_id))
    .where(
        sales_order.c.customer_id == bindparam("customer", type_=Key),
        sales_order.c.state == OrderState.CONFIRMED,
        sales_order.c.taken_over.is_(False),
        ~select(credit_hold.c.id)
        .where(credit_hold.c.order_id == sales_order.c.id, credit_hold.c.released_by == "")
        .exists(),
    )
)
