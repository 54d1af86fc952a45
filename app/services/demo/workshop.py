"""The sample company's workshop: what it makes, assembles and has made, with work orders in every stage.

Nothing here is drawn by chance: every sample company has the same workshop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from stdnum.ean import calc_check_digit

from app.models.purchase import purchase_line
from app.models.sourcing import Supply
from app.models.supply import Way
from app.models.transfer import transfer
from app.services import (
    bills,
    calendars,
    pegs,
    production,
    products,
    purchasing,
    stock,
    stock_ledger,
    suppliers,
    supply_ways,
    transfers,
    work_orders,
)
from app.services.bills import Component, NewBill
from app.services.bills import Step as RouteStep
from app.services.calendars import NewCenter
from app.services.demo import steps
from app.services.demo.catalogue import GS1_PREFIX
from app.services.demo.chance import Chance
from app.services.demo.desk import SELLERS, STOREKEEPERS, Appointment, Deal, Desk, Step, Stocked
from app.services.demo.workdays import moment, workdays_after
from app.services.document_lines import LineInput
from app.services.products import NewProduct
from app.services.suppliers import NewSupplier
from app.services.supply_ways import NewWay, PriceBreak
from app.services.transaction import Transaction

N = TypeVar("N")

FOREMAN: Final = STOREKEEPERS[1]
ORDERS: Final = 3
"""How many customers' orders the workshop works for."""
FIRST_NUMBER: Final = 90_001
GOODS: Final = (
    ("WS-PLATE", "Base plate, steel, 400 × 300 mm", "28.50", 5200),
    ("WS-BLOCK", "Manifold block, brass, blank", "41.00", 1900),
    ("WS-BOX", "Control box, IP65, wired", "96.00", 2400),
    ("WS-SENSOR", "Pressure sensor, 0 to 10 bar", "38.40", 180),
    ("WS-BOLTS", "Bolt set M8, 12 pieces", "4.20", 420),
    ("WS-MANIFOLD", "Manifold, machined, three ports", "118.00", 1500),
    ("WS-SKID", "Booster skid BS-40", "1240.00", 21_000),
    ("WS-PANEL", "Control panel, three pumps", "690.00", 4600),
    ("WS-GALV", "Base plate, galvanised, 400 × 300 mm", "52.00", 5300),
)
"""SKU, name, list price and weight in grams."""
KIT: Final = ("WS-KIT", "Service kit for booster skid", "129.00")
OPENING: Final = (("WS-PLATE", 90), ("WS-BLOCK", 120), ("WS-BOX", 9), ("WS-SENSOR", 31), ("WS-BOLTS", 60))
CENTERS: Final = (("LATHE", "Lathe", 480, 62), ("BENCH", "Assembly bench", 960, 48), ("TEST", "Test rig", 300, 55))
"""Code, name, minutes of a working day, and what an hour costs."""
FIRMS: Final = (
    ("Lathum Metaal", "Doetinchem", 4),
    ("Orbis Instruments", "Eindhoven", 6),
    ("Zinkhal Dordrecht", "Dordrecht", 5),
)


@dataclass(slots=True)
class Workshop:
    """The ids of what the workshop works with, by SKU or name."""

    place: UUID
    goods: dict[str, UUID] = field(default_factory=dict)
    firms: dict[str, UUID] = field(default_factory=dict)
    ways: dict[str, UUID] = field(default_factory=dict)
    work: dict[str, UUID] = field(default_factory=dict)


