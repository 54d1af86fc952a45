"""Amending a confirmed order: customer, products, quantities and prices in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Conflict, Invalid, NotAllowed
from app.models.order import OrderState, sales_order
from app.services import companies, credit_checks, margins, order_book, order_lines, orders, overview, parties, planning
from app.services.credit_checks import Standing
from app.services.currency import NoRate
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.margins import Summed
from app.services.order_book import OrderBook
from app.services.overview import OrderOverview
from app.services.transaction import Transaction


def amend(
    tx: Transaction,
    order_id: UUID,
    revision: int,
    *,
    customer_id: UUID | None = None,
    lines: Sequence[LineInput] | None = None,
) -> int:
    """Change what was agreed of a confirmed order in one step and return how often it was amended by now.

    Another customer takes the order over with their addresses, as long as nothing was shipped or invoiced;
    planned shipments, pick lists and drafts follow.  ``lines`` replace the lines; one keeps its identity by its ``id``.

    Raises:
        NotFound: the order or the customer does not exist.
        NotAllowed: the order is not confirmed, was shipped or invoiced for its customer, or a line cannot follow.
        Conflict: the order was changed since ``revision`` was read.
        Invalid: a line cannot be taken, or the customer pays in another currency.

    """
    book = order_book.load(tx, order_id)
    if book.head.revision != revision:
        raise Conflict(f"order {book.head.number}")
    if book.state != OrderState.CONFIRMED or book.head.taken_over:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; only a confirmed order is amended.")
    if customer_id is not None and customer_id != book.head.customer_id:
        _hand_over(tx, book, customer_id)
        book = order_book.load(tx, order_id)
    inputs = [order_lines.as_input(line.row) for line in book.sold] if lines is None else lines
    order_lines.reprice(tx, book, inputs)
    amendments: int = book.head.amendments + 1
    return amendments


def agree(
    tx: Transaction,
    order_id: UUID,
    revision: int,
    *,
    head: Mapping[str, Any] | None = None,
    customer_id: UUID | None = None,
    lines: Sequence[LineInput] | None = None,
) -> int:
    """Amend as :func:`amend`, with fields of the ``head`` (as :func:`app.services.orders.change_head`) in one step.

    Raises:
        NotFound, NotAllowed, Conflict, Invalid: as the two.

    """
    if head:
        orders.change_head(tx, order_id, revision, dict(head))
        revision = orders.get(tx.connection, order_id).revision
    return amend(tx, order_id, revision, customer_id=customer_id, lines=lines)


@dataclass(frozen=True, slots=True)
class Worth:
    """What an order is in money: totals and margin in its currency, the customer's credit in the company's.

    ``deposit`` is what deposits ask for, with tax; ``left`` what no posted invoice asks for yet, deposits counted.
    ``credit`` and ``margin`` are None where an exchange rate is missing.
    """

    net: Decimal
    tax: Decimal
    total: Decimal
    deposit: Decimal
    left: Decimal
    credit: Standing | None
    credit_currency: str
    margin: Summed | None


def worth(connection: Connection, seen: OrderOverview, on: date) -> Worth:
    """Say what an order is in money on a day."""
    head = seen.order
    credit: Standing | None = None
    margin: Summed | None = None
    try:
        credit = credit_checks.standing_with(connection, head.id, on)
        margin = margins.of_order(connection, seen, on).whole
    except NoRate:
        credit = margin = None
    left = head.total - head.invoiced_total
    own = companies.own_currency(connection)
    return Worth(head.untaxed, head.tax, head.total, head.deposit_amount, left, credit, own, margin)


@dataclass(frozen=True, slots=True)
class Shown:
    """An order before and after an amendment that was tried and not made; ``lines`` are those before, as typed."""

    before: OrderOverview
    after: OrderOverview
    lines: tuple[LineInput, ...]
    worth_before: Worth
    worth_after: Worth


def preview(
    database: Database,
    order_id: UUID,
    revision: int,
    change: Callable[[Transaction, UUID, int], Any],
    *,
    by: str,
    at: datetime,
) -> Shown:
    """Make an amendment, look at the whole order, and take all of it back: what is shown is what would happen.

    ``change`` is :func:`agree` with what was typed.

    Raises:
        UserError: the amendment would be refused.
        Unavailable: the database cannot be reached.

    """

    def op(tx: Transaction) -> None:
        before = overview.read(tx.connection, order_id)
        worth_before = worth(tx.connection, before, at.date())
        lines = tuple(order_lines.as_input(line.row) for line in order_book.load(tx, order_id).sold)
        change(tx, order_id, revision)
        after = overview.read(tx.connection, order_id)
        raise _LookedAtError(Shown(before, after, lines, worth_before, worth(tx.connection, after, at.date())))

    try:
        database.run("order.preview", op, by=by, at=at)
    except _LookedAtError as seen:
        return seen.shown
    raise AssertionError("a preview is never committed")


class _LookedAtError(Exception):
    """Ends the transaction of a preview, so that nothing of it stays."""

    def __init__(self, shown: Shown) -> None:
        super().__init__("looked at")
        self.shown = shown


def _hand_over(tx: Transaction, book: OrderBook, customer_id: UUID) -> None:
    """Let another customer take an order over, with their addresses."""
    head, customer = book.head, parties.get(tx.connection, customer_id)
    if any(line.shipped or line.picked or line.invoiced for line in book.lines) or head.paid_total:
        raise NotAllowed(f"Order {head.number} is picked, shipped or invoiced for {head.customer_name} already.")
    if customer.currency != head.currency:
        raise Invalid("customer", f"{customer.name} pays in {customer.currency}, this order is in {head.currency}.")
    named = {"customer_id": customer.id, "customer_name": customer.name}
    billed = {"billing_address": customer.billing_address.to_json()}
    shipped = customer.shipping_address.to_json()
    tx.update(sales_order, book.id, **named, **billed, shipping_address=shipped, payment_term=customer.payment_term)
    planning.rename(tx, book.id, named, {**billed, "payment_term": customer.payment_term})
    tx.record("order.handed_over", book.id, customer=customer.name)
