"""Proposals turned into purchase orders, work orders and transfers: all by one command, never twice, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key
from app.models.purchase import purchase_line, purchase_order
from app.models.replenishment import replenishment_rule
from app.models.supply import Way
from app.models.transfer import transfer, transfer_line
from app.services import purchasing, replenishing, replenishment_rules, transfers, work_orders
from app.services.replenishing import Proposal
from app.services.statements import Prepared
from app.services.transaction import Transaction

Done = dict[str, Any]
"""What a command ordered: ``purchases`` and ``transfers`` as [line id, grains], ``works`` as ids, ``numbers`` of the
documents, ``left_out`` the SKUs of proposals that were overtaken, ``reviewed`` when rules were looked at before."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A proposal with the grains that are to be ordered of it."""

    proposal: Proposal
    grains: int


def order(tx: Transaction, chosen: Sequence[Chosen]) -> Done:
    """Order what was chosen and give what was made; a proposal whose need was met meanwhile is left out.

    One clerk orders at a time.  The position of each product is read again then: where more is there or on order than
    the proposal knew, somebody was first.

    Raises:
        Invalid: a quantity is not above zero, or nobody said how a product may be had.

    """
    tx.hold(replenishment_rule)
    for one in chosen:
        if one.grains <= 0:
            raise Invalid("quantity", f"Say how many {one.proposal.sku} to order: more than none.")
        if one.proposal.way is None:
            raise Invalid("way", f"Nobody said how {one.proposal.sku} may be had. Add a way of supply to the product.")
    now = replenishing.positions(tx.connection, [one.proposal.shelf for one in chosen], tx.at)
    done: Done = {"purchases": [], "works": [], "transfers": [], "numbers": [], "left_out": []}
    numbers = dict[str, None]()
    for one in sorted(chosen, key=lambda each: (each.proposal.way != Way.TRANSFER, each.proposal.shelf)):
        if now[one.proposal.shelf].known > one.proposal.position.known:
            done["left_out"].append(one.proposal.sku)
            continue
        number = _carry_out(tx, one, done)
        numbers[number] = None
        facts = {"number": number, "quantity": one.proposal.written(one.grains), "why": one.proposal.reason}
        tx.record("product.replenished", one.proposal.product_id, **facts)
    rules = [key for one in chosen if (key := one.proposal.rule_id) is not None]
    return done | {"numbers": list(numbers), "reviewed": replenishment_rules.reviewed(tx, rules)}


def take_back(tx: Transaction, done: Done) -> int:
    """Call off again what a command ordered and give how many documents' lines those were.

    Raises:
        NotAllowed: a purchase order was sent, work begun or goods left since: nothing was taken back.

    """
    for line_id, grains in done["purchases"]:
        if purchasing.lower(tx, line_id, grains, bound=False) != grains:
            raise NotAllowed("A purchase order was sent since. Call it off with the supplier instead.")
    for line_id, grains in done["transfers"]:
        before = _LEFT.value(tx.connection, line=line_id)
        transfers.lower(tx, line_id, grains)
        if before - _LEFT.value(tx.connection, line=line_id) != grains:
            raise NotAllowed("Goods of a transfer have left since. Bring them back by a transfer instead.")
    for work_order_id in done["works"]:
        work_orders.cancel(tx, work_order_id)
    replenishment_rules.not_reviewed(tx, done["reviewed"])
    return len(done["purchases"]) + len(done["transfers"]) + len(done["works"])


def _carry_out(tx: Transaction, one: Chosen, done: Done) -> str:
    """Make the document, or add to one, and give its number."""
    wanted = one.proposal
    if wanted.from_location_id is not None:
        line_id = transfers.plan(
            tx,
            wanted.product_id,
            one.grains,
            from_location=wanted.from_location_id,
            to_location=wanted.location_id,
            needed_on=None,
        )
        done["transfers"].append([line_id, one.grains])
        return str(_TRANSFER.value(tx.connection, line=line_id))
    assert wanted.supply_id is not None
    if wanted.way == Way.BUY:
        before = _ordered(tx, wanted.product_id)
        line_id = purchasing.propose(
            tx, wanted.supply_id, one.grains, wanted.arrives_on, location_id=wanted.location_id
        )
        more = _BOUGHT.value(tx.connection, line=line_id) - before.get(line_id, 0)
        done["purchases"].append([line_id, more])
        return str(_PURCHASE.value(tx.connection, line=line_id))
    work_order_id = work_orders.plan(
        tx,
        wanted.supply_id,
        one.grains,
        wanted.arrives_on,
        location_id=wanted.location_id,
        supply_components=wanted.way == Way.OUTSOURCE,
    )
    done["works"].append(work_order_id)
    return str(work_orders.get(tx.connection, work_order_id).number)


def _ordered(tx: Transaction, product_id: UUID) -> dict[UUID, int]:
    """Read what the drafts' lines of a product ask for already: a proposal may raise one of them."""
    return {row.id: row.ordered for row in _DRAFTS.all(tx.connection, product=product_id)}


_LINE: Final = bindparam("line", type_=Key)
_BOUGHT: Final = Prepared(select(purchase_line.c.ordered).where(purchase_line.c.id == _LINE))
_LEFT: Final = Prepared(
    select((transfer_line.c.wanted - transfer_line.c.cancelled).label("grains")).where(transfer_line.c.id == _LINE)
)
_PURCHASE: Final = Prepared(
    select(purchase_order.c.number)
    .join(purchase_line, purchase_line.c.purchase_id == purchase_order.c.id)
    .where(purchase_line.c.id == _LINE)
)
_TRANSFER: Final = Prepared(
    select(transfer.c.number)
    .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
    .where(transfer_line.c.id == _LINE)
)
_DRAFTS: Final = Prepared(
    select(purchase_line.c.id, purchase_line.c.ordered)
    .join(purchase_order, purchase_order.c.id == purchase_line.c.purchase_id)
    .where(purchase_order.c.state == "draft", purchase_line.c.product_id == bindparam("product", type_=Key))
)