def set_up(desk: Desk, *, by: str) -> Workshop:
    """Enter suppliers, products, calendar, work centers, bills and ways of supply, and book the parts on the shelf."""
    shop = Workshop(desk.read(stock_ledger.main_location))
    news = [_goods(place, *row) for place, row in enumerate(GOODS)]
    news.append(NewProduct(KIT[0], KIT[1], Decimal(KIT[2]), kind="kit", tax_codes="V21", category="Workshop"))
    ids = desk.run("product.add", lambda tx: products.add_many(tx, news), by=by)
    shop.goods = {new.sku: key for new, key in zip(news, ids, strict=True)}
    firms = [NewSupplier(name, city=city, country="NL", lead_days=days) for name, city, days in FIRMS]
    firm_ids = _each(desk, "supplier.add", suppliers.add, firms, by)
    shop.firms = {new.name: key for new, key in zip(firms, firm_ids, strict=True)}
    calendar = desk.run("calendar.add", lambda tx: calendars.add_calendar(tx, "WORKSHOP", "Workshop"), by=by)
    desk.run("calendar.set_day", lambda tx: _close_christmas(tx, calendar, desk.today.year), by=by)
    rooms = [NewCenter(code, name, minutes, calendar, Decimal(cost)) for code, name, minutes, cost in CENTERS]
    center_ids = _each(desk, "work_center.add", calendars.add_center, rooms, by)
    centers = {new.code: key for new, key in zip(rooms, center_ids, strict=True)}
    _each(desk, "bill.add", bills.add, _bills(shop, centers), by)
    ways = _ways(shop)
    way_ids = _each(desk, "supply.add", supply_ways.add, [new for _, new in ways], by)
    shop.ways = {sku: key for (sku, _), key in zip(ways, way_ids, strict=True)}
    opening = [(shop.goods[sku], Decimal(quantity), "") for sku, quantity in OPENING]
    desk.run("stock.receive", lambda tx: stock.receive_many(tx, opening, reason="Opening stock"), by=by)
    return shop


def appointments(shop: Workshop, stocked: Stocked, last_day: date) -> list[Appointment]:
    """Make the orders and the work of the last weeks; each row: working days back, minute of the day, what is done."""
    wanted = (("WS-SKID", 4), ("WS-PANEL", 2), ("WS-GALV", 20))
    skid, panel, plate = (_order(shop, stocked, *one, place) for place, one in enumerate(wanted))
    nobody = Deal(Chance(0), stocked.customer_ids[0], stocked.profiles[0], (), FOREMAN, name="workshop")
    course: tuple[tuple[int, int, Step, Deal], ...] = (
        (14, 500, _plan(shop, "manifolds", "WS-MANIFOLD", 40, 6), nobody),
        (13, 480, _release(shop, "manifolds"), nobody),
        (11, 930, _report(shop, "manifolds", 24, 1), nobody),
        (10, 940, _report(shop, "manifolds", 14, 1), nobody),
        (9, 600, steps.write_order, skid),
        (9, 610, steps.confirm_order, skid),
        (9, 640, _pegged(shop, "skids", "WS-SKID"), skid),
        (8, 490, _plan(shop, "spare skids", "WS-SKID", 2, 5), nobody),
        (8, 500, _release(shop, "skids"), nobody),
        (7, 500, _plan(shop, "withdrawn", "WS-MANIFOLD", 10, 9), nobody),
        (6, 520, _cancel(shop, "withdrawn"), nobody),
        (6, 700, steps.write_order, plate),
        (6, 705, steps.confirm_order, plate),
        (6, 720, _pegged(shop, "plates", "WS-GALV"), plate),
        (5, 480, _release(shop, "spare skids"), nobody),
        (5, 790, _ask(shop, "plates"), nobody),
        (5, 800, _send(shop, "plates"), nobody),
        (4, 610, _arrive(shop, "plates"), nobody),
        (4, 620, _release(shop, "plates"), nobody),
        (2, 930, _report(shop, "skids", 2, 0), nobody),
        (1, 640, steps.write_order, panel),
        (1, 645, steps.confirm_order, panel),
        (1, 900, _report(shop, "plates", 8, 1), nobody),
        (0, 560, _plan(shop, "more manifolds", "WS-MANIFOLD", 30, 8), nobody),
        (0, 600, _plan(shop, "more plates", "WS-GALV", 12, 9), nobody),
        (0, 620, _plan(shop, "more skids", "WS-SKID", 6, 10), nobody),
    )
    return [
        Appointment(moment(workdays_after(last_day, -back), minute), step, deal) for back, minute, step, deal in course
    ]


