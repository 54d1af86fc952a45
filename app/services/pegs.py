"""Pegs between what is wanted and what will supply it: made, served when supply comes in, lowered with the demand.

This module keeps the pegs; what supplies them is changed by the modules of the documents.  Quantities are grains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound
from app.models.base import AMOUNT, Key, new_id
from app.models.order import sales_order, sales_order_line
from app.models.rounding import round_decimals
from app.models.sourcing import Demand, Supply, peg
from app.models.supply import Way
from app.models.transfer import transfer, transfer_line
from app.models.work import work_component, work_order
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Peg:
    """``quantity`` grains of a demand that a supply brings; ``served`` of them came in already.

    ``supply_id`` is None for stock.  ``location_id`` is where the demand takes it from, ``ready_on`` when it can.
    ``cost`` is of all of it in the company's currency; ``trouble`` is what a person must decide, empty when nothing.
    """

    id: UUID
    demand: Demand
    demand_id: UUID
    order_id: UUID | None
    way: Way
    location_id: UUID
    supply: Supply
    supply_id: UUID | None
    product_id: UUID
    quantity: int
    served: int
    ready_on: date | None
    reason: str
    cost: Decimal
    trouble: str

    @property
    def open(self) -> int:
        """What is still to come."""
        return self.quantity - self.served


class Freed(NamedTuple):
    """What a lowered demand no longer takes of a supply; a plain tuple, so that a command may answer with it."""

    supply: Supply
    supply_id: UUID
    way: Way
    grains: int


def make(  # noqa: PLR0917  demand, way and supply are read in this order
    tx: Transaction,
    demand: Demand,
    demand_id: UUID,
    way: Way,
    supply: Supply,
    supply_id: UUID | None,
    grains: int,
    *,
    location_id: UUID,
    order_id: UUID | None = None,
    ready_on: date | None = None,
    reason: str = "",
    cost: Decimal = Decimal(0),
) -> UUID:
    """Tie ``grains`` of a demand to a supply and return the peg's id; a peg between the two that is there is raised.

    What is pegged to stock is served when it leaves.  ``order_id`` is passed down to all that the supply itself is made
    from; that of an order line is known by itself.

    Raises:
        Invalid: the quantity is not above zero, or a supply other than stock is not named.
        NotFound: the demand does not exist.

    """
    if grains <= 0 or (supply_id is None) != (supply == Supply.STOCK):
        raise Invalid("supply", "Say how much is to be supplied, above zero, and by which document or from stock.")
    product_id = _PRODUCT_OF[demand].value(tx.connection, row_id=demand_id)
    if product_id is None:
        raise NotFound("What is wanted", demand_id)
    if demand == Demand.ORDER_LINE:
        order_id = _mark_order(tx, demand_id)
    for known in of_demand(tx.connection, demand_id):
        if (known.supply_id, known.way, known.location_id) == (supply_id, way, location_id):
            _raise(tx, known, grains, cost, ready_on, reason)
            return known.id
    peg_id = new_id()
    tx.insert(
        peg,
        {
            "id": peg_id,
            "demand": str(demand),
            "demand_id": demand_id,
            "order_id": order_id,
            "way": str(way),
            "location_id": location_id,
            "supply": str(supply),
            "supply_id": supply_id,
            "product_id": product_id,
            "ready_on": ready_on,
            "reason": reason,
            "cost": cost,
            **_UNSERVED,
            "quantity": grains,
        },
    )
    if order_id is not None and supply_id is not None:
        _pass_down(tx, supply, supply_id, order_id)
    return peg_id


def _raise(tx: Transaction, one: Peg, grains: int, cost: Decimal, ready_on: date | None, reason: str) -> None:
    day = _later(one.ready_on, ready_on)
    tx.update(peg, one.id, quantity=one.quantity + grains, cost=one.cost + cost, ready_on=day, reason=reason)


def serve(tx: Transaction, one: Peg, grains: int) -> None:
    """Note that ``grains`` of a peg came in; what has come in whole is in trouble no more."""
    served = one.served + grains
    tx.update(peg, one.id, served=served, trouble=one.trouble if served < one.quantity else "")


def wait_again(tx: Transaction, supply_id: UUID, grains: int) -> None:
    """Note that ``grains`` that had come in of a supply did not after all: who is served last waits for it first."""
    for one in reversed(of_supply(tx.connection, supply_id)):
        part = min(grains, one.served)
        if part > 0:
            tx.update(peg, one.id, served=one.served - part)
            grains -= part


def lower(tx: Transaction, demand_id: UUID, grains: int) -> list[Freed]:
    """Take ``grains`` off the pegs of a demand that became smaller; say what its supplies need not bring any more.

    What is in trouble or comes last goes first.  What came in already is only forgotten: it is in stock.
    """
    found = sorted(of_demand(tx.connection, demand_id), key=_dispensable)
    freed = []
    for one in found:
        part = min(grains, one.open)
        if part > 0 and one.supply_id is not None:
            tx.update(peg, one.id, quantity=one.quantity - part, cost=_share(one, one.quantity - part))
            freed.append(Freed(one.supply, one.supply_id, one.way, part))
            grains -= part
    if grains > 0:
        forget(tx, demand_id, grains)
    return freed


def set_outlook(tx: Transaction, one: Peg, ready_on: date | None, trouble: str) -> None:
    """Say when a peg's goods can be taken, and what a person must decide about it (empty: nothing)."""
    if (one.ready_on, one.trouble) != (ready_on, trouble):
        tx.update(peg, one.id, ready_on=ready_on, trouble=trouble)


