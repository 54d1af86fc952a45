"""What was ordered for a demand that became smaller: called off where nothing is lost, else left to come.

Drafts of purchase orders, work nobody has begun and transfers that have not left are lowered, over every level.
What a supplier or the shop floor has already comes in and is free for others; :func:`at_stake` names it beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.purchase import PurchaseState, purchase_line, purchase_order
from app.models.sourcing import Supply
from app.models.transfer import TransferState, transfer, transfer_line
from app.models.work import WorkState, work_order
from app.services import pegs, purchasing, transfer_plans, work_plans
from app.services.order_book import BookLine
from app.services.pegs import Freed, Peg
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Stake:
    """A document that is under way for a demand and would come without it: its number, state and the peg."""

    number: str
    state: str
    peg: Peg


def lower(tx: Transaction, demand_id: UUID, grains: int) -> list[Freed]:
    """Take ``grains`` off what a demand was to get; return what is under way and comes in without being wanted."""
    kept = []
    for freed in pegs.lower(tx, demand_id, grains):
        called_off = _let_go(tx, freed)
        if called_off < freed.grains:
            kept.append(Freed(freed.supply, freed.supply_id, freed.way, freed.grains - called_off))
    return kept


def lower_all(tx: Transaction, demands: Mapping[UUID, int]) -> list[Freed]:
    """Take grains off several demands at once, e.g. the components of a work order; see :func:`lower`."""
    return [freed for demand_id, grains in demands.items() for freed in lower(tx, demand_id, grains)]


def forget(tx: Transaction, line: BookLine, called_off: int = 0) -> bool:
    """Take off a line's pegs what came in for it and is not its own any more: it wants less, or lost it; tell whether.

    ``called_off`` grains of its pegs are gone already.
    """
    over = sum(one.quantity for one in line.pegs if not one.stock) - called_off - line.ordered - line.returned_open
    if over > 0:
        pegs.forget(tx, line.id, over)
    return over > 0


def at_stake(connection: Connection, demand_id: UUID) -> list[Stake]:
    """Name what would come in without being wanted if a demand ended now: sent purchases, begun work, transit."""
    found = []
    for one in pegs.of_demand(connection, demand_id):
        if not one.open or one.supply_id is None:
            continue
        row = _STATE[one.supply].first(connection, row_id=one.supply_id)
        if row is not None and row.state not in _UNBOUND:
            found.append(Stake(row.number, row.state, one))
    return found


def _let_go(tx: Transaction, freed: Freed) -> int:
    """Lower a supply by what its demand no longer takes, if nobody is bound to it yet; return by how much."""
    if freed.supply == Supply.PURCHASE_LINE:
        return purchasing.lower(tx, freed.supply_id, freed.grains, bound=False)
    if freed.supply == Supply.TRANSFER_LINE:
        part = transfer_plans.shrink(tx, freed.supply_id, freed.grains)
        lower(tx, freed.supply_id, part)
        return part
    part, less = work_plans.shrink(tx, freed.supply_id, freed.grains)
    lower_all(tx, less)
    if part:
        lower_service(tx, freed.supply_id, part)
    return part


def lower_service(tx: Transaction, work_order_id: UUID, grains: int) -> None:
    """Ask a subcontractor for less of the work on a work order; what was sent is cancelled."""
    for line_id in _SERVICE.values(tx.connection, work_order=work_order_id):
        grains -= purchasing.lower(tx, line_id, grains)


_UNBOUND: Final = {PurchaseState.DRAFT.value, WorkState.PLANNED.value, TransferState.PLANNED.value}
_ROW: Final = bindparam("row_id", type_=Key)
_PURCHASE: Final = Prepared(
    select(purchase_order.c.number, purchase_order.c.state)
    .join(purchase_line, purchase_line.c.purchase_id == purchase_order.c.id)
    .where(purchase_line.c.id == _ROW)
)
_WORK: Final = Prepared(select(work_order.c.number, work_order.c.state).where(work_order.c.id == _ROW))
_TRANSFER: Final = Prepared(
    select(transfer.c.number, transfer.c.state)
    .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
    .where(transfer_line.c.id == _ROW)
)
_STATE: Final = {Supply.PURCHASE_LINE: _PURCHASE, Supply.WORK_ORDER: _WORK, Supply.TRANSFER_LINE: _TRANSFER}
_SERVICE: Final = Prepared(
    select(purchase_line.c.id)
    .where(purchase_line.c.work_order_id == bindparam("work_order", type_=Key))
    .order_by(purchase_line.c.id.desc())
)
