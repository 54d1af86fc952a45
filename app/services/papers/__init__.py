"""Papers made from the books: what is asked for by kind and id becomes a PDF, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Final
from uuid import UUID

from pikepdf import Pdf
from sqlalchemy import Connection

from app.errors import NotAllowed
from app.services import overview
from app.services.papers import (
    billing,
    buying,
    collecting,
    fulfilling,
    handing_over,
    making,
    proforma,
    returning,
    selling,
    walking,
)
from app.services.papers.paper import Paper, Wanted

__all__ = ["KINDS", "Paper", "Wanted", "build", "of_order"]


def _label(connection: Connection, shipment_id: UUID) -> Paper:
    found = fulfilling.labels(connection, shipment_id)
    return found[0] if len(found) == 1 else _joined(found)


KINDS: Final[dict[str, Callable[[Connection, UUID], Paper]]] = {
    "quote": selling.quote_as_it_is,
    "quote_version": selling.quote_as_sent,
    "order": selling.confirmation,
    "pick": fulfilling.picks,
    "wave": walking.of_wave,
    "count": walking.of_count,
    "shipment": fulfilling.delivery,
    "delivery_note": fulfilling.delivery,
    "packing_slip": fulfilling.slip,
    "label": _label,
    "invoice": billing.invoice_or_credit,
    "deposit": billing.invoice_or_credit,
    "credit": billing.invoice_or_credit,
    "purchase": buying.purchase,
    "manifest": handing_over.manifest,
    "work_order": making.work,
    "proforma": proforma.of_order,
    "proforma_rest": proforma.of_rest,
    "proforma_quote": proforma.of_quote,
    "return": returning.slip,
    "reminder": collecting.reminder,
}
"""Which paper is made for which kind of document."""


def build(connection: Connection, wanted: Sequence[Wanted]) -> Paper:
    """Make one paper, or several joined into one file.

    Raises:
        NotFound: a document does not exist.
        NotAllowed: a document has nothing to print yet, or is of a kind without a paper.

    """
    found = []
    for one in wanted:
        if one.kind not in KINDS:
            raise NotAllowed(f"There is no paper for this: {one.kind.replace('_', ' ')}.")
        found.append(KINDS[one.kind](connection, one.document_id))
    if not found:
        raise NotAllowed("There is nothing to print. Choose a document first.")
    return found[0] if len(found) == 1 else _joined(found)


def of_order(connection: Connection, order_id: UUID) -> list[Wanted]:
    """Name every paper of an order: confirmation, quote, pick lists, shipments with slips and labels, invoices."""
    known = overview.read(connection, order_id)
    found = [Wanted("order", order_id)]
    for paper in known.papers:
        if paper.kind == "shipment":
            found.append(Wanted("delivery_note", paper.id))
            if paper.state in {"packed", "shipped", "delivered"} and fulfilling.has_packages(connection, paper.id):
                found += [Wanted("packing_slip", paper.id), Wanted("label", paper.id)]
        elif paper.kind in KINDS:
            found.append(Wanted(paper.kind, paper.id))
    return found


def _joined(papers: Sequence[Paper]) -> Paper:
    """Join papers into one file; the same papers give the same bytes."""
    joined = Pdf.new()
    for paper in papers:
        with Pdf.open(BytesIO(paper.pdf)) as one:
            joined.pages.extend(one.pages)
    out = BytesIO()
    joined.save(out, deterministic_id=True)
    title = f"{papers[0].title} … {papers[-1].title}"
    return Paper(title, f"{len(papers)} papers.pdf", out.getvalue())
