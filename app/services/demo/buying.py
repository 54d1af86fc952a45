"""What the sample company buys: purchase orders in every stage, one late, one that hits an order, a drop shipment.

Nothing here is drawn by chance, and nothing of it is used by the workshop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.models.purchase import purchase_line
from app.models.stock import stock_level
from app.models.supply import Way
from app.services import drop_shipping, products, purchasing, receiving, supply_ways, transfers
from app.services.demo import steps
from app.services.demo.catalogue import barcode
from app.services.demo.chance import Chance
from app.services.demo.desk import SELLERS, STOREKEEPERS, Appointment, Deal, Desk, Step, Stocked
from app.services.demo.workdays import moment, workdays_after
from app.services.demo.workshop import Workshop
from app.services.document_lines import LineInput
from app.services.products import NewProduct
from app.services.purchasing import Answer, NewLine
from app.services.shipping import Dispatch
from app.services.supply_ways import NewWay, PriceBreak
from app.services.transaction import Transaction

BUYER: Final = "R. Vos"
ORDERS: Final = 2
"""How many customers' orders are bought for."""
METAL, INSTRUMENTS = "Lathum Metaal", "Orbis Instruments"
GOODS: Final = (
    ("PU-GAUGE", "Pressure gauge, 63 mm, 0 to 10 bar", "31.50", 190, Way.BUY, INSTRUMENTS, "17.20", "15.40"),
    ("PU-HOSE", "Suction hose, 50 mm, per 10 m", "84.00", 6800, Way.BUY, METAL, "49.00", "45.50"),
    ("PU-FILTER", "Inline filter, 100 µm", "22.90", 310, Way.BUY, INSTRUMENTS, "11.80", "10.60"),
    ("PU-TANK", "Buffer tank, 300 l, steel", "540.00", 62_000, Way.DROP_SHIP, METAL, "365.00", "349.00"),
)
"""SKU, name, list price, weight in grams, way, supplier, price and price from 20 pieces on."""
MANY: Final = Decimal(20)
FIRST_BARCODE: Final = 97_001
"""Article numbers of these goods, above those of every assortment."""
MOVED: Final = 40
"""Pieces that are on their way to the second warehouse."""


@dataclass(slots=True)
class Bought:
    """The ids of what is bought, by SKU, and of the purchase orders, by name."""

    shop: Workshop
    goods: dict[str, UUID] = field(default_factory=dict)
    purchases: dict[str, UUID] = field(default_factory=dict)


def set_up(desk: Desk, shop: Workshop, *, by: str) -> Bought:
    """Enter what is bought and how."""
    bought = Bought(shop)
    news = [_goods(place, *row[:4]) for place, row in enumerate(GOODS)]
    ids = desk.run("product.add", lambda tx: products.add_many(tx, news), by=by)
    bought.goods = {new.sku: key for new, key in zip(news, ids, strict=True)}
    desk.run("supply.add", lambda tx: _add_ways(tx, bought), by=by)
    return bought


def appointments(bought: Bought, stocked: Stocked, last_day: date) -> list[Appointment]:
    """Make the purchases of the last weeks; each row: working days back, minute of the day, what is done, for whom."""
    gauges, tanks = (_order(bought, stocked, *one) for one in (("PU-GAUGE", 30, 5), ("PU-TANK", 6, 6)))
    nobody = Deal(Chance(0), stocked.customer_ids[0], stocked.profiles[0], (), BUYER, name="purchasing")
    course: tuple[tuple[int, int, Step, Deal], ...] = (
        (12, 550, _write(bought, "hoses", "PU-HOSE", 40, METAL), nobody),
        (12, 555, _send(bought, "hoses"), nobody),
        (11, 560, _confirm(bought, "hoses", "LM-26117", 4), nobody),
        (7, 570, _receive(bought, "hoses", 40), nobody),
        (10, 700, _write(bought, "filters", "PU-FILTER", 100, INSTRUMENTS), nobody),
        (10, 705, _send(bought, "filters"), nobody),
        (9, 710, _confirm(bought, "filters", "OI-4471", 13), nobody),
        (2, 580, _receive(bought, "filters", 40), nobody),
        (8, 800, steps.write_order, gauges),
        (8, 805, steps.confirm_order, gauges),
        (8, 820, _found(bought, "gauges", "PU-GAUGE"), gauges),
        (8, 825, _send(bought, "gauges"), nobody),
        (7, 830, _confirm(bought, "gauges", "OI-4489", 8), nobody),
        (1, 840, _confirm(bought, "gauges", "OI-4489", 9), nobody),
        (7, 900, _write(bought, "more hoses", "PU-HOSE", 60, METAL), nobody),
        (7, 905, _send(bought, "more hoses"), nobody),
        (6, 910, _confirm(bought, "more hoses", "LM-26140", 4), nobody),
        (5, 840, steps.write_order, tanks),
        (5, 845, steps.confirm_order, tanks),
        (5, 850, _found(bought, "tanks", "PU-TANK"), tanks),
        (5, 855, _send(bought, "tanks"), nobody),
        (4, 860, _confirm(bought, "tanks", "LM-26151", 6), nobody),
        (1, 870, _ship(bought, "tanks", 2), nobody),
        (1, 920, _write(bought, "more filters", "PU-FILTER", 50, INSTRUMENTS), nobody),
        (1, 925, _send(bought, "more filters"), nobody),
        (0, 930, _write(bought, "still more hoses", "PU-HOSE", 20, METAL), nobody),
    )
    return [
        Appointment(moment(workdays_after(last_day, -back), minute), step, deal) for back, minute, step, deal in course
    ]


