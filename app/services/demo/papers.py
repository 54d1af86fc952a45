"""Finding the documents of a deal, for the next step with it.  Quantities are grains."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from app.models.base import Key
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line
from app.models.order import sales_order_line
from app.models.product import product
from app.models.returns import goods_return_line
from app.models.shipment import PickState, pick, pick_line, shipment
from app.services.packaging import NewPackage

PARCEL_G: Final = 20_000  # what one person lifts
PALLET_G: Final = 80_000  # above that the goods leave on a pallet
PALLET_MM: Final = (1200, 800, 1100)
BOXES_MM: Final = ((2_000, (300, 200, 150)), (8_000, (400, 300, 250)), (PARCEL_G, (600, 400, 350)))
"""Boxes in use: up to this weight, length x width x height."""


def open_pick(connection: Connection, order_id: UUID) -> UUID | None:
    """Find the order's open pick list."""
    found: UUID | None = connection.execute(_OPEN_PICK, {"order": order_id}).scalar_one_or_none()
    return found


def open_pick_lines(connection: Connection, order_id: UUID) -> Sequence[Any]:
    """Read what the order's open pick list asks for, each line with its SKU and grain."""
    return connection.execute(_PICK_LINES, {"order": order_id}).all()


def shipment_in(connection: Connection, order_id: UUID, state: str) -> UUID | None:
    """Find the order's first shipment in a state."""
    found: UUID | None = connection.execute(_SHIPMENT, {"order": order_id, "state": state}).scalars().first()
    return found


def packages(connection: Connection, order_id: UUID) -> list[NewPackage]:
    """Share what is picked for an order out over parcels, or put it on one pallet."""
    rows = connection.execute(_PICKED, {"order": order_id}).all()
    if not rows:
        return []
    weights = [max(1, row.picked * (row.weight_g or 100) // row.grain) for row in rows]
    total = sum(weights)
    if total > PALLET_G:
        length, width, height = PALLET_MM
        return [NewPackage({row.id: row.picked for row in rows}, total + 25_000, length, width, height)]
    count = min(len(rows), ceil(total / PARCEL_G))
    contents: list[dict[UUID, int]] = [{} for _ in range(count)]
    filled = [0] * count
    for row, weight in zip(rows, weights, strict=True):
        lightest = filled.index(min(filled))
        contents[lightest][row.id] = row.picked
        filled[lightest] += weight
    return [_parcel(content, weight) for content, weight in zip(contents, filled, strict=True)]


def _parcel(content: dict[UUID, int], weight: int) -> NewPackage:
    length, width, height = next((size for most, size in BOXES_MM if weight <= most), BOXES_MM[-1][1])
    return NewPackage(content, weight + 350, length, width, height)


def shipped_line(connection: Connection, order_id: UUID) -> Any:
    """Read the order's first line of which something was shipped, with its grain; None if there is none."""
    return connection.execute(_SHIPPED, {"order": order_id}).first()


def authorised(connection: Connection, return_id: UUID) -> dict[UUID, int]:
    """Read how much of which order line may come back."""
    rows = connection.execute(_AUTHORISED, {"return": return_id})
    return {row.order_line_id: row.authorised for row in rows}


def draft_deposit(connection: Connection, order_id: UUID) -> UUID | None:
    """Find the order's deposit invoice while it is a draft."""
    found: UUID | None = connection.execute(_DEPOSIT, {"order": order_id}).scalar_one_or_none()
    return found


def open_invoices(connection: Connection, order_id: UUID) -> Sequence[Any]:
    """Read the order's posted invoices that are not paid, the oldest first."""
    return connection.execute(_OPEN, {"order": order_id}).all()


def creditable(connection: Connection, invoice_id: UUID, return_id: UUID) -> dict[UUID, int]:
    """Say how much of which invoice line came back with a return."""
    back = authorised(connection, return_id)
    rows = connection.execute(_INVOICE_LINES, {"invoice": invoice_id})
    return {row.id: back[row.order_line_id] for row in rows if row.order_line_id in back}


_ORDER: Final = bindparam("order", type_=Key)
_OPEN_PICK: Final = select(pick.c.id).where(pick.c.order_id == _ORDER, pick.c.state == PickState.OPEN)
_PICK_LINES: Final = (
    select(pick_line.c.id, pick_line.c.pick_id, pick_line.c.wanted, product.c.sku, product.c.grain)
    .join(pick, pick.c.id == pick_line.c.pick_id)
    .join(product, product.c.id == pick_line.c.product_id)
    .where(pick.c.order_id == _ORDER, pick.c.state == PickState.OPEN, pick_line.c.wanted > 0)
    .order_by(pick_line.c.position)
)
_SHIPMENT: Final = (
    select(shipment.c.id)
    .where(shipment.c.order_id == _ORDER, shipment.c.state == bindparam("state"))
    .order_by(shipment.c.number)
)
_line = sales_order_line.c
_LINES: Final[Select[Any]] = (
    select(_line.id, _line.picked, _line.shipped, product.c.grain, product.c.weight_g)
    .join(product, product.c.id == _line.product_id)
    .where(_line.order_id == _ORDER)
    .order_by(_line.position)
)
_PICKED: Final = _LINES.where(_line.picked > 0)
_SHIPPED: Final = _LINES.where(_line.shipped > 0).limit(1)
_AUTHORISED: Final = select(goods_return_line.c.order_line_id, goods_return_line.c.authorised).where(
    goods_return_line.c.return_id == bindparam("return", type_=Key)
)
_DEPOSIT: Final = select(invoice.c.id).where(
    invoice.c.order_id == _ORDER, invoice.c.kind == InvoiceKind.DEPOSIT, invoice.c.state == InvoiceState.DRAFT
)
_OPEN: Final = (
    select(invoice.c.id, invoice.c.number, invoice.c.open_amount, invoice.c.currency)
    .where(invoice.c.order_id == _ORDER, invoice.c.state == InvoiceState.POSTED, invoice.c.open_amount > 0)
    .order_by(invoice.c.number)
)
_INVOICE_LINES: Final = select(invoice_line.c.id, invoice_line.c.order_line_id).where(
    invoice_line.c.invoice_id == bindparam("invoice", type_=Key)
)
