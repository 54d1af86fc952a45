"""Asking for deposits: agreed before an order is confirmed, or asked for by hand afterwards, as often as is needed.

A deposit invoice has a line for each set of taxes of the order, with that part's taxes.  Invoices deduct it
(:mod:`app.services.invoice_drafts`), a credit note takes back what is left of it (:func:`app.services.billing.credit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.deposit import Deduction, Part, add_up, split, split_net, total_of
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line
from app.models.order import OrderState, sales_order, sales_order_line
from app.services import companies, deposit_parts, document_lines, invoice_drafts, order_book, order_lines, sourcing
from app.services.document_lines import ZERO, Rules
from app.services.order_book import OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is asked for: ``percent`` of the order's total, an ``amount`` with tax, or one before tax (``net``).

    ``blocks``: nothing is reserved, shipped or invoiced before it is paid.
    """

    percent: Decimal = ZERO
    amount: Decimal = ZERO
    net: Decimal = ZERO
    blocks: bool = False


def invoice_agreed(tx: Transaction, book: OrderBook) -> UUID | None:
    """Draft the deposit invoice of an order that is being confirmed, where one was agreed; return its id."""
    amount: Decimal = book.head.deposit_amount
    if not amount:
        return None
    parts = deposit_parts.of_order(tx.connection, book.head, [line.row for line in book.sold])
    return _draft(tx, book, split(parts, amount, _step(tx.connection, book.head)))


def ask(tx: Transaction, order_id: UUID, wanted: Wanted) -> UUID | None:
    """Ask for a deposit: agree on it while the order is a draft, else draft another deposit invoice; return its id.

    An order that waits for a deposit goes on waiting, now for both.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: the order is closed or cancelled, or all of it is invoiced.
        Invalid: nothing is asked for, or more than the order comes to with the deposits there are.

    """
    book = order_book.load(tx, order_id)
    parts = _wanted_parts(tx.connection, book.head, [line.row for line in book.sold], wanted)
    if book.state == OrderState.DRAFT:
        amount = ZERO if wanted.percent else total_of(parts)
        decimals = companies.decimals(tx.connection, book.head.currency)
        tx.update(
            sales_order,
            order_id,
            deposit_percent=wanted.percent,
            deposit_amount=order_lines.deposit(book.head.total, wanted.percent, amount, decimals),
            deposit_blocks=wanted.blocks,
        )
        return None
    if book.state != OrderState.CONFIRMED:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; only a confirmed order is asked for a deposit.")
    if all(line.invoiced >= line.ordered - line.cancelled for line in book.sold):
        raise NotAllowed(f"All of {book.head.number} is invoiced. There is nothing left to ask a deposit for.")
    deposit_id = _draft(tx, book, parts)
    tx.update(invoice, deposit_id, by_hand=True)
    book.changes.update(
        deposit_amount=book.head.deposit_amount + total_of(parts),
        deposit_blocks=wanted.blocks or book.waits_for_deposit,
    )
    tx.record("order.deposit_asked", order_id, number=book.head.number, total=total_of(parts))
    sourcing.settle(tx, book)
    return deposit_id


def deduct_by(tx: Transaction, order_id: UUID, way: Deduction) -> None:
    """Say how invoices deduct the order's deposits; the draft invoice follows.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: the order is closed or cancelled.

    """
    book = order_book.load(tx, order_id)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED}:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; its deposits stay as they were deducted.")
    book.changes["deposit_deduction"] = str(way)
    if book.state == OrderState.DRAFT:
        tx.update(sales_order, order_id, deposit_deduction=str(way))
    else:
        sourcing.settle(tx, book)


def preview(connection: Connection, order_id: UUID, wanted: Wanted) -> list[Part]:
    """Show what a deposit invoice would ask for, split by taxes.

    Raises:
        Invalid: see :func:`ask`.

    """
    head = _HEAD.first(connection, order=order_id)
    return _wanted_parts(connection, head, _ROWS.all(connection, order=order_id), wanted)


