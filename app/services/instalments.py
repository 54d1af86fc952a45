"""Instalments of posted invoices: kept where all is not due on one day, settled the oldest first, agreed anew.

Amounts are in the invoice's currency and have its sign.  An invoice that is due on one day has no rows; its
``due_on`` says it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.invoice import InvoiceState, instalment, invoice
from app.models.payment_terms import ZERO, Instalment
from app.services import companies, document_lines, originals
from app.services.statements import Prepared
from app.services.transaction import Transaction


def keep(tx: Transaction, invoice_id: UUID, due: Sequence[Instalment]) -> None:
    """Store the instalments of an invoice that is posted now."""
    tx.insert(instalment, *(_row(invoice_id, one, one.amount) for one in due))


def of(connection: Connection, head: Any) -> list[Any]:
    """Read the instalments of a posted invoice, the first due first: ``due_on``, ``amount``, ``open_amount``."""
    return list(_OF.all(connection, invoice=head.id)) if head.instalments else []


def still_open(connection: Connection, head: Any) -> tuple[Instalment, ...]:
    """Say what of an invoice is open and when it is due."""
    if head.state != InvoiceState.POSTED:
        return ()
    rows = of(connection, head)
    if not rows:
        return (Instalment(head.due_on, head.open_amount),)
    return tuple(Instalment(row.due_on, row.open_amount) for row in rows if row.open_amount)


def follow(tx: Transaction, head: Any, rest: Decimal) -> dict[str, Any]:
    """Settle the instalments of a locked invoice of which ``rest`` is open now, the oldest first; give its columns."""
    rows = _OF.all(tx.connection, invoice=head.id)
    settled, due_on, changed = head.total - rest, None, []
    for row in rows:
        part = min(settled, row.amount, key=abs)
        settled -= part
        left = row.amount - part
        if left and due_on is None:
            due_on = row.due_on
        if left != row.open_amount:
            changed.append((row.id, {"open_amount": left}))
    if changed:
        tx.update_rows(instalment, changed)
    return {"due_on": due_on or rows[-1].due_on}


def reschedule(tx: Transaction, invoice_id: UUID, wanted: Sequence[Instalment]) -> None:
    """Agree anew when what is open of an invoice is to be paid; what is paid stays as it is.

    The paper of the invoice shows what was agreed when it was posted.

    Raises:
        Invalid: the instalments do not come to what is open, or one is zero, finer than the currency, or earlier than
            the invoice.
        NotAllowed: nothing of it is open.
        NotFound: the invoice does not exist.

    """
    head = tx.lock(invoice, invoice_id, "Invoice")
    if head.state != InvoiceState.POSTED:
        raise NotAllowed(f"{head.number or 'This invoice'} is {head.state}; nothing of it is open.")
    decimals = companies.decimals(tx.connection, head.currency)
    _check(head, wanted, decimals)
    known = of(tx.connection, head) or [_Whole(head.due_on, head.total, head.open_amount)]
    due = sorted(wanted, key=lambda one: one.due_on)
    paid = [
        Instalment(min(row.due_on, due[0].due_on), row.amount - row.open_amount)
        for row in known
        if row.amount != row.open_amount
    ]
    tx.delete(instalment, [row.id for row in known if not isinstance(row, _Whole)])
    rows = [*(_row(invoice_id, one, ZERO) for one in paid), *(_row(invoice_id, one, one.amount) for one in due)]
    if len(rows) > 1:
        tx.insert(instalment, *rows)
    values = {"instalments": len(rows) if len(rows) > 1 else 0, "due_on": due[0].due_on}
    tx.update(invoice, invoice_id, **values, **originals.with_days(head))
    tx.record("invoice.rescheduled", head.order_id or head.customer_id, invoice_id, number=head.number, parts=len(due))


def _check(head: Any, wanted: Sequence[Instalment], decimals: int) -> None:
    for one in wanted:
        document_lines.check_number("instalments", one.amount)
        if one.amount * head.open_amount <= 0 or one.amount != round(one.amount, decimals):
            raise Invalid("instalments", f"Each instalment is an amount in {head.currency}, none of them zero.")
        if one.due_on < head.invoiced_on:
            raise Invalid("instalments", f"No instalment is due before {head.number} was written.")
    total = sum((one.amount for one in wanted), ZERO)
    if total != head.open_amount:
        raise Invalid("instalments", f"The instalments come to {total:f}; open are {head.open_amount:f}.")


@dataclass(frozen=True, slots=True)
class _Whole:
    """All of an invoice, due on one day."""

    due_on: date
    amount: Decimal
    open_amount: Decimal


def _row(invoice_id: UUID, one: Instalment, left: Decimal) -> dict[str, Any]:
    return {
        "id": new_id(),
        "invoice_id": invoice_id,
        "due_on": one.due_on,
        "amount": one.amount,
        "open_amount": left,
    }


_OF: Final = Prepared(
    select(instalment)
    .where(instalment.c.invoice_id == bindparam("invoice", type_=Key))
    .order_by(instalment.c.due_on, instalment.c.id)
)
