"""The sample company's shelves: what lies there, what came in, what was counted; some of it low or gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from app.models.rounding import round_decimals
from app.models.stock import Place
from app.services import stock
from app.services.demo.assortment import FAMILIES
from app.services.demo.chance import Chance
from app.services.demo.desk import STOREKEEPERS, Appointment, Deal, Desk, Step, Stocked
from app.services.demo.families import Family
from app.services.demo.workdays import moment, workdays_after

SUPPLIERS: Final = (
    "Kestrel Valves",
    "Oerhaven Cables",
    "Nordan Bearings",
    "Merwede Plastics",
    "Fastwerk Bolts",
    "Halden Sensors",
    "Brennan Pumps",
    "Lumen & Co",
)
RECEIPTS_BACK: Final = (50, 44, 38, 33, 27, 22, 17, 12, 8, 5, 2, 1, 0)
"""On which working days, counted back from the last, goods came in."""
COUNTS_BACK: Final = (41, 30, 21, 15, 10, 6, 3, 1)
"""On which working days, counted back from the last, shelves were counted."""


@dataclass(slots=True)
class Shelf:
    """How much of an item is to be there in the end beyond what the deals take, and how it gets there."""

    opening: int = 0
    receipts: int = 0


@dataclass(frozen=True, slots=True)
class Classes:
    """Items (by index) that are out of stock, that are low, and that lie there for a year."""

    out: tuple[int, ...]
    low: frozenset[int]
    excess: frozenset[int]


def classify(stocked: Stocked, chance: Chance, last_day: date) -> Classes:
    """Choose which items are out, low and in excess; the best seller of each family never is."""
    best = {one.family: index for index, one in reversed(list(enumerate(stocked.items)))}
    goods = [
        index
        for index, item in enumerate(stocked.items)
        if item.is_goods and best[item.family] != index and item.dies > last_day
    ]
    mixed = chance.shuffled(goods)
    out = max(6, len(mixed) * 3 // 100)
    low = out + max(10, len(mixed) * 7 // 100)
    excess = low + max(4, len(mixed) * 4 // 100)
    plain = [index for index in mixed[:out] if not FAMILIES[stocked.items[index].family].units]
    gone = plain if len(plain) >= 4 else mixed[:out]
    return Classes(tuple(gone), frozenset(mixed[out:low]), frozenset(mixed[low:excess]))


def plan(stocked: Stocked, classes: Classes, usage: list[int], deals: Iterable[Deal], chance: Chance) -> list[Shelf]:
    """Work out each item's opening stock and receipts, so that only items that are out run short.

    ``usage`` is what the last 26 weeks took of each item, in stock units.
    """
    taken = [0] * len(stocked.items)
    for deal in deals:
        for index, quantity in deal.needs.items():
            taken[index] += quantity
    out = set(classes.out)
    shelves = []
    for index, item in enumerate(stocked.items):
        weekly, lot = usage[index] // 26, _usual_lot(FAMILIES[item.family])
        if not item.is_goods or index in out:
            target = taken[index] = 0
        elif index in classes.low:
            target = max(1, max(weekly, lot) * chance.between(1, 6) // 10)
        elif index in classes.excess:
            target = _handy(max(weekly, lot) * chance.between(40, 70))
        else:
            target = _handy(max(lot * chance.between(2, 6), weekly * chance.between(2, 9)))
        later = target * chance.between(3, 7) // 10 if chance.percent(30) and index not in classes.low else 0
        shelves.append(Shelf(taken[index] + target - later, later))
    return shelves


def _usual_lot(family: Family) -> int:
    """Give what people order on average, in stock units."""
    total = sum(quantity * family.units.get(unit, 1) * often for quantity, unit, often in family.lots)
    return max(1, int(total / sum(often for _, _, often in family.lots)))


def _handy(quantity: int) -> int:
    """Round up to a quantity a supplier delivers."""
    step = next((step for most, step in ((10, 1), (50, 5), (200, 10), (1_000, 50)) if quantity < most), 100)
    return -(-quantity // step) * step


def open_shelves(desk: Desk, stocked: Stocked, shelves: list[Shelf], by: str) -> None:
    """Book the opening stock."""
    goods = [(stocked.item_ids[n], Decimal(one.opening), "") for n, one in enumerate(shelves) if one.opening]
    costs = [_cost(stocked, n) for n, one in enumerate(shelves) if one.opening]
    desk.run(
        "stock.receive",
        lambda tx: stock.receive_many(tx, goods, reason="Opening stock", unit_costs=costs, source=Place.HISTORY),
        by=by,
    )


def _cost(stocked: Stocked, n: int) -> Decimal:
    """Give what a product costs: between a half and three quarters of its price."""
    return round_decimals(Fraction(stocked.items[n].new.list_price) * (51 + n * 7 % 24) / 100, 2)


def appointments(
    stocked: Stocked, shelves: list[Shelf], classes: Classes, chance: Chance, last_day: date
) -> list[Appointment]:
    """Make the receipts and counts of the last weeks."""
    nobody = Deal(chance, stocked.customer_ids[0], stocked.profiles[0], (), STOREKEEPERS[0])
    found = []
    late = chance.shuffled(index for index, one in enumerate(shelves) if one.receipts)
    days = list(RECEIPTS_BACK) if len(late) >= len(RECEIPTS_BACK) else RECEIPTS_BACK[-len(late) :]
    for place, days_back in enumerate(days):
        part = [(stocked.item_ids[n], Decimal(shelves[n].receipts), "") for n in late[place :: len(days)]]
        costs = [_cost(stocked, n) for n in late[place :: len(days)]]
        at = moment(workdays_after(last_day, -days_back), chance.between(8 * 60, 15 * 60))
        reason = f"PO-{760 + place:04} {chance.one_of(SUPPLIERS)}"
        found.append(Appointment(at, _receive(part, costs, reason), nobody))
    sure = [
        n
        for n, one in enumerate(shelves)
        if one.opening > 30 and n not in classes.low and not FAMILIES[stocked.items[n].family].units
    ]
    for days_back, index in zip(COUNTS_BACK, chance.some(sure, len(COUNTS_BACK)), strict=False):
        at = moment(workdays_after(last_day, -days_back), chance.between(13 * 60, 17 * 60))
        found.append(Appointment(at, _count(stocked.item_ids[index], chance.one_of((-2, -1, -1, 0, 1))), nobody))
    return found


def _receive(goods: list[tuple[UUID, Decimal, str]], costs: list[Decimal], reason: str) -> Step:
    def receive(desk: Desk, deal: Deal) -> bool:
        by = deal.chance.one_of(STOREKEEPERS)
        desk.run("stock.receive", lambda tx: stock.receive_many(tx, goods, reason=reason, unit_costs=costs), by=by)
        return True

    return receive


def _count(product_id: UUID, difference: int) -> Step:
    def count(desk: Desk, deal: Deal) -> bool:
        known = desk.read(lambda connection: stock.figures(connection, product_id))
        counted = Decimal(known.on_hand // known.grain + difference)
        by = deal.chance.one_of(STOREKEEPERS)
        desk.run("stock.count", lambda tx: stock.count(tx, product_id, counted), by=by)
        return True

    return count