def _goods(place: int, sku: str, name: str, price: str, weight: int) -> NewProduct:
    digits = f"{GS1_PREFIX}{FIRST_NUMBER + place}"
    return NewProduct(
        sku,
        name,
        Decimal(price),
        unit="unit",
        description="Made or used in our own workshop.",
        tax_codes="V21",
        barcode=f"{digits}{calc_check_digit(digits)}",
        category="Workshop",
        bin=f"W-01-{place + 1:02}",
        weight_g=weight,
        units={"dozen": Fraction(12)} if sku == "WS-BOLTS" else {},
    )


def _bills(shop: Workshop, centers: dict[str, UUID]) -> tuple[NewBill, ...]:
    def part(sku: str, quantity: int, *, fixed: bool = False) -> Component:
        return Component(shop.goods[sku], Decimal(quantity), fixed=fixed)

    def step(name: str, center: str, setup: int, each: int) -> RouteStep:
        return RouteStep(name, centers[center], Decimal(setup), Decimal(each))

    turn = step("Turn and drill", "LATHE", 45, 18)
    built = (step("Mount", "BENCH", 30, 150), step("Pressure test", "TEST", 20, 60))
    wired = (step("Wire and check", "BENCH", 15, 80),)
    skid = (part("WS-PLATE", 1), part("WS-MANIFOLD", 1), part("WS-BOX", 1), part("WS-SENSOR", 2), part("WS-BOLTS", 1))
    return (
        NewBill(shop.goods["WS-MANIFOLD"], (part("WS-BLOCK", 1),), (turn,), code="A"),
        NewBill(shop.goods["WS-SKID"], (*skid[:3], part("WS-SENSOR", 1), skid[4]), built, code="A"),
        NewBill(shop.goods["WS-SKID"], skid, built, code="B", lead_days=1),
        NewBill(shop.goods["WS-PANEL"], (part("WS-BOX", 1), part("WS-SENSOR", 3)), wired, code="A"),
        NewBill(shop.goods["WS-GALV"], (part("WS-PLATE", 1),), code="A"),
        NewBill(shop.goods["WS-KIT"], (part("WS-SENSOR", 2), part("WS-BOLTS", 1)), code="A"),
    )


def _ways(shop: Workshop) -> list[tuple[str, NewWay]]:
    metal, instruments, zinc = (shop.firms[name] for name, _, _ in FIRMS)

    def bought(sku: str, firm: UUID, minimum: int, *prices: tuple[str, int]) -> tuple[str, NewWay]:
        breaks = tuple(PriceBreak(Decimal(price), Decimal(quantity)) for price, quantity in prices)
        return sku, NewWay(shop.goods[sku], Way.BUY, firm, minimum=Decimal(minimum), prices=breaks)

    zinced = NewWay(shop.goods["WS-GALV"], Way.OUTSOURCE, zinc, prices=(PriceBreak(Decimal("9.80")),))
    return [
        bought("WS-PLATE", metal, 10, ("17.40", 0), ("15.90", 50)),
        bought("WS-BLOCK", metal, 20, ("24.00", 0), ("21.50", 100)),
        bought("WS-BOX", instruments, 1, ("61.00", 0)),
        bought("WS-SENSOR", instruments, 10, ("22.80", 0), ("19.90", 50)),
        bought("WS-BOLTS", metal, 12, ("2.10", 0)),
        ("WS-MANIFOLD", NewWay(shop.goods["WS-MANIFOLD"], Way.MAKE)),
        ("WS-SKID", NewWay(shop.goods["WS-SKID"], Way.MAKE)),
        ("WS-PANEL", NewWay(shop.goods["WS-PANEL"], Way.ASSEMBLE)),
        ("WS-GALV", zinced),
        ("WS-KIT", NewWay(shop.goods["WS-KIT"], Way.KIT)),
    ]


