"""Damage to bins, lots and serial numbers, done to the rows of a busy company."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from app.models.product import product
from app.models.shipment import pick_line, pick_take, shipment_line, shipment_lot
from app.models.stock import lot, shelf_stock, stock_level
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, Ids, change, first_line, key_of, row_of


def key_where(table: Any, column: str, name: str) -> Any:
    """The one row of a table that belongs to a document."""
    return lambda c, ids: str(c.execute(select(table.c.id).where(table.c[column] == ids[name])).scalar_one())


def _pumps(ids: Ids) -> Any:
    return (shelf_stock.c.product_id == ids["pump"]) & (shelf_stock.c.bin_id == ids["bins"][1])


SHELF_CASES = [
    Case(
        Rule.SHELF_STOCK,
        change(shelf_stock, _pumps, quantity=shelf_stock.c.quantity + 1),
        key_of("pump"),
        also=(Rule.SHELF_LEVEL,),
    ),
    Case(
        Rule.SHELF_ASKED,
        change(shelf_stock, lambda ids: shelf_stock.c.lot_id == ids["L-2"], allocated=1),
        key_of("seal"),
    ),
    Case(
        Rule.SHELF_ASKED,
        change(stock_level, lambda ids: stock_level.c.product_id == ids["pump"], asked=stock_level.c.asked + 1),
        key_of("pump"),
    ),
    Case(
        Rule.SHELF_LEVEL,
        change(stock_level, lambda ids: stock_level.c.product_id == ids["pump"], shelved=stock_level.c.shelved - 1),
        key_of("pump"),
    ),
    Case(
        Rule.SHELF_LEVEL,
        change(product, row_of(product, "pump"), tracking="lot"),
        also=(Rule.LOT_SHIPPED,),
    ),
    Case(
        Rule.SERIAL_ONCE,
        lambda c, ids: (
            c.execute(update(shelf_stock).where(shelf_stock.c.lot_id == ids["SN-1"]).values(quantity=7_200_000)),
            str(ids["SN-1"]),
        )[1],
        also=(Rule.SHELF_STOCK, Rule.SHELF_LEVEL),
    ),
    Case(
        Rule.LOT_SHIPPED,
        change(shipment_lot, lambda ids: shipment_lot.c.lot_id == ids["L-2"], quantity=1),
        key_where(shipment_line, "shipment_id", "seal shipment"),
    ),
    Case(
        Rule.LOT_SHIPPED,
        change(shipment_lot, lambda ids: shipment_lot.c.lot_id == ids["L-2"], lot_id=lambda ids: ids["L-3"]),
        lambda c, ids: str(first_line(c, ids["shipped seals"]).id),
    ),
    Case(
        Rule.LOT_BLOCKED,
        change(lot, row_of(lot, "L-2"), blocked=True),
        key_of("seal"),
    ),
    Case(
        Rule.PICK_TAKES,
        change(pick_take, lambda ids: (pick_take.c.lot_id == ids["L-2"]) & (pick_take.c.taken == 0), short=14_400_001),
        key_where(pick_line, "pick_id", "seal pick"),
    ),
]
