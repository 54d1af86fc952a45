"""What is done once a day before anybody works: expired lots are blocked, what did not come back is charged.

Each duty finds what it concerns and gives one command for each part that stands alone, so that one that is refused
does not hold up the others.  Whoever comes first does it for all desks; where nothing is found, no command is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy import Connection

from app.services import quarantine, recurring_orders, returns
from app.services.transaction import Transaction

Step = Callable[[Transaction], int]
"""A command of a duty; it gives how many it concerned, 0 where somebody else was first."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is done when a day begins; ``command`` is its name in the log, ``title`` says it to people."""

    command: str
    title: str
    steps: Callable[[Connection, date], list[Step]]


def _expired_lots(connection: Connection, day: date) -> list[Step]:
    return [block_expired] if quarantine.expired(connection, day) else []


def block_expired(tx: Transaction) -> int:
    """Block every lot that is over its last day and give how many those are."""
    return len(quarantine.block_expired(tx))


def _late_returns(connection: Connection, day: date) -> list[Step]:
    return [partial(returns.charge_if_overdue, return_id=row.id, today=day) for row in returns.overdue(connection, day)]


def _recurring_orders(connection: Connection, day: date) -> list[Step]:
    due = recurring_orders.due(connection, day)
    return [partial(recurring_orders.write_due, repeat_id=repeat_id, today=day) for repeat_id in due]


LOTS: Final = Duty("lot.block_expired", "Lots over their last day that are blocked now", _expired_lots)
RETURNS: Final = Duty(
    "return.charge_overdue", "Replacements charged, their goods not being back by their day", _late_returns
)
RECURRING: Final = Duty("order.write_due", "Recurring orders written as drafts", _recurring_orders)
DUTIES: Final = (LOTS, RETURNS, RECURRING)


def due(connection: Connection, day: date) -> list[tuple[Duty, list[Step]]]:
    """Find what is to be done on a day, by duty; duties that find nothing are left out."""
    found = [(duty, duty.steps(connection, day)) for duty in DUTIES]
    return [(duty, steps) for duty, steps in found if steps]
