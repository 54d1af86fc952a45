"""Invoices, deposit invoices and credit notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.invoice import InvoiceKind, invoice_line
from app.models.order import sales_order
from app.services import billing, collected_orders, originals
from app.services.documents import credit_note
from app.services.documents import invoice as invoice_paper
from app.services.documents.credit_note import CreditNote
from app.services.documents.invoice import Invoice
from app.services.originals import Original
from app.services.papers import parts, swiss
from app.services.papers.paper import Paper


def invoice_or_credit(connection: Connection, invoice_id: UUID) -> Paper:
    """Print an invoice, deposit invoice or credit note; a draft is marked so by its missing number."""
    head = billing.get(connection, invoice_id)
    return _credit(connection, head) if head.kind == InvoiceKind.CREDIT else _invoice(connection, head)


def _rows(connection: Connection, invoice_id: UUID) -> list[Any]:
    mine = select(invoice_line).where(invoice_line.c.invoice_id == invoice_id).order_by(invoice_line.c.position)
    return list(connection.execute(mine))


def _invoice(connection: Connection, head: Any) -> Paper:
    number = head.number or "DRAFT"
    original = originals.of(connection, head)
    delivered = collected_orders.shipped_at(connection, head)
    bill = swiss.bill(original, head)
    code = parts.payment_code(original.letterhead, head.currency, head.total, head.number or "")
    paper = Invoice(
        heading=parts.heading(
            original,
            head,
            number=number,
            dated=head.invoiced_on or head.created_at.date(),
            address=head.billing_address,
            po_number=head.customer_po,
            order_number=head.order_number,
        ),
        priced=parts.priced(connection, head, _rows(connection, head.id), parts.taxes(connection, head.id)),
        due_on=original.printed.due[0][0] if original.printed.due else head.due_on,
        instalments=original.printed.due if len(original.printed.due) > 1 else (),
        delivered_on=delivered.date() if delivered is not None else None,
        ship_to=_ship_to(connection, head, original),
        payment_terms=original.printed.term_words,
        payment_reference=head.number or "",
        payment_code=code if bill is None else "",  # one code is enough
        notes=head.notes,
        is_deposit=head.kind == InvoiceKind.DEPOSIT,
        bill=bill,
    )
    return Paper(f"Invoice {number}", f"{number}.pdf", invoice_paper.build(paper))


def _credit(connection: Connection, head: Any) -> Paper:
    number = head.number or "DRAFT"
    credited = billing.get(connection, head.credits_id) if head.credits_id else None
    original = originals.of(connection, head)
    paper = CreditNote(
        heading=parts.heading(
            original,
            head,
            number=number,
            dated=head.invoiced_on or head.created_at.date(),
            address=head.billing_address,
            po_number=head.customer_po,
            order_number=head.order_number,
        ),
        priced=parts.priced(connection, head, _rows(connection, head.id), parts.taxes(connection, head.id)),
        invoice_number=(credited.number or "") if credited else "",
        invoice_dated=credited.invoiced_on if credited else None,
        notes=head.notes,
    )
    return Paper(f"Credit note {number}", f"{number}.pdf", credit_note.build(paper))


def _ship_to(connection: Connection, head: Any, original: Original) -> str:
    """Give the address the goods went to when that is not the billing address."""
    if original.final or not head.order_id:
        return parts.other_address(original.printed.ship_to, "")
    order = connection.execute(
        select(sales_order.c.shipping_address, sales_order.c.billing_address).where(sales_order.c.id == head.order_id)
    ).one()
    return parts.other_address(order.shipping_address, order.billing_address)
