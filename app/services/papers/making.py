"""The paper that goes with a work order."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import Connection

from app.models.base import PRICE
from app.models.rounding import round_decimals
from app.services import letterheads, products, work_sheets
from app.services.documents import work_order as document
from app.services.documents.work_order import PartLine, StepLine, WorkPaper
from app.services.papers import parts
from app.services.papers.paper import Paper


def work(connection: Connection, work_order_id: UUID) -> Paper:
    """Print a work order as it stands.

    Raises:
        NotFound: there is no such work order.

    """
    sheet = work_sheets.read(connection, work_order_id)
    head, of, ours = sheet.head, sheet.product, letterheads.now(connection)
    bins = products.get_many(connection, [one.product_id for one in sheet.parts])
    wanted = dict.fromkeys(f"{one.number} {one.customer}".strip() for one in sheet.wanted_by)
    paper = WorkPaper(
        head.number,
        of.sku,
        of.name,
        _quantity(head.ordered - head.cancelled, of.grain),
        of.unit,
        parts.company(ours),
        tuple(
            PartLine(
                one.sku,
                one.name,
                bins[one.product_id].bin,
                _quantity(one.needed, one.grain),
                _quantity(one.consumed, one.grain),
                one.unit,
            )
            for one in sheet.parts
        ),
        tuple(StepLine(one.name, one.center, one.minutes, one.days[0], one.days[-1]) for one in sheet.steps),
        begins_on=head.starts_on,
        ready_on=head.due_on,
        location=sheet.location,
        maker=sheet.supplier,
        bill=sheet.bill_code,
        made_for=", ".join(wanted),
        notes=head.notes,
        language=ours.language,
    )
    return Paper(f"Work order {head.number}", f"{head.number}.pdf", document.build(paper))


def _quantity(grains: int, grain: int) -> Decimal:
    return round_decimals(Fraction(grains, grain), PRICE)
