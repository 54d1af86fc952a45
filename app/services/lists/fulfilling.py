"""Pick lists, shipments and returns: what their lists show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, case, exists, not_, or_

from app.models.order import sales_order
from app.models.returns import AWAITED, Disposition, ReturnState, goods_return, goods_return_line
from app.models.shipment import PickState, ShipmentState, package, pick, shipment
from app.services.listing import Linked, Listing, Words


@dataclass(frozen=True, slots=True)
class PickRow:
    """A pick list in the list."""

    id: UUID
    number: str
    order_number: str
    customer_name: str
    state: str
    lines: int
    promised_on: date | None
    created_at: datetime
    picked_by: str
    order_id: UUID


PICKS: Final = Listing(
    name="picks",
    row=PickRow,
    source=pick.outerjoin(sales_order, sales_order.c.id == pick.c.order_id),
    columns=(
        pick.c.id,
        pick.c.number,
        pick.c.order_number,
        pick.c.customer_name,
        pick.c.state,
        pick.c.lines,
        sales_order.c.promised_on,
        pick.c.created_at,
        pick.c.picked_by,
        pick.c.order_id,
    ),
    tables=("pick", "sales_order"),
    sorts={
        "number": pick.c.id,
        "customer": pick.c.customer_name,
        "promised_on": sales_order.c.promised_on,
        "lines": pick.c.lines,
    },
    default_sort="promised_on",
    default_descending=False,
    filters={
        "state": lambda value: pick.c.state == value,
        "open": lambda _: pick.c.state == PickState.OPEN,
        "late": lambda today: and_(pick.c.state == PickState.OPEN, sales_order.c.promised_on < today),
        "order": lambda value: pick.c.order_id == value,
    },
    search=(Words(pick.c.number, pick.c.order_number, pick.c.customer_name),),
)


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A shipment in the list; ``packages`` is 0 until it is packed."""

    id: UUID
    number: str
    order_number: str
    customer_name: str
    state: str
    carrier: str
    service: str
    tracking_number: str
    packages: int
    weight_g: int
    promised_on: date | None
    shipped_at: datetime | None
    order_id: UUID


SHIPMENTS: Final = Listing(
    name="shipments",
    row=ShipmentRow,
    source=shipment.outerjoin(sales_order, sales_order.c.id == shipment.c.order_id),
    columns=(
        shipment.c.id,
        shipment.c.number,
        shipment.c.order_number,
        shipment.c.customer_name,
        shipment.c.state,
        shipment.c.carrier,
        shipment.c.service,
        shipment.c.tracking_number,
        shipment.c.packages,
        shipment.c.weight_g,
        sales_order.c.promised_on,
        shipment.c.shipped_at,
        shipment.c.order_id,
    ),
    tables=("shipment", "sales_order"),
    sorts={
        "number": shipment.c.id,
        "customer": shipment.c.customer_name,
        "state": shipment.c.state,
        "shipped_at": shipment.c.shipped_at,
    },
    default_sort="number",
    filters={
        "state": lambda value: shipment.c.state == value,
        "open": lambda _: shipment.c.state.in_([ShipmentState.PLANNED, ShipmentState.PACKED]),
        "gone": lambda _: shipment.c.state.in_([ShipmentState.SHIPPED, ShipmentState.DELIVERED]),
        "order": lambda value: shipment.c.order_id == value,
        "known": lambda _: shipment.c.state != ShipmentState.CANCELLED,
    },
    search=(
        Words(shipment.c.number, shipment.c.order_number, shipment.c.customer_name, shipment.c.tracking_number),
        Linked(shipment.c.id, package.c.shipment_id, (package.c.tracking_number, package.c.sscc)),
    ),
)


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return in the list."""

    id: UUID
    number: str
    order_number: str
    customer_name: str
    state: str
    reason: str
    created_at: datetime
    order_id: UUID
    disposition: str
    replace: bool
    in_advance: bool
    expected_on: date | None


_BACK: Final = goods_return_line.c
_OURS: Final = _BACK.disposition.not_in([Disposition.REPLACE, Disposition.REPAIR, Disposition.SEND_BACK])
_CREDITABLE: Final = (
    _BACK.received_good
    + _BACK.received_scrap
    + _BACK.beyond_repair
    + case((_OURS, _BACK.received_repair), else_=0)
    - _BACK.exchanged
    - _BACK.credited
)
_TO_CREDIT: Final = exists().where(
    _BACK.return_id == goods_return.c.id,
    _BACK.disposition != Disposition.REPLACE,
    or_(_BACK.disposition != "", not_(goods_return.c.replace)),
    _CREDITABLE > 0,
)


RETURNS: Final = Listing(
    name="returns",
    row=ReturnRow,
    source=goods_return,
    columns=(
        goods_return.c.id,
        goods_return.c.number,
        goods_return.c.order_number,
        goods_return.c.customer_name,
        goods_return.c.state,
        goods_return.c.reason,
        goods_return.c.created_at,
        goods_return.c.order_id,
        goods_return.c.disposition,
        goods_return.c.replace,
        goods_return.c.in_advance,
        goods_return.c.expected_on,
    ),
    tables=("goods_return", "goods_return_line"),
    sorts={"number": goods_return.c.id, "customer": goods_return.c.customer_name, "state": goods_return.c.state},
    default_sort="number",
    filters={
        "waits": lambda _: goods_return.c.state.in_(AWAITED),
        "credit": lambda _: and_(goods_return.c.state != ReturnState.CANCELLED, _TO_CREDIT),
        "overdue": lambda today: and_(
            goods_return.c.state.in_(AWAITED), goods_return.c.in_advance, goods_return.c.expected_on < today
        ),
        "state": lambda value: goods_return.c.state == value,
        "order": lambda value: goods_return.c.order_id == value,
    },
    search=(Words(goods_return.c.number, goods_return.c.order_number, goods_return.c.customer_name),),
)