def needed_on(connection: Connection, one: Peg) -> date | None:
    """Give the day a peg's demand was promised for or begins, or None where nothing was promised."""
    row = _NEEDED_ON[one.demand].first(connection, row_id=one.demand_id)
    return None if row is None else next((day for day in row if day is not None), None)


def of_demand(connection: Connection, demand_id: UUID) -> list[Peg]:
    """Read the pegs of an order line, component or transfer line: the one that comes first leads."""
    return _sorted(_OF_DEMAND.all(connection, demand=demand_id))


def of_demands(connection: Connection, demand_ids: Iterable[UUID]) -> dict[UUID, list[Peg]]:
    """Read the pegs of many demands, by demand; demands without pegs are left out."""
    found: dict[UUID, list[Peg]] = {}
    ids = sorted(set(demand_ids))
    for start in range(0, len(ids), LONGEST_LIST):
        for one in _sorted(_OF_DEMANDS.all(connection, ids=ids[start : start + LONGEST_LIST])):
            found.setdefault(one.demand_id, []).append(one)
    return found


def of_supply(connection: Connection, supply_id: UUID) -> list[Peg]:
    """Read the pegs of a purchase line, work order or transfer line: the one that is wanted first leads."""
    return _sorted(_OF_SUPPLY.all(connection, supply=supply_id))


def of_order(connection: Connection, order_id: UUID) -> list[Peg]:
    """Read all pegs that are there for an order, over all levels."""
    return _sorted(_OF_ORDER.all(connection, order=order_id))


def pegged(connection: Connection, supply_id: UUID) -> int:
    """Add up what is still to come of a supply for its demands."""
    return sum(one.open for one in of_supply(connection, supply_id))


def forget(tx: Transaction, demand_id: UUID, grains: int) -> None:
    """Take ``grains`` that came in off the pegs of a demand: it no longer wants them, and they are in stock."""
    for one in sorted(of_demand(tx.connection, demand_id), key=_dispensable):
        part = min(grains, one.served)
        if part > 0:
            rest = one.quantity - part
            tx.update(peg, one.id, quantity=rest, served=one.served - part, cost=_share(one, rest))
            grains -= part


def _mark_order(tx: Transaction, order_line_id: UUID) -> UUID:
    """Let the order of a line know that it has pegs, and give its id."""
    row = _ORDER.first(tx.connection, row_id=order_line_id)
    if not row.pegged:
        tx.update(sales_order, row.id, pegged=True)
    order_id: UUID = row.id
    return order_id


def _share(one: Peg, quantity: int) -> Decimal:
    """The cost of part of a peg, rounded to what is stored."""
    share = Fraction(one.cost) * quantity / one.quantity if one.quantity else Fraction(0)
    return round_decimals(share, AMOUNT)


