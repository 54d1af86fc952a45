"""Return slips."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from app.errors import NotAllowed
from app.models.order import sales_order
from app.models.returns import ReturnState
from app.models.stock import location
from app.services import letterheads, parties, return_sheets
from app.services.documents import return_slip
from app.services.documents.return_slip import ReturnSlip
from app.services.documents.snapshots import GoodsLine, Heading, Party
from app.services.papers import parts
from app.services.papers.paper import Paper
from app.services.parties import Address


def slip(connection: Connection, return_id: UUID) -> Paper:
    """Print the return slip: what may come back, with a label for the parcel.

    Raises:
        NotAllowed: the return was called off.
        NotFound: there is no such return.

    """
    sheet = return_sheets.sheet(connection, return_id)
    head = sheet.head
    if head.state == ReturnState.CANCELLED:
        raise NotAllowed(f"Return {head.number} is called off. Authorise another one, then print its slip.")
    order = connection.execute(select(sales_order).where(sales_order.c.id == head.order_id)).one()
    ours, customer = letterheads.now(connection), parties.get(connection, head.customer_id)
    company = parts.company(ours)
    place = connection.execute(select(location.c.name).where(location.c.id == head.location_id)).scalar_one()
    dated: date = head.created_at.date()
    heading = Heading(
        number=head.number,
        dated=dated,
        company=company,
        customer=parts.party(Address.from_json(order.shipping_address)),
        language=parts.locale(customer.language or ours.language, ours.country),
        po_number=order.customer_po,
        order_number=head.order_number,
        clerk=head.created_by,
    )
    lines = tuple(
        GoodsLine(
            position=str(number),
            name=line.name,
            quantity=parts.written(line.authorised - line.given_up),
            unit=line.unit,
            sku=line.sku,
            description=line.reason,
        )
        for number, line in enumerate(sheet.lines, 1)
    )
    send_to = Party(f"{company.name}, {place}", company.address)
    paper = ReturnSlip(heading, lines, send_to, head.reason, head.expected_on)
    return Paper(f"Return slip {head.number}", f"{head.number}.pdf", return_slip.build(paper))
