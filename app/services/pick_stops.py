"""The stops of one picker at shelves: of one released list, or of all lists of a wave in one walk.  Nothing is written.

Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.models.base import Key
from app.models.order import sales_order_line
from app.models.product import product
from app.models.shelving import Spot
from app.models.shipment import WaveState, pick, pick_line, pick_take
from app.models.stock import NOWHERE, Tracking, lot, shelf_stock, stock_level, storage_bin
from app.services import lots, pick_sheets, warehouses, waves
from app.services.pick_sheets import LINE_COLUMNS, PickSheet, Stop, TakePlace
from app.services.statements import Prepared


def of_list(connection: Connection, pick_id: UUID, picker: str) -> PickSheet:
    """Read a pick list as its picker walks it; a list that has no bins is read by its lines.

    Raises:
        NotFound: the list does not exist.

    """
    sheet = pick_sheets.read(connection, pick_id)
    rows = _OF_LIST.all(connection, pick=pick_id)
    if not rows or sheet.picked_at is not None:
        return sheet
    return replace(sheet, stops=_stops(connection, [row for row in rows if row.picker in {"", picker}]))


def of_wave(connection: Connection, wave_id: UUID, picker: str) -> PickSheet:
    """Read a wave as one of its pickers walks it; its sheet says nothing of one order or customer.

    Raises:
        NotFound: the wave does not exist.

    """
    head = waves.get(connection, wave_id)
    rows = [row for row in _OF_WAVE.all(connection, wave=wave_id) if row.picker == picker]
    done = head.state == WaveState.DONE
    return PickSheet(
        wave_id,
        head.number,
        head.state,
        wave_id,
        "",
        wave_id,
        f"{len(waves.lists(connection, wave_id))} lists",
        None,
        head.created_at,
        head.created_at if done else None,
        "",
        _stops(connection, rows),
    )


def is_shelved(connection: Connection, pick_id: UUID) -> bool:
    """Tell whether a list was given bins, or has goods that lie on shelves or have lots."""
    return _SHELVED.first(connection, pick=pick_id) is not None


def elsewhere(connection: Connection, stop: Stop, code: str) -> Spot | None:
    """Say which spot a scan at a stop names instead of the one asked for: a bin's code, or a lot's number.

    None where neither is known here.
    """
    place = stop.place
    assert place is not None, "only a stop at a shelf has another place"
    where = _WHERE.first(connection, pick=place.pick_id)
    if place.tracking != Tracking.NONE:
        lot_id = lots.by_code(connection, stop.product_id, code)
        if lot_id is not None:
            return Spot(_bin_with(connection, where.location_id, stop, lot_id), lot_id)
    found = warehouses.bins_by_code(connection, where.location_id, [code]).get(code)
    return Spot(found.id, place.lot_id) if found else None


def _bin_with(connection: Connection, location_id: UUID, stop: Stop, lot_id: UUID) -> UUID | None:
    """Where a lot lies: in the bin the picker is at, if it does, else in the first there is."""
    assert stop.place is not None, "asked of stops at shelves"
    rows = _LOT_LIES.all(connection, product=stop.product_id, place=location_id, lot=lot_id)
    bins = [None if row.bin_id == NOWHERE else row.bin_id for row in rows]
    return stop.place.bin_id if stop.place.bin_id in bins or not bins else bins[0]


def _stops(connection: Connection, rows: Sequence[Any]) -> tuple[Stop, ...]:
    units = pick_sheets.unit_codes(connection, [row.product_id for row in rows])
    return tuple(_stop(row, units.get(row.product_id, [])) for row in rows)


def _stop(row: Any, units: Sequence[Any]) -> Stop:
    place = TakePlace(
        row.pick_id,
        row.pick_line_id,
        row.bin_id,
        row.lot_id,
        row.lot or "",
        row.expires_on,
        row.tracking,
        row.tote,
        row.order_number,
        row.customer_name,
        row.short,
    )
    return replace(pick_sheets.stop_of(row, units), place=place)


_STOPS: Final = (
    select(
        pick_take.c.id,
        pick_take.c.pick_line_id,
        pick_take.c.bin_id,
        pick_take.c.lot_id,
        pick_take.c.wanted,
        pick_take.c.taken.label("picked"),
        pick_take.c.short,
        pick_take.c.picker,
        pick_line.c.pick_id,
        pick_line.c.order_line_id,
        pick_line.c.product_id,
        func.coalesce(storage_bin.c.code, pick_line.c.bin).label("bin"),
        lot.c.code.label("lot"),
        lot.c.expires_on,
        pick.c.tote,
        pick.c.order_number,
        pick.c.customer_name,
        product.c.tracking,
        product.c.barcode,
        product.c.unit.label("stock_unit"),
        sales_order_line.c.description,
        *LINE_COLUMNS,
    )
    .select_from(
        pick_take.join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
        .join(pick, pick.c.id == pick_line.c.pick_id)
        .join(sales_order_line, sales_order_line.c.id == pick_line.c.order_line_id)
        .join(product, product.c.id == pick_line.c.product_id)
        .outerjoin(storage_bin, storage_bin.c.id == pick_take.c.bin_id)
        .outerjoin(lot, lot.c.id == pick_take.c.lot_id)
    )
    .where(pick_take.c.wanted > 0)
    .order_by(pick_take.c.position, pick_take.c.id)
)
_OF_LIST: Final = Prepared(_STOPS.where(pick.c.id == bindparam("pick", type_=Key)))
_OF_WAVE: Final = Prepared(_STOPS.where(pick.c.wave_id == bindparam("wave", type_=Key)))
_WHERE: Final = Prepared(select(pick.c.location_id).where(pick.c.id == bindparam("pick", type_=Key)))
_SHELVED: Final = Prepared(
    select(pick_line.c.id)
    .join(pick, pick.c.id == pick_line.c.pick_id)
    .join(
        stock_level,
        (stock_level.c.product_id == pick_line.c.product_id) & (stock_level.c.location_id == pick.c.location_id),
    )
    .where(pick.c.id == bindparam("pick", type_=Key), pick_line.c.wanted > 0)
    .where(pick.c.released_at.is_not(None) | (stock_level.c.shelved > 0) | stock_level.c.tracked)
    .limit(1)
)
_LOT_LIES: Final = Prepared(
    select(shelf_stock.c.bin_id)
    .where(
        shelf_stock.c.product_id == bindparam("product", type_=Key),
        shelf_stock.c.location_id == bindparam("place", type_=Key),
        shelf_stock.c.lot_id == bindparam("lot", type_=Key),
        shelf_stock.c.quantity > 0,
    )
    .order_by(shelf_stock.c.bin_id)
)
