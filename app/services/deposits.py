"""Asking for deposits: agreed before an order is confirmed, or asked for by hand afterwards, as often as is needed.

A deposit invoice has a line for each set of taxes of the order, with that part's taxes.  Invoices deduct it
(:mod:`app.services.invoice_drafts`), a credit note takes back what is left of it (:func:`app.services.billing.credit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.deposit import Deduction, Part, add_up, split, split_net, total_of
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.rounding import round_step
from app.services import (
    billing,
    companies,
    deposit_parts,
    document_lines,
    invoice_drafts,
    order_book,
    order_lines,
    part_quantity,
    sourcing,
)
from app.services.document_lines import ZERO, Rules
from app.services.order_book import OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is asked for: ``percent`` of the order's total, an ``amount`` with tax, or one before tax (``net``).

    ``blocks``: nothing is reserved, shipped or invoiced before it is paid.  ``text``: what the invoice says it is for.
    """

    percent: Decimal = ZERO
    amount: Decimal = ZERO
    net: Decimal = ZERO
    blocks: bool = False
    text: str = ""


def invoice_agreed(tx: Transaction, book: OrderBook) -> UUID | None:
    """Draft the deposit invoice of an order that is being confirmed, where one was agreed; return its id."""
    amount: Decimal = book.head.deposit_amount
    if not amount:
        return None
    parts = deposit_parts.of_order(tx.connection, book.head, [line.row for line in book.sold])
    rules = _rules(tx.connection, book.head)
    deposit_id = _draft(tx, book, rules, _split(parts, amount, rules))
    tx.update(invoice, deposit_id, blocks=book.head.deposit_blocks)
    deposit_parts.follow(tx.connection, book)
    return deposit_id


def ask(tx: Transaction, order_id: UUID, wanted: Wanted) -> UUID | None:
    """Ask for a deposit: agree on it while the order is a draft, else draft another deposit invoice; return its id.

    An order that waits for a deposit goes on waiting, also for this one if it blocks.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: the order is closed or cancelled, or all of it is invoiced.
        Invalid: nothing is asked for, or more than is to be invoiced and no deposit asks for.

    """
    book = order_book.load(tx, order_id)
    parts = _wanted_parts(tx.connection, book.head, [line.row for line in book.sold], wanted)
    if book.state == OrderState.DRAFT:
        rules = _rules(tx.connection, book.head)
        amount = ZERO if wanted.percent else _total(rules, parts)
        tx.update(
            sales_order,
            order_id,
            deposit_percent=wanted.percent,
            deposit_amount=order_lines.deposit(rules, book.head.total, wanted.percent, amount),
            deposit_blocks=wanted.blocks,
        )
        return None
    if book.state != OrderState.CONFIRMED:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; only a confirmed order is asked for a deposit.")
    if all(line.invoiced >= line.ordered - line.cancelled for line in book.sold):
        raise NotAllowed(f"All of {book.head.number} is invoiced. There is nothing left to ask a deposit for.")
    rules = _rules(tx.connection, book.head)
    deposit_id = _draft(tx, book, rules, parts, wanted.text)
    tx.update(invoice, deposit_id, by_hand=True, blocks=wanted.blocks)
    deposit_parts.follow(tx.connection, book)
    tx.record("order.deposit_asked", order_id, number=book.head.number, total=_total(rules, parts))
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


def amount_of(connection: Connection, head: Any, parts: Iterable[Part]) -> Decimal:
    """Give what a deposit invoice of these parts of an order comes to."""
    return _total(_rules(connection, head), parts)


def _wanted_parts(connection: Connection, head: Any, rows: Sequence[Any], wanted: Wanted) -> list[Part]:
    if sum(1 for value in (wanted.percent, wanted.amount, wanted.net) if value) != 1:
        raise Invalid("deposit", "Say how much is asked for: a percentage, an amount with tax, or one before tax.")
    rules = _rules(connection, head)
    parts, left = _parts(connection, head, rows)
    if wanted.net:
        parts = _split_net(parts, wanted.net, rules)
        amount = _total(rules, parts)
    else:
        amount = order_lines.deposit(rules, head.total, wanted.percent, wanted.amount)
    if not amount:
        raise Invalid("deposit", "A deposit of nothing is not asked for. Raise it.")
    if amount > left:
        raise Invalid(
            "deposit",
            f"Of {head.number}, {left:.{rules.decimals}f} is left to ask for: "
            "the rest is invoiced or asked for already. Ask for that at most.",
        )
    return parts if wanted.net and not rules.cash_rounding else _split(parts, amount, rules)