def _each(desk: Desk, command: str, add: Callable[[Transaction, N], UUID], news: Iterable[N], by: str) -> list[UUID]:
    """Give one command for each of what is new, and return the ids."""

    def enter(new: N) -> UUID:
        return desk.run(command, lambda tx: add(tx, new), by=by)

    return [enter(new) for new in news]


def _close_christmas(tx: Transaction, calendar_id: UUID, year: int) -> None:
    for day, note in ((25, "Christmas Day"), (26, "Boxing Day")):
        calendars.set_day(tx, calendar_id, date(year, 12, day), working=False, note=note)


def _order(shop: Workshop, stocked: Stocked, sku: str, quantity: int, place: int) -> Deal:
    price = next(Decimal(price) for known, _, price, _ in GOODS if known == sku)
    line = LineInput(shop.goods[sku], Decimal(quantity), unit_price=price)
    at_home = [n for n, one in enumerate(stocked.profiles) if n and not one.new.currency]
    customer = at_home[place]
    profile, key = stocked.profiles[customer], stocked.customer_ids[customer]
    return Deal(Chance(0), key, profile, (line,), SELLERS[place], name="workshop")


def _plan(shop: Workshop, name: str, sku: str, quantity: int, days: int) -> Step:
    """Plan to make something that is due so many working days later."""

    def plan(desk: Desk, _: Deal) -> bool:
        grain = desk.read(lambda connection: products.get(connection, shop.goods[sku])).grain
        due = workdays_after(desk.today, days)
        shop.work[name] = desk.run(
            "work.plan",
            lambda tx: work_orders.plan(tx, shop.ways[sku], quantity * grain, due, location_id=shop.place),
            by=FOREMAN,
        )
        return True

    return plan


def _pegged(shop: Workshop, name: str, sku: str) -> Step:
    """Note which work order was planned for an order."""

    def note(desk: Desk, deal: Deal) -> bool:
        order_id = deal.order_id
        assert order_id is not None
        for one in desk.read(lambda connection: pegs.of_order(connection, order_id)):
            if one.supply == Supply.WORK_ORDER and one.product_id == shop.goods[sku] and one.supply_id is not None:
                shop.work[name] = one.supply_id
        return name in shop.work

    return note


def _do(command: str, op: Callable[[Transaction], Any]) -> Step:
    def step(desk: Desk, _: Deal) -> bool:
        desk.run(command, op, by=FOREMAN)
        return True

    return step


def _release(shop: Workshop, name: str) -> Step:
    return _do("work.release", lambda tx: work_orders.release(tx, shop.work[name]))


def _cancel(shop: Workshop, name: str) -> Step:
    return _do("work.cancel", lambda tx: work_orders.cancel(tx, shop.work[name]))


def _report(shop: Workshop, name: str, made: int, scrapped: int) -> Step:
    def report(tx: Transaction) -> str:
        grain = products.get(tx.connection, work_orders.get(tx.connection, shop.work[name]).product_id).grain
        return production.report(tx, shop.work[name], made * grain, scrapped=scrapped * grain)

    return _do("work.report", report)


def _ask(shop: Workshop, name: str) -> Step:
    def ask(tx: Transaction) -> str:
        statement = select(purchase_line.c.purchase_id).where(purchase_line.c.work_order_id == shop.work[name])
        return purchasing.send(tx, tx.execute(statement).scalars().one())

    return _do("purchase.send", ask)


def _send(shop: Workshop, name: str) -> Step:
    return _do("transfer.ship", lambda tx: transfers.ship(tx, _transfer(tx, shop.work[name])))


def _arrive(shop: Workshop, name: str) -> Step:
    return _do("transfer.receive", lambda tx: transfers.receive(tx, _transfer(tx, shop.work[name])))


def _transfer(tx: Transaction, work_order_id: UUID) -> UUID:
    statement = select(transfer.c.id).where(transfer.c.work_order_id == work_order_id).order_by(transfer.c.id)
    found: UUID = tx.execute(statement).scalars().first()
    return found
