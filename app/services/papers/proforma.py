"""Pro-forma invoices of quotes and orders: made from the books when they are asked for, and written nowhere.

They bear no number of a series.  Their reference is the document's number with what tells it from another one of the
same document: the version of a quote, how often an order was amended, that it asks for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.errors import NotAllowed
from app.models.order import OrderState
from app.models.quote import OFFERED
from app.services import invoice_drafts, order_book, originals, quotes
from app.services.documents import proforma_invoice
from app.services.documents.proforma_invoice import ProformaInvoice
from app.services.documents.snapshots import Priced, TotalsKind, TotalsRow
from app.services.order_book import OrderBook
from app.services.papers import parts
from app.services.papers.paper import Paper

OPEN_STATES = frozenset({OrderState.DRAFT, OrderState.CONFIRMED, OrderState.CLOSED})


def of_quote(connection: Connection, quote_id: UUID) -> Paper:
    """Print what a quote would be invoiced at; what is optional in it is not asked for.

    Raises:
        NotFound: the quote does not exist.
        NotAllowed: it is not offered any more.

    """
    head = quotes.get(connection, quote_id)
    if head.state not in OFFERED:
        raise NotAllowed(
            f"Quote {head.number} is {head.state}. Print the pro-forma invoice of its order, if it has one."
        )
    rows = [row for row in quotes.lines(connection, quote_id) if not row.choice]
    reference = f"PF-{head.number}-V{head.version}" if head.version else f"PF-{head.number}"
    original = originals.of(connection, head)
    paper = ProformaInvoice(
        heading=parts.heading(
            original,
            head,
            number=reference,
            dated=head.created_at.date(),
            address=head.billing_address,
            po_number=head.customer_po,
        ),
        priced=parts.priced(connection, head, rows, parts.taxes(connection, quote_id)),
        quote_number=head.number,
        valid_until=head.valid_until,
        planned_delivery=head.requested_on,
        payment_terms=original.printed.term_words,
        payment_reference=reference,
        payment_code=parts.payment_code(original.letterhead, head.currency, head.total, reference),
        notes=head.notes,
    )
    return _paper(reference, paper)


def of_order(connection: Connection, order_id: UUID) -> Paper:
    """Print what a whole order is invoiced at, less what was cancelled, what was paid of it and what is still to pay.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it is called off, is billed elsewhere, or nothing of it is left to ask for.

    """
    book = _open_book(connection, order_id)
    priced = _whole(connection, book)
    paid: Decimal = book.head.paid_total
    asked = next(row.amount for row in priced.totals if row.kind is TotalsKind.TOTAL)
    if paid:
        rows = (TotalsRow(TotalsKind.PAID, -paid), TotalsRow(TotalsKind.OPEN, asked - paid))
        priced = replace(priced, totals=(*priced.totals, *rows))
    return _of_order(connection, book, priced, asked - paid)


def of_rest(connection: Connection, order_id: UUID) -> Paper:
    """Print what an invoice of all that is not invoiced yet would hold, less deposits that were paid.

    Raises:
        NotFound: the order does not exist.
        NotAllowed: it is called off, is billed elsewhere, or all of it is invoiced.

    """
    book = _open_book(connection, order_id)
    left = {line.id: line.invoiceable - line.invoiced for line in book.lines}
    found = _computed(connection, book, {key: grains for key, grains in left.items() if grains > 0}, deducting=True)
    asked = next(row.amount for row in found.totals if row.kind is TotalsKind.TOTAL)
    return _of_order(connection, book, found, asked, is_rest=True)


def _open_book(connection: Connection, order_id: UUID) -> OrderBook:
    book = order_book.look(connection, order_id)
    head = book.head
    if head.taken_over:
        raise NotAllowed(f"{head.number} came from another system and is billed there. Print its papers there.")
    if book.state not in OPEN_STATES:
        raise NotAllowed(f"Order {head.number} is {head.state}, so nothing is asked for it.")
    return book


def _whole(connection: Connection, book: OrderBook) -> Priced:
    """Give the order as it is stored; what was cancelled or came back for good is taken out and the rest computed."""
    if all(line.unbilled or line.invoiceable == line.ordered for line in book.lines):
        rows = [line.row for line in book.sold]
        return parts.priced(connection, book.head, rows, parts.taxes(connection, book.id))
    for line in book.lines:
        line.invoiced = 0  # all of it is asked for, whatever was invoiced before
    wanted = {line.id: line.invoiceable for line in book.lines if line.invoiceable > 0}
    return _computed(connection, book, wanted, deducting=False)


def _computed(connection: Connection, book: OrderBook, quantities: dict[UUID, int], *, deducting: bool) -> Priced:
    if not quantities:
        raise NotAllowed(f"Nothing of {book.head.number} is left to invoice. Print its invoices.")
    found = invoice_drafts.preview(connection, book, quantities, deducting=deducting)
    head = SimpleNamespace(currency=book.head.currency, **found.totals)
    return parts.priced(connection, head, _rows(found.lines), _rows(found.taxes))


def _rows(found: Sequence[dict[str, Any]]) -> list[SimpleNamespace]:
    return [SimpleNamespace(**row) for row in found]


def _of_order(
    connection: Connection, book: OrderBook, priced: Priced, asked: Decimal, *, is_rest: bool = False
) -> Paper:
    head = book.head
    amended = f"-A{head.amendments}" if head.amendments else ""
    reference = f"PF-{head.number}{amended}{'-R' if is_rest else ''}"
    original = originals.with_term(connection, originals.of(connection, head), head.payment_term)
    paper = ProformaInvoice(
        heading=parts.heading(
            original,
            head,
            number=reference,
            dated=head.ordered_on,
            address=head.billing_address,
            po_number=head.customer_po,
            order_number=head.number,
        ),
        priced=priced,
        planned_delivery=head.promised_on,
        ship_to=parts.other_address(head.shipping_address, head.billing_address),
        payment_terms=original.printed.term_words,
        deposits=() if is_rest else parts.deposits(head),
        payment_reference=reference,
        payment_code=parts.payment_code(original.letterhead, head.currency, asked, reference),
        notes=head.notes,
        is_rest=is_rest,
    )
    return _paper(reference, paper)


def _paper(reference: str, paper: ProformaInvoice) -> Paper:
    return Paper(f"Pro-forma invoice {reference}", f"{reference}.pdf", proforma_invoice.build(paper))
