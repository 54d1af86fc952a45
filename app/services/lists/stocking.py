"""Stock by product: what the inventory's list shows, with how it will go on at each warehouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from app.models.product import product
from app.models.promise import Portion, Projection
from app.models.stock import lot, shelf_stock, stock_level, storage_bin
from app.services import calendars, stock_outlook
from app.services.listing import Linked, Listing, Words
from app.services.lists.masters import BACKORDERED, on_levels
from app.services.stock_outlook import Entry, Viewer

EXPIRES_SOON: Final = timedelta(days=30)
"""Goods whose last day is so near are shown as expiring."""


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """A product's grains at one warehouse, and what is known to come and go there."""

    free: int = 0
    promised: int = 0
    picked: int = 0
    blocked: int = 0
    entries: tuple[Entry, ...] = ()

    @property
    def on_hand(self) -> int:
        """All that is physically there."""
        return self.free + self.promised + self.picked + self.blocked

    @property
    def receipts(self) -> list[Entry]:
        """What is to come in, the nearest day first."""
        return sorted((one for one in self.entries if one.grains > 0), key=lambda one: one.on)

    def joined(self, other: PlaceFigures) -> PlaceFigures:
        """Give what both have together; what one sends the other neither comes nor goes."""
        return PlaceFigures(
            self.free + other.free,
            self.promised + other.promised,
            self.picked + other.picked,
            self.blocked + other.blocked,
            (*self.entries, *other.entries),
        )

    def balances(self, today: date) -> list[Portion]:
        """Give what is free at the end of today and of each day on which that changes; below zero: too little."""
        projected = Projection(today, self.free)
        for one in self.entries:
            projected.add(one.on, one.grains)
        return projected.balances()


@dataclass(frozen=True, slots=True)
class StockRow:
    """A product's stock, in grains; ``places`` by warehouse, read page by page."""

    id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    bin: str
    tracking: str
    backordered: int
    expires_on: date | None  # the first last day of what lies on shelves
    places: Mapping[UUID, PlaceFigures] = field(default_factory=dict)
    today: date | None = None

    def figures(self, location_id: UUID | None = None) -> PlaceFigures:
        """Give the figures of one warehouse, or of all of them together."""
        if location_id is not None:
            return self.places.get(location_id, PlaceFigures())
        total = PlaceFigures()
        for one in self.places.values():
            total = total.joined(one)
        return total

    @property
    def short(self) -> bool:
        """Whether orders wait for more than lies free anywhere."""
        return self.backordered > self.figures().free

    def runs_out_on(self, location_id: UUID | None = None) -> date | None:
        """Give the first day on which more is wanted than will be there."""
        if self.today is None:
            return None
        return next((one.on for one in self.figures(location_id).balances(self.today) if one.grains < 0), None)


def with_outlook(rows: Sequence[StockRow], connection: Connection, at: datetime) -> list[StockRow]:
    """Read for some rows what lies at each warehouse, what comes in and what is promised; ``at`` is UTC."""
    ids = [row.id for row in rows]
    found: dict[UUID, dict[UUID, PlaceFigures]] = {key: {} for key in ids}
    level = stock_level.c
    for one in connection.execute(select(stock_level).where(level.product_id.in_(ids))):
        found[one.product_id][one.location_id] = PlaceFigures(one.free, one.promised, one.picked, one.blocked)
    outlook = stock_outlook.read(connection, ids, Viewer(at, calendar=calendars.ours(connection)))
    for entry in outlook.entries:
        places = found[entry.product_id]
        known = places.get(entry.location_id, PlaceFigures())
        places[entry.location_id] = replace(known, entries=(*known.entries, entry))
    return [replace(row, places=found[row.id], today=outlook.today) for row in rows]


def stock_list(now: Callable[[], datetime]) -> Listing[StockRow]:
    """Give the list of stock by product, whose outlook begins at ``now`` (UTC)."""

    def complete(connection: Connection, rows: Sequence[StockRow]) -> Sequence[StockRow]:
        return with_outlook(rows, connection, now())

    return replace(STOCK, complete=complete)


def _lying(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether goods of a product lie on a shelf as the conditions say."""
    shelf = shelf_stock.c
    joined = shelf_stock.outerjoin(lot, lot.c.id == shelf.lot_id).outerjoin(
        storage_bin, storage_bin.c.id == shelf.bin_id
    )
    return (
        exists(select(shelf.product_id).select_from(joined).where(shelf.quantity > 0, *conditions))
        .where(shelf.product_id == product.c.id)
        .correlate(product)
    )


def _at_level(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    level = stock_level.c
    return exists(select(level.product_id).where(level.product_id == product.c.id, *conditions)).correlate(product)


_LEVEL: Final = stock_level.c
_THERE: Final = _LEVEL.free + _LEVEL.promised + _LEVEL.picked + _LEVEL.blocked
_UNPLACED: Final = _LEVEL.free + _LEVEL.promised + _LEVEL.blocked - _LEVEL.shelved
_WITH_BINS: Final = select(storage_bin.c.location_id).where(storage_bin.c.active)
_EXPIRES: Final[ColumnElement[Any]] = (
    select(func.min(lot.c.expires_on))
    .join(shelf_stock, shelf_stock.c.lot_id == lot.c.id)
    .where(shelf_stock.c.product_id == product.c.id, shelf_stock.c.quantity > 0)
    .scalar_subquery()
)

STOCK: Final = Listing(
    name="stock",
    row=StockRow,
    source=product,
    columns=(
        product.c.id,
        product.c.sku,
        product.c.name,
        product.c.unit,
        product.c.grain,
        product.c.bin,
        product.c.tracking,
        BACKORDERED,
        _EXPIRES,
    ),
    tables=(
        "product",
        "stock_level",
        "sales_order_line",
        "shelf_stock",
        "lot",
        "purchase_line",
        "purchase_order",
        "work_order",
        "transfer",
    ),
    sorts={"sku": product.c.sku, "name": product.c.name, "bin": product.c.bin},
    default_sort="sku",
    default_descending=False,
    filters={
        "active": product.c.active.is_,
        "warehouse": lambda key: _at_level(_LEVEL.location_id == key, _THERE > 0),
        "zone": lambda key: _lying(storage_bin.c.location_id == key[0], storage_bin.c.zone == key[1]),
        "out": lambda _: and_(product.c.active, on_levels(_LEVEL.free) == 0),
        "short": lambda _: on_levels(_LEVEL.free) < BACKORDERED,
        "expired": lambda day: _lying(lot.c.expires_on < day),
        "expiring": lambda day: _lying(lot.c.expires_on >= day, lot.c.expires_on <= day + EXPIRES_SOON),
        "blocked": lambda _: _at_level(_LEVEL.blocked > 0),
        "unplaced": lambda _: _at_level(_UNPLACED > 0, _LEVEL.tracked.is_(False), _LEVEL.location_id.in_(_WITH_BINS)),
        "tracked": lambda value: product.c.tracking == value,
    },
    search=(
        Words(product.c.sku, product.c.name, product.c.barcode, product.c.category, product.c.bin),
        Linked(product.c.id, lot.c.product_id, (lot.c.code,)),
        Linked(
            product.c.id,
            shelf_stock.c.product_id,
            (storage_bin.c.code, storage_bin.c.zone),
            via=(shelf_stock.c.bin_id, storage_bin.c.id),
        ),
    ),
    where=product.c.kind == "goods",
)
