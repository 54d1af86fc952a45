"""Purchase orders, transfers and suppliers: what their lists show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from app.models.order import sales_order
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.sourcing import peg
from app.models.stock import location
from app.models.supply import product_supply, supplier
from app.models.transfer import TransferState, transfer, transfer_line
from app.services.listing import Linked, Listing, Words


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A purchase order in the list; ``due_on`` is the first day that something of it is still expected.

    ``order_number`` is the customer's order of a drop shipment.  ``troubled`` tells that somebody who waits for it
    gets it too late or not at all, ``begun`` that part of it came in.
    """

    id: UUID
    number: str
    state: str
    supplier_name: str
    supplier_id: UUID
    reference: str
    ordered_on: date
    due_on: date | None
    total: Decimal
    currency: str
    order_id: UUID | None
    order_number: str | None
    begun: bool
    troubled: bool

    @property
    def waits(self) -> bool:
        """Whether something of it is still to come."""
        return self.state in _UNDER_WAY


_UNDER_WAY: Final = (PurchaseState.SENT, PurchaseState.CONFIRMED)
_line = purchase_line.c
_OURS: Final = _line.purchase_id == purchase_order.c.id
_COMES: Final = _line.ordered - _line.cancelled - _line.received > 0
_DUE: Final = select(func.min(_line.expected_on)).where(_OURS, _COMES).correlate(purchase_order).scalar_subquery()
_BEGUN: Final = exists(select(_line.id).where(_OURS, _line.received > 0).correlate(purchase_order))
_TROUBLED: Final = exists(
    select(peg.c.id)
    .join(purchase_line, _line.id == peg.c.supply_id)
    .where(_OURS, peg.c.trouble != "", peg.c.quantity > peg.c.served)
    .correlate(purchase_order)
)


def _late(today: date) -> ColumnElement[bool]:
    missed = select(_line.id).where(_OURS, _COMES, _line.expected_on < today).correlate(purchase_order)
    return and_(purchase_order.c.state.in_(_UNDER_WAY), exists(missed))


PURCHASES: Final = Listing(
    name="purchases",
    row=PurchaseRow,
    source=purchase_order.outerjoin(sales_order, sales_order.c.id == purchase_order.c.order_id),
    columns=(
        purchase_order.c.id,
        purchase_order.c.number,
        purchase_order.c.state,
        purchase_order.c.supplier_name,
        purchase_order.c.supplier_id,
        purchase_order.c.reference,
        purchase_order.c.ordered_on,
        _DUE.label("due_on"),
        purchase_order.c.total,
        purchase_order.c.currency,
        purchase_order.c.order_id,
        sales_order.c.number.label("order_number"),
        _BEGUN.label("begun"),
        _TROUBLED.label("troubled"),
    ),
    tables=("purchase_order", "purchase_line", "peg"),
    sorts={
        "number": purchase_order.c.id,
        "supplier": purchase_order.c.supplier_name,
        "state": purchase_order.c.state,
        "ordered_on": purchase_order.c.ordered_on,
        "expected_on": purchase_order.c.expected_on,
        "total": purchase_order.c.total,
    },
    default_sort="number",
    filters={
        "state": lambda value: purchase_order.c.state == value,
        "open": lambda _: purchase_order.c.state.in_(_UNDER_WAY),
        "late": _late,
        "begun": lambda _: and_(purchase_order.c.state.in_(_UNDER_WAY), _BEGUN),
        "troubled": lambda _: _TROUBLED,
        "drop": lambda _: purchase_order.c.order_id.is_not(None),
        "supplier": lambda value: purchase_order.c.supplier_id == value,
    },
    search=(
        Words(purchase_order.c.number, purchase_order.c.supplier_name, purchase_order.c.reference),
        Linked(purchase_order.c.order_id, sales_order.c.id, (sales_order.c.number, sales_order.c.customer_name)),
        Linked(purchase_order.c.id, _line.purchase_id, (_line.sku, _line.name, _line.supplier_sku)),
    ),
    totals={"total": func.sum(purchase_order.c.total)},
    totals_by=purchase_order.c.currency,
)


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer in the list; ``going`` tells that something of it is on its way."""

    id: UUID
    number: str
    state: str
    source: str
    target: str
    ships_on: date | None
    expected_on: date | None
    lines: int
    going: bool
    work_order_id: UUID | None


_source, _target = location.alias("source"), location.alias("target")
_moved = transfer_line.c
_MINE: Final = _moved.transfer_id == transfer.c.id
_GOING: Final = exists(
    select(_moved.id).where(_MINE, _moved.shipped - _moved.received - _moved.lost > 0).correlate(transfer)
)
_LINES: Final = select(func.count()).where(_MINE).correlate(transfer).scalar_subquery()


def _overdue(today: date) -> ColumnElement[bool]:
    started = and_(transfer.c.state == TransferState.PLANNED, transfer.c.ships_on < today)
    return (_GOING & (transfer.c.expected_on < today)) | started


TRANSFERS: Final = Listing(
    name="transfers",
    row=TransferRow,
    source=transfer.outerjoin(_source, _source.c.id == transfer.c.from_location_id).outerjoin(
        _target, _target.c.id == transfer.c.to_location_id
    ),
    columns=(
        transfer.c.id,
        transfer.c.number,
        transfer.c.state,
        _source.c.name.label("source_name"),
        _target.c.name.label("target_name"),
        transfer.c.ships_on,
        transfer.c.expected_on,
        _LINES.label("lines"),
        _GOING.label("going"),
        transfer.c.work_order_id,
    ),
    tables=("transfer", "transfer_line"),
    sorts={
        "number": transfer.c.id,
        "state": transfer.c.state,
        "ships_on": transfer.c.ships_on,
        "expected_on": transfer.c.expected_on,
    },
    default_sort="number",
    filters={
        "state": lambda value: transfer.c.state == value,
        "going": lambda _: _GOING,
        "late": _overdue,
    },
    search=(
        Words(transfer.c.number),
        Linked(transfer.c.id, _moved.transfer_id, (_moved.sku, _moved.name)),
    ),
)


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier in the list: ``products`` they supply, ``open_orders`` that were sent and still come."""

    id: UUID
    number: str
    name: str
    city: str
    country: str
    currency: str
    lead_days: int
    drop_ships: bool
    products: int
    open_orders: int
    active: bool


def _count(statement: Any) -> ColumnElement[Any]:
    return statement.correlate(supplier).scalar_subquery()  # type: ignore[no-any-return]


SUPPLIERS: Final = Listing(
    name="suppliers",
    row=SupplierRow,
    source=supplier,
    columns=(
        supplier.c.id,
        supplier.c.number,
        supplier.c.name,
        supplier.c.city,
        supplier.c.country,
        supplier.c.currency,
        supplier.c.lead_days,
        supplier.c.drop_ships,
        _count(
            select(func.count(product_supply.c.product_id.distinct())).where(
                product_supply.c.supplier_id == supplier.c.id, product_supply.c.active
            )
        ).label("products"),
        _count(
            select(func.count()).where(
                purchase_order.c.supplier_id == supplier.c.id, purchase_order.c.state.in_(_UNDER_WAY)
            )
        ).label("open_orders"),
        supplier.c.active,
    ),
    tables=("supplier", "product_supply", "purchase_order"),
    sorts={"number": supplier.c.number, "name": supplier.c.name, "lead_days": supplier.c.lead_days},
    default_sort="name",
    default_descending=False,
    filters={"active": supplier.c.active.is_, "drop_ships": supplier.c.drop_ships.is_},
    search=(Words(supplier.c.number, supplier.c.name, supplier.c.city, supplier.c.our_number),),
)
