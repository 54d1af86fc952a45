"""The sample company's warehouses from the inside: bins, a second warehouse, goods with lots, a count under way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.models.shelving import Spot
from app.models.stock import stock_level
from app.services import counting, products, shelves, stock, stock_ledger, warehouses
from app.services.demo.catalogue import barcode
from app.services.demo.chance import Chance
from app.services.demo.desk import STOREKEEPERS, Desk, Stocked
from app.services.placing import Put
from app.services.products import NewProduct
from app.services.transaction import Transaction
from app.services.warehouses import NewBin, NewWarehouse

PUT_AWAY: Final = 48
"""So many products lie in their bins; the others are still to be put away."""
ELSEWHERE: Final = 10
"""So many products lie in the second warehouse as well."""
COUNTED: Final = 8
PERISHABLE: Final = (
    ("GRE-LI-00012", "Lithium grease NLGI 2, 400 g", "7.90", 430, "X-01-01"),
    ("SEA-TH-00031", "Thread sealant, 50 ml", "11.40", 70, "X-01-02"),
    ("ADH-EP-00007", "Two-part epoxy, 25 ml", "14.20", 45, "X-01-03"),
)
"""Goods with lots: SKU, name, price, weight in grams and bin."""
FIRST_BARCODE: Final = 98_001
"""Article numbers of these goods, above those of every assortment."""
LOTS: Final = ((-20, 12), (0, 18), (16, 40), (120, 160), (300, 240))
"""Lots of each: on which day, counted from the last working day, they expire, and how many pieces came in."""


def furnish(desk: Desk, stocked: Stocked, last_day: date, chance: Chance) -> UUID:
    """Set up bins and a second warehouse, put goods away, receive lots, begin a count; give the second warehouse."""
    by = STOREKEEPERS[0]
    main = desk.read(stock_ledger.main_location)
    bins = desk.run("bin.add", lambda tx: _add_bins(tx, main, stocked), by=by)
    best = [n for n, item in enumerate(stocked.items) if item.is_goods][:PUT_AWAY]
    wanted = [(stocked.item_ids[n], bins[stocked.items[n].new.bin]) for n in best]
    desk.run("goods.put_away", lambda tx: _put_away(tx, main, wanted), by=by)
    other = desk.run("warehouse.add", _add_other, by=by)
    goods = [(stocked.item_ids[n], Decimal(chance.between(4, 30) * 10), "") for n in best[:ELSEWHERE]]
    desk.run(
        "stock.receive",
        lambda tx: stock.receive_many(tx, goods, location_id=other, reason="Opening stock"),
        by=STOREKEEPERS[1],
    )
    desk.run("product.add", lambda tx: _add_perishable(tx, main, bins, last_day), by=by)
    count_id = desk.run("count.open", lambda tx: _open_count(tx, main), by=by)
    desk.run("count.enter", lambda tx: _enter(tx, count_id), by=STOREKEEPERS[1])
    return other


def _add_bins(tx: Transaction, main: UUID, stocked: Stocked) -> dict[str, UUID]:
    codes = {item.new.bin for item in stocked.items if item.new.bin} | {row[4] for row in PERISHABLE}
    new = []
    for code in sorted(codes):
        zone, aisle, bay = code.split("-")
        new.append(NewBin(code, zone, int(aisle), int(bay), 1, kind="pick_face"))
    ids = warehouses.add_bins(tx, main, new)
    return {one.code: bin_id for one, bin_id in zip(new, ids, strict=True)}


def _put_away(tx: Transaction, main: UUID, wanted: list[tuple[UUID, UUID]]) -> None:
    level = stock_level.c
    rows = tx.execute(select(level.product_id, level.free).where(level.location_id == main, level.free > 0))
    free = {row.product_id: row.free for row in rows}
    for product_id, bin_id in wanted:
        if product_id in free:
            shelves.put_away(tx, main, product_id, free[product_id], bin_id)


def _add_other(tx: Transaction) -> UUID:
    new = NewWarehouse("ANT", "Antwerp", "Noorderlaan 133", "2030", "Antwerp", "BE")
    place = warehouses.add(tx, new)
    rack = [NewBin(f"K-{bay:02}-{level}", "K", 1, bay, level) for bay in range(1, 5) for level in range(1, 4)]
    warehouses.add_bins(tx, place, rack)
    return place


def _add_perishable(tx: Transaction, main: UUID, bins: dict[str, UUID], last_day: date) -> None:
    """Add the goods with lots and take their lots in; one is over its last day already."""
    made = [
        NewProduct(
            sku=sku,
            name=name,
            list_price=Decimal(price),
            unit="piece",
            description="Keep cool and dry; take the lot that expires first.",
            tax_codes="V21",
            barcode=barcode(FIRST_BARCODE + number),
            category="Consumables",
            bin=code,
            weight_g=weight,
            tracking="lot",
            shelf_life_days=365,
        )
        for number, (sku, name, price, weight, code) in enumerate(PERISHABLE)
    ]
    for (sku, *_, code), product_id in zip(PERISHABLE, products.add_many(tx, made), strict=True):
        puts = [
            Put(Decimal(pieces), bins[code], f"{sku[:3]}{number:03}", last_day + timedelta(days=days))
            for number, (days, pieces) in enumerate(LOTS, 241)
        ]
        total = Decimal(sum(pieces for _, pieces in LOTS))
        stock.receive(tx, product_id, total, location_id=main, reason="Opening stock", puts=puts)


def _open_count(tx: Transaction, main: UUID) -> UUID:
    due = [one for one in counting.due(tx.connection, main, most=COUNTED * 4) if one.spot.lot_id is None]
    wanted = [(one.product_id, Spot(one.spot.bin_id)) for one in due[:COUNTED]]
    return counting.open_list(tx, main, wanted, note="Cycle count, zone by zone")


def _enter(tx: Transaction, count_id: UUID) -> None:
    """Enter what was counted at the first shelves; at one of them two are missing."""
    lines = counting.to_count(tx.connection, count_id)[: COUNTED // 2]
    rows = {row.line_id: row for row in counting.report(tx.connection, count_id)}
    counted = {}
    for number, (line_id, *_) in enumerate(lines):
        known = products.get(tx.connection, rows[line_id].product_id)
        level = stock_level.c
        there = tx.execute(select(level.shelved).where(level.product_id == known.id, level.shelved > 0)).scalars()
        counted[line_id] = max(0, next(iter(there), 0) - (2 * known.grain if number == 1 else 0))
    counting.enter(tx, count_id, counted)
