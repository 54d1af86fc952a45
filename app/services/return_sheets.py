"""What people read of a return, and what of an order may come back.  Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import NotFound
from app.models.base import Key
from app.models.order import sales_order, sales_order_line
from app.models.product import GRAIN, product
from app.models.returns import Disposition, ReturnProgress, goods_return, goods_return_line, progress
from app.models.shipment import ShipmentState, shipment, shipment_line
from app.services import return_credits, returns
from app.services.statements import Prepared


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What comes back of one order line, in the line's unit; ``codes`` are what a scanner reads of it."""

    order_line_id: UUID
    sku: str
    name: str
    unit: str
    grains_per_unit: Fraction
    authorised: Fraction
    awaited: Fraction
    good: Fraction = Fraction(0)
    broken: Fraction = Fraction(0)
    repair: Fraction = Fraction(0)
    refused: Fraction = Fraction(0)
    in_repair: Fraction = Fraction(0)
    given_up: Fraction = Fraction(0)
    disposition: Disposition = Disposition.CREDIT
    reason: str = ""
    finding: str = ""
    exchange: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnPaper:
    """A document that belongs to a return: ``kind`` (shipment, credit), its id, number, state, day and amount."""

    kind: str
    id: UUID
    number: str
    state: str
    on: date | None
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class ReturnSheet:
    """A return from all sides; ``creditable``: something of it was billed and is still to be credited."""

    head: Any
    lines: tuple[ReturnLine, ...]
    papers: tuple[ReturnPaper, ...]
    creditable: bool
    to_ship: Fraction


def sheet(connection: Connection, return_id: UUID) -> ReturnSheet:
    """Read a return.

    Raises:
        NotFound: the return does not exist.

    """
    head = connection.execute(
        select(goods_return, sales_order.c.currency)
        .join(sales_order, sales_order.c.id == goods_return.c.order_id)
        .where(goods_return.c.id == return_id)
    ).one_or_none()
    if head is None:
        raise NotFound("Return", return_id)
    rows = _RETURN_LINES.all(connection, goods_return=return_id)
    known = [progress(row, in_advance=head.in_advance, replace=head.replace) for row in rows]
    return ReturnSheet(
        head,
        tuple(_line(row, now) for row, now in zip(rows, known, strict=True)),
        (*_shipments(connection, head, rows), *_notes(connection, head)),
        head.state != "cancelled" and any(now.creditable > 0 for now in known),
        sum((_open(row) for row, now in zip(rows, known, strict=True) if now.opened), Fraction(0)),
    )


def _open(row: Any) -> Fraction:
    left: int = row.ordered - row.cancelled - row.shipped + row.returned_open
    return max(0, left) / _per_unit(row)


def _per_unit(row: Any) -> Fraction:
    return Fraction(row.numerator, row.denominator) * (row.grain or GRAIN)


def _line(row: Any, now: ReturnProgress) -> ReturnLine:
    per_unit = _per_unit(row)
    return ReturnLine(
        row.order_line_id,
        row.sku,
        row.name,
        row.unit,
        per_unit,
        now.authorised / per_unit,
        now.awaited / per_unit,
        now.received_good / per_unit,
        (now.received_scrap + now.beyond_repair) / per_unit,
        now.received_repair / per_unit,
        now.refused / per_unit,
        now.in_repair / per_unit,
        now.given_up / per_unit,
        now.disposition,
        row.reason,
        row.finding,
        row.exchange or "",
        tuple(code for code in (row.barcode, row.sku) if code),
    )


def _shipments(connection: Connection, head: Any, rows: list[Any]) -> list[ReturnPaper]:
    """Find the shipments of the order that were made after this return and hold one of its lines."""
    wanted = {row.order_line_id for row in rows} | {row.exchange_line_id for row in rows if row.exchange_line_id}
    found = dict[UUID, ReturnPaper]()
    for row in _SHIPMENTS.all(connection, order=head.order_id):
        if row.order_line_id in wanted and row.created_at >= head.created_at:
            on = row.shipped_at.date() if row.shipped_at else None
            found[row.id] = ReturnPaper("shipment", row.id, row.number, row.state, on, None)
    return list(found.values())


def _notes(connection: Connection, head: Any) -> list[ReturnPaper]:
    rows = return_credits.notes(connection, head.order_id, head.id)
    return [ReturnPaper("credit", row.id, row.number or "", row.state, row.invoiced_on, row.total) for row in rows]


def returnable(connection: Connection, order_id: UUID) -> list[ReturnLine]:
    """Read what of an order is with the customer and not announced to come back; ``authorised`` is how much."""
    found = []
    pending = returns.announced(connection, order_id)
    for row in _SHIPPED.all(connection, order=order_id):
        per_unit = _per_unit(row)
        left = row.shipped - row.returned - pending.get(row.order_line_id, 0)
        if left > 0:
            out = left / per_unit
            found.append(ReturnLine(row.order_line_id, row.sku, row.name, row.unit, per_unit, out, out))
    return found


_LINE: Final = sales_order_line.c
_LINE_COLUMNS: Final = (
    _LINE.sku,
    _LINE.name,
    _LINE.unit,
    _LINE.numerator,
    _LINE.denominator,
    product.c.grain,
    product.c.barcode,
)
_OTHER: Final = product.alias("other")
_RETURN_LINES: Final = Prepared(
    select(
        goods_return_line,
        _LINE.ordered,
        _LINE.cancelled,
        _LINE.shipped,
        _LINE.returned_open,
        _OTHER.c.sku.label("exchange"),
        *_LINE_COLUMNS,
    )
    .join(sales_order_line, _LINE.id == goods_return_line.c.order_line_id)
    .outerjoin(product, product.c.id == _LINE.product_id)
    .outerjoin(_OTHER, _OTHER.c.id == goods_return_line.c.exchange_product_id)
    .where(goods_return_line.c.return_id == bindparam("goods_return", type_=Key))
    .order_by(_LINE.position, _LINE.id)
)
_SHIPPED: Final = Prepared(
    select(_LINE.id.label("order_line_id"), _LINE.shipped, _LINE.returned, *_LINE_COLUMNS)
    .outerjoin(product, product.c.id == _LINE.product_id)
    .where(_LINE.order_id == bindparam("order", type_=Key), _LINE.shipped > _LINE.returned, product.c.kind == "goods")
    .order_by(_LINE.position, _LINE.id)
)
_SHIPMENTS: Final = Prepared(
    select(
        shipment.c.id,
        shipment.c.number,
        shipment.c.state,
        shipment.c.shipped_at,
        shipment.c.created_at,
        shipment_line.c.order_line_id,
    )
    .join(shipment_line, shipment_line.c.shipment_id == shipment.c.id)
    .where(
        shipment.c.order_id == bindparam("order", type_=Key),
        shipment.c.state != ShipmentState.CANCELLED,
        (shipment_line.c.planned > 0) | (shipment_line.c.shipped > 0),
    )
    .order_by(shipment.c.id)
)
