"""What lies free of some products, what comes in and what is promised, day by day: read from the open documents alone.

Only what is still open is read, through partial indexes, so that the cost grows with what waits and not with history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, case, func, literal_column, select, text

from app.models.base import Key, Moment
from app.models.order import OUTSTANDING, OrderState, sales_order, sales_order_line
from app.models.promise import Projection
from app.models.purchase import OPEN as OPEN_PURCHASE
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.sourcing import Supply, peg
from app.models.stock import stock_level
from app.models.supply import Way, soft_hold
from app.models.transfer import OPEN as OPEN_TRANSFER
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.work import OPEN as OPEN_WORK
from app.models.work import OPEN_COMPONENT, WorkState, work_component, work_order
from app.models.working_days import MONDAY_TO_FRIDAY, Calendar
from app.services import stock_ledger
from app.services.statements import LONGEST_LIST, Prepared

NO_WINDOW: Final = ""
NO_ORDER: Final = UUID(int=0)

Shelf = tuple[UUID, UUID]
"""A product at a place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Grains of a product that come to a place (or leave it, below zero) on a day, and why."""

    product_id: UUID
    location_id: UUID
    on: date
    grains: int
    kind: str  # purchase | work order | transfer | order | component | held
    planned_on: date | None = None  # what the document says, where that is past already


@dataclass(slots=True)
class Outlook:
    """What is free at each place of each product, in grains, and all entries that change it."""

    today: date
    free: dict[Shelf, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    _balances: dict[Shelf, Projection] | None = None

    def projections(self) -> Mapping[Shelf, Projection]:
        """The balance of each product at each place, added up once; copy one before you change it."""
        if self._balances is None:
            self._balances = {shelf: Projection(self.today, grains) for shelf, grains in self.free.items()}
            self._count(self._balances, self.entries)
        return self._balances

    def add(self, entries: Sequence[Entry]) -> None:
        """Let more come in, or leave, than was read."""
        self.entries += entries
        if self._balances is not None:
            self._count(self._balances, entries)

    def _count(self, balances: dict[Shelf, Projection], entries: Iterable[Entry]) -> None:
        for entry in entries:
            shelf = entry.product_id, entry.location_id
            if shelf not in balances:
                balances[shelf] = Projection(self.today)
            balances[shelf].add(entry.on, entry.grains)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: what an order still wants and what its window holds do not count against them.

    With ``binding`` what others hold while they type does not count either: who sells for good simply has it.
    """

    at: datetime
    window: str = NO_WINDOW
    order_id: UUID | None = None
    calendar: Calendar = MONDAY_TO_FRIDAY
    binding: bool = False


def read(connection: Connection, product_ids: Iterable[UUID], viewer: Viewer) -> Outlook:
    """Read the outlook of products.

    What is overdue to come in is expected on the next working day; what nobody gave a day for does not count.
    """
    today = viewer.at.date()
    found = Outlook(today)
    ids = sorted(set(product_ids))
    main = stock_ledger.main_location(connection)
    for start in range(0, len(ids), LONGEST_LIST):
        part = ids[start : start + LONGEST_LIST]
        found.free.update({(row.product_id, row.location_id): row.free for row in _LEVELS.all(connection, ids=part)})
        found.entries += _receipts(connection, part, today, viewer.calendar)
        found.entries += _demands(connection, part, today, main, viewer)
        held = [] if viewer.binding else _HELD.all(connection, ids=part, at=viewer.at, window=viewer.window)
        found.entries += [Entry(row.product_id, row.location_id, today, -int(row.grains), "held") for row in held]
    return found


def without_day(connection: Connection, product_ids: Iterable[UUID]) -> dict[Shelf, int]:
    """Read the grains that will come to places on no day that anybody named; an outlook leaves them out."""
    found = dict[Shelf, int]()
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), LONGEST_LIST):
        for statement in (_PURCHASES, _WORKS, _ARRIVALS):
            for row in statement.all(connection, ids=ids[start : start + LONGEST_LIST]):
                if row.on is None:
                    shelf = row.product_id, row.location_id
                    found[shelf] = found.get(shelf, 0) + int(row.grains)
    return found