def _parts(connection: Connection, head: Any, rows: Sequence[Any]) -> tuple[list[Part], Decimal]:
    """Give the parts a deposit may ask for, and how much in all: what no invoice and no deposit asks for yet."""
    rules = _rules(connection, head)
    if head.state == OrderState.DRAFT:
        parts = deposit_parts.of_order(connection, head, rows)
        return parts, max(ZERO, _total(rules, parts))
    parts = _to_invoice(connection, head, rows)
    left = add_up([*parts, *(-part for part in _not_deducted(connection, head.id))])
    whole = {part.codes: part.total for part in parts}
    fits = all(part.codes in whole and part.total * whole[part.codes] >= 0 for part in left)
    # Where taxes changed since, so that a part would be asked for beyond what it is, all parts count as they are.
    return left if fits else parts, max(ZERO, _total(rules, left))


def _to_invoice(connection: Connection, head: Any, rows: Sequence[Any]) -> list[Part]:
    """Give the parts of what is still to be invoiced, as one invoice of all of it would have them."""
    lines = []
    for row in rows:
        left = row.ordered - row.cancelled - row.invoiced
        if left > 0:
            line = row._asdict()
            if left != row.ordered:
                line |= part_quantity.written(connection, row, Fraction(row.quantity) * left / row.ordered)
            lines.append({**line, "order_line_id": row.id, "grains": left})
    rules = invoice_drafts.rules_for(connection, head, rows, rows, lines)
    return deposit_parts.parts_of_lines(rules, lines, document_lines.taxes_of(connection, head.id))


def _not_deducted(connection: Connection, order_id: UUID) -> list[Part]:
    """Read what deposits ask for that no posted invoice deducts: of posted ones what is left, of drafts all."""
    draft = billing.find_draft(connection, order_id)
    posted = [part for known in deposit_parts.posted(connection, order_id, but=draft) for part in known.parts_left]
    return [*posted, *(deposit_parts.part_of(row) for row in _DRAFTED.all(connection, order=order_id))]


def _split(parts: Sequence[Part], amount: Decimal, rules: Rules) -> list[Part]:
    """Take an amount of the parts; all of them where it is what an invoice of all would come to."""
    if amount == _total(rules, parts):
        amount = total_of(parts)
    return split(parts, amount, Decimal(1).scaleb(-rules.decimals))


def _split_net(parts: Sequence[Part], net: Decimal, rules: Rules) -> list[Part]:
    document_lines.check_number("deposit", net)
    untaxed = sum((part.net for part in parts), ZERO)
    if not 0 < net <= untaxed or net != round(net, rules.decimals):
        raise Invalid(
            "deposit", f"The order has {untaxed:.{rules.decimals}f} before tax left to ask for. Lower the deposit."
        )
    return split_net(parts, net, Decimal(1).scaleb(-rules.decimals))


def _total(rules: Rules, parts: Iterable[Part]) -> Decimal:
    """Add up what is asked for, rounded to the smallest coin where the order is."""
    return round_step(total_of(parts), rules.cash_rounding or ZERO)


def _rules(connection: Connection, head: Any) -> Rules:
    """Give the rules of a deposit invoice: the order's coin, no discount."""
    decimals = companies.decimals(connection, head.currency)
    return Rules(head.currency, decimals, cash_rounding=head.cash_rounding)


def _draft(tx: Transaction, book: OrderBook, rules: Rules, parts: Iterable[Part], text: str = "") -> UUID:
    taxes = document_lines.taxes_of(tx.connection, book.id)
    text = text or f"Deposit for order {book.head.number}"
    rows = [deposit_parts.line(text, part, taxes, position) for position, part in enumerate(parts, 1)]
    priced = document_lines.compute(rules, rows, taxes)
    return invoice_drafts.store(tx, book, InvoiceKind.DEPOSIT, rules, priced)


_DRAFTED: Final = Prepared(
    select(invoice_line.c.tax_codes, invoice_line.c.net, invoice_line.c.tax_amounts)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.state == InvoiceState.DRAFT,
        invoice.c.kind == InvoiceKind.DEPOSIT,
    )
)
_HEAD: Final = Prepared(select(sales_order).where(sales_order.c.id == bindparam("order", type_=Key)))
_ROWS: Final = Prepared(
    select(sales_order_line)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key), sales_order_line.c.kit_line_id.is_(None))
    .order_by(sales_order_line.c.position)
)
