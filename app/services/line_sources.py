"""Where the pieces of an order's lines come from, with the document each one waits for.

What lies promised on the shelf is the line's own count (:mod:`app.services.overview`); here is the rest: what leaves
from other warehouses, what is bought, made or on its way for the line, and what somebody reserved by hand.  Grains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.purchase import purchase_line, purchase_order
from app.models.reservation import reservation
from app.models.sourcing import Supply
from app.models.stock import location
from app.models.supply import Way, supplier
from app.models.transfer import transfer, transfer_line
from app.models.work import work_order
from app.services import pegs
from app.services.pegs import Peg
from app.services.statements import LONGEST_LIST, Prepared


@dataclass(frozen=True, slots=True)
class LineSource:
    """So many grains of a line that come one way.

    ``supply`` and ``document_id`` name the purchase order, work order or transfer that brings them, ``partner`` who
    sends them or from where; ``trouble`` is what a person must decide, empty when nothing.  From the shelf of another
    warehouse there is no document.
    """

    way: Way
    grains: int
    ready_on: date | None
    reason: str
    trouble: str
    supply: Supply
    document_id: UUID | None
    number: str
    state: str
    partner: str
    place: UUID


@dataclass(frozen=True, slots=True)
class LineSources:
    """Where a line's pieces come from, and its reservations by hand (ids with their grains, the oldest first)."""

    sources: tuple[LineSource, ...] = ()
    parts: tuple[tuple[UUID, int], ...] = ()

    @property
    def coming(self) -> int:
        """What is on its way to the line."""
        return sum(one.grains for one in self.sources if one.document_id is not None)


def read(connection: Connection, head: Any, lines: Sequence[Any]) -> dict[UUID, LineSources]:
    """Read the sources of an order's lines (its row, and theirs), by line; lines without any are left out."""
    by_hand = [line.id for line in lines if line.reserve_limit is not None]
    if not head.pegged and not by_hand:
        return {}
    tied = pegs.of_demands(connection, [line.id for line in lines]) if head.pegged else {}
    open_pegs = [one for found in tied.values() for one in found if one.open > 0]
    documents = _documents(connection, open_pegs)
    parts = _parts(connection, by_hand)
    found = dict[UUID, LineSources]()
    for line in lines:
        sources = tuple(_source(one, documents) for one in tied.get(line.id, ()) if one.open > 0)
        if sources or line.id in parts:
            found[line.id] = LineSources(sources, tuple(parts.get(line.id, ())))
    return found


def _source(one: Peg, documents: dict[UUID, Any]) -> LineSource:
    row = documents.get(one.supply_id or one.location_id)
    stock = one.supply_id is None
    return LineSource(
        one.way,
        one.open,
        one.ready_on,
        one.reason,
        one.trouble,
        one.supply,
        None if stock or row is None else row.document_id,
        "" if stock or row is None else row.number,
        "" if stock or row is None else row.state,
        (row.partner or "") if row is not None else "",
        one.location_id,
    )


def _documents(connection: Connection, found: Iterable[Peg]) -> dict[UUID, Any]:
    """Read the documents behind pegs, and the names of the warehouses that goods leave from, by their ids."""
    wanted = dict[Supply, set[UUID]]()
    for one in found:
        wanted.setdefault(one.supply, set()).add(one.supply_id or one.location_id)
    rows = dict[UUID, Any]()
    for supply, keys in wanted.items():
        for part in _lists(keys):
            rows.update({row.id: row for row in _DOCUMENTS[supply].all(connection, ids=part)})
    return rows


def _parts(connection: Connection, line_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
    parts = dict[UUID, list[tuple[UUID, int]]]()
    for ids in _lists(line_ids):
        for row in _PARTS.all(connection, ids=ids):
            parts.setdefault(row.order_line_id, []).append((row.id, row.quantity))
    return parts


def _lists(keys: Iterable[UUID]) -> list[list[UUID]]:
    wanted = sorted(set(keys))
    return [wanted[start : start + LONGEST_LIST] for start in range(0, len(wanted), LONGEST_LIST)]


_IDS: Final = bindparam("ids", type_=Key, expanding=True)
_DOCUMENTS: Final[dict[Supply, Prepared]] = {
    Supply.STOCK: Prepared(
        select(location.c.id, location.c.id.label("document_id"), location.c.name.label("partner")).where(
            location.c.id.in_(_IDS)
        )
    ),
    Supply.PURCHASE_LINE: Prepared(
        select(
            purchase_line.c.id,
            purchase_order.c.id.label("document_id"),
            purchase_order.c.number,
            purchase_order.c.state,
            purchase_order.c.supplier_name.label("partner"),
        )
        .join(purchase_order, purchase_order.c.id == purchase_line.c.purchase_id)
        .where(purchase_line.c.id.in_(_IDS))
    ),
    Supply.WORK_ORDER: Prepared(
        select(
            work_order.c.id,
            work_order.c.id.label("document_id"),
            work_order.c.number,
            work_order.c.state,
            supplier.c.name.label("partner"),
        )
        .select_from(work_order.outerjoin(supplier, supplier.c.id == work_order.c.supplier_id))
        .where(work_order.c.id.in_(_IDS))
    ),
    Supply.TRANSFER_LINE: Prepared(
        select(
            transfer_line.c.id,
            transfer.c.id.label("document_id"),
            transfer.c.number,
            transfer.c.state,
            location.c.name.label("partner"),
        )
        .join(transfer, transfer.c.id == transfer_line.c.transfer_id)
        .join(location, location.c.id == transfer.c.from_location_id)
        .where(transfer_line.c.id.in_(_IDS))
    ),
}
_PARTS: Final = Prepared(
    select(reservation.c.id, reservation.c.order_line_id, reservation.c.quantity)
    .where(reservation.c.order_line_id.in_(_IDS), reservation.c.cancelled.is_(False))
    .order_by(reservation.c.position)
)