def _wanted_parts(connection: Connection, head: Any, rows: Sequence[Any], wanted: Wanted) -> list[Part]:
    parts = deposit_parts.of_order(connection, head, rows)
    decimals, step = companies.decimals(connection, head.currency), _step(connection, head)
    if sum(1 for value in (wanted.percent, wanted.amount, wanted.net) if value) != 1:
        raise Invalid("deposit", "Say how much is asked for: a percentage, an amount with tax, or one before tax.")
    before = ZERO if head.state == OrderState.DRAFT else head.deposit_amount
    if head.state != OrderState.DRAFT:
        parts = _not_asked(parts, _asked(connection, head.id))
    if wanted.net:
        document_lines.check_number("deposit", wanted.net)
        untaxed = sum((part.net for part in parts), ZERO)
        if not 0 < wanted.net <= untaxed or wanted.net != round(wanted.net, decimals):
            raise Invalid(
                "deposit", f"The order has {untaxed:.{decimals}f} before tax left to ask for. Lower the deposit."
            )
        return split_net(parts, wanted.net, step)
    amount = order_lines.deposit(head.total, wanted.percent, wanted.amount, decimals)
    if not amount:
        raise Invalid("deposit", "A deposit of nothing is not asked for. Raise it.")
    if before + amount > head.total:
        raise Invalid(
            "deposit",
            f"The order comes to {head.total:.{decimals}f} and {before:.{decimals}f} is asked for already. "
            f"Ask for {head.total - before:.{decimals}f} at most.",
        )
    return split(parts, amount, step)


def _not_asked(parts: list[Part], asked: Iterable[Part]) -> list[Part]:
    """Give what of the order no deposit asks for yet, so that the last one takes the last cent of each tax.

    Where taxes changed since, so that a part would be asked for beyond what it is, all parts count as they are.
    """
    left = add_up([*parts, *(-part for part in asked)])
    whole = {part.codes: part.total for part in parts}
    fits = all(part.codes in whole and part.total * whole[part.codes] >= 0 for part in left)
    return left if fits and total_of(left) > 0 else parts


def _asked(connection: Connection, order_id: UUID) -> list[Part]:
    """Read the parts all deposit invoices of the order ask for, drafts as well, less what was credited."""
    return [deposit_parts.part_of(row) for row in _ASKED.all(connection, order=order_id)]


def _draft(tx: Transaction, book: OrderBook, parts: Iterable[Part]) -> UUID:
    rules = Rules(book.head.currency, companies.decimals(tx.connection, book.head.currency))
    taxes = document_lines.taxes_of(tx.connection, book.id)
    text = f"Deposit for order {book.head.number}"
    rows = [deposit_parts.line(text, part, taxes, position) for position, part in enumerate(parts, 1)]
    priced = document_lines.compute(rules, rows, taxes)
    return invoice_drafts.store(tx, book, InvoiceKind.DEPOSIT, rules, priced)


def _step(connection: Connection, head: Any) -> Decimal:
    return Decimal(1).scaleb(-companies.decimals(connection, head.currency))


_CREDITED: Final = invoice.alias("credited")
_ASKED: Final = Prepared(
    select(invoice_line.c.tax_codes, invoice_line.c.net, invoice_line.c.tax_amounts)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .outerjoin(_CREDITED, _CREDITED.c.id == invoice.c.credits_id)
    .where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.state != InvoiceState.CANCELLED,
        (invoice.c.kind == InvoiceKind.DEPOSIT) | (_CREDITED.c.kind == InvoiceKind.DEPOSIT),
    )
)
_HEAD: Final = Prepared(select(sales_order).where(sales_order.c.id == bindparam("order", type_=Key)))
_ROWS: Final = Prepared(
    select(sales_order_line)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key), sales_order_line.c.kit_line_id.is_(None))
    .order_by(sales_order_line.c.position)
)