def begin_transfer(desk: Desk, bought: Bought, target: UUID) -> None:
    """Send hoses to another warehouse: they are on their way when the company opens, and more is planned."""
    source, product_id = bought.shop.place, bought.goods["PU-HOSE"]
    by = STOREKEEPERS[0]

    def plan(tx: Transaction) -> UUID:
        level = stock_level.c
        there = select(level.free).where(level.product_id == product_id, level.location_id == source)
        grain = products.get(tx.connection, product_id).grain
        pieces = min(tx.execute(there).scalar_one(), MOVED * grain)
        line_id = transfers.plan(tx, product_id, pieces, from_location=source, to_location=target, needed_on=None)
        return transfers.of_line(tx.connection, line_id)

    transfer_id = desk.run("transfer.plan", plan, by=by)
    desk.run("transfer.ship", lambda tx: transfers.ship(tx, transfer_id), by=by)


def _goods(place: int, sku: str, name: str, price: str, weight: int) -> NewProduct:
    return NewProduct(
        sku,
        name,
        Decimal(price),
        unit="piece",
        description="Bought for orders and for the shelf.",
        tax_codes="V21",
        barcode=barcode(FIRST_BARCODE + place),
        category="Accessories",
        bin=f"P-01-{place + 1:02}",
        weight_g=weight,
    )


def _add_ways(tx: Transaction, bought: Bought) -> None:
    for sku, _, _, _, way, firm, price, cheaper in GOODS:
        breaks = (PriceBreak(Decimal(price)), PriceBreak(Decimal(cheaper), MANY))
        firm_id = bought.shop.firms[firm]
        supply_ways.add(tx, NewWay(bought.goods[sku], way, firm_id, supplier_sku=f"{sku[3:]}-01", prices=breaks))


def _order(bought: Bought, stocked: Stocked, sku: str, quantity: int, place: int) -> Deal:
    price = next(Decimal(row[2]) for row in GOODS if row[0] == sku)
    line = LineInput(bought.goods[sku], Decimal(quantity), unit_price=price)
    at_home = [n for n, one in enumerate(stocked.profiles) if n and not one.new.currency]
    customer = at_home[place]
    profile, key = stocked.profiles[customer], stocked.customer_ids[customer]
    return Deal(Chance(0), key, profile, (line,), SELLERS[place % len(SELLERS)], name="purchasing")


def _do(command: str, op: Callable[[Transaction], Any]) -> Step:
    def step(desk: Desk, _: Deal) -> bool:
        desk.run(command, op, by=BUYER)
        return True

    return step


def _write(bought: Bought, name: str, sku: str, quantity: int, firm: str) -> Step:
    line = NewLine(bought.goods[sku], Decimal(quantity))

    def write(tx: Transaction) -> None:
        supplier_id, place = bought.shop.firms[firm], bought.shop.place
        bought.purchases[name] = purchasing.write(tx, supplier_id, (line,), location_id=place)

    return _do("purchase.write", write)


def _found(bought: Bought, name: str, sku: str) -> Step:
    """Note which purchase order was proposed for an order."""

    def note(desk: Desk, _: Deal) -> bool:
        statement = select(purchase_line.c.purchase_id).where(purchase_line.c.product_id == bought.goods[sku])
        bought.purchases[name] = desk.read(lambda connection: connection.execute(statement).scalars().one())
        return True

    return note


def _send(bought: Bought, name: str) -> Step:
    return _do("purchase.send", lambda tx: purchasing.send(tx, bought.purchases[name]))


def _confirm(bought: Bought, name: str, reference: str, days: int) -> Step:
    """Note that the supplier brings all of it so many working days later."""

    def confirm(tx: Transaction) -> object:
        purchase_id, day = bought.purchases[name], workdays_after(tx.at.date(), days)
        answers = {one.id: Answer(day) for one in purchasing.lines(tx.connection, purchase_id)}
        return purchasing.confirm(tx, purchase_id, answers, reference=reference)

    return _do("purchase.confirm", confirm)


def _receive(bought: Bought, name: str, pieces: int) -> Step:
    def receive(tx: Transaction) -> str:
        (line,) = purchasing.lines(tx.connection, bought.purchases[name])
        return receiving.receive(tx, bought.purchases[name], {line.id: pieces * line.grain})

    return _do("purchase.receive", receive)


def _ship(bought: Bought, name: str, pieces: int) -> Step:
    def ship(tx: Transaction) -> UUID:
        (line,) = purchasing.lines(tx.connection, bought.purchases[name])
        dispatch = Dispatch(carrier="Lathum Transport", tracking_number="LT-0048213")
        return drop_shipping.ship(tx, bought.purchases[name], {line.id: pieces * line.grain}, dispatch=dispatch)

    return _do("purchase.ship", ship)
