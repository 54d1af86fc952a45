"""Which document goods moved with, by the kind the window opens it under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.counting import stock_count
from app.models.order import sales_order, sales_order_line
from app.models.purchase import purchase_order
from app.models.returns import goods_return
from app.models.shipment import pick, shipment
from app.models.transfer import transfer
from app.models.work import work_order


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document: ``kind`` is a record the window can open, ``number`` what people call it."""

    kind: str
    id: UUID
    number: str


class SourceDocuments:
    """The documents of some moves or entries, looked up by what these say of them."""

    def __init__(self, connection: Connection, named: Iterable[tuple[UUID | None, UUID | None]]) -> None:
        """Read the documents ``named`` by document id and line id; either may be unknown."""
        pairs = list(named)
        self._documents = _numbers(connection, {document for document, _ in pairs if document is not None})
        self._orders = _orders(connection, {line for _, line in pairs if line is not None})

    def of(self, document_id: UUID | None, line_id: UUID | None) -> SourceDocument | None:
        """Give the document, else the order of the line; None where neither is known."""
        found = self._documents.get(document_id) if document_id is not None else None
        return found or (self._orders.get(line_id) if line_id is not None else None)


def _numbers(connection: Connection, ids: set[UUID]) -> dict[UUID, SourceDocument]:
    """Find which documents some ids are of."""
    found: dict[UUID, SourceDocument] = {}
    for kind, table in _KINDS if ids else ():
        for row in connection.execute(select(table.c.id, table.c.number).where(table.c.id.in_(sorted(ids)))):
            found[row.id] = SourceDocument(kind, row.id, row.number)
    return found


def _orders(connection: Connection, line_ids: set[UUID]) -> dict[UUID, SourceDocument]:
    if not line_ids:
        return {}
    rows = connection.execute(
        select(sales_order_line.c.id, sales_order.c.id.label("order_id"), sales_order.c.number)
        .join(sales_order, sales_order.c.id == sales_order_line.c.order_id)
        .where(sales_order_line.c.id.in_(sorted(line_ids)))
    )
    return {row.id: SourceDocument("order", row.order_id, row.number) for row in rows}


_KINDS: Final = (
    ("shipment", shipment),
    ("pick", pick),
    ("purchase", purchase_order),
    ("count", stock_count),
    ("return", goods_return),
    ("work_order", work_order),
    ("transfer", transfer),
)
"""Documents goods move with, by the kind the window opens them under."""
