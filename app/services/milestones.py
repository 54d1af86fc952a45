"""Invoicing by milestone: a plan on the order, each step of it asked for by a deposit invoice, the rest by the last.

A milestone is a deposit that was planned: it bears the order's taxes part by part, invoices deduct it, and its credit
note opens it again (:mod:`app.services.deposits`).  Percentages are of the order's total as it is, cumulated and then
rounded, so that all of 100 % come to the order to the cent.  Amounts are in the order's currency, with tax.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.invoice import InvoiceState, invoice
from app.models.milestone import milestone
from app.models.order import OrderState
from app.models.rounding import round_step
from app.services import billing, companies, deposits, document_lines, order_book, orders
from app.services.deposits import Wanted
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone as it is planned: ``percent`` of the order's total or an ``amount`` with tax, and when.

    ``id`` names one that is planned already; ``event`` says when in words, where no day is known.
    """

    name: str
    percent: Decimal = ZERO
    amount: Decimal = ZERO
    due_on: date | None = None
    event: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A milestone with what it comes to and the invoice that asks for it; ``number`` is empty while that is a draft."""

    step: Step
    asks: Decimal
    invoice_id: UUID | None = None
    number: str = ""
    state: str = ""

    @property
    def is_invoiced(self) -> bool:
        """Whether an invoice asks for it, posted or not, that was not taken back."""
        return self.invoice_id is not None


def plan(tx: Transaction, order_id: UUID, steps: Sequence[Step]) -> None:
    """Make these the milestones of an order, in this order; what is invoiced stays as it is.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: the order is closed or cancelled, or a milestone that is invoiced is changed or left out.
        Invalid: a milestone has no name, not one of percentage and amount, or all come to more than the order.

    """
    book = order_book.load(tx, order_id)
    if book.state not in {OrderState.DRAFT, OrderState.CONFIRMED} or book.head.taken_over:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; nothing more is planned of it.")
    known = {one.step.id: one for one in of_order(tx.connection, order_id)}
    wanted = set(steps)
    for one in known.values():
        if one.is_invoiced and one.step not in wanted:
            raise NotAllowed(f"{one.step.name} is invoiced and stays as it is. Credit its invoice first.")
    _check(tx.connection, book.head, steps)
    tx.delete(milestone, [row.id for row in _ROWS.all(tx.connection, order=order_id)])
    tx.insert(
        milestone,
        *(_row(order_id, place, one, known.get(one.id) if one.id else None) for place, one in enumerate(steps, 1)),
    )
    tx.record("order.milestones_planned", order_id, number=book.head.number, count=len(steps))


def bill(tx: Transaction, milestone_id: UUID, on: date) -> UUID:
    """Invoice a milestone: draft its deposit invoice and post it; return the invoice's id.

    Raises:
        NotFound: the milestone does not exist.
        NotAllowed: it is invoiced already, or its order is not confirmed or invoiced in full.
        Invalid: it comes to more than is left to invoice.

    """
    row = _BY_ID.first(tx.connection, milestone=milestone_id)
    if row is None:
        raise NotFound("Milestone", milestone_id)
    order_book.load(tx, row.order_id)
    one = next(found for found in of_order(tx.connection, row.order_id) if found.step.id == milestone_id)
    if one.is_invoiced:
        raise NotAllowed(f"{one.step.name} is invoiced already: {one.number or 'its draft waits to be posted'}.")
    invoice_id = deposits.ask(tx, row.order_id, Wanted(amount=one.asks, text=one.step.name))
    if invoice_id is None:
        raise NotAllowed("The order is a draft. Confirm it, then invoice its milestones.")
    tx.update(milestone, milestone_id, invoice_id=invoice_id)
    billing.post(tx, invoice_id, on)
    return invoice_id


def of_order(connection: Connection, order_id: UUID) -> list[Planned]:
    """Read the milestones of an order, each with what it comes to and whether it is invoiced.

    Raises:
        NotFound: the order does not exist.

    """
    head = orders.get(connection, order_id)
    rows = _ROWS.all(connection, order=order_id)
    steps = [Step(row.name, row.percent, row.amount, row.due_on, row.event, row.id) for row in rows]
    found = []
    for row, step, asks in zip(rows, steps, amounts(connection, head, steps), strict=True):
        if row.state in _STANDING and not row.credited:
            found.append(Planned(step, row.total, row.invoice_id, row.number or "", row.state))
        else:
            found.append(Planned(step, asks))
    return found


def amounts(connection: Connection, head: Any, steps: Iterable[Step]) -> list[Decimal]:
    """Say what each milestone of an order comes to, as its total is now, with tax."""
    coin = head.cash_rounding or Decimal(1).scaleb(-companies.decimals(connection, head.currency))
    found, cumulated, before = [], ZERO, ZERO
    for one in steps:
        if not one.percent:
            found.append(one.amount)
            continue
        cumulated += one.percent
        until = round_step(Fraction(head.total) * Fraction(cumulated) / 100, coin)
        found.append(until - before)
        before = until
    return found


def _check(connection: Connection, head: Any, steps: Sequence[Step]) -> None:
    decimals = companies.decimals(connection, head.currency)
    for place, one in enumerate(steps, 1):
        if not one.name.strip():
            raise Invalid("milestones", f"Say what milestone {place} is for.")
        document_lines.check_number("milestones", one.percent)
        document_lines.check_number("milestones", one.amount)
        if (one.percent > 0) == (one.amount > 0) or min(one.percent, one.amount) < 0:
            raise Invalid("milestones", f"{one.name}: type a percentage or an amount above nothing, not both.")
        if one.amount != round(one.amount, decimals):
            raise Invalid("milestones", f"{one.name}: {head.currency} has {decimals} decimal places. Round the amount.")
    asked = sum(amounts(connection, head, steps), ZERO)
    if asked > head.total:
        words = f"The milestones come to {asked:.{decimals}f}, the order to {head.total:.{decimals}f}. Lower them."
        raise Invalid("milestones", words)


def _row(order_id: UUID, position: int, one: Step, known: Planned | None) -> dict[str, Any]:
    return {
        "id": one.id if known else new_id(),
        "order_id": order_id,
        "position": position,
        "name": one.name.strip(),
        "percent": one.percent,
        "amount": one.amount,
        "due_on": one.due_on,
        "event": one.event.strip(),
        "invoice_id": known.invoice_id if known else None,
    }


_STANDING: Final = frozenset({InvoiceState.DRAFT, InvoiceState.POSTED, InvoiceState.PAID})
_CREDIT: Final = invoice.alias("credit")
_CREDITED: Final = (
    select(_CREDIT.c.id).where(_CREDIT.c.credits_id == invoice.c.id, _CREDIT.c.number.is_not(None)).exists()
)
_ROWS: Final = Prepared(
    select(milestone, invoice.c.number, invoice.c.state, invoice.c.total, _CREDITED.label("credited"))
    .outerjoin(invoice, invoice.c.id == milestone.c.invoice_id)
    .where(milestone.c.order_id == bindparam("order", type_=Key))
    .order_by(milestone.c.position)
)
_BY_ID: Final = Prepared(select(milestone).where(milestone.c.id == bindparam("milestone", type_=Key)))
