"""Reads what is open, who paid from which account before, and the lines that wait; and matches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.models.banking import LineState, bank_booking, bank_line
from app.models.invoice import InvoiceState, invoice
from app.models.party import customer
from app.models.payment import payment
from app.services import deductions
from app.services.banking.matching import OpenItem, OpenItems, Proposal

_ITEM: Final = (
    invoice.c.id,
    invoice.c.number,
    invoice.c.customer_id,
    invoice.c.customer_name,
    invoice.c.currency,
    invoice.c.open_amount,
    invoice.c.due_on,
    invoice.c.order_number,
    invoice.c.customer_po,
    invoice.c.payment_term,
    invoice.c.invoiced_on,
    invoice.c.total,
)


def propose(connection: Connection, lines: Sequence[Any] | None = None) -> dict[UUID, Proposal]:
    """Match open bank lines (default: all of them) with what is open: by line, what it pays and why."""
    waiting = open_lines(connection) if lines is None else lines
    if not waiting:
        return {}
    items = open_items(connection)
    return {line.id: items.propose(line) for line in waiting}


def open_lines(connection: Connection) -> list[Any]:
    """Read the lines that wait for a decision, in the order they came."""
    rows = connection.execute(select(bank_line).where(bank_line.c.state == LineState.OPEN).order_by(bank_line.c.id))
    return list(rows)


def open_items(connection: Connection) -> OpenItems:
    """Read everything that is open, and index it."""
    found = []
    for row in connection.execute(select(*_ITEM).where(invoice.c.state == InvoiceState.POSTED)):
        early = deductions.early_discount(connection, row)
        aliases = tuple(text for text in (row.order_number, row.customer_po) if text)
        if early:
            found.append(OpenItem(*row[:7], aliases, early.amount, early.until))
        else:
            found.append(OpenItem(*row[:7], aliases))
    names = connection.execute(select(customer.c.id, customer.c.name).where(customer.c.active))
    return OpenItems(found, [(row[0], row[1]) for row in names], _payers(connection))


def _payers(connection: Connection) -> Mapping[str, UUID]:
    """Tell from which accounts exactly one customer has paid, as far as lines that are booked show it."""
    rows = connection.execute(
        select(bank_line.c.counterparty, func.min(payment.c.customer_name), payment.c.customer_id)
        .select_from(
            bank_line.join(bank_booking, bank_booking.c.line_id == bank_line.c.id).join(
                payment, payment.c.id == bank_booking.c.payment_id
            )
        )
        .where(bank_line.c.counterparty != "", bank_line.c.state == LineState.BOOKED)
        .group_by(bank_line.c.counterparty, payment.c.customer_id)
    )
    found: dict[str, UUID | None] = {}
    for account, _, customer_id in rows:
        found[account] = None if account in found else customer_id
    return {account: customer_id for account, customer_id in found.items() if customer_id is not None}
