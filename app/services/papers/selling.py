"""Quotes, as they are or as a sent version froze them, and order confirmations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Table, select

from app.errors import NotFound
from app.models.base import Exact, Key
from app.models.lines import document_tax
from app.models.quote import QuoteState, quote, quote_line, quote_version
from app.services import orders, originals, quotes
from app.services.documents import order_confirmation
from app.services.documents import quote as quote_paper
from app.services.documents.order_confirmation import OrderConfirmation
from app.services.documents.paper_locale import paper_locale
from app.services.documents.quote import Quote
from app.services.papers import parts
from app.services.papers.paper import Paper


def quote_as_it_is(connection: Connection, quote_id: UUID) -> Paper:
    """Print a quote: a draft as it stands now, one that was sent as it was sent last."""
    head = quotes.get(connection, quote_id)
    if head.version and head.state != QuoteState.DRAFT:
        return quote_as_sent(connection, quotes.versions(connection, quote_id)[-1].id)
    return _quote(connection, head, quotes.lines(connection, quote_id), parts.taxes(connection, quote_id), head.version)


def quote_as_sent(connection: Connection, version_id: UUID) -> Paper:
    """Print a version of a quote exactly as it was sent, from its frozen snapshot.

    Raises:
        NotFound: there is no such version.

    """
    row = connection.execute(select(quote_version).where(quote_version.c.id == version_id)).one_or_none()
    if row is None:
        raise NotFound("Quote version", version_id)
    frozen = json.loads(row.snapshot)
    now = quotes.get(connection, row.quote_id)
    head = _thawed(quote, frozen["quote"])
    head.id, head.customer_id, head.created_by = row.quote_id, now.customer_id, row.sent_by
    head.created_at, head.letterhead_id, head.printed = row.sent_at, row.letterhead_id, row.printed
    lines = [_thawed(quote_line, one) for one in frozen["lines"]]
    taxes = [_thawed(document_tax, one) for one in frozen["taxes"]]
    return _quote(connection, head, lines, taxes, row.version)


def confirmation(connection: Connection, order_id: UUID) -> Paper:
    """Print the confirmation of an order."""
    head = orders.get(connection, order_id)
    rows = orders.lines(connection, order_id)
    number = ""
    if head.quote_id:
        number = quotes.get(connection, head.quote_id).number
    original = originals.with_term(connection, originals.of(connection, head), head.payment_term)
    paper = OrderConfirmation(
        heading=parts.heading(
            original,
            head,
            number=head.number,
            dated=head.ordered_on,
            address=head.billing_address,
            po_number=head.customer_po,
        ),
        priced=parts.priced(connection, head, rows, parts.taxes(connection, order_id)),
        quote_number=number,
        delivery_on=head.promised_on,
        ship_to=parts.other_address(head.shipping_address, head.billing_address),
        payment_terms=original.printed.term_words,
        deposits=parts.deposits(head),
        notes=head.notes,
        signature=parts.signed(connection, order_id),
    )
    return Paper(f"Order confirmation {head.number}", f"{head.number}.pdf", order_confirmation.build(paper))


def _quote(connection: Connection, head: Any, rows: Sequence[Any], taxes: Sequence[Any], version: int) -> Paper:
    original = originals.of(connection, head)
    heading = parts.heading(
        original,
        head,
        number=head.number,
        dated=head.created_at.date(),
        address=head.billing_address,
        po_number=head.customer_po,
    )
    locale = paper_locale(heading.language)
    paper = Quote(
        heading=heading,
        priced=parts.priced(connection, head, rows, taxes),
        valid_until=head.valid_until,
        version=version,
        planned_delivery=locale.date(head.requested_on) if head.requested_on else "",
        payment_terms=original.printed.term_words,
        notes=head.notes,
    )
    name = f"{head.number}-v{version}.pdf" if version else f"{head.number}.pdf"
    return Paper(f"Quote {head.number}", name, quote_paper.build(paper))


def _thawed(table: Table, plain: dict[str, Any]) -> SimpleNamespace:
    """Give the plain values of a snapshot their types back, by the table they came from."""
    return SimpleNamespace(**{name: _typed(table, name, value) for name, value in plain.items()})


def _typed(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type if name in table.c else None
    if value is None:
        return None
    if isinstance(kind, Exact):
        return Decimal(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return UUID(value) if isinstance(kind, Key) else value