def _receipts(connection: Connection, ids: Sequence[UUID], today: date, calendar: Calendar) -> list[Entry]:
    entries = list[Entry]()
    for kind, statement in (("purchase", _PURCHASES), ("work order", _WORKS), ("transfer", _ARRIVALS)):
        for row in statement.all(connection, ids=ids):
            if row.on is None:
                continue
            late = row.on < today
            on = calendar.add(today, 1) if late else row.on
            entries.append(Entry(row.product_id, row.location_id, on, int(row.grains), kind, row.on if late else None))
    return entries


def _demands(connection: Connection, ids: Sequence[UUID], today: date, main: UUID, viewer: Viewer) -> list[Entry]:
    entries = list[Entry]()
    own = viewer.order_id
    rows = [*_WAITING.all(connection, ids=ids, own=own or NO_ORDER)]
    rows += _OWN.all(connection, ids=ids, own=own) if own else []
    for row in rows:
        if row.grains > 0:
            entries.append(Entry(row.product_id, row.location_id or main, row.on or today, -int(row.grains), "order"))
    for kind, statement in (("component", _COMPONENTS), ("transfer", _DEPARTURES)):
        for row in statement.all(connection, ids=ids):
            entries.append(Entry(row.product_id, row.location_id, row.on or today, -int(row.grains), kind))
    return entries


def _among(column: ColumnElement[UUID]) -> ColumnElement[bool]:
    return column.in_(bindparam("ids", type_=Key, expanding=True))


_LEVELS: Final = Prepared(
    select(stock_level.c.product_id, stock_level.c.location_id, stock_level.c.free).where(
        _among(stock_level.c.product_id)
    )
)

