"""What becomes known late about the cost of goods, shown before it is saved: a price, or a whole receipt.

A correction is a booking of today.  How much it does is in proportion to the goods it touches; nothing is booked anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key
from app.models.costing import NOTHING
from app.models.product import product
from app.models.purchase import purchase_line, purchase_order
from app.models.rounding import round_decimals, spread
from app.models.shipment import shipment
from app.models.stock import NOWHERE, Place
from app.models.valuation import Side
from app.services import late_costs, products, purchase_lines, stock, stock_ledger, value_entries, value_history
from app.services.statements import LONGEST_LIST, Prepared
from app.services.stock_ledger import Move
from app.services.transaction import Transaction
from app.services.value_entries import At, Booked, Desk, Passing, Worth, books, pair


@dataclass(frozen=True, slots=True)
class Touched:
    """What goods cost more (less, where it is negative) that are no longer where they came in.

    ``place`` is where they went: to the customer, into a work order, to scrap, to another place.
    """

    product_id: UUID
    place: str
    document_id: UUID | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """What a correction would book today: ``stock`` is worth so much more, ``touched`` cost so much more."""

    stock: Decimal
    touched: tuple[Touched, ...]

    @property
    def total(self) -> Decimal:
        """What the goods cost more altogether."""
        return self.stock + sum((one.value for one in self.touched), NOTHING)


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """A purchase line of which goods came in: ``quantity`` grains, ``unit_price`` what one of its unit cost by now.

    The price is exact and in the order's currency; ``freight`` is what was added for bringing them, in the company's.
    """

    line_id: UUID
    product_id: UUID
    sku: str
    name: str
    unit: str
    grains_per_unit: Fraction
    quantity: int
    unit_price: Fraction
    freight: Decimal


@dataclass(frozen=True, slots=True)
class LateCost:
    """What became known late about a purchase: prices of lines, and what it cost to bring the goods here.

    Prices are of one of the line's unit, in the order's currency; ``freight`` is in the company's currency and comes
    on top of what was booked for it so far.
    """

    prices: Mapping[UUID, Decimal] = field(default_factory=dict)
    freight: Decimal = NOTHING


@dataclass(slots=True)
class _Draft:
    """Works out what a command would book, and books nothing."""

    connection: Connection
    at: datetime
    key: UUID = NOWHERE
    worth: dict[At, Worth] = field(default_factory=dict)


def preview_price(connection: Connection, purchase_line_id: UUID, unit_price: Decimal, at: datetime) -> Preview:
    """Show what :func:`correct_price` would book.

    Raises:
        Invalid: the price is below zero.
        NotAllowed: nothing of the line came in yet, or the company does not keep what stock is worth.
        NotFound: the line does not exist.

    """
    return _shown(_price(_Draft(connection, at), purchase_line_id, unit_price))


def correct_price(tx: Transaction, purchase_line_id: UUID, unit_price: Decimal) -> Decimal:
    """Book what goods of a purchase line really cost, as its invoice says (one unit, in the order's currency).

    Return the difference in the company's currency.

    What is still here is worth that from now on; what has left is corrected today, also where it went into other
    goods or to another warehouse.  To correct again is to say another price.

    Raises:
        Invalid: the price is below zero.
        NotAllowed: nothing of the line came in yet, or the company does not keep what stock is worth.
        NotFound: the line does not exist.

    """
    booked = _price(tx, purchase_line_id, unit_price)
    value_entries.write(tx, booked)
    for at in booked.changed:
        value_entries.write_level(tx, at)
    difference = _shown(booked).total
    tx.record("purchase.price_corrected", purchase_line_id, price=unit_price, difference=difference)
    return difference


def received(connection: Connection, purchase_id: UUID, at: datetime) -> list[ReceivedLine]:
    """Read what came in of a purchase order, line by line, and what it costs by now; ``at`` is now, UTC."""
    desk = _Draft(connection, at)
    found = []
    for line in _LINES.all(connection, purchase=purchase_id):
        receipts = _receipts(desk, line)
        quantity = sum(receipt.quantity for receipt, _ in receipts)
        if not quantity:
            continue
        per_unit = Fraction(line.numerator, line.denominator) * line.grain
        value = Fraction(sum((so_far for _, so_far in receipts), NOTHING))
        price = value * Fraction(line.exchange_rate) * per_unit / quantity
        freight = sum((_freight_so_far(desk, receipt) for receipt, _ in receipts), NOTHING)
        known = (line.id, line.product_id, line.sku, line.name, line.unit)
        found.append(ReceivedLine(*known, per_unit, quantity, price, freight))
    return found


def preview(connection: Connection, purchase_id: UUID, late: LateCost, at: datetime) -> Preview:
    """Show what :func:`correct` would book.

    Raises:
        Invalid: a price is below zero, or the freight is no amount of the company's currency.
        NotAllowed: nothing came in yet, or the company does not keep what stock is worth.
        NotFound: a line does not exist.

    """
    return _together([_shown(one) for one in _late(_Draft(connection, at), purchase_id, late)])


def correct(tx: Transaction, purchase_id: UUID, late: LateCost) -> Decimal:
    """Book what became known late about a purchase order; give the difference in the company's currency.

    Prices are booked as :func:`correct_price` does.  Freight is shared out over all goods of the order that came in,
    by what they cost (by how many they are, where they cost nothing), to the last cent; it is booked against goods
    received and not invoiced, and goes where the goods went.

    Raises:
        Invalid: a price is below zero, or the freight is no amount of the company's currency.
        NotAllowed: nothing came in yet, or the company does not keep what stock is worth.
        NotFound: a line does not exist.

    """
    shown = []
    for booked in _late(tx, purchase_id, late):
        value_entries.write(tx, booked)
        for at in booked.changed:
            value_entries.write_level(tx, at)
        shown.append(_shown(booked))
    difference = _together(shown).total
    facts: dict[str, Any] = {"prices": len(late.prices), "freight": late.freight, "difference": difference}
    tx.record("purchase.cost_corrected", purchase_id, **facts)
    return difference


def preview_receipt(
    connection: Connection,
    product_id: UUID,
    quantity: Decimal,
    unit_cost: Decimal,
    *,
    since: datetime,
    at: datetime,
    unit: str = "",
    location_id: UUID | None = None,
) -> Preview:
    """Show what it changes to take goods in that came at ``since`` and are booked ``at`` a later time.

    ``stock`` includes the goods themselves.  :func:`app.services.stock.receive` books it.

    Raises:
        Invalid: quantity, unit or cost cannot be taken.
        NotFound: the product does not exist.

    """
    known = products.get(connection, product_id)
    grains, cost = known.grains(quantity, unit), stock.grain_cost(known, unit_cost, unit)
    if grains <= 0:
        raise Invalid("quantity", "Type a quantity above zero.")
    assert cost is not None, "a unit cost was given"
    place = location_id or stock_ledger.main_location(connection)
    booked = Booked(books(connection))
    draft, spot = _Draft(connection, at), (place, product_id)
    level = value_entries.LEVEL.first(connection, place=place, product=product_id)
    if level is None or not level.costing:
        return Preview(round_decimals(cost * grains, booked.kept.decimals), ())
    value_entries.look(draft, spot)
    move = Move(product_id, Place.SUPPLIER, Place.FREE, grains, cost=cost, since=since)
    value = round_decimals(cost * grains, booked.kept.decimals)
    change = value_history.bring_late(draft, booked, spot, move, value, cost)
    late_costs.carry_on(draft, booked, change)
    return _shown(booked)


def _price(tx: Desk, purchase_line_id: UUID, unit_price: Decimal) -> Booked:
    if not unit_price.is_finite() or unit_price < 0:
        raise Invalid("unit_price", "A price can not be negative. Type what one unit cost.")
    line = _LINE.first(tx.connection, line=purchase_line_id)
    if line is None:
        raise NotFound("Purchase line", purchase_line_id)
    booked = Booked(books(tx.connection))
    receipts = _receipts(tx, line)
    if not booked.kept.keeps or not receipts:
        raise NotAllowed(f"{line.sku}: nothing of {line.number} came in yet. Change the price on the order instead.")
    priced = _Priced(unit_price, line.numerator, line.denominator)
    cost = purchase_lines.grain_cost(priced, line.exchange_rate, line.grain)
    for receipt, so_far in receipts:
        wanted = round_decimals((cost or Fraction(0)) * receipt.quantity, booked.kept.decimals)
        if receipt.direct:
            passing = Passing(Place.SUPPLIER, Place.CUSTOMER, receipt.line_id, receipt.document_id)
            if wanted != so_far:
                pair(tx, booked, (receipt.location_id, receipt.product_id), passing, wanted - so_far)
        else:
            late_costs.add(tx, booked, receipt, wanted - so_far)
    return booked


def _late(tx: Desk, purchase_id: UUID, late: LateCost) -> Iterator[Booked]:
    """Work out each part in turn; the caller keeps one before the next is asked for."""
    for line_id, price in late.prices.items():
        yield _price(tx, line_id, price)
    if late.freight:
        yield _freight(tx, purchase_id, late.freight)


def _freight(tx: Desk, purchase_id: UUID, amount: Decimal) -> Booked:
    booked = Booked(books(tx.connection))
    if not amount.is_finite() or amount != round_decimals(amount, booked.kept.decimals):
        raise Invalid("freight", f"Type an amount of {booked.kept.currency}, with its own decimals only.")
    receipts = [pair_ for line in _LINES.all(tx.connection, purchase=purchase_id) for pair_ in _receipts(tx, line)]
    if not booked.kept.keeps or not receipts:
        raise NotAllowed("Nothing of this purchase order came in yet. Receive the goods first.")
    values = [int(so_far.scaleb(booked.kept.decimals)) for _, so_far in receipts]
    weights = values if any(values) else [receipt.quantity for receipt, _ in receipts]
    cents = spread(int(amount.scaleb(booked.kept.decimals)), weights)
    for (receipt, _), part in zip(receipts, cents, strict=True):
        share = Decimal(part).scaleb(-booked.kept.decimals)
        if receipt.direct and share:
            passing = Passing(Side.FREIGHT, Place.CUSTOMER, receipt.line_id, receipt.document_id)
            pair(tx, booked, (receipt.location_id, receipt.product_id), passing, share)
        elif share:
            late_costs.add(tx, booked, receipt, share, Side.FREIGHT)
    return booked


def _freight_so_far(tx: Desk, receipt: Any) -> Decimal:
    rows = value_history.of_line(tx.connection, receipt.line_id, Side.FREIGHT)
    mine = [each for each in rows if each.corrects_id == receipt.id or (each.direct and receipt.direct)]
    if receipt.direct:
        mine = [each for each in mine if each.document_id == receipt.document_id]
    return sum((each.value for each in mine), NOTHING)


def _together(parts: Sequence[Preview]) -> Preview:
    """Add up what several corrections do."""
    sums: dict[tuple[UUID, str, UUID | None], Decimal] = {}
    for one in (touched for part in parts for touched in part.touched):
        key = (one.product_id, one.place, one.document_id)
        sums[key] = sums.get(key, NOTHING) + one.value
    stock_value = sum((part.stock for part in parts), NOTHING)
    return Preview(stock_value, tuple(Touched(*key, value) for key, value in sums.items() if value))


@dataclass(frozen=True, slots=True)
class _Priced:
    """A line at another price."""

    unit_price: Decimal
    numerator: int
    denominator: int


def _receipts(tx: Desk, line: Any) -> list[tuple[Any, Decimal]]:
    """Give what came in of a purchase line, each with what it costs by now."""
    served = line.order_line_id or line.id
    rows = value_history.of_line(tx.connection, served, Place.SUPPLIER)
    if line.order_line_id and rows:
        ids = sorted({each.document_id for each in rows})
        sent = set(_DROPPED.values(tx.connection, ids=ids[:LONGEST_LIST], purchase=line.purchase_id))
        rows = [each for each in rows if each.document_id in sent]
    sums: dict[UUID, Decimal] = {}
    for each in rows:
        key = each.document_id if each.direct else each.corrects_id or each.id
        sums[key] = sums.get(key, NOTHING) + each.value
    return [(each, sums[each.document_id if each.direct else each.id]) for each in rows if each.quantity > 0]


def _shown(booked: Booked) -> Preview:
    """Sum the entries: what goods cost more that went somewhere is what stock is worth less because of them."""
    sums: dict[tuple[UUID, str, UUID | None], Decimal] = {}
    stock_value = NOTHING
    for each in booked.rows:
        stock_value += each["value"]
        if each["place"] not in _PAID:
            key = (each["product_id"], each["place"], each["document_id"])
            sums[key] = sums.get(key, NOTHING) - each["value"]
    return Preview(stock_value, tuple(Touched(*key, value) for key, value in sums.items() if value))


_PAID: Final = frozenset({str(Place.SUPPLIER), str(Side.FREIGHT)})
"""The sides that say what goods cost, not where they went."""
_KNOWN: Final = (
    select(purchase_line, purchase_order.c.number, purchase_order.c.exchange_rate, product.c.grain)
    .join(purchase_order, purchase_order.c.id == purchase_line.c.purchase_id)
    .join(product, product.c.id == purchase_line.c.product_id)
)
_LINE: Final = Prepared(_KNOWN.where(purchase_line.c.id == bindparam("line", type_=Key)))
_LINES: Final = Prepared(
    _KNOWN.where(purchase_line.c.purchase_id == bindparam("purchase", type_=Key)).order_by(purchase_line.c.id)
)
_DROPPED: Final = Prepared(
    select(shipment.c.id).where(
        shipment.c.id.in_(bindparam("ids", type_=Key, expanding=True)),
        shipment.c.purchase_id == bindparam("purchase", type_=Key),
    )
)
