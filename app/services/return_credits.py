"""Crediting what came back: by the invoices that asked for it, quantity by quantity.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotAllowed
from app.models.base import Key
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line, invoice_order
from app.models.returns import goods_return
from app.services import billing, collected_orders, return_book
from app.services.order_book import BookLine
from app.services.return_book import ReturnBook, ReturnedLine
from app.services.statements import Prepared
from app.services.transaction import Transaction


def credit(tx: Transaction, return_id: UUID, on: date) -> list[UUID]:
    """Write and post the credit notes for what came back of a return and was invoiced; return their ids.

    There is one for each invoice it was on; the newest is credited first.  What was never invoiced needs none.

    Raises:
        NotAllowed: nothing of it is to be credited.
        NotFound: the return does not exist.

    """
    found = [statement.values(tx.connection, goods_return=return_id) for statement in (_INVOICES, _TOGETHER)]
    for invoice_id in sorted({one for ids in found for one in ids}):
        tx.lock(invoice, invoice_id, "Invoice")  # before the order, as whoever posts or credits one does
    book = return_book.load(tx, return_id)
    wanted = dict[UUID, dict[UUID, int]]()
    for line, parts, quantity in _due(book):
        left = _spread(tx, line, quantity, wanted)
        _count(book, line, parts, quantity - left)
    if not wanted:
        raise NotAllowed(f"Nothing of {book.number} is to be credited.")
    book.save(tx, state=book.head.state)
    made = []
    for invoice_id, quantities in wanted.items():
        credit_id = billing.credit(tx, invoice_id, on, quantities)
        tx.update(invoice, credit_id, return_id=book.id)
        number = billing.get(tx.connection, credit_id).number
        tx.record("return.credited", book.order.id, book.id, number=book.number, credit=number)
        made.append(credit_id)
    return made


def settle_unbilled(tx: Transaction, return_id: UUID) -> None:
    """Note of a return's lines how much was never invoiced and so needs no credit note."""
    book = return_book.load(tx, return_id)
    for line in book.lines:
        of = book.order.line(line.order_line_id)
        if line.now.creditable > 0 and not of.component:
            over = max(0, of.invoiced - of.invoiceable)
            line.add(credited=max(0, line.now.creditable - over))
    if any(line.now != line.stored for line in book.lines):
        book.save(tx, state=book.head.state)


def _due(book: ReturnBook) -> Iterator[tuple[BookLine, list[ReturnedLine], int]]:
    """Give what is to be credited of each line as it was sold: a kit in whole kits."""
    parts = dict[UUID, list[ReturnedLine]]()
    for line in book.lines:
        of = book.order.line(line.order_line_id)
        whole = book.order.line(of.row.kit_line_id) if of.component else of
        if line.now.creditable > 0 and (whole.kit or whole is of):  # what goes along with goods was not billed
            parts.setdefault(whole.id, []).append(line)
    for line_id, lines in parts.items():
        sold = book.order.line(line_id)
        over = max(0, sold.invoiced - sold.invoiceable)
        if sold.kit:
            shares = [(book.order.line(one.order_line_id).share, one.now.creditable) for one in lines]
            kits = min((int(n / share) for share, n in shares if share), default=0)
            quantity = min(over, kits // sold.grain * sold.grain)
        else:
            quantity = min(over, sum(one.now.creditable for one in lines))
        if quantity:
            yield sold, lines, quantity


def _spread(tx: Transaction, line: BookLine, quantity: int, wanted: dict[UUID, dict[UUID, int]]) -> int:
    """Take a quantity from the invoices that hold the line, the newest first; give what none of them holds."""
    for row in _BILLED.all(tx.connection, line=line.id):
        done = [one.grains for one in _CREDITED.all(tx.connection, invoice=row.invoice_id) if one.line_id == row.id]
        part = min(quantity, row.grains + sum(done))
        if part > 0:
            wanted.setdefault(row.invoice_id, {})[row.id] = part
            quantity -= part
    return quantity


def _count(book: ReturnBook, sold: BookLine, parts: list[ReturnedLine], quantity: int) -> None:
    for line in parts:
        share = book.order.line(line.order_line_id).share if sold.kit else None
        part = min(line.now.creditable, int(share * quantity) if share else quantity)
        line.add(credited=part)
        if not sold.kit:
            quantity -= part


def notes(connection: Connection, order_id: UUID, return_id: UUID) -> list[Any]:
    """Read the credit notes written for a return of an order."""
    own = _NOTES.all(connection, order=order_id, goods_return=return_id)
    return [*own, *(one for one in collected_orders.shares(connection, order_id) if one.return_id == return_id)]


_INVOICES: Final = Prepared(
    select(invoice.c.id)
    .join(goods_return, goods_return.c.order_id == invoice.c.order_id)
    .where(
        goods_return.c.id == bindparam("goods_return", type_=Key),
        invoice.c.kind == InvoiceKind.INVOICE,
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
    )
    .order_by(invoice.c.id)
)
_TOGETHER: Final = Prepared(
    select(invoice.c.id)
    .join(invoice_order, invoice_order.c.invoice_id == invoice.c.id)
    .join(goods_return, goods_return.c.order_id == invoice_order.c.order_id)
    .where(
        goods_return.c.id == bindparam("goods_return", type_=Key),
        invoice.c.kind == InvoiceKind.INVOICE,
        invoice.c.number.is_not(None),
    )
)
_BILLED: Final = Prepared(
    select(invoice_line.c.id, invoice_line.c.invoice_id, invoice_line.c.grains)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(
        invoice_line.c.order_line_id == bindparam("line", type_=Key),
        invoice.c.kind == InvoiceKind.INVOICE,
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
    )
    .order_by(invoice_line.c.id.desc())
)
_CREDITED: Final = Prepared(
    select(invoice_line.c.credits_line_id.label("line_id"), invoice_line.c.grains)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(
        invoice.c.credits_id == bindparam("invoice", type_=Key),
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
    )
)
_NOTES: Final = Prepared(
    select(invoice).where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.return_id == bindparam("goods_return", type_=Key),
    )
)