_BOUGHT: Final = purchase_line.c
_BOUGHT_ON: Final = func.coalesce(_BOUGHT.expected_on, _BOUGHT.requested_on, type_=_BOUGHT.expected_on.type)
_PURCHASES: Final = Prepared(
    select(
        _BOUGHT.product_id,
        purchase_order.c.location_id,
        _BOUGHT_ON.label("on"),
        func.sum(_BOUGHT.ordered - _BOUGHT.cancelled - _BOUGHT.received).label("grains"),
    )
    .join(purchase_order, purchase_order.c.id == _BOUGHT.purchase_id)
    .where(
        _among(_BOUGHT.product_id),
        text(OPEN_PURCHASE),
        purchase_order.c.state.in_([PurchaseState.DRAFT, PurchaseState.SENT, PurchaseState.CONFIRMED]),
        purchase_order.c.order_id.is_(None),  # a drop shipment never comes here
        _BOUGHT.work_order_id.is_(None),  # what a subcontractor makes comes by its work order
    )
    .group_by(_BOUGHT.product_id, purchase_order.c.location_id, _BOUGHT_ON)
)
_WORKS: Final = Prepared(
    select(
        work_order.c.product_id,
        work_order.c.location_id,
        work_order.c.due_on.label("on"),
        func.sum(work_order.c.ordered - work_order.c.cancelled - work_order.c.made - work_order.c.scrapped).label(
            "grains"
        ),
    )
    .where(
        _among(work_order.c.product_id),
        text(OPEN_WORK),
        work_order.c.state.in_([WorkState.PLANNED, WorkState.RELEASED]),
    )
    .group_by(work_order.c.product_id, work_order.c.location_id, work_order.c.due_on)
)
_MOVED: Final = transfer_line.c
_ARRIVALS: Final = Prepared(
    select(
        _MOVED.product_id,
        transfer.c.to_location_id.label("location_id"),
        transfer.c.expected_on.label("on"),
        func.sum(_MOVED.wanted - _MOVED.cancelled - _MOVED.received - _MOVED.lost).label("grains"),
    )
    .join(transfer, transfer.c.id == _MOVED.transfer_id)
    .where(
        _among(_MOVED.product_id),
        text(OPEN_TRANSFER),
        transfer.c.state.in_([TransferState.PLANNED, TransferState.SHIPPED]),
    )
    .group_by(_MOVED.product_id, transfer.c.to_location_id, transfer.c.expected_on)
)
_UNSENT: Final = _MOVED.wanted - _MOVED.cancelled - _MOVED.shipped - _MOVED.reserved
_DEPARTURES: Final = Prepared(
    select(
        _MOVED.product_id,
        transfer.c.from_location_id.label("location_id"),
        transfer.c.ships_on.label("on"),
        func.sum(_UNSENT).label("grains"),
    )
    .join(transfer, transfer.c.id == _MOVED.transfer_id)
    .where(_among(_MOVED.product_id), text(OPEN_TRANSFER), _UNSENT > 0, transfer.c.state == TransferState.PLANNED)
    .group_by(_MOVED.product_id, transfer.c.from_location_id, transfer.c.ships_on)
)
_SOLD: Final = sales_order_line.c
WAITS: Final = _SOLD.ordered - _SOLD.cancelled - _SOLD.shipped + _SOLD.returned_open - _SOLD.reserved - _SOLD.picked
_PEGGED: Final = select(func.coalesce(func.sum(peg.c.quantity - peg.c.served), 0, type_=BigInteger)).where(
    peg.c.demand_id == _SOLD.id
)
SENT_BY_OTHERS: Final = _PEGGED.where(peg.c.way == Way.DROP_SHIP).scalar_subquery()
_ON_ITS_WAY: Final = _PEGGED.where(peg.c.way != Way.DROP_SHIP, peg.c.supply != Supply.STOCK).scalar_subquery()
_SENT: Final = case((sales_order.c.pegged, SENT_BY_OTHERS), else_=literal_column("0", BigInteger))
_LEFT: Final = WAITS - _SENT
_WANTED_ON: Final = func.coalesce(
    _SOLD.ready_on,
    _SOLD.requested_on,
    sales_order.c.promised_on,
    sales_order.c.requested_on,
    type_=_SOLD.ready_on.type,
)
_ORDER: Final = bindparam("own", type_=Key)
_OPEN_LINES: Final = (
    _among(_SOLD.product_id),
    text(OUTSTANDING),
    WAITS > 0,
    sales_order.c.state == OrderState.CONFIRMED,
)
_WAITING: Final = Prepared(
    select(
        _SOLD.product_id,
        sales_order.c.location_id,
        _WANTED_ON.label("on"),
        func.sum(_LEFT).label("grains"),
    )
    .join(sales_order, sales_order.c.id == _SOLD.order_id)
    .where(*_OPEN_LINES, WAITS > _SENT, _SOLD.order_id != _ORDER)
    .group_by(_SOLD.product_id, sales_order.c.location_id, _WANTED_ON)
)
"""What orders other than one's own wait for, by the day they want it."""
_OWN: Final = Prepared(
    select(
        _SOLD.product_id,
        sales_order.c.location_id,
        _WANTED_ON.label("on"),
        case((_ON_ITS_WAY < _LEFT, _ON_ITS_WAY), else_=_LEFT).label("grains"),
    )
    .join(sales_order, sales_order.c.id == _SOLD.order_id)
    .where(*_OPEN_LINES, _SOLD.order_id == _ORDER, sales_order.c.pegged)
)
"""What is on its way to one's own order: that stays its own, the rest is what is asked for."""
_USED: Final = work_component.c
_COMPONENTS: Final = Prepared(
    select(
        _USED.product_id,
        func.coalesce(work_order.c.parts_location_id, work_order.c.location_id, type_=Key).label("location_id"),
        func.coalesce(work_order.c.starts_on, work_order.c.due_on, type_=work_order.c.due_on.type).label("on"),
        (_USED.needed - _USED.reserved - _USED.consumed).label("grains"),
    )
    .join(work_order, work_order.c.id == _USED.work_order_id)
    .where(
        _among(_USED.product_id),
        text(OPEN_COMPONENT),
        work_order.c.state.in_([WorkState.PLANNED, WorkState.RELEASED]),
    )
)
_HELD: Final = Prepared(
    select(soft_hold.c.product_id, soft_hold.c.location_id, func.sum(soft_hold.c.quantity).label("grains"))
    .where(
        _among(soft_hold.c.product_id),
        soft_hold.c.until > bindparam("at", type_=Moment),
        soft_hold.c.window != bindparam("window", type_=soft_hold.c.window.type),
    )
    .group_by(soft_hold.c.product_id, soft_hold.c.location_id)
)
