"""The value ledger and what stock is worth beside it: the one place that changes the value of goods.

:func:`follow` is called by the stock ledger for every move over the border of a warehouse.  A level that was never
given a cost does not come here.  The level of a product and location is locked before its value is read or changed.
Quantities are grains, costs are exact and of one grain, values are of the company's currency.  The rules of costing
are :mod:`app.models.costing`'s; stock never falls below zero, so that nothing is ever short.

What moves are worth is booked when the command ends: one journal entry for each document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, literal_column, select

from app.models import costing
from app.models.base import Key
from app.models.costing import NOTHING, Layer, Method
from app.models.product import product
from app.models.rounding import round_decimals
from app.models.stock import INSIDE, Place, stock_level
from app.models.valuation import Side, value_entry
from app.services import late_costs, value_history
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction
from app.services.value_entries import (
    LEVEL,
    At,
    Booked,
    Books,
    Desk,
    Worth,
    books,
    known,
    pair,
    read,
    read_layers,
    row,
    settle,
    state,
    take,
    write,
    write_level,
    written,
)

_INSIDE: Final = frozenset(INSIDE)
_UNKNOWN: Final = Fraction(0)
_SENT: Final = frozenset({Place.CUSTOMER, Place.TRANSIT, Place.PRODUCTION})
"""Where goods lie that can come back at what they left with."""


def follow(tx: Transaction, location_id: UUID, moves: Sequence[Any]) -> dict[UUID, Worth]:
    """Book what moves over the border of a warehouse are worth; give the products whose value is another now.

    The caller writes :attr:`Worth.columns` beside the level.  Nothing is read where no product has a value.
    """
    coming = [one for one in moves if one.source not in _INSIDE]
    if not coming and not any((location_id, one.product_id) in tx.worth for one in moves):
        return {}
    kept = books(tx.connection)
    if not kept.keeps:
        return {}
    booked = Booked(kept)
    _read_layers(tx, location_id, {one.product_id for one in moves})
    costs = _costs_of_others(tx, location_id, coming) if coming else {}
    net: dict[UUID, int] = {}
    for one in moves:
        at = (location_id, one.product_id)
        if one.source in _INSIDE:
            net[one.product_id] = net.get(one.product_id, 0) - one.quantity
            worth = known(tx, at)
            if worth is not None:
                _issue(tx, booked, at, one, worth)
        elif one.target in _INSIDE:
            _bring(tx, booked, at, one, costs.get(one.product_id, _UNKNOWN), net.get(one.product_id, 0))
            net[one.product_id] = net.get(one.product_id, 0) + one.quantity
        else:
            _pass(tx, booked, at, one)
    write(tx, booked)
    moved = {one.product_id for one in moves}
    for at in booked.changed:
        if at[0] != location_id or at[1] not in moved:
            write_level(tx, at)
    return {at[1]: worth for at, worth in booked.changed.items() if at[0] == location_id and at[1] in moved}


def _issue(tx: Transaction, booked: Booked, at: At, one: Any, worth: Worth) -> None:
    """Let goods leave at what they cost."""
    if worth.method is Method.AVERAGE:
        _issue_at_average(tx, booked, at, one, worth)
        return
    change = costing.issue(state(worth, booked.kept), "", one.quantity, with_adjustment=False)
    costs = {layer.receipt: layer.cost for layer in worth.layers or ()}
    for each in change.slices:
        cost, receipt = written(costs[each.receipt]), UUID(each.receipt)
        booked.rows.append(
            row(tx, at, one, one.target, -int(each.quantity), -each.value, receipt_id=receipt, cost=cost)
        )
    _note_out(booked, one.line_id, one.target, one.quantity, -change.value)
    take(tx, booked, at, change.state)


def _issue_at_average(tx: Transaction, booked: Booked, at: At, one: Any, worth: Worth) -> None:
    """Let goods leave at the average, which stays what it is: in whole numbers, as most lines are shipped so."""
    value = costing.taken(booked.kept.decimals, worth.value, worth.cost, one.quantity, worth.quantity)
    booked.rows.append(row(tx, at, one, one.target, -one.quantity, -value))
    _note_out(booked, one.line_id, one.target, one.quantity, value)
    worth.quantity -= one.quantity
    worth.value -= value
    booked.changed[at] = worth


def _bring(tx: Transaction, booked: Booked, at: At, one: Any, elsewhere: Fraction, before: int) -> None:
    """Take goods in at what they cost; a product that never had a cost, and has none now, is left without one."""
    worth = known(tx, at)
    value, cost = _value_in(tx, booked, one, worth.unit_cost if worth is not None else elsewhere)
    if worth is None:
        if not value and not cost and (one.source is not Place.SUPPLIER or one.line_id is None):
            return
        worth = start(tx, booked, at, before)
    if one.since is not None and one.since < tx.at:
        change = value_history.bring_late(tx, booked, at, one, value, cost)
        late_costs.carry_on(tx, booked, change)
    else:
        entry = row(tx, at, one, one.source, one.quantity, value)
        entry["receipt_id"] = entry["id"] if worth.method is Method.FIFO else None
        change = costing.bring_in(state(worth, booked.kept), entry["id"].hex, Fraction(one.quantity), value, cost)
        settle(tx, booked, at, change, [entry])
    _note_out(booked, one.line_id, one.source, -one.quantity, -value)


def _pass(tx: Transaction, booked: Booked, at: At, one: Any) -> None:
    """Book goods that go from one place outside to another: in at what they cost, and out again."""
    worth = known(tx, at)
    value, cost = _value_in(tx, booked, one, worth.unit_cost if worth else Fraction(0))
    if not value and not cost:
        return
    pair(tx, booked, at, one, value, quantity=one.quantity)
    _note_out(booked, one.line_id, one.source, -one.quantity, -value)
    _note_out(booked, one.line_id, one.target, one.quantity, value)


def _value_in(tx: Transaction, booked: Booked, one: Any, now: Fraction) -> tuple[Decimal, Fraction]:
    """What goods that come in are worth together, and exactly what one grain costs.

    At the price they were bought or made for; what comes back, or arrives, at what it left with; else, where nobody
    says a price yet, at what such goods cost now.  What is on its way between places of ours arrives at exactly what it
    left with: nothing, where it had no value.
    """
    if one.source is Place.TRANSIT:
        now = _UNKNOWN
    if one.cost is not None:
        return _rounded(booked.kept, one.cost * one.quantity), one.cost
    rest, value = one.quantity, NOTHING
    if one.source in _SENT and one.line_id is not None:
        quantity, out = _out(tx, booked, one.line_id, one.source)
        part = min(rest, quantity)
        if part > 0:
            value = out if part == quantity else _rounded(booked.kept, Fraction(out) * part / quantity)
            rest -= part
    if rest == one.quantity:
        return _rounded(booked.kept, now * rest), now
    value += _rounded(booked.kept, now * rest)
    return value, Fraction(value) / one.quantity


def _rounded(kept: Books, value: Fraction) -> Decimal:
    return round_decimals(value, kept.decimals)


def _out(tx: Transaction, booked: Booked, line_id: UUID, place: str) -> list[Any]:
    """How much of a line is out at a place, and what it cost with all corrections."""
    key = (line_id, str(place))
    if key not in booked.out:
        found = _OUT.first(tx.connection, line=line_id, place=str(place))
        booked.out[key] = [int(found.quantity or 0), found.value or NOTHING]
    return booked.out[key]


def _note_out(booked: Booked, line_id: UUID | None, place: str, quantity: int, value: Decimal) -> None:
    """Keep in step what is known of goods that are out; what was not asked for is not read."""
    if line_id is not None and (out := booked.out.get((line_id, str(place)))) is not None:
        out[0] += quantity
        out[1] += value


def start(tx: Desk, booked: Booked, at: At, before: int = 0) -> Worth:
    """Begin to keep the value of a product at a location; what lies there already is worth nothing so far."""
    location_id, product_id = at
    found = LEVEL.first(tx.connection, place=location_id, product=product_id)
    quantity = (found.free + found.promised + found.picked + found.blocked if found else 0) + before
    own = Method(_METHOD.value(tx.connection, product=product_id) or booked.kept.method)
    worth = tx.worth[at] = Worth(own, quantity, NOTHING, Fraction(0), () if own is Method.FIFO else None)
    if quantity:
        opening = row(tx, at, None, Side.OPENING, quantity, NOTHING, cost="0")
        if own is Method.FIFO:
            opening["receipt_id"] = opening["id"]
            worth.layers = (Layer(opening["id"].hex, Fraction(quantity)),)
        booked.rows.append(opening)
    booked.changed[at] = worth
    return worth


def _costs_of_others(tx: Transaction, location_id: UUID, coming: Iterable[Any]) -> dict[UUID, Fraction]:
    """What goods without a value at this location, that come in without a price, cost at another one."""
    wanted = sorted(
        {one.product_id for one in coming if one.cost is None and (location_id, one.product_id) not in tx.worth}
    )
    costs: dict[UUID, Fraction] = {}
    for begin in range(0, len(wanted), LONGEST_LIST):
        for found in _OTHERS.all(tx.connection, ids=wanted[begin : begin + LONGEST_LIST]):
            worth = Worth(Method(found.costing), found.on_hand, found.value, read(found.cost))
            costs.setdefault(found.product_id, worth.unit_cost)
    return costs


def _read_layers(tx: Transaction, location_id: UUID, product_ids: Iterable[UUID]) -> None:
    """Read the layers of products that are kept first in, first out, and were not read in this command."""
    for product_id in product_ids:
        at = (location_id, product_id)
        worth = known(tx, at)
        if worth is not None and worth.method is Method.FIFO and worth.layers is None:
            read_layers(tx, [at])


_L: Final = stock_level.c
_METHOD: Final = Prepared(select(product.c.costing).where(product.c.id == bindparam("product", type_=Key)))
_OTHERS: Final = Prepared(
    select(
        _L.product_id,
        _L.costing,
        _L.value,
        _L.cost,
        (_L.free + _L.promised + _L.picked + _L.blocked).label("on_hand"),
    )
    .where(_L.product_id.in_(bindparam("ids", type_=Key, expanding=True)), _L.costing != literal_column("''"))
    .order_by(_L.product_id, _L.location_id)
)
_E: Final = value_entry.c
_OUT: Final = Prepared(
    select(
        (-func.sum(_E.quantity, type_=BigInteger)).label("quantity"),
        (-func.sum(_E.value, type_=_E.value.type)).label("value"),
    ).where(_E.line_id == bindparam("line", type_=Key), _E.place == bindparam("place"))
)