def _dispensable(one: Peg) -> tuple[bool, int, int]:
    day = one.ready_on.toordinal() if one.ready_on else date.max.toordinal()
    return not one.trouble, -day, -one.id.int


def _later(first: date | None, second: date | None) -> date | None:
    return max((day for day in (first, second) if day is not None), default=None)


def _pass_down(tx: Transaction, supply: Supply, supply_id: UUID, order_id: UUID) -> None:
    """Let the pegs below a supply know which order it is all for."""
    if supply == Supply.WORK_ORDER:
        demands = _COMPONENTS.values(tx.connection, work_order=supply_id)
    elif supply == Supply.TRANSFER_LINE:
        demands = [supply_id]
    else:
        return
    for found in of_demands(tx.connection, demands).values():
        for one in found:
            if one.order_id is None:
                tx.update(peg, one.id, order_id=order_id)
            if one.supply_id is not None:
                _pass_down(tx, one.supply, one.supply_id, order_id)


def _sorted(rows: Sequence[Any]) -> list[Peg]:
    found = [
        Peg(**{**row._asdict(), "demand": Demand(row.demand), "supply": Supply(row.supply), "way": Way(row.way)})
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.ready_on or date.max, one.id))


_UNSERVED: Final = {"served": 0, "trouble": ""}
_SELECT: Final = select(*(peg.c[name] for name in Peg.__dataclass_fields__))
_OF_DEMAND: Final = Prepared(_SELECT.where(peg.c.demand_id == bindparam("demand", type_=Key)))
_OF_DEMANDS: Final = Prepared(_SELECT.where(peg.c.demand_id.in_(bindparam("ids", type_=Key, expanding=True))))
_OF_SUPPLY: Final = Prepared(_SELECT.where(peg.c.supply_id == bindparam("supply", type_=Key)))
_OF_ORDER: Final = Prepared(_SELECT.where(peg.c.order_id == bindparam("order", type_=Key)))
_COMPONENTS: Final = Prepared(
    select(work_component.c.id).where(work_component.c.work_order_id == bindparam("work_order", type_=Key))
)
_ROW: Final = bindparam("row_id", type_=Key)
_ORDER: Final = Prepared(
    select(sales_order.c.id, sales_order.c.pegged)
    .join(sales_order_line, sales_order_line.c.order_id == sales_order.c.id)
    .where(sales_order_line.c.id == _ROW)
)
_LINE_PRODUCT: Final = Prepared(select(sales_order_line.c.product_id).where(sales_order_line.c.id == _ROW))
_COMPONENT_PRODUCT: Final = Prepared(select(work_component.c.product_id).where(work_component.c.id == _ROW))
_TRANSFER_PRODUCT: Final = Prepared(select(transfer_line.c.product_id).where(transfer_line.c.id == _ROW))
_PRODUCT_OF: Final = {
    Demand.ORDER_LINE: _LINE_PRODUCT,
    Demand.COMPONENT: _COMPONENT_PRODUCT,
    Demand.TRANSFER_LINE: _TRANSFER_PRODUCT,
}
_LINE_DAY: Final = Prepared(
    select(sales_order_line.c.ready_on, sales_order.c.promised_on, sales_order_line.c.requested_on)
    .join(sales_order, sales_order.c.id == sales_order_line.c.order_id)
    .where(sales_order_line.c.id == _ROW)
)
_COMPONENT_DAY: Final = Prepared(
    select(work_order.c.starts_on, work_order.c.due_on)
    .join(work_component, work_component.c.work_order_id == work_order.c.id)
    .where(work_component.c.id == _ROW)
)
_TRANSFER_DAY: Final = Prepared(
    select(transfer.c.ships_on, transfer.c.expected_on)
    .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
    .where(transfer_line.c.id == _ROW)
)
_NEEDED_ON: Final = {
    Demand.ORDER_LINE: _LINE_DAY,
    Demand.COMPONENT: _COMPONENT_DAY,
    Demand.TRANSFER_LINE: _TRANSFER_DAY,
}
