"""What a supply that comes later, or less of it, does to all that is pegged to it, over every level.

A late purchase moves the work order whose component it is, that the order line it is made for.  The same walk shows
the orders that would be hit before a date is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key
from app.models.order import sales_order, sales_order_line
from app.models.sourcing import Demand, Supply
from app.models.transfer import transfer, transfer_line
from app.models.work import work_component, work_order
from app.services import calendars, pegs, ready_days, work_schedule
from app.services.pegs import Peg
from app.services.statements import Prepared
from app.services.transaction import Transaction
from app.services.work_schedule import Schedule


class Hit(NamedTuple):
    """An order line that comes on another day; ``quantity`` grains of it.  ``told`` is the day it was promised for.

    A plain tuple, so that a command may answer with it: ``Hit._make(row)`` reads an answer that was given before.
    """

    order_id: UUID
    order_number: str
    customer_name: str
    order_line_id: UUID
    sku: str
    quantity: int
    old: date | None
    new: date
    told: date | None

    @property
    def late(self) -> bool:
        """Whether it comes after the day it was promised for."""
        return self.told is not None and self.new > self.told


@dataclass(slots=True)
class _Walk:
    """What a changed supply leads to: new days and troubles of pegs, new times of work orders and transfers."""

    connection: Connection
    pegs: dict[UUID, tuple[Peg, date | None, str]] = field(default_factory=dict)
    works: dict[UUID, Schedule] = field(default_factory=dict)
    transfers: dict[UUID, tuple[date, date]] = field(default_factory=dict)

    def supply(self, supply_id: UUID, left: int, ready_on: date | None, text: str) -> None:
        """Follow all pegs of a supply; those wanted last get nothing where too little comes."""
        for one in pegs.of_supply(self.connection, supply_id):
            if not one.open:
                continue
            left -= one.open
            trouble = text if left < 0 else ""
            if ready_on is not None:
                self._demand(one, ready_on)
                told = pegs.needed_on(self.connection, one) if one.demand == Demand.ORDER_LINE else None
                if told is not None and ready_on > told and not trouble:
                    trouble = f"Ready on {ready_on.isoformat()}, promised for {told.isoformat()}."
            self.pegs[one.id] = (one, ready_on, trouble)

    def _demand(self, one: Peg, ready_on: date) -> None:
        if one.demand == Demand.COMPONENT:
            head = _WORK_OF.first(self.connection, component=one.demand_id)
            begins = self.works[head.id].starts_on if head.id in self.works else head.starts_on
            if begins is not None and ready_on > begins:
                self.works[head.id] = work_schedule.moved(self.connection, head, ready_on)
                left = max(0, head.ordered - head.cancelled - head.made - head.scrapped)
                self.supply(head.id, left, self.works[head.id].due_on, f"{head.number} makes less than is needed.")
        elif one.demand == Demand.TRANSFER_LINE:
            head = _TRANSFER_OF.first(self.connection, line=one.demand_id)
            leaves, arrives = self.transfers.get(head.id, (head.ships_on, head.expected_on))
            if leaves is not None and arrives is not None and ready_on > leaves:
                ours = calendars.ours(self.connection)
                arrives = ours.add(ready_on, ours.between(leaves, arrives))
                self.transfers[head.id] = (ready_on, arrives)
                for line in _LINES.all(self.connection, transfer=head.id):
                    left = max(0, line.wanted - line.cancelled - line.received - line.lost)
                    self.supply(line.id, left, arrives, f"{head.number} brings less than is needed.")

    def hits(self) -> list[Hit]:
        """Name the order lines that come on another day, the ones promised first first."""
        found = []
        for one, day, _ in self.pegs.values():
            if one.demand != Demand.ORDER_LINE or day is None or day == one.ready_on:
                continue
            row = _ORDER_OF.first(self.connection, line=one.demand_id)
            if row is not None:
                told = pegs.needed_on(self.connection, one)
                found.append(
                    Hit(row.id, row.number, row.customer_name, row.line_id, row.sku, one.open, one.ready_on, day, told)
                )
        return sorted(found, key=lambda hit: (hit.told or date.max, hit.order_number, hit.order_line_id))


def hits(connection: Connection, supply_id: UUID, ready_on: date) -> list[Hit]:
    """List the order lines that would come on another day if a supply came on ``ready_on``; nothing is changed."""
    walk = _Walk(connection)
    walk.supply(supply_id, pegs.pegged(connection, supply_id), ready_on, "")
    return walk.hits()


def follow(
    tx: Transaction, supply: Supply, supply_id: UUID, *, left: int, ready_on: date | None, text: str
) -> list[Hit]:
    """Let everything that is pegged to a supply follow it, and list the order lines that come on another day.

    ``left`` grains of it will still come, on ``ready_on``; ``text`` is the trouble of those that get nothing.
    """
    walk = _Walk(tx.connection)
    walk.supply(supply_id, left, ready_on, text)
    for work_order_id, schedule in walk.works.items():
        work_schedule.store(tx, work_order_id, schedule)
        tx.record("work.moved", work_order_id, supply_id, due=schedule.due_on.isoformat())
    for transfer_id, (leaves, arrives) in walk.transfers.items():
        tx.update(transfer, transfer_id, ships_on=leaves, expected_on=arrives)
        tx.record("transfer.moved", transfer_id, supply_id, due=arrives.isoformat())
    for one, day, trouble in walk.pegs.values():
        pegs.set_outlook(tx, one, day, trouble)
    found = walk.hits()
    ready_days.redate(tx, [hit.order_line_id for hit in found])
    for hit in found:
        if hit.late:
            tx.record("order.delayed", hit.order_id, supply_id, sku=hit.sku, on=hit.new.isoformat(), by=str(supply))
    return found


_WORK_OF: Final = Prepared(
    select(work_order)
    .join(work_component, work_component.c.work_order_id == work_order.c.id)
    .where(work_component.c.id == bindparam("component", type_=Key))
)
_TRANSFER_OF: Final = Prepared(
    select(transfer)
    .join(transfer_line, transfer_line.c.transfer_id == transfer.c.id)
    .where(transfer_line.c.id == bindparam("line", type_=Key))
)
_LINES: Final = Prepared(select(transfer_line).where(transfer_line.c.transfer_id == bindparam("transfer", type_=Key)))
_ORDER_OF: Final = Prepared(
    select(
        sales_order.c.id,
        sales_order.c.number,
        sales_order.c.customer_name,
        sales_order_line.c.id.label("line_id"),
        sales_order_line.c.sku,
    )
    .join(sales_order_line, sales_order_line.c.order_id == sales_order.c.id)
    .where(sales_order_line.c.id == bindparam("line", type_=Key))
)
