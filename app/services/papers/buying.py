"""Purchase orders as suppliers get them."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection

from app.services import companies, letterheads, purchasing, suppliers
from app.services.documents import purchase_order
from app.services.documents.purchase_order import Asked, PurchaseOrder
from app.services.documents.snapshots import (
    Currency,
    Heading,
    PaperLine,
    Party,
    Priced,
    TotalsKind,
    TotalsRow,
)
from app.services.papers import parts
from app.services.papers.paper import Paper
from app.services.parties import Address


def purchase(connection: Connection, purchase_id: UUID) -> Paper:
    """Print a purchase order: what is still wanted of it, to the supplier's address as it was when it was written.

    Raises:
        NotFound: it does not exist.

    """
    head = purchasing.get(connection, purchase_id)
    ours = letterheads.now(connection)
    supplier = suppliers.get(connection, head.supplier_id)
    to = parts.party(Address.from_json(head.supplier_address))
    rows = [row for row in purchasing.lines(connection, purchase_id) if row.ordered > row.cancelled]
    lines = tuple(
        PaperLine(
            position=str(row.position),
            name=row.name,
            sku=row.sku,
            quantity=parts.plain(row.quantity),
            unit=row.unit,
            unit_price=parts.plain(row.unit_price),
            amount=row.net,
        )
        for row in rows
    )
    total = sum((row.net for row in rows), Decimal(0))
    paper = PurchaseOrder(
        heading=Heading(
            number=head.number,
            dated=head.ordered_on,
            company=parts.company(ours),
            customer=Party(to.name or head.supplier_name, to.address, number=supplier.our_number),
            language=parts.locale(supplier.language or ours.language, ours.country),
            clerk=head.created_by,
        ),
        priced=Priced(
            Currency(head.currency, companies.decimals(connection, head.currency)),
            lines,
            (TotalsRow(TotalsKind.TOTAL, total),),
        ),
        asked=tuple(Asked(row.supplier_sku, row.requested_on) for row in rows),
        ship_to="\n".join(Address.from_json(head.ship_to).lines()),
        reference=head.reference,
        payment_terms=parts.terms_text(connection, head.payment_term),
        notes=head.notes,
    )
    return Paper(f"Purchase order {head.number}", f"{head.number}.pdf", purchase_order.build(paper))
