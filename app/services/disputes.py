"""Disputes: a part of an invoice is neither reminded of nor counted against the credit limit until it is solved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.dispute import DisputeState, Outcome, dispute
from app.models.invoice import InvoiceKind, InvoiceState, invoice
from app.services import billing, companies
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewDispute:
    """What a customer does not want to pay, and why; ``owner`` sees to it (default: who writes it down)."""

    invoice_id: UUID
    amount: Decimal
    reason: str
    opened_on: date
    owner: str = ""


def open_one(tx: Transaction, new: NewDispute) -> UUID:
    """Write a dispute down and return its id.

    Raises:
        Invalid: no reason is given, or the amount is not above zero or finer than the currency is counted.
        NotAllowed: the invoice is not open, or less than that of it is open and not disputed yet.
        NotFound: the invoice does not exist.

    """
    head = tx.lock(invoice, new.invoice_id, "Invoice")
    if not new.reason.strip():
        raise Invalid("reason", "Write down what the customer says.")
    if head.kind == InvoiceKind.CREDIT or head.state != InvoiceState.POSTED:
        raise NotAllowed(f"{head.number or 'This invoice'} asks for nothing that could be disputed.")
    decimals = companies.decimals(tx.connection, head.currency)
    if new.amount <= 0 or new.amount != round(new.amount, decimals):
        raise Invalid("amount", f"Type an amount in {head.currency} above zero.")
    left = head.open_amount - sum((row.amount for row in of_invoice(tx.connection, head.id) if not row.outcome), ZERO)
    if new.amount > left:
        left = round(max(left, ZERO), decimals)
        raise NotAllowed(f"Of {head.number} {left:f} {head.currency} is open and not disputed yet.")
    dispute_id = new_id()
    number = tx.number("DI", dispute_id)
    tx.insert(
        dispute,
        {
            "id": dispute_id,
            "number": number,
            "state": str(DisputeState.OPEN),
            "customer_id": head.customer_id,
            "customer_name": head.customer_name,
            "invoice_id": head.id,
            "invoice_number": head.number,
            "currency": head.currency,
            "amount": new.amount,
            "open_before": head.open_amount,
            "reason": new.reason.strip(),
            "owner_name": new.owner.strip()[:80] or tx.by,
            "opened_on": new.opened_on,
            "outcome": str(Outcome.OPEN),
            "solved_on": None,
            "credit_id": None,
            "answer": "",
        },
    )
    facts = {"number": number, "invoice": head.number, "amount": new.amount, "currency": head.currency}
    tx.record("dispute.opened", head.customer_id, dispute_id, **facts, reason=new.reason.strip())
    return dispute_id


def assign(tx: Transaction, dispute_id: UUID, owner: str) -> None:
    """Give an open dispute to somebody else to see to.

    Raises:
        Invalid: no name is given.
        NotAllowed: it is solved.

    """
    head = _open(tx, dispute_id)
    if not owner.strip():
        raise Invalid("owner", "Say who sees to it.")
    tx.update(dispute, dispute_id, owner_name=owner.strip()[:80])
    tx.record("dispute.assigned", head.customer_id, dispute_id, number=head.number, owner=owner.strip())


def reject(tx: Transaction, dispute_id: UUID, on: date, answer: str) -> None:
    """Solve a dispute for us: the amount is owed, reminded of and counted as before.

    Raises:
        Invalid: no answer is written down.
        NotAllowed: it is solved already.

    """
    if not answer.strip():
        raise Invalid("answer", "Write down what the customer was told.")
    _solve(tx, _open(tx, dispute_id), Outcome.REJECTED, on, answer)


def credit(tx: Transaction, dispute_id: UUID, credit_id: UUID, on: date, answer: str = "") -> None:
    """Solve a dispute for the customer, with a posted credit note for its invoice.

    Raises:
        NotAllowed: it is solved already, or that is no credit note for its invoice.
        NotFound: the credit note does not exist.

    """
    head = _open(tx, dispute_id)
    note = billing.get(tx.connection, credit_id)
    if note.credits_id != head.invoice_id or note.kind != InvoiceKind.CREDIT or note.number is None:
        raise NotAllowed(f"{note.number or 'This draft'} is no credit note for {head.invoice_number}.")
    _solve(tx, head, Outcome.CREDITED, on, answer, credit_id)


def paid(tx: Transaction, dispute_id: UUID, on: date, answer: str = "") -> None:
    """Solve a dispute because the customer paid all the same: nothing is open but what other disputes are about.

    What was paid settled what nobody disputed first.

    Raises:
        NotAllowed: it is solved already, or some of its amount is still open.

    """
    head = _open(tx, dispute_id)
    owed = tx.lock(invoice, head.invoice_id, "Invoice")
    others = [row.amount for row in of_invoice(tx.connection, owed.id) if not row.outcome and row.id != dispute_id]
    if owed.open_amount > sum(others, ZERO):
        left = round(owed.open_amount, companies.decimals(tx.connection, head.currency))
        raise NotAllowed(
            f"Of {head.invoice_number} {left:f} {head.currency} is open: what is disputed is not paid. "
            "Book the payment first, or solve the dispute another way."
        )
    _solve(tx, head, Outcome.PAID, on, answer)


def reopen(tx: Transaction, dispute_id: UUID) -> None:
    """Take back that a dispute was solved.

    Raises:
        NotAllowed: it is open, or less of its invoice is open and not disputed than it was about.

    """
    head = tx.lock(dispute, dispute_id, "Dispute")
    if head.state == DisputeState.OPEN:
        raise NotAllowed(f"{head.number} is open already. Nothing was changed.")
    owed = tx.lock(invoice, head.invoice_id, "Invoice")
    others = sum((row.amount for row in of_invoice(tx.connection, owed.id) if not row.outcome), ZERO)
    if head.amount > owed.open_amount - others:
        raise NotAllowed(f"Less of {owed.number} is open than {head.number} is about. Write a new dispute.")
    values = {"state": str(DisputeState.OPEN), "outcome": str(Outcome.OPEN), "solved_on": None, "credit_id": None}
    tx.update(dispute, dispute_id, **values, open_before=owed.open_amount)
    tx.record("dispute.reopened", head.customer_id, dispute_id, number=head.number)


def of_invoice(connection: Connection, invoice_id: UUID) -> list[Any]:
    """Read all disputes about an invoice, the oldest first."""
    return _OF_INVOICE.all(connection, invoice=invoice_id)


def credit_notes(connection: Connection, invoice_id: UUID) -> list[Any]:
    """Read the posted credit notes for an invoice (``id``, ``number``, ``total``, ``currency``), the newest first."""
    return _CREDITS.all(connection, invoice=invoice_id)


def of_customer(connection: Connection, customer_id: UUID) -> list[Any]:
    """Read all disputes of a customer, the newest first."""
    return _OF_CUSTOMER.all(connection, customer=customer_id)


def _open(tx: Transaction, dispute_id: UUID) -> Any:
    head = tx.lock(dispute, dispute_id, "Dispute")
    if head.state != DisputeState.OPEN:
        raise NotAllowed(f"{head.number} is solved: {head.outcome}. Open it again to change that.")
    return head


def _solve(tx: Transaction, head: Any, outcome: Outcome, on: date, answer: str, credit_id: UUID | None = None) -> None:
    values = {"state": str(DisputeState.SOLVED), "outcome": str(outcome), "solved_on": on, "credit_id": credit_id}
    tx.update(dispute, head.id, **values, answer=answer.strip())
    tx.record(f"dispute.{outcome}", head.customer_id, head.id, number=head.number, answer=answer.strip())


_OF_INVOICE: Final = Prepared(
    select(dispute).where(dispute.c.invoice_id == bindparam("invoice", type_=Key)).order_by(dispute.c.id)
)
_CREDITS: Final = Prepared(
    select(invoice.c.id, invoice.c.number, invoice.c.total, invoice.c.currency)
    .where(
        invoice.c.credits_id == bindparam("invoice", type_=Key),
        invoice.c.kind == InvoiceKind.CREDIT,
        invoice.c.number.is_not(None),
    )
    .order_by(invoice.c.id.desc())
)
_OF_CUSTOMER: Final = Prepared(
    select(dispute).where(dispute.c.customer_id == bindparam("customer", type_=Key)).order_by(dispute.c.id.desc())
)
